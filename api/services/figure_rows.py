"""The rows behind a figure: counted anew by the very functions that count the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sqlmodel import col, select

from api.services import looks
from api.services.errors import Forbidden, NotFound
from api.services.figure_rules import GROWN, GROWN_AMOUNTS, SHORTFALL, How, may_open, rule_of
from api.services.monitoring import Level
from api.services.month_course import city_course
from api.services.own_units import need_own_unit
from api.services.report_beside import SENSITIVE, reason_key
from api.services.report_columns import is_unknown
from api.services.report_counts import count_rows
from api.services.report_growth import grown_children
from api.services.report_tally import CountedRow, area_name
from api.services.report_versions import figures_of, sponsor_figures
from api.services.sponsors import find_sponsor
from api.services.team_counts import unit_of
from data.place_scope import place_of_session, whole
from data.queries.companions import FamilyPlace, family_places
from data.queries.reports import EVERYWHERE, Within
from data.reference.indicators import indicators
from data.reference.regions import regions
from data.schema import Child, Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlmodel import Session

    from api.services.figure_rules import Rule, Told
    from api.services.kept_figures import Figures
    from data.reference.indicators import Indicator
    from data.schema import Account, Cycle

__all__ = ["BehindFigure", "FigureRow", "RowsLevel", "rows_behind"]

RowsLevel = Level | Literal["sponsor"]
"""Whose figure it is: a unit's of monitoring, or one sponsor's."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row, where it belongs, and whether it counts in the hits of a share (None: no share).

    ``amount`` is what it brings to the figure: 1, or so much of its unit. ``weight`` is what it
    weighs in a mean whose rows do not weigh the same, else None. ``cause`` is what stopped a child
    on its way to a package or why one was not accepted in full; empty for others. ``sponsor`` is
    the code of the sponsor whose child or money it is, where the figure is a sponsor's.
    """

    kind: str
    code: str
    place: FamilyPlace
    by: str
    amount: float
    is_hit: bool | None
    cause: str = ""
    weight: float | None = None
    sponsor: str = ""


@dataclass(frozen=True, slots=True)
class BehindFigure:
    """The rows behind a figure of one unit in one month, and how it comes of them.

    ``told`` is what the last version of the report says, ``now`` what the rows say: hits and cases
    of a share, a mean (None of too few) and of how many, else the figure and None. They differ when
    something became known late. A version that does not know the figure yet tells nothing: its
    ``version`` is None here, as that of a month without a report, and ``told`` is what the rows
    say.
    """

    indicator: Indicator
    month: str
    version: int | None
    rows: tuple[FigureRow, ...]
    told: Told
    now: Told
    how: How = How.SUM


def rows_behind(
    session: Session,
    *,
    cycle: Cycle,
    code: str,
    level: RowsLevel,
    unit: str,
    by: Account,
    now: datetime,
    cause: str = "",
) -> BehindFigure:
    """Return the rows of a figure; who looked is noted, because rows are children.

    ``cause`` asks only for those of a count whom it stopped on the way to a package, or whose
    package fell short for that reason; the city's report tells how many they are, no other unit's
    does. At the level ``sponsor`` a unit is a sponsor's code.

    Raises
    ------
    NotFound
        ``monitoring.figure`` for a figure that has no rows of a month, ``sponsor.not_found``.
    Forbidden
        ``monitoring.kept_rows`` for growth or sponsors, asked by who may not read their data, and
        for confidential reasons, asked by anybody but the approver; ``access.place`` for a unit
        outside the place of who asks.
    """
    need_own_unit(session, level, unit)
    indicator = next((each for each in indicators(cycle.month) if each.code == code), None)
    rule = rule_of(indicator) if indicator is not None else None
    if indicator is None or rule is None:
        raise NotFound("monitoring.figure", found=code)
    if not may_open(rule, by.role):
        raise Forbidden("monitoring.kept_rows", figure=code)
    if level == "sponsor":
        find_sponsor(session, code=unit)
    within = _within(session, level, unit)
    with whole(session):
        rows = list(_counted(session, cycle, rule, within))
    homes = {row.household_id for row in rows if row.household_id is not None}
    places = family_places(session, among=homes)
    if place_of_session(session) is not None:  # who has moved out since is another place's
        rows = [row for row in rows if row.household_id in places]
    counted = [
        row
        for row in (_told_apart(row) for row in rows)
        if row.figure in rule.counts
        and _unit_of(row, level, places) == unit
        and cause in ("", row.cause)
    ]
    if by.role is not Role.APPROVER and any(row.cause == SENSITIVE for row in counted):
        raise Forbidden("monitoring.kept_rows", figure=code)
    figures = figures_of(session, cycle=cycle)
    reported = _reported(figures, level, unit)
    is_known = not is_unknown(code, reported)
    found = _rows(counted, rule, places)
    if found:
        looks.note(
            session, by=by, action="figure:read", subject="figure", subject_id=code, now=now,
            after={"month": cycle.month, "level": level, "unit": unit, "rows": len(found)}
            | ({"cause": cause} if cause else {}),
        )  # fmt: skip
    counted_now = rule.now(counted)
    told = rule.told(reported) if is_known else counted_now
    if cause:
        of_cause = _reported_causes(figures, code) if level == "city" else None
        told = counted_now if of_cause is None else (of_cause[cause], None)
    return BehindFigure(
        indicator,
        cycle.month,
        figures.version.number if figures.version and is_known else None,
        found,
        told,
        counted_now,
        rule.how,
    )


def _told_apart(row: CountedRow) -> CountedRow:
    """Return a row of a package that fell short under the reason that a report tells it under."""
    return replace(row, cause=reason_key(row.cause)) if row.figure == SHORTFALL else row


def _unit_of(row: CountedRow, level: str, places: dict[int, FamilyPlace]) -> str | None:
    return row.sponsor if level == "sponsor" else unit_of(row, level, places)


def _within(session: Session, level: str, unit: str) -> Within:
    """Return what has to be read for a unit: its kelurahan, or its families."""
    if level in ("city", "kader", "sponsor"):
        return EVERYWHERE
    if level in ("kelurahan", "kecamatan"):
        known = [ward.code for ward in regions().all_kelurahan]
        return Within(
            wards=frozenset(code for code in [*known, ""] if area_name(code, level) == unit)
        )
    row, places = CountedRow("", "", None, "", ""), family_places(session)
    return Within(
        homes=frozenset(
            number
            for number in places
            if unit_of(replace(row, household_id=number), level, places) == unit
        )
    )


def _counted(session: Session, cycle: Cycle, rule: Rule, within: Within) -> Iterable[CountedRow]:
    if rule.counts <= GROWN.keys() | GROWN_AMOUNTS.keys():
        return _grown_rows(session, cycle, rule, within)
    return count_rows(session, cycle=cycle, figures=rule.counts, within=within)


def _grown_rows(session: Session, cycle: Cycle, rule: Rule, within: Within) -> list[CountedRow]:
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
            amount=1 if figure in GROWN else grown[figure][number].item(),
        )
        for figure in sorted(rule.counts)
        for number in grown.index[GROWN[GROWN_AMOUNTS.get(figure, figure)](grown)]
    ]  # fmt: skip


def _rows(
    counted: Iterable[CountedRow], rule: Rule, places: dict[int, FamilyPlace]
) -> tuple[FigureRow, ...]:
    """Return a row per thing counted; of a share, all cases, the misses first."""
    listed, nowhere = list(counted), FamilyPlace("", "", "", "")
    amounts = _amounts(listed, rule.amounts)
    weights = _amounts(listed, rule.weights)
    hits = _keys(listed, rule.hits) - _keys(listed, rule.less)
    found = []
    for row in listed:
        if row.figure in rule.rows:
            place, key = places.get(row.household_id or 0, nowhere), _key(row)
            amount = amounts[key] if rule.amounts else row.amount
            made = FigureRow(
                row.kind, row.code, place, row.by, amount / rule.per if rule.per > 1 else amount,
                key in hits if rule.how is How.SHARE else None, row.cause,
                weights[key] if rule.weights else None, row.sponsor,
            )  # fmt: skip
            found.append(made)
    if rule.how is How.LARGEST:
        return tuple(sorted(found, key=lambda row: (-row.amount, row.code)))
    return tuple(sorted(found, key=lambda row: (bool(row.is_hit), row.code)))


def _key(row: CountedRow) -> tuple[str, str, str]:
    return row.kind, row.code, row.by


def _keys(rows: Iterable[CountedRow], figures: tuple[str, ...]) -> set[tuple[str, str, str]]:
    return {_key(row) for row in rows if row.figure in figures}


def _amounts(rows: Iterable[CountedRow], figure: str) -> Counter[tuple[str, str, str]]:
    """Return what each thing has of a count; one of nought has no row."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        if row.figure == figure:
            found[_key(row)] += row.amount  # type: ignore[assignment]
    return found


def _reported(figures: Figures, level: str, unit: str) -> dict[str, float | None]:
    """Return what the month's report says of a unit."""
    by_level = figures.by_level()
    if level == "sponsor":
        return dict(sponsor_figures(figures.counts).get(unit, {}))
    if level == "city":
        course = {
            code: value
            for code, value in city_course(figures).items()
            if not isinstance(value, str)
        }
        shortfalls = _reported_causes(figures, SHORTFALL) or Counter()
        of_sponsors: Counter[str] = Counter()
        for own in sponsor_figures(figures.counts).values():
            of_sponsors.update(own)
        return {
            **by_level[level].get(unit, {}), **course, **of_sponsors, **figures.of_city(),
            SHORTFALL: shortfalls.total(),
        }  # fmt: skip
    if level in by_level:
        return by_level[level].get(unit, {})
    return dict(figures.counts.teams.get(level, {}).get(unit, {}))


def _reported_causes(figures: Figures, code: str) -> Counter[str] | None:
    """Return what the city's report says of each cause; None where it was not told apart."""
    if code != SHORTFALL:
        causes = figures.counts.causes
        return None if causes is None else Counter(causes)
    found: Counter[str] = Counter()
    for reason, count in figures.counts.failure_reasons.items():
        found[reason_key(reason)] += count
    return found
