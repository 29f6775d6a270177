"""What supervision reads of families' answers, and how many findings wait for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func
from sqlmodel import col, select

from data.schema import Child, ConsumptionCheck, Eaten, FindingState, Household, SupervisionFinding

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = ["answers_by_place", "count_findings"]


def answers_by_place(session: Session) -> dict[tuple[str, str], tuple[int, int]]:
    """Return per kelurahan and posyandu how many families answered, and where others ate."""
    not_own = case((col(ConsumptionCheck.eaten).in_((Eaten.SHARED, Eaten.NOT_EATEN)), 1), else_=0)
    # By child first: a child has one family and many answers.
    of_child = (
        select(
            ConsumptionCheck.child_id,
            func.count().label("asked"),
            func.sum(not_own).label("not_own"),
        )
        .where(ConsumptionCheck.eaten != Eaten.NOT_KNOWN)
        .group_by(col(ConsumptionCheck.child_id))
        .subquery()
    )
    rows = session.exec(
        select(
            Household.kelurahan_code,
            Household.posyandu,
            func.sum(of_child.c.asked),
            func.sum(of_child.c.not_own),
        )
        .select_from(of_child)
        .join(Child, col(Child.id) == of_child.c.child_id)
        .join(Household, col(Household.id) == Child.household_id)
        .group_by(col(Household.kelurahan_code), col(Household.posyandu))
    )
    return {(ward or "", place or ""): (int(n), int(k or 0)) for ward, place, n, k in rows}


def count_findings(session: Session, *, owner: str) -> int:
    """Return how many findings a person has still to act on."""
    wanted = select(func.count()).where(
        SupervisionFinding.owner == owner, SupervisionFinding.state == FindingState.OPEN
    )
    return session.exec(wanted).one()
