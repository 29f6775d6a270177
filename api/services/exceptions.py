"""The queue of what needs care, and what a coordinator does about each case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.cycle_lock import hold_cycle
from api.services.delivery_actions import carry_out, undelivered_units, unusable_units
from api.services.errors import Forbidden, NotFound, Refused, StaleVersion
from api.services.late_news import LATE, LateNews, news_of_case
from api.services.package_goods import has_come_back
from data.queries.deliveries import exceptions_with_places, lines_of_package
from data.queries.goods import route_codes
from data.reference.reasons import delivery_reasons, is_confidential
from data.schema import (
    Cycle,
    CycleState,
    DeliveryEvent,
    DeliveryException,
    ExceptionAction,
    ExceptionState,
    Outcome,
    Package,
    PackageState,
    Role,
    Stop,
    StopState,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, DropPoint

__all__ = [
    "ExceptionView",
    "allowed_actions",
    "choose_action",
    "close_exception",
    "doubts",
    "end_doubts",
    "find_news",
    "finish_exception",
    "follow_event",
    "is_doubted",
    "list_exceptions",
    "months_with_cases",
    "open_doubt",
    "open_exception",
    "reopen_exception",
    "take_exception",
]

A = ExceptionAction
S = ExceptionState
MAX_ATTEMPTS = 3
"""After so many failures the address is checked before anybody drives there again."""
BAD = (Outcome.FAILED, Outcome.REJECTED, Outcome.PARTLY_ACCEPTED, Outcome.LOST)
LEFT_OVER = (PackageState.REJECTED, PackageState.PARTLY_ACCEPTED)
"""States of packages of which a courier may bring something back."""
FOR_OTHERS = (A.REDELIVER, A.PICK_UP, A.REASSIGN, A.RETURN)
"""Actions after which a family gets the goods; none of them fits goods that are all unusable."""
OPEN_STATES = (S.OPEN, S.ASSIGNED, S.REOPENED)


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """A case of the queue as this person may see it."""

    id: int
    reason: str
    text: str
    is_sensitive: bool
    state: ExceptionState
    action: ExceptionAction | None
    owner: str | None
    attempts: int
    package_code: str | None
    package_id: int | None
    stop_uid: str | None
    route_code: str | None
    recipient: str
    kelurahan_code: str | None
    opened_by: str
    opened_at: datetime
    actions: tuple[ExceptionAction, ...]
    version: int
    asked_for: date | None = None
    """The day of the next attempt that was chosen and has not been driven."""
    news: LateNews | None = None
    """What the phone told, where the case is about news that came too late to count."""


def list_exceptions(
    session: Session, *, cycle: Cycle, by: Account, include_closed: bool = False
) -> list[ExceptionView]:
    """Return the cases, oldest first; sensitive ones only to an approver."""
    views = []
    rows = exceptions_with_places(session, cycle_id=cycle.id or 0)
    codes = route_codes(session, stop_ids=[case.stop_id for case, *_ in rows if case.stop_id])
    for case, package, home, stop in rows:
        if case.is_sensitive and by.role != Role.APPROVER:
            continue
        if case.state == S.CLOSED and not include_closed:
            continue
        views.append(
            ExceptionView(
                id=case.id or 0,
                reason=case.reason,
                text=case.text,
                is_sensitive=case.is_sensitive,
                state=case.state,
                action=case.action,
                owner=case.owner,
                attempts=case.attempts,
                package_code=package.code if package else None,
                package_id=case.package_id,
                stop_uid=stop.uid if stop else None,
                route_code=codes.get(case.stop_id or 0),
                recipient=home.guardian_name if home else "",
                kelurahan_code=home.kelurahan_code if home else None,
                opened_by=case.opened_by,
                opened_at=case.opened_at,
                actions=allowed_actions(session, case=case),
                version=case.version,
                asked_for=_asked_for(session, case, package),
                news=_news(session, case, package),
            )
        )
    return views


def _asked_for(session: Session, case: DeliveryException, package: Package | None) -> date | None:
    if case.action not in (A.REDELIVER, A.PICK_UP) or package is None or package.stop_id is None:
        return None
    stop = session.get_one(Stop, package.stop_id)
    return stop.wanted_on if stop.state in (StopState.PLANNED, StopState.EN_ROUTE) else None


def months_with_cases(session: Session) -> set[int]:
    """Return the ids of the months that have cases which nobody has closed."""
    rows = select(DeliveryException.cycle_id).where(DeliveryException.state != S.CLOSED).distinct()
    return set(session.exec(rows))


def find_news(
    session: Session, *, cycle: Cycle, case_id: int, by: Account
) -> tuple[LateNews, Package] | None:
    """Return the late news of a case of a month with its package; None where there is none."""
    case = session.get(DeliveryException, case_id)
    if case is None or case.cycle_id != cycle.id or case.package_id is None:
        return None
    if case.is_sensitive and by.role != Role.APPROVER:
        return None
    package = session.get_one(Package, case.package_id)
    news = _news(session, case, package)
    return (news, package) if news else None


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
    return _open(
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
    return _open(
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
            _end(session, case, by, now)
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
            _end(session, case, by, now)
    if counting is None or counting.outcome not in BAD:
        return None
    if any(case.event_uid == counting.event_uid for case in cases):
        return None
    reason = counting.reason or "other"
    failures = session.exec(
        select(DeliveryEvent).where(
            DeliveryEvent.package_id == package.id,
            DeliveryEvent.outcome == Outcome.FAILED,
            col(DeliveryEvent.is_superseded).is_(False),
        )
    ).all()
    return _open(
        session,
        cycle_id=package.cycle_id,
        package=package,
        reason=reason,
        text=counting.reason_text,
        is_sensitive=is_confidential(reason),
        by=by,
        now=now,
        event_uid=counting.event_uid,
        attempts=max(1, len(failures)),
    )


def allowed_actions(session: Session, *, case: DeliveryException) -> tuple[ExceptionAction, ...]:
    """Return what may be done; after three failures only a data check, a return or an exit.

    Goods of a closed month do not move: what it got wrong is corrected by an amendment.
    """
    if case.state in (S.CLOSED, S.VERIFIED):
        return ()
    if case.package_id is None:
        return (A.GRIEVANCE,)
    if session.get_one(Cycle, case.cycle_id).state == CycleState.CLOSED:
        return (A.DATA_CHANGE, A.EXIT_CHILD, A.GRIEVANCE)
    package = session.get_one(Package, case.package_id)
    allowed = _allowed_of(session, case, package)
    if not set(allowed) & set(FOR_OTHERS):
        return allowed
    left = undelivered_units(session, package)
    if left and unusable_units(session, package) == left:
        return tuple(action for action in allowed if action not in FOR_OTHERS)
    return allowed


def _allowed_of(
    session: Session, case: DeliveryException, package: Package
) -> tuple[ExceptionAction, ...]:
    if package.state == PackageState.LOADED:
        if case.attempts >= MAX_ATTEMPTS:
            return (A.DATA_CHANGE, A.RETURN, A.SPOIL, A.EXIT_CHILD, A.GRIEVANCE)
        return (
            A.REDELIVER,
            A.PICK_UP,
            A.REASSIGN,
            A.RETURN,
            A.SPOIL,
            A.DATA_CHANGE,
            A.EXIT_CHILD,
            A.GRIEVANCE,
        )
    if _has_left_over(session, package):
        return (A.RETURN, A.SPOIL, A.DATA_CHANGE, A.EXIT_CHILD, A.GRIEVANCE)
    return (A.DATA_CHANGE, A.EXIT_CHILD, A.GRIEVANCE)


def _has_left_over(session: Session, package: Package) -> bool:
    """Whether a courier brings something back of which nobody has said where it went."""
    return package.state in LEFT_OVER and not has_come_back(session, package=package)


def take_exception(
    session: Session, *, case: DeliveryException, by: Account, now: datetime, base_version: int
) -> DeliveryException:
    """Become the owner of a case."""
    _hold(session, case)
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
    _hold(session, case)
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
    if text.strip():
        case.text = f"{case.text}\n{text.strip()}".strip()[:500]
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
    _hold(session, case)
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

    Raises
    ------
    Refused
        ``exception.still_loaded`` while the package of the case is neither handed over nor back,
        ``exception.left_over`` while nobody has said where its refused goods went.
    """
    _hold(session, case)
    _check(case, by, base_version)
    if case.package_id is not None:
        package = session.get_one(Package, case.package_id)
        if package.state == PackageState.LOADED and case.action not in (A.REDELIVER, A.PICK_UP):
            raise Refused("exception.still_loaded", package=package.code)
        if _has_left_over(session, package):
            raise Refused("exception.left_over", package=package.code)
    case.state, case.closed_by, case.closed_at = S.CLOSED, by.username, now
    if text.strip():
        case.text = f"{case.text}\n{text.strip()}".strip()[:500]
    return _save(session, case, "exception:close", by, now)


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
    _hold(session, case)
    _check(case, by, base_version)
    if case.state != S.CLOSED:
        raise Refused("exception.not_closed", reason=case.reason)
    if not text.strip():
        raise Refused("exception.text", reason=case.reason)
    cycle = session.get_one(Cycle, case.cycle_id)
    if cycle.state == CycleState.CLOSED and case.reason != LATE:
        raise Refused("exception.month_closed", month=cycle.month)
    case.state, case.closed_by, case.closed_at = S.REOPENED, None, None
    case.text = f"{case.text}\n{text.strip()}".strip()[:500]
    return _save(session, case, "exception:reopen", by, now)


def _news(session: Session, case: DeliveryException, package: Package | None) -> LateNews | None:
    if case.reason != LATE or package is None or case.event_uid is None:
        return None
    return news_of_case(session, event_uid=case.event_uid, package=package)


def _open(
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
) -> DeliveryException:
    case = DeliveryException(
        cycle_id=cycle_id,
        package_id=package.id if package else None,
        stop_id=package.stop_id if package else None,
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


def _end(session: Session, case: DeliveryException, by: Account, now: datetime) -> None:
    case.state, case.closed_by, case.closed_at = S.CLOSED, by.username, now
    case.version += 1
    session.add(case)


def _hold(session: Session, case: DeliveryException) -> None:
    """Hold a case's month and package against reports beside, and read both and the case anew."""
    hold_cycle(session, session.get_one(Cycle, case.cycle_id))
    if case.package_id is not None:
        session.refresh(session.get_one(Package, case.package_id), with_for_update=True)
        for line in lines_of_package(session, package_id=case.package_id):
            session.refresh(line)
    session.refresh(case, with_for_update=True)


def _check(case: DeliveryException, by: Account, base_version: int) -> None:
    """Hold the door: a sensitive case does not exist for anyone but an approver."""
    if case.is_sensitive and by.role != Role.APPROVER:
        raise NotFound("exception.unknown")
    if by.role not in (Role.COORDINATOR, Role.APPROVER):
        raise Forbidden("exception.role", role=by.role.value)
    if case.version != base_version:
        raise StaleVersion("exception.stale", version=case.version, fields={})


def _save(
    session: Session, case: DeliveryException, action: str, by: Account, now: datetime
) -> DeliveryException:
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
    session.flush()
    return case
