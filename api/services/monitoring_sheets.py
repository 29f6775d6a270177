"""The sheets of monitoring and evaluation: what a page shows is what its files hold."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from api.documents.report_models import Column, Report, Table, as_printed
from api.i18n import N_, Formats, translator
from api.services import looks
from api.services.access import must_hold
from api.services.clock import local_date
from api.services.dispatch import Export
from api.services.effect_tables import effect_tables
from api.services.errors import Forbidden, NotFound, Refused
from api.services.figure_row_tables import figure_row_tables
from api.services.growth_task_tables import growth_task_tables
from api.services.measuring_quality import measuring_tables
from api.services.month_course import course_tables
from api.services.report_files import report_file
from api.services.route_book import imprint_of
from api.services.share_tables import share_tables, unit_tables
from api.services.supervision_tables import supervision_tables
from api.services.target_tables import target_tables
from api.services.targeting_tables import targeting_tables
from api.services.visit_route_tables import visit_route_tables
from data.place import place_of
from data.reference.indicators import indicators

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from api.services.figure_rows import RowsLevel
    from data.schema import Account

__all__ = ["SHEETS", "Sheet", "SheetFormat", "Wanted", "export_sheet", "find_sheet", "table_json"]

SheetFormat = Literal["pdf", "xlsx", "csv", "json"]
CSV = "text/csv; charset=utf-8"
MOST_PDF_ROWS = 3000
"""A PDF of more takes longer than anybody waits for (ten thousand: most of a minute)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader asked of a sheet: months (None: the sheet's own default), language, readers.

    ``is_public`` is the variant that leaves the office; ``shows_texts`` whether the reader is shown
    what was typed freely, which may name a family; ``opens_children`` whether figures lead the
    reader to the children that they count. ``figure``, ``level`` and ``unit`` are for the
    sheets of shares, ``day`` and ``visitor`` for a route of visits; ``version`` is that of the
    month's report that *Tepat sasaran* outside the office is taken from (None: the last).
    ``by`` is who reads and ``cause`` what stopped whom, for the rows behind a figure, which alone
    are told at the level ``sponsor``.
    """

    now: datetime
    first_month: str | None = None
    last_month: str | None = None
    language: Language = "id"
    is_public: bool = False
    shows_texts: bool = False
    opens_children: bool = False
    figure: str = "served"
    level: RowsLevel = "kelurahan"
    unit: str = ""
    day: date | None = None
    visitor: str = ""
    version: int | None = None
    by: Account | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Tables under one title. ``permission`` is who may read it.

    ``is_page`` is false for what a page of its own shows.
    """

    code: str
    title: str
    tables: Callable[[Session, Wanted], tuple[Table, ...]]
    permission: str = "report:read"
    is_page: bool = True


def find_sheet(code: str) -> Sheet:
    """Return a sheet by the word in its address.

    Raises
    ------
    NotFound
        ``monitoring.sheet``.
    """
    for sheet in SHEETS:
        if sheet.code == code:
            return sheet
    raise NotFound("monitoring.sheet", found=code)


def export_sheet(
    session: Session,
    *,
    sheet: Sheet,
    wanted: Wanted,
    file_format: SheetFormat,
    by: Account,
    purpose: str,
    table: int = 0,
    organisation: str = "",
) -> Export:
    """Return a sheet as a file; the export and what it is for are noted.

    ``table`` is the one that a CSV file holds; the other formats hold all.

    Raises
    ------
    Refused
        ``dispatch.purpose`` without a purpose; ``monitoring.long_pdf`` for a PDF of more than
        ``MOST_PDF_ROWS`` rows.
    Forbidden
        ``access.role`` for who may not read the sheet; ``access.place`` in a place for a sheet of
        the whole city, a unit outside, and the variant that leaves the office.
    NotFound
        ``monitoring.sheet`` for a table that the sheet does not have.
    """
    must_hold(by, sheet.permission)
    if wanted.is_public and place_of(by) is not None:  # what is hidden hangs on the other areas
        raise Forbidden("access.place")
    if not purpose.strip():
        raise Refused("dispatch.purpose")
    tables = sheet.tables(session, replace(wanted, by=by))
    if file_format == "csv" and not 0 <= table < len(tables):
        raise NotFound("monitoring.sheet", found=f"{sheet.code} {table + 1}")
    num_rows = sum(len(each.rows) for each in tables)
    if file_format == "pdf" and num_rows > MOST_PDF_ROWS:
        raise Refused("monitoring.long_pdf", rows=num_rows, most=MOST_PDF_ROWS)
    say = translator(wanted.language)
    months = [each for each in (wanted.first_month, wanted.last_month) if each]
    report = Report(
        imprint=imprint_of(
            (),
            by=by,
            now=wanted.now,
            organisation=organisation,
            said=(sheet.code, as_printed(tables)),
            version=tables[0].version if tables else None,
        ),
        title=say(sheet.title),
        subtitle=" – ".join(Formats(wanted.language).month(each) for each in months),
        tables=tables,
        signatories=(),
        signed_on=local_date(wanted.now),
    )
    content, media_type = _written(report, wanted.language, file_format, table)
    looks.note(
        session,
        by=by,
        action="monitoring:export",
        subject="sheet",
        subject_id=sheet.code,
        now=wanted.now,
        after={"format": file_format, "public": wanted.is_public, "months": " – ".join(months)},
        purpose=purpose.strip(),
    )
    public = "-publik" if wanted.is_public else ""
    part = f"-{table + 1}" if file_format == "csv" else ""
    stem = f"monev-{sheet.code}{_about(sheet, wanted)}{part}{public}"
    return Export(f"{stem}.{file_format}", media_type, content)


def _about(sheet: Sheet, wanted: Wanted) -> str:
    """Return figure, unit and month of rows for their file's name, which would else be one."""
    if sheet.code != "baris":
        return ""
    unit = re.sub(r"[^a-z0-9]+", "-", wanted.unit.lower()).strip("-") or wanted.level
    return f"-{wanted.figure}-{unit}-{wanted.last_month}"


def _written(
    report: Report, language: Language, file_format: SheetFormat, table: int
) -> tuple[bytes, str]:
    if file_format in ("pdf", "xlsx"):
        return report_file(report, file_format=file_format, language=language)
    if file_format == "csv":
        from api.documents.csv_files import table_csv

        return table_csv(report.tables[table], language=language), CSV
    content = {"title": report.title, "tables": [table_json(each) for each in report.tables]}
    text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
    return text.encode(), "application/json"


def table_json(table: Table) -> dict[str, object]:
    """Return a table as programs get it."""
    return {
        "title": table.title,
        "columns": [
            {"name": column.name, "kind": column.kind.value, "indicator": column.indicator}
            for column in table.columns
        ],
        "rows": [list(row) for row in table.rows],
        "row_indicators": list(table.row_indicators),
        "total": list(table.total) if table.total else None,
        "source": table.source,
        "as_of": table.as_of.isoformat(),
        "notes": list(table.notes),
    }


def _indicator_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return the definitions that hold in a month (the last one asked for), a table per group."""
    del session
    say, is_english = translator(wanted.language), wanted.language == "en"
    month = Formats(wanted.language).month
    defined = indicators(wanted.last_month)
    columns = tuple(
        Column(say(name))
        for name in (
            N_("Angka"),
            N_("Pengertian"),
            N_("Pembilang"),
            N_("Penyebut"),
            N_("Satuan"),
            N_("Wilayah terkecil"),
            N_("Periode"),
            N_("Lebih baik"),
            N_("Berlaku"),
            N_("Dasar hukum"),
        )
    )
    tables = []
    for group in dict.fromkeys(each.group for each in defined):
        own = [each for each in defined if each.group == group]
        tables.append(
            Table(
                title=own[0].group_en if is_english else own[0].group_id,
                columns=columns,
                rows=tuple(
                    (
                        each.name_en if is_english else each.name_id,
                        each.definition if is_english else each.definition_id,
                        each.numerator if is_english else each.numerator_id,
                        each.denominator if is_english else each.denominator_id,
                        say(UNIT_WORDS[each.unit]),
                        say(LEVEL_WORDS[each.level]),
                        say(PERIOD_WORDS[each.period]),
                        say(DIRECTION_WORDS[each.direction]),
                        " – ".join(month(end) for end in (each.since, each.until) if end),
                        each.legal_basis,
                    )
                    for each in own
                ),
                source="; ".join(
                    dict.fromkeys(each.source if is_english else each.source_id for each in own)
                ),
                as_of=local_date(wanted.now),
                row_indicators=tuple(each.code for each in own),
            )
        )
    return tuple(tables)


UNIT_WORDS = {
    "children": N_("anak"),
    "sponsors": N_("donatur"),
    "packages": N_("paket"),
    "pairs": N_("pasangan"),
    "stops": N_("perhentian"),
    "routes": N_("rute"),
    "attempts": N_("percobaan"),
    "rupiah": N_("rupiah"),
    "grams": N_("gram"),
    "days": N_("hari"),
    "km": N_("km"),
    "percent": N_("persen"),
    "z": N_("skor-z"),
    "measurements": N_("pengukuran"),
    "visits": N_("kunjungan"),
    "code": N_("kode"),
    "families": N_("keluarga"),
    "cases": N_("kasus"),
    "months": N_("bulan"),
    "index": N_("indeks"),
}
LEVEL_WORDS = {
    "kelurahan": N_("kelurahan"),
    "city": N_("kota"),
    "sponsor": N_("donatur"),
    "posyandu": N_("posyandu"),
    "kader": N_("kader"),
    "child": N_("anak"),
}
PERIOD_WORDS = {"month": N_("bulan"), "months": N_("beberapa bulan"), "day": N_("hari")}
DIRECTION_WORDS = {"up": N_("bila naik"), "down": N_("bila turun"), "none": N_("–")}


SHEETS: tuple[Sheet, ...] = (
    Sheet("sasaran", N_("Tepat sasaran"), targeting_tables),
    Sheet("target", N_("Garis target"), target_tables),
    Sheet("manfaat", N_("Apakah membantu"), effect_tables),
    Sheet("pengawasan", N_("Pengawasan"), supervision_tables, "supervision:read"),
    Sheet("perjalanan", N_("Rute dan pasangan"), course_tables),
    Sheet("mutu-ukur", N_("Mutu pengukuran"), measuring_tables, "area:read"),
    Sheet("indikator", N_("Daftar angka dan artinya"), _indicator_tables, "area:read"),
    Sheet("pertumbuhan", N_("Pertumbuhan"), growth_task_tables, "child:read", is_page=False),
    Sheet(
        "rute-kunjungan",
        N_("Rute kunjungan"),
        visit_route_tables,
        "supervision:read",
        is_page=False,
    ),
    Sheet(
        "baris",
        N_("Baris di balik sebuah angka"),
        figure_row_tables,
        "area:read",
        is_page=False,
    ),
    Sheet("bagian", N_("Bagian menurut wilayah dan tim"), share_tables, is_page=False),
    Sheet("wilayah", N_("Satu wilayah atau tim"), unit_tables, "area:read", is_page=False),
)
"""Every sheet; the word is that of its page under /monev."""
