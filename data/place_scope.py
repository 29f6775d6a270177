"""A store as seen from one place: every statement of a bound account reads its own rows alone.

The last thing before a statement reaches the driver, whoever wrote it (ORM, Core or text), is a
prefix: each table it names is shadowed by a common table expression of the same name that has the
rows of the place. So joins, aliases, subqueries and counts see what a plain SELECT sees. Changes
are held to rows inside by a guard in their WHERE, new rows by a look after each flush. What is not
known here (a table, a verb, a schema before a name) is refused.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import event, func, inspect
from sqlmodel import select

from data.place_rows import INSIDE, KEPT_BY_ANYBODY, VALUE, conditions, with_needs
from data.place_words import (
    LOCK,
    WRITES,
    BeyondPlace,
    bare_text,
    held_table,
    named_tables,
    verb_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Engine
    from sqlmodel import Session, SQLModel

    from data.place import Place
    from data.place_rows import Condition

__all__ = ["BeyondPlace", "hold_inside", "narrowed", "place_of_session", "watch", "whole"]

PLACE = "asuh_place"
WHOLE = "asuh_whole"
FLUSH = "asuh_flush"
_STEP = re.compile(rf"\(|\)|\bwhere\b|\b(?:returning|order\s+by|limit|{LOCK})")


def narrowed(engine: Engine, place: Place | None) -> Engine:
    """Return the store as seen from a place; without one, the store itself."""
    return engine if place is None else engine.execution_options(**{PLACE: place})


def place_of_session(session: Session) -> Place | None:
    """Return the place from which a session sees the store; None: all of it."""
    place: Place | None = session.get_bind().get_execution_options().get(PLACE)
    return place


@contextmanager
def whole(session: Session) -> Iterator[None]:
    """Let a session see the whole store for a block, from whatever place.

    For a use case that answers with less than it reads or does what the system does by itself: the
    next number of a code, the own units of a kept report, routes that a new address touches.
    ``tests/data/test_place_scope.py`` says which modules may. What was read first within the block
    is forgotten afterwards, so that nobody finds it in the session: to be changed later, it is
    read before. Who commits or rolls back within goes on narrowed.
    """
    if place_of_session(session) is None:
        yield
        return
    session.flush()
    known = set(session.identity_map.keys())
    connection = session.connection()  # of this transaction alone, unlike what the pool keeps
    before = connection.get_execution_options().get(WHOLE, False)
    connection.execution_options(**{WHOLE: True})
    try:
        yield
        session.flush()
    finally:
        connection.execution_options(**{WHOLE: before})
        for key in set(session.identity_map.keys()) - known:
            session.expunge(session.identity_map[key])


def watch(engine: Engine) -> None:
    """Narrow what this store is asked from a place; others pay one look into a dictionary."""
    event.listen(engine, "before_cursor_execute", _narrow, retval=True)


def hold_inside(session: Session) -> None:
    """Let a session of a place store objects alone, since each is looked at, and none outside."""
    if place_of_session(session) is None:
        return
    event.listen(session, "before_flush", _open_flush)
    event.listen(session, "after_flush", _look_after_flush)
    event.listen(session, "after_soft_rollback", _close_flush)


def _narrow(
    connection: Connection,
    _cursor: Any,
    statement: str,
    parameters: Any,
    _context: Any,
    is_many: bool,
) -> tuple[str, Any]:
    options = connection.get_execution_options()
    place = options.get(PLACE)
    if place is None or options.get(WHOLE):
        return statement, parameters
    dialect = connection.dialect
    schema = "main" if dialect.name == "sqlite" else dialect.default_schema_name or "public"
    parts = _parts(statement, place, schema, bool(options.get(FLUSH)))
    style = dialect.paramstyle
    text = "".join(part.text if part.values is None else _named(part, style) for part in parts)
    if all(part.values is None for part in parts):
        return text, parameters
    give = partial(_filled, parts, style)
    return text, [give(each) for each in parameters] if is_many else give(parameters)


class Part(NamedTuple):
    """A piece of a statement: its own, or one of the place with ``:names`` and their values."""

    text: str
    values: Mapping[str, Any] | None = None


@lru_cache(maxsize=512)
def _parts(statement: str, place: Place, schema: str, is_flush: bool) -> tuple[Part, ...]:
    """Return a statement with what narrows it to a place; the same ones are asked again and again.

    Raises
    ------
    BeyondPlace
        For what no place asks.
    """
    bare = bare_text(statement)
    plain = " ".join(bare.split())
    verb = verb_of(plain)
    if not verb:
        return (Part(statement),)
    named, known = named_tables(plain), conditions(place)
    if verb in WRITES or re.search(rf"\b{LOCK}", plain):
        held = held_table(plain, verb)
        if verb == "insert" and not (is_flush or held in KEPT_BY_ANYBODY):
            raise BeyondPlace(held)
        is_free = verb == "insert" or held not in INSIDE
        return (Part(statement),) if is_free else _guarded(statement, held, known, schema)
    shadowed = _shadows(named & INSIDE.keys(), known, schema)
    if not shadowed.text:
        return (Part(statement),)
    start = re.match(r"\s*with(?:\s+recursive)?\s", bare)
    if start is None:
        return Part("WITH "), shadowed, Part(" "), Part(statement)
    return Part(statement[: start.end()]), shadowed, Part(", "), Part(statement[start.end() :])


def _shadows(tables: Iterable[str], known: Mapping[str, Condition], schema: str) -> Part:
    """Return common table expressions with the rows of tables that lie inside."""
    values: dict[str, Any] = {}
    texts = []
    for table in with_needs(tables):
        condition, own = known[table]
        rows = f"SELECT * FROM {schema}.{table} WHERE {condition}"  # noqa: S608 - our own words
        texts.append(f"{table} AS NOT MATERIALIZED ({rows})")
        values |= own
    return Part(", ".join(texts), values)


def _guarded(
    statement: str, table: str, known: Mapping[str, Condition], schema: str
) -> tuple[Part, ...]:
    """Return a statement whose outermost WHERE takes rows inside alone."""
    depth, start, end = 0, -1, len(statement)
    for found in _STEP.finditer(bare_text(statement)):
        word = found[0]
        depth += (word == "(") - (word == ")")
        if depth or word in "()":
            continue
        if word == "where":
            start = found.start()
        else:
            end = min(end, found.start())
    condition, values = known[table]
    needs = _shadows(with_needs({table})[:-1], known, schema)
    prefix = f"WITH {needs.text} " if needs.text else ""
    rows = f"{prefix}SELECT id FROM {schema}.{table} WHERE {condition}"  # noqa: S608
    inside = Part(f" WHERE {table}.id IN ({rows})", {**(needs.values or {}), **values})
    if start < 0:
        return Part(statement[:end].rstrip()), inside, Part(f" {statement[end:]}")
    wanted = statement[start + len("WHERE") : end].strip()
    rest = Part(f" AND ({wanted}) {statement[end:]}")
    return Part(statement[:start].rstrip()), inside, rest


def _named(part: Part, style: str) -> str:
    mark = "?" if style == "qmark" else r"%(asuh_\1)s"
    return VALUE.sub(mark, part.text)


def _filled(parts: tuple[Part, ...], style: str, own: Any) -> Any:
    """Return a statement's parameters with those of the place where they stand."""
    if style != "qmark":
        told = {
            f"asuh_{name}": each for part in parts for name, each in (part.values or {}).items()
        }
        return {**told, **(own or {})}
    rest, found = list(own or ()), []
    for part in parts:
        if part.values is not None:
            found += [part.values[name] for name in VALUE.findall(part.text)]
        else:
            count = bare_text(part.text).count("?")
            found += rest[:count]
            rest = rest[count:]
    return (*found, *rest)


def _open_flush(session: Session, *_: Any) -> None:
    if session.new:
        session.info[FLUSH] = session.connection().execution_options(**{FLUSH: True})


def _close_flush(session: Session, *_: Any) -> None:
    connection = session.info.pop(FLUSH, None)
    if connection is not None:
        connection.execution_options(**{FLUSH: False})


def _look_after_flush(session: Session, _context: Any) -> None:
    """Refuse rows that were stored outside, or moved there.

    Raises
    ------
    BeyondPlace
        When one is; the transaction is to be rolled back.
    """
    _close_flush(session)
    if session.connection().get_execution_options().get(WHOLE):
        return
    stored: dict[type[SQLModel], set[int]] = {}
    for row in (*session.new, *session.dirty):
        kind = type(row)
        if kind.__tablename__ in INSIDE and kind.__tablename__ not in KEPT_BY_ANYBODY:
            stored.setdefault(kind, set()).add(row.id)
    for kind, numbers in stored.items():
        key = inspect(kind).primary_key[0]
        asked = select(func.count()).select_from(kind).where(key.in_(numbers))
        if session.connection().execute(asked).scalar_one() != len(numbers):
            raise BeyondPlace(str(kind.__tablename__))
