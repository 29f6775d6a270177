"""A plan in the making: which shift drives which trips, and where one more stop fits best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from logistics.timetable import fits, legs_s, timetable, way_m

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from logistics.problem import Stop, Vehicle
    from logistics.survey import Survey

PARTS_PER_RP = 18_000
"""Cost is added up in parts of a rupiah, so that metres and seconds stay whole numbers."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A place for an option: shift, trip, position among its visits; cheapest first."""

    parts: int
    shift: int
    trip: int
    position: int
    option: int
    is_new_trip: bool


class Tours:
    """Trips of every shift, as rows of `survey.options`.

    Attributes
    ----------
    trips
        ``trips[shift][trip]`` is a list of options; no trip is empty.
    where
        Shift of each served stop, by row of the stop.
    """

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.trips: list[list[list[int]]] = [[] for _ in survey.shifts]
        self.where: dict[int, int] = {}

    def copy(self) -> Tours:
        """Return an independent copy."""
        twin = Tours(self.survey)
        twin.trips = [[list(trip) for trip in trips] for trips in self.trips]
        twin.where = dict(self.where)
        return twin

    def put(self, slot: Slot) -> None:
        """Insert an option."""
        trips = self.trips[slot.shift]
        if slot.is_new_trip:
            trips.insert(slot.trip, [slot.option])
        else:
            trips[slot.trip].insert(slot.position, slot.option)
        self.where[self.survey.options[slot.option].stop_row] = slot.shift

    def take(self, stop_row: int) -> None:
        """Remove a served stop, and those that its goods go to; empty trips are dropped."""
        shift = self.where.pop(stop_row)
        gone = {stop_row}
        for row, source in self.survey.source_row.items():
            if source == stop_row and self.where.pop(row, None) is not None:
                gone.add(row)
        options = self.survey.options
        left = [
            [row for row in trip if options[row].stop_row not in gone] for trip in self.trips[shift]
        ]
        self.trips[shift] = [trip for trip in left if trip]

    def shifts_beside(self, stop_row: int) -> set[int] | None:
        """Return the shifts where the stop's source and household are; None: it is free."""
        survey = self.survey
        source = survey.source_row.get(stop_row)
        bound = set() if source is None else {self.where.get(source, -1)}
        bound |= {self.where[row] for row in survey.mates.get(stop_row, []) if row in self.where}
        return bound or None

    def vehicles_barred(self, stop_row: int) -> set[str]:
        """Return the vehicles that serve a stop which this one must not share a vehicle with."""
        foes = self.survey.foes.get(stop_row, ())
        shifts = self.survey.shifts
        return {shifts[self.where[foe]].vehicle.id for foe in foes if foe in self.where}

    def slots(self, stop_row: int, shifts: Iterable[int] | None = None) -> list[Slot]:
        """Return the places of a stop that keep sizes and the shift's length, cheapest first.

        Hours, breaks and heat are not looked at.
        """
        found: list[Slot] = []
        among = None if shifts is None else set(shifts)
        beside = self.shifts_beside(stop_row)
        if beside is not None:
            among = beside if among is None else among & beside
        barred = self.vehicles_barred(stop_row)
        for option in self.survey.options_of[stop_row]:
            idle: set[tuple[object, ...]] = set()
            for shift in np.flatnonzero(self.survey.allowed[option]).tolist():
                if among is not None and shift not in among:
                    continue
                if barred and self.survey.shifts[shift].vehicle.id in barred:
                    continue
                if not self.trips[shift]:
                    likeness = (self.survey.shifts[shift].likeness, self._has_day(shift))
                    if likeness in idle and among is None:
                        continue
                    idle.add(likeness)
                found.extend(self._slots_of(option, shift))
        found.sort()
        return found

    def fitting(
        self,
        stop_row: int,
        shifts: Iterable[int] | None = None,
        *,
        keep_on: Callable[[], bool] = lambda: True,
    ) -> Iterator[Slot]:
        """Yield the places of a stop that keep every rule, cheapest first, while it is to keep on.

        With thousands of stops, finding out that there is none takes seconds.
        """
        for slot in self.slots(stop_row, shifts):
            if not keep_on():
                return
            trips = self.trips[slot.shift]
            if slot.is_new_trip:
                changed = [*trips[: slot.trip], [slot.option], *trips[slot.trip :]]
            else:
                trip = trips[slot.trip]
                longer = [*trip[: slot.position], slot.option, *trip[slot.position :]]
                changed = [*trips[: slot.trip], longer, *trips[slot.trip + 1 :]]
            if fits(self.survey, self.survey.shifts[slot.shift], changed):
                yield slot

    def _has_day(self, shift: int) -> bool:
        """Return whether the vehicle is used on this day by another of its shifts."""
        ref = self.survey.shifts[shift]
        return any(
            self.trips[other]
            for other in self.survey.shifts_of_day[ref.vehicle.id, ref.day]
            if other != shift
        )

    def _slots_of(self, option: int, shift: int) -> Iterator[Slot]:
        survey, ref = self.survey, self.survey.shifts[shift]
        vehicle, stop = ref.vehicle, survey.options[option].stop
        ways, point = survey.ways(ref.vehicle), survey.options[option].point
        per_m, per_s = 18 * vehicle.cost_rp_per_km, 5 * vehicle.cost_rp_per_hour
        extra = survey.option_cost(survey.options[option].option) * PARTS_PER_RP // 1_000
        extra += stop.busy_s * per_s
        trips = self.trips[shift]
        spare_s = self._spare_s(shift) - stop.busy_s
        for number, trip in enumerate(trips):
            if not self._has_room(vehicle, trip, stop):
                continue
            points = [ref.depot, *(survey.options[row].point for row in trip), ref.depot]
            before, after = np.array(points[:-1]), np.array(points[1:])
            metres = ways.distance_m[before, point] + ways.distance_m[point, after]
            metres -= ways.distance_m[before, after]
            seconds = ways.duration_s[before, point] + ways.duration_s[point, after]
            seconds -= ways.duration_s[before, after]
            parts_at = metres * per_m + seconds * per_s + extra
            for position in np.flatnonzero(seconds <= spare_s).tolist():
                yield Slot(int(parts_at[position]), shift, number, position, option, False)
        if len(trips) < vehicle.max_trips:
            metres_alone = ways.distances[ref.depot][point] + ways.distances[point][ref.depot]
            seconds_alone = ways.durations[ref.depot][point] + ways.durations[point][ref.depot]
            parts = extra + metres_alone * per_m + (seconds_alone + ref.loading_s) * per_s
            if not trips and not self._has_day(shift):
                parts += vehicle.cost_rp_per_day * PARTS_PER_RP
            for number in range(len(trips) + 1):
                yield Slot(parts, shift, number, 0, option, True)

    def _spare_s(self, shift: int) -> int:
        """Return the seconds of a shift that neither ways nor loading nor service take."""
        survey, ref = self.survey, self.survey.shifts[shift]
        trips = self.trips[shift]
        driven_s = sum(sum(legs_s(survey, ref, trip)) for trip in trips)
        busy_s = sum(survey.options[row].stop.busy_s for trip in trips for row in trip)
        return ref.ends - ref.starts - len(trips) * ref.loading_s - driven_s - busy_s

    def _has_room(self, vehicle: Vehicle, trip: list[int], stop: Stop) -> bool:
        options = self.survey.options
        if vehicle.max_stops is not None and len(trip) >= vehicle.max_stops:
            return False
        weight_g = sum(options[row].stop.loaded_g for row in trip) + stop.loaded_g
        volume_ml = sum(options[row].stop.loaded_ml for row in trip) + stop.loaded_ml
        return weight_g <= vehicle.capacity_g and volume_ml <= vehicle.capacity_ml

    def cost_parts(self) -> int:
        """Return way, time, days of vehicles and cost of places, in parts of a rupiah."""
        return sum(self.shift_parts(shift) for shift in range(len(self.trips))) + self._day_parts()

    def shift_parts(self, shift: int) -> int:
        """Return what one shift costs, without the day of the vehicle."""
        trips = self.trips[shift]
        if not trips:
            return 0
        survey, ref = self.survey, self.survey.shifts[shift]
        times = timetable(survey, ref, trips)
        metres = sum(way_m(survey, ref, trip) for trip in trips)
        seconds = times[-1].returns - times[0].loads
        places = sum(
            survey.option_cost(survey.options[row].option) for trip in trips for row in trip
        )
        return (
            18 * metres * ref.vehicle.cost_rp_per_km
            + 5 * seconds * ref.vehicle.cost_rp_per_hour
            + PARTS_PER_RP // 1_000 * places
        )

    def _day_parts(self) -> int:
        used = {
            (ref.vehicle.id, ref.day): ref.vehicle.cost_rp_per_day
            for ref, trips in zip(self.survey.shifts, self.trips, strict=True)
            if trips
        }
        return PARTS_PER_RP * sum(used.values())
