"""Numbers as people type them."""

import pytest

from api.pages.typed_fields import decimal


def test_a_decimal_is_read_in_parts_of_its_unit() -> None:
    assert decimal(1_000, 0, 90_000)("22,5") == 22_500


@pytest.mark.parametrize("text", ["9" * 400, "90,1", "satu"])
def test_what_is_no_number_within_its_bounds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text[:9]):
        decimal(1_000, 0, 90_000)(text)
