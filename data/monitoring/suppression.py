"""Which cells of tables that add up must be hidden so that no small count can be worked out.

A count of one to four can point at a child, so it is not published (primary suppression); and
where totals are published too, other cells have to go with it (complementary suppression). What an
outsider can work out is computed exactly: the least and the largest value that each small cell can
have, given every published figure and every sum. Source: Hundepool et al., Statistical Disclosure
Control (2012), chapter 4; taking the smallest neighbour first is ours.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from data.monitoring import SMALLEST_SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Outsider", "Sum", "suppressed"]

Cell = TypeVar("Cell", bound=Hashable)

TOLERANCE = 1e-6
UNBOUNDED = 3
"""What :func:`scipy.optimize.linprog` calls a value that can be as large as one likes."""


@dataclass(frozen=True, slots=True)
class Sum(Generic[Cell]):
    """A sum that outsiders know to hold: the parts make up the whole."""

    whole: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The whole, then its parts."""
        return (self.whole, *self.parts)


def suppressed(
    counts: Mapping[Cell, int],
    sums: Sequence[Sum[Cell]],
    *,
    unpublished: Collection[Cell] = frozenset(),
    hidden_elsewhere: Collection[Cell] = frozenset(),
    reached: Callable[[float], None] = lambda _share: None,
) -> frozenset[Cell]:
    """Return the cells to hide.

    Every count of 1 to 4 is hidden, and as many others as it takes until an outsider cannot narrow
    any of those counts, or one that another publication hides, to a range of fewer than five
    values. Zeros are shown.

    Parameters
    ----------
    counts
        What stands in each cell, not negative; every cell of a sum has to be here.
    sums
        All sums that outsiders know.
    unpublished
        Cells that no table shows but that could be worked out (who is *not* in a share); they are
        protected like the others and are part of the answer.
    hidden_elsewhere
        Cells that another publication hides: shown here, or worked out from here, they would undo
        it. None of them is nought.
    reached
        Told the share done (0 to 1) before each cell that is looked at; it may raise to end it.

    Raises
    ------
    ValueError
        When a sum does not hold.
    """
    for each in sums:
        if counts[each.whole] != sum(counts[part] for part in each.parts):
            raise ValueError(f"{each.whole} is not the sum of its parts")
    small = [cell for cell, count in counts.items() if 0 < count < SMALLEST_SHOWN]
    hidden = {*small, *unpublished, *hidden_elsewhere}
    outsider = Outsider(counts, sums, hidden, unpublished=unpublished)
    protected = dict.fromkeys((*small, *hidden_elsewhere))
    for number, cell in enumerate(protected):
        reached(number / len(protected))
        outsider.leave_in_the_dark(cell)
    return frozenset(outsider.hidden)


class Outsider(Generic[Cell]):
    """Somebody who has every published table, knows the sums, and that zeros are not hidden."""

    def __init__(
        self,
        counts: Mapping[Cell, int],
        sums: Sequence[Sum[Cell]],
        hidden: Collection[Cell],
        *,
        unpublished: Collection[Cell] = frozenset(),
    ) -> None:
        self.hidden = set(hidden)
        self._counts, self._sums, self._unpublished = counts, sums, frozenset(unpublished)
        self._cells = list(counts)
        self._place = {cell: column for column, cell in enumerate(self._cells)}
        self._values = np.array([counts[cell] for cell in self._cells], dtype=float)
        self._floors = np.array([self._floor(cell) for cell in self._cells], dtype=float)
        self._least, self._most = self._values.copy(), self._values.copy()
        self._matrix = self._signs()
        self._sums_of: defaultdict[Cell, list[int]] = defaultdict(list)
        for i, each in enumerate(sums):
            for cell in each.cells:
                self._sums_of[cell].append(i)
        self._giving_away: list[int] = []
        self._system: _System | None = None

    def _signs(self) -> csr_array:
        """Return the sums as rows over all cells: the whole -1, its parts 1."""
        entries = [
            (sign, row, self._place[cell])
            for row, each in enumerate(self._sums)
            for cell, sign in ((each.whole, -1.0), *((part, 1.0) for part in each.parts))
        ]
        shape = (len(self._sums), len(self._cells))
        if not entries:
            return csr_array(shape)
        signs, rows, columns = zip(*entries, strict=True)
        return coo_array((signs, (rows, columns)), shape=shape).tocsr()

    def leave_in_the_dark(self, cell: Cell) -> None:
        """Hide others, the smallest first, until a hidden cell is protected.

        Where nothing around it is shown any more, nothing can be worked out.
        """
        while not self.is_in_the_dark(cell):
            following = self.next_to_hide(cell)
            if following is None:
                return
            self._hide(following)

    def is_in_the_dark(self, cell: Cell) -> bool:
        """Return whether at least five values of a hidden cell can be believed.

        False where the solver cannot tell: rather one figure too many is hidden.
        """
        if self._has_room(cell):
            return True
        return any(math.isinf(self._end(cell, way)) or self._has_room(cell) for way in (-1, 1))

    def range_of(self, cell: Cell) -> tuple[float, float]:
        """Return the least and the largest value (maybe infinite) a hidden cell can have."""
        return self._end(cell, 1), self._end(cell, -1)

    def next_to_hide(self, cell: Cell) -> Cell | None:
        """Return the smallest shown count in the sums that give a cell away; parts first."""
        giving_away = [self._sums[i] for i in self._giving_away]
        linked = [self._sums[i] for i in self._now.around(self._place[cell])[1]]
        for group in (
            [part for each in giving_away for part in each.parts],
            [each.whole for each in giving_away],
            [one for each in linked for one in each.cells],
        ):
            shown = [one for one in group if self._is_shown(one)]
            if shown:
                return min(shown, key=lambda one: self._counts[one])
        return None

    def _is_shown(self, cell: Cell) -> bool:
        return bool(self._counts[cell]) and cell not in self.hidden

    def _has_room(self, cell: Cell) -> bool:
        at = self._place[cell]
        return bool(self._most[at] - self._least[at] >= SMALLEST_SHOWN - 1)

    def _hide(self, cell: Cell) -> None:
        self.hidden.add(cell)
        self._system = None

    def _floor(self, cell: Cell) -> int:
        return 0 if cell in self._unpublished else 1

    @property
    def _now(self) -> _System:
        """What is hidden now, as unknowns."""
        if self._system is None:
            is_hidden = np.array([cell in self.hidden for cell in self._cells])
            self._system = _System.of(self._matrix, is_hidden, self._values)
        return self._system

    def _end(self, cell: Cell, way: int) -> float:
        """Return the least (way 1) or the largest (way -1) value that a cell can have.

        Its own count where the solver fails, as if it could be worked out.
        """
        cells, sums = self._now.around(self._place[cell])
        if not len(sums):
            return self._floor(cell) if way > 0 else math.inf
        found = self._reach(cell, way, cells, sums)
        if found.status == UNBOUNDED:
            return -way * math.inf
        if not found.success:
            self._giving_away = []
            return self._counts[cell]
        # What one possible table says of all its cells is kept: hiding more leaves it possible.
        self._least[cells] = np.minimum(self._least[cells], np.ceil(found.x - TOLERANCE))
        self._most[cells] = np.maximum(self._most[cells], np.floor(found.x + TOLERANCE))
        self._giving_away = list(sums[np.abs(found.eqlin.marginals) > TOLERANCE])
        end = way * float(found.fun)
        return math.ceil(end - TOLERANCE) if way > 0 else math.floor(end + TOLERANCE)

    def _reach(
        self, cell: Cell, way: int, cells: NDArray[np.intp], sums: NDArray[np.intp]
    ) -> OptimizeResult:
        """Ask the solver for one end of a cell; again without presolve where it cannot say.

        What is true is always possible, but presolve may leave open whether a problem has no bound
        or no solution.
        """
        asked: dict[str, Any] = {
            "c": way * (cells == self._place[cell]),
            "A_eq": self._matrix[sums][:, cells],
            "b_eq": self._now.known[sums],
            "bounds": np.column_stack((self._floors[cells], np.full(len(cells), np.inf))),
        }
        found = linprog(**asked)
        if found.success or found.status == UNBOUNDED:
            return found
        return linprog(**asked, options={"presolve": False})


@dataclass(frozen=True, slots=True)
class _System:
    """The hidden cells as unknowns: which sums tie them together, and what is known of each sum."""

    group_of_cell: NDArray[np.intp]
    """Number of the group of linked cells; -1 for a shown one."""
    group_of_sum: NDArray[np.intp]
    """The same of the sums; -1 where nothing is hidden in it."""
    known: NDArray[np.float64]

    @classmethod
    def of(
        cls, matrix: csr_array, is_hidden: NDArray[np.bool_], values: NDArray[np.float64]
    ) -> _System:
        num_sums, num_cells = matrix.shape
        unknown = np.flatnonzero(is_hidden)
        own = matrix[:, unknown].tocoo()
        links = coo_array(
            (np.ones(own.nnz), (own.row, own.col + num_sums)),
            shape=(num_sums + len(unknown), num_sums + len(unknown)),
        )
        _, groups = connected_components(links, directed=False)
        of_cell = np.full(num_cells, -1)
        of_cell[unknown] = groups[num_sums:]
        of_sum = np.full(num_sums, -1)
        of_sum[own.row] = groups[own.row]
        return cls(of_cell, of_sum, -(matrix @ np.where(is_hidden, 0.0, values)))

    def around(self, cell: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the cells and the sums of one cell's group."""
        group = self.group_of_cell[cell]
        return np.flatnonzero(self.group_of_cell == group), np.flatnonzero(
            self.group_of_sum == group
        )
