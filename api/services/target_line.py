"""The target line: what others published beside our own list, and where that is heading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.audit import record
from api.services.clock import local_date
from api.services.editing import too_long
from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.months import months_from
from api.services.report_versions import figures_of_months
from data.reference.published import published_rows
from data.schema import Cycle, CycleState, FigureKind, FigureUnit, PublishedFigure, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.monitoring.projection import Flow, Outlook, Projection
    from data.schema import Account

__all__ = [
    "Course",
    "MonthCount",
    "Published",
    "add_figure",
    "closed_months",
    "courses",
    "month_counts",
    "published",
    "withdraw_figure",
]

NUM_MONTHS = 24
WRITERS = (Role.STAFF, Role.APPROVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A figure of somebody else, or a target; ``id`` only where the office entered it."""

    kind: FigureKind
    area: str
    on: date
    value: float
    unit: FigureUnit
    name: str
    source: str
    is_unsure: bool
    id: int | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCount:
    """Our own list in a closed month; ``new`` is None where no month before could be compared."""

    month: str
    children: int
    new: int | None
    graduated: int
    left: int
    served: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where our own list is heading for a target in children.

    ``projection`` and ``outlook`` are None or too few with fewer than six closed months;
    ``flow`` is None where no month tells how many came; ``coverage`` is the covered share it would
    take, None when all would not be enough or the flow is not known.
    """

    target: Published
    months_ahead: int
    last: MonthCount
    projection: Projection | None
    outlook: Outlook
    flow: Flow | None
    coverage_now: float | None
    coverage: float | None


def published(session: Session, *, language: str = "id") -> list[Published]:
    """Return every figure that stands, those of the reference table first, oldest first."""
    known = [
        Published(
            kind=FigureKind(row.kind),
            area=row.area,
            on=row.on,
            value=row.value,
            unit=FigureUnit(row.unit),
            name=row.name_en if language == "en" else row.name_id,
            source=row.source if language == "en" else row.source_id,
            is_unsure=row.certainty == "unsure",
        )
        for row in published_rows()
    ]
    rows = select(PublishedFigure).where(col(PublishedFigure.withdrawn_at).is_(None))
    known += [
        Published(
            kind=row.kind,
            area=row.area,
            on=row.dated_on,
            value=row.value,
            unit=row.unit,
            name=row.name,
            source=row.source,
            is_unsure=False,
            id=row.id,
            by=row.by,
        )
        for row in session.exec(rows)
    ]
    return sorted(known, key=lambda each: (each.on, each.kind.value, each.id or 0))


def add_figure(
    session: Session,
    *,
    kind: FigureKind,
    area: str,
    on: date,
    value: float,
    unit: FigureUnit,
    name: str,
    source: str,
    by: Account,
    now: datetime,
) -> PublishedFigure:
    """Enter a figure that somebody published, or a target.

    Raises
    ------
    Forbidden
        ``published.role`` for anybody but the office.
    Invalid
        ``published.value``, ``published.name``, ``published.source``, ``field.long`` at their
        fields.
    """
    if by.role not in WRITERS:
        raise Forbidden("published.role", role=by.role.value)
    wrong = {}
    if not 0 <= value <= (100 if unit is FigureUnit.PERCENT else 10**9):
        wrong["nilai"] = "published.value"
    if not name.strip():
        wrong["nama"] = "published.name"
    if not source.strip():
        wrong["sumber"] = "published.source"
    long = too_long(PublishedFigure, {"area": area, "name": name, "source": source})
    fields = {"area": "wilayah", "name": "nama", "source": "sumber"}
    wrong |= {fields[each]: code for each, code in long.items()}
    if kind is not FigureKind.TARGET and on > local_date(now):
        wrong["tanggal"] = "published.day"
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    row = PublishedFigure(
        kind=kind,
        area=area.strip(),
        dated_on=on,
        value=value,
        unit=unit,
        name=name.strip(),
        source=source.strip(),
        by=by.username,
        at=now,
    )
    session.add(row)
    session.flush()
    record(
        session, by=by, action="published:add", subject="figure", subject_id=row.id or 0, now=now,
        after={"name": row.name, "value": value, "unit": unit.value, "source": row.source},
    )  # fmt: skip
    return row


def withdraw_figure(
    session: Session, *, figure_id: int, reason: str, by: Account, now: datetime
) -> None:
    """Take a figure that was entered wrongly out of the lists; the row stays.

    Raises
    ------
    Forbidden, NotFound, Refused
        ``published.role``, ``published.unknown``, ``published.reason``.
    """
    if by.role not in WRITERS:
        raise Forbidden("published.role", role=by.role.value)
    row = session.get(PublishedFigure, figure_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFound("published.unknown")
    if not reason.strip():
        raise Refused("published.reason")
    row.withdrawn_by, row.withdrawn_at = by.username, now
    row.withdrawal_reason = reason.strip()
    session.add(row)
    session.flush()
    record(
        session, by=by, action="published:withdraw", subject="figure", subject_id=figure_id,
        now=now, purpose=reason.strip(),
    )  # fmt: skip


def closed_months(session: Session) -> list[Cycle]:
    """Return the last 24 closed months, oldest first."""
    newest = session.exec(
        select(Cycle)
        .where(Cycle.state == CycleState.CLOSED)
        .order_by(col(Cycle.month).desc())
        .limit(NUM_MONTHS)
    ).all()
    return list(reversed(newest))


def month_counts(session: Session) -> list[MonthCount]:
    """Return our own list in the last 24 closed months, oldest first."""
    found = []
    for cycle, figures in figures_of_months(session, cycles=closed_months(session)):
        city = figures.counts.by_level()["city"][""]
        found.append(
            MonthCount(
                month=cycle.month,
                children=int(city.get("target_eligible") or 0),
                new=int(city["target_new"] or 0) if "target_new" in city else None,
                graduated=int(city.get("target_graduated") or 0),
                left=int(city.get("target_left") or 0),
                served=int(city.get("matching_matched") or 0),
            )
        )
    return found


def courses(counts: Sequence[MonthCount], targets: Sequence[Published]) -> list[Course]:
    """Return where the list is heading for each target in children that is still ahead."""
    from data.monitoring.projection import Outlook, needed_coverage, project

    if not counts:
        return []
    last = counts[-1]
    flow = _flow(counts)
    found = []
    for target in targets:
        ahead = months_from(last.month, target.on.strftime("%Y-%m"))
        is_ours = target.kind is FigureKind.TARGET and target.unit is FigureUnit.CHILDREN
        if not is_ours or ahead < 1:
            continue
        projection = project([each.children for each in counts], months_ahead=ahead)
        found.append(
            Course(
                target=target,
                months_ahead=ahead,
                last=last,
                projection=projection,
                outlook=projection.outlook(target.value) if projection else Outlook.TOO_FEW,
                flow=flow,
                coverage_now=last.served / last.children if last.children else None,
                coverage=needed_coverage(
                    flow, children=last.children, target=target.value, months_ahead=ahead
                )
                if flow
                else None,
            )
        )
    return found


def _flow(counts: Sequence[MonthCount]) -> Flow | None:
    """Return how the list changed in a month, on the mean of the months."""
    from data.monitoring.projection import Flow

    new = [each.new for each in counts if each.new is not None]
    if not new:
        return None
    children = sum(each.children for each in counts)
    served = sum(each.served for each in counts)
    return Flow(
        new=sum(new) / len(new),
        graduating=sum(each.graduated for each in counts) / served if served else 0.0,
        leaving=sum(each.left for each in counts) / children if children else 0.0,
    )
