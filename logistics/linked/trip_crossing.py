"""Two trips cross where strings were taken off them, compiled.

An exchange of tails alone (`trip_tails`) must keep every rule at once. On long trips with narrow
hours it hardly ever does unless a few clients step aside: trips cross in the gaps that a ruin
leaves, and whoever was taken off is put back where there is room then. Only between single trips of
one fleet that is limited by capacity and hours alone.
"""

from __future__ import annotations

import numpy as np

from logistics.compiled import inner
from logistics.linked.legs import leg
from logistics.linked.trip_changes import close_trip, join, write
from logistics.linked.trip_columns import (
    AHEAD,
    CAPACITY,
    CROSSED,
    DEMAND,
    EARLIEST,
    KIND,
    LATEST,
    LOAD,
    NEXT,
    NUM_LOGGED,
    PLACE,
    POINT,
    PREV,
    SERVICE,
    SIZE,
    TAKEN,
    TRIP,
    UNIT,
    VEHICLE,
    WHAT,
)
from logistics.linked.trip_hours import settle_trip


@inner
def cross(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free_trip: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    numbers: np.ndarray,
    log: np.ndarray,
) -> int:
    """Exchange the tails of two trips where strings were taken off; return the change of cost."""
    n = node.shape[0] - trip.shape[0]
    one, other = _gaps(node, numbers, log)
    if other < 0 or trip[node[one, TRIP], SIZE] == 0 or trip[node[other, TRIP], SIZE] == 0:
        return 0
    if node[other, NEXT] >= n:
        one, other = other, one
    two, after = np.int64(node[other, NEXT]), np.int64(node[one, NEXT])
    if two >= n:
        return 0
    way = np.int64(leg(metric, matrix, xy, node[one, POINT], node[two, POINT]))
    back = np.int64(leg(metric, matrix, xy, node[other, POINT], node[after, POINT]))
    if _is_late(node, one, two, way) or _is_late(node, other, after, back):
        return 0
    mine, its = np.int64(node[one, TRIP]), np.int64(node[other, TRIP])
    sort = vehicle[trip[mine, VEHICLE], KIND]
    load = _load_of(node, one, two, n)
    rest = trip[mine, LOAD] + trip[its, LOAD] - load
    if load > kind[sort, CAPACITY] or rest > kind[sort, CAPACITY]:
        return 0
    delta = kind[sort, UNIT] * (way + back - np.int64(node[one, AHEAD]) - node[other, AHEAD])
    join(metric, matrix, xy, node, trip, one, two)
    write(log, numbers, CROSSED, two, other, 0)
    settle_trip(kind, node, trip, vehicle, mine, n)
    if trip[its, SIZE] == 0:
        delta += close_trip(kind, trip, vehicle, free_trip, free, num_free, numbers, its, log)
    else:
        settle_trip(kind, node, trip, vehicle, its, n)
    return np.int64(delta)


@inner
def _gaps(node: np.ndarray, numbers: np.ndarray, log: np.ndarray) -> tuple[int, int]:
    """Return the nodes before the first strings taken off two trips (-1: off one alone)."""
    one = np.int64(log[0, PLACE])
    for row in range(1, numbers[NUM_LOGGED]):
        place = np.int64(log[row, PLACE])
        if log[row, WHAT] == TAKEN and node[place, TRIP] != node[one, TRIP]:
            return one, place
    return one, np.int64(-1)


@inner
def _is_late(node: np.ndarray, before: int, after: int, way: int) -> bool:
    leaves = np.int64(node[before, EARLIEST]) + node[before, SERVICE]
    return bool(leaves + way > node[after, LATEST])


@inner
def _load_of(node: np.ndarray, one: int, two: int, n: int) -> int:
    """Return the load of a trip's head up to one client and a tail from another on."""
    load, at = np.int64(0), np.int64(one)
    while at < n:
        load += node[at, DEMAND]
        at = np.int64(node[at, PREV])
    at = np.int64(two)
    while at < n:
        load += node[at, DEMAND]
        at = np.int64(node[at, NEXT])
    return load
