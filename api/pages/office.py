"""What prints and donors are told of the office: who heads it and signs, and how to pay."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import N_
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import Entry, redirect, render
from api.pages.typed_fields import day_of
from api.services import office_heads, payment_guides
from api.services.clock import local_date
from api.services.errors import ServiceError
from data.schema import Account

router = APIRouter(include_in_schema=False)
NAVIGATION = [Entry(N_("Kantor"), "/admin/kantor", "office:edit")]
Editor = Annotated[Account, requires("office:edit")]
Text = Annotated[str, Form(max_length=400)]
LongText = Annotated[str, Form(max_length=2000)]
FORM_NAMES = {
    "name": "nama",
    "office_number": "nip",
    "bank_name": "bank",
    "account_number": "rekening",
    "account_holder": "atas_nama",
    "instructions": "petunjuk",
}


@router.get("/admin/kantor")
def office_page(request: Request, session: ReadSession, now: Now, by: Editor) -> HTMLResponse:
    """Show who heads the office and signs its letters, and how sponsors pay, each with a form."""
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
        guides=payment_guides.list_guides(session),
        guide=payment_guides.payment_guide(session),
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


@router.post("/admin/kantor/pembayaran")
def enter_payment(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    bank: Text = "",
    rekening: Text = "",
    atas_nama: Text = "",
    petunjuk: LongText = "",
) -> Response:
    """Enter how sponsors pay; all fields empty takes it back."""
    refusal = refusal_of(
        session,
        lambda: payment_guides.enter_guide(
            session,
            bank_name=bank,
            account_number=rekening,
            account_holder=atas_nama,
            instructions=petunjuk,
            by=by,
            now=now,
        ),
    )
    if refusal is not None:
        typed = {"bank": bank, "rekening": rekening, "atas_nama": atas_nama, "petunjuk": petunjuk}
        return _page(request, session, typed, refusal=refusal)
    return redirect(request, "/admin/kantor#pembayaran", "office.did_payment")
