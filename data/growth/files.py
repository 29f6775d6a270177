"""z-scores from a CSV file to a CSV file of any size, a block of rows at a time."""

from __future__ import annotations

import csv
import gzip
import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import IO, TYPE_CHECKING, cast

from data.growth.zscores import ZScores, zscores

if TYPE_CHECKING:
    from _csv import Writer
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["MissingColumnsError", "ZScoreCounts", "zscore_csv"]

_NEEDED = ("sex", "age", "weight", "lenhei")
_OPTIONAL = ("measure", "oedema")
_ADDED = ("zlen", "flen", "zwei", "fwei", "zwfl", "fwfl", "zbmi", "fbmi")
_SEXES = {"1": 1, "m": 1, "male": 1, "l": 1, "2": 2, "f": 2, "female": 2, "p": 2}
_BLANKS = {"", "na", "nan", "null", "-"}


class MissingColumnsError(ValueError):
    """The file lacks columns that z-scores need.

    Attributes
    ----------
    columns
        Their names.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(f"missing columns: {', '.join(columns)}")
        self.columns = tuple(columns)


@dataclass(frozen=True, slots=True)
class ZScoreCounts:
    """What went through: rows, and cells that hold something else than what belongs there."""

    num_rows: int
    num_unreadable_cells: int


def zscore_csv(
    source: Path,
    target: Path,
    *,
    rows_per_block: int = 50_000,
    on_rows: Callable[[int], None] | None = None,
) -> ZScoreCounts:
    """Copy a CSV file and add ``zlen, flen, zwei, fwei, zwfl, fwfl, zbmi, fbmi`` to every row.

    Columns ``sex`` (1/2 or m/f), ``age`` (days), ``weight`` (kg), ``lenhei`` (cm) and, when there,
    ``measure`` (l/h) and ``oedema`` (y/n) are read; all columns are kept. Separator ``,`` or ``;``
    (then with decimal commas too); a name that ends in ``.gz`` is compressed. A cell that cannot be
    read counts as unknown and leaves its z-scores blank.

    Parameters
    ----------
    source, target
        Where to read and write; not the same file.
    rows_per_block
        How many rows are held in memory at once.
    on_rows
        Called after each block with the number of rows done.

    Raises
    ------
    MissingColumnsError
        If the header lacks a needed column; nothing is written then.
    ValueError
        If source and target are the same file.
    """
    if source.resolve() == target.resolve():
        msg = "the result cannot replace the file that it is computed from"
        raise ValueError(msg)
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with _open(source, "rt") as lines, _open(unfinished, "wt", like=target) as written:
            counts = _copy(lines, written, rows_per_block, on_rows or (lambda _: None))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def _copy(
    lines: IO[str], written: IO[str], rows_per_block: int, on_rows: Callable[[int], None]
) -> ZScoreCounts:
    delimiter = _delimiter(lines)
    reader = csv.reader(lines, delimiter=delimiter)
    layout = _Layout.of(next(reader, []))
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    writer.writerow(layout.header)
    num_rows = unreadable = 0
    while block := list(islice(_filled(reader), rows_per_block)):
        unreadable += _write_block(writer, layout, block)
        num_rows += len(block)
        on_rows(num_rows)
    return ZScoreCounts(num_rows=num_rows, num_unreadable_cells=unreadable)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the columns stand, and the header of the result."""

    positions: dict[str, int]
    header: list[str]
    kept: list[int]

    @classmethod
    def of(cls, header: list[str]) -> _Layout:
        names = [name.strip().lower() for name in header]
        missing = [name for name in _NEEDED if name not in names]
        if missing:
            raise MissingColumnsError(missing)
        kept = [at for at, name in enumerate(names) if name not in _ADDED]
        return cls(
            positions={name: names.index(name) for name in (*_NEEDED, *_OPTIONAL) if name in names},
            header=[header[at] for at in kept] + list(_ADDED),
            kept=kept,
        )

    def column(self, block: list[list[str]], name: str) -> list[str]:
        if name not in self.positions:
            return [""] * len(block)
        at = self.positions[name]
        return [row[at].strip() if at < len(row) else "" for row in block]


class _Cells:
    """Reads cells and counts those that hold something else than what belongs there."""

    def __init__(self) -> None:
        self.num_unreadable = 0

    def number(self, cell: str) -> float:
        if cell.lower() in _BLANKS:
            return math.nan
        try:
            return float(cell.replace(",", "."))
        except ValueError:
            self.num_unreadable += 1
            return math.nan

    def sex(self, cell: str) -> int:
        known = _SEXES.get(cell.lower(), 0)
        self.num_unreadable += not known and cell.lower() not in _BLANKS
        return known


def _write_block(writer: Writer, layout: _Layout, block: list[list[str]]) -> int:
    read = _Cells()
    age, weight, lenhei = (
        [read.number(cell) for cell in layout.column(block, name)]
        for name in ("age", "weight", "lenhei")
    )
    scored = zscores(
        sex=[read.sex(cell) for cell in layout.column(block, "sex")],
        age_days=age,
        weight_kg=weight,
        lenhei_cm=lenhei,
        measure=layout.column(block, "measure"),
        oedema=layout.column(block, "oedema"),
    )
    added = zip(*_cells(scored), strict=True)
    width = max(layout.kept, default=-1) + 1
    for row, cells in zip(block, added, strict=True):
        padded = row + [""] * (width - len(row))
        writer.writerow([*(padded[at] for at in layout.kept), *cells])
    return read.num_unreadable


def _cells(scored: ZScores) -> Iterator[list[str]]:
    for name in ("len", "wei", "wfl", "bmi"):
        words = [_two_decimals(z) for z in getattr(scored, f"z{name}").tolist()]
        flags = getattr(scored, f"f{name}").tolist()
        yield words
        yield [str(int(flag)) if word else "" for word, flag in zip(words, flags, strict=True)]


@lru_cache(maxsize=8192)
def _two_decimals(z: float) -> str:
    """Return the shortest form of a z-score with two decimals, as WHO's package writes it."""
    if math.isnan(z):
        return ""
    return f"{z:.2f}".rstrip("0").rstrip(".")


def _filled(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    return (row for row in reader if any(row))


def _delimiter(lines: IO[str]) -> str:
    first = lines.readline()
    lines.seek(0)
    return ";" if first.count(";") > first.count(",") else ","


def _open(path: Path, mode: str, *, like: Path | None = None) -> IO[str]:
    encoding = "utf-8-sig" if mode == "rt" else "utf-8"
    if (like or path).suffix == ".gz":
        return cast("IO[str]", gzip.open(path, mode, encoding=encoding, newline=""))
    return cast("IO[str]", path.open(mode, encoding=encoding, newline=""))
