"""Plan: routes for every stop that can be served, the others with their reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem


def solve(
    problem: RoutingProblem,
    *,
    seed: int = 1,
    seconds: float | None = 10.0,
    iterations: int | None = None,
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
        Same problem, seed and iterations: the same plan. With `seconds` alone the plan depends on
        the speed of the machine.
    seconds
        Wall time for the search; None: only `iterations` ends it. The first end counts.
    start
        A plan (of last month, say) to begin from; stops it does not know are added.
    engine
        "auto", "pyvrp", or "savings" (no search: quick and plain).
    progress
        Called with (share done 0..1, cost of the best so far in rupiah, as text).
    cancelled
        Asked often; once true, the best plan so far is returned.

    Raises
    ------
    InvalidProblemError
        The problem has faults (`RoutingProblem.validate`).
    """
    raise NotImplementedError
