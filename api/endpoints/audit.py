"""The audit trail under /api/v1/audit: read it, and have its chain verified."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import ReadSession, requires
from api.schemas.audit import AuditEntryView, AuditList, ChainView
from api.services import audit
from data.schema import Account

router = APIRouter(prefix="/audit", tags=["audit"])

Reader = Annotated[Account, requires("audit:read")]
Verifier = Annotated[Account, requires("audit:verify")]
Text = Annotated[str, Query(max_length=80)]


@router.get("")
def list_entries(
    session: ReadSession,
    reader: Reader,
    by: Text = "",
    action: Text = "",
    subject: Text = "",
    subject_id: Text = "",
    offset: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditList:
    """List who read or changed what, newest first."""
    wish = audit.Wish(by=by, action=action, subject=subject, subject_id=subject_id)
    rows, total = audit.list_entries(session, wish, offset=offset, limit=limit)
    return AuditList(items=[AuditEntryView.of(row, reader.role) for row in rows], total=total)


@router.get("/chain")
def verify_chain(session: ReadSession, verifier: Verifier) -> ChainView:
    """Walk the whole chain and say whether anything was altered, moved, inserted or cut off."""
    del verifier
    return ChainView.model_validate(audit.verify_chain(session))
