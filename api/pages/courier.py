"""A courier's own stops of the day: what to bring where, and what became of it."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, Store, WriteSession, requires
from api.i18n import N_
from api.pages import recording
from api.pages.names import names_of
from api.pages.recording import LineEntry, StopEntry, Text, Texts
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import find_package, find_stop
from api.pages.shell import Entry, redirect, render
from api.services import dispatch, fulfilment, own_pickups, routes
from api.services.clock import local_date
from api.services.delivery_state import UNDO_WITHIN
from api.services.errors import NotFound, ServiceError
from api.services.own_routes import open_own_routes
from api.services.route_views import stop_views
from data.queries.deliveries import lines_of_package
from data.schema import (
    Account,
    Outcome,
    Package,
    PackageState,
    Pickup,
    Role,
    Route,
    RouteState,
    Stop,
    StopState,
)

router = APIRouter(include_in_schema=False)
NAVIGATION = [Entry(N_("Rute hari ini"), "/kurir", "own_route:read", frozenset({Role.COURIER}))]

Courier = Annotated[Account, requires("own_route:read")]


@router.get("/kurir")
def courier_home(
    request: Request, session: ReadSession, store: Store, now: Now, by: Courier
) -> HTMLResponse:
    """Show the courier's routes that left today or are open since; notes that they were opened."""
    open_own_routes(store, by=by, now=now)
    found = dispatch.courier_routes(session, by=by, now=now)
    return render(
        request,
        "courier/home.html",
        routes=[routes.route_view(session, route=route) for route in found],
        today=local_date(now),
        left_before=_left_before(found, now),
        names=names_of(request),
    )


def _left_before(found: list[Route], now: datetime) -> dict[str, date]:
    """Return code → day of departure of unfinished routes that left before today."""
    left = {
        route.code: local_date(route.dispatched_at)
        for route in found
        if route.dispatched_at is not None and route.state == RouteState.DISPATCHED
    }
    return {code: day for code, day in left.items() if day < local_date(now)}


@router.get("/kurir/jemput/{uid}")
def courier_pickup(
    request: Request, session: ReadSession, now: Now, by: Courier, uid: str
) -> HTMLResponse:
    """Show goods to fetch with whom to ask, where, and what became of them."""
    pickup = own_pickups.find_own_pickup(session, uid=uid, by=by, now=now)
    return _pickup_page(request, pickup)


@router.post("/kurir/jemput/{uid}")
def record_pickup(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Courier,
    uid: str,
    hasil: Annotated[str, Form(max_length=20)],
    catatan: Text = "",
) -> Response:
    """Write down whether goods to fetch came along; the same again changes nothing."""
    pickup = own_pickups.find_own_pickup(session, uid=uid, by=by, now=now)
    refusal = refusal_of(
        session,
        lambda: own_pickups.record_own_pickup(
            session, uid=uid, is_fetched=hasil == "terambil", note=catatan, by=by, now=now
        ),
    )
    if refusal is not None:
        return _pickup_page(request, pickup, refusal)
    return redirect(request, f"/kurir/jemput/{uid}", "pickup.did.recorded", label=pickup.label)


def _pickup_page(
    request: Request, pickup: Pickup, refusal: ServiceError | None = None
) -> HTMLResponse:
    return render(
        request,
        "courier/pickup.html",
        status=status_of(refusal),
        errors=texts_of(request, refusal),
        pickup=pickup,
    )


@router.get("/kurir/{stop_uid}")
def courier_stop(
    request: Request, session: ReadSession, now: Now, by: Courier, stop_uid: str
) -> HTMLResponse:
    """Show one stop with a button for each thing that may have happened."""
    stop = own_stop(session, stop_uid, by, now)
    return _stop_page(request, session, stop, by, now)


@router.post("/kurir/{stop_uid}")
def record(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Courier,
    stop_uid: str,
    uid: Text,
    hasil: Annotated[Outcome, Form()],
    alasan: Text = "",
    penjelasan: Text = "",
    penerima: Text = "",
) -> Response:
    """Record what happened; the same form again changes nothing."""
    stop = own_stop(session, stop_uid, by, now)
    entry = StopEntry(uid, hasil.value, alasan, penjelasan, penerima)
    done: list[fulfilment.Acknowledgement] = []
    refusal = refusal_of(
        session,
        lambda: done.extend(recording.record_stop(session, stop=stop, entry=entry, by=by, now=now)),
    )
    if refusal is not None:
        return _stop_page(request, session, stop, by, now, entry, refusal)
    code = "delivery.did.recorded" if done else "delivery.did.nothing"
    return redirect(request, f"/kurir/{stop_uid}", code, stop=stop.label)


@router.post("/kurir/{stop_uid}/urungkan")
def undo(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Courier,
    stop_uid: str,
    uid: Text,
) -> Response:
    """Take back what was recorded at a stop in the last ten minutes."""
    stop = own_stop(session, stop_uid, by, now)
    events = recording.undoable(session, stop=stop, by=by, now=now)

    def act() -> None:
        for event in events:
            package = session.get_one(Package, event.package_id)
            fulfilment.undo_delivery(
                session, event_uid=event.event_uid, undo_uid=f"{uid}:{package.code}"[:64],
                by=by, now=now,
            )  # fmt: skip

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _stop_page(request, session, stop, by, now, refusal=refusal)
    code = "delivery.did.undone" if events else "delivery.did.nothing"
    return redirect(request, f"/kurir/{stop_uid}", code, stop=stop.label)


@router.get("/kurir/{stop_uid}/{code}")
def courier_package(
    request: Request, session: ReadSession, now: Now, by: Courier, stop_uid: str, code: str
) -> HTMLResponse:
    """Show one package line by line, for a family that takes only a part."""
    stop = own_stop(session, stop_uid, by, now)
    package = _package_at(session, stop, code)
    lines = lines_of_package(session, package_id=package.id or 0)
    return _package_page(request, stop, package, recording.fresh_entries(lines))


@router.post("/kurir/{stop_uid}/{code}")
def record_lines(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Courier,
    stop_uid: str,
    code: str,
    uid: Text,
    baris: Texts,
    diterima: Texts,
    ditolak: Texts,
    alasan_baris: Texts,
    penjelasan: Text = "",
    penerima: Text = "",
) -> Response:
    """Record a package of which only a part was taken."""
    stop = own_stop(session, stop_uid, by, now)
    package = _package_at(session, stop, code)
    lines = lines_of_package(session, package_id=package.id or 0)
    entries = recording.typed_entries(lines, baris, diterima, ditolak, alasan_baris)
    entry = StopEntry(uid, recording.BY_LINES, "", penjelasan, penerima)
    report = recording.package_report(
        session, package=package, stop=stop, entry=entry, entries=entries, day=None, now=now
    )
    refusal = refusal_of(
        session, lambda: fulfilment.record_delivery(session, report=report, by=by, now=now)
    )
    if refusal is not None:
        return _package_page(request, stop, package, entries, entry, refusal)
    return redirect(request, f"/kurir/{stop_uid}", "delivery.did.package", package=code)


def own_stop(session: Session, uid: str, by: Account, now: datetime) -> Stop:
    """Return a stop of this courier's routes of today.

    Raises
    ------
    NotFound
        ``stop.unknown`` for any other stop, whether it exists or not.
    """
    stop = find_stop(session, uid)
    own = {route.id for route in dispatch.courier_routes(session, by=by, now=now)}
    if stop.route_id not in own:
        raise NotFound("stop.unknown")
    return stop


def _package_at(session: Session, stop: Stop, code: str) -> Package:
    package = find_package(session, code)
    if package.stop_id != stop.id:
        raise NotFound("package.unknown")
    return package


def _stop_page(
    request: Request,
    session: Session,
    stop: Stop,
    by: Account,
    now: datetime,
    entry: StopEntry | None = None,
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    view = stop_views(session, [stop])[0]
    route = session.get_one(Route, stop.route_id)
    after = [each for each in routes.route_view(session, route=route).stops if each.id != stop.id]
    found = texts_of(request, refusal)
    names = {"reason": "alasan", "receiver": "penerima"}
    return render(
        request,
        "courier/stop.html",
        status=status_of(refusal),
        stop=view,
        route=route,
        is_open=any(each.state == PackageState.LOADED.value for each in view.packages)
        and stop.state == StopState.EN_ROUTE,
        next_stop=next((each for each in after if each.state == StopState.EN_ROUTE), None),
        undo=recording.undoable(session, stop=stop, by=by, now=now),
        undo_minutes=int(UNDO_WITHIN.total_seconds() // 60),
        entry=entry or StopEntry(recording.fresh_uid()),
        undo_uid=recording.fresh_uid(),
        names=names_of(request),
        errors={names.get(name, name): text for name, text in found.items()},
    )


def _package_page(
    request: Request,
    stop: Stop,
    package: Package,
    entries: list[LineEntry],
    entry: StopEntry | None = None,
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    found = recording.line_errors(texts_of(request, refusal), entries)
    names = {"reason": "alasan", "receiver": "penerima"}
    return render(
        request,
        "courier/package.html",
        status=status_of(refusal),
        stop=stop,
        package=package,
        entries=entries,
        entry=entry or StopEntry(recording.fresh_uid()),
        names=names_of(request),
        errors={names.get(name, name): text for name, text in found.items()},
    )
