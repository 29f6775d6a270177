"""Routes as people work on them: looked at, reordered, confirmed, stale when the ground moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, Cycle, Route, RouteState, Stop, StopKind, StopState

__all__ = [
    "Placement",
    "RouteView",
    "StopPackage",
    "StopView",
    "best_places",
    "confirm_all",
    "confirm_route",
    "list_routes",
    "mark_stale_for_child",
    "mark_stale_for_package",
    "merge_routes",
    "move_stop",
    "reorder_route",
    "route_view",
    "split_route",
    "waiting_stops",
]


@dataclass(frozen=True, slots=True)
class StopPackage:
    """A package at a stop, by its opaque code."""

    package_id: int
    code: str
    kit_code: str
    child_code: str
    household_code: str
    guardian_name: str
    state: str
    weight_g: int
    volume_ml: int
    contents: tuple[tuple[str, int], ...]
    """Item code and units."""


@dataclass(frozen=True, slots=True)
class StopView:
    """A stop with its copied address and its packages."""

    id: int
    uid: str
    route_id: int | None
    sequence: int | None
    kind: StopKind
    state: StopState
    label: str
    recipient: str
    phone: str | None
    address: str
    rt: str | None
    rw: str | None
    landmark: str | None
    kelurahan_code: str | None
    lat: float | None
    lon: float | None
    arrives_at: str | None
    leg_distance_m: int | None
    wanted_on: date | None
    packages: tuple[StopPackage, ...]
    version: int


@dataclass(frozen=True, slots=True)
class RouteView:
    """A route with totals added up from its own stops."""

    id: int
    uid: str
    code: str
    day: date
    trip: int
    state: RouteState
    vehicle_id: int
    vehicle_name: str
    vehicle_kind: str
    plate: str | None
    courier_name: str | None
    courier_phone: str | None
    depot_name: str
    depot_lat: float
    depot_lon: float
    leaves_at: str
    returns_at: str
    distance_m: int
    duration_s: int
    distance_source: str
    stops: tuple[StopView, ...]
    num_packages: int
    weight_g: int
    volume_ml: int
    capacity_g: int
    capacity_ml: int
    violations: tuple[dict[str, object], ...]
    """Each ``{"code", "stop_uid" | None, "params"}``."""
    accepted_reason: str
    confirmed_by: str | None
    confirmed_at: datetime | None
    dispatched_at: datetime | None
    opened_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Placement:
    """A place for a stop in a route: before which position, and what it adds."""

    route_id: int
    route_code: str
    position: int
    added_distance_m: int
    added_duration_s: int
    violations: tuple[dict[str, object], ...]


def list_routes(
    session: Session,
    *,
    cycle: Cycle,
    day: date | None = None,
    state: RouteState | None = None,
) -> list[RouteView]:
    """Return the routes of a month by day and code, cancelled ones left out."""
    raise NotImplementedError


def route_view(session: Session, *, route: Route) -> RouteView:
    """Return one route with its stops and packages."""
    raise NotImplementedError


def waiting_stops(session: Session, *, cycle: Cycle) -> list[StopView]:
    """Return the stops that wait for a route: new attempts, and those taken off a route."""
    raise NotImplementedError


def reorder_route(
    session: Session,
    *,
    route: Route,
    stop_uids: Sequence[str],
    by: Account,
    now: datetime,
    base_version: int,
) -> RouteView:
    """Put the stops in the order given. Times are recomputed; violations are named, not refused.

    A changed route is *planned* again and has to be confirmed.
    """
    raise NotImplementedError


def move_stop(
    session: Session,
    *,
    stop: Stop,
    to_route: Route | None,
    position: int = 1,
    by: Account,
    now: datetime,
    base_version: int,
) -> tuple[RouteView, ...]:
    """Move a stop to a position (from 1) of a route, or off all routes (None)."""
    raise NotImplementedError


def best_places(session: Session, *, stop: Stop, limit: int = 5) -> list[Placement]:
    """Return where a stop fits best, the least added distance without violations first."""
    raise NotImplementedError


def split_route(
    session: Session,
    *,
    route: Route,
    after_position: int,
    by: Account,
    now: datetime,
    base_version: int,
) -> tuple[RouteView, RouteView]:
    """Cut a route in two trips of the same vehicle."""
    raise NotImplementedError


def merge_routes(
    session: Session,
    *,
    route: Route,
    other: Route,
    by: Account,
    now: datetime,
    base_version: int,
) -> RouteView:
    """Append the stops of another route of the same day; the other route is cancelled."""
    raise NotImplementedError


def confirm_route(
    session: Session,
    *,
    route: Route,
    by: Account,
    now: datetime,
    base_version: int,
    accept_reason: str = "",
) -> RouteView:
    """Confirm a planned or stale route; violations need a reason for accepting them."""
    raise NotImplementedError


def confirm_all(
    session: Session, *, cycle: Cycle, by: Account, now: datetime
) -> tuple[list[RouteView], list[RouteView]]:
    """Confirm every route without violations; returns those confirmed and those left."""
    raise NotImplementedError


def mark_stale_for_child(
    session: Session, *, child_id: int, by: Account, now: datetime, reason: str
) -> list[Route]:
    """Take a child's undelivered stop off its route after a move, pause, exit or new address.

    ``reason``: ``moved``, ``address``, ``exited``, ``graduated``, ``paused``. The route it leaves
    becomes stale; after ``moved`` or ``address`` a new stop with the new address waits, and the
    nearest route of the new kelurahan that can take it does so and becomes stale too. Routes
    already dispatched are left alone and the child's package is flagged as an exception.
    Returns the routes that became stale.
    """
    raise NotImplementedError


def mark_stale_for_package(
    session: Session, *, package_id: int, by: Account, now: datetime, reason: str
) -> list[Route]:
    """Make the route that carries a package stale because its goods changed."""
    raise NotImplementedError
