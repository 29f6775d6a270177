"""When a child may graduate, and when it is looked at: a dated rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from data.reference import read_table

__all__ = ["GraduationRule", "graduation_rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduationRule:
    """The figures of the rule that is in force from a day on.

    Attributes
    ----------
    least_haz
        Height-for-age at which a child is no longer stunted.
    num_measurements, days_between
        So many measurements in a row have to be that good, the last so long after the first.
    largest_haz
        Beyond this, either way, a height is taken for a mistake and the row ends there.
    life_days
        Age at which a child leaves the programme whatever it measures.
    review_months
        After so many months of support a child is looked at again.
    max_days_unmeasured
        A supported child that was not measured for longer is asked after.
    """

    version: str
    from_on: dt.date
    least_haz: float
    num_measurements: int
    days_between: int
    largest_haz: float
    life_days: int
    review_months: int
    max_days_unmeasured: int
    source: str


@cache
def _rules() -> tuple[GraduationRule, ...]:
    return tuple(
        GraduationRule(
            version=row["version"],
            from_on=dt.date.fromisoformat(row["from_on"]),
            least_haz=float(row["least_haz"]),
            num_measurements=int(row["num_measurements"]),
            days_between=int(row["days_between"]),
            largest_haz=float(row["largest_haz"]),
            life_days=int(row["life_days"]),
            review_months=int(row["review_months"]),
            max_days_unmeasured=int(row["max_days_unmeasured"]),
            source=row["source"],
        )
        for row in read_table("graduation_rule")
    )


def graduation_rule(on: dt.date) -> GraduationRule:
    """Return the rule in force on a day; before the first one, the first."""
    in_force = [rule for rule in _rules() if rule.from_on <= on]
    return max(in_force or _rules()[:1], key=lambda rule: rule.from_on)
