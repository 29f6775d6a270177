"""The month as a market: what each place, child and kelurahan is worth, level by level.

The certificate's prices are the exact worth of one more place at every pledge, lexicographically:
each level's prices are shortest distances from the sink on the face of the levels before.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.eligibility import eligible_pairs
from matcher.objectives import Blend, Objectives
from matcher.policy import LevelName

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.matching import Matching
    from matcher.problem import MatchingProblem


class Market:
    """Prices and reduced costs of one solved matching, all levels side by side."""

    def __init__(self, problem: MatchingProblem, matching: Matching) -> None:
        self.problem = problem
        self.matching = matching
        self.objectives = Objectives(problem, matching.policy)
        self.names = tuple(level.name for level in matching.levels)
        self.goals = [_goal(level.name, level.certificate.multipliers) for level in matching.levels]
        self.pledge_price = _stack([level.certificate.pledge for level in matching.levels])
        self.kelurahan_price = _stack([level.certificate.kelurahan for level in matching.levels])
        """int64[levels, m] and int64[levels, K]."""

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

        The costs are int64[levels, options].

        What is above zero at the first level that differs is what decided.
        """
        pledges = np.flatnonzero(self.allowed[child])
        rows = np.full(pledges.size, child)
        above = self.option_costs(rows, pledges) - self.child_worth[:, [child]]
        order = np.lexsort((*([pledges]), *above[::-1]))
        return pledges[order], above[:, order]

    @cached_property
    def num_exact(self) -> int:
        """Number of leading levels in which the worth of a place is exact: those before spread."""
        ends = (LevelName.SPREAD, LevelName.LOTTERY)
        return next((at for at, name in enumerate(self.names) if name in ends), len(self.names))

    def place_worth(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the worth of one more place at each pledge, and who would be newly covered.

        int64[exact levels, m], 0 where it would change nothing; int64[m], -1 for nobody.
        """
        covers = self.newly_covered.copy()
        worth = self.pledge_price[: self.num_exact].copy()
        problem = self.problem
        empty = np.flatnonzero(problem.capacity == 0)
        if empty.size:
            opened = problem.with_columns(capacity=np.maximum(problem.capacity, 1))
            allowed = eligible_pairs(opened, self.matching.policy)
            for pledge in empty.tolist():
                worth[:, pledge], taker = self._most_wanted(
                    np.flatnonzero(allowed[:, pledge]), np.array([pledge])
                )
                covers[pledge] = self.covered_through(taker)
        counts = _is_positive(worth)
        return np.where(counts, worth, 0), np.where(counts, covers, -1)

    def covered_through(self, taker: int) -> int:
        """Return who is newly covered when a child takes a new place: it, or who moves up."""
        if taker < 0 or self.matching.pledge_of[taker] < 0:
            return taker
        return int(self.newly_covered[self.matching.pledge_of[taker]])

    def _most_wanted(
        self, children: NDArray[np.intp], pledge: NDArray[np.intp]
    ) -> tuple[NDArray[np.int64], int]:
        """Return the worth of a first place at a pledge for these children, and who takes it."""
        if not children.size:
            return np.zeros(self.num_exact, dtype=np.int64), -1
        goals = self.goals[: self.num_exact]
        costs = _stack([self.objectives.pair_cost(goal, children, pledge) for goal in goals])
        worth = self.child_worth[: self.num_exact, children] - costs
        best = int(np.lexsort((-children, *worth[::-1]))[-1])
        return worth[:, best], int(children[best])

    def new_place_worth(self, kelurahan: int) -> tuple[NDArray[np.int64], int]:
        """Return the worth of one new place in a kelurahan for its children, and who would take it.

        The new sponsor lives there, accepts only that kelurahan, gives money, and is taken to be
        no way off.
        """
        children = np.flatnonzero(self.problem.kelurahan == kelurahan)
        if not children.size:
            return np.zeros(self.num_exact, dtype=np.int64), -1
        names = self.names[: self.num_exact]
        cost = np.array([1 if name is LevelName.KEPT else 0 for name in names])
        worth = self.child_worth[: self.num_exact, children] - cost[:, None]
        best = int(np.lexsort((-children, *worth[::-1]))[-1])
        taker = worth[:, best]
        if not _is_positive(taker[:, None])[0]:
            return np.zeros_like(taker), -1
        return taker, int(children[best])

    @cached_property
    def newly_covered(self) -> NDArray[np.int64]:
        """int64[m]: the child that one more place at a pledge would newly cover, -1 if none.

        Followed along pairs without any reduced cost, from uncovered children to the pledge.
        """
        child, pledge = self._tight_pairs()
        covers = np.full(self.problem.num_pledges, -1, dtype=np.int64)
        source = np.where(self.matching.pledge_of < 0, np.arange(self.problem.num_children), -1)
        while True:
            leader = source[child]
            fresh = (leader >= 0) & (covers[pledge] < 0)
            if not fresh.any():
                return covers
            at, first = np.unique(pledge[fresh], return_index=True)
            covers[at] = leader[fresh][first]
            has_place = self.matching.pledge_of >= 0
            source[has_place] = covers[self.matching.pledge_of[has_place]]

    def _tight_pairs(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        child, pledge = np.nonzero(self.allowed)
        for at, goal in enumerate(self.goals):
            cost = self.objectives.pair_cost(goal, child, pledge) + self.pledge_price[at, pledge]
            tight = cost == self.child_worth[at, child]
            child, pledge = child[tight], pledge[tight]
        return child, pledge

    def as_levels(self, costs: NDArray[np.int64]) -> dict[LevelName, int]:
        """Return one column of costs by level, zeros left out."""
        by_level = zip(self.names[: len(costs)], costs.tolist(), strict=True)
        return {name: cost for name, cost in by_level if cost}


def _goal(name: LevelName, multipliers: tuple[tuple[LevelName, int], ...]) -> LevelName | Blend:
    return Blend(name, multipliers) if multipliers else name


def _stack(columns: list[NDArray[Any]]) -> NDArray[np.int64]:
    return np.stack(columns).astype(np.int64)


def _is_positive(costs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return bool per column: whether the first entry that is not zero is above zero."""
    if not costs.shape[0]:
        return np.zeros(costs.shape[1], dtype=np.bool_)
    first = np.argmax(costs != 0, axis=0)
    positive: NDArray[np.bool_] = costs[first, np.arange(costs.shape[1])] > 0
    return positive
