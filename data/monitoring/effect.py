"""Whether supported children grow better than comparable ones without support.

Each supported child is paired with one unsupported child of the same kecamatan and sex, of nearly
the same age and nearly the same z-score at the start (optimal pairs without replacement). Low
z-scores tend to be less low the next time whatever is done: partners that start at the same z-score
share this regression to the mean, and what is left of a difference at the start is taken off by
linear regression within pairs (Rubin, Biometrics 29, 1973; Stuart, Statistical Science 25, 2010).
Two checks decide whether anything is said: the groups must be alike at the start (standardised
difference of 0.1 at most, Austin, Communications in Statistics 38, 2009), and before the start,
when nobody was supported, they must have grown alike: a difference then must be one of chance, or
at most a tenth of the one found (that what differed before goes on is the assumption of Rambachan
and Roth, Review of Economic Studies 90, 2023; the tenth is ours).

What stays possible: supported children were chosen by need, so at one measured z-score their true
one may be lower, which makes the difference look smaller than it is; and whoever helps a family may
help it otherwise too. Partners make children comparable in what was measured, not in the rest.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import t as student

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "FEWEST_PAIRS",
    "Effect",
    "Estimate",
    "Pair",
    "Stretch",
    "Why",
    "effect",
    "pair_up",
]

FEWEST_PAIRS = 30
LARGEST_AGE_GAP_MONTHS = 3.0
LARGEST_Z_GAP = 0.3
LARGEST_IMBALANCE = 0.1
LARGEST_SHARE_BEFORE = 0.1
"""A difference before the start of so much of the one found changes nothing of the answer."""
CONFIDENCE = 0.95
_FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A child from one measuring to another, with support all along or without any.

    ``change_before`` is how the z-score changed in the months before the start, None when it was
    not measured then.
    """

    child: int
    stratum: str
    age_months: float
    start_z: float
    end_z: float
    is_supported: bool
    change_before: float | None = None

    @property
    def change(self) -> float:
        """How the z-score changed."""
        return self.end_z - self.start_z


@dataclass(frozen=True, slots=True)
class Pair:
    """A supported child and its comparable partner."""

    supported: Stretch
    other: Stretch


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean difference between partners with what 19 of 20 such samples hold."""

    pairs: int
    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval lies on one side of nothing."""
        return self.low > 0 or self.high < 0


class Why(StrEnum):
    """What may be said, or why nothing."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE_SEEN = "no_difference_seen"
    TOO_FEW = "too_few"
    UNLIKE = "unlike"
    UNLIKE_BEFORE = "unlike_before"


@dataclass(frozen=True, slots=True)
class Effect:
    """What comes of comparing partners.

    ``imbalance`` are the standardised differences at the start by ``age`` and ``z``; ``before`` is
    the difference of the growth before the start, None when too few were measured then.
    """

    supported: int
    others: int
    pairs: int
    estimate: Estimate | None
    imbalance: dict[str, float]
    before: Estimate | None
    why: Why


def effect(stretches: Sequence[Stretch]) -> Effect:
    """Compare supported children with partners, and say only what the checks allow."""
    pairs = pair_up(stretches)
    supported = sum(each.is_supported for each in stretches)
    imbalance = {
        "age": _standardised(pairs, "age_months"),
        "z": _standardised(pairs, "start_z"),
    }
    estimate = _adjusted(pairs) if len(pairs) >= FEWEST_PAIRS else None
    before = _before(pairs)
    return Effect(
        supported,
        len(stretches) - supported,
        len(pairs),
        estimate,
        imbalance,
        before,
        _why(estimate, imbalance, before),
    )


def pair_up(stretches: Iterable[Stretch]) -> list[Pair]:
    """Pair each supported child with the nearest partner of its stratum, best for all together.

    Only partners within three months of age and 0.3 z are taken; nobody is used twice.
    """
    strata: defaultdict[str, tuple[list[Stretch], list[Stretch]]] = defaultdict(lambda: ([], []))
    for each in sorted(stretches, key=lambda one: (one.child, one.start_z)):
        strata[each.stratum][not each.is_supported].append(each)
    pairs = []
    for _, (supported, others) in sorted(strata.items()):
        if not supported or not others:
            continue
        age = _gaps(supported, others, "age_months") / LARGEST_AGE_GAP_MONTHS
        z = _gaps(supported, others, "start_z") / LARGEST_Z_GAP
        cost = np.where((age <= 1 + 1e-9) & (z <= 1 + 1e-9), age**2 + z**2, _FORBIDDEN)
        rows, columns = linear_sum_assignment(cost)
        pairs += [
            Pair(supported[row], others[column])
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
            if cost[row, column] < _FORBIDDEN and supported[row].child != others[column].child
        ]
    return pairs


def _gaps(left: Sequence[Stretch], right: Sequence[Stretch], name: str) -> np.ndarray:
    gaps: np.ndarray = np.abs(
        np.array([getattr(each, name) for each in left])[:, None]
        - np.array([getattr(each, name) for each in right])[None, :]
    )
    return gaps


def _standardised(pairs: Sequence[Pair], name: str) -> float:
    """Return the difference of means in units of the spread; nothing without spread or pairs."""
    left = np.array([getattr(pair.supported, name) for pair in pairs])
    right = np.array([getattr(pair.other, name) for pair in pairs])
    if len(left) < 2:
        return 0.0
    spread = float(np.sqrt((left.var(ddof=1) + right.var(ddof=1)) / 2))
    return float(left.mean() - right.mean()) / spread if spread > 0 else 0.0


def _adjusted(pairs: Sequence[Pair]) -> Estimate:
    """Return the mean difference of changes at no difference in age and z at the start."""
    change = np.array([pair.supported.change - pair.other.change for pair in pairs])
    gaps = np.array(
        [
            (
                pair.supported.start_z - pair.other.start_z,
                pair.supported.age_months - pair.other.age_months,
            )
            for pair in pairs
        ]
    )
    columns = [np.ones(len(pairs))]
    columns += [gaps[:, i] for i in (0, 1) if np.ptp(gaps[:, i]) > 1e-9]
    design = np.column_stack(columns)
    found, _, rank, _ = np.linalg.lstsq(design, change, rcond=None)
    freedom = len(pairs) - int(rank)
    rest = change - design @ found
    variance = float(rest @ rest) / freedom
    error = float(np.sqrt(variance * np.linalg.pinv(design.T @ design)[0, 0]))
    reach = float(student.ppf((1 + CONFIDENCE) / 2, freedom)) * error
    mean = float(found[0])
    return Estimate(len(pairs), mean, mean - reach, mean + reach)


def _before(pairs: Sequence[Pair]) -> Estimate | None:
    gaps = np.array(
        [
            pair.supported.change_before - pair.other.change_before
            for pair in pairs
            if pair.supported.change_before is not None and pair.other.change_before is not None
        ]
    )
    if len(gaps) < FEWEST_PAIRS:
        return None
    error = float(gaps.std(ddof=1)) / float(np.sqrt(len(gaps)))
    reach = float(student.ppf((1 + CONFIDENCE) / 2, len(gaps) - 1)) * error
    mean = float(gaps.mean())
    return Estimate(len(gaps), mean, mean - reach, mean + reach)


def _why(estimate: Estimate | None, imbalance: dict[str, float], before: Estimate | None) -> Why:
    if estimate is None:
        return Why.TOO_FEW
    if any(abs(each) > LARGEST_IMBALANCE for each in imbalance.values()):
        return Why.UNLIKE
    if before is not None and before.is_clear and _weighs(before, estimate):
        return Why.UNLIKE_BEFORE
    if not estimate.is_clear:
        return Why.NO_DIFFERENCE_SEEN
    return Why.BETTER if estimate.mean > 0 else Why.WORSE


def _weighs(before: Estimate, found: Estimate) -> bool:
    """Whether a difference before the start could be more than a small share of what is found.

    Among many children the smallest difference is clear of nought; one that would change nothing
    of the answer must not take it away.
    """
    least = min(abs(found.low), abs(found.high)) if found.is_clear else 0.0
    return max(abs(before.low), abs(before.high)) > LARGEST_SHARE_BEFORE * least
