"""PyVRP's iterated local search, as a task of a process of its own."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logistics.own_process import Asking

Tour = tuple[int, tuple[int, ...]]
"""Vehicle type, and its clients in order; `RELOAD` between two trips."""
RELOAD = -1


def iterate(
    data: Any,
    penalties: tuple[list[float], float, float],
    most_penalty: float,
    first: list[Tour] | None,
    seed: int,
    num_iterations: int | None,
    asking: Asking,
) -> tuple[list[Tour] | None, int]:
    """Search from a start, or from PyVRP's own; return the best that keeps its rules.

    Parameters
    ----------
    data
        A ``ProblemData``.
    penalties, most_penalty
        What breaking a limit costs at first and at most: per load dimension, second and metre.
    """
    import pyvrp  # noqa: PLC0415  (slow to load)
    import pyvrp.search as neighbourhoods  # noqa: PLC0415
    from pyvrp.exceptions import PenaltyBoundWarning  # noqa: PLC0415

    rng = pyvrp.RandomNumberGenerator(seed=seed)
    local = neighbourhoods.LocalSearch(data, rng, neighbourhoods.compute_neighbours(data))
    for operator in neighbourhoods.OPERATORS:
        if operator.supports(data):
            local.add_operator(operator(data))
    manager = pyvrp.PenaltyManager(penalties, pyvrp.PenaltyParams(max_penalty=most_penalty))
    if first is None:
        random = pyvrp.Solution.make_random(data, rng)
        begun = local(random, manager.max_cost_evaluator(), exhaustive=True)
    else:
        begun = _solution(pyvrp, data, first)
    callbacks = best_told(asking, tours_of)
    params = pyvrp.IteratedLocalSearchParams(callbacks=callbacks)
    iterations = [-1]

    def stop(best_cost: int) -> bool:
        iterations[0] += 1
        if num_iterations is not None and iterations[0] >= num_iterations:
            return True
        return not asking.may_go_on(iterations[0], int(best_cost))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        search = pyvrp.IteratedLocalSearch(data, manager, local, begun, params)
        best = search.run(stop, collect_stats=False).best
    return (tours_of(best) if best.is_feasible() else None), iterations[0]


def best_told(asking: Asking, told: Any) -> Any:
    """Return PyVRP's callbacks that keep each new best, as `told` writes it."""
    from pyvrp import IteratedLocalSearchCallbacks  # noqa: PLC0415

    class Callbacks(IteratedLocalSearchCallbacks):
        def on_best(self, best: Any) -> None:
            if best.is_feasible():
                asking.better(told(best))

    return Callbacks()


def tours_of(solution: Any) -> list[Tour]:
    """Return a solution of PyVRP's as plain numbers."""
    return [
        (
            route.vehicle_type(),
            tuple(RELOAD if activity.is_depot() else activity.idx for activity in route),
        )
        for route in solution.routes()
    ]


def _solution(pyvrp: Any, data: Any, tours: list[Tour]) -> Any:
    routes = []
    for kind, visits in tours:
        depot = data.vehicle_type(kind).start_depot
        activities = [
            pyvrp.Activity(pyvrp.ActivityType.DEPOT, depot)
            if each == RELOAD
            else pyvrp.Activity(pyvrp.ActivityType.CLIENT, each)
            for each in visits
        ]
        routes.append(pyvrp.Route(data, activities, kind))
    return pyvrp.Solution(data, routes)
