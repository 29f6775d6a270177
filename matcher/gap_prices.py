"""Prices of jobs for the generalised assignment problem: a bound sharper than the linear one.

Every job has a price, and each agent takes the jobs that cost least together less their prices and
fit into what it can carry: a knapsack, by dynamic programming. "Each job once" is what the prices
relax (Ross and Soland 1975; Fisher 1981); they rise where nobody takes a job, fall where several
do (subgradient steps). The same programme tells for every agent and job what more it costs to put
this job there: pairs that cost too much can be left out of every search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.gap import GapPrices

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.gap import GapProblem

MOST_STEPS = 400
PATIENCE, SHORTER = 10, 1.6
"""Steps without a gain after which they become shorter, and by how much."""
SHORTEST = 0.005
KEPT, NEW = 0.3, 0.7
"""Shares of a direction that the last one and the new one make."""
FINEST = 1 << 16
LARGEST = 1 << 59
"""Sums of whole prices stay below it."""


@dataclass(frozen=True, eq=False)
class PricedJobs:
    """Prices float64[n] of jobs, what they prove, and the part of it that each agent adds."""

    job: NDArray[np.float64]
    bound: float
    agent_cost: NDArray[np.float64]


def ascended(
    problem: GapProblem,
    agent_price: NDArray[np.float64],
    target: float,
    *,
    has_time: Callable[[], bool],
) -> PricedJobs:
    """Return the best job prices on the way from an agent's prices to a cost that is known."""
    job = (problem.cost + agent_price[:, None] * problem.weight).min(axis=0)
    bound, agent_cost, number = _valued(problem, job, agent_price)
    best, onward = PricedJobs(job, bound, agent_cost), np.zeros_like(job)
    share, stalled = 1.0, 0
    for _ in range(MOST_STEPS):
        lack = 1.0 - number
        onward = KEPT * onward + NEW * lack
        square = float(onward @ onward)
        if not lack.any() or not square or share < SHORTEST or best.bound >= target:
            break
        if not has_time():
            break
        job = job + share * (target - bound) / square * onward
        bound, agent_cost, number = _valued(problem, job, agent_price)
        stalled = 0 if bound > best.bound + 1e-2 else stalled + 1
        if bound > best.bound:
            best = PricedJobs(job, bound, agent_cost)
        if stalled > PATIENCE:
            share, stalled, job, bound = share / SHORTER, 0, best.job, best.bound
    return best


def whole(
    problem: GapProblem, job: NDArray[np.float64], agent_price: NDArray[np.float64]
) -> tuple[GapPrices, int]:
    """Return prices in whole parts of a unit, and the whole cost that they prove."""
    scale, largest = FINEST, float(np.abs(problem.cost).sum(axis=1).max()) + float(job.sum())
    largest = max(largest, float((agent_price[:, None] * problem.weight).max()))
    while scale > 1 and scale * largest > LARGEST:
        scale //= 2
    prices = GapPrices(
        np.rint(scale * job).astype(np.int64), np.rint(scale * agent_price).astype(np.int64), scale
    )
    bound, _, _ = _valued(problem, prices.job, prices.agent, scale)
    return prices, int(-(-bound // scale))


def _valued(
    problem: GapProblem, job: NDArray[Any], agent_price: NDArray[Any], scale: int = 1
) -> tuple[float, NDArray[np.float64], NDArray[np.int64]]:
    """Return the bound of prices, the part of each agent, and how many agents take each job."""
    number = np.zeros(problem.num_jobs, dtype=np.int64)
    cost = np.zeros(problem.num_agents, dtype=job.dtype)
    for agent in range(problem.num_agents):
        own = scale * problem.cost[agent] - job
        if problem.is_filled(agent):
            cost[agent], taken = _filled(own, problem.weight[agent], int(problem.capacity[agent]))
        else:
            own = own + agent_price[agent] * problem.weight[agent]
            taken = np.flatnonzero(own < 0).tolist()
            cost[agent] = own[taken].sum() - agent_price[agent] * problem.capacity[agent]
        number[taken] += 1
    return job.sum() + cost.sum(), cost, number


def _filled(own: NDArray[Any], weight: NDArray[np.int64], room: int) -> tuple[float, list[int]]:
    """Return the least that jobs cost together which fit into a room, and these jobs."""
    some = np.flatnonzero((own < 0) & (weight <= room))
    least = np.zeros(room + 1, dtype=own.dtype)
    taken = np.zeros((some.size, room + 1), dtype=np.bool_)
    heavy = weight[some].tolist()
    for at, (job, needs) in enumerate(zip(some.tolist(), heavy, strict=True)):
        with_it = least[: room + 1 - needs] + own[job]
        np.less(with_it, least[needs:], out=taken[at, needs:])
        least[needs:] = np.minimum(least[needs:], with_it)
    jobs, left = [], room
    for at in range(some.size - 1, -1, -1):
        if taken[at, left]:
            jobs.append(int(some[at]))
            left -= heavy[at]
    return least[room], jobs


def more_with(problem: GapProblem, prices: PricedJobs) -> NDArray[np.float64]:
    """Return float64[m, n]: by how much the bound rises when an agent has to take a job."""
    more = np.zeros(problem.cost.shape)
    for agent in range(problem.num_agents):
        own = problem.cost[agent] - prices.job
        if problem.is_filled(agent):
            room = int(problem.capacity[agent])
            more[agent] = _with_each(own, problem.weight[agent], room) - prices.agent_cost[agent]
    return more


def _with_each(
    own: NDArray[np.float64], weight: NDArray[np.int64], room: int
) -> NDArray[np.float64]:
    """Return the least that jobs cost together with each one of them; infinite if it cannot fit."""
    some = np.flatnonzero((own < 0) & (weight <= room))
    before = np.zeros((some.size + 1, room + 1))
    heavy = weight[some].tolist()
    for at, (job, needs) in enumerate(zip(some.tolist(), heavy, strict=True)):
        before[at + 1] = before[at]
        with_it = before[at, : room + 1 - needs] + own[job]
        before[at + 1, needs:] = np.minimum(before[at, needs:], with_it)
    cost = np.full(own.size, np.inf)
    fits = np.flatnonzero(weight <= room)
    cost[fits] = own[fits] + before[-1, room - weight[fits]]
    after = np.zeros(room + 1)
    for at in range(some.size - 1, -1, -1):
        job, needs = int(some[at]), heavy[at]
        left = room + 1 - needs
        with_it = after[:left] + own[job]
        cost[job] = own[job] + (before[at, :left] + after[:left][::-1]).min()
        after[needs:] = np.minimum(after[needs:], with_it)
    return cost
