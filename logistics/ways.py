"""Fastest ways along a road network: for all pairs of some points, and one in detail.

Two engines answer the same question with the same whole numbers: RoutingKit's customizable
contraction hierarchies (Dibbelt, Strasser and Wagner, ACM JEA 2016; package ``routingkit-cch``)
where it is installed, else Dijkstra from scipy. A hierarchy is built once per network and only its
weights change with the kind of vehicle and with closed roads.

Seconds come from one question, metres from a second one in which a metre costs half a
millisecond more: their difference is the length of the fastest way, exact but where two ways differ
by less than half a second per kilometre.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.distance import UNREACHABLE, GivenMatrix
from logistics.road_engines import Dijkstra, Hierarchies, has_hierarchies, hierarchy_of
from logistics.road_rules import KINDS
from logistics.snapping import Snap, Snapper
from logistics.turns import NO_WAY, TICKS_PER_S, step_ticks, turns_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from logistics.distance import Point
    from logistics.road_engines import Engine
    from logistics.roads import RoadNetwork

MAX_SNAP_M = 500.0
"""A point farther from every road than this has no way."""

WALK_S_PER_M = 0.36
"""From the road to the door and back to the road, at 10 km/h."""


@dataclass(frozen=True, slots=True)
class Way:
    """One fastest way.

    Parameters
    ----------
    arcs
        Driven one after another; the first and the last as a rule only in part.
    from_share, to_share
        Where on the first arc it begins and on the last one it ends.
    """

    arcs: tuple[int, ...]
    from_share: float
    to_share: float


class Roads:
    """A network that can be asked for ways, with some roads closed.

    Parameters
    ----------
    closed
        Arcs that nobody drives; snapping still finds them, so that a house there stays a house.
    engine
        "cch", "scipy", or empty: the best that is installed.
    """

    def __init__(
        self, network: RoadNetwork, *, closed: Collection[int] = (), engine: str = ""
    ) -> None:
        self.network = network
        self.closed = frozenset(closed)
        self.engine = engine or ("cch" if has_hierarchies() else "scipy")
        self._engines: dict[str, Engine] = {}
        self._snappers: dict[str, Snapper] = {}
        self._hierarchy: Any = None

    def without(self, closed: Collection[int]) -> Roads:
        """Return the same network with other roads closed; what is built is shared."""
        other = Roads(self.network, closed=closed, engine=self.engine)
        other._hierarchy = self._built
        other._snappers = self._snappers
        return other

    def snap(
        self, points: Sequence[Point], kind: str, max_snap_m: float = MAX_SNAP_M
    ) -> list[Snap]:
        """Return where each point meets the roads of a kind of vehicle."""
        if kind not in self._snappers:
            usable = self.network.speed_km_per_h[KINDS.index(kind)] > 0
            self._snappers[kind] = Snapper(self.network, usable)
        return self._snappers[kind].snap(points, max_snap_m=max_snap_m)

    def matrix(
        self,
        points: Sequence[Point],
        *,
        kinds: Sequence[str] = KINDS,
        max_snap_m: float = MAX_SNAP_M,
    ) -> GivenMatrix:
        """Return the fastest ways between all points for each kind of vehicle.

        Points beyond `max_snap_m` from any road of that kind have no way. Metres and seconds hold
        the walk from the road. Distances belong to the fastest way, not to the shortest.
        """
        legs = {kind: self._legs(points, kind, max_snap_m) for kind in kinds if kind in KINDS}
        return GivenMatrix(
            ids=tuple(point.id for point in points),
            distance_m={kind: metres for kind, (metres, _) in legs.items()},
            duration_s={kind: seconds for kind, (_, seconds) in legs.items()},
            source="roads",
            as_of=self.network.as_of,
        )

    def way(self, start: Snap, end: Snap, kind: str) -> Way | None:
        """Return the fastest way between two spots, None where there is none."""
        if start.arc < 0 or end.arc < 0:
            return None
        leaving, reaching = self._sides(start, kind), self._sides(end, kind)
        direct = [(a, b) for a in leaving for b in reaching if a[0] == b[0] and b[1] >= a[1]]
        if direct:
            (arc, share), (_, to_share) = direct[0]
            return Way((arc,), share, to_share)
        first = self._starts(leaving, kind)
        last = [(arc, self._part(arc, share, kind)) for arc, share in reaching]
        arcs = self._engine(kind).path(first, last) if first and last else []
        if not arcs:
            return None
        begin = min(
            (
                (ticks, arc, share)
                for arc, share in leaving
                for after, ticks in self._starts([(arc, share)], kind)
                if after == arcs[0]
            ),
        )
        return Way((begin[1], *arcs), begin[2], dict(reaching)[arcs[-1]])

    def _engine(self, kind: str) -> Engine:
        if kind not in self._engines:
            weights = step_ticks(self.network, kind, self.closed)
            built = self._built
            self._engines[kind] = (
                Hierarchies(built, weights)
                if self.engine == "cch"
                else Dijkstra(self.network, weights)
            )
        return self._engines[kind]

    @cached_property
    def _built(self) -> Any:
        if self._hierarchy is not None or self.engine != "cch":
            return self._hierarchy
        return hierarchy_of(self.network)

    def _sides(self, snap: Snap, kind: str) -> list[tuple[int, float]]:
        """Return the arcs on which one can stand at a spot, with the share of each behind one."""
        speed = self.network.speed_km_per_h[KINDS.index(kind)]
        back = int(self.network.reverse[snap.arc])
        sides = [(snap.arc, snap.share), (back, 1 - snap.share)]
        return [
            (arc, share)
            for arc, share in sides
            if arc >= 0 and speed[arc] > 0 and arc not in self.closed
        ]

    def _part(self, arc: int, share: float, kind: str) -> int:
        speed = self.network.speed_km_per_h[KINDS.index(kind), arc]
        return round(float(share * self.network.length_m[arc] * 3.6 / speed * TICKS_PER_S))

    def _legs(
        self, points: Sequence[Point], kind: str, max_snap_m: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        snaps = self.snap(points, kind, max_snap_m)
        size = len(points)
        sides = [self._sides(each, kind) if each.arc >= 0 else [] for each in snaps]
        ticks = self._pairs(sides, kind, size)
        metres = (ticks[1] - ticks[0]) / 10.0
        seconds = ticks[0] / TICKS_PER_S
        is_none = ticks[0] >= NO_WAY
        off_m = np.array([0.0 if each.arc < 0 else each.distance_m for each in snaps])
        around_m = off_m[:, None] + off_m[None, :]
        found = []
        for legs in (metres + around_m, seconds + around_m * WALK_S_PER_M):
            whole = np.where(is_none, UNREACHABLE, np.rint(legs)).astype(np.int64)
            np.fill_diagonal(whole, 0)
            found.append(whole)
        return found[0], found[1]

    def _pairs(
        self, sides: Sequence[Sequence[tuple[int, float]]], kind: str, size: int
    ) -> NDArray[np.int64]:
        """Return ticks without and with metres, int64[2, n, n]."""
        ends = [(row, arc, share) for row, each in enumerate(sides) for arc, share in each]
        found = np.full((2, size, size), NO_WAY, dtype=np.int64)
        if not ends:
            return found
        end_arcs = np.array([arc for _, arc, _ in ends], dtype=np.int64)
        length_dm = self.network.length_m * 10
        for column in (0, 1):
            starts = [self._starts(each, kind, column) for each in sides]
            rest = np.array(
                [
                    self._part(arc, share, kind) + column * round(share * length_dm[arc])
                    for _, arc, share in ends
                ],
                dtype=np.int64,
            )
            reached = self._engine(kind).ticks(starts, end_arcs, column)
            reached = np.where(reached >= NO_WAY, NO_WAY, reached + rest)
            for row, (point, _, _) in enumerate(ends):
                found[column, :, point] = np.minimum(found[column, :, point], reached[:, row])
            self._direct(found[column], sides, kind, column)
        return found

    def _starts(
        self, leaving: Sequence[tuple[int, float]], kind: str, column: int = 0
    ) -> list[tuple[int, int]]:
        """Return the arcs that follow those one stands on, with the ticks to their beginning."""
        turns = turns_of(self.network)
        ticks = self._engine(kind).weights[column]
        found = []
        for arc, share in leaving:
            driven = self._part(arc, share, kind)
            driven += column * round(share * self.network.length_m[arc] * 10)
            rows = range(int(turns.start[arc]), int(turns.start[arc + 1]))
            found += [
                (int(turns.after[row]), max(0, int(ticks[row]) - driven))
                for row in rows
                if ticks[row] < NO_WAY
            ]
        return found

    def _direct(
        self,
        found: NDArray[np.int64],
        sides: Sequence[Sequence[tuple[int, float]]],
        kind: str,
        column: int,
    ) -> None:
        """Put in the ways that stay on one arc."""
        standing: dict[int, list[tuple[int, float]]] = {}
        for row, each in enumerate(sides):
            for arc, share in each:
                standing.setdefault(arc, []).append((row, share))
        for arc, here in standing.items():
            for row, share in here:
                for other, to_share in here:
                    if to_share >= share:
                        ticks = self._part(arc, to_share - share, kind)
                        length_dm = round((to_share - share) * self.network.length_m[arc] * 10)
                        ticks += column * length_dm
                        found[row, other] = min(found[row, other], ticks)
