"""One level under the sibling rule: bounded by its relaxation, searched by HiGHS."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from matcher.relaxation import search_for
from matcher.sibling_columns import Columns
from matcher.sibling_fixing import household_costs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.effort import Effort
    from matcher.relaxation import Bounds, Relaxed


ROOMS = (0.0, 0.1, 1.0)
"""Where rupiah count: shares of the way to what is known that are searched one after the other."""
WORTH = 0.6
"""Share of all columns up to which a part of the way is worth a search of its own."""
WIDER = 2.0
"""How many times more columns a search has than the one before it."""
HALVINGS = 20
LOOK_AT_RUPIAH = 20_000
"""What a look counts at least where rupiah count: halves of budgets take long between two looks."""
EVERYTHING = 1 << 62
INFEASIBLE = highspy.HighsModelStatus.kInfeasible
FEASIBLE = 2
"""What HiGHS calls a solution that keeps all rows."""
TOLERANCE = 1e-4
"""Costs of parts are whole numbers; a bound this little above one is that one."""
PATIENCE, GAIN = 3, 0.004
"""Rounds of inequalities that have to raise the bound by one, and by this share of all that they
raised it so far, for another one."""
WHOLE = 1e-5
"""How far from 0 or 1 a column may be that counts as whole."""


class Model(Columns):
    """The programme with its search: what a level can have, as little of it open as may be."""

    def best(
        self, part: NDArray[np.float64], pledge_of: NDArray[np.int32], effort: Effort
    ) -> tuple[NDArray[np.int32], int]:
        """Return the best pairs found for a part, from some on, and what none can cost less.

        The linear relaxation bounds the part, and its reduced costs fix what no matching as good
        as the one known can have otherwise; for good, because a part is held afterwards. What is
        left is searched.
        """
        reached = self.value(part, pledge_of)
        if reached == 0:
            self.relaxation.fix(part > 0, np.zeros(part.size, dtype=np.bool_))
            return pledge_of, 0
        relaxed = None if effort.is_spent else self._relaxed(part, effort)
        if relaxed is None:
            return pledge_of, 0
        relaxed, pledge_of = self._tightened(part, pledge_of, relaxed, effort)
        pledge_of, least = self._search(part, pledge_of, relaxed, effort)
        self._fix_by(relaxed, part, pledge_of)
        return pledge_of, min(least, self.value(part, pledge_of))

    def better(
        self, part: NDArray[np.float64], pledge_of: NDArray[np.int32], effort: Effort
    ) -> NDArray[np.int32]:
        """Return better pairs for a part if one search around its relaxation finds any.

        Households that the relaxation has whole stay as they are there, except those that share a
        sponsor with one that it has in halves; only columns of the least reduced cost are open.
        """
        relaxed = None if effort.is_spent else self._relaxed(part, effort)
        if relaxed is None:
            return pledge_of
        relaxed, pledge_of = self._tightened(part, pledge_of, relaxed, effort)
        most = self.value(part, pledge_of) - 1 - relaxed.bound
        if effort.is_spent or most < 0:
            return pledge_of
        bounds = self._around(relaxed, self._wider(relaxed, 0.0, most) + TOLERANCE)
        dearest = self.value(part, pledge_of) - 0.5
        highs = search_for(part, bounds, self.rows, effort, None, most=dearest)
        return self._outcome(part, pledge_of, highs)[0]

    def _around(self, relaxed: Relaxed, room: float) -> Bounds:
        """Return bounds within a room that leave free whom the relaxation has in halves.

        Those who are at a sponsor of somebody in halves are free as well: they have to make room.
        """
        household = self._households_of_columns()
        whole = np.rint(relaxed.column)
        is_half = np.abs(relaxed.column - whole) > WHOLE
        free = np.unique(household[is_half & (household >= 0)])
        problem, pairs = self.objectives.problem, self.pairs
        is_used = relaxed.column[: self.at[1]] > WHOLE
        sponsor = problem.sponsor[pairs.pledge]
        theirs = is_used & np.isin(household[: self.at[1]], free)
        beside = is_used & np.isin(sponsor, sponsor[theirs])
        free = np.union1d(free, household[: self.at[1]][beside])
        low, high = self.relaxation.within(relaxed, room)
        is_fixed = (household >= 0) & ~np.isin(household, free)
        return np.where(is_fixed, whole, low), np.where(is_fixed, whole, high)

    def _households_of_columns(self) -> NDArray[np.int64]:
        """Return the household of each column, -1 of those that are of none."""
        problem = self.objectives.problem
        found = np.full(int(self.at[-1]), -1, dtype=np.int64)
        found[: self.at[1]] = problem.household[self.pairs.child]
        found[self.at[1] : self.at[2]] = problem.household[self.waiting]
        found[self.at[4] : self.at[5]] = self.home_household
        found[self.at[5] :] = self.apart_household
        return found

    def _relaxed(self, part: NDArray[np.float64], effort: Effort) -> Relaxed | None:
        """Return the relaxation; its reduced costs look at whole households where these bind."""
        relaxed = self.relaxation.solve(part, effort)
        if relaxed is None or not self.is_by_household:
            return relaxed
        return replace(relaxed, reduced=household_costs(self, relaxed, self.relaxation))

    @property
    def is_by_household(self) -> bool:
        """Whether a household has one sponsor, and columns for its number there."""
        return not (self.objectives.counts_rupiah or self.objectives.policy.split_siblings)

    def _tightened(
        self,
        part: NDArray[np.float64],
        pledge_of: NDArray[np.int32],
        relaxed: Relaxed,
        effort: Effort,
    ) -> tuple[Relaxed, NDArray[np.int32]]:
        """Add inequalities that the relaxation breaks, for as long as that raises its bound."""
        bounds: list[float] = []
        while True:
            pledge_of = self._better(part, pledge_of, relaxed.column)
            self._fix_by(relaxed, part, pledge_of)
            bounds.append(relaxed.bound)
            reached = self.value(part, pledge_of) <= math.ceil(relaxed.bound - TOLERANCE)
            if reached or effort.is_spent:
                return relaxed, pledge_of
            if len(bounds) > PATIENCE:
                least_gain = max(1.0, GAIN * (bounds[-1] - bounds[0]))
                if bounds[-1] - bounds[-1 - PATIENCE] < least_gain:
                    return relaxed, pledge_of
            if self.objectives.counts_rupiah:
                return relaxed, pledge_of
            before = self.rows.number
            self.link_siblings(part, relaxed.column)
            point = relaxed.column[self.option_column]
            cuts = self.options.broken(point, effort)
            for cut in cuts:
                self.add_rows(
                    np.zeros(cut.option.size, dtype=np.int64),
                    self.option_column[cut.option],
                    cut.coefficient,
                    np.array([-np.inf]),
                    np.array([cut.limit]),
                )
            again = self._relaxed(part, effort) if self.rows.number > before else None
            if again is None:
                return relaxed, pledge_of
            relaxed = again

    def _fix_by(
        self, relaxed: Relaxed, part: NDArray[np.float64], pledge_of: NDArray[np.int32]
    ) -> None:
        room = self.value(part, pledge_of) - relaxed.bound
        self.relaxation.fix_by(relaxed, room + TOLERANCE)

    def _search(
        self,
        part: NDArray[np.float64],
        pledge_of: NDArray[np.int32],
        relaxed: Relaxed,
        effort: Effort,
    ) -> tuple[NDArray[np.int32], int]:
        """Return the best pairs that are found, and what none can cost less.

        Searches among few columns, then among more; a best one that is within the room searched is
        best of all. Where rupiah count: among all that costs no more than the bound, then a part of
        the way up, then all.
        """
        least = max(0, math.ceil(relaxed.bound - TOLERANCE))
        room, shares = max(least - relaxed.bound, 0.0), iter(ROOMS)
        while least < self.value(part, pledge_of) and not effort.is_spent:
            most = self.value(part, pledge_of) - relaxed.bound
            if self.objectives.counts_rupiah:
                room = self._part_of(relaxed, max(least - relaxed.bound, 0.0), most, next(shares))
            else:
                room = self._wider(relaxed, room, most - 1)
            found, bound = self._searched(part, pledge_of, relaxed, room + TOLERANCE, effort)
            limit = math.floor(relaxed.bound + room + TOLERANCE) + 1
            pledge_of, least = found, max(least, min(bound, limit))
        return pledge_of, least

    def _part_of(self, relaxed: Relaxed, room: float, most: float, share: float) -> float:
        """Return a room on the way from one to the most; the most if a part leaves out little."""
        part = room + share * (most - room)
        is_worth_it = self._open(relaxed, part) <= WORTH * self._open(relaxed, most)
        return part if is_worth_it else most

    def _wider(self, relaxed: Relaxed, room: float, most: float) -> float:
        """Return the room, at most so much, that opens a step more columns than one before."""
        aim = WIDER * max(1, self._open(relaxed, room))
        if self._open(relaxed, most) <= aim * WIDER:
            return most
        low, high = room, most
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._open(relaxed, middle) <= aim else (low, middle)
        return max(low, min(room + 1.0, most))

    def _open(self, relaxed: Relaxed, room: float) -> int:
        low, high = self.relaxation.within(relaxed, room + TOLERANCE)
        return int(np.count_nonzero(low < high))

    def _searched(
        self,
        part: NDArray[np.float64],
        pledge_of: NDArray[np.int32],
        relaxed: Relaxed,
        room: float,
        effort: Effort,
    ) -> tuple[NDArray[np.int32], int]:
        """Return the best pairs within a room above the bound, and the bound of that search."""
        bounds, rows = self.relaxation.within(relaxed, room), self.rows
        if self.is_by_household:
            most = min(math.floor(relaxed.bound + room), self.value(part, pledge_of) - 1)
            highs = search_for(part, bounds, rows, effort, None, most=most + 0.5)
            return self._outcome(part, pledge_of, highs)
        column = self.columns_of(pledge_of)
        is_inside = bool(((bounds[0] <= column) & (column <= bounds[1])).all())
        look = LOOK_AT_RUPIAH if self.objectives.counts_rupiah else 1
        highs = search_for(part, bounds, rows, effort, column if is_inside else None, look)
        values = np.array(highs.getSolution().col_value)
        if values.size and part @ values > highs.getObjectiveValue() + TOLERANCE:
            # HiGHS 1.16 may give the start back beside the objective of a better solution.
            highs = search_for(part, bounds, rows, effort, None, look)
        return self._outcome(part, pledge_of, highs)

    def _outcome(
        self, part: NDArray[np.float64], pledge_of: NDArray[np.int32], highs: Any
    ) -> tuple[NDArray[np.int32], int]:
        """Return the best pairs after a search, and its bound."""
        if highs.getModelStatus() == INFEASIBLE:
            return pledge_of, EVERYTHING
        bound = highs.getInfo().mip_dual_bound
        least = max(0, math.ceil(bound - TOLERANCE)) if math.isfinite(bound) else 0
        if highs.getInfo().primal_solution_status == FEASIBLE:
            values = np.array(highs.getSolution().col_value)
            pledge_of = self._better(part, pledge_of, values)
        return pledge_of, least

    def _better(
        self, part: NDArray[np.float64], pledge_of: NDArray[np.int32], values: NDArray[np.float64]
    ) -> NDArray[np.int32]:
        """Return the pairs of whole columns if they cost no more than those known."""
        if values.size == 0 or np.abs(values - np.rint(values)).max() > WHOLE:
            return pledge_of
        used = values[: self.at[1]] > 0.5
        found = np.full(self.objectives.problem.num_children, -1, dtype=np.int32)
        found[self.pairs.child[used]] = self.pairs.pledge[used]
        return found if self.value(part, found) < self.value(part, pledge_of) else pledge_of
