"""What comes between a record and the server: wrong clocks, the office, a failing record."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlmodel import select

from api.services.fulfilment import record_delivery
from data.engine import read_session, write_session
from data.schema import DeliveryEvent, Outcome, Package, Role, Route, Stop, StopState
from tests.factories import make_account
from tests.factories_routes import package_at, report
from tests.journeys.pages.phone.conftest import Hand
from tests.journeys.pages.phone.courier_days import (
    enter,
    month_on_its_way,
    open_day,
    press,
    press_twice,
    waits_for_nothing,
)
from tests.phones import LosingLine

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]


def test_a_clock_that_jumps_by_a_day_neither_loses_nor_reorders(hand: Hand, engine: Engine) -> None:
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 2))
    expect(page.locator("#batang")).to_contain_text("Jam HP ini meleset")
    phone.signal(up=False)
    enter(page, 1)
    press_twice(page, "Diterima semua")
    for jump in (-86_400_000, 86_400_000):
        page.evaluate("jump => { const was = Date.now; Date.now = () => was() + jump; }", jump)
        enter(page, 1)
        if jump < 0:
            press(page, "Urungkan")
            expect(page.locator("[data-slot=choices]")).to_be_visible()
            page.locator("summary", has_text="Tidak terkirim").click()
            page.get_by_label("Keluarga pindah").check()
            press(page, "Catat tidak terkirim")
    phone.signal(up=True)
    waits_for_nothing(page)
    with read_session(engine) as session:
        events = session.exec(select(DeliveryEvent).order_by(DeliveryEvent.device_seq)).all()  # type: ignore[arg-type]
        first = session.exec(select(Stop).where(Stop.sequence == 1)).one()
    assert [event.outcome for event in events] == [Outcome.ACCEPTED, Outcome.UNDO, Outcome.FAILED]
    assert first.state == StopState.FAILED


def test_what_the_office_records_after_an_undo_is_done_on_the_phone(
    hand: Hand, engine: Engine
) -> None:
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 2))
    enter(page, 1)
    press(page, "Diterima semua")
    waits_for_nothing(page)
    enter(page, 1)
    press(page, "Urungkan")
    expect(page.locator("[data-slot=choices]")).to_be_visible()
    waits_for_nothing(page)
    with write_session(engine) as session:
        coordinator = make_account(session, Role.COORDINATOR)
        stop = session.exec(select(Stop).where(Stop.sequence == 1)).one()
        sheet = report(
            package_at(session, stop), "s" * 32, channel="sheet", happened_at=datetime.now(UTC)
        )
        record_delivery(session, report=sheet, by=coordinator, now=datetime.now(UTC))
        session.exec(select(Route)).one().dispatched_at = datetime.now(UTC) - timedelta(days=1)
    page.reload()
    page.goto(f"{phone.address}/kurir/hp#")
    expect(page.locator("#hari [data-slot=next]")).to_contain_text("Berikutnya: 2", timeout=60_000)
    expect(page.locator("#hari [data-slot=late]")).to_contain_text("dan belum selesai")


def test_what_is_being_typed_survives_the_sending_behind_it(hand: Hand, engine: Engine) -> None:
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 2))
    phone.signal(up=False)
    enter(page, 1)
    press(page, "Diterima semua")
    enter(page, 2)
    page.locator("summary", has_text="Diterima orang lain").click()
    page.get_by_label("Nama penerima").fill("Bu RT")
    phone.signal(up=True)
    waits_for_nothing(page)
    page.wait_for_timeout(300)
    expect(page.get_by_label("Nama penerima")).to_have_value("Bu RT")
    press(page, "Catat diterima orang lain")
    expect(page.locator("#batang")).to_contain_text("2 diterima server", timeout=60_000)
    with read_session(engine) as session:
        assert {each.receiver for each in session.exec(select(DeliveryEvent))} == {"", "Bu RT"}


def test_a_record_that_the_server_fails_on_keeps_no_other_back(
    hand: Hand, line: LosingLine, engine: Engine
) -> None:
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 3))
    with read_session(engine) as session:
        first = session.exec(select(Package.code).order_by(Package.code)).all()[0]
    phone.signal(up=False)
    for number in (1, 2, 3):
        enter(page, number)
        press(page, "Diterima semua")
    line.fails_on = first.encode()
    phone.signal(up=True)
    expect(page.locator("#batang")).to_contain_text("2 diterima server", timeout=60_000)
    expect(page.locator("#batang[data-waiting='1']")).to_be_visible()
    line.fails_on = b""
    waits_for_nothing(page)
    with read_session(engine) as session:
        assert len(session.exec(select(DeliveryEvent)).all()) == 3


AT_ONCE = """async label => {
  const press = () => [...document.querySelectorAll("#hari button")]
    .find(each => each.textContent.trim() === label).click();
  const { keptDay, stopsOf } = await import("/static/courier/day.js");
  const places = stopsOf(await keptDay()).map(each => `#henti/${each.uid}`);
  const { all } = await import("/static/courier/store.js");
  for (const place of places) {
    location.hash = place;
    await new Promise(done => addEventListener("hashchange", done, { once: true }));
    press();
  }
  return (await all("records")).length;
}"""
"""Press at one place after another, each before the one before can be on the disk."""


def test_a_press_at_the_next_door_waits_for_the_one_before(hand: Hand, engine: Engine) -> None:
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 3))
    phone.signal(up=False)
    assert page.evaluate(AT_ONCE, "Diterima semua") < 3
    expect(page.locator("#batang")).to_contain_text("3 menunggu")
    phone.signal(up=True)
    waits_for_nothing(page)
    with read_session(engine) as session:
        assert len(session.exec(select(DeliveryEvent)).all()) == 3
