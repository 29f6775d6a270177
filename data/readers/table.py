"""Any spreadsheet or CSV → sheets of cells, parsed in a guarded child process.

The child (:mod:`data.readers.worker`) has limited memory and processor time and may die; the
caller gets one :class:`~data.readers.records.FileRefused` with a code, never a crash.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.readers.records import FileRefused

if TYPE_CHECKING:
    from data.readers.records import Cell

__all__ = ["MAX_FILE_BYTES", "Sheet", "Workbook", "read_workbook"]

MAX_FILE_BYTES = 50 << 20
WALL_S = 60.0
WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The filled rows of one sheet."""

    name: str | None
    """``None`` for CSV."""
    rows: tuple[tuple[int, tuple[Cell, ...]], ...] = field(repr=False)
    """Row number as a spreadsheet program shows it, and the cells from column A on."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """What one file holds."""

    file_name: str
    sha256: str
    sheets: tuple[Sheet, ...] = field(repr=False)


def read_workbook(source: Path | bytes, name: str, *, wall_s: float = WALL_S) -> Workbook:
    """Parse a file in a guarded child process.

    Parameters
    ----------
    source
        A path, or the bytes of an upload.
    name
        The file's name as the user knows it, for messages only.
    wall_s
        Seconds after which the child is ended.

    Raises
    ------
    FileRefused
        With a code: empty, too big, encrypted, corrupt, no table, too heavy, too slow.
    """
    content = source if isinstance(source, bytes) else _content_of(source)
    if len(content) > MAX_FILE_BYTES:
        raise FileRefused("file_too_big", name=name, megabytes=MAX_FILE_BYTES >> 20)
    sheets = _decoded(_run_worker(content, name, wall_s), name)
    return Workbook(name, hashlib.sha256(content).hexdigest(), sheets)


def _content_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise FileRefused("file_unreadable", name=path.name) from error


def _run_worker(content: bytes, name: str, wall_s: float) -> bytes:
    # -I keeps the user's environment and the working directory out of the child.
    command = [sys.executable, "-I", str(WORKER)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and script
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=wall_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefused("file_too_slow", name=name, seconds=int(wall_s)) from error
    if done.returncode != 0:
        raise FileRefused("file_too_heavy", name=name)
    return done.stdout


def _decoded(output: bytes, name: str) -> tuple[Sheet, ...]:
    sheets: list[tuple[str | None, list[tuple[int, tuple[Cell, ...]]]]] = []
    for line in output.splitlines():
        value = json.loads(line, object_hook=_typed)
        if isinstance(value, list):
            sheets[-1][1].append((value[0], tuple(value[1])))
        elif "refused" in value:
            raise FileRefused(value["refused"], name=name, **value["params"])
        elif "sheet" in value:
            sheets.append((value["sheet"], []))
        elif "end" in value:
            return tuple(Sheet(title, tuple(rows)) for title, rows in sheets)
    # Without its last line the child was cut off, and half a file is no file.
    raise FileRefused("file_too_heavy", name=name)


def _typed(value: dict[str, Any]) -> Any:
    if len(value) != 1:
        return value
    ((tag, text),) = value.items()
    if tag == "d":
        return date.fromisoformat(text)
    if tag == "t":
        moment = datetime.fromisoformat(text)
        return moment.date() if moment.time() == time(0) else moment
    if tag == "h":
        return time.fromisoformat(text)
    return value
