"""A route that a person opens: of a month and a plan that are there, without stops yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.queries.routes import num_route_codes
from data.schema import Cycle, Route

if TYPE_CHECKING:
    from sqlmodel import Session

__all__ = ["add_route"]


def add_route(
    session: Session, *, like: Route, vehicle_id: int, depot_id: int, trip: int, leaves_at: str
) -> Route:
    """Store a route of the month, day and plan of another, with the month's next code."""
    month = session.get_one(Cycle, like.cycle_id).month
    prefix = f"R-{month[2:4]}{month[5:7]}-"
    route = Route(
        code=f"{prefix}{num_route_codes(session, prefix=prefix) + 1:02d}",
        cycle_id=like.cycle_id,
        plan_run_id=like.plan_run_id,
        vehicle_id=vehicle_id,
        depot_id=depot_id,
        day=like.day,
        trip=trip,
        leaves_at=leaves_at,
        returns_at=leaves_at,
        distance_m=0,
        duration_s=0,
        distance_source=like.distance_source,
    )
    session.add(route)
    session.flush()
    return route
