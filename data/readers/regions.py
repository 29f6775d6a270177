"""Kelurahan, kecamatan and points of a row; spellings are never guessed below a high likeness."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.readers.points import LATITUDES, LONGITUDES, is_within
from data.readers.quantities import as_coordinate

if TYPE_CHECKING:
    from data.readers.records import Match
    from data.readers.rows import Row

__all__ = ["Region", "areas_of", "point_of", "region_of"]

NEAR_ENOUGH = 90.0
_EVERYWHERE = {"semua", "seluruh kota", "semua wilayah", "seluruh wilayah", "bebas", "sekota"}
_KECAMATAN = re.compile(r"(?i)^\s*kec(?:amatan)?\b[\s.:]*")
_KELURAHAN = re.compile(r"(?i)^\s*(?:kel(?:urahan)?|desa)\b[\s.:]*")


@dataclass(frozen=True, slots=True)
class Region:
    """Where a row lies, as official codes."""

    kecamatan_code: str | None = None
    kelurahan_code: str | None = None


def region_of(row: Row, *, required: bool = False, may_be_outside: bool = False) -> Region:
    """Read *Kecamatan* and *Kelurahan*.

    Parameters
    ----------
    row
        The row.
    required
        Whether a row without kelurahan is kept out.
    may_be_outside
        Whether an unknown name is only warned about (a sponsor may live elsewhere).
    """
    regions = row.body.context.regions
    kecamatan_name = row.text("kecamatan")
    kelurahan_name = row.text("kelurahan", required=required)
    stated = regions.resolve_kecamatan(kecamatan_name) if kecamatan_name else None
    stated_code = _accepted(row, "kecamatan", stated, may_be_outside) if kecamatan_name else None
    if not kelurahan_name:
        return Region(stated_code, None)
    match = regions.resolve_kelurahan(kelurahan_name, kecamatan_name)
    code = _accepted(row, "kelurahan", match, may_be_outside)
    if code is None:
        return Region(stated_code, None)
    kecamatan_code = code.rpartition(".")[0]
    if stated_code is not None and stated_code != kecamatan_code:
        name = regions.kecamatan(kecamatan_code).name
        row.warn("kecamatan", "kecamatan_disagrees", suggestion=name, kelurahan=kelurahan_name)
    return Region(kecamatan_code, code)


def _accepted(row: Row, field: str, match: Match | None, may_be_outside: bool) -> str | None:
    """Return the code of a match that is certain enough; otherwise note what to do."""
    name = _name(row, field, match) if match else None
    if match is not None and match.exact:
        return match.code
    if match is not None and match.score >= NEAR_ENOUGH:
        row.warn(field, "region_respelled", suggestion=name, taken=name or match.code)
        return match.code
    # The kelurahan decides; a kecamatan that nobody knows is worth a warning only.
    if may_be_outside or field == "kecamatan":
        row.warn(field, f"{field}_unknown", suggestion=name)
    else:
        row.refuse(field, f"{field}_unknown", suggestion=name)
    return None


def _name(row: Row, field: str, match: Match) -> str:
    regions = row.body.context.regions
    place = regions.kecamatan if field == "kecamatan" else regions.kelurahan
    return place(match.code).name


def areas_of(row: Row, field: str = "areas", *, binds: bool = True) -> tuple[str, ...]:
    """Read a list of kecamatan and kelurahan; empty means everywhere.

    One that nobody knows keeps the row out where the list binds, else it is left out with a word.
    """
    text = row.text(field)
    if text is None or text.lower().strip(" .") in _EVERYWHERE:
        return ()
    codes: list[str] = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;/\n]", text))):
        code = _area(row, field, part, binds=binds)
        if code is not None and code not in codes:
            codes.append(code)
    return tuple(codes)


def _area(row: Row, column: str, part: str, *, binds: bool) -> str | None:
    regions = row.body.context.regions
    refuse = row.refuse if binds else row.warn
    kecamatan = None if _KELURAHAN.match(part) else regions.resolve_kecamatan(part)
    kelurahan = None if _KECAMATAN.match(part) else regions.resolve_kelurahan(part, None)
    matches = [match for match in (kecamatan, kelurahan) if match is not None]
    best = max(matches, key=lambda match: (match.exact, match.score), default=None)
    if best is None:
        refuse(column, "area_unknown", area=part)
        return None
    field = "kecamatan" if best is kecamatan else "kelurahan"
    name = _name(row, field, best)
    if not best.exact and best.score < NEAR_ENOUGH:
        refuse(column, "area_unknown", suggestion=name, area=part)
        return None
    if not best.exact:
        row.warn(column, "region_respelled", suggestion=name, taken=name)
    return best.code


def point_of(row: Row) -> tuple[float | None, float | None]:
    """Read latitude and longitude: both or neither, and within Indonesia."""
    latitude = row.take("latitude", as_coordinate)
    longitude = row.take("longitude", as_coordinate)
    if row.is_rejected or (latitude is None and longitude is None):
        return None, None
    if latitude is None or longitude is None:
        lacking = "latitude" if latitude is None else "longitude"
        row.refuse(lacking, "coordinate_half")
        return None, None
    if is_within(latitude, LATITUDES) and is_within(longitude, LONGITUDES):
        return latitude, longitude
    if is_within(longitude, LATITUDES) and is_within(latitude, LONGITUDES):
        row.refuse("latitude", "coordinate_swapped", suggestion=f"{longitude}; {latitude}")
    else:
        wrong = "longitude" if is_within(latitude, LATITUDES) else "latitude"
        row.refuse(wrong, "coordinate_outside")
    return None, None
