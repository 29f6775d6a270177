"""What an office decides in a browser: features §6, scenarios 5, 11 and 14."""

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services import packing, planning, routes
from api.services.cycles import approve_cycle
from api.services.donor_aliases import aliases_of, name_children
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Child,
    ConsentPurpose,
    CycleChild,
    Package,
    PackageState,
    Pledge,
    Role,
    Sponsor,
    StockItem,
    Stop,
)
from tests.api.services.test_matching import Month
from tests.api.services.test_planning import QUICK, spread_homes
from tests.browser import DESK, PHONE, faults_of
from tests.conftest import NOW
from tests.factories import (
    make_account,
    make_approved_cycle,
    make_consent,
    make_depot,
    make_pledge,
    make_sponsor,
    make_vehicle,
)
from tests.factories_goods import kits_in_stock
from tests.journeys.pages.conftest import Visit
from tests.journeys.pages.speech import Speech

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]

MONTH = "/bulan/2026-12"
SUM = "Bila sama: jumlahkan janji keduanya. Tanpa dicentang, janji yang lebih besar yang berlaku."
SIGNED = "Semua kekurangan sudah ditandatangani. Ulangi pengepakan agar barang disisihkan."


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def told(page: Page) -> str:
    """The news at the top of a page, once it is there; the page fits the window."""
    news = page.get_by_role("status").first
    expect(news).to_be_visible()
    assert faults_of(page) == []
    return news.inner_text()


@pytest.mark.parametrize(("language", "width", "sums"), [("id", PHONE, False), ("en", DESK, True)])
def test_a_donor_registered_twice_is_merged_by_the_approver(
    visit: Visit, engine: Engine, language: str, width: int, *, sums: bool
) -> None:
    """Scenario 5: handed over by staff, one donor, no sum unasked, the old sign-in still opens."""
    say = Speech(language)
    with write_session(engine) as session:
        himself, by_office = (
            make_sponsor(session, name=name, phone="+628120001111")
            for name in ("Budi Santoso", "Budi Santosa")
        )
        make_pledge(session, sponsor_id=himself.id, num_children=2)
        dropped_pledge = make_pledge(session, sponsor_id=by_office.id, num_children=1).code
        donor = make_account(session, Role.DONOR, sponsor_id=by_office.id)
        kept, dropped = himself.code, by_office.code
    doubtful = say.like("pasangan orang tua asuh yang mungkin sama")
    staff = visit(Role.STAFF, width=width, language=language)
    staff.goto("/ganda?jenis=sponsor")
    press(staff, say("Bandingkan semua data lagi"))
    pair = staff.locator("section.pair")
    expect(pair).to_have_count(1)
    expect(pair.get_by_role("button", name=say.like("Sama, simpan %(kode)s"))).to_have_count(0)
    pair.get_by_label(say("Catatan")).fill("kantornya juga berjanji")
    press(staff, say("Sama, serahkan kepada pejabat"))
    told(staff)

    official = visit(Role.APPROVER, width=width, language=language)
    official.goto("/petugas")
    official.get_by_role("link", name=doubtful).click()
    expect(official.get_by_text("kantornya juga berjanji")).to_be_visible()
    if sums:
        official.get_by_label(say(SUM)).check()
    press(official, say("Sama, simpan %(kode)s", kode=kept))
    told(official)
    official.goto("/petugas")
    expect(official.get_by_role("link", name=doubtful)).to_have_count(0)

    with read_session(engine) as session:
        running = session.exec(select(Pledge).where(Pledge.ended_on == None)).all()  # noqa: E711
        assert sorted(each.num_children or 0 for each in running) == ([1, 2] if sums else [2])
    staff.goto("/orang-tua-asuh")
    expect(staff.locator("main tbody tr")).to_have_count(1)
    staff.goto(f"/orang-tua-asuh/{dropped}")
    expect(staff.locator("h1")).to_contain_text(kept)
    phone = visit(donor, language=language)
    phone.goto("/donatur")
    expect(phone.locator("section[aria-labelledby^='janji-']")).to_have_count(2)
    expect(phone.locator(f"section[aria-labelledby='janji-{dropped_pledge}']")).to_be_visible()
    assert faults_of(phone) == []


@pytest.mark.parametrize(("language", "width"), [("id", PHONE), ("en", DESK)])
def test_eggs_are_short_and_who_waits_is_signed(
    visit: Visit, engine: Engine, language: str, width: int
) -> None:
    """Scenario 11: by how much, who waits by need, nothing said to be reserved before it is."""
    say = Speech(language)
    with write_session(engine) as session:
        by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
        make_approved_cycle(session, num_children=7)
        rows = session.exec(select(CycleChild)).all()
        for number, row in enumerate(rows):
            row.tier, row.points = 1 + number % 3, 100 + number
            session.add(row)
        least = max(rows, key=lambda row: (row.tier or 0, -(row.points or 0)))
        waits = session.get_one(Child, least.child_id).code
        kits_in_stock(session, depot, by, 7, telur=180)
    page = visit(by, width=width, language=language)
    page.goto(f"{MONTH}/paket")
    press(page, say("Buat paket dan pesan barang"))
    assert say.coded("packing.did.short").search(told(page))
    expect(page.locator("main")).not_to_contain_text(
        say("Barang semua paket yang tidak menunggu sudah disisihkan dari stok.")
    )
    eggs = page.locator("#kurang-telur")
    for amount in ("210", "180", "30"):
        expect(eggs).to_contain_text(amount)
    eggs.get_by_role("link").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(page.locator("main tbody")).to_contain_text(waits)
    assert faults_of(page) == []
    page.go_back()
    page.get_by_label(say.like("Tindakan untuk %(barang)s")).select_option("wait")
    press(page, say("Tandatangani yang dipilih"))
    told(page)
    expect(page.get_by_text(say(SIGNED))).to_be_visible()
    with read_session(engine) as session:
        [stock] = session.exec(select(StockItem).where(StockItem.item_code == "telur")).all()
        assert (stock.on_hand, stock.reserved) == (180, 0), "a signature reserves nothing"
    press(page, say("Ulangi pengepakan"))
    assert say.coded("packing.did.reserved").search(told(page))
    press(page, say("Tandai semua yang disisihkan sebagai sudah dikemas"))
    told(page)
    page.goto(f"{MONTH}/paket/daftar?keadaan=packed")
    expect(page.locator("main tbody tr")).to_have_count(6)
    expect(page.locator("main tbody")).not_to_contain_text(waits)


def on_routes(session: Session) -> tuple[Account, list[str]]:
    """A month on its routes: three children by falling need, places for two; who plans them."""
    month = Month(session, NOW, num_children=3, places=(1, 1)).lock()
    spread_homes(session)
    month.propose()
    month.submit()
    approve_cycle(session, cycle=month.cycle, by=month.approver, now=NOW)
    by, depot = make_account(session, Role.COORDINATOR), make_depot(session)
    kits_in_stock(session, depot, by, 3)
    make_vehicle(session, depot_id=depot.id)
    packing.pack_cycle(session, cycle=month.cycle, by=by, now=NOW)
    packing.mark_packed(session, cycle=month.cycle, by=by, now=NOW)
    planning.plan_routes(session, cycle=month.cycle, by=by, now=NOW, options=QUICK)
    routes.confirm_all(session, cycle=month.cycle, by=by, now=NOW)
    pairs = month.pairs()
    placed = [child.code for child in month.children if child.code in pairs]
    left = [child.code for child in month.children if child.code not in pairs]
    return by, [pairs[placed[0]], placed[0], *left]


@pytest.mark.parametrize(
    ("language", "width", "way"), [("id", PHONE, "graduates"), ("en", DESK, "dies")]
)
def test_a_child_leaves_and_stop_message_and_place_follow(
    web_app: FastAPI, visit: Visit, engine: Engine, language: str, width: int, way: str
) -> None:
    """Scenario 14: no stop, a humane word without a reason, and the next child gets the place."""
    say = Speech(language)
    with write_session(engine) as session:
        planner, (pledge, gone, waiting) = on_routes(session)
        sponsor = session.exec(select(Sponsor).join(Pledge).where(Pledge.code == pledge)).one()
        donor = make_account(session, Role.DONOR, sponsor_id=sponsor.id)
        child = session.exec(select(Child).where(Child.code == gone)).one()
        make_consent(session, child, ConsentPurpose.DISPLAY)
        name_children(session, sponsor)
        alias = aliases_of(session, sponsor)[child.id or 0]
    phone = visit(donor, language=language)
    phone.goto("/donatur")
    expect(phone.locator("main")).to_contain_text(alias)

    role = Role.APPROVER if way == "graduates" else Role.STAFF
    office = visit(role, width=width, language=language)
    office.goto(f"/anak/{gone}")
    if way == "graduates":
        office.locator("main summary", has_text=say("Nyatakan lulus")).click()
        form = office.locator("form[action$='/lulus']")
        form.get_by_label(say("Alasan")).fill("TB/U pulih")
    else:
        office.locator("main summary", has_text=say("Keluar dari program")).click()
        form = office.locator("form[action$='/keadaan']", has=office.locator("[name=sebab]"))
        form.locator("[name=sebab]").select_option("died")
    form.get_by_role("button").click()
    told(office)

    with read_session(engine) as session:
        child = session.exec(select(Child).where(Child.code == gone)).one()
        [package] = session.exec(select(Package).where(Package.child_id == child.id)).all()
        stops = session.exec(select(Stop).where(Stop.household_id == child.household_id)).all()
        assert package.state is PackageState.CANCELLED
        assert {stop.state.value for stop in stops} == {"cancelled"}
    desk = visit(planner, width=width, language=language)
    desk.goto(f"{MONTH}/rute")
    expect(desk.locator("main")).not_to_contain_text(gone)

    phone.goto("/donatur")
    news = {"graduates": "child_news.graduated", "dies": "child_news.left"}[way]
    card = phone.locator(".card-month", has_text=alias)
    expect(card.locator(".panel")).to_have_text(say.coded(news))
    for word in ("TB/U", "pulih", "meninggal", "died", "stunting"):
        expect(phone.locator("main")).not_to_contain_text(word)
    assert faults_of(phone) == []

    official = visit(Role.APPROVER, width=width, language=language)
    if way == "graduates":
        official = visit(make_other(engine), width=width, language=language)
    official.goto("/petugas")
    official.get_by_role("link", name=say.like("usulan pengganti menunggu persetujuan")).click()
    row = official.locator("main tbody tr", has_text=waiting)
    expect(row).to_contain_text(pledge)
    row.get_by_role("button", name=say("Setujui")).click()
    told(official)
    official.goto(f"{MONTH}/pasangan")
    pairs = official.get_by_role("table", name=say("Anak dan orang tua asuhnya"))
    expect(pairs).to_contain_text(waiting)
    left = pairs.get_by_role("row").filter(has=official.get_by_role("link", name=gone))
    expect(left).to_contain_text(say.coded("replacement.child_left"))


def make_other(engine: Engine) -> Account:
    """A second approver: who lets a child graduate proposed its place's next child too."""
    with write_session(engine) as session:
        return make_account(session, Role.APPROVER)
