"""A telephone number that a machine sends is kept as one read from a file is."""

import pytest

from api.schemas.children import HouseholdEdit
from api.schemas.pickups import PickupFields
from api.schemas.sponsors import SponsorFields


@pytest.mark.parametrize(
    ("door", "needed"),
    [(HouseholdEdit, {"base_version": 1}), (PickupFields, {}), (SponsorFields, {})],
)
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("0812 3456 7890", "+6281234567890"),
        ("+65 9123 4567", "+6591234567"),
        ("nol delapan", "nol delapan"),  # refused at its field by the use case
        (None, None),
    ],
)
def test_it_is_read_as_files_are(
    door: type[HouseholdEdit | PickupFields | SponsorFields],
    needed: dict[str, int],
    sent: str | None,
    kept: str | None,
) -> None:
    read = door.model_validate(needed | {"phone": sent})
    assert read.phone == kept
