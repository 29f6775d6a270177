from __future__ import annotations

from datetime import date
from io import BytesIO

from python_calamine import CalamineWorkbook

from api.documents.report_workbook import report_workbook
from tests.api.documents.sample_reports import delivery_table, report


def test_each_table_is_a_sheet_with_numbers_as_numbers_and_its_source() -> None:
    content = report_workbook(report(delivery_table(), delivery_table()))
    workbook = CalamineWorkbook.from_filelike(BytesIO(content))
    assert workbook.sheet_names == ["Penyaluran per kecamatan", "Penyaluran per kecamatan (2)"]
    rows = workbook.get_sheet_by_index(0).to_python()
    assert rows[3][0] == "Kecamatan"
    assert rows[4][:5] == ["Bukit Intan", 1234, 1200, 0.9724, 222_120_000]
    assert rows[4][6] == date(2026, 12, 31)
    assert rows[6][0] == "=HYPERLINK(1)"
    assert rows[7][:2] == ["Jumlah", 1275]
    assert str(rows[9][0]).startswith("Sumber: Catatan penyaluran Asuh")
    assert rows[10][0] == "Angka ini bukan prevalensi stunting."


def test_report_without_tables_is_a_file_all_the_same() -> None:
    from dataclasses import replace

    content = report_workbook(replace(report(), tables=()))
    assert CalamineWorkbook.from_filelike(BytesIO(content)).sheet_names
