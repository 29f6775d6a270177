"""The rows behind a figure: counted anew by the very functions that count the report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.security import may
from api.services import looks
from api.services.errors import Forbidden, NotFound
from api.services.own_units import need_own_unit
from api.services.report_columns import is_unknown
from api.services.report_counts import count_rows
from api.services.report_growth import grown_children
from api.services.report_tally import CountedRow, area_name
from api.services.report_versions import figures_of
from api.services.team_counts import unit_of
from data.monitoring.shares import share_parts
from data.place_scope import place_of_session, whole
from data.queries.companions import FamilyPlace, family_places
from data.queries.reports import EVERYWHERE, Within
from data.reference.indicators import indicators
from data.reference.regions import regions
from data.schema import Child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    import pandas as pd
    from sqlmodel import Session

    from api.services.kept_figures import Figures
    from api.services.monitoring import Level
    from data.reference.indicators import Indicator
    from data.schema import Account, Cycle, Role

__all__ = [
    "OF_CHILDREN",
    "OF_SPONSORS", "BehindFigure", "FigureRow", "countable_figures", "has_rows", "opened_figures",
    "rows_behind",
]  # fmt: skip

OF_CHILDREN, OF_SPONSORS = "child:read", "sponsor:read"
"""What it takes to be shown whose growth a figure counts, and which sponsors."""
SPONSORS = frozenset(
    {
        "sponsors_registered", "sponsors_active", "sponsors_new", "sponsors_stopped",
        "sponsors_pledged_rp", "sponsors_received_rp", "genting_sponsors",
    }
)  # fmt: skip
"""Figures of the city whose rows are sponsors."""
OF_CITY = SPONSORS | {"genting_value_rp"}

GROWN: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "nutrition_supported": lambda own: own["is_supported"],
    "nutrition_measured": lambda own: own["is_supported"] & own["is_measured"],
    "nutrition_gain_n": lambda own: own["is_supported"] & (own["gain"] == "N"),
    "nutrition_gain_t": lambda own: own["is_supported"] & (own["gain"] == "T"),
    "nutrition_gain_o": lambda own: own["is_supported"] & (own["gain"] == "O"),
    "nutrition_gain_b": lambda own: own["is_supported"] & (own["gain"] == "B"),
    "nutrition_two_t": lambda own: own["is_supported"] & own["is_two_t"],
    "nutrition_weight_children": lambda own: own["is_supported"] & own["weight_change_g"].notna(),
    "nutrition_haz_children": lambda own: own["is_supported"] & own["haz_change"].notna(),
    "nutrition_status_up": lambda own: own["is_supported"] & (own["move"] == "up"),
    "nutrition_status_same": lambda own: own["is_supported"] & (own["move"] == "same"),
    "nutrition_status_down": lambda own: own["is_supported"] & (own["move"] == "down"),
    "nutrition_severe": lambda own: own["is_severe"],
    "nutrition_severe_referred": lambda own: own["is_referred"],
}
"""Figures of growth → which children count in them."""
ROWS_OF: Mapping[str, tuple[str, ...]] = {
    "genting_children": ("target_received",),
    "genting_packages": ("delivery_delivered", "delivery_partial"),
}
"""Figures of the city → those whose rows are theirs."""
ROW_BY_ROW = (
    "report_counts._count_children",
    "report_counts._count_packages",
    "report_counts._count_stops",
    "report_counts._punctuality",
    "team_counts.",
)
"""Who counts row by row."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row, where it belongs, and whether it counts in the hits of a share (None: no share).

    ``cause`` is what stopped a child on its way to a package; empty for who received one.
    """

    kind: str
    code: str
    place: FamilyPlace
    by: str
    amount: int
    is_hit: bool | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class BehindFigure:
    """The rows behind a figure of one unit in one month.

    ``told`` is what the last version of the report says (hits and cases of a share, else the
    figure and None), ``now`` what the rows say; they differ when something became known late.
    A version that does not know the figure yet tells nothing: its ``version`` is None here, as that
    of a month without a report, and ``told`` is what the rows say.
    """

    indicator: Indicator
    month: str
    version: int | None
    rows: tuple[FigureRow, ...]
    told: tuple[int, int | None]
    now: tuple[int, int | None]


def has_rows(indicator: Indicator) -> bool:
    """Whether a figure is a count of rows of a month, or a share of such counts."""
    if indicator.is_share:
        return all(_is_counted(code) for code in indicator.codes("cases"))
    return _is_counted(indicator.code)


def countable_figures() -> frozenset[str]:
    """Return the figures that have rows."""
    return frozenset(each.code for each in indicators() if has_rows(each))


def opened_figures(role: Role) -> frozenset[str]:
    """Return the figures whose rows a role may open."""
    return frozenset(each.code for each in indicators() if has_rows(each) and _may_open(each, role))


def _may_open(indicator: Indicator, role: Role) -> bool:
    """Whether a role may see whom a figure counts: of growth, who may read children."""
    parts = _parts(indicator)
    return (may(role, OF_CHILDREN) or parts.isdisjoint(GROWN)) and (
        may(role, OF_SPONSORS) or parts.isdisjoint(SPONSORS)
    )


def _parts(indicator: Indicator) -> set[str]:
    """Return the counts whose rows a figure has."""
    if not indicator.is_share:
        return set(ROWS_OF.get(indicator.code, (indicator.code,)))
    return {each for part in ("hits", "less", "cases") for each in indicator.codes(part)}


def _is_counted(code: str) -> bool:
    if code in GROWN or code in ROWS_OF or code in OF_CITY:
        return True
    each = next((each for each in indicators() if each.code == code), None)
    return (
        each is not None
        and each.counted_by.startswith(ROW_BY_ROW)
        and each.level in ("kelurahan", "posyandu", "kader")
    )


def rows_behind(
    session: Session,
    *,
    cycle: Cycle,
    code: str,
    level: Level,
    unit: str,
    by: Account,
    now: datetime,
    cause: str = "",
) -> BehindFigure:
    """Return the rows of a figure; who looked is noted, because rows are children.

    ``cause`` asks only for those of a count whom it stopped on the way to a package; the city's
    report tells how many they are, no other unit's does.

    Raises
    ------
    NotFound
        ``monitoring.figure`` for a figure that has no rows of a month.
    Forbidden
        ``monitoring.kept_rows`` for growth or sponsors, asked by who may not read their data;
        ``access.place`` for a unit outside the place of who asks.
    """
    need_own_unit(session, level, unit)
    indicator = next((each for each in indicators(cycle.month) if each.code == code), None)
    if indicator is None or not has_rows(indicator):
        raise NotFound("monitoring.figure", found=code)
    if not _may_open(indicator, by.role):
        raise Forbidden("monitoring.kept_rows", figure=code)
    places = family_places(session)
    wanted = _parts(indicator)
    with whole(session):
        rows = list(_counted(session, cycle, wanted, _within(level, unit, places)))
    if place_of_session(session) is not None:  # who has moved out since is another place's
        rows = [row for row in rows if row.household_id in places]
    counted = [
        row
        for row in rows
        if row.figure in wanted and unit_of(row, level, places) == unit and cause in ("", row.cause)
    ]
    figures = figures_of(session, cycle=cycle)
    told = _told(figures, level, unit)
    is_known = not is_unknown(code, told)
    found = _rows(counted, indicator, places)
    if found:
        looks.note(
            session, by=by, action="figure:read", subject="figure", subject_id=code, now=now,
            after={"month": cycle.month, "level": level, "unit": unit, "rows": len(found)}
            | ({"cause": cause} if cause else {}),
        )  # fmt: skip
    counted_now = _value(indicator, _sums(counted))
    if cause:
        is_told = level == "city" and figures.counts.causes is not None
        of_cause = (figures.counts.causes or {}).get(cause, 0), None
        told_then = of_cause if is_told else counted_now
    else:
        told_then = _value(indicator, told) if is_known else counted_now
    return BehindFigure(
        indicator,
        cycle.month,
        figures.version.number if figures.version and is_known else None,
        found,
        told_then,
        counted_now,
    )


def _within(level: Level, unit: str, places: dict[int, FamilyPlace]) -> Within:
    """Return what has to be read for a unit: its kelurahan, or its families."""
    if level in ("city", "kader"):
        return EVERYWHERE
    if level in ("kelurahan", "kecamatan"):
        known = [ward.code for ward in regions().all_kelurahan]
        return Within(
            wards=frozenset(code for code in [*known, ""] if area_name(code, level) == unit)
        )
    row = CountedRow("", "", None, "", "")
    return Within(
        homes=frozenset(
            number
            for number in places
            if unit_of(replace(row, household_id=number), level, places) == unit
        )
    )


def _counted(
    session: Session, cycle: Cycle, wanted: set[str], within: Within
) -> Iterable[CountedRow]:
    if wanted <= GROWN.keys():
        return _grown_rows(session, cycle, wanted, within)
    return count_rows(session, cycle=cycle, figures=wanted, within=within)


def _grown_rows(
    session: Session, cycle: Cycle, wanted: set[str], within: Within
) -> list[CountedRow]:
    grown = grown_children(session, cycle=cycle, within=within)
    known = session.exec(
        select(Child.id, Child.code, Child.household_id).where(
            col(Child.id).in_([int(number) for number in grown.index])
        )
    )
    children = {number: (code, home) for number, code, home in known}
    return [
        CountedRow(
            figure, str(grown.at[number, "area"]), children[number][1], "child",
            children[number][0],
        )
        for figure in sorted(wanted)
        for number in grown.index[GROWN[figure](grown)]
    ]  # fmt: skip


def _rows(
    counted: Iterable[CountedRow], indicator: Indicator, places: dict[int, FamilyPlace]
) -> tuple[FigureRow, ...]:
    """Return a row per thing counted; of a share, all cases, the misses first."""
    nowhere = FamilyPlace("", "", "", "")

    def made(row: CountedRow, is_hit: bool | None) -> FigureRow:
        place = places.get(row.household_id or 0, nowhere)
        return FigureRow(row.kind, row.code, place, row.by, row.amount, is_hit, row.cause)

    listed = list(counted)
    if not indicator.is_share:
        rows = [made(row, None) for row in listed]
        return tuple(sorted(rows, key=lambda row: row.code))
    hits = _keys(listed, indicator.codes("hits")) - _keys(listed, indicator.codes("less"))
    return tuple(
        sorted(
            (
                made(row, (row.kind, row.code, row.by) in hits)
                for row in listed
                if row.figure in indicator.codes("cases")
            ),
            key=lambda row: (bool(row.is_hit), row.code),
        )
    )


def _keys(rows: Iterable[CountedRow], figures: tuple[str, ...]) -> set[tuple[str, str, str]]:
    return {(row.kind, row.code, row.by) for row in rows if row.figure in figures}


def _sums(rows: Iterable[CountedRow]) -> dict[str, float | None]:
    sums: dict[str, float | None] = {}
    for row in rows:
        sums[row.figure] = (sums.get(row.figure) or 0) + row.amount
    return sums


def _told(figures: Figures, level: str, unit: str) -> dict[str, float | None]:
    by_level = figures.by_level()
    if level == "city":
        return by_level[level].get(unit, {}) | figures.of_city()
    if level in by_level:
        return by_level[level].get(unit, {})
    return dict(figures.counts.teams.get(level, {}).get(unit, {}))


def _value(indicator: Indicator, figures: dict[str, float | None]) -> tuple[int, int | None]:
    if indicator.is_share:
        return share_parts(indicator, figures)
    parts = ROWS_OF.get(indicator.code, (indicator.code,))
    return int(sum(figures.get(code) or 0 for code in parts)), None
