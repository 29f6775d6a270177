"""Who drives a route and in what: as its vehicle stands until it leaves, as it left since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.schema import Route, Vehicle

__all__ = ["Crew", "crew_of", "note_crew"]


@dataclass(frozen=True, slots=True)
class Crew:
    """A courier with the vehicle of a route; capacities in grams and millilitres."""

    courier_name: str | None
    courier_phone: str | None
    courier_account_id: int | None
    plate: str | None
    capacity_g: int
    capacity_ml: int


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


def note_crew(route: Route, vehicle: Vehicle) -> None:
    """Keep with a route that leaves who drives it and in what."""
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
