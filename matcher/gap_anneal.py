"""Simulated annealing for the generalised assignment problem, compiled.

A move gives one job to another agent that is cheap for it under the capacity prices, or swaps it
with the job there that costs least in exchange. An agent may carry too much for a while; each unit
costs a multiple of its capacity price, which rises as the search cools (strategic oscillation, as
in Yagiura, Ibaraki and Glover 2004).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matcher.compiled import compiled


class Ground(NamedTuple):
    """What does not change.

    `cost`, `weight`: int64[m, n]; `capacity`: int64[m]; `likely`: int32[n, k], the agents worth
    trying for each job; `penalty`: float64[m], what a unit too much costs each agent.
    """

    cost: np.ndarray
    weight: np.ndarray
    capacity: np.ndarray
    likely: np.ndarray
    penalty: np.ndarray


class Assigned(NamedTuple):
    """Who does what: agent of each job, loads, and the jobs of each agent as lists.

    `jobs[i, :number[i]]` are the jobs of agent i, `place[j]` the column of job j there. `best` is
    the best assignment in which nobody carries too much, `totals` its cost and that of now.
    """

    agent_of: np.ndarray
    load: np.ndarray
    jobs: np.ndarray
    number: np.ndarray
    place: np.ndarray
    best: np.ndarray
    totals: np.ndarray
    random: np.ndarray


NOTHING_YET = np.int64(1) << 60


def assigned(ground: Ground, agent_of: np.ndarray, seed: int) -> Assigned:
    """Return the state of a search that starts from an assignment, feasible or not."""
    agents, jobs = ground.cost.shape
    state = Assigned(
        agent_of.astype(np.int32),
        np.zeros(agents, dtype=np.int64),
        np.zeros((agents, jobs), dtype=np.int32),
        np.zeros(agents, dtype=np.int32),
        np.zeros(jobs, dtype=np.int32),
        agent_of.astype(np.int32),
        np.array([NOTHING_YET, 0], dtype=np.int64),
        np.array([seed * 2 + 1], dtype=np.uint64),
    )
    for job, agent in enumerate(agent_of.tolist()):
        state.place[job] = state.number[agent]
        state.jobs[agent, state.number[agent]] = job
        state.number[agent] += 1
        state.load[agent] += ground.weight[agent, job]
        state.totals[1] += ground.cost[agent, job]
    return state


@compiled
def _chance(random: np.ndarray) -> float:
    """Return a number from 0 up to 1 (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@compiled
def _over(ground: Ground, state: Assigned, agent: int, more: int, factor: float) -> float:
    """Return by how much an agent's penalty grows when it carries so much more."""
    before = max(0, state.load[agent] - ground.capacity[agent])
    after = max(0, state.load[agent] + more - ground.capacity[agent])
    return float(factor * ground.penalty[agent] * (after - before))


@compiled
def _give(ground: Ground, state: Assigned, job: int, agent: int) -> None:
    """Give a job to an agent."""
    old, at = state.agent_of[job], state.place[job]
    state.number[old] -= 1
    last = state.jobs[old, state.number[old]]
    state.jobs[old, at] = last
    state.place[last] = at
    state.jobs[agent, state.number[agent]] = job
    state.place[job] = state.number[agent]
    state.number[agent] += 1
    state.agent_of[job] = agent
    state.load[old] -= ground.weight[old, job]
    state.load[agent] += ground.weight[agent, job]
    state.totals[1] += ground.cost[agent, job] - ground.cost[old, job]


@compiled
def _best_swap(
    ground: Ground, state: Assigned, job: int, agent: int, factor: float
) -> tuple[int, float]:
    """Return the job of an agent that costs least in exchange, and what the swap costs."""
    old, best, least = state.agent_of[job], -1, 1e300
    given = ground.cost[agent, job] - ground.cost[old, job]
    for at in range(state.number[agent]):
        other = state.jobs[agent, at]
        cost = float(given + ground.cost[old, other] - ground.cost[agent, other])
        if cost >= least:
            continue
        more = ground.weight[old, other] - ground.weight[old, job]
        cost += _over(ground, state, old, more, factor)
        more = ground.weight[agent, job] - ground.weight[agent, other]
        cost += _over(ground, state, agent, more, factor)
        if cost < least:
            best, least = other, cost
    return best, least


@compiled
def _keep_best(ground: Ground, state: Assigned) -> None:
    """Note the assignment if nobody carries too much and it is the best so far."""
    if state.totals[1] >= state.totals[0]:
        return
    for agent in range(ground.capacity.size):
        if state.load[agent] > ground.capacity[agent]:
            return
    state.totals[0] = state.totals[1]
    state.best[:] = state.agent_of


@compiled
def anneal(ground: Ground, state: Assigned, moves: int, warmth: float, factor: float) -> None:
    """Try a number of moves at one temperature and one weight of the penalties."""
    jobs, likely = ground.likely.shape
    for _ in range(moves):
        job = int(_chance(state.random) * jobs)
        agent = ground.likely[job, int(_chance(state.random) * likely)]
        old = state.agent_of[job]
        if agent == old:
            continue
        cost = float(ground.cost[agent, job] - ground.cost[old, job])
        cost += _over(ground, state, agent, ground.weight[agent, job], factor)
        cost += _over(ground, state, old, -ground.weight[old, job], factor)
        other = -1
        swap, swapping = _best_swap(ground, state, job, agent, factor)
        if swap >= 0 and swapping < cost:
            other, cost = swap, swapping
        if cost > 0 and (cost > 30 * warmth or _chance(state.random) >= np.exp(-cost / warmth)):
            continue
        _give(ground, state, job, agent)
        if other >= 0:
            _give(ground, state, other, old)
        _keep_best(ground, state)
