"""Routes leave one by one as chosen; what holds each back has a name."""

from datetime import datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from api.services import departures, routes
from api.services.errors import Refused
from data.schema import (
    Account,
    AuditEntry,
    Cycle,
    CycleState,
    PackageState,
    Role,
    Route,
    RouteState,
    Vehicle,
)
from tests.api.services.test_routes import planned_month
from tests.factories import NOW, make_account, make_vehicle
from tests.factories_goods import packages_of

pytestmark = pytest.mark.stores("sqlite")


def two_ready(session: Session) -> tuple[Cycle, Account, Route, Route]:
    """Two confirmed trips of one vehicle on one day, one after the other."""
    cycle, by, found = planned_month(session, capacity_g=25_000)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    first, second = found
    assert first.day == second.day
    return cycle, by, first, second


def at_eight(route: Route) -> datetime:
    return datetime.combine(route.day, time(2), NOW.tzinfo)


def states(session: Session, *rows: Route) -> list[RouteState]:
    for row in rows:
        session.refresh(row)
    return [row.state for row in rows]


def test_those_chosen_leave_and_the_others_stay(session: Session) -> None:
    cycle, by, first, second = two_ready(session)
    done = departures.dispatch_chosen(
        session, cycle=cycle, routes=[second], by=by, now=at_eight(first)
    )
    assert ([route.code for route in done.left], done.stayed) == ([second.code], ())
    assert states(session, first, second) == [RouteState.CONFIRMED, RouteState.DISPATCHED]


def test_one_that_is_held_back_does_not_hold_back_the_other(session: Session) -> None:
    cycle, by, first, second = two_ready(session)
    stop = routes.route_view(session, route=first).stops[0]
    package = next(one for one in packages_of(session, cycle) if one.stop_id == stop.id)
    package.state = PackageState.RESERVED
    session.add(package)
    done = departures.dispatch_chosen(
        session, cycle=cycle, routes=[first, second], by=by, now=at_eight(first)
    )
    assert [route.code for route in done.left] == [second.code]
    assert [(one.code, why.code) for one, why in done.stayed] == [
        (first.code, "dispatch.not_packed")
    ]
    assert done.stayed[0][1].params["packages"] == package.code


def test_when_all_are_held_back_it_is_refused_and_each_named(session: Session) -> None:
    cycle, by, first, second = two_ready(session)
    cycle.state = CycleState.DISTRIBUTING
    for route in (first, second):
        route.state = RouteState.STALE
        session.add(route)
    with pytest.raises(Refused, match=r"dispatch\.none_left") as caught:
        departures.dispatch_chosen(
            session, cycle=cycle, routes=[first, second], by=by, now=at_eight(first)
        )
    assert caught.value.params["routes"] == [first.code, second.code]
    with pytest.raises(Refused, match=r"dispatch\.none_chosen"):
        departures.dispatch_chosen(session, cycle=cycle, routes=[], by=by, now=at_eight(first))


def test_before_its_day_nothing_leaves_until_somebody_is_sure(session: Session) -> None:
    cycle, by, first, second = two_ready(session)
    early = at_eight(first) - timedelta(days=2)
    with pytest.raises(Refused, match=r"dispatch\.early"):
        departures.dispatch_chosen(session, cycle=cycle, routes=[first, second], by=by, now=early)
    assert states(session, first, second) == [RouteState.CONFIRMED] * 2
    done = departures.dispatch_chosen(
        session, cycle=cycle, routes=[first, second], by=by, now=early, is_sure=True
    )
    assert len(done.left) == 2


def overlapping(first: Route, second: Route) -> None:
    second.leaves_at, second.returns_at = first.leaves_at, first.returns_at


def test_one_vehicle_on_two_routes_at_once_wants_a_reason(session: Session) -> None:
    cycle, by, first, second = two_ready(session)
    overlapping(first, second)
    session.add(second)
    now = at_eight(first)
    done = departures.dispatch_chosen(session, cycle=cycle, routes=[first, second], by=by, now=now)
    assert [route.code for route in done.left] == [first.code]
    [(route, why)] = done.stayed
    assert (route.code, why.code) == (second.code, "dispatch.overlap")
    assert (why.params["others"], why.params["shared"]) == ([first.code], "vehicle")
    done = departures.dispatch_chosen(
        session, cycle=cycle, routes=[second], by=by, now=now, overlap_reason="mobil pinjaman"
    )
    assert [route.code for route in done.left] == [second.code]
    entry = session.exec(
        select(AuditEntry).where(
            AuditEntry.action == "route:dispatch", AuditEntry.subject_id == second.code
        )
    ).one()
    assert entry.purpose == "mobil pinjaman"
    assert (entry.after or {})["overlaps"] == [first.code]


def test_trips_one_after_the_other_do_not_overlap(session: Session) -> None:
    cycle, by, first, second = two_ready(session)
    assert first.returns_at <= second.leaves_at or second.returns_at <= first.leaves_at
    done = departures.dispatch_chosen(
        session, cycle=cycle, routes=[first, second], by=by, now=at_eight(first)
    )
    assert len(done.left) == 2


def turned_round(session: Session, route: Route, by: Account) -> routes.RouteView:
    """Let a route go through its stops backwards, so that it is timed anew."""
    view = routes.route_view(session, route=route)
    return routes.reorder_route(
        session,
        route=route,
        stop_uids=[stop.uid for stop in reversed(view.stops)],
        by=by,
        now=NOW,
        base_version=route.version,
    )


def test_a_trip_timed_anew_begins_when_the_one_that_left_is_back(session: Session) -> None:
    _, by, first, second = two_ready(session)
    departures.dispatch_route(session, route=first, by=by, now=at_eight(first))
    after = turned_round(session, second, by)
    assert after.leaves_at >= first.returns_at


@pytest.mark.parametrize(("days_early", "is_free"), [(0, False), (1, True)])
def test_a_trip_that_left_early_and_is_finished_takes_no_hours_of_its_day(
    session: Session, days_early: int, is_free: bool
) -> None:
    _, by, first, second = two_ready(session)
    first.state = RouteState.FINISHED
    first.dispatched_at = at_eight(first) - timedelta(days=days_early)
    session.add(first)
    after = turned_round(session, second, by)
    assert (after.leaves_at < first.returns_at) == is_free


def test_a_trip_timed_anew_keeps_its_hours_before_the_one_that_left(session: Session) -> None:
    _, by, first, second = two_ready(session)
    earlier, later = sorted((first, second), key=lambda route: route.leaves_at)
    hours = (earlier.leaves_at, earlier.returns_at)
    departures.dispatch_route(session, route=later, by=by, now=at_eight(first))
    view = routes.route_view(session, route=earlier)
    after = routes.reorder_route(
        session,
        route=earlier,
        stop_uids=[stop.uid for stop in view.stops],
        by=by,
        now=NOW,
        base_version=earlier.version,
    )
    assert (after.leaves_at, after.returns_at) == hours
    assert after.returns_at <= later.leaves_at


def test_one_courier_with_two_vehicles_at_once_is_named(session: Session) -> None:
    _, by, first, second = two_ready(session)
    courier = make_account(session, Role.COURIER)
    other = make_vehicle(session, courier_account_id=courier.id)
    session.get_one(Vehicle, first.vehicle_id).courier_account_id = courier.id
    second.vehicle_id = other.id or 0
    overlapping(first, second)
    session.add(second)
    now = at_eight(first)
    departures.dispatch_route(session, route=first, by=by, now=now)
    with pytest.raises(Refused, match=r"dispatch\.overlap") as caught:
        departures.dispatch_route(session, route=second, by=by, now=now)
    assert caught.value.params["shared"] == "courier"
    other.courier_name = "Budi"
    first.courier_name = "Sari"  # as it left, whoever has its vehicle since
    session.add(other)
    departures.dispatch_route(session, route=second, by=by, now=now)


def test_a_route_that_came_back_is_no_overlap(session: Session) -> None:
    _, by, first, second = two_ready(session)
    overlapping(first, second)
    session.add(second)
    now = at_eight(first)
    departures.dispatch_route(session, route=first, by=by, now=now)
    first.state = RouteState.FINISHED
    session.add(first)
    departures.dispatch_route(session, route=second, by=by, now=now)


def test_what_waits_is_listed_with_what_holds_it_back(session: Session) -> None:
    cycle, by, first, second = two_ready(session)
    overlapping(first, second)
    session.add(second)
    now = at_eight(first)
    found = departures.waiting_departures(session, cycle=cycle, day=first.day, now=now)
    assert [(one.view.code, one.hindrances, one.overlaps) for one in found] == [
        (first.code, (), (second.code,)),
        (second.code, (), (first.code,)),
    ]
    second.state = RouteState.STALE
    session.add(second)
    held = departures.waiting_departures(session, cycle=cycle, day=first.day, now=now)
    assert [[why.code for why in one.hindrances] for one in held] == [
        ["dispatch.not_confirmed"],
        ["dispatch.not_confirmed"],
    ], "the month begins with every route confirmed"
    cycle.state = CycleState.DISTRIBUTING
    session.add(cycle)
    held = departures.waiting_departures(session, cycle=cycle, day=first.day, now=now)
    assert [[why.code for why in one.hindrances] for one in held] == [
        [],
        ["dispatch.not_confirmed"],
    ]
    departures.dispatch_route(session, route=first, by=by, now=now)
    assert departures.days_waiting(session, cycle=cycle) == [first.day]
