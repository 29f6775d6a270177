"""The day from which a month's packages are delivered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.clock import local_date
from api.services.months import first_day
from data.reference.holidays import is_workday
from data.schema import Cycle, CycleMove, CycleState, Package

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

__all__ = [
    "default_delivery_day",
    "eligibility_day",
    "first_workday",
    "next_day",
    "planned_day",
]


def default_delivery_day(cycle: Cycle, now: datetime) -> date:
    """Return the first workday of the month, or from today on when the month has begun."""
    return max(first_workday(cycle.month), _workday_from(local_date(now)))


def first_workday(month: str) -> date:
    """Return the first workday of a month."""
    return _workday_from(first_day(month))


def _workday_from(day: date) -> date:
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def eligibility_day(session: Session, *, cycle: Cycle, now: datetime | None = None) -> date:
    """Return the day on which a child's age decides whether it takes part in a month.

    It is the day that packages are planned to leave, as it stood when the month was locked; before
    the lock, as it stands ``now``. Matching leaves out who is too old on it; packing asks the same
    day, so that nobody who was matched loses the place when the boxes leave later.
    """
    locked_at = None
    if cycle.state != CycleState.DRAFT:
        locked_at = session.exec(
            select(CycleMove.at)
            .where(CycleMove.cycle_id == cycle.id, CycleMove.verb == "lock")
            .order_by(col(CycleMove.id).desc())
        ).first()
    seen_at = locked_at or now
    return default_delivery_day(cycle, seen_at) if seen_at else first_workday(cycle.month)


def planned_day(session: Session, cycle: Cycle) -> date | None:
    """Return the day that the month's packages were made for, None before the first."""
    return session.exec(
        select(col(Package.deliver_on))
        .where(Package.cycle_id == cycle.id)
        .order_by(col(Package.id))
        .limit(1)
    ).first()


def next_day(session: Session, cycle: Cycle, now: datetime) -> date:
    """Return the day that was planned, or the next workday when it has passed."""
    planned = planned_day(session, cycle)
    if planned is not None and planned >= local_date(now):
        return planned
    return default_delivery_day(cycle, now)
