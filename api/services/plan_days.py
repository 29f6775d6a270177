"""Days on which a month's packages may be driven out, as a coordinator chooses them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from api.services.fleet import default_days
from api.services.routing_problem import states_to_plan
from data.queries.routes import last_box_day

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.schema import Cycle

__all__ = ["MOST_DAYS", "days_on_offer", "usual_days"]

MOST_DAYS = 31
"""As far ahead as the boxes of a month are planned."""


def days_on_offer(session: Session, *, cycle: Cycle, today: date) -> tuple[date, ...]:
    """Return a month of days from the first that may still be driven, also days off.

    A posyandu may have its day on a Saturday.
    """
    first = _first(session, cycle, today)
    return tuple(first + timedelta(days=number) for number in range(MOST_DAYS))


def usual_days(session: Session, *, cycle: Cycle, today: date) -> tuple[date, ...]:
    """Return the days of a plan where nobody chose: six workdays, Fridays too."""
    return default_days(_first(session, cycle, today), works_fridays=True)


def _first(session: Session, cycle: Cycle, today: date) -> date:
    """Return the day of the latest box that has not left, also one on a route; not one gone by."""
    last = last_box_day(session, cycle_id=cycle.id or 0, states=states_to_plan(session))
    return max(last or today, today, date.fromisoformat(f"{cycle.month}-01"))
