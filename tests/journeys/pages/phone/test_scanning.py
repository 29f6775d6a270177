"""A package is found by its label: by camera, or typed."""

import io

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlmodel import select

from data.engine import read_session
from data.schema import Package
from tests.journeys.pages.phone.conftest import Hand
from tests.journeys.pages.phone.courier_days import month_on_its_way, open_day, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]


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
