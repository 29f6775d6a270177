"""The fleet and its depots: which there are, and whose phone shows a vehicle's routes."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_, Formats
from api.pages.depots import show_point
from api.pages.field_words import FieldWords
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.shell import Entry, language_of, redirect, render
from api.services import couriers, depots
from api.services.errors import ServiceError
from data.schema import Account, Role, Vehicle

router = APIRouter(include_in_schema=False)
NAVIGATION = [Entry(N_("Armada"), "/armada", "route:read", frozenset({Role.COORDINATOR}))]


@router.get("/armada")
def fleet(
    request: Request, session: ReadSession, by: Annotated[Account, requires("route:read")]
) -> HTMLResponse:
    """Show the vehicles and the depots."""
    del by
    return _page(request, session)


@router.post("/armada/{vehicle_id}")
def assign(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("route:edit")],
    vehicle_id: RowId,
    kurir: Annotated[str, Form()] = "",
    serahkan: Annotated[str, Form()] = "",
) -> Response:
    """Give a vehicle's routes to a courier, also those under way when that is ticked."""
    done: list[Vehicle] = []
    refusal = refusal_of(
        session,
        lambda: done.append(
            couriers.assign_courier(
                session,
                vehicle_id=vehicle_id,
                username=kurir,
                by=by,
                now=now,
                hands_over=serahkan == "ya",
            )
        ),
    )
    if refusal is not None:
        return _page(request, session, refusal, vehicle_id)
    return redirect(request, "/armada", "vehicle.did.assigned", vehicle=done[0].name)


def _page(
    request: Request,
    session: Session,
    refusal: ServiceError | None = None,
    vehicle_id: int = 0,
) -> HTMLResponse:
    fmt = Formats(language_of(request))
    errors = {f"kurir-{vehicle_id}": text for text in texts_of(request, refusal).values()}
    return render(
        request,
        "coordinator/fleet.html",
        status=status_of(refusal),
        errors=errors,
        fleet=couriers.list_vehicles(session),
        couriers=couriers.list_couriers(session),
        depots=depots.list_depots(session),
        is_candidate=depots.is_candidate,
        show_point=show_point,
        day_name=fmt.weekday_name,
        words=FieldWords(language_of(request)),
        has_own_cost=_has_own_cost,
    )


def _has_own_cost(vehicle: Vehicle) -> bool:
    costs = (vehicle.cost_rp_per_km, vehicle.cost_rp_per_hour, vehicle.cost_rp_per_day)
    return any(cost is not None for cost in costs)
