"""The page itself: its size, its thumbs' targets, its two languages, its weight."""

import gzip

import pytest
from fastapi import FastAPI
from playwright.sync_api import expect
from sqlalchemy import Engine

from tests.axe import axe_faults
from tests.browser import DESK, faults_of, pale_or_small
from tests.journeys.pages.phone.conftest import Hand
from tests.journeys.pages.phone.courier_days import enter, month_on_its_way, open_day, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]


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
