"""The semester report as a page."""

import html
import re
from collections.abc import Callable

from sqlalchemy import Engine
from starlette.testclient import TestClient

from data.engine import write_session
from data.schema import Role
from tests.api.pages.test_units import closed
from tests.api.services.test_semester_report import month

ClientFor = Callable[[Role], TestClient]


def test_the_page_shows_versions_sums_and_what_is_missing(
    client_for: ClientFor, engine: Engine
) -> None:
    client = client_for(Role.AUDITOR)
    assert "Belum ada bulan tertutup pada semester ini." in client.get("/monev/semester").text
    with write_session(engine) as session:
        month(session, "2026-07")
    page = client.get("/monev/semester").text
    assert "Agustus 2026" in page
    assert "Blok 1A (spesifik) dan 1B (sensitif)" in page
    assert client.get("/monev/semester?semester=apa").status_code == 422
    form = {"semester": "2026-2", "bentuk": "pdf", "publik": "1", "keperluan": "arsip"}
    answer = client.post("/monev/semester/unduh-laporan", data=form)
    assert answer.content.startswith(b"%PDF")
    with write_session(engine) as session:
        month(session, "2026-08")
    newest = client.get("/monev/semester").text
    assert "/monev/semester/perbedaan?semester=2026-2" in newest
    assert "Agustus 2026" in client.get("/monev/semester?semester=2026-2&versi=1").text
    assert client.get("/monev/semester?semester=2026-2&versi=3").status_code == 404
    compared = client.get("/monev/semester/perbedaan?semester=2026-2").text
    assert "Sasaran menurut kecamatan · Rangkui" in compared
    assert "Paket direncanakan" in compared
    form = {"semester": "2026-2", "dari": "1", "ke": "2", "keperluan": "arsip", "bentuk": "pdf"}
    printed = client.post("/monev/semester/perbedaan/unduh", data=form)
    assert printed.content.startswith(b"%PDF")
    form = {"semester": "2026-2", "bentuk": "pdf", "publik": "1", "keperluan": "arsip"}
    refused = client.post("/monev/semester/unduh-laporan", data=form | {"semester": "2020-1"})
    assert refused.status_code == 409
    assert client_for(Role.DONOR).get("/monev/semester").status_code == 403


def test_the_office_writes_on_a_pillar_and_keeps_what_it_typed_when_refused(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        month(session, "2026-07")
    client = client_for(Role.STAFF)
    form = {"semester": "2026-2", "pilar": "2", "uraian": "Kelas ibu balita di 12 posyandu"}
    answer = client.post("/monev/semester/pilar", data=form)
    assert answer.status_code == 303
    assert "Uraian disimpan." in client.get(answer.headers["location"]).text
    assert "Kelas ibu balita di 12 posyandu" in client_for(Role.AUDITOR).get("/monev/semester").text
    assert "Menulis uraian pilar" not in client_for(Role.AUDITOR).get("/monev/semester").text
    refused = client.post("/monev/semester/pilar", data=form | {"uraian": "x" * 2001})
    assert refused.status_code == 422
    assert "x" * 2001 in refused.text
    assert client.post("/monev/semester/pilar", data=form | {"pilar": "9"}).status_code == 422


LINKED = re.compile(r'<td data-label="([^"]*)"[^>]*>(?:<b>)?<a href="(/monev/[^"]+)">([\d.,]+)</a>')
ROWS = re.compile(r'href="(/monev/baris\?[^"]+)"')


def number(text: str) -> int:
    return int(text.replace(".", ""))


def rows_of(client: TestClient, address: str) -> tuple[int, int]:
    """What a page of rows says that the report told, and how many rows it lists."""
    page = client.get(address).text
    told = re.search(r"</a>: <b>(?:Rp\s)?([\d.]+)(?: / [\d.]+)?</b>", page)
    assert told is not None, address
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert 'href="/monev/indikator#' in page, address
    return number(told[1]), body.count("<tr>")


def test_each_number_is_three_clicks_from_its_rows(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    closed(engine, app)
    client = client_for(Role.STAFF)
    page = html.unescape(client.get("/monev/semester?semester=2026-2").text)
    links = LINKED.findall(page)
    assert len(links) >= 29
    without_rows = set()
    for head, address, text in dict.fromkeys(links):
        if address.startswith("/monev/baris"):
            found = [address]
        elif address.startswith("/monev/wilayah"):
            ward = html.unescape(client.get(address).text)
            found = [each for each in ROWS.findall(ward) if "angka=arrived&" in each]
        else:
            figure = html.unescape(client.get(address).text)
            found = ROWS.findall(figure)
            if not found:
                # Rupiah and sponsors: the month's report lists every sponsor with both.
                assert "/bulan/2026-12/laporan?versi=1" in figure, address
                without_rows.add(address.partition("?")[0].rpartition("/")[2])
                continue
        told = [rows_of(client, each) for each in found]
        assert sum(count for count, _ in told) == number(text), (head, address)
        if "genting_value_rp" not in address:  # rupiah, of which a row is a package
            assert all(count == listed for count, listed in told), (head, address)
    assert without_rows <= {
        "sponsors_active", "sponsors_pledged_rp", "sponsors_received_rp", "genting_sponsors",
        "genting_value_rp",
    }  # fmt: skip
    report = client.get("/bulan/2026-12/laporan?versi=1").text
    assert "Per donatur" in report
    defined = client.get("/monev/indikator").text
    named = set(re.findall(r'href="/monev/indikator#(\w+)"', page))
    assert named
    assert all(f'id="{code}"' in defined for code in named)
