"""Reports kept without effect: why, what they contradict, and when they count after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import audit
from api.services.delivery_state import OFFICE, OUT, PHONE, redraw_package, redraw_stop
from api.services.errors import Refused
from api.services.exception_doubts import (
    doubts,
    end_doubts,
    follow_event,
    is_doubted,
    open_doubt,
)
from api.services.family_answers import doubt_record, settle_answers
from api.services.late_news import AFTER_CLOSING, AFTER_RETURN, LATE, news_of, news_of_case
from api.services.package_goods import has_come_back
from data.reference.reasons import is_confidential
from data.schema import Cycle, CycleState, DeliveryEvent, Package

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account

__all__ = [
    "contradicts_late_news",
    "doubt_what_stands",
    "flag_of",
    "remark_on",
    "settle_corrected",
    "take_up_late",
]

BEFORE_CORRECTION = "before_correction"


def flag_of(
    session: Session, *, cycle: Cycle, package: Package, channel: str, happened: datetime
) -> str:
    """Say why an event of a phone is kept without effect; anything else is refused then."""
    is_phone = channel == PHONE
    is_correction = channel == OFFICE and cycle.state == CycleState.RECONCILING
    if cycle.state != CycleState.DISTRIBUTING and not is_correction:
        if not is_phone or cycle.state not in (CycleState.RECONCILING, CycleState.CLOSED):
            raise Refused("delivery.cycle_state", month=cycle.month, found=cycle.state.value)
        return AFTER_CLOSING
    if package.state in OUT and has_come_back(session, package=package):
        if not is_phone:
            raise Refused("delivery.already_back", package=package.code, found=package.state.value)
        return AFTER_RETURN
    if package.state in OUT:
        corrections = session.exec(
            select(DeliveryEvent.id).where(
                DeliveryEvent.package_id == package.id,
                DeliveryEvent.channel == OFFICE,
                col(DeliveryEvent.happened_at) > happened,
            )
        ).first()
        return BEFORE_CORRECTION if corrections is not None else ""
    had_left = session.exec(
        select(DeliveryEvent.id).where(DeliveryEvent.package_id == package.id)
    ).first()
    if not is_phone or had_left is None:
        raise Refused("delivery.not_loaded", package=package.code, found=package.state.value)
    return AFTER_RETURN


def doubt_what_stands(
    session: Session, *, event: DeliveryEvent, package: Package, by: Account, now: datetime
) -> None:
    """Open a case where news without effect differs from what stands; else end the one there is.

    Misconduct or a death that it tells of is a case for the approver, whether or not it differs.
    While the month is reconciled the case keeps it open: distribution is resumed, and the news
    counts, or a person closes the case. In a closed month it leads to an amendment.
    """
    if event.flag not in (AFTER_CLOSING, AFTER_RETURN):
        return
    news = news_of(session, event=event, package=package)
    is_sensitive = any(map(is_confidential, event.reasons))
    if not news.differs and not is_sensitive:
        end_doubts(session, package=package, reason=LATE, by=by, now=now)
        return
    open_doubt(
        session,
        cycle=session.get_one(Cycle, package.cycle_id),
        reason=LATE,
        by=by,
        now=now,
        package=package,
        text=event.reason_text,
        event_uid=news.event_uid,
        is_sensitive=is_sensitive or news.is_confidential,
    )


def remark_on(session: Session, *, event: DeliveryEvent, package: Package) -> str:
    """Return the code that says what became of an event that was kept without effect."""
    if event.flag not in (AFTER_CLOSING, AFTER_RETURN) or not is_doubted(
        session, package=package, reason=LATE
    ):
        return f"delivery.{event.flag}"
    cycle = session.get_one(Cycle, package.cycle_id)
    if event.flag == AFTER_CLOSING and cycle.state == CycleState.CLOSED:
        return "delivery.month_closed_differs"
    return f"delivery.{event.flag}_differs"


def contradicts_late_news(session: Session, *, package: Package) -> bool:
    """Whether the last news of a package that was kept without effect differs from what stands."""
    event = _last_without_effect(session, package)
    return event is not None and news_of(session, event=event, package=package).differs


def settle_corrected(
    session: Session, *, package: Package, contradicted: bool, by: Account, now: datetime
) -> None:
    """End the case of late news that a correction has borne out.

    Open one where the correction contradicts news that what stood before bore out
    (``contradicted`` says whether it did not).
    """
    event = _last_without_effect(session, package)
    if (
        event is not None
        and not contradicted
        and not is_doubted(session, package=package, reason=LATE)
    ):
        doubt_what_stands(session, event=event, package=package, by=by, now=now)
        return
    for case in doubts(session, package=package, reason=LATE):
        news = news_of_case(session, event_uid=case.event_uid or "", package=package)
        if news is not None and not news.differs:
            end_doubts(session, package=package, reason=LATE, by=by, now=now)
            return


def _last_without_effect(session: Session, package: Package) -> DeliveryEvent | None:
    return session.exec(
        select(DeliveryEvent)
        .where(
            DeliveryEvent.package_id == package.id,
            col(DeliveryEvent.flag).in_((AFTER_CLOSING, AFTER_RETURN)),
        )
        .order_by(col(DeliveryEvent.id).desc())
    ).first()


def take_up_late(session: Session, *, cycle: Cycle, by: Account, now: datetime) -> int:
    """Let what phones brought while the month was reconciled count; returns how many events do.

    News of goods that are back, or older than a correction, stays without effect.
    """
    rows = session.exec(
        select(DeliveryEvent, Package)
        .join(Package, col(Package.id) == DeliveryEvent.package_id)
        .where(Package.cycle_id == cycle.id, DeliveryEvent.flag == AFTER_CLOSING)
        .order_by(col(DeliveryEvent.id))
    ).all()
    counting: dict[int, Package] = {}
    stops: set[int] = set()
    for event, package in rows:
        event.flag = flag_of(
            session,
            cycle=cycle,
            package=package,
            channel=event.channel,
            happened=event.happened_at,
        )
        session.add(event)
        if event.flag != AFTER_RETURN:
            counting[package.id or 0] = package
            stops |= {event.stop_id} if event.stop_id is not None else set()
    session.flush()
    for package in counting.values():
        counts = redraw_package(session, package=package, now=now)
        end_doubts(session, package=package, reason=LATE, by=by, now=now)
        follow_event(session, package=package, counting=counts, by=by, now=now)
        settle_answers(session, package=package, by=by, now=now)
        doubt_record(session, package=package, by=by, now=now)
    for stop_id in sorted(stops):
        redraw_stop(session, stop_id=stop_id)
    if rows:
        audit.record(
            session,
            by=by,
            action="delivery:take_up",
            subject="cycle",
            subject_id=cycle.month,
            now=now,
            after={"events": len(rows), "packages": [one.code for one in counting.values()]},
        )
    session.flush()
    return len(rows)
