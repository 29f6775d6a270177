"""Engines, the two kinds of session, and the way to the current schema.

SQLite through SQLAlchemy's defaults loses updates silently: its driver starts no transaction
before a SELECT. So a session's kind is chosen at its start and never upgraded:
a *read* session opens with ``BEGIN`` and cannot write; a *write* session opens with
``BEGIN IMMEDIATE`` (one writer at a time, readers go on). On PostgreSQL the same two kinds are a
read-only snapshot (REPEATABLE READ) and a READ COMMITTED transaction.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlmodel import Session

from data.place_scope import hold_inside, watch

BUSY_TIMEOUT_MS = 10_000
WRITES = "asuh_writes"
AUDIT_KEY = "asuh_audit_key"
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
MIGRATIONS = Path(__file__).parent / "migrations"


def make_engine(url: str, *, audit_key: bytes | None = None) -> Engine:
    """Open a store.

    Parameters
    ----------
    url
        ``sqlite:///path/to/file.db`` or ``postgresql://user@host/name``.
    audit_key
        Key of the audit chain; without it nothing that audits can be done through this engine.
    """
    target = _with_driver(make_url(url))
    options: dict[str, Any] = {
        "execution_options": {AUDIT_KEY: audit_key},
        "hide_parameters": True,  # values must not reach logs
    }
    if target.get_backend_name() == "postgresql":
        options |= {"pool_size": 10, "max_overflow": 20, "pool_pre_ping": True}
    elif target.database not in {None, "", ":memory:"}:
        options |= {"pool_size": 10, "max_overflow": 50}  # one for each thread of the server
    engine = create_engine(target, **options)
    event.listen(engine, "before_cursor_execute", _refuse_unstorable)
    watch(engine)
    event.listen(engine, "handle_error", _without_values)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _with_driver(url: URL) -> URL:
    if url.get_backend_name() == "postgresql" and url.drivername == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    return url


class UnstorableText(ValueError):
    """A text with a NUL or half a character; PostgreSQL cannot hold it, so SQLite does not."""


def _refuse_unstorable(
    _connection: Connection,
    _cursor: Any,
    _statement: str,
    parameters: Any,
    _context: Any,
    _is_many: bool,
) -> None:
    for row in parameters if isinstance(parameters, list) else (parameters,):
        for value in row.values() if isinstance(row, dict) else row or ():
            if isinstance(value, str) and not value.isprintable() and UNSTORABLE.search(value):
                raise UnstorableText


def _without_values(context: ExceptionContext) -> None:
    """Clear an error's words of stored values before anything can log it.

    ``hide_parameters`` hides what was sent; PostgreSQL's own DETAIL still quotes the whole row.
    """
    error, told = context.original_exception, context.sqlalchemy_exception
    diag = getattr(error, "diag", None)
    if diag is None or not isinstance(told, DBAPIError):
        return
    names = ("constraint_name", "table_name", "column_name")
    found = {name: getattr(diag, name, None) for name in names}
    words = [diag.sqlstate or "", *(f"{name} {value}" for name, value in found.items() if value)]
    if not isinstance(told, IntegrityError | DataError):
        words.append(diag.message_primary or str(error))
    text = " ".join(word for word in words if word)
    error.args = (text,)
    told.args = (f"({type(error).__module__}.{type(error).__qualname__}) {text}",)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event below opens transactions
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, True)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _read_kind(engine: Engine) -> Engine:
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{WRITES: False})
    return engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True, **{WRITES: False}
    )


def can_write(session: Session) -> bool:
    """Whether what a session is given to store is stored: not in a read session."""
    return bool(session.get_bind().get_execution_options().get(WRITES, True))


def wait_turn(session: Session, key: int) -> None:
    """Wait until nobody else does what this number stands for, then hold it to the commit.

    For what is looked up before it is stored. SQLite has one writer, so its turn has come.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@contextmanager
def read_session(engine: Engine) -> Iterator[Session]:
    """Give a session that sees one moment and cannot write."""
    with Session(_read_kind(engine), expire_on_commit=False) as session:
        yield session


@contextmanager
def write_session(engine: Engine) -> Iterator[Session]:
    """Give a session that commits when the block ends and rolls back when it raises."""
    with Session(engine, expire_on_commit=False) as session:
        hold_inside(session)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def migrate(engine: Engine, *, revision: str = "head") -> None:
    """Bring the schema to a revision, all of it or nothing."""
    from alembic import command  # noqa: PLC0415 - only needed here, and slow to load

    with _schema_change(engine) as connection:
        command.upgrade(_alembic_config(connection), revision)


def downgrade(engine: Engine, *, revision: str = "base") -> None:
    """Take the schema back to a revision."""
    from alembic import command  # noqa: PLC0415

    with _schema_change(engine) as connection:
        command.downgrade(_alembic_config(connection), revision)


@contextmanager
def _schema_change(engine: Engine) -> Iterator[Connection]:
    """Give a connection in one transaction in which SQLite lets a table be replaced by its copy.

    SQLite's own procedure: references are not followed meanwhile and all checked before the
    commit; otherwise a table that others point at could not be replaced in a store with rows.

    Raises
    ------
    IntegrityError
        A reference leads nowhere afterwards; nothing is changed then.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - it is checked out
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if lost:
                    tables = sorted({str(row[0]) for row in lost})
                    msg = f"references of {', '.join(tables)} lead nowhere"
                    raise IntegrityError(msg, None, sqlite3.IntegrityError(msg))
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def revisions(engine: Engine) -> tuple[str | None, str | None]:
    """Return the revision that the store is at and the one that the code expects."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    with _read_kind(engine).connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _alembic_config(connection: Connection) -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
