"""The compiled engine; compile it once with ``python -m logistics.sisr``."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.routing_city import city, day
from logistics import arrays, baseline, formulation, sisr, solve
from logistics.check import check
from logistics.distance import GivenMatrix
from logistics.plan import ReasonCode
from logistics.problem import Goals, Option, Place, RoutingProblem, Window
from logistics.survey import Survey
from logistics.tours import Tours
from tests.logistics.problems import NOON, problem, problems, stop, vehicle
from tests.logistics.test_solve import cheapest, codes, planned

pytestmark = pytest.mark.skipif(not sisr.is_warm(), reason="the engine is not compiled")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_every_plan_keeps_every_rule(some: RoutingProblem) -> None:
    plan = planned(some, "sisr", 60)
    assert plan.num_served + len(plan.unserved) == len(some.stops)
    assert ReasonCode.NOT_FOUND not in codes(plan).values()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(2_000, 6_000), min_size=2, max_size=5))
def test_tiny_problems_are_solved_as_well_as_by_trying_everything(weights: list[int]) -> None:
    some = [stop(2 * n + 1, weight_g=weight) for n, weight in enumerate(weights)]
    tiny = problem(*some, vehicles=(vehicle(max_trips=3),))
    plan = planned(tiny, "sisr", 400)
    if plan.num_served == len(some):
        assert plan.distance_m == cheapest(tiny)


def test_same_seed_and_iterations_give_the_same_plan_and_other_seeds_may_not() -> None:
    month = city(num_stops=60, num_vehicles=3, num_days=2)
    first, again = (planned(month, "sisr", 300) for _ in range(2))
    assert first.plan_hash == again.plan_hash
    assert first.iterations == 300


def test_it_is_never_worse_than_its_start_and_better_on_a_city() -> None:
    month = city(num_stops=60, num_vehicles=3, num_days=2)
    start = planned(month, "insertion", 0)
    assert planned(month, "sisr", 1_000).cost_rp < start.cost_rp


def test_the_neediest_are_served_first_when_not_all_fit() -> None:
    some = [stop(n, weight_g=5_000, priority=1 + n % 3) for n in range(1, 10)]
    plan = planned(problem(*some), "sisr", 200)
    served = {int(name[1:]) % 3 for name in plan.route_of_stop}
    assert served == {0}


def test_waiting_time_is_paid_for_as_the_plan_counts_it() -> None:
    late = stop(5, windows=(Window(opens_s=NOON, closes_s=NOON),))
    some = problem(late, stop(3), vehicles=(vehicle(cost_rp_per_hour=36_000),))
    plan = planned(some, "sisr", 100)
    assert plan.routes[0].visits[0].start_s > NOON - 1_000


def test_parts_joined_tell_the_same_time_as_driving_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some = replace(day(num_posyandu=20, num_homes=30), goals=Goals(apart_rp=180))
    joined = planned(some, "sisr", 300)
    monkeypatch.setattr(arrays, "_is_split", lambda *_: True)
    assert planned(some, "sisr", 300).plan_hash == joined.plan_hash


def test_the_cost_of_places_is_weighed() -> None:
    options = (Option(place="p5"), Option(place="p2", cost_rp=5_999))
    plan = planned(problem(stop(5, options=options)), "sisr", 50)
    assert plan.cost_rp == 9_999


def test_time_alone_ends_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sisr, "is_warm", lambda: True)
    month = city(num_stops=40, num_vehicles=3, num_days=2)
    plan = solve.solve(month, seconds=0.5)
    assert plan.engine == "sisr"
    assert plan.iterations > 100
    assert check(month, plan) == []


def test_the_engine_is_chosen_by_what_measured_better(monkeypatch: pytest.MonkeyPatch) -> None:
    def chosen(some: RoutingProblem) -> str:
        return solve.choose_engine(Survey(some))

    assert chosen(city(num_stops=10)) == "sisr"
    assert chosen(problem(stop(1))) == "pyvrp"
    assert chosen(problem(stop(1, max_time_in_heat_s=9_000))) == "sisr"
    assert chosen(problem(stop(1), vehicles=(vehicle(max_trips=2),))) == "sisr"
    monkeypatch.setattr(solve, "LARGEST_PLAIN", 0)
    assert chosen(problem(stop(1))) == "sisr"
    assert chosen(problem(stop(1, windows=(Window(opens_s=0, closes_s=NOON),)))) == "pyvrp"
    monkeypatch.setattr(formulation, "is_installed", lambda: False)
    assert chosen(problem(stop(1))) == "sisr"


def test_a_plan_is_there_before_the_first_iteration() -> None:
    month = city(num_stops=60, num_vehicles=3, num_days=2)
    at_once = solve.solve(month, engine="sisr", cancelled=lambda: True)
    assert check(month, at_once) == []
    assert at_once.num_served == 60


def test_no_other_start_is_tried_once_a_fifth_of_the_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    month = city(num_stops=20, num_vehicles=3, num_days=1)
    survey = Survey(month)
    complete, made = sisr._complete, []

    def counted(*arguments: object) -> object:
        made.append(1)
        return complete(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sisr, "_complete", counted)
    for share, expected in ((0.19, 3), (0.2, 1)):
        made.clear()
        shares = iter([share, share, 1.0, 1.0])
        sisr.search(
            survey, list(range(20)), Tours(survey), seed=1, num_iterations=None,
            share_done=lambda _done, _cost, shares=shares: next(shares),  # type: ignore[misc]
        )  # fmt: skip
        assert len(made) == expected


def test_who_is_left_over_is_put_in_until_it_is_cancelled() -> None:
    survey = Survey(city(num_stops=20, num_vehicles=3, num_days=1))
    for most in (0, 2, 20):
        tours = Tours(survey)
        solve.repair(
            tours,
            list(range(20)),
            keep_on=lambda most=most, tours=tours: len(tours.where) < most,  # type: ignore[misc]
        )
        assert len(tours.where) == most


def test_a_start_is_followed() -> None:
    month = city(num_stops=60, num_vehicles=3, num_days=2)
    before = planned(month, "sisr", 300)
    after = solve.solve(month, start=before, engine="sisr", seconds=None, iterations=0)
    assert after.routes == before.routes


def test_what_cannot_be_improved_is_kept() -> None:
    assert planned(problem(), "sisr", 10).routes == ()
    survey_of_one = problem(stop(1))
    assert planned(survey_of_one, "sisr", 10).distance_m == 2_000
    assert baseline.rupiah(18_000) == 1


def test_whole_trips_change_hands_so_that_neighbours_have_one_courier() -> None:
    """Two hamlets of six; a trip takes three stops: each courier drives both trips of one."""
    numbers = (1, 2, 3, 4, 5, 6, 101, 102, 103, 104, 105, 106)
    places = {f"p{number}": number for number in numbers}
    at = np.array([50, *places.values()])
    between = np.abs(at[:, None] - at[None, :])
    travel = GivenMatrix(
        ("d", *places), {"": between * 100}, {"": between * 12}, as_of="2026-11-24"
    )
    fleet = tuple(vehicle(f"v{row}", max_trips=2, max_stops=3) for row in (1, 2))
    some = problem(
        *(stop(number) for number in numbers),
        vehicles=fleet,
        places=tuple(Place(id=name, lat=None, lon=None) for name in places),
        travel=travel,
        goals=Goals(apart_rp=10),
    )
    plan = planned(some, "sisr", 600)
    assert plan.figures is not None
    assert (len(plan.routes), plan.figures.apart) == (4, 0)
