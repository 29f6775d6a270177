"""Goods that couriers fetch on the way: entered, changed, recorded."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session, col, select

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.pages import typed_fields
from api.pages.child_fields import texts_of_form
from api.pages.months import facts_of
from api.pages.names import names_of
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import redirect, render
from api.pages.typed_fields import TypedField
from api.services import cycles, pickups
from api.services.errors import ServiceError
from api.services.pickup_stock import moves_of_pickups, stock_pickup
from data.schema import Account, Cycle, Pickup, PickupState, Route, Sponsor, SponsorState

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, requires("stock:read")]
Editor = Annotated[Account, requires("stock:edit")]
Text = Annotated[str, Form(max_length=300)]

PICKUP = (
    TypedField("sponsor_id", int, error="field.choice"),
    TypedField("label", is_required=True),
    typed_fields.telephone("phone"),
    TypedField("address", is_required=True),
    TypedField("landmark"),
    TypedField(
        "lat", typed_fields.degrees(90), typed_fields.show_degrees, "field.degrees",
        is_required=True,
    ),
    TypedField(
        "lon", typed_fields.degrees(180), typed_fields.show_degrees, "field.degrees",
        is_required=True,
    ),
    TypedField("opens", typed_fields.clock, error="field.clock"),
    TypedField("closes", typed_fields.clock, error="field.clock"),
    TypedField("wanted_on", typed_fields.day, lambda day: day.isoformat(), "field.date"),
    TypedField("goods", is_required=True),
    TypedField(
        "weight_g", typed_fields.decimal(1000, 1, 5_000_000), typed_fields.scaled(1000),
        "field.kilograms", is_required=True,
    ),
    TypedField(
        "volume_ml", typed_fields.decimal(1000, 1, 20_000_000), typed_fields.scaled(1000),
        "field.litres", is_required=True,
    ),
    TypedField(
        "needs_cool_box", lambda text: text == "ya", lambda is_so: "ya" if is_so else "",
        blank=False,
    ),
)  # fmt: skip


class PickupForm(BaseModel):
    """A pickup's fields as they were typed; ``versi`` 0 is a new one."""

    versi: int = 0
    sponsor_id: str = ""
    label: str = ""
    phone: str = ""
    address: str = ""
    landmark: str = ""
    lat: str = ""
    lon: str = ""
    opens: str = ""
    closes: str = ""
    wanted_on: str = ""
    goods: str = ""
    weight_g: str = ""
    volume_ml: str = ""
    needs_cool_box: str = ""


@router.get("/bulan/{month}/jemput")
def pickup_list(
    request: Request, session: ReadSession, by: Reader, month: str, ubah: str = ""
) -> HTMLResponse:
    """Show a month's pickups, and the form of a new one or of the one to change."""
    del by
    cycle = cycles.find_cycle(session, month=month)
    edited = pickups.find_pickup(session, uid=ubah) if ubah else None
    return _page(request, session, cycle, edited=edited)


@router.post("/bulan/{month}/jemput")
def save(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    month: str,
    form: Annotated[PickupForm, Form()],
    ubah: str = "",
) -> Response:
    """Save a pickup; what is missing or wrong is said at its field, what was typed stays."""
    cycle = cycles.find_cycle(session, month=month)
    edited = pickups.find_pickup(session, uid=ubah) if ubah else None
    typed = texts_of_form(form)
    saved: list[Pickup] = []

    def act() -> None:
        saved.append(
            pickups.save_pickup(
                session,
                cycle=cycle,
                pickup=edited,
                changes=typed_fields.values(PICKUP, typed),
                by=by,
                now=now,
                base_version=form.versi,
            )
        )

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _page(request, session, cycle, edited=edited, typed=typed, refusal=refusal)
    return redirect(request, f"/bulan/{month}/jemput", "pickup.did.saved", label=saved[0].label)


@router.post("/jemput/{uid}/batal")
def cancel(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    uid: str,
    versi: Annotated[int, Form()],
) -> Response:
    """Take a pickup back."""
    pickup = pickups.find_pickup(session, uid=uid)
    cycle = session.get_one(Cycle, pickup.cycle_id)
    pickups.cancel_pickup(session, pickup=pickup, by=by, now=now, base_version=versi)
    page = f"/bulan/{cycle.month}/jemput"
    return redirect(request, page, "pickup.did.cancelled", label=pickup.label)


@router.post("/jemput/{uid}/hasil")
def record(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    uid: str,
    versi: Annotated[int, Form()],
    hasil: Annotated[str, Form()],
    catatan: Text = "",
) -> Response:
    """Write down whether the goods came along."""
    pickup = pickups.find_pickup(session, uid=uid)
    cycle = session.get_one(Cycle, pickup.cycle_id)
    refusal = refusal_of(
        session,
        lambda: pickups.record_pickup(
            session,
            pickup=pickup,
            is_fetched=hasil == "terambil",
            note=catatan,
            by=by,
            now=now,
            base_version=versi,
        ),
    )
    if refusal is not None:
        told = {"uid": uid, "barang": "", "jumlah": "", "catatan": catatan}
        return _page(request, session, cycle, counted=told, refusal=refusal)
    page = f"/bulan/{cycle.month}/jemput"
    return redirect(request, page, "pickup.did.recorded", label=pickup.label)


@router.post("/jemput/{uid}/stok")
def put_in_stock(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    uid: str,
    barang: Text = "",
    jumlah: Text = "",
    kedaluwarsa: Annotated[date | None, Form()] = None,
) -> Response:
    """Put counted goods of a fetched pickup in stock; the same again changes nothing."""
    pickup = pickups.find_pickup(session, uid=uid)
    cycle = session.get_one(Cycle, pickup.cycle_id)
    quantity = typed_fields.units_of(jumlah)
    refusal = refusal_of(
        session,
        lambda: stock_pickup(
            session, pickup=pickup, item_code=barang, quantity=quantity, by=by, now=now,
            expires_on=kedaluwarsa,
        ),
    )  # fmt: skip
    if refusal is not None:
        counted = {"uid": uid, "barang": barang, "jumlah": jumlah}
        return _page(request, session, cycle, counted=counted, refusal=refusal)
    page = f"/bulan/{cycle.month}/jemput"
    goods = names_of(request).goods(barang, quantity)
    return redirect(request, page, "pickup.did.stocked", barang=goods, label=pickup.label)


def _page(
    request: Request,
    session: Session,
    cycle: Cycle,
    *,
    edited: Pickup | None = None,
    typed: dict[str, str] | None = None,
    counted: dict[str, str] | None = None,
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    found = pickups.list_pickups(session, cycle=cycle)
    routes = session.exec(
        select(Route).where(col(Route.id).in_([row.route_id for row in found if row.route_id]))
    ).all()
    sponsors = session.exec(
        select(Sponsor).where(Sponsor.state == SponsorState.ACTIVE).order_by(col(Sponsor.name))
    ).all()
    shown = typed_fields.shown(PICKUP, edited) if edited else {}
    return render(
        request,
        "coordinator/pickups.html",
        status=status_of(refusal),
        **facts_of(cycle),
        errors=_errors(texts_of(request, refusal), counted),
        pickups=found,
        in_stock=moves_of_pickups(session, found),
        counted=counted or {"uid": "", "barang": "", "jumlah": ""},
        names=names_of(request),
        routes={route.id: route for route in routes},
        sponsors=[(each.id, f"{each.name} ({each.code})") for each in sponsors],
        edited=edited,
        typed=dict.fromkeys(PickupForm.model_fields, "") | shown | (typed or {}),
        may_change=[PickupState.WAITING, PickupState.PLANNED],
        away=list(pickups.AWAY),
    )


def _errors(texts: dict[str, str], counted: dict[str, str] | None) -> dict[str, str]:
    """Name the fields of the forms of one pickup as this page does."""
    if counted is None:
        return texts
    fields = {"quantity": f"jumlah-{counted['uid']}", "item_code": f"barang-{counted['uid']}",
              "catatan": f"catatan-{counted['uid']}"}  # fmt: skip
    return {fields.get(name, name): text for name, text in texts.items()}
