"""The checker's own count of every level: cost, figures, and the bound that prices prove.

Shares no code with the solver: it is written from the rules in docs/matching.md a second time.
"""

from __future__ import annotations

import hashlib
import math
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.policy import BudgetRule, LevelName
from matcher.recount_households import Choices, Places, least_fillings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from matcher.matching import Certificate, Matching
    from matcher.problem import MatchingProblem

    BlockCosts = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]

CELLS = 1_000_000
"""Pairs looked at in one go; a block of int32 costs then stays in the processor's cache reach."""
MOST_UNITS = 100_000
"""Larger budgets are not rounded down to what packages can spend."""
PARTS = (2, 3, 4)
"""Parts of a budget that packages are compared with."""
FORBIDDEN = np.int64(1 << 60)
_TERMS_OF_PLEDGES = (LevelName.WISHES, LevelName.GOODS, LevelName.DELIVERY)


class Recount:
    """Everything that can be recomputed of one matching."""

    def __init__(self, problem: MatchingProblem, matching: Matching) -> None:
        self.problem = problem
        self.matching = matching
        self.covered = np.flatnonzero(matching.pledge_of >= 0)
        self.pledge = matching.pledge_of[self.covered].astype(np.int64)
        self.waiting = np.bincount(
            problem.kelurahan[matching.pledge_of < 0], minlength=problem.num_kelurahan
        )
        self.size = np.bincount(problem.kelurahan, minlength=problem.num_kelurahan)
        self.sponsor_load = np.bincount(
            problem.sponsor[self.pledge], minlength=problem.num_sponsors
        )
        self._kept_of = np.full(problem.num_children, -1, dtype=np.int64)
        self._kept_of[problem.kept[:, 0]] = problem.kept[:, 1]
        self._floor = np.zeros(problem.num_kelurahan, dtype=np.int64)
        if matching.fairest is not None:
            fair = problem.kelurahan[matching.fairest.pledge_of >= 0]
            fairly = np.bincount(fair, minlength=problem.num_kelurahan)
            self._floor = (fairly * matching.policy.floor_percent + 99) // 100
        self._keys = _Keys(matching.policy.seed, problem)
        self._has_wishes = np.diff(problem.wished_start) > 0
        width = problem.num_kelurahan if self._has_wishes.any() else 0
        self._wished = np.zeros((problem.num_pledges, width), dtype=np.bool_)
        for pledge in np.flatnonzero(self._has_wishes).tolist():
            self._wished[pledge, problem.wishes_of(pledge)] = True
        self._places = places_of(problem, matching)
        self._open_bounds()
        self._pairs = _allowed_pairs(problem, matching)

    def _open_bounds(self) -> None:
        problem = self.problem
        self._may_wait = np.ones(problem.num_children, dtype=np.bool_)
        self._may_wait[problem.pins[:, 0]] = False
        self._pledge_low = np.zeros(problem.num_pledges, dtype=np.int64)
        self._pledge_high = np.minimum(self._places, problem.num_children).astype(np.int64)
        total = np.bincount(
            problem.sponsor, weights=self._pledge_high, minlength=problem.num_sponsors
        )
        self._sponsor_low = np.zeros(problem.num_sponsors, dtype=np.int64)
        self._sponsor_high = np.minimum(total, problem.num_children).astype(np.int64)
        self._step_open = np.ones(problem.num_children, dtype=np.bool_)
        self._step_taken = np.zeros(problem.num_children, dtype=np.bool_)
        place = np.repeat(np.arange(problem.num_kelurahan), self.size)
        self._step_place = place
        self._step_nth = np.arange(place.size) - (np.cumsum(self.size) - self.size)[place] + 1

    def cost(self, name: LevelName) -> int:
        """Return what the matching costs on a level."""
        cost = int(self.pair_cost(name, self.covered, self.pledge).sum(dtype=np.int64))
        cost += int(self.waiting_cost(name)[self.matching.pledge_of < 0].sum())
        if name in (LevelName.LEXIMIN, LevelName.FLOOR):
            taken = self._step_nth <= self.waiting[self._step_place]
            cost += int(self.steps(name)[taken].sum())
        if name is LevelName.SPREAD:
            cost += int((self.sponsor_load * (self.sponsor_load + 1) // 2).sum())
        if name is LevelName.SIBLINGS:
            cost += self._further_sponsors()
        return cost

    def _further_sponsors(self) -> int:
        """Return how many more sponsors than one the households have, summed."""
        sponsors: dict[int, set[int]] = {}
        homes = self.problem.household[self.covered].tolist()
        for home, sponsor in zip(homes, self.problem.sponsor[self.pledge].tolist(), strict=True):
            sponsors.setdefault(home, set()).add(sponsor)
        return sum(len(own) - 1 for own in sponsors.values())

    def value(self, name: LevelName) -> tuple[int, ...]:
        """Return the figures that people read of a level."""
        problem, covered = self.problem, self.covered
        if name is LevelName.TIER:
            last = int(problem.tier.max(initial=0))
            served = problem.tier[covered]
            return tuple(int(np.count_nonzero(served == tier)) for tier in range(1, last + 1))
        if name is LevelName.LEXIMIN:
            return tuple((self.size - self.waiting).tolist())
        if name is LevelName.POINTS:
            return (int(problem.points[covered].sum(dtype=np.int64)),)
        if name is LevelName.WAITING:
            return (int(problem.months_waiting[covered].sum(dtype=np.int64)),)
        if name is LevelName.KEPT:
            return (int(np.count_nonzero(self._kept_of[covered] == self.pledge)),)
        if name is LevelName.SPREAD:
            return (int(self.sponsor_load.max(initial=0)),)
        if name in (LevelName.FLOOR, LevelName.SIBLINGS):
            return (self.cost(name),)
        costs = self.pair_cost(name, covered, self.pledge)
        if name is LevelName.AREA:
            return tuple(int(np.count_nonzero(costs == step)) for step in range(3))
        return (int(costs.sum(dtype=np.int64)),)

    def bound(self, name: LevelName, prices: Certificate) -> int:
        """Return the Lagrangian value of a level's prices on the face so far."""
        terms = _Terms(self, name, prices)
        if prices.child is not None and prices.household is not None:
            return self._bound_of_households(terms, prices, prices.child, prices.household)
        least = self._least(terms, prices)
        loss = prices.sponsor[self.problem.sponsor] - prices.pledge
        load = np.where(loss < 0, self._pledge_high, self._pledge_low)
        bound = int(least.sum()) + int((loss * load).sum())
        low, high, price = self._sponsor_low, self._sponsor_high, prices.sponsor
        by = terms.sponsor_step
        best = price // by if by else np.where(price > 0, high, low)
        number = np.clip(best, low, high)
        bound += int((by * number * (number + 1) // 2 - price * number).sum())
        bound += self._steps_and_terms(terms, prices)
        if prices.budget is not None:
            _, limit = self.budgets
            pairs = zip(prices.budget.ravel().tolist(), limit.ravel().tolist(), strict=True)
            bound -= sum(price * units for price, units in pairs)
        return -(-bound // prices.scale)

    def _steps_and_terms(self, terms: _Terms, prices: Certificate) -> int:
        """Return what waiting children of kelurahan cost at least, less the multiples held."""
        gain = terms.steps - prices.kelurahan[self._step_place]
        taken = self._step_taken | (self._step_open & (gain < 0))
        held = sum(by * self.cost(level) for level, by in prices.multipliers)
        return int(gain[taken].sum()) - held

    def _bound_of_households(
        self,
        terms: _Terms,
        prices: Certificate,
        child_price: NDArray[np.int64],
        household_price: NDArray[np.int64],
    ) -> int:
        """Return the bound in which every sponsor fills its places with whole households."""
        problem = self.problem
        homes, home = np.unique(problem.household, return_inverse=True)
        home_price = np.zeros(homes.size, dtype=np.int64)
        np.add.at(home_price, home, household_price)
        wait = terms.waiting + prices.kelurahan[problem.kelurahan] - child_price
        bound = int(child_price.sum()) - int(home_price.sum())
        bound += int(np.minimum(wait, 0)[self._may_wait].sum())
        load = np.where(prices.pledge > 0, self._pledge_high, self._pledge_low)
        bound -= int((prices.pledge * load).sum())
        low, high = np.zeros_like(self._sponsor_low), np.zeros_like(self._sponsor_low)
        np.add.at(low, problem.sponsor, self._pledge_low)
        np.add.at(high, problem.sponsor, self._pledge_high)
        low, high = np.maximum(low, self._sponsor_low), np.minimum(high, self._sponsor_high)
        places = Places(low, high, prices.sponsor, terms.sponsor_step)
        child, sponsor, cost = self._cheapest_at_sponsors(terms, prices)
        choices = Choices(child, sponsor, cost - child_price[child])
        fillings = least_fillings(choices, home, home_price, places)
        if fillings is None:
            return -int(FORBIDDEN)
        bound += fillings + self._steps_and_terms(terms, prices)
        return -(-bound // prices.scale)

    def _cheapest_at_sponsors(
        self, terms: _Terms, prices: Certificate
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return (child, sponsor, cost with pledge's price) at the cheapest pledge of a sponsor."""
        child, pledge, cost = self._pairs.priced(terms.pair_costs, prices.pledge)
        sponsor = self.problem.sponsor[pledge].astype(np.int64)
        order = np.lexsort((cost, sponsor, child))
        child, sponsor, cost = child[order], sponsor[order], cost[order]
        is_first = (np.diff(child, prepend=-1) != 0) | (np.diff(sponsor, prepend=-1) != 0)
        return child[is_first], sponsor[is_first], cost[is_first]

    @cached_property
    def budgets(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """int64[R, m, C] and int64[R, m]: weights and limits of what follows from each budget."""
        prices = _counted_prices(self.problem, self.matching)
        unit = math.gcd(*prices.ravel().tolist())
        budget = self.problem.budget_rp
        prices = prices // unit
        limit = np.where(budget < 0, -1, budget // unit)
        for pledge in np.flatnonzero((limit > 0) & (limit <= MOST_UNITS)).tolist():
            limit[pledge] = _largest_sum(tuple(sorted(set(prices[pledge].tolist()))), limit[pledge])
        rows = 1 + prices.shape[1] + len(PARTS)
        weights = np.zeros((rows, *prices.shape), dtype=np.int64)
        limits = np.zeros((rows, limit.size), dtype=np.int64)
        for pledge in np.flatnonzero(limit >= 0).tolist():
            own, most = prices[pledge], int(limit[pledge])
            for row, by in enumerate([1, *own.tolist(), *(most // part + 1 for part in PARTS)]):
                weights[row, pledge], limits[row, pledge] = own // by, most // by
        return weights, limits

    def narrow(self, name: LevelName, prices: Certificate) -> None:
        """Keep on the face only what is tight under the prices of a level that is optimal."""
        problem = self.problem
        terms = _Terms(self, name, prices)
        least = self._least(terms, prices)
        wait = terms.waiting + prices.kelurahan[problem.kelurahan]
        self._may_wait &= wait == least
        loss = prices.sponsor[problem.sponsor] - prices.pledge
        self._pledge_low = np.where(loss < 0, self._pledge_high, self._pledge_low)
        self._pledge_high = np.where(loss > 0, self._pledge_low, self._pledge_high)
        low, high, price = self._sponsor_low, self._sponsor_high, prices.sponsor
        by = terms.sponsor_step
        if by:
            self._sponsor_low = np.clip((price - 1) // by, low, high)
            self._sponsor_high = np.clip(price // by, low, high)
        else:
            self._sponsor_low = np.where(price > 0, high, low)
            self._sponsor_high = np.where(price < 0, low, high)
        gain = terms.steps - prices.kelurahan[self._step_place]
        self._step_taken |= self._step_open & (gain < 0)
        self._step_open &= gain == 0
        self._pairs.keep_tight(terms.pair_costs, prices.pledge, least)

    def _least(self, terms: _Terms, prices: Certificate) -> NDArray[np.int64]:
        wait = terms.waiting + prices.kelurahan[self.problem.kelurahan]
        wait[~self._may_wait] = FORBIDDEN
        return self._pairs.least(terms.pair_costs, prices.pledge, wait)

    def pair_cost(self, name: LevelName, child: NDArray[Any], pledge: NDArray[Any]) -> NDArray[Any]:
        """Return what pairs cost on a level, broadcast over children and pledges."""
        problem = self.problem
        if name is LevelName.KEPT:
            moved: NDArray[np.int32] = (self._kept_of[child] != pledge).astype(np.int32)
            return moved
        if name is LevelName.AREA:
            home, goal = problem.pledge_kelurahan[pledge], problem.kelurahan[child]
            apart = home != goal
            away = problem.kelurahan_kecamatan[home] != problem.kelurahan_kecamatan[goal]
            steps: NDArray[np.int32] = apart.astype(np.int32) + (away | (home < 0))
            return steps
        if name is LevelName.DISTANCE:
            return problem.distance_hm(child, pledge)
        if name in _TERMS_OF_PLEDGES:
            return self._terms_cost(name, child, pledge)
        if name is LevelName.LOTTERY:
            return self._keys.pair_numbers(child, pledge)
        return np.zeros((1,) * max(child.ndim, pledge.ndim), dtype=np.int32)

    def _terms_cost(
        self, name: LevelName, child: NDArray[Any], pledge: NDArray[Any]
    ) -> NDArray[np.int32]:
        """Return what pairs cost on the levels that look at a pledge's wishes and goods."""
        problem = self.problem
        shape = np.broadcast_shapes(child.shape, pledge.shape)
        costs = np.zeros(shape, dtype=np.int32)
        if name is LevelName.WISHES and self._wished.shape[1]:
            met = self._wished[pledge, problem.kelurahan[child]]
            costs += self._has_wishes[pledge] & ~met
        if name is LevelName.GOODS:
            extra = problem.goods[pledge] & ~problem.kit_goods[child]
            for bit in range(len(problem.good_ids)):
                costs += (extra >> np.uint64(bit) & np.uint64(1)).astype(np.int32)
        if name is LevelName.DELIVERY and problem.delivery_hm.size:
            home = problem.pledge_kelurahan[pledge]
            from_depot = (problem.goods[pledge] == 0) | (home < 0)
            row = np.where(from_depot, problem.num_kelurahan, home)
            costs += problem.delivery_hm[row, problem.kelurahan[child]]
        return costs

    def waiting_cost(self, name: LevelName) -> NDArray[np.int64]:
        """Return what leaving each child uncovered costs on a level."""
        problem = self.problem
        if name is LevelName.TIER:
            policy = self.matching.policy
            strict = bool(np.any(problem.budget_rp >= 0))
            strict &= policy.budgets is not BudgetRule.UNIFORM
            first = policy.levels[: policy.levels.index(LevelName.TIER)]
            strict |= LevelName.LEXIMIN in first or LevelName.FLOOR in first
            return _tier_weights(problem.tier, strict=strict)
        if name is LevelName.POINTS:
            return problem.points.astype(np.int64)
        if name is LevelName.WAITING:
            return problem.months_waiting.astype(np.int64)
        if name is LevelName.KEPT:
            return np.ones(problem.num_children, dtype=np.int64)
        if name is LevelName.LOTTERY:
            return self._keys.child_numbers()
        return np.zeros(problem.num_children, dtype=np.int64)

    def steps(self, name: LevelName) -> NDArray[np.int64]:
        """Return what the r-th uncovered child of each kelurahan costs.

        The rank of its share; of a floor 1 where too few are served then.
        """
        if name is LevelName.FLOOR:
            served = self.size[self._step_place] - self._step_nth
            below: NDArray[np.int64] = (served < self._floor[self._step_place]).astype(np.int64)
            return below
        if name is not LevelName.LEXIMIN:
            return np.zeros(self._step_nth.size, dtype=np.int64)
        size = self.size[self._step_place]
        before, after = -(size - self._step_nth) / size, (size - self._step_nth + 1) / size
        order = np.lexsort((after, before))
        differs = np.diff(before[order], prepend=np.nan) != 0
        differs |= np.diff(after[order], prepend=np.nan) != 0
        rank = np.empty(order.size, dtype=np.int64)
        rank[order] = np.cumsum(differs)
        return rank


def _tier_weights(tier: NDArray[Any], *, strict: bool) -> NDArray[np.int64]:
    """Return 1, 2, 3 … from the last tier up; if strict, each above all below."""
    kinds = np.unique(tier)
    weight = np.zeros(tier.size, dtype=np.int64)
    for number, kind in enumerate(kinds[::-1].tolist(), start=1):
        weight[tier == kind] = 1 + int(weight[tier > kind].sum()) if strict else number
    return weight


class _Terms:
    """What a level's bound counts: the level, and multiples of the levels it relaxes."""

    def __init__(self, recount: Recount, name: LevelName, prices: Certificate) -> None:
        self._recount = recount
        self._terms = ((name, prices.scale), *prices.multipliers)
        self._penalty: NDArray[np.int64] | None = None
        if prices.budget is not None:
            weights = recount.budgets[0]
            self._penalty = (prices.budget[:, :, None] * weights).sum(axis=0)
        self.waiting = np.zeros(recount.problem.num_children, dtype=np.int64)
        self.steps = np.zeros(recount.problem.num_children, dtype=np.int64)
        self.sponsor_step = 0
        for level, by in self._terms:
            self.waiting += by * recount.waiting_cost(level)
            self.steps += by * recount.steps(level)
            self.sponsor_step += by if level is LevelName.SPREAD else 0

    def pair_costs(self, child: NDArray[Any], pledge: NDArray[Any]) -> NDArray[Any]:
        costs = self._recount.pair_cost(self._terms[0][0], child, pledge)
        if self._terms[0][1] != 1:
            costs = costs * np.int64(self._terms[0][1])
        if self._penalty is not None:
            costs = costs + self._penalty[pledge, self._recount.problem.package[child]]
        for level, times in self._terms[1:]:
            costs = costs + np.int64(times) * self._recount.pair_cost(level, child, pledge)
        return costs


class _Keys:
    """The lottery, computed from its published rule."""

    def __init__(self, seed: int, problem: MatchingProblem) -> None:
        self._child = _first_words(seed, problem.child_ids)
        self._pledge = _first_words(seed, problem.pledge_ids)

    def child_numbers(self) -> NDArray[np.int64]:
        return (_scramble(self._child) >> np.uint64(44)).astype(np.int64)

    def pair_numbers(self, child: NDArray[Any], pledge: NDArray[Any]) -> NDArray[np.int64]:
        words = _scramble(self._child[child] ^ _scramble(self._pledge[pledge]))
        return (words >> np.uint64(44)).astype(np.int64)


def _first_words(seed: int, ids: tuple[str, ...]) -> NDArray[np.uint64]:
    words = [hashlib.sha256(f"{seed}|{code}".encode()).digest()[:8] for code in ids]
    return np.array([int.from_bytes(word, "big") for word in words], dtype=np.uint64)


def _scramble(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        words = (words ^ (words >> np.uint64(shift))) * np.uint64(factor)
    return words ^ (words >> np.uint64(31))


class _Table:
    """Allowed pairs as a table bool[n, m]; turned into a list once few are left."""

    def __init__(self, allowed: NDArray[np.bool_]) -> None:
        self._allowed = allowed
        self._everyone = np.arange(allowed.shape[1])
        self._rows = np.flatnonzero(allowed.any(axis=1))
        self._list: _List | None = None

    def _blocks(self) -> Iterator[NDArray[np.intp]]:
        height = max(1, CELLS // max(1, self._allowed.shape[1]))
        for at in range(0, self._rows.size, height):
            yield self._rows[at : at + height]

    def _priced(
        self, costs: BlockCosts, price: NDArray[np.int64], block: NDArray[np.intp]
    ) -> NDArray[np.int64]:
        priced: NDArray[np.int64] = costs(block[:, None], self._everyone[None, :]) + price[None, :]
        return np.where(self._allowed[block], priced, FORBIDDEN)

    def least(
        self, costs: BlockCosts, price: NDArray[np.int64], wait: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        if self._list:
            return self._list.least(costs, price, wait)
        least = wait.copy()
        for block in self._blocks():
            least[block] = np.minimum(wait[block], self._priced(costs, price, block).min(axis=1))
        return least

    def priced(
        self, costs: BlockCosts, price: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return (child, pledge, cost with the pledge's price) of all allowed pairs."""
        if self._list is None:
            child, pledge = np.nonzero(self._allowed)
            return _List(child, pledge).priced(costs, price)
        return self._list.priced(costs, price)

    def keep_tight(
        self, costs: BlockCosts, price: NDArray[np.int64], least: NDArray[np.int64]
    ) -> None:
        if self._list:
            self._list.keep_tight(costs, price, least)
            return
        left = 0
        for block in self._blocks():
            tight = self._priced(costs, price, block) == least[block, None]
            self._allowed[block] = tight
            left += int(np.count_nonzero(tight))
        self._rows = self._rows[self._allowed[self._rows].any(axis=1)]
        if left <= CELLS:
            child, pledge = np.nonzero(self._allowed)
            self._list = _List(child, pledge)


class _List:
    """Allowed pairs as two columns, sorted by child."""

    def __init__(self, child: NDArray[Any], pledge: NDArray[Any]) -> None:
        self._child, self._pledge = child, pledge

    def least(
        self, costs: BlockCosts, price: NDArray[np.int64], wait: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        least = wait.copy()
        first = np.flatnonzero(np.diff(self._child, prepend=-1))
        if first.size:
            rows = self._child[first]
            cheapest = np.minimum.reduceat(self._priced(costs, price), first)
            least[rows] = np.minimum(least[rows], cheapest)
        return least

    def priced(
        self, costs: BlockCosts, price: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return (child, pledge, cost with the pledge's price) of all pairs."""
        cost = np.asarray(self._priced(costs, price), dtype=np.int64)
        return self._child.astype(np.int64), self._pledge.astype(np.int64), cost

    def _priced(self, costs: BlockCosts, price: NDArray[np.int64]) -> NDArray[np.int64]:
        priced: NDArray[np.int64] = costs(self._child, self._pledge) + price[self._pledge]
        return priced

    def keep_tight(
        self, costs: BlockCosts, price: NDArray[np.int64], least: NDArray[np.int64]
    ) -> None:
        tight = self._priced(costs, price) == least[self._child]
        self._child, self._pledge = self._child[tight], self._pledge[tight]


@cache
def _largest_sum(prices: tuple[int, ...], limit: int) -> int:
    """Return the largest sum of any number of each price that a limit allows."""
    possible = np.zeros(limit + 1, dtype=np.bool_)
    possible[0] = True
    for units in range(1, limit + 1):
        possible[units] = any(units >= price and possible[units - price] for price in prices)
    return int(np.flatnonzero(possible)[-1])


def places_of(problem: MatchingProblem, matching: Matching) -> NDArray[np.int64]:
    """Return int64[m], the places of each pledge: its packages, and what its budget can buy.

    As whole places the dearest package says how many, else the cheapest is an upper bound.
    """
    places = problem.capacity.astype(np.int64)
    bound = problem.budget_rp >= 0
    if not bound.any():
        return places
    prices = _counted_prices(problem, matching)
    whole = matching.policy.budgets is BudgetRule.UNIFORM
    one = prices.max(axis=1) if whole else prices.min(axis=1)
    return np.where(bound, np.minimum(places, problem.budget_rp // one), places)


def _affordable(problem: MatchingProblem, matching: Matching) -> NDArray[np.bool_]:
    """Return bool[m, C or 1]: whether one package alone stays within the budget of a pledge."""
    if matching.policy.budgets is BudgetRule.UNIFORM or not np.any(problem.budget_rp >= 0):
        return np.ones((problem.num_pledges, int(problem.package.max(initial=0)) + 1), np.bool_)
    free = problem.budget_rp[:, None] - _counted_prices(problem, matching)
    return (free >= 0) | (problem.budget_rp[:, None] < 0)


def _counted_prices(problem: MatchingProblem, matching: Matching) -> NDArray[np.int64]:
    """Return int64[m, C], the rupiah that each package counts at each pledge."""
    home = problem.pledge_kelurahan if len(problem.package_price_rp) > 1 else 0
    prices = np.zeros((problem.num_pledges, len(problem.package_ids)), dtype=np.int64)
    prices += problem.package_price_rp[home]
    if matching.policy.budgets is BudgetRule.CLASSES:
        prices += -prices % matching.policy.price_step_rp
    return prices


def within_areas(
    problem: MatchingProblem, child: NDArray[Any], pledge: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return whether each pledge accepts the kelurahan of its child, pair by pair."""
    sizes = np.diff(problem.accepted_start)
    owner = np.repeat(np.arange(sizes.size, dtype=np.int64), sizes)
    width = np.int64(max(1, problem.num_kelurahan))
    within: NDArray[np.bool_] = sizes[pledge] == 0
    choosy = np.flatnonzero(~within)
    home = problem.kelurahan[child[choosy]]
    within[choosy] = found_in(
        pledge[choosy] * width + home, owner * width + problem.accepted_kelurahan
    )
    return within


def found_in(keys: NDArray[np.int64], listed: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each key is listed; sorting beats numpy's `isin`, which hashes."""
    if not listed.size:
        return np.zeros(keys.shape, dtype=np.bool_)
    ordered = np.sort(listed)
    at = np.minimum(np.searchsorted(ordered, keys), ordered.size - 1)
    found: NDArray[np.bool_] = ordered[at] == keys
    return found


def _allowed_pairs(problem: MatchingProblem, matching: Matching) -> _Table | _List:
    policy = matching.policy
    usable = places_of(problem, matching) > 0
    if not policy.use_standby:
        usable &= ~problem.standby
    if matching.candidate_start is not None and matching.candidate_pledge is not None:
        counts = np.diff(matching.candidate_start)
        child = np.repeat(np.arange(counts.size), counts)
        pledge = matching.candidate_pledge.astype(np.int64)
        fits = _fits(problem, usable, child, pledge)
        fits &= _affordable(problem, matching)[pledge, problem.package[child]]
        return _List(child[fits], pledge[fits])
    sizes = np.diff(problem.accepted_start)
    area = np.broadcast_to((sizes == 0) & usable, (problem.num_kelurahan, sizes.size)).copy()
    owner = np.repeat(np.arange(sizes.size), sizes)
    area[problem.accepted_kelurahan, owner] = usable[owner]
    allowed = area[problem.kelurahan]
    for choosy in np.flatnonzero(problem.forbidden_goods).tolist():
        allowed[choosy] &= (problem.goods & problem.forbidden_goods[choosy]) == 0
    allowed &= _affordable(problem, matching)[:, problem.package].T
    allowed[problem.bans[:, 0], problem.bans[:, 1]] = False
    for close, sponsor in problem.conflicts.tolist():
        allowed[close] &= problem.sponsor != sponsor
    allowed[problem.pins[:, 0]] = False
    allowed[problem.pins[:, 0], problem.pins[:, 1]] = True
    return _Table(allowed)


def _fits(
    problem: MatchingProblem,
    usable: NDArray[np.bool_],
    child: NDArray[Any],
    pledge: NDArray[np.int64],
) -> NDArray[np.bool_]:
    width = np.int64(1 << 32)
    fits = usable[pledge] & within_areas(problem, child, pledge)
    fits &= (problem.goods[pledge] & problem.forbidden_goods[child]) == 0
    bans, conflicts = problem.bans.astype(np.int64), problem.conflicts.astype(np.int64)
    fits &= ~found_in(child * width + pledge, bans[:, 0] * width + bans[:, 1])
    of_sponsor = child * width + problem.sponsor[pledge]
    fits &= ~found_in(of_sponsor, conflicts[:, 0] * width + conflicts[:, 1])
    pin_of = np.full(problem.num_children, -1, dtype=np.int64)
    pin_of[problem.pins[:, 0]] = problem.pins[:, 1]
    pinned = pin_of[child]
    result: NDArray[np.bool_] = np.where(pinned >= 0, pinned == pledge, fits)
    return result
