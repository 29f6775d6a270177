import json
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session

from api.services import planning
from api.services.plan_goals import WEIGHTS, GoalLevels, goal_prices, last_routes, usual_rounds
from api.services.plan_options import PlanOptions
from data.schema import PlanRun, RunState
from tests.api.services.test_planning import QUICK, packed_month
from tests.factories import NOW, make_cycle, make_vehicle

pytestmark = pytest.mark.stores("sqlite")


def test_levels_become_weights_and_the_plan_reports_its_figures(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    options = replace(QUICK, goals=GoalLevels(compact=2, even=1))
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    problem = json.loads(result.run.problem_json or b"")
    assert problem["goals"] == {
        "apart_rp": WEIGHTS["apart_rp"][2],
        "uneven_rp_per_hour": WEIGHTS["uneven_rp_per_hour"][1],
    }
    plan = json.loads(result.run.plan_json or b"")
    assert plan["figures"]["neighbours"] == 12
    assert result.run.params["goals"] == {"compact": 2, "even": 1, "known": 0, "regular": 0}


def test_without_goals_nothing_is_weighed_or_priced(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    problem = planning.open_problem(session, cycle=cycle, by=by, options=QUICK)
    assert not problem.goals.any
    assert goal_prices(problem, options=QUICK) == []


def test_last_month_s_courier_and_hour_are_known_this_month(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    vehicle = make_vehicle(session)
    before = make_cycle(session, month="2026-11")
    visit = {"stop": "H1", "start_s": 32_400}
    last = {"routes": [{"vehicle": f"V{vehicle.id}", "visits": [visit]}]}
    session.add(
        PlanRun(
            cycle_id=before.id or 0,
            state=RunState.DONE,
            seed=1,
            plan_json=json.dumps(last).encode(),
            by="c",
            started_at=NOW,
        )
    )
    session.flush()
    assert usual_rounds(session, cycle=cycle) == {"H1": (f"V{vehicle.id}", 32_400)}
    options = replace(QUICK, goals=GoalLevels(known=3, regular=1))
    problem = planning.open_problem(session, cycle=cycle, by=by, options=options)
    known = {stop.id: (stop.usual_vehicle, stop.usual_start_s) for stop in problem.stops}
    assert known.pop("H1") == (f"V{vehicle.id}", 32_400)
    assert set(known.values()) == {("", None)}


def test_every_wanted_goal_has_a_price(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    make_vehicle(session)
    options = replace(QUICK, goals=GoalLevels(compact=3, even=3))
    problem = planning.open_problem(session, cycle=cycle, by=by, options=options)
    bounds = replace(options, seconds=None, iterations=30)
    found = goal_prices(problem, options=bounds)
    assert goal_prices(problem, options=bounds) == found
    assert not any(price.time_ran_out for price in found)
    assert [price.goal for price in found] == ["apart_rp", "uneven_rp_per_hour"]
    assert all(price.cost_rp >= 0 or price.with_goal < price.without_goal for price in found)


def test_a_price_whose_search_the_fuse_ended_says_so(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    make_vehicle(session)
    options = PlanOptions(goals=GoalLevels(compact=3), fuse_s=0.01)
    problem = planning.open_problem(session, cycle=cycle, by=by, options=options)
    [price] = goal_prices(problem, options=options)
    assert price.time_ran_out


def test_a_plan_may_begin_from_last_month_s_routes(session: Session) -> None:
    """Two vehicles alike: with no iteration at all each home keeps the courier it had."""
    cycle, by, _ = packed_month(session)
    vehicles = [make_vehicle(session, max_stops=2, max_trips=1) for _ in range(2)]
    options = replace(QUICK, days=(date(2026, 12, 3),))
    first = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    plan = json.loads(first.run.plan_json or b"")
    names = {f"V{vehicles[0].id}": f"V{vehicles[1].id}", f"V{vehicles[1].id}": f"V{vehicles[0].id}"}
    for route in plan["routes"]:
        route["vehicle"] = names[route["vehicle"]]
    before = make_cycle(session, month="2026-11")
    session.add(
        PlanRun(
            cycle_id=before.id or 0,
            state=RunState.DONE,
            seed=1,
            plan_json=json.dumps(plan).encode(),
            by="c",
            started_at=NOW,
        )
    )
    session.flush()
    wanted = {v["stop"]: r["vehicle"] for r in plan["routes"] for v in r["visits"]}
    again = replace(options, keeps_routes=True, seconds=None, iterations=1)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=again)
    found = json.loads(result.run.plan_json or b"")
    assert {v["stop"]: r["vehicle"] for r in found["routes"] for v in r["visits"]} == wanted
    figures = result.run.params["figures"]
    assert isinstance(figures, dict)
    assert (figures["kept"], figures["known"]) == (4, 4)


def test_an_earlier_plan_that_cannot_be_read_is_no_start(session: Session) -> None:
    cycle, _, _ = packed_month(session)
    before = make_cycle(session, month="2026-11")
    old = json.dumps({"routes": []}).encode()
    session.add(
        PlanRun(
            cycle_id=before.id or 0, state=RunState.DONE, seed=1, plan_json=old, by="c",
            started_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    assert last_routes(session, cycle=cycle) is None
    options = replace(QUICK, keeps_routes=True)
    assert planning.first_routes(session, cycle=cycle, options=options) is None
