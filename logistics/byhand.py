"""Plans changed by a person: reordered, moved, completed; times follow, rules are named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from logistics.assembly import Making, to_plan, to_tours
from logistics.plan import Reason, ReasonCode, Remedy, RemedyCode, Unserved
from logistics.survey import survey_of
from logistics.timetable import timetable, way_m
from logistics.tours import PARTS_PER_RP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem
    from logistics.survey import Survey
    from logistics.survey_rows import ShiftRef
    from logistics.tours import Slot, Tours


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """A place in a plan where one more stop fits without breaking a rule.

    Parameters
    ----------
    route
        Id of the route, also of a new one on an idle vehicle (then `is_new`).
    position
        Index among the route's visits.
    place
        Which of the stop's places.
    cost_rp, distance_m, duration_s
        What it adds.
    """

    route: str
    position: int
    place: str
    cost_rp: int
    distance_m: int
    duration_s: int
    is_new: bool = False


def reschedule(problem: RoutingProblem, plan: RoutePlan) -> RoutePlan:
    """Return the plan with times, ways and loads computed anew from its orders of stops."""
    survey = survey_of(problem)
    return _replanned(to_tours(survey, plan), plan)


def reorder(
    problem: RoutingProblem, plan: RoutePlan, route_id: str, order: Sequence[str]
) -> RoutePlan:
    """Return the plan with the stops of one route in a given order, whatever that breaks.

    Ask `check.check` what it breaks. Raises ValueError when `order` is not a permutation of the
    route's stops, KeyError for an unknown route.
    """
    survey = survey_of(problem)
    tours = to_tours(survey, plan)
    trip = _trip(tours, plan, route_id)
    option_of = {survey.options[row].stop.id: row for row in trip}
    if sorted(order) != sorted(option_of):
        raise ValueError(f"order must hold exactly the stops of route {route_id}")
    trip[:] = [option_of[stop] for stop in order]
    return _replanned(tours, plan)


def move_stop(
    problem: RoutingProblem,
    plan: RoutePlan,
    stop: str,
    route_id: str | None,
    position: int = 0,
    *,
    place: str | None = None,
) -> RoutePlan:
    """Return the plan with a stop, served or not, at a position of a route.

    `route_id` None takes it off its route: it is then unserved with reason LEFT_OUT. An id
    ``vehicle/day/trip`` that is not in the plan yet opens a trip there. `place` None keeps the
    place chosen before, or takes the stop's first. Routes left without stops are dropped and
    later trips of that day move up. Raises KeyError for unknown ids.
    """
    survey = survey_of(problem)
    tours = to_tours(survey, plan)
    row = survey.stop_row[stop]
    option = None if route_id is None else _option(survey, plan, stop, place)
    trip = None
    if route_id is not None and route_id in plan.route_by_id:
        trip = _trip(tours, plan, route_id)
        trip[:] = [each for each in trip if survey.options[each].stop_row != row]
    if row in tours.where:
        _lift(tours, row, keep=trip)
    if route_id is not None and option is not None:
        if trip is None:
            column = _column(survey, *_parts(route_id))
            tours.trips[column].append([option])
        else:
            trip.insert(max(0, position), option)
            column = next(at for at, trips in enumerate(tours.trips) if _holds(trips, trip))
        tours.where[row] = column
    tours.trips = [[each for each in trips if each] for trips in tours.trips]
    return _replanned(tours, plan)


def best_insertions(
    problem: RoutingProblem, plan: RoutePlan, stop: str, k: int = 3
) -> list[Insertion]:
    """Return up to `k` cheapest places for one more stop, at most one per route; empty: none.

    A stop that is served already is looked at as if it were not. Only places that keep every rule
    are named. Raises KeyError for unknown ids.
    """
    survey = survey_of(problem)
    tours = to_tours(survey, plan)
    row = survey.stop_row[stop]
    if row in tours.where:
        tours.take(row)
    found: dict[str, Insertion] = {}
    for slot in tours.fitting(row):
        if slot.is_new_trip and not _is_last_of_day(tours, slot):
            continue
        insertion = _insertion(tours, slot)
        if insertion.route not in found:
            found[insertion.route] = insertion
        if len(found) >= k:
            break
    return sorted(found.values(), key=lambda each: (each.cost_rp, each.route))


def _replanned(tours: Tours, plan: RoutePlan) -> RoutePlan:
    reasons = {unserved.stop: unserved.reasons for unserved in plan.unserved}
    left_out = (Reason(ReasonCode.LEFT_OUT, {}, (Remedy(RemedyCode.INSERT_BY_HAND),)),)
    unserved = [
        Unserved(stop.id, reasons.get(stop.id, left_out))
        for row, stop in enumerate(tours.survey.problem.stops)
        if row not in tours.where
    ]
    return to_plan(tours, unserved, Making(engine="hand", seed=plan.seed))


def _parts(route_id: str) -> tuple[str, date]:
    """Return vehicle and day of a route's id."""
    try:
        vehicle, day, _ = route_id.rsplit("/", 2)
        return vehicle, date.fromisoformat(day)
    except ValueError as error:
        raise KeyError(route_id) from error


def _column(survey: Survey, vehicle: str, day: date) -> int:
    """Return the last shift of a vehicle's day, where a new trip is added."""
    return survey.shifts_of_day[vehicle, day][-1]


def _trip(tours: Tours, plan: RoutePlan, route_id: str) -> list[int]:
    route = plan.route_by_id[route_id]
    number = 0
    for column in tours.survey.shifts_of_day[route.vehicle, route.day]:
        for trip in tours.trips[column]:
            number += 1
            if number == route.trip:
                return trip
    raise KeyError(route_id)


def _option(survey: Survey, plan: RoutePlan, stop: str, place: str | None) -> int:
    """Return the row of a stop at a place: the one asked for, the one planned, or the first."""
    options = survey.options_of[survey.stop_row[stop]]
    by_place = {survey.options[row].option.place: row for row in options}
    if place is not None:
        return by_place[place]
    route = plan.route_of_stop.get(stop)
    planned = next((v.place for v in route.visits if v.stop == stop), None) if route else None
    if planned is None and not options:
        raise KeyError(stop)
    return by_place[planned] if planned is not None else options[0]


def _lift(tours: Tours, row: int, *, keep: list[int] | None) -> None:
    """Take a stop off all trips but keep one list of them alive, even when it is empty now."""
    options = tours.survey.options
    column = tours.where.pop(row)
    for trip in tours.trips[column]:
        if trip is not keep:
            trip[:] = [each for each in trip if options[each].stop_row != row]


def _holds(trips: list[list[int]], trip: list[int]) -> bool:
    return any(each is trip for each in trips)


def _is_last_of_day(tours: Tours, slot: Slot) -> bool:
    shift = tours.survey.shifts[slot.shift]
    of_day = tours.survey.shifts_of_day[shift.vehicle.id, shift.day]
    later = of_day[of_day.index(slot.shift) + 1 :]
    return slot.trip == len(tours.trips[slot.shift]) and not any(tours.trips[at] for at in later)


def _insertion(tours: Tours, slot: Slot) -> Insertion:
    survey, shift = tours.survey, tours.survey.shifts[slot.shift]
    of_day = survey.shifts_of_day[shift.vehicle.id, shift.day]
    before = sum(len(tours.trips[at]) for at in of_day[: of_day.index(slot.shift)])
    after = tours.copy()
    after.put(slot)
    was, now = tours.trips[slot.shift], after.trips[slot.shift]
    parts = after.shift_parts(slot.shift) - tours.shift_parts(slot.shift)
    if not any(tours.trips[at] for at in of_day):
        parts += shift.vehicle.cost_rp_per_day * PARTS_PER_RP
    return Insertion(
        route=f"{shift.vehicle.id}/{shift.day.isoformat()}/{before + slot.trip + 1}",
        position=slot.position,
        place=survey.options[slot.option].option.place,
        cost_rp=(parts + PARTS_PER_RP // 2) // PARTS_PER_RP,
        distance_m=_metres(survey, shift, now) - _metres(survey, shift, was),
        duration_s=_busy_s(survey, shift, now) - _busy_s(survey, shift, was),
        is_new=slot.is_new_trip,
    )


def _metres(survey: Survey, shift: ShiftRef, trips: list[list[int]]) -> int:
    return sum(way_m(survey, shift, trip) for trip in trips)


def _busy_s(survey: Survey, shift: ShiftRef, trips: list[list[int]]) -> int:
    times = timetable(survey, shift, trips)
    return times[-1].returns - times[0].loads if times else 0
