"""Depots entered by hand: where routes leave from, moved, and closed once nothing is left there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from api.services.access import must_hold
from api.services.changed_fleet import CONFIRMED_WITH, ask_anew
from api.services.default_places import DEFAULT_SOURCE
from api.services.editing import refuse_saved_meanwhile, too_long, write_unversioned
from api.services.errors import Invalid, Refused
from api.services.household_points import KM_PER_DEGREE
from api.services.vehicles import BY_HAND
from data.queries.goods import boxed_goods
from data.queries.routes import EDITABLE
from data.schema import (
    Cycle,
    CycleState,
    Depot,
    Household,
    Route,
    RouteState,
    StockItem,
    Vehicle,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["active_depots", "is_candidate", "list_depots", "save_depot"]

FIELDS = ("name", "address", "lat", "lon", "opens", "closes", "is_active")
FARTHEST_KM = 60.0
"""A depot farther than this from every home is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What keeps a depot open: kinds of goods on its shelves or in boxes, vehicles, routes.

    Also routes under way: what they do not deliver comes back.
    """

    num_items: int
    vehicles: tuple[str, ...]
    routes: tuple[str, ...]


def list_depots(session: Session) -> list[Depot]:
    """Return every depot, those in use first, as they were added."""
    rows = select(Depot).order_by(col(Depot.is_active).desc(), col(Depot.id))
    return list(session.exec(rows))


def active_depots(session: Session) -> list[Depot]:
    """Return the depots in use; vehicles without one of their own leave from the first."""
    return [depot for depot in list_depots(session) if depot.is_active]


def is_candidate(depot: Depot) -> bool:
    """Whether nobody in the city gave a depot: the plan names it until somebody confirms it."""
    return depot.source == DEFAULT_SOURCE


def save_depot(
    session: Session,
    *,
    depot: Depot | None,
    changes: Mapping[str, Any],
    by: Account,
    now: datetime,
    read: Mapping[str, Any] | None = None,
) -> Depot:
    """Save fields of a depot, or of a new one; saving confirms a candidate of the reference data.

    Confirmed routes from a depot that moved, keeps other hours or has another name become stale;
    those that left keep where they left from. ``read`` are the values that the changed fields had
    when the person read them.

    Raises
    ------
    StaleVersion
        ``depot.stale`` when somebody else changed one of the same fields since.
    Forbidden
        ``access.role`` for those who do not plan routes.
    Invalid
        By field: ``edit.unknown_field``, ``field.long``, ``depot.name_taken``, ``depot.hours``,
        ``depot.far``.
    Refused
        Closing: ``depot.last``, ``depot.holds_goods``, ``depot.has_vehicles``,
        ``depot.has_routes``.
    """
    must_hold(by, "route:edit")
    if depot is not None:
        _hold(session, depot, with_others=changes.get("is_active") is False)
        refuse_saved_meanwhile(depot, changes, read or {}, code="depot.stale")
    wrong = _wrong(session, depot, changes)
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong, km=round(FARTHEST_KM))
    if depot is not None and depot.is_active and changes.get("is_active") is False:
        _refuse_close(session, depot)
    row = depot or Depot(source=BY_HAND, **changes)
    if is_candidate(row):
        row.source = BY_HAND
    moved = write_unversioned(
        session, row=row, subject="depot", changes=changes, is_new=depot is None, by=by, now=now
    )
    if CONFIRMED_WITH["depot"] & moved:
        ask_anew(session, table="depot", ids=[row.id or 0], by=by, now=now, fields=moved)
    return row


def _hold(session: Session, depot: Depot, *, with_others: bool) -> None:
    """Hold a depot, before closing all of them: two people could close the last two at once.

    Not FOR UPDATE: who plans a month, waited for later, may refer to the rows meanwhile.
    """
    rows = select(Depot).order_by(col(Depot.id)).with_for_update(key_share=True)
    if not with_others:
        rows = rows.where(Depot.id == depot.id)
    session.exec(rows.execution_options(populate_existing=True)).all()


def _wrong(session: Session, depot: Depot | None, changes: Mapping[str, Any]) -> dict[str, str]:
    """Return field → what is wrong with its value."""
    wrong = {name: "edit.unknown_field" for name in changes if name not in FIELDS}
    wrong |= too_long(Depot, changes)
    stored: dict[str, Any] = depot.model_dump() if depot else {"opens": "08:00", "closes": "16:00"}
    after = {**stored, **changes}
    other = session.exec(select(Depot).where(Depot.name == after["name"])).first()
    if other is not None and other is not depot:
        wrong["name"] = "depot.name_taken"
    if after["opens"] >= after["closes"]:
        wrong["closes"] = "depot.hours"
    if {"lat", "lon"} & changes.keys() and _is_far(session, after["lat"], after["lon"]):
        wrong["point"] = "depot.far"
    return wrong


def _is_far(session: Session, lat: float, lon: float) -> bool:
    """Whether homes are known and none of them is within reach."""
    reach = FARTHEST_KM / KM_PER_DEGREE
    known = select(Household.id).where(col(Household.lat).is_not(None)).limit(1)
    near = known.where(
        col(Household.lat).between(lat - reach, lat + reach),
        col(Household.lon).between(lon - reach, lon + reach),
    )
    return session.exec(known).first() is not None and session.exec(near).first() is None


def _refuse_close(session: Session, depot: Depot) -> None:
    if active_depots(session) == [depot]:
        raise Refused("depot.last", depot=depot.name)
    held = _held(session, depot)
    if held.num_items:
        raise Refused("depot.holds_goods", depot=depot.name, n=held.num_items)
    if held.vehicles:
        raise Refused("depot.has_vehicles", depot=depot.name, names=", ".join(held.vehicles))
    if held.routes:
        raise Refused("depot.has_routes", depot=depot.name, routes=", ".join(held.routes))


def _held(session: Session, depot: Depot) -> _Held:
    on_shelves = select(StockItem.item_code).where(
        StockItem.depot_id == depot.id, StockItem.on_hand > 0
    )
    in_boxes = {code for number, code in boxed_goods(session) if number == depot.id}
    vehicles = select(Vehicle.name).where(
        Vehicle.depot_id == depot.id, col(Vehicle.is_active).is_(True)
    )
    waiting = (
        select(Route.code)
        .join(Cycle, col(Cycle.id) == Route.cycle_id)
        .where(
            Route.depot_id == depot.id,
            col(Route.state).in_((*EDITABLE, RouteState.DISPATCHED)),
            col(Cycle.state).not_in((CycleState.CLOSED, CycleState.CANCELLED)),
        )
    )
    return _Held(
        num_items=len(in_boxes | set(session.exec(on_shelves))),
        vehicles=tuple(session.exec(vehicles.order_by(Vehicle.name))),
        routes=tuple(session.exec(waiting.order_by(Route.code))),
    )
