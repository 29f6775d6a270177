"""The month's report: tables with source and date, as page and as files."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, WriteSession, requires
from api.documents.report_models import Cell, Column, ColumnKind, Table
from api.i18n import Formats
from api.pages.jobs import to_job
from api.pages.months import facts_of
from api.pages.recording import Text
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import download, language_for, purposes_of
from api.pages.shell import Page, language_of, person_of, render
from api.services import cycles, figure_rules, jobs, report_versions, reports
from api.services.area_report import CITY, NUM_MONTHS, ReportArea, find_area, report_areas
from api.services.errors import Refused, ServiceError
from api.services.months import later_month
from api.services.own_units import own_units
from api.services.public_report import ask_to_work_out
from api.services.report_differences import changed_figures, compared_month, export_differences
from data.queries.cycles import is_kept_elsewhere
from data.queries.to_do import active_job
from data.schema import Account, Cycle, Role

router = APIRouter(include_in_schema=False)

TEXTUAL = (ColumnKind.TEXT, ColumnKind.DATE)
MOST_ROWS, ROWS_OF_PAGE = 100, 50
"""A table of more rows than the city has kelurahan is shown page by page, of so many rows."""


def opened_figures(request: Request) -> frozenset[str]:
    """Return the figures whose rows the reader may open: links lead to no other."""
    person = person_of(request)
    return figure_rules.opened_figures(person.role) if person is not None else frozenset()


@router.get("/bulan/{month}/laporan")
def report_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("area:read")],
    month: str,
    publik: str = "",
    versi: Annotated[int | None, Query(ge=1)] = None,
    untuk: str = "",
    tabel: int = 0,
    halaman: int = 1,
) -> HTMLResponse:
    """Show the tables of a month; ``publik`` shows those that may leave the dinas.

    ``versi`` is one of a closed month's versions; without it the last. ``untuk`` is one kecamatan
    or kelurahan (``kelurahan Bukit Sari``); without it the city. Very long tables stand page by
    page: of the one numbered ``tabel`` page ``halaman``, of others the first.
    """
    cycle, area = cycles.find_cycle(session, month=month), _area(session, untuk)
    return _page(
        request, session, now, cycle, is_public=bool(publik), number=versi, area=area,
        turned=(tabel, halaman),
    )  # fmt: skip


def parts_of(tables: Sequence[Table], turned: tuple[int, int]) -> dict[int, Page]:
    """Return which part of each very long table is shown, by its number from one.

    ``turned`` is the number of the table whose pages are turned, and the page; of others the first.
    """
    table, number = turned
    return {
        at: Page(number if at == table else 1, len(each.rows), ROWS_OF_PAGE)
        for at, each in enumerate(tables, start=1)
        if len(each.rows) > MOST_ROWS
    }


def _area(session: Session, wish: str) -> ReportArea:
    """Return the area that was asked for, or the first one of the place of who asks."""
    own = own_units(session)
    if own is None or wish:
        return find_area(wish)
    areas = [each for each in report_areas() if own.holds(each.level, each.name)]
    return areas[0] if areas else CITY


def _page(
    request: Request,
    session: Session,
    now: datetime,
    cycle: Cycle,
    *,
    is_public: bool = False,
    number: int | None = None,
    area: ReportArea = CITY,
    turned: tuple[int, int] = (0, 1),
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    language = language_of(request)
    formats = Formats(language)
    versions = report_versions.list_versions(session, cycle=cycle)
    reader, own = person_of(request), own_units(session)
    waits, is_open = None, False
    tables: tuple[Table, ...] = ()
    try:
        tables = reports.monthly_tables(
            session, cycle=cycle, now=now, language=language_for(request), is_public=is_public,
            version=number, area=area, reader=reader.role if reader else Role.AUDITOR,
        )  # fmt: skip
    except Refused as refused:
        waits = refused if refused.code == "report.hiding" else None
        is_open = refused.code == "report.open"
    parts = parts_of(tables, turned)
    return render(
        request,
        "closing/report.html",
        status=status_of(refusal),
        **facts_of(cycle),
        tables=tables,
        parts=parts,
        turned=turned[0] if turned[0] in parts else 0,
        waits=waits,
        is_open=is_open,
        is_kept_elsewhere=not tables and is_kept_elsewhere(cycle),
        is_public=is_public,
        area=area,
        areas=[
            each for each in report_areas() if own is None or own.holds(each.level, each.name)
        ],
        compares=own is None,
        versions=versions,
        shown=versions[(number or len(versions)) - 1] if versions else None,
        errors=texts_of(request, refusal),
        cell=lambda value, column: written(value, column, formats),
        textual=TEXTUAL,
        countable=opened_figures(request),
        purposes=purposes_of(request),
    )  # fmt: skip


@router.post("/bulan/{month}/laporan/unduh")
def export(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("area:export")],
    month: str,
    bentuk: Annotated[Literal["pdf", "xlsx", "json"], Form()],
    keperluan: Text = "",
    publik: Text = "",
    versi: Annotated[int | None, Form(ge=1)] = None,
    untuk: Text = "",
) -> Response:
    """Give the report as a file; to who works in a place, that of an area of it."""
    cycle = cycles.find_cycle(session, month=month)
    return download(
        reports.export_report(
            session, cycle=cycle, file_format=bentuk, by=by, now=now, purpose=keperluan,
            language=language_for(request), is_public=bool(publik), version=versi,
            area=_area(session, untuk),
        )
    )  # fmt: skip


@router.post("/bulan/{month}/laporan/umum")
def work_out_public(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("report:export")],
    month: str,
    untuk: Text = "",
) -> Response:
    """Start looking which figures of a month, and of those shown beside it, may not leave."""
    cycle, area = cycles.find_cycle(session, month=month), find_area(untuk)
    first = 0 if area.is_city else 1 - NUM_MONTHS
    months = [later_month(cycle.month, number) for number in range(first, 1)]
    job = ask_to_work_out(session, months=months, by=by, now=now)
    return to_job(job, f"/bulan/{month}/laporan?publik=1&untuk={quote(untuk)}")


@router.post("/bulan/{month}/laporan/hitung-ulang")
def recount(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("cycle:amend")],
    month: str,
    alasan: Text = "",
) -> Response:
    """Count a closed month anew, because something became known late."""
    cycle = cycles.find_cycle(session, month=month)
    running = active_job(session, kind="recount", month=month)
    if running is None:
        refusal = refusal_of(
            session,
            lambda: report_versions.need_recountable(cycle=cycle, by=by, reason=alasan),
        )
        if refusal is not None:
            return _page(request, session, now, cycle, refusal=refusal)
        wish = {"month": month, "reason": alasan.strip()}
        running = jobs.enqueue(session, kind="recount", payload=wish, by=by, now=now)
    return RedirectResponse(
        f"/pekerjaan/{running.id}?kembali=/bulan/{month}/laporan/perbedaan", 303
    )


@router.get("/bulan/{month}/laporan/perbedaan")
def differences_page(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("report:read")],
    month: str,
    dari: Annotated[int | None, Query(ge=1)] = None,
    ke: Annotated[int | None, Query(ge=1)] = None,
    halaman: int = 1,
) -> HTMLResponse:
    """Show what two versions of a month tell differently; the last two unless asked otherwise."""
    cycle = cycles.find_cycle(session, month=month)
    versions = report_versions.list_versions(session, cycle=cycle)
    language = language_of(request)
    formats = Formats(language)
    last = len(versions)
    before, after = dari or max(1, last - 1), ke or max(1, last)
    both = (
        [report_versions.find_version(session, cycle=cycle, number=each)
         for each in (before, after)]
        if versions
        else []
    )  # fmt: skip
    rows = changed_figures(*both, month=month, language=language_for(request)) if both else ()
    page = Page(halaman, len(rows))
    return render(
        request,
        "closing/differences.html",
        **facts_of(cycle),
        versions=versions,
        before=before,
        after=after,
        both=[compared_month(each) for each in both],
        rows=rows[page.offset : page.offset + page.size],
        page=page,
        purposes=purposes_of(request),
        value=lambda value: difference_cell(value, formats),
    )


@router.post("/bulan/{month}/laporan/perbedaan/unduh")
def export_differences_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("report:export")],
    month: str,
    dari: Annotated[int, Form(ge=1)],
    ke: Annotated[int, Form(ge=1)],
    bentuk: Annotated[Literal["pdf", "xlsx"], Form()],
    keperluan: Text = "",
) -> Response:
    """Give what two versions tell differently as a file that names the hashes of both."""
    cycle = cycles.find_cycle(session, month=month)
    return download(
        export_differences(
            session, cycle=cycle, before=dari, after=ke, file_format=bentuk, by=by, now=now,
            purpose=keperluan, language=language_for(request),
        )
    )  # fmt: skip


def difference_cell(value: Cell, formats: Formats) -> str:
    """Write a cell of a difference: a number with decimals only where it has some."""
    if isinstance(value, (int, float)):
        return formats.number(value, decimals=0 if float(value).is_integer() else 2)
    return written(value, Column(""), formats)


def written(value: Cell, column: Column, formats: Formats) -> str:
    """Write a cell as its column says; nothing is a dash."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return formats.day(value)
    number = float(value)
    if column.kind == ColumnKind.RUPIAH:
        return formats.rupiah(round(number))
    if column.kind == ColumnKind.PERCENT:
        return f"{formats.number(number * 100, decimals=1)} %"
    return formats.number(number, decimals=2 if column.kind == ColumnKind.DECIMAL else 0)
