"""The month as a market: what each place, child and kelurahan is worth, level by level.

The certificate's prices are the exact worth of one more place at every pledge, lexicographically:
each level's prices are shortest distances from the sink on the face of the levels before. From the
first level on that stays above what its prices prove they say nothing of a place: its prices may be
of households, or weigh levels before it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.budgets import counted
from matcher.eligibility import eligible_pairs
from matcher.objectives import Blend, Objectives

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.matching import Certificate, Matching
    from matcher.policy import LevelName
    from matcher.problem import MatchingProblem


class Market:
    """Prices and reduced costs of one solved matching, all levels side by side."""

    def __init__(self, problem: MatchingProblem, matching: Matching) -> None:
        self.given = problem
        self.problem = problem = counted(problem, matching.policy)
        self.matching = matching
        self.objectives = Objectives(problem, matching.policy, matching.fair_served(problem))
        self.names = tuple(level.name for level in matching.levels)
        is_tight = [level.unverified == 0 for level in matching.levels]
        is_whole = self.objectives.counts_rupiah or False not in is_tight
        self.num_priced = len(is_tight) if is_whole else is_tight.index(False)
        """How many levels, from the first on, have prices that say what a place is worth; all in
        months that count rupiah, where prices only order the options and none is told."""
        priced = [level.certificate for level in matching.levels[: self.num_priced]]
        rest = len(is_tight) - len(priced)
        self.goals: list[LevelName | Blend] = [
            *map(_goal, self.names, priced),
            *self.names[self.num_priced :],
        ]
        nothing = np.zeros((rest, problem.num_pledges), dtype=np.int64)
        self.pledge_price = _stack([*[each.pledge for each in priced], *nothing])
        nothing = np.zeros((rest, problem.num_kelurahan), dtype=np.int64)
        self.kelurahan_price = _stack([*[each.kelurahan for each in priced], *nothing])
        """int64[levels, m] and int64[levels, K]; nought where there is no price."""

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """bool[n, m]: which pledge may support which child."""
        return eligible_pairs(self.problem, self.matching.policy)

    @cached_property
    def load(self) -> NDArray[np.int64]:
        """Children per pledge."""
        return self.matching.load(self.problem.num_pledges)

    @cached_property
    def waiting_cost(self) -> NDArray[np.int64]:
        """int64[levels, n]: cost plus price of leaving each child uncovered."""
        uncovered = _stack([self.objectives.uncovered_cost(goal) for goal in self.goals])
        return uncovered + self.kelurahan_price[:, self.problem.kelurahan]

    @cached_property
    def child_worth(self) -> NDArray[np.int64]:
        """int64[levels, n]: what the place that a child has, or waits for, costs with its price."""
        worth = self.waiting_cost.copy()
        child = np.flatnonzero(self.matching.pledge_of >= 0)
        worth[:, child] = self.option_costs(child, self.matching.pledge_of[child])
        return worth

    def option_costs(self, child: NDArray[Any], pledge: NDArray[Any]) -> NDArray[np.int64]:
        """Return int64[levels, pairs]: cost plus price of pairs."""
        costs = _stack([self.objectives.pair_cost(goal, child, pledge) for goal in self.goals])
        return costs + self.pledge_price[:, pledge]

    def options(self, child: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Return the pledges a child may have, best first, and their costs above its own.

        The costs are int64[levels, options], nought at levels without prices, which only order the
        options by what they cost themselves. What is above zero at the first level that differs is
        what decided.
        """
        pledges = np.flatnonzero(self.allowed[child])
        rows = np.full(pledges.size, child)
        above = self.option_costs(rows, pledges) - self.child_worth[:, [child]]
        order = np.lexsort((*([pledges]), *above[::-1]))
        above[self.num_priced :] = 0
        return pledges[order], above[:, order]

    def as_levels(self, costs: NDArray[np.int64]) -> dict[LevelName, int]:
        """Return one column of costs by level, zeros left out."""
        by_level = zip(self.names[: len(costs)], costs.tolist(), strict=True)
        return {name: cost for name, cost in by_level if cost}


def _goal(name: LevelName, prices: Certificate) -> LevelName | Blend:
    if prices.budget is not None:
        return Blend(name, prices.multipliers, prices.scale, tuple(prices.budget.ravel().tolist()))
    return Blend(name, prices.multipliers) if prices.multipliers else name


def _stack(columns: list[NDArray[Any]]) -> NDArray[np.int64]:
    return np.stack(columns).astype(np.int64)
