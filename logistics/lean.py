"""The lean engines' driver: which one, its start, temperatures, time, and the best solution.

Ruin and recreate compiled for the plain families of the literature: `strings` for one capacity,
`trips` for hours, fleets, several trips, prizes and groups.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from logistics.instance import Fleet, Instance, NoSolutionError, Solution

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from logistics.lean_arrays import Ground, TripState

    ShareDone = Callable[[int, int], float]

WARM, COOL = 0.5, 0.01
"""First and last temperature, in average ways between two visits."""
WARM_IN_TIME, COOL_IN_TIME = 1.5, 0.02
"""The same with hours: what is kept apart by them needs more courage."""
LARGEST_OF_FLEETS = 150
"""Clients up to which the lean engine is ahead of PyVRP when vehicles differ in size and cost."""
MEAN_REMOVED, LONGEST_STRING = 10.0, 10.0
NUM_TRIED, NUM_TRIED_IN_TIME = 24, 40
"""Neighbours beside which a client may go, without and with hours."""
MOST_WANTED = 10
"""Clients left out before that may be tried again in one iteration."""
MODULES = ("strings", "trips", "savings", "chance", "compiled")


def is_installed() -> bool:
    """Return whether numba can be loaded."""
    from importlib.util import find_spec  # noqa: PLC0415

    return find_spec("numba") is not None


def is_warm() -> bool:
    """Return whether numba is installed and the engines were compiled since their code changed."""
    home = Path(__file__).parent
    written = max((home / f"{name}.py").stat().st_mtime for name in MODULES)
    for name in ("strings", "trips"):
        kept = (home / "__pycache__").glob(f"{name}.search-*.nbi")
        if max((path.stat().st_mtime for path in kept), default=0.0) < written:
            return False
    return is_installed()


@cache
def warm_up() -> None:
    """Load the engines, compiling what is not yet on disk (most of a minute)."""
    count = np.ones(4, dtype=np.int64)
    nothing = np.zeros(4, dtype=np.int64)
    plain = Instance(
        name="",
        family="CVRP",
        rounding="nearest",
        num_depots=1,
        xy=np.array([[0.0, 0.0], [0.0, 5.0], [5.0, 0.0], [5.0, 5.0]]),
        matrix=None,
        demand=count,
        service=nothing,
        opens=None,
        closes=None,
        release=nothing,
        prize=nothing,
        fleets=(Fleet(vehicles=(0, 1, 2), depot=0, capacity=2),),
    )
    for each in (plain, replace(plain, opens=nothing, closes=100 * count)):
        search(each, seed=1, share_done=lambda done, _: done / 2, num_iterations=2)


def is_ahead(instance: Instance) -> bool:
    """Return whether the lean engines measured better than PyVRP on instances like this."""
    sizes = {(fleet.depot, fleet.capacity) for fleet in instance.fleets}
    depots = {fleet.depot for fleet in instance.fleets}
    has_sizes = len(sizes) > len(depots) and any(fleet.fixed_cost for fleet in instance.fleets)
    return not has_sizes or instance.num_clients <= LARGEST_OF_FLEETS


def search(
    instance: Instance,
    *,
    seed: int,
    share_done: ShareDone,
    num_iterations: int | None = None,
) -> Solution:
    """Return the best solution that ruin and recreate finds.

    Parameters
    ----------
    share_done
        Asked between batches with the number of iterations and the cost of the best in whole
        units; the share of the search that is over, 1 or more to end it.
    num_iterations
        The end, if it is known: batches then do not hang on the clock, and the same seed gives
        the same solution.

    Raises
    ------
    NoSolutionError
        Clients that must be served are on no route.
    """
    from logistics.lean_arrays import ground_of, has_hours, is_plain  # noqa: PLC0415  (loads numba)
    from logistics.savings import savings_routes  # noqa: PLC0415

    ground = ground_of(instance)
    watch = Watch(share_done, num_iterations)
    if is_plain(instance):
        fleet, demand = instance.fleets[0], instance.demand[1:]
        out = ground.out[0, 0]
        routes = savings_routes(ground.near, ground.near_way, out, demand, fleet.capacity)
        if len(routes) <= instance.num_vehicles:
            return _with_strings(instance, ground, routes, seed, watch)
    if has_hours(instance):
        watch = replace(watch, warm=WARM_IN_TIME, cool=COOL_IN_TIME)
    return _with_trips(instance, ground, seed, watch)


@dataclass(frozen=True, slots=True)
class Watch:
    """When a search ends; see `search`."""

    share_done: ShareDone
    num_iterations: int | None
    warm: float = WARM
    cool: float = COOL

    def anneal(self, run: Callable[[int, float], int], least: int) -> int:
        """Cool down geometrically over the search; return the number of iterations.

        Parameters
        ----------
        run
            Runs so many iterations at a temperature (1: an average way between two visits);
            returns the cost of the best.
        """
        done, batch = 0, 200
        share = self.share_done(done, least)
        while share < 1 and (self.num_iterations is None or done < self.num_iterations):
            if self.num_iterations is not None:
                batch = max(1, min(self.num_iterations // 100 + 1, self.num_iterations - done))
            least = run(batch, self.warm * (self.cool / self.warm) ** share)
            done += batch
            later = self.share_done(done, least)
            if self.num_iterations is None:
                batch = _next_batch(batch, later - share)
            share = later
        return done


def _next_batch(batch: int, share: float) -> int:
    """Return a batch that takes about a two-hundredth of the search."""
    return int(min(200_000, max(20, batch * min(4.0, max(0.25, 0.005 / max(share, 1e-4))))))


def _with_strings(
    instance: Instance, ground: Ground, routes: list[list[int]], seed: int, watch: Watch
) -> Solution:
    """Search from routes of clients (from 0) that keep one capacity."""
    from logistics import strings  # noqa: PLC0415  (loads numba)
    from logistics.chance import seeded  # noqa: PLC0415
    from logistics.lean_arrays import routes_of, solution_of_routes, string_state  # noqa: PLC0415

    state, random = string_state(instance, ground, routes), seeded(seed)
    tried = min(NUM_TRIED, ground.near.shape[1])
    shape = np.array([MEAN_REMOVED, LONGEST_STRING, tried, instance.fleets[0].capacity])
    unit = state.numbers[0] / (instance.num_clients + len(routes))

    def run(batch: int, warmth: float) -> int:
        strings.search(
            ground.metric,
            ground.matrix,
            state.xy,
            ground.near,
            ground.near_way,
            state.node,
            state.route,
            state.free,
            state.best,
            state.numbers,
            random,
            shape,
            batch,
            unit * warmth,
        )
        return int(state.numbers[1])

    done = watch.anneal(run, int(state.numbers[1]))
    best = routes_of(state.best, instance.num_clients)
    found = solution_of_routes(instance, best, int(state.numbers[1]))
    return replace(found, seed=seed, iterations=done, engine="lean")


def _with_trips(instance: Instance, ground: Ground, seed: int, watch: Watch) -> Solution:
    """Search from the clients put in one by one."""
    from logistics import trips  # noqa: PLC0415  (loads numba)
    from logistics.chance import seeded  # noqa: PLC0415
    from logistics.lean_arrays import MUST, solution_of_trips, trip_state  # noqa: PLC0415

    state, random = trip_state(instance), seeded(seed)
    settings = _settings(instance, ground, len(state.prize))

    def run(batch: int, warmth: float) -> int:
        trips.search(
            ground.metric,
            ground.matrix,
            ground.xy,
            ground.out,
            ground.near,
            ground.near_way,
            *state,
            random,
            settings,
            batch,
            warmth,
        )
        return int(state.numbers[trips.LEAST])

    run(0, 1.0)
    unit = _way_between(state)
    done = watch.anneal(
        lambda batch, warmth: run(batch, unit * warmth), int(state.numbers[trips.LEAST])
    )
    found = solution_of_trips(instance, state)
    if found.cost >= MUST:
        raise NoSolutionError(found.cost // MUST)
    return replace(found, seed=seed, iterations=done, engine="lean")


def _settings(instance: Instance, ground: Ground, num_groups: int) -> NDArray[np.float64]:
    """Return the settings of `trips.search`."""
    from logistics.lean_arrays import MUST, has_hours  # noqa: PLC0415  (loads numba)

    in_time = has_hours(instance)
    tried = NUM_TRIED_IN_TIME if in_time else NUM_TRIED
    tried *= max(1, instance.num_clients // num_groups)
    has_trips = any(fleet.most_trips > 1 for fleet in instance.fleets)
    return np.array(
        [
            MEAN_REMOVED,
            LONGEST_STRING,
            min(tried, ground.near.shape[1]),
            MOST_WANTED,
            in_time,
            has_trips,
            MUST,
            min(fleet.unit_cost for fleet in instance.fleets),
        ],
        dtype=np.float64,
    )


def _way_between(state: TripState) -> float:
    """Return the average cost of the way between two visits."""
    from logistics import trips  # noqa: PLC0415  (loads numba)

    used = state.trip[state.trip[:, trips.SIZE] > 0]
    units = state.kind[state.vehicle[used[:, trips.VEHICLE], trips.KIND], trips.UNIT]
    return max(1.0, float((used[:, trips.WAY] * units).sum() / (used[:, trips.SIZE] + 1).sum()))


if __name__ == "__main__":
    warm_up()
