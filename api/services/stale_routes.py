"""Routes whose ground moved: a family moved, left or waits, or a package's goods changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.cycle_lock import RUNNING, hold_cycle, hold_cycle_of
from api.services.exception_doubts import open_doubt
from api.services.package_cancelling import cancel_package, take_off
from api.services.package_states import IN_DEPOT
from api.services.route_changes import make_stale, number_stops, shift_pickups
from api.services.stop_places import stop_at_door
from data.queries.routes import EDITABLE, stops_by_route
from data.schema import (
    Cycle,
    Package,
    PackageState,
    Route,
    Stop,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["hold_months_of", "mark_stale_for_child", "mark_stale_for_package"]

LEAVING = ("exited", "graduated", "paused", "merged")
OPEN = (*IN_DEPOT, PackageState.LOADED)
CASE_REASONS = {"moved": "moved", "address": "wrong_data", **{each: each for each in LEAVING}}


def mark_stale_for_child(
    session: Session, *, child_id: int, by: Account, now: datetime, reason: str
) -> list[Route]:
    """Take a child's undelivered stop off its route after a move, pause, exit or new address.

    ``reason``: ``moved``, ``address``, ``exited``, ``graduated``, ``paused``, ``merged``. The
    route it leaves becomes stale; after ``moved`` or ``address`` a stop with the new address takes
    its place on the nearest route through the new kelurahan, which becomes stale too, or waits.
    After the others the package is cancelled and its goods go back to stock. A route that has left
    is left alone, and the package becomes a case in the coordinator's queue.
    Returns the routes that changed and have not left; those that were confirmed became stale.
    """
    stale: dict[int, Route] = {}
    hold_months_of(session, child_id=child_id)
    packages = session.exec(
        select(Package)
        .join(Cycle, col(Cycle.id) == Package.cycle_id)
        .where(
            Package.child_id == child_id,
            col(Package.state).in_(OPEN),
            col(Cycle.state).in_(RUNNING),
        )
        .order_by(col(Package.id))
    ).all()
    for package in packages:
        cycle = session.get_one(Cycle, package.cycle_id)
        if package.state == PackageState.LOADED:
            open_doubt(
                session,
                cycle=cycle,
                reason=CASE_REASONS.get(reason, "other"),
                by=by,
                now=now,
                package=package,
                text="",
            )
            continue
        had_stop = package.stop_id is not None
        old = take_off(session, package=package, by=by, now=now, reason=reason)
        if old is not None:
            stale[old.id or 0] = old
        if reason in LEAVING:
            cancel_package(session, package=package, by=by, now=now, reason=reason)
        elif had_stop:
            fresh = stop_at_door(session, cycle=cycle, package=package)
            new = _join_route(session, cycle, fresh, package, reason, by, now)
            if new is not None:
                stale[new.id or 0] = new
    session.flush()
    return list(stale.values())


def hold_months_of(session: Session, *, child_id: int) -> None:
    """Hold the months under way in which a child has a package."""
    session.flush()
    months = select(Package.cycle_id).where(Package.child_id == child_id)
    rows = select(Cycle).where(col(Cycle.id).in_(months), col(Cycle.state).in_(RUNNING))
    for cycle in session.exec(rows.order_by(col(Cycle.month))).all():
        hold_cycle(session, cycle)


def mark_stale_for_package(
    session: Session, *, package_id: int, by: Account, now: datetime, reason: str
) -> list[Route]:
    """Make the route that carries a package stale because its goods changed."""
    package = session.get_one(Package, package_id)
    hold_cycle_of(session, package)
    stop = session.get(Stop, package.stop_id) if package.stop_id else None
    route = session.get(Route, stop.route_id) if stop and stop.route_id else None
    if route is None or route.state not in EDITABLE:
        return []
    make_stale(session, route, reason, by, now, about=package.code)
    return [route]


def _join_route(
    session: Session,
    cycle: Cycle,
    stop: Stop,
    package: Package,
    reason: str,
    by: Account,
    now: datetime,
) -> Route | None:
    """Put a stop after its nearest neighbour on a route through its kelurahan, if there is one.

    A locked route takes none.
    """
    if stop.route_id is not None:
        return session.get(Route, stop.route_id)
    if stop.lat is None or stop.lon is None:
        return None
    from logistics.distance import Point, great_circle_m

    neighbours = session.exec(
        select(Stop)
        .join(Route, col(Route.id) == Stop.route_id)
        .where(
            Stop.cycle_id == cycle.id,
            Stop.kelurahan_code == stop.kelurahan_code,
            col(Stop.lat).is_not(None),
            col(Route.state).in_(EDITABLE),
            col(Route.is_locked).is_(False),
        )
        .order_by(col(Stop.id))
    ).all()
    if not neighbours:
        return None
    points = [Point("new", stop.lat, stop.lon), *(Point(n.uid, n.lat, n.lon) for n in neighbours)]
    away = great_circle_m(points)[0, 1:]
    nearest = neighbours[int(away.argmin())]
    route = session.get_one(Route, nearest.route_id)
    order = stops_by_route(session, route_ids=[route.id or 0])[route.id or 0]
    before = order.index(nearest) + 1
    order.insert(before, stop)
    number_stops(session, order, route_id=route.id)
    shift_pickups(session, route_id=route.id or 0, position=before + 1, by=1)
    make_stale(session, route, f"{reason}_here", by, now, about=package.code)
    return route
