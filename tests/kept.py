"""Months that are lived once by each worker and copied for every later test that begins with one.

``@kept`` stands over a function that builds a state in an empty store, such as
``closed_month(session)``. The first test that asks for it lives through it and commits; the store
is put by, and a later test's empty SQLite store becomes a copy of it in some milliseconds. On
PostgreSQL, in a store that holds something already, and in tests that take ``monkeypatch`` (which
may change a rule), the state is built as it is written.
"""

import sqlite3
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from weakref import WeakSet

from sqlalchemy import Engine, event, inspect
from sqlmodel import Session, SQLModel

__all__ = ["kept", "mark_untouched"]

P = ParamSpec("P")
R = TypeVar("R")

_untouched: WeakSet[Engine] = WeakSet()
_stores: dict[tuple[object, ...], tuple[sqlite3.Connection, object]] = {}
"""Builder and what it was asked for → the store that it left, and what it returned, by keys."""


def mark_untouched(engine: Engine) -> None:
    """Let an empty SQLite store of a test become a copy, until something is committed to it."""
    _untouched.add(engine)
    event.listen(engine, "commit", lambda _: _untouched.discard(engine))


def kept(build: Callable[P, R]) -> Callable[P, R]:
    """Live through ``build(session, ...)`` once; it returns rows, or tuples and lists of them."""

    @wraps(build)
    def built(*args: P.args, **values: P.kwargs) -> R:
        session = cast("Session", args[0])
        engine = session.get_bind()
        if engine not in _untouched or session.in_transaction():
            return build(*args, **values)
        asked = (build, args[1:], tuple(sorted(values.items())))
        if asked not in _stores:
            found = build(*args, **values)
            session.commit()
            _stores[asked] = (_copy_of(cast("Engine", engine)), _by_keys(found))
            return found
        store, found_by_keys = _stores[asked]
        _fill(cast("Engine", engine), store)
        return cast("R", _found_again(session, found_by_keys))

    return built


def _copy_of(engine: Engine) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    _copy(engine, lambda store: store.backup(copy))
    return copy


def _fill(engine: Engine, store: sqlite3.Connection) -> None:
    _untouched.discard(engine)
    _copy(engine, store.backup)


def _copy(engine: Engine, copy: Callable[[sqlite3.Connection], None]) -> None:
    lent = engine.raw_connection()
    try:
        copy(cast("sqlite3.Connection", lent.driver_connection))
    finally:
        lent.close()


def _by_keys(found: object) -> object:
    """Write rows as their classes and keys."""
    if isinstance(found, SQLModel):
        return type(found), inspect(found).identity
    if isinstance(found, list):
        return [_by_keys(each) for each in found]
    if isinstance(found, tuple):
        return (None, [_by_keys(each) for each in found])
    msg = f"@kept returns rows, or tuples and lists of them, not {type(found).__name__}"
    raise TypeError(msg)


def _found_again(session: Session, written: Any) -> object:
    if isinstance(written, list):
        return [_found_again(session, each) for each in written]
    kind, key = written
    if kind is None:
        return tuple(_found_again(session, each) for each in key)
    return session.get_one(kind, key)
