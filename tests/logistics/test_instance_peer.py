"""PyVRP behind an instance: it ends, whomever a vehicle may not serve."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from logistics import instance_peer, instance_solve, lean
from logistics.instance import Fleet, Instance, NoSolutionError, Solution, Tour
from logistics.instance_check import check_solution
from logistics.instance_files import parse_instance
from logistics.instance_solve import solve_instance
from tests.logistics.test_instance_files import SOLOMON


def two_fleets(*, second_may: bool) -> Instance:
    """Return two clients; the first vehicle may serve the first of them, and only that one."""
    some = parse_instance(SOLOMON)
    own = replace(some.fleets[0], vehicles=(0,), allowed=np.array([True, True, False]))
    other = replace(own, vehicles=(1,), allowed=np.array([True, False, second_may]))
    return replace(some, fleets=(own, other))


def test_who_may_not_serve_a_client_does_not() -> None:
    some = two_fleets(second_may=True)
    found = solve_instance(some, seconds=None, iterations=30, engine="pyvrp")
    assert check_solution(some, found) == []
    assert found.tours == (Tour(0, ((1,),)), Tour(1, ((2,),)))


def test_a_client_that_nobody_may_serve_is_no_solution() -> None:
    with pytest.raises(NoSolutionError):
        solve_instance(two_fleets(second_may=False), seconds=None, iterations=30, engine="pyvrp")
    barred = Solution((Tour(0, ((1, 2),)),), 0)
    assert instance_peer.num_barred(two_fleets(second_may=True), barred) == 1


@pytest.mark.parametrize("closes", [900, 1 << 60])
def test_penalties_stay_whole_numbers_of_the_machine(closes: int) -> None:
    some = two_fleets(second_may=True)
    fleets = tuple(replace(fleet, closes=closes) for fleet in some.fleets)
    data = instance_peer.problem_data(replace(some, fleets=fleets))
    farthest = max(int(each.max()) for each in data.duration_matrices())
    assert farthest * some.num_nodes * instance_peer.MOST_PENALTY < 1 << 63
    plain = replace(some, fleets=(Fleet((0, 1), 0, capacity=99),))
    nodes = range(some.num_nodes)
    assert farthest > some.ways(nodes, nodes).max() + int(some.closes.max())  # type: ignore[union-attr]
    assert int(instance_peer.problem_data(plain).distance_matrix(0).max()) < farthest


def square(*fleets: Fleet, prize: tuple[int, ...] = (0, 0, 0, 0)) -> Instance:
    """Return three clients of demand 1 and a depot at the corners of a square of side 10."""
    xy = np.array([[0, 0], [10, 0], [0, 10], [10, 10]], dtype=np.float64)
    zero = np.zeros(4, dtype=np.int64)
    demand, prizes = np.array([0, 1, 1, 1]), np.array(prize, dtype=np.int64)
    return Instance(
        "", "HFVRP", "nearest", 1, xy, None, demand, zero, None, None, zero, prizes, fleets
    )


NOT_THE_LAST = np.array([True, True, True, False])
DEAR = square(Fleet((0,), 0, 10, allowed=NOT_THE_LAST), Fleet((1,), 0, 10, fixed_cost=1000))


@pytest.mark.parametrize(
    ("some", "cost"),
    [
        (DEAR, 1040),
        (square(Fleet((0,), 0, 10, allowed=NOT_THE_LAST), Fleet((1,), 0, 10, unit_cost=90)), 2554),
        (square(Fleet((0,), 0, 10, allowed=NOT_THE_LAST), prize=(0, 50, 50, 5000)), 5034),
        (square(Fleet((0,), 0, 10, allowed=NOT_THE_LAST), prize=(0, 50, 50, 10**9)), 10**9 + 34),
    ],
    ids=["fixed cost", "unit cost", "prize", "prize of a milliard"],
)
def test_no_cost_buys_a_vehicle_that_may_not_serve(
    some: Instance, cost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean, "is_installed", lambda: False)  # nothing comes to the rescue
    found = solve_instance(some, seconds=None, iterations=200, engine="pyvrp")
    assert (found.cost, check_solution(some, found)) == (cost, [])


def test_a_vehicle_that_may_not_serve_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_peer, "_far", lambda *_: 1)
    monkeypatch.setattr(instance_peer, "search_apart", instance_peer.search)
    found = solve_instance(DEAR, seconds=None, iterations=200, engine="pyvrp")
    assert (found.engine, found.cost, check_solution(DEAR, found)) == ("lean", 1040, [])


def test_one_of_several_searches_may_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = instance_peer.search_apart

    def search(*words: Any, **wishes: Any) -> Solution:
        if wishes["seed"] in failing:
            raise NoSolutionError(3)
        return searched(*words, **wishes)

    monkeypatch.setattr(instance_peer, "search_apart", search)
    failing = {1}
    found = solve_instance(DEAR, seconds=None, iterations=50, engine="pyvrp", workers=2)
    assert (found.seed, found.cost) == (1 + instance_solve.SEED_STEP, 1040)
    failing.add(1 + instance_solve.SEED_STEP)
    with pytest.raises(NoSolutionError, match="3 clients"):
        solve_instance(DEAR, seconds=None, iterations=50, engine="pyvrp", workers=2)


def test_the_dearest_prize_leaves_penalties_whole_numbers() -> None:
    some = square(Fleet((0,), 0, 10, allowed=NOT_THE_LAST), prize=(0, 1, 1, 1 << 50))
    far = int(instance_peer.problem_data(some).duration_matrix(0).max())
    assert 1 << 30 < far < (1 << 63) // (some.num_nodes * int(instance_peer.MOST_PENALTY))


def test_pyvrp_apart_finds_what_it_finds_here() -> None:
    for seed in (1, 2):
        wishes: dict[str, Any] = {"seed": seed, "num_iterations": 60}
        here = instance_peer.search(DEAR, share_done=lambda *_: 0.0, **wishes)
        apart = instance_peer.search_apart(DEAR, share_done=lambda *_: 0.0, **wishes)
        assert (apart.tours, apart.cost, apart.iterations) == (here.tours, here.cost, 60)
