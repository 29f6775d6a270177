"""Looking up sponsors and their pledges."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    Cycle,
    CycleState,
    Pledge,
    Sponsor,
    SponsorState,
)


def search_sponsors(
    session: Session, *, text: str = "", after: str = "", limit: int = 50
) -> list[Sponsor]:
    """Return sponsors by code after a code; ``text`` is part of name, office or code."""
    query = select(Sponsor).where(Sponsor.state != SponsorState.MERGED)
    if text:
        like = f"%{text.lower()}%"
        query = query.where(
            func.lower(Sponsor.name).like(like)
            | func.lower(Sponsor.code).like(like)
            | func.lower(Sponsor.institution).like(like)
        )
    if after:
        query = query.where(Sponsor.code > after)
    return list(session.exec(query.order_by(col(Sponsor.code)).limit(limit)).all())


def pledges_of(session: Session, sponsor: Sponsor) -> list[Pledge]:
    """Return the pledges of a sponsor, the newest first."""
    return list(
        session.exec(
            select(Pledge)
            .where(Pledge.sponsor_id == sponsor.id)
            .order_by(col(Pledge.first_month).desc(), col(Pledge.code))
        ).all()
    )


def children_of_pledges(
    session: Session, pledge_ids: Collection[int], *, num_months: int
) -> dict[int, dict[str, list[tuple[str, AssignmentState]]]]:
    """Return pledge → month → its children (code, what became of the pair), the newest month first.

    Of each month the pairs of the run that stands; of each pledge the last ``num_months`` with any.
    """
    rows = session.exec(
        select(Assignment.pledge_id, Cycle.month, Child.code, Assignment.state)
        .join(Cycle, col(Cycle.id) == Assignment.cycle_id)
        .join(Child, col(Child.id) == Assignment.child_id)
        .where(
            col(Assignment.pledge_id).in_(pledge_ids),
            Assignment.match_run_id == Cycle.match_run_id,
            Cycle.state != CycleState.CANCELLED,
        )
        .order_by(col(Cycle.month).desc(), col(Child.code))
    )
    found: dict[int, dict[str, list[tuple[str, AssignmentState]]]] = defaultdict(dict)
    for pledge_id, month, code, state in rows:
        months = found[pledge_id]
        if month in months or len(months) < num_months:
            months.setdefault(month, []).append((code, AssignmentState(state)))
    return found
