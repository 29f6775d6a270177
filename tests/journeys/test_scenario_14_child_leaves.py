"""Scenario 14 through the API: a child leaves; stop, message and place follow."""

from collections.abc import Callable
from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.services import planning, routes
from api.services.cycles import approve_cycle
from data.engine import read_session, write_session
from data.schema import Account, Child, Package, Pledge, Role, Route, Stop
from tests.api.services.test_matching import Month
from tests.api.services.test_planning import QUICK, spread_homes
from tests.conftest import NOW
from tests.factories import make_account, make_depot, make_vehicle, show_to_donors
from tests.factories_goods import kits_in_stock

MONTH = "/api/v1/cycles/2026-12"


@pytest.fixture
def on_routes(engine: Engine) -> None:
    """A month matched, packed and routed: three children, places for two, the third waits."""
    with write_session(engine) as session:
        month = Month(session, NOW, num_children=3, places=(1, 1)).lock()
        spread_homes(session)
        month.propose()
        month.submit()
        approve_cycle(session, cycle=month.cycle, by=month.approver, now=NOW)
        by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
        kits_in_stock(session, depot, by, 3)
        make_vehicle(session, depot_id=depot.id)
        from api.services import packing

        packing.pack_cycle(session, cycle=month.cycle, by=by, now=NOW)
        packing.mark_packed(session, cycle=month.cycle, by=by, now=NOW)
        planning.plan_routes(session, cycle=month.cycle, by=by, now=NOW, options=QUICK)
        routes.confirm_all(session, cycle=month.cycle, by=by, now=NOW)


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize(
    ("verb", "role", "reason"),
    [("graduate", Role.APPROVER, "TB/U pulih"), ("exit", Role.STAFF, "died")],
)
@pytest.mark.usefixtures("on_routes")
def test_a_child_leaves_in_a_running_month(
    app: FastAPI,
    client_for: Callable[[Role | Account], TestClient],
    engine: Engine,
    verb: str,
    role: Role,
    reason: str,
) -> None:
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    pairs = staff.get(f"{MONTH}/matching").json()["pairs"]
    gone, pledge = pairs[0]["child"], pairs[0]["pledge"]
    waiting = staff.get(f"{MONTH}/matching").json()["uncovered"][0]["child"]
    with write_session(engine) as session:
        sponsor_id = session.exec(select(Pledge.sponsor_id).where(Pledge.code == pledge)).one()
        donor = Account(
            username="donatur-satu", full_name="Donatur", role=Role.DONOR, sponsor_id=sponsor_id,
            created_at=app.state.clock(),
        )  # fmt: skip
        session.add(donor)
        show_to_donors(session)
    mine = client_for(donor)
    (before,) = mine.get("/api/v1/my/donations").json()["children"]

    leave = {"effective_on": date(2026, 12, 1).isoformat(), "reason": reason}
    if role is Role.APPROVER:
        assert staff.post(f"/api/v1/children/{gone}/{verb}", json=leave).status_code == 403
    left = client_for(role).post(f"/api/v1/children/{gone}/{verb}", json=leave)
    assert left.status_code == 200, left.text

    with read_session(engine) as session:
        child = session.exec(select(Child).where(Child.code == gone)).one()
        package = session.exec(select(Package).where(Package.child_id == child.id)).one()
        stops = session.exec(
            select(Stop).where(Stop.household_id == child.household_id).order_by(col(Stop.id))
        ).all()
        states = {route.state.value for route in session.exec(select(Route)).all()}
    assert package.state.value == "cancelled"
    assert {stop.state.value for stop in stops} == {"cancelled"}
    assert "stale" in states or "cancelled" in states

    shown = mine.get("/api/v1/my/donations")
    [farewell] = shown.json()["children"]
    news = {"graduate": "graduated", "exit": "left"}[verb]
    assert (farewell["alias"], farewell["news"], farewell["age_months"]) == (
        before["alias"],
        news,
        None,
    )
    assert gone not in shown.text
    page = mine.get("/donatur").text if mine.get("/donatur").status_code == 200 else ""
    for text in (shown.text, page):
        for word in ("meninggal", "died", "pulih", "TB/U", "exited"):
            assert word not in text

    [proposal] = [
        row for row in staff.get(f"{MONTH}/replacements").json() if row["state"] == "proposed"
    ]
    assert (proposal["child"], proposal["pledge"]) == (waiting, pledge)
    path = f"{MONTH}/replacements/{proposal['id']}"
    assert approver.post(path, json={"accept": True}).status_code == 204
    now = {row["child"]: row["pledge"] for row in staff.get(f"{MONTH}/matching").json()["pairs"]}
    assert (now[waiting], gone in now) == (pledge, False)
