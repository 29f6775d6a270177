"""Routes and stops as coordinators read them; totals are added up from the stops' own packages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from api.services.plan_options import ServiceTime, service_of
from api.services.route_crews import crew_of, start_of
from data.queries.pickups import pickups_of_routes
from data.queries.routes import packages_by_stop, routes_of_cycle, stops_by_route, waiting_stops_of
from data.schema import (
    Child,
    Depot,
    DropPoint,
    Household,
    Package,
    PackageLine,
    Pickup,
    PlanRun,
    Stop,
    StopKind,
    Vehicle,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from data.schema import Cycle, PickupState, Route, RouteState, StopState

__all__ = [
    "PickupView",
    "Placement",
    "RouteView",
    "StopPackage",
    "StopView",
    "list_routes",
    "route_view",
    "stop_views",
    "waiting_stops",
]


Row = TypeVar("Row", bound=SQLModel)


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
    opens: str | None
    closes: str | None
    """Hours of the family or the drop point, ``08:00``; None: any."""
    day_of_month: int | None
    """Of a posyandu: when it hands out."""
    gap_from: str | None
    gap_until: str | None
    """Between these hours of the day nobody receives."""
    needs_skills: tuple[str, ...]
    priority: int | None
    """What a person said of who goes first; None: the need of the children."""
    is_pinned: bool
    banned_vehicle_ids: tuple[int, ...]
    packages: tuple[StopPackage, ...]
    sent_on: tuple[StopPackage, ...]
    """Packages that left for this stop and belong to a later attempt, or to none, since."""
    version: int

    @property
    def load(self) -> tuple[StopPackage, ...]:
        """What is to be driven here, or what left for here, by code."""
        return tuple(sorted((*self.packages, *self.sent_on), key=lambda each: each.code))


@dataclass(frozen=True, slots=True)
class PickupView:
    """Goods fetched on a route, behind ``after`` of its stops."""

    uid: str
    label: str
    after: int
    arrives_at: str | None
    phone: str | None
    address: str
    landmark: str | None
    lat: float | None
    lon: float | None
    goods: str
    weight_g: int
    state: PickupState
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
    depot_address: str
    depot_lat: float
    depot_lon: float
    leaves_at: str
    returns_at: str
    distance_m: int
    duration_s: int
    distance_source: str
    stops: tuple[StopView, ...]
    pickups: tuple[PickupView, ...]
    pauses: tuple[dict[str, Any], ...]
    """Breaks on the road, each ``{"name", "starts", "ends", "after"}``."""
    num_packages: int
    weight_g: int
    volume_ml: int
    capacity_g: int
    capacity_ml: int
    has_cool_box: bool
    service: ServiceTime
    is_locked: bool
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
    added_cost_rp: int
    violations: tuple[dict[str, object], ...]


def list_routes(
    session: Session,
    *,
    cycle: Cycle,
    day: date | None = None,
    state: RouteState | None = None,
) -> list[RouteView]:
    """Return the routes of a month by day and code, cancelled ones left out."""
    rows = routes_of_cycle(
        session, cycle_id=cycle.id or 0, day=day, states=[state] if state else None
    )
    return _views(session, rows)


def route_view(session: Session, *, route: Route) -> RouteView:
    """Return one route with its stops and packages."""
    session.flush()
    vehicle = session.get_one(Vehicle, route.vehicle_id)
    return _views(session, [(route, vehicle, session.get_one(Depot, route.depot_id))])[0]


def waiting_stops(session: Session, *, cycle: Cycle) -> list[StopView]:
    """Return the stops that wait for a route: new attempts, and those taken off a route."""
    return stop_views(session, waiting_stops_of(session, cycle_id=cycle.id or 0))


def stop_views(session: Session, stops: Sequence[Stop]) -> list[StopView]:
    """Return stops with their packages, and those that left for them and went on."""
    packages = packages_by_stop(session, stop_ids=[stop.id or 0 for stop in stops])
    here = {stop.id: {p.id for p in packages.get(stop.id or 0, [])} for stop in stops}
    gone = {
        stop.id: [each for each in stop.loaded_package_ids or () if each not in here[stop.id]]
        for stop in stops
    }
    elsewhere = _by_id(session, Package, [each for ids in gone.values() for each in ids])
    shown = _packages(session, [*(p for ps in packages.values() for p in ps), *elsewhere.values()])
    homes = _by_id(session, Household, [stop.household_id for stop in stops])
    points = _by_id(session, DropPoint, [stop.drop_point_id for stop in stops])
    return [
        StopView(
            id=stop.id or 0,
            uid=stop.uid,
            route_id=stop.route_id,
            sequence=stop.sequence,
            kind=stop.kind,
            state=stop.state,
            label=stop.label,
            recipient=stop.recipient,
            phone=stop.phone,
            address=stop.address,
            rt=stop.rt,
            rw=stop.rw,
            landmark=stop.landmark,
            kelurahan_code=stop.kelurahan_code,
            lat=stop.lat,
            lon=stop.lon,
            arrives_at=stop.arrives_at,
            leg_distance_m=stop.leg_distance_m,
            wanted_on=stop.wanted_on,
            **_wishes(stop, homes, points),
            is_pinned=stop.is_pinned,
            banned_vehicle_ids=tuple(stop.banned_vehicle_ids or ()),
            packages=tuple(shown[p.id or 0] for p in packages.get(stop.id or 0, [])),
            sent_on=tuple(shown[each] for each in gone[stop.id]),
            version=stop.version,
        )
        for stop in stops
    ]


def _by_id(session: Session, table: type[Row], numbers: Sequence[int | None]) -> dict[int, Row]:
    wanted = {number for number in numbers if number is not None}
    rows = session.exec(select(table).where(col(table.id).in_(wanted)))  # type: ignore[attr-defined]
    return {row.id: row for row in rows}  # type: ignore[attr-defined]


NO_WISHES: dict[str, Any] = {
    "opens": None, "closes": None, "day_of_month": None, "gap_from": None, "gap_until": None,
    "needs_skills": (), "priority": None,
}  # fmt: skip


def _wishes(
    stop: Stop, homes: dict[int, Household], points: dict[int, DropPoint]
) -> dict[str, Any]:
    """Return the hours of a stop and what its courier must be able to do."""
    if stop.kind == StopKind.DROP_POINT:
        point = points.get(stop.drop_point_id or 0)
        if point is None:
            return NO_WISHES
        hours = {"opens": point.opens, "closes": point.closes, "day_of_month": point.day_of_month}
        return NO_WISHES | hours | {"gap_from": point.pause_from, "gap_until": point.pause_until}
    home = homes.get(stop.household_id or 0)
    if home is None:
        return NO_WISHES
    return NO_WISHES | {
        "opens": home.receives_from,
        "closes": home.receives_until,
        "gap_from": home.away_from,
        "gap_until": home.away_until,
        "needs_skills": tuple(home.needs_skills or ()),
        "priority": home.delivery_priority,
    }


def _views(session: Session, rows: Sequence[tuple[Route, Vehicle, Depot]]) -> list[RouteView]:
    by_route = stops_by_route(session, route_ids=[route.id or 0 for route, _, _ in rows])
    views = {
        view.id: view
        for view in stop_views(session, [stop for stops in by_route.values() for stop in stops])
    }
    pickups: dict[int | None, list[Pickup]] = {}
    for pickup in pickups_of_routes(session, route_ids=[route.id or 0 for route, _, _ in rows]):
        pickups.setdefault(pickup.route_id, []).append(pickup)
    runs = {route.plan_run_id for route, _, _ in rows}
    counted = session.exec(select(PlanRun.id, PlanRun.params).where(col(PlanRun.id).in_(runs)))
    services = {number: service_of(params) for number, params in counted}
    return [
        _view(
            route,
            services.get(route.plan_run_id, ServiceTime()),
            vehicle,
            depot,
            [views[s.id or 0] for s in by_route.get(route.id or 0, [])],
            pickups.get(route.id, []),
        )
        for route, vehicle, depot in rows
    ]


def _pickup(pickup: Pickup, num_stops: int) -> PickupView:
    return PickupView(
        uid=pickup.uid,
        label=pickup.label,
        after=min(pickup.after or 0, num_stops),
        arrives_at=pickup.arrives_at,
        phone=pickup.phone,
        address=pickup.address,
        landmark=pickup.landmark,
        lat=pickup.lat,
        lon=pickup.lon,
        goods=pickup.goods,
        weight_g=pickup.weight_g,
        state=pickup.state,
        version=pickup.version,
    )


def _view(
    route: Route,
    service: ServiceTime,
    vehicle: Vehicle,
    depot: Depot,
    stops: list[StopView],
    pickups: list[Pickup],
) -> RouteView:
    packages = [package for stop in stops for package in stop.load]
    crew, start = crew_of(route, vehicle), start_of(route, depot)
    return RouteView(
        id=route.id or 0,
        uid=route.uid,
        code=route.code,
        day=route.day,
        trip=route.trip,
        state=route.state,
        vehicle_id=vehicle.id or 0,
        vehicle_name=vehicle.name,
        vehicle_kind=vehicle.kind.value,
        plate=crew.plate,
        courier_name=crew.courier_name,
        courier_phone=crew.courier_phone,
        depot_name=start.name,
        depot_address=start.address,
        depot_lat=start.lat,
        depot_lon=start.lon,
        leaves_at=route.leaves_at,
        returns_at=route.returns_at,
        distance_m=route.distance_m,
        duration_s=route.duration_s,
        distance_source=route.distance_source,
        stops=tuple(stops),
        pickups=tuple(_pickup(pickup, len(stops)) for pickup in pickups),
        pauses=tuple(route.pauses or ()),
        num_packages=len(packages),
        weight_g=sum(package.weight_g for package in packages),
        volume_ml=sum(package.volume_ml for package in packages),
        capacity_g=crew.capacity_g,
        capacity_ml=crew.capacity_ml,
        has_cool_box=vehicle.has_cool_box,
        service=service,
        is_locked=route.is_locked,
        violations=tuple(route.violations),
        accepted_reason=route.accepted_reason,
        confirmed_by=route.confirmed_by,
        confirmed_at=route.confirmed_at,
        dispatched_at=route.dispatched_at,
        opened_at=route.opened_at,
        version=route.version,
    )


def _packages(session: Session, packages: list[Package]) -> dict[int, StopPackage]:
    numbers = [package.id for package in packages]
    lines: dict[int, list[tuple[str, int]]] = {}
    for package_id, item_code, quantity in session.exec(
        select(PackageLine.package_id, PackageLine.item_code, PackageLine.quantity)
        .where(col(PackageLine.package_id).in_(numbers))
        .order_by(col(PackageLine.id))
    ):
        lines.setdefault(package_id, []).append((item_code, quantity))
    people = {
        number: named
        for number, *named in session.exec(
            select(Package.id, Child.code, Household.code, Household.guardian_name)
            .join(Child, col(Child.id) == Package.child_id)
            .join(Household, col(Household.id) == Package.household_id)
            .where(col(Package.id).in_(numbers))
        )
    }
    return {
        package.id or 0: StopPackage(
            package_id=package.id or 0,
            code=package.code,
            kit_code=package.kit_code,
            child_code=people[package.id][0],
            household_code=people[package.id][1],
            guardian_name=people[package.id][2],
            state=package.state.value,
            weight_g=package.weight_g,
            volume_ml=package.volume_ml,
            contents=tuple(lines.get(package.id or 0, ())),
        )
        for package in packages
    }
