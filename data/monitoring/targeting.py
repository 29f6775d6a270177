"""Whether help goes to those who need it: who is covered, who is left out, who should not be in.

Coverage, exclusion and inclusion are counted. How help is spread over need is the concentration
index: children in order of need, neediest first, against the packages that they got. It runs from
-1 (all to the neediest) over 0 (everyone alike) to 1 (all to the least needy). Source: O'Donnell,
van Doorslaer, Wagstaff and Lindelow, Analyzing Health Equity Using Household Survey Data (World
Bank, 2008), chapter 8, equation 8.3, with tied children sharing their mean rank.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from data.age import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

__all__ = [
    "AGE_BANDS",
    "WAITING_LONG_MONTHS",
    "Covered",
    "LeftOut",
    "Received",
    "TargetChild",
    "Targeting",
    "age_band",
    "concentration_index",
    "coverage",
    "exclusion",
    "targeting_of",
]

Group = TypeVar("Group")

AGE_BANDS = ((0, "0-5"), (6, "6-11"), (12, "12-23"), (24, "24-59"))
"""First month of a band, and its name."""
WAITING_LONG_MONTHS = 3


class TargetChild(NamedTuple):
    """A child of a month; a tuple, because there may be many.

    Attributes
    ----------
    child_id
        The record that speaks for it now; 0 where nobody asks who it is.
    tier
        1 is the neediest; None for a child that is not eligible.
    points
        0 to 1000, more is needier within a tier.
    reason
        Why an eligible child has no sponsor; empty when it has one or when nobody said.
    months_waiting
        Since the last package, or since it was registered.
    packages
        Packages accepted in the months looked back on.
    doubts
        Why a served child may not be in need: ``recovered``, ``well_off``, ``not_eligible``; or
        which programme helps it too: ``mbg``, ``pmt``, ``pkh``.
    """

    area: str
    age_days: int
    sex: str
    is_eligible: bool
    is_served: bool
    tier: int | None = None
    points: int = 0
    reason: str = ""
    months_waiting: int = 0
    packages: int = 0
    doubts: frozenset[str] = frozenset()
    child_id: int = 0


@dataclass(frozen=True, slots=True)
class Covered:
    """Eligible children of a group and how many of them have a sponsor."""

    eligible: int
    served: int

    @property
    def unserved(self) -> int:
        """Eligible children without a sponsor."""
        return self.eligible - self.served

    @property
    def share(self) -> float | None:
        """Served of eligible; None of nobody."""
        return self.served / self.eligible if self.eligible else None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Eligible children without a sponsor for one reason; ``long`` wait three months or more."""

    children: int
    long: int
    months: int
    """Months that they have waited, added up."""

    @property
    def mean_months(self) -> float:
        """Months that one of them has waited on average."""
        return self.months / self.children


@dataclass(frozen=True, slots=True)
class Received:
    """Eligible children of a tier and the packages that they accepted in the months looked at."""

    children: int
    packages: int


@dataclass(frozen=True, slots=True)
class Targeting:
    """What is told of a whole city: counts that name nobody, as a version of its report keeps them.

    Attributes
    ----------
    tiers, ages, sexes
        Coverage by tier (``1`` … as text, empty where it is not known), age band and sex.
    left_out
        By reason; the empty one where nobody said.
    doubtful
        Served children by doubt; None for a programme whose list nobody gave.
    received
        By tier.
    concentration
        See :func:`concentration_index`.
    """

    tiers: Mapping[str, Covered]
    ages: Mapping[str, Covered]
    sexes: Mapping[str, Covered]
    left_out: Mapping[str, LeftOut]
    doubtful: Mapping[str, int | None]
    received: Mapping[str, Received]
    concentration: float | None


@cache
def age_band(age_days: int) -> str:
    """Return the band of an age in days."""
    months = age_days / DAYS_PER_MONTH
    return next(name for first, name in reversed(AGE_BANDS) if months >= first)


def coverage(
    children: Iterable[TargetChild], by: Callable[[TargetChild], Group]
) -> dict[Group, Covered]:
    """Return who is covered in each group of eligible children."""
    groups = [(by(child), child.is_served) for child in children if child.is_eligible]
    eligible = Counter(group for group, _ in groups)
    served = Counter(group for group, is_served in groups if is_served)
    return {group: Covered(number, served[group]) for group, number in eligible.items()}


def exclusion(children: Iterable[TargetChild]) -> dict[str, LeftOut]:
    """Return the eligible children without a sponsor by reason."""
    waits: defaultdict[str, list[int]] = defaultdict(list)
    for child in children:
        if child.is_eligible and not child.is_served:
            waits[child.reason].append(child.months_waiting)
    return {
        reason: LeftOut(
            len(months), sum(number >= WAITING_LONG_MONTHS for number in months), sum(months)
        )
        for reason, months in waits.items()
    }


def targeting_of(
    children: Sequence[TargetChild], *, doubts: Collection[str], unknown: Collection[str]
) -> Targeting:
    """Return what is told of a month's children; of ``unknown`` doubts nobody can know."""
    counted = Counter(doubt for child in children for doubt in child.doubts)
    packages: Counter[str] = Counter()
    for child in children:
        packages[_tier(child)] += child.packages if child.is_eligible else 0
    tiers = coverage(children, _tier)
    return Targeting(
        tiers=tiers,
        ages=coverage(children, lambda child: age_band(child.age_days)),
        sexes=coverage(children, lambda child: child.sex),
        left_out=exclusion(children),
        doubtful={doubt: None if doubt in unknown else counted[doubt] for doubt in doubts},
        received={
            tier: Received(covered.eligible, packages[tier]) for tier, covered in tiers.items()
        },
        concentration=concentration_index(children),
    )


def _tier(child: TargetChild) -> str:
    return "" if child.tier is None else str(child.tier)


def concentration_index(children: Sequence[TargetChild]) -> float | None:
    """Return how help is spread over need among eligible children; None without any help.

    Below zero the needier get more.
    """
    tied: Counter[tuple[int, int]] = Counter()
    packages: Counter[tuple[int, int]] = Counter()
    for child in children:
        if child.is_eligible and child.tier is not None:
            need = child.tier, -child.points
            tied[need] += 1
            packages[need] += child.packages
    total = packages.total()
    if not total:
        return None
    count, place, weighted = tied.total(), 0, 0.0
    for need in sorted(tied):
        weighted += (place + tied[need] / 2) / count * packages[need]
        place += tied[need]
    return 2 * weighted / total - 1
