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
PATIENCE, SHORTER = 20, 1.6
"""Steps without a gain after which they become shorter, and by how much."""
SHORTEST = 0.02
"""Share of the way to the matching known below which a step is worth nothing more."""
KEPT, NEW = 3, 7
"""Tenths of a direction that the last one and the new one make."""
FINE = 1 << 10
STEEPEST = 1_000_000
LARGEST_COST = 1 << 40


def priced_by_household(
    objectives: Objectives,
    level: SolvedLevel,
    state: State,
    pledge_of: NDArray[np.int32],
    held: tuple[LevelName, ...] = (),
) -> SolvedLevel:
    """Return a level with a better bound if prices of households give one.

    `level` is solved by the flow on `state`, perhaps with multiples of levels before it;
    `pledge_of` is the matching known, and `held` the levels on which it stays above the flow's
    bounds: multiples of these are found too.
    """
    name = terms_of(level.goal)[0][0]
    if not _may_bound(objectives, name) or not is_warm():
        return level
    every = state.pairs.every(MOST_LINKS)
    if every is None:
        return level
    weighed = tuple(each for each in held if _may_bound(objectives, each))
    pricing = _Pricing(objectives, level, state, weighed, pledge_of)
    steps = pricing.link(*every)
    if steps < FEWEST_STEPS:
        return level
    found = pricing.ascend(SCALE * objectives.total_cost(name, pledge_of), steps)
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
    """Pairs sorted by sponsor, household and child; those of one child with a sponsor are a link.

    `first` has the links of each sponsor, `pair` the first pair of each link; of a link are its
    `home` and `child`, of a pair what it costs on the level (`own`) and on each one held before.
    """

    first: NDArray[np.int64]
    pair: NDArray[np.int64]
    home: NDArray[np.int64]
    child: NDArray[np.int64]
    own: NDArray[np.int64]
    held: list[NDArray[np.int64]]

    def _cost(self, multiplier: NDArray[np.int64]) -> NDArray[np.int64]:
        cost = self.own
        for by, each in zip(multiplier.tolist(), self.held, strict=True):
            cost = cost + by * each if by else cost
        return cost

    def cheapest(self, multiplier: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what each link costs at its cheapest pair."""
        cost = self._cost(multiplier)
        return cost if self.pair.size == cost.size else np.minimum.reduceat(cost, self.pair)

    def pairs_of(self, taken: NDArray[np.intp], multiplier: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the cheapest pair of some links."""
        if self.pair.size == self.own.size:
            return taken
        cost, end = self._cost(multiplier), np.append(self.pair[1:], self.own.size)
        return np.array(
            [self.pair[at] + np.argmin(cost[self.pair[at] : end[at]]) for at in taken.tolist()],
            dtype=np.intp,
        )


@dataclass(frozen=True, eq=False)
class _Prices:
    """Whole numbers, in parts of a unit: what the ascent moves.

    `child` is above waiting (never more than nought) for who may wait, else the price itself.
    """

    child: NDArray[np.int64]
    home: NDArray[np.int64]
    kelurahan: NDArray[np.int64]
    multiplier: NDArray[np.int64]


class _Pricing:
    """The prices of one level, and what the sponsors do at them."""

    def __init__(
        self,
        objectives: Objectives,
        level: SolvedLevel,
        state: State,
        held: tuple[LevelName, ...],
        pledge_of: NDArray[np.int32],
    ) -> None:
        self.objectives, self.level, self.face = objectives, level, state.face
        problem = objectives.problem
        (self.name, _), *others = terms_of(level.goal)
        self.goal, self.weighs, self.held = Blend(self.name, (), SCALE), dict(others), held
        self.reached = [objectives.total_cost(each, pledge_of) for each in held]
        prices = level.certificate
        cheapest = np.full(problem.num_sponsors, np.int64(1) << 60)
        np.minimum.at(cheapest, problem.sponsor, prices.pledge)
        self.pledge_price = SCALE * (prices.pledge - cheapest[problem.sponsor])
        self._open_places()
        self.place_price = np.where(self.is_apart, SCALE * cheapest, 0)
        _, first, inverse = np.unique(problem.household, return_index=True, return_inverse=True)
        self.household = np.argsort(np.argsort(first))[inverse].astype(np.int64)
        """Numbered by their first children, whatever they are called."""
        self.has_siblings = np.bincount(self.household) > 1
        self._open_waiting()

    def _open_places(self) -> None:
        problem, face = self.objectives.problem, self.face
        low, high = np.zeros_like(face.sponsor_low), np.zeros_like(face.sponsor_low)
        np.add.at(low, problem.sponsor, face.pledge_low)
        np.add.at(high, problem.sponsor, face.pledge_high)
        self.low = np.maximum(low, face.sponsor_low)
        self.high = np.minimum(high, face.sponsor_high)
        self.is_apart = self.high > MANY_PLACES
        load = np.where(self.pledge_price > 0, face.pledge_high, face.pledge_low)
        self.constant = -int((self.pledge_price * load).sum())

    def _open_waiting(self) -> None:
        """Find what waiting costs, on the level and on those held, and where it is bound.

        In kelurahan where nothing binds it waiting has no price: the flow may have any there.
        """
        face, objectives = self.face, self.objectives
        problem = objectives.problem
        start, self.own_steps = objectives.kelurahan_steps(self.goal)
        self.held_steps = [objectives.kelurahan_steps(each)[1] for each in self.held]
        self.step_owner = np.repeat(np.arange(problem.num_kelurahan), np.diff(start))
        self.step_nth = np.arange(self.own_steps.size) - start[:-1][self.step_owner] + 1
        sizes = np.bincount(problem.kelurahan, minlength=problem.num_kelurahan)
        self.is_bound = (face.waiting_low > 0) | (face.waiting_high < sizes)
        for steps in (self.own_steps, *self.held_steps):
            np.logical_or.at(self.is_bound, self.step_owner, steps != 0)
        self.own_wait = objectives.uncovered_cost(self.goal)
        self.held_wait = [objectives.uncovered_cost(each) for each in self.held]

    def link(self, child: NDArray[Any], pledge: NDArray[Any]) -> int:
        """Take over who can be where; return how many steps are worth their work."""
        problem, objectives = self.objectives.problem, self.objectives
        sponsor, home = problem.sponsor[pledge].astype(np.int64), self.household[child]
        order = np.lexsort((pledge, child, home, sponsor))
        child, pledge, sponsor = child[order].astype(np.int64), pledge[order], sponsor[order]
        own = objectives.pair_cost(self.goal, child, pledge) + self.pledge_price[pledge]
        held = [objectives.pair_cost(each, child, pledge).astype(np.int64) for each in self.held]
        is_first = (np.diff(child, prepend=-1) != 0) | (np.diff(sponsor, prepend=-1) != 0)
        pair = np.flatnonzero(is_first).astype(np.int64)
        first = np.searchsorted(sponsor[pair], np.arange(problem.num_sponsors + 1))
        child = child[pair]
        self.links = _Links(first.astype(np.int64), pair, self.household[child], child, own, held)
        cells = int((np.diff(first) * np.where(self.is_apart, 1, self.high + 1)).sum()) + 1
        largest = int(np.abs(own).max(initial=0)) + int(self.own_wait.max(initial=0))
        return min(STEPS, MOST_CELLS // cells) if largest < LARGEST_COST else 0

    def _start(self) -> tuple[_Prices, NDArray[np.bool_]]:
        """Return the flow's prices, and whose price moves.

        Whoever may wait and has siblings is worth what waiting costs: that it is placed once then
        follows from its household's price alone.
        """
        price, may_wait = self.level.certificate.kelurahan, self.face.may_wait
        kelurahan = SCALE * np.where(self.is_bound, price, 0)
        raised = 0 if self.is_bound.any() or not price.size else -SCALE * int(price.max())
        multiplier = np.array([SCALE * self.weighs.get(each, 0) for each in self.held], dtype=int)
        child = SCALE * self.level.child_price + raised
        wait = self._wait(_Prices(child, child, kelurahan, multiplier))
        child = np.where(may_wait, np.minimum(child - wait, 0), child)
        waits_with_siblings = may_wait & self.has_siblings[self.household]
        home = np.zeros(self.has_siblings.size, dtype=np.int64)
        np.add.at(home, self.household, np.where(waits_with_siblings, -child, 0))
        child[waits_with_siblings] = 0
        return _Prices(child, home, kelurahan, multiplier), ~waits_with_siblings

    def _blended(self, own: Any, held: list[Any], prices: _Prices) -> Any:
        """Return the level's own figures and the multiples of those of the levels held."""
        for by, each in zip(prices.multiplier.tolist(), held, strict=True):
            own = own + by * each
        return own

    def _wait(self, prices: _Prices) -> NDArray[np.int64]:
        wait = self.own_wait + prices.kelurahan[self.objectives.problem.kelurahan]
        blended: NDArray[np.int64] = self._blended(wait, self.held_wait, prices)
        return blended

    def _child_price(self, prices: _Prices) -> NDArray[np.int64]:
        return np.where(self.face.may_wait, self._wait(prices) + prices.child, prices.child)

    def ascend(self, target: int, most_steps: int) -> SolvedLevel | None:
        """Return the level with the best prices on the way to a target, None without any."""
        prices, moves = self._start()
        sizes = np.cumsum([prices.child.size, prices.home.size, prices.kelurahan.size])
        onward = np.zeros(int(sizes[-1]) + len(self.held), dtype=np.int64)
        best: tuple[int, _Prices] | None = None
        share, stalled = 1.0, 0
        for _ in range(most_steps):
            valued = self._valued(prices, moves)
            if valued is None:
                return None
            bound, gain = valued
            if best is None or bound > best[0]:
                stalled = 0 if best is None or bound > best[0] + SCALE // 2 else stalled
                best = bound, prices
            else:
                stalled += 1
            if best[0] > target - SCALE or share < SHORTEST:
                break
            if stalled > PATIENCE:
                share, stalled, prices = share / SHORTER, 0, best[1]
            onward = (KEPT * onward + NEW * FINE * np.clip(gain, -STEEPEST, STEEPEST)) // 10
            square = int((onward * onward).sum())
            if not square:
                break
            step = share * FINE * (target - bound) / square
            prices = self._moved(prices, np.split(np.rint(step * onward).astype(np.int64), sizes))
        return None if best is None else self._certified(*best)

    def _moved(self, prices: _Prices, by: list[NDArray[np.int64]]) -> _Prices:
        child = prices.child + by[0]
        return _Prices(
            np.where(self.face.may_wait, np.minimum(child, 0), child),
            np.maximum(0, prices.home + by[1]),
            prices.kelurahan + by[2],
            np.maximum(0, prices.multiplier + by[3]),
        )

    def _valued(
        self, prices: _Prices, moves: NDArray[np.bool_]
    ) -> tuple[int, NDArray[np.int64]] | None:
        """Return the bound of prices, and where it rises; None where a sponsor has no filling."""
        from matcher.fillings import NO_FILLING, cheapest  # noqa: PLC0415  (loads numba)

        links, child_price, objectives = self.links, self._child_price(prices), self.objectives
        own_step = objectives.sponsor_step(self.goal)
        step = self._blended(own_step, [objectives.sponsor_step(e) for e in self.held], prices)
        base = links.cheapest(prices.multiplier)
        taken, present = np.zeros(base.size, dtype=np.int64), np.zeros_like(prices.home)
        fillings = cheapest(
            links.first, links.home, links.child, base, child_price, prices.home, self.low,
            self.high, int(step), self.place_price, self.is_apart, taken, present,
        )  # fmt: skip
        if fillings >= NO_FILLING:
            return None
        lost = self._blended(self.own_steps, self.held_steps, prices)
        lost = lost - prices.kelurahan[self.step_owner]
        counts = self.step_nth <= self.face.waiting_low[self.step_owner]
        counts |= (lost < 0) & (self.step_nth <= self.face.waiting_high[self.step_owner])
        bound = self.constant + int(fillings) + int(child_price.sum() - prices.home.sum())
        bound += int(lost[counts].sum()) + self._blended(
            0, [-each for each in self.reached], prices
        )
        return bound, self._gain(prices, moves, np.flatnonzero(taken), present, counts)

    def _gain(
        self,
        prices: _Prices,
        moves: NDArray[np.bool_],
        some: NDArray[np.intp],
        present: NDArray[np.int64],
        counts: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Return by how much the bound rises with each price: by what is chosen too much of it."""
        may_wait = self.face.may_wait
        placed = np.bincount(self.links.child[some], minlength=may_wait.size)
        lack = 1 - placed
        child = np.where(moves & ((placed > 0) | (prices.child < 0) | ~may_wait), lack, 0)
        home = np.where(self.has_siblings, present - 1, 0)
        home[(prices.home <= 0) & (home < 0)] = 0
        waits = np.where(may_wait, lack, 0)
        place = np.zeros_like(prices.kelurahan)
        np.add.at(place, self.objectives.problem.kelurahan, waits)
        place -= np.bincount(self.step_owner[counts], minlength=place.size)
        held = self._held_gain(prices, some, waits, counts)
        return np.concatenate([child, home, np.where(self.is_bound, place, 0), held])

    def _held_gain(
        self,
        prices: _Prices,
        some: NDArray[np.intp],
        waits: NDArray[np.int64],
        counts: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Return by how much what is chosen costs more than reached, on each level held."""
        gain = np.zeros(len(self.held), dtype=np.int64)
        if not self.held:
            return gain
        pairs = self.links.pairs_of(some, prices.multiplier)
        sponsor = np.searchsorted(self.links.first, some, side="right") - 1
        load = np.bincount(sponsor, minlength=self.low.size)
        for at, name in enumerate(self.held):
            cost = int(self.links.held[at][pairs].sum()) + int((waits * self.held_wait[at]).sum())
            cost += int(self.held_steps[at][counts].sum())
            cost += self.objectives.sponsor_step(name) * int((load * (load + 1) // 2).sum())
            gain[at] = cost - self.reached[at]
        gain[(prices.multiplier <= 0) & (gain < 0)] = 0
        return gain

    def _certified(self, bound: int, prices: _Prices) -> SolvedLevel:
        """Return the level with these prices; a household's stands at the first of its children."""
        child = self._child_price(prices)
        household = np.zeros_like(child)
        household[np.unique(self.household, return_index=True)[1]] = prices.home
        terms = zip(self.held, prices.multiplier.tolist(), strict=True)
        certificate = Certificate(
            pledge=self.pledge_price,
            sponsor=self.place_price,
            kelurahan=prices.kelurahan,
            multipliers=tuple((name, by) for name, by in terms if by),
            scale=SCALE,
            child=child,
            household=household,
        )
        return replace(self.level, bound=-(-bound // SCALE), certificate=certificate)
