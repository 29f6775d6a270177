"""Check a plan against its problem, sharing no code with what made it.

Instants here are seconds after midnight of the route's own day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

from logistics.distance import Legs, Point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from logistics.plan import Route, RoutePlan, Visit
    from logistics.problem import RoutingProblem, Shift, Stop, Vehicle, Window


class ViolationCode(StrEnum):
    """What a plan breaks; `docs/routing.md` lists each."""

    UNKNOWN_STOP = "violation.unknown_stop"
    UNKNOWN_VEHICLE = "violation.unknown_vehicle"
    UNKNOWN_SHIFT = "violation.unknown_shift"
    STOP_MISSING = "violation.stop_missing"
    STOP_TWICE = "violation.stop_twice"
    NO_REASON = "violation.no_reason"
    PLACE_NOT_ALLOWED = "violation.place_not_allowed"
    UNREACHABLE = "violation.unreachable"
    OVERWEIGHT = "violation.overweight"
    OVERFULL = "violation.overfull"
    TOO_MANY_STOPS = "violation.too_many_stops"
    TOO_MANY_TRIPS = "violation.too_many_trips"
    TOO_FAR = "violation.too_far"
    OUTSIDE_WINDOW = "violation.outside_window"
    DAY_NOT_ALLOWED = "violation.day_not_allowed"
    OUTSIDE_SHIFT = "violation.outside_shift"
    DEPOT_CLOSED = "violation.depot_closed"
    TRIPS_OVERLAP = "violation.trips_overlap"
    EMPTY_ROUTE = "violation.empty_route"
    NO_COOL_BOX = "violation.no_cool_box"
    TOO_LONG_IN_HEAT = "violation.too_long_in_heat"
    NO_SKILL = "violation.no_skill"
    PIN_BROKEN = "violation.pin_broken"
    FORBIDDEN = "violation.forbidden"
    WRONG_TIME = "violation.wrong_time"
    WRONG_LEG = "violation.wrong_leg"
    WRONG_LOAD = "violation.wrong_load"
    WRONG_TOTAL = "violation.wrong_total"
    WRONG_PROBLEM = "violation.wrong_problem"


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a plan breaks: where, and the values that show it."""

    code: ViolationCode
    route: str | None = None
    stop: str | None = None
    params: dict[str, Any] = field(default_factory=dict)


def check(problem: RoutingProblem, plan: RoutePlan) -> list[Violation]:
    """Return everything that a plan breaks; empty: it keeps every rule and its figures are right.

    Loads, times, ways, totals and cost are recomputed from the problem alone.
    """
    violations = [*_each_stop_once(problem, plan), *_same_problem(problem, plan)]
    ways = _Ways(problem)
    known = []
    for route in plan.routes:
        found = list(_names(problem, route))
        violations += found
        if not found:
            known.append(route)
            violations += _loads(problem, route)
            violations += _times(problem, route, ways)
            violations += _stops(problem, route)
    violations += _shifts(problem, known)
    if len(known) == len(plan.routes):
        violations += _totals(problem, plan)
    return violations


class _Ways:
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

    def leg(self, vehicle: Vehicle, start: str, end: str) -> tuple[int, int]:
        """Return metres and seconds; -1 where there is no way."""
        kind = vehicle.kind.value
        if kind not in self._legs:
            self._legs[kind] = self._travel.legs(self._points, kind)
        row, column = self._row[start], self._row[end]
        metres = int(self._legs[kind].distance_m[row, column])
        seconds = int(self._legs[kind].duration_s[row, column])
        if seconds > 0 and vehicle.speed_factor != 1.0:
            seconds = ceil(seconds / vehicle.speed_factor)
        return metres, seconds


def _each_stop_once(problem: RoutingProblem, plan: RoutePlan) -> Iterator[Violation]:
    visited = Counter(visit.stop for route in plan.routes for visit in route.visits)
    named = Counter(unserved.stop for unserved in plan.unserved)
    for stop in problem.stops:
        times = visited[stop.id] + named[stop.id]
        if times == 0:
            yield Violation(ViolationCode.STOP_MISSING, stop=stop.id)
        elif times > 1:
            params = {"visits": visited[stop.id], "unserved": named[stop.id]}
            yield Violation(ViolationCode.STOP_TWICE, stop=stop.id, params=params)
    for unserved in plan.unserved:
        if unserved.stop not in problem.stop_by_id:
            yield Violation(ViolationCode.UNKNOWN_STOP, stop=unserved.stop)
        if not unserved.reasons:
            yield Violation(ViolationCode.NO_REASON, stop=unserved.stop)


def _same_problem(problem: RoutingProblem, plan: RoutePlan) -> Iterator[Violation]:
    for name, expected, found in (
        ("problem_hash", problem.problem_hash, plan.problem_hash),
        ("distance_source", problem.travel.source, plan.distance_source),
        ("distance_as_of", problem.travel.as_of, plan.distance_as_of),
    ):
        if expected != found:
            params = {"name": name, "expected": expected, "found": found}
            yield Violation(ViolationCode.WRONG_PROBLEM, params=params)


def _names(problem: RoutingProblem, route: Route) -> Iterator[Violation]:
    """Yield what the problem does not know; such a route cannot be looked at further."""
    vehicle = problem.vehicle_by_id.get(route.vehicle)
    if vehicle is None:
        yield Violation(ViolationCode.UNKNOWN_VEHICLE, route.id)
        return
    is_known = 0 <= route.shift < len(vehicle.shifts)
    if not is_known or vehicle.shifts[route.shift].day != route.day:
        yield Violation(ViolationCode.UNKNOWN_SHIFT, route.id, params={"shift": route.shift})
    elif route.day not in problem.days:
        yield Violation(ViolationCode.UNKNOWN_SHIFT, route.id, params={"day": str(route.day)})
    if not route.visits:
        yield Violation(ViolationCode.EMPTY_ROUTE, route.id)
    for visit in route.visits:
        stop = problem.stop_by_id.get(visit.stop)
        if stop is None:
            yield Violation(ViolationCode.UNKNOWN_STOP, route.id, visit.stop)
        elif visit.place not in {option.place for option in stop.options}:
            params = {"place": visit.place}
            yield Violation(ViolationCode.PLACE_NOT_ALLOWED, route.id, visit.stop, params)


def _loads(problem: RoutingProblem, route: Route) -> Iterator[Violation]:
    vehicle = problem.vehicle_by_id[route.vehicle]
    stops = [problem.stop_by_id[visit.stop] for visit in route.visits]
    carried = {
        "weight_g": sum(stop.weight_g for stop in stops),
        "volume_ml": sum(stop.volume_ml for stop in stops),
        "num_packages": sum(stop.num_packages for stop in stops),
    }
    for name, amount in carried.items():
        if getattr(route, name) != amount:
            yield _wrong(ViolationCode.WRONG_LOAD, route, None, name, amount, getattr(route, name))
    for code, amount, limit in (
        (ViolationCode.OVERWEIGHT, carried["weight_g"], vehicle.capacity_g),
        (ViolationCode.OVERFULL, carried["volume_ml"], vehicle.capacity_ml),
        (ViolationCode.TOO_MANY_STOPS, len(stops), vehicle.max_stops),
    ):
        if limit is not None and amount > limit:
            yield Violation(code, route.id, params={"amount": amount, "limit": limit})
    left = dict(carried)
    for visit, stop in zip(route.visits, stops, strict=True):
        for name, shown in (
            ("weight_g", visit.left_g),
            ("volume_ml", visit.left_ml),
            ("num_packages", visit.num_left),
        ):
            left[name] -= getattr(stop, name)
            if shown != left[name]:
                yield _wrong(ViolationCode.WRONG_LOAD, route, visit, name, left[name], shown)


def _wrong(
    code: ViolationCode, route: Route, visit: Visit | None, name: str, expected: int, found: int
) -> Violation:
    params = {"name": name, "expected": expected, "found": found}
    return Violation(code, route.id, visit.stop if visit else None, params)


def _times(problem: RoutingProblem, route: Route, ways: _Ways) -> Iterator[Violation]:
    vehicle = problem.vehicle_by_id[route.vehicle]
    depot = problem.depot_by_id[vehicle.depot]
    if route.leaves_s != route.loads_s + depot.loading_s:
        expected = route.loads_s + depot.loading_s
        yield _wrong(ViolationCode.WRONG_TIME, route, None, "leaves_s", expected, route.leaves_s)
    at, instant, total_m = depot.id, route.leaves_s, 0
    for visit in route.visits:
        metres, seconds = ways.leg(vehicle, at, visit.place)
        yield from _leg(route, visit, (metres, seconds), visit.leg_distance_m, visit.leg_duration_s)
        expected = instant + max(0, seconds)
        if visit.arrival_s != expected:
            yield _wrong(
                ViolationCode.WRONG_TIME, route, visit, "arrival_s", expected, visit.arrival_s
            )
        if visit.start_s < visit.arrival_s:
            yield _wrong(
                ViolationCode.WRONG_TIME, route, visit, "start_s", visit.arrival_s, visit.start_s
            )
        expected = visit.start_s + problem.stop_by_id[visit.stop].service_s
        if visit.departure_s != expected:
            yield _wrong(
                ViolationCode.WRONG_TIME, route, visit, "departure_s", expected, visit.departure_s
            )
        at, instant, total_m = visit.place, visit.departure_s, total_m + max(0, metres)
    metres, seconds = ways.leg(vehicle, at, depot.id)
    yield from _leg(route, None, (metres, seconds), route.back_distance_m, route.back_duration_s)
    total_m += max(0, metres)
    for name, expected in (
        ("returns_s", instant + max(0, seconds)),
        ("duration_s", route.returns_s - route.leaves_s),
        ("distance_m", total_m),
    ):
        if getattr(route, name) != expected:
            code = ViolationCode.WRONG_TOTAL if name == "distance_m" else ViolationCode.WRONG_TIME
            yield _wrong(code, route, None, name, expected, getattr(route, name))


def _leg(
    route: Route, visit: Visit | None, leg: tuple[int, int], metres: int, seconds: int
) -> Iterator[Violation]:
    stop = visit.stop if visit else None
    if min(leg) < 0:
        yield Violation(ViolationCode.UNREACHABLE, route.id, stop)
    if metres != max(0, leg[0]):
        yield _wrong(ViolationCode.WRONG_LEG, route, visit, "distance_m", leg[0], metres)
    if seconds != max(0, leg[1]):
        yield _wrong(ViolationCode.WRONG_LEG, route, visit, "duration_s", leg[1], seconds)


def _stops(problem: RoutingProblem, route: Route) -> Iterator[Violation]:
    """Yield what single stops of a route break."""
    vehicle = problem.vehicle_by_id[route.vehicle]
    for visit in route.visits:
        stop, place = problem.stop_by_id[visit.stop], problem.place_by_id[visit.place]
        if stop.needs_cool_box and not vehicle.has_cool_box:
            yield Violation(ViolationCode.NO_COOL_BOX, route.id, stop.id)
        missing = sorted(stop.skills - vehicle.skills)
        if missing:
            yield Violation(ViolationCode.NO_SKILL, route.id, stop.id, {"missing": missing})
        heat_s, limit_s = visit.start_s - route.leaves_s, stop.max_time_in_heat_s
        if limit_s is not None and not vehicle.has_cool_box and heat_s > limit_s:
            params = {"amount": heat_s, "limit": limit_s}
            yield Violation(ViolationCode.TOO_LONG_IN_HEAT, route.id, stop.id, params)
        if stop.days and route.day not in stop.days:
            where = {"day": route.day.isoformat()}
            yield Violation(ViolationCode.DAY_NOT_ALLOWED, route.id, stop.id, where)
        for whose, windows in (("place", place.windows), ("stop", stop.windows)):
            if not _is_open(windows, route.day, visit.start_s):
                hours = {"whose": whose, "start_s": visit.start_s}
                yield Violation(ViolationCode.OUTSIDE_WINDOW, route.id, stop.id, hours)
        yield from _holds(problem, route, stop)


def _is_open(windows: tuple[Window, ...], day: date, instant: int) -> bool:
    return not windows or any(
        window.opens_s <= instant <= window.closes_s
        for window in windows
        if window.day is None or window.day == day
    )


def _holds(problem: RoutingProblem, route: Route, stop: Stop) -> Iterator[Violation]:
    for code, holds, should_match in (
        (ViolationCode.PIN_BROKEN, problem.pins, True),
        (ViolationCode.FORBIDDEN, problem.forbidden, False),
    ):
        for hold in holds:
            if hold.stop != stop.id:
                continue
            matches = hold.vehicle in (None, route.vehicle) and hold.day in (None, route.day)
            if matches != should_match:
                params = {"vehicle": hold.vehicle, "day": hold.day and hold.day.isoformat()}
                yield Violation(code, route.id, stop.id, params)


def _shifts(problem: RoutingProblem, routes: list[Route]) -> Iterator[Violation]:
    """Yield what the trips of a shift, and those of a day, break together."""
    by_shift: dict[tuple[str, int], list[Route]] = {}
    by_day: dict[tuple[str, date], list[Route]] = {}
    for route in sorted(routes, key=lambda each: (each.day, each.loads_s, each.trip)):
        by_shift.setdefault((route.vehicle, route.shift), []).append(route)
        by_day.setdefault((route.vehicle, route.day), []).append(route)
    for (vehicle_id, number), trips in by_shift.items():
        vehicle = problem.vehicle_by_id[vehicle_id]
        yield from _hours(problem, vehicle, vehicle.shifts[number], trips)
        total_m = sum(trip.distance_m for trip in trips)
        for code, amount, limit in (
            (ViolationCode.TOO_MANY_TRIPS, len(trips), vehicle.max_trips),
            (ViolationCode.TOO_FAR, total_m, vehicle.max_distance_m),
        ):
            if limit is not None and amount > limit:
                yield Violation(code, trips[-1].id, params={"amount": amount, "limit": limit})
    for trips in by_day.values():
        for number, trip in enumerate(trips, start=1):
            if trip.trip != number:
                yield _wrong(ViolationCode.WRONG_TIME, trip, None, "trip", number, trip.trip)
        for before, after in pairwise(trips):
            if after.loads_s < before.returns_s:
                params = {"before": before.id, "loads_s": after.loads_s}
                yield Violation(ViolationCode.TRIPS_OVERLAP, after.id, params=params)


def _hours(
    problem: RoutingProblem, vehicle: Vehicle, shift: Shift, trips: list[Route]
) -> Iterator[Violation]:
    depot = problem.depot_by_id[vehicle.depot]
    for trip in trips:
        params = {"loads_s": trip.loads_s, "returns_s": trip.returns_s}
        if trip.loads_s < shift.starts_s or trip.returns_s > shift.ends_s:
            yield Violation(ViolationCode.OUTSIDE_SHIFT, trip.id, params=params)
        if trip.loads_s < depot.opens_s or trip.returns_s > depot.closes_s:
            yield Violation(ViolationCode.DEPOT_CLOSED, trip.id, params=params)


def _totals(problem: RoutingProblem, plan: RoutePlan) -> Iterator[Violation]:
    for name, expected in (
        ("cost_rp", _cost_rp(problem, plan)),
        ("distance_m", sum(route.distance_m for route in plan.routes)),
        ("duration_s", sum(route.duration_s for route in plan.routes)),
    ):
        found = getattr(plan, name)
        if found != expected:
            params = {"name": name, "expected": expected, "found": found}
            yield Violation(ViolationCode.WRONG_TOTAL, params=params)


def _cost_rp(problem: RoutingProblem, plan: RoutePlan) -> int:
    """Return the cost in whole rupiah, halves up: ways, hours of shifts, days, places."""
    total = Fraction(0)
    spans: dict[tuple[str, int], list[int]] = {}
    for route in plan.routes:
        vehicle = problem.vehicle_by_id[route.vehicle]
        total += Fraction(route.distance_m * vehicle.cost_rp_per_km, 1_000)
        spans.setdefault((route.vehicle, route.shift), []).extend([route.loads_s, route.returns_s])
        for visit in route.visits:
            options = problem.stop_by_id[visit.stop].options
            total += next(each.cost_rp for each in options if each.place == visit.place)
    for (vehicle_id, _), instants in spans.items():
        per_hour = problem.vehicle_by_id[vehicle_id].cost_rp_per_hour
        total += Fraction((max(instants) - min(instants)) * per_hour, 3_600)
    for vehicle_id, _ in {(route.vehicle, route.day) for route in plan.routes}:
        total += problem.vehicle_by_id[vehicle_id].cost_rp_per_day
    return (2 * total.numerator + total.denominator) // (2 * total.denominator)
