"""Problems that are plain enough for the lean engines, and those that are not."""

from dataclasses import replace

import pytest

from logistics import check_figures, driven_ways
from logistics import plain as plain_instances
from logistics.check import check
from logistics.distance import Plane
from logistics.plain import instance_of
from logistics.problem import Break, Depot, Option, Place, RoutingProblem, Stop, Window
from logistics.solve import solve
from logistics.survey import survey_of
from tests.logistics.problems import EIGHT, MONDAY, TUESDAY, vehicle

XY = {"d": (0.0, 0.0), "p1": (3.0, 4.0), "p2": (6.0, 8.0), "p3": (-3.0, -4.0)}


def plain(**changes: object) -> RoutingProblem:
    """Return three stops in a plane and two vehicles that carry two of them each."""
    values: dict[str, object] = {
        "days": (MONDAY,),
        "depots": (Depot(id="d", lat=None, lon=None),),
        "vehicles": tuple(vehicle(name, capacity_g=10) for name in ("v1", "v2")),
        "places": tuple(Place(id=f"p{n}", lat=None, lon=None) for n in (1, 2, 3)),
        "stops": tuple(
            Stop(id=f"s{n}", options=(Option(place=f"p{n}"),), weight_g=5) for n in (1, 2, 3)
        ),
        "travel": Plane(XY),
    }
    return RoutingProblem(**{**values, **changes})  # type: ignore[arg-type]


def is_plain(problem: RoutingProblem) -> bool:
    survey = survey_of(problem)
    return instance_of(survey, list(range(len(problem.stops)))) is not None


def with_stop(**changes: object) -> RoutingProblem:
    some = plain()
    return replace(some, stops=(replace(some.stops[0], **changes), *some.stops[1:]))  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_plain_problem_is_planned_by_the_lean_engine_to_its_optimum() -> None:
    pytest.importorskip("numba")
    plan = solve(plain(), seconds=None, iterations=100, engine="lean")
    assert (plan.engine, plan.cost_rp, plan.unserved) == ("lean", 30, ())
    assert check(plain(), plan) == []
    again = solve(plain(), seconds=None, iterations=100, engine="lean")
    assert again.plan_hash == plan.plan_hash


@pytest.mark.slow
def test_hours_cost_of_a_day_and_a_vehicle_of_its_own_come_along() -> None:
    pytest.importorskip("numba")
    some = with_stop(windows=(Window(opens_s=EIGHT + 100, closes_s=EIGHT + 110),), service_s=7)
    small, large = some.vehicles
    dear = replace(large, capacity_g=20, cost_rp_per_day=500)
    some = replace(some, vehicles=(replace(small, cost_rp_per_day=9), dear))
    plan = solve(some, seconds=None, iterations=300, engine="lean")
    assert plan.engine == "lean"
    assert check(some, plan) == []
    assert plan.cost_rp == 30 + 500


@pytest.mark.slow
def test_last_months_plan_is_followed_where_that_costs_little() -> None:
    pytest.importorskip("numba")
    some = plain()
    before = solve(some, seconds=None, iterations=100, engine="lean")
    moved = {place: place for place in XY} | {"p3": "p2", "p2": "p3"}
    turned = replace(some, travel=Plane({place: XY[there] for place, there in moved.items()}))
    plan = solve(turned, seconds=None, iterations=100, engine="lean", start=before)
    assert plan.engine == "lean"
    assert check(turned, plan) == []
    again = solve(some, seconds=None, iterations=100, engine="lean", start=before)
    assert [route.stop_ids for route in again.routes] == [r.stop_ids for r in before.routes]


@pytest.mark.slow
def test_when_not_all_fit_another_engine_leaves_some_out() -> None:
    pytest.importorskip("numba")
    some = plain(vehicles=(vehicle("v1", capacity_g=10),))
    plan = solve(some, seconds=None, iterations=60, engine="lean")
    assert plan.engine != "lean"
    assert len(plan.unserved) == 1
    assert check(some, plan) == []


def test_plain_is_what_says_nothing_else() -> None:
    assert is_plain(plain())
    assert is_plain(with_stop(windows=(Window(opens_s=EIGHT, closes_s=EIGHT + 60),)))
    assert is_plain(with_stop(priority=3))


@pytest.mark.parametrize(
    "some",
    [
        plain(days=(MONDAY, TUESDAY)),
        plain(vehicles=(vehicle(max_trips=2),)),
        plain(vehicles=(vehicle(cost_rp_per_hour=10),)),
        plain(depots=(Depot(id="d", lat=None, lon=None, loading_s=60),)),
        with_stop(volume_ml=3),
        with_stop(max_time_in_heat_s=600),
        with_stop(options=(Option(place="p1"), Option(place="p2"))),
        with_stop(is_pickup=True),
        with_stop(
            windows=(
                Window(opens_s=EIGHT, closes_s=EIGHT + 60),
                Window(opens_s=EIGHT + 600, closes_s=EIGHT + 660),
            )
        ),
    ],
)
def test_any_other_rule_is_not_plain(some: RoutingProblem) -> None:
    assert not is_plain(some)


def test_a_break_is_not_plain() -> None:
    some = plain()
    first = some.vehicles[0]
    pause = Break(earliest_s=EIGHT, latest_s=EIGHT + 7_200, duration_s=600)
    shift = replace(first.shifts[0], breaks=(pause,))
    assert not is_plain(replace(some, vehicles=(replace(first, shifts=(shift,)),)))


@pytest.mark.slow
def test_many_points_of_a_plane_need_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    tabled = instance_of(survey_of(plain()), [0, 1, 2])
    for module in (driven_ways, plain_instances):
        monkeypatch.setattr(module, "MOST_TABLED", 2)
    monkeypatch.setattr(check_figures, "MOST_AT_ONCE", 2)
    some = plain()
    found = instance_of(survey_of(some), [0, 1, 2])
    assert tabled is not None
    assert found is not None
    assert found.matrix is None
    rows = range(4)
    assert found.ways(rows, rows).tolist() == tabled.ways(rows, rows).tolist()
    plan = solve(some, seconds=None, iterations=100, engine="lean")
    assert (plan.engine, plan.cost_rp, check(some, plan)) == ("lean", 30, [])
