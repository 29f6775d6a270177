"""Children under /api/v1/children; every read of a record is audited."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from api.dependencies import LookSession, Now, RowId, WriteSession, requires
from api.schemas.children import (
    ChangeRequestView,
    ChildEdit,
    ChildExport,
    ChildList,
    ChildRow,
    ChildStanding,
    ChildView,
    ConsentGrant,
    ConsentView,
    Decision,
    Leave,
    Move,
    Pause,
    Reason,
)
from api.security import sees_names
from api.services import change_requests, child_export, children, consents, looks
from data.queries.people import search_children
from data.schema import Account, ChildState, ConsentPurpose

router = APIRouter(prefix="/children", tags=["children"])

Reader = Annotated[Account, requires("child:read")]
Editor = Annotated[Account, requires("child:edit")]
Decider = Annotated[Account, requires("child:decide")]
Reporter = Annotated[Account, requires("child:report")]
Keeper = Annotated[Account, requires("consent:edit")]
ChangeDecider = Annotated[Account, requires("change:decide")]


@router.get("")
def list_children(
    session: LookSession,
    by: Reader,
    now: Now,
    text: Annotated[str, Query(max_length=100)] = "",
    state: ChildState | None = None,
    kelurahan_code: Annotated[str, Query(max_length=13)] = "",
    after: Annotated[str, Query(max_length=20)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ChildList:
    """List children by code, with their latest height-for-age."""
    lines = search_children(
        session,
        text=text,
        by_name=sees_names(by.role),
        state=state,
        kelurahan_code=kelurahan_code,
        after=after,
        limit=limit,
    )
    looks.note(
        session,
        by=by,
        action="child:list",
        subject="child",
        subject_id="",
        now=now,
        after={"num_children": len(lines), "first": lines[0].child.code if lines else None},
    )
    more = lines[-1].child.code if len(lines) == limit else None
    return ChildList(items=[ChildRow.of(line, by.role) for line in lines], next_after=more)


@router.post("/export", response_class=Response)
def export_children(
    session: WriteSession,
    by: Annotated[Account, requires("child:export")],
    now: Now,
    wanted: ChildExport,
) -> Response:
    """Give the children as a workbook with a password; the export and its purpose are noted."""
    made = child_export.export_children(
        session,
        by=by,
        now=now,
        purpose=wanted.purpose,
        password=wanted.password.get_secret_value(),
        state=wanted.state,
        kelurahan_code=wanted.kelurahan_code,
    )
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)


@router.get("/{code}")
def read_child(
    session: LookSession,
    by: Reader,
    now: Now,
    code: str,
    purpose: Annotated[str, Query(max_length=200)] = "",
) -> ChildView:
    """Show all that the office keeps of one child."""
    sheet = children.read_child(session, code=code, by=by, now=now, purpose=purpose)
    return ChildView.of(sheet, by.role)


@router.patch("/{code}")
def edit_child(
    session: WriteSession, by: Editor, now: Now, code: str, body: ChildEdit
) -> ChildStanding:
    """Save fields of a child; 409 names every field that somebody else saved in between."""
    child = children.find_child(session, code=code, by=by, now=now)
    sent = body.model_dump(exclude_unset=True, exclude={"base_version"})
    children.edit_child(
        session, child=child, base_version=body.base_version, changes=sent, by=by, now=now
    )
    return ChildStanding.model_validate(child)


@router.post("/{code}/confirm-measurement")
def confirm_measurement(
    session: WriteSession, by: Editor, now: Now, code: str, body: Reason
) -> ChildStanding:
    """Confirm an unlikely measurement."""
    child = children.find_child(session, code=code, by=by, now=now)
    children.confirm_measurement(session, child=child, by=by, now=now, reason=body.reason)
    return ChildStanding.model_validate(child)


@router.post("/{code}/ask-measurement", status_code=status.HTTP_201_CREATED)
def ask_measurement(
    session: WriteSession, by: Editor, now: Now, code: str, body: Reason
) -> ChangeRequestView:
    """Ask the kader to measure again."""
    child = children.find_child(session, code=code, by=by, now=now)
    request = children.ask_measurement(session, child=child, by=by, now=now, reason=body.reason)
    return ChangeRequestView.model_validate(request)


@router.post("/{code}/pause")
def pause_child(
    session: WriteSession, by: Editor, now: Now, code: str, body: Pause
) -> ChildStanding:
    """Leave a child out until a day."""
    child = children.find_child(session, code=code, by=by, now=now)
    children.pause_child(session, child=child, by=by, now=now, until=body.until, reason=body.reason)
    return ChildStanding.model_validate(child)


@router.post("/{code}/resume")
def resume_child(session: WriteSession, by: Editor, now: Now, code: str) -> ChildStanding:
    """Take a paused child in again."""
    child = children.find_child(session, code=code, by=by, now=now)
    return ChildStanding.model_validate(children.resume_child(session, child=child, by=by, now=now))


@router.post("/{code}/graduate")
def graduate_child(
    session: WriteSession, by: Decider, now: Now, code: str, body: Leave
) -> ChildStanding:
    """Let a recovered child, or one of five years, go."""
    child = children.find_child(session, code=code, by=by, now=now)
    children.graduate_child(
        session, child=child, by=by, now=now, effective_on=body.effective_on, reason=body.reason
    )
    return ChildStanding.model_validate(child)


@router.post("/{code}/exit")
def exit_child(
    session: WriteSession, by: Editor, now: Now, code: str, body: Leave
) -> ChildStanding:
    """End a child's part in the programme."""
    child = children.find_child(session, code=code, by=by, now=now)
    children.exit_child(
        session, child=child, by=by, now=now, effective_on=body.effective_on, reason=body.reason
    )
    return ChildStanding.model_validate(child)


@router.post("/{code}/readmit")
def readmit_child(
    session: WriteSession, by: Decider, now: Now, code: str, body: Reason
) -> ChildStanding:
    """Take a child that left in again, after a new measurement."""
    child = children.find_child(session, code=code, by=by, now=now)
    children.readmit_child(session, child=child, by=by, now=now, reason=body.reason)
    return ChildStanding.model_validate(child)


@router.post("/{code}/consents", status_code=status.HTTP_201_CREATED)
def grant_consent(
    session: WriteSession, by: Keeper, now: Now, code: str, body: ConsentGrant
) -> ConsentView:
    """Write down a guardian's answer to one purpose; a no keeps the child out, with that cause."""
    child = children.find_child(session, code=code, by=by, now=now)
    if body.is_refusal:
        paper = consents.refuse_consent(
            session, child=child, purpose=body.purpose, guardian_name=body.guardian_name,
            refused_on=body.granted_on, evidence=body.evidence, by=by, now=now,
        )  # fmt: skip
    else:
        signed = body.model_dump(exclude={"is_refusal"})
        paper = consents.grant_consent(session, child=child, by=by, now=now, **signed)
    return ConsentView.model_validate(paper)


@router.delete("/{code}/consents/{purpose}")
def withdraw_consent(
    session: WriteSession, by: Keeper, now: Now, code: str, purpose: ConsentPurpose
) -> list[ConsentView]:
    """Withdraw consent to one purpose; it takes effect at once."""
    child = children.find_child(session, code=code, by=by, now=now)
    withdrawn = consents.withdraw_consent(session, child=child, purpose=purpose, by=by, now=now)
    return [ConsentView.model_validate(one) for one in withdrawn]


@router.post("/{code}/moves", status_code=status.HTTP_201_CREATED)
def request_move(
    session: WriteSession, by: Reporter, now: Now, code: str, body: Move
) -> ChangeRequestView:
    """Report that a family moved; the office decides."""
    child = children.find_child(session, code=code, by=by, now=now)
    to = body.model_dump(exclude_unset=True)
    request = change_requests.request_move(session, child=child, to=to, by=by, now=now)
    return ChangeRequestView.model_validate(request)


@router.post("/requests/{request_id}")
def decide_change(
    session: WriteSession, by: ChangeDecider, now: Now, request_id: RowId, body: Decision
) -> ChangeRequestView:
    """Accept or reject a requested change."""
    request = change_requests.decide_change(
        session,
        request=change_requests.find_change(session, request_id=request_id),
        accept=body.accept,
        by=by,
        now=now,
        reason=body.reason,
        exit_reason=body.exit_reason,
    )
    return ChangeRequestView.model_validate(request)
