"""Times and loads of one trip when its order is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from logistics.plan import Route, RoutePlan, Visit
from logistics.travel import depot_key, place_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from logistics.problem import RoutingProblem, Vehicle
    from logistics.travel import Travel

Order = tuple[tuple[str, str], ...]
"""(stop id, place id) in the order of driving."""


def order_of(route: Route) -> Order:
    """Return the order of a route's visits."""
    return tuple((visit.stop_id, visit.place_id) for visit in route.visits)


def route_id(vehicle_id: str, day: date, trip: int) -> str:
    """Name a trip: ``<vehicle>/<day>/<trip>``."""
    return f"{vehicle_id}/{day.isoformat()}/{trip}"


def schedule_trip(
    problem: RoutingProblem,
    travel: Travel,
    *,
    vehicle: Vehicle,
    day: date,
    trip: int,
    order: Order,
    ready_s: int,
) -> Route:
    """Return a trip with its times: it leaves as late as costs nothing, and waits where closed.

    Parameters
    ----------
    ready_s
        Earliest time at which the vehicle can leave the depot (its shift, or loaded anew).
    """
    leaves_s = _latest_start(problem, travel, vehicle, order, ready_s)
    weight_g = sum(problem.stop(stop).weight_g for stop, _ in order)
    volume_ml = sum(problem.stop(stop).volume_ml for stop, _ in order)
    left_g, left_ml = weight_g, volume_ml
    here, clock, distance_m = depot_key(vehicle.depot_id), leaves_s, 0
    visits = []
    for stop_id, place_id in order:
        stop = problem.stop(stop_id)
        leg_m, leg_s = travel.leg(here, place_key(place_id), vehicle)
        arrival_s = clock + leg_s
        start_s = max(arrival_s, opening_s(problem, stop_id, place_id))
        clock = start_s + stop.service_s
        left_g, left_ml = left_g - stop.weight_g, left_ml - stop.volume_ml
        distance_m += leg_m
        here = place_key(place_id)
        visits.append(
            Visit(
                stop_id=stop_id,
                place_id=place_id,
                arrival_s=arrival_s,
                start_s=start_s,
                departure_s=clock,
                leg_distance_m=leg_m,
                leg_duration_s=leg_s,
                load_left_g=left_g,
                load_left_ml=left_ml,
            )
        )
    last_m, last_s = travel.leg(here, depot_key(vehicle.depot_id), vehicle)
    return Route(
        id=route_id(vehicle.id, day, trip),
        vehicle_id=vehicle.id,
        depot_id=vehicle.depot_id,
        day=day,
        trip=trip,
        leaves_s=leaves_s,
        returns_s=clock + last_s,
        visits=tuple(visits),
        distance_m=distance_m + last_m,
        duration_s=clock + last_s - leaves_s,
        weight_g=weight_g,
        volume_ml=volume_ml,
        last_leg_distance_m=last_m,
    )


def opening_s(problem: RoutingProblem, stop_id: str, place_id: str) -> int:
    """Return the earliest hand-over of a stop at a place."""
    return max(problem.stop(stop_id).earliest_s, problem.place(place_id).opens_s)


def closing_s(problem: RoutingProblem, stop_id: str, place_id: str) -> int:
    """Return the latest hand-over of a stop at a place."""
    return min(problem.stop(stop_id).latest_s, problem.place(place_id).closes_s)


def _latest_start(
    problem: RoutingProblem, travel: Travel, vehicle: Vehicle, order: Order, ready_s: int
) -> int:
    """Return the latest leaving time that makes nobody wait longer and no stop later."""
    here, clock, spare = depot_key(vehicle.depot_id), ready_s, 0
    tightest: int | None = None
    for stop_id, place_id in order:
        _, leg_s = travel.leg(here, place_key(place_id), vehicle)
        clock += leg_s
        waiting = opening_s(problem, stop_id, place_id) - clock
        if waiting > 0:
            spare += waiting
            clock += waiting
        room = closing_s(problem, stop_id, place_id) - clock + spare
        tightest = room if tightest is None else min(tightest, room)
        clock += problem.stop(stop_id).service_s
        here = place_key(place_id)
    return ready_s + max(0, min(spare, tightest if tightest is not None else 0))


def schedule_day(
    problem: RoutingProblem,
    travel: Travel,
    *,
    vehicle: Vehicle,
    day: date,
    orders: Sequence[Order],
) -> list[Route]:
    """Return a vehicle's trips of one day, one after another with reloading between."""
    depot = problem.depot(vehicle.depot_id)
    ready_s = max(vehicle.shift_start_s, depot.opens_s)
    trips = []
    for number, order in enumerate(orders, start=1):
        trip = schedule_trip(
            problem, travel, vehicle=vehicle, day=day, trip=number, order=order, ready_s=ready_s
        )
        trips.append(trip)
        ready_s = trip.returns_s + vehicle.reload_s
    return trips


def costs_of(problem: RoutingProblem, routes: Sequence[Route]) -> tuple[int, int, int]:
    """Return rupiah (driving and walks), metres and seconds of some routes."""
    distance_m = sum(route.distance_m for route in routes)
    duration = sum(route.duration_s for route in routes)
    milli_rp = 0
    for route in routes:
        vehicle = problem.vehicle(route.vehicle_id)
        milli_rp += route.distance_m * vehicle.cost_per_km_rp
        milli_rp += route.duration_s * vehicle.cost_per_hour_rp * 1000 // 3600
        for visit in route.visits:
            milli_rp += 1000 * walk_rp(problem, visit.stop_id, visit.place_id)
    fixed = {(route.vehicle_id, route.day) for route in routes}
    milli_rp += 1000 * sum(problem.vehicle(vehicle).fixed_cost_rp for vehicle, _ in fixed)
    return milli_rp // 1000, distance_m, duration


def walk_rp(problem: RoutingProblem, stop_id: str, place_id: str) -> int:
    """Return what the chosen place costs the family."""
    stop = problem.stop(stop_id)
    return stop.detour_rp[stop.place_ids.index(place_id)] if stop.detour_rp else 0


def with_routes(problem: RoutingProblem, plan: RoutePlan, routes: Sequence[Route]) -> RoutePlan:
    """Return a plan with other routes, its totals and hash anew."""
    cost_rp, distance_m, seconds = costs_of(problem, routes)
    return replace(
        plan, routes=tuple(routes), cost_rp=cost_rp, distance_m=distance_m, duration_s=seconds
    ).sealed()
