"""Integer prices of an optimal flow: the proof that it is one.

SimpleMinCostFlow returns no dual values. They are the shortest distances from the sink in the
residual network, over pledges, sponsors and kelurahan only: a child is where its flow goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.matching import Certificate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.face import Face
    from matcher.flow import LevelCosts
    from matcher.problem import MatchingProblem

UNREACHED = np.int64(2**60)


class NotOptimalError(RuntimeError):
    """The flow admits an improving cycle."""


@dataclass(frozen=True, eq=False)
class Residual:
    """Edges (tail, head, weight) between pledges, sponsors, kelurahan and the sink.

    Nodes: pledges from 0, sponsors from m, kelurahan from m + s, the sink last.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    weight: NDArray[np.int64]
    num_nodes: int


def recover_prices(
    problem: MatchingProblem, face: Face, costs: LevelCosts, pledge_of: NDArray[np.int32]
) -> Certificate:
    """Return the prices of an optimal flow on a face.

    A node's price is minus its distance from the sink: the smallest prices, so that a pledge's
    is exactly what one more place there would save on this level.
    """
    residual = residual_network(problem, face, costs, pledge_of)
    distance = np.full(residual.num_nodes, UNREACHED)
    distance[-1] = 0
    distance = _relax(residual.tail, residual.head, residual.weight, distance)
    price = np.where(distance < UNREACHED // 2, -distance, 0)
    price = _settle_unreached(residual, distance, price)
    pledges, sponsors = problem.num_pledges, problem.num_sponsors
    return Certificate(
        pledge=price[:pledges],
        sponsor=price[pledges : pledges + sponsors],
        kelurahan=price[pledges + sponsors : -1],
    )


def residual_network(
    problem: MatchingProblem, face: Face, costs: LevelCosts, pledge_of: NDArray[np.int32]
) -> Residual:
    """Return where flow could still go, and what each change would cost."""
    pledges, sponsors = problem.num_pledges, problem.num_sponsors
    place_at, sink = pledges + sponsors, pledges + sponsors + problem.num_kelurahan
    covered = pledge_of >= 0
    location = np.where(covered, pledge_of, problem.kelurahan + place_at)
    paid = np.where(covered, 0, costs.uncovered)
    used = pledge_of[costs.child] == costs.pledge
    paid[costs.child[used]] = costs.pair[used]
    moves = np.flatnonzero(~used)
    giving_up = np.flatnonzero(covered & face.may_wait)
    load = np.bincount(pledge_of[covered], minlength=pledges)
    total = np.bincount(problem.sponsor, weights=load, minlength=sponsors).astype(np.int64)
    left = np.bincount(problem.kelurahan[~covered], minlength=problem.num_kelurahan)
    edges = [
        (
            location[costs.child[moves]],
            costs.pledge[moves],
            costs.pair[moves] - paid[costs.child[moves]],
        ),
        (
            location[giving_up],
            problem.kelurahan[giving_up] + place_at,
            costs.uncovered[giving_up] - paid[giving_up],
        ),
        *_both_ways(
            np.arange(pledges),
            problem.sponsor.astype(np.int64) + pledges,
            load,
            (face.pledge_low, face.pledge_high),
            (np.zeros_like(load), np.zeros_like(load)),
        ),
        *_both_ways(
            np.arange(sponsors) + pledges,
            np.full(sponsors, sink),
            total,
            (face.sponsor_low, face.sponsor_high),
            (total * costs.sponsor_step, (total + 1) * costs.sponsor_step),
        ),
        *_both_ways(
            np.arange(problem.num_kelurahan) + place_at,
            np.full(problem.num_kelurahan, sink),
            left,
            (face.waiting_low, face.waiting_high),
            _step_costs(costs.steps, left),
        ),
    ]
    tail, head, weight = (np.concatenate(column) for column in zip(*edges, strict=True))
    by_head = np.argsort(head, kind="stable")
    return Residual(
        tail[by_head].astype(np.int64),
        head[by_head].astype(np.int64),
        weight[by_head].astype(np.int64),
        sink + 1,
    )


def _step_costs(
    steps: tuple[NDArray[np.int64], NDArray[np.int64]], flow: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cost of the last step taken and of the next one (0 where there is none)."""
    start, step = steps
    padded = np.append(step, 0)
    last = np.where(flow > 0, padded[start[:-1] + np.maximum(flow, 1) - 1], 0)
    following = np.where(start[:-1] + flow < start[1:], padded[start[:-1] + flow], 0)
    return last, following


_Edges = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]"]


def _both_ways(
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    flow: NDArray[np.int64],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
    cost: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[_Edges, _Edges]:
    """Return the edges for one unit more and for one unit less."""
    more, less = flow < bounds[1], flow > bounds[0]
    return (
        (tail[more], head[more], cost[1][more]),
        (head[less], tail[less], -cost[0][less]),
    )


def _relax(
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    weight: NDArray[np.int64],
    distance: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return shortest distances by rounds over all edges (Bellman-Ford); edges sorted by head."""
    if not head.size:
        return distance
    starts = np.flatnonzero(np.diff(head, prepend=-1))
    targets = head[starts]
    for _ in range(distance.size + 1):
        reached = np.minimum.reduceat(distance[tail] + weight, starts)
        shorter = reached < distance[targets]
        if not shorter.any():
            return distance
        distance[targets[shorter]] = reached[shorter]
    raise NotOptimalError("the flow admits an improving cycle")


def _settle_unreached(
    residual: Residual, distance: NDArray[np.int64], price: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give nodes that the sink does not reach the largest price up to 0 that holds."""
    unreached = distance >= UNREACHED // 2
    ours = unreached[residual.tail]
    if not ours.any():
        return price
    head, tail = residual.head[ours], residual.tail[ours]
    by_tail = np.argsort(tail, kind="stable")
    return _relax(
        head[by_tail], tail[by_tail], residual.weight[ours][by_tail], price.astype(np.int64)
    )
