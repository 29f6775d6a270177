"""Cases as they begin, and as they end with what gave rise to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.cycle_lock import hold_cycle
from api.services.errors import Refused
from api.services.late_news import LATE
from data.reference.reasons import delivery_reasons, is_confidential
from data.schema import (
    Cycle,
    CycleState,
    DeliveryEvent,
    DeliveryException,
    ExceptionState,
    Outcome,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Package

__all__ = [
    "OPEN_STATES",
    "doubts",
    "end_case",
    "end_doubts",
    "follow_event",
    "is_doubted",
    "open_case",
    "open_doubt",
    "open_exception",
]

S = ExceptionState
BAD = (Outcome.FAILED, Outcome.REJECTED, Outcome.PARTLY_ACCEPTED, Outcome.LOST)
OPEN_STATES = (S.OPEN, S.ASSIGNED, S.REOPENED)


def open_exception(
    session: Session,
    *,
    cycle: Cycle,
    reason: str,
    by: Account,
    now: datetime,
    package: Package | None = None,
    text: str = "",
) -> DeliveryException:
    """Open a case by hand; sensitive when its reason is.

    Raises
    ------
    Refused
        ``exception.reason`` for an unknown reason, ``exception.text`` where the reason wants words;
        ``exception.month_closed``: what a closed month got wrong is corrected by an amendment;
        ``exception.other_month`` for a package of another month.
    """
    hold_cycle(session, cycle)
    if cycle.state == CycleState.CLOSED:
        raise Refused("exception.month_closed", month=cycle.month)
    if package is not None and package.cycle_id != cycle.id:
        own = session.get_one(Cycle, package.cycle_id)
        raise Refused("exception.other_month", package=package.code, month=own.month)
    known = delivery_reasons().get(reason)
    if known is None:
        raise Refused("exception.reason", reason=reason)
    if known.needs_text and not text.strip():
        raise Refused("exception.text", reason=reason)
    return open_case(
        session,
        cycle_id=cycle.id or 0,
        package=package,
        reason=reason,
        text=text,
        is_sensitive=known.is_sensitive,
        by=by,
        now=now,
    )


def open_doubt(
    session: Session,
    *,
    cycle: Cycle,
    reason: str,
    by: Account,
    now: datetime,
    package: Package,
    text: str,
    event_uid: str | None = None,
    is_sensitive: bool = False,
) -> DeliveryException:
    """Open a case that no report that counts gave rise to: a call, a move, news that came late.

    Late news of a package of which a case waits already is added to that one, which becomes
    confidential with news that is.
    """
    waiting = doubts(session, package=package, reason=reason) if event_uid else []
    if waiting:
        case = waiting[0]
        case.event_uid = event_uid
        if is_sensitive:
            case.is_sensitive = True
            case.text = f"{case.text}\n{text.strip()}".strip()[:500]
            case.version += 1
        session.add(case)
        return case
    return open_case(
        session,
        cycle_id=cycle.id or 0,
        package=package,
        reason=reason,
        text=text,
        is_sensitive=is_sensitive,
        by=by,
        now=now,
        event_uid=event_uid,
    )


def doubts(session: Session, *, package: Package, reason: str) -> list[DeliveryException]:
    """Return a package's cases of a reason on which nobody has acted yet."""
    return list(
        session.exec(
            select(DeliveryException).where(
                DeliveryException.package_id == package.id,
                DeliveryException.reason == reason,
                col(DeliveryException.state).in_(OPEN_STATES),
            )
        )
    )


def is_doubted(session: Session, *, package: Package, reason: str) -> bool:
    """Whether a case of a reason about a package is not closed yet."""
    case = session.exec(
        select(DeliveryException.id).where(
            DeliveryException.package_id == package.id,
            DeliveryException.reason == reason,
            DeliveryException.state != S.CLOSED,
        )
    ).first()
    return case is not None


def end_doubts(
    session: Session, *, package: Package, reason: str, by: Account, now: datetime
) -> None:
    """End a package's cases of a reason that is gone.

    One on which somebody acted is left, and a confidential one: the approver has to read it.
    """
    for case in doubts(session, package=package, reason=reason):
        if not case.is_sensitive:
            end_case(session, case, by, now)
    session.flush()


def follow_event(
    session: Session,
    *,
    package: Package,
    counting: DeliveryEvent | None,
    by: Account,
    now: datetime,
) -> DeliveryException | None:
    """Open the case that follows from the event that counts; end those whose event no longer does.

    What it tells in confidence of one line or all is a case for the approver; what it tells beside
    of other lines is one for the coordinator, without the words. The first opened is returned.

    A case on which somebody has acted is left to them, a confidential one to the approver: later
    news or a correction does not undo what was told.
    """
    cases = session.exec(
        select(DeliveryException).where(
            DeliveryException.package_id == package.id,
            col(DeliveryException.event_uid).is_not(None),
            DeliveryException.reason != LATE,
        )
    ).all()
    for case in cases:
        stale = counting is None or case.event_uid != counting.event_uid
        is_over = stale and case.state in OPEN_STATES and case.stop_id == package.stop_id
        if is_over and not case.is_sensitive:
            end_case(session, case, by, now)
    if counting is None or counting.outcome not in BAD:
        return None
    if any(case.event_uid == counting.event_uid for case in cases):
        return None
    failures = session.exec(
        select(DeliveryEvent).where(
            DeliveryEvent.package_id == package.id,
            DeliveryEvent.outcome == Outcome.FAILED,
            col(DeliveryEvent.is_superseded).is_(False),
        )
    ).all()
    secret = [code for code in counting.reasons if is_confidential(code)]
    told = [code for code in counting.reasons if not is_confidential(code)]
    opened = [
        open_case(
            session,
            cycle_id=package.cycle_id,
            package=package,
            reason=codes[0],
            text="" if secret and codes is told else counting.reason_text,
            is_sensitive=codes is secret,
            by=by,
            now=now,
            event_uid=counting.event_uid,
            attempts=max(1, len(failures)),
        )
        for codes in (secret, told or ([] if secret else ["other"]))
        if codes
    ]
    return opened[0]


def open_case(
    session: Session,
    *,
    cycle_id: int,
    package: Package | None,
    reason: str,
    text: str,
    is_sensitive: bool,
    by: Account,
    now: datetime,
    event_uid: str | None = None,
    attempts: int = 1,
    route_id: int | None = None,
) -> DeliveryException:
    """Open a case of a package, of a route, or of neither."""
    case = DeliveryException(
        cycle_id=cycle_id,
        package_id=package.id if package else None,
        stop_id=package.stop_id if package else None,
        route_id=route_id,
        event_uid=event_uid,
        reason=reason,
        text=text.strip()[:500],
        is_sensitive=is_sensitive,
        attempts=attempts,
        opened_by=by.username,
        opened_at=now,
    )
    session.add(case)
    session.flush()
    audit.record(
        session,
        by=by,
        action="exception:open",
        subject="exception",
        subject_id=case.id or 0,
        now=now,
        after={"reason": "sensitive" if is_sensitive else reason},
    )
    return case


def end_case(session: Session, case: DeliveryException, by: Account, now: datetime) -> None:
    """Close a case because what gave rise to it is gone."""
    case.state, case.closed_by, case.closed_at = S.CLOSED, by.username, now
    case.version += 1
    session.add(case)
