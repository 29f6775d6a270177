"""The semester report as a page."""

from collections.abc import Callable

from sqlalchemy import Engine
from starlette.testclient import TestClient

from data.engine import write_session
from data.schema import Role
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
    refused = client.post("/monev/semester/unduh-laporan", data=form | {"semester": "2020-1"})
    assert refused.status_code == 409
    assert client_for(Role.DONOR).get("/monev/semester").status_code == 403
