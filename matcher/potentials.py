"""The smallest prices that prove an optimal flow, from any that do.

A node's smallest price is minus its distance from the sink in the residual network, so that a
pledge's is exactly what one more place there would save. Nodes that the sink does not reach get
the largest price up to 0 that holds. `prices.py` finds the same by rounds over all edges.
"""

from __future__ import annotations

import numpy as np

from matcher.augment import clear, next_node, relax, spread_in, spread_out
from matcher.compiled import compiled
from matcher.network import FAR, Flow, Network, Search


@compiled
def least_prices(network: Network, flow: Flow, search: Search) -> None:
    """Lower the prices of an optimal flow to the smallest."""
    pledges, sponsors = network.sponsor.size, network.sponsor_low.size
    nodes = flow.price.size
    clear(search)
    for s in range(sponsors):
        if flow.from_sponsor[s] > network.sponsor_low[s]:
            step = network.sponsor_step[0] * flow.from_sponsor[s]
            relax(search, pledges + s, flow.price[pledges + s] - step, -1, -1, -1)
    for k in range(network.waiting_low.size):
        if flow.from_place[k] > network.waiting_low[k]:
            node = pledges + sponsors + k
            step = network.step[network.step_start[k] + flow.from_place[k] - 1]
            relax(search, node, flow.price[node] - step, -1, -1, -1)
    relax(search, nodes - 1, 0, -1, -1, -1)
    node = next_node(search)
    while node >= 0:
        search.done[node] = 1
        if node < nodes - 1:
            spread_out(network, flow, search, node)
        node = next_node(search)
    lowered = np.zeros(nodes, dtype=np.int64)
    for node in range(nodes):
        lowered[node] = search.distance[node] if search.done[node] else FAR
    clear(search)
    _settle_unreached(network, flow, search, lowered)
    for node in range(nodes):
        search.done[node] = 0
        flow.price[node] -= lowered[node]


@compiled
def _settle_unreached(network: Network, flow: Flow, search: Search, lowered: np.ndarray) -> None:
    """Find by how much the prices of nodes that the sink does not reach have to fall."""
    for node in range(flow.price.size):
        if lowered[node] == FAR:
            least = min(-flow.price[node], _least_out(network, flow, lowered, node))
            search.counters[3] = -FAR
            relax(search, node, least, -1, -1, -1)
        else:
            search.distance[node] = -FAR
    node = next_node(search)
    while node >= 0:
        search.done[node] = 1
        lowered[node] = -search.distance[node]
        spread_in(network, flow, search, node)
        node = next_node(search)
    for node in range(flow.price.size):
        search.distance[node] = FAR
    search.counters[:] = 0


@compiled
def _least_out(network: Network, flow: Flow, lowered: np.ndarray, node: int) -> int:
    """Return the least reduced cost of leaving a node for one whose price is settled."""
    pledges, sponsors = network.sponsor.size, network.sponsor_low.size
    waiting_at, price, least = pledges + sponsors, flow.price, FAR
    if pledges <= node < waiting_at:
        s = node - pledges
        if flow.from_sponsor[s] < network.sponsor_high[s]:
            least = network.sponsor_step[0] * (flow.from_sponsor[s] + 1) - price[node]
        for at in range(network.own_start[s], network.own_start[s + 1]):
            j = network.own[at]
            if flow.from_pledge[j] > network.pledge_low[j] and lowered[j] < FAR:
                least = min(least, price[j] - lowered[j] - price[node])
        return int(least)
    child = flow.first[node]
    while child >= 0:
        base = -flow.paid[child] - price[node]
        for row in range(network.start[child], network.start[child + 1]):
            j = network.pledge[row]
            if j != node and lowered[j] < FAR:
                least = min(least, base + network.cost[row] + price[j] - lowered[j])
        goal = waiting_at + network.place[child]
        if network.may_wait[child] and goal != node and lowered[goal] < FAR:
            least = min(least, base + network.wait_cost[child] + price[goal] - lowered[goal])
        child = flow.after[child]
    if node < pledges:
        s = pledges + network.sponsor[node]
        if flow.from_pledge[node] < network.pledge_high[node] and lowered[s] < FAR:
            least = min(least, price[s] - lowered[s] - price[node])
    else:
        k = node - waiting_at
        if flow.from_place[k] < network.waiting_high[k]:
            step = network.step[network.step_start[k] + flow.from_place[k]]
            least = min(least, step - price[node])
    return int(least)
