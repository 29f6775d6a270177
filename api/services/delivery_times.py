"""When a delivery happened: what a device says, kept between departure and receipt.

A phone's clock may stand in another year and a sheet may be typed with the wrong month; such a
time would decide which of two events counts, and on which day a family is said to have received.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from api.services.clock import ZONE
from data.schema import Route, Stop

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from data.schema import Package

__all__ = ["clock_note", "earliest_moment", "plausible_moment"]


def plausible_moment(
    session: Session, *, package: Package, stop_id: int | None, reported: datetime, now: datetime
) -> datetime:
    """Return the instant that counts: ``reported``, not after ``now`` and not before departure."""
    earliest = earliest_moment(session, package=package, stop_id=stop_id)
    return min(now, max(reported, earliest) if earliest else reported)


def earliest_moment(session: Session, *, package: Package, stop_id: int | None) -> datetime | None:
    """Return the first instant at which a package can have been handed over at a stop.

    The start of the route's day, or its departure where that was earlier: a departure is often
    noted only when the vehicle is back. Without a route, the first departure of the month; None
    where nothing has left.
    """
    stop = session.get(Stop, stop_id) if stop_id else None
    route = session.get(Route, stop.route_id) if stop and stop.route_id else None
    if route is not None:
        return _departure(route.day, route.dispatched_at)
    day, left_at = session.exec(
        select(func.min(Route.day), func.min(Route.dispatched_at)).where(
            Route.cycle_id == package.cycle_id, col(Route.dispatched_at).is_not(None)
        )
    ).one()
    return _departure(day, left_at) if day else None


def clock_note(reported: datetime, happened: datetime) -> dict[str, object]:
    """Return both times as people read them, for the sentence that says which one counts."""
    return {
        name: moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
        for name, moment in (("reported", reported), ("counted", happened))
    }


def _departure(day: date, left_at: datetime | None) -> datetime:
    start = datetime.combine(day, time(), ZONE)
    return min(start, left_at) if left_at else start
