"""Half a year of closed months, as their reports tell them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.errors import Invalid
from api.services.months import later_month
from api.services.pillars import pillar_texts
from api.services.public_report import hidden_in_report
from api.services.report_beside import CITY_ALONE
from api.services.report_tables import ARRIVALS_TOLD, COUNT_ARRIVALS, HIDDEN, MAY_BE_UNKNOWN
from api.services.report_versions import figures_of_months
from data.schema import Cycle, CycleState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from api.documents.report_models import Cell
    from api.services.kept_figures import Figures
    from api.services.report_privacy import FigureCell
    from data.schema import ReportVersion

__all__ = ["Semester", "SemesterMonth", "months_of", "read_semester", "semester_of", "semesters"]

NUM_MONTHS = 6
OF_CITY = ("genting_children", "genting_sponsors", "genting_packages", "genting_value_rp",
           "sponsors_active", "sponsors_pledged_rp", "sponsors_received_rp")  # fmt: skip
"""Figures of the city alone; a version that has none of them does not say nought."""


@dataclass(frozen=True, slots=True)
class SemesterMonth:
    """What is reported of a closed month (level → area → figure), and what is hidden of it."""

    month: str
    version: ReportVersion
    levels: Mapping[str, Mapping[str, Mapping[str, float | None]]]
    hidden: frozenset[FigureCell]

    def value(self, level: str, area: str, code: str) -> Cell:
        """Return a figure; a sign where it is hidden, None where nobody could count it."""
        if code in MAY_BE_UNKNOWN and code not in self.levels["city"].get("", {}):
            return None
        if code not in self.levels[level].get(area, {}) and code in OF_CITY:
            return None
        if self._is_hidden(level, area, code):
            return HIDDEN
        return int(self.levels[level].get(area, {}).get(code) or 0)

    def _is_hidden(self, level: str, area: str, code: str) -> bool:
        if code in COUNT_ARRIVALS and not self.hidden.isdisjoint(ARRIVALS_TOLD):
            return True
        return not self.hidden.isdisjoint({(level, area, code), (CITY_ALONE, "", code)})


@dataclass(frozen=True, slots=True)
class Semester:
    """Half a year (``2026-2``) with its closed months that have a report; may be empty.

    ``texts`` are what the office wrote of the pillars, by number.
    """

    code: str
    months: tuple[SemesterMonth, ...]
    is_public: bool = False
    texts: Mapping[int, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The SHA-256 of the versions and texts that it is made of."""
        versions = [f"{each.month} {each.version.digest}" for each in self.months]
        texts = [f"{pillar} {self.texts[pillar]}" for pillar in sorted(self.texts)]
        text = "\n".join([*versions, *texts])
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def missing(self) -> tuple[str, ...]:
        """The months of the half year without a closed report."""
        there = {each.month for each in self.months}
        return tuple(month for month in months_of(self.code) if month not in there)


def semester_of(month: str) -> str:
    """Return the half year of a month: ``2026-1`` or ``2026-2``."""
    return f"{month[:4]}-{1 if month[5:] <= '06' else 2}"


def months_of(code: str) -> tuple[str, ...]:
    """Return the six months of a half year.

    Raises
    ------
    Invalid
        ``semester.unreadable`` unless it is written ``2026-2``.
    """
    year, _, half = code.partition("-")
    if not (len(year) == 4 and year.isdecimal() and half in ("1", "2")):
        raise Invalid("semester.unreadable", fields={"semester": "semester.unreadable"}, found=code)
    first = f"{year}-{'01' if half == '1' else '07'}"
    return tuple(later_month(first, number) for number in range(NUM_MONTHS))


def semesters(session: Session) -> list[str]:
    """Return the half years that have a closed month, the newest first."""
    months = session.exec(select(Cycle.month).where(Cycle.state == CycleState.CLOSED)).all()
    return sorted({semester_of(month) for month in months}, reverse=True)


def read_semester(session: Session, *, code: str, is_public: bool) -> Semester:
    """Return the closed months of a half year as they were last reported."""
    cycles = session.exec(
        select(Cycle)
        .where(Cycle.state == CycleState.CLOSED, col(Cycle.month).in_(months_of(code)))
        .order_by(col(Cycle.month))
    ).all()
    return Semester(
        code,
        tuple(
            SemesterMonth(
                cycle.month,
                figures.version,
                _with_city(figures),
                hidden_in_report(figures) if is_public else frozenset(),
            )
            for cycle, figures in figures_of_months(session, cycles=cycles)
            if figures.version is not None
        ),
        is_public,
        pillar_texts(session, semester=code),
    )


def _with_city(figures: Figures) -> dict[str, dict[str, dict[str, float | None]]]:
    """Return the figures by level, the city's own beside those that areas add up to."""
    levels = figures.by_level()
    whole = {**levels["city"].get("", {}), **figures.of_city()}
    return {**levels, "city": {**levels["city"], "": whole}}
