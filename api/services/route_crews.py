"""Who drives a route, in what and from where: as things stand until it leaves, as it left since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.schema import Depot, Route, Vehicle

__all__ = ["Crew", "Start", "crew_of", "note_departure", "start_of"]


@dataclass(frozen=True, slots=True)
class Crew:
    """A courier with the vehicle of a route; capacities in grams and millilitres."""

    courier_name: str | None
    courier_phone: str | None
    courier_account_id: int | None
    plate: str | None
    capacity_g: int
    capacity_ml: int


@dataclass(frozen=True, slots=True)
class Start:
    """The depot where a route begins and ends."""

    name: str
    address: str
    lat: float
    lon: float


def start_of(route: Route, depot: Depot) -> Start:
    """Return where a route begins, or began when it left: a depot that moves since changes none."""
    if route.depot_name is None or route.depot_lat is None or route.depot_lon is None:
        return Start(depot.name, depot.address, depot.lat, depot.lon)
    return Start(route.depot_name, route.depot_address or "", route.depot_lat, route.depot_lon)


def crew_of(route: Route, vehicle: Vehicle) -> Crew:
    """Return who drives a route, or who drove it when it left: that no later file changes."""
    if route.capacity_g is None or route.capacity_ml is None:
        return _of_vehicle(vehicle)
    return Crew(
        courier_name=route.courier_name,
        courier_phone=route.courier_phone,
        courier_account_id=route.courier_account_id,
        plate=route.plate,
        capacity_g=route.capacity_g,
        capacity_ml=route.capacity_ml,
    )


def note_departure(route: Route, vehicle: Vehicle, depot: Depot) -> None:
    """Keep with a route that leaves who drives it, in what and from where."""
    route.depot_name, route.depot_address = depot.name, depot.address
    route.depot_lat, route.depot_lon = depot.lat, depot.lon
    crew = _of_vehicle(vehicle)
    route.courier_name, route.courier_phone = crew.courier_name, crew.courier_phone
    route.courier_account_id, route.plate = crew.courier_account_id, crew.plate
    route.capacity_g, route.capacity_ml = crew.capacity_g, crew.capacity_ml


def _of_vehicle(vehicle: Vehicle) -> Crew:
    return Crew(
        courier_name=vehicle.courier_name,
        courier_phone=vehicle.courier_phone,
        courier_account_id=vehicle.courier_account_id,
        plate=vehicle.plate,
        capacity_g=vehicle.capacity_g,
        capacity_ml=vehicle.capacity_ml,
    )
