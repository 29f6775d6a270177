"""Puskesmas, and the places a month starts from when the city gave none.

What is not known is said: no list of the city's ~118 posyandu with points could be had, so there
are no default posyandu, and packages go to homes or to the 42 kelurahan offices. The depot is a
candidate that the office has to confirm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from data.reference import read_table
from data.reference.regions import regions

__all__ = ["DefaultPlaces", "Place", "Puskesmas", "default_places", "puskesmas"]


@dataclass(frozen=True, slots=True)
class Puskesmas:
    """A community health centre. The wards that it serves are not known."""

    code: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Place:
    """A depot, a drop point or an office. ``kelurahan_code`` is empty for city offices."""

    code: str
    kind: str
    name: str
    lat: float
    lon: float
    kelurahan_code: str = ""


@dataclass(frozen=True, slots=True)
class DefaultPlaces:
    """Places to use when the city gave none, and the codes of what to tell the reader."""

    depots: tuple[Place, ...]
    drop_points: tuple[Place, ...]
    notes: tuple[str, ...] = ("depot_is_a_candidate", "posyandu_unknown")


@cache
def puskesmas() -> tuple[Puskesmas, ...]:
    """Return the nine puskesmas of the city."""
    return tuple(
        Puskesmas(row["code"], row["name"], float(row["lat"]), float(row["lon"]))
        for row in read_table("puskesmas")
    )


@cache
def default_places() -> DefaultPlaces:
    """Return the candidate depot and the kelurahan offices as drop points."""
    depots = tuple(
        Place(row["code"], "depot", row["name"], float(row["lat"]), float(row["lon"]))
        for row in read_table("places")
        if row["kind"] == "depot"
    )
    offices = tuple(
        Place(
            code=f"kantor-lurah-{ward.code}",
            kind="kelurahan_office",
            name=f"Kantor Lurah {ward.name}",
            lat=ward.office_lat,
            lon=ward.office_lon,
            kelurahan_code=ward.code,
        )
        for ward in regions().all_kelurahan
    )
    return DefaultPlaces(depots=depots, drop_points=offices)
