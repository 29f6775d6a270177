"""Routes leaving: one or those chosen, with what holds each back by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import and_, col, or_, select

from api.services import audit
from api.services.clock import local_date, next_midnight
from api.services.cycle_lock import hold_cycle_of
from api.services.dispatch import refuse_unconfirmed
from api.services.errors import Forbidden, Refused, StaleVersion
from api.services.forbidden_food import boxes_of, refuse_boxes
from api.services.moves import move_cycle
from api.services.route_crews import crew_of, note_departure
from api.services.route_heads import RouteHead, heads_of, list_heads
from data.queries.routes import (
    EDITABLE,
    ROUTE_NUMBER,
    states_of_laden_routes,
    stops_by_route,
)
from data.schema import (
    Cycle,
    CycleState,
    Depot,
    PackageState,
    Role,
    Route,
    RouteState,
    StopState,
    Vehicle,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from api.services.forbidden_food import Box
    from api.services.route_crews import Crew
    from data.schema import Account, Package, Stop

__all__ = [
    "Departed",
    "Departure",
    "days_waiting",
    "departure_of",
    "dispatch_chosen",
    "dispatch_route",
    "is_early",
    "waiting_departures",
]


@dataclass(frozen=True, slots=True)
class Departure:
    """A route of a day that has not left.

    Parameters
    ----------
    hindrances
        What has to be mended before it can leave.
    overlaps
        Codes of routes on the road at the same hours, or about to be, with the same vehicle or
        courier; it leaves beside them only with a reason.
    """

    view: RouteHead
    hindrances: tuple[Refused, ...]
    overlaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departed:
    """Which of the chosen routes left, and why each of the others stayed."""

    left: tuple[Route, ...]
    stayed: tuple[tuple[Route, Refused], ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A route that wants the same ``vehicle`` or ``courier`` (``shared``) at the same hours."""

    code: str
    shared: str


def dispatch_route(
    session: Session,
    *,
    route: Route,
    by: Account,
    now: datetime,
    base_version: int | None = None,
    is_sure: bool = False,
    overlap_reason: str = "",
) -> Route:
    """Let a confirmed route leave: its packages are loaded, its stops en route.

    The first route takes the month to *distributing*, for which every route must be confirmed.

    Raises
    ------
    Forbidden
        ``dispatch.role`` for anyone but a coordinator.
    Refused
        ``dispatch.early`` before the planned day unless ``is_sure``,
        ``dispatch.not_confirmed`` for a stale or unconfirmed route (for the first one: any),
        ``dispatch.not_packed`` naming packages that are not in their box yet,
        ``route.forbidden_food`` for what may not be given on the day that it really leaves,
        ``dispatch.overlap`` while its vehicle or courier is out at the same hours, unless there is
        an ``overlap_reason``, which stays in the audit trail.
    StaleVersion
        ``route.stale_version`` when someone else has changed it.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("dispatch.role", role=by.role.value)
    cycle = hold_cycle_of(session, route)
    if base_version is not None and route.version != base_version:
        raise StaleVersion("route.stale_version", version=route.version, fields={})
    if not is_sure:
        _refuse_early(route, now)
    load = _loads(session, [route])[route.id or 0]
    packages = [box.package for box in load.boxes]
    laden = _laden(session, cycle)
    for hindrance in _hindrances(cycle, route, load.boxes, laden, now):
        raise hindrance
    vehicle = session.get_one(Vehicle, route.vehicle_id)
    overlaps = _overlaps(route, vehicle, _beside(session, now))
    if overlaps and not overlap_reason.strip():
        raise _overlap(route, overlaps)
    _leave(session, route, load.stops, packages, by, now)
    if cycle.state == CycleState.PACKING:
        move_cycle(session, cycle=cycle, verb="dispatch", by=by, now=now)
    audit.record(
        session,
        by=by,
        action="route:dispatch",
        subject="route",
        subject_id=route.code,
        now=now,
        after={"packages": len(packages), "overlaps": [each.code for each in overlaps]},
        purpose=overlap_reason.strip() if overlaps else "",
    )
    session.flush()
    return route


def dispatch_chosen(
    session: Session,
    *,
    cycle: Cycle,
    routes: Sequence[Route],
    by: Account,
    now: datetime,
    is_sure: bool = False,
    overlap_reason: str = "",
) -> Departed:
    """Let those of the chosen routes leave that can; the others stay, each with its reason.

    Raises
    ------
    Forbidden
        ``dispatch.role`` for anyone but a coordinator.
    Refused
        ``dispatch.none_chosen``; ``route.other_month``; ``dispatch.early`` before anything leaves,
        unless ``is_sure``; ``dispatch.none_left`` when every one of them is held back.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("dispatch.role", role=by.role.value)
    if not routes:
        raise Refused("dispatch.none_chosen")
    for route in routes:
        if route.cycle_id != cycle.id:
            raise Refused("route.other_month", route=route.code)
        if route.state == RouteState.CONFIRMED and not is_sure:
            _refuse_early(route, now)
    left: list[Route] = []
    stayed: list[tuple[Route, Refused]] = []
    for route in sorted(routes, key=lambda each: (each.leaves_at, each.trip, each.code)):
        try:
            dispatch_route(
                session, route=route, by=by, now=now, is_sure=True, overlap_reason=overlap_reason
            )
        except Refused as why:
            stayed.append((route, why))
        else:
            left.append(route)
    if not left:
        raise Refused("dispatch.none_left", routes=[route.code for route, _ in stayed])
    return Departed(tuple(left), tuple(stayed))


def waiting_departures(
    session: Session, *, cycle: Cycle, day: date, now: datetime
) -> list[Departure]:
    """Return the routes of a day that have not left, each with what holds it back today."""
    views = [view for view in list_heads(session, cycle=cycle, day=day) if view.state in EDITABLE]
    views = [view for view in views if view.num_stops or view.num_pickups]
    rows = {route.id: route for route in session.exec(select(Route).where(Route.day == day))}
    loads = _loads(session, [rows[view.id] for view in views])
    beside = _beside(session, now, with_day=day)
    driving = {route.vehicle_id for route in rows.values()}
    of_day = select(Vehicle).where(col(Vehicle.id).in_(driving))
    vehicles = {vehicle.id: vehicle for vehicle in session.exec(of_day)}
    laden = _laden(session, cycle)
    found = []
    for view in views:
        route = rows[view.id]
        found.append(
            Departure(
                view,
                tuple(_hindrances(cycle, route, loads[view.id].boxes, laden, now)),
                tuple(each.code for each in _overlaps(route, vehicles[route.vehicle_id], beside)),
            )
        )
    return sorted(found, key=lambda each: (each.view.leaves_at, each.view.trip, each.view.code))


def departure_of(session: Session, *, cycle: Cycle, route: Route, now: datetime) -> Departure:
    """Return a route that has not left with what holds it back today."""
    load = _loads(session, [route])[route.id or 0]
    laden = _laden(session, cycle)
    vehicle = session.get_one(Vehicle, route.vehicle_id)
    depot = session.get_one(Depot, route.depot_id)
    return Departure(
        heads_of(session, [(route, vehicle, depot)])[0],
        tuple(_hindrances(cycle, route, load.boxes, laden, now)),
        tuple(each.code for each in _overlaps(route, vehicle, _beside(session, now))),
    )


def is_early(day: date, now: datetime) -> bool:
    """Whether a route of a day would leave before families and posyandu expect it."""
    return day > local_date(now)


def days_waiting(session: Session, *, cycle: Cycle) -> list[date]:
    """Return the days of a month on which routes have not left yet."""
    rows = select(col(Route.day)).where(Route.cycle_id == cycle.id, col(Route.state).in_(EDITABLE))
    return sorted(set(session.exec(rows)))


def _refuse_early(route: Route, now: datetime) -> None:
    """Ask before a route leaves on another day than families and posyandu expect."""
    today = local_date(now)
    if is_early(route.day, now):
        raise Refused("dispatch.early", day=route.day.isoformat(), today=today.isoformat())


@dataclass(frozen=True, slots=True)
class _Load:
    """What a route carries: its stops, and their boxes by code."""

    stops: list[Stop]
    boxes: list[Box]


def _loads(session: Session, routes: Sequence[Route]) -> dict[int, _Load]:
    """Return what routes carry, by their id."""
    by_route = stops_by_route(session, route_ids=[route.id or 0 for route in routes])
    loads = {route.id or 0: _Load(by_route.get(route.id or 0, []), []) for route in routes}
    of_stop = {stop.id: load for load in loads.values() for stop in load.stops}
    for box in boxes_of(session, [stop for load in loads.values() for stop in load.stops]):
        of_stop[box.package.stop_id].boxes.append(box)
    return loads


def _laden(session: Session, cycle: Cycle) -> list[tuple[str, RouteState]]:
    """Return the routes that the month's first departure waits for, none once one has left."""
    if cycle.state != CycleState.PACKING:
        return []
    return states_of_laden_routes(session, cycle_id=cycle.id or 0)


def _hindrances(
    cycle: Cycle,
    route: Route,
    boxes: Sequence[Box],
    laden: Sequence[tuple[str, RouteState]],
    now: datetime,
) -> list[Refused]:
    """Return what keeps a route here, worst first.

    Parameters
    ----------
    laden
        Code and state of the routes that must be confirmed before the month's first one leaves.
    """
    found: list[Refused] = []
    checked: Sequence[tuple[str, RouteState]] = [(route.code, route.state)]
    if cycle.state == CycleState.PACKING and route.state == RouteState.CONFIRMED:
        checked = laden
    if route.state != RouteState.CONFIRMED:
        found.append(Refused("dispatch.not_confirmed", routes=route.code))
    else:
        found += _refusal(lambda: refuse_unconfirmed(cycle, checked))
    waiting = [box.package.code for box in boxes if box.package.state != PackageState.PACKED]
    if waiting:
        found.append(Refused("dispatch.not_packed", route=route.code, packages=", ".join(waiting)))
    on = local_date(now)
    found += _refusal(lambda: refuse_boxes(boxes, route=route, on=on))
    return found


def _refusal(rule: Callable[[], None]) -> list[Refused]:
    try:
        rule()
    except Refused as why:
        return [why]
    return []


def _beside(
    session: Session, now: datetime, *, with_day: date | None = None
) -> Sequence[tuple[Route, Vehicle]]:
    """Return the routes on the road today; ``with_day`` adds the confirmed routes of a day."""
    midnight = next_midnight(now) - timedelta(days=1)
    is_out = and_(Route.state == RouteState.DISPATCHED, col(Route.dispatched_at) >= midnight)
    is_ready = and_(Route.state == RouteState.CONFIRMED, Route.day == with_day)
    rows = session.exec(
        select(Route, Vehicle)
        .join(Vehicle, col(Vehicle.id) == Route.vehicle_id)
        .where(is_out if with_day is None else or_(is_out, is_ready))
        .order_by(*ROUTE_NUMBER)
    )
    return [(route, vehicle) for route, vehicle in rows]


def _overlaps(
    route: Route, vehicle: Vehicle, beside: Sequence[tuple[Route, Vehicle]]
) -> list[Overlap]:
    """Return those of some routes that share vehicle or courier and hours with this one."""
    own = crew_of(route, vehicle)
    found = []
    for other, its in beside:
        is_meanwhile = other.leaves_at < route.returns_at and other.returns_at > route.leaves_at
        if other.id == route.id or not is_meanwhile:
            continue
        if other.vehicle_id == route.vehicle_id:
            found.append(Overlap(other.code, "vehicle"))
        elif _is_same_courier(crew_of(other, its), own):
            found.append(Overlap(other.code, "courier"))
    return found


def _is_same_courier(one: Crew, other: Crew) -> bool:
    """Whether two routes have one courier: by name where both name one, else by account."""
    if one.courier_name and other.courier_name:
        return one.courier_name.casefold() == other.courier_name.casefold()
    return one.courier_account_id is not None and (
        one.courier_account_id == other.courier_account_id
    )


def _overlap(route: Route, overlaps: Sequence[Overlap]) -> Refused:
    return Refused(
        "dispatch.overlap",
        route=route.code,
        others=[each.code for each in overlaps],
        shared="vehicle" if any(each.shared == "vehicle" for each in overlaps) else "courier",
        hours=f"{route.leaves_at}–{route.returns_at}",
    )


def _leave(
    session: Session,
    route: Route,
    stops: Sequence[Stop],
    packages: Collection[Package],
    by: Account,
    now: datetime,
) -> None:
    for package in packages:
        package.state, package.updated_at = PackageState.LOADED, now
        package.version += 1
        session.add(package)
    for stop in stops:
        stop.state = StopState.EN_ROUTE
        stop.loaded_package_ids = [each.id or 0 for each in packages if each.stop_id == stop.id]
        stop.version += 1
        session.add(stop)
    route.state = RouteState.DISPATCHED
    route.dispatched_by, route.dispatched_at = by.username, now
    vehicle = session.get_one(Vehicle, route.vehicle_id)
    note_departure(route, vehicle, session.get_one(Depot, route.depot_id))
    route.version += 1
    session.add(route)
