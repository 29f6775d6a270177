"""Stored routes drawn as the routing core knows them: a problem, and the plan that they are."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.courier_pairs import bans_elsewhere, pairs_among
from api.services.delivery_priority import priority_by_package
from api.services.fleet import days_from, default_travel, depot_shape, seconds, vehicle_shape
from api.services.goods_limits import limits_by_item, max_heat_s, max_wait_days
from api.services.plan_options import ServiceTime, service_of
from api.services.receiving_hours import hours_of_home, hours_of_point
from api.services.road_cuts import name_what_cuts_off
from api.services.road_travel import points_of, travel_between
from api.services.routing_problem import (
    handed_out_on,
    pickup_place,
    pickup_stop,
)
from api.services.trips_out import beside_trips_out, hours_out
from data.queries.goods import lines_of_packages
from data.queries.pickups import pickups_of_routes
from data.queries.routes import packages_by_stop, stops_by_route
from data.schema import Depot, DropPoint, Household, PlanRun, StopKind, Vehicle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from data.schema import Cycle, Package, Pickup, Route, Stop
    from logistics import plan as plans
    from logistics import problem as shapes
    from logistics.distance import Travel

__all__ = ["Drawn", "draw"]


@dataclass(slots=True)
class Drawn:
    """Stored routes as the core knows them."""

    problem: shapes.RoutingProblem
    plan: plans.RoutePlan
    route_ids: dict[str, Route]
    stops: dict[str, Stop]
    pickups: dict[str, Pickup]


@dataclass(frozen=True, slots=True)
class _Planned:
    """What a plan was counted with; ``first``: its first day, None when it does not say."""

    service: ServiceTime = field(default_factory=ServiceTime)
    first: date | None = None


@dataclass(slots=True)
class _Rows:
    """What is stored about some routes; stops of none of them come last."""

    routes: Sequence[Route]
    stops_of: Mapping[int, Sequence[Stop]]
    stops: list[Stop]
    pickups: dict[str, Pickup]
    packages: Mapping[int, Sequence[Package]]
    heats: dict[int, int | None]
    waits: dict[int, int]
    homes: dict[int, Household]
    priorities: dict[int, int] = field(default_factory=dict)
    planned: dict[int, _Planned] = field(default_factory=dict)
    """How the plan of each route counted, by route; 0 for stops of none: the newest plan."""
    vehicles: dict[int, Vehicle] = field(default_factory=dict)
    depot_of: dict[int, Depot] = field(default_factory=dict)

    def plan_of(self, stop: Stop) -> _Planned:
        """Return how the plan that a stop's route comes from counted."""
        return self.planned.get(stop.route_id or 0) or self.planned.get(0) or _Planned()

    @property
    def days(self) -> tuple[date, ...]:
        """The days that the routes are driven, in order."""
        return tuple(sorted({route.day for route in self.routes}))


def draw(
    session: Session,
    routes: Sequence[Route],
    *,
    loose: Sequence[Stop] = (),
    idle: Sequence[Vehicle] = (),
    ranked_in: Cycle | None = None,
) -> Drawn:
    """Return routes, stops on none of them and vehicles without one as a problem with its plan.

    ``ranked_in``: the month whose needs say who goes first where not all fit; without it nobody.
    """
    rows = _read(session, routes, loose)
    if ranked_in is not None:
        rows.priorities = _priorities(session, rows, ranked_in)
    _read_vehicles(session, rows, idle)
    _read_plans(session, rows)
    places, place_of = _places(session, rows)
    problem = _problem(session, rows, places, place_of)
    if routes:
        problem = replace(problem, travel=_travel(session, routes[0], problem))
        kinds = [vehicle.kind.value for vehicle in problem.vehicles]
        problem = name_what_cuts_off(session, problem, kinds=kinds)
    stops = {stop.uid: stop for stop in rows.stops}
    drawn = Drawn(problem, _plan(problem, loose), {}, stops, rows.pickups)
    trips: dict[tuple[int, date], int] = {}
    planned = []
    for route in sorted(routes, key=lambda r: (r.day, r.vehicle_id, r.leaves_at, r.trip)):
        key = (route.vehicle_id, route.day)
        trips[key] = trips.get(key, 0) + 1
        order = _in_order(route, rows.stops_of[route.id or 0], rows.pickups)
        row = _route(problem, route, trips[key], order, place_of)
        drawn.route_ids[row.id] = route
        planned.append(row)
    drawn.plan = _plan(problem, loose, tuple(planned))
    return drawn


def _read(session: Session, routes: Sequence[Route], loose: Sequence[Stop]) -> _Rows:
    numbers = [route.id or 0 for route in routes]
    stops_of = stops_by_route(session, route_ids=numbers)
    stops = [*(stop for number in numbers for stop in stops_of[number]), *loose]
    packages = packages_by_stop(session, stop_ids=[stop.id or 0 for stop in stops])
    boxes = [package.id or 0 for boxes in packages.values() for package in boxes]
    lines = lines_of_packages(session, package_ids=boxes)
    limits = limits_by_item(session)
    return _Rows(
        routes=routes,
        stops_of=stops_of,
        stops=stops,
        pickups={f"P{each.id}": each for each in pickups_of_routes(session, route_ids=numbers)},
        packages=packages,
        heats={number: max_heat_s(limits, goods) for number, goods in lines.items()},
        waits={number: max_wait_days(limits, goods) for number, goods in lines.items() if goods},
        homes=_homes(session, stops),
    )


def _priorities(session: Session, rows: _Rows, cycle: Cycle) -> dict[int, int]:
    """Return the priority of each package of the stops, also of those at drop points."""
    boxes = [box for stop in rows.stops for box in rows.packages.get(stop.id or 0, ())]
    wanted = select(Household).where(col(Household.id).in_({box.household_id for box in boxes}))
    homes = {home.id: home for home in session.exec(wanted)}
    return priority_by_package(
        session, cycle=cycle, rows=[(box, homes.get(box.household_id)) for box in boxes]
    )


def _read_vehicles(session: Session, rows: _Rows, idle: Sequence[Vehicle]) -> None:
    """Add the vehicles of the routes with the depots they leave from, and those without a route."""
    for route in rows.routes:
        rows.vehicles[route.vehicle_id] = session.get_one(Vehicle, route.vehicle_id)
        rows.depot_of[route.vehicle_id] = session.get_one(Depot, route.depot_id)
    first = next(iter(rows.depot_of.values()))
    for vehicle in idle:
        depot = session.get_one(Depot, vehicle.depot_id) if vehicle.depot_id else None
        rows.vehicles[vehicle.id or 0] = vehicle
        rows.depot_of[vehicle.id or 0] = depot or first


def _problem(
    session: Session, rows: _Rows, places: tuple[shapes.Place, ...], place_of: dict[str, str]
) -> shapes.RoutingProblem:
    """Return the problem of some routes, over great circles."""
    from logistics import problem as shapes

    depots = {depot.id: depot for depot in rows.depot_of.values()}
    families = {stop.uid: stop.household_id for stop in rows.stops if stop.household_id}
    return shapes.RoutingProblem(
        days=rows.days,
        depots=tuple(depot_shape(depot) for depot in depots.values()),
        vehicles=_vehicles(session, rows),
        places=(*places, *(pickup_place(name, each) for name, each in rows.pickups.items())),
        stops=(
            *(_stop(stop, place_of[stop.uid], rows) for stop in rows.stops),
            *(pickup_stop(name, name, each) for name, each in rows.pickups.items()),
        ),
        travel=default_travel(),
        forbidden=_forbidden(session, rows),
        forbidden_pairs=pairs_among(session, families),
    )


def _vehicles(session: Session, rows: _Rows) -> tuple[shapes.Vehicle, ...]:
    out, back_at = hours_out(session, rows.days), _latest_returns(rows.routes)
    shown = (
        vehicle_shape(vehicle, depot=rows.depot_of[number], days=rows.days)
        for number, vehicle in rows.vehicles.items()
    )
    return tuple(beside_trips_out(vehicle, out, back_at) for vehicle in shown)


def _forbidden(session: Session, rows: _Rows) -> tuple[shapes.Hold, ...]:
    """Return which vehicle may not bring which stop: by hand, or by a route that is not drawn."""
    from logistics.problem import Hold

    known = {f"V{number}" for number in rows.vehicles}
    by_hand = (
        Hold(stop=stop.uid, vehicle=f"V{vehicle}")
        for stop in rows.stops
        for vehicle in stop.banned_vehicle_ids or ()
    )
    drawn = [route.id or 0 for route in rows.routes]
    elsewhere = bans_elsewhere(session, rows.stops, drawn=drawn)
    return tuple(hold for hold in (*by_hand, *elsewhere) if hold.vehicle in known)


def _latest_returns(routes: Sequence[Route]) -> dict[tuple[int, date], str]:
    """Return when each vehicle was planned to be back from the last of some routes of a day."""
    found: dict[tuple[int, date], str] = {}
    for route in routes:
        key = (route.vehicle_id, route.day)
        found[key] = max(found.get(key, ""), route.returns_at)
    return found


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


def _read_plans(session: Session, rows: _Rows) -> None:
    """Add what the plans that the routes come from were counted with."""
    wanted = {route.plan_run_id for route in rows.routes}
    runs = {number: session.get(PlanRun, number) for number in wanted}
    planned = {number: _planned(run) for number, run in runs.items() if run}
    rows.planned = {
        route.id or 0: planned[route.plan_run_id]
        for route in rows.routes
        if route.plan_run_id in planned
    }
    if planned:
        rows.planned[0] = planned[max(planned)]


def _planned(run: PlanRun) -> _Planned:
    days = run.params.get("days")
    given = days if isinstance(days, list) else []
    first = min(map(date.fromisoformat, given), default=None)
    return _Planned(service_of(run.params), first)


def _places(session: Session, rows: _Rows) -> tuple[tuple[shapes.Place, ...], dict[str, str]]:
    """Return the places of stops, named as the planner names them so that a matrix knows them.

    A posyandu hands out on its next day from the first one on of the plan of the stop's route.
    """
    from logistics import problem as shapes

    places: dict[str, shapes.Place] = {}
    place_of: dict[str, str] = {}
    for stop in rows.stops:
        windows, own_day = hours_of_home(rows.homes.get(stop.household_id or 0)), None
        if stop.kind == StopKind.DROP_POINT and stop.drop_point_id is not None:
            point = session.get_one(DropPoint, stop.drop_point_id)
            windows = hours_of_point(point)
            first = rows.plan_of(stop).first
            own_day = handed_out_on(point, first) if first else None
            name = f"T{point.id}"
        else:
            name = f"H{stop.household_id}"
        name = f"A{stop.id}" if stop.reschedules_id else name
        place = shapes.Place(
            id=name, lat=stop.lat, lon=stop.lon, windows=windows, handed_out_on=own_day
        )
        if name in places and places[name] != place:
            name = f"{name}.{stop.uid}"
            place = replace(place, id=name)
        places[name] = place
        place_of[stop.uid] = name
    return tuple(places.values()), place_of


def _stop(stop: Stop, place: str, rows: _Rows) -> shapes.Stop:
    from logistics import problem as shapes

    packages = rows.packages.get(stop.id or 0, ())
    home = rows.homes.get(stop.household_id or 0)
    service = rows.plan_of(stop).service
    heats = (rows.heats.get(package.id or 0) for package in packages)
    return shapes.Stop(
        id=stop.uid,
        options=(shapes.Option(place=place),),
        weight_g=sum(package.weight_g for package in packages),
        volume_ml=sum(package.volume_ml for package in packages),
        num_packages=len(packages),
        service_s=service.stop_s,
        service_s_per_package=service.package_s,
        days=days_from(stop.wanted_on, rows.days),
        needs_cool_box=any(package.needs_cool_box for package in packages),
        max_time_in_heat_s=min((heat for heat in heats if heat is not None), default=None),
        skills=frozenset((home.needs_skills or ()) if home else ()),
        max_days_before=min(
            (rows.waits[box.id or 0] for box in packages if box.id in rows.waits), default=None
        ),
        priority=min((rows.priorities.get(box.id or 0, 1) for box in packages), default=1),
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
