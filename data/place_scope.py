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

from sqlalchemy import TextClause, event, func, inspect
from sqlmodel import SQLModel, select

import data.schema  # noqa: F401 - registers every table
from data.place_rows import COMMON, INSIDE, KEPT_BY_ANYBODY, VALUE, conditions, with_needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import ORMExecuteState
    from sqlmodel import Session

    from data.place import Place
    from data.place_rows import Condition

__all__ = ["BeyondPlace", "hold_inside", "narrowed", "place_of_session", "watch", "whole"]

PLACE = "asuh_place"
WHOLE = "asuh_whole"
FREE_VERBS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA QUERY_ONLY")
READS, WRITES = ("SELECT", "WITH"), ("INSERT", "UPDATE", "DELETE")
_TABLES = frozenset(SQLModel.metadata.tables)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(r"(?<![.\w:])(?<!%\()([a-z_]+)(?![\w(])")
_IN_SCHEMA = re.compile(r"\b(?:main|temp|public|pg_catalog|information_schema)\b|\bsqlite_\w+")
_CHANGES_WITHIN = re.compile(r"\( ?(?:INSERT|UPDATE|DELETE) ", re.IGNORECASE)
_TARGET = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) ([a-z_]+)")
_STORES_VALUES = re.compile(r"INSERT INTO [a-z_]+ \([^()]*\) SELECT [^()]* FROM \(VALUES ")
_LOCKS = re.compile(r"\bFOR (?:NO KEY UPDATE|UPDATE|SHARE|KEY SHARE)\b")
_ONE_TABLE = re.compile(r"^SELECT [^(]* FROM ([a-z_]+) WHERE ")
_STEP = re.compile(
    r"\(|\)|\bWHERE\b|\b(?:RETURNING|ORDER BY|LIMIT|FOR (?:NO KEY UPDATE|UPDATE|SHARE|KEY SHARE))\b"
)


class BeyondPlace(PermissionError):
    """A statement of a bound account asked for, or would change, what is outside its place."""


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
    ``tests/data/test_place_scope.py`` says which modules may. What was read meanwhile is forgotten
    afterwards, so that nobody finds it in the session.
    """
    if place_of_session(session) is None:
        yield
        return
    session.flush()
    known = set(session.identity_map.keys())
    info = session.connection().info
    depth = info.get(WHOLE, 0)
    info[WHOLE] = depth + 1
    try:
        yield
        session.flush()
    finally:
        info[WHOLE] = depth
        for key in set(session.identity_map.keys()) - known:
            session.expunge(session.identity_map[key])


def watch(engine: Engine) -> None:
    """Narrow what this store is asked from a place; others pay one look into a dictionary."""
    event.listen(engine, "before_cursor_execute", _narrow, retval=True)


def hold_inside(session: Session) -> None:
    """Let a session of a place store nothing outside it."""
    if place_of_session(session) is None:
        return
    event.listen(session, "after_flush", _look_after_flush)
    event.listen(session, "do_orm_execute", _refuse_bulk_inserts)


def _narrow(
    connection: Connection,
    _cursor: Any,
    statement: str,
    parameters: Any,
    _context: Any,
    is_many: bool,
) -> tuple[str, Any]:
    place = connection.get_execution_options().get(PLACE)
    if place is None or connection.info.get(WHOLE):
        return statement, parameters
    dialect = connection.dialect
    schema = "main" if dialect.name == "sqlite" else dialect.default_schema_name or "public"
    parts = _parts(statement, place, schema)
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
def _parts(statement: str, place: Place, schema: str) -> tuple[Part, ...]:
    """Return a statement with what narrows it to a place; the same ones are asked again and again.

    Raises
    ------
    BeyondPlace
        For what no place asks.
    """
    plain = " ".join(_LITERAL.sub("''", statement).replace('"', "").split())
    if plain.upper().startswith(FREE_VERBS):
        return (Part(statement),)
    verb = plain.lstrip("(").split(" ", 1)[0].upper()
    is_strange = _IN_SCHEMA.search(plain.lower()) or _CHANGES_WITHIN.search(plain)
    if verb not in READS + WRITES or is_strange:
        raise BeyondPlace(verb)
    named = {name for name in _NAME.findall(plain.lower()) if name in _TABLES}
    unseen = sorted(named - INSIDE.keys() - COMMON)
    if unseen:
        raise BeyondPlace(unseen[0])
    held = _changed_table(plain, named) if verb in WRITES else _locked_table(plain)
    if verb == "INSERT":
        return (Part(statement),)
    known = conditions(place)
    own: tuple[Part, ...] = (Part(statement),)
    if held is not None and held in INSIDE:
        own = _guarded(statement, held, known, schema)
    shadowed = _shadows((named & INSIDE.keys()) - {held}, known, schema)
    if not shadowed.text:
        return own
    start = re.match(r"\s*WITH(?: RECURSIVE)?\s", statement)
    if start is None:
        return (Part("WITH "), shadowed, Part(" "), *own)
    return Part(start[0]), shadowed, Part(", "), Part(statement[start.end() :])


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


def _changed_table(plain: str, named: set[str]) -> str:
    """Return the table that a statement writes to.

    Raises
    ------
    BeyondPlace
        When no place writes to it, or the statement reads other rows to do so.
    """
    target = _TARGET.match(plain)
    table = target[1] if target else ""
    reads = " SELECT " in plain and not _stores_values(plain, table)
    if table not in INSIDE.keys() | KEPT_BY_ANYBODY or named != {table} or reads:
        raise BeyondPlace(table)
    return table


def _stores_values(plain: str, table: str) -> bool:
    """Whether several rows are stored at once, as PostgreSQL is given them; no table is read."""
    found = _STORES_VALUES.match(plain)
    return found is not None and not re.search(rf"\b{table}\b(?!\.)", plain[found.end() :])


def _locked_table(plain: str) -> str | None:
    """Return the table whose rows a statement locks: through an expression it could not."""
    found = _ONE_TABLE.match(plain) if _LOCKS.search(plain) else None
    return found[1] if found else None


def _guarded(
    statement: str, table: str, known: Mapping[str, Condition], schema: str
) -> tuple[Part, ...]:
    """Return a statement whose outermost WHERE takes rows inside alone."""
    depth, start, end = 0, -1, len(statement)
    for found in _STEP.finditer(_LITERAL.sub(lambda found: " " * len(found[0]), statement)):
        word = found[0]
        depth += (word == "(") - (word == ")")
        if depth or word in "()":
            continue
        if word == "WHERE":
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
            count = _LITERAL.sub("", part.text).count("?")
            found += rest[:count]
            rest = rest[count:]
    return (*found, *rest)


def _look_after_flush(session: Session, _context: Any) -> None:
    """Refuse rows that were stored outside, or moved there.

    Raises
    ------
    BeyondPlace
        When one is; the transaction is to be rolled back.
    """
    if session.connection().info.get(WHOLE):
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


def _refuse_bulk_inserts(state: ORMExecuteState) -> None:
    """Refuse rows that are stored without being objects: nobody would look where they lie.

    Raises
    ------
    BeyondPlace
        For each, but in tables that everybody's deeds write in.
    """
    if state.is_insert or isinstance(state.statement, TextClause):
        target = _TARGET.match(" ".join(str(state.statement).replace('"', "").split()))
        if target and target[0].startswith("INSERT") and target[1] not in KEPT_BY_ANYBODY:
            raise BeyondPlace(target[1])
