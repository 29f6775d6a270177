"""Distances and times as services ask for them: by the city's road map, else straight lines."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.services.errors import Refused
from api.services.fleet import default_travel
from api.services.matrix_cache import folder_of, load_matrix, store_matrix
from api.services.road_map import NEAR_M, active_map, closures, network_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlmodel import Session

    from data.schema import RoadClosure, RoadMap
    from logistics.distance import GivenMatrix, Legs, Point, Travel
    from logistics.problem import RoutingProblem
    from logistics.ways import Roads

__all__ = [
    "FAR_M",
    "FarPoint",
    "far_points",
    "points_of",
    "roads_on",
    "streets_around",
    "travel_between",
    "ways_with_closed",
]

FAR_M = 150
"""From here on the way between road and door is told to the planner."""
MARGIN_DEG = 0.005
NUM_KEPT = 16
MATRIX_VERSION = 1
"""Raise it when ways are counted otherwise, so that no matrix of before is met."""
_loaded: OrderedDict[str, Roads] = OrderedDict()
_matrices: OrderedDict[str, Travel] = OrderedDict()
"""Kept by hash of content, so that a stale one cannot be met; every process has its own, and all
share those on disk (`matrix_cache`)."""


@dataclass(frozen=True, slots=True)
class FarPoint:
    """A place whose nearest road is far, or that no road reaches (then `is_reached` is false)."""

    id: str
    distance_m: int
    is_reached: bool


def roads_on(session: Session, *, days: Sequence[date]) -> Roads | None:
    """Return the roads as they can be driven on all of some days, or None without a map.

    A road that is closed on one of the days is left out on all: a plan over several days has one
    matrix.
    """
    row = active_map(session)
    if row is None:
        return None
    roads = _roads_of(row)
    places = [(each.lat, each.lon) for each in closures(session, days=days)]
    return roads.without(_closed_arcs(roads, places)) if places else roads


def travel_between(
    session: Session, points: Sequence[Point], *, kinds: Sequence[str], days: Sequence[date]
) -> Travel:
    """Return distances and times between points: by road where there is a map, else straight.

    Matrices are kept in memory and on disk by the hash of map, closed roads, points and kinds.
    """
    roads = roads_on(session, days=days)
    if roads is None:
        return default_travel()
    wanted = sorted(set(kinds))
    key = hashlib.sha256(
        repr(
            (
                MATRIX_VERSION,
                roads.network.digest,
                sorted(roads.closed),
                wanted,
                [(point.id, point.lat, point.lon) for point in points],
            )
        ).encode()
    ).hexdigest()
    if key in _matrices:
        _matrices.move_to_end(key)
        return _matrices[key]
    folder = folder_of(session)
    kept = load_matrix(folder, key)
    travel = kept or _matrix(roads, points, wanted)
    if kept is None:
        store_matrix(folder, key, travel)
    _matrices[key] = travel
    while len(_matrices) > NUM_KEPT:
        _matrices.popitem(last=False)
    return travel


def ways_with_closed(
    session: Session,
    points: Sequence[Point],
    closed: Sequence[RoadClosure],
    *,
    kinds: Sequence[str],
) -> GivenMatrix:
    """Return the ways of the city's map with these roads closed and no others; not kept.

    Raises
    ------
    Refused
        ``roads.none``: there is no map.
    """
    row = active_map(session)
    if row is None:
        raise Refused("roads.none")
    roads = _roads_of(row)
    arcs = _closed_arcs(roads, [(each.lat, each.lon) for each in closed]) if closed else frozenset()
    return _matrix(roads.without(arcs), points, sorted(set(kinds)))


def points_of(problem: RoutingProblem) -> list[Point]:
    """Return the depots and places of a problem."""
    from logistics.distance import Point

    return [
        *(Point(depot.id, depot.lat, depot.lon) for depot in problem.depots),
        *(Point(place.id, place.lat, place.lon) for place in problem.places),
    ]


def streets_around(
    session: Session, spots: Sequence[tuple[float, float]]
) -> list[list[tuple[float, float]]]:
    """Return the lines (lat, lon) of all streets in the box around some spots, for a map's ground.

    Each street once; a wide margin stays so that one sees where the way leads.
    """
    import numpy as np

    row = active_map(session)
    if row is None or not spots:
        return []
    network = _roads_of(row).network
    lat, lon = np.array(spots).T
    margin = max(MARGIN_DEG, 0.3 * float(max(np.ptp(lat), np.ptp(lon))))
    first = network.shape_start[:-1]
    inside = (
        (network.shape_lat[first] > lat.min() - margin)
        & (network.shape_lat[first] < lat.max() + margin)
        & (network.shape_lon[first] > lon.min() - margin)
        & (network.shape_lon[first] < lon.max() + margin)
        & ((network.reverse < 0) | (np.arange(network.num_arcs) < network.reverse))
    )
    return [
        [(round(a, 5), round(b, 5)) for a, b in network.shape(arc)]
        for arc in np.flatnonzero(inside).tolist()
    ]


def far_points(
    session: Session, points: Sequence[Point], *, kind: str, days: Sequence[date]
) -> list[FarPoint]:
    """Return the points whose nearest road is far away, the farthest first."""
    from logistics.road_rules import KINDS

    roads = roads_on(session, days=days)
    if roads is None or kind not in KINDS:
        return []
    known = [point for point in points if point.lat is not None and point.lon is not None]
    found = [
        FarPoint(point.id, round(snap.distance_m), snap.arc >= 0)
        for point, snap in zip(known, roads.snap(known, kind), strict=True)
        if snap.distance_m >= FAR_M
    ]
    return sorted(found, key=lambda each: (-each.distance_m, each.id))


def _matrix(roads: Roads, points: Sequence[Point], kinds: Sequence[str]) -> GivenMatrix:
    """Return ways by road, and straight ones for what does not drive (boats)."""
    from logistics.road_rules import KINDS

    matrix = roads.matrix(points, kinds=[kind for kind in kinds if kind in KINDS] or KINDS[:1])
    straight: dict[str, Legs] = {
        kind: default_travel().legs(points, kind) for kind in kinds if kind not in KINDS
    }
    return replace(
        matrix,
        distance_m={**matrix.distance_m, **{k: each.distance_m for k, each in straight.items()}},
        duration_s={**matrix.duration_s, **{k: each.duration_s for k, each in straight.items()}},
    )


def _roads_of(row: RoadMap) -> Roads:
    from logistics.ways import Roads

    if row.digest not in _loaded:
        _loaded[row.digest] = Roads(network_in(row))
        while len(_loaded) > 2:
            _loaded.popitem(last=False)
    return _loaded[row.digest]


def _closed_arcs(roads: Roads, places: Sequence[tuple[float, float]]) -> frozenset[int]:
    from logistics.snapping import arcs_near

    found = arcs_near(roads.network, places, within_m=NEAR_M)
    return frozenset(arc for arcs in found for arc in arcs)
