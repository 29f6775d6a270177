"""Fields that several people save: what the columns do not hold is refused before the store is."""

import pytest
from sqlmodel import Session

from api.services.children import edit_household
from api.services.editing import too_large, too_long
from api.services.errors import Invalid
from api.services.sponsors import register_sponsor
from data.schema import Pickup, Pledge, Vehicle
from tests.factories import NOW, make_account, make_household
from tests.stores import KEYS


def test_texts_longer_than_their_columns_are_named() -> None:
    values = {"phone": "0" * 21, "label": "x" * 200, "weight_g": 10**30, "elsewhere": "y" * 999}
    assert too_long(Pickup, values) == {"phone": "field.long"}
    assert too_long(Vehicle, {"skills": ["z" * 999], "name": None}) == {}


def test_numbers_larger_than_their_columns_are_named() -> None:
    values = {"weight_g": 10**30, "volume_ml": 9, "label": "9" * 99, "elsewhere": 10**30}
    assert too_large(Pickup, values) == {"weight_g": "field.large"}
    assert too_large(Pledge, {"amount_rp": 10**12, "num_children": 2**31}) == {
        "num_children": "field.large"
    }
    assert too_large(Pledge, {"amount_rp": 10**12 + 1}) == {"amount_rp": "field.large"}


@pytest.mark.parametrize(
    ("phone", "code"),
    [
        ("0812-3456-7890 / 0813-1111-2222", "field.long"),
        ("nol delapan satu dua", "field.phone"),
        ("0812", "field.phone"),
    ],
)
def test_a_phone_that_nobody_can_dial_is_refused_at_its_field(
    session: Session, phone: str, code: str
) -> None:
    home = make_household(session)
    with pytest.raises(Invalid) as caught:
        edit_household(
            session, household=home, base_version=home.version, by=make_account(session), now=NOW,
            changes={"phone": phone},
        )  # fmt: skip
    assert caught.value.params["fields"] == {"phone": code}


def test_a_new_sponsor_s_texts_are_looked_at_too(session: Session) -> None:
    fields = {"name": "Yayasan Contoh", "phone": "0" * 21}
    with pytest.raises(Invalid) as caught:
        register_sponsor(session, fields=fields, by=make_account(session), now=NOW, keys=KEYS)
    assert caught.value.params["fields"] == {"phone": "field.long"}
