"""What supervision reads of families' answers, and what of it waits for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Text, and_, case, cast, exists, func, or_, true
from sqlmodel import col, select

from data.place import place_of
from data.schema import (
    Account,
    Child,
    ConsumptionCheck,
    Eaten,
    FindingState,
    Household,
    Role,
    SupervisionFinding,
    SupervisionVisit,
    VisitState,
)

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = [
    "OWNERS",
    "SUPERVISORS",
    "answers_by_place",
    "count_findings",
    "count_visits",
    "waits_for",
    "where_of",
]

SUPERVISORS = (Role.STAFF, Role.APPROVER, Role.COORDINATOR)
"""Who may visit and own actions."""
OWNERS = (*SUPERVISORS, Role.KADER)
"""Who may own actions: kader too, at their posyandu."""


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


def waits_for(session: Session, *, role: Role, username: str) -> ColumnElement[bool]:
    """Whether a finding waits for a person: to act on, or to look at what another did about it.

    Who found it looks, as long as that is another person than the one who did it. What would wait
    for nobody (its finder did it, its owner or finder does no supervision any more, its owner
    works in another place now, or its finder in any: who has a place closes none) waits for the
    approvers but the one who did it; where there is none, for all others.
    """
    found = SupervisionFinding
    is_open, is_done = (col(found.state) == each for each in (FindingState.OPEN, FindingState.DONE))
    is_anothers = or_(col(found.done_by).is_(None), col(found.done_by) != username)
    working = select(Account.username).where(col(Account.role).in_(OWNERS), col(Account.is_active))
    is_bounds = col(found.found_by).in_(select(Account.username).where(_is_bound()))
    is_out_of_sight = col(found.id).in_(_out_of_sight(session))
    is_nobodys = or_(
        and_(is_open, or_(col(found.owner).not_in(working), is_out_of_sight)),
        and_(
            is_done,
            or_(
                col(found.found_by) == found.done_by,
                col(found.found_by).not_in(working),
                is_bounds,
            ),
        ),
    )
    another_approver = select(Account.id).where(
        Account.role == Role.APPROVER,
        col(Account.is_active),
        Account.username != func.coalesce(found.done_by, ""),
    )
    falls_to_me = true() if role is Role.APPROVER else ~exists(another_approver)
    return or_(
        and_(is_open, col(found.owner) == username, ~is_out_of_sight),
        and_(is_done, col(found.found_by) == username, is_anothers, ~is_bounds),
        and_(is_nobodys, is_anothers, falls_to_me),
    )


def count_findings(session: Session, *, role: Role, username: str) -> int:
    """Return how many findings wait for a person."""
    found = select(func.count()).select_from(SupervisionFinding)
    return session.exec(found.where(waits_for(session, role=role, username=username))).one()


def _out_of_sight(session: Session) -> list[int]:
    """Return the open findings at posyandu that their owners' places do not hold."""
    rows = session.exec(
        select(SupervisionFinding.id, SupervisionVisit, Account)
        .join(SupervisionVisit, col(SupervisionVisit.id) == SupervisionFinding.visit_id)
        .join(Account, col(Account.username) == SupervisionFinding.owner)
        .where(SupervisionFinding.state == FindingState.OPEN, _is_bound())
    )
    return [
        number or 0
        for number, visit, owner in rows
        if (place := place_of(owner)) is not None and not place.holds(**where_of(visit))
    ]


def _is_bound() -> ColumnElement[bool]:
    """Whether an account has a place, as :func:`data.place.place_of` tells."""
    named = (Account.area_code, Account.puskesmas)
    return or_(
        col(Account.role) == Role.KADER,
        *(func.coalesce(each, "") != "" for each in named),
        cast(Account.posyandu, Text) != "[]",
    )


def where_of(visit: SupervisionVisit) -> dict[str, str | None]:
    """Return where a visit goes, as a place is asked for it; its puskesmas is not known."""
    return {"ward": visit.kelurahan_code, "posyandu": visit.posyandu, "puskesmas": None}


def count_visits(session: Session, *, visitor: str) -> int:
    """Return how many visits a person has planned and not yet written up."""
    planned = select(func.count()).where(
        SupervisionVisit.visitor == visitor, SupervisionVisit.state == VisitState.PLANNED
    )
    return session.exec(planned).one()
