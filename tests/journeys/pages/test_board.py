"""The board in a real browser: a stop dragged on the map and in the lists, and undone."""

from datetime import date

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import Engine
from sqlmodel import col, select

from api.pages import board
from api.services import planning
from api.services.planning import PlanOptions
from data.engine import write_session
from data.schema import Household, Role, Stop, VehicleKind
from tests.browser import DESK, PHONE, faults_of
from tests.conftest import NOW
from tests.factories import make_vehicle
from tests.factories_goods import make_packed_cycle
from tests.journeys.pages.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]

BOARD = "/bulan/2026-12/papan"


@pytest.fixture
def planned(engine: Engine) -> None:
    with write_session(engine) as session:
        cycle, _, by, depot = make_packed_cycle(session, num_children=6)
        for number, home in enumerate(session.exec(select(Household)).all()):
            home.lat, home.lon = -2.13 + 0.004 * number, 106.11 + 0.004 * (number % 2)
            session.add(home)
        for _ in range(2):
            make_vehicle(
                session, depot_id=depot.id, capacity_g=25_000, shift_ends="09:20",
                kind=VehicleKind.CAR,
            )  # fmt: skip
        options = PlanOptions(days=(date(2026, 12, 1),), seconds=None, iterations=20)
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)


def rows_of(page: Page, nth: int) -> Locator:
    return page.locator("ol.board-stops").nth(nth).locator("li[data-uid]")


def order(page: Page, nth: int) -> list[str]:
    return [row.get_attribute("data-label") or "" for row in rows_of(page, nth).all()]


def expect_order(page: Page, nth: int, labels: list[str]) -> None:
    """Wait until a route begins with these stops: a saved move comes with a page of its own."""
    for at, label in enumerate(labels):
        expect(rows_of(page, nth).nth(at)).to_have_attribute("data-label", label)


def middle(thing: Locator) -> tuple[float, float]:
    box = thing.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pull(page: Page, start: Locator, end: Locator) -> None:
    """Drag from the middle of one thing to the middle of another, in steps."""
    a, b = middle(start), middle(end)
    page.mouse.move(*a)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(a[0] + (b[0] - a[0]) * step / 8, a[1] + (b[1] - a[1]) * step / 8)
        page.wait_for_timeout(30)
    page.mouse.up()


@pytest.mark.usefixtures("planned")
def test_a_stop_is_dragged_on_the_map_saved_and_put_back(visit: Visit) -> None:
    page = visit(Role.COORDINATOR, width=DESK)
    page.goto(BOARD)
    before, other = order(page, 0), order(page, 1)
    from_here, to = (
        page.locator(f".mark-stop[title$=' {label}']") for label in (before[0], other[-1])
    )
    expect(from_here).to_be_visible()
    page.locator("#peta").scroll_into_view_if_needed()
    pull(page, from_here, page.locator("#peta .leaflet-control-scale"))
    expect(page.locator("#coba")).to_be_hidden()  # let go beside every stop
    pull(page, from_here, to)
    expect(page.locator("#coba li").first).to_contain_text("km")
    page.get_by_role("button", name="Simpan", exact=True).click()
    undo = page.get_by_role("button", name=f"Urungkan: kembalikan {before[0]}")
    expect(undo).to_be_visible()
    assert before[0] not in order(page, 0)
    undo.click()
    expect_order(page, 0, before)
    assert faults_of(page) == []


def press_and_move(page: Page, start: Locator, end: Locator) -> None:
    """Lay a finger on the middle of one thing, wait, and take it to the middle of another."""
    finger = page.context.new_cdp_session(page)
    a, b = middle(start), middle(end)
    for step in range(10):
        spot = {"x": a[0] + (b[0] - a[0]) * step / 9, "y": a[1] + (b[1] - a[1]) * step / 9}
        kind = "touchMove" if step else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [spot]})
        page.wait_for_timeout(30 if step else 350)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.usefixtures("planned")
def test_a_finger_or_a_form_moves_it_in_the_list_and_lets_it_go(visit: Visit) -> None:
    page = visit(Role.COORDINATOR, width=PHONE, language="en")
    page.goto(BOARD)
    before = order(page, 0)
    rows = page.locator("ol.board-stops").first.locator("li.movable")
    panel = page.locator("#coba")
    rows.nth(0).scroll_into_view_if_needed()
    press_and_move(page, rows.nth(0).locator(".board-name"), rows.nth(1))
    expect(panel.locator(".board-figures li").first).to_contain_text("minutes")
    assert order(page, 0)[:2] == before[1::-1]
    press_and_move(page, rows.nth(0).locator(".board-name"), rows.nth(1))
    expect(panel).to_contain_text(f"Save or cancel {before[0]} first.")
    panel.get_by_role("button", name="Cancel").click()
    expect(panel).to_be_hidden()
    assert order(page, 0) == before
    rows.nth(0).locator("summary").click()
    held: list[Route] = []
    page.route("**/papan/coba", lambda route, _: held.append(route))
    rows.nth(0).get_by_label("As number").fill("2")
    rows.nth(0).get_by_label("As number").press("Tab")
    expect(panel.locator(".board-what")).to_contain_text(before[0])
    expect(panel).to_contain_text("Working it out")
    move = page.locator(f"li[data-label='{before[0]}'] form.board-move button")
    expect(move).to_be_disabled()  # nothing is saved before one has seen what it changes
    page.wait_for_timeout(200)
    held[0].continue_()
    expect(move).to_be_enabled()
    assert faults_of(page) == []
    move.click()
    expect(page.get_by_role("status").first).to_contain_text(before[0])
    expect_order(page, 0, before[1::-1])


@pytest.mark.usefixtures("planned")
def test_without_scripts_a_form_moves_it_by_phone(visit: Visit) -> None:
    page = visit(Role.COORDINATOR, width=PHONE, has_scripts=False)
    page.goto(BOARD)
    before = order(page, 0)
    page.locator("summary", has_text="Pindahkan").first.click()
    page.get_by_label("Menjadi nomor").first.fill("2")
    page.locator("details[open] form").first.get_by_role("button").click()
    expect_order(page, 0, before[1::-1])
    assert faults_of(page) == []


@pytest.fixture
def many(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Five routes of one home each, as long as a board may be; the uid of every stop by route."""
    monkeypatch.setattr(board, "MOST_OPEN", 4)
    with write_session(engine) as session:
        cycle, _, by, depot = make_packed_cycle(session, num_children=5)
        for number, home in enumerate(session.exec(select(Household)).all()):
            home.lat, home.lon = -2.13 + 0.004 * number, 106.11 + 0.004 * (number % 2)
            session.add(home)
        for _ in range(5):
            make_vehicle(session, depot_id=depot.id, capacity_g=12_000, kind=VehicleKind.CAR)
        options = PlanOptions(days=(date(2026, 12, 1),), seconds=None, iterations=20)
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
        return [stop.uid for stop in session.exec(select(Stop).order_by(col(Stop.route_id)))]


def test_many_routes_come_folded_and_open_where_one_goes(visit: Visit, many: list[str]) -> None:
    page = visit(Role.COORDINATOR, width=PHONE)
    page.goto(BOARD)
    folds = page.locator("details.board-fold")
    expect(folds).to_have_count(5)
    opened = page.locator("details.board-fold[open]")
    expect(opened).to_have_count(0)
    expect(folds.first.locator("> summary")).to_contain_text("1 perhentian")
    assert faults_of(page) == []
    folds.first.locator("> summary").click()
    expect(page.locator(f"#henti-{many[0]}")).to_be_visible()
    page.goto(f"{BOARD}?hari=2026-12-01#henti-{many[3]}")
    expect(page.locator(f"#henti-{many[3]}")).to_be_in_viewport()
    expect(opened).to_have_count(1)


@pytest.mark.usefixtures("many")
def test_a_stop_held_over_a_folded_route_opens_it(visit: Visit) -> None:
    page = visit(Role.COORDINATOR, width=DESK)
    page.goto(BOARD)
    folds = page.locator("details.board-fold")
    folds.nth(0).locator("> summary").click()
    row = folds.nth(0).locator("li.movable")
    label = row.get_attribute("data-label") or ""
    row.scroll_into_view_if_needed()
    start, over = middle(row.locator(".board-name")), middle(folds.nth(1).locator("> summary"))
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, 9):
        at = [a + (b - a) * step / 8 for a, b in zip(start, over, strict=True)]
        page.mouse.move(*at)
        page.wait_for_timeout(30)
    expect(folds.nth(1)).to_have_attribute("open", "")
    end = middle(folds.nth(1).locator("li.movable").first)
    for step in range(9):
        page.mouse.move(end[0], end[1] - 4 + step)
        page.wait_for_timeout(50)
    expect(page.locator("#coba .board-what")).to_contain_text(label)
    page.mouse.up()
    expect(page.locator("#coba .board-what")).to_contain_text(label)
    expect(folds.nth(1).locator("li.movable")).to_have_count(2)
