"""The figures of a closed month as they were reported: kept, corrected by versions, compared."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from api.services import audit
from api.services.cycle_lock import hold_cycle
from api.services.errors import Forbidden, NotFound, Refused
from api.services.report_counts import Counts, count_month
from api.services.report_growth import Growth, growth_of_month
from api.services.report_reach import LEFT, STEPS, step_of
from data.schema import Cycle, CycleState, ReportVersion, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "Difference",
    "Figures",
    "differences",
    "figures_of",
    "figures_of_months",
    "find_version",
    "keep_figures",
    "list_versions",
    "recount_month",
]


OF_REGISTER = (
    LEFT, "target_with_consent", "target_consented", "target_graduated", "target_left",
)  # fmt: skip
"""Figures by area that hang on what the register says of children today."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a month; ``version`` is None while the month is open."""

    counts: Counts
    growth: Growth
    version: ReportVersion | None = None

    def by_level(self) -> dict[str, dict[str, dict[str, float | None]]]:
        """Return level → area's name → figure → value, counts and growth together."""
        grown = self.growth.by_level
        return {
            level: {
                area: {**areas.get(area, {}), **grown.get(level, {}).get(area, {})}
                for area in areas.keys() | grown.get(level, {}).keys()
            }
            for level, areas in self.counts.by_level().items()
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that two versions tell differently; ``area`` is a kelurahan's name or empty."""

    area: str
    code: str
    before: float | str | None
    after: float | str | None


def figures_of(session: Session, *, cycle: Cycle, number: int | None = None) -> Figures:
    """Return what is reported of a month: the last version, or one by its number.

    A month that is open is counted now.

    Raises
    ------
    NotFound
        ``report.version`` for a number that does not exist.
    """
    versions = list_versions(session, cycle=cycle)
    if number is None and (cycle.state != CycleState.CLOSED or not versions):
        return _count(session, cycle)
    version = versions[-1] if number is None else find_version(session, cycle=cycle, number=number)
    return _read(version)


def figures_of_months(
    session: Session, *, cycles: Sequence[Cycle]
) -> Iterator[tuple[Cycle, Figures]]:
    """Give each month with what is reported of it, all versions read at once.

    A month that is open, or was closed before versions were kept, is counted now.
    """
    rows = session.exec(
        select(ReportVersion)
        .where(col(ReportVersion.cycle_id).in_([cycle.id for cycle in cycles]))
        .order_by(col(ReportVersion.number))
    )
    last = {version.cycle_id: version for version in rows}
    for cycle in cycles:
        version = last.get(cycle.id or 0) if cycle.state == CycleState.CLOSED else None
        yield cycle, _read(version) if version else _count(session, cycle)


def list_versions(session: Session, *, cycle: Cycle) -> list[ReportVersion]:
    """Return the versions of a closed month, the first first."""
    rows = select(ReportVersion).where(ReportVersion.cycle_id == cycle.id)
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
    is_correction: bool = False,
) -> ReportVersion | None:
    """Keep a month's figures as its next version; None when they are those of the last one.

    ``is_correction``: one fact of the month was corrected; what the register says by now of
    sponsors, pledges, receipts and growth stays as it was reported (:func:`recount_month` is for
    that).
    """
    versions = list_versions(session, cycle=cycle)
    content = _written(_count(session, cycle))
    if is_correction and versions:
        content = _as_reported(content, versions[-1].figures)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
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


def recount_month(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, reason: str
) -> ReportVersion:
    """Count a closed month anew, because something became known late (a measurement, a receipt).

    Raises
    ------
    Forbidden
        ``report.recount_role`` for anybody but the approver.
    Refused
        ``report.not_closed``, ``report.recount_reason`` without a reason, ``report.unchanged`` when
        every figure is the same.
    """
    if by.role != Role.APPROVER:
        raise Forbidden("report.recount_role", role=by.role.value)
    hold_cycle(session, cycle)
    if cycle.state != CycleState.CLOSED:
        raise Refused("report.not_closed", month=cycle.month)
    if not reason.strip():
        raise Refused("report.recount_reason", month=cycle.month)
    version = keep_figures(session, cycle=cycle, by=by, now=now, reason=reason)
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
    """Return every figure of kelurahan and city that two versions tell differently.

    What stopped children has the code ``step:cause``. What only one of the two was asked for is
    no difference.
    """
    old, new = _flat(before), _flat(after)
    if (before.figures.get("causes") is None) != (after.figures.get("causes") is None):
        old, new = (
            {at: v for at, v in each.items() if not _is_of_way(at[1])} for each in (old, new)
        )
    rows = (
        Difference(area, code, old.get((area, code), 0), new.get((area, code), 0))
        for area, code in sorted(old.keys() | new.keys())
    )
    return tuple(row for row in rows if row.before != row.after)


def _count(session: Session, cycle: Cycle) -> Figures:
    return Figures(count_month(session, cycle=cycle), growth_of_month(session, cycle=cycle))


def _written(figures: Figures) -> dict[str, Any]:
    counts = figures.counts
    return {
        "areas": {code: dict(row) for code, row in sorted(counts.areas.items())},
        "city": dict(counts.city),
        "causes": counts.causes,
        "unmatched_reasons": dict(counts.unmatched_reasons),
        "failure_reasons": dict(counts.failure_reasons),
        "sponsors": [list(row) for row in counts.sponsors],
        "growth": figures.growth.by_level,
        "teams": counts.teams,
    }


def _as_reported(content: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
    """Return counted figures with those of the register as the last version told them.

    What that version was not asked for is not told by a correction either.
    """
    received_rp = {code: rupiah for code, *_, rupiah in last["sponsors"]}
    kept = content | {
        "growth": last["growth"],
        "areas": {
            code: _area_as_reported(content["areas"].get(code, {}), last["areas"].get(code, {}))
            for code in sorted(content["areas"].keys() | last["areas"].keys())
        },
        "city": content["city"]
        | {code: value for code, value in last["city"].items() if code.startswith("sponsors_")},
        "sponsors": [
            [code, *children, received_rp.get(code, rupiah)]
            for code, *children, rupiah in content["sponsors"]
        ],
    }
    if last.get("causes") is None:
        areas = {
            area: {code: count for code, count in row.items() if not _is_of_way(code)}
            | {code: count for code, count in last["areas"].get(area, {}).items()
               if _is_of_way(code)}
            for area, row in kept["areas"].items()
        }  # fmt: skip
        told = {"causes": None, "unmatched_reasons": last["unmatched_reasons"]}
        return kept | {"areas": areas} | told
    causes = {
        cause: count
        for part, is_registers in ((content, False), (last, True))
        for cause, count in part["causes"].items()
        if (step_of(cause) == STEPS[0]) is is_registers
    }
    return kept | {"causes": dict(sorted(causes.items()))}


def _area_as_reported(counted: dict[str, int], last: dict[str, int]) -> dict[str, int]:
    """Return an area's figures; whom the register lets go since was known all the same."""
    row = {code: count for code, count in counted.items() if code not in OF_REGISTER}
    row |= {code: last[code] for code in OF_REGISTER if code in last}
    if "target_known" in row:
        row["target_known"] = row.get(LEFT, 0) + row.get("target_registered", 0)
    return row


def _is_of_way(code: str) -> bool:
    """Whether a figure is told only where it was counted what stopped each child."""
    return ":" in code or code.startswith("kept_off_") or code in (
        "target_known", "target_consented", "target_with_consent", *STEPS[-2:],
    )  # fmt: skip


def _read(version: ReportVersion) -> Figures:
    content: dict[str, Any] = version.figures
    areas: dict[str, Counter[str]] = defaultdict(Counter)
    areas |= {code: Counter(row) for code, row in content["areas"].items()}
    counts = Counts(
        areas=areas,
        city=content["city"],
        causes=content.get("causes"),
        unmatched_reasons=content["unmatched_reasons"],
        failure_reasons=content["failure_reasons"],
        sponsors=[(code, *numbers) for code, *numbers in content["sponsors"]],
        teams=content.get("teams", {}),
    )
    return Figures(counts, Growth(content["growth"]), version)


def _flat(version: ReportVersion) -> dict[tuple[str, str], float | str | None]:
    figures = _read(version)
    levels = (figures.counts.by_level()["kelurahan"], figures.growth.by_level["kelurahan"])
    rows = {
        (area, code): value
        for areas in levels
        for area, row in areas.items()
        for code, value in row.items()
    }
    stopped = {
        ("", f"{step_of(cause)}:{cause}"): count
        for cause, count in (figures.counts.causes or {}).items()
    }
    return rows | stopped | {("", code): value for code, value in figures.counts.city.items()}
