"""A first plan in a second: parallel savings between neighbours, compiled.

Clarke and Wright (Operations Research 12, 1964), among the nearest neighbours only.
"""

from __future__ import annotations

import numpy as np

from logistics.compiled import compiled

NUM_NEIGHBOURS = 60


def savings_routes(
    near: np.ndarray, near_way: np.ndarray, out: np.ndarray, demand: np.ndarray, capacity: int
) -> list[list[int]]:
    """Return routes of clients 0 … n - 1 that keep a capacity.

    Parameters
    ----------
    near, near_way
        int32[n, k]: neighbours of each client and the ways to them.
    out
        int64[n]: way from the depot.
    """
    num_clients = len(out)
    size = min(near.shape[1], NUM_NEIGHBOURS)
    saving = out[:, None] + out[near[:, :size]] - near_way[:, :size]
    order = np.argsort(-saving, axis=None, kind="stable")
    order = order[saving.ravel()[order] > 0]
    link = np.full((num_clients, 2), -1, dtype=np.int32)
    load = np.array(demand, dtype=np.int64)
    _join(near[:, :size].copy(), order, link, load, capacity)
    return _paths(link.tolist())


@compiled
def _join(
    near: np.ndarray, order: np.ndarray, link: np.ndarray, load: np.ndarray, capacity: int
) -> None:
    """Link ends of routes in an order of pairs; `load` is right at the root of each route."""
    num_clients, size = near.shape
    root = np.arange(num_clients)
    for pair in order:
        one, two = pair // size, np.int64(near[pair // size, pair % size])
        if link[one, 1] >= 0 or link[two, 1] >= 0:
            continue
        first, second = one, two
        while root[first] != first:
            root[first] = root[root[first]]
            first = root[first]
        while root[second] != second:
            root[second] = root[root[second]]
            second = root[second]
        if first == second or load[first] + load[second] > capacity:
            continue
        link[one, 1 if link[one, 0] >= 0 else 0] = two
        link[two, 1 if link[two, 0] >= 0 else 0] = one
        root[second] = first
        load[first] += load[second]


def _paths(link: list[list[int]]) -> list[list[int]]:
    """Return the paths of an undirected list of links, each from one end to the other."""
    seen = [False] * len(link)
    found = []
    for client, (_, second) in enumerate(link):
        if seen[client] or second >= 0:
            continue
        path, before, at = [], -1, client
        while at >= 0:
            path.append(at)
            seen[at] = True
            ahead = [other for other in link[at] if other not in (-1, before)]
            before, at = at, (ahead[0] if ahead else -1)
        found.append(path)
    return found
