"""Last month's routes as the beginning of this month's: couriers know their streets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.timetable import fits
from logistics.tours import Tours

if TYPE_CHECKING:
    from logistics.plan import Route, RoutePlan
    from logistics.survey import Survey


def warm_tours(survey: Survey, plan: RoutePlan) -> Tours:
    """Return tours that follow an earlier plan as far as this problem allows.

    The k-th day of the earlier plan is the k-th day of this problem. Stops that are gone are left
    out; a stop that no longer fits at its place waits to be inserted anew.
    """
    tours = Tours(survey)
    days = sorted({route.day for route in plan.routes})
    day_of = dict(zip(days, sorted(survey.problem.days), strict=False))
    if {route.day for route in plan.routes} <= set(survey.problem.days):
        day_of = {day: day for day in survey.problem.days}
    for route in sorted(plan.routes, key=lambda each: (each.day, each.loads_s, each.trip)):
        columns = survey.shifts_of_day.get((route.vehicle, day_of.get(route.day, route.day)), [])
        if columns:
            _follow(tours, columns, route)
    return tours


def _follow(tours: Tours, columns: list[int], route: Route) -> None:
    """Add the stops of a route one by one, in their order, where that keeps every rule."""
    survey = tours.survey
    column = min(columns, key=lambda each: abs(survey.shifts[each].number - route.shift))
    shift, trips = survey.shifts[column], tours.trips[column]
    trip: list[int] = []
    for visit in route.visits:
        row = survey.stop_row.get(visit.stop)
        if (
            row is None
            or row in tours.where
            or column not in (tours.shifts_beside(row) or {column})
            or shift.vehicle.id in tours.vehicles_barred(row)
        ):
            continue
        same_place = [
            option
            for option in survey.options_of[row]
            if survey.options[option].option.place == visit.place
        ]
        for option in same_place or survey.options_of[row]:
            longer = [*trip, option]
            if survey.allowed[option, column] and fits(survey, shift, [*trips, longer]):
                trip = longer
                tours.where[row] = column
                break
    if trip:
        trips.append(trip)
