"""From packing to closing in a browser, by phone: features §6, scenarios 15 to 20."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from sqlmodel import select

from api.i18n import Formats
from api.services import jobs
from data.engine import read_session, write_session
from data.reference.reasons import delivery_reasons
from data.schema import (
    Account,
    Cycle,
    CycleState,
    DeliveryEvent,
    DeliveryPhoto,
    Role,
    Route,
    Stop,
    StopState,
)
from tests.browser import DESK, PHONE, faults_of
from tests.factories import make_approved_cycle, make_depot, make_vehicle
from tests.factories_goods import kits_in_stock, make_packed_cycle
from tests.factories_routes import make_dispatched_cycle
from tests.journeys.pages.conftest import Visit
from tests.journeys.pages.speech import Speech
from tests.stores import KEYS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]

MONTH = "/bulan/2026-12"
ONCE = Path(__file__).parents[3] / "api" / "pages" / "static" / "once.js"


def courier_of(engine: Engine) -> Account:
    with read_session(engine) as session:
        return session.exec(select(Account).where(Account.role == Role.COURIER)).one()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def reason(code: str, say: Speech) -> str:
    """What a reason is called."""
    known = delivery_reasons()[code]
    return known.name_en if say.language == "en" else known.name_id


def test_a_coordinator_packs_plans_moves_and_prints(
    visit: Visit, engine: Engine, person: Callable[[Role], Account], say: Speech
) -> None:
    by = person(Role.COORDINATOR)
    with write_session(engine) as session:
        make_approved_cycle(session, num_children=4)
        depot = make_depot(session)
        kits_in_stock(session, depot, by, 4, telur=90)
        for _ in range(2):
            make_vehicle(
                session, depot_id=depot.id, capacity_g=22_000, courier_phone="081234567890"
            )
    width = PHONE if say.language == "id" else DESK
    page = visit(Role.COORDINATOR, width=width, language=say.language)
    page.goto("/koordinator")
    press(page, say("Pengepakan"))
    press(page, say("Buat paket dan pesan barang"))
    expect(page.get_by_role("status")).to_contain_text(say.coded("packing.did.short"))
    page.get_by_label(say.like("Tindakan untuk %(barang)s")).select_option("purchase")
    press(page, say("Tandatangani yang dipilih"))
    press(page, say("Ulangi pengepakan"))
    expect(page.get_by_role("status")).to_contain_text(say.coded("packing.did.reserved"))
    press(page, say("Tandai semua yang disisihkan sebagai sudah dikemas"))
    press(page, say("Susun rute"))
    page.get_by_label(say("Ketelitian mencari")).select_option("quick")
    press(page, say("Susun rute"))
    jobs.run_pending(engine, keys=KEYS)
    # The page puts the news in place by itself.
    press(page, say("Lihat hasilnya"))
    press(page, say("Konfirmasi semua yang tanpa pelanggaran"))
    expect(page.get_by_role("status")).to_contain_text(say.coded("routes.did.confirmed"))

    page.locator("table a[href^='/rute/']").first.click()
    expect(page.locator("svg.route-map")).to_be_visible()
    page.locator("summary", has_text=say("Pindahkan")).first.click()
    press(page, say("Keluarkan dari rute"))
    expect(page.get_by_role("status")).to_contain_text(say.coded("route.did.taken_out"))
    page.goto(f"{MONTH}/rute")
    press(page, say("Unduh"))
    expect(page.get_by_role("alert")).to_contain_text(say.coded("dispatch.not_confirmed"))
    page.get_by_role("link", name=say("Cari tempat")).click()
    places = page.get_by_role("button", name=re.compile(f"^{say('Sisipkan')}"))
    expect(places.first).to_be_visible()
    assert faults_of(page) == []
    places.first.click()
    expect(page.get_by_role("status")).to_contain_text(say.coded("route.did.moved"))
    page.goto(f"{MONTH}/rute")
    press(page, say("Konfirmasi semua yang tanpa pelanggaran"))
    with page.expect_download() as given:
        press(page, say("Unduh"))
    assert given.value.suggested_filename.endswith(".pdf")


def test_a_courier_records_a_day_without_scripts(visit: Visit, engine: Engine, say: Speech) -> None:
    with write_session(engine) as session:
        make_dispatched_cycle(session, num_children=4)
    page = visit(courier_of(engine), has_scripts=False, language=say.language)
    page.goto("/kurir")
    page.locator("a.door").first.click()
    press(page, say("Diterima semua"))
    page.get_by_role("button", name=say.like("Berikutnya: %(nomor)s. %(nama)s")).click()
    page.locator("summary", has_text=say("Tidak terkirim")).click()
    page.get_by_label(reason("nobody_home", say)).check()
    press(page, say("Catat tidak terkirim"))
    expect(page.locator("h1")).to_contain_text(say.coded("stop_state.failed"))
    press(page, say("Urungkan"))
    expect(page.locator("h1")).to_contain_text(say.coded("stop_state.en_route"))
    page.locator("summary", has_text=say("Diterima orang lain")).click()
    page.get_by_label(say("Nama penerima")).fill("Bu RT")
    press(page, say("Catat diterima orang lain"))
    page.get_by_role("button", name=say.like("Berikutnya: %(nomor)s. %(nama)s")).click()
    page.locator("summary", has_text=say("Diterima sebagian")).click()
    page.get_by_role("button", name=say.like("Isi %(kode)s per barang")).click()
    page.get_by_label(say("Diterima"), exact=True).first.fill("28")
    page.get_by_label(say("Ditolak"), exact=True).first.fill("2")
    press(page, say("Catat"))
    expect(page.get_by_role("alert")).to_contain_text(say.coded("delivery.line_reason"))
    assert page.get_by_label(say("Diterima"), exact=True).first.input_value() == "28"
    page.get_by_label(say("Alasan bila ditolak")).first.select_option("goods_damaged")
    press(page, say("Catat"))
    expect(page.locator("h1")).to_contain_text(say.coded("stop_state.partly_delivered"))
    with read_session(engine) as session:
        assert sorted(stop.state.value for stop in session.exec(select(Stop))) == sorted(
            [
                StopState.DELIVERED.value,
                StopState.LEFT_WITH_RECEIVER.value,
                StopState.PARTLY_DELIVERED.value,
                StopState.EN_ROUTE.value,
            ]
        )


def test_a_double_click_on_a_slow_line_records_once(visit: Visit, engine: Engine) -> None:
    with write_session(engine) as session:
        make_dispatched_cycle(session, num_children=1)
    page = visit(courier_of(engine))
    page.goto("/kurir?biasa=1")
    page.locator("a.door").first.click()
    page.get_by_role("button", name="Diterima semua").dblclick()
    expect(page.locator("main")).to_contain_text("sudah tercatat")
    with read_session(engine) as session:
        assert len(session.exec(select(DeliveryEvent)).all()) == 1
        assert session.exec(select(DeliveryPhoto)).all() == []


def test_nobody_at_home_becomes_a_linked_stop_of_another_day(visit: Visit, engine: Engine) -> None:
    with write_session(engine) as session:
        make_dispatched_cycle(session, num_children=2)
    courier = visit(courier_of(engine))
    courier.goto("/kurir?biasa=1")
    courier.locator("a.door").first.click()
    courier.locator("summary", has_text="Tidak terkirim").click()
    courier.get_by_label("Tidak ada orang di rumah").check()
    press(courier, "Catat tidak terkirim")

    page = visit(Role.COORDINATOR)
    page.goto("/koordinator")
    page.get_by_role("link", name=re.compile("Tidak ada orang di rumah")).click()
    expect(page.get_by_label("Kirim ulang", exact=True)).to_be_visible()
    assert faults_of(page) == []
    page.get_by_label("Kirim ulang", exact=True).check()
    press(page, "Lakukan")
    page.goto(f"{MONTH}/rute")
    expect(page.get_by_role("region", name=re.compile("^Kiriman ulang"))).to_contain_text(
        "2 Desember 2026"
    )


def test_a_month_is_recorded_from_paper_and_closed(
    visit: Visit, engine: Engine, say: Speech
) -> None:
    december = Formats(say.language).month("2026-12")
    with write_session(engine) as session:
        make_dispatched_cycle(session, num_children=3)
    page = visit(Role.COORDINATOR, width=DESK, language=say.language)
    page.goto(f"{MONTH}/hasil")
    page.get_by_role("link", name=say("Isi hasil")).click()
    page.get_by_label(say("Hasil"), exact=True).first.select_option("failed")
    page.get_by_role("button", name=say("Catat lembar ini")).first.click()
    expect(page.get_by_role("alert")).to_contain_text(say.coded("delivery.reason_missing"))
    assert faults_of(page) == []
    for outcome in page.get_by_label(say("Hasil"), exact=True).all():
        outcome.select_option("accepted")
    page.get_by_role("button", name=say("Catat lembar ini")).first.click()
    expect(page.get_by_role("status")).to_contain_text(say.coded("delivery.did.sheet"))
    page.goto(f"{MONTH}/tutup")
    press(page, say("Akhiri distribusi dan mulai mencocokkan"))
    page.get_by_label(say("diterima"), exact=True).check()
    press(page, say("Simpan jawaban"))
    approver = visit(Role.APPROVER, language=say.language)
    approver.goto(f"{MONTH}/tutup")
    press(approver, say("Tutup bulan ini"))
    jobs.run_pending(engine, keys=KEYS)
    expect(approver.get_by_role("status")).to_contain_text(say.coded("job.did.closing"))
    with read_session(engine) as session:
        assert session.exec(select(Cycle)).one().state == CycleState.CLOSED
    page.goto("/koordinator")
    expect(page.locator("main")).to_contain_text(f"{december}: {say('ditutup')}")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_page_of_the_road_fits_and_names_its_fields(
    visit: Visit, engine: Engine, width: int
) -> None:
    with write_session(engine) as session:
        _, _, stops, _, _ = make_dispatched_cycle(session, num_children=3)
        code = session.exec(select(Route.code)).one()
    paths: list[tuple[Role | Account, list[str]]] = [
        (Role.COORDINATOR, [
            "/koordinator", "/stok", "/kendala", f"{MONTH}/paket", f"{MONTH}/paket/daftar",
            f"{MONTH}/rute", f"{MONTH}/rute/pesan", f"/rute/{code}", f"/rute/{code}/hasil",
            f"{MONTH}/hasil", f"{MONTH}/tutup", f"{MONTH}/laporan",
            f"{MONTH}/laporan?publik=1", f"/perhentian/{stops[0].uid}",
        ]),
        (courier_of(engine), ["/kurir?biasa=1", f"/kurir/{stops[0].uid}"]),
        (Role.DONOR, ["/donatur"]),
    ]  # fmt: skip
    found = {}
    for who, urls in paths:
        page = visit(who, width=width)
        for url in urls:
            answer = page.goto(url)
            assert answer is not None
            assert answer.status == 200, url
            found[url] = faults_of(page)
    assert {url: faults for url, faults in found.items() if faults} == {}


def test_a_packed_month_shows_its_second_page_by_phone(visit: Visit, engine: Engine) -> None:
    with write_session(engine) as session:
        make_packed_cycle(session, num_children=27)
    page = visit(Role.COORDINATOR)
    page.goto(f"{MONTH}/paket/daftar")
    page.get_by_role("link", name=re.compile("Berikutnya")).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert faults_of(page) == []


def test_a_download_of_another_file_is_not_a_second_press(browser: Browser) -> None:
    """Three files of one form in a row all come; the same one pressed twice comes once."""
    page = browser.new_page()
    page.set_content(
        "<form data-download onsubmit='return true'><select name=kind><option>pdf<option>gpx"
        "</select><button>Unduh</button></form>"
    )
    page.add_script_tag(content=ONCE.read_text())
    page.evaluate(
        "window.went = []; addEventListener('submit', (e) => {"
        "  if (!e.defaultPrevented) went.push(e.target.kind.value); e.preventDefault(); })"
    )
    for kind in ("pdf", "pdf", "gpx", "gpx"):
        page.select_option("select", kind)
        page.click("button")
    assert page.evaluate("went") == ["pdf", "gpx"]
    page.close()
