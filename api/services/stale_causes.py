"""What made a confirmed route stale: which change, whose, by whom and when.

Read from the audit trail: everything since the route was last confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from data.schema import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlmodel import Session

__all__ = ["BY_HAND", "OF_PACKAGES", "REASONS", "StaleCause", "causes_of"]

OF_PACKAGES = frozenset({
    "moved", "moved_here", "address", "address_here", "late", "exited", "graduated", "paused",
    "merged", "cancelled", "carried", "repacked",
})  # fmt: skip
"""Reasons that name a package."""
REASONS = OF_PACKAGES | {
    "corrected", "wishes", "vehicle", "depot", "drop_point", "goods", "road_closed", "road_opened",
    "pickup", "sister",
}  # fmt: skip
"""Why a route is stale without anybody having touched it."""
BY_HAND = frozenset({"reorder", "move_stop", "split", "merge", "hold", "replan"})
"""What people do to a route, as its acts in the audit trail are called."""
CONFIRMED, STALE, PREFIX = "route:confirm", "route:stale", "route:"


@dataclass(frozen=True, slots=True)
class StaleCause:
    """A change since the last confirmation; ``code`` is of :data:`REASONS` or :data:`BY_HAND`."""

    code: str
    about: str
    fields: tuple[str, ...]
    by: str
    at: datetime


def causes_of(session: Session, *, codes: Collection[str]) -> dict[str, list[StaleCause]]:
    """Return the changes of some routes since each was last confirmed, oldest first."""
    acts = [CONFIRMED, STALE, *(PREFIX + act for act in sorted(BY_HAND))]
    rows = session.exec(
        select(AuditEntry)
        .where(
            AuditEntry.subject == "route",
            col(AuditEntry.subject_id).in_(codes),
            col(AuditEntry.action).in_(acts),
        )
        .order_by(col(AuditEntry.id))
    )
    found: dict[str, list[StaleCause]] = {code: [] for code in codes}
    for row in rows:
        if row.action == CONFIRMED:
            found[row.subject_id] = []
        else:
            found[row.subject_id].append(_cause(row))
    return found


def _cause(row: AuditEntry) -> StaleCause:
    told = row.after or {}
    code = row.action.removeprefix(PREFIX)
    if row.action == STALE:
        code = str(told.get("reason", ""))
    fields = told.get("changed_fields")
    return StaleCause(
        code=code,
        about=str(told.get("about", "")),
        fields=tuple(map(str, fields)) if isinstance(fields, list) else (),
        by=row.by,
        at=row.at,
    )
