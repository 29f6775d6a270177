"""Rows of a survey: a vehicle's shifts and a stop's places, on the axis of instants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from logistics.breaks import BreakRef
    from logistics.problem import Option, Stop, Vehicle


@dataclass(frozen=True, slots=True)
class ShiftRef:
    """A shift of a vehicle on the axis of instants, cut to the hours of its depot."""

    vehicle: Vehicle
    number: int
    day: date
    midnight: int
    starts: int
    ends: int
    depot: int
    loading_s: int
    breaks: tuple[BreakRef, ...] = ()

    @property
    def limits(self) -> tuple[object, ...]:
        """What ways and hours hang on; equal for shifts that are alike."""
        vehicle = self.vehicle
        return (
            self.starts,
            self.ends,
            self.depot,
            vehicle.kind,
            vehicle.speed_factor,
            vehicle.max_distance_m,
            vehicle.has_cool_box,
            self.breaks,
        )

    @property
    def likeness(self) -> tuple[object, ...]:
        """Everything that a plan hangs on; shifts of one day with equal likeness may be swapped."""
        vehicle = self.vehicle
        return (
            *self.limits,
            vehicle.capacity_g,
            vehicle.capacity_ml,
            vehicle.max_trips,
            vehicle.max_stops,
            vehicle.cost_rp_per_km,
            vehicle.cost_rp_per_hour,
            vehicle.cost_rp_per_day,
            vehicle.skills,
        )


@dataclass(frozen=True, slots=True)
class OptionRef:
    """A stop at one of its places, with the spans in which its service may start."""

    stop: Stop
    stop_row: int
    option: Option
    point: int
    spans: tuple[tuple[int, int], ...]
