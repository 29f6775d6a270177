"""What is decided about a child's part in the programme: confirm, pause, let go, take in again."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from api.dependencies import Now, WriteSession, requires
from api.pages.shell import redirect
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
) -> RedirectResponse:
    """Confirm a measurement, ask for a new one, pause, resume, or end a child's part."""
    child = children.find_child(session, code=code, by=by, now=now)
    acting: dict[str, Any] = {"child": child, "by": by, "now": now}
    match tindakan:
        case "sahkan":
            child_states.confirm_measurement(session, **acting, reason=alasan)
        case "ukur":
            child_states.ask_measurement(session, **acting, reason=alasan)
        case "jeda":
            child_states.pause_child(session, **acting, until=_day(sampai), reason=alasan)
        case "lanjut":
            child_states.resume_child(session, **acting)
        case "keluar":
            child_states.exit_child(session, **acting, effective_on=local_date(now), reason=sebab)
        case _:
            raise Invalid("field.choice", fields={"tindakan": "field.choice"})
    return redirect(request, f"/anak/{code}", "child.saved")


@router.post("/anak/{code}/lulus", include_in_schema=False)
def graduate(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("child:decide")],
    code: str,
    alasan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Let a recovered child go; the approver confirms."""
    child = children.find_child(session, code=code, by=by, now=now)
    child_states.graduate_child(
        session, child=child, by=by, now=now, effective_on=local_date(now), reason=alasan
    )
    return redirect(request, f"/anak/{code}", "child.saved")


@router.post("/anak/{code}/kembali", include_in_schema=False)
def readmit(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("child:decide")],
    code: str,
    alasan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Take a graduated or gone child in again; the approver confirms."""
    child = children.find_child(session, code=code, by=by, now=now)
    child_states.readmit_child(session, child=child, by=by, now=now, reason=alasan)
    return redirect(request, f"/anak/{code}", "child.saved")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("field.date", fields={"sampai": "field.date"}) from None
