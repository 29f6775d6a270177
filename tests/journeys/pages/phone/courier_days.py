"""A courier's day: the month before it, and what a thumb does on the phone."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import select

from api.services.sign_ins import start_sign_in
from data.engine import write_session
from data.schema import Pickup, PickupState, Route
from tests.conftest import NOW
from tests.factories_routes import make_dispatched_cycle
from tests.phones import Phone

PLACE = b"Exif\x00\x00GPSLatitude 2.1182 S"


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
