"""The phones of these tests, and the line between them and the server."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Playwright, sync_playwright

from tests.browser import serving
from tests.phones import LosingLine, Phone, Signal, phone_of

Hand = Callable[..., Phone]


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
