"""Months written ``2026-12``: their days, and counting in them."""

import re
from datetime import date, timedelta

from api.services.errors import Invalid

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def checked_month(month: str) -> str:
    """Return a month as given.

    Raises
    ------
    Invalid
        ``month.unreadable`` when it is not written ``2026-12``.
    """
    if not _MONTH.fullmatch(month):
        raise Invalid("month.unreadable", fields={"month": "month.unreadable"}, found=month)
    return month


def first_day(month: str) -> date:
    """Return the first day of a month."""
    return date(int(month[:4]), int(month[5:]), 1)


def last_day(month: str) -> date:
    """Return the last day of a month."""
    return first_day(later_month(month, 1)) - timedelta(days=1)


def later_month(month: str, num_months: int) -> str:
    """Return the month so many months later (earlier when negative)."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + num_months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def months_from(first: str, last: str) -> int:
    """Return how many months later ``last`` is than ``first``."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])


def month_of(day: date) -> str:
    """Return the month of a day."""
    return day.strftime("%Y-%m")
