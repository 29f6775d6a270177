"""A child's growth in the browser: flagged, referred, done; recovered, and its place passed on."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services import jobs
from api.services.child_states import resettle
from api.services.cycles import approve_cycle, lock_cycle, submit_cycle
from api.services.matching import assignments, propose_matching
from data.engine import write_session
from data.schema import Account, Assignment, Child, CycleState, Pledge, Role
from tests.browser import DESK, PHONE, faults_of
from tests.conftest import NOW
from tests.factories import (
    make_account,
    make_child,
    make_cycle,
    make_household,
    make_measurement,
    make_pledge,
)
from tests.journeys.pages.speech import Speech
from tests.stores import KEYS

pytestmark = [pytest.mark.stores("sqlite"), pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Page]
QUEUE = "anak yang pertumbuhannya tidak dapat menunggu"
MONTH = "/bulan/2026-12"


def stalled(session: Session) -> str:
    """A child that gained too little in two months running; its code."""
    child = make_child(
        session, haz=None, household_id=make_household(session, posyandu="Melati").id
    )
    for month, weight_g in ((9, 9500), (10, 9500), (11, 9400)):
        make_measurement(session, child, measured_on=date(2026, month, 10), weight_g=weight_g)
    return child.code


@pytest.mark.parametrize(("language", "width"), [("id", DESK), ("en", PHONE)])
def test_two_months_without_gain_from_the_flag_to_the_next_weighing(
    visit: Visit, engine: Engine, language: str, width: int
) -> None:
    say = Speech(language)
    with write_session(engine) as session:
        code = stalled(session)
    page = visit(Role.STAFF, width=width, language=language)
    page.goto("/monev/pengawasan", timeout=60_000)  # the first one loads what judges shares
    expect(page.locator("main")).to_contain_text(say.coded("sign.unreferred"))
    page.goto("/petugas")
    page.get_by_role("link", name=say.like(QUEUE)).click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=code))
    expect(row).to_contain_text(say.coded("review.two_t"))
    assert faults_of(page) == []
    row.get_by_role("link", name=code).click()
    expect(page.locator("main .tag", has_text="2T").first).to_be_visible()
    page.get_by_label(say.coded("review.decision.refer")).check()
    page.get_by_role("button", name=say("Simpan")).click()
    expect(page.locator("main")).to_contain_text(say.coded("review.note"))
    expect(page.get_by_label(say.coded("review.decision.refer"))).to_be_checked()
    page.get_by_label(say("Alasan, atau ke mana dirujuk")).fill("Puskesmas Melintang")
    page.get_by_role("button", name=say("Simpan")).click()
    expect(page.get_by_text(say.coded("review.saved"))).to_be_visible()
    kept = page.get_by_role("table", name=say("Tinjauan sebelumnya"))
    expect(kept).to_contain_text("Puskesmas Melintang")
    assert faults_of(page) == []
    page.goto("/petugas")
    expect(page.get_by_role("link", name=say.like(QUEUE))).to_have_count(0)
    page.goto("/monev/pengawasan")
    expect(page.locator("main")).not_to_contain_text(say.coded("sign.unreferred"))

    page.goto(f"/anak/{code}")
    page.locator("main summary", has_text=say("Catat pengukuran")).click()
    form = page.locator("form[action$='/ukur']")
    form.get_by_label(say("Hari pengukuran")).fill("2026-12-01")
    form.locator("[name=weight_g]").fill("9,9")
    form.locator("[name=lenhei_mm]").fill("80,5")
    form.get_by_label(say("berdiri")).check()
    form.get_by_role("button", name=say("Catat pengukuran")).click()
    page.goto(f"/monev/pertumbuhan/{code}")
    newest = page.get_by_role("table", name=say("Pengukuran")).locator("tbody tr").first
    expect(newest).to_contain_text("9,9" if language == "id" else "9.9")
    expect(newest).not_to_contain_text("2T")
    page.goto("/monev/pertumbuhan")
    expect(page.locator("main")).not_to_contain_text(code)


def served_child(session: Session) -> tuple[Account, str, str, str]:
    """A month in which one of two children had the only place, and has recovered since.

    Returns who matched it, both children's codes, the served one first, and the promise's.
    """
    staff, approver = make_account(session), make_account(session, Role.APPROVER)
    children = [make_child(session, haz=None) for _ in range(2)]
    for child, haz in zip(children, (-3.2, -2.6), strict=True):
        make_measurement(session, child, measured_on=date(2026, 10, 12), haz=haz)
    make_pledge(session, num_children=1)
    cycle, then = make_cycle(session, "2026-11"), NOW - timedelta(days=28)
    lock_cycle(session, cycle=cycle, by=staff, now=then)
    propose_matching(session, cycle=cycle, by=staff, now=then)
    submit_cycle(session, cycle=cycle, by=staff, now=then)
    approve_cycle(session, cycle=cycle, by=approver, now=then)
    (pair,) = assignments(session, cycle=cycle)
    cycle.state = CycleState.CLOSED
    session.add(cycle)
    gone = session.get_one(Child, pair.child_id)
    (waiting,) = (child.code for child in children if child.id != gone.id)
    for day in (date(2026, 10, 30), date(2026, 11, 29)):
        make_measurement(session, gone, measured_on=day, haz=-1.8)
    resettle(session, gone, on=NOW.date())
    return staff, gone.code, waiting, session.get_one(Pledge, pair.pledge_id).code


def test_the_place_of_a_graduate_goes_to_the_next_child(
    visit: Visit, engine: Engine, web_app: object
) -> None:
    say = Speech("id")
    with write_session(engine) as session:
        staff, gone, waiting, pledge = served_child(session)
    official = visit(Role.APPROVER, width=PHONE)
    official.goto("/petugas")
    official.get_by_role("link", name=say.like("usulan lulus menunggu keputusan Anda")).click()
    official.get_by_role("link", name=gone).click()
    expect(official.locator("main .panel").first).to_contain_text("tempatnya diberikan kepada anak")
    official.get_by_label(say.coded("review.decision.graduate"), exact=True).check()
    official.get_by_label("Alasan, atau ke mana dirujuk").fill("dua kali normal")
    official.get_by_role("button", name="Simpan").click()
    expect(official.get_by_text(say.coded("review.saved"))).to_be_visible()
    expect(official.locator("main .tag").first).to_have_text("lulus")
    official.goto("/petugas")
    expect(official.get_by_role("link", name=say.like("usulan lulus"))).to_have_count(0)

    desk = visit(staff, width=DESK)
    desk.goto("/petugas")
    desk.get_by_label("Bulan").select_option("2026-12")
    desk.get_by_role("button", name="Buka bulan").click()
    expect(desk.get_by_text(say.coded("month.opened"))).to_be_visible()
    reason = desk.locator("main form[action$='/kunci'] [name=alasan]")
    if reason.count():
        reason.fill("data lengkap")
    desk.get_by_role("button", name="Kunci data bulan ini").click()
    expect(desk.get_by_text(say.coded("month.did.lock"))).to_be_visible()
    desk.get_by_role("button", name="Pasangkan anak dan orang tua asuh", exact=True).click()
    expect(desk.locator("[data-active-job]")).to_be_visible()
    jobs.run_pending(engine, keys=KEYS, clock=lambda: NOW)
    desk.goto(f"{MONTH}/pasangan")
    row = desk.get_by_role("table", name="Anak dan orang tua asuhnya").locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(waiting)
    expect(row).to_contain_text(pledge)
    with write_session(engine) as session:
        pairs = session.exec(select(Assignment.child_id).order_by(Assignment.id)).all()  # type: ignore[arg-type]
        codes = [session.get_one(Child, number).code for number in pairs]
    assert codes == [gone, waiting]
