"""Finding routes, stops and packages by what stands in an address; exports as downloads."""

from collections.abc import Sequence
from typing import Literal

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session, select

from api.i18n import N_, translator
from api.pages.shell import language_of
from api.services.dispatch import Export
from api.services.errors import NotFound
from data.schema import Cycle, Package, Route, RouteState, Stop

PURPOSES_OF_SHEETS = (
    N_("Pengantaran bulan ini"),
    N_("Pemeriksaan muatan di gudang"),
    N_("Pertanggungjawaban dan arsip"),
    N_("Perencanaan dengan alat lain"),
)
"""What a sheet of routes may be for; the Indonesian text is what the audit trail keeps."""
PURPOSES_OF_FIGURES = (
    N_("Pemantauan dan evaluasi"),
    N_("Laporan ke pimpinan dan provinsi"),
    N_("Pertanggungjawaban dan arsip"),
)
"""What figures may be taken out for."""


def find_route(session: Session, code: str) -> Route:
    """Return a route that was not withdrawn.

    Raises
    ------
    NotFound
        ``route.unknown``.
    """
    found = session.exec(select(Route).where(Route.code == code)).one_or_none()
    if found is None or found.state == RouteState.CANCELLED:
        raise NotFound("route.unknown")
    return found


def find_stop(session: Session, uid: str) -> Stop:
    """Return a stop.

    Raises
    ------
    NotFound
        ``stop.unknown``.
    """
    found = session.exec(select(Stop).where(Stop.uid == uid)).one_or_none()
    if found is None:
        raise NotFound("stop.unknown")
    return found


def find_package(session: Session, code: str, *, cycle: Cycle | None = None) -> Package:
    """Return a package, of a month where one is given.

    Raises
    ------
    NotFound
        ``package.unknown``.
    """
    found = session.exec(select(Package).where(Package.code == code)).one_or_none()
    if found is None or (cycle is not None and found.cycle_id != cycle.id):
        raise NotFound("package.unknown")
    return found


def cycle_of(session: Session, row: Route | Stop | Package) -> Cycle:
    """Return the month that something belongs to."""
    return session.get_one(Cycle, row.cycle_id)


def purposes_of(
    request: Request, purposes: Sequence[str] = PURPOSES_OF_FIGURES
) -> list[tuple[str, str]]:
    """Return the purposes of an export as choices in the reader's language."""
    say = translator(language_of(request))
    return [(text, say(text)) for text in purposes]


def language_for(request: Request) -> Literal["id", "en"]:
    """Return the language in which a document is written."""
    return "en" if language_of(request) == "en" else "id"


def download(export: Export) -> Response:
    """Answer with a file."""
    name = export.file_name.replace('"', "")
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(export.content, media_type=export.media_type, headers=headers)
