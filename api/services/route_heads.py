"""Routes as rows of a list: their totals, without their stops.

A city's month has hundreds of routes with thousands of stops; a list shows sums of them. What a
route carries is what :class:`api.services.route_views.RouteView` counts: the packages of its stops,
and those that left for them and went on since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.route_crews import crew_of
from data.queries.route_loads import loads_of_routes
from data.queries.routes import routes_of_cycle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Cycle, Depot, Route, RouteState, Vehicle

__all__ = ["RouteHead", "heads_of", "list_heads"]


@dataclass(frozen=True, slots=True)
class RouteHead:
    """A route with totals; weights in grams.

    ``num_reached``: its stops that are no longer to be driven to. ``num_pickups``: places where it
    fetches goods.
    """

    id: int
    code: str
    day: date
    trip: int
    state: RouteState
    vehicle_id: int
    vehicle_name: str
    courier_name: str | None
    leaves_at: str
    returns_at: str
    distance_m: int
    num_stops: int
    num_reached: int
    num_pickups: int
    num_packages: int
    weight_g: int
    capacity_g: int
    violations: tuple[dict[str, object], ...]
    opened_at: datetime | None


def list_heads(session: Session, *, cycle: Cycle, day: date | None = None) -> list[RouteHead]:
    """Return the routes of a month, or of one day of it, by day and code; cancelled left out."""
    return heads_of(session, routes_of_cycle(session, cycle_id=cycle.id or 0, day=day))


def heads_of(session: Session, rows: Sequence[tuple[Route, Vehicle, Depot]]) -> list[RouteHead]:
    """Return routes with their totals, in the order given."""
    loads = loads_of_routes(session, route_ids=[route.id or 0 for route, _, _ in rows])
    found = []
    for route, vehicle, _ in rows:
        load, crew = loads[route.id or 0], crew_of(route, vehicle)
        found.append(
            RouteHead(
                id=route.id or 0,
                code=route.code,
                day=route.day,
                trip=route.trip,
                state=route.state,
                vehicle_id=vehicle.id or 0,
                vehicle_name=vehicle.name,
                courier_name=crew.courier_name,
                leaves_at=route.leaves_at,
                returns_at=route.returns_at,
                distance_m=route.distance_m,
                num_stops=load.num_stops,
                num_reached=load.num_reached,
                num_pickups=load.num_pickups,
                num_packages=load.num_packages,
                weight_g=load.weight_g,
                capacity_g=crew.capacity_g,
                violations=tuple(route.violations),
                opened_at=route.opened_at,
            )
        )
    return found
