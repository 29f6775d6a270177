"""Matrices of ways on disk, by the hash of what they were made from: a restart counts none anew.

A file holds ids of places, metres and seconds, no coordinates and no names. One that cannot be
read is made anew.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlmodel import Session

    from logistics.distance import GivenMatrix

__all__ = ["folder_of", "load_matrix", "store_matrix"]

NUM_FILES = 32
FOLDER = "matrices"


def folder_of(session: Session) -> Path | None:
    """Return where matrices are kept: beside a SQLite file, else with the system's passing files.

    None for a database in memory.
    """
    url = session.get_bind().engine.url
    if url.get_backend_name() != "sqlite":
        return Path(tempfile.gettempdir()) / f"asuh-{FOLDER}-{os.getuid()}"
    if not url.database or url.database == ":memory:":
        return None
    return Path(url.database).parent / FOLDER


def load_matrix(folder: Path | None, key: str) -> GivenMatrix | None:
    """Return a matrix, or None when it is not there or cannot be read."""
    import numpy as np

    from logistics.distance import GivenMatrix

    path = folder / f"{key}.npz" if folder else None
    if path is None or not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            matrix = GivenMatrix(
                ids=tuple(about["ids"]),
                distance_m={kind: kept[f"m_{kind}"] for kind in about["kinds"]},
                duration_s={kind: kept[f"s_{kind}"] for kind in about["kinds"]},
                source=about["source"],
                as_of=about["as_of"],
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    if about["key"] != key or list(matrix.faults()):
        return None
    with suppress(OSError):
        path.touch()
    return matrix


def store_matrix(folder: Path | None, key: str, matrix: GivenMatrix) -> None:
    """Keep a matrix, and of all only the newest; a folder that cannot be written to keeps none."""
    import numpy as np

    if folder is None:
        return
    about = {
        "key": key,
        "ids": matrix.ids,
        "kinds": sorted(matrix.distance_m),
        "source": matrix.source,
        "as_of": matrix.as_of,
    }
    tables: dict[str, Any] = {f"m_{kind}": table for kind, table in matrix.distance_m.items()}
    tables |= {f"s_{kind}": table for kind, table in matrix.duration_s.items()}
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
            np.savez_compressed(file, about=np.array(json.dumps(about)), **tables)
        Path(file.name).replace(folder / f"{key}.npz")
        newest = sorted(folder.glob("*.npz"), key=lambda path: -path.stat().st_mtime)
        for path in newest[NUM_FILES:]:
            path.unlink(missing_ok=True)
