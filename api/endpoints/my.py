"""One's own under /api/v1/my: a courier's routes of today, a donor's children and letters."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, Store, WriteSession, requires
from api.endpoints.routes import FILES
from api.schemas.my import (
    DonorViewOut,
    MessageIn,
    MessageOut,
    MyDayOut,
    MyRouteOut,
    PauseIn,
    StopIn,
)
from api.schemas.pickups import PickupAnswerOut, PickupAnswersOut, PickupEventsIn
from api.services import (
    dispatch,
    donor,
    donor_aliases,
    donor_letters,
    donor_photos,
    donor_wishes,
    own_pickups,
    own_routes,
)
from api.services.cycles import find_cycle
from api.services.dispatch import Export
from api.services.own_pickups import PickupEvent
from data.schema import Account

router = APIRouter(prefix="/my", tags=["my"])

Courier = Annotated[Account, requires("my:routes")]
Donor = Annotated[Account, requires("my:donations")]
PledgeOwner = Annotated[Account, requires("own_pledge:edit")]
Sender = Annotated[Account, requires("donor_message:send")]


@router.get("/routes")
def my_routes(session: ReadSession, by: Courier, now: Now) -> list[MyRouteOut]:
    """List the courier's own routes that left today or are not finished."""
    found = own_routes.courier_sheets(session, by=by, now=now)
    return [MyRouteOut.model_validate(sheet, from_attributes=True) for sheet in found]


@router.get("/day")
def my_day(session: ReadSession, store: Store, by: Courier, now: Now) -> MyDayOut:
    """Give a phone what it takes along today; notes that the routes were opened."""
    own_routes.open_own_routes(store, by=by, now=now)
    found = own_routes.courier_day(session, by=by, now=now)
    return MyDayOut.model_validate(found, from_attributes=True)


@router.post("/routes/{uid}/open")
def open_route(session: WriteSession, by: Courier, now: Now, uid: str) -> MyRouteOut:
    """Note that the courier has opened a route, and show it."""
    route = own_routes.find_own_route(session, uid=uid, by=by, now=now)
    dispatch.open_route(session, route=route, by=by, now=now)
    sheet = next(s for s in own_routes.courier_sheets(session, by=by, now=now) if s.uid == uid)
    return MyRouteOut.model_validate(sheet, from_attributes=True)


@router.post("/pickups")
def record_pickups(
    session: WriteSession, by: Courier, now: Now, batch: PickupEventsIn
) -> PickupAnswersOut:
    """Take what a phone tells of goods to fetch, as often as it likes; one answer per event."""
    events = [PickupEvent(**event.model_dump()) for event in batch.events]
    found = own_pickups.record_pickup_events(session, events=events, by=by, now=now)
    return PickupAnswersOut(answers=[PickupAnswerOut.model_validate(each) for each in found])


@router.get("/donations")
def my_donations(session: ReadSession, store: Store, by: Donor, now: Now) -> DonorViewOut:
    """Show the donor's own pledges and children, by the donor's own aliases of them."""
    donor_aliases.name_own_children(store, by=by)
    return _donations(session, by, now)


@router.post("/pledges/{code}/pause")
def pause_pledge(
    session: WriteSession, by: PledgeOwner, now: Now, code: str, wanted: PauseIn
) -> DonorViewOut:
    """Let one's own pledge rest from next month on."""
    pledge = donor_wishes.own_pledge(session, code=code, by=by)
    donor_wishes.pause_pledge(session, pledge=pledge, num_months=wanted.num_months, by=by, now=now)
    return _named_donations(session, by, now)


@router.post("/pledges/{code}/resume")
def resume_pledge(session: WriteSession, by: PledgeOwner, now: Now, code: str) -> DonorViewOut:
    """Let one's own pledge run again."""
    pledge = donor_wishes.own_pledge(session, code=code, by=by)
    donor_wishes.resume_pledge(session, pledge=pledge, by=by, now=now)
    return _named_donations(session, by, now)


@router.post("/pledges/{code}/stop")
def stop_pledge(
    session: WriteSession, by: PledgeOwner, now: Now, code: str, wanted: StopIn
) -> DonorViewOut:
    """End one's own pledge."""
    pledge = donor_wishes.own_pledge(session, code=code, by=by)
    donor_wishes.stop_pledge(
        session, pledge=pledge, reason=wanted.reason, keep_until=wanted.keep_until, by=by, now=now
    )
    return _named_donations(session, by, now)


@router.get("/messages")
def my_messages(session: ReadSession, by: Sender) -> list[MessageOut]:
    """List one's own messages to the office with their answers."""
    sponsor = donor_wishes.own_sponsor(session, by=by)
    rows, _ = donor_wishes.list_messages(session, sponsor=sponsor)
    return [MessageOut.model_validate(message) for message, _ in rows]


@router.post("/messages")
def send_message(session: WriteSession, by: Sender, now: Now, wanted: MessageIn) -> MessageOut:
    """Tell the office something."""
    message = donor_wishes.send_message(
        session,
        message_uid=wanted.message_uid,
        topic=wanted.topic,
        text=wanted.text,
        by=by,
        now=now,
    )
    return MessageOut.model_validate(message)


@router.get("/letters/{month}", response_class=Response, responses=FILES)
def my_letter(session: LookSession, store: Store, by: Donor, now: Now, month: str) -> Response:
    """Give the donor's letter of thanks for a month as PDF."""
    donor_aliases.name_own_children(store, by=by)
    sponsor = donor_wishes.own_sponsor(session, by=by)
    made = donor_letters.donor_letter(
        session, sponsor=sponsor, cycle=find_cycle(session, month=month), by=by, now=now
    )
    return _file(made)


@router.get("/yearly-letters/{year}", response_class=Response, responses=FILES)
def my_yearly_letter(
    session: LookSession, store: Store, by: Donor, now: Now, year: int
) -> Response:
    """Give the donor's letter of thanks for a year as PDF."""
    donor_aliases.name_own_children(store, by=by)
    sponsor = donor_wishes.own_sponsor(session, by=by)
    return _file(donor_letters.yearly_letter(session, sponsor=sponsor, year=year, by=by, now=now))


@router.get("/certificate", response_class=Response, responses=FILES)
def my_certificate(session: LookSession, store: Store, by: Donor, now: Now) -> Response:
    """Give the donor's certificate of thanks as PDF."""
    donor_aliases.name_own_children(store, by=by)
    sponsor = donor_wishes.own_sponsor(session, by=by)
    return _file(donor_letters.donor_certificate(session, sponsor=sponsor, by=by, now=now))


@router.get("/photos/{alias}/{month}", response_class=Response, responses=FILES)
def my_photo(session: LookSession, by: Donor, now: Now, alias: str, month: str) -> Response:
    """Give the photo of a package of an own child, where the donor's view says there is one."""
    content = donor_photos.own_photo(session, alias=alias, month=month, by=by, now=now)
    return Response(content, media_type="image/jpeg")


def _named_donations(session: Session, by: Account, now: datetime) -> DonorViewOut:
    donor_aliases.name_children(session, donor_wishes.own_sponsor(session, by=by))
    return _donations(session, by, now)


def _donations(session: Session, by: Account, now: datetime) -> DonorViewOut:
    sponsor = donor_wishes.own_sponsor(session, by=by)
    return DonorViewOut.model_validate(donor.donor_view(session, sponsor=sponsor, now=now))


def _file(made: Export) -> Response:
    heading = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, media_type=made.media_type, headers=heading)
