"""Children as the office sees them: the register, the sheet of one child, and what may be done."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import N_
from api.pages.assignments import areas, kelurahan_names
from api.pages.shell import Entry, Page, redirect, render
from api.services import child_states, children
from api.services.clock import local_date
from api.services.errors import Invalid, NotFound, StaleVersion
from data.growth.categories import status_tbu
from data.queries import registers
from data.reference.kits import completed_months
from data.schema import Account, ChangeRequest, ChangeState, ChildState, ConsentPurpose, Household

router = APIRouter()
NAVIGATION = [Entry(N_("Anak"), "/anak", "child:read")]

HOUSEHOLD_FORM = (
    ("guardian_name", N_("Nama orang tua atau wali")),
    ("phone", N_("No HP")),
    ("address", N_("Alamat")),
    ("rt", N_("RT")),
    ("rw", N_("RW")),
    ("landmark", N_("Patokan")),
    ("posyandu", N_("Posyandu")),
)


@router.get("/anak", include_in_schema=False)
def list_children(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("child:read")],
    cari: str = "",
    keadaan: str = "",
    wilayah: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the register of children."""
    known = {each.value: each for each in ChildState}
    wanted: dict[str, Any] = {
        "words": cari,
        "state": known.get(keadaan),
        "area_code": wilayah,
    }
    _, total = registers.children(session, **wanted, limit=0)
    page = Page(halaman, total)
    rows, _ = registers.children(session, **wanted, offset=page.offset, limit=page.size)
    return render(
        request,
        "staff/children.html",
        rows=rows,
        page=page,
        words=cari,
        state=keadaan,
        area=wilayah,
        states=list(known),
        areas=areas(),
        kelurahan=kelurahan_names(),
    )


def _sheet(
    request: Request,
    session: Session,
    by: Account,
    now: Any,
    code: str,
    *,
    status: int = 200,
    stale: StaleVersion | None = None,
    typed: dict[str, Any] | None = None,
) -> HTMLResponse:
    sheet = children.read_child(session, code=code, by=by, now=now)
    today = local_date(now)
    return render(
        request,
        "staff/child.html",
        status=status,
        sheet=sheet,
        months=completed_months(sheet.child.born_on, today),
        today=today,
        height_for_age=status_tbu,
        purposes=list(ConsentPurpose),
        has_consent={
            purpose: any(
                children.in_force(consent, today)
                for consent in sheet.consents
                if consent.purpose is purpose
            )
            for purpose in ConsentPurpose
        },
        form=HOUSEHOLD_FORM,
        typed=typed or {},
        stale=stale,
        kelurahan=kelurahan_names(),
    )


@router.get("/anak/{code}", include_in_schema=False)
def show_child(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("child:read")],
    code: str,
) -> HTMLResponse:
    """Show one child's sheet; the look is written down."""
    return _sheet(request, session, by, now, code)


class HouseholdForm(BaseModel):
    """The household's fields as they were typed; ``version`` is the one that was read."""

    version: int
    guardian_name: str
    phone: str = ""
    address: str = ""
    rt: str = ""
    rw: str = ""
    landmark: str = ""
    posyandu: str = ""
    kelurahan_code: str = ""

    def changes_from(self, household: Household) -> dict[str, object]:
        """Return what differs from the row; blank means nothing, except for the address."""
        found: dict[str, object] = {}
        for name, typed in self.model_dump(exclude={"version"}).items():
            text = str(typed).strip()
            if text != str(getattr(household, name) or ""):
                found[name] = text if text or name == "address" else None
        if found.get("guardian_name", "") is None:
            raise Invalid("field.required", fields={"guardian_name": "field.required"})
        return found


@router.post("/anak/{code}/rumah", include_in_schema=False)
def edit_household(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("household:edit")],
    code: str,
    typed: Annotated[HouseholdForm, Form()],
) -> Response:
    """Save the household; when somebody saved in between, show both and let the person merge."""
    sheet = children.read_child(session, code=code, by=by, now=now, purpose="edit")
    try:
        children.edit_household(
            session,
            household=sheet.household,
            base_version=typed.version,
            changes=typed.changes_from(sheet.household),
            by=by,
            now=now,
        )
    except StaleVersion as stale:
        return _sheet(
            request, session, by, now, code, status=409, stale=stale, typed=typed.model_dump()
        )
    return redirect(request, f"/anak/{sheet.child.code}", "child.saved", child=sheet.child.code)


@router.post("/anak/{code}/persetujuan", include_in_schema=False)
def consent(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("consent:edit")],
    code: str,
    tujuan: Annotated[str, Form()],
    tindakan: Annotated[str, Form()],
    bukti: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Write down a guardian's consent to one purpose, or its withdrawal."""
    known = {each.value: each for each in ConsentPurpose}
    if tujuan not in known:
        raise Invalid("field.choice", fields={"tujuan": "field.choice"})
    sheet = children.read_child(session, code=code, by=by, now=now, purpose="consent")
    if tindakan == "cabut":
        children.withdraw_consent(session, child=sheet.child, purpose=known[tujuan], by=by, now=now)
        return redirect(request, f"/anak/{code}", "child.consent_withdrawn")
    children.grant_consent(
        session,
        child=sheet.child,
        purpose=known[tujuan],
        guardian_name=sheet.household.guardian_name,
        granted_on=local_date(now),
        evidence=bukti,
        by=by,
        now=now,
    )
    return redirect(request, f"/anak/{code}", "child.consent_granted")


@router.post("/anak/{code}/keadaan", include_in_schema=False)
def change_state(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("child:edit")],
    code: str,
    tindakan: Annotated[str, Form()],
    alasan: Annotated[str, Form()] = "",
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
            child_states.exit_child(session, **acting, effective_on=local_date(now), reason=alasan)
        case _:
            raise Invalid("field.choice", fields={"tindakan": "field.choice"})
    return redirect(request, f"/anak/{code}", "child.saved", child=code)


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
    return redirect(request, f"/anak/{code}", "child.saved", child=code)


@router.post("/anak/{code}/pindah", include_in_schema=False)
def report_move(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("child:report")],
    code: str,
    kelurahan: Annotated[str, Form()],
    alamat: Annotated[str, Form()],
    rt: Annotated[str, Form()] = "",
    rw: Annotated[str, Form()] = "",
    patokan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Report from the field that a family moved."""
    child = children.find_child(session, code=code, by=by, now=now)
    to = {
        "kelurahan_code": kelurahan,
        "address": alamat,
        "rt": rt or None,
        "rw": rw or None,
        "landmark": patokan or None,
    }
    children.request_move(session, child=child, to=to, by=by, now=now)
    return redirect(request, "/pindah", "child.move_reported", child=code)


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
        kelurahan=kelurahan_names(),
    )


@router.post("/pindah/{request_id}", include_in_schema=False)
def decide_move(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("change:decide")],
    request_id: int,
    tindakan: Annotated[str, Form()],
    alasan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Accept or reject a reported change."""
    change = session.get(ChangeRequest, request_id)
    if change is None or change.state is not ChangeState.PENDING:
        raise NotFound("change.not_found", change=request_id)
    children.decide_change(
        session, request=change, accept=tindakan == "terima", by=by, now=now, reason=alasan
    )
    return redirect(request, "/pindah", "child.move_decided")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("field.date", fields={"sampai": "field.date"}) from None
