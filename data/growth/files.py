"""z-scores from a CSV file to a CSV file of any size, a block of rows at a time."""

from __future__ import annotations

import csv
import gzip
import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from data.growth.zscores import ZScores, zscores

if TYPE_CHECKING:
    from _csv import Writer
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["MissingColumnsError", "zscore_csv"]

_NEEDED = ("sex", "age", "weight", "lenhei")
_OPTIONAL = ("measure", "oedema")
_ADDED = ("zlen", "flen", "zwei", "fwei", "zwfl", "fwfl", "zbmi", "fbmi")
_SEXES = {"1": 1, "m": 1, "male": 1, "l": 1, "2": 2, "f": 2, "female": 2, "p": 2}
_BLANKS = {"", "na", "nan", "null", "-"}
_Row = tuple[int, list[str]]


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


def zscore_csv(
    source: Path,
    target: Path,
    *,
    rows_per_block: int = 50_000,
    on_rows: Callable[[int], None] | None = None,
    on_unreadable: Callable[[int, str], None] | None = None,
) -> int:
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
    on_unreadable
        Called with row number (the header is row 1) and column of each such cell.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    MissingColumnsError
        If the header lacks a needed column; nothing is written then.
    ValueError
        If source and target are the same file, or the source is no CSV text in UTF-8.
    """
    if source.resolve() == target.resolve():
        msg = "the result cannot replace the file that it is computed from"
        raise ValueError(msg)
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with _open(source, "rt") as lines, _open(unfinished, "wt", like=target) as written:
            num_rows = _copy(lines, written, rows_per_block, _Notices(on_rows, on_unreadable))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return num_rows


class _Notices(NamedTuple):
    """Whom to tell what while the file goes through."""

    on_rows: Callable[[int], None] | None
    on_unreadable: Callable[[int, str], None] | None


def _copy(lines: IO[str], written: IO[str], rows_per_block: int, notices: _Notices) -> int:
    delimiter = _delimiter(lines)
    reader = csv.reader(lines, delimiter=delimiter)
    layout = _Layout.of(next(reader, []))
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    writer.writerow(layout.header)
    filled = ((reader.line_num, row) for row in reader if any(row))
    num_rows = 0
    try:
        while block := list(islice(filled, rows_per_block)):
            _write_block(writer, layout, block, notices.on_unreadable or (lambda _, __: None))
            num_rows += len(block)
            if notices.on_rows:
                notices.on_rows(num_rows)
    except csv.Error as error:
        msg = f"row {reader.line_num}: {error}"
        raise ValueError(msg) from error
    return num_rows


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

    def column(self, block: Sequence[_Row], name: str) -> list[str]:
        if name not in self.positions:
            return [""] * len(block)
        at = self.positions[name]
        return [row[at].strip() if at < len(row) else "" for _, row in block]


def _write_block(
    writer: Writer, layout: _Layout, block: Sequence[_Row], tell: Callable[[int, str], None]
) -> None:
    def read(name: str, meaning: Callable[[str], float]) -> list[float]:
        values = []
        for (number, _), cell in zip(block, layout.column(block, name), strict=True):
            try:
                values.append(math.nan if cell.lower() in _BLANKS else meaning(cell))
            except (KeyError, ValueError):
                tell(number, name)
                values.append(math.nan)
        return values

    scored = zscores(
        sex=read("sex", lambda cell: _SEXES[cell.lower()]),
        age_days=read("age", _number),
        weight_kg=read("weight", _number),
        lenhei_cm=read("lenhei", _number),
        measure=layout.column(block, "measure"),
        oedema=layout.column(block, "oedema"),
    )
    width = max(layout.kept, default=-1) + 1
    for (_, row), cells in zip(block, zip(*_cells(scored), strict=True), strict=True):
        padded = row + [""] * (width - len(row))
        writer.writerow([*(padded[at] for at in layout.kept), *cells])


def _number(cell: str) -> float:
    return float(cell.replace(",", "."))


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


def _delimiter(lines: IO[str]) -> str:
    first = lines.readline()
    lines.seek(0)
    return ";" if first.count(";") > first.count(",") else ","


def _open(path: Path, mode: str, *, like: Path | None = None) -> IO[str]:
    encoding = "utf-8-sig" if mode == "rt" else "utf-8"
    if (like or path).suffix == ".gz":
        return cast("IO[str]", gzip.open(path, mode, encoding=encoding, newline=""))
    return cast("IO[str]", path.open(mode, encoding=encoding, newline=""))
