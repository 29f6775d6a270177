"""Functions compiled with numba, kept on disk; imported only where numba is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., object]")


def compiled(function: F) -> F:
    """Compile on first call for the types it is called with, and keep the result on disk."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))


def inner(function: F) -> F:
    """Compile what only compiled functions call: no door for Python, half the time to compile."""
    without_doors: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast("F", numba.njit(cache=True, nogil=True, **without_doors)(function))


def inlined(function: F) -> F:
    """Compile into each caller: for what an inner loop calls with many arrays."""
    return cast("F", numba.njit(inline="always")(function))
