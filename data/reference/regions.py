"""Kecamatan and kelurahan of the city, and how people spell them.

City files do not agree on names (Pangkalbalam and Pangkal Balam, Bukit Merapin and Merapen), so a
name is looked up in four steps: its code, its name without spaces and signs, the alias table, and
then the nearest spelling, which counts only when no other region is nearly as near.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from data.reference import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Kecamatan", "Kelurahan", "Match", "Regions", "regions"]

_PREFIX = re.compile(r"^\s*(kelurahan|kel|desa|kecamatan|kec)\b[\s.:]*")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_CITY_CODE = re.compile(r"^1971\d{2}(\d{4})?$")

# Percent of equal letters. Below the first, a spelling is another word; the second holds where the
# kecamatan already narrows the choice to five or seven names.
_NEAR_ANYWHERE = 86.0
_NEAR_IN_KECAMATAN = 80.0
_LEAD_OVER_NEXT = 4.0


@dataclass(frozen=True, slots=True)
class Kecamatan:
    """A district of the city."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Kelurahan:
    """A ward of the city. Points are WGS 84 degrees.

    The office stands where people live; in the large wards the centroid does not.
    """

    code: str
    name: str
    kecamatan_code: str
    office_lat: float
    office_lon: float
    centroid_lat: float
    centroid_lon: float
    area_km2: float


@dataclass(frozen=True, slots=True)
class Match:
    """What a spelling was taken for.

    Attributes
    ----------
    code
        Kemendagri code.
    score
        0-100; 100 for a code, a name or a known alias.
    exact
        Whether the spelling is known. A near spelling waits for a person's glance.
    kecamatan_agrees
        False when the row's kecamatan is another one than the kelurahan's.
    """

    code: str
    score: float
    exact: bool
    kecamatan_agrees: bool = True


class Regions:
    """The regions of one city, by code and by spelling."""

    def __init__(
        self,
        *,
        kecamatan: Iterable[Kecamatan],
        kelurahan: Iterable[Kelurahan],
        aliases: Mapping[tuple[str, str], str],
    ) -> None:
        self._kecamatan = {row.code: row for row in kecamatan}
        self._kelurahan = {row.code: row for row in kelurahan}
        self._spellings: dict[str, dict[str, str]] = {
            "kecamatan": {_squash(row.name): row.code for row in self._kecamatan.values()},
            "kelurahan": {_squash(row.name): row.code for row in self._kelurahan.values()},
        }
        for (level, alias), code in aliases.items():
            self._spellings[level].setdefault(_squash(alias), code)

    @property
    def all_kecamatan(self) -> tuple[Kecamatan, ...]:
        """All kecamatan, by code."""
        return tuple(self._kecamatan.values())

    @property
    def all_kelurahan(self) -> tuple[Kelurahan, ...]:
        """All kelurahan, by code."""
        return tuple(self._kelurahan.values())

    def kecamatan(self, code: str) -> Kecamatan:
        """Return the kecamatan with this code; raises KeyError when there is none."""
        return self._kecamatan[code]

    def kelurahan(self, code: str) -> Kelurahan:
        """Return the kelurahan with this code; raises KeyError when there is none."""
        return self._kelurahan[code]

    def resolve_kecamatan(self, name: str) -> Match | None:
        """Return the kecamatan that a spelling stands for, or None."""
        return _nearest(name, self._spellings["kecamatan"], _NEAR_ANYWHERE)

    def resolve_kelurahan(self, name: str, kecamatan: str | None = None) -> Match | None:
        """Return the kelurahan that a spelling stands for, or None.

        Parameters
        ----------
        name
            As written, or a code with or without dots.
        kecamatan
            As written in the same row, when known: its kelurahan are tried first, with more
            patience for a misspelling.
        """
        spellings = self._spellings["kelurahan"]
        within = self.resolve_kecamatan(kecamatan) if kecamatan else None
        found = _nearest(name, spellings, _NEAR_ANYWHERE)
        if within is None or (found and found.exact):
            return self._with_agreement(found, within)
        inside = {
            spelling: code
            for spelling, code in spellings.items()
            if self._kelurahan[code].kecamatan_code == within.code
        }
        return self._with_agreement(_nearest(name, inside, _NEAR_IN_KECAMATAN) or found, within)

    def _with_agreement(self, found: Match | None, within: Match | None) -> Match | None:
        if found is None or within is None:
            return found
        agrees = self._kelurahan[found.code].kecamatan_code == within.code
        return Match(found.code, found.score, found.exact, kecamatan_agrees=agrees)


@cache
def regions() -> Regions:
    """Return the regions of Kota Pangkalpinang (Kemendagri 19.71)."""
    return Regions(
        kecamatan=[Kecamatan(row["code"], row["name"]) for row in read_table("kecamatan")],
        kelurahan=[_kelurahan(row) for row in read_table("kelurahan")],
        aliases={(row["level"], row["alias"]): row["code"] for row in read_table("region_aliases")},
    )


def _kelurahan(row: Mapping[str, str]) -> Kelurahan:
    return Kelurahan(
        code=row["code"],
        name=row["name"],
        kecamatan_code=row["kecamatan_code"],
        office_lat=float(row["office_lat"]),
        office_lon=float(row["office_lon"]),
        centroid_lat=float(row["centroid_lat"]),
        centroid_lon=float(row["centroid_lon"]),
        area_km2=float(row["area_km2"]),
    )


def _squash(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).lower()
    return _NOT_ALPHANUMERIC.sub("", _PREFIX.sub("", plain))


def _nearest(name: str, spellings: Mapping[str, str], least_score: float) -> Match | None:
    squashed = _squash(name)
    if not squashed:
        return None
    if _CITY_CODE.match(squashed):
        code = f"{squashed[:2]}.{squashed[2:4]}.{squashed[4:6]}"
        code = f"{code}.{squashed[6:]}" if squashed[6:] else code
        return Match(code, 100.0, exact=True) if code in spellings.values() else None
    if squashed in spellings:
        return Match(spellings[squashed], 100.0, exact=True)
    return _nearest_spelling(squashed, spellings, least_score)


def _nearest_spelling(
    squashed: str, spellings: Mapping[str, str], least_score: float
) -> Match | None:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only misspelt names need it

    scored = process.extract(squashed, list(spellings), scorer=fuzz.ratio, limit=None)
    if not scored or scored[0][1] < least_score:
        return None
    spelling, score, _ = scored[0]
    code = spellings[spelling]
    next_score = max((other for word, other, _ in scored if spellings[word] != code), default=0.0)
    if score - next_score < _LEAD_OVER_NEXT:
        return None
    return Match(code, round(score, 1), exact=False)
