"""The queue of what needs care, as each person may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.exception_actions import allowed_actions
from api.services.late_news import LATE, LateNews, news_of_case
from data.queries.exceptions import exceptions_with_places
from data.queries.goods import route_codes
from data.schema import (
    DeliveryException,
    ExceptionAction,
    ExceptionState,
    Package,
    Role,
    Stop,
    StopState,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from data.schema import Account, Cycle

__all__ = ["ExceptionView", "find_news", "list_exceptions"]

A = ExceptionAction
S = ExceptionState


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
    rows = exceptions_with_places(session, cycle_id=cycle.id or 0, reader=by.role)
    codes = route_codes(session, stop_ids=[case.stop_id for case, *_ in rows if case.stop_id])
    for case, package, home, stop in rows:
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


def _asked_for(session: Session, case: DeliveryException, package: Package | None) -> date | None:
    if case.action not in (A.REDELIVER, A.PICK_UP) or package is None or package.stop_id is None:
        return None
    stop = session.get_one(Stop, package.stop_id)
    return stop.wanted_on if stop.state in (StopState.PLANNED, StopState.EN_ROUTE) else None


def _news(session: Session, case: DeliveryException, package: Package | None) -> LateNews | None:
    if case.reason != LATE or package is None or case.event_uid is None:
        return None
    return news_of_case(session, event_uid=case.event_uid, package=package)
