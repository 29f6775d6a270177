"""Pairs by keyboard alone: what if, pin, ban, match again, compare; one sees where one is."""

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import col, select

from api.services import jobs
from data.engine import read_session, write_session
from data.schema import Hold, HoldKind, MatchRun, Role
from tests.api.services.test_matching import Month
from tests.browser import DESK, PHONE
from tests.conftest import NOW
from tests.journeys.pages.conftest import Visit
from tests.stores import KEYS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]

MONTH = "/bulan/2026-12"
STEPS = 90
WHERE = """() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  const across = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const down = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 0), innerHeight - 1);
  const top = document.elementFromPoint(across, down);
  return {
    tag: at.tagName,
    words: (at.labels && at.labels.length ? at.labels[0].textContent : at.textContent).trim(),
    href: at.getAttribute("href") || "",
    ring: style.outlineStyle !== "none" ? parseFloat(style.outlineWidth) : 0,
    shadow: style.boxShadow !== "none",
    seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    covered: !(at.contains(top) || (top && top.contains(at)) || at.labels?.[0]?.contains(top)),
    inMain: document.querySelector("main").contains(at),
    isAfter: !window.wasAt || Boolean(
      window.wasAt.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING),
    mark: (window.wasAt = at, ""),
  };
}"""


def tab_to(page: Page, words: str, *, href: str = "") -> None:
    """Press Tab until the focus stands on a control of these words; all on the way are seen."""
    page.evaluate("() => { window.wasAt = null; }")
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        at = page.evaluate(WHERE)
        name = f"{at['tag']} {at['words'][:40]!r}"
        assert at["seen"], f"{name} has the focus out of sight"
        assert not at["covered"], f"{name} has the focus under something else"
        assert at["ring"] >= 2 or at["shadow"], f"{name} does not show the focus"
        if at["tag"] != "BODY":
            assert at["isAfter"], f"{name} comes before what had the focus"
        if at["words"].startswith(words) and href in at["href"]:
            return
    raise AssertionError(f"no way by Tab to {words!r} in {page.url}")


def choose_another(page: Page, label: str) -> None:
    """Take the next option of a list with the arrow keys."""
    tab_to(page, label)
    before = page.evaluate("() => document.activeElement.value")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("() => document.activeElement.value") != before


def press(page: Page, words: str) -> None:
    tab_to(page, words)
    page.keyboard.press("Enter")


def hold_a_pair(page: Page, child: str, button: str) -> None:
    """Ask what another sponsor would change for a child, then pin or ban that pair."""
    page.goto(f"{MONTH}/pasangan")
    tab_to(page, child, href="/anak/")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="Bagaimana kalau")).to_be_visible()
    choose_another(page, "Janji")
    press(page, "Lihat akibatnya")
    expect(page.locator("main")).to_contain_text("Harganya:")
    tab_to(page, "Alasan")
    page.keyboard.type("permintaan keluarga")
    press(page, button)
    expect(page.get_by_role("status").first).to_be_visible()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_matched_month_is_questioned_and_compared_by_keyboard(
    web_app: FastAPI, visit: Visit, engine: Engine, width: int
) -> None:
    with write_session(engine) as session:
        month = Month(session, NOW, num_children=4, places=(1, 1, 1)).lock()
        month.propose()
        first, second, *_ = sorted(month.pairs())
    page = visit(Role.STAFF, width=width)
    hold_a_pair(page, first, "Sematkan pasangan ini")
    hold_a_pair(page, second, "Larang pasangan ini")
    with read_session(engine) as session:
        held = session.exec(select(Hold).order_by(col(Hold.id))).all()
        assert [each.kind for each in held] == [HoldKind.PIN, HoldKind.BAN]
    page.goto(MONTH)
    press(page, "Pasangkan ulang")
    expect(page.locator("[data-active-job]")).to_be_visible()
    jobs.run_pending(engine, keys=KEYS, clock=web_app.state.clock)
    page.goto(f"{MONTH}/pasangan")
    with read_session(engine) as session:
        assert len(session.exec(select(MatchRun)).all()) == 2
    page.goto(f"{MONTH}/perubahan")
    press(page, "Dibandingkan pemasangan sebelumnya")
    expect(page.get_by_role("table", name="Angka kedua pemasangan")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Sebelumnya")


def test_the_first_tab_leads_past_the_menu(visit: Visit, engine: Engine) -> None:
    with write_session(engine) as session:
        Month(session, NOW, num_children=2, places=(1,)).lock().propose()
    page = visit(Role.STAFF, width=DESK)
    page.goto(f"{MONTH}/pasangan")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Langsung ke isi")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(WHERE)["inMain"]
