"""What every change of a route's stops brings: new numbers, new times, a new confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services import audit
from api.services.route_timing import retime
from data.queries.pickups import pickups_of_routes
from data.queries.routes import routes_of_vehicle_day
from data.schema import RouteState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Route, Stop

__all__ = ["make_stale", "number_stops", "retime_days", "shift_pickups"]


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


def make_stale(
    session: Session,
    route: Route,
    reason: str,
    by: Account,
    now: datetime,
    *,
    about: str = "",
    fields: Collection[str] = (),
) -> None:
    """Time a route anew and ask for its confirmation again; one that never had it stays planned.

    Parameters
    ----------
    reason
        What moved: see :mod:`api.services.stale_causes`.
    about
        Whose: the code or name of the package, vehicle, depot, street …
    fields
        Of a vehicle or depot, those that changed.
    """
    retime_days(session, [route], by, now)
    if route.state == RouteState.PLANNED and route.confirmed_at is None:
        route.version += 1
        session.add(route)
        session.flush()
        return
    _mark_stale(session, route, reason, by, now, about=about, fields=fields)


def retime_days(
    session: Session, changed: Sequence[Route], by: Account, now: datetime
) -> list[Route]:
    """Time the days of some routes' vehicles anew; return their sister trips that moved with them.

    A confirmed sister whose hours or violations are others now has to be confirmed again: its sheet
    would name the wrong times, and what it breaks since would never be seen.
    """
    moved = []
    own = {route.id for route in changed}
    for vehicle_id, day in sorted({(route.vehicle_id, route.day) for route in changed}):
        trips = routes_of_vehicle_day(session, vehicle_id=vehicle_id, day=day)
        before = {route.id: _told(route) for route in trips}
        retime(session, trips)
        moved += [r for r in trips if r.id not in own and _told(r) != before[r.id]]
    for sister in moved:
        if sister.state == RouteState.CONFIRMED:
            _mark_stale(session, sister, "sister", by, now, about=changed[0].code)
    return moved


def _told(route: Route) -> tuple[str, str, list[str]]:
    """Return what is confirmed of a route beside its stops: hours, and the rules it breaks."""
    return route.leaves_at, route.returns_at, sorted(str(v["code"]) for v in route.violations)


def _mark_stale(
    session: Session,
    route: Route,
    reason: str,
    by: Account,
    now: datetime,
    *,
    about: str,
    fields: Collection[str] = (),
) -> None:
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
        after={
            "state": route.state.value,
            "reason": reason,
            **({"about": about} if about else {}),
            **({"changed_fields": sorted(fields)} if fields else {}),
        },
    )
    session.flush()
