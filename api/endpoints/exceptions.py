"""Exceptions under /api/v1: the queue of what needs care, and what is done about each case."""

from typing import Annotated

from fastapi import APIRouter

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.schemas.exceptions import ActIn, AnswersIn, CaseOut, ExceptionViewOut, OpenIn, StepIn
from api.schemas.fulfilments import CallViewOut
from api.schemas.seen import as_seen
from api.security import NAMES_OF_FAMILIES
from api.services import exception_actions, exception_doubts, exception_queue, verification
from api.services.cycles import find_cycle
from api.services.finding import find_case, find_drop_point, find_package
from api.services.verification_views import call_view
from data.schema import Account

router = APIRouter(tags=["exceptions"])

Reader = Annotated[Account, requires("exception:read")]
Opener = Annotated[Account, requires("exception:open")]
Caller = Annotated[Account, requires("verification:answer")]
Actor = Annotated[Account, requires("exception:act")]


@router.get("/cycles/{month}/exceptions")
def list_exceptions(
    session: ReadSession, by: Reader, month: str, *, include_closed: bool = False
) -> list[ExceptionViewOut]:
    """List a month's cases, oldest first; sensitive ones only for an approver."""
    cycle = find_cycle(session, month=month)
    views = exception_queue.list_exceptions(
        session, cycles=[cycle], by=by, include_closed=include_closed
    )
    return [
        as_seen(
            ExceptionViewOut.model_validate(view),
            by.role,
            names=NAMES_OF_FAMILIES,
            lists=("calls", "answer"),
        )
        for view in views
    ]


@router.post("/cycles/{month}/exceptions")
def open_exception(
    session: WriteSession, by: Opener, now: Now, month: str, wanted: OpenIn
) -> CaseOut:
    """Open a case by hand."""
    package = find_package(session, code=wanted.package_code) if wanted.package_code else None
    case = exception_doubts.open_exception(
        session,
        cycle=find_cycle(session, month=month),
        reason=wanted.reason,
        text=wanted.text,
        package=package,
        by=by,
        now=now,
    )
    return CaseOut.model_validate(case)


@router.post("/exceptions/{number}/take")
def take(session: WriteSession, by: Actor, now: Now, number: RowId, step: StepIn) -> CaseOut:
    """Become the owner of a case."""
    case = exception_actions.take_exception(
        session,
        case=find_case(session, number=number),
        by=by,
        now=now,
        base_version=step.base_version,
    )
    return CaseOut.model_validate(case)


@router.post("/exceptions/{number}/act")
def act(session: WriteSession, by: Actor, now: Now, number: RowId, wanted: ActIn) -> CaseOut:
    """Do something about a case."""
    point = wanted.drop_point_id
    case = exception_actions.choose_action(
        session,
        case=find_case(session, number=number),
        action=wanted.action,
        by=by,
        now=now,
        base_version=wanted.base_version,
        day=wanted.day,
        drop_point=find_drop_point(session, number=point) if point else None,
        to_package=find_package(session, code=wanted.to_package) if wanted.to_package else None,
        text=wanted.text,
    )
    return CaseOut.model_validate(case)


@router.post("/exceptions/{number}/finish")
def finish(session: WriteSession, by: Actor, now: Now, number: RowId, step: StepIn) -> CaseOut:
    """Say that what was chosen has been done."""
    case = exception_actions.finish_exception(
        session,
        case=find_case(session, number=number),
        by=by,
        now=now,
        base_version=step.base_version,
    )
    return CaseOut.model_validate(case)


@router.post("/exceptions/{number}/close")
def close(session: WriteSession, by: Actor, now: Now, number: RowId, step: StepIn) -> CaseOut:
    """Close a case."""
    case = exception_actions.close_exception(
        session,
        case=find_case(session, number=number),
        by=by,
        now=now,
        base_version=step.base_version,
        text=step.text,
    )
    return CaseOut.model_validate(case)


@router.post("/exceptions/{number}/reopen")
def reopen(session: WriteSession, by: Actor, now: Now, number: RowId, step: StepIn) -> CaseOut:
    """Open a closed case again, with words why."""
    case = exception_actions.reopen_exception(
        session,
        case=find_case(session, number=number),
        by=by,
        now=now,
        base_version=step.base_version,
        text=step.text,
    )
    return CaseOut.model_validate(case)


@router.post("/exceptions/{number}/answers")
def answer(
    session: WriteSession, by: Caller, now: Now, number: RowId, told: AnswersIn
) -> list[CallViewOut]:
    """Note what families of a route answered, all of them or none; the last ends the case."""
    answered = verification.answer_calls(
        session,
        case=find_case(session, number=number),
        said=[
            verification.Said(each.id, each.answer, each.note, each.way) for each in told.answers
        ],
        by=by,
        now=now,
    )
    return [CallViewOut.model_validate(call_view(session, call=call)) for call in answered]
