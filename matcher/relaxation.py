"""The linear relaxation of a model that grows and narrows, kept warm in HiGHS between levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from matcher.highs import new_highs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.effort import Effort

    Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]
    Entries = tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]

STEPS_PER_ITERATION = 0.02
"""What one iteration of the simplex method counts, where one look of the search counts 1."""


@dataclass
class Rows:
    """Rows of a model: entries (row, column, value) and bounds."""

    row: NDArray[Any]
    column: NDArray[Any]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def none(cls) -> Rows:
        """Return no rows."""
        nothing = np.empty(0, dtype=np.int64)
        return cls(nothing, nothing, np.empty(0), np.empty(0), np.empty(0))

    @property
    def number(self) -> int:
        """How many rows there are."""
        return int(self.low.size)

    def add(
        self,
        entries: Entries,
        low: NDArray[np.float64],
        high: NDArray[np.float64],
    ) -> None:
        """Add rows; theirs are numbered from 0."""
        row, column, value = entries
        self.row = np.concatenate([self.row, row + self.number])
        self.column = np.concatenate([self.column, column])
        self.value = np.concatenate([self.value, value])
        self.low, self.high = np.concatenate([self.low, low]), np.concatenate([self.high, high])


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The optimum of a relaxation: its bound, columns, their reduced costs, prices of the rows."""

    bound: float
    column: NDArray[np.float64]
    reduced: NDArray[np.float64]
    price: NDArray[np.float64]


class Relaxation:
    """Columns between 0 and 1, rows, and what has been fixed."""

    def __init__(self, num_columns: int, rows: Rows) -> None:
        self.rows = rows
        self.low = np.zeros(num_columns)
        self.high = np.ones(num_columns)
        self._highs: Any = None
        self._rows_known = 0

    def fix(self, low: NDArray[np.bool_], high: NDArray[np.bool_]) -> None:
        """Fix columns at their lower and at their upper bounds."""
        self.high[low] = self.low[low]
        self.low[high] = self.high[high]

    def fix_by(self, relaxed: Relaxed, room: float) -> None:
        """Fix what no whole solution can have otherwise that costs at most so much more.

        Columns are 0 or 1 and rows whole, so that leaving a bound costs a reduced cost at least.
        """
        self.low, self.high = self.within(relaxed, room)
        low, high = self.rows.low, self.rows.high
        at_low = np.flatnonzero((relaxed.price > room) & np.isfinite(low[: relaxed.price.size]))
        high[at_low] = low[at_low]
        at_high = np.flatnonzero((relaxed.price < -room) & np.isfinite(high[: relaxed.price.size]))
        low[at_high] = high[at_high]

    def within(self, relaxed: Relaxed, room: float) -> Bounds:
        """Return the bounds of the columns of whole solutions that cost at most so much more."""
        low = np.where(relaxed.reduced < -room, self.high, self.low)
        return low, np.where(relaxed.reduced > room, self.low, self.high)

    def solve(self, cost: NDArray[np.float64], effort: Effort) -> Relaxed | None:
        """Return the optimum, None if it takes more than the effort left."""
        highs = self._brought_up_to_date(cost)
        most = effort.work / (STEPS_PER_ITERATION * cost.size)
        highs.setOptionValue("simplex_iteration_limit", max(1, int(min(most, 2**30))))
        highs.setOptionValue("time_limit", highs.getRunTime() + effort.seconds)
        highs.run()
        taken = max(0, highs.getInfo().simplex_iteration_count)
        effort.spend(STEPS_PER_ITERATION * taken * cost.size)
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            effort.is_late()
            return None
        solution = highs.getSolution()
        price = np.array(solution.row_dual)
        reduced = np.array(solution.col_dual)
        return Relaxed(self._bound(cost, price), np.array(solution.col_value), reduced, price)

    def _bound(self, cost: NDArray[np.float64], price: NDArray[np.float64]) -> float:
        """Return the Lagrangian value of the prices, which is a bound whatever they are."""
        rows = self.rows
        limit = np.where(price > 0, rows.low, rows.high)
        used = price != 0
        finite = np.isfinite(limit) | ~used
        price = np.where(finite, price, 0.0)
        reduced = cost - np.bincount(
            rows.column, weights=rows.value * price[rows.row], minlength=cost.size
        )
        held = float((price[used & finite] * limit[used & finite]).sum())
        least = np.minimum(reduced * self.low, reduced * self.high)
        return held + float(least.sum())

    def _brought_up_to_date(self, cost: NDArray[np.float64]) -> Any:
        """Return HiGHS with the present costs, bounds and rows, and the basis that it had."""
        rows = self.rows
        if self._highs is None:
            self._highs = new_highs()
            for option, value in (("threads", 1), ("solver", "simplex"), ("random_seed", 0)):
                self._highs.setOptionValue(option, value)
            self._highs.passModel(lp_of(cost, self.low, self.high, rows))
        else:
            every = np.arange(cost.size, dtype=np.int32)
            self._highs.changeColsCost(cost.size, every, cost)
            self._highs.changeColsBounds(cost.size, every, self.low, self.high)
            known = np.arange(self._rows_known, dtype=np.int32)
            self._highs.changeRowsBounds(
                known.size, known, rows.low[: known.size], rows.high[: known.size]
            )
            self._add_new_rows()
        self._rows_known = rows.number
        return self._highs

    def _add_new_rows(self) -> None:
        rows, known = self.rows, self._rows_known
        new = np.flatnonzero(rows.row >= known)
        new = new[np.argsort(rows.row[new], kind="stable")]
        sizes = np.bincount(rows.row[new] - known, minlength=rows.number - known)
        self._highs.addRows(
            rows.number - known,
            rows.low[known:],
            rows.high[known:],
            new.size,
            np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32),
            rows.column[new].astype(np.int32),
            rows.value[new],
        )


def lp_of(
    cost: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64], rows: Rows
) -> Any:
    """Return a model in HiGHS's row-wise form."""
    order = np.lexsort((rows.column, rows.row))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = cost.size, rows.number
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = low, high
    lp.row_lower_, lp.row_upper_ = rows.low, rows.high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    counts = np.bincount(rows.row, minlength=rows.number)
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(counts)])
    lp.a_matrix_.index_, lp.a_matrix_.value_ = rows.column[order], rows.value[order]
    return lp


def search_for(
    cost: NDArray[np.float64],
    bounds: Bounds,
    rows: Rows,
    effort: Effort,
    start: NDArray[np.float64] | None,
    look: int = 1,
    most: float = np.inf,
) -> Any:
    """Return HiGHS after its search over whole columns, from some or from nothing.

    One look counts the columns that are open, at least `look`. What costs more than `most` counts
    for nothing: the search ends as infeasible, or with something dearer.
    """
    highs = new_highs()
    for option, value in (
        ("threads", 1),
        ("random_seed", 0),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.99),
        ("time_limit", effort.seconds),
        ("objective_bound", most),
    ):
        highs.setOptionValue(option, value)
    lp = lp_of(cost, *bounds, rows)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * cost.size
    highs.passModel(lp)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    open_columns = max(look, int(np.count_nonzero(bounds[0] < bounds[1])))
    highs.cbMipInterrupt.subscribe(_counting(effort, open_columns))
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
        effort.is_late()
    return highs


def _counting(effort: Effort, each: int) -> Callable[[Any], None]:
    """Return what counts the looks of a search, and stops it when the work is spent."""

    def look(event: Any) -> None:
        effort.spend(each)
        if effort.work <= 0:
            event.interrupt()

    return look
