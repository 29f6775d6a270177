"""People at their browsers, signed in, on the store of a test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page
from pydantic import SecretStr
from sqlalchemy import Engine

from api.services.sign_ins import start_sign_in
from api.settings import PasswordProfile, Settings
from data.engine import write_session
from data.schema import Account, Role
from data.sealing import dump_keys
from tests.browser import PHONE, chromium, person_at, serving
from tests.conftest import NOW
from tests.journeys.pages.speech import Speech
from tests.stores import KEYS

Visit = Callable[..., Page]


@pytest.fixture
def say() -> Speech:
    """A journey in English; those without it walk the same pages in Indonesian."""
    return Speech("en")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module of journeys."""
    with chromium() as found:
        yield found


@pytest.fixture
def web_app(app_over: Callable[[Settings], FastAPI], tmp_path: Path) -> FastAPI:
    """The application as it is served over plain HTTP; its clock stands at ``NOW``."""
    settings = Settings(
        var_dir=tmp_path / "var",
        keys=SecretStr(dump_keys(KEYS)),
        password_profile=PasswordProfile.CHEAP,
        secure_cookies=False,
    )
    return app_over(settings)


@pytest.fixture
def visit(
    browser: Browser, web_app: FastAPI, engine: Engine, person: Callable[[Role], Account]
) -> Iterator[Visit]:
    """Open a window in which somebody is signed in: ``visit(Role.COURIER, width=DESK)``."""
    with ExitStack() as windows:
        address = windows.enter_context(serving(web_app))

        def opened(
            who: Role | Account,
            *,
            width: int = PHONE,
            has_scripts: bool = True,
            language: str = "",
        ) -> Page:
            account = who if isinstance(who, Account) else person(who)
            with write_session(engine) as session:
                stored = session.get_one(Account, account.id)
                stored.language = language or stored.language
                token = start_sign_in(session, account=account, now=NOW)
            window = person_at(browser, address, width=width, token=token, has_scripts=has_scripts)
            return windows.enter_context(window)

        yield opened
