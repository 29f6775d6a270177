"""The mixed-integer solver HiGHS, made so that it keeps quiet."""

from __future__ import annotations

import os
import sys
from typing import Any

import highspy


def new_highs() -> Any:
    """Return a solver that has not said its name.

    HiGHS 1.16 prints it when it is made, before any option can be set and past Python's streams;
    others read our standard output.
    """
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
    highs.silent()
    return highs
