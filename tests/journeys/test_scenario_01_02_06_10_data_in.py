"""Scenarios 1, 2, 6 and 10 through the API: clean import, bad rows, consent, two editors."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from sqlalchemy import Engine
from starlette.testclient import TestClient

from data.engine import write_session
from data.schema import Account, Role
from tests.factories import make_account

Browsers = Callable[[Role | Account], TestClient]
HEADER = "NIK,Nama,JK,Tgl Lahir,Nama Ortu,Kec,Desa/Kel,Alamat,Tanggal Pengukuran,Berat,Tinggi"


GOOD = (
    ",Anak Nomor {0:03d},P,25/06/2024,Ibu {0:03d},Gerunggang,Bukit Sari,Jl. Contoh {0},"
    "30/10/2026,9.5,80"
)


def good_rows(number: int) -> list[str]:
    return [GOOD.format(at) for at in range(number)]


def as_xlsx(header: str, rows: list[str]) -> bytes:
    """The kader's sheet, a title above its header."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Hasil penimbangan posyandu, Oktober 2026"])
    for row in (header, *rows):
        sheet.append(row.split(","))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def upload(staff: TestClient, content: bytes) -> dict[str, Any]:
    answer = staff.post("/api/v1/imports", files={"file": ("kader.xlsx", content)})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def num_children(staff: TestClient) -> int:
    """Children over all pages of the list."""
    number, after = 0, ""
    while True:
        page = staff.get("/api/v1/children", params={"limit": 200, "after": after}).json()
        number, after = number + len(page["items"]), page["next_after"] or ""
        if not after:
            return number


def test_a_file_of_250_rows_shows_first_and_applies_once(client_for: Browsers) -> None:
    staff = client_for(Role.STAFF)
    content = as_xlsx(HEADER, good_rows(250))
    batch = upload(staff, content)
    told = ("total", "new", "changed", "same", "rejected")
    assert [batch["counts"][name] for name in told] == [250, 250, 0, 0, 0]
    assert num_children(staff) == 0
    path = f"/api/v1/imports/{batch['id']}"
    assert staff.post(f"{path}/apply").status_code == 200
    assert num_children(staff) == 250
    again = upload(staff, content)["counts"]
    assert [again[name] for name in told] == [250, 0, 0, 250, 0]


FULL = f"{HEADER},Latitude,Longitude"
BAD: dict[str, tuple[str, str, str | date]] = {
    "NIK": ("197101410124000,{0},P,25/06/2024,Ibu B,Gerunggang,Bukit Sari,Jl. B,"
            "30/10/2026,9.5,80,,", "harus 16 digit", ""),
    "Tgl Lahir": (",{0},P,25/06/2031,Ibu C,Gerunggang,Bukit Sari,Jl. C,"
                  "30/10/2026,9.5,80,,", "belum terjadi", date(2024, 6, 25)),
    "Tinggi": (",{0},P,25/06/2024,Ibu D,Gerunggang,Bukit Sari,Jl. D,"
               "30/10/2026,9.5,8.2,,", "8.2 cm tidak masuk akal", "82"),
    "Desa/Kel": (",{0},P,25/06/2024,Ibu E,Gerunggang,Atlantis,Jl. E,"
                 "30/10/2026,9.5,80,,", "Atlantis tidak dikenal", "Bukit Sari"),
    "Longitude": (",{0},P,25/06/2024,Ibu F,Gerunggang,Bukit Sari,Jl. F,"
                  "30/10/2026,9.5,80,-2.11,", "lintang dan bujur", "106.10"),
}  # fmt: skip
"""Column in fault → the row, what is said of it, and what would be right."""


NUM_GOOD, NUM_BAD = 238, 12


def test_twelve_bad_rows_come_back_with_reasons_are_mended_and_go_in(client_for: Browsers) -> None:
    staff = client_for(Role.STAFF)
    kinds = list(BAD.items())
    bad = [(*kinds[at % len(kinds)], f"Anak Salah {at}") for at in range(NUM_BAD)]
    rows = [row.format(name) for _, (row, _, _), name in bad]
    batch = upload(staff, as_xlsx(FULL, [*(row + ",," for row in good_rows(NUM_GOOD)), *rows]))
    assert (batch["counts"]["new"], batch["counts"]["rejected"]) == (NUM_GOOD, NUM_BAD)
    path = f"/api/v1/imports/{batch['id']}"
    assert staff.post(f"{path}/apply").status_code == 200
    assert num_children(staff) == NUM_GOOD, "nothing was stored for the twelve"

    book = load_workbook(BytesIO(staff.get(f"{path}/rejected").content))
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    for number, (column, (_, said, right), _) in enumerate(bad, start=2):
        row = sheet[number]
        assert (row[0].value, row[1].value) == (NUM_GOOD + 1 + number, column)
        assert said in str(row[3].value)
        row[headers.index(column)].value = right
    mended = BytesIO()
    book.save(mended)

    again = upload(staff, mended.getvalue())
    assert (again["counts"]["new"], again["counts"]["rejected"]) == (NUM_BAD, 0)
    assert staff.post(f"/api/v1/imports/{again['id']}/apply").status_code == 200
    assert num_children(staff) == NUM_GOOD + NUM_BAD


def test_display_consent_is_gone_at_once_and_the_child_stays(client_for: Browsers) -> None:
    staff = client_for(Role.STAFF)
    batch = upload(staff, as_xlsx(HEADER, good_rows(1)))
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


def two_editors(client_for: Browsers, engine: Engine) -> tuple[TestClient, TestClient]:
    """Two members of staff, and one household in the register."""
    staff = client_for(Role.STAFF)
    batch = upload(staff, as_xlsx(HEADER, good_rows(1)))
    staff.post(f"/api/v1/imports/{batch['id']}/apply")
    with write_session(engine) as session:
        second = make_account(session, Role.STAFF)
    return staff, client_for(second)


def test_two_editors_lose_nothing(client_for: Browsers, engine: Engine) -> None:
    staff, second = two_editors(client_for, engine)
    path = "/api/v1/households/K-E-001"
    version = staff.get(path).json()["version"]
    assert second.get(path).json()["version"] == version
    assert second.patch(path, json={"base_version": version, "address": "Jl. Baru"}).is_success
    answer = staff.patch(path, json={"base_version": version, "phone": "+62811000111"})
    stale = answer.json()["params"]
    assert (answer.status_code, stale["conflicts"]) == (409, [])
    assert stale["version"] == version + 1
    merged = staff.patch(path, json={"base_version": stale["version"], "phone": "+62811000111"})
    assert (merged.json()["address"], merged.json()["phone"]) == ("Jl. Baru", "+62811000111")


def test_two_who_change_the_same_field_must_choose(client_for: Browsers, engine: Engine) -> None:
    staff, second = two_editors(client_for, engine)
    path = "/api/v1/households/K-E-001"
    version = staff.get(path).json()["version"]
    assert second.patch(path, json={"base_version": version, "address": "Jl. Baru"}).is_success
    answer = staff.patch(path, json={"base_version": version, "address": "Jl. Lain"})
    assert answer.status_code == 409
    assert answer.json()["params"]["conflicts"] == ["address"]
    assert staff.get(path).json()["address"] == "Jl. Baru"
