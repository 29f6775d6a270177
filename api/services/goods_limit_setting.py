"""The city's own limits of goods: set, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from api.services import audit
from api.services.access import must_hold
from api.services.changed_fleet import ask_anew_routes
from api.services.cycle_lock import hold_running_cycles
from api.services.editing import refuse_saved_meanwhile
from api.services.errors import Invalid
from api.services.goods_limits import Limits, limit_of, own_limit
from data.schema import GoodsLimit, Package, PackageLine, Route, Stop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["FIELDS", "MOST_DAYS", "MOST_MINUTES", "clear_limit", "save_limit"]

FIELDS = ("max_days_before_delivery", "max_heat_minutes")
MOST_DAYS, MOST_MINUTES = 365, 24 * 60


def save_limit(
    session: Session,
    *,
    code: str,
    changes: Mapping[str, Any],
    by: Account,
    now: datetime,
    read: Mapping[str, Any] | None = None,
) -> GoodsLimit:
    """Save the city's own limits of an item; plans made from now on keep them.

    Routes that carry the item and have not left are timed and checked again, confirmed ones stale.
    Running months are held first: a plan that is being made is stored before or reads it after.

    Raises
    ------
    Forbidden, NotFound
        ``access.role``, ``goods.unknown``.
    Invalid
        By field: ``edit.unknown_field``, ``goods.days``, ``goods.minutes``.
    StaleVersion
        ``goods.stale`` when somebody else changed one of the same fields since.
    """
    must_hold(by, "route:edit")
    hold_running_cycles(session)
    stored = session.get(GoodsLimit, code, with_for_update=True)
    before = limit_of(session, code=code)
    row = stored or GoodsLimit(
        item_code=code,
        max_days_before_delivery=before.max_days_before_delivery,
        max_heat_minutes=before.max_heat_minutes,
        by=by.username,
        at=now,
    )
    refuse_saved_meanwhile(row, changes, read or {}, code="goods.stale")
    wrong = _wrong(changes)
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    for name, value in changes.items():
        setattr(row, name, value)
    row.by, row.at = by.username, now
    session.add(row)
    session.flush()
    _told(session, code, before, own_limit(row), by, now)
    return row


def clear_limit(session: Session, *, code: str, by: Account, now: datetime) -> None:
    """Go back to the reference data's limits of an item; nothing where there are no others.

    Raises
    ------
    Forbidden, NotFound
        As :func:`save_limit`.
    """
    must_hold(by, "route:edit")
    hold_running_cycles(session)
    row = session.get(GoodsLimit, code, with_for_update=True)
    before = limit_of(session, code=code)
    if row is None:
        return
    session.delete(row)
    session.flush()
    _told(session, code, before, limit_of(session, code=code), by, now)


def _wrong(changes: Mapping[str, Any]) -> dict[str, str]:
    wrong = {name: "edit.unknown_field" for name in changes if name not in FIELDS}
    days, minutes = (changes.get(name) for name in FIELDS)
    if "max_days_before_delivery" in changes and (days is None or not 0 <= days <= MOST_DAYS):
        wrong["max_days_before_delivery"] = "goods.days"
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        wrong["max_heat_minutes"] = "goods.minutes"
    return wrong


def _told(
    session: Session, code: str, before: Limits, after: Limits, by: Account, now: datetime
) -> None:
    """Audit both values, and ask again about routes that carry the item."""
    old, new = ({name: getattr(each, name) for name in FIELDS} for each in (before, after))
    audit.record(
        session, by=by, action="goods:limit", subject="goods", subject_id=code, now=now,
        before=old, after=new,
    )  # fmt: skip
    if old == new:
        return
    carrying = (
        select(Stop.route_id)
        .join(Package, col(Package.stop_id) == Stop.id)
        .join(PackageLine, col(PackageLine.package_id) == Package.id)
        .where(PackageLine.item_code == code, col(Stop.route_id).is_not(None))
    )
    ask_anew_routes(
        session, col(Route.id).in_(carrying), reason="goods", by=by, now=now, about=lambda _: code
    )
