"""Families that are asked whether the package really came: the sample, and their answers."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.cycle_lock import hold_cycle
from api.services.errors import Forbidden, NotFound, Refused
from api.services.family_answers import NOT_RECEIVED, doubt_record, settle_answers
from api.services.route_inquiries import finish_inquiry, open_inquiry
from data.schema import Cycle, CycleState, Household, Package, PackageState, Role, VerificationCall

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, DeliveryException

__all__ = ["ANSWERS", "WAYS", "Said", "answer_call", "answer_calls", "draw_sample"]

ANSWERS = ("received", "received_partly", "not_received", "not_reached")
WAYS = ("phone", "visit")
CALLERS = (Role.COORDINATOR, Role.STAFF, Role.APPROVER)


@dataclass(frozen=True, slots=True)
class Said:
    """What one family answered; see :func:`answer_call`."""

    call_id: int
    answer: str
    note: str = ""
    way: str = ""


def draw_sample(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, share: float = 0.05
) -> list[VerificationCall]:
    """Draw the families to call: seeded, ``share`` of the delivered packages, at least one.

    Drawing again adds what is missing and never takes a family out.
    """
    delivered = session.exec(
        select(Package).where(
            Package.cycle_id == cycle.id,
            col(Package.state).in_((PackageState.ACCEPTED, PackageState.PARTLY_ACCEPTED)),
        )
    ).all()
    calls = session.exec(
        select(VerificationCall).where(VerificationCall.cycle_id == cycle.id)
    ).all()
    drawn = [call for call in calls if call.case_id is None]
    wanted = max(1, math.ceil(len(delivered) * share)) if delivered else 0
    known = {call.package_id for call in calls}

    def lot(package: Package) -> str:
        return hashlib.sha256(f"{cycle.seed}:verify:{package.code}".encode()).hexdigest()

    for package in sorted(delivered, key=lot):
        if len(drawn) >= wanted:
            break
        if package.id not in known:
            call = VerificationCall(cycle_id=cycle.id or 0, package_id=package.id or 0)
            session.add(call)
            drawn.append(call)
    audit.record(
        session,
        by=by,
        action="verification:draw",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"calls": len(drawn)},
    )
    session.flush()
    return drawn


def answer_call(
    session: Session,
    *,
    call: VerificationCall,
    answer: str,
    by: Account,
    now: datetime,
    note: str = "",
    way: str = "",
) -> VerificationCall:
    """Note a family's answer; one that the record contradicts opens a case of its package.

    After *not received* the other families of the route are asked, in one case
    (``route_inquiries``), which ends with the last answer. An answer that no longer contradicts
    the record ends its case.

    ``way`` is ``phone`` or ``visit`` (a family without a phone is asked at home); empty: by phone
    where the family has one.

    Raises
    ------
    Refused
        ``verification.answer`` and ``verification.way`` for another word, ``verification.month``
        unless the month is being reconciled.
    """
    _check_role(by)
    hold_cycle(session, session.get_one(Cycle, call.cycle_id))
    session.refresh(call)
    return _note_answer(session, call, Said(call.id or 0, answer, note, way), by, now)


def _check_role(by: Account) -> None:
    if by.role not in CALLERS:
        raise Forbidden("verification.role", role=by.role.value)


def _note_answer(
    session: Session, call: VerificationCall, said: Said, by: Account, now: datetime
) -> VerificationCall:
    """Note an answer, in a month that is held."""
    answer, way = said.answer, said.way
    if answer not in ANSWERS:
        raise Refused("verification.answer", answer=answer, allowed=list(ANSWERS))
    package = session.get_one(Package, call.package_id)
    home = session.get_one(Household, package.household_id)
    way = way or ("phone" if home.phone else "visit")
    if way not in WAYS:
        raise Refused("verification.way", way=way, allowed=list(WAYS))
    cycle = session.get_one(Cycle, call.cycle_id)
    if cycle.state != CycleState.RECONCILING:
        raise Refused("verification.month", month=cycle.month, found=cycle.state.value)
    before = call.answer
    call.answer, call.note, call.way = answer, said.note.strip()[:300], way
    call.called_by, call.called_at = by.username, now
    session.add(call)
    session.flush()
    settle_answers(session, package=package, by=by, now=now)
    if answer != before:
        _doubt(session, cycle, package, answer, by, now)
    if call.case_id is not None:
        finish_inquiry(session, case_id=call.case_id, by=by, now=now)
    audit.record(
        session,
        by=by,
        action="verification:answer",
        subject="verification",
        subject_id=call.id or 0,
        now=now,
        before={"answer": before},
        after={"answer": answer, "way": way},
    )
    session.flush()
    return call


def answer_calls(
    session: Session,
    *,
    case: DeliveryException,
    said: Sequence[Said],
    by: Account,
    now: datetime,
) -> list[VerificationCall]:
    """Note what families of a route answered, all of them or none.

    Raises
    ------
    NotFound
        ``exception.unknown`` for a case that this person may not know of, ``verification.unknown``
        for a family that it does not ask.
    Forbidden, Refused
        As :func:`answer_call`.
    """
    _check_role(by)
    hold_cycle(session, session.get_one(Cycle, case.cycle_id))
    if case.is_sensitive and by.role != Role.APPROVER:
        raise NotFound("exception.unknown")
    rows = (
        select(VerificationCall)
        .where(VerificationCall.case_id == case.id)
        .execution_options(populate_existing=True)
    )
    calls = {call.id: call for call in session.exec(rows)}
    if any(each.call_id not in calls for each in said):
        raise NotFound("verification.unknown")
    return [_note_answer(session, calls[each.call_id], each, by, now) for each in said]


def _doubt(
    session: Session, cycle: Cycle, package: Package, answer: str, by: Account, now: datetime
) -> None:
    doubt_record(session, package=package, by=by, now=now)
    if answer == NOT_RECEIVED:
        open_inquiry(session, cycle=cycle, package=package, by=by, now=now)
