"""Households bound to one sponsor each: a good matching under the sibling rule, by flows."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np

from matcher.flow import LevelCosts, assign
from matcher.levels import SolvedLevel, State, solve_level
from matcher.objectives import times_apart
from matcher.pairs import ListedPairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.objectives import Objectives

ROUNDS = 40
"""Most changes of mind about which sponsors the split households are bound to."""


def split_households(objectives: Objectives, pledge_of: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the households whose covered children have different sponsors."""
    problem = objectives.problem
    covered = np.flatnonzero(pledge_of >= 0)
    sponsor = problem.sponsor[pledge_of[covered]]
    pairs = np.unique(np.stack([problem.household[covered], sponsor], axis=1), axis=0)
    households, counts = np.unique(pairs[:, 0], return_counts=True)
    return households[counts > 1]


class Binding:
    """Households bound to sponsors on the face after `depth` levels."""

    def __init__(
        self,
        objectives: Objectives,
        relaxed: list[SolvedLevel] | None,
        state: State,
        depth: int,
        *,
        may_release: bool = False,
    ) -> None:
        self.objectives = objectives
        self.relaxed = relaxed or []
        self.state = state
        self.depth = depth
        self.may_release = may_release
        self.released: set[int] = set()
        """Households for which no sponsor was found, and who may be apart."""
        self.chooser = _SponsorChooser(objectives, self.relaxed, state)
        self.sponsor_of = np.full(objectives.problem.num_children, -1, dtype=np.int64)
        self.seen = state.pairs.seen()

    def with_sponsors_of(self, pledge_of: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the best matching in which all siblings have the sponsors they have here."""
        problem = self.objectives.problem
        covered = np.flatnonzero(pledge_of >= 0)
        sponsor_of = np.full(int(problem.household.max()) + 1, -1, dtype=np.int64)
        sponsor_of[problem.household[covered]] = problem.sponsor[pledge_of[covered]]
        sizes = np.bincount(problem.household)
        has_siblings = sizes[problem.household] > 1
        self.sponsor_of = np.where(has_siblings, sponsor_of[problem.household], -1)
        own = covered[has_siblings[covered]]
        self.sponsor_of[own] = problem.sponsor[pledge_of[own]]
        solved = self._solve_rest()[-1].pledge_of
        is_worse = times_apart(problem, solved) > times_apart(problem, pledge_of)
        return pledge_of if is_worse else solved

    def place(self) -> NDArray[np.int32] | None:
        """Return a matching without split households, None if the face allows none we find.

        Released ones may be split.
        """
        pledge_of = self.relaxed[-1].pledge_of
        while True:
            split = set(split_households(self.objectives, pledge_of).tolist()) - self.released
            if not split:
                return pledge_of
            before = self.sponsor_of.copy()
            for household in sorted(split):
                self._bind(household)
            is_stuck = np.array_equal(self.sponsor_of, before) and not self.may_release
            if self.depth and (is_stuck or not self._settle()):
                return None
            solved = self._solve_rest()
            pledge_of = solved[-1].pledge_of

    def _bind(self, household: int) -> bool:
        """Bind a household to its next best sponsor; with none left and nothing held, it waits."""
        children = np.flatnonzero(self.objectives.problem.household == household)
        sponsor = self.chooser.choose(household, children)
        if sponsor < 0 and self.may_release:
            self._release(household)
            return True
        nobody = self.objectives.problem.num_sponsors
        self.sponsor_of[children] = sponsor if sponsor >= 0 or self.depth else nobody
        return sponsor >= 0

    def _release(self, household: int) -> None:
        self.sponsor_of[self.objectives.problem.household == household] = -1
        self.released.add(household)

    def _pairs(self) -> ListedPairs:
        """Return the pairs seen so far, and all that bound children have with their sponsor."""
        problem = self.objectives.problem
        extra_child, extra_pledge = self.chooser.pairs_of(self.sponsor_of)
        child = np.concatenate([self.seen.child, extra_child])
        pledge = np.concatenate([self.seen.pledge, extra_pledge])
        keys = np.unique(child.astype(np.int64) * problem.num_pledges + pledge)
        child, pledge = keys // problem.num_pledges, keys % problem.num_pledges
        return ListedPairs(self.objectives, child.astype(np.int32), pledge.astype(np.int32))

    def _settle(self) -> bool:
        """Find sponsors for which all bound households can be together on the face."""
        problem, state = self.objectives.problem, self.state
        nothing = np.zeros(problem.num_children, dtype=np.int64)
        steps = np.zeros(problem.num_children, dtype=np.int64)
        start = self.objectives.kelurahan_steps(self.objectives.policy.levels[0])[0]
        astray_homes: list[int] = []
        for _ in range(ROUNDS):
            pairs = self._pairs()
            target = self.sponsor_of[pairs.child]
            astray = (target >= 0) & (target != problem.sponsor[pairs.pledge])
            costs = LevelCosts(
                pairs.child, pairs.pledge, astray.astype(np.int64), nothing, (start, steps), 0
            )
            pledge_of = assign(problem, state.face, costs)
            covered = np.flatnonzero(pledge_of >= 0)
            target = self.sponsor_of[covered]
            wrong = (target >= 0) & (target != problem.sponsor[pledge_of[covered]])
            if not wrong.any():
                return True
            astray_homes = np.unique(problem.household[covered[wrong]]).tolist()
            found = [self._bind(household) for household in astray_homes]
            if not all(found):
                return False
        if self.may_release:
            for household in astray_homes:
                self._release(household)
        return self.may_release

    def _solve_rest(self) -> list[SolvedLevel]:
        pairs = self._pairs()
        target = self.sponsor_of[pairs.child]
        fits = (target < 0) | (target == self.objectives.problem.sponsor[pairs.pledge])
        bound = ListedPairs(self.objectives, pairs.child[fits], pairs.pledge[fits])
        state = State(copy.copy(self.state.face), bound)
        names = self.objectives.policy.levels[self.depth :]
        return [solve_level(self.objectives, name, state) for name in names]


class _SponsorChooser:
    """Which sponsor takes a whole household at the least reduced cost, level by level."""

    def __init__(self, objectives: Objectives, relaxed: list[SolvedLevel], state: State) -> None:
        self.objectives = objectives
        self.relaxed = relaxed
        self.state = state
        problem = objectives.problem
        capacity = np.bincount(
            problem.sponsor, weights=problem.capacity, minlength=problem.num_sponsors
        )
        self._places = capacity.astype(np.int64)
        self._pinned_sponsor = np.full(problem.num_children, -1, dtype=np.int64)
        self._pinned_sponsor[problem.pins[:, 0]] = problem.sponsor[problem.pins[:, 1]]
        self._ranked: dict[int, list[tuple[int, int]]] = {}
        self._taken: dict[int, tuple[int, int]] = {}
        self._uncovered = [objectives.uncovered_cost(level.goal) for level in relaxed]

    def choose(self, household: int, children: NDArray[np.intp]) -> int:
        """Return the next best sponsor for these siblings, and reserve its places; -1 if none.

        Where a person pinned one of them, all of them go to the sponsor of that pin.
        """
        pinned = self._pinned_sponsor[children]
        if (pinned >= 0).any():
            return int(pinned.max())
        if household in self._taken:
            sponsor, taken = self._taken.pop(household)
            self._places[sponsor] += taken
        if household not in self._ranked:
            self._ranked[household] = self._rank(children)
        ranked = self._ranked[household]
        while ranked:
            sponsor, taken = ranked.pop(0)
            if taken <= self._places[sponsor]:
                self._places[sponsor] -= taken
                self._taken[household] = (sponsor, taken)
                return sponsor
        return -1

    def _rank(self, children: NDArray[np.intp]) -> list[tuple[int, int]]:
        """Return (sponsor, places used) from the least reduced cost upwards."""
        problem = self.objectives.problem
        here: list[dict[int, tuple[int, ...]]] = []
        waits: list[tuple[int, ...]] = []
        for child in children.tolist():
            option = self.state.pairs.options(child)
            *costs, wait = map(tuple, self._reduced(child, option).T.tolist())
            cheapest: dict[int, tuple[int, ...]] = {}
            for sponsor, cost in zip(problem.sponsor[option].tolist(), costs, strict=True):
                cheapest[sponsor] = min(cost, cheapest.get(sponsor, cost))
            here.append(cheapest)
            waits.append(wait)
        scored = []
        for sponsor in sorted(set().union(*here)):
            score, taken = self._score(sponsor, here, waits)
            if taken:
                scored.append((score, sponsor, taken))
        return [(sponsor, taken) for _, sponsor, taken in sorted(scored)]

    def _reduced(self, child: int, option: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return int64[levels, options + 1]: reduced costs of each option, and of waiting."""
        problem = self.objectives.problem
        rows = np.full(option.size, child)
        columns = []
        for level, uncovered in zip(self.relaxed, self._uncovered, strict=True):
            prices = level.certificate
            cost = self.objectives.pair_cost(level.goal, rows, option).astype(np.int64)
            wait = uncovered[child] + prices.kelurahan[problem.kelurahan[child]]
            columns.append(np.append(cost + prices.pledge[option], wait) - level.child_price[child])
        return np.array(columns)

    def _score(
        self,
        sponsor: int,
        here: list[dict[int, tuple[int, ...]]],
        waits: list[tuple[int, ...]],
    ) -> tuple[tuple[int, ...], int]:
        """Return the summed reduced costs of the household at a sponsor, and the places used.

        `here` has what each child costs at its cheapest pledge of every sponsor, `waits` waiting.
        """
        cheapest = [(own.get(sponsor), wait) for own, wait in zip(here, waits, strict=True)]
        worth = sorted(
            (
                (tuple(w - t for w, t in zip(wait, taken, strict=True)), number)
                for number, (taken, wait) in enumerate(cheapest)
                if taken is not None
            ),
            reverse=True,
        )
        chosen = {number for _, number in worth[: max(0, int(self._places[sponsor]))]}
        picked = [
            taken if number in chosen and taken is not None else wait
            for number, (taken, wait) in enumerate(cheapest)
        ]
        total = tuple(sum(parts) for parts in zip(*picked, strict=True))
        return total, len(chosen)

    def pairs_of(
        self, sponsor_of: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return all allowed pairs of bound children with their sponsor's pledges."""
        problem = self.objectives.problem
        found_child, found_pledge = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        for child in np.flatnonzero(sponsor_of >= 0).tolist():
            option = self.state.pairs.options(child)
            option = option[problem.sponsor[option] == sponsor_of[child]].astype(np.int64)
            found_child.append(np.full(option.size, child, dtype=np.int64))
            found_pledge.append(option)
        return np.concatenate(found_child), np.concatenate(found_pledge)
