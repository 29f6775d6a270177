"""Ways and goals of a plan, recomputed for the check from the problem alone."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from logistics.distance import Legs, Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from logistics.plan import RoutePlan
    from logistics.problem import Closure, RoutingProblem, Vehicle

NEIGHBOURS = 5
MOST_AT_ONCE = 2_500
"""Points up to which all legs are asked for together."""


class Ways:
    """Legs between points as a vehicle drives them, asked once per kind."""

    def __init__(self, problem: RoutingProblem) -> None:
        self._travel = problem.travel
        used = {option.place for stop in problem.stops for option in stop.options}
        self._points = [Point(depot.id, depot.lat, depot.lon) for depot in problem.depots]
        self._points += [
            Point(place.id, place.lat, place.lon) for place in problem.places if place.id in used
        ]
        self._row = {point.id: row for row, point in enumerate(self._points)}
        self._legs: dict[str, Legs] = {}
        self._closures = [(set(c.places), set(c.others), c) for c in problem.closures]

    def leg(self, vehicle: Vehicle, start: str, end: str) -> tuple[int, int]:
        """Return metres and seconds; -1 where there is no way."""
        metres, seconds = self._usual(vehicle.kind.value, self._row[start], self._row[end])
        if seconds > 0 and vehicle.speed_factor != 1.0:
            seconds = ceil(seconds / vehicle.speed_factor)
        for closure in self._between(start, end):
            if metres < 0 or seconds < 0:
                break
            if closure.extra_m is None and closure.extra_s is None:
                return -1, -1
            metres, seconds = metres + (closure.extra_m or 0), seconds + (closure.extra_s or 0)
        return metres, seconds

    def closed_between(self, start: str, end: str) -> list[str]:
        """Return the names of the closures that take the way between two points away."""
        return sorted(
            closure.name
            for closure in self._between(start, end)
            if closure.extra_m is None and closure.extra_s is None and closure.name
        )

    def _between(self, start: str, end: str) -> Iterator[Closure]:
        """Yield the closures that a way between two points crosses."""
        for here, there, closure in self._closures:
            crosses = (start in here) != (end in here)
            if there:
                crosses = (start in here and end in there) or (start in there and end in here)
            if crosses:
                yield closure

    def _usual(self, kind: str, row: int, column: int) -> tuple[int, int]:
        """Return metres and seconds at the usual speed; of very many points pair by pair."""
        if len(self._points) > MOST_AT_ONCE:
            ends = [self._points[row], self._points[column]]
            legs = self._travel.legs(ends, kind)
            return int(legs.distance_m[0, 1]), int(legs.duration_s[0, 1])
        if kind not in self._legs:
            self._legs[kind] = self._travel.legs(self._points, kind)
        found = self._legs[kind]
        return int(found.distance_m[row, column]), int(found.duration_s[row, column])


def goal_figures(problem: RoutingProblem, plan: RoutePlan, ways: Ways) -> dict[str, int]:
    """Return the figures of `plan.GoalFigures` by name."""
    visits = {visit.stop: (route.vehicle, visit) for route in plan.routes for visit in route.visits}
    couriers = {stop: vehicle for stop, (vehicle, _) in visits.items()}
    pairs = [
        (couriers[stop], couriers[other])
        for stop, others in _nearest(problem, ways).items()
        for other in others
        if stop in couriers and other in couriers
    ]
    apart = sum(one != other for one, other in pairs)
    known = [s for s in problem.stops if s.usual_vehicle and s.id in couriers]
    kept = [stop for stop in known if couriers[stop.id] == stop.usual_vehicle]
    drifts = [
        abs(visits[stop.id][1].start_s - stop.usual_start_s)
        for stop in problem.stops
        if stop.usual_start_s is not None and stop.id in visits
    ]
    uneven = _uneven(problem, plan)
    goals = problem.goals
    penalty = (
        Fraction(goals.apart_rp * apart)
        + Fraction(goals.strange_rp * (len(known) - len(kept)))
        + Fraction(goals.uneven_rp_per_hour, 3_600) * uneven
        + Fraction(goals.drift_rp_per_hour, 3_600) * sum(drifts)
    )
    return {
        "neighbours": len(pairs),
        "apart": apart,
        "uneven_s": int(uneven + Fraction(1, 2)),
        "known": len(known),
        "kept": len(kept),
        "timed": len(drifts),
        "drift_s": sum(drifts),
        "penalty_rp": int(penalty + Fraction(1, 2)),
    }


def _nearest(problem: RoutingProblem, ways: Ways) -> dict[str, list[str]]:
    """Return the nearest other stops of each, from first place to first place."""
    if not problem.vehicles:
        return {}
    vehicle = min(problem.vehicles, key=lambda each: each.id)
    first = {stop.id: stop.options[0].place for stop in problem.stops if stop.options}
    found = {}
    for stop, place in first.items():
        metres = [
            (ways.leg(vehicle, place, there)[0], other)
            for other, there in first.items()
            if other != stop
        ]
        near = sorted(each for each in metres if each[0] >= 0)[:NEIGHBOURS]
        found[stop] = [other for _, other in near]
    return found


def _uneven(problem: RoutingProblem, plan: RoutePlan) -> Fraction:
    """Return the seconds of work above the shares of those who work more than theirs."""
    work: dict[str, int] = {}
    for vehicle_id, shift in {(route.vehicle, route.shift) for route in plan.routes}:
        trips = [r for r in plan.routes if (r.vehicle, r.shift) == (vehicle_id, shift)]
        first, last = min(r.loads_s for r in trips), max(r.returns_s for r in trips)
        work[vehicle_id] = work.get(vehicle_id, 0) + last - first
    offered = {
        vehicle.id: sum(s.ends_s - s.starts_s for s in vehicle.shifts if s.day in problem.days)
        for vehicle in problem.vehicles
    }
    whole, hours = sum(work.values()), max(1, sum(offered.values()))
    above = [
        work.get(vehicle, 0) - Fraction(part * whole, hours) for vehicle, part in offered.items()
    ]
    return sum((each for each in above if each > 0), Fraction(0))
