"""Looking at rows that are children or sponsors: read without the write lock, noted before shown.

Reading them takes long, a line about who looked does not. So the rows are read from one view of
the store, as a long solve is (:mod:`api.services.solves`), and the line is written in a short
transaction of its own. It is committed before the rows are given: nothing is shown unnoted.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from api.services import audit
from api.services.errors import ServiceError
from data.engine import read_session, write_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine
    from sqlmodel import Session

__all__ = ["looking", "note"]

NOTED_LATER = "asuh_looks"


@contextmanager
def looking(engine: Engine) -> Iterator[Session]:
    """Give a session that reads one moment; the looks it noted are committed when the block ends.

    Nothing is loaded from it later. Where the block refuses, what was noted until then stays: an
    attempt to open a child that is not there is a look too.
    """
    noted: list[dict[str, Any]] = []
    try:
        with read_session(engine) as session:
            session.info[NOTED_LATER] = noted
            yield session
    except ServiceError:
        _write_down(engine, noted)
        raise
    _write_down(engine, noted)


def _write_down(engine: Engine, noted: list[dict[str, Any]]) -> None:
    if noted:
        with write_session(engine) as session:
            for each in noted:
                audit.record(session, **each)


def note(session: Session, **entry: Any) -> None:
    """Write down a look, with the words of :func:`api.services.audit.record`.

    Within :func:`looking` it is kept until the reading is done; else it is part of the session.
    """
    noted = session.info.get(NOTED_LATER)
    if noted is None:
        audit.record(session, **entry)
    else:
        noted.append(entry)
