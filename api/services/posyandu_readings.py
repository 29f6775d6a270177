"""Last digits of heights and weights by posyandu: counted now, or as a closed month kept them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from api.services.months import first_day, last_day
from data.queries.growth import last_digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlmodel import Session

    from api.services.kept_figures import Readings

__all__ = ["added_readings", "count_readings"]

KINDS = ("height", "weight")


def count_readings(session: Session, *, months: Sequence[str]) -> Readings:
    """Return how often each last digit was read in some months, by kelurahan and posyandu."""
    if not months:
        return {}
    spans = [(first_day(month), last_day(month)) for month in months]
    found = _nothing()
    for ward, posyandu, kind, digit, count in last_digits(session, spans=spans):
        found[ward][posyandu][kind][digit] += count
    return {ward: dict(places) for ward, places in found.items()}


def added_readings(parts: Iterable[Readings]) -> Readings:
    """Return the readings of several months together."""
    found = _nothing()
    for readings in parts:
        for ward, places in readings.items():
            for posyandu, kinds in places.items():
                for kind, counts in kinds.items():
                    own = found[ward][posyandu][kind]
                    for digit, count in enumerate(counts):
                        own[digit] += count
    return {ward: dict(places) for ward, places in found.items()}


def _nothing() -> defaultdict[str, defaultdict[str, dict[str, list[int]]]]:
    return defaultdict(lambda: defaultdict(lambda: {kind: [0] * 10 for kind in KINDS}))
