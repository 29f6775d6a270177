"""What families want and vehicles can do: each binds the planner and names a hand-made breach."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session, select

from api.services import children, import_undo, intake, planning, routes
from api.services.delivery_actions import new_attempt
from api.services.drawn_routes import draw
from api.services.errors import Invalid
from api.services.fleet import seconds, vehicle_shape
from api.services.goods_limits import limits_by_item, max_heat_s, max_wait_days
from api.services.plan_options import ServiceTime
from api.services.planning import DeliveryMode
from api.services.receiving_hours import hours_of_home, hours_of_point
from api.services.route_timing import retime
from api.services.routing_problem import read_problem
from api.services.stop_places import stop_at
from data.schema import (
    GoodsLimit,
    Household,
    Package,
    PackageLine,
    PlanRun,
    Role,
    Route,
    RouteState,
    Stop,
    StopKind,
    StopState,
    Vehicle,
    VehicleKind,
)
from logistics.problem import Window
from tests.api.services.test_planning import QUICK, packed_month
from tests.factories import NOW, make_account, make_depot, make_drop_point, make_vehicle
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")
THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)
AFTER = date(2026, 12, 8)
FILE = """Jenis,Nama,Kelurahan,Tanggal Posyandu
posyandu,{name},Bukit Sari,12
"""


def first_home(session: Session) -> Household:
    home = session.exec(select(Household).order_by("id")).first()
    assert home is not None
    return home


def stop_of(session: Session, home: Household) -> Stop:
    return session.exec(select(Stop).where(Stop.household_id == home.id)).one()


def test_a_family_that_receives_from_three_is_served_from_three(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    home, other = session.exec(select(Household).order_by("id")).all()[:2]
    home.receives_from, other.receives_until = "15:00", "10:00"
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    late, early = stop_of(session, home), stop_of(session, other)
    assert (late.arrives_at or "") >= "15:00" > "10:00" >= (early.arrives_at or "24:00")
    [view] = [v for v in routes.list_routes(session, cycle=cycle) if late.route_id == v.id]
    assert [s.opens for s in view.stops if s.id == late.id] == ["15:00"]


def test_hours_that_came_after_the_plan_are_a_violation_of_the_route(session: Session) -> None:
    """The route becomes stale, and whoever confirms it must say why it may stay so."""
    cycle, by, _ = packed_month(session)
    make_vehicle(session, shift_ends="12:00")
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    staff, home = make_account(session, Role.STAFF), first_home(session)
    children.edit_household(
        session,
        household=home,
        base_version=home.version,
        changes={"receives_from": "15:00", "receives_until": "17:00"},
        by=staff,
        now=NOW,
    )
    views = routes.list_routes(session, cycle=cycle)
    codes = {str(each["code"]) for view in views for each in view.violations}
    assert "violation.outside_shift" in codes or "violation.outside_window" in codes


def test_hours_that_end_before_they_begin_are_refused(session: Session) -> None:
    packed_month(session)
    staff, home = make_account(session, Role.STAFF), first_home(session)
    with pytest.raises(Invalid, match=r"household\.hours"):
        children.edit_household(
            session,
            household=home,
            base_version=home.version,
            changes={"receives_from": "15:00", "receives_until": "14:00"},
            by=staff,
            now=NOW,
        )


def test_nobody_comes_in_the_hours_between(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    home = first_home(session)
    home.receives_from, home.receives_until = "08:00", "15:00"
    home.away_from, home.away_until = "08:30", "14:00"
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    stop = stop_of(session, home)
    assert stop.arrives_at is not None
    assert stop.arrives_at < "08:30" or "14:00" <= stop.arrives_at <= "15:00"
    home.receives_from = home.receives_until = None
    assert hours_of_home(home) == (
        Window(opens_s=0, closes_s=seconds("08:29")),
        Window(opens_s=seconds("14:00"), closes_s=seconds("23:59")),
    )
    home.away_from = home.away_until = None
    assert hours_of_home(home) == ()


@pytest.mark.parametrize(
    ("opens", "closes", "left"),
    [
        ("13:00", "17:00", (("13:00", "17:00"),)),
        ("10:30", "17:00", (("11:00", "17:00"),)),
        ("08:00", "10:30", (("08:00", "09:59"),)),
        ("10:10", "10:50", (("10:10", "10:50"),)),
    ],
)
def test_hours_from_a_file_stand_though_a_pause_reaches_beyond_them(
    session: Session, opens: str, closes: str, left: tuple[tuple[str, str], ...]
) -> None:
    point = make_drop_point(session)
    point.opens, point.closes, point.pause_from, point.pause_until = opens, closes, "10:00", "11:00"
    assert hours_of_point(point) == tuple(
        Window(opens_s=seconds(first), closes_s=seconds(last)) for first, last in left
    )


@pytest.mark.parametrize(("first", "last"), [(0, 1), (1, 0)])
def test_who_goes_first_is_served_where_not_all_fit(
    session: Session, first: int, last: int
) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session, max_stops=1, max_trips=1)
    homes = session.exec(select(Household).order_by("id")).all()
    for home in homes:
        home.delivery_priority = 9
    homes[first].delivery_priority, homes[last].delivery_priority = 1, None
    options = replace(QUICK, days=(THURSDAY,))
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    stops = session.exec(select(Stop).where(Stop.route_id != None)).all()  # noqa: E711
    assert [stop.household_id for stop in stops] == [homes[first].id]


def test_a_posyandu_day_that_moved_is_a_violation_of_its_route(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    point = make_drop_point(session, day_of_month=THURSDAY.day)
    options = replace(QUICK, mode=DeliveryMode.DROP_POINTS, days=(THURSDAY,))
    [route] = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options).routes
    retime(session, [route])
    assert route.violations == []
    point.day_of_month = THURSDAY.day + 9
    retime(session, [route])
    [found] = [v for v in route.violations if v["code"] == "violation.waits_too_long"]
    assert found["params"] == {"day": "2026-12-12", "amount": 9, "limit": 4}


def test_a_posyandu_day_that_a_file_moves_or_its_undo_asks_its_routes_anew(
    session: Session,
) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    point = make_drop_point(session, day_of_month=THURSDAY.day)
    options = replace(QUICK, mode=DeliveryMode.DROP_POINTS, days=(THURSDAY,))
    [route] = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options).routes
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    staff = make_account(session)
    batch = intake.import_file(
        session,
        file_name="tempat.csv",
        content=FILE.format(name=point.name).encode(),
        kind="places",
        by=staff,
        now=NOW,
        keys=KEYS,
    )
    assert (point.day_of_month, route.state) == (12, RouteState.STALE)
    assert "violation.waits_too_long" in {each["code"] for each in route.violations}
    import_undo.undo_import(session, batch=batch, by=staff, now=NOW, keys=KEYS)
    assert (point.day_of_month, route.violations) == (THURSDAY.day, [])


@pytest.mark.parametrize("is_active", [True, False])
def test_a_new_attempt_at_a_drop_point_keeps_its_hours_and_not_the_family_s(
    session: Session, is_active: bool
) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    make_drop_point(session)
    point = make_drop_point(session, day_of_month=5, opens="09:00", closes="10:00")
    package = session.exec(select(Package).order_by("id").limit(1)).one()
    home = session.get_one(Household, package.household_id)
    home.receives_from, home.receives_until = "15:00", "18:00"
    old = stop_at(cycle, home=home)
    old.state = StopState.RESCHEDULED
    session.add(old)
    session.flush()
    attempt = new_attempt(session, stop=old, packages=[package], day=THURSDAY, drop_point=point)
    point.is_active = is_active
    options = replace(QUICK, days=(THURSDAY,))
    problem = planning.open_problem(session, cycle=cycle, by=by, options=options)
    [place] = [each for each in problem.places if each.id == f"A{attempt.id}"]
    assert place.windows == hours_of_point(point)
    assert place.handed_out_on == date(2026, 12, 5)
    assert place.lat == point.lat
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    route = session.get_one(Route, attempt.route_id)
    again = draw(session, [route]).problem
    assert [each for each in again.places if each.id == place.id] == [place]


def test_an_attempt_at_a_posyandu_after_its_day_waits_for_the_next_or_says_why(
    session: Session,
) -> None:
    """Eggs do not lie at a posyandu for a month; what keeps is brought for its next day."""
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    point = make_drop_point(session, day_of_month=5)
    package = session.exec(select(Package).order_by("id").limit(1)).one()
    old = stop_at(cycle, home=session.get_one(Household, package.household_id))
    old.state = StopState.RESCHEDULED
    session.add(old)
    session.flush()
    attempt = new_attempt(session, stop=old, packages=[package], day=AFTER, drop_point=point)
    options = replace(QUICK, days=(AFTER,))
    for item in session.exec(select(PackageLine.item_code).distinct()).all():
        session.add(GoodsLimit(item_code=item, max_days_before_delivery=3, by=by.username, at=NOW))
    session.flush()
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    [late] = [row for row in result.unserved if row.package_code == package.code]
    assert (late.reason, late.params["handed_out_on"]) == ("unserved.waits_too_long", "2027-01-05")
    assert {code for code, _ in late.remedies} == {"remedy.allow_day", "remedy.other_place"}
    for limit in session.exec(select(GoodsLimit)).all():
        limit.max_days_before_delivery = 60
    session.flush()
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    assert attempt.route_id is not None


def test_routes_of_several_plans_are_timed_each_as_its_own_plan_counted(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session, max_stops=1, max_trips=1)
    make_vehicle(session, max_stops=1, max_trips=1)
    options = replace(QUICK, days=(THURSDAY,))
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    first, second = session.exec(select(Route).order_by("id")).all()
    run = session.get_one(PlanRun, first.plan_run_id)
    params = run.params | {"service": {"stop_s": 1_200, "package_s": 5}}
    later = PlanRun(**run.model_dump(exclude={"id", "params"}), params=params)
    session.add(later)
    session.flush()
    second.plan_run_id = later.id or 0
    session.flush()
    kept, loose = (
        session.exec(select(Stop).where(Stop.route_id == route.id)).one()
        for route in (first, second)
    )
    for drawn in (draw(session, [first, second]), draw(session, [second, first])):
        times = {each.id: each.service_s for each in drawn.problem.stops}
        assert times == {kept.uid: ServiceTime().stop_s, loose.uid: 1_200}
    loose.route_id = None
    times = {
        each.id: each.service_s
        for each in draw(session, [first, second], loose=[loose]).problem.stops
    }
    assert times == {kept.uid: ServiceTime().stop_s, loose.uid: 1_200}


def test_who_needs_a_boat_waits_for_one(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    home = first_home(session)
    home.needs_skills = ["boat"]
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    [row] = result.unserved
    assert (row.household_code, row.reason) == (home.code, "unserved.no_skill")
    assert row.remedy["code"] == "remedy.add_skill"
    assert row.reasons == [("unserved.no_skill", {"skills": ["boat"]})]
    package = session.get_one(Package, row.package_id)
    package.weight_g = 10**9
    [row] = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK).unserved
    assert [code for code, _ in row.reasons] == ["unserved.too_heavy", "unserved.no_skill"]
    assert {code for code, _ in row.remedies} >= {"remedy.larger_vehicle", "remedy.add_skill"}
    package.weight_g = 1_000
    boat = make_vehicle(session, kind=VehicleKind.BOAT)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert result.unserved == ()
    [view] = [v for v in routes.list_routes(session, cycle=cycle) if v.vehicle_id == boat.id]
    assert home.code in [stop.label for stop in view.stops]


def test_a_skill_is_the_vehicle_s_or_its_courier_s(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    kader = make_vehicle(session, skills=["female_courier", "hakka"])
    home = first_home(session)
    home.needs_skills = ["female_courier"]
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    stop = stop_of(session, home)
    assert [
        v.vehicle_id for v in routes.list_routes(session, cycle=cycle) if v.id == stop.route_id
    ] == [kader.id]


def test_who_cannot_walk_is_served_at_home_in_a_month_of_drop_points(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    make_drop_point(session)
    home = first_home(session)
    home.max_walk_m = 0
    options = replace(QUICK, mode=DeliveryMode.DROP_POINTS)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    stops = session.exec(select(Stop)).all()
    assert sorted((stop.kind, stop.household_id) for stop in stops) == [
        (StopKind.DROP_POINT, None),
        (StopKind.HOME, home.id),
    ]


@pytest.mark.parametrize(("own", "limit_m"), [(3_000, 3_000), (None, 1_500)])
def test_a_familys_own_limit_of_walking_goes_before_the_plans(
    session: Session, own: int | None, limit_m: int
) -> None:
    cycle, _, _ = packed_month(session)
    make_vehicle(session)
    home = first_home(session)
    make_drop_point(session, kelurahan_code=home.kelurahan_code, lat=home.lat, lon=home.lon)
    home.max_walk_m = own
    options = replace(QUICK, mode=DeliveryMode.CHOOSE, max_walk_m=1_500)
    found = read_problem(session, cycle=cycle, options=options)
    [stop] = [each for each in found.problem.stops if found.loads[each.id].home is home]
    assert len(stop.options) > 1
    assert stop.max_walk_m == limit_m


def test_limits_of_a_vehicle_reach_the_planner(session: Session) -> None:
    depot = make_depot(session)
    free = make_vehicle(session)
    bound = make_vehicle(session, max_trips=1, max_stops=2, max_distance_m=9_000, skills=["hakka"])
    shapes = [vehicle_shape(v, depot=depot, days=[THURSDAY]) for v in (free, bound)]
    found = [(v.max_trips, v.max_stops, v.max_distance_m, v.skills) for v in shapes]
    assert found == [(3, None, None, frozenset()), (1, 2, 9_000, frozenset({"hakka"}))]


def test_own_speed_and_costs_go_before_those_of_the_kind(session: Session) -> None:
    depot = make_depot(session)
    usual = make_vehicle(session, kind=VehicleKind.MOTORCYCLE)
    own = make_vehicle(
        session, kind=VehicleKind.MOTORCYCLE, speed_m_per_h=50_000, cost_rp_per_km=700,
        cost_rp_per_hour=0,
    )  # fmt: skip
    shapes = [vehicle_shape(v, depot=depot, days=[THURSDAY]) for v in (usual, own)]
    costs = [(v.cost_rp_per_km, v.cost_rp_per_hour, v.cost_rp_per_day) for v in shapes]
    assert costs == [(500, 20_000, 60_000), (700, 0, 60_000)]
    assert [v.speed_factor for v in shapes] == [1.0, 2.0]


def test_a_faster_vehicle_is_back_earlier_and_a_dearer_one_stays(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    slow = make_vehicle(session, speed_m_per_h=5_000)
    options = replace(QUICK, days=(THURSDAY,))

    def planned() -> tuple[set[int], int]:
        result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
        return {route.vehicle_id for route in result.routes}, result.run.duration_s or 0

    used, slowly_s = planned()
    slow.speed_m_per_h = 50_000
    again, fast_s = planned()
    assert used == again == {slow.id}
    assert fast_s < slowly_s
    cheap = make_vehicle(session, cost_rp_per_day=0)
    slow.cost_rp_per_day = 9_000_000
    assert planned()[0] == {cheap.id}


def test_a_trip_has_no_more_stops_than_the_vehicle_may(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session, max_stops=1, max_trips=2, weekdays=[THURSDAY.weekday()])
    options = replace(QUICK, days=(THURSDAY,))
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    assert [len(v.stops) for v in routes.list_routes(session, cycle=cycle)] == [1, 1]
    assert {row.reason for row in result.unserved} == {"unserved.stops_exhausted"}
    name = session.exec(select(Vehicle)).one().name
    assert {row.remedies[0][0] for row in result.unserved} == {"remedy.add_trip"}
    assert all(row.remedies[0][1]["vehicle"] == name for row in result.unserved)


def test_who_skips_the_prayer_rests_at_noon_on_fridays(session: Session) -> None:
    depot = make_depot(session)
    names = []
    for skips in (False, True):
        vehicle = make_vehicle(session, skips_prayer=skips)
        [shift] = vehicle_shape(vehicle, depot=depot, days=[FRIDAY]).shifts
        names.append([each.name for each in shift.breaks])
    assert names == [["salat Jumat"], ["istirahat"]]


def test_a_break_on_the_road_is_kept_with_the_route(session: Session) -> None:
    """The vehicle is away over noon because a family receives late in the morning and early."""
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    homes = session.exec(select(Household).order_by("id")).all()
    homes[0].receives_from, homes[0].receives_until = "11:00", "11:20"
    homes[1].receives_from, homes[1].receives_until = "13:30", "13:40"
    options = replace(QUICK, days=(FRIDAY,))
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    views = routes.list_routes(session, cycle=cycle)
    pauses = [pause for view in views for pause in view.pauses]
    if len(views) == 1:
        [pause] = pauses
        assert (pause["name"], pause["starts"], pause["ends"]) == ("salat Jumat", "11:30", "13:00")
    else:
        assert pauses == []


def test_goods_that_spoil_bound_the_time_on_the_road(session: Session) -> None:
    def line(code: str) -> PackageLine:
        return PackageLine(uid=code, package_id=1, item_code=code, quantity=1)

    limits = limits_by_item(session)
    assert max_heat_s(limits, [line("beras"), line("madu")]) is None
    assert max_heat_s(limits, [line("beras"), line("tempe"), line("telur")]) == 300 * 60
    assert max_wait_days(limits, [line("beras"), line("tempe"), line("telur")]) == 1
    own = GoodsLimit(item_code="tempe", max_days_before_delivery=2, by="k", at=NOW)
    session.add(own)
    limits = limits_by_item(session)
    assert max_heat_s(limits, [line("beras"), line("tempe")]) is None
    assert max_wait_days(limits, [line("beras"), line("tempe"), line("telur")]) == 2


def test_the_problem_says_how_long_each_stop_s_goods_may_be_in_the_heat(session: Session) -> None:
    cycle, by, _ = packed_month(session)
    make_vehicle(session)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    result = planning.latest_plan(session, cycle=cycle)
    assert result is not None
    problem = json.loads(result.run.problem_json or b"")
    assert {stop["max_time_in_heat_s"] for stop in problem["stops"]} == {480 * 60}
    assert seconds("08:00") == 8 * 3600
