"""Scenario 12: a donor is late, then ends his pledge; standby and bridge fund take over."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import Account, Assignment, Pledge, Role
from tests.api.endpoints.month_over_http import approved_month, done, event, packages_on, send_out
from tests.factories import NOW, make_account, make_child, make_pledge

Browsers = Callable[[Role | Account], TestClient]
MONTH = "/api/v1/cycles/2026-12"


def test_three_children_of_an_ended_pledge_are_taken_over(
    client_for: Browsers, engine: Engine, app: FastAPI
) -> None:
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    with write_session(engine) as session:
        for _ in range(3):
            make_child(session)
        pledge = make_pledge(session, num_children=3)
        account = make_account(session, Role.DONOR, sponsor_id=pledge.sponsor_id)
        standby = make_pledge(session, num_children=2, is_standby=True)
    staff.post("/api/v1/cycles", json={"month": "2026-12"})
    for step, body in (("lock", {}), ("propose", {}), ("submit", None)):
        assert staff.post(f"{MONTH}/{step}", json=body).status_code == 200
    assert approver.post(f"{MONTH}/approve").status_code == 200

    app.state.clock = lambda: NOW + timedelta(days=5)
    staff = client_for(Role.STAFF)
    marked = staff.post("/api/v1/pledges/late/2026-12")
    assert marked.status_code == 200, marked.text
    assert [row["code"] for row in marked.json()] == [pledge.code]
    path = f"/api/v1/pledges/{pledge.code}"
    assert staff.get(path).json()["state"] == "late"
    reminder = staff.get(f"{path}/reminder", params={"month": "2026-12"}).json()
    assert "Desember 2026" in str(reminder)

    app.state.clock = lambda: NOW + timedelta(days=11)
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    ended = {"reason": "cannot_continue", "ended_on": "2026-12-12"}
    assert staff.post(f"/api/v1/pledges/{pledge.code}/end", json=ended).status_code == 200
    rows = staff.get(f"{MONTH}/replacements").json()
    assert sorted((row["pledge"] or "", row["is_bridge_fund"]) for row in rows) == [
        ("", True),
        (standby.code, False),
        (standby.code, False),
    ]
    for row in rows:
        path = f"{MONTH}/replacements/{row['id']}"
        assert staff.post(path, json={"accept": True}).status_code == 403
        assert approver.post(path, json={"accept": True}).status_code == 204
    pairs = staff.get(f"{MONTH}/matching").json()["pairs"]
    assert len(pairs) == 3
    assert pledge.code not in {pair["pledge"] for pair in pairs}

    donor = client_for(account)
    view = donor.get("/api/v1/my/donations").json()
    assert (view["ended_on"], view["proof_until"]) == ("2026-12-12", "2027-03-12")
    assert "terima kasih" in donor.get("/donatur").text.lower()
    app.state.clock = lambda: NOW + timedelta(days=11 + 91)
    assert client_for(account).get("/api/v1/my/donations").json()["children"] == []


@pytest.mark.stores("sqlite")
def test_children_whose_packages_are_loaded_still_get_them(
    client_for: Browsers, engine: Engine, app: FastAPI
) -> None:
    month = approved_month(app, engine, client_for, num_children=3)
    codes = packages_on(send_out(month))
    with read_session(engine) as session:
        given = session.exec(select(Assignment)).first()
        assert given is not None
        pledge = session.get_one(Pledge, given.pledge_id).code
    staff = client_for(Role.STAFF)
    ended = {"reason": "cannot_continue", "ended_on": "2026-12-01"}
    assert staff.post(f"/api/v1/pledges/{pledge}/end", json=ended).status_code == 200
    assert staff.get(f"{MONTH}/replacements").json() == []

    [sheet] = month.courier.get("/api/v1/my/routes").json()
    assert packages_on([sheet]) == codes
    reports = [event(code, code) for code in codes]
    answers = done(month.courier.post("/api/v1/deliveries", json={"events": reports}))["answers"]
    assert [one["package_state"] for one in answers] == ["accepted"] * 3
    done(month.coordinator.post(f"{MONTH}/reconcile"))
    [call] = done(month.coordinator.get(f"{MONTH}/calls"))
    done(month.coordinator.post(f"/api/v1/calls/{call['id']}", json={"answer": "received"}))
    assert done(month.approver.post(f"{MONTH}/close"))["state"] == "closed"
    rows = done(month.approver.get(f"{MONTH}/fulfilments"))
    assert [row["state"] for row in rows] == ["fulfilled"] * 3
