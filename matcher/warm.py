"""Whether the compiled engines are on disk, made from the code that is here now.

Numba looks for changes in a function's own file, not in the files of those it calls, and a
checkout changes the times of files but not what they say: the text of all parts together counts.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

PARTS = (
    "compiled", "network", "auction", "augment", "potentials", "gap_anneal", "dense_paths",
    "fillings",
)  # fmt: skip
"""Modules with compiled functions."""
HOME = Path(__file__).parent


@cache
def is_warm() -> bool:
    """Return whether numba is installed and the engines were compiled since their code changed."""
    return find_spec("numba") is not None and stamp().exists()


def stamp() -> Path:
    """Return the file that says that this code was compiled, by this Python, numba, machine."""
    digest = hashlib.sha256(f"{version('numba')} {sys.version} {platform.machine()}".encode())
    for name in PARTS:
        digest.update((HOME / f"{name}.py").read_bytes())
    return HOME / "__pycache__" / f"compiled-{digest.hexdigest()[:16]}.stamp"


def forget() -> None:
    """Remove what was compiled before, from whatever code."""
    kept = HOME / "__pycache__"
    for pattern in ("compiled-*.stamp", *(f"{name}.*.nb[ci]" for name in PARTS)):
        for path in kept.glob(pattern):
            path.unlink(missing_ok=True)


def remember() -> None:
    """Say that this code is compiled now."""
    with suppress(OSError):  # a folder that cannot be written to: OR-Tools solves, and says so
        stamp().touch()
    is_warm.cache_clear()
