"""Changes of trips and vehicles, each written into a log; compiled."""

from __future__ import annotations

import numpy as np

from logistics.compiled import inlined, inner
from logistics.linked.legs import leg
from logistics.linked.trip_columns import (
    AFTER,
    AHEAD,
    BEFORE,
    CAPACITY,
    CHANGED,
    CLOSED,
    DEMAND,
    DEPOT,
    EARLIEST,
    FAMILY,
    FIRST,
    FIXED,
    FROM,
    KIND,
    LAST,
    LATEST,
    LEAVES,
    LOAD,
    MOST_WAY,
    NEXT,
    NODE,
    NUM_ABSENT,
    NUM_FREE_TRIPS,
    NUM_LOGGED,
    OPENED,
    OTHER,
    PLACE,
    POINT,
    PREV,
    PUT,
    RELEASED,
    RETURNS,
    SIZE,
    TAKEN,
    TRIP,
    UNIT,
    UNTIL,
    USED,
    VEHICLE,
    WAY,
    WHAT,
)


@inner
def suit(
    kind: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    numbers: np.ndarray,
    mine: int,
    log: np.ndarray,
) -> int:
    """Give a trip to the cheapest vehicle that carries it; return the change of cost."""
    if trip[mine, SIZE] == 0:
        return 0
    owner = vehicle[trip[mine, VEHICLE], KIND]
    way, load = (trip[mine, WAY], trip[mine, LOAD])
    least = kind[owner, UNIT] * way + kind[owner, FIXED]
    now, found = (least, np.int64(-1))
    for other in range(kind.shape[0]):
        if (
            num_free[other] > 0
            and other != owner
            and (kind[other, FAMILY] == kind[owner, FAMILY])
            and (load <= kind[other, CAPACITY])
            and (way <= kind[other, MOST_WAY])
        ):
            cost = kind[other, UNIT] * way + kind[other, FIXED]
            if cost < least:
                least, found = (cost, np.int64(other))
    if found >= 0:
        change_vehicle(
            trip,
            vehicle,
            free,
            num_free,
            numbers,
            mine,
            np.int64(free[found, num_free[found] - 1]),
            log,
        )
    return least - now


@inlined
def write(log: np.ndarray, numbers: np.ndarray, what: int, one: int, two: int, three: int) -> None:
    """Log a change: what, of which node or trip, and what its undoing has to know."""
    row = numbers[NUM_LOGGED]
    log[row, WHAT], log[row, NODE], log[row, PLACE], log[row, OTHER] = (what, one, two, three)
    numbers[NUM_LOGGED] = row + 1


@inlined
def lose(absent: np.ndarray, absent_at: np.ndarray, numbers: np.ndarray, group: int) -> None:
    """Note that a group is not served."""
    row = numbers[NUM_ABSENT]
    absent[row], absent_at[group] = (group, row)
    numbers[NUM_ABSENT] = row + 1


@inlined
def gain(absent: np.ndarray, absent_at: np.ndarray, numbers: np.ndarray, group: int) -> None:
    """Note that a group is served."""
    row, last = (absent_at[group], numbers[NUM_ABSENT] - 1)
    moved = absent[last]
    absent[row], absent_at[moved] = (moved, row)
    absent_at[group] = -1
    numbers[NUM_ABSENT] = last


@inlined
def take(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    numbers: np.ndarray,
    client: int,
    log: np.ndarray,
) -> int:
    """Take a client off its trip; return the change of cost. Hours are left as they were."""
    before, after, mine = (node[client, PREV], node[client, NEXT], node[client, TRIP])
    way = leg(metric, matrix, xy, node[before, POINT], node[after, POINT])
    change = way - np.int64(node[before, AHEAD]) - node[client, AHEAD]
    node[before, NEXT], node[before, AHEAD] = (after, way)
    node[after, PREV] = before
    node[client, TRIP] = -1
    trip[mine, LOAD] -= node[client, DEMAND]
    trip[mine, SIZE] -= 1
    trip[mine, WAY] += change
    write(log, numbers, TAKEN, client, before, 0)
    return kind[vehicle[trip[mine, VEHICLE], KIND], UNIT] * change


@inlined
def put(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    numbers: np.ndarray,
    client: int,
    before: int,
    log: np.ndarray,
) -> None:
    """Put a client after a node. Hours are left as they were."""
    after, mine = (node[before, NEXT], node[before, TRIP])
    point, gap = (node[client, POINT], np.int64(node[before, AHEAD]))
    to = leg(metric, matrix, xy, node[before, POINT], point)
    on = leg(metric, matrix, xy, point, node[after, POINT])
    node[before, NEXT], node[before, AHEAD] = (client, to)
    node[client, PREV], node[client, NEXT], node[client, AHEAD] = (before, after, on)
    node[after, PREV] = client
    node[client, TRIP] = mine
    trip[mine, LOAD] += node[client, DEMAND]
    trip[mine, SIZE] += 1
    trip[mine, WAY] += to + on - gap
    write(log, numbers, PUT, client, mine, 0)


@inner
def open_trip(
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free_trip: np.ndarray,
    num_free: np.ndarray,
    numbers: np.ndarray,
    owner: int,
    before: int,
    log: np.ndarray,
) -> int:
    """Open an empty trip of a vehicle after another (-1: as its first); return it.

    A vehicle without trips must be the last of the free ones of its kind.
    """
    numbers[NUM_FREE_TRIPS] -= 1
    mine = np.int64(free_trip[numbers[NUM_FREE_TRIPS]])
    sort = vehicle[owner, KIND]
    if vehicle[owner, FIRST] < 0:
        num_free[sort] -= 1
    after = np.int64(vehicle[owner, FIRST]) if before < 0 else trip[before, AFTER]
    depot = node.shape[0] - trip.shape[0] + mine
    node[depot, POINT] = node.shape[0] - trip.shape[0] + kind[sort, DEPOT]
    node[depot, NEXT], node[depot, PREV], node[depot, AHEAD] = (depot, depot, 0)
    node[depot, EARLIEST] = kind[sort, FROM] if before < 0 else trip[before, RETURNS]
    node[depot, LATEST] = kind[sort, UNTIL] if after < 0 else trip[after, LEAVES]
    trip[mine, LOAD], trip[mine, SIZE], trip[mine, WAY], trip[mine, RELEASED] = (0, 0, 0, 0)
    trip[mine, VEHICLE], trip[mine, BEFORE], trip[mine, AFTER] = (owner, before, after)
    if before < 0:
        vehicle[owner, FIRST] = mine
    else:
        trip[before, AFTER] = mine
    if after < 0:
        vehicle[owner, LAST] = mine
    else:
        trip[after, BEFORE] = mine
    vehicle[owner, USED] += 1
    write(log, numbers, OPENED, mine, owner, 0)
    return mine


@inner
def close_trip(
    kind: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free_trip: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    numbers: np.ndarray,
    mine: int,
    log: np.ndarray,
) -> int:
    """Close an empty trip; return the change of cost (its vehicle may rest). Opening costs it."""
    owner, before, after = (trip[mine, VEHICLE], trip[mine, BEFORE], trip[mine, AFTER])
    if before < 0:
        vehicle[owner, FIRST] = after
    else:
        trip[before, AFTER] = after
    if after < 0:
        vehicle[owner, LAST] = before
    else:
        trip[after, BEFORE] = before
    vehicle[owner, USED] -= 1
    write(log, numbers, CLOSED, mine, owner, before)
    free_trip[numbers[NUM_FREE_TRIPS]] = mine
    numbers[NUM_FREE_TRIPS] += 1
    trip[mine, AFTER] = -1
    if vehicle[owner, FIRST] >= 0:
        return 0
    sort = vehicle[owner, KIND]
    free[sort, num_free[sort]] = owner
    num_free[sort] += 1
    return -kind[sort, FIXED]


@inner
def change_vehicle(
    trip: np.ndarray,
    vehicle: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    numbers: np.ndarray,
    mine: int,
    owner: int,
    log: np.ndarray,
) -> None:
    """Give the only trip of a vehicle to the last free vehicle of another kind."""
    old = trip[mine, VEHICLE]
    num_free[vehicle[owner, KIND]] -= 1
    vehicle[owner, FIRST], vehicle[owner, LAST], vehicle[owner, USED] = (mine, mine, 1)
    vehicle[old, FIRST], vehicle[old, LAST], vehicle[old, USED] = (-1, -1, 0)
    sort = vehicle[old, KIND]
    free[sort, num_free[sort]] = old
    num_free[sort] += 1
    trip[mine, VEHICLE] = owner
    write(log, numbers, CHANGED, mine, old, owner)


@inner
def join(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    one: int,
    two: int,
) -> None:
    """Let a tail follow a head, and the tail of that one the head of the other."""
    n = node.shape[0] - trip.shape[0]
    mine, its = np.int64(node[one, TRIP]), np.int64(node[two, TRIP])
    after, before = np.int64(node[one, NEXT]), np.int64(node[two, PREV])
    my_last, its_last = np.int64(node[n + mine, PREV]), np.int64(node[n + its, PREV])
    node[one, NEXT], node[two, PREV] = two, one
    node[one, AHEAD] = leg(metric, matrix, xy, node[one, POINT], node[two, POINT])
    node[before, AHEAD] = leg(metric, matrix, xy, node[before, POINT], node[after, POINT])
    node[its_last, NEXT], node[n + mine, PREV] = n + mine, its_last
    if after < n:
        node[before, NEXT], node[after, PREV] = after, before
        node[my_last, NEXT], node[n + its, PREV] = n + its, my_last
    else:
        node[before, NEXT], node[n + its, PREV] = n + its, before
    for each in (mine, its):
        trip[each, LOAD], trip[each, SIZE], trip[each, WAY] = 0, 0, node[n + each, AHEAD]
        at = np.int64(node[n + each, NEXT])
        while at < n:
            node[at, TRIP] = each
            trip[each, LOAD] += node[at, DEMAND]
            trip[each, SIZE] += 1
            trip[each, WAY] += node[at, AHEAD]
            at = np.int64(node[at, NEXT])
