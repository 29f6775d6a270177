"""Fixtures: a store per test (SQLite; PostgreSQL too where it matters), keys, and an instant.

Tests under ``data``, ``journeys`` and ``api/services`` that ask for ``engine`` or ``session`` run
on both stores, others on SQLite; ``@pytest.mark.stores("sqlite", "postgresql")`` says otherwise.
``ASUH_TEST_STORES=sqlite`` leaves PostgreSQL out of a quick run.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from data.sealing import KeyRing
from tests.stores import (
    KEYS,
    build_schema,
    empty_postgresql,
    hurry,
    open_engine,
    postgresql_server,
)

ON_BOTH = ("tests/data/", "tests/journeys/", "tests/api/services/")
STORES = ("sqlite", "postgresql")
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
"""Nine in the morning of 1 December 2026 in Pangkalpinang."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "stores(*names): the stores that this test runs on")


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
