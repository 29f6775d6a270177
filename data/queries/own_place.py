"""What waits in a place: consents that run out or lack, records in doubt, reports not decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func
from sqlmodel import col, select

from data.queries.companions import IN_PROGRAMME
from data.schema import (
    ChangeRequest,
    ChangeState,
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    Cycle,
    Household,
    Package,
)

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

__all__ = ["ConsentDue", "consents_due", "count_reported", "doubts_held", "month_last_packed"]


class ConsentDue(NamedTuple):
    """A child whose consent to the programme runs out by a day, or that has none in force.

    ``is_declined``: the guardian refused, or took the consent back, so that nobody should ask as
    if no one had.
    """

    code: str
    name: str
    guardian_name: str
    kelurahan_code: str
    posyandu: str
    expires_on: date | None
    has_consent: bool
    is_declined: bool


def consents_due(session: Session, *, today: date, until: date) -> list[ConsentDue]:
    """Return children in the programme whose consent lacks or runs out.

    Those without one come first, those whose guardian declined last.
    """
    papers = session.exec(
        select(Consent).where(
            Consent.purpose == ConsentPurpose.PROGRAMME, Consent.granted_on <= today
        )
    )
    runs: dict[int, date | None] = {}
    declined: set[int] = set()
    for paper in papers:
        if paper.withdrawn_at is not None:
            declined.add(paper.child_id)
        elif paper.expires_on is None or paper.expires_on >= today:
            ends, before = paper.expires_on, runs.get(paper.child_id, paper.expires_on)
            runs[paper.child_id] = max(ends, before) if ends and before else None
    rows = session.exec(
        select(Child, Household)
        .join(Household, col(Household.id) == Child.household_id)
        .where(col(Child.state).in_(IN_PROGRAMME))
        .order_by(col(Child.code))
    )
    found = [
        ConsentDue(
            code=child.code,
            name=child.name,
            guardian_name=home.guardian_name,
            kelurahan_code=home.kelurahan_code or "",
            posyandu=home.posyandu or "",
            expires_on=runs.get(child.id or 0),
            has_consent=child.id in runs,
            is_declined=child.id not in runs and child.id in declined,
        )
        for child, home in rows
        if child.id not in runs or ((ends := runs[child.id]) is not None and ends <= until)
    ]
    return sorted(
        found,
        key=lambda each: (each.is_declined, each.has_consent, str(each.expires_on), each.code),
    )


def doubts_held(session: Session) -> list[list[str]]:
    """Return why each child that is to be checked before it takes part is held back."""
    asked = select(Child.review_reasons).where(Child.state == ChildState.NEEDS_REVIEW)
    return [list(reasons) for reasons in session.exec(asked)]


def count_reported(session: Session) -> int:
    """Return how many changes the field has reported and nobody has decided."""
    asked = select(func.count()).where(ChangeRequest.state == ChangeState.PENDING)
    return session.exec(asked).one()


def month_last_packed(session: Session) -> Cycle | None:
    """Return the last month in which there are packages."""
    asked = (
        select(Cycle)
        .where(col(Cycle.id).in_(select(Package.cycle_id)))
        .order_by(col(Cycle.month).desc())
    )
    return session.exec(asked.limit(1)).first()
