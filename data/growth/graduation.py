"""Whether a child has grown out of the programme, or back into need. A person decides."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from data.reference.graduation import GraduationRule

__all__ = ["Ground", "graduation_ground", "has_relapsed"]


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
    good: list[dt.date] = []
    for measured_on, haz in sorted(heights, reverse=True):
        if haz < rule.least_haz or abs(haz) > rule.largest_haz:
            break
        good.append(measured_on)
    enough = len(good) >= rule.num_measurements
    return Ground.RECOVERED if enough and (good[0] - good[-1]).days >= rule.days_between else None


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
