"""Whether measurements were read off or rounded: preference for last digits.

Ten last digits should be about equally frequent. Rounding to the half and whole unit shows as too
many 0 and 5, which moves children across the -2 line by chance. Score and its use: WHO and UNICEF,
Recommendations for data collection, analysis and reporting on anthropometric indicators in children
under 5 years old (2019), after Kuulasmaa et al., WHO MONICA quality assessment (1998). Whether 0
and 5 are too many is told by the exact binomial chance, as in :mod:`data.monitoring.funnel`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

from scipy.stats import binom

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FEWEST", "DigitVerdict", "Digits", "digit_preference"]

FEWEST = 20
"""Below this many measurements nothing is said: one day's weighing can look like anything."""
ALARM = 0.001
NUM_DIGITS = 10
ROUND_SHARE = 0.2
"""Two of ten digits, when nobody rounds."""


class DigitVerdict(StrEnum):
    """What may be said of somebody's last digits."""

    TOO_FEW = "too_few"
    WITHIN = "within"
    ROUNDED = "rounded"


@dataclass(frozen=True, slots=True)
class Digits:
    """Last digits of so many readings.

    ``score`` is 0 when all ten are equally frequent and 100 when there is only one; None without
    readings. Chance alone gives few readings a high score, so the verdict does not use it.
    """

    count: int
    num_round: int
    score: float | None
    verdict: DigitVerdict

    @property
    def round_share(self) -> float | None:
        """The share that ends in 0 or 5; None without readings."""
        return self.num_round / self.count if self.count else None


def digit_preference(frequencies: Sequence[int]) -> Digits:
    """Judge the frequencies of the last digits 0 to 9.

    Raises
    ------
    ValueError
        Unless there are ten frequencies of nothing or more.
    """
    if len(frequencies) != NUM_DIGITS or min(frequencies) < 0:
        raise ValueError(f"ten frequencies of nothing or more, not {list(frequencies)}")
    count = sum(frequencies)
    num_round = frequencies[0] + frequencies[5]
    if not count:
        return Digits(0, 0, None, DigitVerdict.TOO_FEW)
    expected = count / NUM_DIGITS
    chi_square = sum((found - expected) ** 2 for found in frequencies) / expected
    score = 100 * sqrt(chi_square / (count * (NUM_DIGITS - 1)))
    return Digits(count, num_round, score, _verdict(num_round, count))


@lru_cache(maxsize=4096)
def _verdict(num_round: int, count: int) -> DigitVerdict:
    if count < FEWEST:
        return DigitVerdict.TOO_FEW
    chance = float(binom.sf(num_round - 1, count, ROUND_SHARE))
    return DigitVerdict.ROUNDED if chance <= ALARM else DigitVerdict.WITHIN
