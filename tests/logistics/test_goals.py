"""Goals beside cost: by exact amount, and what they change."""

from dataclasses import asdict, replace

import pytest
from hypothesis import HealthCheck, given, settings

from bench.routing_city import city
from logistics import sisr
from logistics.arrays import ground_of, state_of
from logistics.assembly import to_tours
from logistics.check import ViolationCode, check
from logistics.goals import hull_overlap, measure
from logistics.plan import RoutePlan
from logistics.price import offers, prices
from logistics.problem import Goals, RoutingProblem
from logistics.survey import survey_of
from logistics.tours import PARTS_PER_RP
from tests.logistics.problems import EIGHT, GOALS, problem, problems, stop, vehicle
from tests.logistics.test_solve import planned

is_compiled = pytest.mark.skipif(not sisr.is_warm(), reason="the engine is not compiled")


def two_couriers(**changes: object) -> RoutingProblem:
    """Two couriers with room for four stops each, and two clusters of four."""
    some = [stop(n) for n in (1, 2, 3, 4, 9, 10, 11, 12)]
    fleet = (vehicle("v1", max_stops=4), vehicle("v2", max_stops=4))
    return problem(*some, vehicles=fleet, **changes)


def test_neighbours_with_different_couriers_are_counted_by_pairs() -> None:
    """Of the five nearest, three are in one's own cluster of four and two in the other."""
    some = two_couriers(goals=Goals(apart_rp=100))
    figures = planned(some, "insertion", 200).figures
    assert figures is not None
    assert (figures.neighbours, figures.apart) == (40, 16)
    assert figures.penalty_rp == 1_600


def test_work_that_would_have_to_change_hands_is_balance() -> None:
    """One courier drives two kilometres and serves a minute, the other has the day off."""
    fleet = (vehicle("v1"), vehicle("v2"))
    some = problem(stop(1), vehicles=fleet, goals=Goals(uneven_rp_per_hour=3_600))
    figures = planned(some, "insertion", 5).figures
    assert figures is not None
    assert figures.uneven_s == 150
    assert figures.penalty_rp == 150


def test_a_strange_courier_and_another_hour_are_counted() -> None:
    some = problem(
        stop(1, usual_vehicle="gone", usual_start_s=EIGHT),
        stop(2, usual_vehicle="v1"),
        goals=Goals(strange_rp=500, drift_rp_per_hour=3_600),
    )
    plan = planned(some, "insertion", 5)
    assert plan.figures is not None
    assert (plan.figures.known, plan.figures.kept) == (2, 1)
    late_s = next(v.start_s for v in plan.routes[0].visits if v.stop == "s1") - EIGHT
    assert (plan.figures.timed, plan.figures.drift_s) == (1, late_s)
    assert plan.figures.penalty_rp == 500 + late_s


def test_the_check_recounts_every_figure() -> None:
    some = two_couriers(goals=GOALS)
    plan = planned(some, "insertion", 20)
    assert plan.figures is not None
    for name, value in asdict(plan.figures).items():
        wrong = replace(plan, figures=replace(plan.figures, **{name: value + 1}))
        assert [v.code for v in check(some, wrong)] == [ViolationCode.WRONG_TOTAL]
    assert len(check(some, replace(plan, figures=None))) == len(asdict(plan.figures))


@is_compiled
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_the_engine_pays_exactly_what_the_check_counts(some: RoutingProblem) -> None:
    from logistics.rich import evaluation, search

    plan = planned(some, "sisr", 20)
    survey = survey_of(some)
    rows = [survey.stop_row[name] for name in plan.route_of_stop]
    if not rows:
        return
    ground = ground_of(survey, rows)
    state = state_of(ground, to_tours(survey, plan), 1)
    scratch = state.latest[0].copy()
    for shift in range(len(ground.shifts)):
        assert evaluation.refresh(ground, state, shift)
        assert evaluation.settle(ground, state, shift, scratch)
    penalty_rp = plan.figures.penalty_rp if plan.figures else 0
    total_rp = search.total_cost(ground, state) / PARTS_PER_RP
    if any(ground.rates[:, 1]) or any(v.cost_rp_per_km for v in some.vehicles):
        is_free = {v.id for v in some.vehicles if v.cost_rp_per_km == v.cost_rp_per_hour == 0}
        if not is_free & {route.vehicle for route in plan.routes}:
            assert total_rp == pytest.approx(plan.cost_rp + penalty_rp, abs=1.01)


@is_compiled
def test_territories_are_kept_apart_at_a_price_that_is_told() -> None:
    month = city(num_stops=60, num_vehicles=3, num_days=1)
    free = planned(month, "sisr", 2_000)
    compact = replace(month, goals=Goals(apart_rp=3_000))
    plan = planned(compact, "sisr", 2_000)
    assert plan.figures is not None
    assert plan.figures.apart < measure(month, free.routes).apart
    (price,) = prices(compact, plan, seconds=None, iterations=500)
    assert price.goal == "apart_rp"
    assert price.with_goal == plan.figures.apart
    assert price.cost_rp == plan.cost_rp - price.plan.cost_rp
    assert price.cost_rp >= 0
    assert price.distance_m == plan.distance_m - price.plan.distance_m
    assert prices(month, free, seconds=None, iterations=5) == ()


@is_compiled
def test_no_wish_looks_like_a_saving_and_the_plan_without_goals_is_the_cheapest() -> None:
    def rank(plan: RoutePlan) -> tuple[int, int]:
        return len(plan.unserved), plan.cost_rp

    month = city(num_stops=40, num_vehicles=3, num_days=1, seed=4)
    wishes = [Goals(apart_rp=300), Goals(apart_rp=3_000)]
    shares: list[float] = []
    base, found = offers(month, wishes, seconds=None, iterations=300, progress=shares.append)
    assert base.goals == Goals()
    assert [offer.goals for offer in found] == wishes
    assert all(rank(offer.plan) >= rank(base.plan) for offer in found)
    assert [offer.figures for offer in found] == [measure(month, o.plan.routes) for o in found]
    assert shares == [1 / 3, 2 / 3]


def test_pricing_ends_where_it_is_cancelled() -> None:
    month = city(num_stops=10, num_vehicles=2, num_days=1, seed=4)
    _, found = offers(
        month, [Goals(apart_rp=300)], seconds=None, iterations=5, cancelled=lambda: True
    )
    assert found == []


@is_compiled
def test_a_courier_keeps_the_known_streets() -> None:
    """Either courier could go; the usual one does, unless it costs more than the habit is worth."""
    fleet = (vehicle("v1"), vehicle("v2", cost_rp_per_km=1_100))
    usual = stop(5, usual_vehicle="v2")
    for worth, courier in ((1_001, "v2"), (999, "v1"), (0, "v1")):
        some = problem(usual, vehicles=fleet, goals=Goals(strange_rp=worth))
        assert planned(some, "sisr", 50).routes[0].vehicle == courier


def test_stops_inside_another_courier_s_hull_are_overlap() -> None:
    month = city(num_stops=60, num_vehicles=3, num_days=1)
    overlap = hull_overlap(month, planned(month, "insertion", 0))
    assert overlap is not None
    assert 0 < overlap < 1
    assert hull_overlap(problem(), planned(problem(), "insertion", 0)) is None
