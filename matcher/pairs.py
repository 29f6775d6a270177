"""The pairs a level chooses among: all that the rules allow, looked at as far as needed.

At city scale all pairs count, but a flow over millions of arcs is slow, and almost all of them are
never used. So a flow runs over the *working* pairs, and its prices are then compared with every
allowed pair; those that would do better join, until none would. The optimum, and its certificate,
hold over all pairs. Beyond city scale the candidates are listed beforehand and all are working.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.eligibility import eligible_pairs
from matcher.objectives import NO_PAIR_COST
from matcher.policy import LevelName

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.objectives import Objectives

ALL_WORKING = 150_000
"""Up to so many allowed pairs, all are working pairs."""
NEAREST = 10
RANDOM = 4
JOINING = 6
"""At most so many pairs of one child join at a time."""
BLOCK = 2_000_000
"""Cells of the child x pledge table handled at once."""


class AllPairs:
    """All allowed pairs as a table bool[n, m], and the working ones as a list."""

    def __init__(self, objectives: Objectives) -> None:
        self.objectives = objectives
        problem = objectives.problem
        self.allowed = eligible_pairs(problem, objectives.policy)
        self._distance: NDArray[np.int32] | None = None
        self.child: NDArray[np.int32]
        self.pledge: NDArray[np.int32]
        self._rows = np.flatnonzero(self.allowed.any(axis=1))
        self.complete = False
        if not self._take_all():
            self._start()

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

    def working_cost(self, level: LevelName) -> NDArray[np.int64]:
        """Return the level's cost of each working pair."""
        return self.objectives.pair_cost(level, self.child, self.pledge).astype(np.int64)

    def child_price(
        self, costs: NDArray[np.int64], pledge_price: NDArray[np.int64], waiting: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the least a child can cost: waiting, or over its working pairs."""
        least = waiting.copy()
        np.minimum.at(least, self.child, costs + pledge_price[self.pledge])
        return least

    def join_cheaper(
        self, level: LevelName, *, child_price: NDArray[np.int64], pledge_price: NDArray[np.int64]
    ) -> int:
        """Add allowed pairs that would do better under these prices; return how many joined."""
        if self.complete:
            return 0
        found_child, found_pledge = [], []
        noise = np.random.default_rng(1).random(pledge_price.size, dtype=np.float64)
        for block in self._blocks(self._rows):
            reduced = self._reduced(level, block, child_price, pledge_price)
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
        keys = np.unique(keys)
        self.child = (keys // width).astype(np.int32)
        self.pledge = (keys % width).astype(np.int32)

    def _reduced(
        self,
        level: LevelName,
        block: NDArray[np.intp],
        child_price: NDArray[np.int64],
        pledge_price: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        if level in NO_PAIR_COST:
            return pledge_price[None, :] - child_price[block, None]
        if level is LevelName.DISTANCE and self._distance is not None:
            cost: NDArray[Any] = self._distance[block]
        else:
            everyone = np.arange(pledge_price.size)
            cost = self.objectives.pair_cost(level, block[:, None], everyone[None, :])
        return cost + pledge_price[None, :] - child_price[block, None]

    def narrow(
        self, level: LevelName, *, child_price: NDArray[np.int64], pledge_price: NDArray[np.int64]
    ) -> None:
        """Keep only the pairs that are tight under a level's prices."""
        cost = self.working_cost(level)
        tight = cost + pledge_price[self.pledge] == child_price[self.child]
        self.child, self.pledge = self.child[tight], self.pledge[tight]
        if self.complete:
            return
        for block in self._blocks(self._rows):
            reduced = self._reduced(level, block, child_price, pledge_price)
            self.allowed[block] &= reduced == 0
        self._rows = self._rows[self.allowed[self._rows].any(axis=1)]
        self._take_all()


def _smallest(key: NDArray[Any], count: int) -> NDArray[np.intp]:
    """Return the columns of the smallest entries of each row, at most `count`."""
    if key.shape[1] <= count:
        return np.broadcast_to(np.arange(key.shape[1]), key.shape)
    return np.argpartition(key, count, axis=1)[:, :count]
