"""Changes of a shift's sequence, and how they are undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.arrays import DAY, RELOAD, STOP, Ground, State
from logistics.compiled import inner

if TYPE_CHECKING:
    import numpy as np


@inner
def insert(state: State, shift: int, place: int, option: int) -> None:
    """Put an option, or RELOAD, at a place of a shift's sequence."""
    size = state.length[shift]
    sequence = state.sequence[shift]
    for each in range(size, place, -1):
        sequence[each] = sequence[each - 1]
    sequence[place] = option
    state.length[shift] = size + 1


@inner
def tidy(state: State, shift: int, gone: np.ndarray, ground: Ground) -> None:
    """Drop stops marked as gone, and trips that have no stop any more."""
    sequence, size = state.sequence[shift], state.length[shift]
    kept = 0
    for place in range(size):
        option = sequence[place]
        if option == RELOAD:
            if kept > 0 and sequence[kept - 1] != RELOAD:
                sequence[kept] = RELOAD
                kept += 1
        elif not gone[ground.options[option, STOP]]:
            sequence[kept] = option
            kept += 1
    while kept > 0 and sequence[kept - 1] == RELOAD:
        kept -= 1
    state.length[shift] = kept


@inner
def copy_shift(source: State, target: State, shift: int) -> None:
    """Copy everything about a shift."""
    size, trips = source.length[shift], source.num_trips[shift]
    sequence, leave, latest, trip = source.sequence, source.leave, source.latest, source.trip
    sequence_to, leave_to, latest_to = target.sequence, target.leave, target.latest
    trip_to = target.trip
    joined, joined_to = source.joined, target.joined
    for place in range(size):
        sequence_to[shift, place] = sequence[shift, place]
        leave_to[shift, place] = leave[shift, place]
        latest_to[shift, place] = latest[shift, place]
        trip_to[shift, place] = trip[shift, place]
        for each in range(joined.shape[2]):
            joined_to[shift, place, each] = joined[shift, place, each]
    for each in range(trips):
        target.trip_loads[shift, each] = source.trip_loads[shift, each]
    target.length[shift] = size
    target.num_trips[shift] = trips
    target.way[shift] = source.way[shift]
    target.cost[shift] = source.cost[shift]
    target.busy[shift] = source.busy[shift]
    target.is_special[shift] = source.is_special[shift]
    target.waits[shift] = source.waits[shift]
    target.is_split[shift] = source.is_split[shift]


@inner
def remember(
    state: State,
    shift: int,
    touched: np.ndarray,
    kept: State,
) -> None:
    """Copy a shift's sequence before it is changed for the first time in an iteration."""
    if not touched[shift]:
        touched[shift] = True
        copy_shift(state, kept, shift)


@inner
def undo(ground: Ground, state: State, touched: np.ndarray, kept: State) -> None:
    """Put the touched shifts back as they were."""
    for shift in range(len(ground.shifts)):
        if not touched[shift]:
            continue
        for place in range(state.length[shift]):
            option = state.sequence[shift, place]
            if option != RELOAD:
                state.shift_of[ground.options[option, STOP]] = -1
    for shift in range(len(ground.shifts)):
        if not touched[shift]:
            continue
        is_used, was_used = state.length[shift] > 0, kept.length[shift] > 0
        state.day_used[ground.shifts[shift, DAY]] += int(was_used) - int(is_used)
        copy_shift(kept, state, shift)
        for place in range(state.length[shift]):
            option = state.sequence[shift, place]
            if option != RELOAD:
                state.shift_of[ground.options[option, STOP]] = shift
                state.place_of[ground.options[option, STOP]] = place
