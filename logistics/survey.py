"""A problem looked over once: what can go where and when, before anything is planned.

Instants are seconds on one axis that begins at midnight of the first day; day k begins at
``k * DAY_S``.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from logistics.breaks import BreakRef
from logistics.distance import Point
from logistics.driven_ways import DrivenWays
from logistics.faults import LARGEST, is_on_earth
from logistics.pair_rules import PairRules
from logistics.plan import ReasonCode
from logistics.problem import DAY_S
from logistics.spans import hours_of, may_wait, overlap
from logistics.survey_rows import OptionRef, ShiftRef

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from logistics.driven_ways import Ways
    from logistics.problem import Option, Place, RoutingProblem, Shift, Stop, Vehicle

NUM_CLOSE = 5
"""Neighbours of a stop that should not be parted."""


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
        self._driven = DrivenWays(problem, self.points)
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
        return self._driven.driven_by(vehicle)

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
            for from_s, to_s in overlap(
                hours_of(place.windows, day, self.day_length_s),
                hours_of(stop.windows, day, self.day_length_s),
            ):
                spans.append((midnight + from_s, midnight + to_s))
        return tuple(spans)

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
        rules = PairRules(self.problem, self.options, self.shifts, self.ways, self.day_length_s)
        return rules.broken()

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


def _breaks_of(shift: Shift, midnight: int) -> tuple[BreakRef, ...]:
    ordered = sorted(shift.breaks, key=lambda each: (each.earliest_s, each.latest_s))
    return tuple(
        BreakRef(midnight + each.earliest_s, midnight + each.latest_s, each.duration_s, each.name)
        for each in ordered
    )


def survey_of(problem: RoutingProblem) -> Survey:
    """Return the survey of a problem, made once per problem object."""
    known: Survey | None = vars(problem).get("_survey")
    if known is None:
        known = vars(problem)["_survey"] = Survey(problem)
    return known
