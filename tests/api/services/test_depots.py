"""Depots by hand: one is confirmed by saving it, and closed only once nothing is left there."""

import time
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services import depots, vehicles
from api.services.default_places import ensure_depot
from api.services.errors import Forbidden, Invalid, Refused, StaleVersion
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Depot,
    Role,
    RouteState,
    StockItem,
    Vehicle,
    VehicleKind,
)
from tests.api.services.test_packing_race import at_once
from tests.factories import (
    NOW,
    make_account,
    make_depot,
    make_household,
)
from tests.factories_routes import make_dispatched_cycle

pytestmark = pytest.mark.stores("sqlite")
PLACE = {"lat": -2.13, "lon": 106.11}


def save(session: Session, depot: Depot | None, **changes: object) -> Depot:
    by = make_account(session, Role.COORDINATOR)
    return depots.save_depot(session, depot=depot, changes=changes, by=by, now=NOW)


def test_saving_a_candidate_confirms_it_and_a_new_one_starts_confirmed(session: Session) -> None:
    candidate = ensure_depot(session)
    assert depots.is_candidate(candidate)
    assert not depots.is_candidate(save(session, candidate))
    assert not depots.is_candidate(save(session, None, name="Aula", **PLACE))
    assert ensure_depot(session) is candidate
    save(session, candidate, is_active=False)
    assert ensure_depot(session).name == "Aula"


def test_what_is_wrong_is_said_by_field(session: Session) -> None:
    depot, _ = make_depot(session, name="Gudang A"), make_household(session)
    for field, changes in (
        ("name", {"name": "Gudang A", **PLACE}),
        ("closes", {"name": "B", "opens": "16:00", **PLACE}),
        ("point", {"name": "B", "lat": -6.2, "lon": 106.8}),
        ("source", {"name": "B", "source": "file", **PLACE}),
    ):
        with pytest.raises(Invalid) as caught:
            save(session, None, **changes)
        assert list(caught.value.params["fields"]) == [field]  # type: ignore[call-overload]
    staff, by = (make_account(session, role) for role in (Role.STAFF, Role.COORDINATOR))
    with pytest.raises(Forbidden):
        depots.save_depot(session, depot=depot, changes={}, by=staff, now=NOW)
    with pytest.raises(StaleVersion):
        depots.save_depot(
            session,
            depot=depot,
            changes={"opens": "09:00"},
            read={"opens": "07:00"},
            by=by,
            now=NOW,
        )


def test_a_depot_closes_once_goods_vehicles_and_routes_have_left_it(session: Session) -> None:
    _, route, _, _, _ = make_dispatched_cycle(session, num_children=1)
    depot = session.get_one(Depot, route.depot_id)
    shelves = session.exec(select(StockItem)).all()
    shelves[0].on_hand = 3
    refused = []

    def try_to_close() -> None:
        session.flush()
        with pytest.raises(Refused) as caught:
            save(session, depot, is_active=False)
        refused.append(caught.value.code)

    try_to_close()
    other = make_depot(session)
    try_to_close()
    shelves[0].on_hand = 0
    try_to_close()
    session.get_one(Vehicle, route.vehicle_id).depot_id = other.id
    for waiting in (RouteState.PLANNED, RouteState.DISPATCHED):  # what is not delivered comes back
        route.state = waiting
        try_to_close()
    route.state = RouteState.FINISHED
    session.flush()
    assert refused == [
        "depot.last", "depot.holds_goods", "depot.has_vehicles", *["depot.has_routes"] * 2,
    ]  # fmt: skip
    assert not save(session, depot, is_active=False).is_active
    vehicle, by = (
        session.get_one(Vehicle, route.vehicle_id),
        make_account(session, Role.COORDINATOR),
    )
    changes = {"depot_id": depot.id}
    with pytest.raises(Invalid):
        vehicles.save_vehicle(session, vehicle=vehicle, changes=changes, by=by, now=NOW)


@pytest.mark.stores("postgresql")
def test_of_the_last_two_depots_closed_at_once_one_stays(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_session(engine) as session:
        by_id = make_account(session, Role.COORDINATOR).id
        ids = [make_depot(session, name=name).id for name in ("A", "B")]
    held, both_look = depots._held, Barrier(2)

    def together(*given: Any) -> Any:
        with suppress(BrokenBarrierError):  # the second waits for the first
            both_look.wait(timeout=1.5)
        return held(*given)

    monkeypatch.setattr(depots, "_held", together)
    refused = []

    def close(depot_id: int | None) -> None:
        with write_session(engine) as session:
            by, depot = session.get_one(Account, by_id), session.get_one(Depot, depot_id)
            changes = {"is_active": False}
            try:
                depots.save_depot(session, depot=depot, changes=changes, by=by, now=NOW)
            except Refused as refusal:
                refused.append(refusal.code)

    at_once(lambda: close(ids[0]), lambda: close(ids[1]))
    with read_session(engine) as session:
        assert len(depots.active_depots(session)) == 1
    assert refused == ["depot.last"]


@pytest.mark.stores("postgresql")
def test_no_vehicle_goes_to_a_depot_that_is_being_closed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_session(engine) as session:
        by_id = make_account(session, Role.COORDINATOR).id
        closing_id, _ = (make_depot(session, name=name).id for name in ("A", "B"))
        vehicle = Vehicle(name="Pikap", kind=VehicleKind.PICKUP, capacity_g=1, capacity_ml=1)
        session.add(vehicle)
        session.flush()
        vehicle_id = vehicle.id
    held, is_held = depots._held, Event()

    def then_wait(*given: Any) -> Any:
        found = held(*given)
        is_held.set()
        time.sleep(0.5)  # the vehicle is saved meanwhile
        return found

    monkeypatch.setattr(depots, "_held", then_wait)
    refused = []

    def close() -> None:
        with write_session(engine) as session:
            by, depot = session.get_one(Account, by_id), session.get_one(Depot, closing_id)
            changes = {"is_active": False}
            depots.save_depot(session, depot=depot, changes=changes, by=by, now=NOW)

    def choose() -> None:
        assert is_held.wait(timeout=30)
        with write_session(engine) as session:
            by, vehicle = session.get_one(Account, by_id), session.get_one(Vehicle, vehicle_id)
            changes = {"depot_id": closing_id}
            try:
                vehicles.save_vehicle(session, vehicle=vehicle, changes=changes, by=by, now=NOW)
            except Invalid as refusal:
                refused.append(refusal.params["fields"])

    at_once(close, choose)
    assert refused == [{"depot_id": "vehicle.depot"}]
