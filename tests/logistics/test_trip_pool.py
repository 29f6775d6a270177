"""The cheapest plan that can be put together from trips of several searches."""

import numpy as np
import pytest

pytest.importorskip("numba", reason="the extra 'fast' is not installed")

from logistics.instance import Fleet, Instance, Solution, Tour
from logistics.instance_check import check_solution
from logistics.linked.trip_pool import TripPool
from logistics.linked.with_pool import may_pool

SPOTS = [(0, 0), (10, 0), (0, 1), (0, 2), (10, 1), (10, 2)]
"""Two depots, and two clients beside each."""


def of_two_depots(vehicles_each: int = 1, prize: int = 0) -> Instance:
    nothing = np.zeros(6, dtype=np.int64)
    vehicles = [tuple(range(k * vehicles_each, (k + 1) * vehicles_each)) for k in range(2)]
    return Instance(
        name="", family="MDVRPTW", rounding="nearest", num_depots=2,
        xy=np.array(SPOTS, dtype=float), matrix=None,
        demand=np.array([0, 0, 1, 1, 1, 1], dtype=np.int64), service=nothing,
        opens=None, closes=None, release=nothing, prize=nothing + prize,
        fleets=tuple(
            Fleet(vehicles=vehicles[k], depot=k, capacity=2) for k in range(2)
        ),
    )  # fmt: skip


def planned(*trips: tuple[int, tuple[int, ...]], cost: int) -> Solution:
    return Solution(tours=tuple(Tour(vehicle, (stops,)) for vehicle, stops in trips), cost=cost)


def test_trips_of_two_plans_make_a_cheaper_one() -> None:
    some = of_two_depots(vehicles_each=2)
    left = planned((0, (2, 3)), (2, (4,)), (3, (5,)), cost=4 + 2 + 4)
    right = planned((0, (2,)), (1, (3,)), (2, (4, 5)), cost=2 + 4 + 4)
    for plan in (left, right):
        assert check_solution(some, plan) == []
    pool = TripPool(some)
    pool.add(left)
    assert pool.best(left, lambda: False) is left, "its own trips alone"
    found = pool.best(right, lambda: False)
    assert found.cost == 8
    assert [tour.trips for tour in found.tours] == [((2, 3),), ((4, 5),)]
    assert check_solution(some, found) == []
    assert pool.best(right, lambda: True) is right, "no time is left"


def test_no_depot_drives_more_trips_than_it_has_vehicles() -> None:
    some = of_two_depots()
    pool = TripPool(some)
    pool.add(planned((0, (2,)), cost=2))
    pool.add(planned((0, (3,)), cost=4))
    known = planned((0, (3, 2)), (1, (4, 5)), cost=4 + 4)
    assert pool.best(known, lambda: False) is known
    assert len(pool) == 4


def test_the_shorter_order_of_the_same_clients_counts() -> None:
    some = of_two_depots()
    pool = TripPool(some)
    crossed = planned((0, (2, 5)), (1, (4, 3)), cost=1 + 10 + 10 + 1 + 10 + 10)
    pool.add(planned((0, (5, 2)), cost=21))
    pool.add(planned((0, (2, 3)), (1, (5, 4)), cost=8))
    found = pool.best(crossed, lambda: False)
    assert found.cost == 8
    assert check_solution(some, found) == []


def test_only_several_depots_pool_where_everyone_is_served() -> None:
    assert may_pool(of_two_depots())
    assert not may_pool(of_two_depots(prize=5))
