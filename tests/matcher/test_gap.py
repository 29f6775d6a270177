from __future__ import annotations

import csv
import gzip
import itertools
from pathlib import Path

import numpy as np
import pytest

from matcher import gap
from matcher.files import FileFormatError
from matcher.gap import GapPrices, GapProblem, read_gap, read_gap_solution, write_gap_solution
from matcher.gap_check import check_gap, least_cost
from matcher.gap_prices import ascended, more_with
from matcher.gap_solve import solve_gap
from matcher.warm import is_warm

DATA = Path(__file__).parents[2] / "../shared/data/gap"


def random_gap(seed: int, *, agents: int = 3, jobs: int = 7) -> GapProblem:
    rng = np.random.default_rng(seed)
    weight = rng.integers(1, 9, (agents, jobs))
    capacity = np.full(agents, int(weight.mean() * jobs / agents) + 3)
    return GapProblem(rng.integers(1, 30, (agents, jobs)), weight, capacity)


@pytest.mark.parametrize("seed", range(15))
def test_small_instances_are_solved_to_proof(seed: int) -> None:
    problem = random_gap(seed)
    everything = (np.array(a) for a in itertools.product(range(3), repeat=7))
    best = min((problem.total_cost(a) for a in everything if problem.fits(a)), default=None)
    result = solve_gap(problem, seconds=10)
    assert result.cost == best
    assert result.is_optimal == (best is not None)
    if best is not None:
        assert result.bound == best
        assert result.gap == 0
        assert check_gap(problem, result) == []
    assert least_cost(problem, result.prices) == result.verified
    for changed in (np.zeros(7), 5 * np.ones(7), result.prices.job + 100 * np.arange(7)):
        for scale in (1, result.prices.scale):
            prices = GapPrices(changed.astype(np.int64), result.prices.agent, scale)
            proved = least_cost(problem, prices)
            assert best is None or (proved is not None and proved <= best)


def test_agents_with_very_much_room_are_bound_by_their_own_price(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gap, "FILLED_CELLS", 0)
    for seed in range(4):
        problem = random_gap(seed)
        result = solve_gap(problem, seconds=5, workers=1)
        assert result.cost is not None
        assert check_gap(problem, result) == []
        assert result.verified <= result.cost == result.bound


def test_what_more_a_pair_costs_bounds_all_that_have_it() -> None:
    problem = random_gap(2)
    priced = ascended(problem, np.ones(3), 100.0, has_time=lambda: True)
    more = more_with(problem, priced)
    everything = [np.array(a) for a in itertools.product(range(3), repeat=7)]
    fitting = [a for a in everything if problem.fits(a)]
    for agent, job in itertools.product(range(3), range(7)):
        least = min((problem.total_cost(a) for a in fitting if a[job] == agent), default=np.inf)
        assert priced.bound + more[agent, job] <= least + 1e-6


def test_instance_without_a_solution_is_a_stated_result() -> None:
    problem = GapProblem(np.ones((2, 3), dtype=np.int64), np.full((2, 3), 5), np.array([5, 5]))
    result = solve_gap(problem, seconds=2)
    assert result.agent_of is None
    assert result.gap is None
    assert not result.is_optimal


def test_files_come_back_as_written(tmp_path: Path) -> None:
    problem = random_gap(1)
    rows = [[3, 7], *problem.cost.tolist(), *problem.weight.tolist(), problem.capacity.tolist()]
    text = "\n".join(" ".join(map(str, row)) for row in rows)
    (tmp_path / "x.txt").write_text(text)
    (tmp_path / "x.txt.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("x.txt", "x.txt.gz"):
        again = read_gap(tmp_path / name)
        assert np.array_equal(again.cost, problem.cost)
        assert np.array_equal(again.weight, problem.weight)
        assert np.array_equal(again.capacity, problem.capacity)
    several = f"2\n{text}\n{' '.join(text.split())}"
    (tmp_path / "gap2").write_text(several)
    for number in (1, 2):
        assert np.array_equal(read_gap(tmp_path / "gap2", number).cost, problem.cost)
    (tmp_path / "gap1").write_text(f"1 {text}")
    assert np.array_equal(read_gap(tmp_path / "gap1").capacity, problem.capacity)
    for absent in (None, 3):
        with pytest.raises(FileFormatError, match="holds 2 problems: say which"):
            read_gap(tmp_path / "gap2", absent)
    (tmp_path / "cut").write_text(several[:-2])
    with pytest.raises(FileFormatError, match="numbers instead of"):
        read_gap(tmp_path / "cut", 1)
    agent_of = np.array([0, 1, 2, 0, 1, 2, 0])
    write_gap_solution(tmp_path / "x.sol", problem, agent_of)
    assert (tmp_path / "x.sol").read_text().split("\n")[0] == "1 2 3 1 2 3 1"
    read, cost = read_gap_solution(tmp_path / "x.sol")
    assert read.tolist() == agent_of.tolist()
    assert cost == problem.total_cost(agent_of)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "does not begin"),
        ("2 3 1", "instead of 16"),
        ("1 1 2 3 x", "no GAP text file"),
        ("1 1 2 -3 4", "below 0"),
    ],
)
def test_broken_files_say_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "x.txt"
    path.write_text(text)
    with pytest.raises(FileFormatError, match=says):
        read_gap(path)
    path.write_text("a b")
    with pytest.raises(FileFormatError, match="no GAP solution"):
        read_gap_solution(path)


@pytest.mark.skipif(not DATA.exists(), reason="the public instances are not here")
def test_small_public_instances_reach_the_best_known() -> None:
    with (DATA / "manifest.csv").open() as table:
        rows = {row["file"]: row for row in csv.DictReader(table)}
    for name in ("gap1-0.txt", "a05100.txt"):
        result = solve_gap(read_gap(DATA / name), seconds=20)
        assert result.cost == int(rows[name]["best_known"])
        assert result.is_optimal


@pytest.mark.slow
@pytest.mark.skipif(not is_warm(), reason="the solver is compiled by the set-up")
def test_annealing_returns_what_fits_and_counts_it_right() -> None:
    from matcher.gap_anneal import NOTHING_YET, anneal, assigned, ground_of, new_chain

    problem = random_gap(3, agents=8, jobs=60)
    ground = ground_of(problem.cost, problem.weight, problem.capacity, np.ones(8), 4)
    state, chain = assigned(ground, np.argmin(problem.cost, axis=0), 1), new_chain()
    for share in range(20):
        anneal(ground, state, chain, 2000, 3.0 * (1 - share / 20), 1.0 + share)
        assert state.totals[1] == problem.total_cost(state.agent_of)
        assert state.load.tolist() == problem.loads(state.agent_of).tolist()
        assert state.totals[2] == np.count_nonzero(state.load > problem.capacity)
        for agent in range(8):
            own = np.flatnonzero(state.agent_of == agent)
            assert sorted(state.jobs[agent, : state.number[agent]].tolist()) == own.tolist()
    assert state.totals[0] < NOTHING_YET
    best = state.best.astype(np.int64)
    assert problem.fits(best)
    assert problem.total_cost(best) == state.totals[0]


def test_one_worker_proves_as_two_do() -> None:
    for seed in range(4):
        problem = random_gap(seed)
        one, two = (solve_gap(problem, seconds=5, workers=number) for number in (1, 2))
        assert (one.cost, one.is_optimal) == (two.cost, two.is_optimal)
