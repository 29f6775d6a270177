"""Where a child stands in the programme: what a measurement leads to, and what people decide."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from api.services.audit import record
from api.services.cycle_lock import hold_running_cycles
from api.services.editing import hold_rows, today, write_fields
from api.services.errors import Forbidden, Invalid, Refused
from api.services.need import need_policy
from data.growth.graduation import graduation_ground
from data.place_scope import whole
from data.reference.graduation import graduation_rule
from data.schema import (
    Account,
    ChangeRequest,
    Child,
    ChildState,
    DuplicatePair,
    Measurement,
    PairDecision,
    PairKind,
    Role,
    Stop,
    StopState,
)

GONE = (ChildState.EXITED, ChildState.GRADUATED, ChildState.DUPLICATE)
OPEN_DECISIONS = (PairDecision.OPEN, PairDecision.ASKED)
EXIT_REASONS = ("moved_out", "refused", "died", "consent_withdrawn", "lost", "other")
IN_PROGRAMME = (ChildState.ELIGIBLE, ChildState.PAUSED, ChildState.MOVED_PENDING)
IMPLAUSIBLE = "haz_implausible"
DUPLICATE = "possible_duplicate"
RECOVERED = "graduation_proposed"


def latest_measured(measurements: Iterable[Measurement]) -> Measurement | None:
    """Return the newest measurement that has a height-for-age z-score."""
    with_haz = [one for one in measurements if one.haz is not None]
    return max(with_haz, key=lambda one: one.measured_on, default=None)


def settle_state(
    child: Child, measurements: Sequence[Measurement], *, on: date, has_open_pair: bool = False
) -> None:
    """Set a child's state and reasons from its measurements, as far as no person has decided.

    ======================================  ====================================================
    measurement                             leads to
    ======================================  ====================================================
    HAZ beyond ±6, not confirmed            ``needs_review``, never silently top priority
    looks like another child                ``needs_review`` until a person decided; whether it
                                            was in the programme is kept meanwhile
    none with a z-score                     stays ``draft``
    HAZ below -2                            ``eligible``
    HAZ -2 or more, never in the programme  ``not_eligible``
    the same, in the programme              stays; graduation is proposed after two such
                                            measurements 28 days apart
    ======================================  ====================================================

    Paused, moved, graduated and gone children keep their state: people decided those.
    """
    latest = latest_measured(measurements)
    reasons = [
        code for code in child.review_reasons if code not in {IMPLAUSIBLE, DUPLICATE, RECOVERED}
    ]
    if has_open_pair:
        reasons.append(DUPLICATE)
    if latest is not None and is_implausible(child, latest):
        reasons.append(IMPLAUSIBLE)
    elif _has_recovered(child, measurements, on, is_held=has_open_pair):
        reasons.append(RECOVERED)
    if reasons != child.review_reasons:
        child.review_reasons = reasons
    if child.state in {
        ChildState.PAUSED,
        ChildState.MOVED_PENDING,
        ChildState.DUPLICATE,
        ChildState.GRADUATED,
        ChildState.EXITED,
    }:
        return
    state = _state(child, latest, reasons, on)
    was_in = state is ChildState.NEEDS_REVIEW and is_in_programme(child)
    if was_in is not child.was_in_programme:
        child.was_in_programme = was_in
    if state is not child.state:
        child.state = state


def _state(
    child: Child, latest: Measurement | None, reasons: Sequence[str], on: date
) -> ChildState:
    if IMPLAUSIBLE in reasons or DUPLICATE in reasons:
        return ChildState.NEEDS_REVIEW
    if latest is None or latest.haz is None:
        return ChildState.ELIGIBLE if is_in_programme(child) else ChildState.DRAFT
    is_in = takes_part(child, latest.haz, stunted_haz=need_policy(on).stunted_haz)
    return ChildState.ELIGIBLE if is_in else ChildState.NOT_ELIGIBLE


def is_in_programme(child: Child) -> bool:
    """Return whether a child is in the programme, or was when it was put to review."""
    return child.state in IN_PROGRAMME or (
        child.state is ChildState.NEEDS_REVIEW and child.was_in_programme
    )


def takes_part(child: Child, haz: float, *, stunted_haz: float) -> bool:
    """Return whether a measured child belongs to the programme: the one rule.

    A stunted child comes in. Who is in stays, whatever one measurement says: a centimetre is a
    third of a standard deviation at two years. It leaves when a person lets it graduate, which
    two measurements of -2 or more, 28 days apart, propose, or at five years.
    """
    return haz < stunted_haz or is_in_programme(child)


def is_implausible(child: Child, measurement: Measurement) -> bool:
    """Return whether a z-score is beyond ±6 (WHO's flag) and nobody confirmed it."""
    beyond = measurement.haz is not None and abs(measurement.haz) > 6
    return beyond and child.confirmed_haz_on != measurement.measured_on


def _has_recovered(
    child: Child, measurements: Sequence[Measurement], on: date, *, is_held: bool
) -> bool:
    """Whether the rule proposes graduation; of a child in review only once it leaves review."""
    if child.state not in IN_PROGRAMME and (is_held or not is_in_programme(child)):
        return False
    heights = [(one.measured_on, one.haz) for one in measurements if one.haz is not None]
    rule = graduation_rule(on)
    return graduation_ground(rule, born_on=child.born_on, heights=heights, on=on) is not None


def open_pair_ids(session: Session) -> set[int]:
    """Return the ids of children in a pair on which nobody has decided.

    Of the whole city, whoever asks: a child's state hangs on its double wherever that lives.
    """
    asked = select(DuplicatePair.first_id, DuplicatePair.second_id).where(
        DuplicatePair.kind == PairKind.CHILD,
        col(DuplicatePair.decision).in_(OPEN_DECISIONS),
    )
    with whole(session):
        return {child_id for pair in session.exec(asked) for child_id in pair}


def resettle(session: Session, child: Child, *, on: date) -> None:
    """Set a child's state anew from what is stored."""
    hold_rows(session, child)
    measurements = session.exec(select(Measurement).where(Measurement.child_id == child.id)).all()
    settle_state(
        child, measurements, on=on, has_open_pair=(child.id or 0) in open_pair_ids(session)
    )
    session.add(child)
    session.flush()


def confirm_measurement(
    session: Session, *, child: Child, by: Account, now: datetime, reason: str
) -> Child:
    """Confirm an unlikely measurement, so that the child leaves the review list.

    Raises
    ------
    Refused
        ``child.nothing_to_confirm``, or ``child.reason`` without a reason.
    """
    _need_reason(reason)
    hold_rows(session, child)
    latest = latest_measured(
        session.exec(select(Measurement).where(Measurement.child_id == child.id)).all()
    )
    if latest is None or not is_implausible(child, latest):
        raise Refused("child.nothing_to_confirm", child=child.code)
    changes = {"confirmed_haz_on": latest.measured_on}
    write_fields(
        session,
        row=child,
        subject="child",
        changes=changes,
        by=by,
        now=now,
        action="confirm_measurement",
        purpose=reason,
    )
    resettle(session, child, on=today(now))
    return child


def ask_measurement(
    session: Session, *, child: Child, by: Account, now: datetime, reason: str
) -> ChangeRequest:
    """Ask the kader to measure again."""
    _need_reason(reason)
    request = ChangeRequest(
        child_id=child.id or 0,
        kind="measure_again",
        payload={"reason": reason.strip()},
        asked_by=by.username,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    record(
        session,
        by=by,
        action="child:ask_measurement",
        subject="child",
        subject_id=child.code,
        now=now,
        purpose=reason,
    )
    return request


def pause_child(
    session: Session, *, child: Child, by: Account, now: datetime, until: date, reason: str
) -> Child:
    """Leave a child out until a day; on that day it takes part again by itself.

    Raises
    ------
    Refused
        ``child.state`` when the child is not eligible, ``child.reason`` without a reason.
    Invalid
        ``child.pause_past`` when the day is not in the future.
    """
    _need_reason(reason)
    _need_state(session, child, "pause", ChildState.ELIGIBLE)
    if until <= today(now):
        raise Invalid("child.pause_past", fields={"until": "child.pause_past"})
    _move(session, child, ChildState.PAUSED, by, now, "pause", reason, paused_until=until)
    mark_routes(session, child=child, by=by, now=now, reason="paused")
    return child


def resume_child(session: Session, *, child: Child, by: Account, now: datetime) -> Child:
    """Take a paused child in again.

    Raises
    ------
    Refused
        ``child.state`` when the child is not paused.
    """
    _need_state(session, child, "resume", ChildState.PAUSED)
    _move(session, child, ChildState.ELIGIBLE, by, now, "resume", "", paused_until=None)
    resettle(session, child, on=today(now))
    return child


def graduate_child(
    session: Session, *, child: Child, by: Account, now: datetime, effective_on: date, reason: str
) -> Child:
    """Let a recovered child, or one of five years, go; an approver confirms.

    In a running month its stop and package are cancelled unless they are on their way, and the
    place goes to the next child by a replacement proposal.

    Raises
    ------
    Forbidden
        ``child.approver_only`` for anyone but an approver.
    Refused
        ``child.state`` when the child is not in the programme.
    """
    _need_approver(by, "graduate")
    _need_reason(reason)
    _need_state(session, child, "graduate", *IN_PROGRAMME)
    fields = {"exit_reason": "graduated", "effective_on": effective_on, "paused_until": None}
    _move(session, child, ChildState.GRADUATED, by, now, "graduate", reason, **fields)
    leave_month(session, child, by, now, "graduated")
    return child


def undo_graduation(
    session: Session, *, child: Child, by: Account, now: datetime, reason: str
) -> Child:
    """Take a graduation back that was a mistake; an approver does, and it needs no measurement.

    The child takes part again from the next lock on; what a running month already gave to another
    child stays there.

    Raises
    ------
    Forbidden
        ``child.approver_only`` for anyone but an approver.
    Refused
        ``child.state`` when the child has not graduated.
    """
    _need_approver(by, "undo_graduation")
    _need_reason(reason)
    _need_state(session, child, "undo_graduation", ChildState.GRADUATED)
    fields = {"exit_reason": None, "effective_on": None}
    _move(session, child, ChildState.ELIGIBLE, by, now, "undo_graduation", reason, **fields)
    resettle(session, child, on=today(now))
    return child


def exit_child(
    session: Session, *, child: Child, by: Account, now: datetime, effective_on: date, reason: str
) -> Child:
    """End a child's part in the programme (moved away, refused, died …).

    In a running month its stop and package are cancelled unless they are on their way, and the
    place goes to the next child by a replacement proposal.

    Parameters
    ----------
    reason
        One of :data:`EXIT_REASONS`; sponsors never see it.

    Raises
    ------
    Invalid
        ``child.exit_reason`` for a reason that is not in the list.
    Refused
        ``child.state`` when the child has left already.
    """
    if reason not in EXIT_REASONS:
        raise Invalid("child.exit_reason", fields={"reason": "child.exit_reason"}, found=reason)
    _need_state(session, child, "exit", *(state for state in ChildState if state not in GONE))
    fields = {"exit_reason": reason, "effective_on": effective_on, "paused_until": None}
    _move(session, child, ChildState.EXITED, by, now, "exit", "", **fields)
    leave_month(session, child, by, now, "exited")
    return child


def readmit_child(
    session: Session, *, child: Child, by: Account, now: datetime, reason: str
) -> Child:
    """Take a graduated or gone child in again; an approver does, after a new measurement.

    Raises
    ------
    Forbidden
        ``child.approver_only`` for anyone but an approver.
    Refused
        ``child.measure_first`` without a measurement since it left, ``child.state`` otherwise.
    """
    _need_approver(by, "readmit")
    _need_reason(reason)
    _need_state(session, child, "readmit", ChildState.GRADUATED, ChildState.EXITED)
    latest = latest_measured(
        session.exec(select(Measurement).where(Measurement.child_id == child.id)).all()
    )
    if latest is None or (child.effective_on and latest.measured_on < child.effective_on):
        raise Refused("child.measure_first", child=child.code)
    fields = {"exit_reason": None, "effective_on": None}
    _move(session, child, ChildState.DRAFT, by, now, "readmit", reason, **fields)
    resettle(session, child, on=today(now))
    return child


def mark_routes(session: Session, *, child: Child, by: Account, now: datetime, reason: str) -> None:
    """Tell the planned routes of a child's family that something changed."""
    waiting = session.exec(
        select(Stop.id).where(
            Stop.household_id == child.household_id,
            col(Stop.state).in_([StopState.PLANNED, StopState.EN_ROUTE]),
        )
    ).first()
    if waiting is not None:
        from api.services.routes import mark_stale_for_child

        with whole(session):
            mark_stale_for_child(session, child_id=child.id or 0, by=by, now=now, reason=reason)


def leave_month(session: Session, child: Child, by: Account, now: datetime, reason: str) -> None:
    """Clear up behind a child who left: package, route, and the place for the next child."""
    from api.services.replacements import child_left
    from api.services.routes import mark_stale_for_child

    with whole(session):
        mark_stale_for_child(session, child_id=child.id or 0, by=by, now=now, reason=reason)
        child_left(session, child=child, by=by, now=now)


def _move(
    session: Session,
    child: Child,
    state: ChildState,
    by: Account,
    now: datetime,
    verb: str,
    reason: str,
    **fields: object,
) -> None:
    write_fields(
        session,
        row=child,
        subject="child",
        changes={"state": state, **fields},
        by=by,
        now=now,
        action=verb,
        purpose=reason,
    )


def _need_state(session: Session, child: Child, verb: str, *states: ChildState) -> None:
    hold_running_cycles(session)
    hold_rows(session, child)
    if child.state not in states:
        raise Refused("child.state", child=child.code, found=child.state.value, verb=verb)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("child.reason")


def _need_approver(by: Account, verb: str) -> None:
    if by.role is not Role.APPROVER:
        raise Forbidden("child.approver_only", verb=verb)
