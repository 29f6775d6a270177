"""Planning in three steps, so that the store is free while the solver thinks."""

import pytest
from sqlmodel import Session, select

from api.services import planning
from api.services.errors import Refused
from api.services.planning import PlanOptions
from data.schema import Household, Route, RouteState, Stop, StopState
from tests.api.services.test_planning import packed_month
from tests.factories import NOW, make_vehicle

pytestmark = pytest.mark.stores("sqlite")

QUICK = PlanOptions(seconds=None, iterations=20)


def test_the_three_steps_store_what_one_step_stores(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    at_once = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    problem = planning.open_problem(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    solved = planning.solve_problem(problem, options=QUICK)
    stored = planning.store_plan(session, cycle=cycle, solved=solved, by=by, now=NOW, options=QUICK)
    assert stored.run.problem_hash == at_once.run.problem_hash
    assert [route.distance_m for route in stored.routes] == [
        route.distance_m for route in at_once.routes
    ]


def test_looking_at_the_problem_takes_no_route_back(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    planning.open_problem(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    session.expire_all()
    states = {route.state for route in session.exec(select(Route)).all()}
    assert states == {RouteState.PLANNED}
    assert StopState.CANCELLED not in {stop.state for stop in session.exec(select(Stop)).all()}


def test_a_home_that_moved_during_the_search_stops_the_storing(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    problem = planning.open_problem(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    solved = planning.solve_problem(problem, options=QUICK)
    home = session.exec(select(Household)).first()
    assert home is not None
    home.lat = -2.16
    session.add(home)
    session.flush()
    with pytest.raises(Refused, match=r"plan\.inputs_moved"):
        planning.store_plan(session, cycle=cycle, solved=solved, by=by, now=NOW, options=QUICK)
