"""The sample of families that is called: whether the package really came."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.errors import Forbidden, Refused
from api.services.exception_doubts import open_doubt
from data.schema import (
    Cycle,
    CycleState,
    DeliveryException,
    Household,
    Package,
    PackageState,
    Role,
    Stop,
    VerificationCall,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = ["ANSWERS", "WAYS", "CallView", "answer_call", "call_view", "draw_sample", "list_calls"]

ANSWERS = ("received", "received_partly", "not_received", "not_reached")
WAYS = ("phone", "visit")
NOT_RECEIVED, PARTLY, SAME_COURIER = "not_received", "received_partly", "same_courier"
"""Reasons that only a call gives; no courier can choose them."""
CALLERS = (Role.COORDINATOR, Role.STAFF, Role.APPROVER)


@dataclass(frozen=True, slots=True)
class CallView:
    """A family of the sample to be called."""

    id: int
    package_code: str
    guardian_name: str
    phone: str | None
    address: str
    """Where to ask at home; with ``rt``, ``rw`` and what stands near."""
    rt: str | None
    rw: str | None
    landmark: str | None
    kelurahan_code: str | None
    answer: str | None
    """``received``, ``received_partly``, ``not_received`` or ``not_reached``."""
    note: str
    way: str | None
    """``phone`` or ``visit``, None before it was asked."""
    called_by: str | None
    called_at: datetime | None


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
    drawn = list(
        session.exec(select(VerificationCall).where(VerificationCall.cycle_id == cycle.id))
    )
    wanted = max(1, math.ceil(len(delivered) * share)) if delivered else 0
    known = {call.package_id for call in drawn}

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


def list_calls(session: Session, *, cycle: Cycle) -> list[CallView]:
    """Return the sample with its answers."""
    rows = session.exec(
        select(VerificationCall, Package, Household)
        .join(Package, col(Package.id) == VerificationCall.package_id)
        .join(Household, col(Household.id) == Package.household_id)
        .where(VerificationCall.cycle_id == cycle.id)
        .order_by(col(VerificationCall.id))
    )
    return [_view(call, package, home) for call, package, home in rows]


def call_view(session: Session, *, call: VerificationCall) -> CallView:
    """Return one call."""
    package = session.get_one(Package, call.package_id)
    return _view(call, package, session.get_one(Household, package.household_id))


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
    """Note a family's answer; one that doubts the record opens a case.

    *Received in part* opens one for that package; *not received* also flags the courier's others.

    ``way`` is ``phone`` or ``visit`` (a family without a phone is asked at home); empty: by phone
    where the family has one.

    Raises
    ------
    Refused
        ``verification.answer`` and ``verification.way`` for another word, ``verification.month``
        unless the month is being reconciled.
    """
    if by.role not in CALLERS:
        raise Forbidden("verification.role", role=by.role.value)
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
    call.answer, call.note, call.way = answer, note.strip()[:300], way
    call.called_by, call.called_at = by.username, now
    session.add(call)
    if answer in (NOT_RECEIVED, PARTLY) and before != answer:
        _doubt(session, cycle, package, answer, by, now)
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


def _doubt(
    session: Session, cycle: Cycle, package: Package, answer: str, by: Account, now: datetime
) -> None:
    """Open a case; after *not received* also one for each other package of the same route."""
    open_doubt(
        session,
        cycle=cycle,
        reason=answer,
        by=by,
        now=now,
        package=package,
        text="",
    )
    stop = session.get(Stop, package.stop_id) if package.stop_id else None
    if answer != NOT_RECEIVED or stop is None or stop.route_id is None:
        return
    others = session.exec(
        select(Package)
        .join(Stop, col(Stop.id) == Package.stop_id)
        .where(Stop.route_id == stop.route_id, Package.id != package.id)
        .order_by(col(Package.code))
    ).all()
    known = set(
        session.exec(
            select(DeliveryException.package_id).where(
                DeliveryException.cycle_id == cycle.id, DeliveryException.reason == SAME_COURIER
            )
        )
    )
    for other in others:
        if other.id not in known:
            open_doubt(
                session,
                cycle=cycle,
                reason=SAME_COURIER,
                by=by,
                now=now,
                package=other,
                text=package.code,
            )


def _view(call: VerificationCall, package: Package, home: Household) -> CallView:
    return CallView(
        id=call.id or 0,
        package_code=package.code,
        guardian_name=home.guardian_name,
        phone=home.phone,
        address=home.address,
        rt=home.rt,
        rw=home.rw,
        landmark=home.landmark,
        kelurahan_code=home.kelurahan_code,
        answer=call.answer,
        note=call.note,
        way=call.way,
        called_by=call.called_by,
        called_at=call.called_at,
    )
