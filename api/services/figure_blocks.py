"""Figures in rows, as pages and files show them; small counts hidden where they leave the office.

A block knows its counts and what adds up to what, so that all blocks of a sheet can be looked at
together when it leaves: a total that stands in two of them is one figure to whoever reads both.
"""

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
    from data.monitoring.suppression import Sum

__all__ = ["Block", "hidden_cells", "tables_of"]

BlockCell = tuple[int, int, str]
"""Block, row (-1: the total of any block), figure."""
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
    made_up_of
        A figure and those that add up to it, in every row.
    part_of
        A figure that counts some of those that another counts, here or in the total of a block
        before: who is missing is as telling.
    hidden_elsewhere
        Row and figure of cells that another publication hides.
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
    made_up_of: tuple[tuple[str, tuple[str, ...]], ...] = ()
    part_of: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    hidden_elsewhere: frozenset[tuple[int, str]] = frozenset()
    remark_head: str = ""
    remarks: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()

    @property
    def counts(self) -> tuple[str, ...]:
        """The figures that count somebody or something."""
        return tuple(
            figure.code
            for figure in self.figures
            if not figure.stands_on and figure.kind is ColumnKind.COUNT
        )


def tables_of(
    blocks: Sequence[Block],
    *,
    language: Language,
    source: str,
    as_of: date,
    is_public: bool = False,
    hidden_totals: frozenset[str] = frozenset(),
) -> tuple[Table, ...]:
    """Return blocks as tables in a language; ``is_public`` for those that leave the office.

    ``hidden_totals`` are figures whose total another publication hides.
    """
    say = translator(language)
    names = {each.code: each.name_en if language == "en" else each.name_id for each in indicators()}
    hidden = hidden_cells(blocks, hidden_totals=hidden_totals) if is_public else frozenset()
    tables = []
    for number, block in enumerate(blocks):
        rows = tuple(
            (
                say(name) if name else say(N_("Wilayah belum diketahui")),
                *_cells(block, values, number, row, hidden),
                *((say(block.remarks[row]),) if block.remarks else ()),
            )
            for row, (name, values) in enumerate(block.rows)
        )
        total = None
        if block.total is not None:
            cells = _cells(block, block.total, number, TOTAL_ROW, hidden)
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
            )
        )
    return tuple(tables)


def hidden_cells(
    blocks: Sequence[Block], *, hidden_totals: frozenset[str] = frozenset()
) -> frozenset[BlockCell]:
    """Return the cells of all blocks that may not leave, looked at together."""
    from data.monitoring.suppression import Sum, suppressed  # scipy is slow to load

    counts: dict[BlockCell, int] = {}
    missing: dict[BlockCell, int] = {}
    sums: list[Sum[BlockCell]] = []
    for number, block in enumerate(blocks):
        for row, (_, values) in enumerate(block.rows):
            for code in block.counts:
                counts[number, row, code] = int(values.get(code) or 0)
        if block.total is not None:
            for code in block.counts:
                cell = _total_cell(counts, number, code, int(block.total.get(code) or 0))
                counts[cell] = int(block.total.get(code) or 0)
        sums += _sums(block, number, counts)
        for part, whole in block.part_of:
            for row in [*range(len(block.rows)), *([TOTAL_ROW] if block.total is not None else [])]:
                some, each = (_cell(counts, number, row, code) for code in (part, whole))
                rest = (number, row, f"{whole} less {part}")
                if counts[each] >= counts[some]:
                    missing[rest] = counts[each] - counts[some]
                    sums.append(Sum(each, (some, rest)))
    elsewhere = [
        cell
        for cell, count in counts.items()
        if cell[1] == TOTAL_ROW and cell[2] in hidden_totals and count
    ]
    elsewhere += [
        (number, row, code)
        for number, block in enumerate(blocks)
        for row, code in sorted(block.hidden_elsewhere)
        if counts[number, row, code]
    ]
    return suppressed(
        counts | missing, sums, unpublished=missing, hidden_elsewhere=elsewhere
    ) - set(missing)


def _total_cell(counts: Mapping[BlockCell, int], number: int, code: str, value: int) -> BlockCell:
    """Return the cell of a total: one for all blocks that agree on it, else the block's own."""
    shared = (TOTAL_ROW, TOTAL_ROW, code)
    return shared if counts.get(shared, value) == value else (number, TOTAL_ROW, code)


def _cell(counts: Mapping[BlockCell, int], number: int, row: int, code: str) -> BlockCell:
    """Return the cell of a figure in a row of a block; totals are shared where blocks agree."""
    own = (number, row, code)
    return own if own in counts else (TOTAL_ROW, TOTAL_ROW, code)


def _sums(block: Block, number: int, counts: Mapping[BlockCell, int]) -> list[Sum[BlockCell]]:
    """Return what adds up: rows to their total, and figures within a row; only where it does."""
    from data.monitoring.suppression import Sum

    found = []
    places: list[int] = list(range(len(block.rows)))
    if block.total is not None:
        found += [
            Sum(
                _cell(counts, number, TOTAL_ROW, code),
                tuple((number, row, code) for row in range(len(block.rows))),
            )
            for code in block.counts
        ]
        places.append(TOTAL_ROW)
    for row in places:
        for one, parts in block.made_up_of:
            cells = [_cell(counts, number, row, code) for code in (one, *parts)]
            found.append(Sum(cells[0], tuple(cells[1:])))
    return [
        each for each in found if counts[each.whole] == sum(counts[part] for part in each.parts)
    ]


def _cells(
    block: Block,
    values: Mapping[str, float | None],
    number: int,
    row: int,
    hidden: frozenset[BlockCell],
) -> tuple[Cell, ...]:
    def is_hidden(code: str) -> bool:
        places = {(number, row, code)}
        if row == TOTAL_ROW:
            places.add((TOTAL_ROW, TOTAL_ROW, code))
        return not hidden.isdisjoint(places)

    cells: list[Cell] = []
    for figure in block.figures:
        needed = figure.stands_on or (figure.code,)
        value = values.get(figure.code)
        if any(is_hidden(code) for code in needed):
            cells.append(HIDDEN)
        elif figure.stands_on or figure.kind is not ColumnKind.COUNT:
            cells.append(value)
        elif figure.code in values and value is None:
            cells.append(None)  # nobody knows: not the same as none
        else:
            cells.append(int(value or 0))
    return tuple(cells)
