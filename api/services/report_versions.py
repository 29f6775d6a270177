"""The figures of a closed month as they were reported: kept, corrected by versions, compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import defer
from sqlmodel import col, select

from api.services import audit
from api.services.corrected_figures import content_as_corrected, has_moved_on
from api.services.cycle_lock import hold_cycle
from api.services.errors import Forbidden, NotFound, Refused
from api.services.kept_figures import (
    Figures,
    as_reported,
    digest_of,
    is_of_way,
    read_content,
    read_version,
    read_versions,
    written,
)
from api.services.own_units import cut_figures, own_units
from api.services.posyandu_readings import count_readings
from api.services.report_beside import reason_key
from api.services.report_counts import count_month
from api.services.report_growth import growth_of_month
from api.services.report_reach import step_of
from api.services.support_effect import effects_until
from api.services.targeting import count_targeting
from data.place_scope import whole
from data.schema import Cycle, CycleState, ReportVersion, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from api.services.corrected_figures import PairCounts
    from api.services.report_counts import Counts
    from data.schema import Account

__all__ = [
    "WITHOUT_FIGURES",
    "Difference",
    "Figures",
    "count_to_keep",
    "differences",
    "figures_of",
    "figures_of_months",
    "figures_reported",
    "find_version",
    "keep_corrected",
    "keep_figures",
    "list_versions",
    "need_recountable",
    "recount_month",
    "sponsor_figures",
]


OF_SPONSORS = ("sponsor_children", "sponsor_packages", "sponsor_received_rp")
WITHOUT_FIGURES = defer(ReportVersion.figures)  # type: ignore[arg-type]
"""Versions are listed without their figures, which are long."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that two versions tell differently.

    ``area`` is the name of a unit of ``level``: ``kelurahan``, a level of teams, ``sponsor`` (its
    code), or ``city`` (empty).
    """

    area: str
    code: str
    before: float | str | None
    after: float | str | None
    level: str = "city"


def figures_of(session: Session, *, cycle: Cycle, number: int | None = None) -> Figures:
    """Return what is reported of a month: the last version, or one by its number.

    A month that is open is counted now. To a place it tells of its own units alone, as do the
    functions below.

    Raises
    ------
    NotFound
        ``report.version`` for a number that does not exist.
    """
    units = own_units(session)
    with whole(session):
        figures = _figures_of(session, cycle, number)
    return figures if units is None else cut_figures(figures, units)


def _figures_of(session: Session, cycle: Cycle, number: int | None) -> Figures:
    versions = list_versions(session, cycle=cycle)
    if number is None and (cycle.state != CycleState.CLOSED or not versions):
        return _count(session, cycle)
    version = versions[-1] if number is None else find_version(session, cycle=cycle, number=number)
    return read_version(session, version)


def figures_of_months(
    session: Session, *, cycles: Sequence[Cycle]
) -> Iterator[tuple[Cycle, Figures]]:
    """Give each month with what is reported of it, all versions read at once.

    A month that is open, or was closed before versions were kept, is counted now. One of which
    nothing but a file of its pairs is here has no figures and is left out.
    """
    units = own_units(session)
    told = {cycle.id: figures for cycle, figures in _reported(session, cycles)}
    for cycle in cycles:
        figures = told.get(cycle.id)
        if figures is None:
            with whole(session):
                figures = _count(session, cycle)
        if figures.counts.areas:
            yield cycle, figures if units is None else cut_figures(figures, units)


def figures_reported(session: Session, *, cycles: Sequence[Cycle]) -> list[tuple[Cycle, Figures]]:
    """Return the closed months that have a version, each with its last; nothing is counted."""
    units = own_units(session)
    told = _reported(session, cycles)
    if units is None:
        return told
    return [(cycle, cut_figures(figures, units)) for cycle, figures in told]


def _reported(session: Session, cycles: Sequence[Cycle]) -> list[tuple[Cycle, Figures]]:
    with whole(session):
        rows = session.exec(
            select(ReportVersion)
            .options(WITHOUT_FIGURES)
            .where(col(ReportVersion.cycle_id).in_([cycle.id for cycle in cycles]))
            .order_by(col(ReportVersion.number))
        )
        last = {version.cycle_id: version for version in rows}
        reported = [each for each in cycles if each.state == CycleState.CLOSED and each.id in last]
        read = read_versions(session, [last[cycle.id or 0] for cycle in reported])
    return list(zip(reported, read, strict=True))


def list_versions(session: Session, *, cycle: Cycle) -> list[ReportVersion]:
    """Return the versions of a closed month, the first first."""
    rows = select(ReportVersion).options(WITHOUT_FIGURES).where(ReportVersion.cycle_id == cycle.id)
    with whole(session):
        return list(session.exec(rows.order_by(col(ReportVersion.number))))


def find_version(session: Session, *, cycle: Cycle, number: int) -> ReportVersion:
    """Return a version of a month by its number.

    Raises
    ------
    NotFound
        ``report.version``.
    """
    for version in list_versions(session, cycle=cycle):
        if version.number == number:
            return version
    raise NotFound("report.version", month=cycle.month, number=number)


def keep_figures(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    reason: str = "",
    content: dict[str, Any] | None = None,
) -> ReportVersion | None:
    """Keep a month's figures as its next version; None when they are those of the last one.

    Parameters
    ----------
    content
        What :func:`count_to_keep` counted before this transaction; else it is counted here.
    """
    versions = list_versions(session, cycle=cycle)
    if content is None:
        content = count_to_keep(session, cycle=cycle)
    digest = digest_of(content)
    if versions and versions[-1].digest == digest:
        return None
    version = ReportVersion(
        cycle_id=cycle.id or 0,
        number=len(versions) + 1,
        figures=content,
        digest=digest,
        reason=reason.strip(),
        by=by.username,
        at=now,
    )
    session.add(version)
    session.flush()
    return version


def keep_corrected(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    reason: str,
    before: PairCounts,
    after: PairCounts,
) -> ReportVersion | None:
    """Keep what a correction of one pair makes of the last version; None where it changes nothing.

    ``before`` and ``after`` are what the pair came to without and with it. What the register says
    by now of sponsors, pledges, receipts and growth stays as it was reported
    (:func:`recount_month` is for that).
    """
    versions = list_versions(session, cycle=cycle)
    last, content = versions[-1].figures, None
    if not has_moved_on(session, before.homes, since=versions[0].at):
        content = content_as_corrected(session, cycle=cycle, last=last, before=before, after=after)
    if content is None:
        counted = Figures(count_month(session, cycle=cycle), read_content(last).growth)
        content = as_reported(written(counted), last)
    return keep_figures(session, cycle=cycle, by=by, now=now, reason=reason, content=content)


def need_recountable(*, cycle: Cycle, by: Account, reason: str) -> None:
    """Refuse what :func:`recount_month` would refuse before it counts; see there."""
    if by.role != Role.APPROVER:
        raise Forbidden("report.recount_role", role=by.role.value)
    if cycle.state != CycleState.CLOSED:
        raise Refused("report.not_closed", month=cycle.month)
    if not reason.strip():
        raise Refused("report.recount_reason", month=cycle.month)


def recount_month(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    reason: str,
    content: dict[str, Any] | None = None,
) -> ReportVersion:
    """Count a closed month anew, because something became known late (a measurement, a receipt).

    ``content`` is what :func:`count_to_keep` counted before this transaction.

    Raises
    ------
    Forbidden
        ``report.recount_role`` for anybody but the approver.
    Refused
        ``report.not_closed``, ``report.recount_reason`` without a reason, ``report.unchanged`` when
        every figure is the same.
    """
    need_recountable(cycle=cycle, by=by, reason=reason)
    hold_cycle(session, cycle)
    version = keep_figures(session, cycle=cycle, by=by, now=now, reason=reason, content=content)
    if version is None:
        raise Refused("report.unchanged", month=cycle.month)
    audit.record(
        session,
        by=by,
        action="report:recount",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"version": version.number},
        purpose=reason.strip(),
    )
    session.flush()
    return version


def differences(before: ReportVersion, after: ReportVersion) -> tuple[Difference, ...]:
    """Return every figure of areas, teams, sponsors and city that two versions tell differently.

    What stopped children has the code ``step:cause``, and so have the reasons of what was not
    matched or did not arrive in full. What only one of the two was asked for is no difference.
    """
    old, new = _flat(before), _flat(after)
    if (before.figures.get("causes") is None) != (after.figures.get("causes") is None):
        old, new = (
            {at: v for at, v in each.items() if not is_of_way(at[2])} for each in (old, new)
        )
    rows = (
        Difference(at[1], at[2], old.get(at, 0), new.get(at, 0), at[0])
        for at in sorted(old.keys() | new.keys(), key=lambda at: (_ORDER.get(at[0], 1), at))
    )
    return tuple(row for row in rows if row.before != row.after)


def _count(session: Session, cycle: Cycle) -> Figures:
    return Figures(count_month(session, cycle=cycle), growth_of_month(session, cycle=cycle))


def count_to_keep(
    session: Session,
    *,
    cycle: Cycle,
    reached: Callable[[float, str], None] = lambda _share, _step: None,
) -> dict[str, Any]:
    """Return what the next version of a month would keep; reads only.

    With the figures comes what takes too long to be worked out at each look. ``reached`` is told
    the share done (0 to 1) and what comes next before each part, and may raise to end it.
    """
    reached(0.05, "count")
    counts = count_month(session, cycle=cycle)
    reached(0.4, "growth")
    growth = growth_of_month(session, cycle=cycle)
    reached(0.6, "readings")
    readings = count_readings(session, months=[cycle.month])
    reached(0.7, "effect")
    effect = effects_until(session, month=cycle.month)
    reached(0.9, "targeting")
    targeting = count_targeting(session, cycle=cycle)
    reached(0.95, "keep")
    return written(Figures(counts, growth, readings=readings, effect=effect, targeting=targeting))


def sponsor_figures(counts: Counts) -> dict[str, dict[str, int]]:
    """Return sponsor's code → figure → value, of those with children in the month."""
    return {code: dict(zip(OF_SPONSORS, told, strict=True)) for code, *told in counts.sponsors}


_ORDER = {"city": 0, "sponsor": 2}
"""The city first, areas and teams by their names, sponsors last."""


def _flat(version: ReportVersion) -> dict[tuple[str, str, str], float | str | None]:
    """Return level, unit and figure → what a version tells."""
    figures = read_content(version.figures)
    counts = figures.counts
    levels: dict[str, Mapping[str, Mapping[str, Any]]] = {
        "kelurahan": figures.by_level()["kelurahan"],
        **counts.teams,
        "sponsor": sponsor_figures(counts),
    }
    rows: dict[tuple[str, str, str], float | str | None] = {
        (level, unit, code): value
        for level, units in levels.items()
        for unit, row in units.items()
        for code, value in row.items()
    }
    stopped: Counter[str] = Counter(
        {f"{step_of(cause)}:{cause}": count for cause, count in (counts.causes or {}).items()}
    )
    told = {"delivery_not_in_full": counts.failure_reasons}
    if counts.causes is None:  # else the causes tell who was not matched
        told["matching_unmatched"] = counts.unmatched_reasons
    for figure, reasons in told.items():
        for reason, count in reasons.items():
            stopped[f"{figure}:{reason_key(reason)}"] += count
    return rows | {("city", "", code): value for code, value in (counts.city | stopped).items()}
