"""What a donor asks for by themselves: a pause, an end, a word to the office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import func
from sqlmodel import col, select

from api.services import audit, pledges
from api.services.clock import local_date
from api.services.cycle_lock import RUNNING
from api.services.errors import Invalid, NotFound, Refused
from api.services.months import first_day, last_day, later_month, month_of
from api.services.replacements import touched_pairs
from data.queries.cycles import standing_assignments
from data.schema import Cycle, CycleState, DonorMessage, Pledge, Sponsor

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "STOP_REASONS",
    "TOPICS",
    "MonthAhead",
    "answer_message",
    "keep_place_choices",
    "list_messages",
    "months_ahead",
    "own_pledge",
    "own_sponsor",
    "pause_pledge",
    "resume_pledge",
    "send_message",
    "stop_pledge",
]

TOPICS = ("contact", "amount", "child", "other")
"""What a message is about: telephone or address, the promise, a child, anything else."""
STOP_REASONS = ("finished", "cannot_continue", "moved_away", "changed_job", "dissatisfied", "other")
"""Those of ``pledges.END_REASONS`` that a donor may give; none is asked to explain."""
MAX_PAUSE_MONTHS = 3
KEEP_MONTHS = (1, 2, 3)
MAX_TEXT = 1000


@dataclass(frozen=True, kw_only=True)
class MonthAhead:
    """How far a month has come, and what a wish does to this pledge's part in it.

    ``stage``: ``open`` (nothing is fixed; a wish counts), ``matched`` (its pairs are made anew
    without the pledge), ``agreed`` (``num_children`` get a replacement, ``num_left`` packages have
    left and are delivered), ``over`` (nothing changes any more).
    """

    month: str
    stage: Literal["open", "matched", "agreed", "over"]
    num_children: int = 0
    num_left: int = 0


def months_ahead(session: Session, *, pledge: Pledge, now: datetime) -> list[MonthAhead]:
    """Return this month and those after it that were opened, up to the first one that is open.

    In the last of them whatever the sponsor changes counts from the start; it may not be opened
    yet.
    """
    month, found = month_of(local_date(now)), []
    while True:
        found.append(_month_ahead(session, pledge, month))
        if found[-1].stage == "open":
            return found
        month = later_month(month, 1)


def _month_ahead(session: Session, pledge: Pledge, month: str) -> MonthAhead:
    cycle = session.exec(
        select(Cycle).where(Cycle.month == month, Cycle.state != CycleState.CANCELLED)
    ).first()
    if cycle is None or cycle.state is CycleState.DRAFT:
        return MonthAhead(month=month, stage="open")
    if cycle.state in (CycleState.LOCKED, CycleState.PROPOSED, CycleState.IN_APPROVAL):
        return MonthAhead(month=month, stage="matched")
    if cycle.state not in RUNNING:
        return MonthAhead(month=month, stage="over")
    pairs = [pair for pair in standing_assignments(session, cycle) if pair.pledge_id == pledge.id]
    waiting = len(touched_pairs(session, cycle=cycle, pledge=pledge))
    return MonthAhead(
        month=month, stage="agreed", num_children=waiting, num_left=len(pairs) - waiting
    )


def own_sponsor(session: Session, *, by: Account) -> Sponsor:
    """Return the sponsor that a donor's account belongs to.

    Raises
    ------
    NotFound
        ``donor.unknown`` when it belongs to none yet.
    """
    sponsor = session.get(Sponsor, by.sponsor_id) if by.sponsor_id else None
    if sponsor is None:
        raise NotFound("donor.unknown")
    return sponsor


def own_pledge(session: Session, *, code: str, by: Account) -> Pledge:
    """Return a pledge of the donor's own.

    Raises
    ------
    NotFound
        ``donor.unknown`` for any other pledge, whether it exists or not.
    """
    sponsor = own_sponsor(session, by=by)
    found = session.exec(
        select(Pledge).where(Pledge.code == code, Pledge.sponsor_id == sponsor.id)
    ).one_or_none()
    if found is None:
        raise NotFound("donor.unknown")
    return found


def first_rest(pledge: Pledge, *, now: datetime) -> str:
    """Return the first month in which a pledge may rest."""
    return max(later_month(month_of(local_date(now)), 1), pledge.first_month)


def pause_pledge(
    session: Session, *, pledge: Pledge, num_months: int, by: Account, now: datetime
) -> Pledge:
    """Let a pledge rest for one to three whole months from the next; it then goes on by itself.

    One that has not begun rests from its first month on. This month stays as it was promised: its
    packages may be packed already. If the next is agreed already, its children get a proposal for
    another sponsor.

    Raises
    ------
    Invalid
        ``donor.pause`` for another number of months.
    Refused
        ``pledge.state`` when it does not run, ``donor.paused`` when it rests already.
    """
    if not 1 <= num_months <= MAX_PAUSE_MONTHS:
        raise Invalid("donor.pause", fields={"bulan": "donor.pause"}, most=MAX_PAUSE_MONTHS)
    if pledge.suspended_until is not None and pledge.suspended_until >= local_date(now):
        raise Refused("donor.paused", pledge=pledge.code)
    month = first_rest(pledge, now=now)
    return pledges.suspend_pledge(
        session,
        pledge=pledge,
        suspended_from=first_day(month),
        suspended_until=last_day(later_month(month, num_months - 1)),
        by=by,
        now=now,
    )


def resume_pledge(session: Session, *, pledge: Pledge, by: Account, now: datetime) -> Pledge:
    """Let a pledge that rests run again.

    Raises
    ------
    Refused
        ``pledge.state`` when it does not rest.
    """
    return pledges.resume_pledge(session, pledge=pledge, by=by, now=now)


def keep_place_choices(*, now: datetime) -> list[date]:
    """Return the days until which a donor who stops may have the children kept for them."""
    month = month_of(local_date(now))
    return [last_day(later_month(month, number)) for number in KEEP_MONTHS]


def stop_pledge(
    session: Session,
    *,
    pledge: Pledge,
    reason: str,
    keep_until: date | None,
    by: Account,
    now: datetime,
) -> Pledge:
    """End a pledge today; what is on its way is still delivered, other children get a proposal.

    Raises
    ------
    Invalid
        ``pledge.end_reason`` for a reason that donors are not offered, ``donor.keep_until`` for a
        day that is not one of :func:`keep_place_choices`.
    Refused
        ``pledge.state`` when it ended before.
    """
    if reason not in STOP_REASONS:
        raise Invalid("pledge.end_reason", fields={"alasan": "pledge.end_reason"}, found=reason)
    if keep_until is not None and keep_until not in keep_place_choices(now=now):
        raise Invalid("donor.keep_until", fields={"tahan": "donor.keep_until"})
    return pledges.end_pledge(
        session,
        pledge=pledge,
        reason=reason,
        ended_on=local_date(now),
        hold_until=keep_until,
        by=by,
        now=now,
    )


def send_message(
    session: Session, *, message_uid: str, topic: str, text: str, by: Account, now: datetime
) -> DonorMessage:
    """Tell the office something; the same form again changes nothing.

    Raises
    ------
    Invalid
        ``donor.topic`` for an unknown topic, ``donor.message`` without text or with too much.
    NotFound
        ``donor.unknown`` without a sponsor.
    """
    sponsor = own_sponsor(session, by=by)
    known = session.exec(
        select(DonorMessage).where(
            DonorMessage.message_uid == message_uid, DonorMessage.sponsor_id == sponsor.id
        )
    ).one_or_none()
    if known is not None:
        return known
    if topic not in TOPICS:
        raise Invalid("donor.topic", fields={"perihal": "donor.topic"})
    if not text.strip() or len(text.strip()) > MAX_TEXT:
        raise Invalid("donor.message", fields={"pesan": "donor.message"}, most=MAX_TEXT)
    message = DonorMessage(
        message_uid=message_uid,
        sponsor_id=sponsor.id or 0,
        topic=topic,
        text=text.strip(),
        sent_by=by.username,
        sent_at=now,
    )
    session.add(message)
    session.flush()
    audit.record(
        session, by=by, action="donor:message", subject="sponsor", subject_id=sponsor.code, now=now,
        after={"topic": topic},
    )  # fmt: skip
    return message


def answer_message(
    session: Session, *, message_id: int, answer: str, by: Account, now: datetime
) -> DonorMessage:
    """Answer a message; the donor reads it on the own page.

    Raises
    ------
    NotFound
        ``donor.message_unknown``.
    Invalid
        ``donor.message`` without an answer.
    Refused
        ``donor.answered`` when somebody answered it before; the same answer again changes nothing.
    """
    message = session.get(DonorMessage, message_id)
    if message is None:
        raise NotFound("donor.message_unknown")
    if not answer.strip() or len(answer.strip()) > MAX_TEXT:
        raise Invalid("donor.message", fields={"jawaban": "donor.message"}, most=MAX_TEXT)
    if message.answered_at is not None:
        if (message.answer, message.answered_by) == (answer.strip(), by.username):
            return message
        raise Refused("donor.answered", by=message.answered_by or "")
    message.answer, message.answered_by, message.answered_at = answer.strip(), by.username, now
    session.add(message)
    session.flush()
    sponsor = session.get_one(Sponsor, message.sponsor_id)
    audit.record(
        session, by=by, action="donor:answer", subject="sponsor", subject_id=sponsor.code, now=now
    )
    return message


def list_messages(
    session: Session, *, sponsor: Sponsor | None = None, offset: int = 0, limit: int = 50
) -> tuple[list[tuple[DonorMessage, Sponsor]], int]:
    """Return messages (of one sponsor), those without an answer first, and how many there are."""
    fits = [DonorMessage.sponsor_id == sponsor.id] if sponsor else []
    total = session.exec(select(func.count()).select_from(DonorMessage).where(*fits)).one()
    rows = session.exec(
        select(DonorMessage, Sponsor)
        .join(Sponsor, col(Sponsor.id) == DonorMessage.sponsor_id)
        .where(*fits)
        .order_by(col(DonorMessage.answered_at).is_not(None), col(DonorMessage.id).desc())
        .offset(offset)
        .limit(limit)
    )
    return [(message, who) for message, who in rows], total
