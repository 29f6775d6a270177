"""What a closed month says of each pair once its corrections are read too."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import col, select

from data.schema import Amendment, Cycle, Fulfilment, FulfilmentState

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

__all__ = [
    "Judged",
    "corrected_before",
    "corrected_judgements",
    "corrected_states",
    "judged_now",
    "judgement",
]

F = FulfilmentState


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A judgement with all its corrections."""

    state: FulfilmentState
    packed_items: int
    accepted_items: int
    delivered_on: date | None
    reason: str | None
    items: dict[str, int] | None = None
    """Accepted units by item, where the last correction of them says so."""


def judgement(packed: int, accepted: int) -> FulfilmentState:
    """Return what so many accepted of so many packed units amount to."""
    if not accepted:
        return F.UNFULFILLED
    return F.FULFILLED if accepted == packed else F.PARTLY


def judged_now(session: Session, *, row: Fulfilment) -> Judged:
    """Return what a judgement says after every correction of it."""
    entries = session.exec(
        select(Amendment)
        .where(
            Amendment.cycle_id == row.cycle_id,
            Amendment.subject == "fulfilment",
            Amendment.subject_id == row.id,
        )
        .order_by(col(Amendment.id))
    )
    return _judged(row, list(entries))


def corrected_judgements(session: Session, *, assignment_ids: Collection[int]) -> dict[int, Judged]:
    """Return the judgement that stands of each of these pairs that was corrected after closing."""
    return _corrected_where(session, col(Fulfilment.assignment_id).in_(assignment_ids))


def corrected_states(session: Session, *, cycle: Cycle) -> dict[int, FulfilmentState]:
    """Return the judgement that stands of each assignment that was corrected after closing."""
    found = _corrected_where(session, col(Fulfilment.cycle_id) == cycle.id)
    return {assignment_id: judged.state for assignment_id, judged in found.items()}


def corrected_before(session: Session, *, month: str) -> dict[int, bool]:
    """Return whether each assignment of earlier months that was corrected was served after all."""
    earlier = select(Cycle.id).where(Cycle.month < month)
    found = _corrected_where(session, col(Fulfilment.cycle_id).in_(earlier))
    return {number: judged.state != F.UNFULFILLED for number, judged in found.items()}


def _corrected_where(session: Session, which: ColumnElement[bool]) -> dict[int, Judged]:
    rows = session.exec(
        select(Fulfilment, Amendment)
        .join(Amendment, col(Amendment.subject_id) == Fulfilment.id)
        .where(
            which,
            Amendment.subject == "fulfilment",
            Amendment.cycle_id == Fulfilment.cycle_id,
        )
        .order_by(col(Amendment.id))
    )
    entries: dict[int, list[Amendment]] = defaultdict(list)
    judged: dict[int, Fulfilment] = {}
    for row, entry in rows:
        judged[row.assignment_id] = row
        entries[row.assignment_id].append(entry)
    return {number: _judged(row, entries[number]) for number, row in judged.items()}


def _judged(row: Fulfilment, entries: list[Amendment]) -> Judged:
    known: dict[str, object] = {
        "state": row.state.value,
        "accepted_items": row.accepted_items,
        "delivered_on": row.delivered_on.isoformat() if row.delivered_on else None,
        "reason": row.reason,
    }
    items: dict[str, int] | None = None
    for entry in entries:
        if "accepted_items" in entry.after or "items" in entry.after:
            told = entry.after.get("items")
            items = (
                {str(k): int(str(v)) for k, v in told.items()} if isinstance(told, dict) else None
            )
        known |= {name: value for name, value in entry.after.items() if name in known}
    day = known["delivered_on"]
    return Judged(
        state=F(str(known["state"])),
        packed_items=row.packed_items,
        accepted_items=int(str(known["accepted_items"])),
        delivered_on=date.fromisoformat(str(day)) if day else None,
        reason=str(known["reason"]) if known["reason"] else None,
        items=items,
    )
