"""The semester report to the governor, as page and as files."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, WriteSession, requires
from api.i18n import Formats
from api.pages.jobs import to_job
from api.pages.monitoring import ways
from api.pages.recording import Text
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.reports import TEXTUAL, difference_cell, written
from api.pages.road import download, language_for, purposes_of
from api.pages.shell import Page, language_of, redirect, render
from api.services import semester_report
from api.services.clock import local_month
from api.services.dispatch import Export
from api.services.errors import Invalid, Refused, ServiceError
from api.services.figure_rules import countable_figures
from api.services.pillars import pillars, write_pillar
from api.services.public_report import ask_to_work_out
from api.services.report_differences import (
    changed_in_semester,
    compared_semester,
    export_semester_differences,
)
from api.services.semester import (
    Semester,
    SemesterVersion,
    months_of,
    read_semester,
    semester_of,
    semester_versions,
    semesters,
)
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
    versi: Annotated[int | None, Query(ge=1)] = None,
) -> HTMLResponse:
    """Show the semester report from closed months; ``publik`` as it leaves the office.

    ``versi`` is one of its versions; without it the last.
    """
    del by
    return _page(request, session, now, semester, is_public=bool(publik), number=versi)


@router.get("/monev/semester/perbedaan")
def differences_page(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("report:read")],
    semester: str,
    dari: Annotated[int | None, Query(ge=1)] = None,
    ke: Annotated[int | None, Query(ge=1)] = None,
    halaman: int = 1,
) -> HTMLResponse:
    """Show what two versions of a half year tell differently; the last two unless asked."""
    del by
    language, formats = language_for(request), Formats(language_of(request))
    versions: tuple[SemesterVersion, ...] = ()
    both: list[Semester] = []
    refusal = None
    try:
        versions = semester_versions(session, code=semester)
    except Invalid as unreadable:
        refusal = unreadable
    last = len(versions)
    before, after = dari or max(1, last - 1), ke or max(1, last)
    if last > 1:
        both = [
            read_semester(session, code=semester, is_public=False, number=each)
            for each in (before, after)
        ]
    rows = changed_in_semester(both[0], both[1], language=language) if both else ()
    page = Page(halaman, len(rows))
    return render(
        request,
        "monev/semester_differences.html",
        status=status_of(refusal),
        pages=ways(request),
        code=semester,
        versions=versions,
        before=before,
        after=after,
        both=[compared_semester(each, language) for each in both],
        rows=rows[page.offset : page.offset + page.size],
        page=page,
        purposes=purposes_of(request),
        value=lambda value: difference_cell(value, formats),
        errors=texts_of(request, refusal),
    )


@router.post("/monev/semester/perbedaan/unduh")
def export_differences_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("report:export")],
    semester: Annotated[str, Form()],
    dari: Annotated[int, Form(ge=1)],
    ke: Annotated[int, Form(ge=1)],
    bentuk: Annotated[Literal["pdf", "xlsx"], Form()],
    keperluan: Text = "",
) -> Response:
    """Give what two versions tell differently as a file that names the hashes of both."""
    return download(
        export_semester_differences(
            session, code=semester, before=dari, after=ke, file_format=bentuk, by=by, now=now,
            purpose=keperluan, language=language_for(request),
        )
    )  # fmt: skip


@router.post("/monev/semester/unduh-laporan")
def export(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("report:export")],
    semester: Annotated[str, Form()],
    bentuk: Annotated[Literal["pdf", "xlsx"], Form()],
    keperluan: Text = "",
    publik: Text = "",
    versi: Annotated[int | None, Form(ge=1)] = None,
) -> Response:
    """Give the semester report as a file: the same versions give the same bytes."""
    made: list[Export] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            semester_report.export_semester(
                session, code=semester, file_format=bentuk, by=by, now=now, purpose=keperluan,
                language=language_for(request), is_public=bool(publik), number=versi,
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        return _page(request, session, now, semester, is_public=bool(publik), refusal=refusal)
    return download(made[0])


@router.post("/monev/semester/umum")
def work_out_public(
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("report:export")],
    semester: Annotated[str, Form()],
) -> Response:
    """Start looking which figures of a half year's months may not leave."""
    job = ask_to_work_out(session, months=months_of(semester), by=by, now=now)
    return to_job(job, f"/monev/semester?semester={semester}&publik=1")


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
    number: int | None = None,
    refusal: ServiceError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    known = semesters(session)
    wanted = code or (known[0] if known else semester_of(local_month(now)))
    formats = Formats(language_of(request))
    found = waits = None
    try:
        found = read_semester(session, code=wanted, is_public=is_public, number=number)
    except Invalid as unreadable:
        refusal = refusal or unreadable
    except Refused as unknown:
        waits = unknown
    return render(
        request,
        "monev/semester.html",
        status=status_of(refusal),
        pages=ways(request),
        known=known,
        code=wanted,
        found=found,
        waits=waits,
        is_public=is_public,
        number=number,
        num_versions=len(semester_versions(session, code=wanted)) if found else 0,
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
