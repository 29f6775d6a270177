"""Places that a whole household may use: where children are served together, if they can be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from logistics.survey import survey_of

if TYPE_CHECKING:
    from logistics.problem import RoutingProblem
    from logistics.survey import Survey


def at_common_places(problem: RoutingProblem) -> RoutingProblem | None:
    """Return the problem with households at places that all their stops may use.

    A search that moves one stop at a time would put the first of a household where it is cheapest,
    and leave the others out. None: nothing changes, because no household has several stops, a
    common place, and another one beside it.
    """
    survey = survey_of(problem)
    if not survey.mates:
        return None
    kept: dict[int, set[str]] = {}
    for row, mates in survey.mates.items():
        common = _common(survey, [row, *mates])
        places = {option.place for option in problem.stops[row].options}
        if common and places - common:
            kept[row] = common
    if not kept:
        return None
    stops = [
        replace(stop, options=tuple(each for each in stop.options if each.place in kept[row]))
        if row in kept
        else stop
        for row, stop in enumerate(problem.stops)
    ]
    return replace(problem, stops=tuple(stops))


def _common(survey: Survey, rows: list[int]) -> set[str]:
    """Return the places at which some vehicle could serve each of some stops, alone.

    Stops that nothing can serve anywhere do not count.
    """
    allowed = [
        {
            survey.options[option].option.place
            for option in survey.options_of[row]
            if survey.allowed[option].any()
        }
        for row in rows
    ]
    servable = [places for places in allowed if places]
    return set.intersection(*servable) if servable else set()
