"""Days on which a month's packages may be driven out, as a coordinator chooses them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from api.services.fleet import default_days
from api.services.routing_problem import first_day, waiting_packages

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from data.schema import Cycle

__all__ = ["MOST_DAYS", "days_on_offer", "usual_days"]

MOST_DAYS = 31
"""As far ahead as the boxes of a month are planned."""


def days_on_offer(session: Session, *, cycle: Cycle) -> tuple[date, ...]:
    """Return a month of days from the first that the boxes allow, also those offices do not work.

    A posyandu may have its day on a Saturday.
    """
    first = first_day(waiting_packages(session, cycle=cycle), cycle)
    return tuple(first + timedelta(days=number) for number in range(MOST_DAYS))


def usual_days(session: Session, *, cycle: Cycle) -> tuple[date, ...]:
    """Return the days of a plan where nobody chose: six workdays, Fridays too."""
    first = first_day(waiting_packages(session, cycle=cycle), cycle)
    return default_days(first, works_fridays=True)
