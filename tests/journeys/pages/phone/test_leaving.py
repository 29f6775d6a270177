"""Who leaves the phone loses no record and leaves nothing readable behind."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlmodel import select

from api.services.sign_ins import start_sign_in
from data.engine import read_session, write_session
from data.schema import DeliveryEvent, Role
from tests.conftest import NOW
from tests.factories import make_account
from tests.journeys.pages.phone.conftest import Hand
from tests.journeys.pages.phone.courier_days import (
    enter,
    month_on_its_way,
    open_day,
    press,
    waits_for_nothing,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]


OFFER = """() => {
  const offer = new Event("beforeinstallprompt", { cancelable: true });
  offer.prompt = async () => { self.wasAsked = true; };
  dispatchEvent(offer);
}"""
"""An offer whose question no person has to answer."""


def test_leaving_says_what_is_not_sent_and_then_forgets_all(hand: Hand, engine: Engine) -> None:
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 2))
    page.evaluate(OFFER)
    press(page, "Pasang Asuh di layar utama HP")
    expect(page.locator("[data-act=install]")).to_be_hidden()
    assert page.evaluate("self.wasAsked"), "the browser's own question"
    phone.signal(up=False)
    enter(page, 1)
    press(page, "Diterima semua")
    press(page, "Keluar dari HP ini")
    expect(page.locator("#pergi")).to_contain_text("1 catatan dan 0 foto belum sampai")
    press(page, "Kirim dahulu, lalu keluar")
    expect(page.locator("#pergi")).to_contain_text("Belum ada sinyal")
    press(page, "Tetap di sini")
    expect(page.locator("#batang")).to_contain_text("1 menunggu")

    phone.signal(up=True)
    waits_for_nothing(page)
    page.goto(f"{phone.address}/akun")
    press(page, "Keluar")
    expect(page).to_have_url(re.compile("/masuk"))
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
    assert page.evaluate("navigator.storageBuckets.keys()") == []
    assert page.evaluate("caches.keys().then(all => all.length)") == 0


def test_a_sign_out_elsewhere_does_not_take_unsent_records_along(
    hand: Hand, engine: Engine
) -> None:
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 1))
    page.evaluate(
        """async () => {
          const { keptDay, stopsOf } = await import("/static/courier/day.js");
          const { record } = await import("/static/courier/records.js");
          const day = await keptDay(), [stop] = stopsOf(day);
          await record(day, stop, stop.packages, { outcome: "accepted" });
        }"""
    )
    page.goto(f"{phone.address}/akun")
    press(page, "Keluar")
    expect(page.locator("#pergi")).to_contain_text("1 catatan")
    press(page, "Kirim dahulu, lalu keluar")
    expect(page).to_have_url(re.compile("/masuk"))
    with read_session(engine) as session:
        assert len(session.exec(select(DeliveryEvent)).all()) == 1


def test_another_couriers_records_wait_for_that_courier(hand: Hand, engine: Engine) -> None:
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 1))
    phone.signal(up=False)
    enter(page, 1)
    press(page, "Diterima semua")
    expect(page.locator("#batang")).to_contain_text("1 menunggu")
    with write_session(engine) as session:
        other = make_account(session, Role.COURIER)
        token = start_sign_in(session, account=other, now=NOW)
    phone.kill()
    phone.line.go(up=True)
    page = phone.start(token=token)
    page.goto(f"{phone.address}/kurir/hp")
    expect(page.locator("#hari")).to_contain_text("Tidak ada rute Anda")
    page.goto(f"{phone.address}/kurir/hp#catatan")
    expect(page.locator("#hari")).to_contain_text("1 catatan milik kurir lain")
    with read_session(engine) as session:
        assert session.exec(select(DeliveryEvent)).all() == []
