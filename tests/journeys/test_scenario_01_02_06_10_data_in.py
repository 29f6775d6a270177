"""Scenarios 1, 2, 6 and 10 through the API: clean import, bad rows, consent, two editors."""

from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from data.schema import Role

Browsers = Callable[[Role], TestClient]
HEADER = "NIK,Nama,JK,Tgl Lahir,Nama Ortu,Kec,Desa/Kel,Alamat,Tanggal Pengukuran,Berat,Tinggi"


def kader_file(num_good: int, num_bad: int) -> bytes:
    good = [
        f",Anak Nomor {number:03d},P,25/06/2024,Ibu {number:03d},Gerunggang,Bukit Sari,"
        f"Jl. Contoh {number},30/10/2026,9.5,80"
        for number in range(num_good)
    ]
    bad = [
        f",Anak Rusak {number},P,25/06/2031,Ibu,Gerunggang,Bukit Sari,Jl. B,30/10/2026,9.5,80"
        for number in range(num_bad)
    ]
    return "\n".join((HEADER, *good, *bad)).encode()


def upload(staff: TestClient, content: bytes) -> dict[str, Any]:
    answer = staff.post("/api/v1/imports", files={"file": ("kader.csv", content)})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_file_shows_first_applies_once_and_gives_bad_rows_back(client_for: Browsers) -> None:
    staff = client_for(Role.STAFF)
    content = kader_file(38, 12)
    batch = upload(staff, content)
    assert {name: batch["counts"][name] for name in ("total", "new", "rejected")} == {
        "total": 50,
        "new": 38,
        "rejected": 12,
    }
    assert staff.get("/api/v1/children").json()["items"] == []
    path = f"/api/v1/imports/{batch['id']}"
    assert staff.post(f"{path}/apply").status_code == 200
    assert len(staff.get("/api/v1/children", params={"limit": 200}).json()["items"]) == 38
    again = upload(staff, content)["counts"]
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 38)
    assert staff.get(f"{path}/rejected").content.startswith(b"PK")


def test_display_consent_is_gone_at_once_and_the_child_stays(client_for: Browsers) -> None:
    staff = client_for(Role.STAFF)
    batch = upload(staff, kader_file(1, 0))
    staff.post(f"/api/v1/imports/{batch['id']}/apply")
    (row,) = staff.get("/api/v1/children").json()["items"]
    path = f"/api/v1/children/{row['code']}"
    for purpose in ("programme", "display"):
        body = {"purpose": purpose, "guardian_name": "Ibu 000", "granted_on": "2026-11-01"}
        assert staff.post(f"{path}/consents", json=body).status_code == 201
    assert staff.delete(f"{path}/consents/display").status_code == 200
    consents = staff.get(path).json()["consents"]
    assert {one["purpose"]: one["withdrawn_at"] is None for one in consents} == {
        "programme": True,
        "display": False,
    }
    assert staff.get(path).json()["state"] == "eligible"


def test_two_editors_lose_nothing(client_for: Browsers) -> None:
    staff = client_for(Role.STAFF)
    batch = upload(staff, kader_file(1, 0))
    staff.post(f"/api/v1/imports/{batch['id']}/apply")
    path = "/api/v1/households/K-E-001"
    version = staff.get(path).json()["version"]
    assert staff.patch(path, json={"base_version": version, "address": "Jl. Baru"}).is_success
    stale = staff.patch(path, json={"base_version": version, "phone": "+62811"}).json()
    assert stale["params"]["conflicts"] == []
    merged = staff.patch(path, json={"base_version": stale["params"]["version"], "phone": "+62811"})
    assert (merged.json()["address"], merged.json()["phone"]) == ("Jl. Baru", "+62811")
