from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

from python_calamine import CalamineWorkbook

from api.documents.report_workbook import report_workbook
from api.documents.workbooks import tab_name
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


def test_a_report_without_tables_says_what_it_would_hold() -> None:
    content = report_workbook(replace(report(), tables=(), subtitle=""))
    workbook = CalamineWorkbook.from_filelike(BytesIO(content))
    assert workbook.sheet_names == ["Laporan bulanan orang tua asuh"]
    rows = workbook.get_sheet_by_index(0).to_python()
    title = "Laporan bulanan orang tua asuh"
    assert [row[0] for row in rows[:3]] == [title, title, "Tidak ada data."]
    assert "dicetak" in str(rows[3][0])


def test_a_table_without_rows_says_so_above_its_total() -> None:
    content = report_workbook(report(replace(delivery_table(), rows=())))
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[4:6]] == ["Tidak ada data.", "Jumlah"]
    assert str(rows[7][0]).startswith("Sumber:")


def test_long_tab_names_keep_the_words_that_tell_them_apart() -> None:
    taken: set[str] = set()
    about = "Yang tertahan sebelum pencocokan, per"
    assert tab_name(f"{about} kecamatan", taken) == "Yang tertahan… per kecamatan"
    assert tab_name(f"{about} kelurahan", taken) == "Yang tertahan… per kelurahan"
    assert tab_name(f"{about} kelurahan", taken) == "Yang… per kelurahan (2)"
    assert len(tab_name("x" * 40, taken)) <= 31
    assert tab_name("Blok 1A (spesifik) dan 1B (sensitif)", taken) == "Blok 1A dan 1B"
    assert tab_name("Penyaluran menurut puskesmas kota", taken) == "Penyaluran per puskesmas kota"
