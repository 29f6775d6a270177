"""Numbers of identity cards, family cards and civil servants, and how they are masked.

A NIK is six digits of the region of first registration, the birth date as DDMMYY with 40 added to
the day for women and girls, and four digits of a serial number.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from data.readers.reading import Reading, doubtful, good, unreadable
from data.readers.records import Sex

if TYPE_CHECKING:
    from data.readers.records import Cell

__all__ = ["as_nik", "as_nip", "as_plain_text", "masked", "nik_birth", "nik_sex"]

NIK_LENGTH = 16
NIP_LENGTH = 18
_NOT_DIGIT = re.compile(r"\D")
_SCIENTIFIC = re.compile(r"^\s*'?\d(?:[.,]\d+)?[eE]\+?\d{1,2}\s*$")
_LONG_NUMBER = re.compile(r"\d(?:[\s.'\u00a0-]?\d){13,}")
_IDENTITY_NUMBER = re.compile(r"\d(?:[\s.'\u00a0-]?\d){5,}")
_SEPARATORS = re.compile(r"[\s.,'`’‘\u00a0\u200b\ufeff_/-]")
# Up to here every whole number is exact in a spreadsheet's floating point.
_EXACT = 2**53


def as_plain_text(cell: Cell) -> str:
    """Return a cell as a person would have typed it; whole numbers without ``.0``."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) <= _EXACT:
        return str(int(cell))
    return " ".join(str(cell).split())


def masked(text: str, *, is_identity: bool = False) -> str:
    """Return a text with the middle of every long number hidden: ``1971••••••••0012``.

    Parameters
    ----------
    text
        Any cell as text.
    is_identity
        Whether the column holds identity numbers: then shorter, cut numbers are hidden too.
    """

    def hide(found: re.Match[str]) -> str:
        digits = _NOT_DIGIT.sub("", found[0])
        if len(digits) < NIK_LENGTH - 1:
            return f"{digits[:4]}{'•' * (len(digits) - 4)}"
        return f"{digits[:4]}{'•' * (len(digits) - 8)}{digits[-4:]}"

    return (_IDENTITY_NUMBER if is_identity else _LONG_NUMBER).sub(hide, text)


def as_nik(cell: Cell, *, numbers_are_exact: bool = False) -> Reading[str]:
    """Read a NIK or KK: sixteen digits, whatever stands between them.

    Parameters
    ----------
    cell
        As read.
    numbers_are_exact
        Whether number cells of this column keep their last digit. Spreadsheet programs keep
        fifteen digits of a number that is typed in and put 0 for the sixteenth, so that two
        children would get one NIK; files written by other programs keep all sixteen.
    """
    text = as_plain_text(cell)
    if isinstance(cell, str) and _SCIENTIFIC.match(cell):
        return unreadable("nik_scientific")
    digits = _SEPARATORS.sub("", text)
    if not digits.strip("0"):
        return good(None)
    if not digits.isascii() or not digits.isdigit():
        return unreadable("nik_not_digits")
    if len(digits) != NIK_LENGTH:
        return unreadable("nik_length", length=len(digits), expected=NIK_LENGTH)
    if isinstance(cell, int | float) and digits.endswith("0") and not numbers_are_exact:
        return unreadable("nik_last_digit_lost")
    if digits.endswith("0000"):
        return doubtful(digits, "nik_serial_zero")
    return good(digits)


def as_nip(cell: Cell) -> Reading[str]:
    """Read the number of a civil servant: eighteen digits."""
    digits = _SEPARATORS.sub("", as_plain_text(cell))
    if isinstance(cell, float | int) or not (digits.isascii() and digits.isdigit()):
        return doubtful(None, "nip_unreadable")
    if len(digits) != NIP_LENGTH:
        return doubtful(None, "nip_length", length=len(digits), expected=NIP_LENGTH)
    return good(digits)


def nik_birth(nik: str, today: date) -> date | None:
    """Return the birth date inside a NIK, or ``None`` when the digits are no date."""
    day, month, short_year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    century = today.year // 100 * 100
    year = (
        century + short_year if century + short_year <= today.year else century - 100 + short_year
    )
    try:
        return date(year, month, day - 40 if day > 40 else day)
    except ValueError:
        return None


def nik_sex(nik: str) -> Sex:
    """Return the sex inside a NIK."""
    return Sex.FEMALE if int(nik[6:8]) > 40 else Sex.MALE
