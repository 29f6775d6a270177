import pytest

from logistics.instance import Solution, Tour
from logistics.instance_check import check_solution
from logistics.instance_files import parse_instance
from tests.logistics.test_instance_files import SMALL, SOLOMON, with_lines


def codes(text: str, *tours: Tour, cost: int) -> list[str]:
    """Return the codes of what tours break."""
    return [each.code for each in check_solution(parse_instance(text), Solution(tours, cost))]


BOTH = (Tour(0, ((1, 2),)), Tour(1, ((3,),)))


def test_a_sound_solution_breaks_nothing() -> None:
    assert codes(SMALL, *BOTH, cost=30) == []


@pytest.mark.parametrize(
    ("tours", "cost", "code"),
    [
        (BOTH, 31, "instance.wrong_cost"),
        ((Tour(0, ((1, 2),)),), 20, "instance.client_missing"),
        ((Tour(0, ((1, 2),)), Tour(1, ((3, 1),))), 40, "instance.client_twice"),
        ((Tour(0, ((1, 2),)), Tour(0, ((3,),))), 20, "instance.no_such_vehicle"),
        ((Tour(0, ((1, 2),)), Tour(9, ((3,),))), 20, "instance.no_such_vehicle"),
        ((Tour(0, ((1, 2, 3),)),), 30, "instance.overloaded"),
        ((Tour(0, ((1, 2), (3,))),), 30, "instance.too_many_trips"),
        ((Tour(0, ((1, 2, 7),)),), 30, "instance.unknown_client"),
    ],
)
def test_what_is_broken_is_named(tours: tuple[Tour, ...], cost: int, code: str) -> None:
    assert code in codes(SMALL, *tours, cost=cost)


def test_windows_are_kept_by_start_of_service_and_return() -> None:
    assert codes(SOLOMON, Tour(0, ((1, 2),)), cost=112) == []
    late = SOLOMON.replace("30         50         10", "30         31         10")
    assert codes(late, Tour(0, ((1, 2),)), cost=112) == []
    later = late.replace("0         50         10", "25        50         10", 1)
    assert codes(later, Tour(0, ((1, 2),)), cost=112) == ["instance.too_late"]
    closed = SOLOMON.replace("0        100          0", "0         45          0")
    assert codes(closed, Tour(0, ((1, 2),)), cost=112) == ["instance.too_late"]


def test_the_shortest_duration_counts_not_the_earliest_start() -> None:
    windows = "TIME_WINDOW_SECTION\n1 0 100\n2 50 60\n3 50 90\n4 0 90"
    hours = with_lines(windows, "VEHICLES_MAX_DURATION : 20", family="CVRPTW")
    tours = (Tour(0, ((1, 2),)), Tour(1, ((3,),)))
    assert codes(hours, *tours, cost=300) == []
    shorter = hours.replace("DURATION : 20", "DURATION : 19")
    assert codes(shorter, *tours, cost=300) == ["instance.too_long"]


def test_a_trip_waits_for_what_is_released_last() -> None:
    windows = "TIME_WINDOW_SECTION\n1 0 100\n2 0 20\n3 0 90\n4 0 90"
    release = "RELEASE_TIME_SECTION\n1 0\n2 0\n3 15\n4 0"
    text = with_lines(windows, release, family="CVRPTW")
    assert codes(text, *BOTH, cost=300) == []
    late = text.replace("3 15", "3 16")
    assert codes(late, *BOTH, cost=300) == ["instance.too_late"]


def test_groups_prizes_and_allowed_clients_are_kept() -> None:
    group = with_lines("MUTUALLY_EXCLUSIVE_GROUP_SECTION\n1 3 4", family="GVRP")
    assert codes(group, Tour(0, ((1, 2),)), cost=20) == []
    assert codes(group, *BOTH, cost=30) == ["instance.not_one_of_group"]
    prize = with_lines("PRIZE_SECTION\n1 0\n2 0\n3 0\n4 7")
    assert codes(prize, Tour(0, ((1, 2),)), cost=27) == []
    allowed = with_lines("VEHICLES : 2", "VEHICLES_ALLOWED_CLIENTS_SECTION\n1 2 3\n2 2 3")
    assert codes(allowed, *BOTH, cost=30) == ["instance.client_not_allowed"]


def test_longest_ways_count_for_all_trips_of_a_vehicle() -> None:
    text = with_lines("VEHICLES_MAX_DISTANCE : 20")
    assert codes(text, *BOTH, cost=30) == []
    assert codes(text.replace("DISTANCE : 20", "DISTANCE : 19"), *BOTH, cost=30) == [
        "instance.too_far"
    ]
