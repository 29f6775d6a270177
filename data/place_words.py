"""What the words of a statement say: which tables it names, changes or locks.

Read by one small lexer. It knows literals and quoted names; whatever else may hide words (remarks,
other quotes, a second statement) is refused rather than understood.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sqlmodel import SQLModel

import data.schema  # noqa: F401 - registers every table
from data.place_rows import COMMON, INSIDE, KEPT_BY_ANYBODY

__all__ = ["LOCK", "WRITES", "BeyondPlace", "bare_text", "held_table", "named_tables", "verb_of"]

FREE_VERBS = ("begin", "savepoint", "release", "rollback", "pragma query_only")
READS, WRITES = ("select", "with"), ("insert", "update", "delete")
_TABLES = frozenset(SQLModel.metadata.tables)
_QUOTED = re.compile(
    r"""(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*")"""
    r"""|--|/\*|[;$`'"]|\[(?!\d*\])|[^\x00-\x7f]|(?<![a-z_])(?:e|u&)['"]""",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![.\w:])(?<!%\()([a-z_]+)(?![\w(])(\s*\.)?")
_FOREIGN = re.compile(
    r"\b(?:main|temp|public|information_schema|sqlite_\w+|pg_(?!advisory_xact_lock\b)\w+)\b"
    rf"|\.\s*(?:{'|'.join(_TABLES)})\b"
)
_TARGET = re.compile(r"(?:insert into|update|delete from) ([a-z_]+)")
_CHANGES = re.compile(r"(?<!for )(?<!no key )(?<!do )\b(?:insert|update|delete|merge|into)\b")
LOCK = r"for (?:no key update|update|share|key share)\b"
_LOCKED = re.compile(rf"select [^(]* from ([a-z_]+) (?:where|order by|limit|{LOCK})")  # noqa: S608


class BeyondPlace(PermissionError):
    """A statement of a bound account asked for, or would change, what is outside its place."""


@lru_cache(maxsize=512)
def bare_text(statement: str) -> str:
    """Return a statement in small letters, as long as it was, with blanks for what is quoted.

    A quoted name of a table stays, in whichever quotes: SQLite takes them all for names.

    Raises
    ------
    BeyondPlace
        For remarks, several statements, and other quotes: a quote in them may be none.
    """

    def blank(found: re.Match[str]) -> str:
        name = (found["quoted"] or "")[1:-1].lower()
        if found["quoted"] is None:
            raise BeyondPlace(found[0])
        is_told = name in _TABLES or _FOREIGN.fullmatch(name)
        return f" {name} " if is_told else "_" * len(found[0])

    return _QUOTED.sub(blank, statement).lower()


def verb_of(plain: str) -> str:
    """Return a statement's verb; empty for those that keep transactions.

    Raises
    ------
    BeyondPlace
        For a verb that no place uses, what names a schema, or a change that is not the statement.
    """
    if plain.startswith(FREE_VERBS):
        return ""
    verb = plain.lstrip("( ").split(" ", 1)[0]
    is_changing = verb in READS and _CHANGES.search(plain)
    if verb not in READS + WRITES or _FOREIGN.search(plain) or is_changing:
        raise BeyondPlace(verb)
    return verb


def named_tables(plain: str) -> set[str]:
    """Return the tables that a statement names.

    Raises
    ------
    BeyondPlace
        When one is of the whole office.
    """
    named = {name for name, _ in _NAME.findall(plain) if name in _TABLES}
    unseen = sorted(named - INSIDE.keys() - COMMON)
    if unseen:
        raise BeyondPlace(unseen[0])
    return named


def held_table(plain: str, verb: str) -> str:
    """Return the one table that a statement changes or locks; it reads nothing beside it.

    An expression in its place could not be locked, and values from elsewhere would come inside.

    Raises
    ------
    BeyondPlace
        When there are others, the same one stands there again, or no place writes to it.
    """
    target = (_TARGET if verb in WRITES else _LOCKED).match(plain)
    table = target[1] if target else ""
    stands = [(name, bool(dot)) for name, dot in _NAME.findall(plain) if name in _TABLES]
    is_alone = {name for name, _ in stands} == {table} and stands.count((table, False)) == 1
    rest = plain[target.end() :] if target and verb in WRITES else plain
    may = INSIDE.keys() | (KEPT_BY_ANYBODY if verb in WRITES else COMMON)
    is_over = "on conflict" in rest and table not in KEPT_BY_ANYBODY
    if table not in may or not is_alone or is_over or _CHANGES.search(rest):
        raise BeyondPlace(table or verb)
    return table
