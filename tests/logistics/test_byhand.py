from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from bench.routing_city import city
from logistics.byhand import best_insertions, move_stop, reorder, reschedule
from logistics.check import ViolationCode, check
from logistics.plan import ReasonCode, RoutePlan
from logistics.problem import Option, RoutingProblem, Shift, Window
from logistics.solve import solve
from tests.logistics.problems import EIGHT, FOUR, KM, MONDAY, NOON, problem, stop, vehicle

BASE = problem(
    stop(2, windows=(Window(opens_s=EIGHT, closes_s=EIGHT + 400),)),
    stop(4),
    stop(6),
    stop(8, weight_g=4_000),
    vehicles=(vehicle("v1", capacity_g=4_000), vehicle("v2", capacity_g=4_000)),
)
PLAN = solve(BASE, seconds=None, iterations=30)
THREE = PLAN.route_of_stop["s4"]
FAR = PLAN.route_of_stop["s8"]


def found(some: RoutingProblem, plan: RoutePlan) -> set[ViolationCode]:
    return {violation.code for violation in check(some, plan)}


def test_the_plan_has_the_routes_that_these_tests_speak_of() -> None:
    assert THREE.stop_ids == ("s2", "s4", "s6")
    assert FAR.stop_ids == ("s8",)


def test_a_route_in_another_order_has_other_times_and_keeps_its_stops() -> None:
    plan = reorder(BASE, PLAN, THREE.id, ["s2", "s6", "s4"])
    assert plan.route_by_id[THREE.id].stop_ids == ("s2", "s6", "s4")
    assert plan.distance_m == PLAN.distance_m
    assert plan.engine == "hand"
    assert check(BASE, plan) == []


def test_an_order_that_breaks_a_rule_is_kept_and_the_rule_is_named() -> None:
    plan = reorder(BASE, PLAN, THREE.id, ["s6", "s4", "s2"])
    assert found(BASE, plan) == {ViolationCode.OUTSIDE_WINDOW}
    with pytest.raises(ValueError, match="exactly"):
        reorder(BASE, PLAN, THREE.id, ["s6", "s4"])
    with pytest.raises(KeyError):
        reorder(BASE, PLAN, "v1/2026-12-07/9", [])


def test_a_moved_stop_overloads_and_the_check_says_so() -> None:
    plan = move_stop(BASE, PLAN, "s4", FAR.id, 0)
    assert plan.route_by_id[FAR.id].stop_ids == ("s4", "s8")
    assert plan.route_by_id[THREE.id].stop_ids == ("s2", "s6")
    assert found(BASE, plan) == {ViolationCode.OVERWEIGHT}


def test_a_stop_moves_within_its_route() -> None:
    plan = move_stop(BASE, PLAN, "s4", THREE.id, 2)
    assert plan.route_by_id[THREE.id].stop_ids == ("s2", "s6", "s4")


def test_a_stop_taken_off_is_unserved_and_can_be_put_back() -> None:
    plan = move_stop(BASE, PLAN, "s8", None)
    assert [each.stop for each in plan.unserved] == ["s8"]
    assert plan.unserved[0].reasons[0].code is ReasonCode.LEFT_OUT
    assert FAR.id not in plan.route_by_id
    assert check(BASE, plan) == []
    back = move_stop(BASE, plan, "s8", FAR.id)
    assert back.routes == PLAN.routes
    assert back.unserved == ()


def test_a_lone_stop_may_be_moved_to_its_own_route() -> None:
    assert move_stop(BASE, PLAN, "s8", FAR.id, 0).routes == PLAN.routes


def test_another_place_may_be_asked_for() -> None:
    options = (Option(place="p4"), Option(place="p3", cost_rp=90_000))
    some = replace(BASE, stops=(BASE.stops[0], stop(4, options=options), *BASE.stops[2:]))
    plan = solve(some, seconds=None, iterations=30)
    moved = move_stop(some, plan, "s4", plan.route_of_stop["s4"].id, 1, place="p3")
    assert moved.route_of_stop["s4"].visits[1].place == "p3"
    assert moved.cost_rp == plan.cost_rp + 90_000
    assert check(some, moved) == []


@pytest.mark.parametrize(
    ("name", "route"), [("s99", "v1/2026-12-07/1"), ("s4", "v1/x/1"), ("s4", "v9/2026-12-07/1")]
)
def test_what_is_unknown_is_refused(name: str, route: str) -> None:
    with pytest.raises(KeyError):
        move_stop(BASE, PLAN, name, route)


def test_times_computed_anew_are_the_same() -> None:
    assert reschedule(BASE, PLAN).routes == PLAN.routes
    stale = replace(PLAN, routes=(replace(PLAN.routes[0], returns_s=0), *PLAN.routes[1:]))
    assert reschedule(BASE, stale).routes == PLAN.routes


def test_advice_names_the_cheapest_places_and_what_they_add() -> None:
    some = replace(BASE, stops=(*BASE.stops, stop(5)))
    before = replace(PLAN, problem_hash=some.problem_hash)
    first, *others = best_insertions(some, before, "s5")
    assert (first.route, first.position, first.distance_m, first.cost_rp) == (THREE.id, 2, 0, 0)
    assert first.duration_s == 60
    plan = move_stop(some, before, "s5", first.route, first.position, place=first.place)
    assert plan.cost_rp - PLAN.cost_rp == first.cost_rp
    assert check(some, plan) == []
    assert [each.route for each in others] == []


def test_advice_opens_a_trip_where_that_is_allowed() -> None:
    fleet = tuple(replace(each, max_trips=2) for each in BASE.vehicles)
    some = replace(BASE, stops=(*BASE.stops, stop(7, weight_g=4_000)), vehicles=fleet)
    advice = best_insertions(some, replace(PLAN, problem_hash=some.problem_hash), "s7")
    assert {each.is_new for each in advice} == {True}
    for each in advice:
        plan = move_stop(some, replace(PLAN, problem_hash=some.problem_hash), "s7", each.route)
        assert plan.route_of_stop["s7"].id == each.route
        assert plan.cost_rp - PLAN.cost_rp == each.cost_rp
        assert each.distance_m == 14 * KM
        assert check(some, plan) == []


def test_no_advice_when_nothing_fits() -> None:
    some = replace(BASE, stops=(*BASE.stops, stop(7, weight_g=4_000)))
    assert best_insertions(some, PLAN, "s7") == []


def test_advice_is_the_best_of_trying_everything() -> None:
    month = city(num_stops=24, num_vehicles=2, num_days=2, seed=3)
    plan = solve(month, seconds=None, iterations=50)
    left = plan.routes[0].stop_ids[0]
    without = move_stop(month, plan, left, None)
    best = best_insertions(month, without, left, k=1)[0]
    costs = []
    places = [option.place for option in month.stop_by_id[left].options]
    for route, place in product(without.routes, places):
        for position in range(len(route.visits) + 1):
            tried = move_stop(month, without, left, route.id, position, place=place)
            if check(month, tried) == []:
                costs.append(tried.cost_rp - without.cost_rp)
    assert best.cost_rp <= min(costs) + 3_000


def test_a_trip_may_be_opened_on_an_idle_day() -> None:
    tuesday = date(2026, 12, 8)
    halves = (
        Shift(day=tuesday, starts_s=EIGHT, ends_s=NOON),
        Shift(day=tuesday, starts_s=NOON + 60, ends_s=FOUR),
    )
    some = problem(
        stop(1), stop(2), days=(MONDAY, tuesday), vehicles=(vehicle(), vehicle("v2", shifts=halves))
    )
    plan = solve(some, seconds=None, iterations=5)
    moved = move_stop(some, plan, "s2", "v2/2026-12-08/1")
    assert moved.route_of_stop["s2"].vehicle == "v2"
    assert check(some, moved) == []
