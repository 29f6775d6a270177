"""The paper sheet of one route, typed on one page: stop by stop, item by item, one day for all."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import N_, translator
from api.pages import recording
from api.pages.months import facts_of
from api.pages.names import names_of
from api.pages.recording import BY_LINES, LineEntry, StopEntry
from api.pages.refusals import refusal_of, texts_of
from api.pages.results import AWAY
from api.pages.road import cycle_of, find_route, find_stop
from api.pages.shell import language_of, redirect, render
from api.pages.typed_fields import day_or_none
from api.services import fulfilment, routes
from api.services.clock import local_date
from api.services.errors import Invalid, NotFound
from data.queries.deliveries import lines_of_package, packages_of_stop
from data.schema import Account, Outcome, PackageState, Route, Stop, StopKind, StopState

router = APIRouter(include_in_schema=False)

Reader = Annotated[Account, requires("delivery:read")]
Importer = Annotated[Account, requires("delivery:import")]
Column = Annotated[list[str], Form(max_length=2000)]
FIELDS = {"reason": "alasan", "receiver": "penerima"}
LONGEST_UID = 64


@dataclass
class Sheet:
    """What was typed of a route and what is wrong with it."""

    day: date | None = None
    day_text: str = ""
    stops: dict[str, StopEntry] = field(default_factory=dict)
    lines: dict[str, LineEntry] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    num_stored: int = 0
    num_same: int = 0
    is_filled_in: bool = False
    """Whether every stop without a result stands as received and nothing of it is saved yet."""


@router.get("/rute/{code}/hasil")
def route_results(
    request: Request, session: ReadSession, now: Now, by: Reader, code: str, isi: str = ""
) -> HTMLResponse:
    """Show the route's sheet with what is known of each stop.

    ``isi=semua`` fills every stop that nobody reported in as received, to be changed before it is
    saved; one that failed keeps what the courier said of it.
    """
    del by
    route = find_route(session, code)
    sheet = _all_received(session, route) if isi == "semua" else Sheet()
    return _page(request, session, now, route, sheet)


def _all_received(session: Session, route: Route) -> Sheet:
    view = routes.route_view(session, route=route)
    filled = StopEntry(uid="", outcome=Outcome.ACCEPTED.value)
    return Sheet(
        stops={
            stop.uid: replace(filled, uid=recording.fresh_uid())
            for stop in view.stops
            if stop.state == StopState.EN_ROUTE
        },
        is_filled_in=True,
    )


@router.post("/rute/{code}/hasil")
def record(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Importer,
    code: str,
    perhentian: Column,
    uid: Column,
    hasil: Column,
    alasan: Column = [],  # noqa: B006 - FastAPI copies defaults
    penjelasan: Column = [],  # noqa: B006
    penerima: Column = [],  # noqa: B006
    baris: Column = [],  # noqa: B006
    diterima: Column = [],  # noqa: B006
    ditolak: Column = [],  # noqa: B006
    alasan_baris: Column = [],  # noqa: B006
    hari: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Record every stop that was filled in; what is wrong is said there and the rest is stored."""
    route = find_route(session, code)
    sheet = Sheet(
        day_text=hari,
        stops=_stops(perhentian, uid, hasil, alasan, penjelasan, penerima),
        lines=_lines(baris, diterima, ditolak, alasan_baris),
    )
    try:
        sheet.day = day_or_none(hari, "hari")
    except Invalid as invalid:
        sheet.errors = texts_of(request, invalid)
    for stop_uid, entry in sheet.stops.items() if not sheet.errors else ():
        if entry.outcome:
            stop = find_stop(session, stop_uid)
            if stop.route_id != route.id:
                raise NotFound("stop.unknown")
            _record_stop(request, session, sheet, stop, entry, by, now)
    if sheet.errors:
        return _page(request, session, now, route, sheet)
    return redirect(
        request,
        f"/rute/{code}/hasil",
        "delivery.did.sheet" if sheet.num_stored else "delivery.did.sheet_nothing",
        count=sheet.num_stored,
    )


def _stops(uids: list[str], *columns: list[str]) -> dict[str, StopEntry]:
    padded = [[*column, *([""] * len(uids))] for column in columns]
    return {
        uid: StopEntry(*(column[at].strip() for column in padded)) for at, uid in enumerate(uids)
    }


def _lines(uids: list[str], *columns: list[str]) -> dict[str, LineEntry]:
    padded = [[*column, *([""] * len(uids))] for column in columns]
    return {
        uid: LineEntry(uid, "", 0, *(column[at] for column in padded))
        for at, uid in enumerate(uids)
    }


def _record_stop(
    request: Request,
    session: Session,
    sheet: Sheet,
    stop: Stop,
    entry: StopEntry,
    by: Account,
    now: datetime,
) -> None:
    done: list[fulfilment.Acknowledgement] = []

    def act() -> None:
        if entry.outcome == BY_LINES:
            done.extend(_record_lines(session, sheet, stop, entry, by, now))
            return
        if entry.outcome not in {each.value for each in Outcome}:
            raise Invalid("field.choice", fields={"outcome": "field.choice"})
        done.extend(
            recording.record_stop(session, stop=stop, entry=entry, by=by, now=now, day=sheet.day)
        )

    refusal = refusal_of(session, act)
    if refusal is None:
        stored = any(each.state == fulfilment.AckState.STORED for each in done)
        sheet.num_stored += stored
        sheet.num_same += not stored
        return
    say = translator(language_of(request))
    for name, found in texts_of(request, refusal).items():
        text = say(N_("Perhentian %(n)s: %(salah)s"), n=stop.sequence, salah=found)
        if name in sheet.lines:
            sheet.errors[f"diterima-{name}"] = text
        else:
            place = f"{FIELDS[name]}-{stop.uid}" if name in FIELDS else stop.uid
            sheet.errors[place] = text


def _record_lines(
    session: Session, sheet: Sheet, stop: Stop, entry: StopEntry, by: Account, now: datetime
) -> list[fulfilment.Acknowledgement]:
    """Record each package of a stop by its lines; the sheet's uid and the code name the event."""
    done = []
    for package in packages_of_stop(session, stop_id=stop.id or 0):
        uid = f"{entry.uid}:{package.code}"[:LONGEST_UID]
        if package.state != PackageState.LOADED and not fulfilment.is_known(session, uid):
            continue
        report = recording.package_report(
            session,
            package=package,
            stop=stop,
            entry=replace(entry, uid=uid),
            entries=_entries(session, package.id or 0, sheet),
            day=sheet.day,
            now=now,
        )
        done.append(fulfilment.record_delivery(session, report=report, by=by, now=now))
    return done


def _entries(session: Session, package_id: int, sheet: Sheet) -> list[LineEntry]:
    """Return a package's lines, with what was typed for them or as if everything was taken."""
    fresh = recording.fresh_entries(lines_of_package(session, package_id=package_id))
    return [_typed(each, sheet.lines.get(each.uid)) for each in fresh]


def _typed(line: LineEntry, typed: LineEntry | None) -> LineEntry:
    if typed is None:
        return line
    return replace(line, accepted=typed.accepted, rejected=typed.rejected, reason=typed.reason)


def _page(
    request: Request, session: Session, now: datetime, route: Route, sheet: Sheet
) -> HTMLResponse:
    view = routes.route_view(session, route=route)
    lines = {
        package.code: _entries(session, package.package_id, sheet)
        for stop in view.stops
        for package in stop.packages
        if package.state == PackageState.LOADED.value
    }
    return render(
        request,
        "coordinator/route_results.html",
        status=Invalid.status if sheet.errors else 200,
        **facts_of(cycle_of(session, route)),
        route=view,
        sheet=sheet,
        day=sheet.day_text or min(route.day, local_date(now)).isoformat(),
        today=local_date(now),
        lines=lines,
        uids={each.uid: recording.fresh_uid() for each in view.stops},
        is_away=view.state in AWAY,
        has_unreported=any(each.state == StopState.EN_ROUTE for each in view.stops),
        outcomes={kind: _outcomes(kind) for kind in StopKind},
        names=names_of(request),
        errors=sheet.errors,
    )


def _outcomes(kind: StopKind) -> list[Outcome]:
    left = Outcome.LEFT_AT_DROP_POINT if kind == StopKind.DROP_POINT else Outcome.LEFT_WITH_RECEIVER
    return [Outcome.ACCEPTED, left, Outcome.FAILED, Outcome.REJECTED, Outcome.LOST]
