"""What a month counts, as the store adds it up: only the columns that a rule looks at are read.

A first page is opened many times a day and a register has 10,000 children, so whole records are
left where they are. Rows read like the records whose columns they hold.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from data.schema import (
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    Cycle,
    CycleChild,
    CyclePledge,
    Household,
    Measurement,
    Pledge,
    Sponsor,
)

GONE = (ChildState.DUPLICATE, ChildState.GRADUATED, ChildState.EXITED)


def child_rows(session: Session) -> list[Any]:
    """Return what says who may take part, of every child who was not left out for good, by code.

    A row reads like a child and like its household.
    """
    found = session.execute(
        select(
            col(Child.id),
            col(Child.state),
            col(Child.born_on),
            col(Child.paused_until),
            col(Child.was_in_programme),
            col(Household.kelurahan_code),
        )
        .join(Household, col(Household.id) == col(Child.household_id))
        .where(col(Child.state).not_in(GONE))
        .order_by(col(Child.code))
    )
    return list(found)


def newest_heights(session: Session) -> dict[int, Any]:
    """Return child → its newest measurement that has a height-for-age z-score: day and score."""
    newest = (
        select(col(Measurement.child_id), func.max(col(Measurement.measured_on)).label("day"))
        .where(col(Measurement.haz).is_not(None))
        .group_by(col(Measurement.child_id))
        .subquery()
    )
    found = session.execute(
        select(col(Measurement.child_id), col(Measurement.measured_on), col(Measurement.haz)).join(
            newest,
            (newest.c.child_id == col(Measurement.child_id))
            & (newest.c.day == col(Measurement.measured_on)),
        )
    )
    return {row.child_id: row for row in found}


def programme_papers(session: Session) -> dict[int, list[Any]]:
    """Return child → what its guardians' papers on the programme say."""
    found = session.execute(
        select(
            col(Consent.child_id),
            col(Consent.purpose),
            col(Consent.granted_on),
            col(Consent.expires_on),
            col(Consent.withdrawn_at),
            col(Consent.is_refusal),
        ).where(col(Consent.purpose) == ConsentPurpose.PROGRAMME)
    )
    papers: dict[int, list[Any]] = defaultdict(list)
    for row in found:
        papers[row.child_id].append(row)
    return papers


def pledge_groups(session: Session) -> list[Any]:
    """Return the pledges that promise the same for the same months as one row, with ``count``.

    A row reads like a pledge; ``sponsor_state`` is that of its sponsors.
    """
    same = (
        col(Pledge.state),
        col(Pledge.form),
        col(Pledge.num_children),
        col(Pledge.amount_rp),
        col(Pledge.first_month),
        col(Pledge.num_months),
        col(Pledge.ended_on),
        col(Pledge.suspended_from),
        col(Pledge.suspended_until),
        col(Pledge.is_standby),
        col(Sponsor.state),
    )
    found = session.execute(
        select(*same[:-1], same[-1].label("sponsor_state"), func.count().label("number"))
        .join(Sponsor, col(Sponsor.id) == col(Pledge.sponsor_id))
        .group_by(*same)
    )
    return list(found)


def frozen_children(
    session: Session, cycle: Cycle, *, without: Collection[int]
) -> list[tuple[bool, str | None, int]]:
    """Return (takes part, why not, how many) of a locked month, some records left out."""
    found = session.execute(
        select(col(CycleChild.is_eligible), col(CycleChild.reason), func.count())
        .where(col(CycleChild.cycle_id) == cycle.id, col(CycleChild.child_id).not_in(without))
        .group_by(col(CycleChild.is_eligible), col(CycleChild.reason))
    )
    return [(bool(is_in), reason, count) for is_in, reason, count in found]


def frozen_pledges(session: Session, cycle: Cycle) -> list[tuple[bool, str | None, int, int]]:
    """Return (standby, why no place, how many, their places) of a locked month."""
    found = session.execute(
        select(
            col(CyclePledge.is_standby),
            col(CyclePledge.reason),
            func.count(),
            func.coalesce(func.sum(col(CyclePledge.capacity)), 0),
        )
        .where(col(CyclePledge.cycle_id) == cycle.id)
        .group_by(col(CyclePledge.is_standby), col(CyclePledge.reason))
    )
    return [(bool(standby), reason, count, int(places)) for standby, reason, count, places in found]


def frozen_without(
    session: Session, cycle: Cycle, *, reason: str, without: Collection[int]
) -> list[int]:
    """Return the children that a locked month left out for a reason, by code."""
    found = session.execute(
        select(col(CycleChild.child_id))
        .join(Child, col(Child.id) == col(CycleChild.child_id))
        .where(
            col(CycleChild.cycle_id) == cycle.id,
            col(CycleChild.reason) == reason,
            col(CycleChild.child_id).not_in(without),
        )
        .order_by(col(Child.code))
    )
    return [number for (number,) in found]
