"""Ways between all points as a vehicle drives them, closures and own speeds included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from logistics.distance import Formula, Legs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logistics.distance import Point
    from logistics.problem import RoutingProblem, Vehicle

MOST_COPIED = 400
"""Points up to which ways are copied into lists, which are quickest to read one by one."""
MOST_TABLED = 2_500
"""Points up to which ways are tables; beyond, they are worked out where they are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Distances and durations for one speed, as arrays and by rows (quicker one by one)."""

    distance_m: NDArray[np.int64] | Formula
    duration_s: NDArray[np.int64] | Formula
    distances: Rows
    durations: Rows


class Rows(Protocol):
    """Ways by rows: ``rows[start][end]`` is a whole number."""

    def __getitem__(self, row: int, /) -> Row: ...


class Row(Protocol):
    """Ways from one point."""

    def __getitem__(self, column: int, /) -> int: ...


@dataclass(frozen=True, slots=True)
class _FormulaRow:
    table: Formula
    row: int

    def __getitem__(self, column: int) -> int:
        return int(self.table[self.row, column])


@dataclass(frozen=True, slots=True)
class _FormulaRows:
    table: Formula

    def __getitem__(self, row: int) -> _FormulaRow:
        return _FormulaRow(self.table, row)


def _rows(table: NDArray[np.int64] | Formula) -> Rows:
    """Return a table as rows of whole numbers, without copying a large one number by number."""
    if isinstance(table, Formula):
        return _FormulaRows(table)
    if len(table) < MOST_COPIED:
        rows: list[list[int]] = table.tolist()
        return rows
    return [memoryview(row) for row in np.ascontiguousarray(table)]


class DrivenWays:
    """The ways of a problem, worked out once for each kind of vehicle and speed.

    Parameters
    ----------
    problem
        Gives the source of ways and what is closed.
    points
        Depots and places between which is driven.
    """

    def __init__(self, problem: RoutingProblem, points: list[Point]) -> None:
        self.travel = problem.travel
        self.closures = problem.closures
        self.points = points
        self._legs: dict[str, Legs] = {}
        self._ways: dict[tuple[str, float], Ways] = {}

    def driven_by(self, vehicle: Vehicle) -> Ways:
        """Return the ways between all points as this vehicle drives them."""
        key = (vehicle.kind.value, vehicle.speed_factor)
        if key not in self._ways and self._is_too_large():
            self._ways[key] = self._formulas(vehicle)
        if key not in self._ways:
            if key[0] not in self._legs:
                self._legs[key[0]] = self.travel.legs(self.points, key[0])
            legs = self._legs[key[0]]
            duration_s = driven(legs.duration_s, vehicle.speed_factor)
            legs = self._around_closures(Legs(legs.distance_m, duration_s))
            self._ways[key] = Ways(
                legs.distance_m,
                legs.duration_s,
                _rows(legs.distance_m),
                _rows(legs.duration_s),
            )
        return self._ways[key]

    def _is_too_large(self) -> bool:
        """Return whether there are formulas for ways, and too many points for tables."""
        has_formulas = hasattr(self.travel, "formulas") and not self.closures
        return has_formulas and len(self.points) > MOST_TABLED

    def _formulas(self, vehicle: Vehicle) -> Ways:
        """Return the ways of a vehicle without a table."""
        travel: Any = self.travel
        metres, seconds = travel.formulas(self.points, vehicle.kind.value)
        factor = vehicle.speed_factor
        if factor != 1.0:
            usual = seconds.ways
            seconds = Formula(lambda a, b: driven(usual(a, b), factor), len(self.points))
        return Ways(metres, seconds, _rows(metres), _rows(seconds))

    def _around_closures(self, legs: Legs) -> Legs:
        """Return the ways as they are while bridges are closed."""
        if not self.closures:
            return legs
        distance_m, duration_s = legs.distance_m.copy(), legs.duration_s.copy()
        ids = [point.id for point in self.points]
        for closure in self.closures:
            on_side = np.isin(ids, closure.places)
            beyond = np.isin(ids, closure.others)
            if not closure.others:
                beyond = ~on_side
            crosses = (on_side[:, None] & beyond[None, :]) | (beyond[:, None] & on_side[None, :])
            crosses &= (distance_m >= 0) & (duration_s >= 0)
            if closure.extra_m is None and closure.extra_s is None:
                distance_m[crosses] = duration_s[crosses] = -1
            else:
                distance_m[crosses] += closure.extra_m or 0
                duration_s[crosses] += closure.extra_s or 0
        return Legs(distance_m, duration_s)


def driven(duration_s: NDArray[np.int64], speed_factor: float) -> NDArray[np.int64]:
    """Return durations at a multiple of the usual speed, rounded up; -1 stays."""
    if speed_factor == 1.0:
        return duration_s
    return np.where(duration_s < 0, duration_s, np.ceil(duration_s / speed_factor)).astype(np.int64)
