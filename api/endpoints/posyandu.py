"""A kader's own posyandu under /api/v1/posyandu: its families, and what is recorded of them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from api.dependencies import LookSession, Now, WriteSession, requires
from api.endpoints.routes import FILES
from api.schemas.posyandu import (
    AccompanimentIn,
    AnswersIn,
    AskOut,
    ChangedOut,
    FamilyMonthOut,
    NotReceivedIn,
    PosyanduMonthOut,
    ReportIn,
)
from api.services import posyandu, posyandu_lists, posyandu_reports
from api.services.clock import local_month
from data.schema import Account

router = APIRouter(prefix="/posyandu", tags=["posyandu"])
Kader = Annotated[Account, requires("posyandu:read")]
Recorder = Annotated[Account, requires("posyandu:record")]
Month = Annotated[str, Query(max_length=7)]


@router.get("/families")
def list_families(
    session: LookSession,
    by: Kader,
    now: Now,
    month: Month = "",
    text: Annotated[str, Query(max_length=100)] = "",
    offset: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PosyanduMonthOut:
    """List the own families with their children and packages of a month, the urgent first."""
    found = posyandu.read_month(session, month=month or local_month(now), by=by, now=now)
    fits = posyandu.chosen(found, words=text)
    return PosyanduMonthOut(
        month=found.month,
        total=len(fits),
        families=[FamilyMonthOut.model_validate(each) for each in fits[offset : offset + limit]],
    )


@router.get("/families/{code}")
def one_family(
    session: LookSession, by: Kader, now: Now, code: str, month: Month = ""
) -> FamilyMonthOut:
    """Show one own family in a month."""
    found = posyandu.read_month(session, month=month or local_month(now), by=by, now=now, code=code)
    return FamilyMonthOut.model_validate(posyandu.family_of(found, code))


@router.post("/accompaniment")
def record_accompaniment(
    session: WriteSession, by: Recorder, now: Now, body: AccompanimentIn
) -> ChangedOut:
    """Keep what own families were given; the same again changes nothing."""
    given = {each.family: each.codes for each in body.families}
    changed = posyandu.record_codes(
        session, month=body.month, given=given, by=by, now=now, only_new=body.only_new
    )
    return ChangedOut(changed=changed)


@router.post("/eaten")
def record_eaten(session: WriteSession, by: Recorder, now: Now, body: AnswersIn) -> ChangedOut:
    """Keep who ate packages that arrived; the same again changes nothing."""
    answers = [posyandu.EatenAnswer(each.package, each.eaten, each.note) for each in body.answers]
    changed = posyandu.record_eaten(
        session, month=body.month, answers=answers, checked_on=body.checked_on, by=by, now=now,
        only_new=body.only_new,
    )  # fmt: skip
    return ChangedOut(changed=changed)


@router.post("/reports", status_code=status.HTTP_201_CREATED)
def report_change(session: WriteSession, by: Recorder, now: Now, body: ReportIn) -> AskOut:
    """Tell the office that a family moved, a child left or data are wrong."""
    made = posyandu_reports.report_change(
        session,
        child_code=body.child,
        kind=body.kind,
        text=body.text,
        to=body.to.model_dump() if body.to else None,
        by=by,
        now=now,
    )
    return AskOut.model_validate(made)


@router.post("/not-received", status_code=status.HTTP_201_CREATED)
def report_not_received(
    session: WriteSession, by: Recorder, now: Now, body: NotReceivedIn
) -> ChangedOut:
    """Tell the coordinator that a family says nothing came of what is recorded as received."""
    posyandu_reports.report_not_received(
        session, package_code=body.package, text=body.text, by=by, now=now
    )
    return ChangedOut(changed=1)


@router.get("/list", response_class=Response, responses=FILES)
def printed_list(session: LookSession, by: Kader, now: Now, month: Month = "") -> Response:
    """Give the list for the posyandu's day as PDF."""
    made = posyandu_lists.posyandu_list(session, month=month or local_month(now), by=by, now=now)
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)
