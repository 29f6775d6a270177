"""The sheet of the target line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.report_models import Column, ColumnKind, Table
from api.i18n import N_, Formats, translator
from api.services.clock import local_date
from api.services.target_line import courses, month_counts, published

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.documents.report_models import Cell
    from api.i18n import Translate
    from api.services.monitoring_sheets import Wanted
    from api.services.target_line import Course, MonthCount, Published

__all__ = ["target_tables"]

KINDS = {
    "survey": N_("survei (prevalensi)"),
    "register": N_("pencatatan e-PPGBM"),
    "target": N_("target"),
}
OUTLOOKS = {
    "too_few": N_("belum dapat dikatakan: kurang dari enam bulan tertutup"),
    "on_course": N_("menuju target"),
    "open": N_("belum dapat dikatakan"),
    "off_course": N_("tidak tercapai bila berjalan seperti ini"),
}
ASSUMPTION = N_(
    "Proyeksi meneruskan rata-rata perubahan bulanan; 19 dari 20 kemungkinan berada di antara "
    "batas bawah dan batas atas. Cakupan yang diperlukan memakai rata-rata anak baru, lulus, dan "
    "keluar per bulan, dan menganggap semuanya tetap."
)
NOT_PREVALENCE = N_(
    "Jumlah pada daftar sendiri bukan prevalensi: prevalensi hanya dari survei, e-PPGBM mencatat "
    "yang datang diukur."
)


def target_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return what was published, our own list by month, and where it is heading.

    Our own months stay in the office: the monthly report publishes them.
    """
    say = translator(wanted.language)
    known = published(session, language=wanted.language)
    counts = month_counts(session)
    tables = [_published(known, say, wanted)]
    if not wanted.is_public:
        tables.append(_own(counts, say, wanted))
    tables.append(_courses(courses(counts, known), say, wanted))
    return tuple(tables)


def _published(known: list[Published], say: Translate, wanted: Wanted) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            each.on,
            each.name,
            say(KINDS[each.kind.value]),
            each.area,
            each.value,
            say(N_("persen")) if each.unit.value == "percent" else say(N_("anak")),
            each.source,
            say(N_("sumber berbeda-beda")) if each.is_unsure else "",
        )
        for each in known
    ]
    return Table(
        title=say(N_("Angka dan target dari luar, menurut sumber")),
        columns=(
            Column(say(N_("Per tanggal")), ColumnKind.DATE),
            Column(say(N_("Uraian"))),
            Column(say(N_("Jenis"))),
            Column(say(N_("Wilayah"))),
            Column(say(N_("Nilai")), ColumnKind.DECIMAL, "published_value"),
            Column(say(N_("Satuan"))),
            Column(say(N_("Sumber"))),
            Column(say(N_("Catatan"))),
        ),
        rows=tuple(rows),
        source=say(N_("Sumber pada setiap baris")),
        as_of=local_date(wanted.now),
        notes=(say(NOT_PREVALENCE),),
    )


def _own(counts: list[MonthCount], say: Translate, wanted: Wanted) -> Table:
    formats = Formats(wanted.language)
    return Table(
        title=say(N_("Daftar sendiri, bulan demi bulan")),
        columns=(
            Column(say(N_("Bulan"))),
            Column(say(N_("Memenuhi syarat")), ColumnKind.COUNT, "target_eligible"),
            Column(say(N_("Baru masuk")), ColumnKind.COUNT, "target_new"),
            Column(say(N_("Lulus")), ColumnKind.COUNT, "target_graduated"),
            Column(say(N_("Keluar program")), ColumnKind.COUNT, "target_left"),
            Column(say(N_("Mendapat orang tua asuh")), ColumnKind.COUNT, "matching_matched"),
        ),
        rows=tuple(
            (
                formats.month(each.month),
                each.children,
                each.new,
                each.graduated,
                each.left,
                each.served,
            )
            for each in counts
        ),
        source=say(N_("Asuh, laporan bulan yang ditutup")),
        as_of=local_date(wanted.now),
        notes=(say(NOT_PREVALENCE),),
    )


def _courses(found: list[Course], say: Translate, wanted: Wanted) -> Table:
    return Table(
        title=say(N_("Menuju target jumlah anak")),
        columns=(
            Column(say(N_("Target"))),
            Column(say(N_("Per tanggal")), ColumnKind.DATE),
            Column(say(N_("Anak, target")), ColumnKind.COUNT, "published_value"),
            Column(say(N_("Anak, sekarang")), ColumnKind.COUNT, "target_eligible"),
            Column(say(N_("Proyeksi")), ColumnKind.COUNT, "projected_children"),
            Column(say(N_("Batas bawah")), ColumnKind.COUNT, "projected_children"),
            Column(say(N_("Batas atas")), ColumnKind.COUNT, "projected_children"),
            Column(say(N_("Cakupan sekarang")), ColumnKind.PERCENT, "served"),
            Column(say(N_("Cakupan yang diperlukan")), ColumnKind.PERCENT, "coverage_needed"),
            Column(say(N_("Penilaian"))),
        ),
        rows=tuple(_course(each, say) for each in found),
        source=say(N_("Asuh, laporan bulan yang ditutup")),
        as_of=local_date(wanted.now),
        notes=(say(ASSUMPTION),),
    )


def _course(each: Course, say: Translate) -> tuple[Cell, ...]:
    seen = each.projection
    needed: Cell = each.coverage
    if needed is None and each.flow is not None:
        needed = say(N_("semua anak pun belum cukup"))
    return (
        each.target.name,
        each.target.on,
        round(each.target.value),
        each.last.children,
        round(seen.middle) if seen else None,
        round(seen.low) if seen else None,
        round(seen.high) if seen else None,
        each.coverage_now,
        needed,
        say(OUTLOOKS[each.outlook.value]),
    )
