"""Routes as stored, taken through the routing core: times anew, rules checked by name."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.clock import local_date
from api.services.courier_pairs import bans_elsewhere, pairs_among
from api.services.fleet import clock, days_from, default_travel, depot_shape, seconds, vehicle_shape
from api.services.road_travel import points_of, travel_between
from api.services.routing_problem import (
    SERVICE_PER_PACKAGE_S,
    SERVICE_S,
    hours_of,
    max_heat_s,
    pickup_place,
    pickup_stop,
)
from data.queries.goods import lines_of_packages
from data.queries.pickups import pickups_of_routes
from data.queries.routes import packages_by_stop, stops_by_route, trips_out
from data.schema import Depot, DropPoint, Household, PlanRun, RouteState, StopKind, Vehicle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlmodel import Session

    from data.schema import Package, Pickup, Route, Stop
    from logistics import plan as plans
    from logistics import problem as shapes
    from logistics.distance import Travel

__all__ = ["Drawn", "draw", "pauses_of", "retime"]


@dataclass(slots=True)
class Drawn:
    """Stored routes as the core knows them."""

    problem: shapes.RoutingProblem
    plan: plans.RoutePlan
    route_ids: dict[str, Route]
    stops: dict[str, Stop]
    pickups: dict[str, Pickup]


def retime(session: Session, routes: Sequence[Route]) -> None:
    """Compute times, ways and violations of some routes anew from the order of their stops."""
    from logistics.byhand import reschedule
    from logistics.check import check

    driving = [route for route in routes if _has_stops(session, route)]
    for route in routes:
        if route not in driving:
            route.distance_m = route.duration_s = 0
            route.returns_at, route.violations = route.leaves_at, []
            session.add(route)
    if not driving:
        return
    drawn = draw(session, driving)
    plan = reschedule(drawn.problem, drawn.plan)
    found = check(drawn.problem, plan)
    for planned in plan.routes:
        route = drawn.route_ids[planned.id]
        route.leaves_at, route.returns_at = clock(planned.leaves_s), clock(planned.returns_s)
        route.distance_m, route.duration_s = planned.distance_m, planned.duration_s
        route.distance_source = f"{plan.distance_source} {plan.distance_as_of}".strip()
        route.violations = [
            {
                "code": violation.code.value,
                "stop_uid": _uid(drawn, violation.stop),
                "params": json.loads(json.dumps(violation.params, default=str)),
            }
            for violation in found
            if violation.route == planned.id
            or (violation.route is None and violation.stop in planned.stop_ids)
        ]
        num_stops, sequences = 0, [0]
        for visit in planned.visits:
            row: Stop | Pickup
            if visit.stop in drawn.pickups:
                row = drawn.pickups[visit.stop]
            else:
                row = drawn.stops[visit.stop]
                num_stops += 1
            row.arrives_at, row.leg_distance_m = clock(visit.start_s), visit.leg_distance_m
            session.add(row)
            sequences.append(num_stops)
        route.pauses = pauses_of(planned, sequences)
        session.add(route)
    session.flush()


def _uid(drawn: Drawn, stop: str | None) -> str | None:
    """Return the uid of a stop or pickup of the problem."""
    return drawn.pickups[stop].uid if stop in drawn.pickups else stop


def pauses_of(planned: plans.Route, sequences: Sequence[int]) -> list[dict[str, object]] | None:
    """Return a route's breaks as they are stored.

    ``sequences`` holds for every visit, and for the way back, how many stops come before it.
    """
    return [
        {
            "name": pause.name,
            "starts": clock(pause.starts_s),
            "ends": clock(pause.ends_s),
            "after": sequences[pause.before],
        }
        for pause in planned.pauses
    ] or None


def draw(
    session: Session,
    routes: Sequence[Route],
    *,
    loose: Sequence[Stop] = (),
    idle: Sequence[Vehicle] = (),
) -> Drawn:
    """Return routes, stops on none of them and vehicles without one as a problem with its plan."""
    from logistics import problem as shapes

    by_route = stops_by_route(session, route_ids=[route.id or 0 for route in routes])
    stops = [stop for route in routes for stop in by_route[route.id or 0]]
    fetched = pickups_of_routes(session, route_ids=[route.id or 0 for route in routes])
    pickups = {f"P{pickup.id}": pickup for pickup in fetched}
    everyone = [*stops, *loose]
    packages = packages_by_stop(session, stop_ids=[stop.id or 0 for stop in everyone])
    boxes = [package.id or 0 for rows in packages.values() for package in rows]
    lines = lines_of_packages(session, package_ids=boxes)
    heats = {number: max_heat_s(rows) for number, rows in lines.items()}
    homes = _homes(session, everyone)
    vehicles = {r.vehicle_id: session.get_one(Vehicle, r.vehicle_id) for r in routes}
    depots = {r.depot_id: session.get_one(Depot, r.depot_id) for r in routes}
    depot_of = {r.vehicle_id: depots[r.depot_id] for r in routes}
    for vehicle in idle:
        vehicles[vehicle.id or 0] = vehicle
        depot = session.get_one(Depot, vehicle.depot_id) if vehicle.depot_id else None
        depot_of[vehicle.id or 0] = depot or next(iter(depots.values()))
        depots[depot_of[vehicle.id or 0].id or 0] = depot_of[vehicle.id or 0]
    days = tuple(sorted({route.day for route in routes}))
    places, place_of = _places(session, everyone, homes)
    out = _hours_out(session, days)
    back_at = _latest_returns(routes)
    problem = shapes.RoutingProblem(
        days=days,
        depots=tuple(depot_shape(depot) for depot in depots.values()),
        vehicles=tuple(
            _beside_trips_out(
                vehicle_shape(vehicle, depot=depot_of[number], days=days), out, back_at
            )
            for number, vehicle in vehicles.items()
        ),
        places=(*places, *(pickup_place(name, each) for name, each in pickups.items())),
        stops=(
            *(
                _stop(
                    stop,
                    place_of[stop.uid],
                    packages.get(stop.id or 0, []),
                    homes.get(stop.household_id or 0),
                    heats,
                    days,
                )
                for stop in everyone
            ),
            *(pickup_stop(name, name, each) for name, each in pickups.items()),
        ),
        travel=default_travel(),
        forbidden=(
            *(
                shapes.Hold(stop=stop.uid, vehicle=f"V{vehicle}")
                for stop in everyone
                for vehicle in stop.banned_vehicle_ids or ()
                if vehicle in vehicles
            ),
            *(
                ban
                for ban in bans_elsewhere(session, everyone, drawn=[r.id or 0 for r in routes])
                if ban.vehicle in {f"V{number}" for number in vehicles}
            ),
        ),
        forbidden_pairs=pairs_among(
            session, {stop.uid: stop.household_id for stop in everyone if stop.household_id}
        ),
    )
    if routes:
        problem = replace(problem, travel=_travel(session, routes[0], problem))
    drawn = Drawn(problem, _plan(problem, loose), {}, {s.uid: s for s in everyone}, pickups)
    trips: dict[tuple[int, object], int] = {}
    planned = []
    for route in sorted(routes, key=lambda r: (r.day, r.vehicle_id, r.leaves_at, r.trip)):
        key = (route.vehicle_id, route.day)
        trips[key] = trips.get(key, 0) + 1
        order = _in_order(route, by_route[route.id or 0], pickups)
        row = _route(problem, route, trips[key], order, place_of)
        drawn.route_ids[row.id] = route
        planned.append(row)
    drawn.plan = _plan(problem, loose, tuple(planned))
    return drawn


def _hours_out(session: Session, days: Sequence[date]) -> dict[tuple[int, date], tuple[str, str]]:
    """Return from when to when each vehicle is out, by day, on trips that have left.

    A trip that left before its day and is finished takes none of that day's hours.
    """
    found: dict[tuple[int, date], tuple[str, str]] = {}
    for trip in trips_out(session, days=days):
        left = trip.dispatched_at
        if trip.state == RouteState.FINISHED and left and local_date(left) < trip.day:
            continue
        key = (trip.vehicle_id, trip.day)
        leaves, returns = found.get(key, (trip.leaves_at, trip.returns_at))
        found[key] = (min(leaves, trip.leaves_at), max(returns, trip.returns_at))
    return found


def _latest_returns(routes: Sequence[Route]) -> dict[tuple[int, date], str]:
    """Return when each vehicle was planned to be back from the last of some routes of a day."""
    found: dict[tuple[int, date], str] = {}
    for route in routes:
        key = (route.vehicle_id, route.day)
        found[key] = max(found.get(key, ""), route.returns_at)
    return found


def _beside_trips_out(
    vehicle: shapes.Vehicle,
    out: Mapping[tuple[int, date], tuple[str, str]],
    back_at: Mapping[tuple[int, date], str],
) -> shapes.Vehicle:
    """Return a vehicle whose shifts leave room for its trips that have left.

    Routes that were planned before such a trip have until it leaves; others begin when it is back.
    """
    number = int(vehicle.id.removeprefix("V"))
    shifts = []
    for shift in vehicle.shifts:
        key = (number, shift.day)
        leaves, returns = out.get(key, ("", ""))
        if leaves and key in back_at and back_at[key] <= leaves:
            ends_s = max(min(shift.ends_s, seconds(leaves)), shift.starts_s + 60)
            free = replace(shift, ends_s=ends_s)
        elif returns:
            starts_s = min(max(shift.starts_s, seconds(returns)), shift.ends_s - 60)
            free = replace(shift, starts_s=starts_s)
        else:
            free = shift
        shifts.append(free)
    return replace(vehicle, shifts=tuple(shifts))


def _has_stops(session: Session, route: Route) -> bool:
    numbers = [route.id or 0]
    return bool(
        stops_by_route(session, route_ids=numbers) or pickups_of_routes(session, route_ids=numbers)
    )


def _in_order(route: Route, stops: Sequence[Stop], pickups: dict[str, Pickup]) -> list[str]:
    """Return the ids of a route's stops and pickups as they are driven."""
    own = {name: each for name, each in pickups.items() if each.route_id == route.id}
    order = []
    for number in range(len(stops) + 1):
        order += [n for n, each in own.items() if min(each.after or 0, len(stops)) == number]
        order += [stops[number].uid] if number < len(stops) else []
    return order


def _plan(
    problem: shapes.RoutingProblem,
    loose: Sequence[Stop],
    routes: tuple[plans.Route, ...] = (),
) -> plans.RoutePlan:
    from logistics.plan import Reason, ReasonCode, RoutePlan, Unserved

    return RoutePlan(
        routes=routes,
        unserved=tuple(Unserved(s.uid, (Reason(ReasonCode.LEFT_OUT),)) for s in loose),
        cost_rp=0,
        distance_m=0,
        duration_s=0,
        distance_source=problem.travel.source,
        distance_as_of=problem.travel.as_of,
        problem_hash=problem.problem_hash,
        seed=0,
        engine="hand",
    )


def _route(
    problem: shapes.RoutingProblem,
    route: Route,
    trip: int,
    stops: Sequence[str],
    place_of: dict[str, str],
) -> plans.Route:
    """Return a route with its order of stops only; its figures are computed anew."""
    from logistics.plan import Route as Planned
    from logistics.plan import Visit

    vehicle = problem.vehicle_by_id[f"V{route.vehicle_id}"]
    leaves = seconds(route.leaves_at)
    own = [i for i, shift in enumerate(vehicle.shifts) if shift.day == route.day]
    fitting = [i for i in own if vehicle.shifts[i].starts_s <= leaves]
    return Planned(
        vehicle=vehicle.id,
        day=route.day,
        shift=(fitting or own or [0])[-1] if fitting else (own or [0])[0],
        trip=trip,
        visits=tuple(
            Visit(
                stop=stop,
                place=place_of.get(stop, stop),
                arrival_s=0,
                start_s=0,
                departure_s=0,
                leg_distance_m=0,
                leg_duration_s=0,
                left_g=0,
                left_ml=0,
                num_left=0,
            )
            for stop in stops
        ),
        loads_s=leaves,
        leaves_s=leaves,
        returns_s=leaves,
        distance_m=0,
        duration_s=0,
        back_distance_m=0,
        back_duration_s=0,
        weight_g=0,
        volume_ml=0,
        num_packages=0,
    )


def _homes(session: Session, stops: Sequence[Stop]) -> dict[int, Household]:
    """Return the families of stops at homes, by id."""
    wanted = {stop.household_id for stop in stops if stop.kind == StopKind.HOME}
    rows = select(Household).where(col(Household.id).in_([each for each in wanted if each]))
    return {home.id or 0: home for home in session.exec(rows)}


def _places(
    session: Session, stops: Sequence[Stop], homes: dict[int, Household]
) -> tuple[tuple[shapes.Place, ...], dict[str, str]]:
    """Return the places of stops, named as the planner names them so that a matrix knows them."""
    from logistics import problem as shapes

    places: dict[str, shapes.Place] = {}
    place_of: dict[str, str] = {}
    for stop in stops:
        windows = hours_of(homes.get(stop.household_id or 0))
        if stop.kind == StopKind.DROP_POINT and stop.drop_point_id is not None:
            point = session.get_one(DropPoint, stop.drop_point_id)
            windows = (shapes.Window(opens_s=seconds(point.opens), closes_s=seconds(point.closes)),)
            name = f"T{point.id}"
        else:
            name = f"A{stop.id}" if stop.reschedules_id else f"H{stop.household_id}"
        place = shapes.Place(id=name, lat=stop.lat, lon=stop.lon, windows=windows)
        if name in places and places[name] != place:
            name = f"{name}.{stop.uid}"
            place = shapes.Place(id=name, lat=stop.lat, lon=stop.lon, windows=windows)
        places[name] = place
        place_of[stop.uid] = name
    return tuple(places.values()), place_of


def _stop(
    stop: Stop,
    place: str,
    packages: Sequence[Package],
    home: Household | None,
    heats: dict[int, int | None],
    days: Sequence[date],
) -> shapes.Stop:
    from logistics import problem as shapes

    return shapes.Stop(
        id=stop.uid,
        options=(shapes.Option(place=place),),
        weight_g=sum(package.weight_g for package in packages),
        volume_ml=sum(package.volume_ml for package in packages),
        num_packages=len(packages),
        service_s=SERVICE_S,
        service_s_per_package=SERVICE_PER_PACKAGE_S,
        days=days_from(stop.wanted_on, days),
        needs_cool_box=any(package.needs_cool_box for package in packages),
        max_time_in_heat_s=min(
            (heat for p in packages if (heat := heats.get(p.id or 0)) is not None), default=None
        ),
        skills=frozenset((home.needs_skills or ()) if home else ()),
    )


def _travel(session: Session, route: Route, problem: shapes.RoutingProblem) -> Travel:
    """Return the source of distances that the plan was made with, by road on the roads of today."""
    from logistics.files import problem_from_json

    run = session.get(PlanRun, route.plan_run_id)
    if run is None or run.problem_json is None:
        return default_travel()
    if run.distance_source.startswith("roads"):
        kinds = [vehicle.kind.value for vehicle in problem.vehicles]
        roads = travel_between(session, points_of(problem), kinds=kinds, days=problem.days)
        if roads.source == "roads":
            return roads
    return problem_from_json(json.loads(run.problem_json)).travel
