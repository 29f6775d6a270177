"""When service can start: the spans of an option on one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import SPANS, SPANS_END
from logistics.compiled import inner

if TYPE_CHECKING:
    import numpy as np


@inner
def first_start(
    options: np.ndarray, spans: np.ndarray, option: int, instant: int, midnight: int, day_ends: int
) -> int:
    """Return when service can start on arrival at an instant; -1 when it is too late."""
    for row in range(options[option, SPANS], options[option, SPANS_END]):
        if spans[row, 1] >= instant and spans[row, 0] >= midnight:
            if spans[row, 0] >= day_ends:
                return -1
            return int(max(spans[row, 0], instant))
    return -1


@inner
def last_start(
    options: np.ndarray, spans: np.ndarray, option: int, instant: int, midnight: int, day_ends: int
) -> int:
    """Return the last start of service not after an instant; -1 when there is none."""
    last = -1
    for row in range(options[option, SPANS], options[option, SPANS_END]):
        if midnight <= spans[row, 0] < day_ends and spans[row, 0] <= instant:
            last = min(instant, spans[row, 1])
    return last


@inner
def span_end(options: np.ndarray, spans: np.ndarray, option: int, start: int) -> int:
    """Return the end of the span that a start lies in."""
    for row in range(options[option, SPANS], options[option, SPANS_END]):
        if spans[row, 0] <= start <= spans[row, 1]:
            return int(spans[row, 1])
    return start
