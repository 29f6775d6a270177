"""Months that are lived once by each worker and copied for every later test that begins with one.

``@kept`` stands over a function that builds a state in an empty store, such as
``closed_month(session)``. The first test that asks for it lives through it and commits; the store
is put by, and a later test's empty SQLite store becomes a copy of it in some milliseconds. Both
read anew what the builder returned, so that no test depends on which came first. On
PostgreSQL, in a store that holds something already, and in tests that take ``monkeypatch`` (which
may change a rule), the state is built as it is written.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from weakref import WeakSet

from sqlalchemy import Engine, event, inspect
from sqlmodel import Session, SQLModel

__all__ = ["build_anew", "kept", "mark_untouched"]

P = ParamSpec("P")
R = TypeVar("R")
Recipe = Callable[[Session], Any]

_untouched: WeakSet[Engine] = WeakSet()
_stores: dict[tuple[object, ...], tuple[sqlite3.Connection, Recipe]] = {}
"""Builder and what it was asked for → the store that it left, and how to find its rows there."""


def mark_untouched(engine: Engine) -> None:
    """Let an empty SQLite store of a test become a copy, until something is committed to it."""
    _untouched.add(engine)
    event.listen(engine, "commit", lambda _: _untouched.discard(engine))


def build_anew(session: Session) -> None:
    """Let nothing in this store be a copy: a rule, or a builder itself, is changed meanwhile."""
    _untouched.discard(cast("Engine", session.get_bind()))


def kept(build: Callable[P, R]) -> Callable[P, R]:
    """Live through ``build(session, ...)`` once; what it returns are rows and plain values.

    Tuples, lists, mappings and data classes may hold them.
    """

    @wraps(build)
    def built(*args: P.args, **values: P.kwargs) -> R:
        session = cast("Session", args[0])
        engine = session.get_bind()
        if engine not in _untouched or session.in_transaction():
            return build(*args, **values)
        asked = (build, args[1:], tuple(sorted(values.items())))
        if asked in _stores:
            _fill(cast("Engine", engine), _stores[asked][0])
        else:
            found = build(*args, **values)
            session.commit()
            _stores[asked] = (_copy_of(cast("Engine", engine)), _recipe(found))
            session.expunge_all()  # what was typed is not what is read
        found_again = _stores[asked][1](session)
        session.commit()  # so that a test holds nothing of the store when it begins
        return cast("R", found_again)

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


def _recipe(found: Any) -> Recipe:
    """Write down how to find again in a copy what a builder returned: rows by their keys."""
    if isinstance(found, SQLModel):
        kind, key = type(found), inspect(found).identity
        return lambda session: session.get_one(kind, key)
    if isinstance(found, list | tuple):
        parts = [_recipe(each) for each in found]
        return lambda session: type(found)(part(session) for part in parts)
    if isinstance(found, dict):
        named = {key: _recipe(each) for key, each in found.items()}
        return lambda session: {key: part(session) for key, part in named.items()}
    if is_dataclass(found):
        kind_of: Any = type(found)
        values = _recipe({each.name: getattr(found, each.name) for each in fields(found)})
        return lambda session: kind_of(**values(session))
    if isinstance(found, str | int | date | None):
        return lambda _: found
    msg = f"@kept finds rows and plain values again, not {type(found).__name__}"
    raise TypeError(msg)
