"""A road network: directed arcs with speeds by kind of vehicle, names, shapes and banned turns.

It comes from `road_files`, is kept as one file, is asked through `ways`, and a closed bridge is a
set of arcs that a question leaves out.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.distance import EARTH_RADIUS_M
from logistics.road_rules import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = "asuh roads 1"


class RoadFileError(ValueError):
    """A road file cannot be used; `code` says why."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(f"{code} {params or ''}".strip())


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Junctions and the directed arcs between them.

    Parameters
    ----------
    lat, lon
        float64[n], degrees (WGS 84) of the junctions.
    tail, head, length_m
        One entry per arc: int64[a], int64[a], float64[a].
    speed_km_per_h
        float64[kinds, a] in the order of `road_rules.KINDS`; 0: no way for that kind, also where
        the arc lies outside of the largest part in which that kind gets everywhere and back.
    delay_s
        float64[a], waiting at the arc's end or on it (traffic lights).
    name, road_class
        int64[a], rows of `names` and `classes`; name 0 is "no name".
    is_roundabout, is_bridge
        bool[a].
    reverse
        int64[a], the arc back along the same road, -1 for one-way.
    shape_start, shape_lat, shape_lon
        int64[a + 1] and the points of all arcs one after another, both ends included.
    banned_turns
        int64[t, 2], pairs of arcs that may not follow each other.
    names, classes
        Texts.
    as_of
        ISO date of the extract, or empty.
    source
        What the reader should be told, e.g. ``OpenStreetMap``.
    num_nodes_left_out
        Junctions of the file that no kind of vehicle reaches and leaves.
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    length_m: NDArray[np.float64]
    speed_km_per_h: NDArray[np.float64]
    delay_s: NDArray[np.float64]
    name: NDArray[np.int64]
    road_class: NDArray[np.int64]
    is_roundabout: NDArray[np.bool_]
    is_bridge: NDArray[np.bool_]
    reverse: NDArray[np.int64]
    shape_start: NDArray[np.int64]
    shape_lat: NDArray[np.float64]
    shape_lon: NDArray[np.float64]
    banned_turns: NDArray[np.int64]
    names: tuple[str, ...] = ("",)
    classes: tuple[str, ...] = ("residential",)
    as_of: str = ""
    source: str = ""
    num_nodes_left_out: int = 0

    @property
    def num_arcs(self) -> int:
        """Number of directed arcs."""
        return int(self.tail.size)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything in it."""
        seen = hashlib.sha256(json.dumps([FORMAT, *_texts(self)]).encode())
        for array in _arrays(self).values():
            seen.update(np.ascontiguousarray(array).tobytes())
        return seen.hexdigest()

    @cached_property
    def bearing_deg(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Compass bearing at the beginning and at the end of every arc."""
        first, last = self.shape_start[:-1], self.shape_start[1:] - 1
        return (
            _bearing(self.shape_lat, self.shape_lon, first, first + 1),
            _bearing(self.shape_lat, self.shape_lon, last - 1, last),
        )

    def shape(self, arc: int) -> list[tuple[float, float]]:
        """Return the points (lat, lon) of an arc, from its tail to its head."""
        part = slice(int(self.shape_start[arc]), int(self.shape_start[arc + 1]))
        return list(zip(self.shape_lat[part].tolist(), self.shape_lon[part].tolist(), strict=True))

    def time_s(self, kind: str) -> NDArray[np.float64]:
        """Return seconds along every arc, delay included; infinite where the kind may not pass."""
        speed = self.speed_km_per_h[KINDS.index(kind)]
        with np.errstate(divide="ignore"):
            seconds: NDArray[np.float64] = self.length_m * 3.6 / speed + self.delay_s
        return seconds


def straight_m(
    lat_a: NDArray[np.float64],
    lon_a: NDArray[np.float64],
    lat_b: NDArray[np.float64],
    lon_b: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return great-circle metres between two rows of points."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half_lat = np.sin((phi_b - phi_a) / 2)
    half_lon = np.sin(np.radians(lon_b - lon_a) / 2)
    chord = np.sqrt(half_lat**2 + np.cos(phi_a) * np.cos(phi_b) * half_lon**2)
    found: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.clip(chord, 0, 1))
    return found


def to_bytes(network: RoadNetwork) -> bytes:
    """Return a network as one compressed file; the same network gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        head = json.dumps([FORMAT, *_texts(network)]).encode()
        _add(archive, "texts.json", head)
        for name, array in _arrays(network).items():
            written = io.BytesIO()
            np.save(written, np.ascontiguousarray(array), allow_pickle=False)
            _add(archive, f"{name}.npy", written.getvalue())
    return packed.getvalue()


def from_bytes(content: bytes) -> RoadNetwork:
    """Read what `to_bytes` wrote.

    Raises
    ------
    RoadFileError
        "roads.not_ours": another kind of file, another version, or damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            version, names, classes, as_of, source, left_out = json.loads(
                archive.read("texts.json")
            )
            if version != FORMAT:
                raise RoadFileError("roads.not_ours", found=version)
            arrays = {
                each.name: np.load(io.BytesIO(archive.read(f"{each.name}.npy")), allow_pickle=False)
                for each in fields(RoadNetwork)
                if each.name not in _TEXTS
            }
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        if isinstance(error, RoadFileError):
            raise
        raise RoadFileError("roads.not_ours") from error
    return RoadNetwork(
        **arrays,
        names=tuple(names),
        classes=tuple(classes),
        as_of=as_of,
        source=source,
        num_nodes_left_out=left_out,
    )


def read_network(path: Path) -> RoadNetwork:
    """Read a network that `to_bytes` wrote; raises `RoadFileError`."""
    return from_bytes(path.read_bytes())


_TEXTS = ("names", "classes", "as_of", "source", "num_nodes_left_out")


def _texts(network: RoadNetwork) -> list[Any]:
    return [getattr(network, name) for name in _TEXTS]


def _arrays(network: RoadNetwork) -> dict[str, NDArray[Any]]:
    return {
        each.name: getattr(network, each.name)
        for each in fields(RoadNetwork)
        if each.name not in _TEXTS
    }


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Write an entry without the time of day, so that equal networks are equal files."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _bearing(
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
) -> NDArray[np.float64]:
    north = lat[end] - lat[start]
    east = (lon[end] - lon[start]) * np.cos(np.radians(lat[start]))
    bearing: NDArray[np.float64] = np.degrees(np.arctan2(east, north)) % 360
    return bearing
