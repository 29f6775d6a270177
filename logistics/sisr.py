"""The compiled engine's driver: temperatures, time, and the best tours."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from logistics.arrays import copy_of, ground_of, state_of, tours_of
from logistics.baseline import by_need, shifts_by_sort
from logistics.kept import Kept
from logistics.problem import DAY_S
from logistics.tours import PARTS_PER_RP

if TYPE_CHECKING:
    from collections.abc import Callable

    from logistics.arrays import Ground, State
    from logistics.survey import Survey
    from logistics.tours import Tours

NUM_NEAR = 40
WARM, COOL = 0.5, 0.01
"""First and last temperature, in average costs of a stop."""
GENTLE = 0.05
"""First temperature from a start that serves nearly everyone: it is improved, not forgotten."""
SHARE_OF_BEGINNING = 0.2
"""Of the search, after which no other sort of vehicle is filled first; one start is always made."""
MOST_OF_ALL = 0.8
"""Part of the stops from which on a start is one."""


def is_installed() -> bool:
    """Return whether numba can be loaded."""
    from importlib.util import find_spec  # noqa: PLC0415

    return find_spec("numba") is not None


def is_warm() -> bool:
    """Return whether numba is installed and the engine was compiled since its code changed."""
    return is_installed() and _kept().is_there()


def _kept() -> Kept:
    home = Path(__file__).parent
    return Kept(home / "rich", (home / "arrays.py", home / "compiled.py"))


@cache
def load() -> None:
    """Load the compiled engine, once per process (two seconds; a minute if never compiled)."""
    warm_up()


def warm_up() -> None:
    """Compile the engine and keep it on disk (half a minute), so that no user waits for it."""
    with _kept().being_compiled():
        _search_once()


def _search_once() -> None:
    """Call the engine on the smallest of problems."""
    from datetime import date  # noqa: PLC0415

    from logistics.distance import GreatCircle  # noqa: PLC0415
    from logistics.problem import (  # noqa: PLC0415
        Depot,
        Option,
        Place,
        RoutingProblem,
        Shift,
        Stop,
        Vehicle,
    )
    from logistics.survey import Survey  # noqa: PLC0415
    from logistics.tours import Tours  # noqa: PLC0415

    day = date(2000, 1, 3)
    shift = Shift(day=day, starts_s=0, ends_s=DAY_S)
    survey = Survey(
        RoutingProblem(
            days=(day,),
            depots=(Depot(id="d", lat=0.0, lon=0.0),),
            vehicles=(Vehicle(id="v", depot="d", capacity_g=1, capacity_ml=1, shifts=(shift,)),),
            places=(Place(id="p", lat=0.0, lon=0.1),),
            stops=(Stop(id="s", options=(Option(place="p"),)),),
            travel=GreatCircle(),
        )
    )
    search(
        survey, [0], Tours(survey), seed=1, share_done=lambda done, _: done / 2, num_iterations=2
    )


def search(
    survey: Survey,
    stop_rows: list[int],
    start: Tours,
    *,
    seed: int,
    share_done: Callable[[int, int], float],
    num_iterations: int | None,
) -> tuple[Tours, int]:
    """Complete a start that keeps every rule, search on; return the best tours and iterations.

    Parameters
    ----------
    share_done
        Asked between batches with the number of iterations and the cost of the best in rupiah;
        the share of the search that is over, 1 or more to end it.
    num_iterations
        The end, if it is known: batches then do not hang on the clock.
    """
    from logistics.rich import search as rich  # noqa: PLC0415  (loads numba)

    ground = ground_of(survey, stop_rows)
    first = GENTLE if len(start.where) >= MOST_OF_ALL * len(stop_rows) else WARM
    num_near = min(NUM_NEAR + 1, ground.near.shape[1])
    state = _begin(
        survey, ground, stop_rows, start, seed, num_near,
        keep_on=lambda cost: share_done(0, round(cost / PARTS_PER_RP)) < SHARE_OF_BEGINNING,
    )  # fmt: skip
    kept = copy_of(state)
    total = rich.total_cost(ground, state)
    totals = np.array([total, total])
    best_sequence, best_length = state.sequence.copy(), state.length.copy()
    unit = _unit(ground.prize, state.shift_of, total)
    done, batch = 0, 200
    share = share_done(done, round(totals[1] / PARTS_PER_RP))
    while share < 1 and (num_iterations is None or done < num_iterations):
        if num_iterations is not None:
            batch = max(1, min(num_iterations // 50 + 1, num_iterations - done))
        warmth = unit * first * (COOL / first) ** share
        rich.search(
            ground, state, kept, best_sequence, best_length, totals, batch, warmth, num_near
        )
        done += batch
        later = share_done(done, round(totals[1] / PARTS_PER_RP))
        if num_iterations is None:
            batch = _next_batch(batch, later - share)
        share = later
    return tours_of(survey, best_sequence, best_length), done


def _begin(
    survey: Survey,
    ground: Ground,
    stop_rows: list[int],
    start: Tours,
    seed: int,
    num_near: int,
    *,
    keep_on: Callable[[float], bool],
) -> State:
    """Return a start completed; from nothing, the best with each sort of vehicle filled first.

    Parameters
    ----------
    keep_on
        Asked with the cost of the best before every trial but the first.
    """
    from logistics.rich import search as rich  # noqa: PLC0415

    waiting = [row for row in stop_rows if row not in start.where]
    order = np.array(by_need(survey, waiting), dtype=np.int64)
    best = _complete(ground, start, seed, order, num_near)
    if start.where:
        return best
    for shifts in shifts_by_sort(survey):
        if not keep_on(rich.total_cost(ground, best)):
            break
        own = np.zeros(len(ground.shifts), dtype=bool)
        own[shifts] = True
        only = ground._replace(allowed=ground.allowed & own)
        trial = _complete(only, start, seed, order, num_near)
        left_over = order[trial.shift_of[order] < 0]
        _insert(ground, trial, left_over, num_near)
        if rich.total_cost(ground, trial) < rich.total_cost(ground, best):
            best = trial
    return best


def _complete(ground: Ground, start: Tours, seed: int, order: np.ndarray, num_near: int) -> State:
    from logistics.rich import evaluation  # noqa: PLC0415

    state = state_of(ground, start, seed)
    scratch = np.zeros(state.sequence.shape[1], dtype=np.int64)
    for shift in range(len(ground.shifts)):
        is_sound = evaluation.refresh(ground, state, shift)
        if not is_sound or not evaluation.settle(ground, state, shift, scratch):
            raise AssertionError("the start of a search keeps every rule")
    _insert(ground, state, order, num_near)
    return state


def _insert(ground: Ground, state: State, order: np.ndarray, num_near: int) -> None:
    from logistics.rich import insertion  # noqa: PLC0415

    insertion.construct(ground, state, copy_of(state), order, num_near)


def _unit(prize: np.ndarray, shift_of: np.ndarray, total: float) -> float:
    """Return the average cost of a served stop."""
    served = int((shift_of >= 0).sum())
    cost = total - float(prize[shift_of < 0].sum())
    return max(1.0, cost / max(1, served))


def _next_batch(batch: int, share: float) -> int:
    """Return a batch that takes about a hundredth of the search."""
    return int(min(200_000, max(20, batch * min(4.0, max(0.25, 0.01 / max(share, 1e-4))))))


if __name__ == "__main__":
    warm_up()
