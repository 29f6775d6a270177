"""Writing the formats that staff hold, the same bytes for the same cells."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

__all__ = ["Cell", "write_csv", "write_xls", "write_xlsx"]

Cell = str | int | float | dt.date | None
_CREATED_AT = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - Excel knows no time zone


def write_xls(
    path: Path, sheet: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """Write an Excel 97-2003 file (BIFF8) with the header in the first row."""
    import xlwt  # noqa: PLC0415 - only the sample needs it

    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet)
    date_style = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    plain = xlwt.XFStyle()
    for column, name in enumerate(header):
        page.write(0, column, name, plain)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell is not None:
                page.write(number, column, cell, date_style if isinstance(cell, dt.date) else plain)
        if number % 2000 == 0:
            page.flush_row_data()
    book.save(str(path))
    if page.row_tempfile:
        page.row_tempfile.close()


def write_xlsx(
    path: Path,
    sheet: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    titles: Sequence[str] = (),
) -> None:
    """Write an XLSX file; titles and an empty row stand above the header."""
    import xlsxwriter  # noqa: PLC0415 - only the sample and documents need it

    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": _CREATED_AT})
        date_format = book.add_format({"num_format": "dd/mm/yyyy"})
        page = book.add_worksheet(sheet)
        for number, title in enumerate(titles):
            page.write_string(number, 0, title)
        first = len(titles) + 1 if titles else 0
        for column, name in enumerate(header):
            page.write_string(first, column, name)
        for number, row in enumerate(rows, start=first + 1):
            _write_row(page, number, row, date_format)


def _write_row(page: Worksheet, number: int, row: Sequence[Cell], date_format: object) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, dt.date):
            midnight = dt.datetime.combine(cell, dt.time())
            page.write_datetime(number, column, midnight, date_format)
        elif isinstance(cell, str):
            page.write_string(number, column, cell)
        elif cell is not None:
            page.write_number(number, column, cell)


def write_csv(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> None:
    """Write a CSV file with Windows line ends; dates as ``31/12/2026``."""
    with path.open("w", newline="", encoding=encoding) as lines:
        writer = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([_text(cell) for cell in row])


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else str(cell)
