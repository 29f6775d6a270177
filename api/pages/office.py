"""What prints say of the office: who heads it and signs."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import N_
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import Entry, redirect, render
from api.pages.typed_fields import day_of
from api.services import office_heads
from api.services.clock import local_date
from api.services.errors import ServiceError
from data.schema import Account

router = APIRouter(include_in_schema=False)
NAVIGATION = [Entry(N_("Kantor"), "/admin/kantor", "office:edit")]
Editor = Annotated[Account, requires("office:edit")]
Text = Annotated[str, Form(max_length=400)]
FORM_NAMES = {"name": "nama", "office_number": "nip"}


@router.get("/admin/kantor")
def office_page(request: Request, session: ReadSession, now: Now, by: Editor) -> HTMLResponse:
    """Show who heads the office and signs its letters, and a form for whoever follows."""
    del by
    return _page(request, session, {"mulai": local_date(now).isoformat()})


def _page(
    request: Request,
    session: Session,
    typed: dict[str, str],
    *,
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    return render(
        request,
        "office.html",
        status=status_of(refusal),
        errors=texts_of(request, refusal, names=FORM_NAMES),
        rows=office_heads.list_heads(session),
        typed=typed,
    )


@router.post("/admin/kantor")
def enter_head(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    nama: Text = "",
    nip: Text = "",
    mulai: Text = "",
    plt: Text = "",
) -> Response:
    """Enter who heads the office from a day on."""
    refusal = refusal_of(
        session,
        lambda: office_heads.enter_head(
            session,
            name=nama,
            office_number=nip,
            is_acting=plt == "ya",
            effective_from=day_of(mulai, "mulai"),
            by=by,
            now=now,
        ),
    )
    if refusal is not None:
        typed = {"nama": nama, "nip": nip, "mulai": mulai, "plt": plt}
        return _page(request, session, typed, refusal=refusal)
    return redirect(request, "/admin/kantor", "office.did_enter", name=nama.strip())
