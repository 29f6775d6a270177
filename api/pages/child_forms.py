"""Forms of a child: register one by hand, correct its own fields, add a measurement."""

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Keys, Now, WriteSession, requires
from api.pages import typed_fields
from api.pages.child_fields import (
    CHILD,
    HOME,
    WISHES,
    ChildEdit,
    MeasurementForm,
    NewChild,
    measurement_of,
    texts_of_form,
)
from api.pages.children import Typed, sheet_page
from api.pages.field_words import FieldWords, allergy_names, skill_names
from api.pages.names import kelurahan_choices
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import language_of, redirect, render
from api.services import children, consents, registering
from api.services.clock import local_date
from api.services.errors import Invalid, NotFound, ServiceError
from data.place import place_of
from data.schema import Account, Child, ConsentPurpose, Household

router = APIRouter(include_in_schema=False)

Editor = Annotated[Account, requires("child:edit")]
NIK = re.compile(r"\d{16}")


@router.get("/anak/baru")
def new_child(request: Request, now: Now, by: Editor) -> HTMLResponse:
    """Show the form of a child that no file brings."""
    return _new(request, now, by, {})


@router.post("/anak/baru")
def register(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Editor,
    form: Annotated[NewChild, Form()],
) -> Response:
    """Register a child; what is missing or wrong is said at its field, what was typed stays."""
    typed = texts_of_form(form)
    made: list[Child] = []

    def act() -> None:
        sibling = _sibling(session, typed["serumah"], by, now)
        child = registering.register_child(
            session,
            fields=typed_fields.values(CHILD, typed),
            home={} if sibling else typed_fields.values(HOME, typed),
            nik=_nik(typed["nik"]),
            sibling=sibling,
            measurement=measurement_of(typed) if typed["measured_on"] else None,
            by=by,
            now=now,
            keys=keys,
        )
        if typed["program"]:
            home = session.get_one(Household, child.household_id)
            consents.grant_consent(
                session,
                child=child,
                purpose=ConsentPurpose.PROGRAMME,
                guardian_name=home.guardian_name,
                granted_on=local_date(now),
                by=by,
                now=now,
            )
        made.append(child)

    digits = _digits(typed["nik"])
    refusal: ServiceError | None = None
    if NIK.fullmatch(digits):
        refusal = registering.ask_nik(session, nik=digits, by=by, now=now, keys=keys)
    refusal = refusal or refusal_of(session, act)
    if refusal is not None:
        return _new(request, now, by, typed, refusal)
    code = made[0].code
    found = "child.registered_alike" if made[0].review_reasons else "child.registered"
    return redirect(request, f"/anak/{code}", found, child=code)


@router.post("/anak/{code}/data")
def edit(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    form: Annotated[ChildEdit, Form()],
) -> Response:
    """Save the child's own fields; when somebody saved in between, both are shown to merge."""
    child = children.find_child(session, code=code, by=by, now=now)
    typed = texts_of_form(form)
    read = typed_fields.texts_read(form.semula) or typed_fields.shown(CHILD, child)

    def act() -> None:
        children.edit_child(
            session,
            child=child,
            base_version=form.version,
            changes=typed_fields.changes(CHILD, read, typed),
            by=by,
            now=now,
        )

    refusal = refusal_of(session, act)
    if refusal is not None:
        kept = Typed("child", typed, read, refusal)
        return sheet_page(request, session, by, now, code, typed=kept)
    return redirect(request, f"/anak/{child.code}", "child.saved")


@router.post("/anak/{code}/ukur")
def measure(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    form: Annotated[MeasurementForm, Form()],
) -> Response:
    """Add a measurement that the kader took; the child's state follows it."""
    child = children.find_child(session, code=code, by=by, now=now)
    typed = texts_of_form(form)
    refusal = refusal_of(
        session,
        lambda: registering.record_measurement(
            session, child=child, measurement=measurement_of(typed), by=by, now=now
        ),
    )
    if refusal is not None:
        kept = Typed("measurement", typed, {}, refusal)
        return sheet_page(request, session, by, now, code, typed=kept)
    return redirect(request, f"/anak/{child.code}#tumbuh", "child.measured")


def _nik(text: str) -> str | None:
    digits = _digits(text)
    if digits and not NIK.fullmatch(digits):
        raise Invalid("field.nik", fields={"nik": "field.nik"})
    return digits or None


def _digits(text: str) -> str:
    return text.replace(" ", "")


def _sibling(session: Session, code: str, by: Account, now: datetime) -> Child | None:
    if not code:
        return None
    try:
        return children.find_child(session, code=code.upper(), by=by, now=now)
    except NotFound:
        raise Invalid("child.no_sibling", fields={"serumah": "child.no_sibling"}) from None


def _new(
    request: Request,
    now: datetime,
    by: Account,
    typed: dict[str, str],
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    choices = kelurahan_choices(place_of(by))
    only = {"kelurahan_code": choices[0][0]} if len(choices) == 1 else {}
    errors = texts_of(request, refusal)
    if refusal is not None and refusal.code == "child.nik_known":
        errors = {"nik": next(iter(errors.values()))}
    language = language_of(request)
    return render(
        request,
        "staff/child_new.html",
        status=status_of(refusal),
        errors=errors,
        typed=dict.fromkeys(NewChild.model_fields, "") | only | typed,
        today=local_date(now),
        words=FieldWords(language),
        allergies=allergy_names(language),
        skills=skill_names(language),
        wishes=WISHES,
        choices=choices,
    )
