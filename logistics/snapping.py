"""Where points meet the road network: the nearest spot on any road, not the nearest junction."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING

import numpy as np

from logistics.distance import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from logistics.roads import RoadNetwork

SPACING_M = 30.0
"""Distance between the samples on a road by which its neighbourhood is found."""
METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a point meets the network.

    Parameters
    ----------
    arc
        The road, -1 when none is near enough.
    share
        How far along the arc, 0 to 1 by its length.
    distance_m
        From the point to the road, straight; NaN without coordinates, infinite without roads.
    lat, lon
        The spot on the road.
    """

    arc: int
    share: float
    distance_m: float
    lat: float = float("nan")
    lon: float = float("nan")


class Snapper:
    """Finds the nearest spot on those arcs that a kind of vehicle may use.

    Parameters
    ----------
    usable
        bool[a]; of a two-way road one arc is enough.
    """

    def __init__(self, network: RoadNetwork, usable: NDArray[np.bool_]) -> None:
        from scipy.spatial import cKDTree  # noqa: PLC0415

        self._network = network
        self._lat0 = float(network.lat.mean()) if network.lat.size else 0.0
        self._lon0 = float(network.lon.mean()) if network.lon.size else 0.0
        back = network.reverse
        is_second = (back >= 0) & (back < np.arange(network.num_arcs))
        is_second &= usable[np.where(back >= 0, back, 0)]
        self._segments(np.flatnonzero(usable & ~is_second))
        self._tree = cKDTree(self._samples) if self._samples.size else None

    def _segments(self, arcs: NDArray[np.int64]) -> None:
        """Cut the arcs into straight segments and lay samples on them."""
        network = self._network
        x, y = self._plane(network.shape_lat, network.shape_lon)
        first = network.shape_start[arcs]
        count = network.shape_start[arcs + 1] - first - 1
        starts = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
        self._arc = np.repeat(arcs, count)
        self._a = np.stack([x[starts], y[starts]], axis=1)
        self._b = np.stack([x[starts + 1], y[starts + 1]], axis=1)
        length = np.hypot(*(self._b - self._a).T)
        along = np.cumsum(length)
        ends = np.cumsum(count) - 1
        total = np.diff(np.concatenate([[0.0], along[ends]])) if count.size else along
        before = np.repeat(np.concatenate([[0.0], along[ends]])[:-1], count)
        whole = np.repeat(np.maximum(total, 1e-9), count)
        self._from_share = (along - length - before) / whole
        self._share = length / whole
        pieces = np.maximum(1, np.ceil(length / SPACING_M)).astype(np.int64)
        self._segment_of = np.repeat(np.arange(length.size), pieces)
        rank = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        at = ((rank + 0.5) / pieces[self._segment_of])[:, None]
        a, b = self._a[self._segment_of], self._b[self._segment_of]
        self._samples = a + at * (b - a)

    def _plane(
        self, lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        east = (lon - self._lon0) * METRES_PER_DEGREE * cos(radians(self._lat0))
        return east, (lat - self._lat0) * METRES_PER_DEGREE

    def snap(self, points: Sequence[Point], *, max_snap_m: float = 500) -> list[Snap]:
        """Return the nearest spot of each point, arc -1 beyond `max_snap_m`."""
        return [self._one(point, max_snap_m) for point in points]

    def _one(self, point: Point, max_snap_m: float) -> Snap:
        if point.lat is None or point.lon is None:
            return Snap(-1, 0.0, float("nan"))
        if self._tree is None:
            return Snap(-1, 0.0, float("inf"))
        east, north = self._plane(np.array([point.lat]), np.array([point.lon]))
        spot = np.array([east[0], north[0]])
        nearest, _ = self._tree.query(spot)
        rows = self._tree.query_ball_point(spot, nearest + SPACING_M / 2 + 1e-6)
        segments = np.unique(self._segment_of[rows])
        a, b = self._a[segments], self._b[segments]
        step = b - a
        size = np.maximum((step**2).sum(axis=1), 1e-12)
        at = np.clip(((spot - a) * step).sum(axis=1) / size, 0, 1)
        away = np.hypot(*(a + at[:, None] * step - spot).T)
        best = int(np.argmin(away))
        distance_m = float(away[best])
        if distance_m > max_snap_m:
            return Snap(-1, 0.0, distance_m)
        segment = int(segments[best])
        share = float(self._from_share[segment] + at[best] * self._share[segment])
        x, y = a[best] + at[best] * step[best]
        lat = self._lat0 + float(y) / METRES_PER_DEGREE
        lon = self._lon0 + float(x) / (METRES_PER_DEGREE * cos(radians(self._lat0)))
        return Snap(int(self._arc[segment]), min(1.0, max(0.0, share)), distance_m, lat, lon)


def arcs_near(
    network: RoadNetwork, places: Sequence[tuple[float, float]], *, within_m: float = 40
) -> list[tuple[int, ...]]:
    """Return for each place (lat, lon) the nearest road as its one or two arcs; empty if too far.

    This is how a closed bridge is found again on a newer map.
    """
    snapper = Snapper(network, network.speed_km_per_h.max(axis=0) > 0)
    points = [Point(str(row), lat, lon) for row, (lat, lon) in enumerate(places)]
    found = []
    for near in snapper.snap(points, max_snap_m=within_m):
        arcs = [near.arc, int(network.reverse[near.arc])] if near.arc >= 0 else []
        found.append(tuple(arc for arc in arcs if arc >= 0))
    return found
