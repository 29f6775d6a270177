"""Shortest paths in a small dense network whose costs are several integers, compiled.

Dijkstra's method without a heap: between a few thousand nodes that all have arcs to each other,
looking through all of them for the nearest is cheaper than keeping them in order.
"""

from __future__ import annotations

import numpy as np

from matcher.compiled import compiled


@compiled
def least_paths(
    cost: np.ndarray, potential: np.ndarray, source: int, target: int, missing: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return (int64[packs, nodes], int64[nodes]): least costs from a node, and who precedes.

    Costs int64[packs, nodes, nodes] are compared pack by pack; arcs whose first pack is at least
    half `missing` are not there, and nodes not reached cost `missing`. Under the potentials
    int64[packs, nodes] no arc costs less than nothing. The search ends at the target, -1 for none.
    """
    packs, size = potential.shape
    least = np.zeros((packs, size), dtype=np.int64)
    reduced = np.zeros((packs, size), dtype=np.int64)
    before = np.full(size, -1, dtype=np.int64)
    reached, done = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    least[0, :] = missing
    least[0, source] = 0
    reached[source] = True
    node = source
    while node >= 0 and node != target:
        done[node] = True
        for head in range(size):
            if cost[0, node, head] >= missing // 2 or done[head]:
                continue
            is_less = not reached[head]
            if not is_less:
                for pack in range(packs):
                    new = least[pack, node] + cost[pack, node, head]
                    if new != least[pack, head]:
                        is_less = new < least[pack, head]
                        break
            if is_less:
                for pack in range(packs):
                    new = least[pack, node] + cost[pack, node, head]
                    least[pack, head] = new
                    reduced[pack, head] = new - potential[pack, head]
                reached[head] = True
                before[head] = node
        node = _nearest(reduced, reached, done)
    return least, before


@compiled
def _nearest(reduced: np.ndarray, reached: np.ndarray, done: np.ndarray) -> int:
    """Return the open node of least reduced distance, -1 if there is none."""
    packs, size = reduced.shape
    best = -1
    for node in range(size):
        if not reached[node] or done[node]:
            continue
        if best < 0:
            best = node
            continue
        for pack in range(packs):
            if reduced[pack, node] != reduced[pack, best]:
                if reduced[pack, node] < reduced[pack, best]:
                    best = node
                break
    return best
