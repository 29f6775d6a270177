"""PyVRP behind an instance: it ends, whomever a vehicle may not serve."""

from dataclasses import replace

import numpy as np
import pytest

from logistics import instance_peer
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
