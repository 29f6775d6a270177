"""Taking a package out of a month, and off its route, while it is still here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from api.services import audit, package_goods
from api.services.cycle_lock import hold_cycle_of
from api.services.errors import Refused
from api.services.pickups import release_pickups
from api.services.reservations import to_state
from api.services.route_changes import make_stale, number_stops, shift_pickups
from data.queries.deliveries import packages_of_stop
from data.queries.routes import EDITABLE, stops_by_route
from data.schema import (
    CycleState,
    Package,
    PackageLine,
    PackageState,
    Route,
    RouteState,
    Stop,
    StopState,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["cancel_package", "empty_box", "may_leave_its_route", "take_off"]

S = PackageState
FROZEN = (CycleState.CLOSED, CycleState.CANCELLED)


def cancel_package(
    session: Session, *, package: Package, by: Account, now: datetime, reason: str
) -> Package:
    """Take a package that is not on its way out of the month; its goods go back to stock.

    Its stop leaves a route that has not left yet; that route has to be confirmed again.

    Raises
    ------
    Refused
        ``packing.on_its_way`` once it is loaded or handed over, ``move.reason`` without a reason.
    """
    cycle = hold_cycle_of(session, package)
    session.refresh(package, with_for_update=True)
    if package.state not in (S.PLANNED, S.RESERVED, S.PACKED, S.CARRIED):
        raise Refused("packing.on_its_way", package=package.code, found=package.state.value)
    if cycle.state in FROZEN:
        raise Refused("packing.state", month=cycle.month, found=cycle.state.value)
    if not reason.strip():
        raise Refused("packing.reason", package=package.code)
    before = package.state
    empty_box(session, package=package, by=by, now=now, reason=reason)
    to_state(session, package, S.CANCELLED, now)
    if may_leave_its_route(session, package=package):
        take_off(session, package=package, by=by, now=now, reason="cancelled")
    audit.record(
        session,
        by=by,
        action="package:cancel",
        subject="package",
        subject_id=package.code,
        now=now,
        before={"state": before.value},
        after={"state": S.CANCELLED.value},
        purpose=reason.strip(),
    )
    session.flush()
    return package


def empty_box(
    session: Session,
    *,
    package: Package,
    by: Account,
    now: datetime,
    reason: str,
    is_spoiled: bool = False,
) -> None:
    """Put a package's goods back on the shelf, or write them off; free what was only reserved."""
    if not package_goods.is_boxed(session, package=package):
        package_goods.release(session, package=package, by=by, now=now, note=reason)
        return
    lines = session.exec(select(PackageLine).where(PackageLine.package_id == package.id))
    quantities = {line.item_code: line.quantity for line in lines}
    book = package_goods.spoil_packed if is_spoiled else package_goods.return_packed
    book(session, package=package, quantities=quantities, by=by, now=now, note=reason)


def may_leave_its_route(session: Session, *, package: Package) -> bool:
    """Return whether the stop is no record of a route that has left."""
    stop = session.get(Stop, package.stop_id) if package.stop_id else None
    route = session.get(Route, stop.route_id) if stop and stop.route_id else None
    return stop is not None and (route is None or route.state in EDITABLE)


def take_off(
    session: Session, *, package: Package, by: Account, now: datetime, reason: str
) -> Route | None:
    """Take a package off its stop, and the stop off its route when nothing is left for it.

    Returns the route when it became stale by that; without stops it is cancelled.
    """
    stop = session.get(Stop, package.stop_id) if package.stop_id else None
    if stop is None:
        return None
    route = session.get(Route, stop.route_id) if stop.route_id else None
    package.stop_id = None
    session.add(package)
    session.flush()
    left = None
    if not packages_of_stop(session, stop_id=stop.id or 0):
        left = stop.sequence
        stop.state, stop.route_id, stop.sequence = StopState.CANCELLED, None, None
        stop.version += 1
        session.add(stop)
        session.flush()
    if route is None or route.state not in EDITABLE:
        return None
    rest = stops_by_route(session, route_ids=[route.id or 0]).get(route.id or 0, [])
    number_stops(session, rest)
    if left is not None:
        shift_pickups(session, route_id=route.id or 0, position=left, by=-1)
    make_stale(session, route, reason, by, now, about=package.code)
    if not rest:
        route.state = RouteState.CANCELLED
        session.add(route)
        session.flush()
        release_pickups(session, route_ids=[route.id or 0])
    return route
