"""Looking at rows that are children or sponsors: read without the write lock, noted before shown.

Reading them takes long, a line about who looked does not. So the rows are read from one view of
the store, as a long solve is (:mod:`api.services.solves`), and the line is written in a short
transaction of its own. It is committed before the rows are given: nothing is shown unnoted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from api.services import audit
from api.services.errors import ServiceError
from data.engine import read_session, write_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine
    from sqlmodel import Session

__all__ = ["look", "note"]

Found = TypeVar("Found")
NOTED_LATER = "asuh_looks"


def look(engine: Engine, read: Callable[[Session], Found]) -> Found:
    """Return what is read in a read session, after the looks that it noted are committed.

    ``read`` opens nothing later: rows that it returns must be loaded. Where it refuses, what it
    noted until then stays: an attempt to open a child that is not there is a look too.
    """
    noted: list[dict[str, Any]] = []
    try:
        with read_session(engine) as session:
            session.info[NOTED_LATER] = noted
            found = read(session)
    except ServiceError:
        _write_down(engine, noted)
        raise
    _write_down(engine, noted)
    return found


def _write_down(engine: Engine, noted: list[dict[str, Any]]) -> None:
    if noted:
        with write_session(engine) as session:
            for each in noted:
                audit.record(session, **each)


def note(session: Session, **entry: Any) -> None:
    """Write down a look, with the words of :func:`api.services.audit.record`.

    Within :func:`look` it is kept until the reading is done; in a write session it is part of that.
    """
    noted = session.info.get(NOTED_LATER)
    if noted is None:
        audit.record(session, **entry)
    else:
        noted.append(entry)
