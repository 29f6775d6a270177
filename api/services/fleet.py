"""Depots, vehicles and days in the routing core's words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from data.queries.routes import works_on
from data.reference import read_table
from data.reference.holidays import is_workday
from data.reference.vehicles import detour_bands, vehicle_kinds
from data.schema import VehicleKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.schema import Depot, Vehicle
    from logistics import problem as shapes
    from logistics.distance import GreatCircle

__all__ = [
    "FRIDAY",
    "clock",
    "days_from",
    "default_days",
    "default_travel",
    "depot_shape",
    "seconds",
    "vehicle_shape",
]

FRIDAY = 4
PRAYER_STARTS_S, PRAYER_LASTS_S = 11 * 3600 + 1800, 5400
REST_FROM_S, REST_TO_S, REST_LASTS_S = 11 * 3600 + 1800, 13 * 3600, 1800
LONGEST_WITHOUT_REST_S = 4 * 3600
"""Half an hour of rest after at most four hours of work: UU 13/2003, article 79 (2) a."""
LOADING_S = 900
MAX_TRIPS = 3
NUM_DEFAULT_DAYS = 6
BOAT = "boat"
"""The skill that every boat has."""


def seconds(text: str) -> int:
    """Return seconds after midnight of ``08:30``."""
    hours, minutes = text.split(":")[:2]
    return int(hours) * 3600 + int(minutes) * 60


def clock(seconds_of_day: int) -> str:
    """Return ``08:30`` for seconds after midnight, to the minute."""
    minutes = (seconds_of_day + 30) // 60
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def default_days(first: date, *, works_fridays: bool) -> tuple[date, ...]:
    """Return the next six workdays from a day on."""
    days: list[date] = []
    day = first
    while len(days) < NUM_DEFAULT_DAYS:
        if is_workday(day) and (works_fridays or day.weekday() != FRIDAY):
            days.append(day)
        day += timedelta(days=1)
    return tuple(days)


def days_from(wanted: date | None, days: Sequence[date]) -> tuple[date, ...]:
    """Return on which of some days a stop may be served that was asked for a day; none: on any.

    The day that was asked for or a later one: a family that waits is not left out because nobody
    drove that day. Where all are earlier, only the day itself is right.
    """
    if wanted is None:
        return ()
    return tuple(day for day in days if day >= wanted) or (wanted,)


def default_travel() -> GreatCircle:
    """Return great circles with the city's working detour factors and speeds, dated."""
    from logistics.distance import DetourBand, GreatCircle

    rows = [row for row in read_table("detour_bands") if row["region"] == "pangkalpinang"]
    return GreatCircle(
        bands=tuple(DetourBand(band.below_m, float(band.factor)) for band in detour_bands()),
        speeds_m_per_h={code: kind.speed_m_per_h for code, kind in vehicle_kinds().items()},
        as_of=max(row["as_of"] for row in rows),
    )


def depot_shape(depot: Depot) -> shapes.Depot:
    """Return a depot as the core knows it."""
    from logistics import problem as shapes

    return shapes.Depot(
        id=f"D{depot.id}",
        lat=depot.lat,
        lon=depot.lon,
        opens_s=seconds(depot.opens),
        closes_s=seconds(depot.closes),
        loading_s=LOADING_S,
    )


def vehicle_shape(
    vehicle: Vehicle, *, depot: Depot, days: Sequence[date], works_fridays: bool = True
) -> shapes.Vehicle:
    """Return a vehicle with a shift for every day on which it drives."""
    from logistics import problem as shapes

    kind = vehicle_kinds()[vehicle.kind.value]
    skills = frozenset(vehicle.skills or ())
    if vehicle.kind == VehicleKind.BOAT:
        skills |= {BOAT}
    return shapes.Vehicle(
        id=f"V{vehicle.id}",
        depot=f"D{depot.id}",
        capacity_g=vehicle.capacity_g,
        capacity_ml=vehicle.capacity_ml,
        kind=shapes.VehicleKind(vehicle.kind.value),
        has_cool_box=vehicle.has_cool_box,
        max_trips=vehicle.max_trips or MAX_TRIPS,
        max_stops=vehicle.max_stops,
        max_distance_m=vehicle.max_distance_m,
        skills=skills,
        cost_rp_per_km=_own(vehicle.cost_rp_per_km, kind.cost_rp_per_km),
        cost_rp_per_hour=_own(vehicle.cost_rp_per_hour, kind.cost_rp_per_hour),
        cost_rp_per_day=_own(vehicle.cost_rp_per_day, kind.cost_rp_per_day),
        speed_factor=_own(vehicle.speed_m_per_h, kind.speed_m_per_h) / kind.speed_m_per_h,
        shifts=tuple(
            shift
            for day in days
            if works_on(vehicle, day)
            for shift in _shifts(vehicle, day, works_fridays)
        ),
    )


def _own(value: int | None, usual: int) -> int:
    """Return a vehicle's own figure; where it has none, that of its kind. Nothing is a figure."""
    return usual if value is None else value


def _breaks(
    day: date, starts_s: int, ends_s: int, *, keeps_prayer: bool
) -> tuple[shapes.Break, ...]:
    """Return the Friday prayer, on other days the rest at noon, of a shift that spans it."""
    from logistics import problem as shapes

    if day.weekday() == FRIDAY and keeps_prayer:
        prayer = shapes.Break(
            earliest_s=PRAYER_STARTS_S,
            latest_s=PRAYER_STARTS_S,
            duration_s=PRAYER_LASTS_S,
            name="salat Jumat",
        )
        return (prayer,)
    is_long = ends_s - starts_s > LONGEST_WITHOUT_REST_S
    if not is_long or starts_s >= REST_FROM_S or ends_s <= REST_TO_S:
        return ()
    return (
        shapes.Break(
            earliest_s=REST_FROM_S, latest_s=REST_TO_S, duration_s=REST_LASTS_S, name="istirahat"
        ),
    )


def _shifts(vehicle: Vehicle, day: date, works_fridays: bool) -> list[shapes.Shift]:
    from logistics import problem as shapes

    starts, ends = seconds(vehicle.shift_starts), seconds(vehicle.shift_ends)
    if day.weekday() == FRIDAY and not works_fridays:
        return []
    breaks = _breaks(day, starts, ends, keeps_prayer=not vehicle.skips_prayer)
    return [shapes.Shift(day=day, starts_s=starts, ends_s=ends, breaks=breaks)]
