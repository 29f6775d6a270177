"""Time what an office waits for, beside ``import fastapi, sqlmodel`` in the same run.

``python -m bench.office [--repeats 3]`` prints the least and the middle of the seconds of writing a
sample of 600 children, finding duplicates among 5,000, and laying out 30 route sheets of 12 stops.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from api.documents.route_sheets import route_sheets_pdf
from data.duplicates.children import find_duplicate_children
from data.sample.month import write_sample
from tests.api.documents.sample_books import book, route
from tests.data.duplicates.test_children import labelled_children

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]


def main() -> None:
    """Print a line per work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    children, _ = labelled_children(5_000, 1)
    sheets = book(*(route(number) for number in range(1, 31)))
    works: dict[str, Callable[[], object]] = {
        "import fastapi, sqlmodel": lambda: subprocess.run(
            [sys.executable, "-c", "import fastapi, sqlmodel"], check=True
        ),
        "sample of 600 children": _sample,
        "duplicates among 5,000": lambda: find_duplicate_children(children),
        "30 sheets of 12 stops": lambda: route_sheets_pdf(sheets),
    }
    print(f"Python {sys.version.split()[0]}, {repeats} repeats; seconds: least, middle")
    for name, work in works.items():
        seconds = sorted(_seconds(work) for _ in range(repeats))
        print(f"{name:28} {seconds[0]:7.2f} {statistics.median(seconds):7.2f}")


def _sample() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder), children=600, sponsors=200)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
