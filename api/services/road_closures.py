"""Roads closed for some days and opened again; routes over them are driven anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.cycle_lock import hold_cycle
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.road_map import NEAR_M, active_map, network_in
from api.services.route_changes import make_stale
from api.services.route_timing import retime
from data.queries.routes import EDITABLE, routes_of_vehicle_day
from data.schema import Cycle, RoadClosure, Role, Route, RouteState

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["RoadChange", "close_road", "lift_closure"]


@dataclass(frozen=True, slots=True)
class RoadChange:
    """A road closed or opened, and the routes that drive another way since."""

    closure: RoadClosure
    routes: tuple[Route, ...]


def close_road(
    session: Session,
    *,
    lat: float,
    lon: float,
    from_day: date,
    to_day: date | None,
    reason: str,
    by: Account,
    now: datetime,
) -> RoadChange:
    """Close the road at a place, both directions, for some days (``to_day`` None: until lifted).

    Routes that have not left and drive there become stale.

    Raises
    ------
    Refused
        ``roads.none`` without a map.
    Invalid
        By field: ``roads.nothing_near``, ``roads.reason``, ``roads.days``.
    """
    from logistics.snapping import arcs_near

    if by.role != Role.COORDINATOR:
        raise Forbidden("roads.role", role=by.role.value)
    row = active_map(session)
    if row is None:
        raise Refused("roads.none")
    wrong = {}
    if not reason.strip():
        wrong["reason"] = "roads.reason"
    if to_day is not None and to_day < from_day:
        wrong["to_day"] = "roads.days"
    network = network_in(row)
    arcs = arcs_near(network, [(lat, lon)], within_m=NEAR_M)[0]
    if not arcs:
        wrong["place"] = "roads.nothing_near"
    if wrong:
        raise Invalid("roads.closure", fields=wrong)
    closure = RoadClosure(
        street=network.names[int(network.name[arcs[0]])][:200],
        lat=lat,
        lon=lon,
        from_day=from_day,
        to_day=to_day,
        reason=reason.strip()[:300],
        by=by.username,
        created_at=now,
    )
    session.add(closure)
    session.flush()
    _told(session, closure, "roads:close", by, now)
    return RoadChange(closure, _drive_anew(session, closure, "road_closed", by, now))


def lift_closure(session: Session, *, closure_id: int, by: Account, now: datetime) -> RoadChange:
    """Open a road again.

    Raises
    ------
    NotFound
        ``roads.no_closure``.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("roads.role", role=by.role.value)
    closure = session.get(RoadClosure, closure_id) if 0 < closure_id < 2**31 else None
    if closure is None or closure.lifted_at is not None:
        raise NotFound("roads.no_closure")
    closure.lifted_by, closure.lifted_at = by.username, now
    session.add(closure)
    session.flush()
    _told(session, closure, "roads:open", by, now)
    return RoadChange(closure, _drive_anew(session, closure, "road_opened", by, now))


def _told(session: Session, closure: RoadClosure, action: str, by: Account, now: datetime) -> None:
    audit.record(
        session,
        by=by,
        action=action,
        subject="roads",
        subject_id=str(closure.id),
        now=now,
        after={"street": closure.street, "from": closure.from_day.isoformat()},
        purpose=closure.reason,
    )


def _drive_anew(
    session: Session, closure: RoadClosure, reason: str, by: Account, now: datetime
) -> tuple[Route, ...]:
    """Time the routes of those days anew; return what changed, to be confirmed again."""
    months = select(Route.cycle_id).where(col(Route.state).in_(EDITABLE))
    for cycle in session.exec(
        select(Cycle).where(col(Cycle.id).in_(months)).order_by(col(Cycle.month))
    ).all():
        hold_cycle(session, cycle)
    rows = select(Route).where(
        col(Route.state).in_(EDITABLE),
        col(Route.distance_source).startswith("roads"),
        Route.day >= closure.from_day,
    )
    if closure.to_day is not None:
        rows = rows.where(Route.day <= closure.to_day)
    routes = session.exec(rows.order_by(col(Route.id))).all()
    before = {route.id: _driven(route) for route in routes}  # all, for sister trips change together
    for vehicle_id, day in sorted({(route.vehicle_id, route.day) for route in routes}):
        retime(session, routes_of_vehicle_day(session, vehicle_id=vehicle_id, day=day))
    changed = tuple(route for route in routes if _driven(route) != before[route.id])
    for route in changed:
        if route.state != RouteState.PLANNED:
            make_stale(session, route, reason, by, now, about=closure.street)
    return changed


def _driven(route: Route) -> tuple[int, int, str, int]:
    return route.distance_m, route.duration_s, route.leaves_at, len(route.violations)
