"""Children as the office sees them: the register, the sheet of one child, its household."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import N_
from api.pages.field_words import FieldWords, area_choices, area_names
from api.pages.names import kelurahan_choices
from api.pages.shell import Entry, Page, field_errors, language_of, redirect, render
from api.services import children
from api.services.child_states import EXIT_REASONS
from api.services.clock import local_date
from api.services.errors import Invalid, StaleVersion
from data.growth.categories import status_tbu
from data.queries import registers
from data.reference.kits import completed_months
from data.schema import Account, ChildState, ConsentPurpose, Household

router = APIRouter()
NAVIGATION = [Entry(N_("Anak"), "/anak", "child:read")]

HOUSEHOLD_FORM = (
    "guardian_name",
    "phone",
    "address",
    "rt",
    "rw",
    "landmark",
    "posyandu",
    "kelurahan_code",
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
    del by
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
        areas=area_choices(),
        kelurahan=area_names(),
    )


class HouseholdForm(BaseModel):
    """The household's fields as they were typed; ``version`` and ``semula`` are what was read."""

    version: int
    semula: str = ""
    guardian_name: str = ""
    phone: str = ""
    address: str = ""
    rt: str = ""
    rw: str = ""
    landmark: str = ""
    posyandu: str = ""
    kelurahan_code: str = ""

    def changes_from(self, household: Household) -> dict[str, object]:
        """Return what the person changed; blank means nothing, except for the address.

        Raises
        ------
        Invalid
            ``field.required`` for a guardian without a name.
        """
        read = values_read(self.semula) or shown_values(household)
        found: dict[str, object] = {}
        for name in HOUSEHOLD_FORM:
            text = str(getattr(self, name)).strip()
            if text != read.get(name, ""):
                found[name] = text if text or name == "address" else None
        if found.get("guardian_name", "") is None:
            raise Invalid("field.required", fields={"guardian_name": "field.required"})
        return found


def shown_values(household: Household) -> dict[str, str]:
    """Return the household's fields as the form shows them."""
    return {name: str(getattr(household, name) or "") for name in HOUSEHOLD_FORM}


def values_read(text: str) -> dict[str, str]:
    """Return the values that a form was filled with, or nothing when they cannot be read."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return (
        {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
    )


def _sheet(
    request: Request,
    session: Session,
    by: Account,
    now: datetime,
    code: str,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    stale: StaleVersion | None = None,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    sheet = children.read_child(session, code=code, by=by, now=now)
    today, read = local_date(now), shown_values(sheet.household)
    return render(
        request,
        "staff/child.html",
        status=status,
        errors=errors or {},
        sheet=sheet,
        months=completed_months(sheet.child.born_on, today),
        today=today,
        height_for_age=status_tbu,
        has_consent={
            purpose: any(
                children.in_force(consent, today)
                for consent in sheet.consents
                if consent.purpose is purpose
            )
            for purpose in ConsentPurpose
        },
        form=HOUSEHOLD_FORM,
        filled={**read, **(typed or {})},
        read=json.dumps(read),
        stale=stale,
        words=FieldWords(language_of(request)),
        kelurahan=area_names(),
        choices=kelurahan_choices(),
        exit_reasons=EXIT_REASONS,
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
    mine: dict[str, object] = {}
    try:
        mine = typed.changes_from(sheet.household)
        children.edit_household(
            session,
            household=sheet.household,
            base_version=typed.version,
            changes=mine,
            by=by,
            now=now,
        )
    except StaleVersion as stale:
        kept = {name: str(value or "") for name, value in mine.items()}
        return _sheet(request, session, by, now, code, status=409, stale=stale, typed=kept)
    except Invalid as invalid:
        kept = typed.model_dump(include=set(HOUSEHOLD_FORM))
        errors = field_errors(request, invalid)
        return _sheet(request, session, by, now, code, status=422, errors=errors, typed=kept)
    return redirect(request, f"/anak/{sheet.child.code}", "child.saved")


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
