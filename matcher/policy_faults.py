"""What can be wrong with a sound problem under a policy, before anything is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.budgets import counted, counts_rupiah, prices_rp
from matcher.faults import Fault, FaultCode, split_pins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.policy import Policy
    from matcher.problem import MatchingProblem

LARGEST_WEIGHT = 1 << 36
"""Largest weight of a child, so that no sum of prices overflows."""


def policy_faults(problem: MatchingProblem, policy: Policy) -> list[Fault]:
    """Return the faults that a sound problem has under a policy only."""
    faults = [] if policy.split_siblings else split_pins(problem)
    faults += _pins_over_budget(problem, policy)
    if policy.is_fair_before_tier or counts_rupiah(problem, policy):
        largest = outweighing(np.unique(problem.tier, return_counts=True)[1].tolist())[:1]
        if largest and largest[0] > LARGEST_WEIGHT:
            params = {"children": problem.num_children, "tiers": np.unique(problem.tier).size}
            faults.append(Fault(FaultCode.TOO_MANY_IN_TIERS, params))
    return faults


def _pins_over_budget(problem: MatchingProblem, policy: Policy) -> Iterator[Fault]:
    """Yield the pledges whose pinned children cost more than the rupiah they give."""
    if not bool(np.any(problem.budget_rp >= 0)):
        return
    places = counted(problem, policy).capacity
    prices = prices_rp(problem, policy)
    pinned = np.bincount(problem.pins[:, 1], minlength=problem.num_pledges)
    for pledge in np.flatnonzero((problem.budget_rp >= 0) & (pinned > 0)).tolist():
        children = problem.pins[problem.pins[:, 1] == pledge, 0]
        price = int(prices[pledge, problem.package[children]].sum())
        over = price > problem.budget_rp[pledge] if counts_rupiah(problem, policy) else False
        if over or children.size > places[pledge]:
            params = {
                "pledge": problem.pledge_ids[pledge],
                "budget_rp": int(problem.budget_rp[pledge]),
                "price_rp": price,
                "children": [problem.child_ids[child] for child in children.tolist()],
            }
            yield Fault(FaultCode.PIN_OVER_BUDGET, params)


def outweighing(counts: list[int]) -> list[int]:
    """Return a weight per tier, each above the sum of all children of the tiers after it."""
    weights: list[int] = []
    below = 0
    for count in reversed(counts):
        weights.append(below + 1)
        below += count * (below + 1)
    return weights[::-1]
