"""The day from which a month's packages are delivered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.clock import local_date
from api.services.months import first_day
from data.reference.holidays import is_workday
from data.schema import Cycle, Package

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

__all__ = ["default_delivery_day", "next_day", "planned_day"]


def default_delivery_day(cycle: Cycle, now: datetime) -> date:
    """Return the first workday of the month, or from today on when the month has begun."""
    day = max(first_day(cycle.month), local_date(now))
    while not is_workday(day):
        day += timedelta(days=1)
    return day


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
