"""The curves of the WHO standards: what a child of an age measures at a z-score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from data.growth import tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Indicator", "curve"]

Indicator = Literal["lfa", "wfa"]
"""Length or height for age (cm), weight for age (kg)."""


def curve(
    indicator: Indicator, *, is_boy: bool, z: float, days: NDArray[np.int_]
) -> NDArray[np.float64]:
    """Return the values at a z-score on days of age; centimetres or kilograms, shape of ``days``.

    ``M · (1 + L·S·z)^(1/L)``, and ``M · exp(S·z)`` where L is 0 (WHO Child Growth Standards,
    Methods and development, 2006, chapter 7); within 3 SD no indicator is corrected.

    Raises
    ------
    IndexError
        For a day outside 0 to 1856.
    ValueError
        For a z-score beyond 3 SD, where weights are no longer read from L, M and S.
    """
    if abs(z) > 3:
        msg = f"no curve at {z} SD: the standards draw them to 3"
        raise ValueError(msg)
    table = tables.by_day(indicator)
    rows = days + (0 if is_boy else tables.DAYS)
    if days.min() < 0 or days.max() >= tables.DAYS:
        msg = "the standards end at 1856 days"
        raise IndexError(msg)
    power, median, variation = table.power[rows], table.median[rows], table.variation[rows]
    is_log = np.abs(power) < 1e-9
    safe = np.where(is_log, 1.0, power)
    spread = np.where(is_log, np.exp(variation * z), (1.0 + power * variation * z) ** (1.0 / safe))
    return np.asarray(median * spread, dtype=np.float64)
