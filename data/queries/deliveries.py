"""Reading what was reported of packages."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlmodel import col, func, or_, select

from data.schema import (
    DeliveryEvent,
    Package,
    PackageLine,
    Route,
    Stop,
    Vehicle,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

__all__ = [
    "events_by_package",
    "is_couriers_package",
    "is_under_way_with",
    "lines_of_package",
    "lines_of_packages",
    "package_by_code",
    "packages_of_stop",
    "stops_of_route",
    "was_driven_by",
]


def package_by_code(session: Session, *, code: str) -> Package | None:
    """Return a package as it stands, locked until the transaction ends, or None."""
    return session.exec(
        select(Package)
        .where(Package.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def lines_of_package(session: Session, *, package_id: int) -> list[PackageLine]:
    """Return the lines of a package in the order they were written."""
    rows = select(PackageLine).where(PackageLine.package_id == package_id)
    return list(session.exec(rows.order_by(col(PackageLine.id))))


def lines_of_packages(
    session: Session, *, package_ids: Sequence[int]
) -> dict[int, list[PackageLine]]:
    """Return the lines of some packages, each package's in the order they were written."""
    rows = select(PackageLine).where(col(PackageLine.package_id).in_(package_ids))
    found: dict[int, list[PackageLine]] = defaultdict(list)
    for line in session.exec(rows.order_by(col(PackageLine.id))):
        found[line.package_id].append(line)
    return found


def packages_of_stop(session: Session, *, stop_id: int) -> list[Package]:
    """Return the packages that a stop is for, by code."""
    rows = select(Package).where(Package.stop_id == stop_id)
    return list(session.exec(rows.order_by(col(Package.code))))


def stops_of_route(session: Session, *, route_id: int) -> list[Stop]:
    """Return the stops of a route in order."""
    rows = select(Stop).where(Stop.route_id == route_id)
    return list(session.exec(rows.order_by(col(Stop.sequence), col(Stop.id))))


def events_by_package(
    session: Session, *, package_ids: Sequence[int]
) -> dict[int, list[DeliveryEvent]]:
    """Return every event of some packages in the order of arrival."""
    rows = session.exec(
        select(DeliveryEvent)
        .where(col(DeliveryEvent.package_id).in_(package_ids))
        .order_by(col(DeliveryEvent.id))
    )
    found: dict[int, list[DeliveryEvent]] = defaultdict(list)
    for event in rows:
        found[event.package_id].append(event)
    return found


def in_whose_hands() -> ColumnElement[int | None]:
    """Return the account of the courier who has a route.

    Theirs to whom it was handed on the road, else theirs who left with it, else the vehicle's. For
    statements over routes joined with their vehicles.
    """
    return func.coalesce(
        col(Route.handed_to_id), col(Route.courier_account_id), col(Vehicle.courier_account_id)
    )


def is_under_way_with(account_id: int) -> ColumnElement[bool]:
    """Return the condition that a route is in this courier's hands (see `in_whose_hands`)."""
    return in_whose_hands() == account_id


def was_driven_by(account_id: int) -> ColumnElement[bool]:
    """Return the condition that a route is or was in this courier's hands, or its vehicle is now.

    For statements over routes joined with their vehicles.
    """
    return or_(
        col(Route.courier_account_id) == account_id,
        col(Route.handed_to_id) == account_id,
        col(Vehicle.courier_account_id) == account_id,
    )


def is_couriers_package(session: Session, *, package: Package, account_id: int) -> bool:
    """Whether a package is or was on a route that left with this courier, or whose vehicle is his.

    Who drove keeps the right after the vehicle was handed on: a phone may come back days later.
    """
    found = session.exec(
        select(Route.id)
        .join(Stop, col(Stop.route_id) == Route.id)
        .join(Vehicle, col(Vehicle.id) == Route.vehicle_id)
        .where(
            (col(Stop.id) == package.stop_id)
            | col(Stop.id).in_(
                select(DeliveryEvent.stop_id).where(DeliveryEvent.package_id == package.id)
            ),
            was_driven_by(account_id),
            col(Route.dispatched_at).is_not(None),
        )
    ).first()
    return found is not None
