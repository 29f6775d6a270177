"""Who gets help of another programme: lists of MBG, PMT and PKH, by child or by family card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.readers.headers import squash
from data.readers.identity import as_plain_text
from data.readers.reading import good, unreadable
from data.readers.records import OtherHelpRecord

if TYPE_CHECKING:
    from data.readers.reading import Reading
    from data.readers.records import Cell
    from data.readers.rows import Body, Row

__all__ = ["read"]

PROGRAMMES = {
    "mbg": ("mbg", "mbg3b", "makanbergizigratis"),
    "pmt": ("pmt", "pmtlokal", "pemberianmakanantambahan"),
    "pkh": ("pkh", "programkeluargaharapan"),
}
_BY_WORD = {word: code for code, words in PROGRAMMES.items() for word in words}


def read(body: Body) -> tuple[list[OtherHelpRecord], int]:
    """Read all rows of a list; nothing is merged, for a child may be on several lists."""
    return [record for row in body.rows() if (record := _record(row)) is not None], 0


def _record(row: Row) -> OtherHelpRecord | None:
    programme = row.take("programme", _as_programme, required=True)
    nik, family_card = row.nik("nik"), row.nik("family_card")
    child_name, born_on = row.text("child_name"), row.day("born_on")
    is_named = nik or family_card or (child_name and born_on)
    if not is_named and not row.is_rejected:
        row.refuse("nik", "child_not_named")
    month = row.month("month")
    if row.is_rejected or programme is None:
        return None
    return OtherHelpRecord(
        row=row.number,
        programme=programme,
        month=month,
        nik=nik,
        family_card=family_card,
        child_name=child_name,
        born_on=born_on,
    )


def _as_programme(cell: Cell) -> Reading[str]:
    code = _BY_WORD.get(squash(as_plain_text(cell)))
    return good(code) if code else unreadable("programme_unknown", allowed="MBG, PMT, PKH")
