"""The WHO standards by the formula of their manual, from the published table alone.

Shares nothing with ``data.growth``: one value at a time, no correction of positions (the script
measures children lying below 731 days and standing from then on).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["haz", "height_cm", "waz", "weight_for_height_kg", "weight_kg", "whz"]

TABLES = Path(__file__).parents[2] / "data" / "reference" / "who_growth.npz"


@cache
def _table(name: str) -> NDArray[np.int32]:
    with np.load(TABLES) as held:
        found: NDArray[np.int32] = held[name]
    return found


def _lms(name: str, is_boy: bool, row: int) -> tuple[float, float, float]:
    power, median, spread = (int(each) / 100_000 for each in _table(name)[0 if is_boy else 1, row])
    return power, median, spread


def _at(z: float, power: float, median: float, spread: float) -> float:
    return float(median * (1 + power * spread * z) ** (1 / power))


def _z(value: float, power: float, median: float, spread: float) -> float:
    return float(((value / median) ** power - 1) / (power * spread))


def height_cm(z: float, is_boy: bool, days: int) -> float:
    """Return the length or height of a z-score."""
    return _at(z, *_lms("lfa", is_boy, days))


def weight_kg(z: float, is_boy: bool, days: int) -> float:
    """Return the weight of a z-score for age."""
    return _at(z, *_lms("wfa", is_boy, days))


def haz(height_mm: int, is_boy: bool, days: int) -> float:
    """Return height for age, two decimals."""
    return round(_z(height_mm / 10, *_lms("lfa", is_boy, days)), 2)


def waz(weight_g: int, is_boy: bool, days: int) -> float:
    """Return weight for age, two decimals; within 3 SD."""
    found = round(_z(weight_g / 1000, *_lms("wfa", is_boy, days)), 2)
    assert abs(found) < 3, "beyond 3 SD the standard goes on in a straight line"
    return found


def whz(weight_g: int, height_mm: int, is_boy: bool, days: int) -> float:
    """Return weight for length (below 731 days) or height, two decimals; exact within 3 SD."""
    return round(_z(weight_g / 1000, *_of_height(height_mm, is_boy, days)), 2)


def weight_for_height_kg(z: float, height_mm: int, is_boy: bool, days: int) -> float:
    """Return the weight of a z-score for length or height."""
    return _at(z, *_of_height(height_mm, is_boy, days))


def _of_height(height_mm: int, is_boy: bool, days: int) -> tuple[float, float, float]:
    name, first = ("wfl", 450) if days < 731 else ("wfh", 650)
    return _lms(name, is_boy, height_mm - first)
