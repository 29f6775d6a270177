"""A month taken through the API as coordinators, couriers and approvers do it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from data.engine import write_session
from data.schema import Account, Household, Role
from tests.factories import make_approved_cycle, make_depot, make_vehicle
from tests.factories_goods import KIT

BASE = "/api/v1/cycles/2026-12"
ClientFor = Callable[[Role | Account], TestClient]


def done(answer: Any) -> Any:
    """What an answer holds, when it is one."""
    assert answer.status_code == 200, answer.text
    return answer.json()


@dataclass
class Month:
    """Browsers of a month, and its depot."""

    app: FastAPI
    coordinator: TestClient
    courier: TestClient
    approver: TestClient
    depot_id: int


def approved_month(
    app: FastAPI, engine: Engine, client_for: ClientFor, *, num_children: int = 3
) -> Month:
    """A month that was approved, with goods, a vehicle and its courier."""
    with write_session(engine) as session:
        courier = Account(
            username="kurir-satu",
            full_name="Kurir",
            role=Role.COURIER,
            created_at=app.state.clock(),
        )
        session.add(courier)
        session.flush()
        depot = make_depot(session)
        make_vehicle(session, depot_id=depot.id, courier_account_id=courier.id)
        make_approved_cycle(session, num_children=num_children)
        homes = session.exec(select(Household).order_by(col(Household.id)))
        for number, home in enumerate(homes):
            home.lat, home.lon = -2.11 - number * 0.004, 106.10
            session.add(home)
        depot_id = depot.id or 0
    month = Month(
        app,
        client_for(Role.COORDINATOR),
        client_for(courier),
        client_for(Role.APPROVER),
        depot_id,
    )
    for code, quantity in KIT.items():
        receive(month, code, quantity * num_children)
    return month


def receive(month: Month, item_code: str, quantity: int) -> Any:
    """Goods come in."""
    return done(
        month.coordinator.post(
            "/api/v1/stock/receipts",
            json={
                "depot_id": month.depot_id,
                "item_code": item_code,
                "quantity": quantity,
                "move_uid": f"datang-{item_code}-{quantity}",
            },
        )
    )


def plan(month: Month) -> list[dict[str, Any]]:
    """Pack, plan and confirm."""
    assert done(month.coordinator.post(f"{BASE}/pack", json={}))["is_reserved"]
    done(month.coordinator.post(f"{BASE}/packed", json={}))
    done(month.coordinator.post(f"{BASE}/plan", json={"seconds": 0.3, "days": ["2026-12-01"]}))
    confirmed: list[dict[str, Any]] = done(month.coordinator.post(f"{BASE}/routes/confirm"))[
        "confirmed"
    ]
    return confirmed


def send_out(month: Month) -> list[dict[str, Any]]:
    """Pack, plan, confirm and let every route leave; what the courier then sees."""
    for route in plan(month):
        wanted = {"base_version": route["version"]}
        done(month.coordinator.post(f"/api/v1/routes/{route['code']}/dispatch", json=wanted))
    day = datetime.combine(datetime(2026, 12, 1, tzinfo=UTC).date(), time(3), UTC)
    month.app.state.clock = lambda: day
    sheets: list[dict[str, Any]] = done(month.courier.get("/api/v1/my/routes"))
    return sheets


def packages_on(sheets: list[dict[str, Any]]) -> list[str]:
    """Codes of the packages on a courier's routes."""
    return [p["code"] for sheet in sheets for stop in sheet["stops"] for p in stop["packages"]]


def event(code: str, uid: str, outcome: str = "accepted", **more: Any) -> dict[str, Any]:
    """One event of a phone."""
    return {
        "event_uid": f"peristiwa-{uid}",
        "package_code": code,
        "outcome": outcome,
        "happened_at": "2026-12-01T03:00:00Z",
        **more,
    }
