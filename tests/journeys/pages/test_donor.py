"""A donor in a real browser: one link, by phone and at a desk, in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import select

from api.services import fulfilment, links, photos
from data.engine import write_session
from data.schema import (
    Account,
    Assignment,
    Child,
    ConsentPurpose,
    DeliveryPhoto,
    Package,
    Pledge,
    Role,
)
from tests.api.services.test_fulfilment import JPEG
from tests.browser import DESK, PHONE, faults_of, pale_or_small
from tests.conftest import NOW
from tests.factories import make_account, make_consent
from tests.factories_routes import make_dispatched_cycle, report
from tests.journeys.pages.conftest import Visit
from tests.journeys.pages.speech import Speech

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]


@pytest.fixture
def donor(engine: Engine) -> Account:
    """A donor whose child's package has arrived, with a photo that may be seen."""
    with write_session(engine) as session:
        _, _, _, coordinator, _ = make_dispatched_cycle(session, num_children=2)
        package = session.exec(select(Package)).first()
        assert package is not None
        child = session.get_one(Child, package.child_id)
        for purpose in (ConsentPurpose.DISPLAY, ConsentPurpose.PHOTO):
            make_consent(session, child, purpose=purpose)
        event = report(package, "sampai", channel="page")
        fulfilment.record_delivery(session, report=event, by=coordinator, now=NOW)
        fulfilment.add_photo(
            session, photo_uid="foto", event_uid="sampai", content=JPEG, taken_at=NOW,
            by=coordinator, now=NOW,
        )  # fmt: skip
        picture = session.exec(select(DeliveryPhoto)).one()
        photos.decide_photo(
            session, photo_id=picture.id or 0, is_shown=True, by=coordinator, now=NOW
        )
        pair = session.exec(select(Assignment).where(Assignment.child_id == child.id)).one()
        sponsor_id = session.get_one(Pledge, pair.pledge_id).sponsor_id
        return make_account(session, Role.DONOR, sponsor_id=sponsor_id)


def look(page: Page) -> dict[str, list[str]]:
    """Open every page of a donor; give what is hard to use on each."""
    page.emulate_media(reduced_motion="reduce")  # colours as they stay
    page.goto("/donatur")
    child = page.locator("a[href^='/donatur/anak/']").first.get_attribute("href") or ""
    pledge = page.locator("a[href^='/donatur/janji/']").first.get_attribute("href") or ""
    found = {}
    for path in ("/donatur", child, pledge, "/donatur/pesan"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        for closed in page.locator("main details:not([open]) > summary").all():
            closed.click()
        found[path] = faults_of(page) + pale_or_small(page)
    return {path: faults for path, faults in found.items() if faults}


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_page_of_a_donor_is_easy_to_use(visit: Visit, donor: Account, width: int) -> None:
    page = visit(donor, width=width)
    assert look(page) == {}
    page.locator("button[lang=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert look(page) == {}


def test_a_link_is_opened_looked_at_and_used_once(
    visit: Visit, engine: Engine, person: Callable[[Role], Account], donor: Account, say: Speech
) -> None:
    with write_session(engine) as session:
        staff = person(Role.STAFF)
        token = links.create_link(session, account=donor, by=staff, now=NOW)
        session.get_one(Account, donor.id).language = say.language
    page = visit(Role.STAFF)
    page.context.clear_cookies()
    page.goto(f"/tautan/{token}")
    page.locator(f"button[lang={say.language}]").click()
    for _ in range(2):  # a chat program looks first
        page.goto(f"/tautan/{token}")
        expect(page.get_by_role("button", name=say.like("Masuk sebagai %(name)s"))).to_be_visible()
    page.get_by_role("button", name=say.like("Masuk sebagai %(name)s")).click()
    expect(page.locator("h1")).to_have_text(say("Anak asuh saya"))
    expect(page.locator("main")).to_contain_text(say.like("diterima %(bulan)s"))
    expect(page.locator("img.handed")).to_have_count(1)
    page.get_by_role("button", name=say("Tanya dinas")).click()
    page.get_by_label(say.coded("donor_topic.child")).check()
    page.get_by_label(say("Pesan"), exact=True).fill("Salam untuk keluarganya")
    page.get_by_role("button", name=say("Kirim pesan")).click()
    expect(page.locator("main")).to_contain_text(say("Belum dijawab."))
    page.goto("/donatur")
    page.get_by_role("button", name=say("Ubah, istirahat, atau berhenti")).click()
    page.locator("summary", has_text=say("Saya ingin berhenti")).click()
    page.get_by_label(say.like("Ya, sampai %(hari)s")).first.check()
    page.get_by_label(say.coded("stop_reason.cannot_continue")).check()
    page.get_by_role("button", name=say("Akhiri janji ini")).click()
    expect(page.get_by_role("alert")).to_contain_text(say.coded("donor.sure"))
    page.get_by_label(say("Ya, saya berhenti")).check()
    page.get_by_role("button", name=say("Akhiri janji ini")).click()
    expect(page.locator("main")).to_contain_text(say("Janji Anda berakhir. Terima kasih."))
    expect(page.locator("main")).to_contain_text(say.like("diterima %(bulan)s"))
    page.goto(f"/tautan/{token}")
    expect(page.get_by_role("alert")).to_be_visible()
