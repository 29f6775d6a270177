"""What supervision reads of families' answers, and what of it waits for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlmodel import col, select

from data.schema import (
    Child,
    ConsumptionCheck,
    Eaten,
    FindingState,
    Household,
    SupervisionFinding,
    SupervisionVisit,
    VisitState,
)

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = ["answers_by_place", "count_findings", "count_visits", "waits_for"]


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


def waits_for(username: str) -> ColumnElement[bool]:
    """Whether a finding waits for a person: to act on, or to look at what another did about it."""
    found = SupervisionFinding
    return or_(
        and_(col(found.state) == FindingState.OPEN, col(found.owner) == username),
        and_(
            col(found.state) == FindingState.DONE,
            col(found.found_by) == username,
            col(found.done_by) != username,
        ),
    )


def count_findings(session: Session, *, username: str) -> int:
    """Return how many findings wait for a person."""
    return session.exec(select(func.count()).where(waits_for(username))).one()


def count_visits(session: Session, *, visitor: str) -> int:
    """Return how many visits a person has planned and not yet written up."""
    planned = select(func.count()).where(
        SupervisionVisit.visitor == visitor, SupervisionVisit.state == VisitState.PLANNED
    )
    return session.exec(planned).one()
