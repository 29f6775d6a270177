"""A problem of ours that is no more than an instance of the literature, for the lean engines."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.distance import Plane
from logistics.driven_ways import MOST_TABLED
from logistics.instance import NO_LIMIT, Fleet, Instance, Solution, Tour
from logistics.tours import Tours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logistics.survey import Survey
    from logistics.survey_rows import ShiftRef

KNOWN = {
    "RoutingProblem": {"days", "depots", "vehicles", "places", "stops", "travel", "name"},
    "Depot": {"id", "lat", "lon", "name", "opens_s", "closes_s"},
    "Vehicle": {
        *("id", "depot", "capacity_g", "capacity_ml", "shifts", "kind", "max_distance_m"),
        *("cost_rp_per_km", "cost_rp_per_day"),
    },
    "Shift": {"day", "starts_s", "ends_s"},
    "Place": {"id", "lat", "lon", "windows"},
    "Stop": {"id", "options", "weight_g", "num_packages", "service_s", "windows", "priority"},
    "Option": {"place"},
}
"""What the lean engines carry; any other field must be as it is when nobody says anything."""

LONGEST_S = 1 << 30


def instance_of(survey: Survey, stop_rows: list[int]) -> Instance | None:
    """Return a problem as an instance of the stops that can be served; None: it has more rules.

    Clients follow `stop_rows`; a unit of way is a metre and a second; the cost is a thousandth of
    a rupiah.
    """
    problem = survey.problem
    if len(problem.days) != 1 or len(problem.vehicles) != len(survey.shifts):
        return None
    stops = [problem.stops[row] for row in stop_rows]
    parts = [problem, *problem.depots, *problem.vehicles, *problem.places, *stops]
    parts += [shift for vehicle in problem.vehicles for shift in vehicle.shifts]
    parts += [option for stop in stops for option in stop.options]
    if not all(map(_says_nothing_else, parts)):
        return None
    rows = [survey.options_of[row] for row in stop_rows]
    if any(len(options) != 1 or len(survey.options[options[0]].spans) != 1 for options in rows):
        return None
    refs = [survey.options[options[0]] for options in rows]
    depots = sorted({shift.depot for shift in survey.shifts})
    points = [*depots, *(ref.point for ref in refs)]
    if len({vehicle.kind for vehicle in problem.vehicles}) != 1:
        return None
    xy, metres = _in_plane(survey, points), None
    if xy is None:
        metres = _table(survey, points)
        if metres is None:
            return None
    size, nothing = len(points), np.zeros(len(points), dtype=np.int64)
    blank = [0] * len(depots)
    spans = [ref.spans[0] for ref in refs]
    return Instance(
        name=problem.name,
        family="VRPTW",
        rounding=problem.travel.rounding if isinstance(problem.travel, Plane) else "nearest",
        num_depots=len(depots),
        xy=xy,
        matrix=metres,
        demand=np.array([*blank, *(stop.weight_g for stop in stops)]),
        service=np.array([*blank, *(stop.service_s for stop in stops)]),
        opens=np.array([*blank, *(max(0, span[0]) for span in spans)]),
        closes=np.array([*([LONGEST_S] * len(depots)), *(min(s[1], LONGEST_S) for s in spans)]),
        release=nothing,
        prize=nothing,
        fleets=_fleets(survey.shifts, depots, survey.allowed[[o[0] for o in rows]], size),
    )


def _in_plane(survey: Survey, points: list[int]) -> NDArray[np.float64] | None:
    """Return where points of a plane are, when they are too many for a table; else None."""
    travel = survey.problem.travel
    if not isinstance(travel, Plane) or len(survey.points) <= MOST_TABLED:
        return None
    return np.array([travel.xy[survey.points[row].id] for row in points], dtype=float)


def _table(survey: Survey, points: list[int]) -> NDArray[np.int64] | None:
    """Return ways that are metres and seconds at once; None: they are not, or one is missing."""
    if len(survey.points) > MOST_TABLED and hasattr(survey.problem.travel, "formulas"):
        return None
    ways, grid = survey.ways(survey.problem.vehicles[0]), np.ix_(points, points)
    metres: NDArray[np.int64] = ways.distance_m[grid]
    if metres.min() < 0 or not np.array_equal(metres, ways.duration_s[grid]):
        return None
    return metres


def solution_of(survey: Survey, stop_rows: list[int], tours: Tours) -> Solution:
    """Return tours as a solution of `instance_of`; who is on none of them is left out."""
    num_depots = len({shift.depot for shift in survey.shifts})
    client_of = {row: number + num_depots for number, row in enumerate(stop_rows)}
    driven = []
    for vehicle, trips in enumerate(tours.trips):
        rows = [[survey.options[option].stop_row for option in trip] for trip in trips]
        trip_rows = [tuple(client_of[row] for row in some if row in client_of) for some in rows]
        if any(trip_rows):
            driven.append(Tour(vehicle, tuple(filter(None, trip_rows))))
    return Solution(tours=tuple(driven), cost=0)


def tours_of(survey: Survey, stop_rows: list[int], solution: Solution) -> Tours:
    """Return the tours of a solution of `instance_of`."""
    tours = Tours(survey)
    num_depots = len({shift.depot for shift in survey.shifts})
    for tour in solution.tours:
        stops = [stop_rows[client - num_depots] for trip in tour.trips for client in trip]
        tours.trips[tour.vehicle] = [[survey.options_of[row][0] for row in stops]]
        tours.where.update(dict.fromkeys(stops, tour.vehicle))
    return tours


def _says_nothing_else(part: Any) -> bool:
    """Return whether every field that the lean engines do not know has its default."""
    known = KNOWN[type(part).__name__]
    for field in fields(part):
        if field.name in known:
            continue
        value = getattr(part, field.name)
        default = field.default
        if default is MISSING:
            default = field.default_factory() if field.default_factory is not MISSING else None
        if value != default:
            return False
    return True


def _fleets(
    shifts: list[ShiftRef], depots: list[int], allowed: np.ndarray, size: int
) -> tuple[Fleet, ...]:
    """Return shifts that are alike as fleets; `allowed` is by client and shift."""
    for_free = all(s.vehicle.cost_rp_per_km == s.vehicle.cost_rp_per_day == 0 for s in shifts)
    alike: dict[tuple[Any, ...], list[int]] = {}
    for column, shift in enumerate(shifts):
        vehicle = shift.vehicle
        key = (
            depots.index(shift.depot),
            vehicle.capacity_g,
            shift.starts,
            min(shift.ends, LONGEST_S),
            1_000 * vehicle.cost_rp_per_day,
            1 if for_free else vehicle.cost_rp_per_km,
            NO_LIMIT if vehicle.max_distance_m is None else vehicle.max_distance_m,
            allowed[:, column].tobytes(),
        )
        alike.setdefault(key, []).append(column)
    fleets = []
    for (depot, capacity, opens, closes, fixed, unit, most_way, _), columns in alike.items():
        some = np.concatenate([np.ones(len(depots), dtype=bool), allowed[:, columns[0]]])
        fleets.append(
            Fleet(
                vehicles=tuple(columns),
                depot=depot,
                capacity=capacity,
                opens=opens,
                closes=closes,
                fixed_cost=fixed,
                unit_cost=unit,
                most_way=most_way,
                allowed=None if some.all() else some[:size],
            )
        )
    return tuple(fleets)
