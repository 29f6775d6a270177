"""Changes reported from the field: a family moved, a child must be measured again."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.pages.children import Typed, sheet_page
from api.pages.field_words import area_names
from api.pages.names import names_of
from api.pages.refusals import refusal_of
from api.pages.shell import home_of, redirect, render
from api.security import holds
from api.services import change_requests
from api.services.child_states import EXIT_REASONS
from api.services.children import find_child
from api.services.errors import Invalid
from data.queries import registers
from data.reference.reasons import delivery_reasons
from data.schema import Account

router = APIRouter()
INCOMPLETE = "child.move_incomplete"


@router.post("/anak/{code}/pindah", include_in_schema=False)
def report_move(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("child:report")],
    code: str,
    kelurahan: Annotated[str, Form()] = "",
    alamat: Annotated[str, Form()] = "",
    rt: Annotated[str, Form()] = "",
    rw: Annotated[str, Form()] = "",
    patokan: Annotated[str, Form()] = "",
) -> Response:
    """Report from the field that a family moved."""
    child = find_child(session, code=code, by=by, now=now)
    to = {
        "kelurahan_code": kelurahan,
        "address": alamat.strip(),
        "rt": rt or None,
        "rw": rw or None,
        "landmark": patokan or None,
    }

    def act() -> None:
        missing = {"kelurahan_code": kelurahan in area_names(), "address": bool(alamat.strip())}
        if wrong := {name: INCOMPLETE for name, is_there in missing.items() if not is_there}:
            raise Invalid(INCOMPLETE, fields=wrong)
        change_requests.request_move(session, child=child, to=to, by=by, now=now)

    refusal = refusal_of(session, act)
    if refusal is not None and not holds(by, "child:read"):
        raise refusal  # the sheet of the child is not theirs to see
    if refusal is not None:
        typed = {"kelurahan": kelurahan, "alamat": alamat, "rt": rt, "rw": rw, "patokan": patokan}
        texts = {f"{name}-baru": text for name, text in typed.items()}
        names = dict(zip(to, texts, strict=True))
        kept = Typed("move", texts, {}, refusal, names)
        return sheet_page(request, session, by, now, code, typed=kept)
    seen_on = "/pindah" if holds(by, "change:read") else home_of(by)
    return redirect(request, seen_on, "child.move_reported", child=child.code)


@router.get("/pindah", include_in_schema=False)
def list_moves(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("change:read")],
) -> HTMLResponse:
    """Show the changes that the field has reported and nobody has decided."""
    return render(
        request,
        "staff/moves.html",
        rows=registers.pending_changes(session),
        kelurahan=area_names(),
        names=names_of(request),
        reason_codes=delivery_reasons(),
        exit_reasons=EXIT_REASONS,
    )


@router.post("/pindah/{request_id}", include_in_schema=False)
def decide_move(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("change:decide")],
    request_id: RowId,
    tindakan: Annotated[str, Form()],
    alasan: Annotated[str, Form()] = "",
    sebab: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Accept or reject a reported change."""
    change_requests.decide_change(
        session,
        request=change_requests.find_change(session, request_id=request_id),
        accept=tindakan == "terima",
        by=by,
        now=now,
        reason=alasan,
        exit_reason=sebab,
    )
    return redirect(request, "/pindah", "child.move_decided")
