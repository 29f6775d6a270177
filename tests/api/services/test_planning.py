import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import Session, col, select

from api.services import packing, planning, routes
from api.services.errors import Forbidden, Refused
from api.services.planning import DeliveryMode, PlanOptions
from api.services.route_timing import retime
from data.queries.routes import vehicle_days_taken
from data.schema import (
    Account,
    Cycle,
    Depot,
    DropPoint,
    Household,
    Package,
    PlanRun,
    Role,
    Route,
    RouteState,
    Stop,
    StopKind,
    StopState,
)
from logistics import effort
from tests.factories import (
    KELURAHAN,
    NOW,
    make_account,
    make_approved_cycle,
    make_assignment,
    make_child,
    make_depot,
    make_drop_point,
    make_household,
    make_match_run,
    make_pledge,
    make_vehicle,
)
from tests.factories_goods import kits_in_stock, make_packed_cycle, packages_of
from tests.factories_routes import make_route_of_another_month
from tests.kept import kept

pytestmark = pytest.mark.stores("sqlite")

QUICK = PlanOptions(seconds=None, iterations=20)


def spread_homes(session: Session) -> None:
    for number, home in enumerate(session.exec(select(Household)).all()):
        home.lat, home.lon = -2.11 - number * 0.004, 106.10 + number * 0.003
        session.add(home)
    session.flush()


@kept
def packed_month(session: Session, num_children: int = 4) -> tuple[Cycle, Account, Depot]:
    cycle, _, by, depot = make_packed_cycle(session, num_children=num_children)
    spread_homes(session)
    return cycle, by, depot


def test_every_package_is_on_a_route_with_a_copied_address(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert result.unserved == ()
    assert all(route.code.startswith("R-2612-") for route in result.routes)
    views = routes.list_routes(session, cycle=cycle)
    stops = [stop for view in views for stop in view.stops]
    assert len(stops) == 4
    assert all(stop.arrives_at and stop.address and len(stop.packages) == 1 for stop in stops)
    assert sum(view.weight_g for view in views) == sum(
        p.weight_g for p in packages_of(session, cycle)
    )
    assert [n.code for n in result.notes] == ["plan.great_circle"]


def test_a_plan_says_that_the_clock_ended_its_counted_search(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    monkeypatch.setattr(effort, "FUSE_S", 0.0)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW)
    assert result.unserved == ()
    assert [n.code for n in result.notes] == ["plan.great_circle", "plan.time_ran_out"]
    assert planning.latest_plan(session, cycle=cycle) == result


def test_a_vehicle_that_another_month_sends_out_is_not_sent_twice(session: Session) -> None:
    cycle, by, depot = packed_month(session)
    busy, free = make_vehicle(session, depot_id=depot.id), make_vehicle(session, depot_id=depot.id)
    days = (date(2026, 12, 3),)
    held = make_route_of_another_month(session, vehicle=busy, day=days[0])
    options = replace(QUICK, days=days)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    views = routes.list_routes(session, cycle=cycle)
    assert {view.vehicle_id for view in views} == {free.id}
    notes = {note.code: note.params for note in result.notes}
    assert notes["plan.vehicles_taken"] == {
        "names": f"{busy.name} (R-2611-01)",
        "routes": ["R-2611-01"],
    }
    held.state = RouteState.FINISHED
    session.flush()
    assert vehicle_days_taken(session, cycle_id=cycle.id or 0) == {}


def test_siblings_share_a_stop(session: Session) -> None:
    cycle, _ = make_approved_cycle(session, num_children=0)
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    home, run = make_household(session), make_match_run(session, cycle)
    for _ in range(2):
        child = make_child(session, household_id=home.id)
        make_assignment(session, run, child, make_pledge(session))
    kits_in_stock(session, depot, by, 2)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    make_vehicle(session)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    [view] = routes.list_routes(session, cycle=cycle)
    assert [len(stop.packages) for stop in view.stops] == [2]


def test_without_vehicles_every_package_is_unserved_and_the_reason_said(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert len(result.unserved) == 4
    assert {row.reason for row in result.unserved} == {"unserved.no_vehicles"}
    assert "plan.no_vehicles" in [note.code for note in result.notes]


def test_a_home_without_coordinates_is_named_and_not_dropped(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    home = session.exec(select(Household)).first()
    assert home is not None
    home.lat = home.lon = None
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert [(row.household_code, row.reason) for row in result.unserved] == [
        (home.code, "unserved.no_coordinates")
    ]
    assert planning.unserved_packages(session, cycle=cycle) == list(result.unserved)


def test_drop_points_gather_a_kelurahan_in_one_stop(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    point = make_drop_point(session)
    options = PlanOptions(mode=DeliveryMode.DROP_POINTS, seconds=None, iterations=20)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    [view] = routes.list_routes(session, cycle=cycle)
    [stop] = view.stops
    assert (stop.kind, stop.label, len(stop.packages)) == (StopKind.DROP_POINT, point.name, 4)


def test_families_who_chose_one_place_cost_its_courier_one_halt(session: Session) -> None:
    """The hours of a plan are those that any change by hand would reckon with."""
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    make_drop_point(session)
    for home in session.exec(select(Household)).all()[:3]:
        home.lat = home.lon = None
    options = PlanOptions(mode=DeliveryMode.CHOOSE, seconds=None, iterations=20)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    [route] = session.exec(select(Route)).all()
    [view] = routes.list_routes(session, cycle=cycle)
    assert sorted(len(stop.packages) for stop in view.stops) == [1, 3]
    planned = route.returns_at, route.duration_s, route.violations
    retime(session, [route])
    assert (route.returns_at, route.duration_s, route.violations) == planned


def test_the_own_posyandu_comes_before_a_nearer_one(session: Session) -> None:
    cycle, by, _ = packed_month(session, 1)
    make_vehicle(session)
    make_drop_point(session)
    own = make_drop_point(session, name="Mawar", lat=-2.15, lon=106.15)
    home = session.exec(select(Household).where(Household.kelurahan_code == KELURAHAN)).one()
    home.posyandu = "MAWAR"
    options = PlanOptions(mode=DeliveryMode.DROP_POINTS, seconds=None, iterations=20)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    [stop] = session.exec(select(Stop)).all()
    assert stop.drop_point_id == own.id


def test_without_drop_points_the_kelurahan_offices_serve_and_the_plan_says_so(
    session: Session,
) -> None:
    cycle, by, _ = packed_month(session, 2)
    make_vehicle(session)
    options = PlanOptions(mode=DeliveryMode.DROP_POINTS, seconds=None, iterations=20)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    assert "plan.default_drop_points" in [note.code for note in result.notes]
    assert {p.source for p in session.exec(select(DropPoint))} == {"reference"}


@pytest.mark.parametrize(
    ("posyandu_day", "allowed"),
    [(7, {date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 7)}), (1, {date(2026, 12, 1)})],
)
def test_a_posyandu_is_served_on_or_before_its_day_within_the_life_of_eggs(
    session: Session, posyandu_day: int, allowed: set[date]
) -> None:
    cycle, by, _ = packed_month(session, 2)
    make_vehicle(session)
    make_drop_point(session, day_of_month=posyandu_day)
    options = PlanOptions(mode=DeliveryMode.DROP_POINTS, seconds=None, iterations=20)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    [route] = session.exec(select(Route)).all()
    assert route.day in allowed


def test_nobody_drives_during_friday_prayer(session: Session) -> None:
    cycle, by, _ = packed_month(session, 2)
    make_vehicle(session)
    options = PlanOptions(days=(date(2026, 12, 4),), seconds=None, iterations=20)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    for route in session.exec(select(Route)):
        assert route.returns_at <= "11:30" or route.leaves_at >= "13:00"


def test_planning_again_replaces_routes_that_have_not_left(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    first = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    second = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert {route.state for route in first.routes} == {RouteState.CANCELLED}
    assert not {r.code for r in first.routes} & {r.code for r in second.routes}
    live = session.exec(select(Stop).where(Stop.state == StopState.PLANNED)).all()
    assert len(live) == 4
    assert {p.stop_id for p in packages_of(session, cycle)} == {stop.id for stop in live}


def test_a_vehicle_that_left_today_is_planned_from_its_return_on(session: Session) -> None:
    cycle, by, depot = packed_month(session)
    vehicle = make_vehicle(session, depot_id=depot.id)
    day = max(package.deliver_on for package in packages_of(session, cycle))
    gone = make_route_of_another_month(session, vehicle=vehicle, day=day)
    gone.state, gone.dispatched_at = RouteState.DISPATCHED, datetime.combine(day, time(2), UTC)
    options = replace(QUICK, days=(day,))
    [route] = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options).routes
    assert (route.leaves_at >= gone.returns_at, route.violations) == (True, [])
    gone.state, gone.dispatched_at = RouteState.FINISHED, gone.dispatched_at - timedelta(days=1)
    [route] = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options).routes
    assert route.leaves_at < "09:00"


def test_the_same_inputs_and_seed_give_the_same_routes(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    orders = []
    for _ in range(2):
        result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
        orders.append(
            [
                [stop.label for stop in view.stops]
                for view in routes.list_routes(session, cycle=cycle)
            ]
        )
        assert result.run.problem_hash
    assert orders[0] == orders[1]


def test_a_new_attempt_keeps_its_stop_through_planning(session: Session) -> None:
    from api.services.delivery_actions import new_attempt
    from api.services.stop_places import stop_at

    cycle, by, _ = packed_month(session, 2)
    make_vehicle(session)
    package = packages_of(session, cycle)[0]
    old = stop_at(cycle, home=session.get_one(Household, package.household_id))
    session.add(old)
    session.flush()
    old.state = StopState.RESCHEDULED
    attempt = new_attempt(session, stop=old, packages=[package], day=date(2026, 12, 3))
    for _ in range(2):
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert package.stop_id == attempt.id
    assert session.get_one(Route, attempt.route_id).day == date(2026, 12, 3)
    assert attempt.reschedules_id == old.id
    attempt.wanted_on = date(2026, 11, 29)  # nobody drove on the day that was asked for
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    route = session.get_one(Route, attempt.route_id)
    assert (route.day >= date(2026, 12, 1), route.violations) == (True, [])


def test_only_a_coordinator_plans_a_month_that_is_packed(session: Session) -> None:
    cycle, by, _ = packed_month(session, 1)
    with pytest.raises(Forbidden, match=r"plan\.role"):
        planning.plan_routes(session, cycle=cycle, by=make_account(session), now=NOW, options=QUICK)
    approved, _ = make_approved_cycle(session, num_children=1, month="2027-01")
    with pytest.raises(Refused, match=r"plan\.state"):
        planning.plan_routes(session, cycle=approved, by=by, now=NOW, options=QUICK)


def test_the_plan_is_stored_with_problem_and_source_of_distances(session: Session) -> None:
    cycle, by, _ = packed_month(session, 2)
    make_vehicle(session)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    run = session.exec(select(PlanRun).order_by(col(PlanRun.id).desc())).first()
    assert run is not None
    assert run.problem_json
    assert run.distance_source.startswith("great_circle 2026-")
    assert run.plan_json is not None
    assert run.params["engine"] == json.loads(run.plan_json)["engine"]
    assert cycle.plan_run_id == run.id
    assert session.exec(select(Package).where(col(Package.stop_id).is_(None))).all() == []
