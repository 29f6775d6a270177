"""Spans of a day in which a service may start, and how long goods may wait where they are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from logistics.problem import Place, Stop, Window


def hours_of(windows: Sequence[Window], day: date, day_length_s: int) -> list[tuple[int, int]]:
    """Return the hours of one day, joined and in order; no windows at all: the whole day."""
    if not windows:
        return [(0, day_length_s - 1)]
    hours = sorted(
        (window.opens_s, window.closes_s) for window in windows if window.day in (None, day)
    )
    joined: list[tuple[int, int]] = []
    for from_s, to_s in hours:
        if joined and from_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], to_s))
        else:
            joined.append((from_s, to_s))
    return joined


def overlap(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans that two lists of spans share, in order."""
    both = [(max(a, c), min(b, d)) for a, b in first for c, d in second]
    return sorted(span for span in both if span[0] <= span[1])


def may_wait(stop: Stop, place: Place, day: date) -> bool:
    """Return whether goods that come on a day may wait at a place until they are handed out."""
    if place.handed_out_on is None or stop.is_pickup:
        return True
    wait = (place.handed_out_on - day).days
    return wait >= 0 and (stop.max_days_before is None or wait <= stop.max_days_before)


def next_span(
    spans: tuple[tuple[int, int], ...], instant: int, midnight: int, day_length_s: int
) -> tuple[int, int] | None:
    """Return the first span of the day that is not over at an instant."""
    for span in spans:
        if span[1] >= instant and span[0] >= midnight:
            return span if span[0] < midnight + day_length_s else None
    return None


def next_start(
    spans: tuple[tuple[int, int], ...], instant: int, midnight: int, day_length_s: int
) -> int | None:
    """Return when service can start on arrival at an instant; None when it is too late."""
    span = next_span(spans, instant, midnight, day_length_s)
    return None if span is None else max(span[0], instant)
