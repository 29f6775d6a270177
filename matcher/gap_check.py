"""Whether an assignment keeps a generalised assignment problem, recounted number by number.

It shares nothing with what it checks. The bound is not proved here: it is only held against the
cost, which no bound can exceed, and which the bound of the best one reaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matcher.gap import GapProblem, GapResult


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
    if result.bound > cost:
        faults.append(GapFault("gap.wrong_bound", {"bound": result.bound, "cost": cost}))
    if result.is_optimal and result.bound < cost:
        faults.append(GapFault("gap.wrong_optimal", {"bound": result.bound, "cost": cost}))
    return faults
