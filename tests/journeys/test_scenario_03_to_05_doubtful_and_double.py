"""Scenarios 3, 4 and 5 through the API: implausible measurement, double child, double donor."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    AuditEntry,
    Child,
    CycleState,
    Role,
)
from tests.factories import make_assignment, make_cycle, make_match_run, make_pledge
from tests.intake_desk import child_row, children_file

Browsers = Callable[[Role], TestClient]
MONTH = "/api/v1/cycles/2026-12"
CHILDREN = "/api/v1/children"


def done(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def bring_in(staff: TestClient, *rows: dict[str, Any]) -> None:
    file = {"file": ("eppgbm.xlsx", children_file(*rows))}
    batch = done(staff.post("/api/v1/imports", files=file), 201)
    done(staff.post(f"/api/v1/imports/{batch['id']}/apply"))


def consent(staff: TestClient, code: str) -> None:
    given = {"purpose": "programme", "guardian_name": "Ibu", "granted_on": "2026-11-01"}
    done(staff.post(f"{CHILDREN}/{code}/consents", json=given), 201)


def lock(staff: TestClient, reason: str = "") -> Any:
    staff.post("/api/v1/cycles", json={"month": "2026-12"})
    return done(staff.post(f"{MONTH}/lock", json={"reason": reason}))


@pytest.mark.parametrize("way", ["confirm", "measure_again"])
def test_an_implausible_height_is_reviewed_and_never_silently_first(
    client_for: Browsers, way: str
) -> None:
    staff = client_for(Role.STAFF)
    bring_in(
        staff,
        child_row(1, Tinggi=64.0, Berat=7.5),
        child_row(2, Tinggi=78.0),
    )
    rows = {row["name"]: row for row in done(staff.get(CHILDREN))["items"]}
    doubtful, sound = rows["Anak B1 Contoh"], rows["Anak C2 Contoh"]
    assert (doubtful["state"], doubtful["haz"] < -6) == ("needs_review", True)
    assert sound["state"] == "eligible"
    for row in rows.values():
        consent(staff, row["code"])
    sheet = done(staff.get(f"{CHILDREN}/{doubtful['code']}"))
    assert "haz_implausible" in sheet["review_reasons"]

    lock(staff)
    standing = done(staff.get(f"{MONTH}/readiness"))
    assert (standing["num_eligible"], standing["not_eligible"]) == (1, {"child.needs_review": 1})
    done(staff.post(f"{MONTH}/unlock", json={"reason": "ukuran diperiksa"}))

    path = f"{CHILDREN}/{doubtful['code']}"
    if way == "confirm":
        assert staff.post(f"{path}/confirm-measurement", json={"reason": " "}).status_code == 409
        confirmed = done(
            staff.post(f"{path}/confirm-measurement", json={"reason": "diukur dua kali"})
        )
        assert confirmed["state"] == "eligible"
    else:
        asked = staff.post(f"{path}/ask-measurement", json={"reason": "tinggi tidak masuk akal"})
        assert done(asked, 201)["state"] == "pending"
        assert done(staff.get(path))["state"] == "needs_review"
        again = child_row(1, Tinggi=76.0, **{"Tanggal Pengukuran": date(2026, 11, 28)})
        bring_in(staff, again)
        assert done(staff.get(path))["state"] == "eligible"
    lock(staff)
    assert done(staff.get(f"{MONTH}/readiness"))["num_eligible"] == 2


def rizky_twice(staff: TestClient) -> tuple[str, str]:
    """One child in two kelurahan: with NIK, and without, born a day apart."""
    bring_in(
        staff,
        child_row(1, Nama="Muh. Rizky Pratama", **{"Nama Ortu": "Siti Aminah"}),
        child_row(
            2, NIK=None, Nama="M Rizki Pratama", born_on=date(2024, 6, 2),
            **{"Nama Ortu": "Siti Aminah", "Desa/Kel": "Kacang Pedang", "Alamat": "Jl. B 2"},
        ),
    )  # fmt: skip
    rows = {row["name"]: row["code"] for row in done(staff.get(CHILDREN))["items"]}
    for code in rows.values():
        consent(staff, code)
    return rows["Muh. Rizky Pratama"], rows["M Rizki Pratama"]


@pytest.mark.parametrize("decision", ["distinct", "duplicate"])
def test_a_child_registered_twice_is_blocked_listed_and_decided(
    client_for: Browsers, engine: Engine, decision: str
) -> None:
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    kept, dropped = rizky_twice(staff)
    with write_session(engine) as session:
        child = session.exec(select(Child).where(Child.code == dropped)).one()
        run = make_match_run(session, make_cycle(session, "2026-11", state=CycleState.CLOSED))
        make_assignment(session, run, child, make_pledge(session), state=AssignmentState.FULFILLED)

    staff.post("/api/v1/cycles", json={"month": "2026-12"})
    refused = staff.post(f"{MONTH}/lock", json={}).json()
    assert (refused["code"], refused["params"]["count"]) == ("cycle.duplicates_undecided", 1)
    lock(staff, "kader belum menjawab")
    blocked = done(staff.get(f"{MONTH}/readiness"))
    assert (blocked["num_eligible"], blocked["not_eligible"]) == (0, {"child.open_duplicate": 2})
    done(staff.post(f"{MONTH}/unlock", json={"reason": "data ganda"}))
    codes = {one["code"] for one in done(staff.get(f"{MONTH}/readiness"))["blockers"]}
    assert "blocker.open_duplicates" in codes
    [pair] = done(staff.get("/api/v1/duplicates", params={"decision": "open"}))
    assert {pair["first"], pair["second"]} == {kept, dropped}
    assert pair["reasons"]

    path = f"/api/v1/duplicates/{pair['id']}"
    if decision == "distinct":
        done(staff.post(path, json={"decision": "distinct", "note": "sepupu"}))
        left = 2
    else:
        said = {"decision": "duplicate", "kept": kept, "note": "ibu yang sama"}
        assert staff.post(path, json=said).json()["code"] == "duplicate.approver_only"
        done(approver.post(path, json=said))
        left = 1
    assert staff.post(path, json={"decision": "distinct"}).json()["code"] == (
        "duplicate.decided_before"
    )
    lock(staff)
    assert done(staff.get(f"{MONTH}/readiness"))["num_eligible"] == left
    with read_session(engine) as session:
        pair_of = session.exec(select(Assignment)).one()
        owner = session.get_one(Child, pair_of.child_id).code
        trail = session.exec(
            select(AuditEntry).where(AuditEntry.action == "duplicate:decide")
        ).all()
    assert owner == (kept if decision == "duplicate" else dropped)
    assert [(one.by, one.purpose) for one in trail] == [
        ("approver", "ibu yang sama") if decision == "duplicate" else ("staff", "sepupu")
    ]
    view = done(staff.get(f"{CHILDREN}/{dropped}"))
    assert view["code"] == (kept if decision == "duplicate" else dropped)


@pytest.mark.parametrize(("sum_pledges", "places"), [(False, 2), (True, 3)])
def test_a_donor_registered_by_himself_and_by_his_office_becomes_one(
    app: FastAPI,
    client_for: Callable[[Role | Account], TestClient],
    engine: Engine,
    sum_pledges: bool,
    places: int,
) -> None:
    staff, approver = client_for(Role.STAFF), client_for(Role.APPROVER)
    codes = []
    for name, num_children in (("Budi Santoso", 2), ("Budi Santosa", 1)):
        person = {"kind": "person", "name": name, "phone": "+628120001111"}
        sponsor = done(staff.post("/api/v1/sponsors", json=person), 201)["code"]
        wanted = {
            "sponsor": sponsor, "form": "goods", "num_children": num_children,
            "first_month": "2026-12", "num_months": 6,
        }  # fmt: skip
        done(staff.post("/api/v1/pledges", json=wanted), 201)
        codes.append(sponsor)
    kept, dropped = codes
    with write_session(engine) as session:
        from data.schema import Sponsor

        old = session.exec(select(Sponsor).where(Sponsor.code == dropped)).one()
        account = Account(
            username="donatur-lama", full_name="Budi", role=Role.DONOR, sponsor_id=old.id,
            created_at=app.state.clock(),
        )  # fmt: skip
        session.add(account)
    [pair] = done(staff.post("/api/v1/duplicates/find", params={"kind": "sponsor"}))
    said = {"decision": "duplicate", "kept": kept, "sum_pledges": sum_pledges}
    assert staff.post(f"/api/v1/duplicates/{pair['id']}", json=said).status_code == 403
    done(approver.post(f"/api/v1/duplicates/{pair['id']}", json=said))

    assert [row["code"] for row in done(staff.get("/api/v1/sponsors"))["items"]] == [kept]
    assert done(staff.get(f"/api/v1/sponsors/{dropped}"))["code"] == kept
    lock(staff)
    assert done(staff.get(f"{MONTH}/readiness"))["num_places"] == places
    mine = done(client_for(account).get("/api/v1/my/donations"))
    assert mine["sponsor_code"] == kept
    assert len(mine["pledges"]) == 2
