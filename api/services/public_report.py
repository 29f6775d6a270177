"""What the variant of a month's report that leaves the office hides.

It is worked out once for each version, beside the versions before it, and kept. In a city of many
small kelurahan that takes many seconds: closing and counting anew do it as part of their job
(:mod:`api.services.month_closing`), :func:`hide` is the job for versions from before.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.errors import Refused
from api.services.jobs import enqueue
from api.services.kept_figures import read_version, read_versions
from api.services.report_beside import beside_areas
from api.services.report_columns import area_figures
from api.services.report_privacy import Tables, Told, hidden_figures
from api.services.targeting_cells import beside_targeting
from data.engine import read_session
from data.monitoring import SMALLEST_SHOWN
from data.schema import Cycle, HiddenFigures, ReportVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from api.services.jobs import JobContext
    from api.services.kept_figures import Figures
    from api.services.report_privacy import FigureCell
    from data.schema import Account, Job

__all__ = [
    "ask_to_work_out",
    "hidden_in_report",
    "hide",
    "keep_hidden",
    "not_worked_out",
    "work_out_hidden",
]

MANY_SMALL = 100
"""So many small counts take seconds to hide: no page waits for them."""
MOST_AT_HAND = 64

_at_hand: OrderedDict[tuple[int, str], frozenset[FigureCell]] = OrderedDict()
"""What was worked out without being kept: by version and its digest."""
_reaching = Lock()


def hidden_in_report(session: Session, figures: Figures) -> frozenset[FigureCell]:
    """Return the figures that the public variant of a month's report hides.

    All of them together, reasons and figures of the city too: one may give away another.

    Raises
    ------
    Refused
        ``report.open`` while the month is open: its counts still change, and two looks with one
        delivery between them tell of that one child (ADR 0022). ``report.hiding`` when it takes
        long and nobody worked it out yet.
    """
    version = figures.version
    if version is None:
        raise Refused("report.open")
    kept = session.get(HiddenFigures, version.id)
    if kept is not None:
        return _cells(kept)
    key = (version.id or 0, version.digest)
    with _reaching:
        found = _at_hand.get(key)
    if found is None:
        tables = _tables(figures)
        if _takes_long(tables):
            month = session.get_one(Cycle, version.cycle_id).month
            raise Refused("report.hiding", month=month, number=version.number)
        found = hidden_figures(tables, earlier=_earlier(session, version))
        with _reaching:
            _at_hand[key] = found
            while len(_at_hand) > MOST_AT_HAND:
                _at_hand.popitem(last=False)
    return found


def not_worked_out(session: Session, versions: Sequence[ReportVersion]) -> list[ReportVersion]:
    """Return the versions of which it takes long to say what the public variant hides."""
    known = set(
        session.exec(
            select(HiddenFigures.version_id).where(
                col(HiddenFigures.version_id).in_([each.id for each in versions])
            )
        )
    )
    waiting = [each for each in versions if each.id not in known]
    read = read_versions(session, waiting)
    return [
        each for each, figures in zip(waiting, read, strict=True) if _takes_long(_tables(figures))
    ]


def ask_to_work_out(
    session: Session, *, months: Sequence[str], by: Account, now: datetime
) -> Job | None:
    """Queue the work that the public variants of months wait for; None where they wait for none."""
    rows = (
        select(ReportVersion)
        .join(Cycle, col(Cycle.id) == ReportVersion.cycle_id)
        .where(col(Cycle.month).in_(months))
        .order_by(col(Cycle.month), col(ReportVersion.number))
    )
    waiting = not_worked_out(session, session.exec(rows).all())
    if not waiting:
        return None
    wish = {"versions": [each.id for each in waiting]}
    return enqueue(session, kind="hiding", payload=wish, by=by, now=now)


def work_out_hidden(
    session: Session,
    figures: Figures,
    *,
    version: ReportVersion | None = None,
    after: Sequence[ReportVersion] = (),
    reached: Callable[[float], None] = lambda _share: None,
) -> frozenset[FigureCell]:
    """Work out what a version hides, or what the one that follows ``after`` would hide.

    ``reached`` is told the share done (0 to 1); it may raise to end it.
    """
    tables = _tables(figures)
    return hidden_figures(
        tables,
        earlier=_told(session, after) if after else _earlier(session, version),
        reached=reached,
    )


def keep_hidden(
    session: Session, *, version: ReportVersion, hidden: frozenset[FigureCell], now: datetime
) -> None:
    """Keep what a version hides, unless it is kept already."""
    if session.get(HiddenFigures, version.id) is None:
        cells = [list(cell) for cell in sorted(hidden)]
        session.add(HiddenFigures(version_id=version.id or 0, cells=cells, at=now))
        session.flush()


def hide(context: JobContext) -> None:
    """Work out what public variants of versions hide: ``payload`` holds their ids (``versions``).

    Each is kept as soon as it is known: who stops it keeps what was done, and what another job of
    overlapping versions did meanwhile is not done again.
    """
    ids = [int(str(number)) for number in context.payload["versions"]]
    for place, number in enumerate(ids):
        told = partial(_tell_hiding, context, place, len(ids))
        with read_session(context.engine) as session:
            if session.get(HiddenFigures, number) is not None:
                continue
            version = session.get_one(ReportVersion, number)
            figures = read_version(session, version)
            hidden = work_out_hidden(session, figures, version=version, reached=told)
        with context.step() as session:
            version = session.get_one(ReportVersion, number)
            keep_hidden(session, version=version, hidden=hidden, now=context.clock())
    with context.transaction({"versions": len(ids)}):
        pass


def _tell_hiding(context: JobContext, place: int, of: int, share: float) -> None:
    context.progress((place + share) / of, {"step": "hide"})
    context.check()


def _earlier(session: Session, version: ReportVersion | None) -> list[Told]:
    if version is None or version.number == 1:
        return []
    rows = select(ReportVersion).where(
        ReportVersion.cycle_id == version.cycle_id, ReportVersion.number < version.number
    )
    return _told(session, session.exec(rows.order_by(col(ReportVersion.number))).all())


def _told(session: Session, versions: Sequence[ReportVersion]) -> list[Told]:
    """Return what versions told, the first first; what was not kept is worked out in order."""
    told: list[Told] = []
    for version, figures in zip(versions, read_versions(session, versions), strict=True):
        tables, kept = _tables(figures), session.get(HiddenFigures, version.id)
        hidden = _cells(kept) if kept else hidden_figures(tables, earlier=told)
        told.append(Told(tables.counts, hidden))
    return told


def _cells(kept: HiddenFigures) -> frozenset[FigureCell]:
    return frozenset((level, area, code) for level, area, code in kept.cells)


def _takes_long(tables: Tables) -> bool:
    small = sum(0 < count < SMALLEST_SHOWN for count in tables.counts.values())
    return small > MANY_SMALL


def _tables(figures: Figures) -> Tables:
    codes = [
        figure.code
        for columns in area_figures(figures.counts).values()
        for figure in columns
        if not figure.stands_on
    ]
    beside = beside_areas(figures.counts)
    if figures.targeting is not None:
        beside += beside_targeting(
            figures.targeting,
            city=figures.by_level()["city"].get("", {}),
            causes=figures.counts.causes or {},
        )
    return Tables.of(figures.by_level(), codes=codes, beside=beside)
