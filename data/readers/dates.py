"""Dates as staff and their programs write them; day-first or month-first is decided per column.

``03/04/2026`` alone says nothing. A column's other cells do: one ``25/04/2026`` makes it
day-first, one ``04/25/2026`` month-first. When every cell fits both, a person is asked.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from data.readers.reading import Reading, good, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.readers.records import Cell, DateOrder

__all__ = ["ColumnDates", "as_date", "as_month", "both_readings", "profile"]

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "januari jan january",
            "februari pebruari feb peb february",
            "maret mar march mrt",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "agustus agu ags agt aug august agust",
            "september sep sept",
            "oktober okt oct october",
            "november nov nopember nop",
            "desember des dec december",
        ),
        1,
    )
    for word in words.split()
}
_SPLIT = re.compile(r"^(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})(?:[t ]+\d{1,2}[:.].*)?$")
_NAMED = re.compile(r"^(?:[a-z]+\s*,\s*)?(\d{1,2})[\s./-]+([a-z]+)[\s./,-]+(\d{4}|\d{2})$")
_NAMED_FIRST = re.compile(r"^([a-z]+)[\s.]+(\d{1,2}),?\s+(\d{4})$")
_MONTH_NAMED = re.compile(r"^([a-z]+)[\s./,-]*(\d{4}|\d{2})$")
_MONTH_DIGITS = re.compile(r"^(?:(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4}))$")
_EPOCH = date(1899, 12, 30)
_SERIALS = range(18_264, 73_051)  # 1950 to 2099
# Below this share the few cells that speak against the rest are slips, not a mixed column.
_SLIPS = 0.02
_SWAP_EVIDENCE = 8

Readings = tuple[date | None, date | None]


def both_readings(cell: Cell) -> Readings:
    """Return the day-first and the month-first reading of a cell; equal when there is no doubt."""
    if isinstance(cell, datetime):
        return cell.date(), cell.date()
    if isinstance(cell, date):
        return cell, cell
    if isinstance(cell, bool) or cell is None:
        return None, None
    if isinstance(cell, int | float):
        found = _from_number(cell)
        return found, found
    text = " ".join(str(cell).split()).strip("'\"").lower()
    if text.isascii() and text.isdigit():
        found = _from_number(int(text))
        return found, found
    if match := _SPLIT.match(text):
        return _from_parts(match[1], match[2], match[3])
    found = _from_words(text)
    return found, found


def _from_number(number: float) -> date | None:
    if not math.isfinite(number):
        return None
    if int(number) in _SERIALS:
        return _EPOCH + timedelta(days=int(number))
    digits = str(int(number))
    return _day(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if len(digits) == 8 else None


def _from_parts(first: str, second: str, third: str) -> Readings:
    if len(first) == 4:
        found = _day(int(first), int(second), int(third))
        return found, found
    if len(third) not in {2, 4} or len(first) > 2:
        return None, None
    year = _full_year(third)
    return _day(year, int(second), int(first)), _day(year, int(first), int(second))


def _from_words(text: str) -> date | None:
    if (match := _NAMED.match(text)) and match[2] in _MONTHS:
        return _day(_full_year(match[3]), _MONTHS[match[2]], int(match[1]))
    if (match := _NAMED_FIRST.match(text)) and match[1] in _MONTHS:
        return _day(int(match[3]), _MONTHS[match[1]], int(match[2]))
    return None


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2199 else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class ColumnDates:
    """What a column's cells say about the order of day and month."""

    order: DateOrder | None
    """``None`` when no cell needs it, or when the cells do not decide."""
    is_open: bool
    """Whether a person has to say."""
    examples: tuple[tuple[str, date, date], ...]
    maybe_swapped: bool
    """Date cells that all have a day up to 12 beside text that never has: a program with another
    setting has read the file before and turned day and month round wherever it could."""


def profile(cells: Iterable[Cell]) -> ColumnDates:
    """Decide the order of day and month for one column from all its cells."""
    counts: Counter[str] = Counter()
    examples: dict[str, tuple[str, date, date]] = {}
    typed_days: list[int] = []
    for cell in cells:
        day_first, month_first = both_readings(cell)
        if isinstance(cell, date) and day_first is not None:
            typed_days.append(day_first.day)
        elif day_first and month_first:
            if day_first != month_first:
                counts["open"] += 1
                if len(examples) < 3:
                    examples.setdefault(str(cell).strip(), (str(cell), day_first, month_first))
        elif day_first or month_first:
            counts["dmy" if day_first else "mdy"] += 1
    order = _decided(counts["dmy"], counts["mdy"])
    one_sided = bool(counts["dmy"]) != bool(counts["mdy"]) and not counts["open"]
    return ColumnDates(
        order=order,
        is_open=bool(counts["open"]) and order is None,
        examples=tuple(examples.values()),
        maybe_swapped=one_sided and len(typed_days) >= _SWAP_EVIDENCE and max(typed_days) <= 12,
    )


def _decided(num_day_first: int, num_month_first: int) -> DateOrder | None:
    total = num_day_first + num_month_first
    if total and num_month_first <= _SLIPS * total:
        return "dmy"
    if total and num_day_first <= _SLIPS * total:
        return "mdy"
    return None


def as_date(cell: Cell, order: DateOrder | None) -> Reading[date]:
    """Read a cell of a column whose order is known (``None``: no cell needs one)."""
    day_first, month_first = both_readings(cell)
    chosen = month_first if order == "mdy" else day_first
    if chosen is not None:
        return good(chosen)
    other = month_first or day_first
    if other is not None:
        if order is None:
            return good(other)
        return unreadable("date_other_order", suggestion=f"{other:%d/%m/%Y}")
    return unreadable("date_unreadable")


def as_month(cell: Cell, order: DateOrder | None) -> Reading[date]:
    """Read a month, such as ``Desember 2026``, ``2026-12`` or any date in it, as its first day."""
    if isinstance(cell, str):
        text = " ".join(cell.split()).lower()
        if (match := _MONTH_NAMED.match(text)) and match[1] in _MONTHS:
            return good(date(_full_year(match[2]), _MONTHS[match[1]], 1))
        if match := _MONTH_DIGITS.match(text):
            year, month = int(match[1] or match[4]), int(match[2] or match[3])
            found = _day(year, month, 1)
            return good(found) if found else unreadable("month_unreadable")
    found = as_date(cell, order).value
    return good(found.replace(day=1)) if found else unreadable("month_unreadable")
