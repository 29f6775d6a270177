"""How long work may take before it is late: dated figures."""

from __future__ import annotations

import datetime as dt
from functools import cache

from data.reference import read_table

__all__ = ["deadline"]


@cache
def deadline(code: str, on: dt.date) -> dt.timedelta:
    """Return how long something may take by the figure in force on a day.

    ``exception_closed``: from opening a case of the road to closing it; ``report_received``: from
    what happened at a door to its arrival here. Before the first figure, the first holds.

    Raises
    ------
    KeyError
        For a deadline that is none.
    """
    rows = [row for row in read_table("deadlines") if row["code"] == code]
    if not rows:
        raise KeyError(code)
    in_force = [row for row in rows if row["from_on"] <= on.isoformat()]
    row = max(in_force or rows[:1], key=lambda each: each["from_on"])
    return dt.timedelta(**{row["unit"]: int(row["value"])})
