"""Figures on stunting that others published, and dated targets; each with its source.

A survey tells prevalence. A register (e-PPGBM) counts those who came to be measured, and the
office's own list those whom it looks after: neither is called prevalence.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from data.reference import read_table

__all__ = ["PublishedRow", "published_rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRow:
    """A figure as it was published.

    ``kind`` is ``survey``, ``register`` or ``target``; ``unit`` is ``percent`` or ``children``;
    ``low`` and ``high`` are its interval where one was given. ``certainty`` is ``unsure`` where
    sources disagree.
    """

    kind: str
    area: str
    on: dt.date
    value: float
    unit: str
    low: float | None
    high: float | None
    name_id: str
    name_en: str
    source_id: str
    source: str
    certainty: str


@cache
def published_rows() -> tuple[PublishedRow, ...]:
    """Return the figures in the order of the table."""
    return tuple(
        PublishedRow(
            kind=row["kind"],
            area=row["area"],
            on=dt.date.fromisoformat(row["on"]),
            value=float(row["value"]),
            unit=row["unit"],
            low=float(row["low"]) if row["low"] else None,
            high=float(row["high"]) if row["high"] else None,
            name_id=row["name_id"],
            name_en=row["name_en"],
            source_id=row["source_id"],
            source=row["source"],
            certainty=row["certainty"],
        )
        for row in read_table("published_figures")
    )
