"""Shares of areas over closed months: who differs by more than chance, and how it went on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlmodel import col, select

from api.services.errors import Invalid, NotFound
from api.services.months import checked_month, later_month
from api.services.report_versions import figures_of, list_versions
from data.schema import Cycle, CycleState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from data.monitoring.funnel import Funnel, Limits

__all__ = ["RATIOS", "Level", "MonthShare", "Ratio", "Shares", "find_ratio", "shares"]

Level = Literal["kelurahan", "kecamatan"]
DEFAULT_MONTHS = 6
NUM_SIZES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A share made of figures of the monthly report.

    ``hits`` and ``cases`` are indicators that are added up; those in ``less`` are taken off the
    hits. The sentences ``ratio.<code>`` and ``ratio.<code>.of`` say what it is.
    """

    code: str
    hits: tuple[str, ...]
    cases: tuple[str, ...]
    less: tuple[str, ...] = ()


RATIOS = (
    Ratio(code="served", hits=("matching_matched",), cases=("target_eligible",)),
    Ratio(
        code="arrived",
        hits=("delivery_delivered", "delivery_partial"),
        cases=("delivery_planned",),
    ),
    Ratio(
        code="on_time",
        hits=("delivery_reached",),
        less=("delivery_late",),
        cases=("delivery_reached",),
    ),
    Ratio(code="evidenced", hits=("delivery_evidenced",), cases=("delivery_reached",)),
    Ratio(code="measured", hits=("nutrition_measured",), cases=("nutrition_supported",)),
    Ratio(
        code="gained", hits=("nutrition_gain_n",), cases=("nutrition_gain_n", "nutrition_gain_t")
    ),
)
"""What is watched; for each, more is better."""


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

    ratio: Ratio
    funnel: Funnel
    limits: tuple[Limits, ...]
    months: tuple[MonthShare, ...]


def find_ratio(code: str) -> Ratio:
    """Return a ratio by its code.

    Raises
    ------
    NotFound
        ``monitoring.ratio``.
    """
    for ratio in RATIOS:
        if ratio.code == code:
            return ratio
    raise NotFound("monitoring.ratio", found=code)


def shares(
    session: Session,
    *,
    ratio: Ratio,
    level: Level,
    first_month: str | None = None,
    last_month: str | None = None,
) -> Shares:
    """Return a ratio by area, added up over the closed months from the first to the last.

    Without months, the last six up to the last closed one. Figures are those of each month's last
    report version.

    Raises
    ------
    Invalid
        ``month.unreadable``, or ``monitoring.months`` when the last month is before the first.
    """
    from data.monitoring.funnel import Unit, funnel, limits  # scipy is slow to load

    hits: defaultdict[str, int] = defaultdict(int)
    cases: defaultdict[str, int] = defaultdict(int)
    months = []
    for cycle in _closed(session, first_month, last_month):
        areas = _areas(session, cycle, level)
        for area, row in areas.items():
            hits[area] += _added(row, ratio.hits) - _added(row, ratio.less)
            cases[area] += _added(row, ratio.cases)
        versions = list_versions(session, cycle=cycle)
        months.append(
            MonthShare(
                cycle.month,
                versions[-1].number if versions else None,
                sum(_added(row, ratio.hits) - _added(row, ratio.less) for row in areas.values()),
                sum(_added(row, ratio.cases) for row in areas.values()),
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


def _areas(session: Session, cycle: Cycle, level: Level) -> dict[str, Mapping[str, float | None]]:
    figures = figures_of(session, cycle=cycle)
    counted, grown = figures.counts.by_level()[level], figures.growth.by_level[level]
    return {
        area: {**counted.get(area, {}), **grown.get(area, {})}
        for area in counted.keys() | grown.keys()
    }


def _added(row: Mapping[str, float | None], codes: tuple[str, ...]) -> int:
    return sum(int(row.get(code) or 0) for code in codes)
