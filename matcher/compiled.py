"""Functions compiled with numba, kept on disk; imported only where numba is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., object]")


def compiled(function: F) -> F:
    """Compile on first call for the types it is called with, and keep the result on disk."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))
