"""Simulated annealing for the generalised assignment problem, compiled.

Costs are priced: with a price per unit of each agent's capacity, an assignment costs what its jobs
cost beyond their cheapest agent, plus the capacity left unused at its price; both are near nothing
in a good one. A move gives a job to another agent that is cheap for it, swaps it with one of that
agent's, or pushes one of those on to a third agent (an ejection chain of two). An agent may carry
too much for a while, at a multiple of the price which rises as the search cools (strategic
oscillation; Yagiura, Ibaraki and Glover 2004, 2006).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matcher.compiled import compiled

LONGEST = 8
"""Most jobs of a chain, the closing one not counted."""
SCANNED = 64
"""At most so many jobs of an agent are looked at for the one that leaves."""
DRAWS = 4096
"""Drawn once: -log of the middles of so many equal parts of (0, 1)."""
NOTHING_YET = np.int64(1) << 60


class Ground(NamedTuple):
    """What does not change, with jobs before agents.

    `cost`, `weight`: int64[n, m], int32[n, m]; `priced`: float32[n, m], cost plus price x weight;
    `capacity`: int64[m]; `likely`: int32[n, k], the agents worth trying for each job; `unused`,
    `over`: float64[m], what a unit too little and a unit too much costs each agent; `draws`.
    """

    cost: np.ndarray
    weight: np.ndarray
    priced: np.ndarray
    capacity: np.ndarray
    likely: np.ndarray
    unused: np.ndarray
    over: np.ndarray
    draws: np.ndarray


class Assigned(NamedTuple):
    """Who does what: agent of each job, loads, and the jobs of each agent as lists.

    `jobs[i, :number[i]]` are the jobs of agent i, `place[j]` the column of job j there. `best` is
    the best assignment in which nobody carries too much; `totals` its cost, that of now, and how
    many agents carry too much now.
    """

    agent_of: np.ndarray
    load: np.ndarray
    jobs: np.ndarray
    number: np.ndarray
    place: np.ndarray
    best: np.ndarray
    totals: np.ndarray
    random: np.ndarray


class Chain(NamedTuple):
    """Scratch: the jobs of a chain, and the agents they go to."""

    job: np.ndarray
    to: np.ndarray


def new_chain() -> Chain:
    """Return scratch for one search."""
    return Chain(np.zeros(LONGEST + 2, dtype=np.int64), np.zeros(LONGEST + 2, dtype=np.int64))


def ground_of(
    cost: np.ndarray,
    weight: np.ndarray,
    capacity: np.ndarray,
    price: np.ndarray,
    num_likely: int,
) -> Ground:
    """Return the ground for costs and weights int64[m, n] and prices float64[m] >= 0."""
    priced = cost + price[:, None] * weight
    fits = np.where(weight <= capacity[:, None], priced, np.inf)
    likely = np.argsort(fits, axis=0, kind="stable")[:num_likely].T
    halves = (np.arange(DRAWS) + 0.5) / DRAWS
    return Ground(
        np.ascontiguousarray(cost.T),
        np.ascontiguousarray(weight.T.astype(np.int32)),
        np.ascontiguousarray((priced - priced.min(axis=0)).T.astype(np.float32)),
        np.ascontiguousarray(capacity),
        np.ascontiguousarray(likely.astype(np.int32)),
        price.astype(np.float64),
        np.maximum(price, 0.05 * float(price.mean()) + 1e-3),
        -np.log(halves),
    )


def assigned(ground: Ground, agent_of: np.ndarray, seed: int) -> Assigned:
    """Return the state of a search that starts from an assignment, feasible or not."""
    jobs, agents = ground.cost.shape
    state = Assigned(
        agent_of.astype(np.int32),
        np.zeros(agents, dtype=np.int64),
        np.zeros((agents, jobs), dtype=np.int32),
        np.zeros(agents, dtype=np.int32),
        np.zeros(jobs, dtype=np.int32),
        agent_of.astype(np.int32),
        np.array([NOTHING_YET, 0, 0], dtype=np.int64),
        np.array([seed * 2 + 1], dtype=np.uint64),
    )
    for job, agent in enumerate(agent_of.tolist()):
        state.place[job] = state.number[agent]
        state.jobs[agent, state.number[agent]] = job
        state.number[agent] += 1
        state.load[agent] += ground.weight[job, agent]
        state.totals[1] += ground.cost[job, agent]
    state.totals[2] = np.count_nonzero(state.load > ground.capacity)
    if not state.totals[2]:
        state.totals[0] = state.totals[1]
    return state


@compiled
def _draw(random: np.ndarray) -> int:
    """Return 32 random bits (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return int((x * np.uint64(2685821657736338717)) >> np.uint64(32))


@compiled
def _charge(ground: Ground, state: Assigned, agent: int, more: int, factor: float) -> float:
    """Return by how much an agent's charge for its load grows when it carries so much more."""
    before = state.load[agent] - ground.capacity[agent]
    after = before + more
    paid = factor * ground.over[agent] * before if before > 0 else -ground.unused[agent] * before
    pays = factor * ground.over[agent] * after if after > 0 else -ground.unused[agent] * after
    return float(pays - paid)


@compiled
def _carry(ground: Ground, state: Assigned, agent: int, more: int) -> None:
    """Let an agent carry more, and count whether that is too much."""
    state.totals[2] -= int(state.load[agent] > ground.capacity[agent])
    state.load[agent] += more
    state.totals[2] += int(state.load[agent] > ground.capacity[agent])


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
    _carry(ground, state, old, -int(ground.weight[job, old]))
    _carry(ground, state, agent, int(ground.weight[job, agent]))
    state.totals[1] += ground.cost[job, agent] - ground.cost[job, old]


@compiled
def _keep_best(state: Assigned) -> None:
    """Note the assignment if nobody carries too much and it is the best so far."""
    if state.totals[2] == 0 and state.totals[1] < state.totals[0]:
        state.totals[0] = state.totals[1]
        state.best[:] = state.agent_of


@compiled
def _next_agent(
    ground: Ground, state: Assigned, chain: Chain, length: int, limit: float
) -> tuple[int, float]:
    """Return an agent, cheap enough and not in the chain yet, for its last job; -1 if none."""
    job = chain.job[length]
    here = float(ground.priced[job, state.agent_of[job]])
    allowed, most = 0, ground.likely.shape[1]
    while allowed < most and ground.priced[job, ground.likely[job, allowed]] - here <= limit:
        allowed += 1
    if allowed == 0:
        return -1, 0.0
    agent = int(ground.likely[job, (_draw(state.random) * allowed) >> 32])
    for at in range(length + 1):
        if agent == state.agent_of[chain.job[at]]:
            return -1, 0.0
    return agent, float(ground.priced[job, agent]) - here


@compiled
def _grow(
    ground: Ground, state: Assigned, chain: Chain, limit: float, warmth: float, factor: float
) -> tuple[int, bool]:
    """Draw a chain of jobs, each going to where the next one is; return its length, and success.

    The chain's last job goes to where the first one was, or to an agent that nobody leaves.
    """
    first = chain.job[0]
    origin = state.agent_of[first]
    room = -int(ground.weight[first, origin])
    paid, length = 0.0, 0
    while length < LONGEST:
        agent, more = _next_agent(ground, state, chain, length, limit - paid)
        if agent < 0:
            return length, False
        chain.to[length] = agent
        paid += more
        arriving = int(ground.weight[chain.job[length], agent])
        ending = _charge(ground, state, agent, arriving, factor)
        if paid + ending + _charge(ground, state, origin, room, factor) <= limit:
            return length + 1, True
        number, found, kept, least = state.number[agent], 0, 0.0, 1e300
        at = int((_draw(state.random) * number) >> 32) if number > 0 else 0
        for _ in range(min(number, SCANNED)):
            at = at + 1 if at + 1 < number else 0
            other = state.jobs[agent, at]
            here = float(ground.priced[other, agent])
            change = _charge(
                ground, state, agent, arriving - int(ground.weight[other, agent]), factor
            )
            if paid + change - here > limit:
                continue
            back = paid + change + float(ground.priced[other, origin]) - here
            if back <= limit + ground.unused[origin] * -room:
                back += _charge(
                    ground, state, origin, room + int(ground.weight[other, origin]), factor
                )
                if back <= limit:
                    chain.job[length + 1], chain.to[length + 1] = other, origin
                    return length + 2, True
            worth = change - here + warmth * ground.draws[_draw(state.random) % DRAWS]
            found += 1
            if worth < least:
                least = worth
                chain.job[length + 1] = other
                kept = change
        if found == 0:
            return length, False
        paid += kept
        length += 1
    return length, False


@compiled
def anneal(
    ground: Ground, state: Assigned, chain: Chain, tries: int, warmth: float, factor: float
) -> None:
    """Try a number of chains at one temperature and one weight of what is carried too much."""
    jobs = ground.likely.shape[0]
    for _ in range(tries):
        job = (_draw(state.random) * jobs) >> 32
        if ground.priced[job, state.agent_of[job]] <= warmth and _draw(state.random) & 3:
            continue
        chain.job[0] = job
        limit = warmth * ground.draws[_draw(state.random) % DRAWS]
        length, is_good = _grow(ground, state, chain, limit, warmth, factor)
        if not is_good:
            continue
        for at in range(length):
            _give(ground, state, chain.job[at], chain.to[at])
        _keep_best(state)
