"""The board of a day: map and routes side by side, stops moved by hand, the rest planned anew."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from markupsafe import Markup
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import Formats, sentence, translator
from api.pages.months import facts_of
from api.pages.names import names_of
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import cycle_of, find_route, find_stop
from api.pages.shell import language_of, redirect, render
from api.pages.stale_words import causes_by_route
from api.pages.typed_fields import day_of
from api.services import cycles, finding, hand_plan, jobs, road_map, routes, vehicle_routes
from api.services.errors import ServiceError
from api.services.road_travel import streets_around
from api.services.route_views import RouteView, StopView
from api.services.route_ways import ways_of, whole_line
from data.queries.routes import EDITABLE, active_vehicles
from data.schema import Account, Cycle, Route, RouteState, Stop
from logistics.effort import Effort

router = APIRouter(include_in_schema=False)

Reader = Annotated[Account, requires("route:map")]
Editor = Annotated[Account, requires("route:edit")]
Text = Annotated[str, Form(max_length=500)]
Version = Annotated[int, Form(ge=0, lt=2**31)]
Position = Annotated[int, Form(ge=1, lt=10_000)]
NUM_COLOURS = 8
VEHICLE = "kendaraan"
"""``kendaraan:7`` as the aim of a move: a route of its own for a vehicle that has none."""
MOST_OPEN = 30
"""Stops of a day whose routes stand open on the board; longer ones come folded."""


@router.get("/bulan/{month}/papan")
def board(
    request: Request,
    session: ReadSession,
    by: Reader,
    month: str,
    hari: str = "",
    urung: str = "",
    ke: str = "",
    nomor: int = 1,
) -> HTMLResponse:
    """Show the routes of one day on a map and as lists that can be rearranged."""
    cycle = cycles.find_cycle(session, month=month)
    undo = {"stop": urung, "route": ke, "position": nomor}
    return _page(request, session, cycle, hari, undo=undo)


@router.post("/bulan/{month}/papan/coba")
def try_move(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    month: str,
    perhentian: Text,
    ke: Text = "",
    nomor: Position = 1,
    hari: Text = "",
) -> JSONResponse:
    """Say what a move would change; nothing is kept."""
    cycle = cycles.find_cycle(session, month=month)
    stop = find_stop(session, perhentian)
    move = _move(session, stop, ke, nomor, hari, by, now, stop.version)
    before = {view.code: view for view in routes.list_routes(session, cycle=cycle)}
    language = language_of(request)
    try:
        after = hand_plan.previewed(session, move)
    except ServiceError as refusal:
        text = sentence(refusal.code, refusal.params, language)
        return JSONResponse({"refused": text, "routes": []}, status_code=refusal.status)
    told = [_told(request, view, before.get(view.code)) for view in after]
    return JSONResponse({"routes": told})


@router.post("/bulan/{month}/papan/pindah")
def move(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    month: str,
    perhentian: Text,
    versi: Version,
    ke: Text = "",
    nomor: Position = 1,
    hari: Text = "",
    urung: Text = "",
) -> Response:
    """Move a stop and offer to take it back; or take a move back (``urung``)."""
    cycle = cycles.find_cycle(session, month=month)
    stop = find_stop(session, perhentian)
    was = _place_of(session, stop)
    change = _move(session, stop, ke, nomor, hari, by, now, versi)
    changed: list[RouteView] = []
    refusal = refusal_of(session, lambda: changed.extend(change()))
    if refusal is not None:
        return _page(request, session, cycle, hari, refusal=refusal)
    broken = {view.code: len(view.violations) for view in changed if view.violations}
    if urung:
        back, code = {"hari": hari}, "route.did.put_back"
    else:
        back = {"hari": hari, "urung": stop.uid, "ke": was[0], "nomor": str(was[1])}
        moved = "route.did.moved_breaking" if broken else "route.did.moved"
        code = moved if ke else "route.did.taken_out"
    is_warned = code == "route.did.moved_breaking"  # the warning stands at the top of the page
    spot = "" if is_warned else f"#henti-{stop.uid}"
    return redirect(
        request,
        f"/bulan/{month}/papan?{urlencode(back)}{spot}",
        code,
        stop=stop.label,
        route=_place_of(session, stop)[0],
        count=sum(broken.values()),
        routes=", ".join(broken),
    )


def _move(
    session: Session, stop: Stop, to: str, position: int, day: str, by: Account, now: datetime,
    version: int,
) -> Callable[[], tuple[RouteView, ...]]:  # fmt: skip
    """Return the move that a form asks for: to a route, to a vehicle without one, or off all."""
    kind, _, number = to.partition(":")
    if kind == VEHICLE and number.isdecimal():
        return lambda: vehicle_routes.move_to_vehicle(
            session, stop=stop, vehicle_id=int(number[:9]), day=day_of(day, "hari"), by=by,
            now=now, base_version=version,
        )  # fmt: skip
    target = finding.find_route(session, code=to) if to else None  # gone ones too: the move says so
    return lambda: routes.move_stop(
        session, stop=stop, to_route=target, position=position, by=by, now=now,
        base_version=version,
    )  # fmt: skip


@router.get("/bulan/{month}/papan/jalan")
def streets(
    request: Request, session: ReadSession, by: Reader, month: str, hari: str = ""
) -> JSONResponse:
    """Give the streets around the routes of a day for the map's ground; none without a map."""
    cycle = cycles.find_cycle(session, month=month)
    views = [v for v in routes.list_routes(session, cycle=cycle) if v.day.isoformat() == hari]
    spots = [(v.depot_lat, v.depot_lon) for v in views]
    spots += [
        (stop.lat, stop.lon)
        for view in views
        for stop in view.stops
        if stop.lat is not None and stop.lon is not None
    ]
    return JSONResponse({"streets": streets_around(session, spots)})


@router.post("/rute/{code}/kunci")
def lock(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    code: str,
    versi: Version,
    kunci: Annotated[bool, Form()],
    asal: Annotated[Literal["papan", "rute"], Form()] = "papan",
) -> Response:
    """Fix the stops of a route and their order, or free them; back to where that was asked."""
    route = find_route(session, code)
    cycle = cycle_of(session, route)
    refusal = refusal_of(
        session,
        lambda: hand_plan.lock_route(
            session, route=route, is_locked=kunci, by=by, now=now, base_version=versi
        ),
    )
    if refusal is not None:
        return _page(request, session, cycle, route.day.isoformat(), refusal=refusal)
    back = f"/rute/{code}" if asal == "rute" else f"/bulan/{cycle.month}/papan?hari={route.day}"
    return redirect(
        request, back,
        "route.did.locked" if kunci else "route.did.unlocked", route=code,
    )  # fmt: skip


@router.post("/perhentian/{uid}/tahan")
def hold(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    uid: str,
    versi: Version,
    semat: Annotated[bool, Form()] = False,
    larang: Annotated[list[int] | None, Form()] = None,
    hari: Text = "",
) -> Response:
    """Pin a stop to its vehicle, and name vehicles that must not carry it."""
    stop = find_stop(session, uid)
    cycle = cycle_of(session, stop)
    refusal = refusal_of(
        session,
        lambda: hand_plan.hold_stop(
            session, stop=stop, is_pinned=semat, banned_vehicle_ids=larang or [], by=by, now=now,
            base_version=versi,
        ),
    )  # fmt: skip
    if refusal is not None:
        return _page(request, session, cycle, hari, refusal=refusal)
    return redirect(
        request,
        f"/bulan/{cycle.month}/papan?hari={hari}#henti-{uid}",
        "stop.did.held",
        stop=stop.label,
    )


@router.post("/bulan/{month}/papan/sisa")
def plan_rest(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Editor,
    month: str,
    hari: Annotated[date, Form()],
    cermat: Annotated[Effort, Form()] = Effort.USUAL,
) -> Response:
    """Plan what is free on a day anew, as a job."""
    cycle = cycles.find_cycle(session, month=month)
    refusal = refusal_of(
        session, lambda: hand_plan.rest_of_day(session, cycle=cycle, day=hari, by=by)
    )
    if refusal is not None:
        return _page(request, session, cycle, hari.isoformat(), refusal=refusal)
    job = jobs.enqueue(
        session,
        kind="replan",
        payload={"month": month, "day": hari.isoformat(), "effort": cermat.value},
        by=by,
        now=now,
    )
    back = f"/bulan/{month}/papan?hari={hari}"
    query = urlencode({"kembali": back})
    return RedirectResponse(f"/pekerjaan/{job.id}?{query}", status_code=303)


def _page(
    request: Request,
    session: Session,
    cycle: Cycle,
    day: str,
    *,
    undo: dict[str, Any] | None = None,
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    found = routes.list_routes(session, cycle=cycle)
    days = sorted({view.day for view in found})
    shown = next((each for each in days if each.isoformat() == day), days[0] if days else None)
    views = [view for view in found if view.day == shown and view.state != RouteState.FINISHED]
    waiting = [
        stop for stop in routes.waiting_stops(session, cycle=cycle)
        if stop.wanted_on in (None, shown)
    ]  # fmt: skip
    labels = {stop.uid: stop.label for view in views for stop in view.stops}
    labels |= {stop.uid: stop.label for stop in waiting}
    returned = undo if undo and undo["stop"] in labels else None
    return render(
        request,
        "coordinator/board.html",
        status=status_of(refusal),
        **facts_of(cycle),
        day=shown,
        days=days,
        routes=views,
        are_open=len(views) == 1 or sum(len(view.stops) for view in views) <= MOST_OPEN,
        waiting=waiting,
        editable={view.code for view in views if view.state in EDITABLE},
        vehicles=active_vehicles(session),
        VEHICLE=VEHICLE,
        free_vehicles=vehicle_routes.free_vehicles(session, day=shown) if shown else [],
        map_data=_map_data(request, session, views, waiting),
        causes=causes_by_route(session, views, cycle.month, language_of(request)),
        is_made_up=road_map.is_made_up(session),
        by_road=any(view.distance_source.startswith("roads") for view in views),
        num_colours=NUM_COLOURS,
        efforts=list(Effort),
        versions={stop.uid: stop.version for view in views for stop in view.stops}
        | {stop.uid: stop.version for stop in waiting},
        undo=returned,
        undo_label=labels[returned["stop"]] if returned else "",
        names=names_of(request),
        errors=texts_of(request, refusal),
    )


def _map_data(
    request: Request, session: Session, views: list[RouteView], waiting: list[StopView]
) -> Markup:
    """Return what the map draws as JSON for a data block; codes only, no names."""
    say = translator(language_of(request))
    content = {
        "words": {
            "waiting": say("Keluar dari rute: menunggu"),
            "move": say("%(stop)s ke %(route)s nomor %(position)s"),
            "first": say("Simpan atau batalkan dahulu %(stop)s."),
            "waiting_for_route": say("Menunggu rute"),
            "counting": say("Menghitung …"),
            "failed": say("Server tidak menjawab. Coba lagi."),
        },
        "waiting": [{"uid": s.uid, "label": s.label, "at": [s.lat, s.lon]} for s in waiting],
        "routes": [
            {
                "code": view.code,
                "colour": row % NUM_COLOURS,
                "depot": [view.depot_lat, view.depot_lon],
                "depot_name": view.depot_name,
                "by_road": view.distance_source.startswith("roads"),
                "line": _line(session, view),
                "stops": [
                    {"uid": stop.uid, "label": stop.label, "at": [stop.lat, stop.lon]}
                    for stop in view.stops
                ],
            }
            for row, view in enumerate(views)
        ],
    }
    text = json.dumps(content, ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704 - JSON in a data block; every sign of markup is escaped


def _line(session: Session, view: RouteView) -> list[tuple[float, float]]:
    depot = (view.depot_lat, view.depot_lon)
    known = [
        (stop.lat, stop.lon) for stop in view.stops if stop.lat is not None and stop.lon is not None
    ]
    line = whole_line(ways_of(session, view)) or [depot, *known, depot]
    return [(round(lat, 6), round(lon, 6)) for lat, lon in line]


def _told(request: Request, view: RouteView, before: RouteView | None) -> dict[str, Any]:
    """Write a route's new figures, with what changed, in the reader's language.

    Of a trip that only leaves at another hour: its hours, and what it breaks since. Of a route
    that loses its last stop: that it goes.
    """
    language = language_of(request)
    say, fmt = translator(language), Formats(language)
    hours = fmt.hours(view.leaves_at, view.returns_at)
    name = view.code if before else view.vehicle_name
    is_sister = before is not None and [s.uid for s in before.stops] == [s.uid for s in view.stops]
    known = before.violations if before is not None and is_sister else ()
    gained_m = view.distance_m - (before.distance_m if before else 0)
    gained_s = view.duration_s - (before.duration_s if before else 0)
    line = say(
        "%(route)s: %(hours)s, %(km)s (%(gained_km)s), %(minutes)s menit (%(gained_minutes)s), "
        "%(load)s dari %(capacity)s",
        route=name,
        hours=hours,
        km=fmt.kilometres(view.distance_m),
        gained_km=_signed(gained_m, fmt.kilometres(abs(gained_m))),
        minutes=round(view.duration_s / 60),
        gained_minutes=_signed(gained_s, str(round(abs(gained_s) / 60))),
        load=fmt.kilograms(view.weight_g),
        capacity=fmt.kilograms(view.capacity_g),
    )
    if view.state == RouteState.CANCELLED:
        line = say(
            "%(route)s menjadi kosong dan hilang dari papan; Urungkan mengembalikannya.",
            route=view.code,
        )
    return {
        "code": name,
        "line": f"{view.code}: {hours}" if is_sister else line,
        "gained_m": gained_m,
        "violations": [
            sentence(str(each["code"]), dict(each.get("params") or {}), language)  # type: ignore[call-overload]
            for each in view.violations
            if each not in known
        ],
        "order": [stop.uid for stop in view.stops],
    }


def _signed(value: int, text: str) -> str:
    return f"{'−' if value < 0 else '+'}{text}"


def _place_of(session: Session, stop: Stop) -> tuple[str, int]:
    """Return the route and number of a stop, an empty code where it waits."""
    route = session.get(Route, stop.route_id) if stop.route_id else None
    return (route.code, stop.sequence or 1) if route else ("", 1)
