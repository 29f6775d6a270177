"""What happened at the doors, recorded as events that are safe to send twice and in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from api.services import audit
from api.services.delivery_reports import (
    Acknowledgement,
    AckState,
    DeliveryReport,
    LineResult,
    checked_lines,
    digest_of,
    settled_outcome,
)
from api.services.delivery_state import (
    OFFICE,
    OUT,
    PHONE,
    UNDO_WITHIN,
    redraw_package,
    redraw_stop,
)
from api.services.delivery_times import clock_note, plausible_moment
from api.services.errors import Forbidden, NotFound, Refused, ServiceError
from api.services.exception_doubts import follow_event
from api.services.family_answers import doubt_record, settle_answers
from api.services.kept_reports import (
    contradicts_late_news,
    doubt_what_stands,
    flag_of,
    remark_on,
    settle_corrected,
)
from api.services.package_goods import has_come_back
from api.services.photos import add_photo
from data.engine import UnstorableText
from data.queries.deliveries import (
    is_couriers_package,
    lines_of_package,
    package_by_code,
    packages_of_stop,
)
from data.reference.reasons import is_confidential
from data.schema import (
    Cycle,
    CycleState,
    DeliveryEvent,
    Outcome,
    Package,
    PackageState,
    Role,
    Stop,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "AckState",
    "Acknowledgement",
    "DeliveryReport",
    "LineResult",
    "add_photo",
    "amend_delivery",
    "events_of_package",
    "full_result",
    "may_read_why",
    "record_batch",
    "record_delivery",
    "undo_delivery",
]

RECORDERS = (Role.COURIER, Role.COORDINATOR)
CLOCK_TOLERANCE = timedelta(minutes=5)
"""A clock further out than this is named to whoever reported."""


def record_delivery(
    session: Session, *, report: DeliveryReport, by: Account, now: datetime
) -> Acknowledgement:
    """Store one event and draw the package's and stop's state from all that is known.

    Raises
    ------
    Invalid
        ``delivery.lines``: a line where accepted + rejected is not what was loaded, or a rejected
        quantity without a reason.
    Refused
        ``delivery.other_content``: the id is known with other content; ``delivery.not_loaded``:
        the package has not left; ``delivery.already_back``: what it held was put back or written
        off; ``delivery.cycle_state``: the month is no longer distributing.
    NotFound
        ``delivery.package``: no such package, or not on one of this courier's routes.
    """
    if by.role not in RECORDERS:
        raise Forbidden("delivery.role", role=by.role.value)
    package = _package(session, report, by)
    known = _known(session, report.event_uid)
    if known is not None:
        return _repeat(session, known, report, package)
    event = _event(session, report, package, by, now)
    try:
        with session.begin_nested():
            session.add(event)
            session.flush()
    except IntegrityError:
        known = _known(session, report.event_uid)  # the same event, sent twice at once
        if known is None:
            raise
        return _repeat(session, known, report, package)
    return _settle(session, event, package, by, now)


def record_batch(
    session: Session, *, reports: Sequence[DeliveryReport], by: Account, now: datetime
) -> list[Acknowledgement]:
    """Store what an offline device brings, in order of its own counter, answering per event.

    A refused event does not keep the others out. Answers come in the order of ``reports``.
    """
    order = sorted(
        range(len(reports)),
        key=lambda i: (reports[i].device_id or "", reports[i].device_seq or 0, i),
    )
    answers: dict[int, Acknowledgement] = {}
    for i in order:
        report = reports[i]
        try:
            with session.begin_nested():
                answers[i] = record_delivery(session, report=report, by=by, now=now)
        except ServiceError as refusal:
            answers[i] = Acknowledgement(
                event_uid=report.event_uid,
                state=AckState.REFUSED,
                package_code=report.package_code,
                code=refusal.code,
                params=refusal.params,
            )
        except UnstorableText:
            answers[i] = Acknowledgement(
                event_uid=report.event_uid,
                state=AckState.REFUSED,
                package_code=report.package_code,
                code="http.control",
            )
    return [answers[i] for i in range(len(reports))]


def undo_delivery(
    session: Session, *, event_uid: str, undo_uid: str, by: Account, now: datetime
) -> Acknowledgement:
    """Take back one's own event within ten minutes of when it happened.

    Raises
    ------
    Refused
        ``delivery.undo_late`` afterwards, ``delivery.undo_amend`` for what somebody else recorded
        and for a correction: a coordinator amends those.
    NotFound
        ``delivery.event`` when there is no such event of this person.
    """
    event = _known(session, event_uid)
    if event is None or (event.by != by.username and by.role == Role.COURIER):
        raise NotFound("delivery.event", event_uid=event_uid)
    package = session.get_one(Package, event.package_id)
    if event.by != by.username or event.channel == OFFICE:
        raise Refused("delivery.undo_amend", package=package.code)
    if _known(session, undo_uid) is None and now - event.happened_at > UNDO_WITHIN:
        minutes = int(UNDO_WITHIN.total_seconds() // 60)
        raise Refused("delivery.undo_late", package=package.code, minutes=minutes)
    stop = session.get(Stop, event.stop_id) if event.stop_id else None
    known = _known(session, undo_uid)
    report = DeliveryReport(
        event_uid=undo_uid,
        package_code=package.code,
        outcome=Outcome.UNDO,
        happened_at=known.reported_at if known else now,
        channel="page",
        stop_uid=stop.uid if stop else None,
        undoes_uid=event_uid,
    )
    return record_delivery(session, report=report, by=by, now=now)


def amend_delivery(
    session: Session, *, report: DeliveryReport, by: Account, now: datetime, reason: str
) -> Acknowledgement:
    """Correct what was recorded, with a reason, until the month is closed (coordinator).

    While the month is reconciled it is judged anew, and a case of late news or of a family's answer
    that the record bears out by now ends.

    Raises
    ------
    Refused
        ``delivery.amend_reason`` without a reason, ``delivery.already_back`` once the goods were
        returned, written off or given to another family.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("delivery.role", role=by.role.value)
    if not reason.strip():
        raise Refused("delivery.amend_reason", package=report.package_code)
    known = _known(session, report.event_uid)
    at = known.reported_at if known else now
    corrected = replace(report, channel=OFFICE, happened_at=at)
    package = _package(session, corrected, by)
    if package.state not in OUT or has_come_back(session, package=package):
        raise Refused("delivery.already_back", package=package.code, found=package.state.value)
    before = package.state.value
    contradicted = contradicts_late_news(session, package=package)
    answer = record_delivery(session, report=corrected, by=by, now=now)
    if answer.state != AckState.REPEATED:
        audit.record(
            session,
            by=by,
            action="delivery:amend",
            subject="package",
            subject_id=package.code,
            now=now,
            before={"state": before},
            after={"state": package.state.value},
            purpose=reason.strip(),
        )
        _judge_anew(session, package, contradicted, by, now)
    return answer


def full_result(
    session: Session,
    *,
    stop: Stop,
    event_uid: str,
    outcome: Outcome,
    by: Account,
    now: datetime,
    reason: str | None = None,
    reason_text: str = "",
    receiver: str = "",
    happened_at: datetime | None = None,
) -> list[Acknowledgement]:
    """Record one outcome for every open package of a stop; event ids derive from ``event_uid``.

    ``happened_at`` is when it happened by the paper; now, unless given.
    """
    answers = []
    for package in packages_of_stop(session, stop_id=stop.id or 0):
        uid = f"{event_uid}:{package.code}"
        known = _known(session, uid)
        if known is None and package.state != PackageState.LOADED:
            continue
        report = DeliveryReport(
            event_uid=uid,
            package_code=package.code,
            outcome=outcome,
            happened_at=known.reported_at if known else happened_at or now,
            channel="page",
            reason=reason,
            reason_text=reason_text,
            receiver=receiver,
            stop_uid=stop.uid,
        )
        answers.append(record_delivery(session, report=report, by=by, now=now))
    return answers


def is_known(session: Session, event_uid: str) -> bool:
    """Return whether an event arrived before."""
    return _known(session, event_uid) is not None


def events_of_package(session: Session, *, package_id: int) -> list[DeliveryEvent]:
    """Return everything that was ever reported of a package, as it happened."""
    rows = select(DeliveryEvent).where(DeliveryEvent.package_id == package_id)
    return list(session.exec(rows.order_by(col(DeliveryEvent.happened_at), col(DeliveryEvent.id))))


def may_read_why(event: DeliveryEvent, by: Account) -> bool:
    """Whether somebody may read why goods were not taken: misconduct, a death only an approver."""
    return by.role == Role.APPROVER or not any(map(is_confidential, event.reasons))


def _judge_anew(
    session: Session, package: Package, contradicted: bool, by: Account, now: datetime
) -> None:
    """Let what a correction changed count in a month that is being reconciled."""
    from api.services.reconcile import judge_fulfilments

    cycle = session.get_one(Cycle, package.cycle_id)
    if cycle.state == CycleState.RECONCILING:
        judge_fulfilments(session, cycle=cycle, now=now)
        settle_corrected(session, package=package, contradicted=contradicted, by=by, now=now)


def _package(session: Session, report: DeliveryReport, by: Account) -> Package:
    session.exec(
        select(Cycle)
        .join(Package, col(Package.cycle_id) == Cycle.id)
        .where(Package.code == report.package_code)
        .with_for_update(read=True, of=Cycle)
        .execution_options(populate_existing=True)
    ).first()  # the month before the package, as whoever changes it in the office does
    package = package_by_code(session, code=report.package_code)
    if package is None or (
        by.role == Role.COURIER
        and not is_couriers_package(session, package=package, account_id=by.id or 0)
    ):
        raise NotFound("delivery.package", package=report.package_code)
    return package


def _known(session: Session, event_uid: str) -> DeliveryEvent | None:
    return session.exec(select(DeliveryEvent).where(DeliveryEvent.event_uid == event_uid)).first()


def _repeat(
    session: Session, known: DeliveryEvent, report: DeliveryReport, package: Package
) -> Acknowledgement:
    if known.digest != digest_of(report):
        raise Refused(
            "delivery.other_content", event_uid=report.event_uid, package=report.package_code
        )
    return Acknowledgement(
        event_uid=known.event_uid,
        state=AckState.REPEATED,
        package_code=package.code,
        package_state=package.state,
        **_remark(session, known, package, ""),
    )


def _remark(
    session: Session, event: DeliveryEvent, package: Package, otherwise: str
) -> dict[str, Any]:
    """Return code and params of what the sender should know of a stored event."""
    if event.flag or otherwise:
        remark = remark_on(session, event=event, package=package) if event.flag else otherwise
        return {"code": remark}
    off = abs(event.reported_at - event.happened_at)
    if event.channel == PHONE and off > CLOCK_TOLERANCE:
        params = clock_note(event.reported_at, event.happened_at)
        return {"code": "delivery.clock", "params": params}
    return {}


def _event(
    session: Session,
    report: DeliveryReport,
    package: Package,
    by: Account,
    now: datetime,
) -> DeliveryEvent:
    outcome = report.outcome
    lines: tuple[LineResult, ...] = ()
    if outcome == Outcome.UNDO:
        if not report.undoes_uid:
            raise Refused("delivery.undo_what", package=package.code)
    else:
        lines = checked_lines(report, lines_of_package(session, package_id=package.id or 0))
        outcome = settled_outcome(report, lines)
    stop_id = package.stop_id
    if report.stop_uid is not None:
        stop = session.exec(select(Stop).where(Stop.uid == report.stop_uid)).first()
        if stop is None or stop.cycle_id != package.cycle_id:
            raise NotFound("delivery.stop", package=package.code)
        stop_id = stop.id
    happened = plausible_moment(
        session, package=package, stop_id=stop_id, reported=report.happened_at, now=now
    )
    reasons = [line.reason for line in lines if line.rejected and line.reason]
    return DeliveryEvent(
        event_uid=report.event_uid,
        package_id=package.id or 0,
        stop_id=stop_id,
        outcome=outcome,
        lines=[
            {
                "line_uid": line.line_uid,
                "accepted": line.accepted,
                "rejected": line.rejected,
                "reason": (line.reason or report.reason) if line.rejected else None,
            }
            for line in lines
        ],
        reason=report.reason or (reasons[0] if reasons else None),
        reason_text=report.reason_text.strip(),
        receiver=report.receiver.strip(),
        channel=report.channel,
        device_id=report.device_id,
        device_seq=report.device_seq,
        reported_at=report.happened_at,
        happened_at=happened,
        received_at=now,
        by=by.username,
        undoes_uid=report.undoes_uid,
        digest=digest_of(report),
        flag=flag_of(
            session,
            cycle=session.get_one(Cycle, package.cycle_id),
            package=package,
            channel=report.channel,
            happened=happened,
        ),
    )


def _settle(
    session: Session, event: DeliveryEvent, package: Package, by: Account, now: datetime
) -> Acknowledgement:
    """Draw states anew and open or end the case that follows from the event."""
    counting = redraw_package(session, package=package, now=now)
    if event.stop_id is not None:
        redraw_stop(session, stop_id=event.stop_id)
    follow_event(session, package=package, counting=counting, by=by, now=now)
    settle_answers(session, package=package, by=by, now=now)
    if not event.flag:
        doubt_record(session, package=package, by=by, now=now)
    doubt_what_stands(session, event=event, package=package, by=by, now=now)
    audit.record(
        session,
        by=by,
        action="delivery:record",
        subject="package",
        subject_id=package.code,
        now=now,
        after={"outcome": event.outcome.value, "event": event.event_uid, "flag": event.flag},
    )
    session.flush()
    without_effect = _without_effect(event, counting)
    return Acknowledgement(
        event_uid=event.event_uid,
        state=AckState.KEPT if event.flag or without_effect else AckState.STORED,
        package_code=package.code,
        package_state=package.state,
        **_remark(session, event, package, without_effect),
    )


def _without_effect(event: DeliveryEvent, counting: DeliveryEvent | None) -> str:
    """Return the code that says why a package's state does not follow an event, or nothing."""
    counts = counting.event_uid if counting else None
    if event.outcome == Outcome.UNDO:
        return "delivery.undo_kept" if counts == event.undoes_uid else ""
    return "" if counts == event.event_uid else "delivery.superseded"
