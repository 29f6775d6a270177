"""Families at risk of stunting: SIGA lists (target, screening) and the GENTING verification file.

The same code means different things: 1 is *yes* in SIGA lists, 2 is *problem* in the GENTING
file, 3 is *not applicable* in screening lists. The table of meanings comes from the caller or is
chosen by the file's own columns and codes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from data.readers.headers import squash
from data.readers.identity import as_plain_text
from data.readers.quantities import as_count
from data.readers.reading import Reading, doubtful, good, unreadable
from data.readers.records import HouseholdRiskRecord
from data.readers.regions import point_of, region_of
from data.readers.words import as_flag
from data.reference.krs import code_meanings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.readers.records import Cell
    from data.readers.rows import Body, Row

__all__ = ["read"]

RISK_FIELDS = (
    "has_child_0_23_months",
    "has_child_24_59_months",
    "is_fertile_couple",
    "is_pregnant",
    "lacks_safe_water",
    "lacks_safe_latrine",
    "wife_too_young",
    "wife_too_old",
    "births_too_close",
    "too_many_children",
    "no_modern_contraception",
)
_DIGITS = re.compile(r"\d+")


def read(body: Body) -> tuple[list[HouseholdRiskRecord], int]:
    """Read all families of a sheet; nothing is merged."""
    codes = body.context.krs_codes
    rows = list(body.rows())
    if codes is None:
        codes = code_meanings(_file_kind(body, rows))
    return [record for row in rows if (record := _record(row, codes)) is not None], 0


def _file_kind(body: Body, rows: list[Row]) -> str:
    """Tell the file kinds apart: GENTING by its headers, screening lists by their code 3."""
    if squash(body.header("lacks_safe_water")).startswith("kondisi"):
        return "genting_verification"
    seen = {as_plain_text(row.cell(name)) for row in rows for name in RISK_FIELDS}
    return "siga_screening" if "3" in seen else "siga_target"


def _record(row: Row, codes: Mapping[tuple[str, str], str]) -> HouseholdRiskRecord | None:
    flags = {name: _flag(row, name, codes) for name in RISK_FIELDS}
    region = region_of(row)
    latitude, longitude = point_of(row)
    record = HouseholdRiskRecord(
        row=row.number,
        family_card=row.nik("family_card"),
        family_code=row.text("family_code"),
        head_name=row.text("head_name"),
        head_nik=row.nik("head_nik", may_fail=True),
        wife_name=row.text("wife_name"),
        wife_nik=row.nik("wife_nik", may_fail=True),
        kecamatan_code=region.kecamatan_code,
        kelurahan_code=region.kelurahan_code,
        address=row.text("address"),
        **flags,
        assistance_codes=row.take("assistance", _as_assistance) or (),
        welfare_decile=row.take("decile", _as_decile),
        is_priority=row.take("priority", as_flag),
        latitude=latitude,
        longitude=longitude,
    )
    if record.family_card is None and record.family_code is None and record.head_name is None:
        row.refuse("family_card", "family_unnamed")
    return None if row.is_rejected else record


def _flag(row: Row, name: str, codes: Mapping[tuple[str, str], str]) -> bool | None:
    def as_code(cell: Cell) -> Reading[bool]:
        meaning = codes.get((name, as_plain_text(cell)))
        if meaning is not None:
            return good(None if meaning == "not_applicable" else meaning == "yes")
        flag = as_flag(cell)
        is_digit = as_plain_text(cell).isdigit()
        return unreadable("code_unknown") if flag.code is not None or is_digit else flag

    return row.take(name, as_code)


def _as_assistance(cell: Cell) -> Reading[tuple[int, ...]]:
    text = as_plain_text(cell)
    found = sorted({int(digits) for digits in _DIGITS.findall(text)})
    if not found or not all(1 <= code <= 8 for code in found):
        return doubtful(None, "assistance_unreadable")
    return good(tuple(found))


def _as_decile(cell: Cell) -> Reading[int]:
    digits = _DIGITS.search(as_plain_text(cell))
    count = as_count(digits[0]) if digits else None
    if count is None or count.value is None or not 1 <= count.value <= 10:
        return doubtful(None, "decile_unreadable")
    return good(count.value)
