"""Months, sponsors, pledges, imports and pairs over HTTP."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from data.engine import write_session
from data.schema import DuplicatePair, PairKind, Role
from tests.factories import make_child, make_pledge, make_sponsor, stored

Browsers = Callable[[Role], TestClient]


def test_a_month_opens_locks_and_unlocks(client_for: Browsers, engine: Engine) -> None:
    with write_session(engine) as session:
        make_child(session)
        make_pledge(session)
    staff = client_for(Role.STAFF)
    assert staff.post("/api/v1/cycles", json={"month": "2026-12"}).status_code == 201
    assert staff.post("/api/v1/cycles", json={"month": "2026-12"}).json()["code"] == "cycle.exists"
    ready = staff.get("/api/v1/cycles/2026-12/readiness").json()
    assert (ready["num_eligible"], ready["num_places"], ready["gap"]) == (1, 2, 0)
    locked = staff.post("/api/v1/cycles/2026-12/lock", json={}).json()
    assert locked["state"] == "locked"
    assert len(locked["snapshot_hash"]) == 64
    answer = staff.post("/api/v1/cycles/2026-12/unlock", json={"reason": ""})
    assert answer.json()["code"] == "move.reason"
    unlocked = staff.post("/api/v1/cycles/2026-12/unlock", json={"reason": "data kurang"})
    assert unlocked.json()["state"] == "draft"
    verbs = [row["verb"] for row in staff.get("/api/v1/cycles/2026-12/history").json()]
    assert verbs == ["open", "lock", "unlock"]


@pytest.mark.parametrize("role", [Role.COURIER, Role.DONOR, Role.ADMIN])
def test_months_are_not_for_everyone(client_for: Browsers, role: Role) -> None:
    assert client_for(role).get("/api/v1/cycles").status_code == 403


def test_an_unopened_month_is_404(client_for: Browsers) -> None:
    assert client_for(Role.STAFF).get("/api/v1/cycles/2026-12").status_code == 404
    assert client_for(Role.STAFF).get("/api/v1/cycles/2026-13").status_code == 422


def test_sponsors_and_pledges(client_for: Browsers) -> None:
    staff = client_for(Role.STAFF)
    body = {"name": "Budi Contoh", "kind": "person", "nik": "1971034506800012"}
    made = staff.post("/api/v1/sponsors", json=body)
    assert made.status_code == 201
    assert made.json()["nik_masked"] == "1971••••••••0012"
    assert "1971034506800012" not in made.text
    again = staff.post("/api/v1/sponsors", json=body)
    assert again.json()["code"] == "sponsor.nik_known"
    assert "1971034506800012" not in again.text
    code = made.json()["code"]
    pledge = {"sponsor": code, "num_children": 2, "first_month": "2026-12", "num_months": 6}
    made = staff.post("/api/v1/pledges", json=pledge)
    assert made.status_code == 201
    receipt = {
        "receipt_uid": "kwitansi-0001",
        "month": "2026-12",
        "received_on": "2026-12-01",
        "amount_rp": 450_000,
    }
    path = f"/api/v1/pledges/{made.json()['code']}"
    for _ in range(2):
        assert staff.post(f"{path}/receipts", json=receipt).status_code == 201
    assert len(staff.get(f"{path}/receipts").json()) == 1
    text = staff.get(f"{path}/reminder", params={"month": "2026-12"}).json()["text"]
    assert "Budi Contoh" in text
    ended = staff.post(f"{path}/end", json={"reason": "moved_away", "ended_on": "2026-12-01"})
    assert ended.json()["state"] == "ended"
    listed = staff.get("/api/v1/pledges", params={"sponsor": code}).json()
    assert [row["state"] for row in listed] == ["ended"]


def test_merging_is_for_an_approver(client_for: Browsers, engine: Engine) -> None:
    with write_session(engine) as session:
        kept, dropped = make_sponsor(session), make_sponsor(session)
    path = f"/api/v1/sponsors/{kept.code}/merge"
    body = {"dropped": dropped.code}
    assert client_for(Role.STAFF).post(path, json=body).status_code == 403
    assert client_for(Role.APPROVER).post(path, json=body).status_code == 200
    followed = client_for(Role.STAFF).get(f"/api/v1/sponsors/{dropped.code}").json()
    assert followed["code"] == kept.code


def test_a_file_is_previewed_applied_and_taken_back(client_for: Browsers) -> None:
    staff = client_for(Role.STAFF)
    header = "NIK,Nama,JK,Tgl Lahir,Nama Ortu,Kec,Desa/Kel,Alamat,Tanggal Pengukuran,Berat,Tinggi"
    rows = (
        ",Siti Contoh,P,25/06/2024,Ibu,Gerunggang,Bukit Sari,Jl. A,30/10/2026,9.5,80",
        ",Tanpa Tanggal,P,,Ibu,Gerunggang,Bukit Sari,Jl. B,30/10/2026,9.5,80",
    )
    content = "\n".join((header, *rows)).encode()
    made = staff.post("/api/v1/imports", files={"file": ("anak.csv", content)})
    assert made.status_code == 201
    batch = made.json()
    assert (batch["counts"]["new"], batch["counts"]["rejected"]) == (1, 1)
    path = f"/api/v1/imports/{batch['id']}"
    assert staff.post(f"{path}/apply").json()["state"] == "applied"
    rejected = staff.get(f"{path}/rejected")
    assert rejected.status_code == 200
    assert rejected.content.startswith(b"PK")
    again = staff.post("/api/v1/imports", files={"file": ("anak.csv", content)}).json()
    assert again["counts"]["same"] == 1
    assert staff.post(f"{path}/undo", json={}).json()["state"] == "undone"
    assert client_for(Role.APPROVER).get(path).status_code == 200
    assert client_for(Role.APPROVER).post(f"{path}/undo", json={}).status_code == 403


def test_a_pair_is_decided(client_for: Browsers, engine: Engine) -> None:
    with write_session(engine) as session:
        first, second = make_child(session), make_child(session)
        stored(
            session,
            DuplicatePair(
                kind=PairKind.CHILD, first_id=first.id or 0, second_id=second.id or 0, score=88
            ),
        )
    staff = client_for(Role.STAFF)
    (pair,) = staff.get("/api/v1/duplicates").json()
    assert (pair["first"], pair["second"]) == (first.code, second.code)
    path = f"/api/v1/duplicates/{pair['id']}"
    assert staff.post(path, json={"decision": "duplicate"}).json()["code"] == (
        "duplicate.which_stays"
    )
    done = staff.post(path, json={"decision": "duplicate", "kept": first.code})
    assert done.json()["decision"] == "duplicate"
    followed = staff.get(f"/api/v1/children/{second.code}").json()
    assert followed["code"] == first.code
