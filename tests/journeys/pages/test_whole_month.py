"""One whole month through the browser, from an empty city to *closed* and the next month opened.

Five people take part on their own screens: staff at a desk and on a phone, the approver, the
coordinator, a courier and a donor. Every click is one that a person would make.
"""

import re
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from api.services import jobs
from api.services.accounts import create_account
from data.engine import write_session
from data.sample.month import write_sample
from data.schema import Account, Role
from tests.browser import DESK, PHONE, faults_of
from tests.conftest import NOW
from tests.stores import KEYS

pytestmark = [pytest.mark.stores("sqlite"), pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Page]
PASSWORD = "kebun-jeruk-bali-27"
MONTH = "/bulan/2026-12"
FILES = (
    "titik-bagi.csv", "armada.csv", "stok.csv", "orang-tua-asuh.xlsx", "e-ppgbm.xls", "krs.xlsx",
    "persetujuan.xlsx", "penyaluran-bulan-lalu.csv",
)  # fmt: skip


class Clock:
    """The first morning of December and what really goes by; a day may be skipped."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.skipped = timedelta()

    def __call__(self) -> datetime:
        return NOW + self.skipped + timedelta(seconds=time.monotonic() - self.started)


def account(engine: Engine, name: str, role: Role) -> Account:
    with write_session(engine) as session:
        return create_account(
            session, username=name, full_name=name.title(), role=role, by="test", now=NOW,
            password=PASSWORD, profile="cheap",
        )  # fmt: skip


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.locator("main").get_by_role("button", name=name).first.click()


def press_twice(page: Page, name: str) -> None:
    """A double click, as of somebody who does not see at once that anything happens."""
    page.locator("main").get_by_role("button", name=name).first.dblclick()


def run_job(page: Page, engine: Engine, clock: Clock) -> None:
    """Wait until the page of a long piece of work has reloaded itself, then go on."""
    expect(page.get_by_text(re.compile("Menunggu giliran|Sedang dikerjakan"))).to_be_visible()
    jobs.run_pending(engine, keys=KEYS, clock=clock)
    expect(page.get_by_text("Selesai.")).to_be_visible(timeout=30_000)
    press(page, "Lihat hasilnya")


def bring_in(page: Page, folder: Path) -> None:
    for name in FILES:
        page.goto("/berkas")
        page.get_by_label("Berkas dari Excel atau CSV").set_input_files(folder / name)
        press(page, "Periksa berkas")
        expect(page.get_by_text("Belum ada yang disimpan. Terapkan")).to_be_visible()
        page.get_by_role("button", name="Terapkan", exact=True).click()
        expect(page.get_by_text(f"{name} diterapkan.")).to_be_visible()


def decide_doubles(page: Page) -> None:
    """Decide on every pair of children; the approver is left the sponsors'."""
    page.goto("/ganda?jenis=child")
    for _ in range(page.locator("section.pair").count() + 1):
        pair = page.locator("section.pair").first
        if not pair.count():
            break
        pair.get_by_role("button", name="Berbeda").click()
        expect(page.get_by_text("Keputusan disimpan.")).to_be_visible()


def propose(staff: Page, engine: Engine, clock: Clock) -> None:
    staff.goto("/petugas")
    staff.get_by_label("Bulan", exact=True).select_option("2026-12")
    press(staff, "Buka bulan")
    expect(staff.get_by_text("Desember 2026 dibuka.")).to_be_visible()
    if staff.get_by_label("Alasan").count():
        staff.get_by_label("Alasan").fill("penyetuju menggabungkan orang tua asuh besok")
    press(staff, "Kunci data bulan ini")
    expect(staff.get_by_text("Sekarang anak dapat dipasangkan")).to_be_visible()
    press_twice(staff, "Pasangkan anak dan orang tua asuh")
    run_job(staff, engine, clock)
    expect(staff.locator(".next")).to_contain_text("ajukan untuk disetujui")
    press(staff, "Ajukan untuk disetujui")
    expect(staff.locator(".next")).to_contain_text("Menunggu penyetuju")


def approve(official: Page) -> None:
    official.goto("/petugas")
    press(official, "Ke persetujuan")
    official.get_by_label("Catatan").fill("Dibaca bersama kepala bidang")
    press(official, "Setujui pasangan bulan ini")
    expect(official.get_by_text("Paket dapat disiapkan.")).to_be_visible()
    expect(official.locator("main")).to_contain_text("Dibaca bersama kepala bidang")


def pack_and_plan(desk: Page, engine: Engine, clock: Clock) -> None:
    desk.goto(f"{MONTH}/paket")
    press_twice(desk, "Buat paket dan pesan barang")
    remedies = desk.locator("select[name=tindakan]")
    packed = desk.get_by_role("button", name="Tandai semua yang disisihkan")
    expect(remedies.or_(packed).first).to_be_visible()
    if remedies.count():
        for at in range(remedies.count()):
            remedies.nth(at).select_option("purchase")
        press(desk, "Tandatangani yang dipilih")
        press(desk, re.compile("Buat paket|Kemas|Ulangi"))
    press(desk, "Tandai semua yang disisihkan")
    desk.goto(f"{MONTH}/rute")
    desk.get_by_label("Ketelitian mencari").select_option(index=0)
    press_twice(desk, "Susun rute")
    run_job(desk, engine, clock)
    press(desk, "Konfirmasi semua")
    expect(desk.get_by_text("rute dikonfirmasi")).to_be_visible()


def give_vehicles(desk: Page) -> None:
    desk.goto("/armada")
    for at in range(desk.locator("select[name=kurir]").count()):
        desk.locator("select[name=kurir]").nth(at).select_option("kurir")
        desk.get_by_role("button", name="Simpan").nth(at).click()
        expect(desk.get_by_text("disimpan.")).to_be_visible()


def leave(desk: Page) -> None:
    """Let every day's routes leave today; those planned for later with a tick."""
    desk.goto(f"{MONTH}/rute")
    while desk.locator("input[name=rute]").count():
        for each in desk.locator("input[name=rute]:enabled").all():
            each.check()
        reason = desk.get_by_label("Mengapa rute berangkat bersamaan")
        if reason.count():
            reason.fill("semua berangkat hari ini")
        day = desk.locator("input[name=hari]").get_attribute("value")
        if date.fromisoformat(day or "") > NOW.date():
            desk.get_by_label("Tetap berangkatkan sebelum harinya").check()
        press(desk, "Berangkatkan yang dicentang")
        expect(desk.get_by_text(re.compile(r"\d+ rute berangkat"))).to_be_visible()
        desk.goto(f"{MONTH}/rute")


def deliver(phone: Page) -> None:
    """Bring the first package, and find nobody at home at the second door."""
    phone.goto("/kurir?biasa=1")
    phone.locator(".door").first.click()
    press(phone, "Diterima semua")
    phone.goto("/kurir?biasa=1")
    phone.locator(".door:not(.over)").first.click()
    phone.locator("summary", has_text="Tidak terkirim").click()
    phone.get_by_label("Tidak ada orang di rumah").check()
    press(phone, "Catat tidak terkirim")
    expect(phone.locator("h1")).to_contain_text("tidak terkirim")


def type_sheets(desk: Page) -> None:
    desk.goto(f"{MONTH}/hasil")
    urls = [each.get_attribute("href") for each in desk.locator("main td a[href$=hasil]").all()]
    for url in urls:
        desk.goto(url or "")
        for stop in desk.locator("li.stop").all():
            outcome = stop.locator("select[name=hasil]")
            if outcome.count() and "tidak terkirim" not in stop.locator("h2").inner_text():
                outcome.select_option("accepted")
        if desk.locator("select[name=hasil]").count():
            press(desk, "Catat lembar ini")


def settle(desk: Page) -> None:
    desk.goto("/kendala")
    press(desk, "Saya tangani")
    desk.get_by_label("Kembalikan ke stok").check()
    press(desk, "Lakukan")
    expect(desk.get_by_text("Tindakan dicatat.")).to_be_visible()
    press(desk, "Tutup kasus")
    expect(desk.get_by_text("Kasus ditutup.")).to_be_visible()
    for _ in range(20):
        desk.goto(f"{MONTH}/paket/daftar?keadaan=packed")
        if not desk.get_by_role("button", name="Bawa ke bulan depan").count():
            break
        press(desk, "Bawa ke bulan depan")


def reconcile(desk: Page) -> None:
    desk.goto(f"{MONTH}/tutup")
    expect(desk.get_by_text("Jumlah cocok")).to_be_visible()
    press(desk, "Akhiri distribusi dan mulai mencocokkan")
    for _ in range(20):
        desk.goto(f"{MONTH}/tutup")
        call = desk.locator("section", has_text="belum ditanya")
        if not call.count():
            break
        call.first.get_by_label("diterima", exact=True).check()
        call.first.get_by_role("button", name="Simpan jawaban").click()


def test_a_whole_month_from_an_empty_city_to_closed(
    web_app: FastAPI, engine: Engine, visit: Visit, tmp_path: Path
) -> None:
    clock = Clock()
    web_app.state.clock = clock
    write_sample(tmp_path, children=24, sponsors=16, seed=7, dirty=True, month="2026-12")
    staff = visit(account(engine, "petugas", Role.STAFF), width=DESK)
    staff.goto("/petugas")
    expect(staff.get_by_text("Belum ada bulan yang berjalan")).to_be_visible()
    bring_in(staff, tmp_path)
    decide_doubles(staff)
    propose(staff, engine, clock)
    official = visit(account(engine, "pejabat", Role.APPROVER), width=PHONE)
    approve(official)

    desk = visit(account(engine, "koordinator", Role.COORDINATOR), width=DESK)
    phone = visit(account(engine, "kurir", Role.COURIER), width=PHONE)
    pack_and_plan(desk, engine, clock)
    give_vehicles(desk)
    leave(desk)
    deliver(phone)
    type_sheets(desk)
    settle(desk)
    reconcile(desk)
    official.goto("/petugas")
    press(official, "Periksa dan tutup")
    press(official, "Tutup bulan ini")
    run_job(official, engine, clock)
    expect(official.get_by_text("sudah ditutup dan beku")).to_be_visible()

    staff.set_viewport_size({"width": PHONE, "height": 740})
    staff.goto("/petugas")
    press(staff, "Buka bulan")
    expect(staff.get_by_text("Januari 2027 dibuka.")).to_be_visible()
    expect(staff.get_by_text(re.compile("Dibawa dari Desember 2026"))).to_be_visible()
    look_as_donor(staff, visit)
    assert {path: faults_of(staff) for path in ("/petugas", MONTH) if staff.goto(path)} == {
        "/petugas": [],
        MONTH: [],
    }


def look_as_donor(staff: Page, visit: Visit) -> None:
    """Invite a sponsor by link; the donor sees what arrived and nothing that names a child."""
    staff.goto(f"{MONTH}/pasangan")
    sponsor = re.search(r"OTA-\d{4}", staff.content())
    staff.goto("/orang-tua-asuh")
    code = sponsor[0] if sponsor else staff.locator("main td a").first.inner_text()
    staff.goto("/undangan")
    staff.get_by_label("Kode orang tua asuh").fill(code)
    press(staff, "Buat tautan")
    link = staff.locator("main").get_by_text(re.compile(r"/tautan/")).first
    expect(link).to_be_visible()
    address = re.search(r"/tautan/[\w-]+", link.inner_text())
    assert address
    donor = visit(Role.COURIER, width=PHONE)
    donor.context.clear_cookies()
    donor.goto(address[0])
    donor.locator("main button").first.click()
    expect(donor.get_by_text("Untuk melindungi anak")).to_be_visible()
