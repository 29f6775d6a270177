"""What a household can have of a pledge that counts rupiah, and what each level gains by it."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from matcher.policy import BY_KELURAHAN, LevelName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from matcher.objectives import Objectives
    from matcher.pairs import ListedPairs

    Whole = NDArray[np.int64]

MOST_SIBLINGS = 5
"""Households with more children at one pledge stay as they are."""
APART = (LevelName.SPREAD, LevelName.LOTTERY)
"""Levels that are not looked at."""


class Options:
    """What a household, or a child of its own, can have of a pledge: some of it, all at once.

    Siblings spread over two pledges of one sponsor have none, and stay where they are.

    `pledge`, `group`, `units`, `places`, `kelurahan`: int64[O], sorted by pledge and group;
    `gain`: int64[O, L], what each column of the levels gains over waiting; `children`: who.
    """

    def __init__(self, objectives: Objectives, pairs: ListedPairs) -> None:
        problem, budgets = objectives.problem, objectives.budgets
        self.group_of = _groups(objectives)
        self.columns = list(_columns(objectives))
        order = np.lexsort((pairs.child, self.group_of[pairs.child], pairs.pledge))
        child, pledge = pairs.child[order].astype(np.int64), pairs.pledge[order].astype(np.int64)
        gain = _pair_gains(objectives, self.columns, child, pledge)
        units = budgets.units(child, pledge)
        rows = list(_subsets(self.group_of[child], pledge))
        one = np.array([row[0] for row in rows], dtype=np.int64)
        self.places = np.array([len(row) for row in rows], dtype=np.int64)
        begin = np.concatenate([[0], np.cumsum(self.places)[:-1]]).astype(np.int64)
        every = np.array([at for row in rows for at in row], dtype=np.int64)
        self.pledge, self.group = pledge[one], self.group_of[child[one]]
        self.kelurahan = problem.kelurahan[child[one]].astype(np.int64)
        if one.size:
            self.units = np.add.reduceat(units[every], begin)
            self.gain = np.add.reduceat(gain[every], begin, axis=0)
        self.children = [tuple(child[list(row)].tolist()) for row in rows]
        self._keep(self._possible(objectives))

    def _possible(self, objectives: Objectives) -> NDArray[np.bool_]:
        """Return which options a pledge has room for, and that leave out no pinned child."""
        problem, budgets = objectives.problem, objectives.budgets
        self.is_pinned = np.zeros(int(self.group_of.max(initial=-1)) + 1, dtype=np.bool_)
        pinned = problem.pins[:, 0]
        self.is_pinned[self.group_of[pinned]] = True
        if not self.pledge.size:
            return np.zeros(0, dtype=np.bool_)
        fits = (self.units <= budgets.limit[self.pledge]) | ~budgets.bound[self.pledge]
        fits &= self.places <= problem.capacity[self.pledge]
        pins: dict[int, set[tuple[int, int]]] = {}
        for child, pledge in problem.pins.tolist():
            pins.setdefault(int(self.group_of[child]), set()).add((child, pledge))
        for at in np.flatnonzero(self.is_pinned[self.group]).tolist():
            has = {(child, int(self.pledge[at])) for child in self.children[at]}
            fits[at] &= pins[int(self.group[at])] <= has
        return fits

    def _keep(self, kept: NDArray[np.bool_]) -> None:
        some = np.flatnonzero(kept)
        self.pledge, self.group, self.places = (
            self.pledge[some],
            self.group[some],
            self.places[some],
        )
        self.kelurahan = self.kelurahan[some]
        self.children = [self.children[at] for at in some.tolist()]
        if kept.size:
            self.units, self.gain = self.units[some], self.gain[some]

    def begins(self, num_pledges: int) -> Whole:
        """Return int64[m+1], where the options of each pledge begin."""
        return np.searchsorted(self.pledge, np.arange(num_pledges + 1)).astype(np.int64)


def _groups(objectives: Objectives) -> Whole:
    """Return int64[n], the group of each child: its household, or itself; by their first children.

    Households are numbered as they were given, which must not matter.
    """
    problem = objectives.problem
    if not objectives.policy.minds_siblings:
        return np.arange(problem.num_children, dtype=np.int64)
    _, first, group = np.unique(problem.household, return_index=True, return_inverse=True)
    rank = np.empty(first.size, dtype=np.int64)
    rank[np.argsort(first)] = np.arange(first.size)
    return rank[group]


class Column(NamedTuple):
    """A level, or one tier of it."""

    level: LevelName
    tier: int


def _columns(objectives: Objectives) -> Iterator[Column]:
    for level in objectives.policy.levels:
        if level is LevelName.TIER:
            for tier in np.unique(objectives.problem.tier).tolist():
                yield Column(level, tier)
        elif level not in APART:
            yield Column(level, 0)


def _pair_gains(
    objectives: Objectives, columns: list[Column], child: Whole, pledge: Whole
) -> Whole:
    """Return int64[P, L], what each pair gains over the child's waiting; of shares nothing yet."""
    gains = np.zeros((child.size, len(columns)), dtype=np.int64)
    for at, (level, tier) in enumerate(columns):
        if level is LevelName.TIER:
            gains[:, at] = objectives.problem.tier[child] == tier
        elif level not in BY_KELURAHAN:
            gains[:, at] = objectives.uncovered_cost(level)[child]
            gains[:, at] -= objectives.pair_cost(level, child, pledge)
    return gains


def _subsets(group: Whole, pledge: Whole) -> Iterator[tuple[int, ...]]:
    """Yield the rows of every choice among the children of a group at a pledge."""
    differs = (np.diff(group, prepend=-1) != 0) | (np.diff(pledge, prepend=-1) != 0)
    begins = np.append(np.flatnonzero(differs), group.size).tolist()
    for begin, end in pairwise(begins):
        if end - begin <= MOST_SIBLINGS:
            for number in range(1, end - begin + 1):
                yield from combinations(range(begin, end), number)
