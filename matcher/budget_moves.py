"""What could move at once in a month that counts rupiah: no flow, so answers are enough, not least.

Where packages have prices of their own, a cheapest path proves nothing any more. What can be said
without solving again is what one exchange does: a child comes, one or two go, each where it is best
off in what is left. Such an answer certainly suffices; solving again may find a better one.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from matcher.eligibility import refusals
from matcher.market import Market
from matcher.policy import BY_KELURAHAN, LevelName, Siblings
from matcher.residual import TooLargeError
from matcher.what_if import STAFF_MAY_ASK, WhatIf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

UNBOUND = 1 << 50
MOST_LEAVERS = 2
"""Children who make room for one at most."""
TRIED = 12
"""Sets of leaving children that are tried, the least needy first."""
PRICED = 4
"""Of all exchanges those that are priced exactly, the best by what levels sum up."""
UNSUMMED = (*BY_KELURAHAN, LevelName.SIBLINGS, LevelName.SPREAD)
"""Levels that are no sum over children; only the exact price counts them."""

Moves = tuple[tuple[int, int], ...]
"""(child, its pledge afterwards); -1 waits."""


class BudgetMoves:
    """Exchanges in one solved month that counts rupiah; looked up once, then asked in milliseconds.

    Siblings who are together stay so: one of them moves to waiting only.

    Raises
    ------
    TooLargeError
        Candidates were listed.
    """

    def __init__(self, problem: MatchingProblem, matching: Matching) -> None:
        if matching.candidate_start is not None:
            raise TooLargeError
        self.market = Market(problem, matching)
        self.problem = self.market.problem
        self.matching = matching
        self.objectives = self.market.objectives
        self.allowed = self.market.allowed
        self.pledge_of = matching.pledge_of.astype(np.int64)
        budgets = self.objectives.budgets
        self.units, self.unit_rp = budgets.price, budgets.unit_rp
        spent = budgets.spent(matching.pledge_of)
        left_rp = self.problem.budget_rp - spent * self.unit_rp
        self.left_rp = np.where(budgets.bound, left_rp, UNBOUND)
        self.left = np.where(budgets.bound, left_rp // self.unit_rp, UNBOUND)
        self.room = problem.capacity.astype(np.int64) - self.market.load
        self.is_pinned = np.zeros(self.problem.num_children, dtype=np.bool_)
        self.is_pinned[self.problem.pins[:, 0]] = True
        self.base = {name: self._total(name, self.pledge_of) for name in matching.policy.levels}
        self.summed = [name for name in matching.policy.levels if name not in UNSUMMED]
        self.waiting_cost = {name: self.objectives.uncovered_cost(name) for name in self.summed}
        _, self.home, size = np.unique(
            self.problem.household, return_inverse=True, return_counts=True
        )
        minds = matching.policy.siblings is not Siblings.APART
        self.has_siblings = (size[self.home] > 1) & minds

    def ask(self, child: int, pledge: int) -> WhatIf | None:
        """Return what giving a child to a pledge changes; None where only solving again tells.

        That is so where two leaving children do not make room, and where siblings are elsewhere.
        """
        names = self.problem.child_ids[child], self.problem.pledge_ids[pledge]
        found = tuple(
            refusal.value
            for refusal in refusals(self.problem, self.matching.policy, child, pledge)
            if refusal not in STAFF_MAY_ASK
        )
        if found:
            return WhatIf(*names, found, {}, ())
        if int(self.pledge_of[child]) == pledge:
            return WhatIf(*names, (), {}, ())
        if not self.suits_siblings(child, pledge):
            return None
        leaving = sorted(self._leavers(child, pledge), key=self._needs)[:TRIED]
        tried = [self._exchange(child, pledge, leavers) for leavers in leaving]
        best = self._best(tried)
        if best is None:
            return None
        return WhatIf(*names, (), best[0], self._told(best[1]), is_exact=False)

    def _leavers(self, child: int, pledge: int) -> Iterator[tuple[int, ...]]:
        """Yield who could leave a pledge so that a child fits: nobody, or as few as possible."""
        lacking = self.price(child, pledge) - self.left[pledge]
        crowded = self.room[pledge] < 1
        if lacking <= 0 and not crowded:
            yield ()
            return
        there = np.flatnonzero((self.pledge_of == pledge) & ~self.is_pinned).tolist()
        for number in range(1, MOST_LEAVERS + 1):
            fitting = [
                some
                for some in combinations(there, number)
                if sum(self.price(each, pledge) for each in some) >= lacking
            ]
            yield from fitting
            if fitting:
                return

    def _exchange(self, child: int, pledge: int, leavers: tuple[int, ...]) -> Moves:
        """Return a child's move to a pledge with those who leave it put where they are best off."""
        left, room = self.left.copy(), self.room.copy()
        old = int(self.pledge_of[child])
        if old >= 0:
            left[old] += self.price(child, old)
            room[old] += 1
        moves = [(child, pledge)]
        for leaver in sorted(leavers, key=lambda each: self._needs((each,)), reverse=True):
            to = self._best_place(leaver, pledge, left, room)
            if to >= 0:
                left[to] -= self.price(leaver, to)
                room[to] -= 1
            moves.append((leaver, to))
        return tuple(moves)

    def _best_place(
        self, child: int, but: int, left: NDArray[np.int64], room: NDArray[np.int64]
    ) -> int:
        """Return the best pledge with enough left for a child, -1 if there is none."""
        if self.has_company(child):
            return -1
        fits = self.allowed[child] & (room > 0)
        fits &= self.units[:, self.problem.package[child]] <= left
        fits[but] = False
        pledges = np.flatnonzero(fits)
        if not pledges.size:
            return -1
        rows = np.full(pledges.size, child)
        costs = [self.objectives.pair_cost(name, rows, pledges) for name in self.summed]
        return int(pledges[np.lexsort((pledges, *costs[::-1]))[0]])

    def _best(self, tried: Iterable[Moves]) -> tuple[dict[LevelName, int], Moves] | None:
        """Return the exchange that costs least, with its exact price."""
        ranked = sorted(tried, key=lambda moves: (self._summed_price(moves), moves))[:PRICED]
        priced = [(self.price_of(moves), moves) for moves in ranked]
        names = self.matching.policy.levels
        return min(priced, key=lambda each: [each[0].get(name, 0) for name in names], default=None)

    def _summed_price(self, moves: Moves) -> tuple[int, ...]:
        return tuple(
            sum(
                self._cost(name, child, to) - self._cost(name, child, int(self.pledge_of[child]))
                for child, to in moves
            )
            for name in self.summed
        )

    def _cost(self, name: LevelName, child: int, pledge: int) -> int:
        if pledge < 0:
            return int(self.waiting_cost[name][child])
        return int(self.objectives.pair_cost(name, np.array([child]), np.array([pledge]))[0])

    def price_of(self, moves: Moves) -> dict[LevelName, int]:
        """Return by how much each level costs more; equal levels left out."""
        after = self.pledge_of.copy()
        for child, to in moves:
            after[child] = to
        price = {}
        for name, now in self.base.items():
            more = self._total(name, after) - now
            if more:
                price[name] = more
        return price

    def _total(self, name: LevelName, pledge_of: NDArray[np.int64]) -> int:
        return self.objectives.total_cost(name, pledge_of)

    def _told(self, moves: Moves) -> tuple[tuple[str, str | None, str | None], ...]:
        names = (*self.problem.pledge_ids, None)
        return tuple(
            (self.problem.child_ids[child], names[int(self.pledge_of[child])], names[to])
            for child, to in sorted(moves)
            if to != self.pledge_of[child]
        )

    def _needs(self, children: tuple[int, ...]) -> tuple[int, ...]:
        """Return what is lost if children wait, level by level."""
        rows = list(children)
        return tuple(int(self.waiting_cost[name][rows].sum()) for name in self.summed)

    def price(self, child: int, pledge: int) -> int:
        """Return the units that a child's package counts at a pledge."""
        return int(self.units[pledge, self.problem.package[child]])

    def _company(self, child: int) -> NDArray[np.intp]:
        """Return the covered siblings of a child, itself left out, where that counts."""
        if not self.has_siblings[child]:
            return np.empty(0, dtype=np.intp)
        is_same = (self.home == self.home[child]) & (self.pledge_of >= 0)
        is_same[child] = False
        return np.flatnonzero(is_same)

    def has_company(self, child: int) -> bool:
        """Return whether siblings of a child are covered who must have its sponsor."""
        return bool(self._company(child).size)

    def suits_siblings(self, child: int, pledge: int) -> bool:
        """Return whether all covered siblings of a child have the sponsor of a pledge (-1: new)."""
        company = self._company(child)
        if not company.size:
            return True
        sponsors = self.problem.sponsor[self.pledge_of[company]]
        return pledge >= 0 and bool((sponsors == self.problem.sponsor[pledge]).all())
