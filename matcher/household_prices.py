"""A bound for whole households that prices alone prove, sharper than the flow's.

The flow lets a household be in halves. Here its children and itself have prices, and every sponsor
fills its places with whole households at these prices as cheaply as it can (`fillings`): whatever
the prices, no matching under the sibling rule costs less than what that comes to (a Lagrangian
relaxation of "each child once, each household with one sponsor"; Fisher 1981). Prices rise where
children are placed nowhere, fall where they are placed twice (subgradient steps, in whole numbers,
so that every machine takes the same). `docs/matching.md` 4.5 has the formula, `check` repeats it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.matching import Certificate
from matcher.objectives import Blend, terms_of
from matcher.policy import LevelName
from matcher.warm import is_warm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.levels import SolvedLevel, State
    from matcher.objectives import Objectives

SCALE = 64
"""What one unit of a level weighs in the prices, so that these can be fractions of it."""
MANY_PLACES = 32
"""Sponsors with more open places have a price for each place instead of a choice among fillings."""
MOST_LINKS = 3_000_000
STEPS = 600
FEWEST_STEPS = 60
MOST_CELLS = 2_000_000_000
"""Cells of the dynamic programme that all steps of one level may take."""
PATIENCE, SHORTER = 25, 1.5
"""Steps without a gain after which they become shorter, and by how much."""
KEPT, NEW = 3, 7
"""Tenths of a direction that the last one and the new one make."""
FINE = 1 << 10
LARGEST_COST = 1 << 32


def priced_by_household(
    objectives: Objectives, level: SolvedLevel, state: State, pledge_of: NDArray[np.int32]
) -> SolvedLevel:
    """Return a level with a better bound if prices of households give one.

    `level` is solved by the flow on `state`, perhaps with multiples of levels before it;
    `pledge_of` is the matching known.
    """
    name = terms_of(level.goal)[0][0]
    if not _may_bound(objectives, name) or not is_warm():
        return level
    every = state.pairs.every(MOST_LINKS)
    if every is None:
        return level
    pricing = _Pricing(objectives, level, state, *every)
    if pricing.steps < FEWEST_STEPS:
        return level
    found = pricing.ascend(SCALE * objectives.total_cost(name, pledge_of), pledge_of)
    return level if found is None or found.bound <= level.bound else found


def _may_bound(objectives: Objectives, name: LevelName) -> bool:
    """Return whether a sum bounds the level: equal shares and tiers in their order are none."""
    policy = objectives.policy
    if policy.split_siblings or objectives.counts_rupiah:
        return False
    if name is LevelName.TIER:
        return np.unique(objectives.problem.tier).size == 1
    return name not in (LevelName.LEXIMIN, LevelName.SIBLINGS)


@dataclass(frozen=True, eq=False)
class _Links:
    """Children with sponsors, sorted by sponsor and household, and what each costs there."""

    first: NDArray[np.int64]
    home: NDArray[np.int64]
    child: NDArray[np.int64]
    base: NDArray[np.int64]


class _Pricing:
    """The prices of one level, and what the sponsors do at them."""

    def __init__(
        self,
        objectives: Objectives,
        level: SolvedLevel,
        state: State,
        child: NDArray[Any],
        pledge: NDArray[Any],
    ) -> None:
        self.objectives, self.level, self.face = objectives, level, state.face
        problem = objectives.problem
        (self.name, _), *others = terms_of(level.goal)
        self.goal = Blend(self.name, tuple((each, SCALE * by) for each, by in others), SCALE)
        prices = level.certificate
        cheapest = np.full(problem.num_sponsors, np.int64(1) << 60)
        np.minimum.at(cheapest, problem.sponsor, prices.pledge)
        self.pledge_price = SCALE * (prices.pledge - cheapest[problem.sponsor])
        self._open_places()
        self.place_price = np.where(self.is_apart, SCALE * cheapest, 0)
        self._free_waiting(prices.kelurahan)
        self.step = objectives.sponsor_step(self.goal)
        self.wait = objectives.uncovered_cost(self.goal) + self.kelurahan_price[problem.kelurahan]
        _, first, inverse = np.unique(problem.household, return_index=True, return_inverse=True)
        self.household = np.argsort(np.argsort(first))[inverse].astype(np.int64)
        """Numbered by their first children, whatever they are called."""
        self.has_siblings = np.bincount(self.household) > 1
        self.links = self._linked(child, pledge)
        width = np.where(self.is_apart, 1, self.high + 1)
        cells = int((np.diff(self.links.first) * width).sum()) + 1
        largest = int(np.abs(self.links.base).max(initial=0)) + int(
            np.abs(self.wait).max(initial=0)
        )
        self.steps = min(STEPS, MOST_CELLS // cells) if largest < LARGEST_COST << 10 else 0

    def _free_waiting(self, price: NDArray[np.int64]) -> None:
        """Take over the prices of waiting in each kelurahan where anything binds it there.

        Else waiting is free: the flow may have any price then, households have no use for one. The
        children's prices rise by what all kelurahan lose.
        """
        face, problem = self.face, self.objectives.problem
        start, step = self.objectives.kelurahan_steps(self.goal)
        sizes = np.bincount(problem.kelurahan, minlength=problem.num_kelurahan)
        is_bound = (face.waiting_low > 0) | (face.waiting_high < sizes)
        np.logical_or.at(is_bound, np.repeat(np.arange(sizes.size), np.diff(start)), step != 0)
        self.kelurahan_price = SCALE * np.where(is_bound, price, 0)
        self.raised = 0 if is_bound.any() or not price.size else -SCALE * int(price.max())

    def _open_places(self) -> None:
        problem, face = self.objectives.problem, self.face
        low, high = np.zeros_like(face.sponsor_low), np.zeros_like(face.sponsor_low)
        np.add.at(low, problem.sponsor, face.pledge_low)
        np.add.at(high, problem.sponsor, face.pledge_high)
        self.low = np.maximum(low, face.sponsor_low)
        self.high = np.minimum(high, face.sponsor_high)
        self.is_apart = self.high > MANY_PLACES

    def _linked(self, child: NDArray[Any], pledge: NDArray[Any]) -> _Links:
        """Return who can be where, at the cheapest pledge of each sponsor."""
        problem = self.objectives.problem
        cost = self.objectives.pair_cost(self.goal, child, pledge).astype(np.int64)
        cost += self.pledge_price[pledge]
        sponsor, home = problem.sponsor[pledge].astype(np.int64), self.household[child]
        order = np.lexsort((cost, child, home, sponsor))
        child, sponsor, cost = child[order].astype(np.int64), sponsor[order], cost[order]
        is_first = np.ones(child.size, dtype=np.bool_)
        is_first[1:] = (np.diff(child) != 0) | (np.diff(sponsor) != 0)
        child, sponsor, cost = child[is_first], sponsor[is_first], cost[is_first]
        first = np.searchsorted(sponsor, np.arange(problem.num_sponsors + 1)).astype(np.int64)
        return _Links(first, self.household[child], child, cost)

    def _constant(self) -> int:
        """Return the part of the bound that no price of a child or household changes."""
        face, problem = self.face, self.objectives.problem
        load = np.where(self.pledge_price > 0, face.pledge_high, face.pledge_low)
        constant = -int((self.pledge_price * load).sum())
        start, step = self.objectives.kelurahan_steps(self.goal)
        owner = np.repeat(np.arange(problem.num_kelurahan), np.diff(start))
        nth = np.arange(step.size) - start[:-1][owner] + 1
        gain = step - self.kelurahan_price[owner]
        within = (nth <= face.waiting_low[owner]) | ((gain < 0) & (nth <= face.waiting_high[owner]))
        return constant + int(gain[within].sum())

    def _start(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return the flow's prices of children and households, and whose price moves.

        Whoever may wait and has siblings is worth what waiting costs: that it is placed once then
        follows from its household's price alone.
        """
        household, may_wait = self.household, self.face.may_wait
        child_price = SCALE * self.level.child_price + self.raised
        child_price = np.where(may_wait, np.minimum(child_price, self.wait), child_price)
        waits_with_siblings = may_wait & self.has_siblings[household]
        worth = np.where(waits_with_siblings, self.wait - child_price, 0)
        home_price = np.zeros(self.has_siblings.size, dtype=np.int64)
        np.add.at(home_price, household, worth)
        return child_price + worth, home_price, ~waits_with_siblings

    def ascend(self, target: int, pledge_of: NDArray[np.int32]) -> SolvedLevel | None:
        """Return the level with the best prices on the way to a target, None without any."""
        from matcher.fillings import NO_FILLING, cheapest  # noqa: PLC0415  (loads numba)

        links, constant = self.links, self._constant()
        constant -= sum(
            by * self.objectives.total_cost(level, pledge_of) for level, by in self.goal.multipliers
        )
        child_price, home_price, moves = self._start()
        most = np.where(self.face.may_wait, self.wait, NO_FILLING)
        placed, present = np.zeros_like(child_price), np.zeros_like(home_price)
        onward, turn = np.zeros_like(child_price), np.zeros_like(home_price)
        best: tuple[int, NDArray[np.int64], NDArray[np.int64]] | None = None
        share, stalled = 1.0, 0
        for _ in range(self.steps):
            placed[:], present[:] = 0, 0
            fillings = cheapest(
                links.first, links.home, links.child, links.base, child_price, home_price,
                self.low, self.high, self.step, self.place_price, self.is_apart, placed, present,
            )  # fmt: skip
            if fillings >= NO_FILLING:
                return None
            bound = constant + int(fillings) + int(child_price.sum() - home_price.sum())
            if best is None or bound > best[0]:
                stalled = 0 if best is None or bound > best[0] + SCALE // 2 else stalled
                best = bound, child_price, home_price
            else:
                stalled += 1
            if best[0] > target - SCALE:
                break
            if stalled > PATIENCE:
                share, stalled, (_, child_price, home_price) = share / SHORTER, 0, best
            lack = np.where(moves & ((placed > 0) | (child_price < most)), 1 - placed, 0)
            onward = (KEPT * onward + NEW * FINE * lack) // 10
            gain = np.where(self.has_siblings, present - 1, 0)
            gain[(home_price <= 0) & (gain < 0)] = 0
            turn = (KEPT * turn + NEW * FINE * gain) // 10
            square = int((onward * onward).sum() + (turn * turn).sum())
            if not square:
                break
            step = share * FINE * (target - bound) / square
            child_price = np.minimum(most, child_price + np.rint(step * onward).astype(np.int64))
            home_price = np.maximum(0, home_price + np.rint(step * turn).astype(np.int64))
        return None if best is None else self._certified(*best)

    def _certified(
        self, bound: int, child_price: NDArray[np.int64], home_price: NDArray[np.int64]
    ) -> SolvedLevel:
        """Return the level with these prices; a household's stands at the first of its children."""
        household = np.zeros_like(child_price)
        household[np.unique(self.household, return_index=True)[1]] = home_price
        prices = Certificate(
            pledge=self.pledge_price,
            sponsor=self.place_price,
            kelurahan=self.kelurahan_price,
            multipliers=self.goal.multipliers,
            scale=SCALE,
            child=child_price,
            household=household,
        )
        return replace(self.level, bound=-(-bound // SCALE), certificate=prices)
