"""Solve an instance of the literature: the lean engines, or PyVRP where they cannot run."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from logistics import instance_peer, lean
from logistics.instance import NoSolutionError
from logistics.instance_check import check_solution

if TYPE_CHECKING:
    from collections.abc import Callable

    from logistics.instance import Instance, Solution
    from logistics.instance_check import InstanceFault

SEED_STEP = 1_000
"""Between the seeds of searches side by side."""
ENGINES = ("auto", "lean", "pyvrp")


MENDING_ITERATIONS = 200
"""What is searched on from an unsound solution without what it breaks, or by the other engine."""


class UnsoundError(AssertionError):
    """No solution found stands the check: a fault of ours.

    Attributes
    ----------
    faults
        What the engine's solution breaks.
    """

    def __init__(self, engine: str, faults: list[InstanceFault]) -> None:
        super().__init__(f"{engine}: {'; '.join(map(str, faults[:3]))}")
        self.engine = engine
        self.faults = faults


def choose_engine(instance: Instance) -> str:
    """Return the engine that measured better, of those installed; see `docs/routing.md`."""
    return "lean" if lean.is_installed() and lean.is_ahead(instance) else "pyvrp"


def _sound_instead(instance: Instance, found: Solution, start: Solution | None) -> Solution:
    """Return a sound solution instead of an unsound one.

    The unsound one without what breaks a rule, completed; else one by the other engine; else the
    start.

    Raises
    ------
    NoSolutionError
        None of them stands the check; PyVRP saw no way around vehicles that may not serve a client.
    UnsoundError
        None of them stands the check.
    """

    def over(done: int, _cost: int) -> float:
        return done / MENDING_ITERATIONS

    wishes: dict[str, Any] = {"seed": found.seed, "share_done": over}
    wishes["num_iterations"] = MENDING_ITERATIONS
    ways: list[Callable[[], Solution]] = []
    if lean.is_installed():
        ways.append(lambda: lean.search(instance, start=found, **wishes))
    if found.engine != "pyvrp":
        ways.append(lambda: instance_peer.search_apart(instance, **wishes))
    for search in ways:
        with suppress(NoSolutionError):
            other = search()
            if not check_solution(instance, other):
                return other
    if start is not None and not check_solution(instance, start):
        return start
    barred = instance_peer.num_barred(instance, found) if found.engine == "pyvrp" else 0
    if barred:
        raise NoSolutionError(barred)
    raise UnsoundError(found.engine, check_solution(instance, found))


def _side_by_side(searched: Callable[[int], Solution], workers: int) -> list[Solution]:
    """Return what searches at the same time found, the cheapest first.

    Raises
    ------
    NoSolutionError
        Not one of them found any.
    """
    with ThreadPoolExecutor(workers) as pool:  # the engines let go of the interpreter's lock
        searches = [pool.submit(searched, number) for number in range(workers)]
    found, missed = [], []
    for each in searches:
        try:
            found.append(each.result())
        except NoSolutionError as error:
            missed.append(error)
    if not found:
        raise min(missed, key=attrgetter("num_unserved"))
    return sorted(found, key=attrgetter("cost"))


class Watch:
    """When a search ends, and who is told how far it is."""

    def __init__(
        self,
        seconds: float | None,
        iterations: int | None,
        progress: Callable[[float, str], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._began = self._told = time.perf_counter()
        self._seconds = seconds
        self._iterations = iterations
        self._progress = progress
        self._cancelled = cancelled

    def spent_s(self) -> float:
        """Return the seconds since the beginning."""
        return time.perf_counter() - self._began

    def share_done(self, done: int, cost: int) -> float:
        """Return the share of the search that is over; by iterations where they are given."""
        if self._cancelled is not None and self._cancelled():
            return 1.0
        shares = []
        if self._seconds is not None:
            shares.append(self.spent_s() / self._seconds)
        if self._iterations is not None:
            shares.append(done / self._iterations)
        if self._progress is not None and time.perf_counter() - self._told > 0.2:
            self._told = time.perf_counter()
            self._progress(min(0.99, max(shares)), str(cost))
        return 1.0 if max(shares) >= 1 else shares[-1]


def solve_instance(
    instance: Instance,
    *,
    seed: int = 1,
    seconds: float | None = 10.0,
    iterations: int | None = None,
    workers: int = 1,
    engine: str = "auto",
    start: Solution | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Solution:
    """Return a solution that was checked.

    Parameters
    ----------
    seed, iterations
        Same instance, seed and iterations: the same solution, when `seconds` is None or not
        reached.
    seconds
        Wall time for the search; None: only `iterations` ends it.
    workers
        Searches side by side, each with a seed of its own; the best counts.
    engine
        "lean" (compiled; needs numba), "pyvrp", or "auto": by `choose_engine`.
    start
        A solution to begin from and to improve gently; only "lean" does.
    progress
        Called with (share done 0..1, cost of the best so far, as text).
    cancelled
        Asked often; once true, the best so far is returned.

    Raises
    ------
    ValueError
        Neither seconds nor iterations, an unknown engine, or a start for one that takes none.
    NoSolutionError
        Clients that must be served are on no route.
    UnsoundError
        The check refuses the solution, and every other that could stand for it.
    """
    if seconds is None and iterations is None:
        raise ValueError("give seconds, iterations, or both")
    if engine not in ENGINES:
        raise ValueError(f"engine {engine!r} is not one of {ENGINES}")
    if engine == "auto":
        is_lean = start is not None and lean.is_installed()
        engine = "lean" if is_lean else choose_engine(instance)
    if engine == "lean":
        lean.warm_up()
    elif start is not None:
        raise ValueError(f"engine {engine!r} begins from no plan")
    watch = Watch(seconds, iterations, progress, cancelled)
    search: Callable[..., Solution] = instance_peer.search_apart
    if engine == "lean":
        search = partial(lean.search, start=start)

    def searched(number: int) -> Solution:
        return search(
            instance,
            seed=seed + SEED_STEP * number,
            share_done=watch.share_done,
            num_iterations=iterations,
        )

    some = [searched(0)] if workers == 1 else _side_by_side(searched, workers)
    found = next((each for each in some if not check_solution(instance, each)), None)
    if found is None:
        found = _sound_instead(instance, some[0], start)
    if progress is not None:
        progress(1.0, str(found.cost))
    return replace(found, seconds=watch.spent_s())
