"""Searching from several starts, whose trips are put together anew: for several depots.

Which trips leave from which depot is settled while it is warm, and differs from start to start;
the cheapest plan of the trips of all of them (`trip_pool`) is better than any (`docs/adr/0028`).
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from logistics.linked.ground import has_several_trips
from logistics.linked.trip_pool import TripPool
from logistics.linked.trip_state import MUST

if TYPE_CHECKING:
    from collections.abc import Callable

    from logistics.instance import Instance, Solution
    from logistics.linked.annealing import Annealer
    from logistics.linked.with_trips import TripSearch

MOST_STARTS, ITERATIONS_OF_START = 4, 1_400
"""Starts at most, and how many iterations for each client one of them is worth."""
PROBE_SHARE, STARTS_SHARE, POOL_SHARE = 0.01, 0.8, 0.1
"""Shares of a search: to learn how fast it is; for all starts; most for putting trips together."""


class Temperatures(NamedTuple):
    """In average ways between two visits: the first and last of a start, and the first from it."""

    warm: float
    cool: float
    gentle: float


def may_pool(instance: Instance) -> bool:
    """Return whether trips are pooled: several depots, single trips, everyone to be served."""
    if has_several_trips(instance) or instance.groups or instance.prize.any():
        return False
    return len({fleet.depot for fleet in instance.fleets}) > 1


def search(
    instance: Instance,
    annealer: Annealer,
    begin: Callable[[int, Solution | None], TripSearch],
    temperatures: Temperatures,
) -> TripSearch:
    """Return the last search, with the best.

    Parameters
    ----------
    begin
        Returns a search of its own by number, from nothing or from a solution.
    """
    pool = TripPool(instance)
    warm, cool, gentle = temperatures

    def anneal(mine: TripSearch, until: float, first: float, last: float) -> None:
        def run(batch: int, warmth: float) -> int:
            least = mine.run(batch, warmth)
            pool.add_current(mine.state)
            return least

        annealer.phase(run, mine.least, until=until, warm=first, cool=last)

    best = mine = begin(0, None)
    anneal(mine, PROBE_SHARE, warm, warm)
    num_starts = _num_starts(instance, annealer)
    for number in range(num_starts):
        mine = mine if number == 0 else begin(number, None)
        anneal(mine, STARTS_SHARE * (number + 1) / num_starts, warm, cool)
        best = min(best, mine, key=attrgetter("least"))
    if best.least >= MUST:
        anneal(best, 1.0, warm, cool)
        return best
    ends = annealer.share + POOL_SHARE

    def is_over() -> bool:
        annealer.tell(best.least)
        return annealer.share >= min(ends, 1.0)

    found = pool.best(best.solution(), is_over)
    best = begin(num_starts, found)
    anneal(best, 1.0, gentle, min(cool, gentle))
    return best


def _num_starts(instance: Instance, annealer: Annealer) -> int:
    """Return how many starts the search has iterations for, by its pace so far."""
    expected = annealer.done / annealer.share if annealer.share > 0 else 0.0
    return max(1, min(MOST_STARTS, int(expected / (ITERATIONS_OF_START * instance.num_clients))))
