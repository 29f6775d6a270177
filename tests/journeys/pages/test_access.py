"""Every page with axe-core in a real browser: both languages, by phone and desk, light and dark.

Four of the eight ways to look at a page hold every pair of language, width and light.
"""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page
from sqlalchemy import Engine

from api.app import doors
from api.i18n import catalogue
from data.engine import write_session
from data.schema import Account, Role
from tests.axe import axe_faults
from tests.browser import DESK, PHONE, faults_of
from tests.every_page import ELSEWHERE, FILES, pages_of
from tests.journeys.pages.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]

BOTH = {"Bahasa Indonesia", "Tulis bilangan bulat, misalnya 2."}
"""What a page says in Indonesian on purpose: a language's own name, the style guide's error."""
LOOKS = {
    "id": ((PHONE, "dark"), (DESK, "light")),
    "en": ((DESK, "dark"), (PHONE, "light")),
}
"""Language → width and light in which its pages are looked at; in Indonesian by every rule.

What only one width displays (menus that are unfolded, heads of tables) is judged in that width.
"""
NUM_PARTS = 3
"""Into so many tests the pages are dealt out, so that workers share the walk."""
SEEN = ("color-contrast", "target-size", "scrollable-region-focusable")
"""Rules of axe-core that another light can break in a width that was looked at by all."""
SPOKEN = (
    "aria-command-name", "aria-dialog-name", "aria-input-field-name", "aria-meter-name",
    "aria-progressbar-name", "aria-toggle-field-name", "aria-tooltip-name", "button-name",
    "document-title", "empty-heading", "empty-table-header", "html-has-lang", "html-lang-valid",
    "image-alt", "image-redundant-alt", "input-button-name", "label", "label-title-only",
    "link-name", "role-img-alt", "select-name", "summary-name", "svg-img-alt",
    "table-duplicate-name", "valid-lang",
)  # fmt: skip
"""Rules of axe-core that another language can break: what has lost its words has lost its name."""
RULES: dict[tuple[str, int], tuple[str, ...]] = {
    ("id", 0): (),
    ("id", 1): (),
    ("en", 0): SEEN + SPOKEN,
    ("en", 1): SEEN,
}
"""By which rules a page is looked at in a language's first and second look; none named: by all."""


@pytest.mark.parametrize("part", range(NUM_PARTS))
@pytest.mark.parametrize("language", LOOKS)
def test_no_page_shuts_anybody_out(
    web_app: FastAPI,
    visit: Visit,
    engine: Engine,
    person: Callable[[Role], Account],
    language: str,
    part: int,
) -> None:
    web_app.state.settings.demo = True
    faults: dict[str, list[str]] = {}
    windows: dict[str, Page] = {}
    dealt = list(pages_of(engine, web_app, person))[part::NUM_PARTS]
    for route, who, path in dealt:
        if who.username not in windows:
            with write_session(engine) as session:
                session.get_one(Account, who.id).language = language
            windows[who.username] = visit(who)
        page = windows[who.username]
        answer = page.goto(path, timeout=60_000)  # the first funnel loads scipy
        assert answer is not None
        if answer.status != 200:
            faults[path] = [f"{route} answers {answer.status}"]
            continue
        assert "html" in answer.headers["content-type"], route
        page.locator("h1:visible").first.wait_for()
        assert page.locator("html").get_attribute("lang") == language, route
        for at, look in enumerate(LOOKS[language]):
            show(page, *look)
            if found := axe_faults(page, *RULES[language, at]) + faults_of(page):
                faults[f"{path} ({language}, {look})"] = found
        if language == "en" and (found := untranslated(page)):
            faults[f"{path}: Indonesian"] = found
    assert faults == {}


def show(page: Page, width: int, light: str) -> None:
    """Show a page in another width and light, with nothing caught on its way there."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if light == "dark" else "light", reduced_motion="reduce")


def untranslated(page: Page) -> list[str]:
    """Return what an English page says in Indonesian: every text that has an English one."""
    shown: list[str] = page.evaluate(
        """() => {
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const found = new Set();
          while (walk.nextNode()) found.add(walk.currentNode.data.trim());
          for (const each of document.querySelectorAll("[aria-label], [title], [alt]")) {
            for (const name of ["aria-label", "title", "alt"]) found.add(each.getAttribute(name));
          }
          return [...found].filter(Boolean);
        }"""
    )
    texts = catalogue("en")
    return sorted(each for each in shown if texts.get(each, each) != each and each not in BOTH)


def test_what_is_left_out_of_the_walk_exists(web_app: FastAPI) -> None:
    paths = {door.path for door in doors(web_app) if door.method == "GET"}
    assert FILES | set(ELSEWHERE) <= paths
    assert not FILES & set(ELSEWHERE)


@pytest.mark.parametrize(("role", "path"), [(Role.STAFF, "/masuk"), (Role.COURIER, "/kurir/hp")])
def test_the_first_visit_weighs_at_most_sixty_kilobytes(
    visit: Visit, role: Role, path: str
) -> None:
    """Everything that a first page loads, as it goes over the wire."""
    page = visit(role)
    page.add_init_script("self.BarcodeDetector ??= class {}")  # as phones have it: no jsQR
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.context.clear_cookies()
    page.goto(path, wait_until="networkidle")
    assert 3 <= len(sizes) <= 22
    assert sum(sizes) <= 60_000, sizes
