from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest

from api.documents.report_models import Column, ColumnKind, Table
from api.documents.reports import report_pdf, written
from api.documents.wording import Wording
from tests.api.documents.pdf_reading import claims_pdf_ua, page_texts, whole_text
from tests.api.documents.sample_reports import AS_OF, delivery_table, report


def test_every_table_carries_its_source_and_date() -> None:
    pdf = report_pdf(report(delivery_table(), delivery_table()))
    text = whole_text(pdf)
    assert text.count("Sumber: Catatan penyaluran Asuh") == 2
    assert text.count("keadaan 31 Desember 2026") == 2
    assert text.count("Angka ini bukan prevalensi stunting.") == 2
    assert claims_pdf_ua(pdf)


def test_report_is_signed_and_tells_its_version() -> None:
    text = whole_text(report_pdf(report()))
    for expected in (
        "Pangkalpinang, 4 Januari 2027",
        "Ketua TPPS",
        "NIP 196801011990031001",
        "versi 3 · a1b2c3d4e5f6",
        "Rp 222.120.000",
        "97,2 %",
    ):
        assert expected in text


def test_wide_table_turns_the_page() -> None:
    wide = Table(
        "Lebar",
        tuple(Column(f"K{at}", ColumnKind.COUNT) for at in range(14)),
        (tuple(range(14)),),
        "x",
        AS_OF,
    )
    for tables, is_wide in (((delivery_table(),), False), ((wide,), True)):
        box = pypdf.PdfReader(BytesIO(report_pdf(report(*tables)))).pages[0].mediabox
        assert (box.width > box.height) is is_wide


def test_empty_table_and_report_without_tables_say_so() -> None:
    empty = replace(delivery_table(), rows=(), total=None)
    assert "Tidak ada data." in whole_text(report_pdf(report(empty)))
    assert report_pdf(replace(report(), tables=(), signatories=())).startswith(b"%PDF")


@pytest.mark.slow
@pytest.mark.parametrize("total", [None, ("Jumlah", 1)])
def test_a_long_table_is_cut_between_rows_that_have_company(total: tuple[str, int] | None) -> None:
    """Wherever the page ends: three rows under the title, three above the source."""
    columns = (Column("Kelurahan"), Column("Anak", ColumnKind.COUNT))
    cut = 0
    for num in range(16, 44):
        tables = [
            Table(f"Judul{at}", columns, tuple((f"baris{at}x{n}", n) for n in range(rows)),
                  f"asal{at}", AS_OF, total=total)
            for at, rows in enumerate((num, 20))
        ]  # fmt: skip
        texts = page_texts(report_pdf(report(*tables)))
        for at in range(2):
            (first,) = (text for text in texts if f"Judul{at}" in text)
            (last,) = (text for text in texts if f"asal{at}" in text)
            assert first.count(f"baris{at}x") >= 3, (num, at)
            assert last.count(f"baris{at}x") >= 3, (num, at)
            cut += first != last
    assert cut > 10


def test_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="row 1: 1 cells, not 7"):
        replace(delivery_table(), rows=(("x",),))


@pytest.mark.parametrize(
    ("cell", "kind", "expected"),
    [
        (None, ColumnKind.COUNT, "–"),
        (1234, ColumnKind.COUNT, "1.234"),
        (Decimal("0.125"), ColumnKind.PERCENT, "12,5 %"),
        (1.005, ColumnKind.DECIMAL, "1"),
        (180_000, ColumnKind.RUPIAH, "Rp\N{NO-BREAK SPACE}180.000"),
        (AS_OF, ColumnKind.DATE, "31 Des 2026"),
        ("NIK 1971014102990012", ColumnKind.TEXT, "NIK 1971••••••••0012"),
    ],
)
def test_cell_is_written_as_its_column_wants(cell: object, kind: ColumnKind, expected: str) -> None:
    assert written(cell, kind, Wording("id")) == expected  # type: ignore[arg-type]
