"""What an account with a place downloads: its own rows, and no word of what lies outside."""

import io
from collections.abc import Callable

import httpx2 as httpx
import msoffcrypto
import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session
from data.schema import Account, AuditEntry, Role
from tests.api.documents.pdf_reading import whole_text
from tests.town import (
    FAR_NAME,
    HOMES,
    NEXT_NAME,
    WARD_NAME,
    Town,
    is_inside,
    mark,
)

ClientFor = Callable[[Role | Account], TestClient]
WHY = {"keperluan": "Pertanggungjawaban dan arsip"}
PASSWORD = "sandi-berkas-uji"
REPORT = "/bulan/2026-12/laporan/unduh"
ELSEWHERE = {"tingkat": "kelurahan", "wilayah": FAR_NAME}


def cells(content: bytes, password: str = "") -> str:
    """Everything that stands in a workbook."""
    book = io.BytesIO(content)
    if password:
        locked, book = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
        locked.load_key(password=password)
        locked.decrypt(book)
    return "\n".join(
        str(value)
        for sheet in load_workbook(book).worksheets
        for row in (*[(sheet.title,)], *sheet.iter_rows(values_only=True))
        for value in row
        if value is not None
    )


def text_in(answer: httpx.Response, password: str = "") -> str:
    assert answer.status_code == 200, answer.text
    kind = answer.headers["content-type"]
    if kind == "application/pdf":
        return whole_text(answer.content)
    return cells(answer.content, password) if "sheet" in kind else answer.text


def families_in(town: Town, text: str) -> set[int]:
    """Which families stand in a file, by whatever betrays them."""
    return {n for n in range(len(HOMES)) if any(each in text for each in town.marks(n))}


def refusals(answers: dict[str, httpx.Response]) -> dict[str, bool]:
    """Which of some answers refuse what lies outside the place."""
    return {
        name: answer.status_code == 403 and "Akun Anda bekerja untuk wilayahnya" in answer.text
        for name, answer in answers.items()
    }


def test_a_place_downloads_the_report_of_its_own_areas(
    bound: dict[str, Account],
    client_for: ClientFor,
    engine: Engine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    places = {
        "kecamatan": ("kecamatan Gerunggang", "Gerunggang", (FAR_NAME, "Bukit Intan")),
        "coordinator": (f"kelurahan {WARD_NAME}", WARD_NAME, (FAR_NAME, NEXT_NAME)),
    }
    for kind, (area, name, outside) in places.items():
        client = client_for(bound[kind])
        assert f'action="{REPORT}"' in client.get("/bulan/2026-12/laporan").text
        own = {"untuk": area, **WHY}
        for form in ("json", "xlsx") if kind == "kecamatan" else ("pdf",):
            text = text_in(client.post(REPORT, data=own | {"bentuk": form}))
            assert name in text
            assert [each for each in (*outside, "SponsorZqmark") if each in text] == []
        first = client.post(REPORT, data=WHY | {"bentuk": "json"})
        assert name in first.text, "without a choice its first area, never the city"
        assert refusals({
            "elsewhere": client.post(
                REPORT, data=own | {"bentuk": "json", "untuk": f"kelurahan {FAR_NAME}"}
            ),
            "leaving the office": client.post(REPORT, data=own | {"bentuk": "json", "publik": "1"}),
        }) == {"elsewhere": True, "leaving the office": True}  # fmt: skip
        assert client.post(f"{REPORT.removesuffix('unduh')}umum").status_code == 403
    with read_session(engine) as session:
        exports = session.exec(select(AuditEntry).where(AuditEntry.action == "report:export")).all()
    areas = [str((each.after or {})["area"]) for each in exports]
    assert areas == ["kecamatan Gerunggang"] * 3 + [f"kelurahan {WARD_NAME}"] * 2
    assert [each for each in caplog.messages if each.startswith("beyond the place")] == []


def taken(client: TestClient, code: str, form: str = "xlsx", **wish: str) -> httpx.Response:
    """What a sheet's form gives."""
    return client.post(f"/monev/{code}/unduh", data={"bentuk": form, **WHY, **wish})


def test_a_sheet_holds_the_own_rows_alone(
    town: Town, bound: dict[str, Account], client_for: ClientFor, caplog: pytest.LogCaptureFixture
) -> None:
    units = {
        "kelurahan": ("kelurahan", WARD_NAME),
        "posyandu": ("posyandu", f"Melati · {WARD_NAME}"),
        "puskesmas clerk": ("puskesmas", "Girimaya"),
        "puskesmas": ("puskesmas", "Girimaya"),
    }
    for kind, (level, unit) in units.items():
        account = bound[kind]
        client = client_for(account)

        own = {"tingkat": level, "wilayah": unit}
        assert 'action="/monev/wilayah/unduh"' in client.get("/monev/wilayah").text
        for form in ("xlsx", "csv-0", "pdf"):
            text = text_in(taken(client, "wilayah", form, **own))
            assert FAR_NAME not in text
            assert "Semua bersama" not in text, "it would tell of the others, or lie"
        inside = {n for n in range(len(HOMES)) if is_inside(n, account)}
        listed = families_in(town, text_in(taken(client, "pertumbuhan")))
        assert listed <= inside
        assert listed, "the file is of somebody"
        assert text_in(taken(client, "indikator"))
        behind = {"angka": "target_known", "sampai": "2026-12"}
        rows = families_in(town, text_in(taken(client, "baris", **behind, **own)))
        assert rows <= inside
        assert rows, "rows are of somebody"
        readings = text_in(taken(client, "mutu-ukur", "json"))
        assert [n for n in range(len(HOMES)) if mark(n) in readings and n not in inside] == []
        assert refusals({
            "another unit": taken(client, "wilayah", **ELSEWHERE),
            "the city": taken(client, "wilayah", tingkat="city"),
            "rows of another": taken(client, "baris", **behind, **ELSEWHERE),
            "rows of the city": taken(client, "baris", **behind, tingkat="city"),
            "leaving the office": taken(client, "indikator", publik="1"),
            **{code: taken(client, code) for code in ("bagian", "sasaran", "target", "manfaat")},
            **{code: taken(client, code) for code in ("pengawasan", "perjalanan")},
            "rute-kunjungan": taken(client, "rute-kunjungan"),
            "compared": client.get("/monev/manfaat/baris"),
        }) == dict.fromkeys((
            "another unit", "the city", "rows of another", "rows of the city",
            "leaving the office", "bagian", "sasaran", "target",
            "manfaat", "pengawasan", "perjalanan", "rute-kunjungan", "compared",
        ), True)  # fmt: skip
    assert [each for each in caplog.messages if each.startswith("beyond the place")] == []


def test_children_are_taken_out_of_the_own_place_alone(
    town: Town, bound: dict[str, Account], client_for: ClientFor, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = {"purpose": "hari posyandu", "password": PASSWORD}
    sigizi = WHY | {"password": PASSWORD}
    for kind in ("kecamatan", "kelurahan", "posyandu", "puskesmas clerk"):
        account = bound[kind]
        client = client_for(account)
        inside = {n for n in range(len(HOMES)) if is_inside(n, account)}
        children = client.post("/api/v1/children/export", json=wanted)
        assert families_in(town, text_in(children, PASSWORD)) == inside
        packages = client.post("/monev/konsumsi/2026-12/sigizi", data=sigizi)
        assert families_in(town, text_in(packages, PASSWORD)) == inside
        far = client.post("/api/v1/children/export", json=wanted | {"kelurahan_code": HOMES[4][0]})
        expected = [n for n in inside if HOMES[n][0] == HOMES[4][0]]
        assert (far.status_code == 200) is bool(expected)
    for kind in ("approver", "coordinator", "kader", "puskesmas"):
        refused = client_for(bound[kind]).post("/api/v1/children/export", json=wanted)
        assert refused.status_code == 403
    assert [each for each in caplog.messages if each.startswith("beyond the place")] == []


def test_a_kader_takes_out_the_printed_list_alone(
    bound: dict[str, Account], client_for: ClientFor
) -> None:
    kader = client_for(bound["kader"])
    assert kader.get("/posyandu/daftar?bulan=2026-12").status_code == 200
    for path in (REPORT, "/monev/wilayah/unduh", "/monev/pertumbuhan/unduh"):
        assert kader.post(path, data=WHY | {"bentuk": "json"}).status_code == 403
