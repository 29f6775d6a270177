"""Where a file and the field say different things: both words, and what was seen at the door.

The office's file often brings an address back that a courier has long found to be wrong; the day of
the last package and where it was received speak for the field's word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from api.services.import_details import ImportDetails
from data.schema import Child, Route, Stop, StopKind, StopState

RECEIVED = (StopState.DELIVERED, StopState.PARTLY_DELIVERED, StopState.LEFT_WITH_RECEIVER)


@dataclass(frozen=True, kw_only=True)
class Disputed:
    """One field: what the field says (``kept``, confirmed by a person on that day) and the file."""

    name: str
    kept: Any
    confirmed_on: date | None
    file: Any


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """One row of a file against the register; ``received`` is the last package at the door."""

    row: int
    subject: str
    label: str
    fields: tuple[Disputed, ...]
    received_on: date | None = None
    received_at: str = ""


def conflicts_of(session: Session, details: ImportDetails, *, most: int) -> list[Conflict]:
    """Return the first ``most`` rows of a preview in which the field's word stays."""
    rows = [change for change in details.changes if change.get("conflicts")][:most]
    seen = _last_received(session, [row["label"] for row in rows if row["subject"] == "child"])
    return [_conflict(row, seen) for row in rows]


def _conflict(row: dict[str, Any], seen: dict[str, tuple[date, str]]) -> Conflict:
    on, at = seen.get(row["label"], (None, "")) if row["subject"] == "child" else (None, "")
    return Conflict(
        row=row["row"],
        subject=row["subject"],
        label=row["label"],
        fields=tuple(
            Disputed(
                name=each["field"],
                kept=each["kept"],
                confirmed_on=_day(each.get("confirmed_on")),
                file=each["file"],
            )
            for each in row["conflicts"]
        ),
        received_on=on,
        received_at=at,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _last_received(session: Session, codes: Sequence[str]) -> dict[str, tuple[date, str]]:
    """Return child code → day and address of the last package that was received at home."""
    found = session.exec(
        select(col(Child.code), col(Route.day), col(Stop.address))
        .join(Stop, col(Stop.household_id) == Child.household_id)
        .join(Route, col(Route.id) == Stop.route_id)
        .where(
            col(Child.code).in_(codes),
            col(Stop.state).in_(RECEIVED),
            Stop.kind == StopKind.HOME,
        )
        .order_by(col(Route.day), col(Stop.id))
    ).all()
    return {code: (day, address) for code, day, address in found}
