"""Vehicles that have no route on a day, and the first stop that a person gives one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from api.services.cycle_lock import hold_cycle_of
from api.services.errors import Forbidden, Refused
from api.services.new_routes import add_route
from api.services.routes import move_stop
from data.queries.routes import active_vehicles, routes_of_cycle, works_on
from data.schema import Depot, Role, Route, RouteState

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from api.services.route_views import RouteView
    from data.schema import Account, Stop, Vehicle

__all__ = ["free_vehicles", "move_to_vehicle"]


def free_vehicles(session: Session, *, day: date) -> list[Vehicle]:
    """Return the vehicles that work on a day and have no route on it, of whatever month."""
    taken = select(Route.vehicle_id).where(Route.day == day, Route.state != RouteState.CANCELLED)
    busy = set(session.exec(taken))
    return [
        vehicle
        for vehicle in active_vehicles(session)
        if vehicle.id not in busy and works_on(vehicle, day)
    ]


def move_to_vehicle(
    session: Session,
    *,
    stop: Stop,
    vehicle_id: int,
    day: date,
    by: Account,
    now: datetime,
    base_version: int,
) -> tuple[RouteView, ...]:
    """Move a stop to a vehicle that has no route on a day: it gets one, which has to be confirmed.

    Raises
    ------
    Forbidden, Refused, StaleVersion
        As :func:`api.services.routes.move_stop`; ``route.vehicle_not_free`` when the vehicle has a
        route that day, does not work on it, or the month has no other route on it.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("plan.role", role=by.role.value)
    cycle = hold_cycle_of(session, stop)
    free = {vehicle.id: vehicle for vehicle in free_vehicles(session, day=day)}
    others = routes_of_cycle(session, cycle_id=cycle.id or 0, day=day)
    if vehicle_id not in free or not others:
        raise Refused("route.vehicle_not_free", day=day.isoformat())
    like, _, depot = others[0]
    own = session.get(Depot, free[vehicle_id].depot_id or 0)
    route = add_route(
        session,
        like=like,
        vehicle_id=vehicle_id,
        depot_id=(own or depot).id or 0,
        trip=1,
        leaves_at=like.leaves_at,
    )
    return move_stop(session, stop=stop, to_route=route, by=by, now=now, base_version=base_version)
