"""Monev as staff see it: a chart with its table, links to the rows behind, nothing for donors."""

from collections.abc import Callable

from sqlalchemy import Engine
from starlette.testclient import TestClient

from data.engine import write_session
from data.reference.indicators import indicators
from data.schema import Role
from tests.api.services.test_monitoring import reported

ClientFor = Callable[[Role], TestClient]


def test_without_a_closed_month_the_page_says_when_figures_appear(client_for: ClientFor) -> None:
    page = client_for(Role.STAFF).get("/monev")
    assert page.status_code == 200
    assert "setelah sebuah bulan ditutup" in page.text


def test_the_chart_and_the_table_show_every_area_and_lead_to_the_report(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        reported(session, "2026-12")
    page = client_for(Role.STAFF).get("/monev?angka=served").text
    assert page.count('<circle class="funnel-point') == 3
    assert '<circle class="funnel-point too_few"' in page
    assert 'wilayah=Bintang&amp;dari=&amp;sampai=">Bintang</a>' in page
    assert "50,0 %" in page
    assert 'href="/bulan/2026-12/laporan?versi=1"' in page
    assert ">jumlah kasus</text>" in page
    assert "dua dari seribu bila" in page
    with write_session(engine) as session:
        reported(session, "2026-11")
    for address in ("/monev?angka=served", "/monev/wilayah"):
        page = client_for(Role.STAFF).get(address).text
        assert ">jumlah kasus (anak × bulan)</text>" in page
        assert "Jumlah kasus = anak × bulan: anak yang sama terhitung di setiap bulan." in page
        assert "dua dari seribu bila" not in page


def test_a_range_that_cannot_be_is_told_and_what_was_typed_stays(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        reported(session, "2026-12")
    page = client_for(Role.STAFF).get("/monev?dari=2026-12&sampai=2026-01")
    assert page.status_code == 422
    assert "Bulan terakhir tidak boleh sebelum bulan pertama." in page.text
    assert 'value="2026-12"' in page.text


def test_programs_get_the_same_as_json_and_donors_nothing(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        reported(session, "2026-12")
    found = client_for(Role.AUDITOR).get("/api/v1/monitoring/served?level=kecamatan").json()
    assert [(area["name"], area["hits"], area["count"]) for area in found["areas"]] == [
        ("Gabek", 0, 4),
        ("Rangkui", 46, 60),
    ]
    assert client_for(Role.AUDITOR).get("/api/v1/monitoring/prevalence").status_code == 404
    assert client_for(Role.DONOR).get("/monev").status_code == 403


def test_every_figure_has_its_definition_in_both_languages(client_for: ClientFor) -> None:
    page = client_for(Role.STAFF).get("/monev/indikator").text
    assert page.count('<tr id="') == len(indicators())
    assert "Anak terdaftar yang persetujuan walinya untuk program masih berlaku" in page
    client = client_for(Role.STAFF)
    client.post("/bahasa", data={"bahasa": "en"})
    assert (
        "consent to the programme still holds at the end of the month"
        in client.get("/monev/indikator").text
    )


def test_a_sheet_is_the_same_as_page_json_and_file(client_for: ClientFor) -> None:
    client = client_for(Role.AUDITOR)
    tables = client.get("/api/v1/monitoring/sheets/indikator?language=en").json()
    assert tables[0]["rows"][0][0] == "Registered"
    assert client.get("/api/v1/indicators?month=2026-12").json()[0]["code"] == "target_registered"
    ask = {"bentuk": "csv-0", "keperluan": "Pertanggungjawaban dan arsip"}
    answer = client.post("/monev/indikator/unduh", data=ask)
    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("Terdaftar;")
    for kind, start in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("json", b"{")):
        answer = client.post("/monev/indikator/unduh", data=ask | {"bentuk": kind})
        assert answer.content.startswith(start)
    assert client.post("/monev/indikator/unduh", data=ask | {"bentuk": "csv-99"}).status_code == 404
    assert client.post("/monev/indikator/unduh", data={"bentuk": "pdf"}).status_code == 409
