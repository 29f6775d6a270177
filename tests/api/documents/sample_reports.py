"""A believable month report and letters for the document tests; every figure is made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from api.documents.models import Goods
from api.documents.report_models import (
    Column,
    ColumnKind,
    DonorLetter,
    LetterChild,
    LetterStatus,
    Report,
    Signatory,
    Table,
)
from tests.api.documents.sample_books import imprint

HEAD = Signatory("Kepala Dinas PPPAKB", "Nama Pejabat", "196801011990031001")
AS_OF = date(2026, 12, 31)


def delivery_table() -> Table:
    return Table(
        title="Penyaluran per kecamatan",
        columns=(
            Column("Kecamatan"),
            Column("Paket direncanakan", ColumnKind.COUNT),
            Column("Diterima", ColumnKind.COUNT),
            Column("Bagian", ColumnKind.PERCENT),
            Column("Nilai", ColumnKind.RUPIAH),
            Column("Rata-rata ΔBB (kg)", ColumnKind.DECIMAL),
            Column("Terakhir", ColumnKind.DATE),
        ),
        rows=(
            ("Bukit Intan", 1234, 1200, Decimal("0.9724"), 222_120_000, Decimal("0.35"), AS_OF),
            ("Rangkui", 40, 0, Decimal(0), 0, None, None),
            ("=HYPERLINK(1)", 1, 1, 1.0, 180_000, 0.1, AS_OF),
        ),
        total=("Jumlah", 1275, 1201, Decimal("0.942"), 222_300_000, None, None),
        source="Catatan penyaluran Asuh, kejadian yang sudah direkonsiliasi",
        as_of=AS_OF,
        notes=("Angka ini bukan prevalensi stunting.",),
    )


def report(*tables: Table) -> Report:
    return Report(
        imprint=imprint(),
        title="Laporan bulanan orang tua asuh",
        subtitle="Desember 2026",
        tables=tables or (delivery_table(),),
        signatories=(Signatory("Ketua TPPS"), HEAD),
        signed_on=date(2027, 1, 4),
        paragraphs=("Bulan ini 1.201 paket sampai kepada keluarga.",),
    )


def letter(num_children: int = 2) -> DonorLetter:
    return DonorLetter(
        imprint=imprint(),
        number="460/12/PPPAKB/2026",
        sponsor_name="PT Timah Sejahtera Contoh",
        month=date(2026, 12, 1),
        dated_on=date(2027, 1, 5),
        children=tuple(
            LetterChild(
                alias=f"Anak B-{at:03d}",
                age_band="12–23 bulan",
                sex="perempuan",
                kecamatan="Bukit Intan",
                num_packages=1,
                contents=(Goods("Telur ayam", 30, "butir"), Goods("Beras", Decimal("2.5"), "kg")),
                status=LetterStatus.RECEIVED if at % 2 else LetterStatus.ON_THE_WAY,
                trend="naik" if at % 2 else "",
            )
            for at in range(1, num_children + 1)
        ),
        signatory=HEAD,
        received_rp=1_250_000,
        next_delivery="minggu pertama Januari 2027",
    )
