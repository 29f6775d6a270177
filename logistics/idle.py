"""Why a vehicle stays behind in a plan: no day, nothing fits it, it costs more, it is not needed.

What driving it would cost is tried out: whole shifts and single trips of others, and single stops,
are handed to it while everything else stays; the cheapest of these changes is what is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from logistics.assembly import to_tours
from logistics.pair_rules import PAIR_RULES
from logistics.survey import survey_of
from logistics.timetable import fits
from logistics.tours import PARTS_PER_RP, Tours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem, Vehicle
    from logistics.survey import Survey

MOST_SINGLES = 40
"""Stops that are tried alone: those whose removal saves most way."""


class IdleCode(StrEnum):
    """Why a vehicle is not used."""

    NO_DAY = "idle.no_day"
    NOTHING_TO_CARRY = "idle.nothing_to_carry"
    FITS_NOTHING = "idle.fits_nothing"
    TOO_SMALL = "idle.too_small"
    COSTS_MORE = "idle.costs_more"
    NOT_NEEDED = "idle.not_needed"
    GOALS = "idle.goals"
    WOULD_SAVE = "idle.would_save"
    HOLDS_TOGETHER = "idle.holds_together"
    UNTOLD = "idle.untold"


@dataclass(frozen=True, slots=True)
class Idle:
    """A vehicle without a route, and why; amounts with their unit in the name."""

    vehicle: str
    code: IdleCode
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Change:
    """What another vehicle would hand over: parts of a rupiah more, from whom and when."""

    parts: int
    vehicle: str
    day: str
    is_single: bool


@dataclass(slots=True)
class _Clock:
    """Whether there was time for every trial of a vehicle."""

    keep_on: Callable[[], bool]
    has_ended: bool = False

    def allows(self) -> bool:
        """Return whether one more may be tried; once not, none may."""
        self.has_ended = self.has_ended or not self.keep_on()
        return not self.has_ended


def idle_vehicles(
    problem: RoutingProblem, plan: RoutePlan, *, keep_on: Callable[[], bool] = lambda: True
) -> tuple[Idle, ...]:
    """Return the vehicles that no route of a plan uses, in the problem's order.

    Parameters
    ----------
    keep_on
        Asked before every change that is tried; once false, no more is tried and the cheapest of
        what was found so far is told, or that the reason is not known (`IdleCode.UNTOLD`).
    """
    used = {route.vehicle for route in plan.routes}
    unused = [vehicle for vehicle in problem.vehicles if vehicle.id not in used]
    if not unused:
        return ()
    survey = survey_of(problem)
    tours = to_tours(survey, plan)
    told: dict[object, tuple[IdleCode, dict[str, Any]]] = {}
    found = []
    for vehicle in unused:
        columns = _columns(survey, vehicle)
        bound = any(hold.vehicle == vehicle.id for hold in (*problem.pins, *problem.forbidden))
        likeness = tuple((survey.shifts[c].day, survey.shifts[c].likeness) for c in columns)
        key: object = vehicle.id if bound or not columns else likeness
        if key not in told:
            told[key] = _why(tours, vehicle, columns, keep_on)
        found.append(Idle(vehicle.id, *told[key]))
    return tuple(found)


def _columns(survey: Survey, vehicle: Vehicle) -> list[int]:
    return [column for column, shift in enumerate(survey.shifts) if shift.vehicle.id == vehicle.id]


def _why(
    tours: Tours, vehicle: Vehicle, columns: list[int], keep_on: Callable[[], bool]
) -> tuple[IdleCode, dict[str, Any]]:
    survey = tours.survey
    if not columns:
        days = sorted({shift.day.isoformat() for shift in vehicle.shifts})
        return IdleCode.NO_DAY, {"days": days}
    if not tours.where:
        return IdleCode.NOTHING_TO_CARRY, {}
    options = [row for stop in tours.where for row in survey.options_of[stop]]
    if not survey.allowed[options][:, columns].any():
        return IdleCode.FITS_NOTHING, _nothing(survey, vehicle, options, columns)
    clock = _Clock(keep_on)
    changes = list(_changes(tours, columns, clock))
    if not changes:
        return (IdleCode.UNTOLD if clock.has_ended else IdleCode.HOLDS_TOGETHER), {}
    best = min(changes, key=lambda each: each.parts)
    added_rp = round(best.parts / PARTS_PER_RP)
    what = {"code": "idle_what.stop" if best.is_single else "idle_what.trips"}
    params = {
        "what": what | {"vehicle": best.vehicle, "day": best.day},
        "added_rp": abs(added_rp),
        "day_rp": vehicle.cost_rp_per_day,
    }
    lightest_g = min(_loads(tours))
    if added_rp > 0 and lightest_g > vehicle.capacity_g:
        sizes = {"capacity_g": vehicle.capacity_g, "lightest_g": lightest_g}
        return IdleCode.TOO_SMALL, params | sizes
    if added_rp > 0:
        return IdleCode.COSTS_MORE, params
    if added_rp == 0:
        return IdleCode.NOT_NEEDED, params
    return (IdleCode.GOALS if survey.problem.goals.any else IdleCode.WOULD_SAVE), params


def _nothing(
    survey: Survey, vehicle: Vehicle, options: list[int], columns: list[int]
) -> dict[str, Any]:
    """Return the rule that keeps most stops off a vehicle, with its size beside the lightest."""
    num_broken = {
        rule: int(survey.breaks[rule][options][:, columns].all(axis=1).sum()) for rule in PAIR_RULES
    }
    rule = max(PAIR_RULES, key=lambda each: num_broken[each])
    lightest_g = min(survey.options[row].stop.weight_g for row in options)
    return {"rule": rule.value, "capacity_g": vehicle.capacity_g, "lightest_g": lightest_g}


def _loads(tours: Tours) -> list[int]:
    """Return the grams of each trip when it leaves."""
    options = tours.survey.options
    return [
        sum(options[row].stop.weight_g for row in trip) for trips in tours.trips for trip in trips
    ]


def _changes(tours: Tours, columns: list[int], clock: _Clock) -> Iterator[_Change]:
    """Yield what the vehicle of some shifts could take over from another, and its price."""
    by_shift = [
        (column, trips, change)
        for column, trips in enumerate(tours.trips)
        if trips
        for change in _parts_of_a_shift(trips)
    ]
    for column, trips, taken in by_shift:
        left = [trip for trip in trips if trip not in taken]
        yield from _handed(tours, column, columns, taken, left, clock, is_single=False)
    for column, option, rest in _singles(tours) if clock.allows() else ():
        yield from _handed(tours, column, columns, [[option]], rest, clock, is_single=True)


def _parts_of_a_shift(trips: list[list[int]]) -> list[list[list[int]]]:
    """Return all trips of a shift, and each alone where there are several."""
    alone = [[trip] for trip in trips] if len(trips) > 1 else []
    return [trips, *alone]


def _singles(tours: Tours) -> Iterator[tuple[int, int, list[list[int]]]]:
    """Yield stops that nothing binds, farthest out of the way first: shift, option, the rest."""
    survey = tours.survey
    found = []
    for column, trips in enumerate(tours.trips):
        distances = survey.ways(survey.shifts[column].vehicle).distances if trips else []
        depot = survey.shifts[column].depot
        for number, trip in enumerate(trips):
            points = [depot, *(survey.options[row].point for row in trip), depot]
            for place, row in enumerate(trip):
                stop_row = survey.options[row].stop_row
                is_bound = stop_row in survey.mates or stop_row in survey.source_row
                is_source = stop_row in survey.source_row.values()
                if is_bound or is_source or len(trip) + len(trips) == 2:
                    continue
                before, at, after = points[place : place + 3]
                saved_m = distances[before][at] + distances[at][after] - distances[before][after]
                found.append((-saved_m, column, number, place))
    for _, column, number, place in sorted(found)[:MOST_SINGLES]:
        trips = tours.trips[column]
        trip = trips[number]
        shorter = [*trip[:place], *trip[place + 1 :]]
        rest = [*trips[:number], *([shorter] if shorter else []), *trips[number + 1 :]]
        yield column, trip[place], rest


def _handed(
    tours: Tours,
    column: int,
    columns: list[int],
    taken: list[list[int]],
    rest: list[list[int]],
    clock: _Clock,
    *,
    is_single: bool,
) -> Iterator[_Change]:
    """Yield the price of some trips on each shift that may drive them."""
    survey, giver = tours.survey, tours.survey.shifts[column]
    options = [row for trip in taken for row in trip]
    targets = [target for target in columns if survey.allowed[options, target].all()]
    if not targets or not clock.allows() or (rest and not fits(survey, giver, rest)):
        return
    saved = tours.shift_parts(column) - _parts(survey, column, rest)
    if not rest and not _has_other_shift(tours, column):
        saved += giver.vehicle.cost_rp_per_day * PARTS_PER_RP
    for target in targets:
        taker = survey.shifts[target]
        if not clock.allows():
            return
        if fits(survey, taker, taken):
            added = _parts(survey, target, taken) + taker.vehicle.cost_rp_per_day * PARTS_PER_RP
            yield _Change(added - saved, giver.vehicle.id, giver.day.isoformat(), is_single)


def _parts(survey: Survey, column: int, trips: list[list[int]]) -> int:
    """Return what some trips cost on a shift, without the day of its vehicle."""
    trial = Tours(survey)
    trial.trips[column] = trips
    return trial.shift_parts(column)


def _has_other_shift(tours: Tours, column: int) -> bool:
    """Return whether the vehicle drives on that day in another of its shifts."""
    shift = tours.survey.shifts[column]
    that_day = tours.survey.shifts_of_day[shift.vehicle.id, shift.day]
    return any(tours.trips[other] for other in that_day if other != column)
