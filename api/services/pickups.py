"""Goods of sponsors that couriers fetch on the way: entered, planned, recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.services import audit
from api.services.access import must_hold
from api.services.cycle_lock import hold_cycle_of
from api.services.editing import too_long, unreadable_phones
from api.services.errors import Invalid, NotFound, Refused, StaleVersion
from api.services.pickup_stock import moves_of_pickups
from api.services.route_changes import make_stale
from data.queries.pickups import pickup_by_uid, pickups_of_cycle, pickups_of_routes
from data.queries.routes import EDITABLE, stops_by_route
from data.schema import Cycle, Pickup, PickupState, Route, RouteState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "FIELDS",
    "cancel_pickup",
    "change_pickup",
    "find_pickup",
    "list_pickups",
    "note_result",
    "record_pickup",
    "release_pickups",
    "save_pickup",
]

FIELDS = (
    "sponsor_id",
    "label",
    "phone",
    "address",
    "landmark",
    "lat",
    "lon",
    "opens",
    "closes",
    "wanted_on",
    "goods",
    "weight_g",
    "volume_ml",
    "needs_cool_box",
)
NEEDED = ("label", "address", "goods", "weight_g", "volume_ml", "needs_cool_box")
OPEN = (PickupState.WAITING, PickupState.PLANNED)
AWAY = (RouteState.DISPATCHED, RouteState.FINISHED)


def list_pickups(session: Session, *, cycle: Cycle) -> list[Pickup]:
    """Return a month's pickups, those that wait first."""
    order = list(PickupState)
    rows = pickups_of_cycle(session, cycle_id=cycle.id or 0)
    return sorted(
        rows,
        key=lambda row: (
            order.index(row.state),
            row.wanted_on or row.created_at.date(),
            row.id or 0,
        ),
    )


def find_pickup(session: Session, *, uid: str) -> Pickup:
    """Return a pickup.

    Raises
    ------
    NotFound
        ``pickup.unknown``.
    """
    found = pickup_by_uid(session, uid=uid)
    if found is None:
        raise NotFound("pickup.unknown")
    return found


def save_pickup(
    session: Session,
    *,
    cycle: Cycle,
    pickup: Pickup | None,
    changes: Mapping[str, Any],
    by: Account,
    now: datetime,
    base_version: int = 0,
) -> Pickup:
    """Save fields of a pickup, or of a new one. One that is on a route comes off it and waits.

    Raises
    ------
    Forbidden
        ``access.role``.
    Invalid
        By field: ``edit.unknown_field``, ``field.long``, ``pickup.place``, ``pickup.hours``,
        ``vehicle.capacity``.
    Refused
        ``pickup.over`` once it was fetched, missed or cancelled, or its route has left.
    StaleVersion
        ``pickup.stale``.
    """
    _check(pickup, changes, by)
    if pickup is None:
        row = Pickup(cycle_id=cycle.id or 0, by=by.username, created_at=now, **changes)
    else:
        row = pickup
        _need_open(session, row, base_version)
        for name, value in changes.items():
            setattr(row, name, value)
        row.version += 1
        _take_off(session, row, by, now)
        row.unserved = None
    session.add(row)
    session.flush()
    _told(session, row, "pickup:edit" if pickup else "pickup:add", by, now)
    return row


def change_pickup(
    session: Session,
    *,
    pickup: Pickup,
    changes: Mapping[str, Any],
    by: Account,
    now: datetime,
    base_version: int,
) -> Pickup:
    """Change some fields of a pickup; see :func:`save_pickup`."""
    return save_pickup(
        session,
        cycle=session.get_one(Cycle, pickup.cycle_id),
        pickup=pickup,
        changes=changes,
        by=by,
        now=now,
        base_version=base_version,
    )


def cancel_pickup(
    session: Session, *, pickup: Pickup, by: Account, now: datetime, base_version: int
) -> Pickup:
    """Take a pickup back; its route, if any, is timed anew.

    Raises
    ------
    Forbidden, Refused, StaleVersion
        As :func:`save_pickup`.
    """
    must_hold(by, "stock:edit")
    _need_open(session, pickup, base_version)
    _take_off(session, pickup, by, now)
    pickup.state = PickupState.CANCELLED
    pickup.version += 1
    session.add(pickup)
    session.flush()
    _told(session, pickup, "pickup:cancel", by, now)
    return pickup


def record_pickup(
    session: Session,
    *,
    pickup: Pickup,
    is_fetched: bool,
    note: str,
    by: Account,
    now: datetime,
    base_version: int,
) -> Pickup:
    """Write down whether the goods came along; one that was missed needs a note.

    The goods become stock when they are counted (``pickup_stock.stock_pickup``).

    Raises
    ------
    Forbidden, StaleVersion
        As :func:`save_pickup`.
    Invalid
        ``pickup.note`` without a note.
    Refused
        ``pickup.not_away`` while its route has not left, ``pickup.in_stock`` when its goods are
        in stock already.
    """
    must_hold(by, "stock:edit")
    _need_version(session, pickup, base_version)
    return note_result(session, pickup, is_fetched, note, by, now)


def note_result(
    session: Session,
    pickup: Pickup,
    is_fetched: bool,
    note: str,
    by: Account,
    now: datetime,
    *,
    happened_at: datetime | None = None,
) -> Pickup:
    """Write down a result of whoever may, of now unless said; see :func:`record_pickup`."""
    route = session.get(Route, pickup.route_id) if pickup.route_id else None
    if pickup.state == PickupState.CANCELLED or route is None or route.state not in AWAY:
        raise Refused("pickup.not_away", label=pickup.label)
    if not is_fetched and not note.strip():
        raise Invalid("pickup.note", fields={"catatan": "pickup.note"})
    if moves_of_pickups(session, [pickup])[pickup.uid]:
        raise Refused("pickup.in_stock", label=pickup.label)
    pickup.state = PickupState.FETCHED if is_fetched else PickupState.MISSED
    pickup.result_note = note.strip()[:300]
    pickup.recorded_by, pickup.recorded_at = by.username, now
    pickup.happened_at = happened_at or now
    pickup.version += 1
    session.add(pickup)
    session.flush()
    _finish_empty(session, route)
    _told(session, pickup, "pickup:record", by, now)
    return pickup


def release_pickups(session: Session, *, route_ids: list[int]) -> None:
    """Let the pickups of routes that are withdrawn wait again."""
    for pickup in pickups_of_routes(session, route_ids=route_ids):
        _loosen(session, pickup)
    session.flush()


def _loosen(session: Session, pickup: Pickup) -> None:
    pickup.route_id = pickup.after = pickup.arrives_at = pickup.leg_distance_m = None
    if pickup.state == PickupState.PLANNED:
        pickup.state = PickupState.WAITING
    session.add(pickup)


def _take_off(session: Session, pickup: Pickup, by: Account, now: datetime) -> None:
    route = session.get(Route, pickup.route_id) if pickup.route_id else None
    _loosen(session, pickup)
    session.flush()
    if route is not None and route.state in EDITABLE:
        make_stale(session, route, "pickup", by, now, about=pickup.label)


def _finish_empty(session: Session, route: Route) -> None:
    """End a route that only fetched goods, once all of them are recorded."""
    if stops_by_route(session, route_ids=[route.id or 0]):
        return
    rows = pickups_of_routes(session, route_ids=[route.id or 0])
    if route.state == RouteState.DISPATCHED and not any(row.state in OPEN for row in rows):
        route.state = RouteState.FINISHED
        session.add(route)
        session.flush()


def _check(pickup: Pickup | None, changes: Mapping[str, Any], by: Account) -> None:
    must_hold(by, "stock:edit")
    wrong = {name: "edit.unknown_field" for name in changes if name not in FIELDS}
    wrong |= unreadable_phones(changes) | too_long(Pickup, changes)
    wrong |= {name: "field.required" for name in NEEDED if changes.get(name, "") is None}
    lat = changes.get("lat", pickup.lat if pickup else None)
    lon = changes.get("lon", pickup.lon if pickup else None)
    if lat is None or lon is None:
        wrong["lat" if lat is None else "lon"] = "pickup.place"
    opens = changes.get("opens", pickup.opens if pickup else None)
    closes = changes.get("closes", pickup.closes if pickup else None)
    if opens and closes and opens >= closes:
        wrong["closes"] = "pickup.hours"
    for name in ("weight_g", "volume_ml"):
        if changes.get(name) is not None and changes[name] < 1:
            wrong[name] = "vehicle.capacity"
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)


def _need_version(session: Session, pickup: Pickup, base_version: int) -> None:
    hold_cycle_of(session, pickup)
    if pickup.version != base_version:
        raise StaleVersion("pickup.stale", version=pickup.version, fields={})


def _need_open(session: Session, pickup: Pickup, base_version: int) -> None:
    _need_version(session, pickup, base_version)
    route = session.get(Route, pickup.route_id) if pickup.route_id else None
    if pickup.state not in OPEN or (route is not None and route.state not in EDITABLE):
        raise Refused("pickup.over", label=pickup.label)


def _told(session: Session, pickup: Pickup, action: str, by: Account, now: datetime) -> None:
    audit.record(
        session,
        by=by,
        action=action,
        subject="pickup",
        subject_id=pickup.uid,
        now=now,
        after={"state": pickup.state.value, "weight_g": pickup.weight_g},
    )
