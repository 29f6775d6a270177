"""Goals beside cost: what a plan pays for them, where they draw a stop to; who may not meet."""

from __future__ import annotations

import numpy as np

from logistics.arrays import (
    APART,
    DRIFT,
    FOES,
    FOES_END,
    MIDNIGHT,
    RELOAD,
    STOP,
    STRANGE,
    UNEVEN,
    USUAL_START,
    USUAL_VEHICLE,
    VEHICLE,
    Ground,
    State,
)
from logistics.compiled import inner


@inner
def drift_of(ground: Ground, usual: int, start: int) -> float:
    """Return what it costs to come at another time of day than usual (-1: none)."""
    return float(abs(start - usual) * ground.goals[DRIFT]) if usual >= 0 else 0.0


@inner
def of_stops(
    ground: Ground, shift: int, sequence: np.ndarray, size: int, starts: np.ndarray
) -> float:
    """Return what the stops of a shift pay for a strange courier and for another hour."""
    vehicle, midnight = ground.shifts[shift, VEHICLE], ground.shifts[shift, MIDNIGHT]
    total = 0.0
    for place in range(size):
        if sequence[place] == RELOAD:
            continue
        stop = ground.options[sequence[place], STOP]
        usual = ground.stops[stop, USUAL_VEHICLE]
        if usual >= 0 and usual != vehicle:
            total += ground.goals[STRANGE]
        total += drift_of(ground, ground.stops[stop, USUAL_START], starts[place] - midnight)
    return total


@inner
def of_plan(ground: Ground, state: State) -> float:
    """Return what a plan pays for neighbours apart and for uneven work."""
    total = 0.0
    if ground.goals[APART] > 0:
        apart = 0
        for stop in range(len(ground.stops)):
            if state.shift_of[stop] < 0:
                continue
            vehicle = ground.shifts[state.shift_of[stop], VEHICLE]
            for row in range(ground.close.shape[1]):
                other = ground.close[stop, row]
                if other >= 0 and state.shift_of[other] >= 0:
                    apart += ground.shifts[state.shift_of[other], VEHICLE] != vehicle
        total += apart * ground.goals[APART]
    if ground.goals[UNEVEN] > 0:
        work = np.zeros(len(ground.share))
        for shift in range(len(ground.shifts)):
            work[ground.shifts[shift, VEHICLE]] += state.busy[shift]
        everything = work.sum()
        for vehicle in range(len(work)):
            uneven = abs(work[vehicle] - ground.share[vehicle] * everything)
            total += 0.5 * uneven * ground.goals[UNEVEN]
    return total


@inner
def set_pace(ground: Ground, state: State) -> None:
    """Make the time of couriers dearer who work more than their share."""
    if ground.goals[UNEVEN] <= 0:
        return
    state.pace[:] = 0.0
    for shift in range(len(ground.shifts)):
        state.pace[ground.shifts[shift, VEHICLE]] += state.busy[shift]
    everything = state.pace.sum()
    for vehicle in range(len(state.pace)):
        is_over = state.pace[vehicle] > ground.share[vehicle] * everything
        state.pace[vehicle] = ground.goals[UNEVEN] if is_over else 0.0


@inner
def _lean_to_goals(ground: Ground, state: State, stop: int) -> None:
    usual = ground.stops[stop, USUAL_VEHICLE]
    if usual >= 0:
        state.lean[:] = ground.goals[STRANGE]
        state.lean[usual] = 0.0
    if ground.goals[APART] <= 0:
        return
    for row in range(ground.close.shape[1]):
        other = ground.close[stop, row]
        if other >= 0 and state.shift_of[other] >= 0:
            state.lean[:] += 2.0 * ground.goals[APART]
            vehicle = ground.shifts[state.shift_of[other], VEHICLE]
            state.lean[vehicle] -= 2.0 * ground.goals[APART]


@inner
def lean_to(ground: Ground, state: State, stop: int) -> None:
    """Note by vehicle what it costs to part a stop from its neighbours and its courier.

    Vehicles that serve a stop which this one must not meet are infinitely dear.
    """
    state.lean[:] = 0.0
    _lean_to_goals(ground, state, stop)
    for row in range(ground.stops[stop, FOES], ground.stops[stop, FOES_END]):
        shift = state.shift_of[ground.foe[row]]
        if shift >= 0:
            state.lean[ground.shifts[shift, VEHICLE]] = np.inf


@inner
def has_foes_together(ground: Ground, state: State, shift: int) -> bool:
    """Return whether a vehicle serves a stop of a shift, and on any shift one it must not meet."""
    vehicle = ground.shifts[shift, VEHICLE]
    for place in range(state.length[shift]):
        option = state.sequence[shift, place]
        if option == RELOAD:
            continue
        stop = ground.options[option, STOP]
        for row in range(ground.stops[stop, FOES], ground.stops[stop, FOES_END]):
            other = state.shift_of[ground.foe[row]]
            if other >= 0 and ground.shifts[other, VEHICLE] == vehicle:
                return True
    return False
