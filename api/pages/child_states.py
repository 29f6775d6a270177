"""What is decided about a child's part in the programme: confirm, pause, let go, take in again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.dependencies import Now, WriteSession, requires
from api.pages.children import Typed, sheet_page
from api.pages.refusals import CONTENT, refusal_of
from api.pages.shell import redirect
from api.pages.typed_fields import day_of
from api.services import child_states, children
from api.services.clock import local_date
from api.services.errors import Invalid
from data.schema import Account

router = APIRouter()


@router.post("/anak/{code}/keadaan", include_in_schema=False)
def change_state(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("child:edit")],
    code: str,
    tindakan: Annotated[str, Form()],
    alasan: Annotated[str, Form()] = "",
    sebab: Annotated[str, Form()] = "",
    sampai: Annotated[str, Form()] = "",
) -> Response:
    """Confirm a measurement, ask for a new one, pause, resume, or end a child's part."""
    child = children.find_child(session, code=code, by=by, now=now)
    acting: dict[str, Any] = {"child": child, "by": by, "now": now}

    def act() -> None:
        match tindakan:
            case "sahkan":
                child_states.confirm_measurement(session, **acting, reason=alasan)
            case "ukur":
                child_states.ask_measurement(session, **acting, reason=alasan)
            case "jeda":
                child_states.pause_child(
                    session, **acting, until=day_of(sampai, "sampai"), reason=alasan
                )
            case "lanjut":
                child_states.resume_child(session, **acting)
            case "keluar":
                today = local_date(now)
                child_states.exit_child(session, **acting, effective_on=today, reason=sebab)
            case _:
                raise Invalid("field.choice", fields={CONTENT: "field.choice"})

    texts = {"sampai": sampai, "alasan": alasan, "sebab": sebab}
    form = "exit" if tindakan == "keluar" else "state"
    return _after(request, session, now, by, code, act, form, texts)


@router.post("/anak/{code}/lulus", include_in_schema=False)
def graduate(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("child:decide")],
    code: str,
    alasan: Annotated[str, Form()] = "",
) -> Response:
    """Let a recovered child go; the approver confirms."""
    child = children.find_child(session, code=code, by=by, now=now)

    def act() -> None:
        child_states.graduate_child(
            session, child=child, by=by, now=now, effective_on=local_date(now), reason=alasan
        )

    return _after(request, session, now, by, code, act, "graduate", {"alasan-lulus": alasan})


@router.post("/anak/{code}/kembali", include_in_schema=False)
def readmit(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("child:decide")],
    code: str,
    alasan: Annotated[str, Form()] = "",
) -> Response:
    """Take a graduated or gone child in again; the approver confirms."""
    child = children.find_child(session, code=code, by=by, now=now)

    def act() -> None:
        child_states.readmit_child(session, child=child, by=by, now=now, reason=alasan)

    return _after(request, session, now, by, code, act, "readmit", {"alasan-kembali": alasan})


def _after(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    code: str,
    act: Callable[[], None],
    form: str,
    texts: Mapping[str, str],
) -> Response:
    """Do it and lead back to the sheet; refused, show the sheet with the form as it was typed."""
    refusal = refusal_of(session, act)
    if refusal is None:
        return redirect(request, f"/anak/{code}", "child.saved")
    reason = next((name for name in texts if name.startswith("alasan")), CONTENT)
    names = {"until": "sampai", "reason": "sebab" if form == "exit" else reason}
    at = reason if refusal.code == "child.reason" else CONTENT
    kept = Typed(form, texts, {}, refusal, names, at)
    return sheet_page(request, session, by, now, code, typed=kept)
