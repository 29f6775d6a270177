"""A person's hand in the plan: locked routes, pinned stops, bans, tries, and the rest anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.cycle_lock import hold_cycle, hold_cycle_of
from api.services.drawn_routes import Drawn, draw
from api.services.errors import Forbidden, Refused, StaleVersion
from api.services.new_routes import add_route
from api.services.plan_store import put_pickup
from api.services.route_changes import number_stops
from api.services.route_views import RouteView, route_view
from api.services.routes import hold_editable, mark_changed, move_stop
from data.queries.pickups import pickups_of_routes
from data.queries.routes import (
    EDITABLE,
    active_vehicles,
    stops_by_route,
    waiting_stops_of,
)
from data.schema import Cycle, PickupState, Role, Route, RouteState, Stop, StopState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, Pickup
    from logistics import plan as plans
    from logistics import problem as shapes

__all__ = [
    "Rest",
    "RestResult",
    "hold_stop",
    "lock_route",
    "preview_move",
    "previewed",
    "rest_of_day",
    "store_rest",
]


@dataclass(frozen=True, slots=True)
class Rest:
    """What is free to plan anew on one day.

    Parameters
    ----------
    problem, start
        For the solver: free stops and vehicles, and the routes as they are.
    num_kept
        Routes that stay because they are locked, have left, or share a vehicle with one that has.
    """

    problem: shapes.RoutingProblem
    start: plans.RoutePlan
    num_kept: int


@dataclass(frozen=True, slots=True)
class RestResult:
    """Routes after the rest was planned anew, and the stops that now wait for a route."""

    routes: tuple[RouteView, ...]
    waiting: tuple[str, ...]
    saved_m: int


def lock_route(
    session: Session,
    *,
    route: Route,
    is_locked: bool,
    by: Account,
    now: datetime,
    base_version: int,
) -> RouteView:
    """Fix a route's stops and their order, or free them; the confirmation stays.

    Raises
    ------
    Forbidden, Refused, StaleVersion
        As every change of a route.
    """
    hold_editable(session, route, by, base_version)
    route.is_locked = is_locked
    route.version += 1
    session.add(route)
    audit.record(
        session,
        by=by,
        action="route:lock" if is_locked else "route:unlock",
        subject="route",
        subject_id=route.code,
        now=now,
    )
    session.flush()
    return route_view(session, route=route)


def hold_stop(
    session: Session,
    *,
    stop: Stop,
    is_pinned: bool,
    banned_vehicle_ids: Collection[int],
    by: Account,
    now: datetime,
    base_version: int,
) -> Stop:
    """Pin a stop to the vehicle and day it is on, and say which vehicles must not carry it.

    Raises
    ------
    Forbidden
        ``plan.role``.
    Refused
        ``stop.left``; ``hold.unknown_vehicle``; ``hold.both`` when its own vehicle is banned too.
    StaleVersion
        ``stop.stale_version``.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("plan.role", role=by.role.value)
    hold_cycle_of(session, stop)
    if stop.version != base_version:
        raise StaleVersion("stop.stale_version", version=stop.version, fields={})
    if stop.state != StopState.PLANNED:
        raise Refused("stop.left", stop=stop.label)
    banned = sorted(set(banned_vehicle_ids))
    if set(banned) - {vehicle.id for vehicle in active_vehicles(session)}:
        raise Refused("hold.unknown_vehicle")
    route = session.get(Route, stop.route_id) if stop.route_id else None
    if is_pinned and route is not None and route.vehicle_id in banned:
        raise Refused("hold.both", stop=stop.label)
    stop.is_pinned, stop.banned_vehicle_ids = is_pinned, banned or None
    stop.version += 1
    session.add(stop)
    audit.record(
        session,
        by=by,
        action="stop:hold",
        subject="stop",
        subject_id=stop.uid,
        now=now,
        after={"pinned": is_pinned, "banned": banned},
    )
    if route is not None:
        mark_changed(session, [route], "route:hold", by, now, about=stop.label)
    session.flush()
    return stop


def preview_move(
    session: Session,
    *,
    stop: Stop,
    to_route: Route | None,
    position: int,
    by: Account,
    now: datetime,
) -> tuple[RouteView, ...]:
    """Return the routes that a move touches as they would be; nothing is kept.

    Raises
    ------
    Forbidden, Refused
        As :func:`api.services.routes.move_stop`.
    """
    return previewed(
        session,
        lambda: move_stop(
            session,
            stop=stop,
            to_route=to_route,
            position=position,
            by=by,
            now=now,
            base_version=stop.version,
        ),
    )


def previewed(
    session: Session, change: Callable[[], tuple[RouteView, ...]]
) -> tuple[RouteView, ...]:
    """Return the routes that a change touches as they would be; nothing is kept."""
    attempt = session.begin_nested()
    try:
        return change()
    finally:
        attempt.rollback()
        session.expire_all()


def rest_of_day(session: Session, *, cycle: Cycle, day: date, by: Account) -> Rest:
    """Return what is free on a day: routes not locked, idle vehicles, stops that wait.

    Raises
    ------
    Forbidden
        ``plan.role``.
    Refused
        ``hold.nothing_free`` when everything of the day is locked or has left.
    """
    drawn, kept = _drawn_rest(session, cycle, day, by)
    return Rest(problem=drawn.problem, start=drawn.plan, num_kept=kept)


def store_rest(
    session: Session,
    *,
    cycle: Cycle,
    day: date,
    start: plans.RoutePlan,
    plan: plans.RoutePlan,
    by: Account,
    now: datetime,
) -> RestResult:
    """Put a plan of the rest in place of the day's free routes; they have to be confirmed.

    A route keeps its code where the new one of the same vehicle shares most stops with it.

    Raises
    ------
    Refused
        ``plan.inputs_moved`` when anything changed since the rest was read (`start` and the problem
        that `plan` solves), an order of stops included.
    """
    hold_cycle(session, cycle)
    drawn, _ = _drawn_rest(session, cycle, day, by)
    is_same = drawn.problem.problem_hash == plan.problem_hash
    if not is_same or drawn.plan.plan_hash != start.plan_hash:
        raise Refused("plan.inputs_moved", month=cycle.month)
    before_m = sum(route.distance_m for route in drawn.route_ids.values())
    kept = _rows_for(session, plan, drawn)
    for stop in drawn.stops.values():
        stop.route_id = stop.sequence = stop.arrives_at = stop.leg_distance_m = None
        session.add(stop)
    session.flush()
    for pickup in drawn.pickups.values():
        pickup.route_id, pickup.state = None, PickupState.WAITING
        session.add(pickup)
    for row, planned in kept:
        _put_visits(session, row, planned, drawn)
    for row in drawn.route_ids.values():
        if row not in [each for each, _ in kept]:
            row.state = RouteState.CANCELLED
            row.version += 1
            session.add(row)
    session.flush()
    views = mark_changed(session, [row for row, _ in kept], "route:replan", by, now)
    return RestResult(
        routes=tuple(views),
        waiting=tuple(_row(drawn, each.stop).label for each in plan.unserved),
        saved_m=before_m - sum(view.distance_m for view in views),
    )


def _row(drawn: Drawn, name: str) -> Stop | Pickup:
    """Return the stop or the pickup of a drawn problem's id."""
    return drawn.pickups[name] if name in drawn.pickups else drawn.stops[name]


def _put_visits(session: Session, row: Route, planned: plans.Route, drawn: Drawn) -> None:
    """Give a route its stops in order, and its pickups between them."""
    stops: list[Stop] = []
    for visit in planned.visits:
        if visit.stop in drawn.pickups:
            put_pickup(session, drawn.pickups[visit.stop], row, visit, after=len(stops))
        else:
            stops.append(drawn.stops[visit.stop])
    number_stops(session, stops, route_id=row.id)


def _drawn_rest(session: Session, cycle: Cycle, day: date, by: Account) -> tuple[Drawn, int]:
    from dataclasses import replace

    from logistics.problem import Hold

    if by.role != Role.COORDINATOR:
        raise Forbidden("plan.role", role=by.role.value)
    everyone = session.exec(
        select(Route)
        .where(Route.day == day, Route.state != RouteState.CANCELLED)
        .order_by(col(Route.id))
    ).all()
    fixed = {
        route.vehicle_id
        for route in everyone
        if route.is_locked or route.state not in EDITABLE or route.cycle_id != cycle.id
    }
    own = [route for route in everyone if route.cycle_id == cycle.id]
    free = [route for route in own if route.vehicle_id not in fixed]
    by_route = stops_by_route(session, route_ids=[route.id or 0 for route in free])
    fetching = {
        pickup.route_id
        for pickup in pickups_of_routes(session, route_ids=[route.id or 0 for route in free])
    }
    driving = [route for route in free if by_route[route.id or 0] or route.id in fetching]
    if not driving:
        raise Refused("hold.nothing_free", day=day)
    busy = {route.vehicle_id for route in driving} | fixed
    loose = [
        stop
        for stop in waiting_stops_of(session, cycle_id=cycle.id or 0)
        if stop.lat is not None and (stop.wanted_on is None or stop.wanted_on <= day)
    ]
    idle = [vehicle for vehicle in active_vehicles(session) if vehicle.id not in busy]
    drawn = draw(session, driving, loose=loose, idle=idle, ranked_in=cycle)
    pins = tuple(
        Hold(stop=stop.uid, vehicle=f"V{route.vehicle_id}", day=day)
        for route in driving
        for stop in by_route[route.id or 0]
        if stop.is_pinned
    )
    drawn.problem = replace(drawn.problem, pins=pins)
    return drawn, len(own) - len(driving)


def _rows_for(
    session: Session, plan: plans.RoutePlan, drawn: Drawn
) -> list[tuple[Route, plans.Route]]:
    """Give each planned route a row: of the same vehicle, the one with most stops in common."""
    by_route = stops_by_route(session, route_ids=[row.id or 0 for row in drawn.route_ids.values()])
    held = {
        row.id: {stop.uid for stop in by_route[row.id or 0]} for row in drawn.route_ids.values()
    }
    left = list(drawn.route_ids.values())
    found = []
    for planned in sorted(plan.routes, key=lambda each: (each.vehicle, each.trip)):
        own = [row for row in left if f"V{row.vehicle_id}" == planned.vehicle]
        shared = set(planned.stop_ids)
        row = max(own, key=lambda each: len(held[each.id] & shared), default=None)
        if row is None:
            row = _new_row(session, planned, drawn)
        else:
            left.remove(row)
        row.trip = planned.trip
        session.add(row)
        found.append((row, planned))
    return found


def _new_row(session: Session, planned: plans.Route, drawn: Drawn) -> Route:
    like = next(iter(drawn.route_ids.values()))
    vehicle = drawn.problem.vehicle_by_id[planned.vehicle]
    return add_route(
        session,
        like=like,
        vehicle_id=int(vehicle.id.removeprefix("V")),
        depot_id=int(vehicle.depot.removeprefix("D")),
        trip=planned.trip,
        leaves_at=like.leaves_at,
    )
