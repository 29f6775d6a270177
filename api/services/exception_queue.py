"""The queue of what needs care, as each person may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.exception_facts import read_facts
from api.services.exception_rules import actions_by
from data.queries.exceptions import exceptions_with_places
from data.schema import DeliveryException, ExceptionAction, PackageState, Role, StopState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from api.services.exception_facts import Facts
    from api.services.family_answers import FamilyAnswer
    from api.services.late_news import LateNews
    from api.services.verification_views import CallView
    from data.queries.exceptions import PlacedCase
    from data.schema import Account, Cycle, ExceptionState, Stop

__all__ = ["ExceptionView", "find_told", "list_exceptions"]

A = ExceptionAction


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """A case of the queue as this person may see it."""

    id: int
    month: str
    reason: str
    text: str
    is_sensitive: bool
    state: ExceptionState
    action: ExceptionAction | None
    owner: str | None
    attempts: int
    package_code: str | None
    package_id: int | None
    package_state: PackageState | None
    stop_uid: str | None
    route_code: str | None
    recipient: str
    kelurahan_code: str | None
    opened_by: str
    opened_at: datetime
    actions: tuple[ExceptionAction, ...]
    version: int
    kept_because: str = ""
    """Why it was closed against what families say, or with families unasked."""
    asked_for: date | None = None
    """The day of the next attempt that was chosen and has not been driven."""
    news: LateNews | None = None
    """What the phone told, where the case is about news that came too late to count."""
    answer: FamilyAnswer | None = None
    """What the family answered, where the case is about that."""
    calls: tuple[CallView, ...] = ()
    """The families to ask, where the case is about a route."""


def list_exceptions(
    session: Session,
    *,
    cycles: Sequence[Cycle],
    by: Account,
    include_closed: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[ExceptionView]:
    """Return cases of some months, oldest first, or a part of them; sensitive ones to an approver.

    It takes as many queries for many as for one.
    """
    rows = exceptions_with_places(
        session,
        cycle_ids=[cycle.id or 0 for cycle in cycles],
        reader=by.role,
        include_closed=include_closed,
        offset=offset,
        limit=limit,
    )
    facts = read_facts(session, cases=[row.case for row in rows])
    return [_view(row, facts[row.case.id or 0]) for row in rows]


def find_told(session: Session, *, cycle: Cycle, case_id: int, by: Account) -> Facts | None:
    """Return what stands around a case of a month that news or an answer contradicts; else None."""
    case = session.get(DeliveryException, case_id)
    if case is None or case.cycle_id != cycle.id or case.package_id is None:
        return None
    if case.is_sensitive and by.role != Role.APPROVER:
        return None
    facts = read_facts(session, cases=[case])[case_id]
    return facts if facts.news or facts.answer else None


def _view(row: PlacedCase, facts: Facts) -> ExceptionView:
    case = row.case
    return ExceptionView(
        id=case.id or 0,
        month=facts.cycle.month,
        reason=case.reason,
        text=case.text,
        is_sensitive=case.is_sensitive,
        state=case.state,
        action=case.action,
        owner=case.owner,
        attempts=case.attempts,
        package_code=row.package.code if row.package else None,
        package_id=case.package_id,
        package_state=row.package.state if row.package else None,
        stop_uid=row.stop.uid if row.stop else None,
        route_code=row.route_code,
        recipient=row.home.guardian_name if row.home else "",
        kelurahan_code=row.home.kelurahan_code if row.home else None,
        opened_by=case.opened_by,
        opened_at=case.opened_at,
        actions=actions_by(case, facts),
        version=case.version,
        kept_because=case.kept_because,
        asked_for=_asked_for(case, facts.stop),
        news=facts.news,
        answer=facts.answer,
        calls=facts.calls,
    )


def _asked_for(case: DeliveryException, stop: Stop | None) -> date | None:
    if case.action not in (A.REDELIVER, A.PICK_UP) or stop is None:
        return None
    return stop.wanted_on if stop.state in (StopState.PLANNED, StopState.EN_ROUTE) else None
