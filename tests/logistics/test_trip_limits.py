"""Several trips under a longest way or duration: the lean engine against every solution."""

from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest

pytest.importorskip("numba", reason="the extra 'fast' is not installed")

from logistics.instance import Fleet, Instance, NoSolutionError, Solution, Tour
from logistics.instance_check import check_solution
from logistics.instance_solve import solve_instance
from logistics.linked.trip_columns import LEAST, NUM_ABSENT
from logistics.linked.trip_start import state_from
from tests.logistics.test_lean import drawn

pytestmark = pytest.mark.slow

LIMITS = ("way", "duration", "both", "way past a third place")


def limited(seed: int, limit: str, size: int = 4) -> Instance:
    """Return clients for two vehicles of three trips, whose trips together are limited."""
    random = np.random.default_rng(seed)
    some = drawn(seed, size, service=np.array([0, *random.integers(0, 9, size)]))
    nodes = range(size + 1)
    ways = some.ways(nodes, nodes)
    if limit == "way past a third place":
        ways = ways + random.integers(0, 60, ways.shape)
        np.fill_diagonal(ways, 0)
        some = replace(some, xy=None, matrix=ways)
    alone = ways[0, 1:] + ways[1:, 0]
    most = int(max(alone.max() + 9, alone.sum() * random.uniform(0.45, 0.75)))
    fleet = Fleet((0, 1), 0, capacity=8, most_trips=3)
    if limit != "duration":
        fleet = replace(fleet, most_way=most)
    if limit != "way":
        opens = np.concatenate([[0], random.integers(0, 150, size)])
        late = np.maximum(opens[1:], ways[0, 1:]) + random.integers(40, 400, size)
        some = replace(some, opens=opens, closes=np.concatenate([[10_000], late]))
        some = replace(some, release=np.concatenate([[0], random.integers(0, 40, size)]))
        fleet = replace(fleet, closes=2_000, most_duration=most + 60)
    return replace(some, fleets=(fleet,))


def least(some: Instance) -> int | None:
    """Return the least cost of two vehicles alike by trying every order and every cut; or None."""
    clients = frozenset(range(1, some.num_nodes))
    cost: dict[frozenset[int], int] = {frozenset(): 0}
    for size in range(1, len(clients) + 1):
        for order in permutations(clients, size):
            for cuts in range(1 << (size - 1)):
                tour = Tour(0, tuple(_trips(order, cuts)))
                way = sum(_way(some, trip) for trip in tour.trips)
                if way < cost.get(frozenset(order), 1 << 60) and _is_kept(some, tour, way):
                    cost[frozenset(order)] = way
    both = [cost[one] + cost[clients - one] for one in cost if clients - one in cost]
    return min(both, default=None)


def _trips(order: tuple[int, ...], cuts: int) -> list[tuple[int, ...]]:
    trips: list[tuple[int, ...]] = [(order[0],)]
    for place, client in enumerate(order[1:]):
        if cuts >> place & 1:
            trips.append((client,))
        else:
            trips[-1] = (*trips[-1], client)
    return trips


def _way(some: Instance, trip: tuple[int, ...]) -> int:
    path = [0, *trip, 0]
    return sum(int(some.ways([a], [b])[0, 0]) for a, b in pairwise(path))


def _is_kept(some: Instance, tour: Tour, way: int) -> bool:
    faults = check_solution(some, Solution((tour,), way))
    return all(fault.code == "instance.client_missing" for fault in faults)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("seed", range(2))
def test_limits_of_all_trips_together_are_kept_at_the_least_cost(seed: int, limit: str) -> None:
    some = limited(seed, limit)
    best = least(some)
    if best is None:
        with pytest.raises(NoSolutionError):
            solve_instance(some, seconds=None, iterations=500, engine="lean")
    else:
        assert solve_instance(some, seconds=None, iterations=600, engine="lean").cost == best


@pytest.mark.parametrize("limit", ["way", "duration"])
def test_a_vehicle_reloads_as_long_as_its_limit_allows(limit: str) -> None:
    some = replace(drawn(3, 4), demand=np.array([0, 8, 8, 8, 8]))
    each = [_way(some, (client,)) for client in range(1, 5)]
    for most, trips in ((sum(each), 4), (sum(each) - 1, 3)):
        fleet = Fleet((0, 1), 0, capacity=8, most_trips=4, fixed_cost=1_000)
        fleet = replace(fleet, **{f"most_{limit}": most})  # type: ignore[arg-type]
        found = solve_instance(
            replace(some, fleets=(fleet,)), seconds=None, iterations=1_000, engine="lean"
        )
        assert max(len(tour.trips) for tour in found.tours) == trips


def test_a_start_is_followed_under_a_longest_duration_of_all_trips() -> None:
    some = limited(1, "duration")
    found = solve_instance(some, seconds=None, iterations=500, engine="lean")
    state = state_from(some, found.tours)
    assert int(state.numbers[LEAST]) == found.cost
    assert int(state.numbers[NUM_ABSENT]) == 0
