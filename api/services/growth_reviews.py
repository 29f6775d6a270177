"""What a person decides about a child's growth, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.audit import record
from api.services.child_states import (
    IN_PROGRAMME,
    RECOVERED,
    graduate_child,
    readmit_child,
    undo_graduation,
)
from api.services.clock import local_date, local_month
from api.services.editing import hold_rows
from api.services.errors import Forbidden, NotFound, Refused
from data.queries import growth as rows
from data.queries.growth import LEFT
from data.schema import Child, GrowthReview, Measurement, ReviewDecision, Role

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "open_decisions",
    "record_review",
    "undo_review",
]

OF_LEFT = (ReviewDecision.READMIT, ReviewDecision.STAY_OUT)
"""What is decided of children outside the programme."""
WITH_NOTE = (ReviewDecision.REFER, ReviewDecision.KEEP, ReviewDecision.GRADUATE,
             ReviewDecision.READMIT, ReviewDecision.STAY_OUT)  # fmt: skip


def open_decisions(child: Child, by: Account) -> tuple[ReviewDecision, ...]:
    """Return what a person may decide about a child now."""
    is_approver = by.role is Role.APPROVER
    if child.state in LEFT:
        return (*((ReviewDecision.READMIT,) if is_approver else ()), ReviewDecision.STAY_OUT)
    if child.state not in IN_PROGRAMME:
        return ()
    answers = (ReviewDecision.GRADUATE, ReviewDecision.KEEP)
    proposed = RECOVERED in child.review_reasons and is_approver
    return (ReviewDecision.CONTINUE, ReviewDecision.REFER, *(answers if proposed else ()))


def record_review(
    session: Session,
    *,
    child: Child,
    decision: ReviewDecision,
    note: str,
    by: Account,
    now: datetime,
) -> GrowthReview:
    """Keep what a person decided after looking at a child's growth, and do it.

    ``graduate`` and ``keep`` answer a proposed graduation and are the approver's; ``readmit``
    takes a child who left in again after a new measurement, ``stay_out`` leaves it out until the
    next one.

    Raises
    ------
    Refused
        ``review.note`` where a decision needs its reason, ``review.not_proposed`` when nothing
        proposes graduation, ``review.not_followed`` for a child outside the programme,
        ``review.not_left`` for leaving out one that is in it, and what graduating or taking in
        refuses.
    Forbidden
        ``child.approver_only``.
    """
    if decision in WITH_NOTE and not note.strip():
        raise Refused("review.note")
    hold_rows(session, child)
    if decision is ReviewDecision.STAY_OUT and child.state not in LEFT:
        raise Refused("review.not_left", child=child.code)
    if decision not in OF_LEFT and child.state not in IN_PROGRAMME:
        raise Refused("review.not_followed", child=child.code)
    if decision in (ReviewDecision.GRADUATE, ReviewDecision.KEEP):
        if by.role is not Role.APPROVER:
            raise Forbidden("child.approver_only", verb=decision.value)
        if RECOVERED not in child.review_reasons:
            raise Refused("review.not_proposed", child=child.code)
    served = rows.months_served_since_review(session, among=[child.id or 0])
    review = GrowthReview(
        child_id=child.id or 0,
        month=local_month(now),
        reviewed_on=local_date(now),
        decision=decision,
        note=note.strip(),
        months_served=served.get(child.id or 0, 0),
        haz=_last_haz(session, child),
        by=by.username,
        at=now,
    )
    session.add(review)
    session.flush()
    if decision is ReviewDecision.GRADUATE:
        day = local_date(now)
        graduate_child(session, child=child, by=by, now=now, effective_on=day, reason=note)
    elif decision is ReviewDecision.READMIT:
        readmit_child(session, child=child, by=by, now=now, reason=note)
    _note(session, child, by, now, f"review:{decision.value}", note)
    return review


def undo_review(
    session: Session, *, child: Child, review_id: int, by: Account, now: datetime, reason: str
) -> GrowthReview:
    """Take the last review of a child back, and the graduation that came of it.

    Raises
    ------
    NotFound
        ``review.unknown``.
    Refused
        ``review.not_last`` for any but the last one that stands, ``review.note`` without a reason,
        ``review.readmitted`` for taking in, which a new exit takes back.
    """
    hold_rows(session, child)
    standing = [
        each for each in rows.reviews_of(session, child_id=child.id or 0) if each.undone_at is None
    ]
    review = next((each for each in standing if each.id == review_id), None)
    if review is None:
        raise NotFound("review.unknown")
    if review is not standing[0]:
        raise Refused("review.not_last")
    if not reason.strip():
        raise Refused("review.note")
    if review.decision is ReviewDecision.READMIT:
        raise Refused("review.readmitted", child=child.code)
    if review.decision is ReviewDecision.GRADUATE:
        undo_graduation(session, child=child, by=by, now=now, reason=reason)
    review.undone_by, review.undone_at, review.undo_reason = by.username, now, reason.strip()
    session.add(review)
    session.flush()
    _note(session, child, by, now, "review:undo", reason)
    return review


def _last_haz(session: Session, child: Child) -> float | None:
    return session.exec(
        select(Measurement.haz)
        .where(Measurement.child_id == child.id, col(Measurement.haz).is_not(None))
        .order_by(col(Measurement.measured_on).desc())
        .limit(1)
    ).first()


def _note(
    session: Session, child: Child, by: Account, now: datetime, action: str, purpose: str
) -> None:
    record(
        session,
        by=by,
        action=action,
        subject="child",
        subject_id=child.code,
        now=now,
        purpose=purpose.strip(),
    )
