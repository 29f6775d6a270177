"""Writes words, numbers, days and clock times the way the reader's language does."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from api.documents.texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from api.documents.models import Goods, Language

_LOCALES: dict[Language, str] = {"id": "id_ID", "en": "en_GB"}
_IDENTITY_NUMBER = re.compile(r"(?<!\d)(?<!\d[ .-])\d(?:[ .-]?\d){15}(?![ .-]?\d)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LONG_RUN = re.compile(r"\S{25,}")
_BREAK_EVERY = 12
_ZERO_WIDTH_SPACE = "\u200b"
MEASURES = ("kg", "litre")
"""Units that English writes between number and goods."""
_NO_BREAK = "\u00a0"


def masked(text: str) -> str:
    """Hide every 16-digit identity number (NIK, KK) that someone typed into a free text.

    The first four and the last four digits stay, as on the screens: ``1971••••••••0012``.

    Examples
    --------
    >>> masked("Ibu Sari (NIK " + "1971" + "0" * 8 + "0012)")
    'Ibu Sari (NIK 1971••••••••0012)'
    """

    def hide(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match.group())
        return f"{digits[:4]}••••••••{digits[-4:]}"

    return _IDENTITY_NUMBER.sub(hide, text)


def printable(text: str) -> str:
    """Make a typed text safe to lay out: masked, no control characters, long runs breakable."""
    cleaned = _CONTROL.sub("", masked(text)).strip()
    return _LONG_RUN.sub(_breakable, cleaned)


def _breakable(match: re.Match[str]) -> str:
    run = match.group()
    pieces = [run[at : at + _BREAK_EVERY] for at in range(0, len(run), _BREAK_EVERY)]
    return _ZERO_WIDTH_SPACE.join(pieces)


def decimals_of(thousandths: Iterable[int]) -> int:
    """Return how many decimals the longest of these thousandths (grams, millilitres) takes."""
    return max((_decimals(each) for each in thousandths), default=0)


def _decimals(thousandths: int) -> int:
    return next((3 - zeros for zeros in (3, 2, 1) if thousandths % 10**zeros == 0), 3)


class Wording:
    """One language's words and figures for one document.

    Parameters
    ----------
    language
        ``"id"`` or ``"en"``.
    timezone
        IANA name of the zone in which instants are written.
    """

    def __init__(self, language: Language = "id", timezone: str = "Asia/Jakarta") -> None:
        self.language = language
        self._column = 0 if language == "id" else 1
        self._zone = ZoneInfo(timezone)

    def say(self, key: str, **values: object) -> str:
        """Give the sentence for a key of :data:`api.documents.texts.TEXTS`."""
        return TEXTS[key][self._column].format(**values)

    def all(self, keys: Iterable[str]) -> dict[str, str]:
        """Give the words of several keys, for a template."""
        return {key: self.say(key) for key in keys}

    def number(self, value: Decimal | float, *, decimals: int = 3, least: int = 0) -> str:
        """Write a number with at most so many decimals: ``1.234,5`` (English ``1,234.5``).

        With ``least`` it has at least so many: ``8,40`` beside ``10,17`` (:func:`decimals_of`).
        """
        from babel.numbers import format_decimal

        pattern = "#,##0." + "0" * least + "#" * (decimals - least) if decimals else "#,##0"
        rounded = round(Decimal(value), decimals) + 0  # + 0: no minus before nought
        return format_decimal(rounded, format=pattern, locale=_LOCALES[self.language])

    def rupiah(self, value: Decimal | float) -> str:
        """Write an amount of money in whole rupiah: ``Rp 1.250.000``, which no line breaks."""
        return f"Rp{_NO_BREAK}{self.number(value, decimals=0)}"

    def kilograms(self, weight_g: int, *, least: int = 0) -> str:
        """Write grams as kilograms, exactly."""
        return self.number(Decimal(weight_g) / 1000, least=least)

    def litres(self, volume_ml: int, *, least: int = 0) -> str:
        """Write millilitres as litres, exactly."""
        return self.number(Decimal(volume_ml) / 1000, least=least)

    def kilometres(self, distance_m: int) -> str:
        """Write metres as kilometres to a tenth."""
        return self.number(Decimal(distance_m) / 1000, decimals=1)

    def day(self, value: date, *, short: bool = False) -> str:
        """Write a date: ``3 Desember 2026``, or short ``3 Des 2026``."""
        from babel.dates import format_date

        pattern = "d MMM y" if short else "d MMMM y"
        return format_date(value, pattern, locale=_LOCALES[self.language])

    def weekday(self, value: date) -> str:
        """Name the day of the week: ``Kamis``."""
        from babel.dates import format_date

        return format_date(value, "EEEE", locale=_LOCALES[self.language])

    def month(self, value: date) -> str:
        """Write the month of a date: ``Desember 2026``."""
        from babel.dates import format_date

        return format_date(value, "LLLL y", locale=_LOCALES[self.language])

    def month_name(self, value: date) -> str:
        """Write the month of a date without its year: ``Desember``."""
        from babel.dates import format_date

        return format_date(value, "LLLL", locale=_LOCALES[self.language])

    def clock(self, instant: datetime) -> str:
        """Write the local clock time of an aware instant: ``08.15`` (English ``08:15``).

        Raises
        ------
        ValueError
            If the instant carries no time zone: nobody could say which 08.15 it is.
        """
        if instant.tzinfo is None:
            message = f"The instant {instant.isoformat()} has no time zone; give it one (UTC)."
            raise ValueError(message)
        pattern = "%H.%M" if self.language == "id" else "%H:%M"
        return instant.astimezone(self._zone).strftime(pattern)

    def moment(self, instant: datetime) -> str:
        """Write day and clock time of an aware instant: ``3 Des 2026 08.15``."""
        clock = self.clock(instant)
        return f"{self.day(instant.astimezone(self._zone).date(), short=True)} {clock}"

    def goods(self, goods: Goods) -> str:
        """Write an amount of goods on one line: ``30 butir Telur ayam``, ``30 × Eggs``."""
        unit = printable(goods.unit)
        if self.language == "en" and unit not in MEASURES:
            unit = "×"
        return f"{self.number(goods.quantity)}{_NO_BREAK}{unit} {printable(goods.name)}"

    def num_packages(self, count: int) -> str:
        """Write a number of packages: ``12 paket``."""
        key = "one_package" if count == 1 else "num_packages"
        return self.say(key, n=self.number(count, decimals=0))
