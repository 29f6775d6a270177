"""The courier's phone in a real browser: a day without signal, from the morning to the last upload.

Features §6, scenario 17, and what the house promises: nothing acknowledged is lost, each event
arrives once, and nothing that names a family lies readable in the phone's storage.
"""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import select

from api.pages.names import Names
from data.engine import read_session
from data.schema import (
    Child,
    DeliveryEvent,
    DeliveryPhoto,
    Household,
    Pickup,
    PickupState,
    Route,
    RouteState,
    Stop,
    StopState,
)
from tests.browser import faults_of
from tests.conftest import NOW
from tests.journeys.pages.phone.conftest import Hand
from tests.journeys.pages.phone.courier_days import (
    enter,
    goods_to_fetch,
    jpeg_with_place,
    month_on_its_way,
    open_day,
    press,
    send_through_breaks,
    waits_for_nothing,
)
from tests.journeys.pages.speech import Speech
from tests.phones import LosingLine, Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]


STRIP = """async bytes => {
  const { strip } = await import("/static/courier/photo.js");
  return [...new Uint8Array(await strip(new Uint8Array(bytes)))];
}"""


def take_photos(page: Page, say: Speech, picture: bytes) -> None:
    """Take two at the open stop while a name is being typed."""
    page.get_by_label(say("Nama penerima")).fill("Tetangga Bernama Sumi")
    for number in (1, 2):
        page.locator("input[type=file]").set_input_files(
            {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": picture}
        )
        kept_here = say("%(n)s foto di HP ini", n=number)
        expect(page.locator(".photo-part")).to_contain_text(kept_here)
    expect(page.get_by_label(say("Nama penerima"))).to_have_value("Tetangga Bernama Sumi")


def morning(page: Page, say: Speech, picture: bytes) -> None:
    """One received, one failed with a reason, one taken by a neighbour with two photos."""
    enter(page, 1)
    press(page, say("Diterima semua"))
    expect(page.locator("[data-slot=next] a")).to_contain_text("2. Ibu Rahasia 2")
    enter(page, 2)
    page.locator("summary", has_text=say("Tidak terkirim")).click()
    press(page, say("Catat tidak terkirim"))
    expect(page.locator("form[data-act=failed]")).to_contain_text(say("Alasan belum dipilih."))
    page.locator("input[name=alasan]").first.check()
    press(page, say("Catat tidak terkirim"))
    enter(page, 3)
    page.locator("summary", has_text=say("Diterima orang lain")).click()
    take_photos(page, say, picture)
    press(page, say("Catat diterima orang lain"))
    expect(page.locator("#batang")).to_contain_text(say("%(n)s menunggu", n=3))
    expect(page.locator("#batang")).to_contain_text(say("Tanpa sinyal"))
    stripped = page.evaluate(STRIP, list(picture))
    assert bytes(stripped).startswith(b"\xff\xd8")
    assert b"Exif" not in bytes(stripped)


def afternoon(page: Page, say: Speech) -> None:
    """A part refused with a reason, one undone and recorded again."""
    enter(page, 4)
    page.locator("summary", has_text=say("Diterima sebagian atau ditolak")).click()
    press(page, say("Catat"))
    none = "Belum ada yang ditolak. Kurangi yang tidak diterima, atau tekan Diterima semua."
    expect(page.locator("form[data-act=partly]")).to_contain_text(say(none))
    eggs = page.get_by_role("group", name=Names(say.language).item("telur"))
    eggs.get_by_label(say("Diterima")).fill("28")
    press(page, say("Catat"))
    expect(eggs).to_contain_text(say.coded("delivery.line_reason"))
    eggs.get_by_label(say("Alasan ditolak")).select_option("goods_damaged")
    press(page, say("Catat"))
    enter(page, 5)
    press(page, say("Diterima semua"))
    enter(page, 5)
    expect(page.locator("[data-slot=minutes]")).to_contain_text(
        say.like("Salah catat? Masih dapat diurungkan %(n)s menit lagi.")
    )
    press(page, say("Urungkan"))
    expect(page.locator("[data-slot=choices]")).to_be_visible()
    press(page, say("Diterima semua"))


def fetch_at_second_try(page: Page, say: Speech) -> None:
    """Goods that were not there, with the reason, then were."""
    pickup = page.locator("a.door", has_text="Toko Rahasia")
    page.goto(page.url.split("#")[0] + "#")
    pickup.click()
    page.locator("summary", has_text=say("Tidak terambil")).click()
    press(page, say("Catat tidak terambil"))
    expect(page.locator("form[data-act=missed]")).to_contain_text(say.coded("pickup.note"))
    page.get_by_label(say("Mengapa")).fill("Rahasia: pemilik sakit")
    press(page, say("Catat tidak terambil"))
    pickup.click()
    press(page, say("Terambil"))
    expect(pickup).to_contain_text(say.coded("pickup_state.fetched"))


def named_in_storage(phone: Phone, engine: Engine) -> list[str]:
    """Whatever names a family, its door or its helper and lies readable on the phone."""
    kept = phone.stored()
    assert "P-2612-0001" in kept, "opaque codes are there"
    with read_session(engine) as session:
        families = session.exec(select(Household)).all()
        names = [each.name for each in session.exec(select(Child))]
        doors = [(each.recipient, each.address, each.phone) for each in session.exec(select(Stop))]
    names += [each.guardian_name for each in families] + [each.code for each in families]
    names += [str(part) for door in doors for part in door]
    names += ["Sumi", "Rahasia", "Tersembunyi", "GPSLatitude"]
    # Sixteen digits by themselves: those within an event's own hexadecimal id are chance.
    niks = re.findall(r"(?<![0-9a-f])\d{16}(?![0-9a-f])", kept)
    return [name for name in names if name and name in kept] + niks


def arrived_once(engine: Engine) -> None:
    """All that five stops, two photos and a pickup told is on the server, each once."""
    with read_session(engine) as session:
        events = session.exec(select(DeliveryEvent)).all()
        photos = session.exec(select(DeliveryPhoto)).all()
        states = [stop.state for stop in session.exec(select(Stop).order_by(Stop.sequence))]  # type: ignore[arg-type]
        fetched = session.exec(select(Pickup)).one()
    assert sorted(event.device_seq or 0 for event in events) == list(range(1, 8))
    assert len({event.event_uid for event in events}) == 7
    assert states == [
        StopState.DELIVERED,
        StopState.FAILED,
        StopState.LEFT_WITH_RECEIVER,
        StopState.PARTLY_DELIVERED,
        StopState.DELIVERED,
        StopState.EN_ROUTE,
    ]
    assert {event.receiver for event in events} == {"", "Tetangga Bernama Sumi"}
    assert all(abs(event.happened_at - NOW) < timedelta(minutes=5) for event in events)
    assert len(photos) == 2
    assert all(b"Exif" not in photo.content and b"GPS" not in photo.content for photo in photos)
    assert all(len(photo.content) < 400_000 for photo in photos)
    assert (fetched.state, len(fetched.event_uids or [])) == (PickupState.FETCHED, 2)


KEPT_OF_FAMILIES = """async () => {
  const { all, read } = await import("/static/courier/store.js");
  return [(await all("doors")).length, (await all("photos")).length, !!(await read("key")),
          (await all("records")).filter(each => each.sealed).length];
}"""


def test_a_day_without_signal_arrives_once_and_names_nobody_in_storage(
    hand: Hand, line: LosingLine, engine: Engine
) -> None:
    say = Speech("en")
    phone = hand()
    token = month_on_its_way(engine, 6, say.language)
    goods_to_fetch(engine)
    page = open_day(phone, token)
    picture = jpeg_with_place(page)
    phone.signal(up=False)
    morning(page, say, picture)
    phone.kill()
    page = phone.start(at=f"{phone.address}/kurir")
    expect(page.locator("#batang")).to_contain_text(say("%(n)s menunggu", n=3))
    expect(page.locator("main")).to_contain_text("Ibu Rahasia 4")
    expect(page.locator("main")).to_contain_text("Gang Tersembunyi 4")
    afternoon(page, say)
    fetch_at_second_try(page, say)
    assert faults_of(page) == []
    assert named_in_storage(phone, engine) == []

    line.lose_every = 3
    phone.context.add_cookies([{"name": "asuh", "value": token, "url": phone.address}])
    phone.signal(up=True)
    send_through_breaks(page)
    page.goto(f"{phone.address}/kurir/hp#catatan")
    expect(page.locator("li[data-state]")).to_have_count(9)
    expect(page.locator("li[data-state=waiting], li[data-state=refused]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text(say("%(n)s foto diterima server", n=2))
    arrived_once(engine)

    line.lose_every = 0
    enter(page, 6)
    press(page, say("Diterima semua"))
    done = say("%(n)s dari %(all)s perhentian selesai", n=6, all=6)
    expect(page.locator("#hari")).to_contain_text(done)
    waits_for_nothing(page)
    page.wait_for_timeout(500)
    left = page.evaluate(KEPT_OF_FAMILIES)
    assert left == [0, 0, False, 0], "after the last upload nothing of a family is left"
    with read_session(engine) as session:
        assert session.exec(select(Route)).one().state == RouteState.FINISHED


def test_a_photo_that_a_proxy_refuses_stays_until_it_is_sent_again_or_dropped(
    hand: Hand, line: LosingLine, engine: Engine
) -> None:
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 2))
    picture = jpeg_with_place(page)
    line.refuses_photos = True
    for number in (1, 2):
        enter(page, number)
        page.locator("input[type=file]").set_input_files(
            {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": picture}
        )
        expect(page.locator(".photo-part")).to_contain_text("1 foto di HP ini")
        press(page, "Diterima semua")
        expect(page.locator("a.door").first).to_be_visible()
    page.goto(f"{phone.address}/kurir/hp#catatan")
    refused = page.locator("li[data-state]", has_text="Foto harus JPEG utuh")
    expect(refused).to_have_count(2, timeout=60_000)
    expect(page.locator("#batang")).to_contain_text("2 ditolak")
    line.refuses_photos = False
    press(page, "Sudah saya laporkan, hapus")
    expect(refused).to_have_count(1)
    press(page, "Kirim lagi")
    expect(page.locator("main")).to_contain_text("1 foto diterima server", timeout=60_000)
    expect(refused).to_have_count(0)
    with read_session(engine) as session:
        assert len(session.exec(select(DeliveryPhoto)).all()) == 1
