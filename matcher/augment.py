"""From good prices to an exact optimum: shortest augmenting paths in the residual network.

Children take their cheapest option under the prices, and flows obey complementary slackness; what
is out of balance then (few units, if the prices are good) is mended one unit at a time along
shortest paths of reduced costs, which keep slackness (Jonker and Volgenant 1987, with capacities,
lower bounds and convex steps; Ahuja, Magnanti and Orlin 1993, chapter 9). The sink's price stays 0.
"""

from __future__ import annotations

from matcher.compiled import compiled
from matcher.network import FAR, Flow, Network, Search, arrive, leave


@compiled
def _choose(network: Network, flow: Flow) -> bool:
    """Send every child where it costs least; to where it stood, at equal cost."""
    waiting_at = network.sponsor.size + network.sponsor_low.size
    for child in range(network.place.size):
        before, best, goal = flow.where[child], FAR, -1
        if network.may_wait[child]:
            goal = waiting_at + network.place[child]
            best = network.wait_cost[child] + flow.price[goal]
            flow.paid[child] = network.wait_cost[child]
        for row in range(network.start[child], network.start[child + 1]):
            pledge = network.pledge[row]
            cost = network.cost[row] + flow.price[pledge]
            if cost < best or (cost == best and pledge == before):
                best, goal = cost, pledge
                flow.paid[child] = network.cost[row]
        if goal < 0:
            return False
        arrive(flow, child, goal)
        flow.excess[goal] += 1
    return True


@compiled
def _sponsor_range(network: Network, sponsor: int, price: int) -> tuple[int, int]:
    """Return between which loads a sponsor costs least at its price."""
    low, high = network.sponsor_low[sponsor], network.sponsor_high[sponsor]
    step = network.sponsor_step[0]
    if step:
        return min(max((price - 1) // step, low), high), min(max(price // step, low), high)
    return (high if price > 0 else low), (low if price < 0 else high)


@compiled
def _place_range(network: Network, place: int, price: int) -> tuple[int, int]:
    """Return between which numbers of waiting children a kelurahan costs least at its price."""
    first, high = network.step_start[place], network.waiting_high[place]
    fewest = network.waiting_low[place]
    while fewest < high and network.step[first + fewest] < price:
        fewest += 1
    most = fewest
    while most < high and network.step[first + most] <= price:
        most += 1
    return fewest, most


@compiled
def _settle(network: Network, flow: Flow) -> bool:
    """Choose children's places and all flows by the prices; what does not fit is excess."""
    pledges, sponsors = network.sponsor.size, network.sponsor_low.size
    flow.first[:] = -1
    flow.excess[:] = 0
    if not _choose(network, flow):
        return False
    for j in range(pledges):
        s = pledges + network.sponsor[j]
        low, high = network.pledge_low[j], network.pledge_high[j]
        if flow.price[j] > flow.price[s]:
            low = high
        elif flow.price[j] < flow.price[s]:
            high = low
        flow.from_pledge[j] = min(max(flow.excess[j], low), high)
        flow.excess[j] -= flow.from_pledge[j]
        flow.excess[s] += flow.from_pledge[j]
    for s in range(sponsors):
        node = pledges + s
        low, high = _sponsor_range(network, s, flow.price[node])
        flow.from_sponsor[s] = min(max(flow.excess[node], low), high)
        flow.excess[node] -= flow.from_sponsor[s]
    for k in range(network.waiting_low.size):
        node = pledges + sponsors + k
        low, high = _place_range(network, k, flow.price[node])
        flow.from_place[k] = min(max(flow.excess[node], low), high)
        flow.excess[node] -= flow.from_place[k]
    return True


@compiled
def _lift(search: Search, node: int, at: int) -> None:
    """Move a node up the heap to where its distance belongs."""
    distance = search.distance[node]
    while at > 0:
        above = (at - 1) >> 1
        if search.distance[search.heap[above]] <= distance:
            break
        search.heap[at] = search.heap[above]
        search.heap_at[search.heap[at]] = at
        at = above
    search.heap[at] = node
    search.heap_at[node] = at


@compiled
def _pop(search: Search) -> int:
    """Take the nearest node off the heap."""
    nearest = search.heap[0]
    search.counters[1] -= 1
    size, at = search.counters[1], 0
    node = search.heap[size]
    distance = search.distance[node]
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and (
            search.distance[search.heap[below + 1]] < search.distance[search.heap[below]]
        ):
            below += 1
        if search.distance[search.heap[below]] >= distance:
            break
        search.heap[at] = search.heap[below]
        search.heap_at[search.heap[at]] = at
        at = below
    search.heap[at] = node
    search.heap_at[node] = at
    search.heap_at[nearest] = -1
    return int(nearest)


@compiled
def relax(search: Search, node: int, distance: int, parent: int, child: int, pair: int) -> None:
    """Note a shorter way to a node; at the distance reached it goes on the stack."""
    if distance >= search.distance[node]:
        return
    if search.distance[node] == FAR:
        search.touched[search.counters[0]] = node
        search.counters[0] += 1
        search.heap_at[node] = -1
    search.distance[node] = distance
    search.parent[node], search.via_child[node] = parent, child
    search.via_pair[node] = pair
    at = search.heap_at[node]
    if at < 0:
        if distance == search.counters[3]:
            search.stack[search.counters[2]] = node
            search.counters[2] += 1
            return
        at = search.counters[1]
        search.counters[1] += 1
    _lift(search, node, at)


@compiled
def next_node(search: Search) -> int:
    """Return the nearest node that is not settled, -1 if none is left."""
    count = search.counters
    while count[2] > 0 or count[1] > 0:
        if count[2] > 0:
            count[2] -= 1
            node = search.stack[count[2]]
        else:
            node = _pop(search)
            count[3] = max(count[3], search.distance[node])
        if not search.done[node]:
            return int(node)
    return -1


@compiled
def clear(search: Search) -> None:
    """Forget the last search."""
    for at in range(search.counters[0]):
        search.distance[search.touched[at]] = FAR
    search.counters[:] = 0


@compiled
def _end_here(network: Network, flow: Flow, search: Search, node: int, outwards: bool) -> bool:
    """Relax the way between a kelurahan's waiting list and the sink; return whether it is free.

    If it is, the search ends there, and the whole list need not be looked through.
    """
    k = node - network.sponsor.size - network.sponsor_low.size
    distance, sink = search.distance[node], flow.price.size - 1
    if k < 0:
        return False
    step_at = network.step_start[k] + flow.from_place[k]
    if outwards and flow.from_place[k] < network.waiting_high[k]:
        relax(search, sink, distance + network.step[step_at] - flow.price[node], node, -1, -1)
    if not outwards and flow.from_place[k] > network.waiting_low[k]:
        relax(search, sink, distance + flow.price[node] - network.step[step_at - 1], node, -1, -1)
    return bool(search.distance[sink] == distance)


@compiled
def spread_out(network: Network, flow: Flow, search: Search, node: int) -> None:
    """Relax every way in which one unit can leave a node."""
    pledges, sponsors = network.sponsor.size, network.sponsor_low.size
    distance, price = search.distance[node], flow.price
    sink = price.size - 1
    if pledges <= node < pledges + sponsors:
        s = node - pledges
        if flow.from_sponsor[s] < network.sponsor_high[s]:
            step = network.sponsor_step[0] * (flow.from_sponsor[s] + 1)
            relax(search, sink, distance + step - price[node], node, -1, -1)
        for at in range(network.own_start[s], network.own_start[s + 1]):
            j = network.own[at]
            if flow.from_pledge[j] > network.pledge_low[j]:
                relax(search, j, distance + price[j] - price[node], node, -1, -1)
        return
    _move_children(network, flow, search, node)
    if node < pledges:
        if flow.from_pledge[node] < network.pledge_high[node]:
            s = pledges + network.sponsor[node]
            relax(search, s, distance + price[s] - price[node], node, -1, -1)
        return
    k = node - pledges - sponsors
    if flow.from_place[k] < network.waiting_high[k]:
        step = network.step[network.step_start[k] + flow.from_place[k]]
        relax(search, sink, distance + step - price[node], node, -1, -1)


@compiled
def _move_children(network: Network, flow: Flow, search: Search, node: int) -> None:
    """Relax every move of a child that stands at a node."""
    waiting_at = network.sponsor.size + network.sponsor_low.size
    child = flow.first[node]
    while child >= 0:
        base = search.distance[node] - flow.paid[child] - flow.price[node]
        for row in range(network.start[child], network.start[child + 1]):
            j = network.pledge[row]
            relax(search, j, base + network.cost[row] + flow.price[j], node, child, row)
        if network.may_wait[child] and node < waiting_at:
            goal = waiting_at + network.place[child]
            cost = network.wait_cost[child] + flow.price[goal]
            relax(search, goal, base + cost, node, child, -1)
        child = flow.after[child]


@compiled
def spread_in(network: Network, flow: Flow, search: Search, node: int) -> None:
    """Relax every way in which one unit can come to a node, backwards."""
    pledges, sponsors = network.sponsor.size, network.sponsor_low.size
    distance, price = search.distance[node], flow.price
    sink = price.size - 1
    if node < pledges:
        _move_in(network, flow, search, node)
        s = pledges + network.sponsor[node]
        if flow.from_pledge[node] > network.pledge_low[node]:
            relax(search, s, distance + price[node] - price[s], node, -1, -1)
    elif node < pledges + sponsors:
        s = node - pledges
        if flow.from_sponsor[s] > network.sponsor_low[s]:
            step = network.sponsor_step[0] * flow.from_sponsor[s]
            relax(search, sink, distance + price[node] - step, node, -1, -1)
        for at in range(network.own_start[s], network.own_start[s + 1]):
            j = network.own[at]
            if flow.from_pledge[j] < network.pledge_high[j]:
                relax(search, j, distance + price[node] - price[j], node, -1, -1)
    else:
        k = node - pledges - sponsors
        _give_up(network, flow, search, node)
        if flow.from_place[k] > network.waiting_low[k]:
            step = network.step[network.step_start[k] + flow.from_place[k] - 1]
            relax(search, sink, distance + price[node] - step, node, -1, -1)


@compiled
def _move_in(network: Network, flow: Flow, search: Search, pledge: int) -> None:
    """Relax every child's move to a pledge."""
    base = search.distance[pledge] + flow.price[pledge]
    for at in range(network.by_pledge_start[pledge], network.by_pledge_start[pledge + 1]):
        row = network.by_pledge[at]
        child = network.child[row]
        origin = flow.where[child]
        cost = base + network.cost[row] - flow.paid[child] - flow.price[origin]
        relax(search, origin, cost, pledge, child, row)


@compiled
def _give_up(network: Network, flow: Flow, search: Search, node: int) -> None:
    """Relax every covered child's move to its kelurahan's waiting list."""
    k = node - network.sponsor.size - network.sponsor_low.size
    base = search.distance[node] + flow.price[node]
    for at in range(network.by_place_start[k], network.by_place_start[k + 1]):
        child = network.by_place[at]
        origin = flow.where[child]
        if network.may_wait[child]:
            cost = base + network.wait_cost[child] - flow.paid[child] - flow.price[origin]
            relax(search, origin, cost, node, child, -1)


@compiled
def _shift(network: Network, flow: Flow, tail: int, head: int) -> None:
    """Let one more unit of flow go from a node to another that is no child's move."""
    pledges, sponsors = network.sponsor.size, network.sponsor_low.size
    sink = flow.price.size - 1
    if tail < pledges:
        flow.from_pledge[tail] += 1
    elif head < pledges:
        flow.from_pledge[head] -= 1
    elif head == sink:
        if tail < pledges + sponsors:
            flow.from_sponsor[tail - pledges] += 1
        else:
            flow.from_place[tail - pledges - sponsors] += 1
    elif head < pledges + sponsors:
        flow.from_sponsor[head - pledges] -= 1
    else:
        flow.from_place[head - pledges - sponsors] -= 1


@compiled
def _follow(network: Network, flow: Flow, search: Search, goal: int, outwards: bool) -> None:
    """Move one unit along the way that was found."""
    node = goal
    while search.parent[node] >= 0:
        parent, child, pair = search.parent[node], search.via_child[node], search.via_pair[node]
        tail, head = (parent, node) if outwards else (node, parent)
        if child >= 0:
            leave(flow, child)
            flow.paid[child] = network.cost[pair] if pair >= 0 else network.wait_cost[child]
            arrive(flow, child, head)
        else:
            _shift(network, flow, tail, head)
        node = parent


@compiled
def _mend(network: Network, flow: Flow, search: Search, start: int, outwards: bool) -> bool:
    """Move one unit from a node (or to it) to the nearest that lacks one (has one), or the sink."""
    sign = 1 if outwards else -1
    sink = flow.price.size - 1
    clear(search)
    relax(search, start, 0, -1, -1, -1)
    goal = next_node(search)
    while goal >= 0 and goal != sink and sign * flow.excess[goal] >= 0:
        search.done[goal] = 1
        search.settled[search.counters[4]] = goal
        search.counters[4] += 1
        if _end_here(network, flow, search, goal, outwards):
            pass
        elif outwards:
            spread_out(network, flow, search, goal)
        else:
            spread_in(network, flow, search, goal)
        goal = next_node(search)
    for at in range(search.counters[4]):
        node = search.settled[at]
        search.done[node] = 0
        if goal >= 0:
            flow.price[node] += sign * (search.distance[goal] - search.distance[node])
    if goal < 0:
        return False
    _follow(network, flow, search, goal, outwards)
    flow.excess[start] -= sign
    if goal != sink:
        flow.excess[goal] += sign
    return True


@compiled
def optimise(network: Network, flow: Flow, search: Search) -> bool:
    """Make a flow optimal, starting from its prices; False if the bounds allow none."""
    if not _settle(network, flow):
        return False
    for outwards in (True, False):
        sign = 1 if outwards else -1
        for node in range(flow.price.size - 1):
            while sign * flow.excess[node] > 0:
                if not _mend(network, flow, search, node, outwards):
                    return False
    clear(search)
    return True
