"""Forms of sponsors and pledges: register, write down a pledge, correct, renew."""

import json
import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Keys, Now, ReadSession, WriteSession, requires
from api.pages.child_fields import texts_of_form
from api.pages.children import Typed
from api.pages.field_words import FieldWords, area_choices
from api.pages.names import kelurahan_choices
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import language_of, redirect, render
from api.pages.sponsor_fields import (
    PLEDGE,
    SPONSOR,
    NewPledge,
    NewSponsor,
    PledgeEdit,
    SponsorEdit,
)
from api.pages.typed_fields import changes, shown, texts_read, values
from api.services import pledges, sponsors
from api.services.clock import local_date
from api.services.errors import Invalid, NotFound, ServiceError
from api.services.months import later_month, month_of
from data.schema import Account, Pledge, PledgeForm, Sponsor, SponsorKind

router = APIRouter(include_in_schema=False)

Registrar = Annotated[Account, requires("sponsor:edit")]
Editor = Annotated[Account, requires("pledge:edit")]
NUMBER = re.compile(r"\d{16}|\d{18}")
"""A NIK has 16 digits, a civil servant's NIP 18."""
USUAL_MONTHS = "12"


@router.get("/orang-tua-asuh/baru")
def new_sponsor(request: Request, by: Registrar) -> HTMLResponse:
    """Show the form of a sponsor that no file brings."""
    del by
    return _sponsor_form(request, dict.fromkeys(NewSponsor.model_fields, ""))


@router.post("/orang-tua-asuh/baru")
def register(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Registrar,
    form: Annotated[NewSponsor, Form()],
) -> Response:
    """Register a sponsor and lead to the form of the first pledge."""
    typed = texts_of_form(form)
    made: list[Sponsor] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            sponsors.register_sponsor(
                session,
                fields=values(SPONSOR, typed),
                by=by,
                now=now,
                keys=keys,
                nik=_number(typed["nik"]),
            )
        ),
    )
    if refusal is not None:
        return _sponsor_form(request, typed, refusal)
    code = made[0].code
    return redirect(
        request, f"/orang-tua-asuh/{code}/janji", "sponsor.registered", sponsor=made[0].name
    )


@router.get("/orang-tua-asuh/{code}/ubah")
def sponsor_to_edit(
    request: Request, session: ReadSession, by: Registrar, code: str
) -> HTMLResponse:
    """Show a sponsor's fields to correct."""
    del by
    sponsor = sponsors.find_sponsor(session, code=code)
    return _sponsor_edit(request, sponsor)


@router.post("/orang-tua-asuh/{code}/ubah")
def edit_sponsor(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Registrar,
    code: str,
    form: Annotated[SponsorEdit, Form()],
) -> Response:
    """Save a sponsor; when somebody saved in between, show both and let the person merge."""
    sponsor = sponsors.find_sponsor(session, code=code)
    typed = texts_of_form(form)
    read = texts_read(form.semula) or shown(SPONSOR, sponsor)
    refusal = refusal_of(
        session,
        lambda: sponsors.edit_sponsor(
            session,
            sponsor=sponsor,
            base_version=form.version,
            changes=changes(SPONSOR, read, typed),
            by=by,
            now=now,
        ),
    )
    if refusal is not None:
        return _sponsor_edit(request, sponsor, Typed("sponsor", typed, read, refusal))
    return redirect(request, f"/orang-tua-asuh/{code}", "sponsor.saved")


@router.get("/orang-tua-asuh/{code}/janji")
def new_pledge(
    request: Request, session: ReadSession, now: Now, by: Editor, code: str
) -> HTMLResponse:
    """Show the form of a pledge."""
    del by
    sponsor = sponsors.find_sponsor(session, code=code)
    usual = dict.fromkeys(NewPledge.model_fields, "") | {
        "form": PledgeForm.GOODS.value,
        "num_children": "1",
        "first_month": later_month(month_of(local_date(now)), 1),
        "num_months": USUAL_MONTHS,
    }
    return _pledge_form(request, sponsor, usual)


@router.post("/orang-tua-asuh/{code}/janji")
def add_pledge(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    form: Annotated[NewPledge, Form()],
) -> Response:
    """Write down a pledge."""
    sponsor = sponsors.find_sponsor(session, code=code)
    typed = texts_of_form(form)
    made: list[Pledge] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            pledges.add_pledge(
                session, sponsor=sponsor, fields=values(PLEDGE, typed), by=by, now=now
            )
        ),
    )
    if refusal is not None:
        return _pledge_form(request, sponsor, typed, refusal=refusal)
    return redirect(request, f"/orang-tua-asuh/{code}", "pledge.added", pledge=made[0].code)


@router.get("/orang-tua-asuh/{code}/{pledge_code}/ubah")
def pledge_to_edit(
    request: Request, session: ReadSession, by: Editor, code: str, pledge_code: str
) -> HTMLResponse:
    """Show a pledge's fields to correct."""
    del by
    return _pledge_edit(request, *_pledge(session, code, pledge_code))


@router.post("/orang-tua-asuh/{code}/{pledge_code}/ubah")
def edit_pledge(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    pledge_code: str,
    form: Annotated[PledgeEdit, Form()],
) -> Response:
    """Save a pledge; what changed counts from the next month that is locked."""
    sponsor, pledge = _pledge(session, code, pledge_code)
    typed = texts_of_form(form)
    read = texts_read(form.semula) or shown(PLEDGE, pledge)
    refusal = refusal_of(
        session,
        lambda: pledges.edit_pledge(
            session,
            pledge=pledge,
            base_version=form.version,
            changes=changes(PLEDGE, read, typed),
            by=by,
            now=now,
        ),
    )
    if refusal is not None:
        return _pledge_edit(request, sponsor, pledge, Typed("pledge", typed, read, refusal))
    return redirect(request, f"/orang-tua-asuh/{code}", "pledge.saved", pledge=pledge.code)


@router.post("/orang-tua-asuh/{code}/{pledge_code}/perpanjang")
def renew(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    pledge_code: str,
    bulan: Annotated[int, Form(ge=1, le=120)],
) -> Response:
    """Let a pledge run longer, or begin anew after its end."""
    _, pledge = _pledge(session, code, pledge_code)
    again = pledges.renew_pledge(session, pledge=pledge, num_months=bulan, by=by, now=now)
    found = "pledge.renewed" if again.id == pledge.id else "pledge.begun_anew"
    return redirect(request, f"/orang-tua-asuh/{code}", found, pledge=again.code, months=bulan)


def _pledge(session: Session, code: str, pledge_code: str) -> tuple[Sponsor, Pledge]:
    sponsor = sponsors.find_sponsor(session, code=code)
    pledge = pledges.find_pledge(session, code=pledge_code)
    if pledge.sponsor_id != sponsor.id:
        raise NotFound("pledge.not_found", pledge=pledge_code)
    return sponsor, pledge


def _number(text: str) -> str | None:
    digits = text.replace(" ", "")
    if digits and not NUMBER.fullmatch(digits):
        raise Invalid("field.nik", fields={"nik": "field.nik"})
    return digits or None


def _sponsor_form(
    request: Request, typed: Mapping[str, str], refusal: ServiceError | None = None
) -> HTMLResponse:
    errors = texts_of(request, refusal)
    if refusal is not None and refusal.code == "sponsor.nik_known":
        errors = {"nik": next(iter(errors.values()))}
    return _render_sponsor(request, None, typed, errors=errors, refusal=refusal)


def _sponsor_edit(request: Request, sponsor: Sponsor, typed: Typed | None = None) -> HTMLResponse:
    current = shown(SPONSOR, sponsor)
    refusal = typed.refusal if typed else None
    return _render_sponsor(
        request,
        sponsor,
        typed.filled(current) if typed else current,
        current=current,
        errors={} if typed and typed.stale else texts_of(request, refusal),
        refusal=refusal,
        stale=typed.stale if typed else None,
    )


def _render_sponsor(
    request: Request,
    sponsor: Sponsor | None,
    filled: Mapping[str, str],
    *,
    errors: Mapping[str, str],
    refusal: ServiceError | None,
    current: Mapping[str, str] | None = None,
    stale: ServiceError | None = None,
) -> HTMLResponse:
    return render(
        request,
        "staff/sponsor_form.html",
        status=status_of(refusal),
        errors=errors,
        sponsor=sponsor,
        filled=filled,
        current=current or {},
        read=json.dumps(current),
        stale=stale,
        fields=[each.name for each in SPONSOR],
        kinds=list(SponsorKind),
        words=FieldWords(language_of(request)),
        choices=kelurahan_choices(),
    )


def _pledge_edit(
    request: Request, sponsor: Sponsor, pledge: Pledge, typed: Typed | None = None
) -> HTMLResponse:
    current = shown(PLEDGE, pledge)
    filled = typed.filled(current) if typed else current
    return _pledge_form(request, sponsor, filled, pledge=pledge, current=current, typed=typed)


def _pledge_form(
    request: Request,
    sponsor: Sponsor,
    filled: Mapping[str, str],
    *,
    pledge: Pledge | None = None,
    current: Mapping[str, str] | None = None,
    typed: Typed | None = None,
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    refusal = typed.refusal if typed else refusal
    stale = typed.stale if typed else None
    errors = {} if stale else texts_of(request, refusal)
    if refusal is not None and refusal.code == "month.unreadable":
        errors = {"first_month": next(iter(errors.values()))}
    return render(
        request,
        "staff/pledge_form.html",
        status=status_of(refusal),
        errors=errors,
        sponsor=sponsor,
        pledge=pledge,
        filled=filled,
        current=current or {},
        read=json.dumps(current),
        stale=stale,
        fields=[each.name for each in PLEDGE],
        forms=list(PledgeForm),
        words=FieldWords(language_of(request)),
        areas=area_choices(),
    )
