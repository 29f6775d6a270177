"""What every change of a route's stops brings: new numbers, new times, a new confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services import audit
from api.services.route_timing import retime
from data.queries.pickups import pickups_of_routes
from data.queries.routes import routes_of_vehicle_day
from data.schema import RouteState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Route, Stop

__all__ = ["make_stale", "number_stops", "shift_pickups"]


def number_stops(session: Session, stops: Sequence[Stop], *, route_id: int | None = None) -> None:
    """Give stops numbers from 1, freed first, because a number is unique in its route."""
    for stop in stops:
        stop.sequence = None
        session.add(stop)
    session.flush()
    for number, stop in enumerate(stops, start=1):
        stop.sequence = number
        if route_id is not None:
            stop.route_id = route_id
        session.add(stop)
    session.flush()


def shift_pickups(session: Session, *, route_id: int, position: int, by: int) -> None:
    """Let pickups behind a position keep their place between the stops that stay.

    ``by`` is 1 where a stop came in at the position, -1 where the one that stood there left.
    """
    for pickup in pickups_of_routes(session, route_ids=[route_id]):
        if (pickup.after or 0) >= position:
            pickup.after = (pickup.after or 0) + by
            session.add(pickup)
    session.flush()


def make_stale(session: Session, route: Route, reason: str, by: Account, now: datetime) -> None:
    """Time a route anew and ask for its confirmation again."""
    retime(session, routes_of_vehicle_day(session, vehicle_id=route.vehicle_id, day=route.day))
    before = route.state
    route.state, route.accepted_reason = RouteState.STALE, ""
    route.version += 1
    session.add(route)
    audit.record(
        session,
        by=by,
        action="route:stale",
        subject="route",
        subject_id=route.code,
        now=now,
        before={"state": before.value},
        after={"state": route.state.value, "reason": reason},
    )
    session.flush()
