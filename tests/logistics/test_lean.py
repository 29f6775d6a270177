"""The lean engines against every solution of small instances, and each rule that they carry."""

from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba", reason="the extra 'fast' is not installed")

from logistics import instance_peer, lean
from logistics.instance import Fleet, Instance, NoSolutionError, Solution, Tour
from logistics.instance_check import check_solution
from logistics.instance_solve import UnsoundError, solve_instance
from logistics.linked import with_strings

pytestmark = pytest.mark.slow


def drawn(seed: int, size: int = 6, **changes: object) -> Instance:
    """Return a small instance; three vehicles of 10."""
    random = np.random.default_rng(seed)
    nothing = np.zeros(size + 1, dtype=np.int64)
    demand = np.concatenate([[0], random.integers(1, 6, size)])
    values: dict[str, object] = {
        "name": f"drawn {seed}",
        "family": "CVRP",
        "rounding": "nearest",
        "num_depots": 1,
        "xy": random.integers(0, 100, (size + 1, 2)).astype(float),
        "matrix": None,
        "demand": demand,
        "service": nothing,
        "opens": None,
        "closes": None,
        "release": nothing,
        "prize": nothing,
        "fleets": (Fleet(vehicles=tuple(range(size)), depot=0, capacity=10),),
    }
    return Instance(**{**values, **changes})  # type: ignore[arg-type]


def least(instance: Instance) -> int:
    """Return the least cost of one capacity and one window each, by trying every set and order."""
    clients = range(1, instance.num_nodes)
    ways = instance.ways(range(instance.num_nodes), range(instance.num_nodes))
    capacity = instance.fleets[0].capacity
    tour: dict[frozenset[int], int] = {}
    for size in range(1, len(clients) + 1):
        for some in combinations(clients, size):
            if instance.demand[list(some)].sum() > capacity:
                continue
            costs = [_cost(instance, ways, order) for order in permutations(some)]
            kept = [cost for cost in costs if cost is not None]
            if kept:
                tour[frozenset(some)] = min(kept)
    best = {frozenset[int](): 0}
    for size in range(1, len(clients) + 1):
        for chosen in combinations(clients, size):
            whole, first = frozenset(chosen), min(chosen)
            options = [
                best[whole - trip] + cost
                for trip, cost in tour.items()
                if first in trip and trip <= whole and whole - trip in best
            ]
            if options:
                best[whole] = min(options)
    return best[frozenset(clients)]


def _cost(instance: Instance, ways: np.ndarray, order: tuple[int, ...]) -> int | None:
    now, cost, at = 0, 0, 0
    for client in (*order, 0):
        cost += int(ways[at, client])
        now += int(ways[at, client] + instance.service[at])
        if instance.opens is not None and instance.closes is not None:
            now = max(now, int(instance.opens[client]))
            if now > instance.closes[client]:
                return None
        at = client
    return cost


@pytest.mark.parametrize("seed", range(4))
def test_small_plain_instances_are_solved_to_the_optimum(seed: int) -> None:
    some = drawn(seed)
    found = solve_instance(some, seconds=None, iterations=3_000, engine="lean")
    assert found.cost == least(some)


def test_neighbours_on_full_routes_do_not_count_as_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_strings, "NUM_TRIED", 1)
    for seed in range(4):
        some = drawn(seed)
        found = solve_instance(some, seconds=None, iterations=3_000, engine="lean")
        assert found.cost == least(some)


@pytest.mark.parametrize("seed", range(4))
def test_small_instances_with_hours_are_solved_to_the_optimum(seed: int) -> None:
    random = np.random.default_rng(seed)
    opens = np.concatenate([[0], random.integers(0, 200, 6)])
    closes = np.concatenate([[600], opens[1:] + random.integers(20, 150, 6)])
    some = drawn(seed, opens=opens, closes=closes, service=np.array([0, *[10] * 6]))
    some_closes = np.maximum(closes, some.ways([0], range(7))[0])
    some = drawn(seed, opens=opens, closes=some_closes, service=some.service)
    found = solve_instance(some, seconds=None, iterations=3_000, engine="lean")
    assert found.cost == least(some)


def rich(rule: str) -> Instance:
    """Return an instance of 12 clients with one more rule."""
    base = drawn(11, 12)
    size = base.num_nodes
    opens, closes = np.zeros(size, dtype=np.int64), np.full(size, 900)
    six = tuple(range(6))
    random = np.random.default_rng(3)
    if rule == "fleets":
        fleets = (Fleet(six, 0, 6, fixed_cost=40), Fleet((6, 7, 8), 0, 14, 0, fixed_cost=70))
        return drawn(11, 12, fleets=fleets)
    if rule == "depots":
        fleets = (Fleet(six, 0, 10), Fleet((6, 7, 8), 1, 10))
        return drawn(11, 12, num_depots=2, demand=base.demand * (np.arange(13) > 1), fleets=fleets)
    if rule == "trips":
        fleet = Fleet((0, 1), 0, 10, closes=900, most_trips=12)
        release = np.concatenate([[0], random.integers(0, 100, 12)])
        return drawn(11, 12, opens=opens, closes=closes, release=release, fleets=(fleet,))
    if rule == "prizes":
        return drawn(11, 12, prize=np.concatenate([[0], random.integers(10, 60, 12)]))
    if rule == "groups":
        return drawn(11, 12, groups=((1, 2, 3), (4, 5), (6, 7, 8)))
    if rule == "durations":
        fleet = Fleet(six, 0, 10, closes=900, most_duration=260)
        return drawn(11, 12, opens=opens, closes=closes, fleets=(fleet,))
    if rule == "ways":
        return drawn(11, 12, fleets=(Fleet(six, 0, 10, most_way=260),))
    if rule == "allowed":
        odd = np.arange(size) % 2 == 1
        fleets = (Fleet((0, 1, 2), 0, 12, allowed=odd), Fleet((3, 4, 5), 0, 12, allowed=~odd))
        return drawn(11, 12, fleets=fleets)
    matrix = base.ways(range(size), range(size)) + random.integers(0, 9, (size, size))
    np.fill_diagonal(matrix, 0)
    return drawn(11, 12, xy=None, matrix=matrix)


RULES = (
    "fleets",
    "depots",
    "trips",
    "prizes",
    "groups",
    "durations",
    "ways",
    "allowed",
    "one-ways",
)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_kept_and_comes_out_no_dearer_than_by_pyvrp(rule: str) -> None:
    some = rich(rule)
    found = solve_instance(some, seconds=None, iterations=8_000, engine="lean")
    peer = solve_instance(some, seconds=None, iterations=400, engine="pyvrp")
    assert check_solution(some, found) == []
    assert found.cost <= peer.cost


def test_seed_and_iterations_decide_the_solution() -> None:
    for some in (drawn(5, 30), rich("trips")):
        first, second = (
            lean.search(some, seed=4, share_done=lambda done, _: done / 500, num_iterations=500)
            for _ in range(2)
        )
        assert first == second
        assert first.iterations == 500


def test_more_workers_are_never_worse_and_as_certain() -> None:
    some = drawn(6, 40)
    one = solve_instance(some, seconds=None, iterations=400, engine="lean")
    two = solve_instance(some, seconds=None, iterations=400, workers=2, engine="lean")
    again = solve_instance(some, seconds=None, iterations=400, workers=2, engine="lean")
    assert two.cost <= one.cost
    assert two.tours == again.tours


def test_a_search_ends_when_it_is_cancelled_and_tells_how_far_it_is() -> None:
    told: list[float] = []
    found = solve_instance(
        drawn(7, 30),
        seconds=60,
        engine="lean",
        cancelled=lambda: True,
        progress=lambda share, _: told.append(share),
    )
    assert found.seconds < 30
    assert told[-1] == 1.0


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_smallest_instances_have_a_solution(size: int) -> None:
    some = drawn(8, size)
    assert solve_instance(some, seconds=None, iterations=50, engine="lean").cost == least(some)


def test_a_fleet_that_is_too_small_is_told() -> None:
    some = drawn(9, 8, fleets=(Fleet(vehicles=(0,), depot=0, capacity=10),))
    for engine in ("lean", "pyvrp"):
        with pytest.raises(NoSolutionError):
            solve_instance(some, seconds=None, iterations=200, engine=engine)


def whole(some: Instance) -> Solution:
    """Return a solution that breaks the capacity: everyone on one trip."""
    everyone = tuple(range(1, some.num_nodes))
    return Solution((Tour(0, (everyone,)),), 1, engine="lean")


def test_instead_of_an_unsound_solution_a_sound_one_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some, searched = drawn(3), lean.search

    def unsound(*words: Any, **wishes: Any) -> Solution:
        return whole(some) if wishes["start"] is None else searched(*words, **wishes)

    monkeypatch.setattr(lean, "search", unsound)
    found = solve_instance(some, seconds=None, iterations=50, engine="lean")
    assert (found.engine, check_solution(some, found)) == ("lean", [])
    monkeypatch.setattr(lean, "search", lambda *_words, **_wishes: whole(some))
    found = solve_instance(some, seconds=None, iterations=50, engine="lean")
    assert (found.engine, check_solution(some, found)) == ("pyvrp", [])
    monkeypatch.setattr(instance_peer, "search_apart", lambda *_words, **_wishes: whole(some))
    begun = solve_instance(some, seconds=None, iterations=50, engine="lean", start=found)
    assert begun.tours == found.tours
    with pytest.raises(UnsoundError, match="overloaded"):
        solve_instance(some, seconds=None, iterations=50, engine="lean")


def test_clients_at_one_place_are_neighbours() -> None:
    xy = np.array([[0.0, 0.0], *[[5.0, 5.0]] * 130, [9.0, 9.0]])
    some = drawn(1, 131, xy=xy)
    found = solve_instance(some, seconds=None, iterations=500, engine="lean")
    assert check_solution(some, found) == []


def test_without_numba_pyvrp_solves_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lean, "is_installed", lambda: False)
    found = solve_instance(drawn(2), seconds=None, iterations=100)
    assert found.engine == "pyvrp"
    assert found.cost == least(drawn(2))
    assert instance_peer.problem_data(drawn(2)).num_clients == 6


def test_large_fleets_of_unlike_vehicles_are_left_to_pyvrp() -> None:
    kinds = (Fleet((0, 1), 0, 10, fixed_cost=5), Fleet((2, 3), 0, 20, fixed_cost=9))
    assert lean.is_ahead(drawn(3, 20, fleets=kinds))
    assert not lean.is_ahead(drawn(3, 400, fleets=kinds))
    assert lean.is_ahead(drawn(3, 400))
