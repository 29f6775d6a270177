"""A vehicle or depot that changes: routes that left keep it, confirmed ones ask anew."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services import departures, depots, import_undo, intake, routes, vehicles
from data.schema import Account, AuditEntry, Depot, ImportBatch, Role, Route, RouteState, Vehicle
from tests.api.services.test_departures import at_eight, states
from tests.api.services.test_dispatch import confirmed_month
from tests.factories import NOW, make_account
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")
CREW = {"courier_name": "Kurir Lama", "courier_phone": "+628117000001", "plate": "BN 1 AA"}
FILE = """Nama,Jenis,Plat,Kapasitas (kg),Kurir
{name},motor,BN 1 AA,25,Kurir Baru
"""


def save(session: Session, route: Route, by: Account, **changes: Any) -> None:
    vehicle = session.get_one(Vehicle, route.vehicle_id)
    vehicles.save_vehicle(session, vehicle=vehicle, changes=changes, by=by, now=NOW)


def apply_file(session: Session, route: Route, by: Account) -> ImportBatch:
    name = session.get_one(Vehicle, route.vehicle_id).name
    return intake.import_file(
        session,
        file_name="armada.csv",
        content=FILE.format(name=name).encode(),
        kind="fleet",
        by=make_account(session, Role.STAFF),
        now=NOW,
        keys=KEYS,
    )


def edit(session: Session, route: Route, by: Account) -> None:
    save(session, route, by, courier_name="Kurir Baru", plate="BN 2 BB", capacity_g=40_000)


@pytest.mark.parametrize("change", [apply_file, edit])
def test_a_route_that_left_keeps_who_drove_and_one_that_waits_asks_anew(
    session: Session, change: Callable[[Session, Route, Account], object]
) -> None:
    _, by, [first, second] = confirmed_month(session, capacity_g=25_000, **CREW)
    departures.dispatch_route(session, route=first, by=by, now=at_eight(first))
    change(session, first, by)
    left, waits = (routes.route_view(session, route=route) for route in (first, second))
    assert (left.state, waits.state) == (RouteState.DISPATCHED, RouteState.STALE)
    assert (left.courier_name, left.courier_phone, left.plate) == tuple(CREW.values())
    assert (left.capacity_g, waits.courier_name) == (25_000, "Kurir Baru")
    [told] = session.exec(select(AuditEntry).where(AuditEntry.action == "route:stale")).all()
    assert (told.subject_id, (told.after or {})["reason"]) == (second.code, "vehicle")


def test_taking_a_file_back_asks_anew_as_well(session: Session) -> None:
    cycle, by, [first, second] = confirmed_month(session, capacity_g=25_000, **CREW)
    batch = apply_file(session, first, by)
    routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    staff = make_account(session, Role.STAFF)
    import_undo.undo_import(session, batch=batch, by=staff, now=NOW, keys=KEYS)
    assert states(session, first, second) == [RouteState.STALE, RouteState.STALE]
    view = routes.route_view(session, route=first)
    assert view.courier_name == CREW["courier_name"]


def test_what_no_sheet_names_leaves_a_confirmed_route_confirmed(session: Session) -> None:
    _, by, [route] = confirmed_month(session, **CREW)
    save(session, route, by, courier_phone="+628117000002", courier_name="Kurir Lama")
    assert states(session, route) == [RouteState.CONFIRMED]
    save(session, route, by, capacity_g=1_000)
    assert states(session, route) == [RouteState.STALE]
    assert "violation.overweight" in {each["code"] for each in route.violations}


def test_a_depot_that_moves_leaves_what_left_where_it_began_and_asks_the_others_anew(
    session: Session,
) -> None:
    _, by, [first, second] = confirmed_month(session, capacity_g=25_000, **CREW)
    departures.dispatch_route(session, route=first, by=by, now=at_eight(first))
    depot = session.get_one(Depot, first.depot_id)
    before = (depot.lat, depot.lon)
    was_m = second.distance_m
    depots.save_depot(session, depot=depot, changes={"lat": -2.2}, by=by, now=NOW)
    left, waits = (routes.route_view(session, route=route) for route in (first, second))
    assert ((left.depot_lat, left.depot_lon), waits.depot_lat) == (before, -2.2)
    assert (left.state, waits.state) == (RouteState.DISPATCHED, RouteState.STALE)
    assert waits.distance_m > was_m
    depots.save_depot(session, depot=depot, changes={"address": "Jalan Baru"}, by=by, now=NOW)
    routes.confirm_route(session, route=second, by=by, now=NOW, base_version=second.version)
    assert states(session, second) == [RouteState.CONFIRMED]


@pytest.mark.parametrize("waiting", [RouteState.PLANNED, RouteState.STALE])
def test_what_waits_for_its_confirmation_is_timed_anew_before_anybody_confirms_it(
    session: Session, waiting: RouteState
) -> None:
    cycle, by, [route] = confirmed_month(session, **CREW)
    route.state, route.violations = waiting, []
    if waiting == RouteState.PLANNED:
        route.confirmed_at = None
    session.flush()
    was_m, version = route.distance_m, route.version
    depot = session.get_one(Depot, route.depot_id)
    depots.save_depot(session, depot=depot, changes={"lat": -2.2}, by=by, now=NOW)
    assert route.distance_m > was_m
    assert (route.state, route.version > version) == (waiting, True)
    save(session, route, by, capacity_g=1_000)
    confirmed, left = routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    assert (confirmed, [view.code for view in left]) == ([], [route.code])
