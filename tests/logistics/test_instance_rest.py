"""Clients that no vehicle can serve are named with the rule, and the rest is served."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.instance import Fleet, Instance, NoSolutionError, Solution, Tour
from logistics.instance_check import check_solution
from logistics.instance_files import number_in_file, parse_instance
from logistics.instance_rest import solve_rest, unservable
from tests.logistics.test_instance_files import SMALL, SOLOMON


def with_fleet(**changes: object) -> Instance:
    some = parse_instance(SOLOMON)
    return replace(some, fleets=(replace(some.fleets[0], **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("some", "told"),
    [
        (with_fleet(capacity=4), {c: ("too_heavy", {"amount": 5, "limit": 4}) for c in (1, 2)}),
        (with_fleet(most_way=100), {2: ("too_far", {"amount": 11.2, "limit": 10.0})}),
        (with_fleet(closes=450), {2: ("back_too_late", {"amount": 45.6, "limit": 45.0})}),
        (with_fleet(most_duration=200), {2: ("too_long", {"amount": 21.2, "limit": 20.0})}),
        (with_fleet(opens=460), {2: ("too_late", {"amount": 51.6, "limit": 50.0})}),
        (with_fleet(allowed=np.array([True, False, True])), {1: ("not_allowed", {})}),
        (with_fleet(), {}),
    ],
)
def test_each_rule_is_told_with_its_amounts(
    some: Instance, told: dict[int, tuple[str, dict[str, float]]]
) -> None:
    found = {
        client: (each.code.removeprefix("instance_left_out."), each.values)
        for client, each in unservable(some).items()
    }
    assert found == told


def test_rules_of_several_fleets_are_told_together() -> None:
    some = parse_instance(SOLOMON)
    small = replace(some.fleets[0], vehicles=(0,), capacity=4)
    slow = replace(some.fleets[0], vehicles=(1,), most_way=100)
    found = unservable(replace(some, fleets=(small, slow)))
    assert {client: each.code for client, each in found.items()} == {
        2: "instance_left_out.together"
    }


def test_clients_that_may_be_left_out_or_have_a_group_are_not_told() -> None:
    some = with_fleet(capacity=4)
    assert unservable(replace(some, prize=np.array([0, 7, 7]))) == {}
    assert unservable(replace(some, groups=((1, 2),))) == {}


def test_a_client_is_called_as_its_file_calls_it() -> None:
    assert number_in_file(parse_instance(SMALL), 3) == 4
    assert number_in_file(parse_instance(SOLOMON), 2) == 2


def test_nobody_can_be_served() -> None:
    some = with_fleet(capacity=1)
    found, left_out = solve_rest(some, seconds=None, iterations=20)
    assert (found.tours, found.cost, found.left_out) == ((), 0, (1, 2))
    assert len(left_out) == 2
    assert check_solution(some, found) == []


@given(
    demands=st.lists(st.integers(1, 14), min_size=3, max_size=3),
    capacity=st.integers(4, 12),
    vehicles=st.integers(1, 3),
)
def test_the_rest_is_served_and_stands_its_check(
    demands: list[int], capacity: int, vehicles: int
) -> None:
    fleet = Fleet(vehicles=tuple(range(vehicles)), depot=0, capacity=capacity)
    some = replace(parse_instance(SMALL), demand=np.array([0, *demands]), fleets=(fleet,))
    found, left_out = solve_rest(some, seconds=None, iterations=30, engine="lean")
    assert check_solution(some, found) == []
    served = {client for trip in found.trips() for client in trip}
    assert served | {each.client for each in left_out} == {1, 2, 3}
    heavy = {each.client for each in left_out if each.code.endswith("too_heavy")}
    assert heavy == {row for row in (1, 2, 3) if demands[row - 1] > capacity}
    assert len(served) >= min(vehicles, 3 - len(heavy))


def test_who_is_left_out_and_served_is_a_fault() -> None:
    some = parse_instance(SMALL)
    found, _ = solve_rest(some, seconds=None, iterations=20)
    [fault] = check_solution(some, replace(found, left_out=(2,)))
    assert (fault.code, fault.values) == ("instance.left_out_and_served", {"client": 2})
    missing = replace(found, tours=found.tours[1:], left_out=())
    assert "instance.client_missing" in {each.code for each in check_solution(some, missing)}


def test_nobody_is_left_out_beside_an_idle_vehicle_that_could() -> None:
    some = parse_instance(SMALL)
    plan = Solution(tours=(Tour(0, ((1, 2),)),), cost=0, left_out=(3,))
    faults = {each.code: each.values for each in check_solution(some, plan)}
    assert faults["instance.left_out_needlessly"] == {"client": 3, "vehicle": 1}
    alone = replace(some, fleets=(replace(some.fleets[0], vehicles=(0,)),))
    small = replace(some, fleets=(replace(some.fleets[0], capacity=int(some.demand[3]) - 1),))
    for other in (alone, small):
        codes = {each.code for each in check_solution(other, plan)}
        assert "instance.left_out_needlessly" not in codes


def test_a_search_that_left_vehicles_idle_is_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    fleets = tuple(
        Fleet(vehicles=(number,), depot=0, capacity=most, fixed_cost=3, unit_cost=2)
        for number, most in enumerate((4, 9))
    )
    some = replace(parse_instance(SMALL), demand=np.array([0, 5, 5, 4]), fleets=fleets)

    def solved(instance: Instance, **_: object) -> Solution:
        if not instance.prize.any():
            raise NoSolutionError(1)
        return Solution((), int(instance.prize.sum()))

    monkeypatch.setattr("logistics.instance_rest.solve_instance", solved)
    found, left_out = solve_rest(some, seconds=None, iterations=1)
    assert check_solution(some, found) == []
    assert [(tour.vehicle, tour.trips) for tour in found.tours] == [(0, ((3,),)), (1, ((1,),))]
    assert [each.client for each in left_out] == [2]


@pytest.mark.parametrize("limit", ["most_way", "most_duration"])
def test_a_limit_is_of_all_trips_together(limit: str) -> None:
    some = parse_instance(SMALL)
    alone = np.sort(some.ways([0], [1, 2, 3])[0] + some.ways([1, 2, 3], [0])[:, 0])
    most = int(alone[:2].sum())
    assert most < alone.sum()
    fleet = Fleet(vehicles=(0,), depot=0, capacity=5, most_trips=3, **{limit: most})  # type: ignore[arg-type]
    some = replace(some, demand=np.array([0, 5, 5, 5]), fleets=(fleet,))
    found, left_out = solve_rest(some, seconds=None, iterations=30, engine="lean")
    assert check_solution(some, found) == []
    assert len(left_out) == 1
    assert len(found.tours[0].trips) == 2
