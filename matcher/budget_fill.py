"""Give what is left of budgets to children who wait, by moving others where that makes room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.pairs import open_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.objectives import Objectives

DEPTH = 3
"""Longest chain of children who make room for each other."""
TRIES = 400
"""Pledges looked at per waiting child before giving up."""
UNBOUND = 1 << 50


def filled(objectives: Objectives, pledge_of: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return a matching within all budgets that serves more and needier children.

    A child takes what is left at a pledge, or what a chain of others leaves who move on to pledges
    with room; where neither is to be had, what children of later tiers have.
    """
    fill = _Fill(objectives, pledge_of)
    waiting = fill.by_need(np.flatnonzero(pledge_of < 0))
    fill.serve(waiting)
    for child in fill.by_need(np.flatnonzero(fill.pledge_of < 0)):
        fill.serve(fill.by_need(np.array(fill.displace(child), dtype=np.int64)))
    return fill.pledge_of


class _Fill:
    """A matching, and what is left of each pledge's budget and places."""

    def __init__(self, objectives: Objectives, pledge_of: NDArray[np.int32]) -> None:
        problem, budgets = objectives.problem, objectives.budgets
        self.objectives = objectives
        self.pledge_of = pledge_of.copy()
        self.left = np.where(budgets.bound, budgets.limit - budgets.spent(pledge_of), UNBOUND)
        load = np.bincount(pledge_of[pledge_of >= 0], minlength=problem.num_pledges)
        self.places = problem.capacity - load
        self.children_at: list[list[int]] = [[] for _ in range(problem.num_pledges)]
        self.tries = TRIES
        self._pairs = open_pairs(objectives)
        self._options: dict[int, NDArray[np.int32]] = {}
        _, group, size = np.unique(problem.household, return_inverse=True, return_counts=True)
        self._has_siblings = (size > 1)[group] & (not objectives.policy.split_siblings)
        movable = (pledge_of >= 0) & ~self._has_siblings
        movable[problem.pins[:, 0]] = False
        for child in np.flatnonzero(movable).tolist():
            self.children_at[pledge_of[child]].append(child)

    def by_need(self, children: NDArray[np.integer[Any]]) -> list[int]:
        """Return children from the neediest on."""
        problem = self.objectives.problem
        order = np.lexsort(
            (-problem.months_waiting[children], -problem.points[children], problem.tier[children])
        )
        ordered: list[int] = children[order].tolist()
        return ordered

    def serve(self, children: list[int]) -> None:
        """Place waiting children, at first where that moves the fewest others."""
        for depth in range(DEPTH + 1):
            for child in children:
                if self.pledge_of[child] < 0:
                    self.tries = TRIES
                    self.place(child, depth, frozenset())

    def displace(self, child: int) -> list[int]:
        """Place a child where children of later tiers have to give way; return those."""
        problem, budgets = self.objectives.problem, self.objectives.budgets
        best: tuple[tuple[int, ...], int, list[int]] | None = None
        for pledge in self.options(child).tolist():
            need = int(budgets.price[pledge, problem.package[child]])
            left, places, giving = int(self.left[pledge]), int(self.places[pledge]), []
            later = [o for o in self.children_at[pledge] if problem.tier[o] > problem.tier[child]]
            for other in reversed(self.by_need(np.array(later, dtype=np.int64))):
                if left >= need and places > 0:
                    break
                left += int(budgets.price[pledge, problem.package[other]])
                places += 1
                giving.append(other)
            if left >= need and places > 0:
                if not giving:
                    self._put(child, pledge, need)
                    return []
                loss = tuple(sorted(int(problem.tier[other]) for other in giving))
                if best is None or (-loss[0], len(loss)) < (-best[0][0], len(best[0])):
                    best = loss, pledge, giving
        if best is None:
            return []
        _, pledge, giving = best
        for other in giving:
            self._take(other, pledge, int(budgets.price[pledge, problem.package[other]]))
        self._put(child, pledge, int(budgets.price[pledge, problem.package[child]]))
        return giving

    def options(self, child: int) -> NDArray[np.int32]:
        """Return the pledges that may support a child beside its siblings, the nearest first."""
        if child not in self._options:
            option = self._pairs.options(child)
            distance = self.objectives.problem.distance_hm(np.full(option.size, child), option)
            self._options[child] = option[np.lexsort((option, distance))]
        option = self._options[child]
        if self._has_siblings[child]:
            option = option[self._keeps_together(child, option)]
        return option

    def _keeps_together(self, child: int, option: NDArray[np.int32]) -> NDArray[np.bool_]:
        problem = self.objectives.problem
        siblings = self.pledge_of[problem.household == problem.household[child]]
        sponsors = np.unique(problem.sponsor[siblings[siblings >= 0]])
        if not sponsors.size:
            return np.ones(option.size, dtype=np.bool_)
        same: NDArray[np.bool_] = problem.sponsor[option] == sponsors[0]
        return same

    def place(self, child: int, depth: int, passed: frozenset[int]) -> bool:
        """Give a child a pledge, with at most so many others moving on; say whether that went."""
        option = self.options(child)
        need = self.objectives.budgets.units(np.full(option.size, child), option)
        fits = (need <= self.left[option]) & (self.places[option] > 0)
        for at in np.flatnonzero(fits).tolist():
            if option[at] not in passed:
                self._put(child, int(option[at]), int(need[at]))
                return True
        if depth:
            for at in range(option.size):
                pledge = int(option[at])
                if pledge not in passed and self._make_room(
                    pledge, int(need[at]), depth, passed | {pledge}
                ):
                    self._put(child, pledge, int(need[at]))
                    return True
        return False

    def _make_room(self, pledge: int, need: int, depth: int, passed: frozenset[int]) -> bool:
        """Move one child on from a pledge so that `need` units fit; say whether that went."""
        units = self.objectives.budgets.price[pledge, self.objectives.problem.package]
        for other in list(self.children_at[pledge]):
            self.tries -= 1
            if self.tries < 0:
                return False
            if self.left[pledge] + units[other] < need or self.places[pledge] + 1 <= 0:
                continue
            self._take(other, pledge, int(units[other]))
            if self.place(other, depth - 1, passed):
                return True
            self._put(other, pledge, int(units[other]))
        return False

    def _put(self, child: int, pledge: int, units: int) -> None:
        self.pledge_of[child] = pledge
        self.places[pledge] -= 1
        if self.left[pledge] < UNBOUND:
            self.left[pledge] -= units
        if not self._has_siblings[child]:
            self.children_at[pledge].append(child)

    def _take(self, child: int, pledge: int, units: int) -> None:
        self.pledge_of[child] = -1
        self.places[pledge] += 1
        if self.left[pledge] < UNBOUND:
            self.left[pledge] += units
        self.children_at[pledge].remove(child)
