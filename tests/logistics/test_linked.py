"""Searches from a plan, with fewer routes, and the cooling of a search."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("numba", reason="the extra 'fast' is not installed")

from logistics import lean
from logistics.instance import Fleet, Instance, Solution, Tour
from logistics.instance_check import check_solution
from logistics.linked import with_strings, with_trips
from logistics.linked.annealing import Annealer
from logistics.linked.ground import ground_of
from logistics.linked.string_state import solution_of_routes
from logistics.linked.trip_columns import (
    AHEAD,
    CURRENT,
    EARLIEST,
    FIRST,
    LATEST,
    LOAD,
    NEXT,
    SHARE_OF_CROSSES,
    SIZE,
    WAY,
)
from logistics.linked.trip_start import state_from
from logistics.linked.trip_state import MUST, TripState, solution_of_trips
from logistics.linked.with_trips import TripSearch, with_fewer_vehicles
from tests.logistics.test_lean import drawn, least, rich

RULES = ("fleets", "depots", "trips", "groups", "durations", "ways", "allowed", "one-ways")


def searched(some: Instance, num_iterations: int, start: Solution | None = None) -> Solution:
    return lean.search(
        some,
        seed=1,
        share_done=lambda done, _: done / num_iterations,
        num_iterations=num_iterations,
        start=start,
    )


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_a_plan_that_keeps_every_rule_is_followed_whole(rule: str) -> None:
    some = rich(rule)
    first = searched(some, 300)
    again = solution_of_trips(some, state_from(some, first.tours))
    assert again.cost == first.cost
    assert [tour.trips for tour in again.tours] == [tour.trips for tour in first.tours]


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_a_search_from_a_plan_is_never_dearer_than_it(rule: str) -> None:
    some = rich(rule)
    first = searched(some, 50)
    found = searched(some, 300, first)
    assert found.cost <= first.cost
    assert check_solution(some, found) == []


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["plain", "trips", "fleets"])
def test_a_plan_is_kept_when_another_trip_is_dear_and_the_cost_counts_ways_alone(rule: str) -> None:
    some = drawn(11, 12) if rule == "plain" else rich(rule)
    first = searched(some, 1)
    free, kept = (
        lean.search(
            some,
            seed=1,
            share_done=lambda done, _: done / 2_000,
            num_iterations=2_000,
            start=first,
            strange=strange,
        )
        for strange in (0.0, 1_000.0)
    )
    together = [{frozenset(trip) for trip in found.trips()} for found in (first, kept)]
    assert together[0] == together[1]
    assert free.cost < kept.cost <= first.cost
    assert check_solution(some, free) == check_solution(some, kept) == []


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["plain", "prizes", *RULES])
def test_tails_alone_keep_every_rule_and_come_out_cheaper(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = drawn(11, 12) if rule == "plain" else rich(rule)
    first = searched(some, 1)
    for module in (with_trips, with_strings):
        monkeypatch.setattr(module, "SHARE_OF_TAILS", 1.0)
    found = lean.search(
        some, seed=1, share_done=lambda done, _: done / 3_000, num_iterations=3_000,
        start=first, strange=0.0,
    )  # fmt: skip
    assert check_solution(some, found) == []
    assert found.cost <= first.cost


@pytest.mark.slow
@pytest.mark.parametrize("in_time", [False, True])
def test_two_routes_that_cross_exchange_their_tails(
    in_time: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    xy = np.array([[0, 0], [10, 9], [20, -9], [10, -9], [20, 9]], dtype=float)
    hours = {"opens": np.zeros(5, dtype=np.int64), "closes": np.full(5, 900)} if in_time else {}
    some = drawn(11, 4, xy=xy, demand=np.array([0, 5, 5, 5, 5]), **hours)
    crossed = Solution((Tour(0, ((1, 2),)), Tour(1, ((3, 4),))), 0)
    for module in (with_trips, with_strings):
        monkeypatch.setattr(module, "SHARE_OF_TAILS", 1.0)
    found = lean.search(
        some, seed=1, share_done=lambda done, _: done / 200, num_iterations=200, start=crossed,
        strange=0.0,
    )  # fmt: skip
    assert {frozenset(trip) for trip in found.trips()} == {frozenset({1, 4}), frozenset({2, 3})}
    assert check_solution(some, found) == []


def long_trips(seed: int, size: int, width: int = 150) -> Instance:
    """Return clients with hours whom one vehicle could carry all."""
    random = np.random.default_rng(seed)
    opens = np.concatenate([[0], random.integers(0, 300, size)])
    closes = opens + np.concatenate([[900], random.integers(width // 5, width, size)])
    some = drawn(
        seed, size, opens=opens, closes=closes, service=np.array([0, *[10] * size]),
        fleets=(Fleet(tuple(range(size)), 0, 200),),
    )  # fmt: skip
    return replace(some, closes=np.maximum(closes, some.ways([0], range(size + 1))[0]))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_long_trips_that_cross_where_strings_were_taken_off_come_to_the_optimum(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(with_trips, "SHARE_OF_CROSSES", 1.0)
    monkeypatch.setattr(with_trips, "SHARE_OF_ONE_IN_TIME", 0.0)
    some = long_trips(seed, 6)
    found = searched(some, 3_000)
    assert found.cost == least(some)
    assert found == searched(some, 3_000)


@pytest.mark.slow
def test_long_trips_come_from_the_best_of_several_starts_and_as_certain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some = long_trips(6, 40)
    told: list[int] = []
    run = TripSearch.run

    def listened(search: TripSearch, batch: int, warmth: float) -> int:
        told.append(run(search, batch, warmth))
        return told[-1]

    monkeypatch.setattr(TripSearch, "run", listened)
    first, again = searched(some, 1_000), searched(some, 1_000)
    assert first == again
    assert first.iterations == 1_000
    assert first.cost == min(told)
    assert check_solution(some, first) == []


@pytest.mark.slow
@pytest.mark.parametrize("warmth", [0.001, 3.0])
def test_crossings_leave_ways_loads_and_hours_as_a_fresh_count_finds_them(
    warmth: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cold, nearly all trials are undone; hot, nearly all stay, and trips are emptied."""
    monkeypatch.setattr(with_trips, "SHARE_OF_CROSSES", 1.0)
    some = long_trips(5, 40)
    mine = TripSearch(some, ground_of(some), 1)
    for _ in range(5):
        mine.run(200, warmth)
        state = mine.state._replace(best_next=mine.state.node[:, NEXT])
        tours = solution_of_trips(some, state._replace(best_first=state.vehicle[:, FIRST])).tours
        fresh = state_from(some, tours)
        columns = [AHEAD, EARLIEST, LATEST]
        assert (state.node[:40, columns] == fresh.node[:40, columns]).all()
        assert state.numbers[CURRENT] == fresh.numbers[CURRENT]
        assert sorted(map(tuple, used_trips(state))) == sorted(map(tuple, used_trips(fresh)))


def used_trips(state: TripState) -> np.ndarray:
    return state.trip[state.trip[:, SIZE] > 0][:, [LOAD, SIZE, WAY]]


@pytest.mark.slow
def test_only_long_trips_limited_by_capacity_and_hours_cross() -> None:
    some = long_trips(5, 12)
    fleet = some.fleets[0]
    short = replace(fleet, capacity=10)
    near, quick = replace(fleet, most_way=900), replace(fleet, most_duration=900)
    limited = [replace(some, fleets=(each,)) for each in (short, near, quick)]
    released = replace(some, release=np.ones(13, dtype=np.int64))
    for other in [*limited, released, rich("fleets"), rich("trips"), rich("depots")]:
        assert TripSearch(other, ground_of(other), 1).settings[SHARE_OF_CROSSES] == 0
    assert TripSearch(some, ground_of(some), 1).settings[SHARE_OF_CROSSES] > 0
    first = searched(some, 1)
    usual = TripSearch(some, ground_of(some), 1, first, strange=1.0)
    assert usual.settings[SHARE_OF_CROSSES] == 0


@pytest.mark.slow
def test_clients_that_pay_only_together_get_a_trip() -> None:
    """A way of 200 there and back against prizes of 60 each: three are too few, four are not."""
    far = [[100.0, 0.0], [100.0, 1.0], [101.0, 0.0], [101.0, 1.0]]
    for number, served in ((3, 0), (4, 4)):
        xy = np.array([[0.0, 0.0], *far[:number]])
        prize = np.array([0, *[60] * number])
        some = drawn(11, number, xy=xy, demand=np.array([0, *[2] * number]), prize=prize)
        found = searched(some, 400)
        assert sum(map(len, found.trips())) == served
        assert check_solution(some, found) == []


@pytest.mark.slow
def test_clients_in_clusters_are_packed_into_fewer_trips_where_that_is_shorter() -> None:
    centres = np.repeat([[100.0, 0.0], [0.0, 100.0], [-100.0, 0.0]], 4, axis=0)
    xy = np.concatenate([[[0.0, 0.0]], centres + np.tile([[0, 1], [1, 0], [2, 1], [1, 2]], (3, 1))])
    hours = {"opens": np.zeros(13, dtype=np.int64), "closes": np.full(13, 900)}
    fleet = Fleet(tuple(range(12)), 0, 12, closes=900)
    some = drawn(11, 12, xy=xy, demand=np.array([0, *[3] * 12]), fleets=(fleet,), **hours)
    found = searched(some, 2_000)
    assert sorted(map(sorted, found.trips())) == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]
    assert found == searched(some, 2_000)


@pytest.mark.slow
def test_who_no_longer_fits_where_they_were_is_put_in_anew() -> None:
    some = drawn(12, 20)
    first = searched(some, 400)
    demand = some.demand.copy()
    demand[1:6] = 9
    changed = replace(some, demand=demand)
    found = searched(changed, 300, first)
    assert check_solution(changed, found) == []


def test_tours_of_unknown_vehicles_and_clients_served_twice_are_left_out() -> None:
    some = drawn(12, 4)
    tours = (Tour(0, ((1, 2),)), Tour(1, ((2, 3),)), Tour(99, ((4,),)))
    state = state_from(some, tours)
    kept = solution_of_trips(some, state).tours
    assert [tour.trips for tour in kept] == [((1, 2),), ((3,),)]
    assert state.numbers[0] // MUST == 1


def test_prizes_of_clients_left_out_count_in_a_plan() -> None:
    prize = np.array([0, 10, 20, 30, 40])
    state = state_from(drawn(12, 4, prize=prize), (Tour(0, ((1,),)),))
    ways = drawn(12, 4).ways([0], [1])[0, 0]
    assert state.numbers[0] == 2 * ways + 90


@pytest.mark.slow
def test_routes_are_packed_into_fewer_vehicles() -> None:
    some = drawn(13, 40)
    fewest = -(-int(some.demand.sum()) // 10)
    alone = solution_of_routes(some, [[client] for client in range(40)], 0)
    annealer = Annealer(lambda done, _: done / 40_000, 40_000)
    packed = with_fewer_vehicles(some, ground_of(some), annealer, alone, fewest, 1.0)
    assert packed is not None
    assert len(packed.tours) == fewest
    assert check_solution(some, packed) == []
    assert annealer.done < 40_000
    none = with_fewer_vehicles(
        some, ground_of(some), Annealer(lambda done, _: done / 50, 50), alone, fewest - 1, 1.0
    )
    assert none is None


@pytest.mark.slow
def test_several_trips_are_annealed_again_from_the_best_and_as_certain() -> None:
    some = rich("trips")
    first, again = searched(some, 900), searched(some, 900)
    assert first == again
    assert first.iterations == 900
    assert first.cost <= searched(some, 300).cost
    assert check_solution(some, first) == []


def test_every_phase_cools_from_warm_to_cool_and_ends_at_its_share() -> None:
    told: list[float] = []

    def run(batch: int, warmth: float) -> int:
        told.append(warmth)
        return 7

    annealer = Annealer(lambda done, _: done / 1_000, 1_000)
    annealer.phase(run, 9, until=0.5, warm=1.0, cool=0.01)
    first = len(told)
    assert annealer.share == pytest.approx(0.5, abs=0.01)
    annealer.phase(run, 9, warm=0.5, cool=0.01)
    assert annealer.done == 1_000
    assert told[0] == 1.0
    assert told[first] == 0.5
    assert told[first - 1] < 0.02
    assert told == [*sorted(told[:first], reverse=True), *sorted(told[first:], reverse=True)]


def test_a_phase_ends_at_a_cost_that_is_enough_and_when_it_is_cancelled() -> None:
    annealer = Annealer(lambda done, _: done / 1_000, 1_000)
    annealer.phase(lambda _batch, _warmth: 5, 9, warm=1.0, cool=0.01, enough=5)
    assert annealer.done < 1_000
    over = Annealer(lambda _done, _cost: 1.0, None)
    over.phase(lambda _batch, _warmth: 5, 9, until=1.07, warm=1.0, cool=0.01)
    assert over.done == 0


@pytest.mark.slow
def test_a_tight_fleet_comes_out_of_the_same_seed_the_same() -> None:
    demand = np.concatenate([[0], np.full(30, 3)])
    some = drawn(14, 30, demand=demand, fleets=(Fleet(tuple(range(30)), 0, 10),))
    assert searched(some, 2_000) == searched(some, 2_000)
