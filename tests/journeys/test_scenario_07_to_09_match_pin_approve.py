"""Scenarios 7, 8 and 9: match and explain, pin and re-run, four eyes; all through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from data.engine import write_session
from data.schema import AssignmentState, CycleState, Role
from tests.factories import (
    make_assignment,
    make_child,
    make_cycle,
    make_match_run,
    make_pledge,
)

Browsers = Callable[[Role], TestClient]
MONTH = "/api/v1/cycles/2026-12"


@pytest.fixture
def city(engine: Engine) -> None:
    """Twenty children, places for sixteen; twelve pairs of last month."""
    with write_session(engine) as session:
        children = [make_child(session, haz=-2.2 - number * 0.1) for number in range(20)]
        pledges = [make_pledge(session, num_children=2) for _ in range(8)]
        run = make_match_run(session, make_cycle(session, "2026-11", state=CycleState.CLOSED))
        for number, child in enumerate(children[8:]):
            make_assignment(
                session, run, child, pledges[number // 2], state=AssignmentState.FULFILLED
            )


def proposed(staff: TestClient) -> dict[str, Any]:
    answer = staff.post(f"{MONTH}/propose", json={"seed": 5})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = staff.get(f"{MONTH}/matching").json()
    return found


@pytest.mark.usefixtures("city")
def test_staff_matches_pins_and_another_person_approves(client_for: Browsers) -> None:
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    staff.post("/api/v1/cycles", json={"month": "2026-12"})
    assert staff.post(f"{MONTH}/lock", json={}).status_code == 200

    first = proposed(staff)
    assert len(first["pairs"]) == 16
    assert all(pair["why"]["reason"].startswith("reason.") for pair in first["pairs"])
    assert all(row["reason"] and row["remedies"] for row in first["uncovered"])
    assert sum(pair["is_kept"] for pair in first["pairs"]) >= 0.95 * 12
    assert proposed(staff)["run"]["result_hash"] == first["run"]["result_hash"]

    child = first["uncovered"][0]["child"]
    pinned, banned, *stay = first["pairs"][:5]
    for kind, who, pledge in (
        ("pin", child, pinned["pledge"]),
        *(("pin", pair["child"], pair["pledge"]) for pair in stay),
        ("ban", banned["child"], banned["pledge"]),
    ):
        body = {"kind": kind, "child": who, "pledge": pledge, "reason": "permintaan keluarga"}
        assert staff.post(f"{MONTH}/holds", json=body).status_code == 201
    second = proposed(staff)
    pairs = {pair["child"]: pair["pledge"] for pair in second["pairs"]}
    assert pairs[child] == pinned["pledge"]
    assert all(pairs[pair["child"]] == pair["pledge"] for pair in stay)
    assert pairs.get(banned["child"]) != banned["pledge"]
    changes = staff.get(f"{MONTH}/changes", params={"against": "previous_run"}).json()
    moved = {row["child_code"] for row in changes}
    before = {pair["child"]: pair["pledge"] for pair in first["pairs"]}
    assert moved == {code for code in {*before, *pairs} if before.get(code) != pairs.get(code)}
    for row in changes:
        if row["reason"] == "change.by_goals":
            asked = {"child": row["child_code"], "pledge": row["before"]}
            answer = staff.get(f"{MONTH}/what-if", params=asked).json()
            assert row["price"] == answer["price"] != {}
            assert row["bound"] == ("exact" if answer["is_exact"] else "at_most")
    reasons = {row["reason"] for row in changes}
    sure = {"change.newly_covered", "refusal.banned"}
    told_by_price = {"change.by_goals", "change.by_lottery", "change.no_loss"}
    assert sure <= reasons <= sure | told_by_price | {"change.pins_took_it"}
    packing = client_for(Role.COORDINATOR).post(f"{MONTH}/pack", json={})
    assert (packing.status_code, packing.json()["code"]) == (409, "packing.state")

    assert staff.post(f"{MONTH}/submit").json()["state"] == "in_approval"
    assert staff.post(f"{MONTH}/approve").status_code == 403
    assert approver.post(f"{MONTH}/reject", json={"reason": "cek lagi"}).status_code == 200
    staff.post(f"{MONTH}/submit")
    approved = approver.post(f"{MONTH}/approve").json()
    assert (approved["state"], approved["approved_by"]) == ("approved", "approver")
    assert staff.post(f"{MONTH}/unlock", json={"reason": "x"}).json()["code"] == "move.state"
    result = staff.get(f"{MONTH}/result")
    assert result.headers["content-type"] == "application/json"
