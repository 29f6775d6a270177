"""Whole trips change hands: which courier drives which trip decides territories and waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import (
    DAY,
    MOST_GRAMS,
    MOST_MILLILITRES,
    MOST_STOPS,
    MOST_TRIPS,
    RELOAD,
    TRIP_GRAMS,
    TRIP_MILLILITRES,
    TRIP_STOPS,
    Ground,
    State,
)
from logistics.compiled import inner
from logistics.rich.chance import chance
from logistics.rich.changes import remember
from logistics.rich.evaluation import refresh, settle
from logistics.rich.wishes import has_foes_together

if TYPE_CHECKING:
    import numpy as np


@inner
def _copy_trip(state: State, shift: int, trip: int, target: np.ndarray, size: int) -> int:
    """Append a trip of a shift to a sequence, after a reload if needed; return its new length."""
    is_first = True
    for place in range(state.length[shift]):
        option = state.sequence[shift, place]
        if option == RELOAD or state.trip[shift, place] != trip:
            continue
        if is_first and size > 0:
            target[size] = RELOAD
            size += 1
        is_first = False
        target[size] = option
        size += 1
    return size


@inner
def _with_trip(
    state: State, shift: int, without: int, other: int, fetched: int, at: int, target: np.ndarray
) -> int:
    """Write a shift's trips without one, and one of another shift (-1: none) at a place."""
    size, number = 0, 0
    for trip in range(state.num_trips[shift]):
        if number == at and fetched >= 0:
            size = _copy_trip(state, other, fetched, target, size)
        number += 1
        if trip != without:
            size = _copy_trip(state, shift, trip, target, size)
    if number <= at and fetched >= 0:
        size = _copy_trip(state, other, fetched, target, size)
    return size


@inner
def _may_drive(ground: Ground, state: State, giver: int, trip: int, taker: int) -> bool:
    """Return whether a shift may carry all stops of another one's trip, and their load."""
    loads, shifts = state.trip_loads, ground.shifts
    if loads[giver, trip, TRIP_GRAMS] > shifts[taker, MOST_GRAMS]:
        return False
    if loads[giver, trip, TRIP_MILLILITRES] > shifts[taker, MOST_MILLILITRES]:
        return False
    if loads[giver, trip, TRIP_STOPS] > shifts[taker, MOST_STOPS]:
        return False
    for place in range(state.length[giver]):
        option = state.sequence[giver, place]
        is_of_trip = option != RELOAD and state.trip[giver, place] == trip
        if is_of_trip and not ground.allowed[option, taker]:
            return False
    return True


@inner
def _install(ground: Ground, state: State, shift: int, sequence: np.ndarray, size: int) -> None:
    was_used, is_used = state.length[shift] > 0, size > 0
    state.sequence[shift, :size] = sequence[:size]
    state.length[shift] = size
    state.day_used[ground.shifts[shift, DAY]] += int(is_used) - int(was_used)


@inner
def exchange_trips(
    ground: Ground,
    state: State,
    touched: np.ndarray,
    kept: State,
    mine: np.ndarray,
    theirs: np.ndarray,
    starts: np.ndarray,
) -> bool:
    """Swap a trip of one shift with a trip of another, give it away, or drive it in another turn.

    Returns whether rules are kept; else the touched shifts have to be put back.
    """
    num_shifts = len(ground.shifts)
    shift = int(chance(state.random) * num_shifts)
    other = int(chance(state.random) * num_shifts)
    if state.length[shift] == 0:
        return False
    width = state.sequence.shape[1]
    trip = int(chance(state.random) * state.num_trips[shift])
    remember(state, shift, touched, kept)
    if other == shift:
        at = int(chance(state.random) * state.num_trips[shift])
        size = _with_trip(state, shift, trip, shift, trip, at, mine)
        _install(ground, state, shift, mine, size)
        return bool(refresh(ground, state, shift)) and bool(settle(ground, state, shift, starts))
    num_other = state.num_trips[other] if state.length[other] > 0 else 0
    back = int(chance(state.random) * (num_other + 1)) - 1
    if back < 0 and num_other >= ground.shifts[other, MOST_TRIPS]:
        return False
    if not _may_drive(ground, state, shift, trip, other):
        return False
    if back >= 0 and not _may_drive(ground, state, other, back, shift):
        return False
    remember(state, other, touched, kept)
    if state.length[shift] + state.length[other] + 2 > width:
        return False
    size = _with_trip(state, shift, trip, other, back, trip, mine)
    at = back if back >= 0 else int(chance(state.random) * (num_other + 1))
    size_other = 0
    if num_other == 0:
        size_other = _copy_trip(state, shift, trip, theirs, 0)
    else:
        size_other = _with_trip(state, other, back, shift, trip, at, theirs)
    _install(ground, state, shift, mine, size)
    _install(ground, state, other, theirs, size_other)
    if not refresh(ground, state, shift) or not refresh(ground, state, other):
        return False
    if ground.has_foes and (
        has_foes_together(ground, state, shift) or has_foes_together(ground, state, other)
    ):
        return False
    return bool(settle(ground, state, shift, starts)) and bool(settle(ground, state, other, starts))
