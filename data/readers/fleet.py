"""Vehicles and their couriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.readers.headers import squash
from data.readers.quantities import as_kg, as_litres
from data.readers.records import VehicleRecord
from data.readers.words import as_flag, as_phone, as_time, as_vehicle_kind, as_weekdays

if TYPE_CHECKING:
    from data.readers.rows import Body, Row

__all__ = ["read"]


def read(body: Body) -> tuple[list[VehicleRecord], int]:
    """Read all vehicles; a plate or a name may stand only once."""
    vehicles: list[VehicleRecord] = []
    seen: dict[str, int] = {}
    for row in body.rows():
        vehicle = _record(row)
        if vehicle is None:
            continue
        field = "plate" if vehicle.plate else "name"
        key = squash(vehicle.plate or vehicle.name)
        if key in seen:
            row.refuse(field, "vehicle_twice", other_row=seen[key])
            continue
        seen[key] = row.number
        vehicles.append(vehicle)
    return vehicles, 0


def _record(row: Row) -> VehicleRecord | None:
    name = row.text("name", required=True)
    kind = row.take("vehicle_kind", as_vehicle_kind, required=True)
    capacity_g = row.take("capacity_kg", as_kg, required=True)
    capacity_ml = row.take("capacity_l", as_litres)
    starts_at = row.take("starts_at", as_time)
    ends_at = row.take("ends_at", as_time)
    if starts_at is not None and ends_at is not None and starts_at >= ends_at:
        row.refuse("ends_at", "times_reversed")
    has_cool_box = row.take("cool_box", as_flag) is True
    weekdays = row.take("weekdays", as_weekdays) or ()
    if row.is_rejected or name is None or kind is None or capacity_g is None:
        return None
    return VehicleRecord(
        row=row.number,
        name=name,
        vehicle_kind=kind,
        plate=(row.text("plate") or "").upper() or None,
        capacity_g=capacity_g,
        capacity_ml=capacity_ml,
        has_cool_box=has_cool_box,
        shift_starts_at=starts_at,
        shift_ends_at=ends_at,
        weekdays=weekdays,
        depot_name=row.text("depot"),
        courier_name=row.text("courier"),
        courier_phone=row.take("courier_phone", as_phone),
    )
