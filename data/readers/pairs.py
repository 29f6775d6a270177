"""Last month's pairs: our own report coming back, or a list kept by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.readers.records import LastMonthPair
from data.readers.regions import region_of
from data.readers.words import as_phone

if TYPE_CHECKING:
    from data.readers.rows import Body, Row

__all__ = ["read"]


def read(body: Body) -> tuple[list[LastMonthPair], int]:
    """Read all pairs of a sheet.

    In a list kept by hand the sponsor's name often stands only beside the first of his children
    (a merged cell); rows below it, without a name of their own, are his too.
    """
    pairs: list[LastMonthPair] = []
    above: LastMonthPair | None = None
    for row in body.rows():
        pair = _record(row, above)
        if pair is not None:
            pairs.append(pair)
            above = pair
        elif row.cell("sponsor_name") is not None or row.cell("sponsor_code") is not None:
            above = None
    return pairs, 0


def _record(row: Row, above: LastMonthPair | None) -> LastMonthPair | None:
    child_name = row.text("child_name", required=True)
    sponsor_code = row.text("sponsor_code")
    sponsor_name = row.text("sponsor_name")
    sponsor_phone = row.take("sponsor_phone", as_phone)
    if sponsor_code is None and sponsor_name is None:
        # Only a list without codes is kept by hand; ours repeats the sponsor on every row.
        if above is None or "sponsor_code" in row.body.found.columns:
            row.refuse("sponsor_name", "sponsor_missing")
        else:
            sponsor_name, sponsor_phone = above.sponsor_name, above.sponsor_phone
            row.warn("sponsor_name", "sponsor_from_above", taken=sponsor_name or "")
    born_on = row.day("born_on")
    if born_on is not None and born_on > row.body.context.today:
        row.refuse("born_on", "born_in_future")
    month = row.month("month")
    region = region_of(row)
    if row.is_rejected or child_name is None:
        return None
    return LastMonthPair(
        row=row.number,
        month=month,
        child_code=row.text("child_code"),
        child_name=child_name,
        child_born_on=born_on,
        parent_name=row.text("parent_name"),
        address=row.text("address"),
        kecamatan_code=region.kecamatan_code,
        kelurahan_code=region.kelurahan_code,
        sponsor_code=sponsor_code,
        sponsor_name=sponsor_name,
        sponsor_phone=sponsor_phone,
        status=row.text("status"),
    )
