"""One level's flow as lean columns for the compiled solver: what is fixed, what moves, scratch.

Nodes: pledges from 0, sponsors from m, kelurahan (those who wait) from m + s, the sink last. A
child is no node: it is a unit that stands at a pledge or at its kelurahan.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matcher.compiled import compiled

FAR = np.int64(1) << 60


class Network(NamedTuple):
    """What does not change while a level is solved.

    `start`, `pledge`, `cost`, `child`: the pairs, sorted by child. `by_pledge_start`, `by_pledge`:
    rows of the pairs of each pledge. `wait_cost`, `may_wait`, `place`: of each child.
    `by_place_start`, `by_place`: the children of each kelurahan. `sponsor`: of each pledge;
    `own_start`, `own`: the pledges of each sponsor. Bounds of pledges, sponsors and waiting.
    `step_start`, `step`: cost of the r-th waiting child of a kelurahan; `sponsor_step[0]`: by how
    much each further child of a sponsor costs more.
    """

    start: np.ndarray
    pledge: np.ndarray
    cost: np.ndarray
    child: np.ndarray
    by_pledge_start: np.ndarray
    by_pledge: np.ndarray
    wait_cost: np.ndarray
    may_wait: np.ndarray
    place: np.ndarray
    by_place_start: np.ndarray
    by_place: np.ndarray
    sponsor: np.ndarray
    own_start: np.ndarray
    own: np.ndarray
    pledge_low: np.ndarray
    pledge_high: np.ndarray
    sponsor_low: np.ndarray
    sponsor_high: np.ndarray
    waiting_low: np.ndarray
    waiting_high: np.ndarray
    step_start: np.ndarray
    step: np.ndarray
    sponsor_step: np.ndarray


class Flow(NamedTuple):
    """What moves: prices of nodes, where each child stands and pays, flows, imbalances.

    The children at a node are a doubly linked list (`first`, `after`, `before`). `excess` is what
    arrives at a node beyond what leaves it.
    """

    price: np.ndarray
    where: np.ndarray
    paid: np.ndarray
    first: np.ndarray
    after: np.ndarray
    before: np.ndarray
    from_pledge: np.ndarray
    from_sponsor: np.ndarray
    from_place: np.ndarray
    excess: np.ndarray


class Search(NamedTuple):
    """Scratch of a shortest-path search over the nodes: distances, tree, heap, stack, counters.

    `counters`: nodes touched, nodes in the heap, nodes on the stack, the distance reached, nodes
    settled. `via_child`: the child whose move leads here, -1 for a flow; `via_pair`: its pair, -1
    when it waits.
    """

    distance: np.ndarray
    done: np.ndarray
    parent: np.ndarray
    via_child: np.ndarray
    via_pair: np.ndarray
    touched: np.ndarray
    settled: np.ndarray
    heap: np.ndarray
    heap_at: np.ndarray
    stack: np.ndarray
    counters: np.ndarray


def new_flow(network: Network, price: np.ndarray, where: np.ndarray) -> Flow:
    """Return a flow that starts from prices of the nodes and places of the children."""
    children, pledges = network.place.size, network.sponsor.size
    sponsors, places = network.sponsor_low.size, network.waiting_low.size
    nodes = pledges + sponsors + places + 1
    return Flow(
        price,
        where,
        np.zeros(children, dtype=np.int64),
        np.zeros(nodes, dtype=np.int32),
        np.zeros(children, dtype=np.int32),
        np.zeros(children, dtype=np.int32),
        np.zeros(pledges, dtype=np.int64),
        np.zeros(sponsors, dtype=np.int64),
        np.zeros(places, dtype=np.int64),
        np.zeros(nodes, dtype=np.int64),
    )


def new_search(num_nodes: int) -> Search:
    """Return clean scratch for searches over so many nodes."""
    columns = [np.zeros(num_nodes, dtype=np.int32) for _ in range(8)]
    done, parent, via_child, touched, settled, heap, heap_at, stack = columns
    distance = np.full(num_nodes, FAR, dtype=np.int64)
    via_pair, counters = np.zeros(num_nodes, dtype=np.int64), np.zeros(5, dtype=np.int64)
    return Search(
        distance,
        done,
        parent,
        via_child,
        via_pair,
        touched,
        settled,
        heap,
        heap_at,
        stack,
        counters,
    )


@compiled
def rows_by(owner: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (start, rows): the rows of each owner, in their order."""
    start = np.zeros(size + 1, dtype=np.int64)
    for each in owner:
        start[each + 1] += 1
    for at in range(size):
        start[at + 1] += start[at]
    free = start[:-1].copy()
    rows = np.empty(owner.size, dtype=np.int32)
    for row in range(owner.size):
        rows[free[owner[row]]] = row
        free[owner[row]] += 1
    return start, rows


@compiled
def arrive(flow: Flow, child: int, node: int) -> None:
    """Put a child at a node."""
    first = flow.first[node]
    flow.after[child], flow.before[child] = first, -1
    if first >= 0:
        flow.before[first] = child
    flow.first[node] = child
    flow.where[child] = node


@compiled
def leave(flow: Flow, child: int) -> None:
    """Take a child away from where it stands."""
    before, after = flow.before[child], flow.after[child]
    if before >= 0:
        flow.after[before] = after
    else:
        flow.first[flow.where[child]] = after
    if after >= 0:
        flow.before[after] = before
