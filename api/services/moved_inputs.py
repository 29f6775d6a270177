"""What moved since a month was locked: its copy of the inputs stands still, families do not.

Small changes wait for the next month. A child who may not get a package any more, or a pledge that
no longer gives it, must not be approved as if nothing had happened.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.services.capacity import Capacity, capacity_in, rests_in
from api.services.child_states import GONE
from api.services.months import first_day
from data.queries.cycles import STANDING
from data.schema import (
    Assignment,
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    Cycle,
    CycleChild,
    CycleMove,
    CyclePledge,
    CycleState,
    Pledge,
    Sponsor,
)

MOST_NAMED = 12
"""So many are named in a sentence; of the rest it says how many."""
SUSPENDED = "pledge.suspended"
"""Of a matched month only a rest that it begins with takes the pledge out of it."""


@dataclass(frozen=True, kw_only=True)
class MovedInput:
    """A child or pledge of a month that cannot keep what was matched; ``why`` is a word's code."""

    code: str
    why: str


def moved_inputs(session: Session, *, cycle: Cycle) -> list[MovedInput]:
    """Return the children and pledges of a locked month that moved since, children first.

    Before matching these are the children who would take part, later those who were paired.
    """
    of_children, of_pledges = _who_counts(cycle)
    return [
        *_children_out(session, cycle, of_children),
        *_withdrawn(session, cycle, of_children),
        *_pledges_less(session, cycle, of_pledges),
    ]


def hold_inputs(session: Session, *, cycle: Cycle) -> None:
    """Hold the paired children and their pledges, so that none moves while the month is approved.

    Who lets a child leave or ends a pledge waits, and then finds the month approved.
    """
    of_children, of_pledges = _who_counts(cycle)
    for model, ids in ((Child, of_children), (Pledge, of_pledges)):
        rows: Any = select(model).where(col(model.id).in_(ids)).order_by(col(model.id))
        held = rows.with_for_update().execution_options(populate_existing=True)
        session.exec(held).all()


def named(found: list[MovedInput]) -> list[object]:
    """Return what moved as the values of a sentence: code and why, the first dozen."""
    rows: list[object] = [[one.code, one.why] for one in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        rows.append({"code": "cycle.and_more", "n": len(found) - MOST_NAMED})
    return rows


def _who_counts(cycle: Cycle) -> tuple[Any, Any]:
    """Return SQL of the children and pledges whose moves matter as the month stands."""
    if cycle.state is CycleState.LOCKED:
        eligible = select(CycleChild.child_id).where(
            CycleChild.cycle_id == cycle.id, col(CycleChild.is_eligible).is_(True)
        )
        return eligible, select(CyclePledge.pledge_id).where(
            CyclePledge.cycle_id == cycle.id, CyclePledge.capacity > 0
        )
    of_run = (
        Assignment.match_run_id == (cycle.match_run_id or 0),
        col(Assignment.state).in_(STANDING),
    )
    return select(Assignment.child_id).where(*of_run), select(Assignment.pledge_id).where(*of_run)


def _children_out(session: Session, cycle: Cycle, ids: Any) -> list[MovedInput]:
    rows = session.exec(
        select(Child)
        .where(col(Child.id).in_(ids), col(Child.state).in_([*GONE, ChildState.PAUSED]))
        .order_by(col(Child.code))
    ).all()
    on = first_day(cycle.month)
    return [
        MovedInput(code=child.code, why=child.state.value)
        for child in rows
        if not (child.paused_until is not None and child.paused_until <= on)
    ]


def _withdrawn(session: Session, cycle: Cycle, ids: Any) -> list[MovedInput]:
    """Return whose guardian withdrew since the lock and gave no other consent to the programme."""
    locked_at = session.exec(
        select(CycleMove.at)
        .where(CycleMove.cycle_id == cycle.id, CycleMove.verb == "lock")
        .order_by(col(CycleMove.id).desc())
    ).first()
    if locked_at is None:
        return []
    of_programme = Consent.purpose == ConsentPurpose.PROGRAMME
    still_given = select(Consent.child_id).where(of_programme, col(Consent.withdrawn_at).is_(None))
    codes = session.exec(
        select(Child.code)
        .join(Consent, col(Consent.child_id) == col(Child.id))
        .where(
            of_programme,
            col(Consent.withdrawn_at) >= locked_at,
            col(Child.id).in_(ids),
            col(Child.id).not_in(still_given),
            col(Child.state).not_in([*GONE, ChildState.PAUSED]),
        )
        .distinct()
        .order_by(col(Child.code))
    ).all()
    return [MovedInput(code=code, why="exit_reason.consent_withdrawn") for code in codes]


def _pledges_less(session: Session, cycle: Cycle, ids: Any) -> list[MovedInput]:
    """Return the pledges that give less than at the lock, and less than the pairs they have."""
    pairs: dict[int, int] = dict(
        session.exec(
            select(Assignment.pledge_id, func.count())
            .where(
                Assignment.match_run_id == (cycle.match_run_id or 0),
                col(Assignment.state).in_(STANDING),
            )
            .group_by(col(Assignment.pledge_id))
        ).all()
    )
    rows = session.exec(
        select(Pledge, Sponsor, CyclePledge)
        .join(Sponsor, col(Sponsor.id) == col(Pledge.sponsor_id))
        .join(CyclePledge, col(CyclePledge.pledge_id) == col(Pledge.id))
        .where(CyclePledge.cycle_id == cycle.id, col(Pledge.id).in_(ids))
        .order_by(col(Pledge.code))
    ).all()
    found = []
    for pledge, sponsor, copy in rows:
        gives = capacity_in(pledge, sponsor, cycle.month)
        is_less = gives.num_packages < copy.capacity or (gives.budget_rp or 0) < (
            copy.budget_rp or 0
        )
        num_pairs = pairs.get(pledge.id or 0, 1)
        if gives.reason == SUSPENDED and not rests_in(pledge, cycle.month):
            continue
        if is_less and num_pairs > gives.num_packages:
            found.append(MovedInput(code=pledge.code, why=_why_less(gives)))
    return found


def _why_less(gives: Capacity) -> str:
    if gives.reason == SUSPENDED:
        return "rests"
    return "reduced" if gives.num_packages else "ended"
