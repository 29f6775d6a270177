"""The month's report: tables with source and date, as page and as files."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.documents.report_models import Cell, Column, ColumnKind
from api.i18n import Formats
from api.pages.months import facts_of
from api.pages.recording import Text
from api.pages.road import download, language_for, purposes_of
from api.pages.shell import language_of, render
from api.services import cycles, reports
from data.schema import Account

router = APIRouter(include_in_schema=False)

TEXTUAL = (ColumnKind.TEXT, ColumnKind.DATE)


@router.get("/bulan/{month}/laporan")
def report_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("report:read")],
    month: str,
    publik: str = "",
) -> HTMLResponse:
    """Show the tables of a month; ``publik`` shows those that may leave the dinas."""
    cycle = cycles.find_cycle(session, month=month)
    language = language_of(request)
    formats = Formats(language)
    return render(
        request,
        "closing/report.html",
        **facts_of(cycle),
        tables=reports.monthly_tables(
            session, cycle=cycle, now=now, language=language_for(request),
            is_public=bool(publik),
        ),
        is_public=bool(publik),
        cell=lambda value, column: written(value, column, formats),
        textual=TEXTUAL,
        purposes=purposes_of(request),
    )  # fmt: skip


@router.post("/bulan/{month}/laporan/unduh")
def export(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("report:export")],
    month: str,
    bentuk: Annotated[Literal["pdf", "xlsx", "json"], Form()],
    keperluan: Text = "",
    publik: Text = "",
) -> Response:
    """Give the report as a file."""
    cycle = cycles.find_cycle(session, month=month)
    return download(
        reports.export_report(
            session, cycle=cycle, file_format=bentuk, by=by, now=now, purpose=keperluan,
            language=language_for(request), is_public=bool(publik),
        )
    )  # fmt: skip


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
