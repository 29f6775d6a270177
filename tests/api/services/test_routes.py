from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.services import audit, planning, routes, stock
from api.services.errors import Refused, StaleVersion
from api.services.package_cancelling import cancel_package
from api.services.planning import PlanOptions
from data.schema import (
    Account,
    AuditEntry,
    Cycle,
    DeliveryException,
    Household,
    Package,
    PackageState,
    Route,
    RouteState,
    Stop,
    StopState,
    Vehicle,
)
from tests.factories import NOW, make_vehicle
from tests.factories_goods import make_packed_cycle, packages_of
from tests.kept import kept

pytestmark = pytest.mark.stores("sqlite")

QUICK = PlanOptions(seconds=None, iterations=20)
OTHER = "19.71.05.1005"


@kept
def planned_month(
    session: Session, *, num_children: int = 4, **vehicle: Any
) -> tuple[Cycle, Account, list[Route]]:
    cycle, _, by, _ = make_packed_cycle(session, num_children=num_children)
    for number, home in enumerate(session.exec(select(Household).order_by(col(Household.id)))):
        home.lat, home.lon = -2.11 - number * 0.004, 106.10 + number * 0.003
        session.add(home)
    make_vehicle(session, **vehicle)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    return cycle, by, list(result.routes)


@kept
def two_routes(session: Session) -> tuple[Cycle, Account, Route, Route]:
    """Two trips of a motorcycle-sized vehicle: two boxes each."""
    cycle, by, found = planned_month(session, capacity_g=25_000)
    assert len(found) == 2
    return cycle, by, found[0], found[1]


def test_reordering_computes_times_anew_and_opens_the_route(session: Session) -> None:
    _, by, [route] = planned_month(session)
    view = routes.confirm_route(session, route=route, by=by, now=NOW, base_version=route.version)
    assert view.state == RouteState.CONFIRMED
    back = [stop.uid for stop in reversed(view.stops)]
    crossed = [back[0], back[2], back[1], back[3]]
    after = routes.reorder_route(
        session, route=route, stop_uids=crossed, by=by, now=NOW, base_version=route.version
    )
    assert [stop.uid for stop in after.stops] == crossed
    assert after.state == RouteState.STALE
    again = routes.reorder_route(
        session, route=route, stop_uids=back, by=by, now=NOW, base_version=route.version
    )
    assert again.state == RouteState.STALE
    assert after.distance_m > view.distance_m
    arrivals = [stop.arrives_at for stop in after.stops]
    assert arrivals == sorted(arrivals, key=str)


def test_an_order_must_hold_each_stop_once(session: Session) -> None:
    _, by, [route] = planned_month(session)
    uids = [stop.uid for stop in routes.route_view(session, route=route).stops]
    with pytest.raises(Refused, match=r"route\.order"):
        routes.reorder_route(
            session, route=route, stop_uids=uids[1:], by=by, now=NOW, base_version=route.version
        )


def test_a_route_that_someone_else_changed_is_not_overwritten(session: Session) -> None:
    _, by, [route] = planned_month(session)
    with pytest.raises(StaleVersion, match=r"route\.stale_version"):
        routes.confirm_route(session, route=route, by=by, now=NOW, base_version=route.version - 1)


def test_an_overloaded_route_names_the_rule_and_is_confirmed_only_with_a_reason(
    session: Session,
) -> None:
    _, by, first, second = two_routes(session)
    stop = session.exec(select(Stop).where(Stop.route_id == second.id)).first()
    assert stop is not None
    views = routes.move_stop(
        session,
        stop=stop,
        to_route=first,
        position=1,
        by=by,
        now=NOW,
        base_version=stop.version,
    )
    moved = next(view for view in views if view.id == first.id)
    assert moved.stops[0].uid == stop.uid
    assert "violation.overweight" in {each["code"] for each in moved.violations}
    with pytest.raises(Refused, match=r"route\.violations") as refusal:
        routes.confirm_route(session, route=first, by=by, now=NOW, base_version=first.version)
    assert "violation.overweight" in str(refusal.value.params["rules"])
    view = routes.confirm_route(
        session,
        route=first,
        by=by,
        now=NOW,
        base_version=first.version,
        accept_reason="motor kedua ikut",
    )
    assert (view.state, view.accepted_reason) == (RouteState.CONFIRMED, "motor kedua ikut")


def test_a_stop_taken_off_waits_and_its_best_place_is_where_it_came_from(session: Session) -> None:
    cycle, by, first, second = two_routes(session)
    stop = session.exec(select(Stop).where(Stop.route_id == second.id)).first()
    assert stop is not None
    routes.move_stop(session, stop=stop, to_route=None, by=by, now=NOW, base_version=stop.version)
    assert [view.uid for view in routes.waiting_stops(session, cycle=cycle)] == [stop.uid]
    places = routes.best_places(session, stop=stop)
    assert [place.route_id for place in places] == [second.id]
    assert places[0].added_distance_m > 0
    routes.move_stop(
        session,
        stop=stop,
        to_route=second,
        position=places[0].position,
        by=by,
        now=NOW,
        base_version=stop.version,
    )
    assert routes.waiting_stops(session, cycle=cycle) == []
    del first


def test_an_emptied_route_goes_and_comes_back_with_its_stop(session: Session) -> None:
    cycle, by, first, second = two_routes(session)
    stops = session.exec(select(Stop).where(Stop.route_id == second.id)).all()

    def move(stop: Stop, to: Route | None) -> dict[str, RouteState]:
        views = routes.move_stop(
            session, stop=stop, to_route=to, by=by, now=NOW, base_version=stop.version
        )
        return {view.code: view.state for view in views}

    assert len(stops) == 2
    assert move(stops[0], None)[second.code] == RouteState.PLANNED
    assert move(stops[1], first) == {
        second.code: RouteState.CANCELLED,
        first.code: RouteState.PLANNED,
    }
    assert [view.code for view in routes.list_routes(session, cycle=cycle)] == [first.code]
    assert second.distance_m == 0
    deed = session.exec(select(AuditEntry).where(AuditEntry.action == "route:emptied")).one()
    assert (deed.subject_id, deed.after) == (
        second.code,
        {"state": "cancelled", "about": stops[1].label},
    )
    assert set(move(stops[1], second).values()) == {RouteState.PLANNED}
    assert second.trip == 2
    assert second.distance_m > 0
    routes.merge_routes(
        session, route=first, other=second, by=by, now=NOW, base_version=first.version
    )
    with pytest.raises(Refused, match=r"route\.gone"):
        move(stops[1], second)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    with pytest.raises(Refused, match=r"stop\.gone"):
        move(stops[1], None)


def emptied_route(session: Session) -> tuple[Account, Route, Route, Stop]:
    """The first of two trips of one vehicle, emptied; its last stop waits."""
    _, by, *trips = two_routes(session)
    one, two = sorted(trips, key=lambda route: route.trip)
    stops = session.exec(select(Stop).where(Stop.route_id == one.id)).all()
    for stop in stops:
        routes.move_stop(
            session, stop=stop, to_route=None, by=by, now=NOW, base_version=stop.version
        )
    assert one.state == RouteState.CANCELLED
    return by, one, two, stops[-1]


def put_back(session: Session, stop: Stop, route: Route, by: Account) -> Route:
    routes.move_stop(session, stop=stop, to_route=route, by=by, now=NOW, base_version=stop.version)
    return route


def test_a_trip_that_moves_because_another_was_emptied_is_told(session: Session) -> None:
    _, by, *trips = two_routes(session)
    one, two = sorted(trips, key=lambda route: route.trip)
    rest, last = session.exec(select(Stop).where(Stop.route_id == one.id)).all()
    for stop, state in ((rest, RouteState.PLANNED), (last, RouteState.CANCELLED)):
        left_before = two.leaves_at
        views = routes.move_stop(
            session, stop=stop, to_route=None, by=by, now=NOW, base_version=stop.version
        )
        assert [(view.code, view.state) for view in views] == [
            (one.code, state),
            (two.code, RouteState.PLANNED),
        ]
        assert two.leaves_at < left_before


def test_who_reads_an_emptied_route_leaves_its_way_back(session: Session) -> None:
    by, one, _, stop = emptied_route(session)
    audit.record(session, by=by, action="route:read", subject="route", subject_id=one.code, now=NOW)
    assert put_back(session, stop, one, by).state == RouteState.PLANNED
    assert one.trip == 1


def test_an_emptied_route_returns_after_what_has_left(session: Session) -> None:
    by, one, two, stop = emptied_route(session)
    two.state = RouteState.DISPATCHED
    session.add(two)
    assert put_back(session, stop, one, by).trip == two.trip + 1


def test_an_emptied_route_stays_away_without_its_vehicle_or_after_a_new_plan(
    session: Session,
) -> None:
    by, one, two, stop = emptied_route(session)
    vehicle = session.get_one(Vehicle, one.vehicle_id)
    vehicle.is_active = False
    session.add(vehicle)
    with pytest.raises(Refused, match=r"route\.gone"):
        put_back(session, stop, one, by)
    vehicle.is_active, vehicle.weekdays = True, [(one.day.weekday() + 1) % 7]
    session.flush()
    with pytest.raises(Refused, match=r"route\.gone"):
        put_back(session, stop, one, by)
    vehicle.weekdays = []
    cycle = session.get_one(Cycle, stop.cycle_id)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    planned = select(Stop).where(Stop.state == StopState.PLANNED, col(Stop.route_id).is_not(None))
    anew = session.exec(planned).first()
    assert anew is not None
    with pytest.raises(Refused, match=r"route\.gone"):
        put_back(session, anew, one, by)
    assert two.state == RouteState.CANCELLED


def test_a_split_route_becomes_two_trips_and_merging_makes_it_one(session: Session) -> None:
    _, by, [route] = planned_month(session)
    one, two = routes.split_route(
        session, route=route, after_position=1, by=by, now=NOW, base_version=route.version
    )
    assert (len(one.stops), len(two.stops), two.trip) == (1, 3, 2)
    assert two.leaves_at >= one.returns_at
    second = session.get_one(Route, two.id)
    merged = routes.merge_routes(
        session, route=route, other=second, by=by, now=NOW, base_version=route.version
    )
    assert [stop.sequence for stop in merged.stops] == [1, 2, 3, 4]
    assert second.state == RouteState.CANCELLED


def test_all_routes_without_violations_are_confirmed_at_once(session: Session) -> None:
    cycle, by, first, second = two_routes(session)
    stop = session.exec(select(Stop).where(Stop.route_id == second.id)).first()
    assert stop is not None
    routes.move_stop(session, stop=stop, to_route=first, by=by, now=NOW, base_version=stop.version)
    confirmed, left = routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    assert ([v.id for v in confirmed], [v.id for v in left]) == ([second.id], [first.id])


def move_home(session: Session, package: Package) -> Household:
    home = session.get_one(Household, package.household_id)
    home.address, home.kelurahan_code = "Jl. Baru No. 9", OTHER
    home.lat, home.lon = -2.1250, 106.1120
    session.add(home)
    session.flush()
    return home


def test_a_child_that_moved_leaves_its_route_and_joins_one_of_the_new_kelurahan(
    session: Session,
) -> None:
    cycle, by, first, second = two_routes(session)
    for stop in session.exec(select(Stop).where(Stop.route_id == second.id)):
        stop.kelurahan_code = OTHER
        session.add(stop)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    old = session.exec(select(Stop).where(Stop.route_id == first.id)).first()
    assert old is not None
    package = session.exec(select(Package).where(Package.stop_id == old.id)).one()
    address = old.address
    move_home(session, package)
    stale = routes.mark_stale_for_child(
        session, child_id=package.child_id, by=by, now=NOW, reason="moved"
    )
    assert {route.id for route in stale} == {first.id, second.id}
    assert {first.state, second.state} == {RouteState.STALE}
    assert (old.state, old.route_id, old.address) == (StopState.CANCELLED, None, address)
    fresh = session.get_one(Stop, package.stop_id)
    assert (fresh.route_id, fresh.address) == (second.id, "Jl. Baru No. 9")


def test_a_child_that_moved_joins_no_locked_route(session: Session) -> None:
    cycle, by, first, second = two_routes(session)
    for stop in session.exec(select(Stop).where(Stop.route_id == second.id)):
        stop.kelurahan_code = OTHER
        session.add(stop)
    second.is_locked = True
    session.add(second)
    old = session.exec(select(Stop).where(Stop.route_id == first.id)).first()
    assert old is not None
    package = session.exec(select(Package).where(Package.stop_id == old.id)).one()
    move_home(session, package)
    stale = routes.mark_stale_for_child(
        session, child_id=package.child_id, by=by, now=NOW, reason="moved"
    )
    assert [route.id for route in stale] == [first.id]
    [waiting] = routes.waiting_stops(session, cycle=cycle)
    assert waiting.address == "Jl. Baru No. 9"


def test_without_a_route_in_the_new_kelurahan_the_stop_waits(session: Session) -> None:
    cycle, by, [route] = planned_month(session)
    package = packages_of(session, cycle)[0]
    move_home(session, package)
    stale = routes.mark_stale_for_child(
        session, child_id=package.child_id, by=by, now=NOW, reason="moved"
    )
    assert [each.id for each in stale] == [route.id]
    [waiting] = routes.waiting_stops(session, cycle=cycle)
    assert waiting.address == "Jl. Baru No. 9"
    assert len(routes.route_view(session, route=route).stops) == 3


def test_the_package_of_a_child_that_left_goes_back_to_stock(session: Session) -> None:
    cycle, by, [route] = planned_month(session)
    package = packages_of(session, cycle)[0]
    routes.mark_stale_for_child(
        session, child_id=package.child_id, by=by, now=NOW, reason="graduated"
    )
    assert package.state == PackageState.CANCELLED
    assert route.state == RouteState.PLANNED, "nobody confirmed it, so nothing is confirmed again"
    assert stock.check_stock(session) == []


def test_a_cancelled_package_leaves_its_route_which_asks_for_confirmation(session: Session) -> None:
    cycle, by, [route] = planned_month(session)
    routes.confirm_route(session, route=route, by=by, now=NOW, base_version=route.version)
    package = packages_of(session, cycle)[0]
    stop = session.get_one(Stop, package.stop_id)
    cancel_package(session, package=package, by=by, now=NOW, reason="terlalu dini")
    assert (package.state, package.stop_id) == (PackageState.CANCELLED, None)
    assert (stop.state, stop.route_id, stop.sequence) == (StopState.CANCELLED, None, None)
    assert route.state == RouteState.STALE
    view = routes.route_view(session, route=route)
    assert (len(view.stops), view.num_packages) == (3, 3)


def test_a_route_whose_only_package_is_cancelled_is_cancelled(session: Session) -> None:
    cycle, by, [route] = planned_month(session, num_children=1)
    cancel_package(session, package=packages_of(session, cycle)[0], by=by, now=NOW, reason="x")
    assert route.state == RouteState.CANCELLED


def test_a_stop_of_a_route_that_left_stays_its_record(session: Session) -> None:
    cycle, by, [route] = planned_month(session)
    package = packages_of(session, cycle)[0]
    route.state = RouteState.DISPATCHED
    session.add(route)
    cancel_package(session, package=package, by=by, now=NOW, reason="kembali")
    stop = session.get_one(Stop, package.stop_id)
    assert (stop.route_id, route.state) == (route.id, RouteState.DISPATCHED)


def test_a_package_on_its_way_is_left_alone_and_becomes_a_case(session: Session) -> None:
    cycle, by, [route] = planned_month(session)
    route.state = RouteState.DISPATCHED
    package = packages_of(session, cycle)[0]
    package.state = PackageState.LOADED
    stale = routes.mark_stale_for_child(
        session, child_id=package.child_id, by=by, now=NOW, reason="moved"
    )
    assert stale == []
    assert session.exec(select(DeliveryException)).one().reason == "moved"


def test_changed_goods_make_the_route_stale(session: Session) -> None:
    cycle, by, [route] = planned_month(session)
    package = packages_of(session, cycle)[0]
    version = route.version
    for expected in (RouteState.PLANNED, RouteState.STALE):
        routes.mark_stale_for_package(
            session, package_id=package.id or 0, by=by, now=NOW, reason="goods"
        )
        assert route.state == expected
        assert route.version > version
        routes.confirm_route(session, route=route, by=by, now=NOW, base_version=route.version)
