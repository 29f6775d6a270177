"""Forms of a vehicle: added by hand, its limits, hours and skills changed."""

import json
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import Formats, sentence
from api.pages import typed_fields
from api.pages.child_fields import texts_of_form
from api.pages.field_words import FieldWords, skill_names
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import language_of, redirect, render
from api.pages.typed_fields import TypedField
from api.services import vehicles
from api.services.errors import ServiceError, StaleVersion
from data.reference.skills import skills
from data.schema import Account, Vehicle, VehicleKind

router = APIRouter(include_in_schema=False)
Editor = Annotated[Account, requires("route:edit")]
WEEKDAYS = range(7)


def _yes(name: str) -> TypedField:
    return TypedField(
        name, lambda text: text == "ya", lambda is_so: "ya" if is_so else "", blank=False
    )


def _weekdays(text: str) -> list[int]:
    days = sorted({int(each) for each in text.split(",") if each})
    if set(days) - set(WEEKDAYS):
        raise ValueError(text)
    return days


VEHICLE = (
    TypedField("name", is_required=True),
    TypedField("kind", VehicleKind, lambda kind: kind.value, "field.choice", is_required=True),
    TypedField("plate"),
    TypedField(
        "capacity_g",
        typed_fields.decimal(1000, 1000, 20_000_000),
        typed_fields.scaled(1000),
        "field.kilograms",
        is_required=True,
    ),
    TypedField(
        "capacity_ml",
        typed_fields.decimal(1000, 1000, 50_000_000),
        typed_fields.scaled(1000),
        "field.litres",
        is_required=True,
    ),
    _yes("has_cool_box"),
    TypedField("shift_starts", typed_fields.clock, error="field.clock", is_required=True),
    TypedField("shift_ends", typed_fields.clock, error="field.clock", is_required=True),
    TypedField(
        "weekdays", _weekdays, lambda days: ",".join(map(str, days)), "field.choice", blank=[]
    ),
    _yes("skips_prayer"),
    TypedField("skills", typed_fields.several_of(lambda: list(skills())), ",".join, "field.choice"),
    TypedField("max_trips", typed_fields.whole(20), error="field.whole"),
    TypedField("max_stops", typed_fields.whole(500), error="field.whole"),
    TypedField(
        "max_distance_m",
        typed_fields.decimal(1000, 1000, 2_000_000),
        typed_fields.scaled(1000),
        "field.kilometres",
    ),
    TypedField("courier_name"),
    TypedField("courier_phone", typed_fields.phone, error="field.phone"),
    _yes("is_active"),
)


class VehicleForm(BaseModel):
    """A vehicle's fields as they were typed; ``semula`` are the texts that the form had."""

    semula: str = ""
    name: str = ""
    kind: str = ""
    plate: str = ""
    capacity_g: str = ""
    capacity_ml: str = ""
    has_cool_box: str = ""
    shift_starts: str = ""
    shift_ends: str = ""
    weekdays: list[str] = []
    skips_prayer: str = ""
    skills: list[str] = []
    max_trips: str = ""
    max_stops: str = ""
    max_distance_m: str = ""
    courier_name: str = ""
    courier_phone: str = ""
    is_active: str = ""


NEW = {"kind": "motorcycle", "shift_starts": "08:00", "shift_ends": "16:00", "is_active": "ya"}


@router.get("/armada/baru")
def new_vehicle(request: Request, by: Editor) -> HTMLResponse:
    """Show the form of a vehicle that no file brings."""
    del by
    return _page(request, None, NEW)


@router.post("/armada/baru")
def add(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    form: Annotated[VehicleForm, Form()],
) -> Response:
    """Add a vehicle; what is missing or wrong is said at its field, what was typed stays."""
    typed = texts_of_form(form)
    made: list[Vehicle] = []

    def act() -> None:
        values = typed_fields.values(VEHICLE, typed)
        made.append(vehicles.save_vehicle(session, vehicle=None, changes=values, by=by, now=now))

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _page(request, None, typed, refusal)
    return redirect(request, "/armada", "vehicle.did.saved", vehicle=made[0].name)


@router.get("/armada/{vehicle_id}/ubah")
def edit_form(
    request: Request, session: ReadSession, by: Editor, vehicle_id: RowId
) -> HTMLResponse:
    """Show a vehicle's fields."""
    del by
    vehicle = vehicles.find_vehicle(session, vehicle_id=vehicle_id)
    return _page(request, vehicle, typed_fields.shown(VEHICLE, vehicle))


@router.post("/armada/{vehicle_id}/ubah")
def edit(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    vehicle_id: RowId,
    form: Annotated[VehicleForm, Form()],
) -> Response:
    """Save what was changed of a vehicle since the form was shown."""
    vehicle = vehicles.find_vehicle(session, vehicle_id=vehicle_id)
    return _edited(request, session, now, by, vehicle, form)


def _edited(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    vehicle: Vehicle,
    form: VehicleForm,
) -> Response:
    typed = texts_of_form(form)
    read = typed_fields.texts_read(form.semula) or typed_fields.shown(VEHICLE, vehicle)

    def act() -> None:
        vehicles.save_vehicle(
            session,
            vehicle=vehicle,
            changes=typed_fields.changes(VEHICLE, read, typed),
            by=by,
            now=now,
            read=typed_fields.values_read(VEHICLE, read, vehicle),
        )

    refusal = refusal_of(session, act)
    if isinstance(refusal, StaleVersion):
        current = typed_fields.shown(VEHICLE, vehicle)
        touched = {name: text for name, text in typed.items() if text != read.get(name, "")}
        return _page(request, vehicle, {**current, **touched}, refusal, current)
    if refusal is not None:
        return _page(request, vehicle, typed, refusal, read)
    return redirect(request, "/armada", "vehicle.did.saved", vehicle=vehicle.name)


def _page(
    request: Request,
    vehicle: Vehicle | None,
    texts: dict[str, str],
    refusal: ServiceError | None = None,
    read: dict[str, str] | None = None,
) -> HTMLResponse:
    language = language_of(request)
    names = {each.name for each in VEHICLE}
    shown = {name: text for name, text in texts.items() if name in names}
    return render(
        request,
        "coordinator/vehicle_form.html",
        status=status_of(refusal),
        errors=_errors(request, refusal),
        vehicle=vehicle,
        typed=dict.fromkeys(names, "") | shown,
        read=json.dumps(read or shown) if vehicle else "",
        words=FieldWords(language),
        kinds=list(VehicleKind),
        weekdays=[(str(day), Formats(language).weekday_name(day)) for day in WEEKDAYS],
        skills=skill_names(language),
    )


def _errors(request: Request, refusal: ServiceError | None) -> dict[str, str]:
    """Return field → sentence; what another person saved is said at the field that both changed."""
    if not isinstance(refusal, StaleVersion):
        return texts_of(request, refusal)
    language = language_of(request)
    words = FieldWords(language)
    return {
        name: sentence("vehicle.stale", {"saved": words.value(name, both["theirs"])}, language)
        for name, both in refusal.params["fields"].items()  # type: ignore[attr-defined]
    }
