"""One level under the sibling rule, as a mixed-integer programme: the formulation for HiGHS."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from matcher.flow import steps_within
from matcher.highs import new_highs
from matcher.policy import LevelName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.face import Face
    from matcher.objectives import Objectives
    from matcher.pairs import ListedPairs


FEASIBLE = 2
"""What HiGHS calls a solution that keeps all rows."""
TOLERANCE = 1e-4
"""Costs of parts are whole numbers; a bound this little above one is that one."""


def search(
    objectives: Objectives,
    name: LevelName,
    pairs: ListedPairs,
    face: Face,
    *,
    pledge_of: NDArray[np.int32],
    relaxed: NDArray[np.int32] | None,
    held: Sequence[LevelName],
    seconds: float,
) -> NDArray[np.int32] | None:
    """Return a best matching of a level among the given pairs, None if not proved in time.

    Parameters
    ----------
    pledge_of
        A matching that obeys the rule, to start from.
    relaxed
        A best matching of the level without the rule: as far as `pledge_of` equals it, part by
        part, nothing needs to be searched. None if there is none on this face.
    held
        Levels before this one that are above the flow's bound, to be kept as `pledge_of` has them.
    """
    model = Model(objectives, pairs, face)
    ends = time.perf_counter() + seconds
    for level in held:
        for part in model.parts(level):
            model.hold(part, pledge_of)
    still_equal = relaxed is not None
    for part in model.parts(name):
        reached = model.value(part, pledge_of)
        if relaxed is not None:
            still_equal = still_equal and reached == model.value(part, relaxed)
        if not still_equal and reached > 0:
            found = model.solve(part, pledge_of, ends - time.perf_counter())
            if found is None:
                return None
            pledge_of = found
        model.hold(part, pledge_of)
    return pledge_of


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
        self.rows: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        self.row_low: list[NDArray[Any]] = []
        self.row_high: list[NDArray[Any]] = []
        self.num_rows = 0
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
        self.rows.append((row + self.num_rows, column, value))
        self.row_low.append(low)
        self.row_high.append(high)
        self.num_rows += low.size

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
        self._add_rows(
            np.searchsorted(homes, self.home_household),
            self.at[4] + np.arange(self.home_household.size),
            np.ones(self.home_household.size),
            np.full(homes.size, -np.inf),
            np.ones(homes.size),
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

    def hold(
        self, part: NDArray[np.float64], pledge_of: NDArray[np.int32], *, may_fall: bool = False
    ) -> None:
        """Add the row that keeps a part as a matching has it, exactly or at most."""
        columns = np.flatnonzero(part)
        row = np.zeros(columns.size, dtype=np.int64)
        limit = np.array([float(self.value(part, pledge_of))])
        least = np.array([-np.inf]) if may_fall else limit
        self._add_rows(row, columns, part[columns], least, limit)

    def solve(
        self, part: NDArray[np.float64], pledge_of: NDArray[np.int32], seconds: float
    ) -> NDArray[np.int32] | None:
        """Return the pairs of a proved optimum of a part, None if time ran out."""
        found, bound = self.best(part, pledge_of, seconds)
        return found if bound >= self.value(part, found) else None

    def best(
        self, part: NDArray[np.float64], pledge_of: NDArray[np.int32], seconds: float
    ) -> tuple[NDArray[np.int32], int]:
        """Return the best pairs found for a part, from some on, and what none can cost less."""
        if seconds <= 0:
            return pledge_of, 0
        highs = self._run(part, seconds, start=self._columns_of(pledge_of))
        values = np.array(highs.getSolution().col_value)
        if values.size and part @ values > highs.getObjectiveValue() + TOLERANCE:
            # HiGHS 1.16 may give the start back beside the objective of a better solution.
            highs = self._run(part, seconds, start=None)
            values = np.array(highs.getSolution().col_value)
        bound = highs.getInfo().mip_dual_bound
        least = max(0, math.ceil(bound - TOLERANCE)) if math.isfinite(bound) else 0
        if highs.getInfo().primal_solution_status != FEASIBLE:
            return pledge_of, least
        used = values[: self.at[1]] > 0.5
        found = np.full(self.objectives.problem.num_children, -1, dtype=np.int32)
        found[self.pairs.child[used]] = self.pairs.pledge[used]
        if self.value(part, found) > self.value(part, pledge_of):
            return pledge_of, least
        return found, min(least, self.value(part, found))

    def _run(
        self, part: NDArray[np.float64], seconds: float, *, start: NDArray[np.float64] | None
    ) -> Any:
        """Return HiGHS after its search, from the columns of a matching or from nothing."""
        highs = new_highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 0),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.5),
            ("time_limit", seconds),
        ):
            highs.setOptionValue(option, value)
        highs.passModel(self._lp(part))
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            highs.setSolution(solution)
        highs.run()
        return highs

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

    def _lp(self, part: NDArray[np.float64]) -> Any:
        """Return the model in HiGHS's row-wise form."""
        row = np.concatenate([part[0] for part in self.rows])
        column = np.concatenate([part[1] for part in self.rows])
        value = np.concatenate([part[2] for part in self.rows])
        order = np.lexsort((column, row))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = int(self.at[-1]), self.num_rows
        lp.col_cost_ = part
        lp.col_lower_, lp.col_upper_ = np.zeros(self.at[-1]), np.ones(self.at[-1])
        lp.row_lower_, lp.row_upper_ = np.concatenate(self.row_low), np.concatenate(self.row_high)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate(
            [[0], np.cumsum(np.bincount(row, minlength=self.num_rows))]
        )
        lp.a_matrix_.index_, lp.a_matrix_.value_ = column[order], value[order]
        lp.integrality_ = [highspy.HighsVarType.kInteger] * int(self.at[-1])
        return lp
