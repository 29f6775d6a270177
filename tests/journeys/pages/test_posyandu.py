"""A kader's day at the posyandu in a real browser: by phone, in both languages, without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import col, select

from api.services import fulfilment
from data.engine import write_session
from data.schema import Child, Household, Package, Role
from tests.axe import axe_faults
from tests.browser import DESK, PHONE, faults_of, pale_or_small
from tests.conftest import NOW
from tests.factories import make_measurement
from tests.factories_routes import make_dispatched_cycle, report
from tests.journeys.pages.conftest import Visit
from tests.journeys.pages.speech import Speech

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]


@pytest.fixture(autouse=True)
def mawar(engine: Engine) -> None:
    """Three families of Mawar: one package arrived, one child to be referred."""
    with write_session(engine) as session:
        _, _, _, coordinator, _ = make_dispatched_cycle(session)
        for at, package in enumerate(session.exec(select(Package).order_by(col(Package.id))).all()):
            home = session.get_one(Household, package.household_id)
            home.posyandu, home.guardian_name = "Mawar", ("Ibu Ani", "Ibu Budi", "Ibu Cici")[at]
            child = session.get_one(Child, package.child_id)
            child.name = ("Adi", "Bela", "Caca")[at]
            if at == 0:
                event = report(package, "sampai", channel="page")
                fulfilment.record_delivery(session, report=event, by=coordinator, now=NOW)
            if at == 2:
                make_measurement(session, child, measured_on=NOW.date(), whz=-3.4)


def look(page: Page) -> dict[str, list[str]]:
    """Open every page of a kader; give what is hard to use on each."""
    page.emulate_media(reduced_motion="reduce")
    page.goto("/posyandu")
    family = page.locator("a[href^='/posyandu/keluarga/']").first.get_attribute("href") or ""
    found = {}
    for path in ("/posyandu", family, "/posyandu/pendampingan", "/posyandu/dimakan"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        for closed in page.locator("main details:not([open]) > summary").all():
            closed.click()
        found[path] = faults_of(page) + pale_or_small(page) + axe_faults(page)
    return {path: faults for path, faults in found.items() if faults}


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_of_a_kader_is_easy_to_use(visit: Visit, width: int, language: str) -> None:
    assert look(visit(Role.KADER, width=width, language=language)) == {}


@pytest.mark.parametrize(("language", "has_scripts"), [("id", False), ("en", True)])
def test_a_kader_records_asks_corrects_and_reports(
    visit: Visit, language: str, has_scripts: bool
) -> None:
    say = Speech(language)
    page = visit(Role.KADER, language=language, has_scripts=has_scripts)
    page.goto("/")
    expect(page).to_have_url(re.compile("/posyandu$"))
    expect(page.locator("main")).to_contain_text(say.like("%(n)s anak perlu dirujuk ke puskesmas"))
    page.get_by_role("link", name=say("Catat pendampingan")).last.click()
    page.get_by_label("3 ").check()
    page.get_by_label("Ibu Budi").uncheck()
    page.get_by_role("button", name=say("Simpan untuk yang dicentang")).click()
    expect(page.get_by_text(say.coded("posyandu.did_accompany"))).to_be_visible()
    page.goto("/posyandu")
    page.get_by_role("link", name="Ibu Ani").click()
    page.locator("input[name=dimakan][value=shared]").check()
    page.get_by_role("button", name=say("Simpan jawaban")).click()
    expect(page.get_by_text(say.coded("posyandu.did_record"))).to_be_visible()
    page.locator("input[name=dimakan][value=child]").check()
    page.get_by_role("button", name=say("Simpan jawaban")).click()
    expect(page.locator("input[name=dimakan][value=child]")).to_be_checked()
    page.locator("summary", has_text=say("Laporkan kepada kantor")).click()
    page.get_by_label(say.coded("posyandu.kind_exit")).check()
    page.get_by_role("button", name=say("Kirim laporan")).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label(say("Keterangan")).fill("pindah kota")
    page.get_by_role("button", name=say("Kirim laporan")).click()
    expect(page.get_by_text(say.coded("posyandu.did_report"))).to_be_visible()
    page.get_by_role("button", name=say.like("Berikutnya: %(nama)s")).click()
    expect(page.locator("h1")).to_have_text("Ibu Budi")
