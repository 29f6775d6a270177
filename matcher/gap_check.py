"""Whether an assignment keeps a generalised assignment problem, recounted number by number.

It shares nothing with what it checks. The bound is counted again from its prices, in whole numbers
and without a solver; only that a search beyond them was finished is its maker's word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.gap import GapPrices, GapProblem, GapResult

LARGEST = 1 << 61
"""Sums of prices stay below it, so that no whole number of 64 bits overflows."""


@dataclass(frozen=True, slots=True)
class GapFault:
    """What an assignment breaks; `docs/matching.md` lists the codes."""

    code: str
    params: dict[str, object]


def check_gap(problem: GapProblem, result: GapResult) -> list[GapFault]:
    """Return everything that an assignment breaks; empty when it is sound and its cost true."""
    agents = [] if result.agent_of is None else [int(agent) for agent in result.agent_of]
    capacity = [int(room) for room in problem.capacity]
    faults = [
        GapFault("gap.unknown_agent", {"job": job, "agent": agent + 1})
        for job, agent in enumerate(agents, start=1)
        if not 0 <= agent < len(capacity)
    ]
    if faults:
        return faults
    cost, loads = 0, [0] * len(capacity)
    for job, agent in enumerate(agents):
        cost += int(problem.cost[agent, job])
        loads[agent] += int(problem.weight[agent, job])
    faults += [
        GapFault("gap.over_capacity", {"agent": agent, "load": load, "limit": room})
        for agent, (load, room) in enumerate(zip(loads, capacity, strict=True), start=1)
        if load > room
    ]
    if cost != result.cost:
        faults.append(GapFault("gap.wrong_cost", {"counted": cost, "told": result.cost}))
    return faults + _bound_faults(problem, result, cost)


def _bound_faults(problem: GapProblem, result: GapResult, cost: int) -> list[GapFault]:
    proved = least_cost(problem, result.prices)
    if proved is None:
        return [GapFault("gap.wrong_prices", {})]
    faults = []
    if result.verified != proved:
        faults.append(GapFault("gap.wrong_verified", {"counted": proved, "told": result.verified}))
    if result.is_optimal and result.bound < cost:
        faults.append(GapFault("gap.wrong_optimal", {"bound": result.bound, "cost": cost}))
    elif result.bound != (cost if result.is_optimal else proved):
        known = cost if result.is_optimal else proved
        faults.append(GapFault("gap.wrong_bound", {"bound": result.bound, "proved": known}))
    return faults


def least_cost(problem: GapProblem, prices: GapPrices) -> int | None:
    """Return what no assignment undercuts by these prices; None where they are none.

    Time is linear in jobs times the room of each agent, or in jobs where that is too much.
    """
    scale, job, agent = prices.scale, prices.job, prices.agent
    if scale < 1 or job.shape != (problem.num_jobs,) or agent.shape != problem.capacity.shape:
        return None
    if any(price < 0 for price in agent.tolist()):
        return None
    heaviest = [max(row, default=0) for row in problem.weight.tolist()]
    total = sum(abs(price) for price in job.tolist())
    dearest = max(sum(abs(cost) for cost in row) for row in problem.cost.tolist())
    charged = max(price * most for price, most in zip(agent.tolist(), heaviest, strict=True))
    if max(total, scale * dearest, charged) >= LARGEST:
        return None
    least = sum(job.tolist())
    for i, room in enumerate(problem.capacity.tolist()):
        own = scale * problem.cost[i] - job
        if problem.is_filled(i):
            least += _filled(own, problem.weight[i], room)
        else:
            own += agent[i] * problem.weight[i]
            least += int(np.minimum(own, 0).sum()) - int(agent[i]) * room
    return int(-(-least // scale))


def _filled(own: NDArray[np.int64], weight: NDArray[np.int64], room: int) -> int:
    """Return the least that jobs cost together whose weights fit into a room."""
    least = np.zeros(room + 1, dtype=np.int64)
    for job in np.flatnonzero((own < 0) & (weight <= room)).tolist():
        heavy = int(weight[job])
        least[heavy:] = np.minimum(least[heavy:], least[: room + 1 - heavy] + own[job])
    return int(least[room])
