"""Shares of units over closed months: who differs by more than chance, and how it went on.

A unit is the city, a kecamatan or kelurahan, a puskesmas, posyandu or companion team (TPK), or the
account of a kader; which of them a share is known for stands in the table of indicators.
"""

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
from data.reference.regions import regions
from data.schema import Cycle, CycleState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from api.services.report_versions import Figures
    from data.monitoring.funnel import Funnel, Limits, Placed
    from data.reference.indicators import Indicator

__all__ = [
    "LEVELS",
    "SMALLER",
    "Level",
    "MonthShare",
    "Shares",
    "UnitShare",
    "closed_figures",
    "figure_course",
    "figures_by_level",
    "find_ratio",
    "levels_of",
    "lies_in",
    "many_shares",
    "ratios",
    "shares",
    "unit_shares",
]

Level = Literal["city", "kecamatan", "kelurahan", "puskesmas", "posyandu", "tpk", "kader"]
LEVELS: tuple[Level, ...] = (
    "city", "kecamatan", "kelurahan", "puskesmas", "posyandu", "tpk", "kader",
)  # fmt: skip
SMALLER: Mapping[str, Level] = {
    "city": "kecamatan", "kecamatan": "kelurahan", "kelurahan": "posyandu",
}  # fmt: skip
"""What a unit is looked into by."""
_KNOWN_FOR: Mapping[str, int] = {"kelurahan": 3, "posyandu": 6, "kader": 7}
"""Smallest level of a share → how many of :data:`LEVELS` it is known for."""
DEFAULT_MONTHS = 6
NUM_SIZES = 60


@dataclass(frozen=True, slots=True)
class MonthShare:
    """All together (or one unit) in one month, by the version of the report that it comes from.

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
    """The shares of all units of a level over the months, and all together month by month.

    ``limits`` are those of chance for units of one case up to the largest, for drawing; ``courses``
    has each unit month by month.
    """

    ratio: Indicator
    level: Level
    funnel: Funnel
    limits: tuple[Limits, ...]
    months: tuple[MonthShare, ...]
    courses: Mapping[str, tuple[MonthShare, ...]]


@dataclass(frozen=True, slots=True)
class UnitShare:
    """One share of one unit beside the others, and month by month."""

    ratio: Indicator
    placed: Placed
    overall: float | None
    months: tuple[MonthShare, ...]


@dataclass(frozen=True, slots=True)
class _Month:
    """What is reported of a month by level and unit."""

    month: str
    version: int | None
    levels: Mapping[str, Mapping[str, Mapping[str, float | None]]]


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


def levels_of(ratio: Indicator) -> tuple[Level, ...]:
    """Return the levels that a share is known for, the largest first."""
    return LEVELS[: _KNOWN_FOR[ratio.level]]


def lies_in(unit: str, level: Level, within: str) -> bool:
    """Whether a kelurahan lies in a kecamatan, or a posyandu in a kelurahan, by their names."""
    if level == "posyandu":
        return unit.endswith(f" · {within}")
    known = regions()
    return level == "kecamatan" or any(
        ward.name == unit and known.kecamatan(ward.kecamatan_code).name == within
        for ward in known.all_kelurahan
    )


def shares(
    session: Session,
    *,
    ratio: Indicator,
    level: Level,
    first_month: str | None = None,
    last_month: str | None = None,
) -> Shares:
    """Return a ratio by unit, added up over the closed months from the first to the last.

    Without months, the last six up to the last closed one. Figures are those of each month's last
    report version, put together by the definition that held in that month.

    Raises
    ------
    Invalid
        ``month.unreadable``, ``monitoring.months`` when the last month is before the first,
        ``monitoring.level`` for a level that the share is not known for.
    """
    if level not in levels_of(ratio):
        raise Invalid("monitoring.level", fields={"tingkat": "monitoring.level"})
    return _added_up(_read(session, first_month, last_month), ratio, level, with_limits=True)


def many_shares(
    session: Session,
    *,
    ratios: Sequence[Indicator],
    level: Level,
) -> list[Shares]:
    """Return several shares by unit over the last closed months, read once; none has limits.

    All of them are known for the level.
    """
    months = _read(session, None, None)
    return [_added_up(months, ratio, level) for ratio in ratios]


def unit_shares(
    session: Session,
    *,
    level: Level,
    unit: str,
    first_month: str | None = None,
    last_month: str | None = None,
) -> tuple[UnitShare, ...]:
    """Return every share that is known for a unit, each beside the other units of its level.

    Raises
    ------
    Invalid
        ``month.unreadable``, ``monitoring.months``.
    NotFound
        ``monitoring.unit`` when no closed month of these knows the unit.
    """
    months = _read(session, first_month, last_month)
    if months and not any(unit in each.levels[level] for each in months):
        raise NotFound("monitoring.unit", found=unit)
    found = []
    for ratio in ratios():
        if level not in levels_of(ratio):
            continue
        all_units = _added_up(months, ratio, level)
        placed = next((each for each in all_units.funnel.units if each.name == unit), None)
        if placed is not None:
            overall = all_units.funnel.share
            found.append(UnitShare(ratio, placed, overall, all_units.courses[unit]))
    return tuple(found)


def figure_course(
    session: Session,
    *,
    code: str,
    level: Level,
    unit: str,
    first_month: str | None = None,
    last_month: str | None = None,
) -> tuple[Indicator, tuple[tuple[str, int | None, float | None], ...]]:
    """Return a figure and, per closed month, the report's version and what it says of a unit.

    Raises
    ------
    NotFound
        ``monitoring.ratio`` for a figure that is none, or a share.
    Invalid
        ``month.unreadable``, ``monitoring.months``.
    """
    indicator = next((each for each in indicators(last_month) if each.code == code), None)
    if indicator is None or indicator.is_share:
        raise NotFound("monitoring.ratio", found=code)
    return indicator, tuple(
        (each.month, each.version, each.levels[level].get(unit, {}).get(code))
        for each in _read(session, first_month, last_month)
    )


def _added_up(
    months: Sequence[_Month], ratio: Indicator, level: Level, *, with_limits: bool = False
) -> Shares:
    from data.monitoring.funnel import Unit, funnel, limits  # scipy is slow to load

    courses: defaultdict[str, list[MonthShare]] = defaultdict(list)
    whole = []
    for each in months:
        defined = find_ratio(ratio.code, month=each.month)
        hits = cases = 0
        for unit, row in each.levels[level].items():
            own_hits, own_cases = share_parts(defined, row)
            courses[unit].append(MonthShare(each.month, each.version, own_hits, own_cases))
            hits, cases = hits + own_hits, cases + own_cases
        whole.append(MonthShare(each.month, each.version, hits, cases))
    units = [
        Unit(unit, sum(one.hits for one in own), sum(one.cases for one in own))
        for unit, own in sorted(courses.items())
    ]
    found = funnel(units)
    sizes = _sizes(max((unit.count for unit in units), default=0)) if with_limits else []
    lines = limits(found.share, sizes) if found.share is not None and sizes else ()
    return Shares(
        ratio, level, found, lines, tuple(whole),
        {unit: tuple(own) for unit, own in courses.items()},
    )  # fmt: skip


def _sizes(most: int) -> list[int]:
    """Return up to sixty sizes of units from one case to the most."""
    return sorted({max(1, round(most * step / NUM_SIZES)) for step in range(1, NUM_SIZES + 1)})


def _read(session: Session, first_month: str | None, last_month: str | None) -> list[_Month]:
    return [
        _Month(
            cycle.month,
            figures.version.number if figures.version else None,
            figures_by_level(figures),
        )
        for cycle, figures in figures_of_months(
            session, cycles=_closed(session, first_month, last_month)
        )
    ]


def closed_figures(
    session: Session, first_month: str | None, last_month: str | None
) -> list[tuple[str, Figures]]:
    """Return each closed month with what is reported of it; by default the last six.

    Raises
    ------
    Invalid
        ``month.unreadable``, ``monitoring.months``.
    """
    cycles = _closed(session, first_month, last_month)
    return [(cycle.month, found) for cycle, found in figures_of_months(session, cycles=cycles)]


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


def figures_by_level(figures: Figures) -> dict[str, Mapping[str, Mapping[str, float | None]]]:
    """Return level → unit → figure; a month reported before teams were counted has none of them."""
    found: dict[str, Mapping[str, Mapping[str, float | None]]] = {**figures.by_level()}
    found["city"] = {"": {**found["city"].get("", {}), **figures.of_city()}}
    return found | {level: figures.counts.teams.get(level, {}) for level in LEVELS[3:]}
