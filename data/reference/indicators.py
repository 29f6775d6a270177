"""Columns of the monthly report. They are a table and not code, because regulations change them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from data.reference import read_table

__all__ = ["Indicator", "indicators"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure of the monthly report, with what is counted and what it is divided by.

    ``denominator`` is empty where the figure is a count. ``unit`` is ``children``, ``sponsors``,
    ``packages``, ``pairs``, ``stops``, ``routes``, ``attempts``, ``rupiah``, ``grams``, ``days``,
    ``km``, ``percent``, ``z`` or ``code``. ``direction`` is where better lies: ``up``, ``down`` or
    ``none``. ``since`` is the first month that may show the figure. ``missing`` is empty where the
    figure is counted, otherwise why it is not: ``not_recorded`` or ``referral``.
    """

    code: str
    group: str
    group_id: str
    group_en: str
    name_id: str
    name_en: str
    definition: str
    numerator: str
    denominator: str
    unit: str
    direction: str
    since: str
    missing: str
    source: str
    as_of: str


@cache
def indicators() -> tuple[Indicator, ...]:
    """Return the indicators in the order of the report."""
    return tuple(Indicator(**row) for row in read_table("indicators"))
