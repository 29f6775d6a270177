"""How needy a child is: a tier that comes first and points within it, by a dated policy.

Tier 1 is severely stunted (HAZ below -3), tier 2 stunted and below 24 months (the window in which
food helps most), tier 3 all other stunted children. Points from 0 to 1000 order children within a
tier. Every part of the points is named, so that staff can read the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


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
    """The figures of the rule that is in force from a day on."""

    version: str
    from_on: date
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


def need_policy(on: date) -> NeedPolicy:
    """Return the policy in force on a day."""
    raise NotImplementedError


def assess_need(
    policy: NeedPolicy,
    *,
    haz: float,
    age_days: int,
    poverty_decile: int | None,
    is_at_risk: bool | None,
    months_waiting: int,
) -> Need | None:
    """Return how needy a child is, or None when it is not stunted."""
    raise NotImplementedError
