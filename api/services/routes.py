"""Routes as people work on them: reordered, moved, split, merged, confirmed.

Every change computes times anew and names what it breaks; nothing is refused for that, but a route
that breaks a rule is confirmed only with a reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services import audit
from api.services.cycle_lock import hold_cycle, hold_cycle_of
from api.services.drawn_routes import draw
from api.services.emptied_routes import is_empty, may_return, reopen, withdraw
from api.services.errors import Forbidden, Refused, StaleVersion
from api.services.forbidden_food import forbidden_on, refuse_forbidden
from api.services.new_routes import add_route
from api.services.route_changes import number_stops, retime_days, shift_pickups
from api.services.route_views import (
    Placement,
    RouteView,
    StopPackage,
    StopView,
    list_routes,
    route_view,
    waiting_stops,
)
from api.services.stale_routes import mark_stale_for_child, mark_stale_for_package
from data.queries.pickups import pickups_of_routes
from data.queries.routes import (
    EDITABLE,
    routes_of_cycle,
    routes_of_vehicle_day,
    stops_by_route,
)
from data.schema import Cycle, Role, Route, RouteState, Stop, StopState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from api.services.drawn_routes import Drawn
    from data.schema import Account

__all__ = [
    "Placement",
    "RouteView",
    "StopPackage",
    "StopView",
    "best_places",
    "check_editable",
    "confirm_all",
    "confirm_route",
    "hold_editable",
    "list_routes",
    "mark_changed",
    "mark_stale_for_child",
    "mark_stale_for_package",
    "merge_routes",
    "move_stop",
    "reorder_route",
    "route_view",
    "split_route",
    "waiting_stops",
]


def reorder_route(
    session: Session,
    *,
    route: Route,
    stop_uids: Sequence[str],
    by: Account,
    now: datetime,
    base_version: int,
) -> RouteView:
    """Put the stops in the order given. Times are recomputed; violations are named, not refused.

    A changed route is *planned* again and has to be confirmed.

    Raises
    ------
    Refused
        ``route.order`` unless the list holds each of the route's stops once, ``route.left`` once
        the route has left, ``route.locked``.
    StaleVersion
        ``route.stale_version`` when someone else has changed it.
    """
    hold_editable(session, route, by, base_version)
    _check_unlocked(route)
    stops = {stop.uid: stop for stop in _stops(session, route)}
    if sorted(stops) != sorted(stop_uids):
        raise Refused("route.order", route=route.code, count=len(stops))
    number_stops(session, [stops[uid] for uid in stop_uids])
    return mark_changed(session, [route], "route:reorder", by, now)[0]


def move_stop(
    session: Session,
    *,
    stop: Stop,
    to_route: Route | None,
    position: int = 1,
    by: Account,
    now: datetime,
    base_version: int,
) -> tuple[RouteView, ...]:
    """Move a stop to a position (from 1) of a route, or off all routes (None).

    A route that it leaves empty is withdrawn; one that was emptied so comes back with it.

    Raises
    ------
    Refused
        ``stop.left`` when it is on its way or served, ``stop.gone`` when it was planned anew,
        ``route.left`` or ``route.gone`` of either route, ``route.locked`` when either is locked,
        ``route.position`` beyond the end, ``route.same_place`` when it is there already.
    StaleVersion
        ``stop.stale_version`` when someone else has changed the stop.
    """
    cycle = hold_cycle_of(session, stop)
    _check_role(by)
    if stop.version != base_version:
        raise StaleVersion("stop.stale_version", version=stop.version, fields={})
    if stop.state != StopState.PLANNED:
        is_over = stop.state == StopState.CANCELLED
        raise Refused("stop.gone" if is_over else "stop.left", stop=stop.label)
    source = session.get(Route, stop.route_id) if stop.route_id else None
    touched = list({route.id: route for route in (source, to_route) if route}.values())
    is_back = to_route is not None and may_return(session, to_route, cycle)
    for route in touched:
        if route is not to_route or not is_back:
            check_editable(route, by, route.version)
            _check_unlocked(route)
    if to_route is not None and to_route.cycle_id != stop.cycle_id:
        raise Refused("route.other_month", route=to_route.code)
    target = [s for s in _stops(session, to_route) if s.id != stop.id] if to_route else []
    if to_route is not None and not 1 <= position <= len(target) + 1:
        raise Refused("route.position", route=to_route.code, last=len(target) + 1)
    if to_route is not None and is_back:
        reopen(session, to_route)
    left = stop.sequence
    if source is to_route and (source is None or position == left):
        raise Refused("route.same_place", stop=stop.label)
    stop.route_id = stop.sequence = stop.arrives_at = stop.leg_distance_m = None
    stop.version += 1
    session.add(stop)
    session.flush()
    if source is not None:
        number_stops(session, _stops(session, source))
        shift_pickups(session, route_id=source.id or 0, position=left or 1, by=-1)
    if to_route is not None:
        target.insert(position - 1, stop)
        number_stops(session, target, route_id=to_route.id)
        shift_pickups(session, route_id=to_route.id or 0, position=position, by=1)
    gone = []
    if source is not None and source is not to_route and is_empty(session, source):
        withdraw(session, source, by, now, about=stop.label)
        gone = [source]
        touched.remove(source)
    return tuple(
        mark_changed(session, touched, "route:move_stop", by, now, about=stop.label, gone=gone)
    )


def best_places(session: Session, *, stop: Stop, limit: int = 3) -> list[Placement]:
    """Return where a stop fits best, the least added cost first; empty when it fits nowhere."""
    from logistics.byhand import best_insertions

    rows = routes_of_cycle(session, cycle_id=stop.cycle_id, states=EDITABLE)
    routes = [r for r, _, _ in rows if r.id != stop.route_id and not r.is_locked]
    routes = [route for route in routes if _stops(session, route)]
    if not routes:
        return []
    drawn = draw(session, routes, loose=[stop])
    found = best_insertions(drawn.problem, drawn.plan, stop.uid, k=limit + len(routes))
    return [
        Placement(
            route_id=drawn.route_ids[place.route].id or 0,
            route_code=drawn.route_ids[place.route].code,
            position=1 + _stops_before(drawn, place.route, place.position),
            added_distance_m=place.distance_m,
            added_duration_s=place.duration_s,
            added_cost_rp=place.cost_rp,
            violations=(),
        )
        for place in found
        if not place.is_new and place.route in drawn.route_ids
    ][:limit]


def _stops_before(drawn: Drawn, route: str, position: int) -> int:
    """Return how many stops a route has before a place among its stops and pickups."""
    visits = drawn.plan.route_by_id[route].visits[:position]
    return sum(visit.stop in drawn.stops for visit in visits)


def split_route(
    session: Session,
    *,
    route: Route,
    after_position: int,
    by: Account,
    now: datetime,
    base_version: int,
) -> tuple[RouteView, RouteView]:
    """Cut a route in two trips of the same vehicle.

    Raises
    ------
    Refused
        ``route.split`` unless both parts keep a stop; ``route.locked``.
    """
    hold_editable(session, route, by, base_version)
    _check_unlocked(route)
    stops = _stops(session, route)
    if not 1 <= after_position < len(stops):
        raise Refused("route.split", route=route.code, last=len(stops) - 1)
    for later in routes_of_vehicle_day(session, vehicle_id=route.vehicle_id, day=route.day):
        if later.trip > route.trip:
            later.trip += 1
            session.add(later)
    second = add_route(
        session,
        like=route,
        vehicle_id=route.vehicle_id,
        depot_id=route.depot_id,
        trip=route.trip + 1,
        leaves_at=route.returns_at,
    )
    rest = stops[after_position:]
    number_stops(session, rest, route_id=second.id)
    for pickup in pickups_of_routes(session, route_ids=[route.id or 0]):
        if (pickup.after or 0) > after_position:
            pickup.route_id, pickup.after = second.id, (pickup.after or 0) - after_position
            session.add(pickup)
    views = mark_changed(session, [route, second], "route:split", by, now, about=route.code)
    return views[0], views[1]


def merge_routes(
    session: Session,
    *,
    route: Route,
    other: Route,
    by: Account,
    now: datetime,
    base_version: int,
) -> RouteView:
    """Append the stops of another route of the same day; the other route is cancelled.

    Raises
    ------
    Refused
        ``route.merge`` for a route of another day or month, or the same route; ``route.locked``
        when either is.
    """
    hold_editable(session, route, by, base_version)
    check_editable(other, by, other.version)
    for each in (route, other):
        _check_unlocked(each)
    if route.id == other.id or (route.cycle_id, route.day) != (other.cycle_id, other.day):
        raise Refused("route.merge", route=route.code, other=other.code)
    first = _stops(session, route)
    number_stops(session, [*first, *_stops(session, other)], route_id=route.id)
    for pickup in pickups_of_routes(session, route_ids=[other.id or 0]):
        pickup.route_id, pickup.after = route.id, (pickup.after or 0) + len(first)
        session.add(pickup)
    other.state = RouteState.CANCELLED
    other.version += 1
    session.add(other)
    session.flush()
    return mark_changed(session, [route], "route:merge", by, now, about=other.code)[0]


def confirm_route(
    session: Session,
    *,
    route: Route,
    by: Account,
    now: datetime,
    base_version: int,
    accept_reason: str = "",
) -> RouteView:
    """Confirm a planned or stale route; violations need a reason for accepting them.

    Raises
    ------
    Refused
        ``route.violations`` naming the rules it breaks when no reason is given, ``route.empty``;
        ``route.forbidden_food``, which no reason lifts.
    """
    hold_editable(session, route, by, base_version)
    stops = _stops(session, route)
    if is_empty(session, route):
        raise Refused("route.empty", route=route.code)
    refuse_forbidden(session, route=route, stops=stops, on=route.day)
    if route.violations and not accept_reason.strip():
        rules = list({str(each): _coded(each) for each in route.violations}.values())
        raise Refused("route.violations", route=route.code, rules=rules)
    route.state = RouteState.CONFIRMED
    route.accepted_reason = accept_reason.strip()[:300] if route.violations else ""
    route.confirmed_by, route.confirmed_at = by.username, now
    route.version += 1
    session.add(route)
    audit.record(
        session,
        by=by,
        action="route:confirm",
        subject="route",
        subject_id=route.code,
        now=now,
        after={"violations": len(route.violations)},
        purpose=route.accepted_reason,
    )
    session.flush()
    return route_view(session, route=route)


def _coded(violation: Mapping[str, object]) -> dict[str, object]:
    """Return a violation as one value of a sentence: its values beside its code."""
    params = violation.get("params")
    return {**(params if isinstance(params, dict) else {}), "code": violation["code"]}


def confirm_all(
    session: Session, *, cycle: Cycle, by: Account, now: datetime
) -> tuple[list[RouteView], list[RouteView]]:
    """Confirm every route without violations and forbidden food; returns these and those left."""
    hold_cycle(session, cycle)
    confirmed, left = [], []
    waiting = (RouteState.PLANNED, RouteState.STALE)
    for route, _, _ in routes_of_cycle(session, cycle_id=cycle.id or 0, states=waiting):
        stops = _stops(session, route)
        is_idle = is_empty(session, route)
        if route.violations or is_idle or forbidden_on(session, stops=stops, on=route.day):
            left.append(route_view(session, route=route))
        else:
            confirmed.append(
                confirm_route(session, route=route, by=by, now=now, base_version=route.version)
            )
    return confirmed, left


def hold_editable(session: Session, route: Route, by: Account, base_version: int) -> None:
    """Hold the month of a route, so that it cannot leave beside, and check it as it stands now.

    Raises
    ------
    Forbidden, Refused, StaleVersion
        As :func:`check_editable`.
    """
    hold_cycle_of(session, route)
    check_editable(route, by, base_version)


def check_editable(route: Route, by: Account, base_version: int) -> None:
    """Refuse a change of a route that has left, was changed meanwhile, or is not this person's.

    Raises
    ------
    Forbidden, Refused, StaleVersion
        ``plan.role``, ``route.left``, ``route.gone``, ``route.stale_version``.
    """
    _check_role(by)
    if route.state == RouteState.CANCELLED:
        raise Refused("route.gone", route=route.code)
    if route.state not in EDITABLE:
        raise Refused("route.left", route=route.code, found=route.state.value)
    if route.version != base_version:
        raise StaleVersion("route.stale_version", version=route.version, fields={})


def _check_role(by: Account) -> None:
    if by.role != Role.COORDINATOR:
        raise Forbidden("plan.role", role=by.role.value)


def _check_unlocked(route: Route) -> None:
    if route.is_locked:
        raise Refused("route.locked", route=route.code)


def _stops(session: Session, route: Route | None) -> list[Stop]:
    if route is None:
        return []
    return stops_by_route(session, route_ids=[route.id or 0]).get(route.id or 0, [])


def mark_changed(
    session: Session,
    routes: Sequence[Route],
    action: str,
    by: Account,
    now: datetime,
    *,
    about: str = "",
    gone: Sequence[Route] = (),
) -> list[RouteView]:
    """Time the vehicles' days anew and open the routes for confirmation; confirmed ones are stale.

    Returns the routes that were withdrawn with it (``gone``), these routes as they are now, then
    other trips of the vehicles of both whose hours moved.
    """
    sisters = retime_days(session, [*gone, *routes], by, now)
    for route in routes:
        was_confirmed = route.confirmed_at is not None or route.state == RouteState.STALE
        route.state = RouteState.STALE if was_confirmed else RouteState.PLANNED
        route.accepted_reason = ""
        route.confirmed_by = route.confirmed_at = None
        route.version += 1
        session.add(route)
        audit.record(
            session,
            by=by,
            action=action,
            subject="route",
            subject_id=route.code,
            now=now,
            after={
                "stops": len(_stops(session, route)),
                "violations": len(route.violations),
                **({"about": about} if about else {}),
            },
        )
    session.flush()
    return [route_view(session, route=route) for route in [*gone, *routes, *sisters]]
