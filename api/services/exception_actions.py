"""What a coordinator does about a case: take, act, finish, close, reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services import audit
from api.services.cycle_lock import hold_cycle
from api.services.delivery_actions import carry_out, undelivered_units, unusable_units
from api.services.errors import Forbidden, NotFound, Refused, StaleVersion
from api.services.late_news import LATE
from api.services.package_goods import has_come_back
from data.queries.deliveries import lines_of_package
from data.schema import (
    Cycle,
    CycleState,
    ExceptionAction,
    ExceptionState,
    Package,
    PackageState,
    Role,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, DeliveryException, DropPoint

__all__ = [
    "allowed_actions",
    "choose_action",
    "close_exception",
    "finish_exception",
    "reopen_exception",
    "take_exception",
]

A = ExceptionAction
S = ExceptionState
MAX_ATTEMPTS = 3
"""After so many failures the address is checked before anybody drives there again."""
LEFT_OVER = (PackageState.REJECTED, PackageState.PARTLY_ACCEPTED)
"""States of packages of which a courier may bring something back."""
FOR_OTHERS = (A.REDELIVER, A.PICK_UP, A.REASSIGN, A.RETURN)
"""Actions after which a family gets the goods; none of them fits goods that are all unusable."""


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
