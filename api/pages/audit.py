"""The audit trail as a page: who read or changed what, and whether the chain is whole."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.dependencies import ReadSession, requires
from api.i18n import N_
from api.pages.shell import Entry, Page, render
from api.services import audit
from data.schema import Account

router = APIRouter(include_in_schema=False)
NAVIGATION = [Entry(N_("Jejak audit"), "/audit", "audit:read")]
Reader = Annotated[Account, requires("audit:read")]
Verifier = Annotated[Account, requires("audit:verify")]


@router.get("/audit")
def audit_page(
    request: Request,
    session: ReadSession,
    reader: Reader,
    halaman: int = 1,
    oleh: str = "",
    tindakan: str = "",
    perihal: str = "",
    nomor: str = "",
) -> HTMLResponse:
    """List entries, newest first; ``perihal`` and ``nomor`` name a record (its history)."""
    del reader
    wish = audit.Wish(by=oleh, action=tindakan, subject=perihal, subject_id=nomor)
    _, total = audit.list_entries(session, wish, limit=1)
    page = Page(halaman, total)
    rows, _ = audit.list_entries(session, wish, offset=page.offset, limit=page.size)
    return render(request, "audit.html", rows=rows, page=page, wishes=wish)


@router.get("/audit/rantai")
def chain_page(request: Request, session: ReadSession, verifier: Verifier) -> HTMLResponse:
    """Verify the chain and show what was found."""
    del verifier
    return render(request, "audit_chain.html", report=audit.verify_chain(session))
