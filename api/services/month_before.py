"""The month before: what a month takes over from it, and how its pairs compare."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.services.capacity import runs_in
from api.services.corrected_judgements import corrected_states
from data.queries.cycles import (
    is_kept_elsewhere,
    previous_agreed_cycle,
    standing_assignments,
)
from data.queries.records import rows_without_child, survivors, uncovered_children
from data.schema import AssignmentState, Child, Cycle, CycleChild, CyclePledge, Pledge

__all__ = ["Balance", "CarriedOver", "Compared", "balance_before", "carried_over", "compared"]


@dataclass(frozen=True, kw_only=True)
class CarriedOver:
    """What a month takes over from the one before, as codes."""

    previous_month: str | None
    pairs: tuple[tuple[str, str], ...]
    unmet: tuple[str, ...]
    renewals: tuple[str, ...]


def carried_over(session: Session, *, cycle: Cycle) -> CarriedOver:
    """Return last month's pairs, unmet children and pledges that run on.

    ``unmet`` are children who had no sponsor or whose package never came, as corrected since;
    ``renewals`` pledges that end with last month and could be asked to go on.
    """
    previous = previous_agreed_cycle(session, cycle)
    if previous is None:
        return CarriedOver(previous_month=None, pairs=(), unmet=(), renewals=())
    standing = standing_assignments(session, previous)
    children = {row.id: row.code for row in session.exec(select(Child)).all()}
    pledges = {row.id: row for row in session.exec(select(Pledge)).all()}
    without = [child.id or 0 for _, child in uncovered_children(session, previous)]
    corrected = corrected_states(session, cycle=previous)
    missed = [
        row.child_id
        for row in standing
        if corrected.get(row.id or 0, row.state.value) == AssignmentState.UNFULFILLED.value
    ]
    kept_of = survivors(session)

    def code(child_id: int) -> str:
        return children[kept_of.get(child_id, child_id)]

    return CarriedOver(
        previous_month=previous.month,
        pairs=tuple(sorted((code(row.child_id), pledges[row.pledge_id].code) for row in standing)),
        unmet=tuple(sorted({code(child_id) for child_id in (*without, *missed)})),
        renewals=tuple(
            sorted(
                {
                    pledges[row.pledge_id].code
                    for row in standing
                    if not runs_in(pledges[row.pledge_id], cycle.month)
                }
            )
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The pairs of a month beside those of the month before."""

    previous_month: str
    num_kept: int
    num_new: int
    num_ended: int


def compared(session: Session, *, cycle: Cycle) -> Compared | None:
    """Return how many pairs stayed, came and ended; nothing before a month is matched."""
    previous = previous_agreed_cycle(session, cycle)
    if previous is None or cycle.match_run_id is None:
        return None
    kept_of = survivors(session)
    before, now = (
        {
            (kept_of.get(row.child_id, row.child_id), row.pledge_id)
            for row in standing_assignments(session, month)
        }
        for month in (previous, cycle)
    )
    return Compared(
        previous_month=previous.month,
        num_kept=len(before & now),
        num_new=len(now - before),
        num_ended=len(before - now),
    )


@dataclass(frozen=True, kw_only=True)
class Balance:
    """How many children were entitled in a month, and how many places promised."""

    month: str
    num_eligible: int
    num_places: int

    @property
    def gap(self) -> int:
        """Children beyond the places that were promised."""
        return max(0, self.num_eligible - self.num_places)


def balance_before(session: Session, *, cycle: Cycle) -> Balance | None:
    """Return the balance of the month before; nothing where only its pairs came in from a file."""
    previous = previous_agreed_cycle(session, cycle)
    if previous is None or is_kept_elsewhere(previous):
        return None
    eligible = select(func.count()).where(
        CycleChild.cycle_id == previous.id,
        col(CycleChild.is_eligible).is_(True),
        col(CycleChild.child_id).not_in(rows_without_child(session, previous)),
    )
    places = select(func.coalesce(func.sum(CyclePledge.capacity), 0)).where(
        CyclePledge.cycle_id == previous.id, col(CyclePledge.is_standby).is_(False)
    )
    return Balance(
        month=previous.month,
        num_eligible=session.exec(eligible).one(),
        num_places=session.exec(places).one(),
    )
