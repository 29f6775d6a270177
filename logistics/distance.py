"""How far and how long: great circle with detour, a given matrix, the plane of test instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

UNREACHABLE = -1
"""Distance and duration where there is no way."""

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG 1980)."""


@dataclass(frozen=True, slots=True)
class Point:
    """Something with an id and, where known, a position in degrees (WGS 84)."""

    id: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """Ways between all pairs of some points, row from, column to; -1 where there is none.

    Parameters
    ----------
    distance_m, duration_s
        int64[n, n].
    """

    distance_m: NDArray[np.int64]
    duration_s: NDArray[np.int64]


@runtime_checkable
class Travel(Protocol):
    """Where distances and durations come from."""

    @property
    def source(self) -> str:
        """Code of the source: "great_circle", "roads", "matrix", "plane"."""
        ...

    @property
    def as_of(self) -> str:
        """ISO date of the source's data, or empty."""
        ...

    def legs(self, points: Sequence[Point], kind: str) -> Legs:
        """Return the ways between points for one kind of vehicle."""
        ...


@dataclass(frozen=True, slots=True)
class DetourBand:
    """Road over great circle for straight distances below a limit; None in the last band."""

    below_m: int | None
    factor: float


FLAT_CITY = (
    DetourBand(500, 1.50),
    DetourBand(1_000, 1.45),
    DetourBand(2_000, 1.40),
    DetourBand(4_000, 1.35),
    DetourBand(None, 1.30),
)
"""Working figures for a flat city without a road network; a hilly one measured 2.06 to 1.44."""

SPEEDS_M_PER_H = {"motorcycle": 25_000, "pickup": 28_000, "car": 28_000, "boat": 12_000}
"""Working figures by kind of vehicle."""


@dataclass(frozen=True, slots=True)
class GreatCircle:
    """Great circle times a detour factor by distance band, at one speed per kind of vehicle.

    Parameters
    ----------
    bands
        Shortest first; the last has no limit.
    speeds_m_per_h
        Metres per hour by kind of vehicle.
    as_of
        ISO date of bands and speeds.
    """

    bands: tuple[DetourBand, ...] = FLAT_CITY
    speeds_m_per_h: Mapping[str, int] | None = None
    as_of: str = ""

    @property
    def source(self) -> str:
        """Code of the source."""
        return "great_circle"

    def legs(self, points: Sequence[Point], kind: str) -> Legs:
        """Return the ways between points for one kind of vehicle."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, eq=False)
class GivenMatrix:
    """Distances and durations that the city or a road network gave, by id of the point.

    Parameters
    ----------
    ids
        Ids of depots and places, in the order of rows and columns.
    distance_m, duration_s
        int64[n, n] by kind of vehicle; "" is used for kinds that are not listed. -1: no way.
    source, as_of
        "matrix" or "roads", and the ISO date of the data.
    """

    ids: tuple[str, ...]
    distance_m: Mapping[str, NDArray[np.int64]]
    duration_s: Mapping[str, NDArray[np.int64]]
    source: str = "matrix"
    as_of: str = ""

    def legs(self, points: Sequence[Point], kind: str) -> Legs:
        """Return the ways between points; points that the matrix does not know have none."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Plane:
    """Straight lines in a plane, as in the literature's test instances.

    Parameters
    ----------
    xy
        Coordinates by id of the point.
    rounding
        "none" (thousandths, rounded), "nearest" (whole units) or "dimacs" (tenths, cut off).
        One distance unit is one second and, for cost, one metre.
    """

    xy: Mapping[str, tuple[float, float]]
    rounding: str = "nearest"
    as_of: str = ""

    @property
    def source(self) -> str:
        """Code of the source."""
        return "plane"

    def legs(self, points: Sequence[Point], kind: str) -> Legs:
        """Return the ways between points."""
        raise NotImplementedError
