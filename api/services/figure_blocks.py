"""Figures in rows, as pages and files show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.documents.report_models import Cell, Column, ColumnKind, Table
from api.i18n import N_, translator
from api.services.report_tables import HIDDEN
from data.reference.indicators import indicators

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from api.documents.models import Language
    from api.services.report_columns import Figure

__all__ = ["TOTAL_ROW", "Block", "tables_of"]

TOTAL_ROW = -1
SUPPRESSED = N_(
    "Tanda *: angka di bawah 5, atau angka lain yang disembunyikan agar angka kecil itu "
    "tidak dapat dihitung kembali."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows of figures under one heading.

    Parameters
    ----------
    title, head, notes
        Indonesian texts with their English in ``api/locale``; ``head`` stands over the names.
    figures
        The columns; each code is an indicator.
    rows
        Name of the row (a text, or a proper name) and its values by code.
    total
        Values of all rows together; None where a sum would mean nothing.
    hidden
        Row (:data:`TOTAL_ROW`: the total) and figure of what may not be shown; a count takes the
        shares and means that stand on it along.
    behind
        Where a page leads to from the numbers of each row, the last entry being the total's; or
        empty (see :class:`api.documents.report_models.Table`).
    remark_head, remarks
        A last column of words, one per row; empty where there is none.
    """

    title: str
    head: str
    figures: tuple[Figure, ...]
    rows: tuple[tuple[str, Mapping[str, float | None]], ...]
    total: Mapping[str, float | None] | None = None
    notes: tuple[str, ...] = ()
    hidden: frozenset[tuple[int, str]] = frozenset()
    remark_head: str = ""
    remarks: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def tables_of(
    blocks: Sequence[Block],
    *,
    month: str,
    language: Language,
    source: str,
    as_of: date,
    is_public: bool = False,
    version: int | None = None,
) -> tuple[Table, ...]:
    """Return blocks as tables in a language; those that leave the office say what the sign is.

    ``month`` says which definitions they are named by, ``version`` is that of the report that the
    figures are taken from.
    """
    say = translator(language)
    names = {
        each.code: each.name_en if language == "en" else each.name_id for each in indicators(month)
    }
    tables = []
    for block in blocks:
        rows = tuple(
            (
                say(name) if name else say(N_("Wilayah belum diketahui")),
                *_cells(block, values, row),
                *((say(block.remarks[row]),) if block.remarks else ()),
            )
            for row, (name, values) in enumerate(block.rows)
        )
        total = None
        if block.total is not None:
            cells = _cells(block, block.total, TOTAL_ROW)
            total = (say(N_("Jumlah")), *cells, *(("",) if block.remarks else ()))
        tables.append(
            Table(
                title=say(block.title),
                columns=(
                    Column(say(block.head)),
                    *(
                        Column(names[figure.code], figure.kind, figure.code)
                        for figure in block.figures
                    ),
                    *((Column(say(block.remark_head)),) if block.remarks else ()),
                ),
                rows=rows,
                source=say(source),
                as_of=as_of,
                notes=(
                    *(say(note) for note in block.notes),
                    *((say(SUPPRESSED),) if is_public else ()),
                ),
                total=total,
                behind=block.behind,
                version=version,
            )
        )
    return tuple(tables)


def _cells(block: Block, values: Mapping[str, float | None], row: int) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for figure in block.figures:
        needed = (*figure.stands_on, figure.code)
        value = values.get(figure.code)
        if any((row, code) in block.hidden for code in needed):
            cells.append(HIDDEN)
        elif figure.stands_on or figure.kind is not ColumnKind.COUNT:
            cells.append(value)
        elif figure.code in values and value is None:
            cells.append(None)  # nobody knows: not the same as none
        else:
            cells.append(int(value or 0))
    return tuple(cells)
