"""The city's own limits of goods: what is refused before anything is stored."""

import pytest
from sqlmodel import Session, select

from api.services.errors import Invalid
from api.services.goods_limit_setting import MOST_DAYS, MOST_MINUTES, save_limit
from data.schema import GoodsLimit, Role
from tests.factories import NOW, make_account


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"max_days_before_delivery": None}, "max_days_before_delivery", "goods.days"),
        ({"max_days_before_delivery": MOST_DAYS + 1}, "max_days_before_delivery", "goods.days"),
        ({"max_heat_minutes": 0}, "max_heat_minutes", "goods.minutes"),
        ({"max_heat_minutes": MOST_MINUTES + 1}, "max_heat_minutes", "goods.minutes"),
        ({"item_code": "beras"}, "item_code", "edit.unknown_field"),
    ],
)
def test_a_limit_that_is_none_is_refused(
    session: Session, changes: dict[str, object], field: str, code: str
) -> None:
    by = make_account(session, Role.COORDINATOR)
    with pytest.raises(Invalid) as refused:
        save_limit(session, code="telur", changes=changes, by=by, now=NOW)
    assert refused.value.params["fields"] == {field: code}
    assert session.exec(select(GoodsLimit)).all() == []
