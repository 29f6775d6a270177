"""How far and how long: great circle with detour, a given matrix, the plane of test instances."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

UNREACHABLE = -1
"""Distance and duration where there is no way."""

LARGEST_LEG = 1 << 31
"""Longest way and time that a source may give: half way to the moon, or 68 years."""

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


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A table of ways that is worked out where it is looked at, for more points than fit in one.

    Looked at like an array of n rows and columns: by two whole numbers, or by two arrays of them
    that broadcast.

    Parameters
    ----------
    ways
        Ways in whole units from rows to columns of points, -1 where there is none.
    size
        Number of points.
    """

    ways: Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.int64]]
    size: int

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, key: tuple[Any, ...]) -> Any:
        rows, columns = (np.asarray(each, dtype=np.intp) for each in key)
        found = self.ways(*np.broadcast_arrays(rows, columns))
        return found if found.ndim else int(found)

    def table(self) -> NDArray[np.int64]:
        """Return the whole table."""
        every = np.arange(self.size)
        return self.ways(every[:, None], every[None, :])


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

    def faults(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what is wrong with bands and speeds: (name of a fault code, values)."""
        limits = [band.below_m for band in self.bands]
        ascending = [0, *(limit or 0 for limit in limits[:-1])]
        has_end = bool(limits) and limits[-1] is None
        if not has_end or any(a >= b for a, b in pairwise(ascending)):
            yield "BAD_BANDS", {"limits_m": limits}
        for band in self.bands:
            if not 1 <= band.factor <= 10:
                yield "BAD_BANDS", {"below_m": band.below_m, "factor": band.factor}
        for kind, speed in (self.speeds_m_per_h or {}).items():
            if not 1_000 <= speed <= 200_000:
                yield "BAD_SPEED", {"kind": kind, "value": speed}

    def legs(self, points: Sequence[Point], kind: str) -> Legs:
        """Return the ways between points for one kind of vehicle."""
        every = np.arange(len(points))
        is_same = every[:, None] == every[None, :]
        road_m = self._road_m(points)(every[:, None], every[None, :])
        return Legs(_whole(road_m, is_same), _whole(road_m * self._seconds_per_m(kind), is_same))

    def formulas(self, points: Sequence[Point], kind: str) -> tuple[Formula, Formula]:
        """Return metres and seconds between points as formulas."""
        road_m, seconds_per_m = self._road_m(points), self._seconds_per_m(kind)
        return (
            Formula(lambda a, b: _whole(road_m(a, b), a == b), len(points)),
            Formula(lambda a, b: _whole(road_m(a, b) * seconds_per_m, a == b), len(points)),
        )

    def _seconds_per_m(self, kind: str) -> float:
        speeds = SPEEDS_M_PER_H if self.speeds_m_per_h is None else self.speeds_m_per_h
        return 3_600 / speeds.get(kind, SPEEDS_M_PER_H["motorcycle"])

    def _road_m(
        self, points: Sequence[Point]
    ) -> Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]:
        """Return what works out metres of road between rows and columns of points."""
        straight_m = _great_circle(points)
        limits_m = np.array([band.below_m for band in self.bands[:-1]], dtype=float)
        factors = np.array([band.factor for band in self.bands])

        def road_m(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.float64]:
            straight = straight_m(rows, columns)
            factor = factors[np.searchsorted(limits_m, straight, side="right")]
            return np.asarray(straight * factor, dtype=np.float64)

        return road_m


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

    def faults(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what is wrong with the matrices: (name of a fault code, values)."""
        size = len(self.ids)
        if len(set(self.ids)) != size:
            yield "BAD_MATRIX", {"problem": "duplicate_id"}
        for name, given in (("distance_m", self.distance_m), ("duration_s", self.duration_s)):
            if not given:
                yield "BAD_MATRIX", {"matrix": name, "problem": "missing"}
            for kind, matrix in given.items():
                where = {"matrix": name, "kind": kind}
                if np.shape(matrix) != (size, size):
                    shape = list(np.shape(matrix))
                    yield "BAD_MATRIX", {**where, "problem": "shape", "shape": shape, "ids": size}
                elif size and int(np.min(matrix)) < UNREACHABLE:
                    yield "BAD_MATRIX", {**where, "problem": "negative"}
                elif size and int(np.max(matrix)) > LARGEST_LEG:
                    yield "BAD_MATRIX", {**where, "problem": "too_large"}

    def legs(self, points: Sequence[Point], kind: str) -> Legs:
        """Return the ways between points; points that the matrix does not know have none."""
        row_of = {each: row for row, each in enumerate(self.ids)}
        rows = np.array([row_of.get(point.id, -1) for point in points], dtype=np.intp)
        unknown = rows < 0
        found = []
        for given in (self.distance_m, self.duration_s):
            matrix = given[kind] if kind in given else given.get("", next(iter(given.values())))
            legs = np.array(matrix, dtype=np.int64)[np.ix_(rows, rows)]
            legs[unknown, :] = UNREACHABLE
            legs[:, unknown] = UNREACHABLE
            np.fill_diagonal(legs, 0)
            found.append(legs)
        no_way = (found[0] < 0) | (found[1] < 0)
        for legs in found:
            legs[no_way] = UNREACHABLE
        return Legs(found[0], found[1])


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
        """Return the ways between points, the same for every kind of vehicle."""
        legs = self.formulas(points, kind)[0].table()
        return Legs(legs, legs)

    def formulas(self, points: Sequence[Point], kind: str) -> tuple[Formula, Formula]:  # noqa: ARG002
        """Return metres and seconds between points as one formula."""
        found = [self.xy.get(point.id, (np.nan, np.nan)) for point in points]
        x, y = np.array(found, dtype=float).reshape(-1, 2).T

        def ways(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.int64]:
            straight = np.sqrt((x[rows] - x[columns]) ** 2 + (y[rows] - y[columns]) ** 2)
            if self.rounding == "nearest":
                straight = np.floor(straight + 0.5)
            elif self.rounding == "dimacs":
                straight = np.floor(10 * straight)
            else:
                straight = np.floor(1_000 * straight + 0.5)
            return _whole(straight, rows == columns)

        formula = Formula(ways, len(points))
        return formula, formula


def great_circle_m(points: Sequence[Point]) -> NDArray[np.float64]:
    """Return great-circle distances in metres, float64[n, n]; NaN without coordinates."""
    every = np.arange(len(points))
    return _great_circle(points)(every[:, None], every[None, :])


def _great_circle(
    points: Sequence[Point],
) -> Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]:
    """Return what works out great-circle metres between rows and columns of points.

    The sine of half a gap comes from the sines and cosines of each point: n of them, not n².
    """
    degrees = [
        (np.nan if point.lat is None else point.lat, np.nan if point.lon is None else point.lon)
        for point in points
    ]
    lat, lon = np.radians(np.array(degrees, dtype=float).reshape(-1, 2)).T
    level = np.cos(lat)
    halves = [(np.sin(angle / 2), np.cos(angle / 2)) for angle in (lat, lon)]

    def metres(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.float64]:
        half_lat, half_lon = (
            sine[rows] * cosine[columns] - cosine[rows] * sine[columns] for sine, cosine in halves
        )
        chord = half_lat**2 + level[rows] * level[columns] * half_lon**2
        straight_m: NDArray[np.float64] = (
            2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
        )
        return straight_m

    return metres


def _whole(legs: NDArray[np.float64], is_same: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Round to whole units; NaN is no way; from a point to itself is nothing."""
    is_lost = np.isnan(legs)
    found = np.where(is_lost, UNREACHABLE, legs) if is_lost.any() else legs
    return np.where(is_same, 0, np.rint(found).astype(np.int64))
