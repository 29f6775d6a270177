"""One's own under /api/v1/my: a courier's routes of today, a donor's children and letters."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.endpoints.routes import FILES
from api.schemas.my import DonorViewOut, MyDayOut, MyRouteOut
from api.services import dispatch, donor, own_routes
from api.services.cycles import find_cycle
from api.services.errors import NotFound
from data.schema import Account, Sponsor

router = APIRouter(prefix="/my", tags=["my"])

Courier = Annotated[Account, requires("my:routes")]
Donor = Annotated[Account, requires("my:donations")]


@router.get("/routes")
def my_routes(session: ReadSession, by: Courier, now: Now) -> list[MyRouteOut]:
    """List the courier's own routes that left today."""
    found = own_routes.courier_sheets(session, by=by, now=now)
    return [MyRouteOut.model_validate(sheet, from_attributes=True) for sheet in found]


@router.get("/day")
def my_day(session: WriteSession, by: Courier, now: Now) -> MyDayOut:
    """Give a phone what it takes along today; notes that the routes were opened."""
    for route in dispatch.courier_routes(session, by=by, now=now):
        dispatch.open_route(session, route=route, by=by, now=now)
    found = own_routes.courier_day(session, by=by, now=now)
    return MyDayOut.model_validate(found, from_attributes=True)


@router.post("/routes/{uid}/open")
def open_route(session: WriteSession, by: Courier, now: Now, uid: str) -> MyRouteOut:
    """Note that the courier has opened a route, and show it."""
    route = own_routes.find_own_route(session, uid=uid, by=by, now=now)
    dispatch.open_route(session, route=route, by=by, now=now)
    sheet = next(s for s in own_routes.courier_sheets(session, by=by, now=now) if s.uid == uid)
    return MyRouteOut.model_validate(sheet, from_attributes=True)


@router.get("/donations")
def my_donations(session: ReadSession, by: Donor, now: Now) -> DonorViewOut:
    """Show the donor's own pledges and children, by alias."""
    sponsor = session.get(Sponsor, by.sponsor_id) if by.sponsor_id else None
    if sponsor is None:
        raise NotFound("donor.unknown")
    view = donor.donor_view(session, sponsor=sponsor, now=now)
    return DonorViewOut.model_validate(view)


@router.get("/letters/{month}", response_class=Response, responses=FILES)
def my_letter(session: WriteSession, by: Donor, now: Now, month: str) -> Response:
    """Give the donor's letter of thanks for a month as PDF."""
    sponsor = session.get(Sponsor, by.sponsor_id) if by.sponsor_id else None
    if sponsor is None:
        raise NotFound("donor.unknown")
    made = donor.donor_letter(
        session, sponsor=sponsor, cycle=find_cycle(session, month=month), by=by, now=now
    )
    heading = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, media_type=made.media_type, headers=heading)
