"""The lean engines' driver: which one is asked, and whether they are compiled.

Ruin and recreate compiled for the plain families of the literature, in `linked`: strings for one
capacity, trips for hours, fleets, several trips, prizes and groups.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from logistics.instance import Fleet, Instance
from logistics.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from logistics.instance import Solution

    ShareDone = Callable[[int, int], float]

LARGEST_OF_FLEETS = 150
"""Clients up to which the lean engine is ahead of PyVRP when vehicles differ in size and cost."""

STRANGE = 0.25
"""What a client on another trip than in the start counts, in average ways between two visits."""
DRIVERS = frozenset({
    "annealing", "ground", "trip_pool", "trip_start", "with_pool", "with_strings", "with_trips",
})  # fmt: skip
"""Modules of `linked` that drive compiled code and hold none."""


def is_installed() -> bool:
    """Return whether numba can be loaded."""
    from importlib.util import find_spec  # noqa: PLC0415

    return find_spec("numba") is not None


def is_warm() -> bool:
    """Return whether numba is installed and the engines were compiled since their code changed."""
    return is_installed() and _kept().is_there()


def _kept() -> Kept:
    home = Path(__file__).parent
    return Kept(home / "linked", (home / "compiled.py",), DRIVERS)


@cache
def warm_up() -> None:
    """Load the engines, compiling what is not yet on disk (half a minute)."""
    with _kept().being_compiled():
        _search_once()


def _search_once() -> None:
    """Call each engine on the smallest of instances."""
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
        found = search(each, seed=1, share_done=lambda done, _: done / 2, num_iterations=2)
        search(each, seed=1, share_done=lambda done, _: done / 2, num_iterations=2, start=found)


def is_ahead(instance: Instance) -> bool:
    """Return whether the lean engines measured better than PyVRP on instances like this."""
    sizes = {(fleet.depot, fleet.capacity) for fleet in instance.fleets}
    depots = {fleet.depot for fleet in instance.fleets}
    has_sizes = len(sizes) > len(depots) and any(fleet.fixed_cost for fleet in instance.fleets)
    return not has_sizes or instance.num_clients <= LARGEST_OF_FLEETS


def serves_all(cost: int) -> bool:
    """Return whether a cost, as `search` tells it, is of a solution that serves all who must be."""
    from logistics.linked.trip_state import MUST  # noqa: PLC0415  (loads numba)

    return cost < MUST


def search(
    instance: Instance,
    *,
    seed: int,
    share_done: ShareDone,
    num_iterations: int | None = None,
    start: Solution | None = None,
    strange: float = STRANGE,
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
    start
        A plan of this instance, or of one much like it (rows of clients the same), to be improved
        gently; whoever does not fit in it any more is put in anew.
    strange
        What a client counts on another trip than in the start, in average ways between two visits;
        no part of the cost.

    Raises
    ------
    NoSolutionError
        Clients that must be served are on no route.
    """
    from logistics.linked import with_strings, with_trips  # noqa: PLC0415  (loads numba)
    from logistics.linked.annealing import Annealer  # noqa: PLC0415
    from logistics.linked.ground import ground_of, is_plain  # noqa: PLC0415

    ground = ground_of(instance)
    annealer = Annealer(share_done, num_iterations)
    if is_plain(instance):
        found = with_strings.search(instance, ground, annealer, seed, start, strange)
        if found is not None:
            return found
    return with_trips.search(instance, ground, annealer, seed, start, strange)


if __name__ == "__main__":
    warm_up()
