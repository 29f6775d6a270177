"""Two routes exchange what follows after a client of each (Potvin and Rousseau 1995), compiled.

Ways are symmetric here, so either part may be turned round; within one route that is 2-opt.
"""

from __future__ import annotations

import numpy as np

from logistics.compiled import inner
from logistics.linked.chance import below
from logistics.linked.legs import leg
from logistics.linked.string_columns import AHEAD, DEMAND, LOAD, NEVER, NEXT, OUT, PREV, ROUTE, SIZE


@inner
def exchange_tails(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    near: np.ndarray,
    near_way: np.ndarray,
    node: np.ndarray,
    route: np.ndarray,
    free: np.ndarray,
    num_free: int,
    random: np.ndarray,
    num_tried: int,
    capacity: int,
    limit: float,
) -> tuple[int, int]:
    """Let a client by chance meet a neighbour where that is cheapest, or be the last of its route.

    Return the change of the way (`NEVER`: none is below the limit) and the number of empty routes.
    """
    n = near.shape[0]
    client = np.int64(below(random, n))
    mine, ahead = np.int64(node[client, ROUTE]), np.int64(node[client, NEXT])
    if mine < 0:
        return NEVER, num_free
    least, found, leads, turns = _cheapest(
        metric, matrix, xy, near, near_way, node, route, random, client, num_tried, capacity, limit
    )
    if num_free > 0 and ahead < n:
        alone = np.int64(node[client, OUT]) + node[ahead, OUT] - node[client, AHEAD]
        if alone < limit and alone < least:
            one, two = n + np.int64(free[num_free - 1]), ahead
            return alone, _cross(
                metric, matrix, xy, node, route, free, num_free - 1, one, two, n
            )  # fmt: skip
    if found < 0:
        return NEVER, num_free
    its = np.int64(node[found, ROUTE])
    if its == mine:
        _turn_between(metric, matrix, xy, node, client, found, leads, n)
        return least, num_free
    if turns:
        _turn_route(node, n + its)
    one, two = (found, client) if leads else (client, found)
    return least, _cross(metric, matrix, xy, node, route, free, num_free, one, two, n)


@inner
def _cheapest(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    near: np.ndarray,
    near_way: np.ndarray,
    node: np.ndarray,
    route: np.ndarray,
    random: np.ndarray,
    client: int,
    num_tried: int,
    capacity: int,
    limit: float,
) -> tuple[int, int, bool, bool]:
    """Return the least change of the way, the neighbour to meet (-1: none), and how.

    Whether the neighbour's part leads, and whether its route is turned round first.
    """
    least, found, leads, turns = np.int64(NEVER), np.int64(-1), False, False
    mine = np.int64(node[client, ROUTE])
    ahead, back = np.int64(node[client, NEXT]), np.int64(node[client, PREV])
    for row in range(min(num_tried, near.shape[1])):
        other, way = np.int64(near[client, row]), np.int64(near_way[client, row])
        its = np.int64(node[other, ROUTE])
        if its < 0 or other in (ahead, back) or below(random, 20) == 0:
            continue
        for side in range(2 if its == mine else 0, 4):
            is_lead, is_turned = side & 1 == 1, side >= 2
            is_after = is_lead != is_turned
            mine_to = back if is_lead else ahead
            its_to = np.int64(node[other, NEXT] if is_after else node[other, PREV])
            old = np.int64(node[back if is_lead else client, AHEAD])
            old += np.int64(node[other if is_after else its_to, AHEAD])
            if way - old >= min(limit, least):
                continue
            delta = way + leg(metric, matrix, xy, mine_to, its_to) - old
            if delta < min(limit, least) and (
                its == mine or _carry(node, route, client, other, is_lead, is_after, capacity)
            ):
                least, found, leads, turns = delta, other, is_lead, is_turned
    return least, found, leads, turns


@inner
def _carry(
    node: np.ndarray,
    route: np.ndarray,
    client: int,
    other: int,
    is_lead: bool,
    is_after: bool,
    capacity: int,
) -> bool:
    """Return whether two routes carry what they get: the parts with the two clients in one."""
    n = node.shape[0] - route.shape[0]
    load = _load(node, client, is_lead, n) + _load(node, other, not is_after, n)
    both = np.int64(route[node[client, ROUTE], LOAD]) + route[node[other, ROUTE], LOAD]
    return bool(load <= capacity and both - load <= capacity)


@inner
def _load(node: np.ndarray, client: int, is_forward: bool, n: int) -> int:
    """Return the demand from a client to the end of its route, or to its beginning."""
    load, at = np.int64(0), np.int64(client)
    while at < n:
        load += node[at, DEMAND]
        at = np.int64(node[at, NEXT] if is_forward else node[at, PREV])
    return load


@inner
def _turn_route(node: np.ndarray, depot: int) -> None:
    """Drive a route the other way round."""
    at, way = np.int64(depot), np.int64(node[node[depot, PREV], AHEAD])
    while True:
        ahead, gap = np.int64(node[at, NEXT]), np.int64(node[at, AHEAD])
        node[at, NEXT], node[at, PREV], node[at, AHEAD] = node[at, PREV], ahead, way
        at, way = ahead, gap
        if at == depot:
            return


@inner
def _turn_between(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    node: np.ndarray,
    client: int,
    other: int,
    leads: bool,
    n: int,
) -> None:
    """Drive what is between two clients of a route the other way round.

    From after the first to the second; when they lead, from the first to before the second.
    """
    first, second, at = np.int64(client), np.int64(other), np.int64(client)
    while at < n and at != other:
        at = np.int64(node[at, NEXT])
    if at >= n:
        first, second = second, first
    begin = first if leads else np.int64(node[first, NEXT])
    end = np.int64(node[second, PREV]) if leads else second
    before, after = np.int64(node[begin, PREV]), np.int64(node[end, NEXT])
    last, at = before, end
    node[before, NEXT], node[before, AHEAD] = end, leg(metric, matrix, xy, before, end)
    while at != begin:
        ahead = np.int64(node[at, PREV])
        node[at, NEXT], node[at, PREV], node[at, AHEAD] = ahead, last, node[ahead, AHEAD]
        last, at = at, ahead
    node[begin, NEXT], node[begin, PREV] = after, last
    node[begin, AHEAD] = leg(metric, matrix, xy, begin, after)
    node[after, PREV] = begin


@inner
def _cross(
    metric: np.ndarray,
    matrix: np.ndarray,
    xy: np.ndarray,
    node: np.ndarray,
    route: np.ndarray,
    free: np.ndarray,
    num_free: int,
    one: int,
    two: int,
    n: int,
) -> int:
    """Let one route's tail follow another's head, and the reverse; return the empty routes."""
    mine, its = np.int64(node[one, ROUTE]), np.int64(node[two, ROUTE])
    after, before = np.int64(node[one, NEXT]), np.int64(node[two, PREV])
    my_last, its_last = np.int64(node[n + mine, PREV]), np.int64(node[n + its, PREV])
    node[one, NEXT], node[two, PREV] = two, one
    node[one, AHEAD] = leg(metric, matrix, xy, one, two)
    node[before, AHEAD] = leg(metric, matrix, xy, before, after)
    node[its_last, NEXT], node[n + mine, PREV] = n + mine, its_last
    if after < n:
        node[before, NEXT], node[after, PREV] = after, before
        node[my_last, NEXT], node[n + its, PREV] = n + its, my_last
    else:
        node[before, NEXT], node[n + its, PREV] = n + its, before
    for each in (mine, its):
        route[each, LOAD], route[each, SIZE] = 0, 0
        at = np.int64(node[n + each, NEXT])
        while at < n:
            node[at, ROUTE] = each
            route[each, LOAD] += node[at, DEMAND]
            route[each, SIZE] += 1
            at = np.int64(node[at, NEXT])
        if route[each, SIZE] == 0:
            free[num_free] = each
            num_free += 1
    return num_free
