"""At the office's desk in a real browser: features §6, scenarios 2, 3, 6, 10, 13 and 20."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import col, select

from api.services import routes
from data.engine import write_session
from data.schema import (
    Account,
    Assignment,
    Child,
    ChildState,
    ConsentPurpose,
    Household,
    Pledge,
    Role,
    Sponsor,
)
from tests.api.services.test_routes import OTHER, two_routes
from tests.browser import DESK
from tests.conftest import NOW
from tests.factories import (
    known_as,
    make_account,
    make_child,
    make_consent,
    make_household,
    make_measurement,
)
from tests.factories_routes import make_dispatched_cycle
from tests.intake_desk import child_row, children_file

pytestmark = [pytest.mark.stores("sqlite"), pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Page]


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def opened(page: Page, summary: str) -> None:
    page.locator("main summary", has_text=summary).first.click()


def test_bad_rows_are_downloaded_with_reasons_and_the_rest_goes_in(
    visit: Visit, tmp_path: Path
) -> None:
    """Scenario 2."""
    page = visit(Role.STAFF, width=DESK)
    file = tmp_path / "anak.xlsx"
    file.write_bytes(children_file(child_row(1), child_row(2, **{"Tgl Lahir": date(2030, 1, 1)})))
    page.goto("/berkas")
    page.get_by_label("Berkas dari Excel atau CSV").set_input_files(file)
    press(page, "Periksa berkas")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Unduh baris yang ditolak").click()
    rows = list(
        openpyxl.load_workbook(BytesIO(Path(coming.value.path()).read_bytes())).worksheets[0].values
    )
    assert len(rows) == 2
    assert any("belum terjadi" in str(cell) for cell in rows[1])
    press(page, "Terapkan")
    expect(page.get_by_text("diterapkan").first).to_be_visible()
    page.goto("/anak")
    expect(page.locator("main tbody tr")).to_have_count(1)


def test_an_implausible_height_waits_and_is_confirmed_with_a_reason(
    visit: Visit, engine: Engine
) -> None:
    """Scenario 3."""
    with write_session(engine) as session:
        child = make_child(
            session, haz=None, state=ChildState.NEEDS_REVIEW, review_reasons=["haz_implausible"]
        )
        make_measurement(
            session, child, measured_on=NOW.date(), haz=-7.1, flags=["haz_implausible"]
        )
    page = visit(Role.STAFF)
    page.goto("/petugas")
    page.get_by_role("link", name="1 anak yang perlu diperiksa").click()
    page.get_by_role("link", name=child.code).click()
    opened(page, "Ubah keadaan anak")
    page.get_by_label("Alasan").first.fill("diukur ulang kader, benar")
    press(page, "Sahkan pengukuran")
    page.goto("/petugas")
    expect(page.get_by_text("anak yang perlu diperiksa")).to_have_count(0)


def test_two_windows_on_one_household_lose_nothing(visit: Visit, engine: Engine) -> None:
    """Scenario 10: other fields are merged with one click; the same one is chosen."""
    with write_session(engine) as session:
        home = make_household(session, address="Jl. Lama 1")
        child = make_child(session, household_id=home.id)
    first, second = visit(Role.STAFF, width=DESK), visit(Role.STAFF)
    one, two = (each.locator('form[action$="/rumah"]').first for each in (first, second))
    for address, phone in (("Jl. Baru 2", "+62811999999"), ("Jl. Baru 3", "")):
        for window in (first, second):
            window.goto(f"/anak/{child.code}")
            opened(window, "Ubah rumah tangga")
        one.get_by_label("Alamat", exact=False).first.fill(address)
        one.get_by_role("button", name="Simpan").click()
        expect(first.get_by_text("Tersimpan.")).to_be_visible()
        if phone:
            two.get_by_label("No HP").fill(phone)
        else:
            two.get_by_label("Alamat", exact=False).first.fill("Jl. Anggrek 3")
        two.get_by_role("button", name="Simpan").click()
        expect(second.get_by_role("heading", name="menyimpan lebih dulu")).to_be_visible()
        if not phone:
            two.get_by_label("Anda: Jl. Anggrek 3").check()
        press(second, "Simpan gabungan")
        expect(second.get_by_text("Tersimpan.")).to_be_visible()
    with write_session(engine) as session:
        kept = session.get_one(Household, home.id)
        assert (kept.address, kept.phone) == ("Jl. Anggrek 3", "+62811999999")


def test_a_family_that_moves_makes_its_route_stale(visit: Visit, engine: Engine) -> None:
    """Scenario 13: reported and taken on by staff; the coordinator sees which routes to confirm."""
    with write_session(engine) as session:
        cycle, by, _, _ = two_routes(session)
        routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
        child = session.exec(select(Child).order_by(col(Child.code))).first()
        assert child is not None
    page, desk = visit(Role.STAFF), visit(by, width=DESK)
    page.goto(f"/anak/{child.code}")
    opened(page, "Laporkan pindah alamat")
    form = page.locator('form[action$="/pindah"]')
    form.get_by_label("Kelurahan").select_option(OTHER)
    form.get_by_label("Alamat").fill("Jl. Baru 9")
    form.get_by_role("button").click()
    press(page, "Terima")
    expect(page.get_by_text("Keputusan disimpan.")).to_be_visible()
    desk.goto("/bulan/2026-12/rute")
    expect(desk.get_by_text("tidak dapat dicetak sampai dikonfirmasi ulang")).to_be_visible()


def test_a_donor_who_edits_the_address_finds_nobody(visit: Visit, engine: Engine) -> None:
    """Scenario 20: another child's page and a child that there is not look the same."""
    with write_session(engine) as session:
        make_dispatched_cycle(session, num_children=2)
        pairs = session.exec(select(Assignment).order_by(col(Assignment.child_id))).all()
        pledge, theirs = (session.get_one(Pledge, pair.pledge_id) for pair in pairs)
        other = known_as(
            session,
            session.get_one(Child, pairs[1].child_id),
            session.get_one(Sponsor, theirs.sponsor_id),
        )
        donor: Account = make_account(session, Role.DONOR, sponsor_id=pledge.sponsor_id)
    page = visit(donor)
    said = set()
    for alias in (other, "Z-999"):
        answer = page.goto(f"/donatur/anak/{alias}")
        assert answer is not None
        assert answer.status == 404
        said.add(page.locator("main").inner_text().replace(alias, ""))
    assert len(said) == 1


def test_a_guardian_withdraws_and_the_card_is_gone(visit: Visit, engine: Engine) -> None:
    """Scenario 6: at once, and the package still comes."""
    with write_session(engine) as session:
        make_dispatched_cycle(session, num_children=1)
        pair = session.exec(select(Assignment)).one()
        child, pledge = (
            session.get_one(Child, pair.child_id),
            session.get_one(Pledge, pair.pledge_id),
        )
        make_consent(session, child, purpose=ConsentPurpose.DISPLAY)
        donor = make_account(session, Role.DONOR, sponsor_id=pledge.sponsor_id)
    phone, page = visit(donor), visit(Role.STAFF, width=DESK)
    phone.goto("/donatur")
    card = phone.locator(".card-month", has_text=re.compile(r"[A-Z][a-z]+-[0-9]{3}"))
    expect(card).to_contain_text("Kecamatan")
    expect(phone.locator("main")).not_to_contain_text(child.code)
    page.goto(f"/anak/{child.code}")
    shown = page.locator("main tbody tr", has_text="orang tua asuh melihat samaran")
    shown.get_by_role("button", name="Cabut").click()
    expect(page.get_by_text("berlaku sekarang juga")).to_be_visible()
    phone.goto("/donatur")
    expect(phone.get_by_text("Anda mendukung 1 anak yang keluarganya memilih")).to_be_visible()
    expect(card).to_have_count(0)
    expect(phone.get_by_text("Kecamatan")).to_have_count(0)
