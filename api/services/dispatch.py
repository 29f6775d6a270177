"""Dispatch: sheets, lists, labels and messages from confirmed routes, and who opened them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import and_, col, or_, select

from api.services import audit, looks
from api.services.clock import local_date, next_midnight
from api.services.errors import Forbidden, NotFound, Refused
from api.services.route_book import book_of, imprint_of, label_book, route_book
from api.services.route_views import list_routes
from data.queries.cycles import is_approved
from data.queries.deliveries import in_whose_hands, is_under_way_with
from data.queries.routes import ROUTE_NUMBER
from data.schema import (
    Account,
    Cycle,
    CycleState,
    Role,
    Route,
    RouteState,
    Vehicle,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.models import Language, RouteBook

__all__ = [
    "Export",
    "ExportKind",
    "WhatsAppMessage",
    "courier_routes",
    "export_files",
    "export_routes",
    "open_route",
    "refuse_unconfirmed",
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
    STOPS_EXCEL_CSV = "stops_excel_csv"
    PLANNER_CSV = "planner_csv"
    GPX = "gpx"
    KML = "kml"
    GEOJSON = "geojson"
    MAP_LINKS = "map_links"


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
    ExportKind.STOPS_EXCEL_CSV: ("perhentian-excel", "csv", "text/csv"),
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
        refuse_unconfirmed(cycle, [(v.code, v.state) for v in views if v.stops])
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
    about = "-".join([cycle.month, *(view.code for view in views[:1] if shown and len(shown) == 1)])
    return {kind: _named(kind, about, contents[kind]) for kind in kinds}


def _named(kind: ExportKind, about: str, content: bytes) -> Export:
    stem, ending, media_type = NAMES[kind]
    return Export(f"{stem}-{about}.{ending}", media_type, content)


def whatsapp_messages(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    routes: Sequence[Route] | None = None,
    organisation: str = "",
) -> list[WhatsAppMessage]:
    """Return a message for each courier of the confirmed routes; it names no family.

    It is in the language that the courier's account chose, whoever sends it.
    """
    from api.documents.messages import courier_message, whatsapp_link
    from api.documents.telephones import international_number

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
    )
    languages = _languages_of_couriers(session, ready)
    messages = []
    for sheet in book.routes:
        text = courier_message(book, sheet, language=languages.get(sheet.number, "id"))
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
    looks.note(
        session,
        by=by,
        action="route:message",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"routes": [message.route_code for message in messages]},
    )
    return messages


def _languages_of_couriers(session: Session, route_ids: Collection[int]) -> dict[str, Language]:
    """Return code of a route → the language of the courier who has it, where one has."""
    rows = session.exec(
        select(Route.code, Account.language)
        .join(Vehicle, col(Vehicle.id) == Route.vehicle_id)
        .join(Account, col(Account.id) == in_whose_hands())
        .where(col(Route.id).in_(route_ids))
    )
    return {code: "en" if language == "en" else "id" for code, language in rows}


def courier_routes(session: Session, *, by: Account, now: datetime) -> list[Route]:
    """Return a courier's own routes that have left: today's, and earlier ones not finished yet.

    One that was handed on is the other's; what the first still has to report is taken all the same.
    A route of today may have left before; of a closed month nothing is under way any more.
    """
    midnight = next_midnight(now) - timedelta(days=1)
    rows = session.exec(
        select(Route)
        .join(Vehicle, col(Vehicle.id) == Route.vehicle_id)
        .join(Cycle, col(Cycle.id) == Route.cycle_id)
        .where(
            is_under_way_with(by.id or 0),
            or_(
                and_(
                    or_(Route.day == local_date(now), col(Route.dispatched_at) >= midnight),
                    col(Route.state).in_((RouteState.DISPATCHED, RouteState.FINISHED)),
                ),
                and_(Route.state == RouteState.DISPATCHED, Cycle.state != CycleState.CLOSED),
            ),
        )
        .order_by(col(Route.day), col(Route.trip), *ROUTE_NUMBER)
    )
    return list(rows)


def open_route(session: Session, *, route: Route, by: Account, now: datetime) -> Route:
    """Note that the courier has opened the route (once).

    Raises
    ------
    NotFound
        ``dispatch.courier`` when it is not among this courier's routes (:func:`courier_routes`).
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


def refuse_unconfirmed(cycle: Cycle, routes: Sequence[tuple[str, RouteState]]) -> None:
    """Refuse ``dispatch.nothing`` without routes, ``dispatch.not_confirmed`` naming open ones."""
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
    from api.documents.csv_files import planner_csv, stops_csv, stops_table_csv
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
            labels_of(book), book.imprint, language=language, route=book.only_route
        ),
        ExportKind.DELIVERY_NOTES_PDF: lambda book: delivery_notes_pdf(book, language=language),
        ExportKind.SIGN_LIST_PDF: lambda book: sign_lists_pdf(book, language=language),
        ExportKind.RESULTS_XLSX: lambda book: route_workbook(book, language=language),
        ExportKind.STOPS_CSV: stops_csv,
        ExportKind.STOPS_EXCEL_CSV: lambda book: stops_table_csv(book, language=language),
        ExportKind.PLANNER_CSV: planner_csv,
        ExportKind.GPX: lambda book: routes_gpx(book, language=language),
        ExportKind.KML: lambda book: routes_kml(book, language=language),
        ExportKind.GEOJSON: routes_geojson,
        ExportKind.MAP_LINKS: lambda book: map_links_txt(book, language=language),
    }
    return writers[kind]
