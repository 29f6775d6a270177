"""The engines behind `ways`: RoutingKit's hierarchies where installed, else Dijkstra from scipy."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from logistics.turns import NO_WAY, turns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from logistics.roads import RoadNetwork


class Engine(Protocol):
    """Answers how many ticks from the beginnings of some arcs to those of others."""

    weights: tuple[NDArray[np.int64], NDArray[np.int64]]

    def ticks(
        self, starts: Sequence[Sequence[tuple[int, int]]], ends: NDArray[np.int64], column: int
    ) -> NDArray[np.int64]:
        """Return int64[starts, ends]; a start is (arc, ticks before it); `NO_WAY` where none."""
        ...

    def path(self, start: Sequence[tuple[int, int]], end: Sequence[tuple[int, int]]) -> list[int]:
        """Return the arcs of the fastest way, from one of the starts to one of the ends."""
        ...


def has_hierarchies() -> bool:
    """Say whether ``routingkit-cch`` is installed."""
    return importlib.util.find_spec("routingkit_cch") is not None


class Hierarchies:
    """RoutingKit: one hierarchy, weights put in."""

    def __init__(
        self, hierarchy: Any, weights: tuple[NDArray[np.int64], NDArray[np.int64]]
    ) -> None:
        import routingkit_cch  # noqa: PLC0415

        self.weights = weights
        self._kit = routingkit_cch
        self._metrics = [routingkit_cch.CCHMetric(hierarchy, each.tolist()) for each in weights]

    def ticks(
        self, starts: Sequence[Sequence[tuple[int, int]]], ends: NDArray[np.int64], column: int
    ) -> NDArray[np.int64]:
        """See `Engine`."""
        unique, where = np.unique(ends, return_inverse=True)
        pinned = self._kit.CCHOneToMany(self._metrics[column], unique.tolist())
        found = np.full((len(starts), unique.size), NO_WAY, dtype=np.int64)
        for row, start in enumerate(starts):
            if start:
                reached = pinned.distances_from_multi(list(start))
                found[row] = [NO_WAY if each is None else each for each in reached]
        return found[:, where]

    def path(self, start: Sequence[tuple[int, int]], end: Sequence[tuple[int, int]]) -> list[int]:
        """See `Engine`."""
        result = self._kit.CCHQuery(self._metrics[0]).run_multi(list(start), list(end))
        return list(result.node_path) if result.distance is not None else []


class Dijkstra:
    """The same from scipy, slower."""

    CHUNK = 64

    def __init__(
        self, network: RoadNetwork, weights: tuple[NDArray[np.int64], NDArray[np.int64]]
    ) -> None:
        from scipy.sparse import csr_array  # noqa: PLC0415

        self.weights = weights
        turns = turns_of(network)
        size = network.num_arcs
        self._graphs = []
        for each in weights:
            is_open = each < NO_WAY
            pairs = (turns.before[is_open], turns.after[is_open])
            graph = csr_array((each[is_open].astype(float), pairs), shape=(size, size))
            self._graphs.append(graph)

    def ticks(
        self, starts: Sequence[Sequence[tuple[int, int]]], ends: NDArray[np.int64], column: int
    ) -> NDArray[np.int64]:
        """See `Engine`."""
        from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

        sources = sorted({arc for start in starts for arc, _ in start})
        reached: dict[int, NDArray[np.float64]] = {}
        for at in range(0, len(sources), self.CHUNK):
            part = sources[at : at + self.CHUNK]
            rows = dijkstra(self._graphs[column], indices=part)[:, ends]
            reached.update(zip(part, rows, strict=True))
        found = np.full((len(starts), ends.size), np.inf)
        for row, start in enumerate(starts):
            for arc, before in start:
                found[row] = np.minimum(found[row], reached[arc] + before)
        return np.where(np.isfinite(found), found, NO_WAY).astype(np.int64)

    def path(self, start: Sequence[tuple[int, int]], end: Sequence[tuple[int, int]]) -> list[int]:
        """See `Engine`."""
        from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

        sources = [arc for arc, _ in start]
        reached, came_from = dijkstra(self._graphs[0], indices=sources, return_predecessors=True)
        best = min(
            (reached[row, arc] + before + after, row, arc)
            for row, (_, before) in enumerate(start)
            for arc, after in end
        )
        if not np.isfinite(best[0]):
            return []
        arcs = [best[2]]
        while arcs[-1] != sources[best[1]]:
            arcs.append(int(came_from[best[1], arcs[-1]]))
        return arcs[::-1]


def hierarchy_of(network: RoadNetwork) -> Any:
    """Return RoutingKit's contraction hierarchy over the turns of a network."""
    import routingkit_cch  # noqa: PLC0415

    turns = turns_of(network)
    before, after = turns.before.tolist(), turns.after.tolist()
    middle = (network.shape_start[:-1] + network.shape_start[1:]) // 2
    order = routingkit_cch.compute_order_inertial(
        network.num_arcs,
        before,
        after,
        network.shape_lat[middle].tolist(),
        network.shape_lon[middle].tolist(),
    )
    return routingkit_cch.CCH(order, before, after, False)
