"""Pledges in rupiah: what packages cost, and how many a budget buys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.policy import BudgetRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.policy import Policy
    from matcher.problem import MatchingProblem

    Rows = NDArray[np.integer[Any]]


def counts_rupiah(problem: MatchingProblem, policy: Policy) -> bool:
    """Return whether budgets bind packages at their own prices, not as whole places."""
    return policy.budgets is not BudgetRule.UNIFORM and bool(np.any(problem.budget_rp >= 0))


def prices_rp(problem: MatchingProblem, policy: Policy) -> NDArray[np.int64]:
    """Return int64[m, C]: what each package counts at each pledge under a policy."""
    table = problem.package_price_rp
    if policy.budgets is BudgetRule.CLASSES:
        table = -(-table // policy.price_step_rp) * policy.price_step_rp
    if len(table) == 1:
        return np.broadcast_to(table, (problem.num_pledges, table.shape[1]))
    of_pledge: NDArray[np.int64] = table[problem.pledge_kelurahan]
    return of_pledge


def counted(problem: MatchingProblem, policy: Policy) -> MatchingProblem:
    """Return a sound problem with no more places at a pledge than its budget can buy.

    As whole places that is what the dearest package allows, and the budgets are done with; else
    what the cheapest allows, and they still bind.
    """
    bound = np.flatnonzero(problem.budget_rp >= 0)
    if not bound.size:
        return problem
    prices = prices_rp(problem, policy)[bound]
    if counts_rupiah(problem, policy):
        places = problem.budget_rp[bound] // prices.min(axis=1)
        return problem.with_columns(capacity=_lowered(problem, bound, places))
    places = problem.budget_rp[bound] // prices.max(axis=1)
    nothing = np.full(problem.num_pledges, -1)
    return problem.with_columns(capacity=_lowered(problem, bound, places), budget_rp=nothing)


def affordable(problem: MatchingProblem, policy: Policy) -> NDArray[np.bool_]:
    """Return bool[m, C]: whether the budget of a pledge can buy a package at all."""
    budget = problem.budget_rp[:, None]
    return (budget < 0) | (prices_rp(problem, policy) <= budget)


def _lowered(
    problem: MatchingProblem, bound: NDArray[np.intp], places: NDArray[np.int64]
) -> NDArray[np.int64]:
    capacity = problem.capacity.astype(np.int64)
    capacity[bound] = np.minimum(capacity[bound], places)
    return capacity


PARTS = (2, 3, 4)
"""Of packages above the half, a third or a quarter of a budget it buys at most 1, 2 or 3."""
MOST_UNITS = 100_000
"""Larger budgets are taken as they are, because what no package can use hardly counts there."""


def _reachable(price: NDArray[np.int64], limit: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the budgets without what no choice of packages can spend."""
    found = limit.copy()
    rows, of_pledge = np.unique(price, axis=0, return_inverse=True)
    for number, row in enumerate(rows.tolist()):
        here = np.flatnonzero((of_pledge.reshape(-1) == number) & (limit > 0))
        here = here[limit[here] <= MOST_UNITS]
        most = int(limit[here].max(initial=0))
        sums = 1
        for each in row:
            shift = each
            while shift <= most:
                sums |= sums << shift
                shift *= 2
        for pledge in here.tolist():
            found[pledge] = (sums & ((2 << int(limit[pledge])) - 1)).bit_length() - 1
    return found


@dataclass(frozen=True, eq=False)
class Budgets:
    """Budgets and prices in the largest unit that divides every price, so that sums stay small.

    Attributes
    ----------
    unit_rp
        Rupiah of one unit.
    price
        int64[m, C]; units that a package counts at a pledge.
    limit
        int64[m]; the largest sum of prices within each pledge's budget, -1 = unbound.
    package
        int32[n]; package of each child.
    """

    unit_rp: int
    price: NDArray[np.int64]
    limit: NDArray[np.int64]
    package: NDArray[np.int32]

    @classmethod
    def of(cls, problem: MatchingProblem, policy: Policy) -> Budgets:
        """Return the budgets of a problem as a policy counts them."""
        prices = prices_rp(problem, policy)
        unit = int(np.gcd.reduce(prices, axis=None)) or 1
        price = prices // unit
        limit = np.where(problem.budget_rp < 0, -1, problem.budget_rp // unit)
        return cls(unit, price, _reachable(price, limit), problem.package)

    @cached_property
    def rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return int64[R, m, C] and int64[R, m]: weights and limits that every matching keeps.

        First the budget itself, then what follows from it for whole packages: divide by any price,
        or by a little more than a part of the budget, and round down (Chvatal 1973).
        """
        divisors = [np.ones_like(self.limit)]
        divisors += [self.price[:, kind] for kind in range(self.price.shape[1])]
        divisors += [self.limit // part + 1 for part in PARTS]
        divisor = np.where(self.bound, np.stack(divisors), 1)
        weight = self.price[None, :, :] // divisor[:, :, None]
        limit = self.limit[None, :] // divisor
        return weight * self.bound[:, None], np.where(self.bound, limit, 0)

    def penalty(self, price: Sequence[int]) -> NDArray[np.int64]:
        """Return int64[m, C]: what each package costs extra under prices of all rows."""
        weight, limit = self.rows
        by_row = np.array(price, dtype=np.int64).reshape(limit.shape)
        table: NDArray[np.int64] = np.einsum("rj,rjc->jc", by_row, weight)
        return table

    @property
    def bound(self) -> NDArray[np.bool_]:
        """bool[m]: which pledges have a budget."""
        return self.limit >= 0

    def units(self, children: Rows, pledges: Rows) -> NDArray[np.int64]:
        """Return what pairs count, broadcast; also at pledges without a budget."""
        counted: NDArray[np.int64] = self.price[pledges, self.package[children]]
        return counted

    def spent(self, pledge_of: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """Return int64[m], the units that a matching counts at each pledge."""
        child = np.flatnonzero(pledge_of >= 0)
        pledge = pledge_of[child]
        total = np.zeros(self.limit.size, dtype=np.int64)
        np.add.at(total, pledge, self.units(child, pledge))
        return total

    def hold(self, pledge_of: NDArray[np.integer[Any]]) -> bool:
        """Return whether no pledge with a budget spends more than it has."""
        return bool(np.all((self.spent(pledge_of) <= self.limit) | ~self.bound))
