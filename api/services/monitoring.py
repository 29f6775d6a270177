"""Shares of areas over closed months: who differs by more than chance, and how it went on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlmodel import col, select

from api.services.errors import Invalid, NotFound
from api.services.months import checked_month, later_month
from api.services.report_versions import figures_of_months
from data.monitoring.shares import share_parts
from data.reference.indicators import indicators
from data.schema import Cycle, CycleState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from api.services.report_versions import Figures
    from data.monitoring.funnel import Funnel, Limits
    from data.reference.indicators import Indicator

__all__ = ["Level", "MonthShare", "Shares", "find_ratio", "ratios", "shares"]

Level = Literal["kelurahan", "kecamatan"]
DEFAULT_MONTHS = 6
NUM_SIZES = 60


@dataclass(frozen=True, slots=True)
class MonthShare:
    """The whole city in one month, by the version of the report that it comes from.

    ``version`` is None for a month that was closed before versions were kept: it is counted now.
    """

    month: str
    version: int | None
    hits: int
    cases: int

    @property
    def share(self) -> float | None:
        """Hits among cases; None without cases."""
        return self.hits / self.cases if self.cases else None


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of all areas together over the months, and the city month by month.

    ``limits`` are those of chance for units of one case up to the largest, for drawing.
    """

    ratio: Indicator
    funnel: Funnel
    limits: tuple[Limits, ...]
    months: tuple[MonthShare, ...]


def ratios() -> tuple[Indicator, ...]:
    """Return the shares that are watched, as they are defined now; for each, more is better."""
    return tuple(each for each in indicators() if each.is_share)


def find_ratio(code: str, *, month: str | None = None) -> Indicator:
    """Return a share by its code: as defined now, or in a month.

    Raises
    ------
    NotFound
        ``monitoring.ratio``.
    """
    for each in indicators(month):
        if each.is_share and each.code == code:
            return each
    raise NotFound("monitoring.ratio", found=code)


def shares(
    session: Session,
    *,
    ratio: Indicator,
    level: Level,
    first_month: str | None = None,
    last_month: str | None = None,
) -> Shares:
    """Return a ratio by area, added up over the closed months from the first to the last.

    Without months, the last six up to the last closed one. Figures are those of each month's last
    report version, put together by the definition that held in that month.

    Raises
    ------
    Invalid
        ``month.unreadable``, or ``monitoring.months`` when the last month is before the first.
    """
    from data.monitoring.funnel import Unit, funnel, limits  # scipy is slow to load

    hits: defaultdict[str, int] = defaultdict(int)
    cases: defaultdict[str, int] = defaultdict(int)
    months = []
    cycles = _closed(session, first_month, last_month)
    for cycle, figures in figures_of_months(session, cycles=cycles):
        defined = find_ratio(ratio.code, month=cycle.month)
        counted = {area: share_parts(defined, row) for area, row in _areas(figures, level).items()}
        for area, (own_hits, own_cases) in counted.items():
            hits[area] += own_hits
            cases[area] += own_cases
        months.append(
            MonthShare(
                cycle.month,
                figures.version.number if figures.version else None,
                sum(own for own, _ in counted.values()),
                sum(own for _, own in counted.values()),
            )
        )
    units = [Unit(area, hits[area], cases[area]) for area in sorted(cases)]
    found = funnel(units)
    sizes = _sizes(max((unit.count for unit in units), default=0))
    lines = limits(found.share, sizes) if found.share is not None else ()
    return Shares(ratio, found, lines, tuple(months))


def _sizes(most: int) -> list[int]:
    """Return up to sixty sizes of units from one case to the most."""
    return sorted({max(1, round(most * step / NUM_SIZES)) for step in range(1, NUM_SIZES + 1)})


def _closed(session: Session, first_month: str | None, last_month: str | None) -> list[Cycle]:
    closed = session.exec(
        select(Cycle).where(Cycle.state == CycleState.CLOSED).order_by(col(Cycle.month))
    ).all()
    if not closed:
        return []
    last = checked_month(last_month) if last_month else closed[-1].month
    first = checked_month(first_month) if first_month else later_month(last, 1 - DEFAULT_MONTHS)
    if last < first:
        raise Invalid("monitoring.months", fields={"last_month": "monitoring.months"})
    return [cycle for cycle in closed if first <= cycle.month <= last]


def _areas(figures: Figures, level: Level) -> dict[str, Mapping[str, float | None]]:
    counted, grown = figures.counts.by_level()[level], figures.growth.by_level[level]
    return {
        area: {**counted.get(area, {}), **grown.get(area, {})}
        for area in counted.keys() | grown.keys()
    }
