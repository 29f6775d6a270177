"""Files as staff make them, built in memory."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import xlsxwriter
import xlwt

from data.readers.intake import read_book, read_file
from data.readers.table import Sheet, Workbook
from data.reference.regions import regions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.readers.records import ReadResult

TODAY = dt.date(2026, 11, 24)

EPPGBM = [
    "No",
    "NIK",
    "Nama",
    "JK",
    "Tgl Lahir",
    "BB Lahir",
    "TB Lahir",
    "Nama Ortu",
    "Prov",
    "Kab/Kota",
    "Kec",
    "Pukesmas",
    "Desa/Kel",
    "Posyandu",
    "RT",
    "RW",
    "Alamat",
    "Usia Saat Ukur",
    "Tanggal Pengukuran",
    "Berat",
    "Tinggi",
    "Cara Ukur",
    "LiLA",
    "BB/U",
    "ZS BB/U",
    "TB/U",
    "ZS TB/U",
    "BB/TB",
    "ZS BB/TB",
    "Naik Berat Badan",
    "Jml Vit A",
    "KPSP",
    "KIA",
    "Detail",
]

NIK = "1971014505240012"  # a girl born on 5 May 2024


def child(**changes: Any) -> dict[str, Any]:
    """Return one clean row of an e-PPGBM export, by header."""
    row: dict[str, Any] = {
        "No": 1,
        "NIK": NIK,
        "Nama": "Siti Contoh",
        "JK": "P",
        "Tgl Lahir": dt.date(2024, 5, 5),
        "BB Lahir": 3.1,
        "TB Lahir": 49,
        "Nama Ortu": "Ibu Contoh",
        "Prov": "KEPULAUAN BANGKA BELITUNG",
        "Kab/Kota": "PANGKALPINANG",
        "Kec": "Gerunggang",
        "Pukesmas": "Kacang Pedang",
        "Desa/Kel": "Kacang Pedang",
        "Posyandu": "Melati",
        "RT": 3,
        "RW": 2,
        "Alamat": "Jl. Contoh 1",
        "Usia Saat Ukur": "2 Tahun - 6 Bulan - 5 Hari",
        "Tanggal Pengukuran": dt.date(2026, 11, 10),
        "Berat": 9.8,
        "Tinggi": 83.5,
        "Cara Ukur": "Berdiri",
        "LiLA": 13.5,
        "BB/U": "Kurang",
        "ZS BB/U": "-2.31",
        "TB/U": "Pendek",
        "ZS TB/U": "-2.45",
        "BB/TB": "Gizi Baik",
        "ZS BB/TB": "-1.02",
        "Naik Berat Badan": "N",
        "Jml Vit A": 1,
        "KPSP": "",
        "KIA": "v",
        "Detail": "",
    }
    return row | changes


def table(rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Return a header row and the rows below it; the first row's keys are the headers."""
    headers = list(rows[0])
    return [headers, *([row.get(header, "") for header in headers] for row in rows)]


def to_csv(
    cells: Sequence[Sequence[Any]], *, delimiter: str = ",", encoding: str = "utf-8"
) -> bytes:
    """Return delimited text; dates as M/D/YYYY, as Excel saves them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    for row in cells:
        writer.writerow(
            [f"{v.month}/{v.day}/{v.year}" if isinstance(v, dt.date) else v for v in row]
        )
    return text.getvalue().encode(encoding)


def to_xls(cells: Sequence[Sequence[Any]], sheet: str = "Application List") -> bytes:
    """Return an Excel 97-2003 workbook."""
    book = xlwt.Workbook()
    page = book.add_sheet(sheet)
    date_style = xlwt.easyxf(num_format_str="M/D/YYYY")
    for number, row in enumerate(cells):
        for column, value in enumerate(row):
            if isinstance(value, dt.date):
                page.write(number, column, value, date_style)
            elif value not in (None, ""):
                page.write(number, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def to_xlsx(sheets: dict[str, Sequence[Sequence[Any]]]) -> bytes:
    """Return a modern workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        styles = {
            dt.date: book.add_format({"num_format": "dd/mm/yyyy"}),
            dt.time: book.add_format({"num_format": "hh:mm"}),
        }
        for name, cells in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(cells):
                for column, value in enumerate(row):
                    page.write(number, column, value, styles.get(type(value)))
    return buffer.getvalue()


def read(content: bytes, name: str = "daftar", **options: Any) -> ReadResult:
    """Read a file with the city's regions on the day of the tests."""
    return read_file(content, name, regions=regions(), today=TODAY, **options)


def read_rows(*rows: dict[str, Any], name: str = "daftar.xlsx", **options: Any) -> ReadResult:
    """Read rows as they come out of a workbook, without writing and parsing one."""
    cells = [[None if cell == "" else cell for cell in row] for row in table(rows)]
    page = Sheet("Sheet1", tuple((number, tuple(row)) for number, row in enumerate(cells, 1)))
    book = Workbook(name, "0" * 64, (page,))
    return read_book(book, regions=regions(), today=TODAY, **options)


def codes(result: ReadResult) -> list[str]:
    """Return the codes of all issues."""
    return [issue.code for issue in result.issues]
