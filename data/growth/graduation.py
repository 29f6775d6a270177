"""Whether a child has grown out of the programme, or back into need. A person decides."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from data.reference.graduation import GraduationRule

__all__ = ["Ground", "days_in_order", "graduation_ground", "has_relapsed"]


class Ground(StrEnum):
    """Why graduation is proposed."""

    RECOVERED = "recovered"
    TOO_OLD = "too_old"


def graduation_ground(
    rule: GraduationRule,
    *,
    born_on: dt.date,
    heights: Iterable[tuple[dt.date, float]],
    on: dt.date,
) -> Ground | None:
    """Return why a child may graduate, or None when it may not.

    Parameters
    ----------
    heights
        Day and height-for-age z-score of each measurement that has one, in any order. The newest
        ones count, back to the first that is stunted or not believable.
    """
    if (on - born_on).days >= rule.life_days:
        return Ground.TOO_OLD
    good = days_in_order(rule, heights=heights)
    enough = len(good) >= rule.num_measurements
    return Ground.RECOVERED if enough and (good[-1] - good[0]).days >= rule.days_between else None


def days_in_order(
    rule: GraduationRule, *, heights: Iterable[tuple[dt.date, float]]
) -> list[dt.date]:
    """Return the days of the newest measurements in a row that are no longer stunted, in order."""
    good: list[dt.date] = []
    for measured_on, haz in sorted(heights, reverse=True):
        if haz < rule.least_haz or abs(haz) > rule.largest_haz:
            break
        good.append(measured_on)
    return good[::-1]


def has_relapsed(
    rule: GraduationRule, *, left_on: dt.date, heights: Iterable[tuple[dt.date, float]]
) -> bool:
    """Return whether the newest believable height of a child since it left is stunted."""
    later = [
        (measured_on, haz)
        for measured_on, haz in heights
        if measured_on > left_on and abs(haz) <= rule.largest_haz
    ]
    return bool(later) and max(later)[1] < rule.least_haz
