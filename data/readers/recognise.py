"""Which row is the header, and what kind of file it announces.

Every one of the first fifteen rows is tried as a header, alone and together with one or two rows
below it (headers are often split over merged cells). A kind is recognised when all columns it
cannot do without are there; of several, the one that explains most columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from data.readers.headers import KIND_NAMES, LAYOUTS, squash
from data.readers.records import FileRefused, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.readers.records import Cell
    from data.readers.table import Sheet, Workbook

__all__ = ["Recognised", "recognise", "recognised_sheets"]

MAX_HEADER_ROWS = 3
SEARCHED_ROWS = 15


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sheet, its kind, its header and where each field stands."""

    kind: Kind
    sheet: Sheet
    header_row: int
    """Number of the last header row."""
    height: int
    """How many rows the header has."""
    body_from: int
    """Index in ``sheet.rows`` of the first row after the header."""
    headers: tuple[str, ...]
    columns: dict[str, int]
    """Field → index of its column."""
    missing: tuple[str, ...]
    """Headers of required columns that are not there."""

    @property
    def is_complete(self) -> bool:
        """Whether every required column is there."""
        return not self.missing


def recognise(book: Workbook, *, kind: Kind | None = None, sheet: str | None = None) -> Recognised:
    """Return the sheet of a workbook that best fits a kind of file.

    Parameters
    ----------
    book
        The parsed file.
    kind
        The kind, when the user said which; otherwise the headers decide.
    sheet
        The sheet, when the user said which.

    Raises
    ------
    FileRefused
        No header, headers of another kind than the user said, headers of no kind (naming the
        nearest kind and what it lacks), or headers that fit two kinds equally.
    """
    candidates = [
        found
        for page in book.sheets
        if sheet is None or page.name == sheet
        for found in _candidates(page, kind)
    ]
    complete = [found for found in candidates if found.is_complete]
    if not complete:
        raise _other_kind(book, kind, sheet) or _nothing_fits(book.file_name, candidates)
    best = max(complete, key=_rank)
    rivals = {
        found.kind
        for found in complete
        if found.sheet is best.sheet and len(found.columns) == len(best.columns)
    }
    if len(rivals) > 1:
        names = [KIND_NAMES[rival] for rival in sorted(rivals)]
        raise FileRefused(
            "kind_ambiguous",
            name=book.file_name,
            kinds=sorted(rivals),
            kinds_id=" / ".join(name[0] for name in names),
            kinds_en=" / ".join(name[1] for name in names),
        )
    return best


def recognised_sheets(book: Workbook, kind: Kind | None = None) -> list[Recognised]:
    """Return every sheet that is of some kind (or of this kind), in the order of the workbook."""
    found = []
    for page in book.sheets:
        complete = [item for item in _candidates(page, kind) if item.is_complete]
        if complete:
            found.append(max(complete, key=_rank))
    return found


def _rank(found: Recognised) -> tuple[int, int]:
    return len(found.columns), len(found.sheet.rows) - found.body_from


def _other_kind(book: Workbook, kind: Kind | None, sheet: str | None) -> FileRefused | None:
    """Return a refusal that names the kind which the headers are of, when the user said another."""
    if kind is None:
        return None
    try:
        found = recognise(book, sheet=sheet).kind
    except FileRefused:
        return None
    (said_id, said_en), (found_id, found_en) = KIND_NAMES[kind], KIND_NAMES[found]
    return FileRefused(
        "kind_other",
        name=book.file_name,
        said=kind,
        said_id=said_id,
        said_en=said_en,
        found=found,
        found_id=found_id,
        found_en=found_en,
    )


def _nothing_fits(name: str, candidates: Sequence[Recognised]) -> FileRefused:
    if not candidates:
        return FileRefused("no_header", name=name, rows=SEARCHED_ROWS)
    nearest = max(candidates, key=lambda found: len(found.columns) / (1 + len(found.missing)))
    kind_id, kind_en = KIND_NAMES[nearest.kind]
    return FileRefused(
        "kind_unknown",
        name=name,
        nearest=nearest.kind,
        nearest_id=kind_id,
        nearest_en=kind_en,
        missing=", ".join(nearest.missing),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """A possible header: rows taken together, and what each column could be called."""

    first: int
    height: int
    columns: tuple[tuple[tuple[str, str], ...], ...]
    """Per column the pairs of text and squashed text, most telling first."""


def _candidates(sheet: Sheet, kind: Kind | None) -> Iterator[Recognised]:
    """Yield the best reading of a sheet for every kind of which it has at least two columns."""
    blocks = list(_blocks(sheet))
    for one in [kind] if kind else list(Kind):
        readings = [_as_header(sheet, one, block) for block in blocks]
        best = max(readings, key=_fit, default=None)
        if best is not None and len(best.columns) >= min(2, len(LAYOUTS[one].required)):
            yield best


def _fit(found: Recognised) -> tuple[int, int, int]:
    return -len(found.missing), len(found.columns), -found.height


def _blocks(sheet: Sheet) -> Iterator[_Block]:
    rows = sheet.rows
    for first in range(min(len(rows), SEARCHED_ROWS)):
        for height in range(1, min(MAX_HEADER_ROWS, len(rows) - first) + 1):
            if rows[first + height - 1][0] > SEARCHED_ROWS:
                break
            texts = _columns_of([cells for _, cells in rows[first : first + height]])
            yield _Block(
                first,
                height,
                tuple(tuple((text, squash(text)) for text in column) for column in texts),
            )


def _as_header(sheet: Sheet, kind: Kind, block: _Block) -> Recognised:
    spellings = _spellings(kind)
    headers: list[str] = []
    columns: dict[str, int] = {}
    for index, texts in enumerate(block.columns):
        known = next(((text, spellings[key]) for text, key in texts if key in spellings), None)
        headers.append(known[0] if known else texts[0][0])
        if known:
            columns.setdefault(known[1], index)
    required = LAYOUTS[kind].required
    missing = tuple(
        LAYOUTS[kind].header(group[0]) for group in required if not columns.keys() & set(group)
    )
    body_from = block.first + block.height
    return Recognised(
        kind=kind,
        sheet=sheet,
        header_row=sheet.rows[body_from - 1][0],
        height=block.height,
        body_from=body_from,
        headers=tuple(headers),
        columns=columns,
        missing=missing,
    )


@cache
def _spellings(kind: Kind) -> dict[str, str]:
    return LAYOUTS[kind].spellings()


def _columns_of(block: Sequence[tuple[Cell, ...]]) -> Iterator[list[str]]:
    """Yield the texts that could be a column's header: all rows joined, then the lowest, up."""
    width = max(len(cells) for cells in block)
    rows = [[_text(cells[i]) if i < len(cells) else "" for i in range(width)] for cells in block]
    for upper, lower in pairwise(rows):
        # A merged cell holds its text at the left; what lies under it belongs to it.
        for index in range(1, width):
            if not upper[index] and lower[index] and upper[index - 1]:
                upper[index] = upper[index - 1]
    for index in range(width):
        texts = [row[index] for row in rows if row[index]]
        yield [" ".join(texts), *reversed(texts)]


def _text(cell: Cell) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else ""
