"""Plan: routes for every stop that can be served, the others with their reasons."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from logistics import baseline, formulation, lean, plain, sisr
from logistics import effort as efforts
from logistics.assembly import Making, to_plan, to_tours
from logistics.effort import Effort
from logistics.explain import static_reasons, unserved_of
from logistics.faults import InvalidProblemError
from logistics.formulation import Formulation, Search
from logistics.instance import NoSolutionError
from logistics.survey import survey_of
from logistics.timetable import fits
from logistics.together import at_common_places
from logistics.tours import Tours
from logistics.warm import warm_tours

if TYPE_CHECKING:
    from collections.abc import Callable

    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem
    from logistics.survey import Survey

ENGINES = ("auto", "lean", "sisr", "pyvrp", "insertion")
LARGEST_PLAIN = 300
"""Stops of a plain instance without hours up to which PyVRP is ahead."""

SHARE_OF_BEGINNING = 0.2
"""Share of the time after which no further first plan is tried."""

SHARE_OF_SEARCH = 0.75
"""Share of the time for PyVRP; the rest finishes by ruin and recreate, which knows every rule."""


def solve(
    problem: RoutingProblem,
    *,
    seed: int = 1,
    seconds: float | None = 10.0,
    iterations: int | None = None,
    effort: Effort = Effort.USUAL,
    fuse_s: float | None = None,
    start: RoutePlan | None = None,
    engine: str = "auto",
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> RoutePlan:
    """Return a plan that keeps every rule; each stop is on one route or unserved with reasons.

    Parameters
    ----------
    problem
        No vehicles, no stops and impossible stops are valid: a stated result.
    seed, iterations
        Same problem, seed and iterations: the same plan, when `seconds` is None or not reached.
    seconds
        Wall time for the search; None: only `iterations` ends it. The first end counts. Loading
        a compiled engine, once per process, comes on top, and at most `GRACE_S` for who is left
        over; then their reason is that no place was found in that time. With neither, as many
        iterations as the problem is worth (`logistics.effort`), the clock being a far fuse.
    effort
        How much of that worth, where neither is given.
    fuse_s
        After so many seconds such a search is ended all the same, and `time_ran_out` tells; None:
        `effort.FUSE_S`.
    start
        A plan (of last month, say) to begin from; stops it does not know are added.
    engine
        "lean" and "sisr" (compiled; need numba), "pyvrp", "insertion" (needs nothing installed), or
        "auto": the first of these that is installed, the compiled ones only when they were compiled
        before, and "lean" only for problems that have none but its rules and all whose stops fit.
    progress
        Called with (share done 0..1, cost of the best so far in rupiah, as text).
    cancelled
        Asked often; once true, the best plan so far is returned.

    Raises
    ------
    InvalidProblemError
        The problem has faults (`RoutingProblem.validate`).
    ValueError
        An unknown engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine {engine!r} is not one of {ENGINES}")
    faults = problem.validate()
    if faults:
        raise InvalidProblemError(faults)
    narrowed = at_common_places(problem)
    if narrowed is not None:
        plan = solve(
            narrowed,
            seed=seed,
            seconds=seconds,
            iterations=iterations,
            effort=effort,
            fuse_s=fuse_s,
            start=start,
            engine=engine,
            progress=progress,
            cancelled=cancelled,
        )
        return _at_all_places(problem, plan, cancelled)
    began = time.perf_counter()
    survey = survey_of(problem)
    reasons = static_reasons(survey)
    stop_rows = [row for row, stop in enumerate(problem.stops) if stop.id not in reasons]
    clock = Clock(seconds, iterations, progress, cancelled, effort, fuse_s)
    first = warm_tours(survey, start) if start else Tours(survey)
    found: tuple[Tours, int] | None = None
    if engine in ("auto", "lean") and stop_rows:
        begun = first if start else None
        found = _with_lean(survey, stop_rows, begun, clock, seed, asked=engine == "lean")
        engine = "lean" if found else engine
    if engine in ("auto", "lean") and not found:
        engine = choose_engine(survey)
    clock.count(engine, len(stop_rows))
    if not stop_rows:
        tours, done = first, 0
    elif found:
        tours, done = found
    elif engine == "sisr":
        tours, done = _with_sisr(survey, stop_rows, first, clock, seed)
    else:
        if start:
            first = baseline.build(survey, stop_rows, first)
        else:
            first = baseline.build_cheapest(survey, stop_rows, keep_on=clock.keep_on_beginning)
        tours, done = first, 0
        if engine == "pyvrp" and not clock.is_over(0):
            tours, done = _with_pyvrp(survey, stop_rows, first, clock, seed)
        elif not clock.is_over(0):
            keep_on = clock.keep_on_scored
            tours, done = baseline.improve(first, stop_rows, seed=seed, keep_on=keep_on)
    unserved = unserved_of(tours, reasons, keep_on=clock.keep_on_explaining)
    clock.finish()
    spent = time.perf_counter() - began
    making = Making(
        engine=engine, seed=seed, iterations=done, seconds=spent, time_ran_out=clock.time_ran_out
    )
    return to_plan(tours, unserved, making)


def _at_all_places(
    problem: RoutingProblem, plan: RoutePlan, cancelled: Callable[[], bool] | None
) -> RoutePlan:
    """Return a plan made for common places as one of the whole problem; the left over try all."""
    survey = survey_of(problem)
    reasons = static_reasons(survey)
    tours = to_tours(survey, plan)
    rows = [row for row, stop in enumerate(problem.stops) if stop.id not in reasons]
    repair(tours, rows, keep_on=lambda: cancelled is None or not cancelled())
    making = Making(
        engine=plan.engine,
        seed=plan.seed,
        iterations=plan.iterations,
        seconds=plan.seconds,
        time_ran_out=plan.time_ran_out,
    )
    return to_plan(tours, unserved_of(tours, reasons), making)


def choose_engine(survey: Survey) -> str:
    """Return the best engine that is ready for a problem; measured in ``bench/routing.py``."""
    has_pyvrp = formulation.is_installed()
    if sisr.is_warm() and not (has_pyvrp and is_plain(survey)):
        return "sisr"
    return "pyvrp" if has_pyvrp else "insertion"


def is_plain(survey: Survey) -> bool:
    """Return whether a problem is one of the literature on which PyVRP measured better.

    One day, one place per stop, one trip per vehicle, no heat; with hours, or few stops.
    """
    stops, vehicles = survey.problem.stops, survey.problem.vehicles
    has_hours = any(stop.windows for stop in stops)
    has_rules = survey.problem.goals.any or any(
        stop.is_pickup or stop.source or stop.household for stop in stops
    )
    has_rules = has_rules or bool(survey.foes)
    return (
        not has_rules
        and not any(shift.breaks for shift in survey.shifts)
        and len(survey.problem.days) == 1
        and all(vehicle.max_trips == 1 for vehicle in vehicles)
        and all(len(stop.options) == 1 and stop.max_time_in_heat_s is None for stop in stops)
        and (has_hours or len(stops) <= LARGEST_PLAIN)
    )


SHARE_OF_HOPE = 0.5
"""Share of the time after which an engine that must serve all, and does not, gives way."""

GRACE_S = 2.0
"""After the time asked for: half to put in who was left over, half to find out why they are."""


class Clock:
    """When a search ends, and who is told how far it is.

    Attributes
    ----------
    iterations
        How many end the search; None: only the time does.
    time_ran_out
        Whether the time ended a search, or cut its beginning, that iterations were to end.
    """

    def __init__(
        self,
        seconds: float | None,
        iterations: int | None,
        progress: Callable[[float, str], None] | None,
        cancelled: Callable[[], bool] | None,
        effort: Effort,
        fuse_s: float | None,
    ) -> None:
        self._began = time.perf_counter()
        self._is_counted = seconds is None and iterations is None
        fuse_s = efforts.FUSE_S if fuse_s is None else fuse_s
        self._seconds = fuse_s if self._is_counted else seconds
        self._effort = effort
        self.iterations = iterations
        self.time_ran_out = False
        self._progress = progress
        self._cancelled = cancelled
        self._told = self._began

    @property
    def is_timed(self) -> bool:
        """Whether only the time that was asked for ends the search."""
        return self.iterations is None and self._seconds is not None

    def restart(self) -> None:
        """Count the time from now: loading an engine is no search."""
        self._began = time.perf_counter()

    def restart_with_rest(self) -> None:
        """Count from now for another engine: a count anew, of the time asked for what is left."""
        if self._seconds is not None and not self._is_counted:
            spent_s = time.perf_counter() - self._began
            self._seconds = max(0.0, self._seconds - spent_s)
        self.restart()

    def count(self, engine: str, num_stops: int) -> None:
        """Where neither time nor iterations were asked for, end by the count of the effort."""
        if self._is_counted:
            self.iterations = round(
                efforts.usual_iterations(engine, num_stops) * self._effort.times
            )

    def is_over(self, iteration: int, *, share: float = 1.0) -> bool:
        """Return whether the time (or a share of it), the iterations or the patience is over."""
        if self._cancelled is not None and self._cancelled():
            return True
        if self.iterations is not None and iteration >= self.iterations:
            return True
        if self._seconds is None or time.perf_counter() - self._began < self._seconds * share:
            return False
        self.time_ran_out = self.iterations is not None
        return True

    def keep_on_repairing(self) -> bool:
        """Continue, for a moment also after the time: a family is not left out for a second."""
        return not self._is_after(GRACE_S / 2)

    def keep_on_explaining(self) -> bool:
        """Continue to the end of the grace."""
        return not self._is_after(GRACE_S)

    def _is_after(self, grace_s: float) -> bool:
        """Return whether it is cancelled, or so long after the time that was asked for.

        A search that a count ends takes what it takes, so that the same count gives the same plan.
        """
        if self._cancelled is not None and self._cancelled():
            return True
        if self._is_counted or self._seconds is None:
            return False
        return time.perf_counter() - self._began > self._seconds + grace_s

    def keep_on_beginning(self) -> bool:
        """Continue while most of the time is left for the search."""
        return not self.is_over(0, share=SHARE_OF_BEGINNING)

    def keep_on_scored(self, iteration: int, best: baseline.Score) -> bool:
        """Continue unless over; tell the cost."""
        self._tell(iteration, baseline.rupiah(best.parts))
        return not self.is_over(iteration)

    def keep_on_finishing(self, iteration: int, best: baseline.Score) -> bool:
        """Continue unless over; these iterations are slow, beyond the first each counts as ten."""
        self._tell(iteration, baseline.rupiah(best.parts))
        return not self.is_over(max(iteration, 10 * (iteration - 30)))

    def keep_on_costed(self, iteration: int, thousandths: int) -> bool:
        """Continue unless nearly over; tell the cost."""
        self._tell(iteration, thousandths // 1_000)
        return not self.is_over(iteration, share=SHARE_OF_SEARCH)

    def share_done(self, iteration: int, cost_rp: int) -> float:
        """Return the share of the search that is over; by iterations alone when they are given."""
        self._tell(iteration, cost_rp)
        if self.is_over(iteration, share=0.97):
            return 1.0
        if self.iterations is not None:
            return iteration / max(1, self.iterations)
        return (time.perf_counter() - self._began) / max(0.97 * (self._seconds or 0), 1e-9)

    def finish(self) -> None:
        """Tell that all is done."""
        if self._progress is not None:
            self._progress(1.0, "")

    def _tell(self, iteration: int, cost_rp: int) -> None:
        now = time.perf_counter()
        if self._progress is None or now - self._told < 0.2:
            return
        self._told = now
        shares = []
        if self._seconds is not None:
            shares.append((now - self._began) / max(self._seconds, 1e-9))
        if self.iterations is not None:
            shares.append(iteration / max(self.iterations, 1))
        self._progress(min(0.99, max(shares)), str(cost_rp))


def _with_lean(
    survey: Survey,
    stop_rows: list[int],
    first: Tours | None,
    clock: Clock,
    seed: int,
    *,
    asked: bool,
) -> tuple[Tours, int] | None:
    """Search with the lean engines, if they know every rule of the problem and all stops fit."""
    if not (lean.is_warm() or (asked and lean.is_installed())):
        return None
    instance = plain.instance_of(survey, stop_rows)
    if instance is None:
        return None
    lean.warm_up()
    clock.restart()
    clock.count("lean", len(stop_rows))

    def share_done(done: int, cost: int) -> float:
        share = clock.share_done(done, cost // 1_000)
        gives_way = clock.is_timed and share >= SHARE_OF_HOPE and not lean.serves_all(cost)
        return 1.0 if gives_way else share

    try:
        solution = lean.search(
            instance,
            seed=seed,
            share_done=share_done,
            num_iterations=clock.iterations,
            start=None if first is None else plain.solution_of(survey, stop_rows, first),
        )
    except NoSolutionError:
        clock.restart_with_rest()  # the next engine may leave some out
        return None
    return plain.tours_of(survey, stop_rows, solution), solution.iterations


def _with_sisr(
    survey: Survey, stop_rows: list[int], first: Tours, clock: Clock, seed: int
) -> tuple[Tours, int]:
    """Search with the compiled engine, then let the left over try every place."""
    sisr.load()
    clock.restart()
    found, done = sisr.search(
        survey,
        stop_rows,
        first,
        seed=seed,
        share_done=clock.share_done,
        num_iterations=clock.iterations,
    )
    repair(found, stop_rows, keep_on=clock.keep_on_repairing)
    return found, done


def _with_pyvrp(
    survey: Survey, stop_rows: list[int], first: Tours, clock: Clock, seed: int
) -> tuple[Tours, int]:
    """Search with PyVRP from the first plan, repair what it does not know, finish the better."""
    all_fit = all(row in first.where for row in stop_rows)
    task = Formulation(survey, stop_rows, must_serve_all=all_fit)
    found, done = task.search(Search(seed, clock.keep_on_costed, clock.iterations), first)
    repair(found, stop_rows, keep_on=clock.keep_on_repairing)
    if baseline.score(first, stop_rows) < baseline.score(found, stop_rows):
        found = first
    found, _ = baseline.improve(found, stop_rows, seed=seed, keep_on=clock.keep_on_finishing)
    return found, done


def repair(tours: Tours, stop_rows: list[int], *, keep_on: Callable[[], bool]) -> None:
    """Take out what breaks a rule, and put it and what was left over where it fits.

    Parameters
    ----------
    keep_on
        Asked before each stop and each place it could take: with thousands of stops, finding that
        there is none takes a second.
    """
    survey = tours.survey
    for column, shift in enumerate(survey.shifts):
        while tours.trips[column] and not fits(survey, shift, tours.trips[column]):
            tours.take(_worst(tours, column))
    for row in [*_apart(tours), *_against(tours)]:
        if row in tours.where:
            tours.take(row)
    left_over = [row for row in stop_rows if row not in tours.where]
    for row in baseline.by_need(survey, left_over):
        if not keep_on():
            break
        baseline.insert_all(tours, [row], keep_on=keep_on)


def _apart(tours: Tours) -> list[int]:
    """Return stops that are on another shift than the first of their household."""
    first: dict[str, int] = {}
    apart = []
    for row in sorted(tours.where):
        home = tours.survey.problem.stops[row].household
        if home and first.setdefault(home, tours.where[row]) != tours.where[row]:
            apart.append(row)
    return apart


def _against(tours: Tours) -> list[int]:
    """Return stops whose vehicle serves a stop of more need, or an earlier one, not to be met."""
    stops, shifts = tours.survey.problem.stops, tours.survey.shifts
    served: dict[int, str] = {}
    against = []
    for row in sorted(tours.where, key=lambda each: (stops[each].priority, each)):
        vehicle = shifts[tours.where[row]].vehicle.id
        if any(served.get(foe) == vehicle for foe in tours.survey.foes.get(row, ())):
            against.append(row)
        else:
            served[row] = vehicle
    return against


def _worst(tours: Tours, column: int) -> int:
    """Return the stop to take out first: of linked ones, of those with a heat limit, the last."""
    survey = tours.survey
    rows = [survey.options[row].stop_row for trip in tours.trips[column] for row in trip]
    stops = survey.problem.stops
    linked = [row for row in rows if row in survey.source_row or row in survey.mates]
    limited = [row for row in rows if stops[row].max_time_in_heat_s is not None]
    return (linked or limited or rows)[-1]
