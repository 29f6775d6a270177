"""Dispatch: sheets, lists, labels and messages from confirmed routes, and the routes leaving."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from data.schema import Account, Cycle, Route

__all__ = [
    "Export",
    "ExportKind",
    "WhatsAppMessage",
    "dispatch_route",
    "export_routes",
    "open_route",
    "whatsapp_messages",
]


class ExportKind(StrEnum):
    """What can be printed or exported of routes."""

    SHEETS_PDF = "sheets_pdf"
    SHEETS_REDACTED_PDF = "sheets_redacted_pdf"
    LOADING_PDF = "loading_pdf"
    LABELS_PDF = "labels_pdf"
    DELIVERY_NOTES_PDF = "delivery_notes_pdf"
    SIGN_LIST_PDF = "sign_list_pdf"
    RESULTS_XLSX = "results_xlsx"
    STOPS_CSV = "stops_csv"
    GPX = "gpx"


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

    Refuses while one of them is not confirmed or is stale. Labels may be printed before planning.
    """
    raise NotImplementedError


def whatsapp_messages(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    routes: Sequence[Route] | None = None,
    language: Language = "id",
) -> list[WhatsAppMessage]:
    """Return a message for each courier of the confirmed routes."""
    raise NotImplementedError


def dispatch_route(
    session: Session, *, route: Route, by: Account, now: datetime, base_version: int | None = None
) -> Route:
    """Let a confirmed route leave: its packages are loaded, its stops en route.

    The first route takes the month to *distributing*, for which every route must be confirmed.
    """
    raise NotImplementedError


def open_route(session: Session, *, route: Route, by: Account, now: datetime) -> Route:
    """Note that the courier has opened the route (once)."""
    raise NotImplementedError
