"""What a guardian said of one child, written down on its sheet: yes, no, or a yes taken back."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.dependencies import Now, WriteSession, requires
from api.pages.children import Typed, sheet_page
from api.pages.refusals import refusal_of
from api.pages.shell import redirect
from api.services import children
from api.services.clock import local_date
from api.services.consents import grant_consent, refuse_consent, withdraw_consent
from api.services.errors import Invalid
from data.schema import Account, ConsentPurpose

router = APIRouter(include_in_schema=False)


@router.post("/anak/{code}/persetujuan")
def consent(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("consent:edit")],
    code: str,
    tujuan: Annotated[str, Form()],
    tindakan: Annotated[str, Form()],
    bukti: Annotated[str, Form()] = "",
) -> Response:
    """Write down a guardian's answer to one purpose: yes, no, or a yes taken back."""
    known = {each.value: each for each in ConsentPurpose}
    if tujuan not in known:
        raise Invalid("field.choice", fields={"tujuan": "field.choice"})
    sheet = children.read_child(session, code=code, by=by, now=now, purpose="consent")
    about: dict[str, Any] = {"child": sheet.child, "purpose": known[tujuan], "by": by, "now": now}
    signed = about | {"guardian_name": sheet.household.guardian_name, "evidence": bukti}
    today = local_date(now)
    acts: dict[str, tuple[str, Callable[[], object]]] = {
        "catat": ("granted", lambda: grant_consent(session, **signed, granted_on=today)),
        "tolak": ("refused", lambda: refuse_consent(session, **signed, refused_on=today)),
        "cabut": ("withdrawn", lambda: withdraw_consent(session, **about)),
    }
    if tindakan not in acts:
        raise Invalid("field.choice", fields={"tindakan": "field.choice"})
    did, act = acts[tindakan]
    refusal = refusal_of(session, act)
    if refusal is not None:
        return sheet_page(request, session, by, now, code, typed=Typed("", {}, {}, refusal))
    return redirect(request, f"/anak/{code}", f"child.did.consent_{did}")
