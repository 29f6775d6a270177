"""Routes of one capacity as the arrays of `string_search`, and back."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.instance import Instance, Solution, Tour
from logistics.linked import string_columns as columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logistics.linked.ground import Ground

SPARE_ROUTES = 20
"""Empty routes kept beside those of a start."""


class StringState(NamedTuple):
    """The state of `string_search.search`, which says what each is."""

    xy: NDArray[np.float64]
    node: NDArray[np.int32]
    route: NDArray[np.int32]
    free: NDArray[np.int32]
    best: NDArray[np.int32]
    numbers: NDArray[np.int64]


def string_state(
    instance: Instance, ground: Ground, routes: list[list[int]], most: int | None = None
) -> StringState:
    """Return the state of routes of clients (from 0).

    Parameters
    ----------
    most
        Routes that there may be; None: a few more than now.
    """
    n = instance.num_clients
    if most is None:
        most = min(instance.num_vehicles, len(routes) + SPARE_ROUTES)
    num_routes = max(len(routes), most)
    xy = np.concatenate([ground.xy[:n], np.repeat(ground.xy[n : n + 1], num_routes, axis=0)])
    node = np.zeros((n + num_routes, columns.NUM_COLUMNS), dtype=np.int32)
    route = np.zeros((num_routes, 4), dtype=np.int32)
    node[:, [columns.ROUTE, columns.USUAL]] = -1
    node[:n, columns.DEMAND] = instance.demand[1:]
    node[:n, columns.OUT] = ground.out[0, 0]
    total = 0
    for number in range(num_routes):
        depot = n + number
        node[depot, columns.ROUTE] = number
        stops = routes[number] if number < len(routes) else []
        rows = [0, *(client + 1 for client in stops), 0]
        legs = [int(instance.ways([a], [b])[0, 0]) for a, b in pairwise(rows)]
        path = [depot, *stops, depot]
        for (at, ahead), way in zip(pairwise(path), legs, strict=True):
            node[at, columns.NEXT], node[ahead, columns.PREV] = ahead, at
            node[at, columns.AHEAD] = way
            node[at, columns.ROUTE] = number
        route[number, columns.SIZE] = len(stops)
        route[number, columns.LOAD] = instance.demand[np.array(stops, dtype=np.int64) + 1].sum()
        total += sum(legs) if stops else 0
    empty = np.arange(num_routes - 1, len(routes) - 1, -1)
    free = np.zeros(num_routes + 1, dtype=np.int32)
    free[: len(empty)] = empty
    return StringState(
        xy=np.ascontiguousarray(xy),
        node=node,
        route=route,
        free=free,
        best=node[:, columns.NEXT].copy(),
        numbers=np.array([total, total, len(empty)], dtype=np.int64),
    )


def routes_of(best: NDArray[np.int32], num_clients: int) -> list[list[int]]:
    """Return the routes of a column of next nodes."""
    ahead = best.tolist()
    found = []
    for depot in range(num_clients, len(ahead)):
        stops, at = [], ahead[depot]
        while at < num_clients:
            stops.append(at)
            at = ahead[at]
        if stops:
            found.append(stops)
    return found


def way_of(instance: Instance, routes: list[list[int]]) -> int:
    """Return the way of routes of clients (from 0)."""
    return sum(
        int(instance.ways([one], [other])[0, 0])
        for route in routes
        for one, other in pairwise([0, *(client + 1 for client in route), 0])
    )


def solution_of_routes(instance: Instance, routes: list[list[int]], cost: int) -> Solution:
    """Return routes of clients (from 0) as a solution of one fleet at one depot."""
    vehicles = instance.fleets[0].vehicles
    return Solution(
        tours=tuple(
            Tour(vehicles[row], (tuple(client + 1 for client in route),))
            for row, route in enumerate(routes)
        ),
        cost=cost,
    )
