"""Whether a child gained enough weight: N, T, O or B, and two T in a row.

Source: Buku KIA 2023 (growth chart, *Kenaikan Berat Minimal*). The months to which the book's
figures belong are general knowledge and marked so in the domain notes; from two years on the
figure of 11-24 months is carried on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from data.reference.kits import completed_months

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "Gain",
    "MonthlyGain",
    "Weighing",
    "ends_in_two_t",
    "has_two_t",
    "minimum_gain_g",
    "month_before",
    "monthly_gains",
]

_MINIMUM_GAIN_G = {1: 800, 2: 900, 3: 800, 4: 600, 5: 500, 6: 400, 7: 300, 8: 300, 9: 300, 10: 300}
_LATER_MINIMUM_GAIN_G = 200


class Gain(StrEnum):
    """The letter that the posyandu writes."""

    GAINED = "N"
    NOT_GAINED = "T"
    NOT_WEIGHED_LAST_MONTH = "O"
    FIRST_TIME = "B"


class Weighing(NamedTuple):
    """A weight on a day. ``waz`` tells whether the child follows its curve; None when unknown."""

    weighed_on: dt.date
    weight_g: int
    waz: float | None = None


@dataclass(frozen=True, slots=True)
class MonthlyGain:
    """The letter of one calendar month; ``gain_g`` is None for O and B."""

    month_on: dt.date
    gain: Gain
    gain_g: int | None


def minimum_gain_g(age_months: int) -> int:
    """Return the least gain (KBM) of the month in which a child reaches an age, in grams."""
    return _MINIMUM_GAIN_G.get(max(age_months, 1), _LATER_MINIMUM_GAIN_G)


def monthly_gains(*, born_on: dt.date, weighings: Iterable[Weighing]) -> tuple[MonthlyGain, ...]:
    """Return the letter of every month with a weighing, oldest first.

    The last weighing of a month counts. A child has gained (N) when the gain reaches the minimum,
    or when the weight-for-age z-score has not fallen, which is to follow the curve; it never has
    when the weight did not rise.
    """
    by_month = {
        weighing.weighed_on.replace(day=1): weighing
        for weighing in sorted(weighings, key=lambda weighing: weighing.weighed_on)
    }
    gains = []
    for month_on, weighing in by_month.items():
        before = by_month.get(month_before(month_on))
        if before is None:
            first = month_on == next(iter(by_month))
            letter = Gain.FIRST_TIME if first else Gain.NOT_WEIGHED_LAST_MONTH
            gains.append(MonthlyGain(month_on, letter, None))
        else:
            letter = _compare(born_on, before, weighing)
            gains.append(MonthlyGain(month_on, letter, weighing.weight_g - before.weight_g))
    return tuple(gains)


def has_two_t(gains: Sequence[MonthlyGain]) -> bool:
    """Return whether the last two months are both T and follow each other: refer the child."""
    if len(gains) < 2:
        return False
    before, last = gains[-2:]
    return (
        before.gain == last.gain == Gain.NOT_GAINED
        and month_before(last.month_on) == before.month_on
    )


def ends_in_two_t(*, born_on: dt.date, newest_first: Iterable[Weighing]) -> bool:
    """Return whether :func:`monthly_gains` would end in two T, looking at the last months only."""
    later: Weighing | None = None
    later_month = num_t = 0
    for weighing in newest_first:
        month = weighing.weighed_on.year * 12 + weighing.weighed_on.month
        if later is not None:
            if month == later_month:
                continue
            if month != later_month - 1 or _compare(born_on, weighing, later) is Gain.GAINED:
                return False
            num_t += 1
            if num_t == 2:
                return True
        later, later_month = weighing, month
    return False


def _compare(born_on: dt.date, before: Weighing, now: Weighing) -> Gain:
    gain_g = now.weight_g - before.weight_g
    if gain_g <= 0:
        return Gain.NOT_GAINED
    enough = gain_g >= minimum_gain_g(completed_months(born_on, now.weighed_on))
    follows = now.waz is not None and before.waz is not None and now.waz >= before.waz
    return Gain.GAINED if enough or follows else Gain.NOT_GAINED


def month_before(month_on: dt.date) -> dt.date:
    """Return the first day of the month before one that is named by its first day."""
    return (month_on - dt.timedelta(days=1)).replace(day=1)
