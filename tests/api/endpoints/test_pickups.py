"""Goods to fetch over JSON: entered, changed by version, recorded by the courier, in stock."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services import planning
from data.engine import write_session
from data.schema import Account, Cycle, Pickup, Role, Route, RouteState, Vehicle
from tests.api.services.test_planning import QUICK, packed_month
from tests.factories import NOW, make_vehicle

pytestmark = pytest.mark.stores("sqlite")
MONTH = "/api/v1/cycles/2026-12/pickups"
SHOP: dict[str, Any] = {
    "label": "Toko Makmur", "address": "Jl. Pasar 3", "goods": "10 karung beras",
    "weight_g": 50_000, "volume_ml": 70_000, "lat": -2.112, "lon": 106.104,
}  # fmt: skip


@pytest.fixture
def coordinator(client_for: Callable[[Role], TestClient], engine: Engine) -> TestClient:
    with write_session(engine) as session:
        packed_month(session)
        make_vehicle(session)
    return client_for(Role.COORDINATOR)


def send_away(engine: Engine, by: Account, courier: Account) -> None:
    """Plan the month and let the pickup's route leave with a courier."""
    with write_session(engine) as session:
        cycle = session.exec(select(Cycle)).one()
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
        route = session.get_one(Route, session.exec(select(Pickup)).one().route_id)
        route.state, route.dispatched_at = RouteState.DISPATCHED, NOW
        vehicle = session.get_one(Vehicle, route.vehicle_id)
        vehicle.courier_account_id = courier.id
        session.add_all([route, vehicle])


def test_a_pickup_from_its_entry_to_the_stock(
    coordinator: TestClient,
    client_for: Callable[[Role], TestClient],
    person: Callable[[Role], Account],
    engine: Engine,
) -> None:
    made = coordinator.post(MONTH, json=SHOP)
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    at = f"/api/v1/pickups/{made.json()['uid']}"
    changed = coordinator.patch(at, json={"base_version": 1, "goods": "5 karung"}).json()
    assert (changed["goods"], changed["label"]) == ("5 karung", "Toko Makmur")
    assert coordinator.patch(at, json={"base_version": 1, "goods": "?"}).status_code == 409
    assert coordinator.patch(at, json={"base_version": 2, "goods": None}).status_code == 422
    assert [row["uid"] for row in coordinator.get(MONTH).json()] == [made.json()["uid"]]
    courier = client_for(Role.COURIER)
    event = {
        "event_uid": "a" * 32, "pickup_uid": made.json()["uid"], "is_fetched": True,
        "happened_at": NOW.isoformat(), "device_id": "hp", "device_seq": 1,
    }  # fmt: skip

    def tell() -> dict[str, object]:
        [answer] = courier.post("/api/v1/my/pickups", json={"events": [event]}).json()["answers"]
        return dict(answer)

    unknown = {"event_uid": "a" * 32, "state": "refused", "code": "pickup.unknown", "params": {}}
    assert tell() == unknown
    send_away(engine, person(Role.COORDINATOR), person(Role.COURIER))
    [route] = [r for r in courier.get("/api/v1/my/routes").json() if r["events"]]
    [shown] = [each for each in route["events"] if each["kind"] == "pickup"]
    assert (shown["uid"], shown["state"]) == (made.json()["uid"], "planned")
    assert [tell()["state"] for _ in range(2)] == ["stored", "repeated"]
    assert coordinator.get(MONTH).json()[0]["state"] == "fetched"
    counted = {"item_code": "telur", "quantity": 60}
    moves = [coordinator.post(f"{at}/stock", json=counted).json()["id"] for _ in range(2)]
    assert moves[0] == moves[1]
    assert courier.post(f"{at}/stock", json=counted).status_code == 403


def test_a_pickup_is_recorded_and_cancelled_by_version(coordinator: TestClient) -> None:
    made = coordinator.post(MONTH, json=SHOP).json()
    at = f"/api/v1/pickups/{made['uid']}"
    early = coordinator.post(f"{at}/result", json={"base_version": 1, "is_fetched": True})
    assert (early.status_code, early.json()["code"]) == (409, "pickup.not_away")
    assert coordinator.post(f"{at}/cancel", json={"base_version": 9}).status_code == 409
    assert coordinator.post(f"{at}/cancel", json={"base_version": 1}).json()["state"] == "cancelled"
    assert coordinator.post(MONTH, json={**SHOP, "weight_g": 0}).status_code == 422
    assert coordinator.post(MONTH, json={**SHOP, "name": "x"}).status_code == 422
