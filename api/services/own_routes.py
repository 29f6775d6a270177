"""What a courier sees of the own routes under way: codes, doors and lines, nothing of a child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.clock import local_date, next_midnight
from api.services.dispatch import courier_routes, open_route
from api.services.errors import NotFound
from api.services.route_views import route_view
from data.engine import read_session, write_session
from data.queries.deliveries import lines_of_packages
from data.reference.regions import regions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Engine
    from sqlmodel import Session

    from api.services.route_views import PickupView, RouteView, StopPackage, StopView
    from data.schema import Account, PackageLine, Pickup, Route

__all__ = [
    "CourierDay",
    "CourierLine",
    "CourierPackage",
    "CourierSheet",
    "CourierStop",
    "courier_day",
    "courier_sheets",
    "find_own_route",
    "open_own_routes",
    "pickup_event",
]


@dataclass(frozen=True, slots=True)
class CourierLine:
    """One line of a package; accepted and rejected must add up to its quantity."""

    line_uid: str
    item_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class CourierPackage:
    """A package by its opaque code, and who receives it."""

    code: str
    household_code: str
    guardian_name: str
    kit_code: str
    state: str
    lines: tuple[CourierLine, ...]


@dataclass(frozen=True, slots=True)
class CourierStop:
    """A door or drop point in the order of driving."""

    uid: str
    sequence: int | None
    kind: str
    state: str
    label: str
    recipient: str
    phone: str | None
    address: str
    rt: str | None
    rw: str | None
    kelurahan_name: str | None
    landmark: str | None
    lat: float | None
    lon: float | None
    arrives_at: str | None
    num_loaded: int
    """How many packages left for here, also those that go another way since."""
    packages: tuple[CourierPackage, ...]


@dataclass(frozen=True, slots=True)
class CourierEvent:
    """A break, or goods to fetch, behind so many stops; ``kind`` is break or pickup."""

    after: int
    kind: str
    starts: str | None
    ends: str | None
    name: str
    """Of a break its name in the plan, of a pickup whom to ask."""
    goods: str
    address: str
    phone: str | None
    lat: float | None
    lon: float | None
    landmark: str | None = None
    uid: str | None = None
    state: str | None = None
    """Of a pickup: by what it is recorded, and what became of it."""


@dataclass(frozen=True, slots=True)
class CourierSheet:
    """A route of today, or one that is not finished since; ``left_on`` is the day it left."""

    uid: str
    code: str
    day: str
    left_on: str | None
    vehicle_name: str
    leaves_at: str
    returns_at: str
    stops: tuple[CourierStop, ...]
    events: tuple[CourierEvent, ...]


@dataclass(frozen=True, slots=True)
class CourierDay:
    """What a phone takes along for a day.

    ``holder`` is the account's number, by which a phone tells the records of two couriers apart;
    ``now`` is the server's clock, by which it corrects its own.
    """

    holder: int
    now: datetime
    day: str
    ends_at: datetime
    routes: tuple[CourierSheet, ...]


def open_own_routes(engine: Engine, *, by: Account, now: datetime) -> None:
    """Note that a courier opened the routes of today; writes only where one was not open yet."""
    with read_session(engine) as session:
        if all(route.opened_at for route in courier_routes(session, by=by, now=now)):
            return
    with write_session(engine) as session:
        for route in courier_routes(session, by=by, now=now):
            open_route(session, route=route, by=by, now=now)


def courier_day(session: Session, *, by: Account, now: datetime) -> CourierDay:
    """Return the courier's routes of today with whose they are and the server's clock."""
    return CourierDay(
        holder=by.id or 0,
        now=now,
        day=local_date(now).isoformat(),
        ends_at=next_midnight(now),
        routes=tuple(courier_sheets(session, by=by, now=now)),
    )


def courier_sheets(session: Session, *, by: Account, now: datetime) -> list[CourierSheet]:
    """Return the courier's own routes that left today or are not finished."""
    sheets = []
    for route in courier_routes(session, by=by, now=now):
        view = route_view(session, route=route)
        ids = [each.package_id for stop in view.stops for each in stop.packages]
        lines = lines_of_packages(session, package_ids=ids)
        sheets.append(
            CourierSheet(
                uid=view.uid,
                code=view.code,
                day=view.day.isoformat(),
                left_on=local_date(view.dispatched_at).isoformat() if view.dispatched_at else None,
                vehicle_name=view.vehicle_name,
                leaves_at=view.leaves_at,
                returns_at=view.returns_at,
                stops=tuple(_stop(stop, lines) for stop in view.stops),
                events=_events(view),
            )
        )
    return sheets


def find_own_route(session: Session, *, uid: str, by: Account, now: datetime) -> Route:
    """Return one of the courier's routes of today.

    Raises
    ------
    NotFound
        ``route.unknown`` for any other, whether it exists or not.
    """
    for route in courier_routes(session, by=by, now=now):
        if route.uid == uid:
            return route
    raise NotFound("route.unknown")


def _stop(stop: StopView, lines: Mapping[int, Sequence[PackageLine]]) -> CourierStop:
    return CourierStop(
        uid=stop.uid,
        sequence=stop.sequence,
        kind=stop.kind.value,
        state=stop.state.value,
        label=stop.label,
        recipient=stop.recipient,
        phone=stop.phone,
        address=stop.address,
        rt=stop.rt,
        rw=stop.rw,
        kelurahan_name=_kelurahan_name(stop.kelurahan_code),
        landmark=stop.landmark,
        lat=stop.lat,
        lon=stop.lon,
        arrives_at=stop.arrives_at,
        num_loaded=len(stop.load),
        packages=tuple(_package(package, lines[package.package_id]) for package in stop.packages),
    )


def _events(view: RouteView) -> tuple[CourierEvent, ...]:
    """Return breaks and pickups in the order of driving."""
    breaks = [
        CourierEvent(
            after=int(pause["after"]), kind="break", starts=str(pause["starts"]),
            ends=str(pause["ends"]), name=str(pause["name"]), goods="", address="", phone=None,
            lat=None, lon=None,
        )
        for pause in view.pauses
    ]  # fmt: skip
    pickups = [pickup_event(each) for each in view.pickups]
    return tuple(sorted([*breaks, *pickups], key=lambda each: (each.after, each.starts or "")))


def pickup_event(pickup: Pickup | PickupView) -> CourierEvent:
    """Return goods to fetch as a courier sees them."""
    return CourierEvent(
        after=pickup.after or 0,
        kind="pickup",
        starts=pickup.arrives_at,
        ends=None,
        name=pickup.label,
        goods=pickup.goods,
        address=pickup.address,
        landmark=pickup.landmark,
        phone=pickup.phone,
        lat=pickup.lat,
        lon=pickup.lon,
        uid=pickup.uid,
        state=pickup.state.value,
    )


def _kelurahan_name(code: str | None) -> str | None:
    return regions().kelurahan(code).name if code else None


def _package(package: StopPackage, lines: Sequence[PackageLine]) -> CourierPackage:
    return CourierPackage(
        code=package.code,
        household_code=package.household_code,
        guardian_name=package.guardian_name,
        kit_code=package.kit_code,
        state=package.state,
        lines=tuple(CourierLine(line.uid, line.item_code, line.quantity) for line in lines),
    )
