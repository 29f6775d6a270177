"""Reading routes, stops and the packages that wait for a way."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import exists, func
from sqlmodel import col, select

from data.schema import (
    Cycle,
    CycleState,
    Depot,
    Household,
    Package,
    PackageState,
    PlanRun,
    Route,
    RouteState,
    RunState,
    Stop,
    StopState,
    Vehicle,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlmodel import Session

__all__ = [
    "EDITABLE",
    "ROUTE_NUMBER",
    "active_vehicles",
    "free_routes",
    "last_box_day",
    "latest_run",
    "latest_run_before",
    "num_route_codes",
    "packages_by_stop",
    "packages_to_plan",
    "routes_of_cycle",
    "routes_of_vehicle_day",
    "states_of_laden_routes",
    "stops_by_route",
    "trips_out",
    "vehicle_days_taken",
    "waiting_stops_of",
    "works_on",
]

ROUTE_NUMBER = (func.length(Route.code), col(Route.code))
"""Orders routes of a month by their number, whose digits grow: R-2612-99 before R-2612-100."""
EDITABLE = (RouteState.PLANNED, RouteState.CONFIRMED, RouteState.STALE)
"""Routes that have not left and may still be changed."""


def packages_to_plan(
    session: Session, *, cycle_id: int, states: Sequence[PackageState]
) -> list[tuple[Package, Household, Stop | None]]:
    """Return the packages in the depot that no route on its way carries, by code."""
    rows = session.exec(
        select(Package, Household, Stop)
        .join(Household, col(Household.id) == Package.household_id)
        .outerjoin(Stop, col(Stop.id) == Package.stop_id)
        .where(Package.cycle_id == cycle_id, col(Package.state).in_(states))
        .order_by(col(Package.code))
    )
    return [(package, home, stop) for package, home, stop in rows]


def last_box_day(session: Session, *, cycle_id: int, states: Sequence[PackageState]) -> date | None:
    """Return the latest day that a box in the depot was made for, None without one."""
    rows = select(func.max(Package.deliver_on)).where(
        Package.cycle_id == cycle_id, col(Package.state).in_(states)
    )
    return session.exec(rows).one()


def free_routes(session: Session, *, cycle_id: int) -> list[Route]:
    """Return the routes of a month that its next plan takes back: not left, not locked."""
    rows = select(Route).where(
        Route.cycle_id == cycle_id,
        col(Route.state).in_(EDITABLE),
        col(Route.is_locked).is_(False),
    )
    return list(session.exec(rows.order_by(col(Route.day), *ROUTE_NUMBER)))


def active_vehicles(session: Session) -> list[Vehicle]:
    """Return the vehicles in use."""
    rows = select(Vehicle).where(col(Vehicle.is_active).is_(True)).order_by(col(Vehicle.id))
    return list(session.exec(rows))


def works_on(vehicle: Vehicle, day: date) -> bool:
    """Return whether a vehicle drives on a day of the week; one without days of its own does."""
    return not vehicle.weekdays or day.weekday() in vehicle.weekdays


def routes_of_cycle(
    session: Session,
    *,
    cycle_id: int,
    day: date | None = None,
    states: Sequence[RouteState] | None = None,
) -> list[tuple[Route, Vehicle, Depot]]:
    """Return the routes of a month by day and code, cancelled ones left out."""
    rows = (
        select(Route, Vehicle, Depot)
        .join(Vehicle, col(Vehicle.id) == Route.vehicle_id)
        .join(Depot, col(Depot.id) == Route.depot_id)
        .where(Route.cycle_id == cycle_id, Route.state != RouteState.CANCELLED)
    )
    if day is not None:
        rows = rows.where(Route.day == day)
    if states is not None:
        rows = rows.where(col(Route.state).in_(states))
    found = session.exec(rows.order_by(col(Route.day), *ROUTE_NUMBER))
    return [(route, vehicle, depot) for route, vehicle, depot in found]


def states_of_laden_routes(session: Session, *, cycle_id: int) -> list[tuple[str, RouteState]]:
    """Return code and state of a month's routes that have a stop, by day and code."""
    rows = (
        select(Route.code, Route.state)
        .where(
            Route.cycle_id == cycle_id,
            Route.state != RouteState.CANCELLED,
            exists().where(col(Stop.route_id) == col(Route.id)),
        )
        .order_by(col(Route.day), *ROUTE_NUMBER)
    )
    return [(code, RouteState(state)) for code, state in session.exec(rows)]


def routes_of_vehicle_day(session: Session, *, vehicle_id: int, day: date) -> list[Route]:
    """Return the trips that one vehicle still has to make on one day, by trip."""
    rows = select(Route).where(
        Route.vehicle_id == vehicle_id, Route.day == day, col(Route.state).in_(EDITABLE)
    )
    return list(session.exec(rows.order_by(col(Route.trip), col(Route.id))))


def trips_out(session: Session, *, days: Sequence[date]) -> list[Route]:
    """Return the routes planned for these days that have left, finished ones too."""
    rows = select(Route).where(
        col(Route.day).in_(days),
        col(Route.state).in_((RouteState.DISPATCHED, RouteState.FINISHED)),
    )
    return list(session.exec(rows))


def vehicle_days_taken(session: Session, *, cycle_id: int) -> dict[tuple[int, date], list[str]]:
    """Return vehicle and day → codes of the routes for which a month's planner leaves them alone.

    Those are routes that a person fixed, and routes of other months, while they may still leave.
    """
    rows = (
        select(Route)
        .join(Cycle, col(Cycle.id) == Route.cycle_id)
        .where(
            col(Route.is_locked).is_(True) | (col(Route.cycle_id) != cycle_id),
            col(Route.state).in_(EDITABLE),
            col(Cycle.state).not_in((CycleState.CLOSED, CycleState.CANCELLED)),
        )
        .order_by(*ROUTE_NUMBER)
    )
    taken: defaultdict[tuple[int, date], list[str]] = defaultdict(list)
    for route in session.exec(rows):
        taken[route.vehicle_id, route.day].append(route.code)
    return taken


def stops_by_route(session: Session, *, route_ids: Sequence[int]) -> dict[int, list[Stop]]:
    """Return the stops of each route in order."""
    rows = session.exec(
        select(Stop)
        .where(col(Stop.route_id).in_(route_ids))
        .order_by(col(Stop.route_id), col(Stop.sequence), col(Stop.id))
    )
    found: dict[int, list[Stop]] = defaultdict(list)
    for stop in rows:
        if stop.route_id is not None:
            found[stop.route_id].append(stop)
    return found


def packages_by_stop(session: Session, *, stop_ids: Sequence[int]) -> dict[int, list[Package]]:
    """Return the packages of each stop by code."""
    rows = session.exec(
        select(Package).where(col(Package.stop_id).in_(stop_ids)).order_by(col(Package.code))
    )
    found: dict[int, list[Package]] = defaultdict(list)
    for package in rows:
        if package.stop_id is not None:
            found[package.stop_id].append(package)
    return found


def waiting_stops_of(session: Session, *, cycle_id: int) -> list[Stop]:
    """Return the stops that wait for a route."""
    rows = select(Stop).where(
        Stop.cycle_id == cycle_id,
        col(Stop.route_id).is_(None),
        Stop.state == StopState.PLANNED,
    )
    return list(session.exec(rows.order_by(col(Stop.wanted_on), col(Stop.id))))


def latest_run(session: Session, *, cycle_id: int) -> PlanRun | None:
    """Return the month's latest finished plan, or None."""
    rows = select(PlanRun).where(PlanRun.cycle_id == cycle_id, PlanRun.state == RunState.DONE)
    return session.exec(rows.order_by(col(PlanRun.id).desc())).first()


def latest_run_before(session: Session, *, cycle: Cycle) -> PlanRun | None:
    """Return the latest finished plan of the city's earlier months, or None."""
    rows = (
        select(PlanRun)
        .join(Cycle, col(Cycle.id) == PlanRun.cycle_id)
        .where(
            Cycle.city_code == cycle.city_code,
            Cycle.month < cycle.month,
            PlanRun.state == RunState.DONE,
        )
        .order_by(col(Cycle.month).desc(), col(PlanRun.id).desc())
    )
    return session.exec(rows).first()


def num_route_codes(session: Session, *, prefix: str) -> int:
    """Return how many routes have a code that begins like this."""
    return session.exec(
        select(func.count()).select_from(Route).where(col(Route.code).startswith(prefix))
    ).one()
