"""Monitoring and evaluation: shares of areas, and sheets of figures; nobody is ranked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, requires
from api.i18n import N_, Formats, translator
from api.pages.funnel_chart import funnel_chart
from api.pages.recording import Text
from api.pages.refusals import status_of, texts_of
from api.pages.reports import TEXTUAL, opened_figures, written
from api.pages.road import download, language_for, purposes_of
from api.pages.shell import Entry, language_of, person_of, render
from api.pages.typed_fields import day_of
from api.security import holds, sees_homes
from api.services import monitoring, monitoring_sheets
from api.services.errors import Invalid, NotFound, Refused, ServiceError
from api.services.figure_rows import RowsLevel
from api.services.monitoring import Level, Shares
from api.services.monitoring_sheets import SHEETS, Sheet, Wanted
from api.services.months import checked_month
from data.reference.indicators import Indicator, indicators
from data.schema import Account

router = APIRouter(include_in_schema=False)

FIRST = "/monev"
NAVIGATION = [
    Entry(N_("Monev"), FIRST, "report:read"),
    Entry(N_("Monev"), f"{FIRST}/wilayah", "area:read", only_bound=True),
]
NUM_OPEN = 2
"""Of more tables on one sheet the first stands open and the others fold."""


WAYS: tuple[tuple[str, str, str], ...] = (
    (f"{FIRST}/wilayah", N_("Ringkasan"), "area:read"),
    (FIRST, N_("Bagian menurut wilayah dan tim"), "report:read"),
    (f"{FIRST}/semester", N_("Laporan semester"), "report:read"),
    (f"{FIRST}/pertumbuhan", N_("Pertumbuhan"), "child:read"),
    (f"{FIRST}/pendampingan", N_("Pendampingan"), "accompaniment:record"),
    (f"{FIRST}/tpk", N_("Tim pendamping"), "report:read"),
    (f"{FIRST}/konsumsi", N_("Dimakan siapa"), "consumption:record"),
)
"""Pages of monitoring that are no sheets."""


def ways(request: Request) -> list[tuple[str, str]]:
    """Return the pages of monitoring that the reader may see, as address and name."""
    say, person = translator(language_of(request)), person_of(request)
    listed = [
        *WAYS,
        *(
            (f"{FIRST}/{sheet.code}", sheet.title, sheet.permission)
            for sheet in SHEETS
            if sheet.is_page
        ),
    ]
    return [
        (url, say(name))
        for url, name, permission in listed
        if person is not None and holds(person, permission)
    ]


@router.get("/monev")
def monitoring_page(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("report:read")],
    angka: str = "served",
    tingkat: Level = "kelurahan",
    dari: str = "",
    sampai: str = "",
) -> HTMLResponse:
    """Show a share by area or team over closed months; the last six unless asked otherwise."""
    del by
    ratio = monitoring.find_ratio(angka)
    level: Level = tingkat if tingkat in monitoring.levels_of(ratio) else "kelurahan"
    found, refusal = _shares(session, ratio, level, dari, sampai)
    is_english = language_of(request) == "en"
    return render(
        request,
        "monev/shares.html",
        status=status_of(refusal),
        pages=ways(request),
        ratios=monitoring.ratios(),
        ratio=ratio,
        names={
            each.code: each.name_en if is_english else each.name_id for each in indicators(sampai)
        },
        definition=ratio.definition if is_english else ratio.definition_id,
        level=level,
        levels=monitoring.levels_of(ratio)[1:],
        fields={"angka": angka, "tingkat": level, "dari": dari, "sampai": sampai},
        purposes=purposes_of(request),
        within=urlencode({"dari": dari, "sampai": sampai}),
        first_month=dari,
        last_month=sampai,
        found=found,
        countable=opened_figures(request),
        chart=funnel_chart(found) if found else None,
        errors=texts_of(request, refusal),
    )


def _shares(
    session: Session, ratio: Indicator, level: Level, first_month: str, last_month: str
) -> tuple[Shares | None, Invalid | None]:
    try:
        found = monitoring.shares(
            session,
            ratio=ratio,
            level=level,
            first_month=first_month or None,
            last_month=last_month or None,
        )
    except Invalid as refusal:
        return None, refusal
    return found, None


@router.get("/monev/indikator")
def indicators_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("area:read")],
    bulan: str = "",
) -> HTMLResponse:
    """Show what every figure means, who counts it, and since when; as it held in a month."""
    del by
    intro = translator(language_of(request))(
        N_(
            "Setiap angka di laporan dan di sini memakai satu daftar ini. Bila arti sebuah angka "
            "diubah, bulan sebelumnya tetap memakai arti yang lama."
        )
    )
    return sheet_page(request, session, now, "indikator", month=bulan, intro=intro)


@router.get("/monev/perjalanan")
def course_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("report:read")],
    bulan: str = "",
) -> HTMLResponse:
    """Show kilometres, days late, changed pairs and children per sponsor month by month."""
    del by
    intro = translator(language_of(request))(
        N_("Enam bulan tertutup sampai bulan yang dipilih: jarak, keterlambatan, dan pasangan.")
    )
    return sheet_page(request, session, now, "perjalanan", month=bulan, intro=intro, is_inside=True)


def sheet_page(
    request: Request,
    session: Session,
    now: datetime,
    code: str,
    *,
    month: str = "",
    template: str = "monev/sheet.html",
    refusal: ServiceError | None = None,
    asked: Mapping[str, Any] | None = None,
    **more: Any,
) -> HTMLResponse:
    """Show a sheet with its tables and files; ``more`` is for templates that show more.

    ``asked`` is what else is wanted of the sheet.
    """
    sheet = monitoring_sheets.find_sheet(code)
    wanted, unreadable = _wanted(request, now, month)
    wanted = replace(wanted, **(asked or {}))
    refusal = refusal or unreadable
    formats = Formats(language_of(request))
    tables = sheet.tables(session, wanted)
    waits = refusal if refusal is not None and refusal.code == "report.hiding" else None
    return render(
        request,
        template,
        status=status_of(refusal),
        **{
            "pages": ways(request),
            "sheet": sheet,
            "tables": tables,
            "fields": {"sampai": month},
            "has_months": True,
            "intro": "",
            "is_inside": False,
            "versions": (),
            "waits": waits,
            "folds": len(tables) > NUM_OPEN,
            "countable": opened_figures(request),
            "cell": lambda value, column: written(value, column, formats),
            "textual": TEXTUAL,
            "purposes": purposes_of(request),
            "errors": texts_of(request, None if waits else refusal),
            **more,
        },
    )


def _wanted(
    request: Request, now: datetime, month: str, *, is_public: bool = False
) -> tuple[Wanted, Invalid | None]:
    person = person_of(request)
    asked = Wanted(
        now=now,
        language=language_for(request),
        is_public=is_public,
        shows_texts=person is not None and sees_homes(person.role),
        opens_children=person is not None and holds(person, "child:read"),
    )
    try:
        return replace(asked, last_month=checked_month(month) if month else None), None
    except Invalid as refusal:
        return asked, refusal


@router.post("/monev/{lembar}/unduh")
def export(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("area:export")],
    lembar: str,
    bentuk: Text = "xlsx",
    keperluan: Text = "",
    publik: Text = "",
    sampai: Annotated[str, Form()] = "",
    dari: Annotated[str, Form()] = "",
    angka: Annotated[str, Form()] = "served",
    tingkat: Annotated[RowsLevel, Form()] = "kelurahan",
    wilayah: Annotated[str, Form()] = "",
    sebab: Text = "",
    tanggal: Text = "",
    pengunjung: Text = "",
    versi: Annotated[int | None, Form(ge=1)] = None,
) -> Response:
    """Give a sheet as a file: the tables that the page shows, or one of them as CSV."""
    sheet: Sheet = monitoring_sheets.find_sheet(lembar)
    wanted, refusal = _wanted(request, now, sampai, is_public=bool(publik))
    if refusal is not None:
        raise refusal
    first = checked_month(dari) if dari else None
    wanted = replace(
        wanted, first_month=first, figure=angka, level=tingkat, unit=wilayah, visitor=pengunjung,
        day=day_of(tanggal, "tanggal") if tanggal else None, version=versi, cause=sebab,
    )  # fmt: skip
    file_format, _, table = bentuk.partition("-")
    if file_format not in ("pdf", "xlsx", "csv", "json") or (table and not table.isdecimal()):
        raise NotFound("monitoring.sheet", found=bentuk)
    try:
        made = monitoring_sheets.export_sheet(
            session, sheet=sheet, wanted=wanted, file_format=file_format,  # type: ignore[arg-type]
            table=int(table or 0), by=by, purpose=keperluan,
        )  # fmt: skip
    except Refused as refused:
        if refused.code != "report.hiding" or not sheet.is_page:
            raise
        return sheet_page(request, session, now, lembar, month=sampai, refusal=refused)
    return download(made)
