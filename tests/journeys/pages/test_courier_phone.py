"""The courier's phone in a real browser: no signal, flat batteries, lost answers, wrong clocks.

Features §6, scenario 17, and what the house promises: nothing acknowledged is lost, each event
arrives once, and nothing that names a family lies readable in the phone's storage.
"""

import gzip
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, Playwright, expect, sync_playwright
from sqlalchemy import Engine
from sqlmodel import select

from api.pages.names import Names
from api.services.fulfilment import record_delivery
from api.services.sign_ins import start_sign_in
from data.engine import read_session, write_session
from data.schema import (
    Child,
    DeliveryEvent,
    DeliveryPhoto,
    Household,
    Outcome,
    Package,
    Pickup,
    PickupState,
    Role,
    Route,
    RouteState,
    Stop,
    StopState,
)
from tests.axe import axe_faults
from tests.browser import DESK, faults_of, pale_or_small, serving
from tests.conftest import NOW
from tests.factories import make_account
from tests.factories_routes import make_dispatched_cycle, package_at, report
from tests.journeys.pages.speech import Speech
from tests.phones import LosingLine, Phone, Signal, phone_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]

Hand = Callable[..., Phone]
PLACE = b"Exif\x00\x00GPSLatitude 2.1182 S"


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture
def line(web_app: FastAPI) -> LosingLine:
    return LosingLine(web_app)


@pytest.fixture
def hand(driver: Playwright, line: LosingLine) -> Iterator[Hand]:
    """Give somebody a phone: ``hand(*flags)``."""
    from contextlib import ExitStack

    with ExitStack() as kept:
        address = kept.enter_context(serving(line))  # type: ignore[arg-type]
        signal = kept.enter_context(Signal(int(address.rsplit(":", 1)[1])))
        yield lambda *flags: kept.enter_context(phone_of(driver, signal, *flags))


def month_on_its_way(
    engine: Engine, num_children: int, language: str = "", per_stop: int = 1
) -> str:
    """A dispatched month whose families are told apart; gives a sign-in of its courier."""
    with write_session(engine) as session:
        _, _, stops, _, courier = make_dispatched_cycle(
            session, num_children=num_children, per_stop=per_stop
        )
        courier.language = language or courier.language
        for number, stop in enumerate(stops, start=1):
            stop.recipient = f"Ibu Rahasia {number}"
            stop.address, stop.rt, stop.landmark = f"Gang Tersembunyi {number}", "007", "warung"
            stop.phone = f"08119988{number:04d}"
            session.add(stop)
        return start_sign_in(session, account=courier, now=NOW)


def goods_to_fetch(engine: Engine) -> None:
    """Let the route fetch goods behind its first stop."""
    with write_session(engine) as session:
        route = session.exec(select(Route)).one()
        pickup = Pickup(
            cycle_id=route.cycle_id, route_id=route.id, after=1, arrives_at="09:00",
            label="Toko Rahasia", address="Gang Tersembunyi 99", phone="081199887777",
            goods="60 butir telur", weight_g=4000, volume_ml=5000, state=PickupState.PLANNED,
            by="koordinator", created_at=NOW,
        )  # fmt: skip
        session.add(pickup)


def open_day(phone: Phone, token: str) -> Page:
    page = phone.start(token=token)
    page.goto(f"{phone.address}/kurir")
    expect(page).to_have_url(re.compile("/kurir/hp"))
    expect(page.locator("#hari [data-slot=ready]")).to_be_visible(timeout=60_000)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def press_twice(page: Page, name: str) -> None:
    """Press as an impatient thumb does, before the page can have changed."""
    button = page.get_by_role("button", name=name, exact=True).first
    button.evaluate("button => { button.click(); button.click(); }")


def enter(page: Page, number: int) -> None:
    page.goto(page.url.split("#")[0] + "#")
    page.locator("a.door", has_text=re.compile(rf"^{number}\. ")).click()
    expect(page.locator("#hari h1")).to_contain_text(f"{number}.")


def waits_for_nothing(page: Page) -> None:
    expect(page.locator("#batang[data-waiting='0']")).to_be_visible(timeout=240_000)


def send_through_breaks(page: Page) -> None:
    """Wait until the server has all, on a line that comes back at once after each break.

    The phone tries again by itself after 3 to 60 seconds, and as soon as a signal comes back.
    """
    bar = page.locator("#batang")
    for _ in range(2_000):
        if bar.get_attribute("data-waiting") == "0":
            return
        if bar.get_attribute("data-link") != "sending":
            page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(100)
    waits_for_nothing(page)


def jpeg_with_place(page: Page) -> bytes:
    """A picture as a camera writes it, with where it was taken."""
    drawn = bytes(
        page.evaluate(
            """async () => {
              const canvas = new OffscreenCanvas(2000, 1500);
              canvas.getContext("2d").fillRect(0, 0, 900, 900);
              const blob = await canvas.convertToBlob({ type: "image/jpeg" });
              return [...new Uint8Array(await blob.arrayBuffer())];
            }"""
        )
    )
    segment = b"\xff\xe1" + (len(PLACE) + 2).to_bytes(2) + PLACE
    return drawn[:2] + segment + drawn[2:]


OFFER = """() => {
  const offer = new Event("beforeinstallprompt", { cancelable: true });
  offer.prompt = async () => { self.wasAsked = true; };
  dispatchEvent(offer);
}"""
"""An offer whose question no person has to answer."""


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


def qr_film(content: str) -> bytes:
    """A film of a label, as an uncompressed camera picture."""
    import segno

    matrix = [list(row) for row in segno.make_qr(content, error="m").matrix_iter(scale=8, border=4)]
    width, height = 640, 480
    picture = bytearray(b"\xeb" * (width * height))
    for y, row in enumerate(matrix[: height - 20]):
        for x, dark in enumerate(row[: width - 20]):
            picture[(y + 10) * width + x + 10] = 16 if dark else 235
    chroma = b"\x80" * (width * height // 2)
    film = io.BytesIO(b"")
    film.write(b"YUV4MPEG2 W640 H480 F5:1 Ip A1:1 C420jpeg\n")
    for _ in range(3):
        film.write(b"FRAME\n" + bytes(picture) + chroma)
    return film.getvalue()


def test_a_label_is_scanned_by_camera_or_typed(hand: Hand, engine: Engine, tmp_path) -> None:  # type: ignore[no-untyped-def]
    token = month_on_its_way(engine, 3)
    with read_session(engine) as session:
        codes = sorted(session.exec(select(Package.code)).all())
    film = tmp_path / "label.y4m"
    film.write_bytes(qr_film(codes[1]))
    phone = hand(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    page = open_day(phone, token)
    press(page, "Pindai paket")
    expect(page.locator("#pindai-judul")).to_be_focused()  # no keyboard over the picture
    expect(page.locator("#kabar")).to_contain_text(f"Paket {codes[1]}: 2. Ibu Rahasia 2")
    expect(page.locator("#hari h1")).to_contain_text("2. Ibu Rahasia 2")
    page.goto(f"{phone.address}/kurir/hp#")
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(); }")
    press(page, "Pindai paket")
    expect(page.locator("#pindai")).to_contain_text("Ketik kode yang tercetak")
    page.get_by_label("atau ketik kodenya").fill(codes[2].lower())
    press(page, "Cari paket")
    expect(page.locator("#hari h1")).to_contain_text("3. Ibu Rahasia 3")


def test_the_page_fits_a_phone_in_both_languages_and_weighs_little(
    hand: Hand, engine: Engine, web_app: FastAPI
) -> None:
    from api.pages.courier_phone import _files
    from tests.applications import browser

    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 2))
    page.emulate_media(reduced_motion="reduce")
    assert faults_of(page) + pale_or_small(page) + axe_faults(page) == []
    enter(page, 1)
    for choice in page.locator("details").all():
        choice.locator("summary").click()
    assert faults_of(page) + pale_or_small(page) + axe_faults(page) == []
    page.emulate_media(reduced_motion="reduce", color_scheme="dark")
    assert axe_faults(page, "color-contrast") == []
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, select, summary, label")]
          .filter(each => each.offsetParent && !each.classList.contains("visually-hidden"))
          .filter(each => !each.matches("input[type=radio], label:not(:has(input))"))
          .filter(each => each.getBoundingClientRect().height < 44)
          .map(each => each.outerHTML.slice(0, 80))"""
    )
    assert small == []
    press(page, "English") if page.get_by_role("button", name="English").count() else page.locator(
        "button[lang=en]"
    ).click()
    expect(page.locator("#hari h1")).to_contain_text("Today's route")
    expect(page.locator("#batang")).to_contain_text("Signal")
    page.set_viewport_size({"width": DESK, "height": 800})
    assert faults_of(page) + axe_faults(page) == []

    client = browser(web_app)
    frame = client.get("/kurir/hp", headers={"accept-encoding": "identity"}).content
    parts = [frame, *(client.get(url).content for url in _files())]
    assert sum(len(gzip.compress(part)) for part in parts) <= 60_000


def test_500_records_20_flat_batteries_and_lost_answers_arrive_once(
    hand: Hand, line: LosingLine, engine: Engine
) -> None:
    """Two packages at a door, as brothers and sisters have: 250 stops with 500 records."""
    phone = hand()
    token = month_on_its_way(engine, 500, per_stop=2)
    page = open_day(phone, token)
    num_kills, said = 20, set[str]()
    for attempt in range(num_kills):
        phone.signal(up=False)
        wanted = (attempt + 1) * 500 // num_kills
        said |= set(page.evaluate(RECORD_UP_TO, wanted))
        page.evaluate(RECORD_ON, wanted)  # goes on while the battery dies
        page.wait_for_timeout(40 * (attempt % 4))
        phone.kill()
        page = phone.start(at=f"{phone.address}/kurir/hp")
        expect(page.locator("a.door").first).to_be_visible(timeout=60_000)
    said |= set(page.evaluate(RECORD_UP_TO, 500))
    phone.context.add_cookies([{"name": "asuh", "value": token, "url": phone.address}])
    line.lose_every = 3
    phone.signal(up=True)
    send_through_breaks(page)
    with read_session(engine) as session:
        events = session.exec(select(DeliveryEvent)).all()
        num_packages = len(session.exec(select(Package)).all())
    assert line.num_lost >= 3
    assert num_packages == 500
    assert len(events) == 500
    assert len({event.package_id for event in events}) == 500
    assert said <= {event.event_uid for event in events}, "what the phone had said is there"
    assert sorted(event.device_seq or 0 for event in events) == list(range(1, 501))


@pytest.mark.parametrize("which", [0, 1])
def test_a_torn_log_costs_neither_the_day_nor_a_record(
    hand: Hand, engine: Engine, which: int
) -> None:
    """Chromium throws away a database whose log was torn and written on: the other copy remains."""
    phone = hand()
    page = open_day(phone, month_on_its_way(engine, 6))
    phone.signal(up=False)
    said: set[str] = set()
    for attempt in range(3):
        said |= set(page.evaluate(RECORD_UP_TO, attempt + 1))
        phone.kill()
        if attempt == 0:
            assert len(phone.logs()) == 2
            tear(phone.logs()[which])
        page = phone.start()
        page.goto(f"{phone.address}/kurir/hp")
        expect(page.locator("a.door")).to_have_count(6, timeout=60_000)
        expect(page.locator("main")).to_contain_text("Gang Tersembunyi 4")
        kept = page.evaluate(KEPT)
        assert said <= {event for event, _, _ in kept["first"]}
        assert kept["first"] == kept["second"]


def tear(log: Path) -> None:
    """Cut the last record, as a battery does that dies between two writes."""
    with log.open("r+b") as film:
        film.truncate(log.stat().st_size - 20)


KEPT = """async () => {
  const { all } = await import("/static/courier/store.js");
  const shown = rows => rows.map(each => [each.event_uid, each.seq, each.state]).sort();
  const bucket = await navigator.storageBuckets.open("asuh-kurir-salinan");
  await import("/static/vendor/idb.js");
  const { wrap } = self.idb;
  const second = await wrap(bucket.indexedDB.open("asuh-kurir"));
  const rows = await second.getAll("records");
  second.close();
  return { first: shown(await all("records")), second: shown(rows) };
}"""
STRIP = """async bytes => {
  const { strip } = await import("/static/courier/photo.js");
  return [...new Uint8Array(await strip(new Uint8Array(bytes)))];
}"""
RECORD_UP_TO = """async wanted => {
  const { keptDay, stopsOf } = await import("/static/courier/day.js");
  const { record, stateOf } = await import("/static/courier/records.js");
  const { all } = await import("/static/courier/store.js");
  const day = await keptDay(), kept = await all("records");
  let count = kept.length;
  for (const stop of stopsOf(day)) {
    const { open } = stateOf(kept, stop);
    if (count >= wanted || !open.length) continue;
    await record(day, stop, open, { outcome: "accepted" });
    count += open.length;
  }
  return (await all("records")).map(each => each.event_uid);
}"""
RECORD_ON = """async wanted => {
  const { keptDay, stopsOf } = await import("/static/courier/day.js");
  const { record, stateOf } = await import("/static/courier/records.js");
  const { all } = await import("/static/courier/store.js");
  const day = await keptDay(), kept = await all("records");
  const open = stopsOf(day).filter(stop => stateOf(kept, stop).open.length).slice(0, 12);
  (async () => {
    for (const stop of open) await record(day, stop, stop.packages, { outcome: "accepted" });
  })();
}"""
