"""Dispatch: sheets, lists, labels and messages from confirmed routes, and the routes leaving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import col, or_, select

from api.services import audit
from api.services.clock import local_date, next_midnight
from api.services.errors import Forbidden, NotFound, Refused, StaleVersion
from api.services.forbidden_food import refuse_forbidden
from api.services.moves import move_cycle
from api.services.route_book import book_of, imprint_of, label_book, route_book
from api.services.route_views import list_routes
from data.queries.cycles import is_approved
from data.queries.routes import stops_by_route
from data.schema import (
    Cycle,
    CycleState,
    Package,
    PackageState,
    Role,
    Route,
    RouteState,
    StopState,
    Vehicle,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from api.documents.models import Language, RouteBook
    from data.schema import Account

__all__ = [
    "Export",
    "ExportKind",
    "WhatsAppMessage",
    "courier_routes",
    "dispatch_day",
    "dispatch_route",
    "export_files",
    "export_routes",
    "open_route",
    "whatsapp_messages",
]

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRINTABLE = (RouteState.CONFIRMED, RouteState.DISPATCHED, RouteState.FINISHED)


class ExportKind(StrEnum):
    """What can be printed or exported of routes."""

    ALL_PDF = "all_pdf"
    SHEETS_PDF = "sheets_pdf"
    SHEETS_REDACTED_PDF = "sheets_redacted_pdf"
    LOADING_PDF = "loading_pdf"
    LABELS_PDF = "labels_pdf"
    DELIVERY_NOTES_PDF = "delivery_notes_pdf"
    SIGN_LIST_PDF = "sign_list_pdf"
    RESULTS_XLSX = "results_xlsx"
    STOPS_CSV = "stops_csv"
    PLANNER_CSV = "planner_csv"
    GPX = "gpx"
    KML = "kml"
    GEOJSON = "geojson"
    MAP_LINKS = "map_links"


UNCONFIRMED = (RouteState.PLANNED, RouteState.STALE)


@dataclass(frozen=True, slots=True)
class Export:
    """A file that leaves the house."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class WhatsAppMessage:
    """A text for one courier and the ``wa.me`` link that opens it ready to send."""

    route_code: str
    courier_name: str
    phone: str | None
    text: str
    link: str | None


NAMES = {
    ExportKind.ALL_PDF: ("semua-cetakan", "pdf", PDF),
    ExportKind.SHEETS_PDF: ("lembar-rute", "pdf", PDF),
    ExportKind.SHEETS_REDACTED_PDF: ("lembar-rute-tanpa-nama", "pdf", PDF),
    ExportKind.LOADING_PDF: ("daftar-muat", "pdf", PDF),
    ExportKind.LABELS_PDF: ("label", "pdf", PDF),
    ExportKind.DELIVERY_NOTES_PDF: ("surat-jalan", "pdf", PDF),
    ExportKind.SIGN_LIST_PDF: ("tanda-terima", "pdf", PDF),
    ExportKind.RESULTS_XLSX: ("hasil", "xlsx", XLSX),
    ExportKind.STOPS_CSV: ("perhentian", "csv", "text/csv"),
    ExportKind.PLANNER_CSV: ("perhentian-perencana", "csv", "text/csv"),
    ExportKind.GPX: ("rute", "gpx", "application/gpx+xml"),
    ExportKind.KML: ("rute", "kml", "application/vnd.google-earth.kml+xml"),
    ExportKind.GEOJSON: ("rute", "geojson", "application/geo+json"),
    ExportKind.MAP_LINKS: ("tautan-peta", "txt", "text/plain; charset=utf-8"),
}


def export_routes(
    session: Session,
    *,
    cycle: Cycle,
    kind: ExportKind,
    by: Account,
    now: datetime,
    purpose: str,
    routes: Sequence[Route] | None = None,
    organisation: str = "",
    help_phone: str = "",
    language: Language = "id",
) -> Export:
    """Return all routes of the month (or those named) as one file; the export is audited.

    Labels may be printed before there are routes.

    Raises
    ------
    Forbidden, Refused
        As :func:`export_files`.
    """
    made = export_files(
        session,
        cycle=cycle,
        kinds=(kind,),
        by=by,
        now=now,
        purpose=purpose,
        routes=routes,
        organisation=organisation,
        help_phone=help_phone,
        language=language,
    )
    return made[kind]


def export_files(
    session: Session,
    *,
    cycle: Cycle,
    kinds: Sequence[ExportKind],
    by: Account,
    now: datetime,
    purpose: str,
    routes: Sequence[Route] | None = None,
    organisation: str = "",
    help_phone: str = "",
    language: Language = "id",
) -> dict[ExportKind, Export]:
    """Return several files of the same routes, which are read once; each export is audited.

    Raises
    ------
    Forbidden
        ``dispatch.role`` for anyone but a coordinator.
    Refused
        ``dispatch.not_confirmed`` naming the routes that are stale or not confirmed,
        ``dispatch.purpose`` without a purpose, ``dispatch.nothing`` without routes.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("dispatch.role", role=by.role.value)
    if not purpose.strip():
        raise Refused("dispatch.purpose")
    shown = {route.id or 0 for route in routes} if routes is not None else None
    views = [v for v in list_routes(session, cycle=cycle) if shown is None or v.id in shown]
    if not views and set(kinds) == {ExportKind.LABELS_PDF}:
        content = _labels_before_planning(session, cycle, by, now, organisation, language)
        contents = {ExportKind.LABELS_PDF: content}
    else:
        _refuse_unconfirmed(cycle, [(v.code, v.state) for v in views if v.stops])
        book = book_of(
            session,
            views,
            cycle=cycle,
            by=by,
            now=now,
            is_whole=shown is None,
            organisation=organisation,
            help_phone=help_phone,
            language=language,
        )
        contents = {kind: _writer(kind, language)(book) for kind in kinds}
    for kind in kinds:
        audit.record(
            session,
            by=by,
            action="route:export",
            subject="cycle",
            subject_id=cycle.month,
            now=now,
            after={"kind": kind.value, "routes": [view.code for view in views]},
            purpose=purpose.strip(),
        )
    session.flush()
    return {kind: _named(kind, cycle, contents[kind]) for kind in kinds}


def _named(kind: ExportKind, cycle: Cycle, content: bytes) -> Export:
    stem, ending, media_type = NAMES[kind]
    return Export(f"{stem}-{cycle.month}.{ending}", media_type, content)


def whatsapp_messages(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    routes: Sequence[Route] | None = None,
    organisation: str = "",
    language: Language = "id",
) -> list[WhatsAppMessage]:
    """Return a message for each courier of the confirmed routes; it names no family."""
    from api.documents.messages import courier_message, international_number, whatsapp_link

    if by.role != Role.COORDINATOR:
        raise Forbidden("dispatch.role", role=by.role.value)
    shown = {route.id or 0 for route in routes} if routes is not None else None
    ready = {
        view.id
        for view in list_routes(session, cycle=cycle)
        if view.state in PRINTABLE and (shown is None or view.id in shown)
    }
    book = route_book(
        session,
        cycle=cycle,
        by=by,
        now=now,
        route_ids=ready,
        organisation=organisation,
        language=language,
    )
    messages = []
    for sheet in book.routes:
        text = courier_message(book, sheet, language=language)
        is_number = bool(international_number(sheet.courier_phone))
        messages.append(
            WhatsAppMessage(
                route_code=sheet.number,
                courier_name=sheet.courier_name,
                phone=sheet.courier_phone or None,
                text=text,
                link=whatsapp_link(text, phone=sheet.courier_phone) if is_number else None,
            )
        )
    audit.record(
        session,
        by=by,
        action="route:message",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"routes": [message.route_code for message in messages]},
    )
    return messages


def dispatch_route(
    session: Session,
    *,
    route: Route,
    by: Account,
    now: datetime,
    base_version: int | None = None,
    is_sure: bool = False,
) -> Route:
    """Let a confirmed route leave: its packages are loaded, its stops en route.

    The first route takes the month to *distributing*, for which every route must be confirmed.

    Raises
    ------
    Refused
        ``dispatch.early`` before the planned day unless ``is_sure``,
        ``dispatch.not_confirmed`` for a stale or unconfirmed route (for the first one: any),
        ``dispatch.not_packed`` naming packages that are not in their box yet,
        ``route.forbidden_food`` for what may not be given on the day that it really leaves.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("dispatch.role", role=by.role.value)
    session.flush()
    session.refresh(route, with_for_update=True)
    if base_version is not None and route.version != base_version:
        raise StaleVersion("route.stale_version", version=route.version, fields={})
    if not is_sure:
        _refuse_early(route, now)
    cycle = session.exec(
        select(Cycle)
        .where(Cycle.id == route.cycle_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    checked = [(route.code, route.state)]
    if cycle.state == CycleState.PACKING:
        checked = [(v.code, v.state) for v in list_routes(session, cycle=cycle) if v.stops]
    if route.state != RouteState.CONFIRMED:
        raise Refused("dispatch.not_confirmed", routes=route.code)
    _refuse_unconfirmed(cycle, checked)
    stops = stops_by_route(session, route_ids=[route.id or 0])[route.id or 0]
    packages = session.exec(
        select(Package)
        .where(col(Package.stop_id).in_([stop.id for stop in stops]))
        .order_by(col(Package.code))
    ).all()
    waiting = [package.code for package in packages if package.state != PackageState.PACKED]
    if waiting:
        raise Refused("dispatch.not_packed", route=route.code, packages=", ".join(waiting))
    refuse_forbidden(session, route=route, stops=stops, on=local_date(now))
    for package in packages:
        package.state, package.updated_at = PackageState.LOADED, now
        package.version += 1
        session.add(package)
    for stop in stops:
        stop.state = StopState.EN_ROUTE
        stop.version += 1
        session.add(stop)
    route.state = RouteState.DISPATCHED
    route.dispatched_by, route.dispatched_at = by.username, now
    route.courier_account_id = session.get_one(Vehicle, route.vehicle_id).courier_account_id
    route.version += 1
    session.add(route)
    if cycle.state == CycleState.PACKING:
        move_cycle(session, cycle=cycle, verb="dispatch", by=by, now=now)
    audit.record(
        session,
        by=by,
        action="route:dispatch",
        subject="route",
        subject_id=route.code,
        now=now,
        after={"packages": len(packages)},
    )
    session.flush()
    return route


def dispatch_day(
    session: Session, *, cycle: Cycle, day: date, by: Account, now: datetime, is_sure: bool = False
) -> tuple[list[Route], list[str]]:
    """Let every confirmed route of a day leave; returns them, and the codes of those that stay.

    Raises
    ------
    Refused
        ``dispatch.none_ready`` when no route of the day is confirmed, ``dispatch.all_left`` when
        all of them have left; else as :func:`dispatch_route`.
    """
    views = list_routes(session, cycle=cycle, day=day)
    ready = [view for view in views if view.state is RouteState.CONFIRMED]
    staying = [view.code for view in views if view.state in UNCONFIRMED]
    if not ready and not staying:
        raise Refused("dispatch.all_left", day=day.isoformat())
    if not ready:
        raise Refused("dispatch.none_ready", day=day.isoformat(), routes=staying)
    left = [
        dispatch_route(
            session, route=session.get_one(Route, view.id), by=by, now=now, is_sure=is_sure
        )
        for view in ready
    ]
    return left, staying


def courier_routes(session: Session, *, by: Account, now: datetime) -> list[Route]:
    """Return a courier's own routes of today that have left, also those that left early."""
    midnight = next_midnight(now) - timedelta(days=1)
    rows = session.exec(
        select(Route)
        .join(Vehicle, col(Vehicle.id) == Route.vehicle_id)
        .where(
            Vehicle.courier_account_id == by.id,
            or_(Route.day == local_date(now), col(Route.dispatched_at) >= midnight),
            col(Route.state).in_((RouteState.DISPATCHED, RouteState.FINISHED)),
        )
        .order_by(col(Route.trip), col(Route.code))
    )
    return list(rows)


def open_route(session: Session, *, route: Route, by: Account, now: datetime) -> Route:
    """Note that the courier has opened the route (once).

    Raises
    ------
    NotFound
        ``dispatch.courier`` when it is not this courier's route of today.
    """
    if route.id not in {own.id for own in courier_routes(session, by=by, now=now)}:
        raise NotFound("dispatch.courier", route=route.code)
    if route.opened_at is None:
        route.opened_at = now
        session.add(route)
        audit.record(
            session, by=by, action="route:open", subject="route", subject_id=route.code, now=now
        )
        session.flush()
    return route


def _refuse_early(route: Route, now: datetime) -> None:
    """Ask before a route leaves on another day than families and posyandu expect."""
    today = local_date(now)
    if route.day > today:
        raise Refused("dispatch.early", day=route.day.isoformat(), today=today.isoformat())


def _refuse_unconfirmed(cycle: Cycle, routes: Sequence[tuple[str, RouteState]]) -> None:
    if not routes:
        raise Refused("dispatch.nothing", month=cycle.month)
    open_codes = [code for code, state in routes if state not in PRINTABLE]
    if open_codes:
        raise Refused("dispatch.not_confirmed", routes=", ".join(open_codes))


def _labels_before_planning(
    session: Session,
    cycle: Cycle,
    by: Account,
    now: datetime,
    organisation: str,
    language: Language,
) -> bytes:
    from api.documents.labels import labels_pdf

    labels = label_book(session, cycle=cycle, language=language)
    if not labels:
        raise Refused("dispatch.nothing", month=cycle.month)
    imprint = imprint_of(
        (), by=by, now=now, organisation=organisation, is_approved=is_approved(cycle)
    )
    return labels_pdf(labels, imprint, language=language)


def _writer(kind: ExportKind, language: Language) -> Callable[[RouteBook], bytes]:
    from api.documents.bundles import bundle_pdf
    from api.documents.csv_files import planner_csv, stops_csv
    from api.documents.delivery_notes import delivery_notes_pdf
    from api.documents.labels import labels_of, labels_pdf
    from api.documents.loading_lists import loading_list_pdf
    from api.documents.map_files import map_links_txt, routes_geojson
    from api.documents.route_sheets import route_sheets_pdf
    from api.documents.route_workbook import route_workbook
    from api.documents.sign_lists import sign_lists_pdf
    from api.documents.tracks import routes_gpx, routes_kml

    writers: dict[ExportKind, Callable[[RouteBook], bytes]] = {
        ExportKind.ALL_PDF: lambda book: bundle_pdf(book, language=language),
        ExportKind.SHEETS_PDF: lambda book: route_sheets_pdf(book, language=language),
        ExportKind.SHEETS_REDACTED_PDF: lambda book: route_sheets_pdf(
            book, language=language, is_redacted=True
        ),
        ExportKind.LOADING_PDF: lambda book: loading_list_pdf(book, language=language),
        ExportKind.LABELS_PDF: lambda book: labels_pdf(
            labels_of(book), book.imprint, language=language
        ),
        ExportKind.DELIVERY_NOTES_PDF: lambda book: delivery_notes_pdf(book, language=language),
        ExportKind.SIGN_LIST_PDF: lambda book: sign_lists_pdf(book, language=language),
        ExportKind.RESULTS_XLSX: lambda book: route_workbook(book, language=language),
        ExportKind.STOPS_CSV: stops_csv,
        ExportKind.PLANNER_CSV: planner_csv,
        ExportKind.GPX: lambda book: routes_gpx(book, language=language),
        ExportKind.KML: lambda book: routes_kml(book, language=language),
        ExportKind.GEOJSON: routes_geojson,
        ExportKind.MAP_LINKS: lambda book: map_links_txt(book, language=language),
    }
    return writers[kind]
