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
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from data.monitoring import SMALLEST_SHOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["Outsider", "Sum", "suppressed"]

Cell = TypeVar("Cell", bound=Hashable)

TOLERANCE = 1e-6


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
    for cell in dict.fromkeys((*small, *hidden_elsewhere)):
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
        self._counts, self._sums, self._unpublished = counts, sums, unpublished
        self._believable = {cell: (count, count) for cell, count in counts.items()}
        self._giving_away: list[int] = []
        self._sums_of: defaultdict[Cell, list[int]] = defaultdict(list)
        for i, each in enumerate(sums):
            for cell in each.cells:
                self._sums_of[cell].append(i)

    def leave_in_the_dark(self, cell: Cell) -> None:
        """Hide others, the smallest first, until a hidden cell is protected."""
        while not self.is_in_the_dark(cell):
            self.hidden.add(self.next_to_hide(cell))

    def is_in_the_dark(self, cell: Cell) -> bool:
        """Return whether at least five values of a hidden cell can be believed."""
        for way in (-1, 1):
            least, most = self._believable[cell]
            if most - least >= SMALLEST_SHOWN - 1 or math.isinf(self._end(cell, way)):
                return True
        least, most = self._believable[cell]
        return most - least >= SMALLEST_SHOWN - 1

    def range_of(self, cell: Cell) -> tuple[float, float]:
        """Return the least and the largest value (maybe infinite) a hidden cell can have."""
        return self._end(cell, 1), self._end(cell, -1)

    def _end(self, cell: Cell, way: int) -> float:
        """Return the least (way 1) or the largest (way -1) value that a cell can have."""
        cells, sums = self._linked(cell)
        place = {one: column for column, one in enumerate(cells)}
        if not sums:
            return self._floor(cell) if way > 0 else math.inf
        known = np.zeros(len(sums))
        entries = []
        for row, i in enumerate(sums):
            whole, *parts = self._sums[i].cells
            for one, sign in ((whole, -1.0), *((part, 1.0) for part in parts)):
                if one in place:
                    entries.append((sign, row, place[one]))
                else:
                    known[row] -= sign * self._counts[one]
        signs, rows, columns = zip(*entries, strict=True)
        matrix = coo_array((signs, (rows, columns)), shape=(len(sums), len(cells))).tocsr()
        goal = np.zeros(len(cells))
        goal[place[cell]] = way
        floors = [(self._floor(one), None) for one in cells]
        found = linprog(goal, A_eq=matrix, b_eq=known, bounds=floors)
        if not found.success:
            return math.inf
        self._remember(cells, found.x)
        self._giving_away = [
            i
            for i, price in zip(sums, found.eqlin.marginals, strict=True)
            if abs(price) > TOLERANCE
        ]
        end = way * float(found.fun)
        return math.ceil(end - TOLERANCE) if way > 0 else math.floor(end + TOLERANCE)

    def next_to_hide(self, cell: Cell) -> Cell:
        """Return the smallest shown count in the sums that give a cell away; parts first."""
        giving_away = [self._sums[i] for i in self._giving_away]
        linked = [self._sums[i] for i in self._linked(cell)[1]]
        for group in (
            [part for each in giving_away for part in each.parts],
            [each.whole for each in giving_away],
            [one for each in linked for one in each.cells],
        ):
            shown = [one for one in group if self._counts[one] and one not in self.hidden]
            if shown:
                return min(shown, key=lambda one: self._counts[one])
        raise AssertionError("where nothing is shown, nothing can be worked out")

    def _remember(self, cells: Sequence[Cell], values: np.ndarray) -> None:
        """Keep what one possible table says of all its cells; hiding more leaves it possible."""
        for cell, low, high in zip(
            cells, np.ceil(values - TOLERANCE), np.floor(values + TOLERANCE), strict=True
        ):
            least, most = self._believable[cell]
            self._believable[cell] = (min(least, int(low)), max(most, int(high)))

    def _floor(self, cell: Cell) -> int:
        return 0 if cell in self._unpublished else 1

    def _linked(self, cell: Cell) -> tuple[list[Cell], list[int]]:
        """Return the hidden cells that say something of a cell, and the sums that link them."""
        cells, sums = {cell: None}, dict[int, None]()
        waiting = [cell]
        while waiting:
            for i in self._sums_of[waiting.pop()]:
                sums[i] = None
                fresh = [
                    one for one in self._sums[i].cells if one in self.hidden and one not in cells
                ]
                cells |= dict.fromkeys(fresh)
                waiting += fresh
        return list(cells), list(sums)
