"""Sets of whole numbers as sorted columns.

numpy's `unique` and `isin` hash large columns of integers, which takes twenty times as long as
sorting them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the different keys, rising."""
    ordered = np.sort(keys)
    first = np.ones(ordered.size, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def among(keys: NDArray[np.int64], listed: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each key is listed; `listed` may come in any order."""
    if not listed.size:
        return np.zeros(keys.shape, dtype=np.bool_)
    ordered = np.sort(listed)
    at = np.minimum(np.searchsorted(ordered, keys), ordered.size - 1)
    found: NDArray[np.bool_] = ordered[at] == keys
    return found
