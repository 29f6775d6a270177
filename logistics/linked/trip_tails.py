"""Two trips exchange what follows after a client of each (Potvin and Rousseau 1995), compiled.

Strings of ten clients never move half a trip of fifty; one such exchange does. Only between single
trips of vehicles that differ in capacity and cost alone, and without release times.
"""

from __future__ import annotations

import numpy as np

from logistics.compiled import inner
from logistics.linked.chance import below
from logistics.linked.legs import leg
from logistics.linked.trip_changes import close_trip, join, open_trip, suit
from logistics.linked.trip_columns import (
    AHEAD,
    CAPACITY,
    CLOSES,
    DEMAND,
    DEPOT,
    EARLIEST,
    FAMILY,
    FIXED,
    FROM,
    HAS_HOURS,
    KIND,
    LATEST,
    LOAD,
    MOST_DURATION,
    MOST_WAY,
    NEVER,
    NEXT,
    NUM_TRIED,
    OPENS,
    POINT,
    PREV,
    SERVICE,
    SIZE,
    TRIP,
    UNIT,
    UNTIL,
    VEHICLE,
    WAY,
)
from logistics.linked.trip_hours import settle_trip


@inner
def exchange_tails(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    near: np.ndarray,
    near_way: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    free_trip: np.ndarray,
    free: np.ndarray,
    num_free: np.ndarray,
    numbers: np.ndarray,
    random: np.ndarray,
    settings: np.ndarray,
    log: np.ndarray,
    limit: float,
) -> int:
    """Let a client by chance meet a neighbour where that is cheapest; return the change of cost.

    Or let it be the last of its trip. `NEVER`: nothing that keeps every rule is below the limit.
    """
    n = near.shape[0]
    client = np.int64(below(random, n))
    if node[client, TRIP] < 0:
        return NEVER
    sort = vehicle[trip[node[client, TRIP], VEHICLE], KIND]
    least, head, tail = _cheapest(
        metric, matrix, xy, near, near_way, kind, node, trip, vehicle, random, settings, client,
        limit,
    )  # fmt: skip
    ahead = np.int64(node[client, NEXT])
    if num_free[sort] > 0 and ahead < n:
        alone = _change_alone(metric, matrix, xy, kind, node, sort, client, n)
        if alone < limit and alone < least:
            owner = np.int64(free[sort, num_free[sort] - 1])
            least, tail = alone, ahead
            head = n + open_trip(
                kind, node, trip, vehicle, free_trip, num_free, numbers, owner, np.int64(-1), log
            )
    if head < 0:
        return NEVER
    mine, its = np.int64(node[head, TRIP]), np.int64(node[tail, TRIP])
    join(metric, matrix, xy, node, trip, head, tail)
    settle_trip(kind, node, trip, vehicle, mine, n)
    if trip[its, SIZE] == 0:
        close_trip(kind, trip, vehicle, free_trip, free, num_free, numbers, its, log)
    else:
        settle_trip(kind, node, trip, vehicle, its, n)
    if kind.shape[0] > 1:
        least += suit(kind, trip, vehicle, free, num_free, numbers, mine, log)
        least += suit(kind, trip, vehicle, free, num_free, numbers, its, log)
    return least


@inner
def _cheapest(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    near: np.ndarray,
    near_way: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    random: np.ndarray,
    settings: np.ndarray,
    client: int,
    limit: float,
) -> tuple[int, int, int]:
    """Return the least change of cost, the head's last client and the tail's first (-1: none)."""
    least, head, tail = np.int64(NEVER), np.int64(-1), np.int64(-1)
    mine = np.int64(node[client, TRIP])
    sort = vehicle[trip[mine, VEHICLE], KIND]
    for row in range(int(settings[NUM_TRIED])):
        other = np.int64(near[client, row])
        its = np.int64(node[other, TRIP])
        if its < 0 or its == mine or below(random, 20) == 0:
            continue
        other_sort = vehicle[trip[its, VEHICLE], KIND]
        if kind[other_sort, FAMILY] != kind[sort, FAMILY]:
            continue
        for side in range(2):
            one, two = (client, other) if side == 0 else (other, client)
            way = np.int64(near_way[client, row])
            if matrix.shape[0] > 0:
                way = np.int64(leg(metric, matrix, xy, node[one, POINT], node[two, POINT]))
            gain = np.int64(node[one, AHEAD]) + node[node[two, PREV], AHEAD] - way
            bound = -kind[sort, UNIT] * gain - kind[sort, FIXED]
            if other_sort == sort and bound >= min(limit, least):
                continue
            delta = _change(metric, matrix, xy, kind, node, trip, vehicle, settings, one, two, way)
            if delta < min(limit, least):
                least, head, tail = delta, one, two
    return least, head, tail


@inner
def _change(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    trip: np.ndarray,
    vehicle: np.ndarray,
    settings: np.ndarray,
    one: int,
    two: int,
    way: int,
) -> int:
    """Return the change of cost when a tail follows a head; `NEVER`: it breaks a rule."""
    n = node.shape[0] - trip.shape[0]
    mine, its = np.int64(node[one, TRIP]), np.int64(node[two, TRIP])
    after, before = np.int64(node[one, NEXT]), np.int64(node[two, PREV])
    sort, other_sort = vehicle[trip[mine, VEHICLE], KIND], vehicle[trip[its, VEHICLE], KIND]
    back = np.int64(leg(metric, matrix, xy, node[before, POINT], node[after, POINT]))
    if settings[HAS_HOURS] > 0:
        leaves = np.int64(node[one, EARLIEST]) + node[one, SERVICE]
        if leaves + way > node[two, LATEST]:
            return NEVER
        leaves = np.int64(node[before, EARLIEST]) + node[before, SERVICE]
        if leaves + back > node[after, LATEST]:
            return NEVER
    load, drives, at = np.int64(0), way, one
    while at < n:
        load += node[at, DEMAND]
        at = np.int64(node[at, PREV])
        drives += node[at, AHEAD]
    at = two
    while at < n:
        load += node[at, DEMAND]
        drives += node[at, AHEAD]
        at = np.int64(node[at, NEXT])
    rest = trip[mine, LOAD] + trip[its, LOAD] - load
    others = trip[mine, WAY] + trip[its, WAY] + way + back - drives
    others -= np.int64(node[one, AHEAD]) + node[before, AHEAD]
    if (
        load > kind[sort, CAPACITY]
        or rest > kind[other_sort, CAPACITY]
        or drives > kind[sort, MOST_WAY]
        or others > kind[other_sort, MOST_WAY]
    ):
        return NEVER
    if kind[sort, MOST_DURATION] < NEVER and (
        _duration(kind, node, sort, n + mine, one, two, way, n) > kind[sort, MOST_DURATION]
        or _duration(kind, node, sort, n + its, before, after, back, n) > kind[sort, MOST_DURATION]
    ):
        return NEVER
    delta = kind[sort, UNIT] * (drives - trip[mine, WAY])
    delta += kind[other_sort, UNIT] * (others - trip[its, WAY])
    return np.int64(delta - kind[other_sort, FIXED] if before >= n and after >= n else delta)


@inner
def _change_alone(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    kind: np.ndarray,
    node: np.ndarray,
    sort: int,
    client: int,
    n: int,
) -> int:
    """Return the change of cost when a client's tail becomes a trip; `NEVER`: it breaks a rule."""
    depot, ahead = n + kind[sort, DEPOT], np.int64(node[client, NEXT])
    to = np.int64(leg(metric, matrix, xy, depot, node[ahead, POINT]))
    back = np.int64(leg(metric, matrix, xy, node[client, POINT], depot))
    returns = np.int64(node[client, EARLIEST]) + node[client, SERVICE] + back
    is_late = kind[sort, FROM] + to > node[ahead, LATEST] or returns > kind[sort, UNTIL]
    if is_late or kind[sort, MOST_DURATION] < NEVER or kind[sort, MOST_WAY] < NEVER:
        return NEVER
    return np.int64(kind[sort, UNIT] * (to + back - node[client, AHEAD]) + kind[sort, FIXED])


@inner
def _duration(
    kind: np.ndarray,
    node: np.ndarray,
    sort: int,
    depot: int,
    one: int,
    two: int,
    way: int,
    n: int,
) -> int:
    """Return the shortest duration of a trip on which one node follows another.

    Vidal, Crainic, Gendreau and Prins (Computers & Operations Research 40, 2013).
    """
    lasts, first, last = np.int64(0), kind[sort, FROM], kind[sort, UNTIL]
    at = np.int64(depot)
    while True:
        ahead = np.int64(two if at == one else node[at, NEXT])
        shift = lasts + (np.int64(way) if at == one else np.int64(node[at, AHEAD]))
        starts, ends = kind[sort, FROM], kind[sort, UNTIL]
        if ahead < n:
            starts, ends = np.int64(node[ahead, OPENS]), np.int64(node[ahead, CLOSES])
        wait = max(np.int64(0), starts - shift - last)
        lasts = shift + wait
        first = max(starts - shift, first) - wait
        last = min(ends - shift, last)
        if ahead >= n:
            return lasts
        lasts += node[ahead, SERVICE]
        at = ahead
