"""Depots, posyandu and offices of kelurahan."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from data.readers.headers import squash
from data.readers.identity import as_plain_text
from data.readers.quantities import as_count
from data.readers.reading import Reading, good, unreadable
from data.readers.records import PlaceKind, PlaceRecord
from data.readers.regions import point_of, region_of
from data.readers.words import as_place_kind, as_time

if TYPE_CHECKING:
    from data.readers.records import Cell
    from data.readers.rows import Body, Row

__all__ = ["read"]

_DAY_WORDS = re.compile(r"(?i)^(?:setiap\s+)?(?:tgl|tanggal)?[\s.:]*")


def read(body: Body) -> tuple[list[PlaceRecord], int]:
    """Read all places; the same place twice with the same details is merged."""
    places: dict[tuple[PlaceKind, str, str | None], PlaceRecord] = {}
    num_merged = 0
    for row in body.rows():
        place = _record(row)
        if place is None:
            continue
        key = (place.place_kind, squash(place.name), place.kelurahan_code)
        earlier = places.get(key)
        if earlier is None:
            places[key] = place
        elif _details(earlier) == _details(place):
            num_merged += 1
        else:
            row.refuse("name", "place_twice", other_row=earlier.row)
    return list(places.values()), num_merged


def _details(place: PlaceRecord) -> tuple[object, ...]:
    return (
        place.address,
        place.latitude,
        place.longitude,
        place.posyandu_day,
        place.opens_at,
        place.closes_at,
    )


def _record(row: Row) -> PlaceRecord | None:
    kind = row.take("place_kind", as_place_kind, required=True)
    name = row.text("name", required=True)
    region = region_of(row)
    latitude, longitude = point_of(row)
    opens_at = row.take("opens_at", as_time)
    closes_at = row.take("closes_at", as_time)
    if opens_at is not None and closes_at is not None and opens_at >= closes_at:
        row.refuse("closes_at", "times_reversed")
    posyandu_day = row.take("posyandu_day", _as_day_of_month)
    if row.is_rejected or kind is None or name is None:
        return None
    return PlaceRecord(
        row=row.number,
        place_kind=kind,
        name=name,
        address=row.text("address"),
        kecamatan_code=region.kecamatan_code,
        kelurahan_code=region.kelurahan_code,
        latitude=latitude,
        longitude=longitude,
        posyandu_day=posyandu_day,
        opens_at=opens_at,
        closes_at=closes_at,
    )


def _as_day_of_month(cell: Cell) -> Reading[int]:
    """Read the day of the month: ``12``, ``tanggal 12``, or a date of which the day counts."""
    if isinstance(cell, date):
        return good(cell.day)
    count = as_count(_DAY_WORDS.sub("", as_plain_text(cell)))
    if count.value is None or not 1 <= count.value <= 31:
        return unreadable("day_of_month_unreadable")
    return good(count.value)
