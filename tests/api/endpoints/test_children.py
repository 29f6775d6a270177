"""Children over HTTP: what a role may not see is absent, reads are audited, edits merge."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import AuditEntry, Child, Role
from tests.factories import make_child, make_household

Browsers = Callable[[Role], TestClient]


@pytest.fixture
def child(engine: Engine) -> Child:
    with write_session(engine) as session:
        home = make_household(session, code="K-E-001", guardian_name="Ibu Contoh", poverty_decile=1)
        return make_child(
            session,
            code="E-001",
            name="Anak Contoh",
            household_id=home.id,
            nik_masked="1971••••••••0012",
        )


def test_staff_reads_a_child_and_the_read_is_kept(
    client_for: Browsers, engine: Engine, child: Child
) -> None:
    answer = client_for(Role.STAFF).get("/api/v1/children/E-001", params={"purpose": "telaah"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["code"], body["name"], body["nik_masked"]) == (
        "E-001",
        "Anak Contoh",
        "1971••••••••0012",
    )
    assert body["household"]["poverty_decile"] == 1
    assert "nik_sealed" not in answer.text
    with read_session(engine) as session:
        reads = session.exec(select(AuditEntry).where(AuditEntry.action == "child:read")).all()
    assert [(one.by, one.subject_id, one.purpose) for one in reads] == [
        ("staff", "E-001", "telaah")
    ]


def test_an_auditor_sees_initials(client_for: Browsers, child: Child) -> None:
    body = client_for(Role.AUDITOR).get("/api/v1/children/E-001").json()
    assert body["name"] == "A. C."
    assert body["household"]["guardian_name"] == "I. C."


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.COURIER, Role.DONOR, Role.ADMIN])
def test_other_roles_do_not_read_children(client_for: Browsers, child: Child, role: Role) -> None:
    assert client_for(role).get("/api/v1/children/E-001").status_code == 403
    assert client_for(role).get("/api/v1/children").status_code == 403


def test_a_coordinator_sees_where_but_not_how_poor(client_for: Browsers, child: Child) -> None:
    body = client_for(Role.COORDINATOR).get("/api/v1/households/K-E-001").json()
    assert body["guardian_name"] == "Ibu Contoh"
    assert "poverty_decile" not in body
    assert "risk_factors" not in body


def test_an_unknown_code_is_404_and_the_attempt_is_kept(
    client_for: Browsers, engine: Engine, child: Child
) -> None:
    answer = client_for(Role.STAFF).get("/api/v1/children/B-999")
    assert answer.status_code == 404
    with read_session(engine) as session:
        assert "refused" in session.exec(select(AuditEntry.action)).all()


def test_the_list_pages_by_code(client_for: Browsers, engine: Engine, child: Child) -> None:
    with write_session(engine) as session:
        make_child(session, code="E-002", name="Lain Sekali")
    staff = client_for(Role.STAFF)
    first = staff.get("/api/v1/children", params={"limit": 1}).json()
    assert [row["code"] for row in first["items"]] == ["E-001"]
    rest = staff.get("/api/v1/children", params={"after": first["next_after"]}).json()
    assert [row["code"] for row in rest["items"]] == ["E-002"]
    found = staff.get("/api/v1/children", params={"text": "lain"}).json()
    assert [row["code"] for row in found["items"]] == ["E-002"]


def test_an_old_version_answers_with_both_values(client_for: Browsers, child: Child) -> None:
    staff = client_for(Role.STAFF)
    path = "/api/v1/households/K-E-001"
    assert staff.patch(path, json={"base_version": 1, "address": "Jl. A"}).status_code == 200
    answer = staff.patch(path, json={"base_version": 1, "phone": "+62812000111"})
    assert answer.status_code == 409
    body = answer.json()
    assert body["code"] == "edit.stale"
    assert body["params"]["version"] == 2
    assert set(body["fields"]) == {"phone", "address"}
    assert (
        staff.patch(path, json={"base_version": 2, "phone": "+62812000111"}).json()["version"] == 3
    )


def test_unknown_fields_are_not_swallowed(client_for: Browsers, child: Child) -> None:
    answer = client_for(Role.STAFF).patch(
        "/api/v1/children/E-001", json={"base_version": 1, "state": "eligible"}
    )
    assert answer.status_code == 422


def test_consent_and_states_over_http(client_for: Browsers, child: Child) -> None:
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    base = "/api/v1/children/E-001"
    given = {"purpose": "display", "guardian_name": "Ibu", "granted_on": "2026-11-01"}
    assert staff.post(f"{base}/consents", json=given).status_code == 201
    assert staff.delete(f"{base}/consents/display").json()[0]["withdrawn_at"] is not None
    no = staff.post(f"{base}/consents", json=given | {"purpose": "photo", "is_refusal": True})
    assert (no.status_code, no.json()["is_refusal"]) == (201, True)
    pause = {"until": "2027-01-01", "reason": "mudik"}
    assert staff.post(f"{base}/pause", json=pause).json()["state"] == "paused"
    assert staff.post(f"{base}/resume").json()["state"] == "eligible"
    leave = {"effective_on": "2026-12-01", "reason": "pulih"}
    assert staff.post(f"{base}/graduate", json=leave).status_code == 403
    assert approver.post(f"{base}/graduate", json=leave).json()["state"] == "graduated"


def test_a_move_is_reported_and_decided(client_for: Browsers, child: Child) -> None:
    to = {"address": "Jl. Baru 3", "kelurahan_code": "19.71.06.1001"}
    path = "/api/v1/children/E-001/moves"
    asked = client_for(Role.COORDINATOR).post(path, json=to)
    assert asked.status_code == 201
    decide = f"/api/v1/children/requests/{asked.json()['id']}"
    assert client_for(Role.STAFF).post(decide, json={"accept": True}).json()["state"] == "applied"
    home = client_for(Role.STAFF).get("/api/v1/households/K-E-001").json()
    assert home["address"] == "Jl. Baru 3"
