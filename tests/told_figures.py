"""Every figure that the product tells of a city at a moment, as its pages and sheets tell it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from api.services.measuring_quality import measuring_tables
from api.services.monitoring import ratios
from api.services.monitoring_sheets import Wanted
from api.services.month_course import city_course
from api.services.report_versions import figures_of
from api.services.supervision_tables import supervision_tables
from api.services.target_tables import target_tables
from api.services.targeting_tables import targeting_tables
from data.monitoring.shares import share_parts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Cycle

__all__ = ["told_figures", "without_nothing"]

INTERNAL = "days_late"
SUMMED = (measuring_tables, supervision_tables)


def told_figures(session: Session, *, cycle: Cycle, now: datetime) -> dict[str, object]:
    """Return every figure that is told of the city: reports, shares, courses and sheets.

    Of a sheet without a line of totals the lines stand one by one, or added up where they come
    in no order that a script knows.
    """
    figures = figures_of(session, cycle=cycle)
    counts = figures.counts
    city = figures.by_level()["city"].get("", {})
    # A count that nobody is in has no entry: the sheets' column of that name is another figure.
    found: dict[str, object] = dict.fromkeys(("matching_unmatched", "target_new"), 0)
    found |= {**city, **city_course(figures), **figures.of_city()}
    found |= {each.code: share_parts(each, city) for each in ratios()}
    for at, code in enumerate(("sponsor_children", "sponsor_packages", "sponsor_received_rp"), 1):
        # Sponsors stand by codes drawn by chance: who of them is which is no figure.
        found[code] = tuple(sorted(row[at] for row in counts.sponsors))
    found["delivery_not_in_full"] = sum(counts.failure_reasons.values())
    wanted = Wanted(now=now, shows_texts=True)
    for tables in (targeting_tables, measuring_tables, supervision_tables, target_tables):
        cells: defaultdict[str, list[object]] = defaultdict(list)
        for table in tables(session, wanted):
            for place, column in enumerate(table.columns):
                if column.indicator and column.indicator not in found:
                    told_rows = [table.total] if table.total else table.rows
                    cells[column.indicator] += [row[place] for row in told_rows]
        for code, values in cells.items():
            numbers = [each for each in values if isinstance(each, (int, float))]
            found[code] = sum(numbers) if tables in SUMMED else tuple(values)
    return without_nothing(found)


def without_nothing(figures: dict[str, object]) -> dict[str, object]:
    """Figures that are neither nought nor unknown, to six decimals: no order of adding shows."""
    known = {code: rounded(value) for code, value in figures.items() if code != INTERNAL}
    return {code: value for code, value in known.items() if value not in (None, 0, ())}


def rounded(value: object) -> object:
    """A number to six decimals, or each of some."""
    if isinstance(value, tuple):
        return tuple(rounded(each) for each in value)
    return round(value, 6) if isinstance(value, float) else value
