"""How needy a child is: a tier that comes first and points within it, by a dated policy.

Tier 1 is severely stunted (HAZ below -3), tier 2 stunted and below 24 months (the window in which
food helps most), tier 3 all other stunted children. Points from 0 to 1000 order children within a
tier. Every part of the points is named, so that staff can read the sum. The figures stand in
``data/reference/need_policy.csv``; a month uses those in force on its first day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from data.reference import read_table

LIFE_DAYS = 1826
"""Sixty months; from then on a child is no longer a *balita*."""


@dataclass(frozen=True, kw_only=True)
class NeedPart:
    """One addend of the points: its code, the value that was looked at, what it gave of at most."""

    code: str
    value: float | int | str | None
    points: int
    at_most: int


@dataclass(frozen=True, kw_only=True)
class Need:
    """Tier (1 is the neediest), points 0..1000, and the parts that add up to them."""

    tier: int
    points: int
    parts: tuple[NeedPart, ...]
    policy_version: str


@dataclass(frozen=True, kw_only=True)
class NeedPolicy:
    """The figures of the rule that is in force from a day on.

    Attributes
    ----------
    severe_haz, stunted_haz
        Below the first is tier 1; at or above the second is not stunted.
    young_days
        Below this age a stunted child is tier 2.
    max_measured_days
        An older measurement says too little about a child to decide by.
    haz_at_most, age_at_most, poverty_at_most, waiting_at_most
        Most points of each part; they sum to 1000.
    haz_full, waiting_full_months
        Where HAZ and waiting give all their points.
    """

    version: str
    from_on: dt.date
    severe_haz: float
    stunted_haz: float
    young_days: int
    max_measured_days: int
    haz_at_most: int
    age_at_most: int
    poverty_at_most: int
    waiting_at_most: int
    haz_full: float
    waiting_full_months: int
    source: str


@cache
def _policies() -> tuple[NeedPolicy, ...]:
    return tuple(
        NeedPolicy(
            version=row["version"],
            from_on=dt.date.fromisoformat(row["from_on"]),
            severe_haz=float(row["severe_haz"]),
            stunted_haz=float(row["stunted_haz"]),
            young_days=int(row["young_days"]),
            max_measured_days=int(row["max_measured_days"]),
            haz_at_most=int(row["haz_at_most"]),
            age_at_most=int(row["age_at_most"]),
            poverty_at_most=int(row["poverty_at_most"]),
            waiting_at_most=int(row["waiting_at_most"]),
            haz_full=float(row["haz_full"]),
            waiting_full_months=int(row["waiting_full_months"]),
            source=row["source"],
        )
        for row in read_table("need_policy")
    )


def need_policy(on: dt.date) -> NeedPolicy:
    """Return the policy in force on a day; before the first one, the first."""
    in_force = [policy for policy in _policies() if policy.from_on <= on]
    return max(in_force or _policies()[:1], key=lambda policy: policy.from_on)


def assess_need(
    policy: NeedPolicy,
    *,
    haz: float,
    age_days: int,
    poverty_decile: int | None,
    is_at_risk: bool | None,
    months_waiting: int,
    is_in_programme: bool = False,
) -> Need | None:
    """Return how needy a child is, or None when it is not stunted.

    One in the programme that has grown to -2 or more keeps its place behind every stunted child of
    its age: tier 3, without points for height.

    Parameters
    ----------
    haz
        Height-for-age z-score, two decimals; -2.00 is not stunted, -3.00 not severely.
    age_days
        On the first day of the month.
    poverty_decile
        1 poorest to 10; None when the family is on no list.
    is_at_risk
        Whether the family is on the list of families at risk (KRS); None when not known.
    months_waiting
        Months since the child last had a package, or since it was registered.
    is_in_programme
        Whether the child takes part although it may have grown to -2 or more.
    """
    if haz >= policy.stunted_haz and not is_in_programme:
        return None
    parts = (
        _haz_part(policy, haz),
        _age_part(policy, age_days),
        _poverty_part(policy, poverty_decile, is_at_risk),
        _waiting_part(policy, months_waiting),
    )
    return Need(
        tier=_tier(policy, haz, age_days),
        points=sum(part.points for part in parts),
        parts=parts,
        policy_version=policy.version,
    )


def _tier(policy: NeedPolicy, haz: float, age_days: int) -> int:
    if haz < policy.severe_haz:
        return 1
    is_young = age_days < policy.young_days and haz < policy.stunted_haz
    return 2 if is_young else 3


def _share(at_most: int, part: int, whole: int) -> int:
    """Return so much of ``at_most``, rounded down, in whole numbers so that no machine differs."""
    return at_most * min(max(part, 0), whole) // whole


def _hundredths(z: float) -> int:
    return round(z * 100)


def _haz_part(policy: NeedPolicy, haz: float) -> NeedPart:
    below = _hundredths(policy.stunted_haz) - _hundredths(haz)
    depth = _hundredths(policy.stunted_haz) - _hundredths(policy.haz_full)
    given = _share(policy.haz_at_most, below, depth)
    return NeedPart(code="need.haz", value=haz, points=given, at_most=policy.haz_at_most)


def _age_part(policy: NeedPolicy, age_days: int) -> NeedPart:
    given = _share(policy.age_at_most, LIFE_DAYS - age_days, LIFE_DAYS)
    return NeedPart(code="need.age", value=age_days, points=given, at_most=policy.age_at_most)


def _poverty_part(policy: NeedPolicy, decile: int | None, is_at_risk: bool | None) -> NeedPart:
    """Take the decile; a family at risk gets at least half. Not known gives nothing."""
    at_most = policy.poverty_at_most
    by_decile = _share(at_most, 10 - decile, 9) if decile is not None else 0
    by_risk = at_most // 2 if is_at_risk else 0
    if decile is None and is_at_risk is None:
        return NeedPart(code="need.poverty_unknown", value=None, points=0, at_most=at_most)
    if by_risk > by_decile:
        return NeedPart(code="need.at_risk", value=decile, points=by_risk, at_most=at_most)
    return NeedPart(code="need.poverty", value=decile, points=by_decile, at_most=at_most)


def _waiting_part(policy: NeedPolicy, months_waiting: int) -> NeedPart:
    given = _share(policy.waiting_at_most, months_waiting, policy.waiting_full_months)
    at_most = policy.waiting_at_most
    return NeedPart(code="need.waiting", value=months_waiting, points=given, at_most=at_most)
