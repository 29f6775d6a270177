"""Routes that a person emptied: they go at once, and come back with a stop that returns to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from data.queries.pickups import pickups_of_routes
from data.queries.routes import EDITABLE, active_vehicles, stops_by_route, works_on
from data.schema import AuditEntry, Route, RouteState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Cycle

__all__ = ["is_empty", "may_return", "reopen", "withdraw"]

EMPTIED = "route:emptied"
FILLED = "route:move_stop"


def is_empty(session: Session, route: Route) -> bool:
    """Return whether a route has neither stops nor pickups."""
    ids = [route.id or 0]
    return not stops_by_route(session, route_ids=ids).get(ids[0]) and not pickups_of_routes(
        session, route_ids=ids
    )


def withdraw(session: Session, route: Route, by: Account, now: datetime, *, about: str) -> None:
    """Take a route back that lost its last stop; its vehicle's other trips are to be timed anew."""
    before = route.state
    route.state = RouteState.CANCELLED
    route.returns_at, route.distance_m, route.duration_s = route.leaves_at, 0, 0
    route.violations, route.pauses, route.accepted_reason = [], None, ""
    route.confirmed_by = route.confirmed_at = None
    route.version += 1
    session.add(route)
    audit.record(
        session,
        by=by,
        action=EMPTIED,
        subject="route",
        subject_id=route.code,
        now=now,
        before={"state": before.value},
        after={"state": route.state.value, "about": about},
    )
    session.flush()


def may_return(session: Session, route: Route, cycle: Cycle) -> bool:
    """Return whether a route is gone because a person emptied it, and could be driven again.

    Not when the month was planned anew since, nor when its vehicle no longer works that day.
    """
    if route.state != RouteState.CANCELLED or route.plan_run_id != cycle.plan_run_id:
        return False
    deeds = (
        select(AuditEntry.action)
        .where(
            AuditEntry.subject == "route",
            AuditEntry.subject_id == route.code,
            col(AuditEntry.action).in_((EMPTIED, FILLED)),
        )
        .order_by(col(AuditEntry.id).desc())
        .limit(1)
    )
    return session.exec(deeds).first() == EMPTIED and any(
        vehicle.id == route.vehicle_id and works_on(vehicle, route.day)
        for vehicle in active_vehicles(session)
    )


def reopen(session: Session, route: Route) -> None:
    """Let an emptied route be driven again in its place, or last where that is taken or past."""
    trips = select(Route.trip, Route.state).where(
        Route.vehicle_id == route.vehicle_id,
        Route.day == route.day,
        Route.state != RouteState.CANCELLED,
    )
    others = session.exec(trips).all()
    if any(t == route.trip or (t > route.trip and state not in EDITABLE) for t, state in others):
        route.trip = max(trip for trip, _ in others) + 1
    route.state = RouteState.PLANNED
    route.version += 1
    session.add(route)
    session.flush()
