"""One route: its map and stops, changed by hand, confirmed, printed, sent off."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import sentence, translator
from api.pages.field_words import FieldWords
from api.pages.months import facts_of
from api.pages.names import names_of
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import (
    PURPOSES_OF_SHEETS,
    cycle_of,
    download,
    find_route,
    find_stop,
    language_for,
    purposes_of,
)
from api.pages.shell import language_of, redirect, render
from api.pages.stale_words import CauseWords, causes_by_route
from api.services import audit, departures, dispatch, road_map, routes
from api.services.clock import local_date
from api.services.errors import Refused, ServiceError
from api.services.goods_limits import limits_by_item
from api.services.route_views import RouteView, stop_views
from api.services.route_ways import ways_of, whole_line
from api.services.stop_notes import notes_of
from data.queries.routes import EDITABLE
from data.schema import Account, Route, RouteState, Stop
from logistics.map import Mark, route_map

router = APIRouter(include_in_schema=False)

Reader = Annotated[Account, requires("route:read")]
Editor = Annotated[Account, requires("route:edit")]
Sender = Annotated[Account, requires("route:dispatch")]
Text = Annotated[str, Form(max_length=500)]
Version = Annotated[int, Form(ge=0, lt=2**31)]
NUM_HISTORY = 20
PER_ROUTE = (
    dispatch.ExportKind.ALL_PDF,
    dispatch.ExportKind.SHEETS_PDF,
    dispatch.ExportKind.LOADING_PDF,
    dispatch.ExportKind.DELIVERY_NOTES_PDF,
    dispatch.ExportKind.SIGN_LIST_PDF,
    dispatch.ExportKind.RESULTS_XLSX,
    dispatch.ExportKind.GPX,
    dispatch.ExportKind.KML,
    dispatch.ExportKind.GEOJSON,
    dispatch.ExportKind.MAP_LINKS,
)


@router.get("/rute/{code}")
def route_page(request: Request, session: ReadSession, by: Reader, code: str) -> HTMLResponse:
    """Show a route with its map, stops in order and what it breaks."""
    return _page(request, session, find_route(session, code))


@router.post("/rute/{code}/urutan")
def shift(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    perhentian: Text,
    arah: Annotated[Literal["naik", "turun"], Form()],
    versi: Version,
) -> Response:
    """Move a stop one place up or down."""
    route = find_route(session, code)
    uids = [stop.uid for stop in routes.route_view(session, route=route).stops]
    if perhentian not in uids:
        raise Refused("route.order", route=code, count=len(uids))
    at = uids.index(perhentian)
    to = max(0, min(len(uids) - 1, at + (-1 if arah == "naik" else 1)))
    uids[at], uids[to] = uids[to], uids[at]
    return _after(
        request, session, route, "route.did.reordered",
        lambda: routes.reorder_route(
            session, route=route, stop_uids=uids, by=by, now=now, base_version=versi
        ),
    )  # fmt: skip


@router.post("/rute/{code}/pindah")
def move(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    perhentian: Text,
    versi: Version,
    ke: Text = "",
    nomor: Annotated[int, Form(ge=1, lt=10_000)] = 1,
) -> Response:
    """Move a stop to a place on this or another route, or off all routes."""
    route, stop = find_route(session, code), find_stop(session, perhentian)
    target = find_route(session, ke) if ke else None
    position = min(nomor, _last_place(session, target, stop)) if target else 1
    changed: list[RouteView] = []
    refusal = refusal_of(
        session,
        lambda: changed.extend(
            routes.move_stop(
                session, stop=stop, to_route=target, position=position, by=by, now=now,
                base_version=versi,
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        return _page(request, session, route, refusal)
    here = f"/rute/{code}"
    if route.state == RouteState.CANCELLED:  # it was the last stop: its board takes it back
        month = cycle_of(session, route).month
        query = {"hari": route.day.isoformat(), "urung": stop.uid, "ke": code, "nomor": 1}
        here = f"/bulan/{month}/papan?{urlencode(query)}#henti-{stop.uid}"
    if target is None:
        return redirect(request, here, "route.did.taken_out", stop=stop.label)
    if broken := _broken_elsewhere(request, changed, route, target):
        did = "route.did.moved_against"
        return redirect(request, here, did, stop=stop.label, route=ke, broken=broken)
    return redirect(request, here, "route.did.moved", stop=stop.label, route=ke)


@router.post("/rute/{code}/potong")
def split(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    setelah: Annotated[int, Form(ge=0, lt=10_000)],
    versi: Version,
) -> Response:
    """Cut a route in two trips."""
    route = find_route(session, code)
    made: list[routes.RouteView] = []
    refusal = refusal_of(
        session,
        lambda: made.extend(
            routes.split_route(
                session, route=route, after_position=setelah, by=by, now=now, base_version=versi
            )
        ),
    )
    if refusal is not None:
        return _page(request, session, route, refusal)
    return redirect(
        request, f"/rute/{code}", "route.did.split", name=code, route=made[1].code,
        count=len(made[1].stops),
    )  # fmt: skip


@router.post("/rute/{code}/gabung")
def merge(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    rute: Text,
    versi: Version,
) -> Response:
    """Append the stops of another route of the same day."""
    route, other = find_route(session, code), find_route(session, rute)
    num_before = len(routes.route_view(session, route=route).stops)
    return _after(
        request, session, route, "route.did.merged",
        lambda: routes.merge_routes(
            session, route=route, other=other, by=by, now=now, base_version=versi
        ),
        route=rute, count=num_before,
    )  # fmt: skip


@router.post("/rute/{code}/konfirmasi")
def confirm(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    versi: Version,
    alasan: Text = "",
    asal: Annotated[Literal["papan", "rute"], Form()] = "rute",
) -> Response:
    """Confirm a route; what it breaks is accepted with a reason."""
    route = find_route(session, code)
    board = f"/bulan/{cycle_of(session, route).month}/papan?hari={route.day}"
    return _after(
        request, session, route, "route.did.confirmed",
        lambda: routes.confirm_route(
            session, route=route, by=by, now=now, base_version=versi, accept_reason=alasan
        ),
        back=board if asal == "papan" else "",
    )  # fmt: skip


@router.post("/rute/{code}/berangkat")
def leave(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Sender,
    code: str,
    versi: Version,
    yakin: Text = "",
    bersamaan: Text = "",
) -> Response:
    """Let a confirmed route leave; before its day, or beside an overlap, ask first."""
    route = find_route(session, code)

    def act() -> None:
        departures.dispatch_route(
            session, route=route, by=by, now=now, base_version=versi, is_sure=yakin == "ya",
            overlap_reason=bersamaan,
        )  # fmt: skip

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _page(
            request, session, route, refusal, is_sure=yakin == "ya", overlap_reason=bersamaan
        )
    return redirect(request, f"/rute/{route.code}", "route.did.left", name=route.code)


@router.post("/rute/{code}/unduh")
def export(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Sender,
    code: str,
    jenis: Annotated[dispatch.ExportKind, Form()],
    keperluan: Text = "",
) -> Response:
    """Give one route as a file; a stale one is refused."""
    route = find_route(session, code)
    made: list[dispatch.Export] = []
    refusal = refusal_of(
        session, lambda: made.append(_export(request, session, route, jenis, by, now, keperluan))
    )
    return _page(request, session, route, refusal) if refusal else download(made[0])


@router.get("/perhentian/{uid}")
def stop_page(request: Request, session: ReadSession, by: Reader, uid: str) -> HTMLResponse:
    """Show a stop that waits for a route, and where it fits best."""
    stop = find_stop(session, uid)
    return _waiting_page(request, session, stop)


@router.post("/perhentian/{uid}")
def insert(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    uid: str,
    ke: Text,
    versi: Version,
    nomor: Annotated[int, Form(ge=1, lt=10_000)] = 1,
) -> Response:
    """Put a waiting stop on a route."""
    stop, target = find_stop(session, uid), find_route(session, ke)
    position = min(nomor, _last_place(session, target, stop))
    refusal = refusal_of(
        session,
        lambda: routes.move_stop(
            session, stop=stop, to_route=target, position=position, by=by, now=now,
            base_version=versi,
        ),
    )  # fmt: skip
    if refusal is not None:
        return _waiting_page(request, session, stop, refusal)
    return redirect(request, f"/rute/{ke}", "route.did.moved", stop=stop.label, route=ke)


def _broken_elsewhere(
    request: Request, changed: list[RouteView], shown: Route, target: Route
) -> str:
    """Return in words which rules a route breaks since a stop joined it from another's page."""
    if shown.id == target.id:
        return ""
    language = language_of(request)
    words = [
        sentence(f"violation.{str(each['code']).removeprefix('violation.')}", params, language)
        for view in changed
        for each in view.violations
        if view.id == target.id and isinstance(params := each["params"], dict)
    ]
    return "; ".join(dict.fromkeys(words))


def _after(
    request: Request,
    session: Session,
    route: Route,
    code: str,
    act: Callable[[], object],
    /,
    *,
    back: str = "",
    **params: str | int,
) -> Response:
    """Do something to a route, then lead `back` (to itself unless given), or say what refused."""
    refusal = refusal_of(session, act)
    if refusal is not None:
        return _page(request, session, route, refusal)
    named = {"name": route.code} | params
    return redirect(request, back or f"/rute/{route.code}", code, **named)


def _page(
    request: Request,
    session: Session,
    route: Route,
    refusal: ServiceError | None = None,
    *,
    is_sure: bool = False,
    overlap_reason: str = "",
) -> HTMLResponse:
    now: datetime = request.app.state.clock()
    cycle = cycle_of(session, route)
    view = routes.route_view(session, route=route)
    others = [
        each
        for each in routes.list_routes(session, cycle=cycle)
        if each.state in EDITABLE and each.id != view.id
    ]
    limits = limits_by_item(session)
    return render(
        request,
        "coordinator/route.html",
        status=status_of(refusal),
        **facts_of(cycle),
        route=view,
        svg=drawing(request, view, whole_line(ways_of(session, view))),
        is_made_up=road_map.is_made_up(session),
        by_road=view.distance_source.startswith("roads"),
        others=others,
        same_day=[each for each in others if each.day == view.day],
        is_editable=view.state in EDITABLE,
        causes=_causes(request, session, view, cycle.month),
        violations={
            stop.uid: [each for each in view.violations if each.get("stop_uid") == stop.uid]
            for stop in view.stops
        },
        notes={stop.uid: notes_of(view, stop, limits, language_of(request)) for stop in view.stops},
        names=names_of(request),
        words=FieldWords(language_of(request)),
        history=audit.list_entries(
            session, audit.Wish(subject="route", subject_id=view.code), limit=NUM_HISTORY
        )[0],
        kinds=PER_ROUTE,
        purposes=purposes_of(request, PURPOSES_OF_SHEETS),
        departure=departures.departure_of(session, cycle=cycle, route=route, now=now)
        if view.state == RouteState.CONFIRMED
        else None,
        is_early=departures.is_early(view.day, now),
        today=local_date(now),
        is_sure=is_sure,
        overlap_reason=overlap_reason,
        errors=texts_of(request, refusal),
    )


def _causes(request: Request, session: Session, view: RouteView, month: str) -> list[CauseWords]:
    """Return what made a route stale, in words; empty while it is not."""
    return causes_by_route(session, [view], month, language_of(request)).get(view.code, [])


def drawing(
    request: Request, view: RouteView, line: list[tuple[float, float]] | None = None
) -> Markup | None:
    """Return the map of a route, None where no stop has coordinates."""
    say = translator(language_of(request))
    marks = [
        Mark(stop.lat, stop.lon, str(stop.sequence or "?"), title=f"{stop.sequence}. {stop.label}")
        for stop in view.stops
        if stop.lat is not None and stop.lon is not None
    ]
    if not marks:
        return None
    svg = route_map(
        Mark(view.depot_lat, view.depot_lon, "G", title=view.depot_name),
        marks,
        title=say("Peta rute %(code)s", code=view.code),
        description=say(
            "%(n)s perhentian dari %(depot)s; urutannya sama dengan daftar di bawah.",
            n=len(marks),
            depot=view.depot_name,
        ),
        way=line,
        width_px=420,
        height_px=380,
        has_style=False,
        north=say("U"),
    )
    return Markup(svg)  # noqa: S704 - the drawing escapes every text that it is given


def _waiting_page(
    request: Request, session: Session, stop: Stop, refusal: ServiceError | None = None
) -> HTMLResponse:
    cycle = cycle_of(session, stop)
    is_waiting = stop.route_id is None and stop.lat is not None
    return render(
        request,
        "coordinator/stop.html",
        status=status_of(refusal),
        **facts_of(cycle),
        stop=stop_views(session, [stop])[0],
        places=routes.best_places(session, stop=stop) if is_waiting else [],
        routes=[
            each for each in routes.list_routes(session, cycle=cycle) if each.state in EDITABLE
        ],
        names=names_of(request),
        errors=texts_of(request, refusal),
    )


def _last_place(session: Session, target: Route, stop: Stop) -> int:
    others = [each for each in routes.route_view(session, route=target).stops if each.id != stop.id]
    return len(others) + 1


def _export(
    request: Request,
    session: Session,
    route: Route,
    kind: dispatch.ExportKind,
    by: Account,
    now: datetime,
    purpose: str,
) -> dispatch.Export:
    return dispatch.export_routes(
        session, cycle=cycle_of(session, route), kind=kind, by=by, now=now, purpose=purpose,
        routes=[route], language=language_for(request),
    )  # fmt: skip
