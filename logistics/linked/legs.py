"""The way between two nodes, compiled into whoever asks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from logistics.compiled import inlined

if TYPE_CHECKING:
    import numpy as np


@inlined
def leg(metric: np.ndarray, matrix: np.ndarray, xy: np.ndarray, i: int, j: int) -> int:
    """Return the way between nodes: by matrix if there is one, else scaled straight lines.

    `metric` is (scale, offset before cutting); nodes beyond the matrix are its last row.
    """
    rows = matrix.shape[0]
    if rows > 0:
        return int(matrix[min(i, rows - 1), min(j, rows - 1)])
    x, y = xy[i, 0] - xy[j, 0], xy[i, 1] - xy[j, 1]
    return int(metric[0] * math.sqrt(x * x + y * y) + metric[1])
