"""The way between all points of one problem, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from logistics.distance import duration_s

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from logistics.problem import RoutingProblem, Vehicle


@dataclass(frozen=True, eq=False)
class Travel:
    """Distances between depots and places that have coordinates.

    Attributes
    ----------
    index
        Row of ``depot:<id>`` or ``place:<id>`` in the matrix.
    metres
        int64[n, n]; -1 where there is no way.
    """

    index: dict[str, int]
    metres: NDArray[np.int64]

    def leg(self, origin: str, target: str, vehicle: Vehicle) -> tuple[int, int]:
        """Return metres and seconds of one leg for a vehicle."""
        metres = int(self.metres[self.index[origin], self.index[target]])
        return metres, leg_duration_s(metres, vehicle.speed_kmh)

    def seconds(self, speed_kmh: float) -> NDArray[np.int64]:
        """Return the durations at one speed, int64[n, n]; -1 where there is no way."""
        return duration_s(self.metres, speed_kmh)


def leg_duration_s(metres: int, speed_kmh: float) -> int:
    """Return the seconds of one leg, rounded up as the matrix is; -1 for no way."""
    return -1 if metres < 0 else int(-(-metres * 3.6 // speed_kmh))


def depot_key(depot_id: str) -> str:
    """Name a depot's point."""
    return f"depot:{depot_id}"


def place_key(place_id: str) -> str:
    """Name a place's point."""
    return f"place:{place_id}"


def travel_of(problem: RoutingProblem) -> Travel:
    """Compute the distances between all points of a problem that have coordinates."""
    index: dict[str, int] = {}
    points: list[tuple[float, float]] = []
    for depot in problem.depots:
        index[depot_key(depot.id)] = len(points)
        points.append((depot.lat, depot.lon))
    for place in problem.places:
        if place.lat is not None and place.lon is not None:
            index[place_key(place.id)] = len(points)
            points.append((place.lat, place.lon))
    return Travel(index=index, metres=problem.distances.distance_m(points))
