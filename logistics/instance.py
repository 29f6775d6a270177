"""A routing instance of the literature: clients, depots and fleets as plain arrays; its solutions.

Amounts are whole units of the rounding (tenths for "dimacs", thousandths for "none"). Rows are the
file's nodes, from 0: depots first. One unit of way is one unit of time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SCALES = {"none": 1_000, "nearest": 1, "dimacs": 10}
"""Whole units per unit of the file, by rounding."""

NO_LIMIT = 1 << 60


class NoSolutionError(ValueError):
    """Not all clients that must be served could be; the file's fleet may be too small."""

    def __init__(self, num_unserved: int) -> None:
        super().__init__(f"{num_unserved} clients that must be served are on no route")
        self.num_unserved = num_unserved

    def __reduce__(self) -> tuple[type[NoSolutionError], tuple[int]]:
        """Return how to make it again in another process."""
        return NoSolutionError, (self.num_unserved,)


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """Vehicles that are alike.

    Parameters
    ----------
    vehicles
        Their rows in the file, from 0.
    depot
        Row of the depot where they begin, reload and end.
    opens, closes
        Hours of that depot.
    most_trips
        Trips of one vehicle.
    allowed
        bool[nodes]: clients that they may serve; None: all.
    """

    vehicles: tuple[int, ...]
    depot: int
    capacity: int
    opens: int = 0
    closes: int = NO_LIMIT
    fixed_cost: int = 0
    unit_cost: int = 1
    most_duration: int = NO_LIMIT
    most_way: int = NO_LIMIT
    most_trips: int = 1
    allowed: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """What the file says.

    Parameters
    ----------
    family
        "CVRP", "VRPTW", "HFVRP" …, as the file names it.
    xy, matrix
        Coordinates float64[n, 2], or ways int64[n, n]; one of them.
    opens, closes
        Start of service, int64[n]; None: any time.
    prize
        int64[n]; what leaving the client out costs; 0: it must be served.
    groups
        Rows of clients of which exactly one is served.
    divisor
        The cost as the literature gives it is the sum in whole units over this.
    """

    name: str
    family: str
    rounding: str
    num_depots: int
    xy: NDArray[np.float64] | None
    matrix: NDArray[np.int64] | None
    demand: NDArray[np.int64]
    service: NDArray[np.int64]
    opens: NDArray[np.int64] | None
    closes: NDArray[np.int64] | None
    release: NDArray[np.int64]
    prize: NDArray[np.int64]
    fleets: tuple[Fleet, ...]
    groups: tuple[tuple[int, ...], ...] = ()
    divisor: int = 1
    source: str = field(default="", repr=False)

    @property
    def num_nodes(self) -> int:
        """Depots and clients."""
        return len(self.demand)

    @property
    def num_clients(self) -> int:
        """Nodes that are no depots."""
        return self.num_nodes - self.num_depots

    @property
    def num_vehicles(self) -> int:
        """Vehicles of all fleets."""
        return sum(len(fleet.vehicles) for fleet in self.fleets)

    def ways(self, rows: Sequence[int], columns: Sequence[int]) -> NDArray[np.int64]:
        """Return the ways from some nodes to others, int64[rows, columns], in whole units."""
        if self.matrix is not None:
            return self.matrix[
                np.ix_(np.asarray(rows, dtype=np.intp), np.asarray(columns, dtype=np.intp))
            ]
        if self.xy is None:
            raise ValueError("an instance has coordinates or a matrix")
        here = self.xy[np.asarray(rows, dtype=np.intp)]
        there = self.xy[np.asarray(columns, dtype=np.intp)]
        straight = np.sqrt(((here[:, None] - there[None]) ** 2).sum(axis=2))
        return rounded(straight, self.rounding)


@dataclass(frozen=True, slots=True)
class Tour:
    """What one vehicle drives: its trips, each the rows of clients in their order."""

    vehicle: int
    trips: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """Tours and their cost in whole units, prizes of clients left out included.

    Parameters
    ----------
    bound
        No solution costs less; 0: unknown.
    left_out
        Rows of clients that must be served and are not: no vehicle can, or the fleet is too small.
    """

    tours: tuple[Tour, ...]
    cost: int
    engine: str = ""
    seed: int = 1
    iterations: int = 0
    seconds: float = 0.0
    bound: int = 0
    left_out: tuple[int, ...] = ()

    def trips(self) -> Iterator[tuple[int, ...]]:
        """Yield every trip."""
        for tour in self.tours:
            yield from tour.trips


def rounded(straight: NDArray[np.float64], rounding: str) -> NDArray[np.int64]:
    """Return straight lines in whole units, as the literature rounds them."""
    if rounding == "nearest":
        return np.floor(straight + 0.5).astype(np.int64)
    if rounding == "dimacs":
        return np.floor(10 * straight).astype(np.int64)
    return np.floor(1_000 * straight + 0.5).astype(np.int64)
