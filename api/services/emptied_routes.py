"""Routes that a person emptied: they go at once, and come back with a stop that returns to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.route_changes import retime_days
from data.queries.pickups import pickups_of_routes
from data.queries.routes import stops_by_route
from data.schema import AuditEntry, Route, RouteState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["is_empty", "reopen", "was_emptied", "withdraw"]

EMPTIED = "route:emptied"


def is_empty(session: Session, route: Route) -> bool:
    """Return whether a route has neither stops nor pickups."""
    ids = [route.id or 0]
    return not stops_by_route(session, route_ids=ids).get(ids[0]) and not pickups_of_routes(
        session, route_ids=ids
    )


def withdraw(session: Session, route: Route, by: Account, now: datetime, *, about: str) -> Route:
    """Take a route back that lost its last stop, and time its vehicle's other trips anew."""
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
    retime_days(session, [route], by, now)
    return route


def was_emptied(session: Session, route: Route) -> bool:
    """Return whether a route is gone because a person took its last stop off it."""
    if route.state != RouteState.CANCELLED:
        return False
    deeds = (
        select(AuditEntry.action)
        .where(AuditEntry.subject == "route", AuditEntry.subject_id == route.code)
        .order_by(col(AuditEntry.id).desc())
        .limit(1)
    )
    return session.exec(deeds).first() == EMPTIED


def reopen(session: Session, route: Route) -> None:
    """Let an emptied route be driven again, after the trips that its vehicle has that day."""
    trips = select(Route.trip).where(
        Route.vehicle_id == route.vehicle_id,
        Route.day == route.day,
        Route.state != RouteState.CANCELLED,
    )
    taken = set(session.exec(trips))
    if route.trip in taken:
        route.trip = max(taken) + 1
    route.state = RouteState.PLANNED
    route.version += 1
    session.add(route)
    session.flush()
