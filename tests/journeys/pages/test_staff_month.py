"""A month of staff in a real browser: files in, duplicates, lock, match, pin, submit, approve."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from api.services import jobs
from api.services.accounts import create_account
from data.engine import write_session
from data.sample.month import write_sample
from data.schema import Account, Role
from tests.browser import DESK, PHONE, faults_of
from tests.conftest import NOW
from tests.journeys.pages.speech import Speech
from tests.stores import KEYS

pytestmark = [pytest.mark.stores("sqlite"), pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., Page]
PASSWORD = "kebun-jeruk-bali-27"
MONTH = "/bulan/2026-12"
ORDER = ("krs", "e-ppgbm", "persetujuan", "orang-tua-asuh")


STARTED = time.monotonic()


def clock() -> datetime:
    """Give the first morning of December, and then what really goes by."""
    return NOW + timedelta(seconds=time.monotonic() - STARTED)


def account(engine: Engine, name: str, role: Role) -> Account:
    with write_session(engine) as session:
        return create_account(
            session, username=name, full_name=name.title(), role=role, by="test", now=NOW,
            password=PASSWORD, profile="cheap",
        )  # fmt: skip


def sample_files(folder: Path) -> list[Path]:
    write_sample(folder, children=30, sponsors=18, seed=3, dirty=True, month="2026-12")
    found = [path for path in sorted(folder.iterdir()) if path.suffix in {".xls", ".xlsx", ".csv"}]
    known = [path for path in found if path.name.startswith(ORDER)]
    return sorted(known, key=lambda path: (not path.name.startswith("e-ppgbm"), path.name))


def sign_in(page: Page, username: str) -> None:
    page.context.clear_cookies()
    page.goto("/masuk")
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Masuk").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def bring_in(page: Page, path: Path, say: Speech) -> None:
    page.goto("/berkas")
    page.get_by_label(say("Berkas dari Excel atau CSV")).set_input_files(path)
    page.get_by_role("button", name=say("Periksa berkas")).click()
    expect(
        page.get_by_text(say("Belum ada yang disimpan. Terapkan bila isinya benar."))
    ).to_be_visible()
    page.get_by_role("button", name=say("Terapkan"), exact=True).click()
    expect(page.get_by_text(say.coded("import.applied"))).to_be_visible()


def match(page: Page, engine: Engine, button: str, say: Speech) -> None:
    page.goto(MONTH)
    page.get_by_role("button", name=say(button), exact=True).click()
    expect(page.locator("[data-active-job]")).to_be_visible()
    jobs.run_pending(engine, keys=KEYS, clock=clock)
    page.goto(page.url)
    expect(page.get_by_text(say("Selesai."))).to_be_visible()
    page.get_by_role("button", name=say("Lihat hasilnya")).click()


def pin_first_child_elsewhere(page: Page, say: Speech) -> str:
    page.goto(f"{MONTH}/pasangan")
    page.locator("main tbody a").first.click()
    choice = page.get_by_label(say("Janji"), exact=True)
    expect(choice).to_be_visible()
    child = page.get_by_role("heading", level=1).inner_text().split()[0]
    options = choice.locator("option").all_inner_texts()
    here = page.locator(".panel").first.inner_text()
    other = next(text for text in options if text.split()[0] not in here)
    choice.select_option(label=other)
    page.get_by_role("button", name=say("Lihat akibatnya")).click()
    page.get_by_label(say("Alasan")).fill("permintaan keluarga")
    pinning = page.get_by_role("button", name=say("Sematkan pasangan ini"))
    banning = page.get_by_role("button", name=say("Larang pasangan ini"))
    (pinning if pinning.is_visible() else banning).click()
    expect(
        page.get_by_text(say.coded("hold.pinned")).or_(page.get_by_text(say.coded("hold.banned")))
    ).to_be_visible()
    return child


def test_a_month_of_staff_from_files_to_approval(
    web_app: FastAPI, engine: Engine, visit: Visit, tmp_path: Path, say: Speech
) -> None:
    web_app.state.clock = clock
    page = visit(account(engine, "petugas", Role.STAFF), width=DESK, language="en")
    sign_in(page, "petugas")
    for path in sample_files(tmp_path):
        bring_in(page, path, say)

    page.goto("/ganda")
    before = page.locator("section.pair").count()
    assert before
    page.locator("section.pair").first.get_by_role("button", name=say("Berbeda")).click()
    expect(page.get_by_text(say.coded("duplicate.saved"))).to_be_visible()

    page.goto("/petugas")
    page.get_by_label(say("Bulan")).select_option("2026-12")
    page.get_by_role("button", name=say("Buka bulan")).click()
    expect(page.get_by_text(say.coded("month.opened"))).to_be_visible()
    page.get_by_label(say("Alasan")).fill("kader menengok pasangan lainnya minggu depan")
    page.get_by_role("button", name=say("Kunci data bulan ini")).click()
    expect(page.get_by_text(say.coded("month.did.lock"))).to_be_visible()

    match(page, engine, "Pasangkan anak dan orang tua asuh", say)
    child = pin_first_child_elsewhere(page, say)
    page.goto(MONTH)
    expect(page.get_by_text(say.coded("blocker.holds_changed"))).to_be_visible()
    match(page, engine, "Pasangkan ulang", say)
    page.goto(f"{MONTH}/pasangan")
    expect(page.get_by_role("heading", name=say("Sematan dan larangan"))).to_be_visible()
    expect(page.locator("main")).to_contain_text(child)

    page.goto(MONTH)
    page.get_by_role("button", name=say("Ajukan untuk disetujui")).click()
    expect(page.get_by_text(say.coded("month.did.submit"))).to_be_visible()
    expect(page.get_by_role("button", name=say("Setujui pasangan bulan ini"))).to_have_count(0)

    official = visit(account(engine, "pejabat", Role.APPROVER), width=PHONE, language="en")
    sign_in(official, "pejabat")
    official.goto(MONTH)
    official.get_by_role("button", name=say("Setujui pasangan bulan ini")).click()
    expect(official.get_by_text(say.coded("month.did.approve"))).to_be_visible()
    page.goto(MONTH)
    expect(page.locator("h1")).to_contain_text(say("disetujui"))
    assert rows_of_steps(page) == 1
    look_at_every_page(official, child)
    page.set_viewport_size({"width": PHONE, "height": 740})
    assert rows_of_steps(page) == 1
    expect(page.locator(".steps-now")).to_contain_text(say("Kemas"))
    look_at_every_page(page, child)


def rows_of_steps(page: Page) -> int:
    """On how many lines the nine steps of the month stand."""
    tops = page.locator(".steps li").evaluate_all("all => all.map(each => each.offsetTop)")
    assert len(tops) == 9
    return len(set(tops))


def look_at_every_page(page: Page, child: str) -> None:
    """No page scrolls sideways on a phone or has a field without a name."""
    paths = (
        "/petugas", MONTH, f"{MONTH}/pasangan", f"{MONTH}/belum", f"{MONTH}/perubahan",
        f"{MONTH}/pengganti", f"{MONTH}/anak/{child}", "/berkas", "/berkas/1", "/ganda",
        "/ganda?jenis=sponsor", "/anak", f"/anak/{child}", "/pindah", "/orang-tua-asuh",
        "/orang-tua-asuh/OTA-0001",
    )  # fmt: skip
    found = {}
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        found[path] = faults_of(page)
    assert {path: faults for path, faults in found.items() if faults} == {}
