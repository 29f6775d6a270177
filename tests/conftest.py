"""Fixtures: a store per test (SQLite; PostgreSQL too where it matters), keys, and an instant.

Tests under ``data``, ``journeys`` and ``api/services`` that ask for ``engine`` or ``session`` run
on both stores, others on SQLite; ``@pytest.mark.stores("sqlite", "postgresql")`` says otherwise.
``ASUH_TEST_STORES=sqlite`` leaves PostgreSQL out of a quick run.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from api.app import create_app
from api.services.sign_ins import start_sign_in
from api.settings import PasswordProfile, Settings
from data.engine import write_session
from data.schema import Account, Role
from data.sealing import KeyRing, dump_keys
from tests.applications import browser, stand_over
from tests.factories import KELURAHAN
from tests.kept import mark_untouched
from tests.stores import (
    KEYS,
    build_schema,
    empty_postgresql,
    hurry,
    open_engine,
    postgresql_server,
)

hypothesis_settings.register_profile("tests", deadline=None, derandomize=True)
hypothesis_settings.load_profile("tests")
# Machines are shared and noisy: no deadline; and the same examples everywhere, so that what passes
# here passes there. Look for new ones with `pytest --hypothesis-profile=default`.

ON_BOTH = ("tests/data/", "tests/journeys/", "tests/api/services/")
STORES = ("sqlite", "postgresql")
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
"""Nine in the morning of 1 December 2026 in Pangkalpinang."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "stores(*names): the stores that this test runs on")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones: a worker that got one last would keep the others waiting."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Leave what was loaded and collected out of every look for garbage, and look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("stores")
        path = metafunc.definition.path.as_posix()
        names = marker.args if marker else STORES if any(p in path for p in ON_BOTH) else STORES[:1]
        wanted = os.environ.get("ASUH_TEST_STORES", ",".join(STORES)).split(",")
        metafunc.parametrize("store", [name for name in names if name in wanted])


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "asuh.db"
    engine = open_engine(f"sqlite:///{path}")
    build_schema(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    with postgresql_server() as url:
        engine = open_engine(url)
        hurry(engine)
        build_schema(engine)
        engine.dispose()
        yield url


@pytest.fixture
def engine(request: pytest.FixtureRequest, store: str, tmp_path: Path) -> Iterator[Engine]:
    """An empty store with every table."""
    if store == "postgresql":
        engine = open_engine(request.getfixturevalue("postgresql_url"))
        yield engine
        engine.dispose()
        empty_postgresql(engine)
        engine.dispose()
        return
    path = tmp_path / "asuh.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    engine = open_engine(f"sqlite:///{path}")
    if "monkeypatch" not in request.fixturenames:
        mark_untouched(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A write session that is rolled back when the test ends, unless the test commits."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def keys() -> KeyRing:
    return KEYS


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        var_dir=tmp_path / "var",
        keys=SecretStr(dump_keys(KEYS)),
        password_profile=PasswordProfile.CHEAP,
    )


@pytest.fixture(scope="session")
def built_apps() -> dict[tuple[object, ...], FastAPI]:
    """The applications of this worker by the settings that their middleware took in."""
    return {}


@pytest.fixture
def app_over(
    built_apps: dict[tuple[object, ...], FastAPI], engine: Engine
) -> Iterator[Callable[[Settings], FastAPI]]:
    """Open an application over this test's store; it is shared, so routes are not added to it."""

    def opened(settings: Settings) -> FastAPI:
        taken_in = (settings.max_body_bytes, *settings.trusted_hosts, settings.secure_cookies)
        if taken_in not in built_apps:
            built_apps[taken_in] = built = create_app(settings, engine=engine)
            built.state.count_of_routes = len(built.routes)
        return stand_over(built_apps[taken_in], settings=settings, engine=engine)

    yield opened
    for built in built_apps.values():
        assert len(built.routes) == built.state.count_of_routes, "take `own_app` to add routes"


@pytest.fixture
def app(app_over: Callable[[Settings], FastAPI], settings: Settings) -> FastAPI:
    """The application over this test's store; its clock stands at ``NOW``.

    ``app.state.clock = lambda: later`` moves the clock.
    """
    return app_over(settings)


@pytest.fixture
def own_app(settings: Settings, engine: Engine) -> FastAPI:
    """An application that no other test meets: routes may be added to it."""
    return stand_over(create_app(settings, engine=engine), settings=settings, engine=engine)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """A browser in which nobody is signed in; it does not follow redirects."""
    return browser(app)


@pytest.fixture
def person(engine: Engine) -> Callable[[Role], Account]:
    """Give the account of a role (``petugas``-like user names: the role's own word), stored."""

    def stored(role: Role) -> Account:
        with write_session(engine) as session:
            account = session.exec(
                select(Account).where(Account.username == role.value)
            ).one_or_none()
            if account is None:
                bound: dict[str, Any] = {"area_code": KELURAHAN, "posyandu": ["Mawar"]}
                account = Account(
                    username=role.value,
                    full_name=role.value.title(),
                    role=role,
                    created_at=NOW,
                    **(bound if role is Role.KADER else {}),
                )
                session.add(account)
            session.flush()
            return account

    return stored


@pytest.fixture
def client_for(
    app: FastAPI, engine: Engine, person: Callable[[Role], Account]
) -> Callable[[Role | Account], TestClient]:
    """Give a browser in which that account, or the account of that role, is signed in."""

    def signed_in(who: Role | Account) -> TestClient:
        account = who if isinstance(who, Account) else person(who)
        with write_session(engine) as session:
            token = start_sign_in(session, account=account, now=app.state.clock())
        client = browser(app)
        client.cookies.set("__Host-asuh", token)
        return client

    return signed_in
