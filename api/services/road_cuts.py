"""Places that only closed roads keep off: the plan names the road instead of "no way"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from api.services.road_map import active_map, closures
from api.services.road_travel import points_of, ways_with_closed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from sqlmodel import Session

    from data.schema import RoadClosure
    from logistics.distance import GivenMatrix, Point
    from logistics.problem import RoutingProblem

__all__ = ["name_what_cuts_off"]


def name_what_cuts_off(
    session: Session, problem: RoutingProblem, *, kinds: Sequence[str]
) -> RoutingProblem:
    """Return a problem on the city's roads whose closures name what keeps places off.

    Ways around closed roads tell that there is none, not why. Places that no vehicle reaches from
    any depot, and would if the roads were open, get the ways of the open roads, and a closure by
    the name of the road that forbids them. Without a map nobody can tell, and nothing changes.
    """
    from logistics.distance import GivenMatrix
    from logistics.problem import Closure

    travel = problem.travel
    closed = closures(session, days=problem.days)
    if not closed or not isinstance(travel, GivenMatrix) or travel.source != "roads":
        return problem
    if active_map(session) is None:
        return problem
    depots = [depot.id for depot in problem.depots]
    lost = _lost(travel, depots, {place.id for place in problem.places})
    if not lost or not depots:
        return problem
    some = [point for point in points_of(problem) if point.id in {*depots, *lost}]

    opened = ways_with_closed(session, some, [], kinds=kinds)
    cut_off = lost - _lost(opened, depots, lost)
    names: dict[str, set[str]] = {}
    for each in closed if cut_off else []:
        others = [other for other in closed if other is not each]
        without = ways_with_closed(session, some, others, kinds=kinds)
        names.setdefault(_name(each), set()).update(cut_off - _lost(without, depots, cut_off))
    together = cut_off.difference(*names.values())
    names.setdefault(", ".join(map(_name, closed)), set()).update(together)
    cuts = [Closure(places=tuple(sorted(ids)), name=name) for name, ids in names.items() if ids]
    return replace(
        problem,
        travel=_with_ways(travel, opened, some),
        closures=(*problem.closures, *cuts),
    )


def _name(closure: RoadClosure) -> str:
    return closure.street or f"{closure.lat:.4f}, {closure.lon:.4f}"


def _lost(travel: GivenMatrix, depots: Sequence[str], places: set[str]) -> set[str]:
    """Return the places that no kind of vehicle drives to and back from any depot.

    Those that the ways do not know are among them.
    """
    import numpy as np  # only who plans waits for it

    row_of = {each: row for row, each in enumerate(travel.ids)}
    rows = [row_of[each] for each in depots if each in row_of]
    reached = np.zeros(len(travel.ids), dtype=bool)
    for legs in travel.duration_s.values():
        reached |= ((legs[rows, :] >= 0) & (legs[:, rows].T >= 0)).any(axis=0)
    return {each for each in places if each not in row_of or not reached[row_of[each]]}


def _with_ways(travel: GivenMatrix, opened: GivenMatrix, points: Sequence[Point]) -> GivenMatrix:
    """Return a matrix with the open ways between some points where it has none."""
    import numpy as np

    row_of = {each: row for row, each in enumerate(travel.ids)}
    known = [number for number, point in enumerate(points) if point.id in row_of]
    own = [row_of[points[number].id] for number in known]
    rows, others = np.ix_(own, own), np.ix_(known, known)

    def filled(name: str) -> dict[str, np.ndarray]:
        whole = {kind: np.array(legs) for kind, legs in getattr(travel, name).items()}
        for kind, legs in whole.items():
            legs[rows] = np.where(legs[rows] < 0, getattr(opened, name)[kind][others], legs[rows])
        return whole

    return replace(travel, distance_m=filled("distance_m"), duration_s=filled("duration_s"))
