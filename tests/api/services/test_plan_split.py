"""Planning in three steps, so that the store is free while the solver thinks."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.services import planning
from api.services.delivery_actions import new_attempt
from api.services.errors import Refused
from api.services.planning import PlanOptions
from api.services.stop_places import stop_at
from data.engine import read_session, write_session
from data.schema import Cycle, Household, Route, Stop, StopState
from logistics.problem import RoutingProblem
from tests.api.services.test_pickups import shop
from tests.api.services.test_planning import packed_month
from tests.factories import NOW, make_vehicle
from tests.factories_goods import packages_of

pytestmark = pytest.mark.stores("sqlite")

QUICK = PlanOptions(seconds=None, iterations=20)


def test_the_three_steps_store_what_one_step_stores(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    at_once = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    problem = planning.open_problem(session, cycle=cycle, by=by, options=QUICK)
    solved = planning.solve_problem(problem, options=QUICK)
    stored = planning.store_plan(session, cycle=cycle, solved=solved, by=by, now=NOW, options=QUICK)
    assert stored.run.problem_hash == at_once.run.problem_hash
    assert [route.distance_m for route in stored.routes] == [
        route.distance_m for route in at_once.routes
    ]


def test_the_problem_is_read_without_writing_as_if_free_routes_were_taken_back(
    engine: Engine,
) -> None:
    with write_session(engine) as session:
        cycle, by, _ = packed_month(session)
        make_vehicle(session)
        shop(session, cycle, by)
        package = packages_of(session, cycle)[0]
        old = stop_at(cycle, home=session.get_one(Household, package.household_id))
        session.add(old)
        session.flush()
        old.state = StopState.RESCHEDULED
        new_attempt(session, stop=old, packages=[package], day=date(2026, 12, 3))
        planning.prepare_places(session, cycle=cycle, by=by)

    def read() -> RoutingProblem:
        with read_session(engine) as session:
            month = session.get_one(Cycle, cycle.id)
            return planning.open_problem(session, cycle=month, by=by, options=QUICK)

    waiting = read()
    assert {stop.id[0] for stop in waiting.stops} == {"H", "A", "P"}
    with write_session(engine) as session:
        month = session.get_one(Cycle, cycle.id)
        planning.plan_routes(session, cycle=month, by=by, now=NOW, options=QUICK)
        on_routes = session.exec(select(Stop).where(col(Stop.route_id).is_not(None))).all()
    assert len(on_routes) == 4
    assert read() == waiting
    with write_session(engine) as session:
        for route in session.exec(select(Route)):
            route.is_locked = True
    with pytest.raises(Refused, match=r"plan\.nothing"):
        read()


def test_a_home_that_moved_during_the_search_stops_the_storing(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    problem = planning.open_problem(session, cycle=cycle, by=by, options=QUICK)
    solved = planning.solve_problem(problem, options=QUICK)
    home = session.exec(select(Household)).first()
    assert home is not None
    home.lat = -2.16
    session.add(home)
    session.flush()
    with pytest.raises(Refused, match=r"plan\.inputs_moved"):
        planning.store_plan(session, cycle=cycle, solved=solved, by=by, now=NOW, options=QUICK)
