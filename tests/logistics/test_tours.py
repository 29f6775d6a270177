from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.problem import RoutingProblem
from logistics.survey import Survey
from logistics.timetable import fits
from logistics.tours import Tours
from tests.logistics.problems import EIGHT, MONDAY, problem, problems, stop, vehicle


@settings(max_examples=40, deadline=None)
@given(some=problems(), ends_s=st.integers(EIGHT + 600, EIGHT + 7_200))
def test_no_place_that_keeps_every_rule_is_passed_over(some: RoutingProblem, ends_s: int) -> None:
    """The places left aside because the shift is too short would not have fitted."""
    some = replace(
        some,
        vehicles=tuple(
            replace(
                each,
                shifts=tuple(
                    replace(shift, ends_s=max(shift.starts_s + 60, min(shift.ends_s, ends_s)))
                    for shift in each.shifts
                ),
            )
            for each in some.vehicles
        ),
    )
    survey = Survey(some)
    tours = Tours(survey)
    for row in range(len(some.stops)):
        found = {(slot.shift, slot.trip, slot.position) for slot in tours.fitting(row)}
        for shift, trips in enumerate(tours.trips):
            for number, trip in enumerate(trips):
                for position in range(len(trip) + 1):
                    for option in survey.options_of[row]:
                        longer = [*trip[:position], option, *trip[position:]]
                        changed = [*trips[:number], longer, *trips[number + 1 :]]
                        is_open = survey.allowed[option, shift]
                        if (
                            is_open
                            and _is_free(tours, row, shift)
                            and fits(survey, survey.shifts[shift], changed)
                        ):
                            assert (shift, number, position) in found
        slot = next(tours.fitting(row), None)
        if slot is not None:
            tours.put(slot)


def _is_free(tours: Tours, row: int, shift: int) -> bool:
    beside = tours.shifts_beside(row)
    vehicle_id = tours.survey.shifts[shift].vehicle.id
    return (beside is None or shift in beside) and vehicle_id not in tours.vehicles_barred(row)


def test_places_are_looked_at_while_it_is_to_keep_on() -> None:
    survey = Survey(problem(stop(1), vehicles=(vehicle("v1", MONDAY),)))
    tours = Tours(survey)
    assert next(tours.fitting(0, keep_on=lambda: False), None) is None
    assert next(tours.fitting(0, keep_on=lambda: True), None) is not None
