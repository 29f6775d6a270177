from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from logistics.check import ViolationCode, check
from logistics.plan import Pause, Route, RoutePlan, Visit
from logistics.problem import Depot, Hold, Option, RoutingProblem, Shift, Window
from logistics.solve import solve
from tests.logistics.problems import (
    EIGHT,
    FOUR,
    MONDAY,
    NOON,
    TUESDAY,
    problem,
    stop,
    vehicle,
)

BASE = problem(
    stop(2),
    stop(4),
    stop(6),
    days=(MONDAY, TUESDAY),
    depots=(Depot(id="d", lat=0.0, lon=0.0, loading_s=300),),
    vehicles=(
        vehicle("v1", MONDAY, TUESDAY, max_trips=2, max_stops=2, cost_rp_per_day=9_000),
        vehicle("v2", MONDAY),
    ),
)
PLAN = solve(BASE, seconds=None, iterations=20, engine="insertion")


def found(some: RoutingProblem, plan: RoutePlan) -> set[ViolationCode]:
    return {violation.code for violation in check(some, plan)}


def with_first(plan: RoutePlan, **changes: Any) -> RoutePlan:
    return replace(plan, routes=(replace(plan.routes[0], **changes), *plan.routes[1:]))


def with_visit(plan: RoutePlan, **changes: Any) -> RoutePlan:
    route: Route = plan.routes[0]
    visits: tuple[Visit, ...] = (replace(route.visits[0], **changes), *route.visits[1:])
    return with_first(plan, visits=visits)


def under(rules: RoutingProblem) -> set[ViolationCode]:
    """What the plan breaks when the rules change under it, apart from the problem's hash."""
    return found(rules, replace(PLAN, problem_hash=rules.problem_hash))


def test_the_plan_itself_is_sound() -> None:
    assert check(BASE, PLAN) == []


MUTATIONS: dict[ViolationCode, Callable[[], RoutePlan]] = {
    ViolationCode.STOP_MISSING: lambda: replace(PLAN, routes=PLAN.routes[1:]),
    ViolationCode.STOP_TWICE: lambda: replace(PLAN, routes=(*PLAN.routes, PLAN.routes[0])),
    ViolationCode.UNKNOWN_VEHICLE: lambda: with_first(PLAN, vehicle="ghost"),
    ViolationCode.UNKNOWN_SHIFT: lambda: with_first(PLAN, shift=7),
    ViolationCode.UNKNOWN_STOP: lambda: with_visit(PLAN, stop="ghost"),
    ViolationCode.PLACE_NOT_ALLOWED: lambda: with_visit(PLAN, place="p12"),
    ViolationCode.EMPTY_ROUTE: lambda: with_first(PLAN, visits=()),
    ViolationCode.WRONG_TIME: lambda: with_visit(PLAN, arrival_s=PLAN.routes[0].leaves_s),
    ViolationCode.WRONG_LEG: lambda: with_visit(PLAN, leg_distance_m=1),
    ViolationCode.WRONG_LOAD: lambda: with_visit(PLAN, left_g=77),
    ViolationCode.WRONG_TOTAL: lambda: replace(PLAN, cost_rp=PLAN.cost_rp + 1),
    ViolationCode.WRONG_PROBLEM: lambda: replace(PLAN, problem_hash="0"),
    ViolationCode.OUTSIDE_SHIFT: lambda: with_first(PLAN, loads_s=EIGHT - 1),
    ViolationCode.TRIPS_OVERLAP: lambda: replace(
        PLAN, routes=(PLAN.routes[0], replace(PLAN.routes[0], trip=2), *PLAN.routes[1:])
    ),
}


@pytest.mark.parametrize("code", MUTATIONS)
def test_a_changed_plan_is_found_out(code: ViolationCode) -> None:
    assert code in found(BASE, MUTATIONS[code]())


@pytest.mark.parametrize(
    "name", [each for each in Route.__slots__ if each not in {"vehicle", "day"}]
)
def test_every_figure_of_a_route_is_recomputed(name: str) -> None:
    value = getattr(PLAN.routes[0], name)
    changed: Any = value[:-1] if isinstance(value, tuple) else value + 1
    if name == "pauses":
        changed = (Pause(before=0, starts_s=0, ends_s=60),)
    assert found(BASE, with_first(PLAN, **{name: changed}))


@pytest.mark.parametrize("name", Visit.__slots__)
def test_every_figure_of_a_visit_is_recomputed(name: str) -> None:
    value = getattr(PLAN.routes[0].visits[0], name)
    assert found(BASE, with_visit(PLAN, **{name: value + ("x" if isinstance(value, str) else 1)}))


@pytest.mark.parametrize("name", ["cost_rp", "distance_m", "duration_s"])
def test_every_total_is_recomputed(name: str) -> None:
    changed = replace(PLAN, **{name: getattr(PLAN, name) + 1})
    assert found(BASE, changed) == {ViolationCode.WRONG_TOTAL}


def first_vehicle(**changes: Any) -> RoutingProblem:
    name = PLAN.routes[0].vehicle
    fleet = tuple(replace(v, **changes) if v.id == name else v for v in BASE.vehicles)
    return replace(BASE, vehicles=fleet)


def every_stop(**changes: Any) -> RoutingProblem:
    return replace(BASE, stops=tuple(replace(each, **changes) for each in BASE.stops))


LONG = max(PLAN.routes, key=lambda route: route.distance_m)
NEW_RULES: list[tuple[ViolationCode, RoutingProblem]] = [
    (ViolationCode.OVERWEIGHT, first_vehicle(capacity_g=999)),
    (ViolationCode.OVERFULL, first_vehicle(capacity_ml=999)),
    (ViolationCode.TOO_MANY_STOPS, first_vehicle(max_stops=0)),
    (ViolationCode.TOO_MANY_TRIPS, first_vehicle(max_trips=0)),
    (ViolationCode.TOO_FAR, first_vehicle(max_distance_m=1_000)),
    (ViolationCode.NO_COOL_BOX, every_stop(needs_cool_box=True)),
    (ViolationCode.NO_SKILL, every_stop(skills=frozenset({"boat"}))),
    (ViolationCode.TOO_LONG_IN_HEAT, every_stop(max_time_in_heat_s=239)),
    (ViolationCode.DAY_NOT_ALLOWED, every_stop(days=(TUESDAY,))),
    (ViolationCode.OUTSIDE_WINDOW, every_stop(windows=(Window(opens_s=NOON, closes_s=FOUR),))),
    (
        ViolationCode.OUTSIDE_WINDOW,
        replace(
            BASE,
            places=tuple(
                replace(p, windows=(Window(opens_s=0, closes_s=86_400, day=TUESDAY),))
                for p in BASE.places
            ),
        ),
    ),
    (ViolationCode.PLACE_NOT_ALLOWED, every_stop(options=(Option(place="p12"),))),
    (ViolationCode.PIN_BROKEN, replace(BASE, pins=(Hold(stop="s2", day=TUESDAY),))),
    (ViolationCode.FORBIDDEN, replace(BASE, forbidden=(Hold(stop="s2", day=MONDAY),))),
    (
        ViolationCode.DEPOT_CLOSED,
        replace(BASE, depots=(replace(BASE.depots[0], opens_s=EIGHT + 1),)),
    ),
    (
        ViolationCode.OUTSIDE_SHIFT,
        first_vehicle(shifts=(Shift(day=MONDAY, starts_s=EIGHT, ends_s=EIGHT + 60),) * 2),
    ),
]


@pytest.mark.parametrize(
    ("code", "rules"), NEW_RULES, ids=[f"{n}-{each[0].name}" for n, each in enumerate(NEW_RULES)]
)
def test_a_rule_that_the_plan_breaks_is_named(code: ViolationCode, rules: RoutingProblem) -> None:
    assert {route.day for route in PLAN.routes} == {MONDAY}
    assert code in under(rules)


def test_heat_is_counted_to_the_second() -> None:
    first = PLAN.routes[0].visits[0]
    heat_s = first.start_s - PLAN.routes[0].leaves_s

    def limited(limit_s: int) -> RoutingProblem:
        stops = (
            replace(s, max_time_in_heat_s=limit_s) if s.id == first.stop else s for s in BASE.stops
        )
        return replace(BASE, stops=tuple(stops))

    assert under(limited(heat_s)) == set()
    assert under(limited(heat_s - 1)) == {ViolationCode.TOO_LONG_IN_HEAT}


def test_an_unserved_stop_needs_a_reason() -> None:
    plan = replace(
        PLAN,
        routes=(),
        unserved=tuple(
            replace(each, reasons=())
            for each in solve(replace(BASE, vehicles=()), seconds=1).unserved
        ),
    )
    assert ViolationCode.NO_REASON in found(BASE, plan)


def test_a_trip_outside_of_the_hours_says_which_hours_those_are() -> None:
    early = with_first(PLAN, loads_s=EIGHT - 1)
    [broken] = [v for v in check(BASE, early) if v.code is ViolationCode.OUTSIDE_SHIFT]
    shift = BASE.vehicle_by_id[early.routes[0].vehicle].shifts[early.routes[0].shift]
    assert broken.params == {
        "loads_s": EIGHT - 1, "returns_s": early.routes[0].returns_s,
        "opens_s": shift.starts_s, "closes_s": shift.ends_s,
    }  # fmt: skip
