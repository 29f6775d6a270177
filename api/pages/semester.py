"""The semester report to the governor, as page and as files."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import Formats
from api.pages.monitoring import ways
from api.pages.recording import Text
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.reports import TEXTUAL, written
from api.pages.road import download, language_for, purposes_of
from api.pages.shell import language_of, redirect, render
from api.services import semester_report
from api.services.clock import local_month
from api.services.dispatch import Export
from api.services.errors import Invalid, ServiceError
from api.services.figure_rows import countable_figures
from api.services.pillars import pillars, write_pillar
from api.services.semester import months_of, read_semester, semester_of, semesters
from api.services.semester_tables import GENTING, semester_tables
from data.schema import Account

router = APIRouter(include_in_schema=False)


@router.get("/monev/semester")
def semester_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("report:read")],
    semester: str = "",
    publik: str = "",
) -> HTMLResponse:
    """Show the semester report from closed months; ``publik`` as it leaves the office."""
    del by
    return _page(request, session, now, semester, is_public=bool(publik))


@router.post("/monev/semester/unduh-laporan")
def export(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("report:export")],
    semester: Annotated[str, Form()],
    bentuk: Annotated[Literal["pdf", "xlsx"], Form()],
    keperluan: Text = "",
    publik: Text = "",
) -> Response:
    """Give the semester report as a file: the same versions give the same bytes."""
    made: list[Export] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            semester_report.export_semester(
                session, code=semester, file_format=bentuk, by=by, now=now, purpose=keperluan,
                language=language_for(request), is_public=bool(publik),
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        return _page(request, session, now, semester, is_public=bool(publik), refusal=refusal)
    return download(made[0])


@router.post("/monev/semester/pilar")
def write(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("semester:edit")],
    semester: Annotated[str, Form()],
    pilar: Text = "",
    uraian: Annotated[str, Form()] = "",
) -> Response:
    """Keep what the office writes of one of the five pillars."""

    def act() -> None:
        months_of(semester)
        number = int(pilar) if pilar.isdecimal() else 0
        write_pillar(session, semester=semester, pillar=number, text=uraian, by=by, now=now)

    refusal = refusal_of(session, act)
    if refusal is not None:
        typed = {"pilar": pilar, "uraian": uraian}
        return _page(request, session, now, semester, is_public=False, refusal=refusal, typed=typed)
    return redirect(request, f"/monev/semester?semester={semester}#uraian", "semester.written")


def _page(
    request: Request,
    session: Session,
    now: datetime,
    code: str,
    *,
    is_public: bool,
    refusal: ServiceError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    known = semesters(session)
    wanted = code or (known[0] if known else semester_of(local_month(now)))
    formats = Formats(language_of(request))
    found = None
    try:
        found = read_semester(session, code=wanted, is_public=is_public)
    except Invalid as unreadable:
        refusal = refusal or unreadable
    return render(
        request,
        "monev/semester.html",
        status=status_of(refusal),
        pages=ways(request),
        known=known,
        code=wanted,
        found=found,
        is_public=is_public,
        tables=semester_tables(found, language=language_for(request)) if found else (),
        cell=lambda value, column: written(value, column, formats),
        textual=TEXTUAL,
        pillars=[
            (each.number, each.name_en if language_of(request) == "en" else each.name_id)
            for each in pillars()
        ],
        typed=typed or {},
        countable=countable_figures() | {*GENTING},
        purposes=purposes_of(request),
        errors=texts_of(request, refusal),
    )
