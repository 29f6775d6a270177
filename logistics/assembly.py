"""Between tours, which engines work on, and plans, which people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from logistics.goals import measure
from logistics.plan import Pause, Route, RoutePlan, Visit
from logistics.timetable import legs_m, legs_s, timetable
from logistics.tours import PARTS_PER_RP, Tours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logistics.plan import Unserved
    from logistics.survey import Survey
    from logistics.survey_rows import ShiftRef
    from logistics.timetable import TripTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How a plan was made."""

    engine: str
    seed: int
    iterations: int = 0
    seconds: float = 0.0
    time_ran_out: bool = False


def to_plan(tours: Tours, unserved: Sequence[Unserved], making: Making) -> RoutePlan:
    """Return the plan of finished tours, with its times and totals."""
    survey = tours.survey
    routes = []
    for shifts in survey.shifts_of_day.values():
        trip_number = 0
        for column in shifts:
            trips, shift = tours.trips[column], survey.shifts[column]
            for trip, times in zip(trips, timetable(survey, shift, trips), strict=True):
                trip_number += 1
                routes.append(_route(survey, shift, trip, times, trip_number))
    routes.sort(key=lambda route: (route.day, route.vehicle, route.trip))
    problem = survey.problem
    return RoutePlan(
        routes=tuple(routes),
        unserved=tuple(unserved),
        cost_rp=(tours.cost_parts() + PARTS_PER_RP // 2) // PARTS_PER_RP,
        distance_m=sum(route.distance_m for route in routes),
        duration_s=sum(route.duration_s for route in routes),
        distance_source=problem.travel.source,
        distance_as_of=problem.travel.as_of,
        problem_hash=problem.problem_hash,
        seed=making.seed,
        engine=making.engine,
        figures=measure(problem, routes) if problem.goals.any else None,
        iterations=making.iterations,
        seconds=making.seconds,
        time_ran_out=making.time_ran_out,
    )


def to_tours(survey: Survey, plan: RoutePlan) -> Tours:
    """Return the tours of a plan of the same problem.

    Raises
    ------
    KeyError
        The plan names a vehicle, shift, stop or place that the problem does not know.
    """
    tours = Tours(survey)
    column_of = {
        (shift.vehicle.id, shift.day, shift.number): column
        for column, shift in enumerate(survey.shifts)
    }
    row_of = {(ref.stop.id, ref.option.place): row for row, ref in enumerate(survey.options)}
    for route in sorted(plan.routes, key=lambda each: (each.loads_s, each.trip)):
        column = column_of[route.vehicle, route.day, route.shift]
        trip = [row_of[visit.stop, visit.place] for visit in route.visits]
        if trip:
            tours.trips[column].append(trip)
        for row in trip:
            tours.where[survey.options[row].stop_row] = column
    return tours


def _route(
    survey: Survey, shift: ShiftRef, trip: Sequence[int], times: TripTimes, number: int
) -> Route:
    stops = [survey.options[row].stop for row in trip]
    metres = [max(0, leg) for leg in legs_m(survey, shift, trip)]
    seconds = [max(0, leg) for leg in legs_s(survey, shift, trip)]
    weight_g = sum(stop.loaded_g for stop in stops)
    volume_ml = sum(stop.loaded_ml for stop in stops)
    num_packages = sum(
        stop.num_packages for stop in stops if not stop.is_pickup and not stop.source
    )
    visits = []
    left_g, left_ml, num_left = weight_g, volume_ml, num_packages
    for place, row in enumerate(trip):
        stop = survey.options[row].stop
        sign = 1 if stop.is_pickup else -1
        left_g += sign * stop.weight_g
        left_ml += sign * stop.volume_ml
        num_left += sign * stop.num_packages
        visits.append(
            Visit(
                stop=stop.id,
                place=survey.options[row].option.place,
                arrival_s=times.arrivals[place] - shift.midnight,
                start_s=times.starts[place] - shift.midnight,
                departure_s=times.departures[place] - shift.midnight,
                leg_distance_m=metres[place],
                leg_duration_s=seconds[place],
                left_g=left_g,
                left_ml=left_ml,
                num_left=num_left,
            )
        )
    return Route(
        vehicle=shift.vehicle.id,
        day=shift.day,
        shift=shift.number,
        trip=number,
        visits=tuple(visits),
        loads_s=times.loads - shift.midnight,
        leaves_s=times.leaves - shift.midnight,
        returns_s=times.returns - shift.midnight,
        distance_m=sum(metres),
        duration_s=times.returns - times.leaves,
        back_distance_m=metres[-1],
        back_duration_s=seconds[-1],
        weight_g=weight_g,
        volume_ml=volume_ml,
        num_packages=num_packages,
        pauses=tuple(
            Pause(
                before=each.before,
                starts_s=each.starts - shift.midnight,
                ends_s=each.ends - shift.midnight,
                name=each.name,
            )
            for each in times.rests
        ),
    )
