"""Goods fetched on the way: planned between stops, kept when routes change, recorded once away."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services import hand_plan, own_routes, pickups, planning, routes
from api.services.errors import Forbidden, Invalid, Refused, StaleVersion
from api.services.package_cancelling import cancel_package
from api.services.route_heads import list_heads
from api.services.routes import check_editable
from data.schema import Account, Cycle, Pickup, PickupState, Role, Route, RouteState, Stop, Vehicle
from logistics.solve import solve
from tests.api.services.test_planning import QUICK, packed_month
from tests.factories import NOW, make_account, make_vehicle
from tests.factories_routes import package_at
from tests.kept import kept

pytestmark = pytest.mark.stores("sqlite")
THURSDAY = date(2026, 12, 3)
SHOP: dict[str, Any] = {
    "label": "Toko Makmur", "address": "Jl. Pasar 3", "goods": "10 karung beras",
    "weight_g": 50_000, "volume_ml": 70_000, "lat": -2.112, "lon": 106.104,
}  # fmt: skip


def shop(session: Session, cycle: Cycle, by: Account, **changes: Any) -> Pickup:
    return pickups.save_pickup(
        session, cycle=cycle, pickup=None, changes=SHOP | changes, by=by, now=NOW
    )


@kept
def month(session: Session, **values: Any) -> tuple[Cycle, Account]:
    cycle, by, _ = packed_month(session)
    make_vehicle(session, **values)
    return cycle, by


def test_a_pickup_rides_between_the_stops_of_a_route(session: Session) -> None:
    cycle, by = month(session)
    row = shop(session, cycle, by)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert result.unserved == ()
    [view] = [v for v in routes.list_routes(session, cycle=cycle) if v.pickups]
    [found] = view.pickups
    assert (found.label, found.state) == ("Toko Makmur", PickupState.PLANNED)
    assert 0 <= found.after <= len(view.stops)
    assert found.arrives_at is not None
    assert view.violations == ()
    before = [stop.arrives_at or "" for stop in view.stops[: found.after]]
    after = [stop.arrives_at or "" for stop in view.stops[found.after :]]
    assert max(before, default="") <= found.arrives_at <= min(after, default="99")
    assert row.route_id == view.id
    heads = list_heads(session, cycle=cycle)
    assert [(h.code, h.num_pickups, h.num_stops, h.weight_g) for h in heads] == [
        (v.code, len(v.pickups), len(v.stops), v.weight_g)
        for v in routes.list_routes(session, cycle=cycle)
    ]
    assert sum(h.num_pickups for h in heads) == 1


def test_a_plan_made_again_carries_the_pickup_again(session: Session) -> None:
    cycle, by = month(session)
    row = shop(session, cycle, by)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    first = row.route_id
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert (row.state, row.route_id != first) == (PickupState.PLANNED, True)


def test_what_no_vehicle_can_fetch_says_why(session: Session) -> None:
    cycle, by = month(session)
    row = shop(session, cycle, by, weight_g=3_000_000)
    result = planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert result.unserved == ()
    assert (row.state, row.route_id) == (PickupState.WAITING, None)
    assert row.unserved is not None
    assert (row.unserved["reason"], row.unserved["remedy"]) == (
        "unserved.too_heavy",
        "remedy.larger_vehicle",
    )


def test_hours_of_the_shop_are_kept(session: Session) -> None:
    cycle, by = month(session)
    row = shop(session, cycle, by, opens="13:00", closes="14:00")
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    assert "13:00" <= (row.arrives_at or "") <= "14:00"


def test_cut_and_merged_routes_keep_their_pickups(session: Session) -> None:
    cycle, by = month(session, max_trips=1)
    row = shop(session, cycle, by)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    route = session.get_one(Route, row.route_id)
    row.after = 3
    first, second = routes.split_route(
        session, route=route, after_position=2, by=by, now=NOW, base_version=route.version
    )
    assert (row.route_id, row.after) == (second.id, 1)
    merged = routes.merge_routes(
        session,
        route=session.get_one(Route, first.id),
        other=session.get_one(Route, second.id),
        by=by,
        now=NOW,
        base_version=first.version,
    )
    assert [(each.label, each.after) for each in merged.pickups] == [("Toko Makmur", 3)]


def test_a_stop_that_leaves_or_comes_moves_no_pickup_between_the_others(session: Session) -> None:
    cycle, by = month(session, max_trips=1)
    row = shop(session, cycle, by)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    route = session.get_one(Route, row.route_id)
    stops = [
        session.exec(select(Stop).where(Stop.uid == each.uid)).one()
        for each in routes.route_view(session, route=route).stops
    ]
    row.after = 2
    moved: dict[str, Any] = {"to_route": None, "by": by, "now": NOW}
    routes.move_stop(session, stop=stops[0], base_version=stops[0].version, **moved)
    assert row.after == 1
    routes.move_stop(session, stop=stops[-1], base_version=stops[-1].version, **moved)
    assert row.after == 1
    back: dict[str, Any] = {"to_route": route, "by": by, "now": NOW}
    routes.move_stop(session, stop=stops[0], base_version=stops[0].version, position=1, **back)
    assert row.after == 2
    end = len(routes.route_view(session, route=route).stops) + 1
    routes.move_stop(session, stop=stops[-1], base_version=stops[-1].version, position=end, **back)
    assert row.after == 2
    cancel_package(
        session, package=package_at(session, stops[0]), by=by, now=NOW, reason="dua kali"
    )
    assert row.after == 1


def test_the_rest_of_a_day_planned_anew_keeps_the_pickup(session: Session) -> None:
    cycle, by = month(session)
    row = shop(session, cycle, by)
    options = replace(QUICK, days=(THURSDAY,))
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
    rest = hand_plan.rest_of_day(session, cycle=cycle, day=THURSDAY, by=by)
    plan = solve(rest.problem, start=rest.start, seconds=None, iterations=20)
    hand_plan.store_rest(
        session, cycle=cycle, day=THURSDAY, start=rest.start, plan=plan, by=by, now=NOW
    )
    assert (row.state, row.route_id is not None) == (PickupState.PLANNED, True)


def test_a_change_takes_the_pickup_off_its_route(session: Session) -> None:
    cycle, by = month(session)
    row = shop(session, cycle, by)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    route = session.get_one(Route, row.route_id)
    way_m = route.distance_m
    with pytest.raises(StaleVersion, match=r"pickup\.stale"):
        pickups.cancel_pickup(session, pickup=row, by=by, now=NOW, base_version=9)
    pickups.cancel_pickup(session, pickup=row, by=by, now=NOW, base_version=row.version)
    assert (row.state, row.route_id) == (PickupState.CANCELLED, None)
    assert route.state == RouteState.PLANNED
    assert route.distance_m <= way_m
    check_editable(route, by, route.version)
    with pytest.raises(Refused, match=r"pickup\.over"):
        pickups.cancel_pickup(session, pickup=row, by=by, now=NOW, base_version=row.version)


def test_what_came_is_recorded_once_the_route_has_left(session: Session) -> None:
    cycle, by = month(session)
    row = shop(session, cycle, by)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)

    def record(*, is_fetched: bool, note: str = "") -> Pickup:
        return pickups.record_pickup(
            session, pickup=row, is_fetched=is_fetched, note=note, by=by, now=NOW,
            base_version=row.version,
        )  # fmt: skip

    with pytest.raises(Refused, match=r"pickup\.not_away"):
        record(is_fetched=True)
    route = session.get_one(Route, row.route_id)
    route.state = RouteState.DISPATCHED
    with pytest.raises(Invalid, match=r"pickup\.note"):
        record(is_fetched=False)
    assert record(is_fetched=False, note="tutup").state == PickupState.MISSED
    assert record(is_fetched=True).state == PickupState.FETCHED


def test_a_route_that_only_fetches_ends_when_all_is_recorded(session: Session) -> None:
    cycle, by = month(session)
    row = shop(session, cycle, by)
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    route = session.get_one(Route, row.route_id)
    view = routes.route_view(session, route=route)
    for stop in list(view.stops):
        found = session.get_one(Stop, stop.id)
        routes.move_stop(
            session, stop=found, to_route=None, by=by, now=NOW, base_version=found.version
        )
    assert [each.after for each in routes.route_view(session, route=route).pickups] == [0]
    confirmed = routes.confirm_route(
        session, route=route, by=by, now=NOW, base_version=route.version
    )
    assert confirmed.state == RouteState.CONFIRMED
    route.state = RouteState.DISPATCHED
    pickups.record_pickup(
        session, pickup=row, is_fetched=True, note="", by=by, now=NOW, base_version=row.version
    )
    assert route.state == RouteState.FINISHED


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"lat": None}, "lat", "pickup.place"),
        ({"opens": "12:00", "closes": "10:00"}, "closes", "pickup.hours"),
        ({"weight_g": 0}, "weight_g", "vehicle.capacity"),
        ({"state": "fetched"}, "state", "edit.unknown_field"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, changes: dict[str, Any], field: str, code: str
) -> None:
    cycle, by = month(session)
    with pytest.raises(Invalid) as refusal:
        shop(session, cycle, by, **changes)
    assert refusal.value.params["fields"] == {field: code}


def test_only_those_who_keep_the_stock_enter_pickups(session: Session) -> None:
    cycle, _ = month(session)
    assert shop(session, cycle, make_account(session, Role.STAFF)).id
    with pytest.raises(Forbidden, match=r"access\.role"):
        shop(session, cycle, make_account(session, Role.AUDITOR))
    assert len(session.exec(select(Pickup)).all()) == 1


def test_the_courier_s_phone_is_told_of_breaks_and_goods_to_fetch(session: Session) -> None:
    cycle, by = month(session)
    row = shop(session, cycle, by, phone="0811000111")
    planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
    route = session.get_one(Route, row.route_id)
    route.pauses = [{"name": "istirahat", "starts": "12:00", "ends": "12:30", "after": 99}]
    courier = make_account(session, Role.COURIER)
    session.get_one(Vehicle, route.vehicle_id).courier_account_id = courier.id
    route.state, route.dispatched_at = RouteState.DISPATCHED, NOW
    [sheet] = own_routes.courier_sheets(session, by=courier, now=NOW)
    assert [(event.kind, event.name) for event in sheet.events] == [
        ("pickup", "Toko Makmur"),
        ("break", "istirahat"),
    ]
    assert (sheet.events[0].phone, sheet.events[0].goods) == ("0811000111", "10 karung beras")
