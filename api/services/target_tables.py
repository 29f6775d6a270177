"""The sheet of the target line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.report_models import Column, ColumnKind, Table
from api.i18n import N_, Formats, translator
from api.sentences.reports import TITLES
from api.services.clock import local_date
from api.services.errors import Refused
from api.services.public_report import hidden_in_report
from api.services.report_tables import HIDDEN, rows_address
from api.services.report_versions import figures_reported
from api.services.target_line import closed_months, courses, month_counts, published

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
NUM_OF_TARGET = 3
"""First columns of a course, which say what the target is."""
TOTALS = ("target_eligible", "matching_matched")
"""What every number of a course stands on."""
FLOW = ("target_new", "target_graduated", "target_left")
"""What the coverage needed stands on too: with the totals it tells their sums over the months."""
NOT_PREVALENCE = N_(
    "Jumlah pada daftar sendiri bukan prevalensi: prevalensi hanya dari survei, e-PPGBM mencatat "
    "yang datang diukur."
)


def target_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return where our own list is heading, what was published, and our own list by month.

    Our own months stay in the office: the monthly report publishes them.
    """
    say = translator(wanted.language)
    known = published(session, language=wanted.language)
    counts = month_counts(session)
    hidden = hidden_of_city(session) if wanted.is_public else frozenset()
    return (
        _courses(courses(counts, known), say, wanted, hidden),
        _published(known, say, wanted),
        *(() if wanted.is_public else (_own(counts, say, wanted),)),
    )


def hidden_of_city(session: Session) -> frozenset[str]:
    """Return what the public reports of the months looked at hide of the whole city, in any month.

    What a projection is made of could be worked out from it; of few months alone, who came and left
    could be too. Where the months are few, or not all of them looked at, all of it is hidden.
    """
    from data.monitoring.projection import FEWEST_MONTHS

    everything, cycles = frozenset((*TOTALS, *FLOW)), closed_months(session)
    if len(cycles) < FEWEST_MONTHS:
        return everything
    told = figures_reported(session, cycles=cycles)
    if len(told) != len(cycles):
        return everything
    try:
        hidden = [hidden_in_report(session, figures) for _, figures in told]
    except Refused:  # nobody looked yet what may leave
        return everything
    return frozenset(
        code for code in everything if any(("city", "", code) in each for each in hidden)
    )


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
        behind=tuple(rows_address(each.month, "city", "") for each in counts),
    )


def _courses(found: list[Course], say: Translate, wanted: Wanted, hidden: frozenset[str]) -> Table:
    """Return where the list is heading; ``hidden``: the city's figures that may not be told."""
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
        rows=tuple(_shown(_course(each, say), hidden) for each in found),
        source=say(N_("Asuh, laporan bulan yang ditutup")),
        as_of=local_date(wanted.now),
        notes=(say(ASSUMPTION), *((say(TITLES["suppressed"]),) if hidden else ())),
        behind=()
        if wanted.is_public
        else tuple(rows_address(each.last.month, "city", "") for each in found),
    )


def _shown(row: tuple[Cell, ...], hidden: frozenset[str]) -> tuple[Cell, ...]:
    """Return a row without what would tell a figure that is hidden.

    Of hidden totals nothing but the target and the outlook is told, of a hidden flow all but the
    coverage needed, which stands before the outlook.
    """
    if not hidden.isdisjoint(TOTALS):
        return (*row[:NUM_OF_TARGET], *(HIDDEN for _ in row[NUM_OF_TARGET:-1]), row[-1])
    return (*row[:-2], HIDDEN, row[-1]) if not hidden.isdisjoint(FLOW) else row


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
