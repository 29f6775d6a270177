"""What whole households cost above a relaxation: sharper than the reduced cost of each column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.relaxation import Relaxation, Relaxed
    from matcher.sibling_columns import Columns

NEVER = 1e10
"""Cost of what has been ruled out: beyond every cost, small enough to keep fractions exact."""


def household_costs(columns: Columns, relaxed: Relaxed, box: Relaxation) -> NDArray[np.float64]:
    """Return reduced costs that look at whole households under the hard sibling rule.

    The prices of a relaxation bound every whole solution by the sum of what its columns cost above
    their cheapest value. A household at a sponsor takes one column for its number there, as many of
    its pairs and lets its other children wait, so that none of these columns comes alone: each
    costs at least what the cheapest such choice of the household costs. `box` must have the bounds
    with which the relaxation was solved.
    """
    if not columns.home_household.size:
        return relaxed.reduced
    return _Households(columns, relaxed, box).costs()


class _Households:
    """Choices of every bound household: a sponsor, how many of it there, the others waiting."""

    def __init__(self, columns: Columns, relaxed: Relaxed, box: Relaxation) -> None:
        self.columns, self.relaxed = columns, relaxed
        reduced, is_open = relaxed.reduced, box.high > 0.5
        is_forced = box.low > 0.5
        self.extra = np.where(is_forced, -NEVER, np.where(is_open, reduced, NEVER))
        """What a column costs more at one than at nought."""
        self.left_out = np.where(is_forced, NEVER, np.where(is_open, np.maximum(-reduced, 0), 0))
        """What it costs at nought."""
        self._wait()
        self._link()

    def _wait(self) -> None:
        """Find what each household costs where all its children wait."""
        problem, columns = self.columns.objectives.problem, self.columns
        waiting = np.arange(columns.at[1], columns.at[2])
        self.wait = np.full(problem.num_children, NEVER)
        self.wait[columns.waiting] = self.extra[waiting]
        homes = int(problem.household.max()) + 1
        household = problem.household
        self.base = np.bincount(household, weights=self.wait, minlength=homes)
        bound = columns.bound_pairs
        for home, column in (
            (household[columns.waiting], waiting),
            (household[columns.pairs.child[bound]], bound),
            (columns.home_household, columns.at[4] + np.arange(columns.home_household.size)),
        ):
            self.base += np.bincount(home, weights=self.left_out[column], minlength=homes)

    def _link(self) -> None:
        """Rank the children of each household at a sponsor by what they cost there, not waiting."""
        columns, width = self.columns, np.int64(self.columns.objectives.problem.num_children)
        bound = columns.bound_pairs
        key = columns.home_of_pair * width + columns.pairs.child[bound]
        links, self.link_of_pair = np.unique(key, return_inverse=True)
        home, child = links // width, links % width
        self.cheapest = np.full(links.size, np.inf)
        np.minimum.at(self.cheapest, self.link_of_pair, self.extra[bound])
        self.instead = self.cheapest - self.wait[child]
        order = np.lexsort((self.instead, home))
        self.ranked = self.instead[order]
        self.first = np.searchsorted(home, np.arange(columns.home_first.size - 1))
        self.rank = np.empty(links.size, dtype=np.int64)
        self.rank[order] = np.arange(links.size) - self.first[home[order]]

    def costs(self) -> NDArray[np.float64]:
        """Return the reduced costs, raised where a household's choices cost more."""
        columns = self.columns
        implied = np.zeros(self.relaxed.reduced.size)
        pairs, home = columns.bound_pairs, columns.home_of_pair
        implied[pairs] = np.inf
        own = self.extra[pairs] - self.cheapest[self.link_of_pair]
        rank, instead = self.rank[self.link_of_pair], self.instead[self.link_of_pair]
        taken = np.zeros(columns.home_first.size - 1)
        most = np.diff(columns.home_first)
        for count in range(1, int(most.max(initial=0)) + 1):
            some = np.flatnonzero(most >= count)
            column = columns.at[4] + columns.home_first[some] + count - 1
            last = np.zeros(most.size)
            last[some] = self.ranked[self.first[some] + count - 1]
            taken[some] += last[some]
            household = columns.home_household[columns.home_first[some]]
            choice = np.full(most.size, np.inf)
            choice[some] = self.base[household] + self.extra[column] + taken[some]
            implied[column] = choice[some]
            worse = np.where(rank >= count, instead - last[home], 0.0)
            implied[pairs] = np.minimum(implied[pairs], choice[home] + own + worse)
        reduced = self.relaxed.reduced
        return np.where(implied > np.abs(reduced), implied, reduced)
