"""The pairs a level chooses among: all that the rules allow, looked at as far as needed.

At city scale all pairs count, but a flow over millions of arcs is slow, and almost all of them are
never used. So a flow runs over the *working* pairs, and its prices are then compared with every
allowed pair; those that would do better join, until none would. The optimum, and its certificate,
hold over all pairs. Beyond city scale the candidates are listed beforehand and all are working.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.eligibility import eligible_pairs
from matcher.keys import distinct
from matcher.objectives import NO_PAIR_COST, Blend, terms_of
from matcher.policy import LevelName

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.objectives import Objectives

ALL_WORKING = 150_000
"""Up to so many allowed pairs, all are working pairs."""
ALL_PAIRS = 25_000_000
"""Up to so many pairs of a child and a pledge, all are looked at."""
NEAREST = 10
RANDOM = 4
JOINING = 6
"""At most so many pairs of one child join at a time."""
BLOCK = 2_000_000
"""Cells of the child x pledge table handled at once."""


def open_pairs(objectives: Objectives) -> ListedPairs:
    """Return all pairs that the rules allow, or candidates where there are too many."""
    problem, policy = objectives.problem, objectives.policy
    if not policy.max_candidates or problem.num_children * problem.num_pledges <= ALL_PAIRS:
        return AllPairs(objectives)
    from matcher.candidates import nearest_candidates  # noqa: PLC0415  (loads scipy)

    return ListedPairs(objectives, *nearest_candidates(problem, policy))


class ListedPairs:
    """Pairs given as two columns sorted by child, all of them working pairs."""

    def __init__(
        self, objectives: Objectives, child: NDArray[np.int32], pledge: NDArray[np.int32]
    ) -> None:
        self.objectives = objectives
        self.child = child
        self.pledge = pledge

    def copy(self) -> ListedPairs:
        """Return an independent copy."""
        return ListedPairs(self.objectives, self.child, self.pledge)

    def working_cost(self, goal: LevelName | Blend) -> NDArray[np.int64]:
        """Return the level's cost of each working pair."""
        return self.objectives.pair_cost(goal, self.child, self.pledge).astype(np.int64)

    def child_price(
        self, costs: NDArray[np.int64], pledge_price: NDArray[np.int64], waiting: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the least a child can cost: waiting, or over its working pairs."""
        least = waiting.copy()
        first = np.flatnonzero(np.diff(self.child, prepend=-1))
        if first.size:
            rows = self.child[first]
            cheapest = np.minimum.reduceat(costs + pledge_price[self.pledge], first)
            least[rows] = np.minimum(least[rows], cheapest)
        return least

    def join_cheaper(
        self,
        goal: LevelName | Blend,
        *,
        child_price: NDArray[np.int64],
        pledge_price: NDArray[np.int64],
    ) -> int:
        """Add allowed pairs that would do better under these prices; here all are in already."""
        del goal, child_price, pledge_price
        return 0

    def narrow(
        self,
        goal: LevelName | Blend,
        *,
        child_price: NDArray[np.int64],
        pledge_price: NDArray[np.int64],
    ) -> None:
        """Keep only the pairs that are tight under a level's prices."""
        cost = self.working_cost(goal)
        tight = cost + pledge_price[self.pledge] == child_price[self.child]
        self.child, self.pledge = self.child[tight], self.pledge[tight]

    def seen(self) -> ListedPairs:
        """Return the pairs that flows have run over so far."""
        return self.copy()

    def every(self, most: int) -> tuple[NDArray[Any], NDArray[Any]] | None:
        """Return (child, pledge) of all open pairs, None if they are more than `most`."""
        return (self.child, self.pledge) if self.child.size <= most else None

    def options(self, child: int) -> NDArray[np.int32]:
        """Return the pledges that may support one child."""
        start, end = np.searchsorted(self.child, [child, child + 1])
        pledges: NDArray[np.int32] = self.pledge[start:end]
        return pledges

    def near(
        self,
        goal: LevelName | Blend,
        *,
        child_price: NDArray[np.int64],
        pledge_price: NDArray[np.int64],
        within: int,
    ) -> ListedPairs | None:
        """Return the pairs with a reduced cost of at most `within`; None if too many to list."""
        reduced = self.working_cost(goal) + pledge_price[self.pledge] - child_price[self.child]
        near = reduced <= within
        return ListedPairs(self.objectives, self.child[near], self.pledge[near])

    def joined(self, pledge_of: NDArray[np.int32]) -> ListedPairs:
        """Return these pairs and those of a matching."""
        covered = np.flatnonzero(pledge_of >= 0)
        width = np.int64(self.objectives.problem.num_pledges)
        keys = np.union1d(self.child * width + self.pledge, covered * width + pledge_of[covered])
        child, pledge = (keys // width).astype(np.int32), (keys % width).astype(np.int32)
        return ListedPairs(self.objectives, child, pledge)


class AllPairs(ListedPairs):
    """All allowed pairs as a table bool[n, m], and the working ones as a list."""

    def __init__(self, objectives: Objectives) -> None:
        nothing = np.empty(0, dtype=np.int32)
        super().__init__(objectives, nothing, nothing)
        self.allowed = eligible_pairs(objectives.problem, objectives.policy)
        self._distance: NDArray[np.int32] | None = None
        self._rows = np.flatnonzero(self.allowed.any(axis=1))
        self.complete = False
        if not self._take_all():
            self._start()

    def copy(self) -> AllPairs:
        """Return an independent copy."""
        twin = copy.copy(self)
        twin.allowed = self.allowed.copy()
        return twin

    def every(self, most: int) -> tuple[NDArray[Any], NDArray[Any]] | None:
        """Return (child, pledge) of all open pairs, None if they are more than `most`."""
        if self.complete:
            return super().every(most)
        if np.count_nonzero(self.allowed) > most:
            return None
        child, pledge = np.nonzero(self.allowed)
        return child, pledge

    def options(self, child: int) -> NDArray[np.int32]:
        """Return the pledges that may support one child."""
        if self.complete:
            return super().options(child)
        return np.flatnonzero(self.allowed[child]).astype(np.int32)

    def near(
        self,
        goal: LevelName | Blend,
        *,
        child_price: NDArray[np.int64],
        pledge_price: NDArray[np.int64],
        within: int,
    ) -> ListedPairs | None:
        """Return the pairs with a reduced cost of at most `within`; None if too many to list."""
        if self.complete:
            return super().near(
                goal, child_price=child_price, pledge_price=pledge_price, within=within
            )
        children, pledges, found = [], [], 0
        for block in self._blocks(self._rows):
            reduced = self._reduced(goal, block, child_price, pledge_price)
            row, pledge = np.nonzero((reduced <= within) & self.allowed[block])
            children.append(block[row])
            pledges.append(pledge)
            found += row.size
            if found > ALL_WORKING:
                return None
        nothing = np.empty(0, dtype=np.intp)
        child = np.concatenate([nothing, *children]).astype(np.int32)
        return ListedPairs(
            self.objectives, child, np.concatenate([nothing, *pledges]).astype(np.int32)
        )

    def _take_all(self) -> bool:
        """Make all allowed pairs working pairs if they are few."""
        if self.complete:
            return True
        if np.count_nonzero(self.allowed) > ALL_WORKING:
            return False
        child, pledge = np.nonzero(self.allowed)
        self.child, self.pledge = child.astype(np.int32), pledge.astype(np.int32)
        self.complete = True
        return True

    def _start(self) -> None:
        """Begin with the nearest pledges, last month's, and a few at random."""
        problem = self.objectives.problem
        rows = self._rows
        self._distance = np.zeros(self.allowed.shape, dtype=np.int32)
        noise = np.random.default_rng(0).random(problem.num_pledges, dtype=np.float32)
        working = np.zeros_like(self.allowed)
        everyone = np.arange(problem.num_pledges)
        for block in self._blocks(rows):
            distance = problem.distance_hm(block[:, None], everyone[None, :])
            self._distance[block] = distance
            for count, key in (
                (NEAREST, distance.astype(np.float32)),
                (RANDOM, np.mod(noise[None, :] + noise[block % noise.size, None], 1)),
            ):
                key[~self.allowed[block]] = np.inf
                nearest = _smallest(key, count)
                working[block[:, None], nearest] = True
        for pairs in (problem.kept, problem.pins):
            working[pairs[:, 0], pairs[:, 1]] = True
        working &= self.allowed
        child, pledge = np.nonzero(working)
        self.child, self.pledge = child.astype(np.int32), pledge.astype(np.int32)

    def _blocks(self, rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
        height = max(1, BLOCK // max(1, self.allowed.shape[1]))
        return [rows[at : at + height] for at in range(0, rows.size, height)]

    def join_cheaper(
        self,
        goal: LevelName | Blend,
        *,
        child_price: NDArray[np.int64],
        pledge_price: NDArray[np.int64],
    ) -> int:
        """Add allowed pairs that would do better under these prices; return how many joined."""
        if self.complete:
            return 0
        found_child, found_pledge = [], []
        noise = np.random.default_rng(1).random(pledge_price.size, dtype=np.float64)
        for block in self._blocks(self._rows):
            reduced = self._reduced(goal, block, child_price, pledge_price)
            cheaper = (reduced < 0) & self.allowed[block]
            rows = np.flatnonzero(cheaper.any(axis=1))
            if not rows.size:
                continue
            key = reduced[rows] + np.mod(noise[None, :] + noise[block[rows] % noise.size, None], 1)
            key[~cheaper[rows]] = np.inf
            best = _smallest(key, JOINING)
            joins = cheaper[rows[:, None], best]
            found_child.append(np.broadcast_to(block[rows][:, None], best.shape)[joins])
            found_pledge.append(best[joins])
        if not found_child:
            return 0
        self._join(np.concatenate(found_child), np.concatenate(found_pledge))
        return int(sum(found.size for found in found_child))

    def _join(self, child: NDArray[Any], pledge: NDArray[Any]) -> None:
        width = self.allowed.shape[1]
        keys = np.concatenate(
            [self.child.astype(np.int64) * width + self.pledge, child * width + pledge]
        )
        keys = distinct(keys)
        self.child = (keys // width).astype(np.int32)
        self.pledge = (keys % width).astype(np.int32)

    def _reduced(
        self,
        goal: LevelName | Blend,
        block: NDArray[np.intp],
        child_price: NDArray[np.int64],
        pledge_price: NDArray[np.int64],
    ) -> NDArray[Any]:
        """Return cost + pledge price - child price of a block of rows, all pledges."""
        largest = max(
            np.abs(child_price[block]).max(initial=0), np.abs(pledge_price).max(initial=0)
        )
        small = largest < 1 << 28 and not isinstance(goal, Blend)
        dtype = np.int32 if small else np.int64
        pledge_column: NDArray[Any] = pledge_price[None, :].astype(dtype)
        child_column: NDArray[Any] = child_price[block, None].astype(dtype)
        parts = [(n, factor) for n, factor in terms_of(goal) if n not in NO_PAIR_COST]
        reduced: NDArray[Any] = pledge_column - child_column
        for name, factor in parts:
            reduced += self._cost_table(name, block).astype(dtype, copy=False) * factor
        if isinstance(goal, Blend) and goal.rupiah:
            penalty = self.objectives.budgets.penalty(goal.rupiah)
            reduced += penalty.T[self.objectives.problem.package[block]]
        return reduced

    def _cost_table(self, level: LevelName, block: NDArray[np.intp]) -> NDArray[Any]:
        everyone = np.arange(self.allowed.shape[1])
        if level is LevelName.DISTANCE and self._distance is not None:
            return self._distance[block]
        if level is LevelName.KEPT:
            kept = self.objectives.kept_of[block]
            table = np.ones((block.size, everyone.size), dtype=np.int32)
            rows = np.flatnonzero(kept >= 0)
            table[rows, kept[rows]] = 0
            return table
        if level is LevelName.AREA:
            _, first, place = np.unique(
                self.objectives.problem.kelurahan[block], return_index=True, return_inverse=True
            )
            by_place = self.objectives.pair_cost(level, block[first][:, None], everyone[None, :])
            return by_place[place]
        return self.objectives.pair_cost(level, block[:, None], everyone[None, :])

    def narrow(
        self,
        goal: LevelName | Blend,
        *,
        child_price: NDArray[np.int64],
        pledge_price: NDArray[np.int64],
    ) -> None:
        """Keep only the pairs that are tight under a level's prices."""
        super().narrow(goal, child_price=child_price, pledge_price=pledge_price)
        if self.complete:
            return
        for block in self._blocks(self._rows):
            reduced = self._reduced(goal, block, child_price, pledge_price)
            self.allowed[block] &= reduced == 0
        self._rows = self._rows[self.allowed[self._rows].any(axis=1)]
        self._take_all()


def _smallest(key: NDArray[Any], count: int) -> NDArray[np.intp]:
    """Return the columns of the smallest entries of each row, at most `count`."""
    if key.shape[1] <= count:
        return np.broadcast_to(np.arange(key.shape[1]), key.shape)
    return np.argpartition(key, count, axis=1)[:, :count]
