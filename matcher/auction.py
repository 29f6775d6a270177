"""Good starting prices: an auction in which children bid for places, in ever finer steps.

Epsilon-scaling as in Bertsekas and Castanon (1992) and Goldberg and Kennedy (1995), on places
that are alike: a pledge (or a kelurahan's waiting list) is a heap of places with their bids, and
its price is the lowest. Each phase starts a little below the prices of the one before, so that
few places end up dear and empty; what still does is mended exactly afterwards (`augment.py`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matcher.compiled import compiled
from matcher.network import FAR, Network

SPAN = 1 << 17
"""Costs are scaled so that the largest difference is about this."""
COARSEST = 10
"""The first step is this part of the span."""
FINER = 5
"""Each phase's step is this part of the one before."""
MARGIN = 3
"""By how many steps of the phase before a phase starts lower."""
MOST_BIDS = 40
"""Bids per child after which a phase is broken off."""
DEAR = 4
"""A child with one option bids so many spans at most."""


@compiled
def largest_cost(network: Network) -> int:
    """Return the largest cost of a pair, of waiting or of a step."""
    largest = np.int64(1)
    for cost in network.cost:
        largest = max(largest, cost)
    for cost in network.wait_cost:
        largest = max(largest, cost)
    for cost in network.step:
        largest = max(largest, cost)
    return int(largest)


@compiled
def _slots(network: Network) -> np.ndarray:
    """Return the first slot of each leaf: pledges, then kelurahan."""
    pledges, places = network.sponsor.size, network.waiting_low.size
    start = np.zeros(pledges + places + 1, dtype=np.int64)
    for j in range(pledges):
        listed = network.by_pledge_start[j + 1] - network.by_pledge_start[j]
        start[j + 1] = start[j] + min(network.pledge_high[j], listed)
    for k in range(places):
        number = network.waiting_high[k]
        if _is_free(network, k):
            number = 0
        start[pledges + k + 1] = start[pledges + k] + number
    return start


@compiled
def _is_free(network: Network, k: int) -> bool:
    """Return whether everybody of a kelurahan may wait at the same price."""
    first, end = network.step_start[k], network.step_start[k + 1]
    alike = first == end or network.step[first] == network.step[end - 1] == 0
    whole = network.waiting_high[k] >= network.by_place_start[k + 1] - network.by_place_start[k]
    return bool(network.waiting_low[k] == 0 and whole and alike)


class Slots(NamedTuple):
    """The places of every leaf as heaps by what they ask: their child (-1 = empty) and bid.

    `start`: first slot of each leaf, pledges before kelurahan; `price`: what the leaf asks now.
    `elsewhere`: children of a pledge's sponsor at its other pledges, when the auction begins.
    """

    start: np.ndarray
    child: np.ndarray
    bid: np.ndarray
    price: np.ndarray
    elsewhere: np.ndarray


@compiled
def _elsewhere(network: Network, where: np.ndarray) -> np.ndarray:
    """Return how many children stand at the other pledges of each pledge's sponsor."""
    pledges = network.sponsor.size
    load = np.zeros(pledges, dtype=np.int64)
    total = np.zeros(network.sponsor_low.size, dtype=np.int64)
    for node in where:
        if 0 <= node < pledges:
            load[node] += 1
            total[network.sponsor[node]] += 1
    for j in range(pledges):
        load[j] = total[network.sponsor[j]] - load[j]
    return load


@compiled
def _open(network: Network, slots: Slots, scale: int, below: int) -> None:
    """Empty all slots and set what they ask: their cost, or a little below the last price.

    Slots that must be filled ask less than nothing.
    """
    pledges = network.sponsor.size
    slots.child[:] = -1
    for leaf in range(slots.start.size - 1):
        first, last_price = slots.start[leaf], slots.price[leaf] - below
        for nth in range(slots.start[leaf + 1] - first):
            if leaf < pledges:
                asked = network.sponsor_step[0] * (nth + 1 + slots.elsewhere[leaf])
                forced = nth < network.pledge_low[leaf]
            else:
                asked = network.step[network.step_start[leaf - pledges] + nth]
                forced = nth < network.waiting_low[leaf - pledges]
            asked = asked * scale - (SPAN if forced else 0)
            slots.bid[first + nth] = max(asked, last_price)
        if slots.start[leaf + 1] > first:
            slots.price[leaf] = slots.bid[first]
        else:
            slots.price[leaf] = 0 if leaf >= pledges and _is_free(network, leaf - pledges) else FAR


@compiled
def _replace(slots: Slots, leaf: int, child: int, bid: int) -> int:
    """Give the cheapest slot of a leaf to a child; return who had it, -1 if nobody."""
    first, size = slots.start[leaf], slots.start[leaf + 1] - slots.start[leaf]
    out, at = slots.child[first], 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and slots.bid[first + below + 1] < slots.bid[first + below]:
            below += 1
        if slots.bid[first + below] >= bid:
            break
        slots.bid[first + at] = slots.bid[first + below]
        slots.child[first + at] = slots.child[first + below]
        at = below
    slots.bid[first + at], slots.child[first + at] = bid, child
    slots.price[leaf] = slots.bid[first]
    return int(out)


@compiled
def _two_best(network: Network, slots: Slots, child: int, scale: int) -> tuple[int, int, int]:
    """Return the leaf that costs a child least, that cost, and the second least."""
    leaf, best, second = -1, FAR, FAR
    if network.may_wait[child]:
        leaf = network.sponsor.size + network.place[child]
        best = network.wait_cost[child] * scale + slots.price[leaf]
    for row in range(network.start[child], network.start[child + 1]):
        cost = network.cost[row] * scale + slots.price[network.pledge[row]]
        if cost < second:
            if cost < best:
                second, best, leaf = best, cost, network.pledge[row]
            else:
                second = cost
    return leaf, int(best), int(second)


@compiled
def _phase(
    network: Network, slots: Slots, where: np.ndarray, waiting: np.ndarray, scale: int, step: int
) -> None:
    """Let all children bid until nobody is outbid, or too many bids were made."""
    children, pledges = network.place.size, network.sponsor.size
    for child in range(children):
        waiting[child] = children - 1 - child
        where[child] = -1
    number, bids = children, children * MOST_BIDS
    while number > 0 and bids > 0:
        number -= 1
        bids -= 1
        child = waiting[number]
        leaf, best, second = _two_best(network, slots, child, scale)
        if leaf < 0 or best >= FAR:
            continue
        sponsors = network.sponsor_low.size
        where[child] = leaf if leaf < pledges else leaf + sponsors
        if slots.start[leaf + 1] == slots.start[leaf]:
            continue
        rise = min(second - best, DEAR * SPAN) + step
        out = _replace(slots, leaf, child, slots.price[leaf] + rise)
        if out >= 0:
            where[out] = -1
            waiting[number] = out
            number += 1


@compiled
def starting_prices(network: Network, where: np.ndarray) -> np.ndarray:
    """Return a price per node, near to an optimum's; `where` is changed to match them.

    The steps end where they are finer than a sixteenth of a unit of cost, or at 1.
    """
    pledges, places = network.sponsor.size, network.waiting_low.size
    sponsors = network.sponsor_low.size
    scale = max(1, SPAN // largest_cost(network))
    start = _slots(network)
    slots = Slots(
        start,
        np.full(start[-1], -1, dtype=np.int32),
        np.zeros(start[-1], dtype=np.int64),
        np.full(pledges + places, -FAR, dtype=np.int64),
        _elsewhere(network, where),
    )
    waiting = np.empty(network.place.size, dtype=np.int32)
    step, below, last = max(1, scale * largest_cost(network) // COARSEST), 0, max(1, scale // 16)
    while True:
        _open(network, slots, scale, below)
        _phase(network, slots, where, waiting, scale, step)
        if step <= last:
            break
        below, step = MARGIN * step, max(last, step // FINER)
    price = np.zeros(pledges + sponsors + places + 1, dtype=np.int64)
    for leaf in range(pledges + places):
        node = leaf if leaf < pledges else leaf + sponsors
        if slots.price[leaf] < FAR // 2:
            price[node] = (slots.price[leaf] + scale // 2) // scale
    for j in range(pledges):
        price[pledges + network.sponsor[j]] = 0
    return price
