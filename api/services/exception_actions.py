"""What a coordinator does about a case: take, act, finish, close, reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.cycle_lock import hold_cycle
from api.services.delivery_actions import carry_out
from api.services.errors import Forbidden, NotFound, Refused, StaleVersion
from api.services.exception_facts import read_facts
from api.services.exception_rules import actions_by, unsettled
from api.services.family_answers import DOUBTING
from api.services.late_news import LATE
from data.schema import (
    Cycle,
    CycleState,
    DeliveryException,
    ExceptionAction,
    ExceptionState,
    Package,
    PackageLine,
    Role,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, DropPoint

__all__ = [
    "allowed_actions",
    "choose_action",
    "close_exception",
    "close_exceptions",
    "finish_exception",
    "reopen_exception",
    "take_exception",
]

A = ExceptionAction
S = ExceptionState
OVERRULED = ("exception.contradicted", "exception.unasked")
"""What does not keep a case open once somebody wrote why."""


def allowed_actions(session: Session, *, case: DeliveryException) -> tuple[ExceptionAction, ...]:
    """Return what may be done; after three failures only a data check, a return or an exit.

    Goods of a closed month do not move: what it got wrong is corrected by an amendment.
    """
    return actions_by(case, read_facts(session, cases=[case])[case.id or 0])


def take_exception(
    session: Session, *, case: DeliveryException, by: Account, now: datetime, base_version: int
) -> DeliveryException:
    """Become the owner of a case."""
    _hold(session, [case])
    _check(case, by, base_version)
    if case.state == S.OPEN:
        case.state = S.ASSIGNED
    case.owner = by.username
    return _save(session, case, "exception:take", by, now)


def choose_action(
    session: Session,
    *,
    case: DeliveryException,
    action: ExceptionAction,
    by: Account,
    now: datetime,
    base_version: int,
    day: date | None = None,
    drop_point: DropPoint | None = None,
    to_package: Package | None = None,
    text: str = "",
) -> DeliveryException:
    """Do something about a case.

    ``redeliver`` makes a linked stop for ``day``; ``pick_up`` one at ``drop_point`` (default: the
    kelurahan office); ``reassign`` gives the goods to ``to_package``; ``return`` puts them back
    into stock; ``spoil`` writes them off; ``data_change`` and ``exit_child`` ask the office;
    ``grievance`` hands the case to the approver.

    Raises
    ------
    Refused
        ``exception.action`` when the action does not fit the package as it stands.
    """
    _hold(session, [case])
    _check(case, by, base_version)
    allowed = allowed_actions(session, case=case)
    if action not in allowed:
        raise Refused(
            "exception.action", action=action.value, allowed=[each.value for each in allowed]
        )
    done = carry_out(
        session,
        case=case,
        action=action,
        by=by,
        now=now,
        day=day,
        drop_point=drop_point,
        to_package=to_package,
        text=text,
    )
    case.action, case.owner = action, case.owner or by.username
    case.state = S.DONE if done else S.ACTION_CHOSEN
    _add_words(case, text)
    return _save(session, case, "exception:act", by, now)


def finish_exception(
    session: Session, *, case: DeliveryException, by: Account, now: datetime, base_version: int
) -> DeliveryException:
    """Say that what was chosen has been done.

    Raises
    ------
    Refused
        ``exception.no_action`` when nothing was chosen.
    """
    _hold(session, [case])
    _check(case, by, base_version)
    if case.action is None:
        raise Refused("exception.no_action", reason=case.reason)
    case.state = S.DONE
    return _save(session, case, "exception:finish", by, now)


def close_exception(
    session: Session,
    *,
    case: DeliveryException,
    by: Account,
    now: datetime,
    base_version: int,
    text: str = "",
) -> DeliveryException:
    """Close a case after looking at it; a sensitive one only by an approver.

    One that leaves a record as it is against what the family says, or families of a route unasked,
    needs words why; the report of the month tells them.

    Raises
    ------
    Refused
        ``exception.still_loaded`` while the package of the case is neither handed over nor back,
        ``exception.left_over`` while nobody has said where its refused goods went,
        ``exception.contradicted`` and ``exception.unasked`` without words why.
    """
    return close_exceptions(session, cases=[(case, base_version)], by=by, now=now, text=text)[0]


def close_exceptions(
    session: Session,
    *,
    cases: Sequence[tuple[DeliveryException, int]],
    by: Account,
    now: datetime,
    text: str = "",
) -> list[DeliveryException]:
    """Close several cases, each with the version that was read, all of them or none.

    What they stand on is read once. Raises as :func:`close_exception`.
    """
    _hold(session, [case for case, _ in cases])
    for case, version in cases:
        _check(case, by, version)
    facts = read_facts(session, cases=[case for case, _ in cases])
    for case, _ in cases:
        reason = unsettled(case, facts[case.id or 0])
        if reason is not None and not (text.strip() and reason.code in OVERRULED):
            raise reason
        case.kept_because = text.strip()[:300] if reason is not None else ""
        case.state, case.closed_by, case.closed_at = S.CLOSED, by.username, now
        _add_words(case, text)
        _note(session, case, "exception:close", by, now)
    session.flush()
    return [case for case, _ in cases]


def reopen_exception(
    session: Session,
    *,
    case: DeliveryException,
    by: Account,
    now: datetime,
    base_version: int,
    text: str,
) -> DeliveryException:
    """Open a closed case again.

    Raises
    ------
    Refused
        ``exception.not_closed``, ``exception.text`` without words why, ``exception.month_closed``.
    """
    _hold(session, [case])
    _check(case, by, base_version)
    if case.state != S.CLOSED:
        raise Refused("exception.not_closed", reason=case.reason)
    if not text.strip():
        raise Refused("exception.text", reason=case.reason)
    cycle = session.get_one(Cycle, case.cycle_id)
    if cycle.state == CycleState.CLOSED and case.reason not in (LATE, *DOUBTING):
        raise Refused("exception.month_closed", month=cycle.month)
    case.state, case.closed_by, case.closed_at = S.REOPENED, None, None
    case.kept_because = ""
    _add_words(case, text)
    return _save(session, case, "exception:reopen", by, now)


def _hold(session: Session, cases: Sequence[DeliveryException]) -> None:
    """Hold the months and packages of cases against reports beside, and read all of it anew."""
    cycles = select(Cycle).where(col(Cycle.id).in_({case.cycle_id for case in cases}))
    for cycle in session.exec(cycles.order_by(col(Cycle.month))).all():
        hold_cycle(session, cycle)
    packages = {case.package_id for case in cases if case.package_id is not None}
    for rows in (
        select(Package).where(col(Package.id).in_(packages)).order_by(col(Package.id)),
        select(DeliveryException)
        .where(col(DeliveryException.id).in_([case.id for case in cases]))
        .order_by(col(DeliveryException.id)),
    ):
        session.exec(rows.with_for_update().execution_options(populate_existing=True)).all()
    lines = select(PackageLine).where(col(PackageLine.package_id).in_(packages))
    session.exec(lines.execution_options(populate_existing=True)).all()


def _check(case: DeliveryException, by: Account, base_version: int) -> None:
    """Hold the door: a sensitive case does not exist for anyone but an approver."""
    if case.is_sensitive and by.role != Role.APPROVER:
        raise NotFound("exception.unknown")
    if by.role not in (Role.COORDINATOR, Role.APPROVER):
        raise Forbidden("exception.role", role=by.role.value)
    if case.version != base_version:
        raise StaleVersion("exception.stale", version=case.version, fields={})


def _add_words(case: DeliveryException, text: str) -> None:
    if text.strip():
        case.text = f"{case.text}\n{text.strip()}".strip()[:500]


def _save(
    session: Session, case: DeliveryException, action: str, by: Account, now: datetime
) -> DeliveryException:
    _note(session, case, action, by, now)
    session.flush()
    return case


def _note(
    session: Session, case: DeliveryException, action: str, by: Account, now: datetime
) -> None:
    """Count a case's version on and write into the audit trail what became of it."""
    case.version += 1
    session.add(case)
    audit.record(
        session,
        by=by,
        action=action,
        subject="exception",
        subject_id=case.id or 0,
        now=now,
        after={"state": case.state.value, "action": case.action.value if case.action else None},
    )
