"""Plan without a solver: cheapest insertion, then ruin and recreate; every rule is kept.

The fallback when no search engine is installed, the start and the repair of the others, and
what they are measured against.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from logistics.tours import PARTS_PER_RP, Tours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from logistics.survey import Survey


def insert_all(
    tours: Tours,
    stop_rows: Iterable[int],
    shifts: Iterable[int] | None = None,
    *,
    keep_on: Callable[[], bool] = lambda: True,
) -> list[int]:
    """Put stops where they are cheapest, one after the other; return those that fit nowhere."""
    left_over = []
    for row in stop_rows:
        slot = next(tours.fitting(row, shifts, keep_on=keep_on), None)
        if slot is None:
            left_over.append(row)
        else:
            tours.put(slot)
    return left_over


def by_need(survey: Survey, stop_rows: Iterable[int]) -> list[int]:
    """Order stops: neediest first, then those with fewer vehicles, then the farthest, then ids.

    Those whose goods are fetched on the way come after all others.
    """
    depots = sorted({shift.depot for shift in survey.shifts})
    stops = survey.problem.stops

    def key(row: int) -> tuple[bool, int, int, int, str]:
        options = survey.options_of[row]
        choices = int(survey.allowed[options].sum()) if options else 0
        need = bool(stops[row].source), stops[row].priority
        return *need, choices, -_way_out(survey, depots, options), stops[row].id

    return sorted(stop_rows, key=key)


def _way_out(survey: Survey, depots: list[int], options: list[int]) -> int:
    if not survey.shifts or not options:
        return 0
    ways = survey.ways(survey.shifts[0].vehicle)
    return min(
        ways.distances[depot][survey.options[row].point] for depot in depots for row in options
    )


def build(survey: Survey, stop_rows: Iterable[int], start: Tours | None = None) -> Tours:
    """Return tours by cheapest insertion, from nothing or from a start that is kept."""
    tours = Tours(survey) if start is None else start.copy()
    insert_all(tours, by_need(survey, (row for row in stop_rows if row not in tours.where)))
    return tours


def build_cheapest(survey: Survey, stop_rows: list[int], *, keep_on: Callable[[], bool]) -> Tours:
    """Return the best of tours by cheapest insertion, each sort of vehicle filled first once.

    One stop after the other, the sort that is cheapest for a single stop takes all, and a search
    that moves a few stops at a time does not come back from there: a car whose day costs more
    than a motorcycle's next trip is never opened, though it would carry them all for less.

    Parameters
    ----------
    keep_on
        Asked before every trial but the first.
    """
    best = build(survey, stop_rows)
    for shifts in shifts_by_sort(survey):
        if not keep_on():
            break
        trial = Tours(survey)
        left_over = insert_all(trial, by_need(survey, stop_rows), shifts)
        insert_all(trial, left_over)
        best = min(best, trial, key=lambda tours: score(tours, stop_rows))
    return best


def shifts_by_sort(survey: Survey) -> list[list[int]]:
    """Return the shifts of each sort of vehicle, largest first; nothing when all are of one."""
    found: dict[tuple[int, int, str], list[int]] = {}
    for column, shift in enumerate(survey.shifts):
        vehicle = shift.vehicle
        sort = (-vehicle.capacity_g, -vehicle.capacity_ml, vehicle.kind.value)
        found.setdefault(sort, []).append(column)
    return [found[sort] for sort in sorted(found)] if len(found) > 1 else []


@dataclass(frozen=True, slots=True)
class Score:
    """How good tours are: need served first (by priority, in packages), then cost."""

    unmet: tuple[int, ...]
    parts: int

    def __lt__(self, other: Score) -> bool:
        return (self.unmet, self.parts) < (other.unmet, other.parts)


def score(tours: Tours, stop_rows: Iterable[int]) -> Score:
    """Return the packages left over by priority, neediest first, and the cost."""
    unmet = [0] * 10
    for row in stop_rows:
        if row not in tours.where:
            stop = tours.survey.problem.stops[row]
            unmet[stop.priority] += max(1, stop.num_packages)
    return Score(tuple(unmet), tours.cost_parts())


def improve(
    tours: Tours, stop_rows: list[int], *, seed: int, keep_on: Callable[[int, Score], bool]
) -> tuple[Tours, int]:
    """Take neighbouring stops out and put them back better, until told to stop.

    Large neighbourhood search (Shaw 1998) with record-to-record acceptance (Dueck 1993).

    Parameters
    ----------
    keep_on
        Asked before every iteration with its number and the best score so far.

    Returns
    -------
    tuple
        The best tours, and the number of iterations.
    """
    rng = random.Random(seed)  # noqa: S311  (no secret hangs on it)
    best = current = tours
    best_score = current_score = score(tours, stop_rows)
    near = _neighbours(tours.survey, stop_rows)
    stops = tours.survey.problem.stops
    iteration = 0
    while near and keep_on(iteration, best_score):
        iteration += 1
        trial = current.copy()
        taken = _ruin(trial, near, stop_rows, rng)
        waiting = taken + [row for row in stop_rows if row not in trial.where and row not in taken]
        rng.shuffle(waiting)
        waiting = [row for row in dict.fromkeys(waiting) if row not in trial.where]
        waiting.sort(key=lambda row: (bool(stops[row].source), stops[row].priority))
        insert_all(trial, waiting)
        trial_score = score(trial, stop_rows)
        slack = Score(best_score.unmet, int(best_score.parts * (1 + 0.02 * exp(-iteration / 200))))
        if trial_score < current_score or trial_score < slack:
            current, current_score = trial, trial_score
        if trial_score < best_score:
            best, best_score = trial, trial_score
    return best, iteration


def _neighbours(survey: Survey, stop_rows: list[int]) -> dict[int, list[int]]:
    """Return the nearest stops of each stop, itself first, by its first place."""
    rows = [row for row in stop_rows if survey.options_of[row]]
    if not rows or not survey.shifts:
        return {}
    points = np.array([survey.options[survey.options_of[row][0]].point for row in rows])
    between = survey.ways(survey.shifts[0].vehicle).distance_m[np.ix_(points, points)]
    far = np.iinfo(np.int64).max
    order = np.argsort(np.where(between < 0, far, between), axis=1, kind="stable")[:, :25]
    return {row: [rows[other] for other in order[at].tolist()] for at, row in enumerate(rows)}


def _ruin(
    tours: Tours, near: dict[int, list[int]], stop_rows: list[int], rng: random.Random
) -> list[int]:
    """Take out a few served stops around one, and return them."""
    seed_row = rng.choice(stop_rows)
    num_taken = rng.randint(2, 12)
    around = [row for row in near.get(seed_row, []) if row in tours.where][:num_taken]
    for row in around:
        if row in tours.where:
            tours.take(row)
    return around


def rupiah(parts: int) -> int:
    """Return whole rupiah, halves up."""
    return (parts + PARTS_PER_RP // 2) // PARTS_PER_RP
