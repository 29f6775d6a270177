"""Looking from the city down to the rows, and recording what teams do."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from starlette.testclient import TestClient

from api.services import monitoring_sheets
from data.engine import read_session, write_session
from data.schema import (
    Accompaniment,
    Account,
    Assignment,
    AuditEntry,
    Child,
    CompanionTeam,
    Cycle,
    CycleState,
    DeliveryEvent,
    Household,
    Pledge,
    ReportVersion,
    Role,
    Sponsor,
)
from tests.api.pages.reading import text_of
from tests.api.services.test_reconcile import LATER, closed_month
from tests.api.services.test_semester_report import AREAS, month
from tests.factories import KELURAHAN, make_account

ClientFor = Callable[[Role], TestClient]


def closed(engine: Engine, app: object) -> None:
    with write_session(engine) as session:
        closed_month(session)
        homes = session.exec(select(Household).order_by(col(Household.id))).all()
        for home, place in zip(homes, ("Melati", "Melati", "Mawar"), strict=True):
            home.posyandu = place
            session.add(home)
    app.state.clock = lambda: LATER  # type: ignore[attr-defined]


def test_without_closed_months_the_summary_says_so(client_for: ClientFor) -> None:
    page = client_for(Role.STAFF).get("/monev/wilayah")
    assert page.status_code == 200
    assert "setelah sebuah bulan ditutup" in page.text


def test_from_the_city_to_the_rows_step_by_step(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    closed(engine, app)
    client = client_for(Role.STAFF)
    city = client.get("/monev/wilayah").text
    assert "tingkat=kecamatan&amp;wilayah=Gerunggang" in city
    # The map's circle leads to its kelurahan; no child stands on the city's page.
    assert "<title>Bukit Sari: 3 dari 3</title></circle></a>" in city
    assert city.count('class="coverage-4"') == 2
    assert 'class="funnel-point' in city
    assert "growth-point" not in city
    kecamatan = client.get("/monev/wilayah?tingkat=kecamatan&wilayah=Gerunggang").text
    assert "tingkat=kelurahan&amp;wilayah=Bukit%20Sari" in kecamatan
    ward = client.get("/monev/wilayah?tingkat=kelurahan&wilayah=Bukit Sari").text
    assert 'href="/monev/indikator#served"' in ward
    assert "Desember 2026 dalam angka" in ward
    assert ward.count('class="growth-point"') == 3
    assert 'class="coverage' not in ward
    assert "/bulan/2026-12/laporan?untuk=kelurahan%20Bukit%20Sari" in ward
    assert "angka=target_eligible&amp;bulan=2026-12&amp;tingkat=kelurahan" in ward
    posyandu = client.get("/monev/wilayah?tingkat=posyandu&wilayah=").text
    assert "angka=target_eligible&amp;bulan=2026-12&amp;tingkat=posyandu" in posyandu
    assert "Anak satu per satu" in posyandu
    link = "/monev/baris?angka=served&amp;bulan=2026-12&amp;tingkat=kelurahan"
    assert link in ward
    rows = client.get(
        "/monev/baris?angka=served&bulan=2026-12&tingkat=kelurahan&wilayah=Bukit Sari"
    ).text
    with read_session(engine) as session:
        codes = session.exec(select(Child.code)).all()
    assert all(f'href="/monev/pertumbuhan/{code}"' in rows for code in codes)
    assert "3 / 3" in rows
    figure = client.get("/monev/angka/target_eligible?tingkat=kecamatan&wilayah=Gerunggang").text
    assert "/monev/baris?angka=target_eligible&amp;bulan=2026-12" in figure


def test_who_may_not_read_children_gets_codes_without_their_pages(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    closed(engine, app)
    client = client_for(Role.COORDINATOR)
    page = client.get("/monev/baris?angka=served&bulan=2026-12").text
    assert "/monev/pertumbuhan/" not in page
    ward = client.get("/monev/wilayah?tingkat=kelurahan&wilayah=Bukit Sari").text
    assert "growth-point" not in ward
    assert client_for(Role.DONOR).get("/monev/baris?angka=served&bulan=2026-12").status_code == 403


def test_a_share_of_months_added_up_stands_beside_that_of_the_last_month(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        month(session, "2026-10", failed=6)
        month(session, "2026-11", failed=16)
    staff = client_for(Role.STAFF)
    packages, lost = sum(AREAS.values()), 6 * len(AREAS)
    both = 100 * (1 - (2 * lost + 10) / (2 * packages))
    last = 100 * (1 - (lost + 10) / packages)
    span = "dari=2026-10&sampai=2026-11&angka=arrived"
    told = f"Kota: {both:.1f} % (November 2026 saja: {last:.1f} %)".replace(".", ",")
    assert told in text_of(staff.get(f"/monev/wilayah?{span}"))
    one = text_of(staff.get("/monev/wilayah?dari=2026-11&sampai=2026-11&angka=arrived"))
    assert f"Kota: {last:.1f} %".replace(".", ",") in one
    assert "saja:" not in one
    ward = text_of(staff.get(f"/monev/wilayah?tingkat=kecamatan&wilayah=Gabek&{span}"))
    own = 100 * (1 - 22 / (2 * AREAS["19.71.06.1001"]))
    assert f"Gabek: {own:.1f} % (November 2026 saja".replace(".", ",") in ward
    assert f"Seluruh kota: {both:.1f} %".replace(".", ",") in ward


def test_growth_leads_nowhere_for_who_may_not_read_children(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    closed(engine, app)
    staff, coordinator = client_for(Role.STAFF), client_for(Role.COORDINATOR)
    kept = "Angka pertumbuhan dan donatur tidak menautkan ke barisnya"
    for figure in ("nutrition_supported", "nutrition_severe", "measured", "gained",
                   "sponsors_active", "genting_sponsors"):  # fmt: skip
        path = f"/monev/baris?angka={figure}&bulan=2026-12"
        assert staff.get(path).status_code == 200, figure
        refused = coordinator.get(path)
        assert refused.status_code == 403, figure
        assert "hanya yang boleh membaca datanya" in refused.text
        program = f"/api/v1/monitoring/rows/{figure}?month=2026-12"
        assert coordinator.get(program).status_code == 403, figure
    link = "/monev/baris?angka={}&amp;bulan=2026-12"
    for page, of_growth, of_packages in (
        ("/bulan/2026-12/laporan", "nutrition_supported", "delivery_planned"),
        ("/monev/wilayah?tingkat=kelurahan&wilayah=Bukit Sari", "measured", "served"),
        ("/monev/wilayah", "measured", "target_eligible"),
        ("/monev/angka/nutrition_supported", "nutrition_supported", ""),
        ("/monev?angka=measured", "measured", ""),
    ):
        seen, kept_off = staff.get(page).text, coordinator.get(page).text
        assert link.format(of_growth) in seen, page
        assert kept not in seen, page
        assert link.format(of_growth) not in kept_off, page
        assert kept in kept_off, page
        assert link.format(of_packages) in kept_off or not of_packages, page
    assert kept not in coordinator.get("/monev?angka=served").text
    assert kept not in coordinator.get("/monev/angka/target_eligible").text


def test_what_is_asked_wrongly_is_told(client_for: ClientFor, engine: Engine, app: object) -> None:
    closed(engine, app)
    client = client_for(Role.STAFF)
    assert client.get("/monev/wilayah?dari=2026-12&sampai=2026-01").status_code == 422
    assert client.get("/monev/wilayah?tingkat=tpk&wilayah=Atlantis").status_code == 404
    assert client.get("/monev/baris?angka=matching_run&bulan=2026-12").status_code == 404
    of_sponsor = "/monev/baris?angka=target_eligible&bulan=2026-12&tingkat=sponsor"
    for nobody in ("", "&wilayah=OTA-9999"):
        assert client.get(of_sponsor + nobody).status_code == 404
    # A share that is not known for a level is shown for the nearest that it has.
    assert client.get("/monev?angka=gained&tingkat=posyandu").status_code == 200


def test_shares_and_units_are_files_inside_the_office_only(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    closed(engine, app)
    client = client_for(Role.STAFF)
    ask = {"keperluan": "Pertanggungjawaban dan arsip", "angka": "first_attempt",
           "tingkat": "kader", "bentuk": "csv-0"}  # fmt: skip
    lines = client.post("/monev/bagian/unduh", data=ask).content.decode("utf-8-sig").splitlines()
    assert lines[1].split(";")[1:3] == ["3", "3"]
    assert client.post("/monev/bagian/unduh", data=ask | {"publik": "1"}).status_code == 409
    unit = ask | {"tingkat": "kelurahan", "wilayah": "Bukit Sari", "bentuk": "xlsx"}
    assert client.post("/monev/wilayah/unduh", data=unit).content.startswith(b"PK")
    # What the page shows is in the file, under the names that the page offers.
    page = client.get("/monev/wilayah?tingkat=kelurahan&wilayah=Bukit Sari").text
    made = client.post("/monev/wilayah/unduh", data=unit | {"bentuk": "json"}).json()
    offered = re.findall(r'<option value="csv-\d+">CSV: (.+?)</option>', page)
    assert offered == [table["title"] for table in made["tables"]]
    month = {row[0]: row[1:] for row in made["tables"][1]["rows"]}
    assert month["Memenuhi syarat"] == [3]
    assert made["tables"][2]["rows"][0][1:3] == [3, 3]


def test_the_rows_behind_a_figure_are_a_file_of_who_may_open_them(
    client_for: ClientFor, engine: Engine, app: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(engine, app)
    staff, coordinator = client_for(Role.STAFF), client_for(Role.COORDINATOR)
    figure = {"angka": "first_attempt", "tingkat": "kelurahan", "wilayah": "Bukit Sari"}
    ask = figure | {"keperluan": "arsip", "sampai": "2026-12", "bentuk": "json"}
    page = staff.get("/monev/baris", params=figure | {"bulan": "2026-12"})
    listed = re.findall(r'<tr><td class="code">(?:<a [^>]+>)?([^<]+)<', page.text)
    made = staff.post("/monev/baris/unduh", data=ask)
    name = "monev-baris-first_attempt-bukit-sari-2026-12.json"
    assert f'filename="{name}"' in made.headers["content-disposition"]
    (table,) = made.json()["tables"]
    assert [row[0] for row in table["rows"]] == listed
    assert len(listed) == 3
    assert [row[-1] for row in table["rows"]] == ["ya"] * 3
    assert table["title"].endswith(" – Bukit Sari, Desember 2026")
    assert table["source"] == "Asuh, dihitung sekarang; angkanya di laporan Desember 2026 versi 1"
    csv = staff.post("/monev/baris/unduh", data=ask | {"bentuk": "csv-0"})
    assert csv.content.decode("utf-8-sig").startswith("Kode;Jenis;")
    count = ask | {"angka": "delivery_planned", "tingkat": "city", "wilayah": ""}
    (table,) = staff.post("/monev/baris/unduh", data=count).json()["tables"]
    amount = [column["name"] for column in table["columns"]].index("Terhitung")
    assert [row[amount] for row in table["rows"]] == [1, 1, 1]
    with read_session(engine) as session:
        paired = select(Sponsor.code, Child.code).join(Pledge).join(Assignment).join(Child)
        sponsor, child = session.exec(paired.order_by(col(Sponsor.id))).first() or ("", "")
    sheet = "/api/v1/monitoring/sheets/baris?month=2026-12&figure="
    (of_sponsor,) = staff.get(f"{sheet}sponsor_packages&level=sponsor&unit={sponsor}").json()
    assert [row[0] for row in of_sponsor["rows"]] == [child]
    for cause, num_rows in (("", 3), ("child.no_consent", 0)):
        (rows,) = staff.get(f"{sheet}target_eligible&level=city&cause={cause}").json()
        assert len(rows["rows"]) == num_rows
    monkeypatch.setattr(monitoring_sheets, "MOST_PDF_ROWS", 2)
    long = staff.post("/monev/baris/unduh", data=ask | {"bentuk": "pdf"})
    assert "3 baris terlalu banyak untuk PDF (paling banyak 2). Pilih XLSX" in unescape(long.text)
    assert staff.post("/monev/baris/unduh", data=ask | {"bentuk": "xlsx"}).status_code == 200
    refused = {
        "long": long,
        "for outside": staff.post("/monev/baris/unduh", data=ask | {"publik": "1"}),
        "no month": staff.post("/monev/baris/unduh", data=ask | {"sampai": ""}),
        "no purpose": staff.post("/monev/baris/unduh", data=ask | {"keperluan": ""}),
        "shares of a sponsor": staff.post("/monev/bagian/unduh", data=ask | {"tingkat": "sponsor"}),
        "growth": coordinator.post("/monev/baris/unduh", data=ask | {"angka": "measured"}),
    }
    assert {what: answer.status_code for what, answer in refused.items()} == {
        "long": 409, "for outside": 409, "no month": 422, "no purpose": 409,
        "shares of a sponsor": 404, "growth": 403,
    }  # fmt: skip
    with read_session(engine) as session:
        deeds = session.exec(
            select(AuditEntry)
            .where(col(AuditEntry.action).in_(("figure:read", "monitoring:export")))
            .order_by(col(AuditEntry.id))
        ).all()
    of_files = [(each.action, each.subject_id) for each in deeds][1:5]
    assert of_files == [("figure:read", "first_attempt"), ("monitoring:export", "baris")] * 2


def test_a_file_for_outside_offers_to_look_at_what_may_not_leave(
    client_for: ClientFor, engine: Engine, app: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(engine, app)
    monkeypatch.setattr("api.services.public_report._takes_long", lambda _tables: True)
    monkeypatch.setattr("api.services.public_report._at_hand", {})
    form = {"bentuk": "xlsx", "keperluan": "arsip", "publik": "1", "sampai": "2026-12"}
    answer = client_for(Role.STAFF).post("/monev/sasaran/unduh", data=form)
    assert answer.status_code == 409
    assert '<form method="post" action="/bulan/2026-12/laporan/umum">' in answer.text
    assert "Periksa sekarang" in answer.text
    inside = client_for(Role.STAFF).post("/monev/sasaran/unduh", data=form | {"publik": ""})
    assert inside.status_code == 200


def test_the_growth_list_and_the_road_are_files_for_who_may_read_them(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    closed(engine, app)
    ask = {"keperluan": "Pertanggungjawaban dan arsip", "bentuk": "json"}
    staff, coordinator = client_for(Role.STAFF), client_for(Role.COORDINATOR)
    assert staff.post("/monev/pertumbuhan/unduh", data=ask).status_code == 200
    assert coordinator.post("/monev/pertumbuhan/unduh", data=ask).status_code == 403
    page = coordinator.get("/monev/perjalanan").text
    assert "Rata-rata anak per donatur" in page
    assert coordinator.post("/monev/perjalanan/unduh", data=ask).status_code == 200


def test_programs_get_units_and_rows(client_for: ClientFor, engine: Engine, app: object) -> None:
    closed(engine, app)
    client = client_for(Role.AUDITOR)
    units = client.get("/api/v1/monitoring/units/kelurahan?unit=Bukit Sari").json()
    assert {each["ratio"]: each["share"]["count"] for each in units}["served"] == 3
    rows = client.get("/api/v1/monitoring/rows/served?month=2026-12").json()
    assert (rows["told"], len(rows["rows"]), rows["rows"][0]["is_hit"]) == ([3, 3], 3, True)


def test_a_team_is_added_changed_and_refused(client_for: ClientFor, engine: Engine) -> None:
    client = client_for(Role.STAFF)
    form = {"nama": "TPK 1", "kelurahan": KELURAHAN, "posyandu": "Melati, Mawar"}
    assert client.post("/monev/tpk", data=form).status_code == 303
    again = client.post("/monev/tpk", data=form | {"nama": "TPK 2"})
    assert again.status_code == 422
    assert "Posyandu itu sudah milik tim lain." in again.text
    with read_session(engine) as session:
        team = session.exec(select(CompanionTeam)).one()
        assert (team.posyandu, team.is_active) == (["Mawar", "Melati"], True)
    ended = client.post(f"/monev/tpk/{team.id}", data=form | {"versi": "1"})
    assert ended.status_code == 303
    stale = client.post(f"/monev/tpk/{team.id}", data=form | {"versi": "1"})
    assert stale.status_code == 409
    assert "berakhir" in client.get("/monev/tpk").text
    assert client_for(Role.COORDINATOR).post("/monev/tpk", data=form).status_code == 403


def test_codes_are_ticked_per_family_and_stay_when_refused(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    closed(engine, app)
    client = client_for(Role.COORDINATOR)
    assert "Melati" in client.get("/monev/pendampingan").text
    address = f"/monev/pendampingan/2026-12?kelurahan={KELURAHAN}&posyandu=Melati"
    assert client.get(address).text.count('name="keluarga"') == 2
    with read_session(engine) as session:
        home = session.exec(select(Household.id).where(Household.posyandu == "Melati")).first()
    form = {"kelurahan": KELURAHAN, "posyandu": "Melati", "keluarga": [str(home)],
            "semula": [""], "kode": [f"{home} 6", f"{home} 8"]}  # fmt: skip
    refused = client.post("/monev/pendampingan/2026-12", data=form)
    assert "berdiri sendiri" in refused.text
    assert refused.text.count(" checked") == 2
    form["kode"] = [f"{home} 6"]
    assert client.post("/monev/pendampingan/2026-12", data=form).status_code == 303
    with read_session(engine) as session:
        assert session.exec(select(Accompaniment)).one().codes == [6]
    older = form | {"kode": []}
    assert client.post("/monev/pendampingan/2026-12", data=older).status_code == 303
    with read_session(engine) as session:
        assert session.exec(select(Accompaniment)).one().codes == [6], "left as it was shown"
    assert 'name="semula" value="6"' in client.get(address).text
    taken_back = form | {"semula": ["6"], "kode": []}
    assert client.post("/monev/pendampingan/2026-12", data=taken_back).status_code == 303
    with read_session(engine) as session:
        assert session.exec(select(Accompaniment)).all() == []
    lost = form | {"semula": []}
    assert client.post("/monev/pendampingan/2026-12", data=lost).status_code == 422
    assert client_for(Role.AUDITOR).get("/monev/pendampingan").status_code == 403


def test_every_number_of_the_reports_leads_to_its_rows_and_meaning(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    closed(engine, app)
    client = client_for(Role.STAFF)
    month = client.get("/bulan/2026-12/laporan").text
    assert 'href="/monev/indikator#target_eligible"' in month
    rows = "/monev/baris?angka=target_eligible&amp;bulan=2026-12&amp;tingkat=kelurahan"
    assert f'<a href="{rows}&amp;wilayah=Bukit+Sari">3</a>' in month
    assert "/monev/baris" not in client.get("/bulan/2026-12/laporan?publik=1").text
    semester = client.get("/monev/semester?semester=2026-2").text
    assert "/monev/angka/target_eligible?tingkat=kecamatan&amp;wilayah=Gerunggang" in semester
    assert "/monev/angka/matching_matched?tingkat=city" in semester
    assert "#arrived" in semester
    assert "/monev/angka" not in client.get("/monev/semester?semester=2026-2&publik=1").text


NUMBER = re.compile(r'<td data-label="([^"]*)" class="number">(?:<b>)?(.*?)(?:</b>)?</td>')
ROWS = re.compile(r'href="(/monev/baris\?[^"]*|/bulan/2026-12/pasangan)"')


def test_no_number_of_a_month_stands_without_rows_and_no_link_is_refused(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    closed(engine, app)
    with write_session(engine) as session:
        (first, *_) = session.exec(select(DeliveryEvent)).all()
        first.reason = "nobody_home"
        late = session.exec(select(Cycle)).one()
        late.state = CycleState.RECONCILING  # open, so that it is counted as it is now
    staff, coordinator = client_for(Role.STAFF), client_for(Role.COORDINATOR)
    opened: dict[Role, set[str]] = {}
    for role, client in ((Role.STAFF, staff), (Role.COORDINATOR, coordinator)):
        report = client.get("/bulan/2026-12/laporan").text
        links = {unescape(each) for each in ROWS.findall(report)}
        figures = {each for each in links if "wilayah=&" in each or each.endswith("wilayah=")}
        for link in {*figures, *(each for each in links if "sebab=" in each)}:
            assert client.get(link).status_code == 200, link
        opened[role] = {link.partition("angka=")[2].partition("&")[0] for link in links}
        if role is Role.STAFF:
            bare = [
                (name, value)
                for name, value in NUMBER.findall(report)
                if "<a " not in value and value not in ("0", "–", "Rp\xa00", "0,0 %", "0,00")
            ]
            assert bare == []
            assert "/bulan/2026-12/pasangan" in links
    assert {"sponsors_active", "sponsor_children", "nutrition_supported"} <= opened[Role.STAFF]
    assert {"delivery_km", "delivery_not_in_full"} <= opened[Role.COORDINATOR]
    assert opened[Role.COORDINATOR].isdisjoint({"sponsors_active", "sponsor_children", "measured"})
    road = text_of(staff.get("/monev/baris?angka=road_km_per_stop&bulan=2026-12"))
    assert "Dihitung sekarang: 4 (dibagi jumlah bobot, 3)" in road
    assert "R-2612-01 rute 12 3" in road


def test_a_number_added_up_for_a_half_year_is_found_again_below_its_months(
    client_for: ClientFor, engine: Engine
) -> None:
    with write_session(engine) as session:
        month(session, "2026-10")
        month(session, "2026-11")
    client = client_for(Role.STAFF)
    page = client.get("/monev/angka/delivery_planned?dari=2026-10&sampai=2026-11").text
    assert '<th scope="row">Jumlah</th>' in page
    assert "<strong>180</strong>" in page
    of_moment = client.get("/monev/angka/target_eligible?dari=2026-10&sampai=2026-11").text
    assert ">Jumlah</th>" not in of_moment
    one = client.get("/monev/angka/delivery_planned?dari=2026-10&sampai=2026-10").text
    assert ">Jumlah</th>" not in one


def test_a_kelurahan_has_a_report_of_its_own_as_page_and_as_files(
    client_for: ClientFor, engine: Engine, app: object
) -> None:
    closed(engine, app)
    client = client_for(Role.STAFF)
    page = client.get("/bulan/2026-12/laporan?untuk=kelurahan Bukit Sari").text
    assert "<h1>Laporan Desember 2026, Kelurahan Bukit Sari</h1>" in page
    assert 'href="/bulan/2026-12/laporan?publik=1&amp;untuk=kelurahan%20Bukit%20Sari"' in page
    assert "angka=target_eligible&amp;bulan=2026-12&amp;tingkat=kelurahan" in page
    ask = {"untuk": "kelurahan Bukit Sari", "keperluan": "Rapat"}
    for kind, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        made = client.post("/bulan/2026-12/laporan/unduh", data=ask | {"bentuk": kind})
        assert made.content.startswith(start)
        name = f'filename="laporan-2026-12-kelurahan-bukit-sari.{kind}"'
        assert name in made.headers["content-disposition"]
    tables = client.get("/api/v1/cycles/2026-12/report?area=kelurahan Bukit Sari").json()
    assert tables[0]["rows"][0][0] == "Bukit Sari"
    assert client.get("/bulan/2026-12/laporan?untuk=kelurahan Atlantis").status_code == 404


def test_who_works_in_a_place_reads_versions_and_whose_the_public_figures_are(
    client_for: Callable[[Account], TestClient], engine: Engine, app: object
) -> None:
    closed(engine, app)
    with write_session(engine) as session:
        (first,) = session.exec(select(ReportVersion)).all()
        session.add(ReportVersion(**{**first.model_dump(exclude={"id"}), "number": 2}))
        clerk = make_account(session, area_code=KELURAHAN)
    page = client_for(clerk).get("/bulan/2026-12/laporan").text
    assert "Angka untuk umum disusun oleh dinas, untuk seluruh kota sekaligus." in page
    assert "setelah bulannya ditutup" not in page
    assert "versi 1</a> · <b>versi 2</b></p>" in page
