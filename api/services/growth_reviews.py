"""Looking at each child's growth: who asks for it, what a person decides, and taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

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
from data.growth.categories import is_severely_wasted
from data.growth.graduation import has_relapsed
from data.growth.weight_gain import Weighing, ends_in_two_t, monthly_gains
from data.queries import growth as rows
from data.reference.graduation import graduation_rule
from data.schema import Child, ChildState, GrowthReview, Measurement, ReviewDecision, Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from data.queries.growth import FollowedChild, Weighed
    from data.reference.graduation import GraduationRule
    from data.schema import Account

__all__ = [
    "REASONS",
    "GrowthTask",
    "growth_tasks",
    "open_decisions",
    "record_review",
    "task_of",
    "undo_review",
]

REASONS = ("severe", "two_t", "relapse", "came_back", "graduation", "due", "unmeasured")
"""Why a child's growth is to be looked at, the most urgent first."""
LEFT = {ChildState.GRADUATED: "relapse", ChildState.EXITED: "came_back"}
"""Of a child outside the programme only a stunted height since then asks for a look."""
OF_LEFT = (ReviewDecision.READMIT, ReviewDecision.STAY_OUT)
"""What is decided of children outside the programme."""
WINDOW_DAYS = 130
"""Far enough back for three calendar months of weighings."""
WITH_NOTE = (ReviewDecision.REFER, ReviewDecision.KEEP, ReviewDecision.GRADUATE,
             ReviewDecision.READMIT, ReviewDecision.STAY_OUT)  # fmt: skip


class GrowthTask(NamedTuple):
    """A child to look at, and why."""

    code: str
    kelurahan_code: str
    posyandu: str
    reasons: tuple[str, ...]
    months_served: int
    measured_on: date | None
    haz: float | None
    whz: float | None
    born_on: date
    measured: Sequence[Weighed]

    @property
    def letters(self) -> str:
        """The last months' N, T, O, B; worked out when they are shown."""
        gains = monthly_gains(born_on=self.born_on, weighings=_weighings(self.measured))
        return " ".join(gain.gain.value for gain in gains[-3:])


def growth_tasks(
    session: Session, *, today: date, asked: Collection[str] = REASONS
) -> list[GrowthTask]:
    """Return every child to look at, the most urgent first; ``asked``: for these reasons only.

    ==============  =============================================================================
    reason          asked for when
    ==============  =============================================================================
    ``severe``      the newest measurement says gizi buruk (BB/TB < -3 or oedema)
    ``two_t``       the last two months were both T
    ``relapse``     a graduated child's newest height is stunted again
    ``came_back``   so is one of a child who had left for another reason
    ``graduation``  the dated rule proposes it and nobody has answered since the last measuring
    ``due``         supported for three months since the last review
    ``unmeasured``  supported, and not measured for too long
    ==============  =============================================================================

    A referral answers ``severe`` and ``two_t`` until the next measurement, ``stay_out`` ``relapse``
    and ``came_back``.
    """
    found = _tasks(session, today, asked=asked)
    return sorted(found, key=lambda task: (REASONS.index(task.reasons[0]), task.code))


def task_of(session: Session, *, child: Child, today: date) -> GrowthTask | None:
    """Return why one child is to be looked at; None when nothing asks for it."""
    return next(iter(_tasks(session, today, child.id)), None)


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


def _tasks(
    session: Session,
    today: date,
    child_id: int | None = None,
    asked: Collection[str] = REASONS,
) -> list[GrowthTask]:
    rule = graduation_rule(today)
    first = today - timedelta(days=WINDOW_DAYS)
    lately = _month_before(today)
    measured = rows.measured_since(session, first=first, last=today, child_id=child_id)
    # How many months there were is asked for by one reason; whether there was one lately by two.
    since = "" if "due" in asked else lately
    served = rows.months_served_since_review(session, child_id=child_id, first_month=since)
    reviews = rows.last_reviews(session, child_id=child_id)
    found = []
    for child in rows.children_followed(session, child_id=child_id):
        months, served_last = served.get(child.id, (0, ""))
        look = _Look(
            rule, child, measured.get(child.id, ()), months, served_last >= lately,
            reviews.get(child.id), today,
        )  # fmt: skip
        reasons = tuple(each for each in _reasons(look) if each in asked)
        if reasons:
            found.append(_task(look, reasons))
    return found


class _Look(NamedTuple):
    """All that is known of a child's growth when its turn is asked for."""

    rule: GraduationRule
    child: FollowedChild
    measured: Sequence[Weighed]
    months_served: int
    is_supported: bool
    review: GrowthReview | None
    today: date

    @property
    def newest(self) -> Weighed | None:
        return self.measured[-1] if self.measured else None

    def is_answered_by(self, *decisions: ReviewDecision) -> bool:
        """Whether the last review decided so, and nothing was measured since."""
        if self.review is None or self.review.decision not in decisions:
            return False
        return self.newest is None or self.newest.measured_on <= self.review.reviewed_on


def _reasons(look: _Look) -> tuple[str, ...]:
    if look.child.state in LEFT:
        is_answered = look.is_answered_by(ReviewDecision.STAY_OUT)
        return (LEFT[look.child.state],) if _relapsed(look) and not is_answered else ()
    newest, review = look.newest, ReviewDecision
    is_referred = look.is_answered_by(review.REFER)
    is_severe = newest is not None and is_severely_wasted(newest.whz, has_oedema=newest.has_oedema)
    proposed = RECOVERED in look.child.review_reasons
    since = (look.today - newest.measured_on).days if newest else None
    found = (
        ("severe", is_severe and not is_referred),
        ("two_t", not is_referred and _is_two_t(look)),
        ("graduation", proposed and not look.is_answered_by(review.KEEP)),
        ("due", look.months_served >= look.rule.review_months),
        (
            "unmeasured",
            look.is_supported and (since is None or since > look.rule.max_days_unmeasured),
        ),
    )
    return tuple(reason for reason, holds in found if holds)


def _is_two_t(look: _Look) -> bool:
    newest_first = _weighings(reversed(look.measured))
    return ends_in_two_t(born_on=look.child.born_on, newest_first=newest_first)


def _weighings(measured: Iterable[Weighed]) -> Iterator[Weighing]:
    return (
        Weighing(each.measured_on, each.weight_g, each.waz) for each in measured if each.weight_g
    )


def _relapsed(look: _Look) -> bool:
    left_on = look.child.effective_on
    heights = [(each.measured_on, each.haz) for each in look.measured if each.haz is not None]
    return left_on is not None and has_relapsed(look.rule, left_on=left_on, heights=heights)


def _month_before(today: date) -> str:
    return (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")


def _task(look: _Look, reasons: tuple[str, ...]) -> GrowthTask:
    newest = look.newest
    return GrowthTask(
        code=look.child.code,
        kelurahan_code=look.child.kelurahan_code,
        posyandu=look.child.posyandu,
        reasons=reasons,
        months_served=look.months_served,
        measured_on=newest.measured_on if newest else None,
        haz=newest.haz if newest else None,
        whz=newest.whz if newest else None,
        born_on=look.child.born_on,
        measured=look.measured,
    )


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
    served = rows.months_served_since_review(session, child_id=child.id)
    review = GrowthReview(
        child_id=child.id or 0,
        month=local_month(now),
        reviewed_on=local_date(now),
        decision=decision,
        note=note.strip(),
        months_served=served.get(child.id or 0, (0, ""))[0],
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
