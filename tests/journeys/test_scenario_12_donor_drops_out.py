"""Scenario 12: a donor ends his pledge after approval; standby and bridge fund take over."""

from collections.abc import Callable

from sqlalchemy import Engine
from starlette.testclient import TestClient

from data.engine import write_session
from data.schema import Role
from tests.factories import make_child, make_pledge

Browsers = Callable[[Role], TestClient]
MONTH = "/api/v1/cycles/2026-12"


def test_three_children_of_an_ended_pledge_are_taken_over(
    client_for: Browsers, engine: Engine
) -> None:
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    with write_session(engine) as session:
        for _ in range(3):
            make_child(session)
        pledge = make_pledge(session, num_children=3)
        standby = make_pledge(session, num_children=2, is_standby=True)
    staff.post("/api/v1/cycles", json={"month": "2026-12"})
    for step, body in (("lock", {}), ("propose", {}), ("submit", None)):
        assert staff.post(f"{MONTH}/{step}", json=body).status_code == 200
    assert approver.post(f"{MONTH}/approve").status_code == 200

    ended = {"reason": "cannot_continue", "ended_on": "2026-12-01"}
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
