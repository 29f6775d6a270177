"""What places are worth: one more, one less, and several new ones in a kelurahan, exactly.

One place more gains what a cheapest path from the sink to it saves; one less loses what a cheapest
path away from it costs (the minimal and the maximal price of the place). Several are filled one
after the other along such paths, which is exact because gains only fall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.policy import LevelName
from matcher.residual import FAR, Path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.residual import Residual


@dataclass(frozen=True)
class PlaceWorth:
    """What a place is worth to the month.

    Attributes
    ----------
    where
        Code of the pledge or kelurahan.
    gain
        What each level saves by one place more; empty if nothing would change.
    covers
        The child newly covered by it, perhaps by others moving up.
    loss
        What each level costs more by one place less; None where that cannot be, because all
        its children are fixed or it has no place.
    uncovers
        The child who would then wait.
    rupiah
        Where rupiah count: so many more at the pledge are what covers the child, and `gain` and
        `covers` are what they bring at least; what less would cost is not known then.
    """

    where: str
    gain: dict[LevelName, int]
    covers: str | None
    loss: dict[LevelName, int] | None = None
    uncovers: str | None = None
    rupiah: int | None = None


@dataclass(frozen=True)
class NextPlace:
    """One of several new places: what it gains, whom it newly covers (-1: nobody)."""

    gain: dict[LevelName, int]
    covers: int


class Places:
    """The worth of places in one solved month."""

    def __init__(self, residual: Residual) -> None:
        self.residual = residual
        self.num_filled = 0
        """Places filled so far: the work done."""

    def worth(self) -> list[PlaceWorth]:
        """Return the worth of each pledge's places, the most gaining first."""
        residual = self.residual
        found = []
        plus = residual.distances(residual.sink)
        minus = residual.distances(residual.sink, backward=True)
        for pledge in range(residual.given.num_pledges):
            gain, covers = self._one_more(pledge, plus)
            loss, uncovers = self._one_less(pledge, minus)
            code = residual.problem.pledge_ids[pledge]
            found.append((gain, PlaceWorth(code, *self._said(gain, covers), loss, uncovers)))
        names = residual.policy.levels
        return [
            worth
            for _, worth in sorted(
                found,
                key=lambda each: (
                    [each[0].get(name, 0) for name in names],
                    each[1].where,
                ),
            )
        ]

    def _said(
        self, change: dict[LevelName, int], covers: int
    ) -> tuple[dict[LevelName, int], str | None]:
        gain = {name: -cost for name, cost in change.items()}
        return gain, self.residual.problem.child_ids[covers] if covers >= 0 else None

    def _one_more(
        self, pledge: int, plus: tuple[NDArray[np.int64], NDArray[np.int64]]
    ) -> tuple[dict[LevelName, int], int]:
        """Return by how much levels change with one place more, and who is newly covered."""
        residual = self.residual
        if residual.load[pledge] < residual.capacity[pledge]:
            return {}, -1
        change, path = _entering(residual, pledge, plus)
        if path is None:
            return {}, -1
        return change, _newly_covered(residual, path)

    def _one_less(
        self, pledge: int, minus: tuple[NDArray[np.int64], NDArray[np.int64]]
    ) -> tuple[dict[LevelName, int] | None, str | None]:
        """Return what one place less costs, and who would wait."""
        residual = self.residual
        if residual.capacity[pledge] == 0:
            return None, None
        if residual.load[pledge] < residual.capacity[pledge]:
            return {}, None
        least, after = minus
        sponsor = residual.problem.sponsor[pledge]
        saved = residual.packed({LevelName.SPREAD: -int(residual.total[sponsor])})
        best, moves = least[:, pledge] + saved, None
        if least[0, pledge] <= FAR:
            moves = _backward_path(residual, after, pledge).moves
        free = (residual.problem.sponsor == sponsor) & (residual.load < residual.capacity)
        if free.any():
            forward, before = residual.distances(pledge)
            for other in np.flatnonzero(free).tolist():
                if forward[0, other] <= FAR and tuple(forward[:, other]) < tuple(best):
                    best = forward[:, other]
                    moves = residual.path(before, pledge, other).moves
        if moves is None:
            return None, None
        waits = _balance(residual, moves)[1]
        return residual.levels(best), residual.problem.child_ids[waits] if waits >= 0 else None

    def at_new_pledge(self, kelurahan: int, places: int) -> list[NextPlace]:
        """Return what up to so many new places of a new sponsor in a kelurahan would bring.

        The list ends where one more place would change nothing.
        """
        return self.at_pledge(self.residual.new_pledge(kelurahan), places)

    def at_pledge(self, pledge: int, places: int) -> list[NextPlace]:
        """Return what up to so many more places at a pledge would bring, one after the other."""
        return self._fill(self.residual.copy(), pledge, places)

    def opened(self, pledge: int, children: NDArray[np.bool_]) -> list[NextPlace]:
        """Return what the free places of a pledge would bring if these children could have it."""
        twin = self.residual.copy()
        load, capacity = int(twin.load[pledge]), int(twin.problem.capacity[pledge])
        twin.open_to(pledge, children, load)
        return self._fill(twin, pledge, capacity - load)

    def _fill(self, residual: Residual, pledge: int, places: int) -> list[NextPlace]:
        found: list[NextPlace] = []
        free = int(residual.capacity[pledge] - residual.load[pledge])
        if free > 0:
            residual.push((), at=pledge, places=-free)
        while len(found) < places:
            plus = residual.distances(residual.sink, target=pledge)
            change, path = _entering(residual, pledge, plus)
            if path is None:
                break
            found.append(
                NextPlace(
                    {name: -cost for name, cost in change.items()}, _newly_covered(residual, path)
                )
            )
            residual.push(path.moves, at=pledge)
            self.num_filled += 1
        return found

    def first_covered(self) -> dict[int, list[int]]:
        """Return for each child that one more place somewhere would cover the pledges it is at."""
        residual = self.residual
        plus = residual.distances(residual.sink)
        found: dict[int, list[int]] = {}
        for pledge in range(residual.given.num_pledges):
            child = self._one_more(pledge, plus)[1]
            if child >= 0:
                found.setdefault(child, []).append(pledge)
        return found


def _entering(
    residual: Residual, pledge: int, plus: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> tuple[dict[LevelName, int], Path | None]:
    """Return the best way to fill one place more at a full pledge; None if none is a gain."""
    least, before = plus
    sponsor = residual.problem.sponsor[pledge]
    more = residual.packed({LevelName.SPREAD: int(residual.total[sponsor]) + 1})
    best, path = least[:, pledge] + more, None
    if least[0, pledge] <= FAR:
        path = residual.path(before, residual.sink, pledge)
    others = np.flatnonzero((residual.problem.sponsor == sponsor) & (residual.load > 0))
    for other in others[others != pledge].tolist():
        cost, back = residual.distances(other)
        if cost[0, pledge] <= FAR and tuple(cost[:, pledge]) < tuple(best):
            best, path = cost[:, pledge], residual.path(back, other, pledge)
    if path is None or tuple(best.tolist()) >= (0,) * best.size:
        return {}, None
    return residual.levels(best), path


def _backward_path(residual: Residual, after: NDArray[np.int64], source: int) -> Path:
    nodes = [source]
    while nodes[-1] != residual.sink:
        nodes.append(int(after[nodes[-1]]))
    return residual.along(tuple(nodes))


def _balance(residual: Residual, moves: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """Return who is newly covered and who newly waits; -1 for nobody."""
    gains = [child for child, to in moves if to >= 0 and residual.pledge_of[child] < 0]
    waits = [child for child, to in moves if to < 0 and residual.pledge_of[child] >= 0]
    return (gains[0] if gains else -1), (waits[-1] if waits else -1)


def _newly_covered(residual: Residual, path: Path) -> int:
    """Return the child that a path newly covers, -1 if as many wait as before."""
    gains = [child for child, to in path.moves if to >= 0 and residual.pledge_of[child] < 0]
    waits = [child for child, to in path.moves if to < 0]
    return gains[0] if len(gains) > len(waits) else -1
