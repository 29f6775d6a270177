"""Whether the share of a unit differs from the others' by more than chance: a funnel, no ranking.

Small units vary widely by chance alone, so a list from best to worst mostly shows who is small.
A funnel asks of each unit how likely its count would be if it were like all together. Source:
Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24
(2005), with its exact binomial limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ALARM", "Funnel", "Limits", "Placed", "Unit", "Verdict", "funnel", "limits"]

ALARM = 0.001
"""One side of the outer limits: of a thousand units like the others, two lie outside."""
WARNING = 0.025
"""One side of the inner limits."""
SMALLEST_COUNT = 5
"""Below this many cases nothing is said of a unit."""


class Verdict(StrEnum):
    """What may be said of a unit."""

    TOO_FEW = "too_few"
    WITHIN = "within"
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with ``hits`` of ``count`` cases."""

    name: str
    hits: int
    count: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit in the funnel; ``share`` is None without cases."""

    name: str
    hits: int
    count: int
    share: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Limits:
    """Shares between which chance explains a unit of so many cases: 95 % and 99.8 %."""

    count: int
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """All units, in the order given, with the share of all together (None without cases)."""

    share: float | None
    units: tuple[Placed, ...]


def funnel(units: Iterable[Unit]) -> Funnel:
    """Place units around the share of all together.

    A unit is ``HIGHER`` or ``LOWER`` when a count as far out has at most one chance in a thousand.
    It is ``TOO_FEW`` below five cases, and wherever even none or all of its cases would not be
    that unlikely.

    Raises
    ------
    ValueError
        When a unit has more hits than cases, or fewer than none.
    """
    listed = list(units)
    for unit in listed:
        if not 0 <= unit.hits <= unit.count:
            raise ValueError(f"{unit.name}: {unit.hits} of {unit.count}")
    cases = sum(unit.count for unit in listed)
    share = sum(unit.hits for unit in listed) / cases if cases else None
    if share is None:
        return Funnel(None, tuple(_placed(unit, Verdict.TOO_FEW) for unit in listed))
    hits, counts = (np.array([getattr(unit, of) for unit in listed]) for of in ("hits", "count"))
    # All units in one call: scipy takes longer to be called than to work one out.
    at_most, at_least = binom.cdf(hits, counts, share), binom.sf(hits - 1, counts, share)
    return Funnel(
        share,
        tuple(
            _placed(unit, _verdict(unit, share, float(at_most[i]), float(at_least[i])))
            for i, unit in enumerate(listed)
        ),
    )


def limits(share: float, counts: Iterable[int]) -> tuple[Limits, ...]:
    """Return the limits around a share for units of some sizes, for drawing.

    Between the whole counts they are interpolated as in the source, so that the lines are smooth.
    """
    sizes = np.array(list(counts))
    low_95, high_95 = _quantile(WARNING, sizes, share), _quantile(1 - WARNING, sizes, share)
    low_998, high_998 = _quantile(ALARM, sizes, share), _quantile(1 - ALARM, sizes, share)
    return tuple(
        Limits(int(size), *(float(line[i]) for line in (low_95, high_95, low_998, high_998)))
        for i, size in enumerate(sizes)
    )


def _placed(unit: Unit, verdict: Verdict) -> Placed:
    own = unit.hits / unit.count if unit.count else None
    return Placed(unit.name, unit.hits, unit.count, own, verdict)


def _verdict(unit: Unit, share: float, at_most: float, at_least: float) -> Verdict:
    """Say what may be said of a unit, by the chances of so few and of so many hits."""
    tellable = min(share**unit.count, (1 - share) ** unit.count) <= ALARM
    if unit.count < SMALLEST_COUNT or not tellable:
        return Verdict.TOO_FEW
    if at_most <= ALARM:
        return Verdict.LOWER
    return Verdict.HIGHER if at_least <= ALARM else Verdict.WITHIN


def _quantile(chance: float, sizes: np.ndarray, share: float) -> np.ndarray:
    """Return the interpolated binomial quantile as a share, between 0 and 1."""
    whole = binom.ppf(chance, sizes, share)
    above = binom.cdf(whole, sizes, share)
    at = binom.pmf(whole, sizes, share)
    part = np.divide(above - chance, at, out=np.zeros_like(above), where=at > 0)
    shares: np.ndarray = np.clip((whole - part) / sizes, 0, 1)
    return shares
