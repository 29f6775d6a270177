from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, col, select

from api.services import planning, routes
from api.services.errors import Forbidden, Refused, StaleVersion
from api.services.hand_plan import hold_stop, lock_route, preview_move, rest_of_day, store_rest
from api.services.planning import PlanOptions
from data.queries.routes import vehicle_days_taken
from data.schema import (
    Account,
    AuditEntry,
    Cycle,
    CycleState,
    Household,
    Package,
    Role,
    Route,
    RouteState,
    Stop,
    Vehicle,
)
from logistics.check import check
from logistics.solve import solve
from tests.factories import NOW, make_account, make_vehicle
from tests.factories_goods import make_packed_cycle

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.services.route_views import RouteView

pytestmark = pytest.mark.stores("sqlite")

QUICK = PlanOptions(days=(date(2026, 12, 1),), seconds=None, iterations=20)


def two_routes(session: Session) -> tuple[Cycle, Account, RouteView, RouteView]:
    """Six homes, three west and three east of the depot, two vehicles of three homes each."""
    cycle, _, by, depot = make_packed_cycle(session, num_children=6)
    depot.lat, depot.lon = -2.13, 106.11
    weight_g = max(package.weight_g for package in session.exec(select(Package)))
    for number, home in enumerate(session.exec(select(Household)).all()):
        side = -1 if number % 2 else 1
        home.lat, home.lon = -2.13 + 0.001 * number, 106.11 + side * 0.02
        session.add(home)
    for _ in range(2):
        make_vehicle(session, depot_id=depot.id, capacity_g=3 * weight_g, shift_ends="09:00")
    session.flush()
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    first, second = routes.list_routes(session, cycle=cycle)[:2]
    assert first.day == second.day
    assert first.vehicle_id != second.vehicle_id
    return cycle, by, first, second


def row(session: Session, view: RouteView) -> Route:
    return session.get_one(Route, view.id)


def stop_row(session: Session, view: RouteView, at: int = 0) -> Stop:
    return session.get_one(Stop, view.stops[at].id)


def test_a_try_shows_what_would_be_and_keeps_nothing(session: Session) -> None:
    cycle, by, first, second = two_routes(session)
    entries = len(session.exec(select(AuditEntry)).all())
    tried = preview_move(
        session, stop=stop_row(session, first), to_route=row(session, second), position=1,
        by=by, now=NOW,
    )  # fmt: skip
    told = {view.code: view for view in tried}
    assert len(told[first.code].stops) == 2
    assert told[second.code].distance_m > second.distance_m
    assert {each["code"] for each in told[second.code].violations} >= {"violation.overweight"}
    now = {view.code: view for view in routes.list_routes(session, cycle=cycle)}
    assert now[first.code] == first
    assert now[second.code] == second
    assert len(session.exec(select(AuditEntry)).all()) == entries


def test_a_locked_route_is_left_alone_by_planner_and_rest(session: Session) -> None:
    cycle, by, first, second = two_routes(session)
    lock_route(
        session, route=row(session, first), is_locked=True, by=by, now=NOW,
        base_version=first.version,
    )  # fmt: skip
    locked = [stop.uid for stop in first.stops]
    rest = rest_of_day(session, cycle=cycle, day=first.day, by=by)
    assert {stop.id for stop in rest.problem.stops} == {stop.uid for stop in second.stops}
    assert len(rest.problem.vehicles) == 1
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    views = routes.list_routes(session, cycle=cycle)
    kept = next(view for view in views if view.code == first.code)
    assert [stop.uid for stop in kept.stops] == locked
    codes = [package.code for view in views for stop in view.stops for package in stop.packages]
    assert len(codes) == len(set(codes)) == 6
    others = [view for view in views if view.code != first.code]
    assert all((view.vehicle_id, view.day) != (first.vehicle_id, first.day) for view in others)
    taken = {(first.vehicle_id, first.day): [first.code]}
    assert vehicle_days_taken(session, cycle_id=cycle.id or 0) == taken
    cycle.state = CycleState.CLOSED
    free = vehicle_days_taken(session, cycle_id=cycle.id or 0)
    assert free == {}, "what a closed month fixed holds no vehicle"


def test_the_rest_is_planned_anew_without_losing_a_stop(session: Session) -> None:
    cycle, by, first, second = two_routes(session)
    for at in range(2):
        views = {view.code: view for view in routes.list_routes(session, cycle=cycle)}
        routes.move_stop(
            session,
            stop=stop_row(session, views[first.code], at),
            to_route=row(session, second),
            position=1,
            by=by,
            now=NOW,
            base_version=stop_row(session, views[first.code], at).version,
        )
    before = {view.code: view for view in routes.list_routes(session, cycle=cycle)}
    assert before[second.code].violations
    rest = rest_of_day(session, cycle=cycle, day=first.day, by=by)
    plan = solve(rest.problem, start=rest.start, seconds=None, iterations=50)
    assert check(rest.problem, plan) == []
    result = store_rest(
        session, cycle=cycle, day=first.day, start=rest.start, plan=plan, by=by, now=NOW
    )
    assert result.waiting == ()
    assert all(view.violations == () for view in result.routes)
    found = {stop.uid for view in result.routes for stop in view.stops}
    assert found == {stop.uid for view in before.values() for stop in view.stops}
    assert {view.state for view in result.routes} == {RouteState.PLANNED}
    with pytest.raises(Refused, match=r"plan\.inputs_moved"):
        store_rest(session, cycle=cycle, day=first.day, start=rest.start, plan=plan, by=by, now=NOW)


def test_a_pinned_stop_stays_and_a_banned_vehicle_does_not_carry(session: Session) -> None:
    cycle, by, first, second = two_routes(session)
    pinned, banned = stop_row(session, first), stop_row(session, second)
    hold_stop(
        session, stop=pinned, is_pinned=True, banned_vehicle_ids=[], by=by, now=NOW,
        base_version=pinned.version,
    )  # fmt: skip
    hold_stop(
        session, stop=banned, is_pinned=False, banned_vehicle_ids=[second.vehicle_id], by=by,
        now=NOW, base_version=banned.version,
    )  # fmt: skip
    broken = next(v for v in routes.list_routes(session, cycle=cycle) if v.code == second.code)
    assert [each["code"] for each in broken.violations] == ["violation.forbidden"]
    for vehicle in session.exec(select(Vehicle).order_by(col(Vehicle.id))).all():
        vehicle.capacity_g *= 2
        session.add(vehicle)
    rest = rest_of_day(session, cycle=cycle, day=first.day, by=by)
    plan = solve(rest.problem, start=rest.start, seconds=None, iterations=50)
    vehicle_of = {visit.stop: r.vehicle for r in plan.routes for visit in r.visits}
    assert vehicle_of[pinned.uid] == f"V{first.vehicle_id}"
    assert vehicle_of[banned.uid] == f"V{first.vehicle_id}"


def test_holds_that_cannot_be_are_refused(session: Session) -> None:
    cycle, by, first, _ = two_routes(session)
    stop = stop_row(session, first)
    common: dict[str, Any] = {"session": session, "stop": stop, "by": by, "now": NOW}
    with pytest.raises(Refused, match=r"hold\.both"):
        hold_stop(
            **common, is_pinned=True, banned_vehicle_ids=[first.vehicle_id],
            base_version=stop.version,
        )  # fmt: skip
    with pytest.raises(Refused, match=r"hold\.unknown_vehicle"):
        hold_stop(**common, is_pinned=False, banned_vehicle_ids=[9_999], base_version=stop.version)
    with pytest.raises(StaleVersion):
        hold_stop(**common, is_pinned=True, banned_vehicle_ids=[], base_version=stop.version + 1)
    staff = make_account(session, Role.STAFF)
    with pytest.raises(Forbidden):
        rest_of_day(session, cycle=cycle, day=first.day, by=staff)
    for view in routes.list_routes(session, cycle=cycle, day=first.day):
        lock_route(
            session, route=row(session, view), is_locked=True, by=by, now=NOW,
            base_version=view.version,
        )  # fmt: skip
    with pytest.raises(Refused, match=r"hold\.nothing_free"):
        rest_of_day(session, cycle=cycle, day=first.day, by=by)


def test_a_locked_route_takes_no_change_of_its_stops(session: Session) -> None:
    _, by, first, second = two_routes(session)
    route, other, stop = row(session, first), row(session, second), stop_row(session, first)
    lock_route(session, route=route, is_locked=True, by=by, now=NOW, base_version=first.version)
    uids = [each.uid for each in reversed(first.stops)]
    tries: list[Callable[[], object]] = [
        lambda: routes.move_stop(
            session, stop=stop, to_route=other, by=by, now=NOW, base_version=stop.version
        ),
        lambda: routes.move_stop(
            session, stop=stop, to_route=None, by=by, now=NOW, base_version=stop.version
        ),
        lambda: routes.move_stop(
            session, stop=stop_row(session, second), to_route=route, by=by, now=NOW,
            base_version=second.stops[0].version,
        ),
        lambda: routes.reorder_route(
            session, route=route, stop_uids=uids, by=by, now=NOW, base_version=route.version
        ),
        lambda: routes.split_route(
            session, route=route, after_position=1, by=by, now=NOW, base_version=route.version
        ),
        lambda: routes.merge_routes(
            session, route=other, other=route, by=by, now=NOW, base_version=other.version
        ),
    ]  # fmt: skip
    for each in tries:
        with pytest.raises(Refused) as refusal:
            each()
        assert (refusal.value.code, refusal.value.params) == ("route.locked", {"route": first.code})
    assert routes.best_places(session, stop=stop_row(session, second)) == []
    lock_route(session, route=route, is_locked=False, by=by, now=NOW, base_version=route.version)
    tries[0]()
    assert stop.route_id == other.id


def test_a_move_to_its_own_place_changes_nothing(session: Session) -> None:
    _, by, first, _ = two_routes(session)
    route, stop = row(session, first), stop_row(session, first, at=1)
    routes.confirm_route(session, route=route, by=by, now=NOW, base_version=route.version)
    with pytest.raises(Refused) as refusal:
        routes.move_stop(
            session, stop=stop, to_route=route, position=2, by=by, now=NOW,
            base_version=stop.version,
        )  # fmt: skip
    assert refusal.value.code == "route.same_place"
    assert route.state == RouteState.CONFIRMED


def test_a_confirmed_trip_whose_hours_move_with_its_sister_is_confirmed_again(
    session: Session,
) -> None:
    _, by, first, other = two_routes(session)
    route = row(session, first)
    _, later = routes.split_route(
        session, route=route, after_position=1, by=by, now=NOW, base_version=route.version
    )
    sister = row(session, later)
    routes.confirm_route(
        session, route=sister, by=by, now=NOW, base_version=sister.version, accept_reason="siang"
    )
    stop = stop_row(session, other)
    tried = preview_move(session, stop=stop, to_route=route, position=1, by=by, now=NOW)
    assert {view.code for view in tried} == {first.code, other.code, later.code}
    moved = routes.move_stop(
        session, stop=stop, to_route=route, by=by, now=NOW, base_version=stop.version
    )
    assert {view.code for view in moved} == {first.code, other.code, later.code}
    assert sister.leaves_at > later.leaves_at
    assert sister.state == RouteState.STALE
    assert sister.accepted_reason == ""


def test_a_first_trip_cut_in_two_drives_both_parts_before_the_second(session: Session) -> None:
    _, by, view, _ = two_routes(session)
    first = row(session, view)
    _, last = routes.split_route(
        session, route=first, after_position=2, by=by, now=NOW, base_version=first.version
    )
    head, middle = routes.split_route(
        session, route=first, after_position=1, by=by, now=NOW, base_version=first.version
    )
    last = routes.route_view(session, route=row(session, last))
    assert [each.trip for each in (head, middle, last)] == [1, 2, 3]
    assert head.returns_at <= middle.leaves_at < middle.returns_at <= last.leaves_at
    for each in (head, middle, last):
        [stop] = each.stops
        assert each.leaves_at <= (stop.arrives_at or "") <= each.returns_at
