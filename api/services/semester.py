"""Half a year of closed months, as their reports tell them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.errors import Invalid, NotFound
from api.services.kept_figures import read_versions
from api.services.months import later_month
from api.services.pillars import standing_texts, written_texts
from api.services.public_report import hidden_in_report
from api.services.report_beside import CITY_ALONE
from api.services.report_columns import is_unknown
from api.services.report_tables import ARRIVALS_TOLD, COUNT_ARRIVALS, HIDDEN
from api.services.report_versions import WITHOUT_FIGURES
from data.schema import Cycle, CycleState, PillarText, ReportVersion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.report_models import Cell
    from api.services.kept_figures import Figures
    from api.services.report_privacy import FigureCell

__all__ = [
    "Semester",
    "SemesterMonth",
    "SemesterVersion",
    "months_of",
    "read_semester",
    "semester_of",
    "semester_versions",
    "semesters",
]

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
        if is_unknown(code, self.levels["city"].get("", {})):
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
class SemesterVersion:
    """What made a half year's report another one, counted from 1.

    That is a version of a month, or a text of a pillar (``month`` empty; ``pillar`` its number).
    """

    number: int
    at: datetime
    by: str
    month: str = ""
    version: int = 0
    pillar: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Semester:
    """Half a year (``2026-2``) with its closed months that have a report; may be empty.

    ``texts`` are what the office wrote of the pillars, by number; ``version`` is what made the
    report this one, None of an empty one.
    """

    code: str
    months: tuple[SemesterMonth, ...]
    is_public: bool = False
    texts: Mapping[int, str] = field(default_factory=dict)
    version: SemesterVersion | None = None

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


def semester_versions(session: Session, *, code: str) -> tuple[SemesterVersion, ...]:
    """Return what made a half year's report another one, the first first.

    Raises
    ------
    Invalid
        ``semester.unreadable``.
    """
    return tuple(version for version, _ in _events(session, code))


def read_semester(
    session: Session, *, code: str, is_public: bool, number: int | None = None
) -> Semester:
    """Return the closed months of a half year as they were last reported, or as a version had it.

    Raises
    ------
    Invalid
        ``semester.unreadable``.
    NotFound
        ``report.version`` for a number that does not exist.
    """
    events = _events(session, code)
    if number is not None and not 0 < number <= len(events):
        raise NotFound("report.version", month=code, number=number)
    so_far = events[:number]
    last = {each.month: row for each, row in so_far if isinstance(row, ReportVersion)}
    texts = [row for _, row in so_far if isinstance(row, PillarText)]
    read = read_versions(session, [last[month] for month in sorted(last)])
    return Semester(
        code,
        tuple(
            SemesterMonth(
                month,
                last[month],
                _with_city(figures),
                hidden_in_report(session, figures) if is_public else frozenset(),
            )
            for month, figures in zip(sorted(last), read, strict=True)
        ),
        is_public,
        standing_texts(texts),
        so_far[-1][0] if so_far else None,
    )


def _events(
    session: Session, code: str
) -> list[tuple[SemesterVersion, ReportVersion | PillarText]]:
    """Return the versions of the closed months and the texts of the pillars, as they came."""
    versions = session.exec(
        select(Cycle.month, ReportVersion)
        .join(Cycle, col(Cycle.id) == ReportVersion.cycle_id)
        .where(Cycle.state == CycleState.CLOSED, col(Cycle.month).in_(months_of(code)))
        .options(WITHOUT_FIGURES)
    )
    rows: list[tuple[str, ReportVersion | PillarText]] = [*versions]
    rows += [("", text) for text in written_texts(session, semester=code)]
    rows.sort(key=lambda each: (each[1].at, each[0], each[1].id or 0))
    return [
        (
            SemesterVersion(number, row.at, row.by, month, row.number, reason=row.reason)
            if isinstance(row, ReportVersion)
            else SemesterVersion(number, row.at, row.by, pillar=row.pillar),
            row,
        )
        for number, (month, row) in enumerate(rows, start=1)
    ]


def _with_city(figures: Figures) -> dict[str, dict[str, dict[str, float | None]]]:
    """Return the figures by level, the city's own beside those that areas add up to."""
    levels = figures.by_level()
    whole = {**levels["city"].get("", {}), **figures.of_city()}
    return {**levels, "city": {**levels["city"], "": whole}}
