"""How long goods may wait and bear the heat: of the city, else of the reference data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import select

from api.services.errors import NotFound
from data.reference.items import items
from data.schema import GoodsLimit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import PackageLine

__all__ = [
    "Limits",
    "limit_of",
    "limits_by_item",
    "max_heat_s",
    "max_wait_days",
    "own_limit",
]


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds the way of an item.

    Parameters
    ----------
    max_days_before_delivery
        Most days before the posyandu's day, or the day itself for 0.
    max_heat_minutes
        On the road without a cool box; None: as long as the day is.
    by, at
        Who of the city said so, and when; None where it is the reference data's.
    """

    max_days_before_delivery: int
    max_heat_minutes: int | None
    by: str | None = None
    at: datetime | None = None


def limits_by_item(session: Session) -> dict[str, Limits]:
    """Return by item what binds its way."""
    own = {row.item_code: row for row in session.exec(select(GoodsLimit))}
    return {
        code: own_limit(own[code])
        if code in own
        else Limits(known.max_days_before_delivery, known.max_heat_minutes)
        for code, known in items().items()
    }


def limit_of(session: Session, *, code: str) -> Limits:
    """Return what binds the way of one item.

    Raises
    ------
    NotFound
        ``goods.unknown``.
    """
    if code not in items():
        raise NotFound("goods.unknown")
    row = session.get(GoodsLimit, code)
    known = items()[code]
    return own_limit(row) if row else Limits(known.max_days_before_delivery, known.max_heat_minutes)


def max_wait_days(limits: Mapping[str, Limits], lines: Iterable[PackageLine]) -> int:
    """Return how many days a package may wait: as its most delicate item."""
    return min(limits[line.item_code].max_days_before_delivery for line in lines)


def max_heat_s(limits: Mapping[str, Limits], lines: Iterable[PackageLine]) -> int | None:
    """Return how long goods may be on the road without a cool box; None: as long as needed."""
    found = [limits[line.item_code].max_heat_minutes for line in lines]
    return min((60 * minutes for minutes in found if minutes is not None), default=None)


def own_limit(row: GoodsLimit) -> Limits:
    """Return what a city's row says."""
    return Limits(row.max_days_before_delivery, row.max_heat_minutes, row.by, row.at)
