"""Whose packages go first where not all fit: what a person said of a family, else its need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.queries.records import frozen_by_record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

    from data.schema import Cycle, Household, Package

__all__ = ["CHOICES", "LAST_PRIORITY", "USUAL_PRIORITY", "priority_by_package"]

USUAL_PRIORITY, LAST_PRIORITY = 3, 9
CHOICES = (1, 2, USUAL_PRIORITY, LAST_PRIORITY)
"""What a person may say of a family: as the neediest tiers, or last."""


def priority_by_package(
    session: Session, *, cycle: Cycle, rows: Iterable[tuple[Package, Household | None]]
) -> dict[int, int]:
    """Return the priority of each package, 1 first."""
    frozen = frozen_by_record(session, cycle)
    tiers = {child: row.tier for child, row in frozen.items() if row.tier is not None}
    return {
        package.id or 0: (home.delivery_priority if home else None)
        or tiers.get(package.child_id, USUAL_PRIORITY)
        for package, home in rows
    }
