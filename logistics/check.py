"""Check a plan against its problem, sharing no code with what made it.

Instants here are seconds after midnight of the route's own day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from logistics.check_figures import Ways, goal_figures

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
    ROAD_CLOSED = "violation.road_closed"
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
    WALK_TOO_FAR = "violation.walk_too_far"
    WAITS_TOO_LONG = "violation.waits_too_long"
    AFTER_ITS_DAY = "violation.after_its_day"
    BREAK_MISSED = "violation.break_missed"
    WRONG_PAUSE = "violation.wrong_pause"
    SOURCE_NOT_BEFORE = "violation.source_not_before"
    HOUSEHOLD_APART = "violation.household_apart"
    PIN_BROKEN = "violation.pin_broken"
    FORBIDDEN = "violation.forbidden"
    PAIR_TOGETHER = "violation.pair_together"
    WRONG_TIME = "violation.wrong_time"
    WRONG_LEG = "violation.wrong_leg"
    WRONG_LOAD = "violation.wrong_load"
    WRONG_TOTAL = "violation.wrong_total"
    WRONG_PROBLEM = "violation.wrong_problem"


_LONG_S = 1 << 40


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
    ways = Ways(problem)
    known = []
    for route in plan.routes:
        found = list(_names(problem, route))
        violations += found
        if not found:
            known.append(route)
            violations += _loads(problem, route)
            violations += _times(problem, route, ways)
            violations += _stops(problem, route)
            violations += _sources(problem, route)
    violations += _shifts(problem, known)
    violations += _households(problem, known)
    violations += _pairs(problem, known)
    if len(known) == len(plan.routes):
        violations += _totals(problem, plan)
        violations += _figures(problem, plan, ways)
    return violations


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
    carried, fullest = _on_board(stops)
    for name, amount in carried.items():
        if getattr(route, name) != amount:
            yield _wrong(ViolationCode.WRONG_LOAD, route, None, name, amount, getattr(route, name))
    for code, amount, limit in (
        (ViolationCode.OVERWEIGHT, fullest["weight_g"], vehicle.capacity_g),
        (ViolationCode.OVERFULL, fullest["volume_ml"], vehicle.capacity_ml),
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
            amount = getattr(stop, name)
            left[name] += amount if stop.is_pickup else -amount
            if shown != left[name]:
                yield _wrong(ViolationCode.WRONG_LOAD, route, visit, name, left[name], shown)


def _on_board(stops: list[Stop]) -> tuple[dict[str, int], dict[str, int]]:
    """Return what is loaded at the depot, and the most that is on board at any time."""
    loaded, most = {}, {}
    for name in ("weight_g", "volume_ml", "num_packages"):
        now = sum(getattr(each, name) for each in stops if not (each.is_pickup or each.source))
        loaded[name] = most[name] = now
        for stop in stops:
            now += getattr(stop, name) if stop.is_pickup else -getattr(stop, name)
            most[name] = max(most[name], now)
    return loaded, most


def _wrong(
    code: ViolationCode, route: Route, visit: Visit | None, name: str, expected: int, found: int
) -> Violation:
    params = {"name": name, "expected": expected, "found": found}
    return Violation(code, route.id, visit.stop if visit else None, params)


def _times(problem: RoutingProblem, route: Route, ways: Ways) -> Iterator[Violation]:
    vehicle = problem.vehicle_by_id[route.vehicle]
    depot = problem.depot_by_id[vehicle.depot]
    if route.leaves_s != route.loads_s + depot.loading_s:
        expected = route.loads_s + depot.loading_s
        yield _wrong(ViolationCode.WRONG_TIME, route, None, "leaves_s", expected, route.leaves_s)
    at, instant, total_m = depot.id, route.leaves_s, 0
    for place, visit in enumerate(route.visits):
        yield from _pauses(route, place, instant)
        instant = _after_pauses(route, place, instant)
        metres, seconds = ways.leg(vehicle, at, visit.place)
        yield from _closed(ways, route, visit.stop, at, visit.place, (metres, seconds))
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
        stop = problem.stop_by_id[visit.stop]
        expected = visit.start_s + stop.service_s
        expected += stop.service_s_per_package * stop.num_packages
        if visit.departure_s != expected:
            yield _wrong(
                ViolationCode.WRONG_TIME, route, visit, "departure_s", expected, visit.departure_s
            )
        at, instant, total_m = visit.place, visit.departure_s, total_m + max(0, metres)
    yield from _pauses(route, len(route.visits), instant)
    instant = _after_pauses(route, len(route.visits), instant)
    metres, seconds = ways.leg(vehicle, at, depot.id)
    yield from _closed(ways, route, None, at, depot.id, (metres, seconds))
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


def _pauses(route: Route, before: int, instant: int) -> Iterator[Violation]:
    """Yield pauses before a leg that begin too early or end before they begin."""
    for pause in route.pauses:
        if pause.before != before:
            continue
        if pause.starts_s < instant or pause.ends_s <= pause.starts_s or before == 0:
            params = {"starts_s": pause.starts_s, "ends_s": pause.ends_s, "free_s": instant}
            yield Violation(ViolationCode.WRONG_PAUSE, route.id, params=params)
        instant = pause.ends_s


def _after_pauses(route: Route, before: int, instant: int) -> int:
    return max((each.ends_s for each in route.pauses if each.before == before), default=instant)


def _closed(
    ways: Ways, route: Route, stop: str | None, start: str, end: str, leg: tuple[int, int]
) -> Iterator[Violation]:
    """Name a leg without a way, and the closures that take it away where they do."""
    if min(leg) >= 0:
        return
    names = ways.closed_between(start, end)
    if names:
        yield Violation(ViolationCode.ROAD_CLOSED, route.id, stop, {"closures": names})
    else:
        yield Violation(ViolationCode.UNREACHABLE, route.id, stop)


def _leg(
    route: Route, visit: Visit | None, leg: tuple[int, int], metres: int, seconds: int
) -> Iterator[Violation]:
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
        since_s = {each.stop: each.departure_s for each in route.visits}.get(stop.source)
        heat_s = visit.start_s - (route.leaves_s if since_s is None else since_s)
        limit_s = stop.max_time_in_heat_s
        if limit_s is not None and not vehicle.has_cool_box and heat_s > limit_s:
            params = {"amount": heat_s, "limit": limit_s}
            yield Violation(ViolationCode.TOO_LONG_IN_HEAT, route.id, stop.id, params)
        walk_m = next(each.walk_m for each in stop.options if each.place == visit.place)
        if stop.max_walk_m is not None and walk_m > stop.max_walk_m:
            params = {"amount": walk_m, "limit": stop.max_walk_m}
            yield Violation(ViolationCode.WALK_TOO_FAR, route.id, stop.id, params)
        if place.handed_out_on is not None and not stop.is_pickup:
            wait, longest = (place.handed_out_on - route.day).days, stop.max_days_before
            own = {"day": place.handed_out_on.isoformat()}
            if wait < 0:
                yield Violation(ViolationCode.AFTER_ITS_DAY, route.id, stop.id, own)
            elif longest is not None and wait > longest:
                waits = own | {"amount": wait, "limit": longest}
                yield Violation(ViolationCode.WAITS_TOO_LONG, route.id, stop.id, waits)
        if stop.days and route.day not in stop.days:
            where = {"day": route.day.isoformat()}
            yield Violation(ViolationCode.DAY_NOT_ALLOWED, route.id, stop.id, where)
        for whose, windows in (("place", place.windows), ("stop", stop.windows)):
            if not _is_open(windows, route.day, visit.start_s):
                hours = {"whose": whose, "start_s": visit.start_s}
                yield Violation(ViolationCode.OUTSIDE_WINDOW, route.id, stop.id, hours)
        yield from _holds(problem, route, stop)


def _sources(problem: RoutingProblem, route: Route) -> Iterator[Violation]:
    """Yield goods that are brought before, or without, being fetched on this trip."""
    fetched: set[str] = set()
    for visit in route.visits:
        source = problem.stop_by_id[visit.stop].source
        if source and source not in fetched:
            params = {"source": source}
            yield Violation(ViolationCode.SOURCE_NOT_BEFORE, route.id, visit.stop, params)
        fetched.add(visit.stop)


def _households(problem: RoutingProblem, routes: list[Route]) -> Iterator[Violation]:
    """Yield stops that are at another place or on another trip than others of their household."""
    first: dict[str, tuple[str, str]] = {}
    for route in routes:
        for visit in route.visits:
            household = problem.stop_by_id[visit.stop].household
            here = route.id, visit.place
            if household and first.setdefault(household, here) != here:
                params = {"household": household, "place": first[household][1]}
                yield Violation(ViolationCode.HOUSEHOLD_APART, route.id, visit.stop, params)


def _pairs(problem: RoutingProblem, routes: list[Route]) -> Iterator[Violation]:
    """Yield stops that one vehicle serves though a person parted them; told at the later one."""
    routes_of: dict[str, list[Route]] = {}
    for route in sorted(routes, key=lambda each: (each.day, each.loads_s, each.trip)):
        for visit in route.visits:
            routes_of.setdefault(visit.stop, []).append(route)
    for pair in problem.forbidden_pairs:
        for one in routes_of.get(pair.stop, []):
            for two in routes_of.get(pair.other, []):
                if one.vehicle == two.vehicle:
                    is_later = (two.day, two.loads_s) >= (one.day, one.loads_s)
                    late, stop, other = (
                        (two, pair.other, pair.stop) if is_later else (one, pair.stop, pair.other)
                    )
                    params = {"other": other, "vehicle": late.vehicle}
                    yield Violation(ViolationCode.PAIR_TOGETHER, late.id, stop, params)


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
        yield from _breaks(vehicle.shifts[number], trips)
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
        times = {"loads_s": trip.loads_s, "returns_s": trip.returns_s}
        for code, opens_s, closes_s in (
            (ViolationCode.OUTSIDE_SHIFT, shift.starts_s, shift.ends_s),
            (ViolationCode.DEPOT_CLOSED, depot.opens_s, depot.closes_s),
        ):
            if trip.loads_s < opens_s or trip.returns_s > closes_s:
                hours = {"opens_s": opens_s, "closes_s": closes_s}
                yield Violation(code, trip.id, params=times | hours)


def _breaks(shift: Shift, trips: list[Route]) -> Iterator[Violation]:
    """Yield breaks for which a courier has no time off: between trips, or in pauses on the road."""
    free = [(-_LONG_S, trips[0].loads_s)]
    for before, after in pairwise(trips):
        free.append((before.returns_s, after.loads_s))
    free.append((trips[-1].returns_s, _LONG_S))
    free += [(pause.starts_s, pause.ends_s) for trip in trips for pause in trip.pauses]
    rested = -_LONG_S
    for each in sorted(shift.breaks, key=lambda one: (one.earliest_s, one.latest_s)):
        begins = [
            max(each.earliest_s, start, rested)
            for start, end in free
            if max(each.earliest_s, start, rested) + each.duration_s <= end
        ]
        first = min(begins, default=_LONG_S)
        if first > each.latest_s:
            params = {"earliest_s": each.earliest_s, "latest_s": each.latest_s, "name": each.name}
            yield Violation(ViolationCode.BREAK_MISSED, trips[0].id, params=params)
        else:
            rested = first + each.duration_s


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


def _figures(problem: RoutingProblem, plan: RoutePlan, ways: Ways) -> Iterator[Violation]:
    """Yield figures about goals that do not follow from the routes."""
    if not problem.goals.any and plan.figures is None:
        return
    expected = goal_figures(problem, plan, ways)
    found = {} if plan.figures is None else asdict(plan.figures)
    for name, value in expected.items():
        if found.get(name) != value:
            params = {"name": name, "expected": value, "found": found.get(name)}
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
            option = next(each for each in options if each.place == visit.place)
            total += option.cost_rp + Fraction(option.walk_m * problem.walk_rp_per_km, 1_000)
    for (vehicle_id, _), instants in spans.items():
        per_hour = problem.vehicle_by_id[vehicle_id].cost_rp_per_hour
        total += Fraction((max(instants) - min(instants)) * per_hour, 3_600)
    for vehicle_id, _ in {(route.vehicle, route.day) for route in plan.routes}:
        total += problem.vehicle_by_id[vehicle_id].cost_rp_per_day
    return (2 * total.numerator + total.denominator) // (2 * total.denominator)
