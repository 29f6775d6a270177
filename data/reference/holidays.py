"""National holidays and joint leave.

2026 is from the ministers' decree. The decree for 2027 was not seen: its movable feasts are
computed and marked ``unsure``, and joint leave is missing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from data.reference import read_table

__all__ = ["Holiday", "holidays", "is_workday"]


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day without work. ``kind`` is ``national`` or ``joint_leave``."""

    on: dt.date
    name_id: str
    name_en: str
    kind: str
    certainty: str

    @property
    def is_sure(self) -> bool:
        """Whether the date is decreed or fixed."""
        return self.certainty != "unsure"


@cache
def holidays(year: int) -> tuple[Holiday, ...]:
    """Return the holidays of a year by date; raises KeyError for a year without a table."""
    found = tuple(
        Holiday(
            on=dt.date.fromisoformat(row["on"]),
            name_id=row["name_id"],
            name_en=row["name_en"],
            kind=row["kind"],
            certainty=row["certainty"],
        )
        for row in read_table("holidays")
        if row["on"].startswith(f"{year:04d}-")
    )
    if not found:
        raise KeyError(year)
    return found


def is_workday(on: dt.date) -> bool:
    """Return whether offices work on a day: not Saturday, Sunday, a holiday or joint leave.

    In a year without a table only weekends count.
    """
    if on.weekday() >= 5:
        return False
    try:
        return all(holiday.on != on for holiday in holidays(on.year))
    except KeyError:
        return True
