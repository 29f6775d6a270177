"""Scenarios 1, 2, 6 and 10 through the API: clean import, bad rows, consent, two editors."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
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


FULL = f"{HEADER},Latitude,Longitude"
BAD: dict[str, tuple[str, str, str | date]] = {
    "NIK": ("197101410124000,Anak NIK,P,25/06/2024,Ibu B,Gerunggang,Bukit Sari,Jl. B,"
            "30/10/2026,9.5,80,,", "harus 16 digit", ""),
    "Tgl Lahir": (",Anak Depan,P,25/06/2031,Ibu C,Gerunggang,Bukit Sari,Jl. C,"
                  "30/10/2026,9.5,80,,", "belum terjadi", date(2024, 6, 25)),
    "Tinggi": (",Anak Pendek,P,25/06/2024,Ibu D,Gerunggang,Bukit Sari,Jl. D,"
               "30/10/2026,9.5,8.2,,", "8.2 cm tidak masuk akal", "82"),
    "Desa/Kel": (",Anak Jauh,P,25/06/2024,Ibu E,Gerunggang,Atlantis,Jl. E,"
                 "30/10/2026,9.5,80,,", "Atlantis tidak dikenal", "Bukit Sari"),
    "Longitude": (",Anak Separuh,P,25/06/2024,Ibu F,Gerunggang,Bukit Sari,Jl. F,"
                  "30/10/2026,9.5,80,-2.11,", "lintang dan bujur", "106.10"),
}  # fmt: skip
"""Column in fault → the row, what is said of it, and what would be right."""


def test_bad_rows_come_back_with_reasons_are_mended_and_go_in(client_for: Browsers) -> None:
    staff = client_for(Role.STAFF)
    good = [line.decode() + ",," for line in kader_file(8, 0).splitlines()[1:]]
    content = "\n".join((FULL, *good, *(row for row, _, _ in BAD.values()))).encode()
    batch = upload(staff, content)
    path = f"/api/v1/imports/{batch['id']}"
    assert staff.post(f"{path}/apply").status_code == 200
    kept = staff.get("/api/v1/children").json()["items"]
    assert len(kept) == 8

    book = load_workbook(BytesIO(staff.get(f"{path}/rejected").content))
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    for number, (column, (_, said, right)) in enumerate(BAD.items(), start=2):
        row = sheet[number]
        assert (row[0].value, row[1].value) == (len(good) + number, column)
        assert said in str(row[3].value)
        row[headers.index(column)].value = right
    mended = BytesIO()
    book.save(mended)

    again = staff.post("/api/v1/imports", files={"file": ("diperbaiki.xlsx", mended.getvalue())})
    assert {name: again.json()["counts"][name] for name in ("new", "rejected")} == {
        "new": len(BAD),
        "rejected": 0,
    }
    assert staff.post(f"/api/v1/imports/{again.json()['id']}/apply").status_code == 200
    names = {row["name"] for row in staff.get("/api/v1/children").json()["items"]}
    assert len(names) == 8 + len(BAD)
    assert "Anak Separuh" in names


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


def test_two_who_change_the_same_field_must_choose(client_for: Browsers) -> None:
    staff = client_for(Role.STAFF)
    batch = upload(staff, kader_file(1, 0))
    staff.post(f"/api/v1/imports/{batch['id']}/apply")
    path = "/api/v1/households/K-E-001"
    version = staff.get(path).json()["version"]
    assert staff.patch(path, json={"base_version": version, "address": "Jl. Baru"}).is_success
    answer = staff.patch(path, json={"base_version": version, "address": "Jl. Lain"})
    assert answer.status_code == 409
    assert answer.json()["params"]["conflicts"] == ["address"]
    assert staff.get(path).json()["address"] == "Jl. Baru"
