from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from api.documents.route_workbook import RESULT_COLUMNS, route_workbook
from data.readers.headers import LAYOUTS, squash
from data.readers.records import Kind
from tests.api.documents.sample_books import REASONS, book, route

if TYPE_CHECKING:
    from collections.abc import Callable


def sheets_of(content: bytes) -> dict[str, list[list[Any]]]:
    workbook = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def test_head_is_what_the_import_reads() -> None:
    assert RESULT_COLUMNS["id"] == (
        "ID Baris",
        "Rute",
        "Urutan",
        "Kode Paket",
        "Penerima",
        "Alamat",
        "Dimuat",
        "Diterima",
        "Ditolak",
        "Alasan",
        "Tanggal",
        "Diterima Oleh",
        "Catatan",
    )
    known = LAYOUTS[Kind.RESULTS].spellings()
    for language, columns in RESULT_COLUMNS.items():
        sheets = sheets_of(route_workbook(book(), language=language))
        assert tuple(sheets["LR-2026-12-001"][0]) == columns
        assert [known[squash(name)] for name in columns] == list(LAYOUTS[Kind.RESULTS].fields)


def test_every_package_is_one_row_with_its_stable_id() -> None:
    one, two = route(1), route(2, num_stops=5, num_trips=2)
    sheets = sheets_of(route_workbook(book(one, two)))
    for each in (one, two):
        rows = sheets[each.number][1:]
        assert [row[0] for row in rows] == [package.row_id for package in each.packages()]
        assert all(row[6] == 1 for row in rows)
    assert sheets["LR-2026-12-001"][1][3:6] == [
        "PK-2612-0600",
        "RT-0060 · Ibu Sari",
        "Jl. Merdeka No. 61, 007/001, Bukit Intan, seberang Masjid Al-Ikhlas, pagar hijau",
    ]


def test_totals_of_summary_and_load_list_equal_the_rows() -> None:
    sheets = sheets_of(route_workbook(book(route(1), route(2, num_stops=23, num_trips=2))))
    summary = sheets["Ringkasan"]
    assert summary[3][0] == "Jumlah"
    for column in range(6, 11):
        assert summary[3][column] == pytest.approx(summary[1][column] + summary[2][column])
    *rows, total = sheets["Daftar Muat"][1:]
    assert total[3] == len(rows) == 82
    assert total[6] == pytest.approx(sum(row[6] for row in rows))
    assert total[7] == pytest.approx(sum(row[7] for row in rows))
    assert any("BELUM MASUK RUTE" in str(row[0]) for row in summary)
    assert any("RT-0901" in str(row[0]) for row in summary)


def test_cells_to_fill_in_are_checked() -> None:
    workbook = openpyxl.load_workbook(BytesIO(route_workbook(book())))
    sheet = workbook["LR-2026-12-001"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["H2:H31"].type == "whole"
    assert rules["H2:H31"].formula2 == "$G2"
    assert rules["I2:I31"].type == "whole"
    assert rules["J2:J31"].type == "list"
    assert rules["K2:K31"].type == "date"
    red = [rule.formula[0] for each in sheet.conditional_formatting for rule in each.rules]
    assert red == ["AND(COUNT($H2:$I2)>0,$H2+$I2<>$G2)", 'AND($I2>0,$J2="")']
    offered = [cell.value for (cell,) in workbook["_Alasan"]["B1:B4"]]
    assert offered == [sentence for _, sentence in REASONS]
    assert sheet.freeze_panes == "A2"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9


def test_no_sheet_holds_a_formula_or_an_identity_number() -> None:
    stop = replace(
        route().trips[0].stops[0], name="=cmd|x", address="NIK 1971014102990012", landmark="+1"
    )
    trip = replace(route().trips[0], stops=(stop,))
    odd = replace(route(), trips=(trip,), courier_name="@SUM(A1)", number="=A/1:*?[x]")
    content = route_workbook(book(odd, odd))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not any("<f>" in text for text in parts.values())
    assert not any(re.search(r"(?<!\d)\d{16}(?!\d)", text) for text in parts.values())
    names = CalamineWorkbook.from_filelike(BytesIO(content)).sheet_names
    assert names[2:4] == ["=A-1----x-", "=A-1----x- (2)"]


@pytest.mark.parametrize(
    "change",
    [
        lambda each: replace(each, routes=()),
        lambda each: replace(each, reasons=(), left_out=()),
        lambda each: replace(each, routes=(route(num_stops=0),)),
    ],
    ids=["no routes", "no reasons", "no stops"],
)
def test_empty_parts_still_give_a_readable_file(change: Callable[[Any], Any]) -> None:
    assert "Ringkasan" in sheets_of(route_workbook(change(book())))


def test_same_book_gives_the_same_cells() -> None:
    assert sheets_of(route_workbook(book())) == sheets_of(route_workbook(book()))
