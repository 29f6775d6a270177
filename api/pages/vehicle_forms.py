"""Forms of a vehicle: added by hand, its limits, hours and skills changed."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import Formats, translator
from api.pages import typed_fields
from api.pages.child_fields import texts_of_form
from api.pages.field_words import FieldWords, skill_names
from api.pages.refusals import refusal_of, status_of
from api.pages.row_edits import Shown, edit_row, errors_of
from api.pages.shell import language_of, redirect, render
from api.pages.typed_fields import TypedField
from api.services import vehicles
from api.services.depots import active_depots
from data.reference.skills import skills
from data.reference.vehicles import vehicle_kinds
from data.schema import Account, Depot, Vehicle, VehicleKind

router = APIRouter(include_in_schema=False)
Editor = Annotated[Account, requires("route:edit")]
WEEKDAYS = range(7)
MOST_RP_PER_KM, MOST_RP = 1_000_000, 10_000_000


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
    typed_fields.ticked("has_cool_box"),
    TypedField("shift_starts", typed_fields.clock, error="field.clock", is_required=True),
    TypedField("shift_ends", typed_fields.clock, error="field.clock", is_required=True),
    TypedField(
        "weekdays", _weekdays, lambda days: ",".join(map(str, days)), "field.choice", blank=[]
    ),
    typed_fields.ticked("skips_prayer"),
    TypedField("skills", typed_fields.several_of(lambda: list(skills())), ",".join, "field.choice"),
    TypedField("max_trips", typed_fields.whole(20), error="field.whole"),
    TypedField("max_stops", typed_fields.whole(500), error="field.whole"),
    TypedField(
        "max_distance_m",
        typed_fields.decimal(1000, 1000, 2_000_000),
        typed_fields.scaled(1000),
        "field.kilometres",
    ),
    TypedField(
        "speed_m_per_h",
        typed_fields.decimal(1000, 1000, 200_000),
        typed_fields.scaled(1000),
        "field.speed",
    ),
    TypedField("cost_rp_per_km", typed_fields.whole(MOST_RP_PER_KM), error="field.rupiah"),
    TypedField("cost_rp_per_hour", typed_fields.whole(MOST_RP), error="field.rupiah"),
    TypedField("cost_rp_per_day", typed_fields.whole(MOST_RP), error="field.rupiah"),
    TypedField("courier_name"),
    typed_fields.telephone("courier_phone"),
    TypedField("depot_id", int, str, "field.choice"),
    typed_fields.ticked("is_active"),
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
    speed_m_per_h: str = ""
    cost_rp_per_km: str = ""
    cost_rp_per_hour: str = ""
    cost_rp_per_day: str = ""
    courier_name: str = ""
    courier_phone: str = ""
    depot_id: str = ""
    is_active: str = ""


NEW = {"kind": "motorcycle", "shift_starts": "08:00", "shift_ends": "16:00", "is_active": "ya"}


@router.get("/armada/baru")
def new_vehicle(request: Request, session: ReadSession, by: Editor) -> HTMLResponse:
    """Show the form of a vehicle that no file brings."""
    del by
    return _page(request, session, None, Shown(NEW))


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
        return _page(request, session, None, Shown(typed, refusal))
    return redirect(request, "/armada", "vehicle.did.saved", vehicle=made[0].name)


@router.get("/armada/{vehicle_id}/ubah")
def edit_form(
    request: Request, session: ReadSession, by: Editor, vehicle_id: RowId
) -> HTMLResponse:
    """Show a vehicle's fields."""
    del by
    vehicle = vehicles.find_vehicle(session, vehicle_id=vehicle_id)
    return _page(request, session, vehicle, Shown(typed_fields.shown(VEHICLE, vehicle)))


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

    def save(changes: dict[str, Any], read: dict[str, Any]) -> None:
        vehicles.save_vehicle(session, vehicle=vehicle, changes=changes, by=by, now=now, read=read)

    refused = edit_row(session, VEHICLE, lambda: vehicle, texts_of_form(form), save)
    if refused is not None:
        return _page(request, session, vehicle, refused)
    return redirect(request, "/armada", "vehicle.did.saved", vehicle=vehicle.name)


def _page(
    request: Request, session: Session, vehicle: Vehicle | None, shown: Shown
) -> HTMLResponse:
    language = language_of(request)
    names = {each.name for each in VEHICLE}
    texts = {name: text for name, text in shown.texts.items() if name in names}
    return render(
        request,
        "coordinator/vehicle_form.html",
        status=status_of(shown.refusal),
        errors=errors_of(request, shown.refusal),
        vehicle=vehicle,
        typed=dict.fromkeys(names, "") | texts,
        read=json.dumps(shown.read or texts) if vehicle else "",
        words=FieldWords(language),
        kinds=list(VehicleKind),
        usual=vehicle_kinds(),
        weekdays=[(str(day), Formats(language).weekday_name(day)) for day in WEEKDAYS],
        skills=skill_names(language),
        depots=_depots(request, session, vehicle),
    )


def _depots(request: Request, session: Session, vehicle: Vehicle | None) -> list[tuple[str, str]]:
    """Return the depots to choose from; one that closed meanwhile stands there, and says so."""
    found = [(str(each.id), each.name) for each in active_depots(session)]
    own = session.get(Depot, vehicle.depot_id) if vehicle and vehicle.depot_id else None
    if own is not None and not own.is_active:
        say = translator(language_of(request))
        found.append((str(own.id), say("%(nama)s (ditutup)", nama=own.name)))
    return found
