"""What somebody else stored at the same moment, as the refusal that it would have met later.

A use case looks before it stores. Two people who do so at once both see nothing; the store then
stops the second, and this says so in the same words.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from api.services.errors import Invalid, Refused, ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.exc import IntegrityError

__all__ = ["HAND_ENTERED", "refusal_for"]

UNIQUE_VIOLATION = "23505"
"""PostgreSQL's name of it."""
SQLITE_WORDS = re.compile(r"UNIQUE constraint failed: ([\w., ]+)")
Columns = tuple[str, tuple[str, ...]]

HAND_ENTERED: Mapping[Columns, tuple[str, str]] = {
    ("account", ("username",)): ("username", "account.username_taken"),
    ("vehicle", ("name",)): ("name", "vehicle.name_taken"),
    ("companionteam", ("name",)): ("nama", "companion.name"),
    ("depot", ("name",)): ("name", "depot.name_taken"),
    ("droppoint", ("name", "kelurahan_code")): ("name", "field.taken"),
    ("child", ("nik_index",)): ("nik", "field.nik_taken"),
    ("sponsor", ("nik_index",)): ("nik", "field.nik_taken"),
    ("measurement", ("child_id", "measured_on")): ("measured_on", "field.taken"),
    ("cycle", ("city_code", "month")): ("month", "field.taken"),
    ("accompaniment", ("household_id", "month")): ("month", "field.taken"),
    ("otherhelp", ("programme", "month", "child_id", "batch_id")): ("month", "field.taken"),
}
"""What people choose themselves and may be there once only: its field, and what is said of it."""


def refusal_for(error: IntegrityError) -> ServiceError | None:
    """Return what to answer when a UNIQUE constraint stopped it; None for any other broken rule.

    ``Invalid`` at the field where people chose what is taken; ``http.at_once`` where the machine
    chose (a number, an id): doing it again gives another one.
    """
    broken = _broken(error)
    if broken is None:
        return None
    if broken not in HAND_ENTERED:
        return Refused("http.at_once")
    field, code = HAND_ENTERED[broken]
    return Invalid(code, fields={field: code})


def _broken(error: IntegrityError) -> Columns | None:
    """Return table and columns of the UNIQUE constraint that was broken; None for another kind."""
    if getattr(error.orig, "sqlstate", None) == UNIQUE_VIOLATION:
        name = str(getattr(getattr(error.orig, "diag", None), "constraint_name", ""))
        return _by_name().get(name, ("", ()))
    found = SQLITE_WORDS.search(str(error.orig))
    if found is None:
        return None
    places = [place.strip().split(".") for place in found[1].split(",")]
    return places[0][0], tuple(place[-1] for place in places)


@cache
def _by_name() -> Mapping[str, Columns]:
    return {
        str(rule.name): (table.name, tuple(column.name for column in rule.columns))
        for table in SQLModel.metadata.tables.values()
        for rule in table.constraints
        if isinstance(rule, UniqueConstraint)
    }
