"""What keeps a stop at a place from a vehicle's shift, rule by rule, before anything is planned."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from logistics.breaks import IDLE, NEVER, back_at, rest
from logistics.plan import ReasonCode
from logistics.spans import next_start

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from logistics.driven_ways import Ways
    from logistics.problem import Hold, RoutingProblem, Vehicle
    from logistics.survey_rows import OptionRef, ShiftRef

PAIR_RULES = (
    ReasonCode.UNREACHABLE,
    ReasonCode.TOO_HEAVY,
    ReasonCode.TOO_LARGE,
    ReasonCode.NO_COOL_BOX,
    ReasonCode.NO_SKILL,
    ReasonCode.WALK_TOO_FAR,
    ReasonCode.HOLDS,
    ReasonCode.DAY_WITHOUT_VEHICLE,
    ReasonCode.TOO_FAR,
    ReasonCode.SHIFT_TOO_SHORT,
    ReasonCode.WINDOW_TOO_EARLY,
    ReasonCode.WINDOW_TOO_LATE,
    ReasonCode.HEAT,
    ReasonCode.BREAK,
)
"""Rules that an option and a shift can break by themselves, in the order they are told."""

TIME_RULES = (
    ReasonCode.UNREACHABLE,
    ReasonCode.DAY_WITHOUT_VEHICLE,
    ReasonCode.TOO_FAR,
    ReasonCode.SHIFT_TOO_SHORT,
    ReasonCode.WINDOW_TOO_EARLY,
    ReasonCode.WINDOW_TOO_LATE,
    ReasonCode.HEAT,
    ReasonCode.BREAK,
)
"""Those that hang on ways and hours."""


class PairRules:
    """Rules over all pairs of an option and a shift.

    Parameters
    ----------
    problem
        Gives pins and bans.
    options, shifts
        Rows and columns.
    ways
        The ways as a vehicle drives them.
    day_length_s
        How far a day reaches on the axis of instants.
    """

    def __init__(
        self,
        problem: RoutingProblem,
        options: list[OptionRef],
        shifts: list[ShiftRef],
        ways: Callable[[Vehicle], Ways],
        day_length_s: int,
    ) -> None:
        self.problem = problem
        self.options = options
        self.shifts = shifts
        self.ways = ways
        self.day_length_s = day_length_s

    def broken(self) -> dict[ReasonCode, NDArray[np.bool_]]:
        """Return which options and shifts each rule keeps apart: bool[options, shifts] by rule."""
        shape = (len(self.options), len(self.shifts))
        found = {rule: np.zeros(shape, dtype=bool) for rule in PAIR_RULES}
        if 0 in shape:
            return found
        self._breaks_of_amounts(found)
        self._breaks_of_holds(found[ReasonCode.HOLDS])
        first_alike: dict[tuple[object, ...], int] = {}
        for column, shift in enumerate(self.shifts):
            alike = first_alike.setdefault(shift.limits, column)
            if alike == column:
                self._breaks_of_times(found, column, shift)
            for rule in TIME_RULES:
                found[rule][:, column] = found[rule][:, alike]
        return found

    def _breaks_of_amounts(self, found: dict[ReasonCode, NDArray[np.bool_]]) -> None:
        weight = np.array([ref.stop.weight_g for ref in self.options])
        volume = np.array([ref.stop.volume_ml for ref in self.options])
        cool = np.array([ref.stop.needs_cool_box for ref in self.options])
        far = np.array([_walks_too_far(ref) for ref in self.options])
        found[ReasonCode.WALK_TOO_FAR][:] = far[:, None]
        by_skills: dict[frozenset[str], list[int]] = {}
        for row, ref in enumerate(self.options):
            by_skills.setdefault(ref.stop.skills, []).append(row)
        for column, shift in enumerate(self.shifts):
            vehicle = shift.vehicle
            found[ReasonCode.TOO_HEAVY][:, column] = weight > vehicle.capacity_g
            found[ReasonCode.TOO_LARGE][:, column] = volume > vehicle.capacity_ml
            if not vehicle.has_cool_box:
                found[ReasonCode.NO_COOL_BOX][:, column] = cool
            for skills, rows in by_skills.items():
                if not skills <= vehicle.skills:
                    found[ReasonCode.NO_SKILL][rows, column] = True

    def _breaks_of_holds(self, broken: NDArray[np.bool_]) -> None:
        def keeps(hold: Hold, shift: ShiftRef) -> bool:
            vehicle_fits = hold.vehicle is None or hold.vehicle == shift.vehicle.id
            return vehicle_fits and (hold.day is None or hold.day == shift.day)

        rows_of: dict[str, list[int]] = {}
        for row, ref in enumerate(self.options):
            rows_of.setdefault(ref.stop.id, []).append(row)
        for hold, is_pin in [
            *((pin, True) for pin in self.problem.pins),
            *((ban, False) for ban in self.problem.forbidden),
        ]:
            rows = rows_of.get(hold.stop, [])
            for column, shift in enumerate(self.shifts):
                if keeps(hold, shift) != is_pin:
                    broken[rows, column] = True

    def _breaks_of_times(
        self, found: dict[ReasonCode, NDArray[np.bool_]], column: int, shift: ShiftRef
    ) -> None:
        ways = self.ways(shift.vehicle)
        points = np.array([ref.point for ref in self.options])
        out_s, back_s = ways.duration_s[shift.depot, points], ways.duration_s[points, shift.depot]
        way_m = ways.distance_m[shift.depot, points] + ways.distance_m[points, shift.depot]
        no_way = (out_s < 0) | (back_s < 0)
        found[ReasonCode.UNREACHABLE][:, column] = no_way
        if shift.vehicle.max_distance_m is not None:
            found[ReasonCode.TOO_FAR][:, column] = ~no_way & (way_m > shift.vehicle.max_distance_m)
        arrival = shift.starts + shift.loading_s + out_s
        service_s = np.array([ref.stop.busy_s for ref in self.options])
        latest = shift.ends - back_s - service_s
        found[ReasonCode.SHIFT_TOO_SHORT][:, column] = ~no_way & (arrival > latest)
        if not shift.vehicle.has_cool_box:
            limit = [
                None if ref.stop.source else ref.stop.max_time_in_heat_s for ref in self.options
            ]
            limits = np.array([np.iinfo(np.int64).max if each is None else each for each in limit])
            found[ReasonCode.HEAT][:, column] = ~no_way & (out_s > limits)
        self._breaks_of_windows(found, column, arrival, latest, ~no_way)
        if shift.breaks:
            broken = np.logical_or.reduce([found[rule][:, column] for rule in TIME_RULES])
            for row in np.flatnonzero(~broken).tolist():
                found[ReasonCode.BREAK][row, column] = not self._fits_alone(row, shift)

    def _fits_alone(self, row: int, shift: ShiftRef) -> bool:
        """Return whether a trip to one option leaves room for the breaks of a shift."""
        ref, ways = self.options[row], self.ways(shift.vehicle)
        ready = [IDLE, *([NEVER] * len(shift.breaks))]
        rest(ready, shift.breaks)
        out_s = shift.loading_s + ways.durations[shift.depot][ref.point]
        for kept, instant in enumerate(ready):
            start = next_start(
                ref.spans, max(instant, shift.starts) + out_s, shift.midnight, self.day_length_s
            )
            ready[kept] = NEVER if start is None or instant == NEVER else start + ref.stop.busy_s
        rest(ready, shift.breaks)
        back_s = ways.durations[ref.point][shift.depot]
        back, _ = back_at([min(NEVER, each + back_s) for each in ready], shift.breaks)
        return back <= shift.ends

    def _breaks_of_windows(
        self,
        found: dict[ReasonCode, NDArray[np.bool_]],
        column: int,
        arrival: NDArray[np.int64],
        latest: NDArray[np.int64],
        is_reached: NDArray[np.bool_],
    ) -> None:
        """Note who has no hours that day, whose are over on arrival, whose begin too late."""
        opens, closes = self._spans_by_day[self.shifts[column].midnight]
        has_hours = closes.max(axis=1) >= 0
        found[ReasonCode.DAY_WITHOUT_VEHICLE][:, column] = is_reached & ~has_hours
        is_open_late = closes >= arrival[:, None]
        in_time = is_open_late.any(axis=1)
        found[ReasonCode.WINDOW_TOO_EARLY][:, column] = is_reached & has_hours & ~in_time
        first = opens[np.arange(len(opens)), is_open_late.argmax(axis=1)]
        is_late = (np.maximum(first, arrival) > latest) & (latest >= arrival)
        found[ReasonCode.WINDOW_TOO_LATE][:, column] = is_reached & in_time & is_late

    @cached_property
    def _spans_by_day(self) -> dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Opening and closing instants of all options by the day's midnight, padded with -1."""
        found = {}
        for midnight in {shift.midnight for shift in self.shifts}:
            ends = midnight + self.day_length_s
            spans = [
                [each for each in ref.spans if midnight <= each[0] < ends] for ref in self.options
            ]
            width = max(1, max(map(len, spans), default=1))
            padded = np.full((2, len(spans), width), -1, dtype=np.int64)
            for row, some in enumerate(spans):
                for place, span in enumerate(some):
                    padded[:, row, place] = span
            found[midnight] = padded[0], padded[1]
        return found


def _walks_too_far(ref: OptionRef) -> bool:
    return ref.stop.max_walk_m is not None and ref.option.walk_m > ref.stop.max_walk_m
