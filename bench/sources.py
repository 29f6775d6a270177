"""What tells one version of our engines from another: a hash of their files."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RESULTS = Path(__file__).parent / "results"
LEAN = ("linked/*.py", "compiled.py", "lean.py", "instance.py", "instance_solve.py")
"""Files in `logistics` of the engines for instances of the literature."""
CITY = (
    "rich/*.py", "compiled.py", "arrays.py", "assembly.py", "baseline.py", "crowding.py",
    "goals.py", "sisr.py", "solve.py", "together.py", "tours.py", "warm.py",
)  # fmt: skip
"""Files of the engine for a city's problem."""


def source_hash(patterns: tuple[str, ...] = LEAN) -> str:
    """Return a hash of the engine's files as they are now."""
    home = Path(__file__).resolve().parents[1] / "logistics"
    files = sorted({path for pattern in patterns for path in home.glob(pattern)})
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:10]


def append_rows(name: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Add rows to a table of results, in the columns that it has (empty where a row has none)."""
    path = RESULTS / name
    with path.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writerows({column: row.get(column, "") for column in columns} for row in rows)
