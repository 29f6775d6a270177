"""Where a monthly count is heading, how sure that is, and what coverage a target would take.

The projection carries the mean monthly change on (random walk with drift): its interval widens with
the months and with how unsteady the past was, and it does not take months for independent of each
other. Source: Hyndman and Athanasopoulos, Forecasting: principles and practice, 3rd edition (2021),
sections 5.2 and 5.5; with few months Student's t takes the place of the normal distribution.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from scipy.stats import t as student

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FEWEST_MONTHS", "Flow", "Outlook", "Projection", "needed_coverage", "project"]

FEWEST_MONTHS = 6
"""Of fewer months nothing is projected."""
CONFIDENCE = 0.95


class Outlook(StrEnum):
    """What may be said of a target."""

    TOO_FEW = "too_few"
    ON_COURSE = "on_course"
    OPEN = "open"
    OFF_COURSE = "off_course"


@dataclass(frozen=True, slots=True)
class Projection:
    """A count so many months on: the middle, and what 19 of 20 such futures stay within."""

    months_ahead: int
    middle: float
    low: float
    high: float

    def outlook(self, target: float) -> Outlook:
        """Return whether a count will be at or below a target."""
        if self.high <= target:
            return Outlook.ON_COURSE
        return Outlook.OFF_COURSE if self.low > target else Outlook.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How a list of children changes in a month.

    ``graduating`` and ``leaving`` are shares of those supported and of all; ``new`` is a number.
    """

    new: float
    graduating: float
    leaving: float


def project(counts: Sequence[float], *, months_ahead: int) -> Projection | None:
    """Return where a monthly count will be; None of fewer than six months.

    Raises
    ------
    ValueError
        For a month that is not ahead.
    """
    if months_ahead < 1:
        raise ValueError(f"{months_ahead} months ahead")
    if len(counts) < FEWEST_MONTHS:
        return None
    changes = [later - earlier for earlier, later in pairwise(counts)]
    number = len(changes)
    middle = counts[-1] + months_ahead * fmean(changes)
    error = stdev(changes) * sqrt(months_ahead * (1 + months_ahead / number))
    reach = float(student.ppf((1 + CONFIDENCE) / 2, number - 1)) * error
    return Projection(
        months_ahead, max(0.0, middle), max(0.0, middle - reach), max(0.0, middle + reach)
    )


def needed_coverage(
    flow: Flow, *, children: float, target: float, months_ahead: int
) -> float | None:
    """Return the covered share at which a list comes down to a target in so many months.

    Each month ``new`` children come, a share ``leaving`` goes anyway, and of the covered a share
    ``graduating`` recovers; all stay as they were. Zero when no support is needed, None when even
    support for all is not enough.
    """

    def left(coverage: float) -> float:
        number = children
        for _ in range(months_ahead):
            number += flow.new - number * min(1.0, flow.leaving + coverage * flow.graduating)
        return number

    if left(0.0) <= target:
        return 0.0
    if left(1.0) > target:
        return None
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) > target else (low, middle)
    return high
