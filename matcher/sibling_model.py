"""One level under the sibling rule, as a mixed-integer programme: the formulation for HiGHS."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from matcher.flow import steps_within
from matcher.policy import LevelName
from matcher.relaxation import Relaxation, Rows, search_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.effort import Effort
    from matcher.face import Face
    from matcher.objectives import Objectives
    from matcher.pairs import ListedPairs
    from matcher.relaxation import Relaxed


ROOMS = (0.0, 0.1, 1.0)
"""Shares of the way from the bound to what is known that are searched one after the other."""
WORTH = 0.6
"""Share of all columns up to which a part of the way is worth a search of its own."""
EVERYTHING = 1 << 62
INFEASIBLE = highspy.HighsModelStatus.kInfeasible
FEASIBLE = 2
"""What HiGHS calls a solution that keeps all rows."""
TOLERANCE = 1e-4
"""Costs of parts are whole numbers; a bound this little above one is that one."""
WHOLE = 1e-5
"""How far from 0 or 1 a column may be that counts as whole."""


class Model:
    """Columns: pairs, waiting children, waiting steps, sponsor steps, household at sponsor."""

    def __init__(self, objectives: Objectives, pairs: ListedPairs, face: Face) -> None:
        self.objectives, self.pairs, self.face = objectives, pairs, face
        problem = objectives.problem
        self.waiting = np.flatnonzero(face.may_wait)
        place_steps = face.waiting_high - face.waiting_low
        self.step_place = np.repeat(np.arange(problem.num_kelurahan), place_steps)
        self.step_nth = steps_within(face.waiting_low, face.waiting_high)
        load_steps = face.sponsor_high - face.sponsor_low
        self.load_sponsor = np.repeat(np.arange(problem.num_sponsors), load_steps)
        self.load_nth = steps_within(face.sponsor_low, face.sponsor_high)
        self._bind_households()
        sizes = (
            pairs.child.size,
            self.waiting.size,
            self.step_place.size,
            self.load_sponsor.size,
            self.home_sponsor.size,
        )
        self.at = np.concatenate([[0], np.cumsum(sizes)])
        self.rows = Rows.none()
        self.relaxation = Relaxation(int(self.at[-1]), self.rows)
        self._flow_rows()
        self._sibling_rows()
        self._budget_rows()

    def _bind_households(self) -> None:
        """Give every household that could be split a column per sponsor."""
        problem, pairs = self.objectives.problem, self.pairs
        sponsor = problem.sponsor[pairs.pledge]
        household = problem.household[pairs.child]
        by_child = np.unique(np.stack([household, pairs.child], axis=1), axis=0)
        homes, children = np.unique(by_child[:, 0], return_counts=True)
        both = np.unique(np.stack([household, sponsor], axis=1), axis=0)
        choices = np.bincount(np.searchsorted(homes, both[:, 0]), minlength=homes.size)
        bound = homes[(children > 1) & (choices > 1) & (not self.objectives.policy.split_siblings)]
        both = both[np.isin(both[:, 0], bound)]
        self.home_household, self.home_sponsor = both[:, 0], both[:, 1]
        self._bound_pairs = np.flatnonzero(np.isin(household, bound))

    def _add_rows(
        self,
        row: NDArray[Any],
        column: NDArray[Any],
        value: NDArray[Any],
        low: NDArray[Any],
        high: NDArray[Any],
    ) -> None:
        self.rows.add(
            (row, column, value.astype(np.float64)),
            low.astype(np.float64),
            high.astype(np.float64),
        )

    def _flow_rows(self) -> None:
        problem, pairs, face = self.objectives.problem, self.pairs, self.face
        pair_columns = np.arange(pairs.child.size)
        wait_columns = self.at[1] + np.arange(self.waiting.size)
        one = np.ones(problem.num_children)
        child_row = np.concatenate([pairs.child, self.waiting])
        columns = np.concatenate([pair_columns, wait_columns])
        self._add_rows(child_row, columns, np.ones(columns.size), one, one)
        ones = np.ones(pair_columns.size)
        self._add_rows(pairs.pledge, pair_columns, ones, face.pledge_low, face.pledge_high)
        self._stepped_rows(
            problem.sponsor[pairs.pledge], pair_columns, self.load_sponsor, 3, face.sponsor_low
        )
        self._stepped_rows(
            problem.kelurahan[self.waiting], wait_columns, self.step_place, 2, face.waiting_low
        )

    def _stepped_rows(
        self,
        owner: NDArray[Any],
        columns: NDArray[Any],
        step_owner: NDArray[Any],
        part: int,
        low: NDArray[np.int64],
    ) -> None:
        """Add rows: what arrives at an owner = its lower bound + its steps."""
        steps = self.at[part] + np.arange(step_owner.size)
        self._add_rows(
            np.concatenate([owner, step_owner]),
            np.concatenate([columns, steps]),
            np.concatenate([np.ones(columns.size), -np.ones(steps.size)]),
            low,
            low,
        )

    def _sibling_rows(self) -> None:
        """Add rows: a child's pairs with a sponsor need the household there; one sponsor each."""
        problem, pairs, bound = self.objectives.problem, self.pairs, self._bound_pairs
        if not bound.size:
            return
        width = problem.num_sponsors
        homes = np.unique(self.home_household)
        home_key = np.searchsorted(homes, self.home_household) * width + self.home_sponsor
        sponsor = problem.sponsor[pairs.pledge[bound]]
        household = np.searchsorted(homes, problem.household[pairs.child[bound]])
        column = self.at[4] + np.searchsorted(home_key, household * width + sponsor)
        links, first, row = np.unique(
            pairs.child[bound].astype(np.int64) * width + sponsor,
            return_index=True,
            return_inverse=True,
        )
        count = links.size
        self._add_rows(
            np.concatenate([row, np.arange(count)]),
            np.concatenate([bound, column[first]]),
            np.concatenate([np.ones(bound.size), -np.ones(count)]),
            np.full(count, -np.inf),
            np.zeros(count),
        )
        self._few_places_rows(bound, column)
        self._add_rows(
            np.searchsorted(homes, self.home_household),
            self.at[4] + np.arange(self.home_household.size),
            np.ones(self.home_household.size),
            np.full(homes.size, -np.inf),
            np.ones(homes.size),
        )

    def _few_places_rows(self, bound: NDArray[np.intp], column: NDArray[np.intp]) -> None:
        """Add rows: where a pledge has fewer places than siblings, they need more of a household.

        They follow from the others for whole columns; halves of a household at two sponsors with
        one place each do not keep them.
        """
        pairs, capacity = self.pairs, self.face.pledge_high
        width = np.int64(capacity.size)
        key = column * width + pairs.pledge[bound]
        keys, row, count = np.unique(key, return_inverse=True, return_counts=True)
        room = capacity[keys % width]
        few = count > room
        place = np.cumsum(few) - 1
        inside = few[row]
        number = int(np.count_nonzero(few))
        self._add_rows(
            np.concatenate([place[row[inside]], np.arange(number)]),
            np.concatenate([bound[inside], keys[few] // width]),
            np.concatenate([np.ones(int(inside.sum())), -room[few].astype(np.float64)]),
            np.full(number, -np.inf),
            np.zeros(number),
        )

    def _budget_rows(self) -> None:
        """Add the rows that bind each pledge where its packages count in rupiah, if they do."""
        if not self.objectives.counts_rupiah:
            return
        pairs, columns = self.pairs, np.arange(self.pairs.child.size)
        package = self.objectives.problem.package[pairs.child]
        for weight, limit in zip(*self.objectives.budgets.rows, strict=True):
            counts = weight[pairs.pledge, package].astype(np.float64)
            nothing = np.full(limit.size, -np.inf)
            self._add_rows(pairs.pledge, columns, counts, nothing, limit.astype(np.float64))

    def parts(self, name: LevelName) -> list[NDArray[np.float64]]:
        """Return the costs of the columns that a level minimises, one after the other.

        Under the sibling rule sets of children are no matroid, so that tiers and shares have to be
        minimised in their order; all other levels are one sum.
        """
        if name is LevelName.TIER:
            return self._tier_parts()
        if name is LevelName.LEXIMIN:
            return self._share_parts()
        cost = np.zeros(self.at[-1])
        cost[: self.at[1]] = self.pairs.working_cost(name)
        cost[self.at[1] : self.at[2]] = self.objectives.uncovered_cost(name)[self.waiting]
        cost[self.at[3] : self.at[4]] = self.objectives.sponsor_step(name) * self.load_nth
        return [cost]

    def _tier_parts(self) -> list[NDArray[np.float64]]:
        tier = self.objectives.problem.tier[self.waiting]
        parts = []
        for each in np.unique(tier):
            cost = np.zeros(self.at[-1])
            cost[self.at[1] : self.at[2]] = tier == each
            parts.append(cost)
        return parts

    def _share_parts(self) -> list[NDArray[np.float64]]:
        """Return, from the lowest share upwards, how many kelurahan are at most there.

        A few shares are packed into one part, as digits, as far as the solver's precision allows.
        """
        problem = self.objectives.problem
        size = np.bincount(problem.kelurahan, minlength=problem.num_kelurahan)[self.step_place]
        share = (size - self.step_nth) / np.maximum(size, 1)
        before = (size - self.step_nth + 1) / np.maximum(size, 1)
        base = problem.num_kelurahan + 1
        digits = max(1, int(np.log(1e6) / np.log(base)))
        shares = np.unique(share)
        parts = []
        for at in range(0, shares.size, digits):
            cost = np.zeros(self.at[-1])
            for share_now in shares[at : at + digits]:
                crossing = (share <= share_now) & (before > share_now)
                cost[self.at[2] : self.at[3]] *= base
                cost[self.at[2] : self.at[3]] += crossing
            parts.append(cost)
        return parts

    def value(self, part: NDArray[np.float64], pledge_of: NDArray[np.int32]) -> int:
        """Return what a matching costs on a part."""
        return round(float(part @ self._columns_of(pledge_of)))

    def hold(self, part: NDArray[np.float64], pledge_of: NDArray[np.int32]) -> None:
        """Let a part from now on cost at most what it does in a matching."""
        columns = np.flatnonzero(part)
        row = np.zeros(columns.size, dtype=np.int64)
        limit = np.array([float(self.value(part, pledge_of))])
        self._add_rows(row, columns, part[columns], np.array([-np.inf]), limit)

    def fits(self, pledge_of: NDArray[np.int32]) -> bool:
        """Return whether a matching has columns here, and none otherwise than fixed."""
        column = self._columns_of(pledge_of)
        has_pairs = round(column[: self.at[1]].sum()) == np.count_nonzero(pledge_of >= 0)
        within = (self.relaxation.low <= column) & (column <= self.relaxation.high)
        return has_pairs and bool(within.all())

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
        relaxed = None if effort.is_spent else self.relaxation.solve(part, effort)
        if relaxed is None:
            return pledge_of, 0
        pledge_of = self._better(part, pledge_of, relaxed.column)
        self._fix_by(relaxed, part, pledge_of)
        pledge_of, least = self._search(part, pledge_of, relaxed, effort)
        self._fix_by(relaxed, part, pledge_of)
        return pledge_of, min(least, self.value(part, pledge_of))

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

        Searches first among all that costs no more than the bound, then a part of the way up, then
        all. A best one that is within the room searched is best of all.
        """
        least = max(0, math.ceil(relaxed.bound - TOLERANCE))
        rooms = iter(ROOMS)
        while least < self.value(part, pledge_of) and not effort.is_spent:
            room = max(least - relaxed.bound, 0.0)
            above = self.value(part, pledge_of) - least
            share = next(rooms)
            if self._open(relaxed, room + share * above) > WORTH * self._open(
                relaxed, room + above
            ):
                share = 1.0
            room += share * above
            found, bound = self._searched(part, pledge_of, relaxed, room + TOLERANCE, effort)
            limit = math.floor(relaxed.bound + room + TOLERANCE) + 1
            pledge_of, least = found, max(least, min(bound, limit))
        return pledge_of, least

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
        column = self._columns_of(pledge_of)
        is_inside = bool(((bounds[0] <= column) & (column <= bounds[1])).all())
        highs = search_for(part, bounds, rows, effort, column if is_inside else None)
        values = np.array(highs.getSolution().col_value)
        if values.size and part @ values > highs.getObjectiveValue() + TOLERANCE:
            # HiGHS 1.16 may give the start back beside the objective of a better solution.
            highs = search_for(part, bounds, rows, effort, None)
            values = np.array(highs.getSolution().col_value)
        if highs.getModelStatus() == INFEASIBLE:
            return pledge_of, EVERYTHING
        bound = highs.getInfo().mip_dual_bound
        least = max(0, math.ceil(bound - TOLERANCE)) if math.isfinite(bound) else 0
        if highs.getInfo().primal_solution_status == FEASIBLE:
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

    def _columns_of(self, pledge_of: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return a matching as values of the columns."""
        problem, pairs = self.objectives.problem, self.pairs
        covered = np.flatnonzero(pledge_of >= 0)
        load = np.bincount(problem.sponsor[pledge_of[covered]], minlength=problem.num_sponsors)
        left = np.bincount(problem.kelurahan[pledge_of < 0], minlength=problem.num_kelurahan)
        homes = problem.household[covered] * problem.num_sponsors
        homes = homes + problem.sponsor[pledge_of[covered]]
        at_home = self.home_household * problem.num_sponsors + self.home_sponsor
        return np.concatenate(
            [
                pledge_of[pairs.child] == pairs.pledge,
                pledge_of[self.waiting] < 0,
                self.step_nth <= left[self.step_place],
                self.load_nth <= load[self.load_sponsor],
                np.isin(at_home, homes),
            ]
        ).astype(np.float64)
