"""When service can start: the spans of an option on one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.compiled import inner

if TYPE_CHECKING:
    import numpy as np


@inner
def first_start(
    span_first: np.ndarray,
    span_from: np.ndarray,
    span_to: np.ndarray,
    option: int,
    instant: int,
    midnight: int,
    day_ends: int,
) -> int:
    """Return when service can start on arrival at an instant; -1 when it is too late."""
    for row in range(span_first[option], span_first[option + 1]):
        if span_to[row] >= instant and span_from[row] >= midnight:
            if span_from[row] >= day_ends:
                return -1
            return int(max(span_from[row], instant))
    return -1


@inner
def last_start(
    span_first: np.ndarray,
    span_from: np.ndarray,
    span_to: np.ndarray,
    option: int,
    instant: int,
    midnight: int,
    day_ends: int,
) -> int:
    """Return the last start of service not after an instant; -1 when there is none."""
    last = -1
    for row in range(span_first[option], span_first[option + 1]):
        if midnight <= span_from[row] < day_ends and span_from[row] <= instant:
            last = min(instant, span_to[row])
    return last


@inner
def span_end(
    span_first: np.ndarray, span_from: np.ndarray, span_to: np.ndarray, option: int, start: int
) -> int:
    """Return the end of the span that a start lies in."""
    for row in range(span_first[option], span_first[option + 1]):
        if span_from[row] <= start <= span_to[row]:
            return int(span_to[row])
    return start
