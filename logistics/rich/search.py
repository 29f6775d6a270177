"""Iterations of ruin and recreate: worse plans are accepted less and less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logistics.compiled import compiled, inner
from logistics.rich.chance import chance
from logistics.rich.changes import undo
from logistics.rich.exchange import exchange_trips
from logistics.rich.insertion import recreate
from logistics.rich.order import MOST_TRIED_AGAIN, add_absent, order
from logistics.rich.removal import ruin
from logistics.rich.wishes import of_plan, set_pace

if TYPE_CHECKING:
    from logistics.arrays import Ground, State


SHARE_OF_EXCHANGES = 0.05
"""Iterations that let whole trips change hands."""


@compiled
def total_cost(ground: Ground, state: State) -> float:
    """Return the cost of all shifts and vehicle days, and the prizes of stops not served."""
    total = state.cost.sum()
    for day in range(len(ground.day_cost)):
        if state.day_used[day] > 0:
            total += ground.day_cost[day]
    for stop in range(len(ground.stops)):
        if state.shift_of[stop] < 0:
            total += ground.prize[stop]
    if ground.has_goals:
        total += of_plan(ground, state)
    return float(total)


@inner
def _num_absent(ground: Ground, state: State) -> int:
    absent = 0
    for stop in range(len(ground.stops)):
        if state.shift_of[stop] < 0 and ground.prize[stop] > 0:
            absent += 1
    return absent


@inner
def _copy_sequences(state: State, sequence: np.ndarray, length: np.ndarray) -> None:
    for shift in range(len(length)):
        size = state.length[shift]
        length[shift] = size
        sequence[shift, :size] = state.sequence[shift, :size]


@compiled
def search(
    ground: Ground,
    state: State,
    kept: State,
    best_sequence: np.ndarray,
    best_length: np.ndarray,
    totals: np.ndarray,
    num_iterations: int,
    warmth: float,
    num_near: int,
) -> None:
    """Run some iterations at one temperature.

    ``kept`` is room for what an iteration changes; ``totals`` holds the cost of the present and
    of the best plan.
    """
    num_stops, num_shifts = len(ground.stops), len(ground.shifts)
    width = state.sequence.shape[1]
    trial = np.zeros(width + 2, dtype=np.int32)
    starts = np.zeros(width + 2, dtype=np.int64)
    touched = np.zeros(num_shifts, dtype=np.bool_)
    mine, theirs = np.zeros(width + 2, dtype=np.int32), np.zeros(width + 2, dtype=np.int32)
    gone = np.zeros(num_stops, dtype=np.bool_)
    is_ruined = np.zeros((num_shifts, state.trip_loads.shape[1]), dtype=np.bool_)
    is_tried = np.zeros(num_shifts, dtype=np.bool_)
    waiting = np.zeros(num_stops + MOST_TRIED_AGAIN, dtype=np.int32)
    num_absent = _num_absent(ground, state)
    num_wanted = (ground.prize > 0).sum()
    for _ in range(num_iterations):
        touched[:] = False
        set_pace(ground, state)
        num_taken, found = 0, -1
        is_exchange = chance(state.random) < SHARE_OF_EXCHANGES
        if is_exchange:
            if exchange_trips(ground, state, touched, kept, mine, theirs, starts):
                found = 0
        else:
            num_served = num_wanted - num_absent
            num_taken = ruin(
                ground, state, num_served, gone, is_ruined, waiting, touched, kept, starts
            )
        if num_taken >= 0 and not is_exchange:
            size = num_taken
            if num_absent > 0:
                size = add_absent(ground, state, waiting, num_taken, gone)
            order(ground, state, waiting, size, num_absent > 0)
            found = recreate(
                ground, state, waiting, size, num_near, is_tried, trial, starts, touched, kept
            )
        gone[:] = False
        total = total_cost(ground, state) if found >= 0 else np.inf
        if total < totals[0] - warmth * np.log(max(chance(state.random), 1e-12)):
            totals[0] = total
            num_absent += num_taken - found
            if total < totals[1] - 1e-6:
                totals[1] = total
                _copy_sequences(state, best_sequence, best_length)
        else:
            undo(ground, state, touched, kept)
