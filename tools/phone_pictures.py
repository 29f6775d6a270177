"""Take the pictures of docs/courier.md: `PYTHONPATH=. python tools/phone_pictures.py`.

Serves a small made-up month on its way from the tests' own factories, and walks a courier's stops
on a phone, with and without signal.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page
from pydantic import SecretStr
from sqlmodel import col, select

from api.app import create_app
from api.services.sign_ins import start_sign_in
from api.settings import PasswordProfile, Settings
from data.engine import write_session
from data.schema import Account, Role, Stop
from data.sealing import dump_keys
from tests.browser import PHONE, chromium, person_at, serving
from tests.conftest import NOW
from tests.factories_routes import make_dispatched_cycle
from tests.stores import KEYS, build_schema, open_engine

OUT = Path(__file__).parents[1] / "docs" / "images"
NAMES = ("Ibu Rosmala", "Ibu Juwita", "Ibu Kartini", "Posyandu Melati", "Ibu Halimah")


def see(page: Page, name: str, *, whole: bool = False) -> None:
    page.wait_for_timeout(400)
    page.screenshot(path=OUT / f"phone-{name}.png", full_page=whole)
    print(name)


def walk(page: Page) -> None:
    page.set_default_timeout(120_000)
    page.clock.set_system_time(NOW)
    page.goto("/kurir")
    page.locator("a.door").first.wait_for()
    see(page, "day")
    page.locator("a.door").first.click()
    see(page, "stop")
    page.get_by_role("button", name="Diterima semua").click()
    page.locator("a.door").nth(1).click()
    page.locator("summary", has_text="Tidak terkirim").click()
    page.get_by_label("Tidak ada orang di rumah").check()
    page.locator("form[data-act=failed]").scroll_into_view_if_needed()
    see(page, "reasons")
    page.get_by_role("button", name="Catat tidak terkirim").click()
    page.wait_for_timeout(1500)
    page.context.set_offline(True)
    page.locator("a.door").nth(2).click()
    page.locator("summary", has_text="Diterima sebagian").click()
    page.get_by_label("Diterima", exact=True).first.fill("28")
    page.locator("fieldset.line select").first.select_option("goods_damaged")
    page.locator("form[data-act=partly]").scroll_into_view_if_needed()
    see(page, "lines")
    page.locator("form[data-act=partly] button", has_text="Catat").click()
    page.locator("a.door").nth(2).click()
    see(page, "undo")
    page.goto(page.url.split("#")[0] + "#catatan")
    see(page, "records")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/asuh.db")
        build_schema(engine)
        with write_session(engine) as session:
            make_dispatched_cycle(session, num_children=len(NAMES))
            stops = session.exec(select(Stop).order_by(col(Stop.sequence))).all()
            for stop, name in zip(stops, NAMES, strict=True):
                stop.recipient, stop.rt, stop.rw = name, "003", "001"
                stop.landmark = "seberang musala"
                session.add(stop)
            courier = session.exec(select(Account).where(Account.role == Role.COURIER)).one()
            token = start_sign_in(session, account=courier, now=NOW)
        settings = Settings(
            var_dir=Path(folder) / "var",
            keys=SecretStr(dump_keys(KEYS)),
            password_profile=PasswordProfile.CHEAP,
            secure_cookies=False,
        )
        app = create_app(settings, engine=engine, clock=lambda: NOW)
        with (
            chromium() as browser,
            serving(app) as address,
            person_at(browser, address, width=PHONE, token=token) as page,
        ):
            walk(page)
        engine.dispose()


if __name__ == "__main__":
    main()
