"""An instance as PyVRP reads it, and its answer: the engine where numba is not installed."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics import own_process
from logistics.instance import NO_LIMIT, Instance, NoSolutionError, Solution, Tour
from logistics.pyvrp_search import best_told

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from logistics.own_process import Asking, Patience

TIMES_FAR = 4
"""A way that no solution drives, in longest ways and latest hours, at least."""
MOST_PENALTY = 1e8
MOST_COST = 1 << 61
"""What the longest plan may cost, penalties included. Far beyond, they leave the whole numbers of
the machine, and PyVRP's local search finds gains for ever."""
UNLIMITED = (1 << 63) - 1


def search_apart(
    instance: Instance,
    *,
    seed: int,
    share_done: Callable[[int, int], float],
    num_iterations: int | None = None,
    patience: Patience | None = None,
) -> Solution:
    """Do as `search` in a process of its own, which ends when it must; the best so far counts.

    Raises
    ------
    NoSolutionError
        As `search`; or it told nothing before it had to end.
    """
    try:
        found = own_process.search_apart(
            search_asked,
            instance,
            seed,
            num_iterations,
            keep_on=lambda done, cost: share_done(done, cost) < 1,
            patience=patience,
        )
    except own_process.LostError:
        raise NoSolutionError(instance.num_clients) from None
    best: Solution = found.best
    return replace(best, seed=seed, iterations=found.iterations)


def search_asked(
    instance: Instance, seed: int, num_iterations: int | None, asking: Asking
) -> tuple[Solution, int]:
    """Search in the child of `search_apart`."""
    import pyvrp  # noqa: PLC0415

    def told(best: Any) -> Solution:
        no_penalties = pyvrp.CostEvaluator([0.0], 0.0, 0.0)
        return solution_of(instance, best, int(no_penalties.cost(best)))

    callbacks = best_told(asking, told)
    found = search(
        instance,
        seed=seed,
        share_done=lambda done, cost: 0.0 if asking.may_go_on(done, cost) else 1.0,
        num_iterations=num_iterations,
        callbacks=callbacks,
    )
    return found, found.iterations


def search(
    instance: Instance,
    *,
    seed: int,
    share_done: Callable[[int, int], float],
    num_iterations: int | None = None,
    callbacks: Any = None,
) -> Solution:
    """Return PyVRP's best solution; parameters as in `lean.search`.

    To PyVRP a vehicle that may not serve a client only drives far to it: whoever takes the solution
    has it checked (`num_barred`).

    Raises
    ------
    NoSolutionError
        PyVRP found nothing that keeps every other rule.
    """
    import pyvrp  # noqa: PLC0415  (slow to load)
    from pyvrp.exceptions import PenaltyBoundWarning  # noqa: PLC0415

    data = problem_data(instance)
    iterations = [-1]

    def stop(best_cost: float) -> bool:
        iterations[0] += 1
        if num_iterations is not None and iterations[0] >= num_iterations:
            return True
        return share_done(iterations[0], int(best_cost)) >= 1

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = pyvrp.solve(
            data, stop, seed=seed, collect_stats=False, display=False, params=parameters(callbacks)
        )
    if not result.is_feasible():
        raise NoSolutionError(max(1, result.best.num_missing_clients()))
    found = solution_of(instance, result.best, int(result.cost()))
    return replace(found, seed=seed, iterations=iterations[0])


def num_barred(instance: Instance, found: Solution) -> int:
    """Return how many clients ride with a vehicle that may not serve them."""
    allowed = {number: fleet.allowed for fleet in instance.fleets for number in fleet.vehicles}
    masks = [(allowed[tour.vehicle], trip) for tour in found.tours for trip in tour.trips]
    return sum(int((~mask[list(trip)]).sum()) for mask, trip in masks if mask is not None)


def parameters(callbacks: Any = None) -> Any:
    """Return PyVRP's parameters; penalties may rise as high as costs in thousandths need."""
    import pyvrp  # noqa: PLC0415

    penalty = pyvrp.PenaltyParams(max_penalty=MOST_PENALTY)
    ils = pyvrp.IteratedLocalSearchParams(callbacks=callbacks)
    return pyvrp.SolveParams(penalty=penalty, ils=ils)


def solution_of(instance: Instance, best: Any, cost: int) -> Solution:
    """Return a solution of PyVRP's as ours."""
    return Solution(tours=_tours(instance, best), cost=cost, engine="pyvrp")


def problem_data(instance: Instance) -> Any:
    """Return the instance as PyVRP's ``ProblemData``."""
    import pyvrp  # noqa: PLC0415

    d, size = instance.num_depots, instance.num_nodes
    xy = np.zeros((size, 2)) if instance.xy is None else instance.xy
    profiles, profile_of = _profiles(instance)
    ways = instance.ways(range(size), range(size))
    far = _far(instance, int(ways.max()))
    matrices: list[Any] = [_for_profile(ways, allowed, d, far) for allowed in profiles]
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(float(x), float(y)) for x, y in xy],
        clients=[_client(instance, row) for row in range(d, size)],
        depots=[pyvrp.Depot(row) for row in range(d)],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=len(fleet.vehicles),
                capacity=[min(fleet.capacity, UNLIMITED)],
                start_depot=fleet.depot,
                end_depot=fleet.depot,
                fixed_cost=fleet.fixed_cost,
                tw_early=fleet.opens,
                tw_late=_limit(fleet.closes),
                shift_duration=_limit(fleet.most_duration),
                max_distance=_limit(fleet.most_way),
                unit_distance_cost=fleet.unit_cost,
                profile=profile_of[row],
                reload_depots=[fleet.depot] if fleet.most_trips > 1 else [],
                max_reloads=fleet.most_trips - 1,
            )
            for row, fleet in enumerate(instance.fleets)
        ],
        distance_matrices=matrices,
        duration_matrices=matrices,
        groups=[pyvrp.ClientGroup([row - d for row in group]) for group in instance.groups],
    )


def _far(instance: Instance, longest: int) -> int:
    """Return the way to a client that a vehicle may not serve: dearer than all that avoids it.

    What avoids it is another vehicle, or leaving out whoever may be left out. At most as far as
    `MOST_COST` allows.
    """
    least = TIMES_FAR * (longest + _last_hour(instance))
    units = [fleet.unit_cost for fleet in instance.fleets]
    avoided = TIMES_FAR * longest * max(units) + sum(map(int, instance.prize))
    avoided += sum(fleet.fixed_cost * len(fleet.vehicles) for fleet in instance.fleets)
    cheapest = min((unit for unit in units if unit > 0), default=1)
    most = MOST_COST // (int(MOST_PENALTY) * instance.num_nodes)
    return max(least, min(1 + avoided // cheapest, most))


def _last_hour(instance: Instance) -> int:
    """Return the last instant that anything is bound to, 0 where nothing is."""
    hours = [fleet.closes for fleet in instance.fleets if fleet.closes < NO_LIMIT]
    if instance.closes is not None:
        hours += [int(hour) for hour in instance.closes if hour < NO_LIMIT]
    return max(hours, default=0)


def _limit(value: int) -> int:
    return UNLIMITED if value >= NO_LIMIT else value


def _client(instance: Instance, row: int) -> Any:
    import pyvrp  # noqa: PLC0415

    d = instance.num_depots
    group = next((number for number, rows in enumerate(instance.groups) if row in rows), None)
    return pyvrp.Client(
        location=row,
        delivery=[int(instance.demand[row])],
        service_duration=int(instance.service[row]),
        tw_early=0 if instance.opens is None else int(instance.opens[row]),
        tw_late=UNLIMITED if instance.closes is None else int(instance.closes[row]),
        release_time=int(instance.release[row]),
        prize=int(instance.prize[row]),
        required=group is None and instance.prize[row] == 0 and row >= d,
        group=group,
    )


def _profiles(instance: Instance) -> tuple[list[NDArray[np.bool_] | None], list[int]]:
    """Return the different sets of allowed clients, and the set of each fleet."""
    found: dict[bytes | None, int] = {}
    profiles: list[NDArray[np.bool_] | None] = []
    numbers = []
    for fleet in instance.fleets:
        key = None if fleet.allowed is None else fleet.allowed.tobytes()
        if key not in found:
            found[key] = len(profiles)
            profiles.append(fleet.allowed)
        numbers.append(found[key])
    return profiles, numbers


def _for_profile(
    ways: NDArray[np.int64], allowed: NDArray[np.bool_] | None, num_depots: int, far: int
) -> NDArray[np.int64]:
    if allowed is None:
        return ways
    barred = ways.copy()
    barred[num_depots:, :][~allowed[num_depots:]] = far
    barred[:, num_depots:][:, ~allowed[num_depots:]] = far
    np.fill_diagonal(barred, 0)
    return barred


def _tours(instance: Instance, best: Any) -> tuple[Tour, ...]:
    d = instance.num_depots
    free = [list(fleet.vehicles) for fleet in instance.fleets]
    tours = []
    for route in best.routes():
        trips: list[list[int]] = [[]]
        for activity in route:
            if activity.is_client():
                trips[-1].append(activity.idx + d)
            elif activity.is_depot():
                trips.append([])
        driven = tuple(tuple(trip) for trip in trips if trip)
        if driven:
            tours.append(Tour(free[route.vehicle_type()].pop(0), driven))
    return tuple(sorted(tours, key=lambda tour: tour.vehicle))
