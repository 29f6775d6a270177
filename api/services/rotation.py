"""Sealing everything anew with the current key, in small steps that may be cut off at any point."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from api.services.import_details import SEALED_COLUMNS, seal_place
from data.engine import read_session, write_session
from data.schema import Child, Household, ImportBatch, Sponsor
from data.sealing import KeyRing, key_id, reseal


def _by_uid(place: str) -> Callable[[Any], str]:
    return lambda row: f"{place}:{row.uid}"


def _by_file(column: str) -> Callable[[Any], str]:
    return lambda batch: seal_place(batch.sha256, column)


SEALED: tuple[tuple[type[Any], str, Callable[[Any], str]], ...] = (
    (Child, "nik_sealed", _by_uid("child:nik")),
    (Household, "kk_sealed", _by_uid("household:kk")),
    (Sponsor, "nik_sealed", _by_uid("sponsor:nik")),
    *((ImportBatch, column, _by_file(column)) for column in SEALED_COLUMNS),
)
"""Table, column, and the place that a row's value is bound to."""


def reseal_everything(engine: Engine, *, keys: KeyRing, at_once: int = 500) -> int:
    """Seal every number with the current key; return how many were sealed with an older one.

    Rows that are done are skipped, so a run that was cut off is simply run again. Writers go on
    between the steps.

    Raises
    ------
    SealBroken
        When a value does not open with any key of the ring; rows before it are done.
    """
    return sum(
        _reseal_column(engine, keys, model, column, place_of, at_once)
        for model, column, place_of in SEALED
    )


def num_sealed_with_older_keys(engine: Engine, *, keys: KeyRing) -> int:
    """Return how many values still need an older key, uploaded files included."""
    older = 0
    with read_session(engine) as session:
        for model, column, _ in SEALED:
            sealed = getattr(model, column)
            for value in session.exec(select(sealed).where(sealed.is_not(None))):
                older += key_id(value) != keys.current
    return older


def _reseal_column(
    engine: Engine,
    keys: KeyRing,
    model: type[Any],
    column: str,
    place_of: Callable[[Any], str],
    at_once: int,
) -> int:
    done, last_id = 0, 0
    while True:
        with write_session(engine) as session:
            rows = session.exec(
                select(model)
                .where(col(model.id) > last_id, getattr(model, column).is_not(None))
                .order_by(col(model.id))
                .limit(at_once)
                .with_for_update()
            ).all()
            for row in rows:
                old = getattr(row, column)
                new = reseal(keys, old, place=place_of(row))
                if new is not old:
                    setattr(row, column, new)
                    done += 1
                last_id = row.id or last_id
        if not rows:
            return done
