"""A search that nobody gave an end is counted, so that the machine's load does not change it."""

import time

import pytest

from bench.routing_city import city
from logistics import effort
from logistics.effort import usual_iterations
from logistics.files import plan_from_json, plan_to_json
from logistics.solve import solve


@pytest.mark.parametrize(
    ("num_stops", "iterations"),
    [(0, 4_000), (50, 4_000), (51, 4_080), (500, 40_000), (9_999, 40_000)],
)
def test_iterations_grow_with_the_stops_between_bounds(num_stops: int, iterations: int) -> None:
    assert usual_iterations("sisr", num_stops) == iterations


def test_a_slow_machine_finds_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "FEWEST", 3)
    problem = city(num_stops=12, num_vehicles=2, num_days=2)
    fast = solve(problem, seconds=None, engine="insertion")
    read = time.perf_counter
    monkeypatch.setattr(time, "perf_counter", lambda: 5 * read())
    slow = solve(problem, seconds=None, engine="insertion")
    assert slow == fast
    assert slow.iterations == fast.iterations == usual_iterations("insertion", 12)
    assert not slow.time_ran_out


def test_where_the_fuse_ends_a_counted_search_the_plan_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = city(num_stops=12, num_vehicles=2, num_days=2)
    asked = solve(problem, seconds=0.01, engine="insertion")
    assert not asked.time_ran_out
    monkeypatch.setattr(effort, "FUSE_S", 0.01)
    cut = solve(problem, seconds=None, engine="insertion")
    assert cut.iterations < usual_iterations("insertion", 12)
    assert cut.time_ran_out
    assert plan_from_json(plan_to_json(cut)).time_ran_out
    assert cut.plan_hash == plan_from_json(plan_to_json(cut) | {"time_ran_out": False}).plan_hash
