"""The rows behind a figure as a sheet: what the page of rows lists, all of it; it stays inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.report_models import Column, ColumnKind, Table
from api.i18n import N_, Formats, sentence, translator
from api.services.clock import local_date
from api.services.cycles import find_cycle
from api.services.errors import Forbidden, Refused
from api.services.figure_rows import rows_behind
from api.services.figure_rules import SHORTFALL, How
from api.services.report_tables import shortfall_reason
from api.services.report_tally import area_name
from api.services.share_tables import unit_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from api.documents.report_models import Cell
    from api.services.figure_rows import BehindFigure, FigureRow
    from api.services.monitoring_sheets import Wanted

__all__ = ["figure_row_tables"]


def figure_row_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return the rows behind a figure of a unit in its last month; the look is noted.

    Raises
    ------
    Refused
        ``monitoring.inside`` where it would leave the office: rows are children and people.
    NotFound, Forbidden, Invalid
        As :func:`api.services.figure_rows.rows_behind` does.
    """
    if wanted.is_public:
        raise Refused("monitoring.inside")
    if wanted.by is None:
        raise Forbidden("access.role")
    behind = rows_behind(
        session, cycle=find_cycle(session, month=wanted.last_month or ""), code=wanted.figure,
        level=wanted.level, unit=wanted.unit, by=wanted.by, now=wanted.now, cause=wanted.cause,
    )  # fmt: skip
    columns = _columns(behind, wanted.language)
    return (
        Table(
            title=_title(behind, wanted),
            columns=tuple(column for column, _ in columns),
            rows=tuple(tuple(cell(row) for _, cell in columns) for row in behind.rows),
            source=_source(behind, wanted.language),
            as_of=local_date(wanted.now),
        ),
    )


def _title(behind: BehindFigure, wanted: Wanted) -> str:
    indicator = behind.indicator
    name = indicator.name_en if wanted.language == "en" else indicator.name_id
    cause = f": {shortfall_reason(wanted.cause, wanted.language)}" if wanted.cause else ""
    unit = unit_name(wanted.unit, wanted.level, wanted.language)
    return f"{name}{cause} – {unit}, {Formats(wanted.language).month(behind.month)}"


def _source(behind: BehindFigure, language: str) -> str:
    say = translator(language)
    if behind.version is None:
        return say(N_("Asuh, dihitung sekarang"))
    return say(
        N_("Asuh, dihitung sekarang; angkanya di laporan %(bulan)s versi %(nomor)s"),
        bulan=Formats(language).month(behind.month), nomor=behind.version,
    )  # fmt: skip


def _columns(
    behind: BehindFigure, language: str
) -> list[tuple[Column, Callable[[FigureRow], Cell]]]:
    """Return the columns that have something to tell, each with the cell of a row."""
    say, rows = translator(language), behind.rows
    yes, no = say(N_("ya")), say(N_("tidak"))
    number = ColumnKind.RUPIAH if behind.indicator.unit == "rupiah" else ColumnKind.DECIMAL
    if all(float(row.amount).is_integer() for row in rows) and number is ColumnKind.DECIMAL:
        number = ColumnKind.COUNT

    def counted(row: FigureRow) -> Cell:
        return row.amount if row.is_hit is None else yes if row.is_hit else no

    is_share = behind.how is How.SHARE
    value = N_("Nilai") if behind.how in (How.MEAN, How.LARGEST) else N_("Terhitung")
    cause = N_("Alasan") if behind.indicator.code == SHORTFALL else N_("Terhenti karena")
    has_places = any(any(row.place) for row in rows)
    told: list[tuple[bool, Column, Callable[[FigureRow], Cell]]] = [
        (True, Column(say(N_("Kode"))), lambda row: row.code),
        (True, Column(say(N_("Jenis"))), lambda row: sentence(f"row.{row.kind}", {}, language)),
        (has_places, Column(say(N_("Posyandu"))), lambda row: row.place.posyandu or None),
        (
            has_places,
            Column(say(N_("Kelurahan"))),
            lambda row: area_name(row.place.kelurahan_code, "kelurahan") or None,
        ),
        (has_places, Column(say(N_("TPK"))), lambda row: row.place.team or None),
        (any(row.by for row in rows), Column(say(N_("Petugas"))), lambda row: row.by or None),
        (True, Column(say(value), ColumnKind.TEXT if is_share else number), counted),
        (
            any(row.weight is not None for row in rows),
            Column(say(N_("Bobot")), ColumnKind.DECIMAL),
            lambda row: row.weight,
        ),
        (
            any(row.cause for row in rows),
            Column(say(cause)),
            lambda row: shortfall_reason(row.cause, language) if row.cause else None,
        ),
    ]
    return [(column, cell) for is_told, column, cell in told if is_told]
