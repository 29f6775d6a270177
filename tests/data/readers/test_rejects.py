import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from data.readers.intake import read_every_sheet
from data.readers.records import ReadResult
from data.readers.rejects import REASON_HEADERS, escaped, gathered_xlsx, rejected_rows_xlsx
from data.reference.regions import regions
from tests.data.readers.files import EPPGBM, NIK, TODAY, child, read, read_rows, table, to_csv


def sheet_of(results: list[ReadResult], name: str | None = None) -> list[tuple[object, ...]]:
    book = load_workbook(io.BytesIO(rejected_rows_xlsx(results)))
    page = book[name] if name else book.worksheets[0]
    return list(page.iter_rows(values_only=True))


def test_each_rejected_row_is_written_with_its_reason_and_its_original_cells() -> None:
    result = read_rows(child(NIK="", Nama="Baik"), child(Tinggi=8.2, JK="X"))

    header, row = sheet_of([result], "daftar")

    assert header == (*REASON_HEADERS, *EPPGBM)
    assert row[:5] == (
        3,
        "JK\nTinggi",
        "X\n8.2",
        "jenis kelamin X tidak dikenal. Pilihan: L, P.\n"
        "tinggi 8.2 cm tidak masuk akal untuk balita (batas 40-125 cm).",
        "82",
    )
    assert row[5 + EPPGBM.index("NIK")] == NIK
    assert row[5 + EPPGBM.index("Tinggi")] == 8.2
    assert row[5 + EPPGBM.index("Tgl Lahir")] == dt.datetime(2024, 5, 5)  # noqa: DTZ001


def test_the_reason_masks_the_nik_and_the_original_cell_keeps_it_as_text() -> None:
    _, row = sheet_of([read_rows(child(NIK=f"{NIK}7"))])

    assert row[2] == "1971•••••••••0127"
    assert row[5 + EPPGBM.index("NIK")] == f"{NIK}7"


def test_a_number_too_long_for_a_spreadsheet_is_kept_as_text() -> None:
    _, row = sheet_of([read_rows(child(NIK=1971014505240010))])

    assert row[5 + EPPGBM.index("NIK")] == "1971014505240010"


def test_mended_rows_are_accepted_when_the_file_comes_back() -> None:
    rejected = rejected_rows_xlsx(
        [
            read_rows(child(Tinggi=8.2, Alamat="=cmd()"), name="anak.xlsx"),
            read_rows({"Barang": "zzzz", "Jumlah": 5, "Satuan": "kg"}, name="stok.xlsx"),
        ]
    )
    book = load_workbook(io.BytesIO(rejected))
    book["anak"].cell(2, 6 + EPPGBM.index("Tinggi")).value = 82
    book["stok"].cell(2, 6).value = "beras"
    mended = io.BytesIO()
    book.save(mended)

    results = read_every_sheet(mended.getvalue(), "x", regions=regions(), today=TODAY)

    assert [result.counts.accepted for result in results] == [1, 1]
    assert [result.issues for result in results] == [(), ()]
    assert results[0].records[0].address == "=cmd()"  # type: ignore[union-attr]


def test_a_row_left_as_it_was_is_rejected_for_the_same_reason() -> None:
    first = read_rows(child(Tinggi=8.2))

    again = read(rejected_rows_xlsx([first]))

    assert [issue.code for issue in again.issues] == [issue.code for issue in first.issues]


def test_dates_of_a_decided_column_come_back_without_a_question() -> None:
    rows = [child(NIK="") | {"Tgl Lahir": "5/25/2024"}, child(JK="X") | {"Tgl Lahir": "5/5/2024"}]
    rows[1]["Tgl Lahir"] = "5/6/2024"
    first = read(to_csv(table(rows)), date_order="mdy")

    again = read(rejected_rows_xlsx([first]))

    assert again.question is None
    assert [issue.code for issue in again.issues] == ["sex_unreadable"]


def test_files_of_one_name_get_sheets_of_their_own() -> None:
    results = [read_rows(child(JK="X"), name="a:b/c?.xlsx") for _ in range(2)]
    book = load_workbook(io.BytesIO(rejected_rows_xlsx(results)))

    assert book.sheetnames == ["a b c", "a b c 2"]


def test_workbooks_are_gathered_whatever_their_files_are_called() -> None:
    one = rejected_rows_xlsx([read_rows(child(NIK=f"{NIK}7", Alamat="=cmd()"))])

    whole = load_workbook(io.BytesIO(gathered_xlsx([("a [1].xlsx", one), ("A *1*.csv", one)])))

    assert whole.sheetnames == ["a  1", "A  1 2"]
    alone = list(load_workbook(io.BytesIO(one)).worksheets[0].iter_rows(values_only=True))
    for sheet in whole.worksheets:
        assert list(sheet.iter_rows(values_only=True)) == alone
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def test_nothing_gathered_says_so() -> None:
    sheet = load_workbook(io.BytesIO(gathered_xlsx([]))).worksheets[0]

    assert sheet["A1"].value == "Tidak ada baris yang ditolak."


def test_without_rejected_rows_the_workbook_says_so() -> None:
    assert sheet_of([read_rows(child())]) == [("Tidak ada baris yang ditolak.",)]


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\x00x", "\r=1"])
def test_formulas_are_escaped(text: str) -> None:
    assert escaped(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-2,13781", "+628123", "-", "Siti", "a=b", ""])
def test_what_is_no_formula_stays(text: str) -> None:
    assert escaped(text) == text


@given(st.text(max_size=20))
def test_no_escaped_text_can_start_a_formula(text: str) -> None:
    shown = escaped(text)

    assert not shown.startswith(("=", "@", "\t", "\r", "\x00"))
    if shown.startswith(("+", "-")):
        assert shown.strip() == "-" or float(shown.replace(",", ".")) is not None


def test_no_cell_of_the_workbook_is_a_formula() -> None:
    result = read_rows(child(JK="=1+1", Nama="=HYPERLINK(A1)", Alamat="@x"))
    book = load_workbook(io.BytesIO(rejected_rows_xlsx([result])))

    kinds = {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row}
    assert "f" not in kinds


def test_a_csv_of_a_rejected_row_reads_back_as_it_was() -> None:
    row = next(csv.reader(io.StringIO(escaped("=1+1"))))

    assert row == ["'=1+1"]
