"""The registers of children and sponsors as people leaf through them: a page at a time."""

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from data.schema import (
    Assignment,
    AssignmentState,
    ChangeRequest,
    ChangeState,
    Child,
    ChildState,
    Cycle,
    DonorAlias,
    Household,
    Pledge,
    PledgeState,
    Replacement,
    Sponsor,
    SponsorState,
)


def children(
    session: Session,
    *,
    words: str = "",
    by_name: bool = True,
    state: ChildState | None = None,
    area_code: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[tuple[Child, Household]], int]:
    """Return one page of children by code with their households, and how many there are.

    ``words`` looks in codes and finds a donor's alias that is written out, and ``by_name`` looks in
    names of child and guardian too: who is not shown a name must not be able to ask for it.
    """
    found = select(Child, Household).join(Household, col(Household.id) == col(Child.household_id))
    if words.strip():
        codes, names = (Child.code, Household.code), (Child.name, Household.guardian_name)
        looked = (*codes, *names) if by_name else codes
        known = select(DonorAlias.child_id).where(
            func.lower(DonorAlias.alias) == words.strip().lower()
        )
        found = found.where(
            or_(
                *(col(each).icontains(words.strip(), autoescape=True) for each in looked),
                col(Child.id).in_(known),
            )
        )
    if state is not None:
        found = found.where(Child.state == state)
    if area_code:
        found = found.where(col(Household.kelurahan_code).startswith(area_code))
    total = session.exec(select(func.count()).select_from(found.subquery())).one()
    rows = session.exec(found.order_by(col(Child.code)).offset(offset).limit(limit))
    return [(child, household) for child, household in rows], total


def sponsors(
    session: Session,
    *,
    words: str = "",
    pledge_state: PledgeState | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[tuple[Sponsor, list[Pledge]]], int]:
    """Return one page of sponsors by code with their pledges, and how many there are."""
    found = select(Sponsor).where(Sponsor.state != SponsorState.MERGED)
    if words.strip():
        text = words.strip()
        found = found.where(
            or_(
                col(Sponsor.code).icontains(text, autoescape=True),
                col(Sponsor.name).icontains(text, autoescape=True),
                col(Sponsor.institution).icontains(text, autoescape=True),
            )
        )
    if pledge_state is not None:
        with_it = select(Pledge.sponsor_id).where(Pledge.state == pledge_state)
        found = found.where(col(Sponsor.id).in_(with_it))
    total = session.exec(select(func.count()).select_from(found.subquery())).one()
    rows = list(session.exec(found.order_by(col(Sponsor.code)).offset(offset).limit(limit)))
    pledges = session.exec(
        select(Pledge)
        .where(col(Pledge.sponsor_id).in_([row.id for row in rows]))
        .order_by(col(Pledge.code))
    ).all()
    return [(row, [each for each in pledges if each.sponsor_id == row.id]) for row in rows], total


def dropped_pledges(session: Session, *, cycle: Cycle) -> list[tuple[Pledge, Sponsor, int]]:
    """Return the ended pledges that still carry approved pairs of a month, with how many.

    Pairs for which a replacement is proposed already are not counted.
    """
    waiting = select(Replacement.assignment_id).where(Replacement.state == "proposed")
    found = session.exec(
        select(Pledge, Sponsor, func.count(col(Assignment.id)))
        .join(Assignment, col(Assignment.pledge_id) == col(Pledge.id))
        .join(Sponsor, col(Sponsor.id) == col(Pledge.sponsor_id))
        .where(
            Assignment.cycle_id == cycle.id,
            Assignment.state == AssignmentState.APPROVED,
            Pledge.state == PledgeState.ENDED,
            col(Assignment.id).not_in(waiting),
        )
        .group_by(col(Pledge.id), col(Sponsor.id))
        .order_by(col(Pledge.code))
    )
    return [(pledge, sponsor, count) for pledge, sponsor, count in found]


def dropped_children(session: Session, *, cycle: Cycle) -> list[Child]:
    """Return the children who left the programme while an approved pair of a month stands."""
    waiting = select(Replacement.assignment_id).where(Replacement.state == "proposed")
    gone = (ChildState.EXITED, ChildState.GRADUATED, ChildState.PAUSED)
    found = session.exec(
        select(Child)
        .join(Assignment, col(Assignment.child_id) == col(Child.id))
        .where(
            Assignment.cycle_id == cycle.id,
            Assignment.state == AssignmentState.APPROVED,
            col(Child.state).in_(gone),
            col(Assignment.id).not_in(waiting),
        )
        .order_by(col(Child.code))
    )
    return list(found)


def pending_changes(session: Session) -> list[tuple[ChangeRequest, Child, Household]]:
    """Return the reported changes that nobody has decided, the oldest first."""
    found = session.exec(
        select(ChangeRequest, Child, Household)
        .join(Child, col(Child.id) == col(ChangeRequest.child_id))
        .join(Household, col(Household.id) == col(Child.household_id))
        .where(ChangeRequest.state == ChangeState.PENDING)
        .order_by(col(ChangeRequest.id))
    )
    return [(change, child, household) for change, child, household in found]


def replacements(
    session: Session, *, cycle: Cycle
) -> list[tuple[Replacement, Child, Pledge | None, Sponsor | None]]:
    """Return a month's proposals with child, proposed pledge and sponsor, the newest first."""
    found = session.exec(
        select(Replacement, Child, Pledge, Sponsor)
        .join(Child, col(Child.id) == col(Replacement.child_id))
        .outerjoin(Pledge, col(Pledge.id) == col(Replacement.pledge_id))
        .outerjoin(Sponsor, col(Sponsor.id) == col(Pledge.sponsor_id))
        .where(Replacement.cycle_id == cycle.id)
        .order_by(col(Replacement.id).desc())
    )
    return [(row, child, pledge, sponsor) for row, child, pledge, sponsor in found]
