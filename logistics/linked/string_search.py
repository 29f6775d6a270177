"""Slack induction by string removals for one capacity and no hours, compiled.

Christiaens and Vanden Berghe (Transportation Science 2020), on linked lists: an iteration touches
only the clients that it moves, and is undone from its own log. Clients are 0 … n - 1; node n + r
is the depot at both ends of route r. Cost is the way.
"""

from __future__ import annotations

import math

import numpy as np

from logistics.compiled import compiled, inlined
from logistics.linked.chance import below, chance
from logistics.linked.cutting import cut, first_of_string, num_strings
from logistics.linked.legs import leg
from logistics.linked.string_columns import (
    AFTER,
    AHEAD,
    DEMAND,
    LOAD,
    NEVER,
    NEXT,
    NODE,
    OUT,
    PREV,
    ROUTE,
    RUINED,
    SIZE,
    USUAL,
)
from logistics.linked.string_tails import exchange_tails
from logistics.linked.usual import strangeness


@compiled
def search(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    near: np.ndarray,
    near_way: np.ndarray,
    node: np.ndarray,
    route: np.ndarray,
    free: np.ndarray,
    best: np.ndarray,
    numbers: np.ndarray,
    random: np.ndarray,
    shape: np.ndarray,
    num_iterations: int,
    temperature: float,
) -> None:
    """Run iterations at one temperature.

    Parameters
    ----------
    near, near_way
        int32[n, k]: nearest clients of each client, nearest first, and the ways to them.
    node, route
        int32[n + r, 8] and int32[r, 4]: the current routes.
    free
        int32[r]: empty routes, `numbers[2]` of them.
    best
        int32[n + r]: column NEXT of the best routes.
    numbers
        int64[3]: way of the current routes, of the best, number of empty routes.
    shape
        float64[6]: mean number removed, longest string, neighbours with room that are tried,
        capacity, what a client counts on another route than its usual one, and how often one
        string is taken.
    """
    n = near.shape[0]
    removed = np.empty(n, dtype=np.int32)
    key = np.empty(n, dtype=np.float64)
    log = np.empty((2 * n + 2, 2), dtype=np.int32)
    num_tried, capacity, strange = int(shape[2]), int(shape[3]), int(shape[4])
    tails = shape[6]
    current, least, num_free = numbers[0], numbers[1], numbers[2]
    is_new = False
    stamp = route[0, RUINED]
    for _ in range(num_iterations):
        if is_new:
            best[:] = node[:, NEXT]
            is_new = False
        limit = -temperature * math.log(chance(random) + 1e-300)
        if tails > 0.0 and chance(random) < tails:
            delta, num_free = exchange_tails(
                metric,
                matrix,
                xy,
                near,
                near_way,
                node,
                route,
                free,
                num_free,
                random,
                num_tried,
                capacity,
                limit,
            )
            if delta < NEVER:
                current += delta
                if current < least:
                    least, is_new = current, True
            continue
        stamp += 1
        num_removed, gain, num_free = _ruin(
            metric,
            matrix,
            xy,
            near,
            node,
            route,
            free,
            num_free,
            random,
            shape,
            stamp,
            removed,
            log,
        )
        num_logged = num_removed
        _order(node, removed, num_removed, key, random)
        delta = gain
        is_whole = True
        for row in range(num_removed):
            client = removed[row]
            after, cost = _place(
                metric,
                matrix,
                xy,
                near[client],
                near_way[client],
                node,
                route,
                client,
                num_tried,
                capacity,
                free[num_free - 1] if num_free > 0 else -1,
                strange,
                random,
            )
            delta += cost
            if after < 0 or delta >= limit:
                is_whole = False
                break
            if after >= n and route[after - n, SIZE] == 0:
                num_free -= 1
            _put(metric, matrix, xy, node, route, client, after)
            log[num_logged, NODE], log[num_logged, AFTER] = client, -1
            num_logged += 1
        if is_whole:
            current += delta
            if current < least:
                least, is_new = current, True
        else:
            num_free = _undo(metric, matrix, xy, node, route, free, num_free, log, num_logged)
    if is_new:
        best[:] = node[:, NEXT]
    route[0, RUINED] = stamp
    numbers[0], numbers[1], numbers[2] = current, least, num_free


@inlined
def _ruin(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    near: np.ndarray,
    node: np.ndarray,
    route: np.ndarray,
    free: np.ndarray,
    num_free: int,
    random: np.ndarray,
    shape: np.ndarray,
    stamp: int,
    removed: np.ndarray,
    log: np.ndarray,
) -> tuple[int, int, int]:
    """Take strings off routes around a client; return how many, the change, the empty routes."""
    n, strange = near.shape[0], int(shape[4])
    mean_size = n / (route.shape[0] - num_free)
    longest = min(shape[1], mean_size)
    left = num_strings(random, shape[0], longest, shape[5])
    num_removed, gain = 0, 0
    seed = below(random, n)
    for row in range(-1, near.shape[1]):
        client = seed if row < 0 else near[seed, row]
        mine = node[client, ROUTE]
        if mine < 0 or route[mine, RUINED] == stamp:
            continue
        route[mine, RUINED] = stamp
        size = route[mine, SIZE]
        span, keep_from, kept = cut(random, size, longest)
        at = first_of_string(node, client, span, n, random)
        for place in range(span):
            after = node[at, NEXT]
            if not keep_from <= place < keep_from + kept:
                before = node[at, PREV]
                gain -= strangeness(node[at, USUAL], mine, strange)
                gain += _take(metric, matrix, xy, node, route, at)
                removed[num_removed] = at
                log[num_removed, NODE], log[num_removed, AFTER] = at, before
                num_removed += 1
            at = after
        if route[mine, SIZE] == 0:
            free[num_free] = mine
            num_free += 1
        left -= 1
        if left <= 0:
            break
    return num_removed, gain, num_free


@inlined
def _order(
    node: np.ndarray, removed: np.ndarray, num_removed: int, key: np.ndarray, random: np.ndarray
) -> None:
    """Sort clients by chance, largest, farthest or nearest first (4 : 4 : 2 : 1)."""
    kind = below(random, 11)
    for row in range(num_removed):
        client = removed[row]
        if kind < 4:
            value = chance(random)
        elif kind < 8:
            value = -float(node[client, DEMAND])
        else:
            value = float(node[client, OUT]) * (-1.0 if kind < 10 else 1.0)
        place = row
        while place > 0 and key[place - 1] > value:
            key[place], removed[place] = key[place - 1], removed[place - 1]
            place -= 1
        key[place], removed[place] = value, client


@inlined
def _place(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    near: np.ndarray,
    near_way: np.ndarray,
    node: np.ndarray,
    route: np.ndarray,
    client: int,
    num_tried: int,
    capacity: int,
    empty: int,
    strange: int,
    random: np.ndarray,
) -> tuple[int, int]:
    """Return the node after which a client is cheapest, and the cost; -1 if nowhere.

    A gap is passed over without a distance where going twice to its nearer end costs too much: the
    other end, if nearer still, was looked at before. Neighbours on full routes do not count as
    tried: where routes are nearly full, the few places left are far down the list.
    """
    n = node.shape[0] - route.shape[0]
    room, out = capacity - node[client, DEMAND], node[client, OUT]
    usual = node[client, USUAL]
    found, least = -1, NEVER
    if empty >= 0:
        found, least = n + empty, 2 * out + strangeness(usual, empty, strange)
    row = -1
    while num_tried > 0 and row + 1 < near.shape[0]:
        row += 1
        beside = near[row]
        mine = node[beside, ROUTE]
        if mine < 0 or route[mine, LOAD] > room:
            continue
        num_tried -= 1
        way = near_way[row] + strangeness(usual, mine, strange)
        other = node[beside, NEXT]
        gap = node[beside, AHEAD]
        if other >= n:
            cost = way + out - gap
            if cost < least and below(random, 100) != 0:
                found, least = beside, cost
        elif way + near_way[row] - gap < least:
            cost = way + leg(metric, matrix, xy, client, other) - gap
            if cost < least and below(random, 100) != 0:
                found, least = beside, cost
        other = node[beside, PREV]
        gap = node[other, AHEAD]
        if other >= n:
            cost = way + out - gap
            if cost < least and below(random, 100) != 0:
                found, least = other, cost
        elif way + near_way[row] - gap < least:
            cost = way + leg(metric, matrix, xy, client, other) - gap
            if cost < least and below(random, 100) != 0:
                found, least = other, cost
    return found, least


@inlined
def _take(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    node: np.ndarray,
    route: np.ndarray,
    client: int,
) -> int:
    """Take a client off its route; return the change of the way."""
    before, after, mine = node[client, PREV], node[client, NEXT], node[client, ROUTE]
    way = leg(metric, matrix, xy, before, after)
    change = way - node[before, AHEAD] - node[client, AHEAD]
    node[before, NEXT], node[before, AHEAD] = after, way
    node[after, PREV] = before
    node[client, ROUTE] = -1
    route[mine, LOAD] -= node[client, DEMAND]
    route[mine, SIZE] -= 1
    return change


@inlined
def _put(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    node: np.ndarray,
    route: np.ndarray,
    client: int,
    before: int,
) -> None:
    """Put a client after a node."""
    after, mine = node[before, NEXT], node[before, ROUTE]
    node[before, NEXT], node[before, AHEAD] = client, leg(metric, matrix, xy, before, client)
    node[client, PREV], node[client, NEXT] = before, after
    node[client, AHEAD] = leg(metric, matrix, xy, client, after)
    node[after, PREV] = client
    node[client, ROUTE] = mine
    route[mine, LOAD] += node[client, DEMAND]
    route[mine, SIZE] += 1


@inlined
def _undo(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    node: np.ndarray,
    route: np.ndarray,
    free: np.ndarray,
    num_free: int,
    log: np.ndarray,
    num_logged: int,
) -> int:
    """Take back a log, last entry first; return the number of empty routes."""
    for row in range(num_logged - 1, -1, -1):
        client, before = log[row, NODE], log[row, AFTER]
        if before < 0:
            mine = node[client, ROUTE]
            _take(metric, matrix, xy, node, route, client)
            if route[mine, SIZE] == 0:
                free[num_free] = mine
                num_free += 1
        else:
            if route[node[before, ROUTE], SIZE] == 0:
                num_free -= 1
            _put(metric, matrix, xy, node, route, client, before)
    return num_free
