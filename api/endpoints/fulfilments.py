"""Fulfilments under /api/v1: how a month adds up, the calls, closing it, amending it."""

from typing import Annotated

from fastapi import APIRouter

from api.dependencies import Now, ReadSession, RowId, Store, WriteSession, requires
from api.schemas.fulfilments import (
    AmendmentIn,
    AmendmentOut,
    AnswerIn,
    CallViewOut,
    FulfilmentOut,
    MonthOut,
    ReasonIn,
    ReconciliationOut,
)
from api.schemas.seen import as_seen
from api.services import month_closing, reconcile
from api.services.cycles import find_cycle
from api.services.finding import find_call
from data.reference.reasons import is_confidential
from data.schema import Account, Role

router = APIRouter(tags=["fulfilments"])

Reader = Annotated[Account, requires("fulfilment:read")]
Reconciler = Annotated[Account, requires("cycle:reconcile")]
Closer = Annotated[Account, requires("cycle:close")]
Amender = Annotated[Account, requires("cycle:amend")]
CallReader = Annotated[Account, requires("verification:read")]
Caller = Annotated[Account, requires("verification:answer")]


@router.get("/cycles/{month}/reconciliation")
def read_reconciliation(session: ReadSession, by: Reader, month: str) -> ReconciliationOut:
    """Show how a month adds up, and what keeps it open."""
    cycle = find_cycle(session, month=month)
    found = reconcile.reconciliation(session, cycle=cycle, reader=by.role)
    return ReconciliationOut.model_validate(found)


@router.get("/cycles/{month}/fulfilments")
def list_fulfilments(session: ReadSession, by: Reader, month: str) -> list[FulfilmentOut]:
    """List what every assignment of a month came to."""
    rows = reconcile.list_fulfilments(session, cycle=find_cycle(session, month=month))
    found = [FulfilmentOut.model_validate(row) for row in rows]
    if by.role is Role.APPROVER:
        return found
    return [
        one.model_copy(update={"reason": None}) if is_confidential(one.reason) else one
        for one in found
    ]


@router.post("/cycles/{month}/reconcile")
def start(session: WriteSession, by: Reconciler, now: Now, month: str) -> MonthOut:
    """End distribution and draw the sample of families."""
    cycle = find_cycle(session, month=month)
    reconcile.start_reconciling(session, cycle=cycle, by=by, now=now)
    return MonthOut.model_validate(cycle)


@router.post("/cycles/{month}/resume")
def resume(session: WriteSession, by: Reconciler, now: Now, month: str, why: ReasonIn) -> MonthOut:
    """Go back to distributing."""
    cycle = find_cycle(session, month=month)
    reconcile.resume_distribution(session, cycle=cycle, by=by, now=now, reason=why.reason)
    return MonthOut.model_validate(cycle)


@router.post("/cycles/{month}/close")
def close(store: Store, by: Closer, now: Now, month: str, why: ReasonIn | None = None) -> MonthOut:
    """Close a month that adds up; from here it is frozen.

    Answers when it is closed: seconds in a city, longer in a large one.
    """
    reason = why.reason if why else ""
    cycle = month_closing.close_month(store, month=month, by=by, now=now, reason=reason)
    return MonthOut.model_validate(cycle)


@router.post("/cycles/{month}/amendments")
def amend(
    session: WriteSession, by: Amender, now: Now, month: str, wanted: AmendmentIn
) -> AmendmentOut:
    """Correct a closed month by a reversing entry."""
    entry = reconcile.correct_closed(
        session,
        cycle=find_cycle(session, month=month),
        subject=wanted.subject,
        subject_id=wanted.subject_id,
        after=wanted.after,
        reason=wanted.reason,
        by=by,
        now=now,
    )
    return AmendmentOut.model_validate(entry)


@router.get("/cycles/{month}/calls")
def list_calls(session: ReadSession, by: CallReader, month: str) -> list[CallViewOut]:
    """List the families of the sample with their answers."""
    cycle = find_cycle(session, month=month)
    views = reconcile.list_calls(session, cycle=cycle)
    return [as_seen(CallViewOut.model_validate(view), by.role) for view in views]


@router.post("/calls/{number}")
def answer(
    session: WriteSession, by: Caller, now: Now, number: RowId, said: AnswerIn
) -> CallViewOut:
    """Note what a family said; *not received* opens a case."""
    call = find_call(session, number=number)
    reconcile.answer_call(
        session, call=call, answer=said.answer, note=said.note, way=said.way, by=by, now=now
    )
    return CallViewOut.model_validate(reconcile.call_view(session, call=call))
