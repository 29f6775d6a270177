"""What routes carry, added up without reading their stops and packages as rows of their own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from data.schema import Package, Pickup, PickupState, Stop, StopState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlmodel import Session

__all__ = ["RouteLoad", "loads_of_routes"]


@dataclass(slots=True)
class RouteLoad:
    """Totals of one route.

    Parameters
    ----------
    num_reached
        Stops that are not on their way any more.
    num_packages, weight_g
        Packages of its stops, and those that left for them and belong elsewhere since.
    """

    num_stops: int = 0
    num_reached: int = 0
    num_pickups: int = 0
    num_packages: int = 0
    weight_g: int = 0


def loads_of_routes(session: Session, *, route_ids: Collection[int]) -> dict[int, RouteLoad]:
    """Return the totals of each of some routes."""
    found: dict[int | None, RouteLoad] = {number: RouteLoad() for number in route_ids}
    route_of: dict[int | None, int | None] = {}
    here: defaultdict[int | None, set[int | None]] = defaultdict(set)
    left_for: dict[int | None, Sequence[int]] = {}
    for stop, route, state, loaded in session.exec(
        select(Stop.id, Stop.route_id, Stop.state, Stop.loaded_package_ids).where(
            col(Stop.route_id).in_(route_ids)
        )
    ):
        load = found[route]
        load.num_stops += 1
        load.num_reached += state != StopState.EN_ROUTE
        route_of[stop] = route
        if loaded:
            left_for[stop] = loaded
    for package, stop, weight_g in session.exec(
        select(Package.id, Package.stop_id, Package.weight_g)
        .join(Stop, col(Stop.id) == Package.stop_id)
        .where(col(Stop.route_id).in_(route_ids))
    ):
        here[stop].add(package)
        load = found[route_of[stop]]
        load.num_packages += 1
        load.weight_g += weight_g
    gone = [
        (package, route_of[stop])
        for stop, packages in left_for.items()
        for package in packages
        if package not in here[stop]
    ]
    weights = _weights(session, {package for package, _ in gone})
    for package, route in gone:
        found[route].num_packages += 1
        found[route].weight_g += weights[package]
    for route, count in session.exec(
        select(Pickup.route_id, func.count())
        .where(col(Pickup.route_id).in_(route_ids), Pickup.state != PickupState.CANCELLED)
        .group_by(col(Pickup.route_id))
    ):
        found[route].num_pickups = count
    return {number: found[number] for number in route_ids}


def _weights(session: Session, package_ids: Collection[int]) -> dict[int, int]:
    if not package_ids:
        return {}
    rows = select(Package.id, Package.weight_g).where(col(Package.id).in_(package_ids))
    return {number or 0: weight_g for number, weight_g in session.exec(rows)}
