"""Closing and recounting a month without keeping others from writing while its figures are counted.

Counting a large city takes many seconds. It is done from one view of the store, between two short
transactions: the first judges what every pair came to, the last looks whether anything was
recorded in the month meanwhile, and then stores state and figures in one step. Each part can be
done again: a worker that is lost in the middle has closed nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.services import cycles
from api.services.cycle_lock import hold_cycle
from api.services.errors import Refused
from api.services.kept_figures import digest_of, read_content
from api.services.public_report import keep_hidden, work_out_hidden
from api.services.reconcile import CountedMonth, close_cycle, need_unchanged, ready_to_close
from api.services.report_versions import (
    count_to_keep,
    list_versions,
    need_recountable,
    recount_month,
)
from data.engine import read_session, write_session
from data.queries.closing import on_record_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine
    from sqlmodel import Session

    from api.services.jobs import JobContext
    from data.schema import Account, Cycle, ReportVersion

__all__ = ["close", "close_month", "count_closing", "recount", "recount_anew"]

COUNTING = 0.5
"""Share of the work that is counting; the rest is what the public variant hides."""
MOST_TRIES = 3
"""How often a month is counted again because something was recorded in it meanwhile."""


def count_closing(
    engine: Engine,
    *,
    month: str,
    by: Account,
    now: datetime,
    reason: str = "",
    reached: Callable[[float, str], None] = lambda _share, _step: None,
) -> CountedMonth:
    """Judge and count a month that can be closed, for :func:`api.services.reconcile.close_cycle`.

    ``reached`` is told the share done and what comes next, outside every transaction that writes;
    it may raise.

    Raises
    ------
    NotFound, Forbidden, Refused
        As there.
    """
    with write_session(engine) as session:
        cycle = cycles.find_cycle(session, month=month)
        ready_to_close(session, cycle=cycle, by=by, now=now, reason=reason)
    return _counted(engine, month, reached)


def close_month(
    engine: Engine, *, month: str, by: Account, now: datetime, reason: str = ""
) -> Cycle:
    """Count a month and close it.

    Raises
    ------
    NotFound, Forbidden, Refused
        As :func:`api.services.reconcile.close_cycle`.
    """
    counted = count_closing(engine, month=month, by=by, now=now, reason=reason)
    with write_session(engine) as session:
        cycle = cycles.find_cycle(session, month=month)
        return close_cycle(session, cycle=cycle, by=by, now=now, reason=reason, counted=counted)


def recount_anew(
    engine: Engine, *, month: str, by: Account, now: datetime, reason: str
) -> ReportVersion:
    """Count a closed month anew and keep it as its next version.

    Raises
    ------
    NotFound, Forbidden, Refused
        As :func:`api.services.report_versions.recount_month`.
    """
    with read_session(engine) as session:
        need_recountable(cycle=cycles.find_cycle(session, month=month), by=by, reason=reason)
    counted = _counted(engine, month, lambda _share, _step: None)
    with write_session(engine) as session:
        return _store_recount(session, month, counted, by=by, now=now, reason=reason)


def close(context: JobContext) -> None:
    """Close a month: ``payload`` holds ``month`` and, maybe, the ``reason``."""
    month, reason = _asked(context)

    def once() -> None:
        with read_session(context.engine) as session:
            by = context.person(session)
        counted = count_closing(
            context.engine, month=month, by=by, now=context.clock(), reason=reason,
            reached=_reached(context),
        )  # fmt: skip
        with context.transaction({"month": month}) as session:
            close_cycle(
                session, cycle=cycles.find_cycle(session, month=month),
                by=context.person(session), now=context.clock(), reason=reason, counted=counted,
            )  # fmt: skip

    _until_unchanged(once)


def recount(context: JobContext) -> None:
    """Count a closed month anew: ``payload`` holds ``month`` and ``reason``."""
    month, reason = _asked(context)
    outcome: dict[str, Any] = {"month": month}

    def once() -> None:
        counted = _counted(context.engine, month, _reached(context))
        with context.transaction(outcome) as session:
            by = context.person(session)
            version = _store_recount(
                session, month, counted, by=by, now=context.clock(), reason=reason
            )
            outcome["version"] = version.number

    _until_unchanged(once)


def _asked(context: JobContext) -> tuple[str, str]:
    return str(context.payload["month"]), str(context.payload.get("reason", ""))


def _reached(context: JobContext) -> Callable[[float, str], None]:
    """Tell how far it is, and end there when somebody asked to stop."""

    def told(share: float, step: str) -> None:
        context.progress(share, {"step": step})
        context.check()

    return told


def _until_unchanged(once: Callable[[], None]) -> None:
    """Count and store; again when something was recorded meanwhile, so often as is sensible."""
    for _ in range(MOST_TRIES - 1):
        try:
            return once()
        except Refused as refused:
            if refused.code != "reconcile.changed":
                raise
    return once()


def _counted(engine: Engine, month: str, reached: Callable[[float, str], None]) -> CountedMonth:
    with read_session(engine) as session:
        cycle = cycles.find_cycle(session, month=month)
        on_record = on_record_of(session, cycle_id=cycle.id or 0)
        content = count_to_keep(
            session, cycle=cycle, reached=lambda share, step: reached(share * COUNTING, step)
        )
        versions = list_versions(session, cycle=cycle)
        hidden = None
        if not versions or versions[-1].digest != digest_of(content):
            hidden = work_out_hidden(
                session,
                read_content(content),
                after=versions,
                reached=lambda share: reached(COUNTING + share * (1 - COUNTING), "hide"),
            )
        return CountedMonth(content, on_record, hidden)


def _store_recount(
    session: Session, month: str, counted: CountedMonth, *, by: Account, now: datetime, reason: str
) -> ReportVersion:
    cycle = hold_cycle(session, cycles.find_cycle(session, month=month))
    need_unchanged(session, cycle=cycle, counted=counted)
    version = recount_month(
        session, cycle=cycle, by=by, now=now, reason=reason, content=counted.content
    )
    if counted.hidden is not None:
        keep_hidden(session, version=version, hidden=counted.hidden, now=now)
    return version
