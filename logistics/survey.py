"""A problem looked over once: what can go where and when, before anything is planned.

Instants are seconds on one axis that begins at midnight of the first day; day k begins at
``k * DAY_S``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from logistics.breaks import IDLE, NEVER, BreakRef, back_at, rest
from logistics.distance import Formula, Legs, Point
from logistics.faults import LARGEST, is_on_earth
from logistics.plan import ReasonCode
from logistics.problem import DAY_S

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from logistics.problem import (
        Hold,
        Option,
        Place,
        RoutingProblem,
        Shift,
        Stop,
        Vehicle,
        Window,
    )

MOST_COPIED = 400
"""Points up to which ways are copied into lists, which are quickest to read one by one."""
MOST_TABLED = 2_500
"""Points up to which ways are tables; beyond, they are worked out where they are looked at."""
NUM_CLOSE = 5
"""Neighbours of a stop that should not be parted."""

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


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Distances and durations for one speed, as arrays and by rows (quicker one by one)."""

    distance_m: NDArray[np.int64] | Formula
    duration_s: NDArray[np.int64] | Formula
    distances: Rows
    durations: Rows


class Rows(Protocol):
    """Ways by rows: ``rows[start][end]`` is a whole number."""

    def __getitem__(self, row: int, /) -> Row: ...


class Row(Protocol):
    """Ways from one point."""

    def __getitem__(self, column: int, /) -> int: ...


@dataclass(frozen=True, slots=True)
class _FormulaRow:
    table: Formula
    row: int

    def __getitem__(self, column: int) -> int:
        return int(self.table[self.row, column])


@dataclass(frozen=True, slots=True)
class _FormulaRows:
    table: Formula

    def __getitem__(self, row: int) -> _FormulaRow:
        return _FormulaRow(self.table, row)


def _rows(table: NDArray[np.int64] | Formula) -> Rows:
    """Return a table as rows of whole numbers, without copying a large one number by number."""
    if isinstance(table, Formula):
        return _FormulaRows(table)
    if len(table) < MOST_COPIED:
        rows: list[list[int]] = table.tolist()
        return rows
    return [memoryview(row) for row in np.ascontiguousarray(table)]


class Survey:
    """Points, ways, shifts and options of a sound problem, and which go together.

    Parameters
    ----------
    problem
        A problem without faults.

    Attributes
    ----------
    points
        Depots, then places in use.
    shifts
        Every shift, by vehicle and time.
    options
        Every stop at each of its places, by stop.
    options_of
        Rows of `options` of each stop.
    """

    def __init__(self, problem: RoutingProblem) -> None:
        self.problem = problem
        self.day_length_s = DAY_S if len(problem.days) > 1 else LARGEST
        self.day_row = {day: row for row, day in enumerate(sorted(problem.days))}
        used = dict.fromkeys(option.place for stop in problem.stops for option in stop.options)
        self.points = [Point(depot.id, depot.lat, depot.lon) for depot in problem.depots]
        self.points += [
            Point(place.id, place.lat, place.lon)
            for place in map(problem.place_by_id.get, used)
            if place is not None
        ]
        self.point_row = {point.id: row for row, point in enumerate(self.points)}
        self._legs: dict[str, Legs] = {}
        self._ways: dict[tuple[str, float], Ways] = {}
        self.shifts = self._find_shifts()
        self.options = self._find_options()
        self.options_of: list[list[int]] = [[] for _ in problem.stops]
        for row, ref in enumerate(self.options):
            self.options_of[ref.stop_row].append(row)
        self.shifts_of_day: dict[tuple[str, date], list[int]] = {}
        for column, shift in enumerate(self.shifts):
            self.shifts_of_day.setdefault((shift.vehicle.id, shift.day), []).append(column)
        self.stop_row = {stop.id: row for row, stop in enumerate(problem.stops)}
        self.source_row = {
            row: self.stop_row[stop.source]
            for row, stop in enumerate(problem.stops)
            if stop.source in self.stop_row
        }
        self.mates = self._find_mates()
        self.foes = self._find_foes()

    def ways(self, vehicle: Vehicle) -> Ways:
        """Return the ways between all points as this vehicle drives them."""
        key = (vehicle.kind.value, vehicle.speed_factor)
        if key not in self._ways and self._is_too_large():
            self._ways[key] = self._formulas(vehicle)
        if key not in self._ways:
            if key[0] not in self._legs:
                self._legs[key[0]] = self.problem.travel.legs(self.points, key[0])
            legs = self._legs[key[0]]
            duration_s = driven(legs.duration_s, vehicle.speed_factor)
            legs = self._around_closures(Legs(legs.distance_m, duration_s))
            self._ways[key] = Ways(
                legs.distance_m,
                legs.duration_s,
                _rows(legs.distance_m),
                _rows(legs.duration_s),
            )
        return self._ways[key]

    def _is_too_large(self) -> bool:
        """Return whether there are formulas for ways, and too many points for tables."""
        has_formulas = hasattr(self.problem.travel, "formulas") and not self.problem.closures
        return has_formulas and len(self.points) > MOST_TABLED

    def _formulas(self, vehicle: Vehicle) -> Ways:
        """Return the ways of a vehicle without a table."""
        travel: Any = self.problem.travel
        metres, seconds = travel.formulas(self.points, vehicle.kind.value)
        factor = vehicle.speed_factor
        if factor != 1.0:
            usual = seconds.ways
            seconds = Formula(lambda a, b: driven(usual(a, b), factor), len(self.points))
        return Ways(metres, seconds, _rows(metres), _rows(seconds))

    def _around_closures(self, legs: Legs) -> Legs:
        """Return the ways as they are while bridges are closed."""
        if not self.problem.closures:
            return legs
        distance_m, duration_s = legs.distance_m.copy(), legs.duration_s.copy()
        ids = [point.id for point in self.points]
        for closure in self.problem.closures:
            on_side = np.array([each in set(closure.places) for each in ids])
            beyond = np.array([each in set(closure.others) for each in ids])
            if not closure.others:
                beyond = ~on_side
            crosses = (on_side[:, None] & beyond[None, :]) | (beyond[:, None] & on_side[None, :])
            crosses &= (distance_m >= 0) & (duration_s >= 0)
            if closure.extra_m is None and closure.extra_s is None:
                distance_m[crosses] = duration_s[crosses] = -1
            else:
                distance_m[crosses] += closure.extra_m or 0
                duration_s[crosses] += closure.extra_s or 0
        return Legs(distance_m, duration_s)

    def _find_mates(self) -> dict[int, list[int]]:
        """Return the other stops of its household for each stop that has some."""
        homes: dict[str, list[int]] = {}
        for row, stop in enumerate(self.problem.stops):
            if stop.household:
                homes.setdefault(stop.household, []).append(row)
        return {
            row: [other for other in rows if other != row]
            for rows in homes.values()
            for row in rows
            if len(rows) > 1
        }

    def _find_foes(self) -> dict[int, list[int]]:
        """Return the stops that each stop must not share a vehicle with, where there are some."""
        foes: dict[int, set[int]] = {}
        for pair in self.problem.forbidden_pairs:
            one, two = self.stop_row[pair.stop], self.stop_row[pair.other]
            foes.setdefault(one, set()).add(two)
            foes.setdefault(two, set()).add(one)
        return {row: sorted(others) for row, others in foes.items()}

    def option_cost(self, option: Option) -> int:
        """Return what choosing a place costs, in thousandths of a rupiah: itself and the walk."""
        return 1_000 * option.cost_rp + option.walk_m * self.problem.walk_rp_per_km

    def _find_shifts(self) -> list[ShiftRef]:
        refs = []
        for vehicle in self.problem.vehicles:
            depot = self.problem.depot_by_id[vehicle.depot]
            ordered = sorted(
                enumerate(vehicle.shifts), key=lambda each: (each[1].day, each[1].starts_s)
            )
            for number, shift in ordered:
                if shift.day not in self.day_row:
                    continue
                midnight = self.day_row[shift.day] * DAY_S
                starts = max(shift.starts_s, depot.opens_s)
                ends = min(shift.ends_s, depot.closes_s)
                if starts <= ends:
                    refs.append(
                        ShiftRef(
                            vehicle,
                            number,
                            shift.day,
                            midnight,
                            midnight + starts,
                            midnight + ends,
                            self.point_row[depot.id],
                            depot.loading_s,
                            _breaks_of(shift, midnight),
                        )
                    )
        return refs

    def _find_options(self) -> list[OptionRef]:
        pinned_days: dict[str, set[date]] = {}
        for pin in self.problem.pins:
            if pin.day is not None:
                pinned_days[pin.stop] = pinned_days.get(pin.stop, {pin.day}) & {pin.day}
        barred = {(ban.stop, ban.day) for ban in self.problem.forbidden if ban.vehicle is None}
        refs = []
        for row, stop in enumerate(self.problem.stops):
            days = [
                day
                for day in self.day_row
                if (not stop.days or day in stop.days)
                and day in pinned_days.get(stop.id, {day})
                and (stop.id, day) not in barred
            ]
            for option in stop.options:
                place = self.problem.place_by_id[option.place]
                spans = self._spans(stop, place, days)
                refs.append(OptionRef(stop, row, option, self.point_row[place.id], spans))
        return refs

    def _spans(self, stop: Stop, place: Place, days: list[date]) -> tuple[tuple[int, int], ...]:
        spans: list[tuple[int, int]] = []
        for day in days:
            if not may_wait(stop, place, day):
                continue
            midnight = self.day_row[day] * DAY_S
            for from_s, to_s in _overlap(
                self._hours(place.windows, day), self._hours(stop.windows, day)
            ):
                spans.append((midnight + from_s, midnight + to_s))
        return tuple(spans)

    def _hours(self, windows: tuple[Window, ...], day: date) -> list[tuple[int, int]]:
        """Return the hours of one day, joined and in order; no windows at all: the whole day."""
        if not windows:
            return [(0, self.day_length_s - 1)]
        hours = sorted(
            (window.opens_s, window.closes_s) for window in windows if window.day in (None, day)
        )
        joined: list[tuple[int, int]] = []
        for from_s, to_s in hours:
            if joined and from_s <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], to_s))
            else:
                joined.append((from_s, to_s))
        return joined

    def is_located(self, option: OptionRef) -> bool:
        """Return whether the source of ways can know the place."""
        if self.problem.travel.source != "great_circle":
            return True
        point = self.points[option.point]
        return is_on_earth(point.lat, point.lon)

    @cached_property
    def close(self) -> list[list[int]]:
        """The nearest other stops of each, from first place to first place; -1 where there are few.

        As the first vehicle by id drives; of equally near ones the first by id.
        """
        stops = self.problem.stops
        found = [[-1] * NUM_CLOSE for _ in stops]
        by_id = sorted(
            (row for row in range(len(stops)) if self.options_of[row]),
            key=lambda row: stops[row].id,
        )
        if not self.problem.vehicles or not by_id:
            return found
        first = min(self.problem.vehicles, key=lambda vehicle: vehicle.id)
        points = np.array([self.options[self.options_of[row][0]].point for row in by_id])
        distance_m = self.ways(first).distance_m
        for place, row in enumerate(by_id):
            metres = distance_m[points[place], points].copy()
            metres[metres < 0] = LARGEST
            metres[place] = LARGEST
            for number, at in enumerate(np.argsort(metres, kind="stable")[:NUM_CLOSE].tolist()):
                if metres[at] < LARGEST:
                    found[row][number] = by_id[at]
        return found

    @cached_property
    def shares(self) -> list[Fraction]:
        """Each vehicle's part of all hours of shifts on the planned days; 0 without any."""
        hours = [
            sum(s.ends_s - s.starts_s for s in vehicle.shifts if s.day in self.day_row)
            for vehicle in self.problem.vehicles
        ]
        return [Fraction(each, max(1, sum(hours))) for each in hours]

    @cached_property
    def breaks(self) -> dict[ReasonCode, NDArray[np.bool_]]:
        """Which options and shifts each rule keeps apart: bool[options, shifts] by rule."""
        shape = (len(self.options), len(self.shifts))
        found = {rule: np.zeros(shape, dtype=bool) for rule in PAIR_RULES}
        if 0 not in shape:
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

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Whether an option could be alone on a trip of a shift, bool[options, shifts]."""
        barred = np.zeros((len(self.options), len(self.shifts)), dtype=bool)
        for broken in self.breaks.values():
            barred |= broken
        return ~barred

    @cached_property
    def may_ride(self) -> NDArray[np.bool_]:
        """`allowed` but for hours, day and size: what a vehicle may carry there at all."""
        barred = np.zeros((len(self.options), len(self.shifts)), dtype=bool)
        for rule in (
            ReasonCode.NO_COOL_BOX,
            ReasonCode.NO_SKILL,
            ReasonCode.HOLDS,
            ReasonCode.HEAT,
            ReasonCode.UNREACHABLE,
        ):
            barred |= self.breaks[rule]
        return ~barred

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

        for hold, is_pin in [
            *((pin, True) for pin in self.problem.pins),
            *((ban, False) for ban in self.problem.forbidden),
        ]:
            rows = self.options_of[self.stop_row[hold.stop]]
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


def _breaks_of(shift: Shift, midnight: int) -> tuple[BreakRef, ...]:
    ordered = sorted(shift.breaks, key=lambda each: (each.earliest_s, each.latest_s))
    return tuple(
        BreakRef(midnight + each.earliest_s, midnight + each.latest_s, each.duration_s, each.name)
        for each in ordered
    )


def may_wait(stop: Stop, place: Place, day: date) -> bool:
    """Return whether goods that come on a day may wait at a place until they are handed out."""
    if place.handed_out_on is None or stop.is_pickup:
        return True
    wait = (place.handed_out_on - day).days
    return wait >= 0 and (stop.max_days_before is None or wait <= stop.max_days_before)


def _walks_too_far(ref: OptionRef) -> bool:
    return ref.stop.max_walk_m is not None and ref.option.walk_m > ref.stop.max_walk_m


def next_span(
    spans: tuple[tuple[int, int], ...], instant: int, midnight: int, day_length_s: int
) -> tuple[int, int] | None:
    """Return the first span of the day that is not over at an instant."""
    for span in spans:
        if span[1] >= instant and span[0] >= midnight:
            return span if span[0] < midnight + day_length_s else None
    return None


def next_start(
    spans: tuple[tuple[int, int], ...], instant: int, midnight: int, day_length_s: int
) -> int | None:
    """Return when service can start on arrival at an instant; None when it is too late."""
    span = next_span(spans, instant, midnight, day_length_s)
    return None if span is None else max(span[0], instant)


def survey_of(problem: RoutingProblem) -> Survey:
    """Return the survey of a problem, made once per problem object."""
    known: Survey | None = vars(problem).get("_survey")
    if known is None:
        known = vars(problem)["_survey"] = Survey(problem)
    return known


def driven(duration_s: NDArray[np.int64], speed_factor: float) -> NDArray[np.int64]:
    """Return durations at a multiple of the usual speed, rounded up; -1 stays."""
    if speed_factor == 1.0:
        return duration_s
    return np.where(duration_s < 0, duration_s, np.ceil(duration_s / speed_factor)).astype(np.int64)


def _overlap(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> list[tuple[int, int]]:
    both = [(max(a, c), min(b, d)) for a, b in first for c, d in second]
    return sorted(span for span in both if span[0] <= span[1])
