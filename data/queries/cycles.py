"""What the use cases of a month read: last month's pairs, who had a package when, a snapshot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, union_all
from sqlmodel import Session, SQLModel, col, select

from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    Cycle,
    CycleChild,
    CyclePledge,
    CycleState,
    Household,
    Measurement,
    Package,
    PackageState,
    Pledge,
    Sponsor,
)

STANDING = (
    AssignmentState.PROPOSED,
    AssignmentState.APPROVED,
    AssignmentState.FULFILLED,
    AssignmentState.PARTLY_FULFILLED,
    AssignmentState.UNFULFILLED,
)
SERVED = (AssignmentState.FULFILLED, AssignmentState.PARTLY_FULFILLED)
ARRIVED = (PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)
AGREED = (
    CycleState.APPROVED,
    CycleState.PACKING,
    CycleState.DISTRIBUTING,
    CycleState.RECONCILING,
    CycleState.CLOSED,
)
Row = TypeVar("Row", bound=SQLModel)


def previous_agreed_cycle(session: Session, cycle: Cycle) -> Cycle | None:
    """Return the latest month before this one that was approved."""
    return session.exec(
        select(Cycle)
        .where(
            Cycle.city_code == cycle.city_code,
            Cycle.month < cycle.month,
            col(Cycle.state).in_(AGREED),
        )
        .order_by(col(Cycle.month).desc())
        .limit(1)
    ).first()


def is_approved(cycle: Cycle) -> bool:
    """Whether a person approved the month; months that were kept elsewhere come in closed."""
    return cycle.approved_by is not None or cycle.state is CycleState.CLOSED


def is_kept_elsewhere(cycle: Cycle) -> bool:
    """Whether only a month's pairs came in, from a file: who was entitled is not known."""
    closed = cycle.state is CycleState.CLOSED
    return closed and cycle.approved_by is None and cycle.snapshot_hash is None


def state_word(cycle: Cycle) -> str:
    """Return where a month stands; one that went on unapproved stays a proposal."""
    went_on = cycle.state in AGREED and not is_approved(cycle)
    return (CycleState.PROPOSED if went_on else cycle.state).value


def standing_assignments(session: Session, cycle: Cycle) -> list[Assignment]:
    """Return the pairs of a month's current run that stand, by child."""
    if cycle.match_run_id is None:
        return []
    return list(
        session.exec(
            select(Assignment)
            .where(
                Assignment.match_run_id == cycle.match_run_id,
                col(Assignment.state).in_(STANDING),
            )
            .order_by(col(Assignment.child_id))
        ).all()
    )


HELD_BACK = ("child.needs_review", "child.open_duplicate")
"""Why a month leaves a child out until a person has looked at its data."""


def held_back_pairs(session: Session, cycle: Cycle) -> dict[int, int]:
    """Return child → pledge of pairs that a month did not keep only because of a look to come."""
    rows = session.exec(
        select(CycleChild.child_id, CycleChild.kept_pledge_id).where(
            CycleChild.cycle_id == cycle.id,
            col(CycleChild.reason).in_(HELD_BACK),
            col(CycleChild.kept_pledge_id).is_not(None),
        )
    )
    return {child_id: pledge_id for child_id, pledge_id in rows if pledge_id is not None}


def last_served_months(
    session: Session, *, before: str, corrected: Mapping[int, bool] | None = None
) -> dict[int, str]:
    """Return child id → the latest month before this one in which a package arrived.

    A month that was reconciled, or kept elsewhere, says so by its pairs; one that is still on its
    way by its packages.

    Parameters
    ----------
    corrected
        Assignment id → whether its child was served, where a closed month was corrected since.
    """
    is_served: ColumnElement[bool] = col(Assignment.state).in_(SERVED)
    if corrected:
        served_after_all = [number for number, served in corrected.items() if served]
        is_served = or_(
            and_(is_served, col(Assignment.id).not_in(corrected)),
            col(Assignment.id).in_(served_after_all),
        )
    judged = (
        select(Assignment.child_id, Cycle.month)
        .join(Cycle, col(Cycle.id) == col(Assignment.cycle_id))
        .where(is_served, Cycle.month < before)
    )
    arrived = (
        select(Package.child_id, Cycle.month)
        .join(Cycle, col(Cycle.id) == col(Package.cycle_id))
        .where(
            col(Package.state).in_(ARRIVED),
            Cycle.state == CycleState.DISTRIBUTING,
            Cycle.month < before,
        )
    )
    served = union_all(judged, arrived).subquery()
    child, month = served.c
    rows = session.exec(select(child, func.max(month)).group_by(child)).all()
    return dict(rows)


def children_with_homes(session: Session) -> list[tuple[Child, Household]]:
    """Return every child that was not left out by a person for good, with its household."""
    gone = (ChildState.DUPLICATE, ChildState.GRADUATED, ChildState.EXITED)
    found = session.exec(
        select(Child, Household)
        .join(Household, col(Household.id) == col(Child.household_id))
        .where(col(Child.state).not_in(gone))
        .order_by(col(Child.code))
    ).all()
    return [(child, household) for child, household in found]


def measurements_by_child(session: Session) -> dict[int, list[Measurement]]:
    """Return every measurement, by child."""
    return _by(session.exec(select(Measurement)).all(), "child_id")


def programme_consents_by_child(session: Session) -> dict[int, list[Consent]]:
    """Return every programme consent, by child."""
    found = session.exec(select(Consent).where(Consent.purpose == ConsentPurpose.PROGRAMME)).all()
    return _by(found, "child_id")


def pledges_with_sponsors(session: Session) -> list[tuple[Pledge, Sponsor]]:
    """Return every pledge with its sponsor, by code."""
    found = session.exec(
        select(Pledge, Sponsor)
        .join(Sponsor, col(Sponsor.id) == col(Pledge.sponsor_id))
        .order_by(col(Pledge.code))
    ).all()
    return [(pledge, sponsor) for pledge, sponsor in found]


def snapshot_children(session: Session, cycle: Cycle) -> list[tuple[CycleChild, str]]:
    """Return the children of a locked month with their codes, by code."""
    found = session.exec(
        select(CycleChild, Child.code)
        .join(Child, col(Child.id) == col(CycleChild.child_id))
        .where(CycleChild.cycle_id == cycle.id)
        .order_by(col(Child.code))
    ).all()
    return [(row, code) for row, code in found]


def snapshot_pledges(session: Session, cycle: Cycle) -> list[tuple[CyclePledge, str, str]]:
    """Return the pledges of a locked month with their codes and their sponsors', by code."""
    found = session.exec(
        select(CyclePledge, Pledge.code, Sponsor.code)
        .join(Pledge, col(Pledge.id) == col(CyclePledge.pledge_id))
        .join(Sponsor, col(Sponsor.id) == col(CyclePledge.sponsor_id))
        .where(CyclePledge.cycle_id == cycle.id)
        .order_by(col(Pledge.code))
    ).all()
    return [(row, pledge_code, sponsor_code) for row, pledge_code, sponsor_code in found]


def _by(rows: Iterable[Row], name: str) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, name)].append(row)
    return grouped
