"""A country's month end to end: candidates, three levels and leximin, certificate; CSV to results.

    python -m bench.country [--children 1000000] [--own-only]

Kelurahan of 100 children in districts of 20 kelurahan, one sponsor for five children, 0.6 places
per child. Three of ten pledges accept one to five kelurahan only, the others all; up to 8 nearest
of either kind are candidates, 16 together. Ours solves tier, leximin between kelurahan, points and
distance, each proved, and the checker counts everything again. The peer is SimpleMinCostFlow on
the same pairs in the same order with one level: tier and distance as one weighted sum. CPU seconds.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import time
from typing import Any

import numpy as np
from ortools.graph.python import min_cost_flow

from bench.nation import RESULTS, z_order
from matcher import check as checker
from matcher import pairs
from matcher.candidates import nearest_candidates
from matcher.canonical import canonical
from matcher.check import check
from matcher.policy import LevelName, Policy
from matcher.problem import MatchingProblem
from matcher.solve import solve

LEVELS = (LevelName.TIER, LevelName.LEXIMIN, LevelName.POINTS, LevelName.DISTANCE)
POLICY = Policy(split_siblings=True, levels=LEVELS, max_candidates=8)


def country(children: int, seed: int = 0) -> MatchingProblem:
    """Draw one country."""
    rng = np.random.default_rng(seed)
    places, sponsors, districts = children // 100, children // 5, max(1, children // 2000)
    width = int(np.ceil(np.sqrt(districts)))
    centre = np.stack(np.divmod(np.arange(districts), width), axis=1) * 0.6 + [-6.0, 106.0]
    office = centre[np.arange(places) % districts] + rng.uniform(0, 0.3, (places, 2))
    office = office[z_order(office)]
    home = np.sort(rng.integers(0, places, children))
    base = rng.integers(0, places, sponsors)
    child = office[home] + rng.normal(0, 0.01, (children, 2))
    sponsor = office[base] + rng.normal(0, 0.01, (sponsors, 2))
    sizes = np.where(rng.random(sponsors) < 0.3, rng.integers(1, 6, sponsors), 0)
    owner = np.repeat(np.arange(sponsors), sizes)
    nth = np.arange(owner.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return MatchingProblem(
        month="2026-12",
        kelurahan_codes=tuple(f"K{k:06d}" for k in range(places)),
        kelurahan_kecamatan=np.arange(places) // 4,
        kecamatan_codes=tuple(f"C{k:06d}" for k in range(places // 4 + 1)),
        child_ids=tuple(f"A{i:07d}" for i in rng.permutation(children).tolist()),
        tier=rng.integers(1, 4, children),
        points=rng.integers(0, 1001, children),
        kelurahan=home,
        child_lat=child[:, 0],
        child_lon=child[:, 1],
        pledge_ids=tuple(f"P{j:07d}" for j in rng.permutation(sponsors).tolist()),
        sponsor_ids=tuple(f"S{s:07d}" for s in range(sponsors)),
        sponsor=np.arange(sponsors),
        capacity=rng.integers(1, 6, sponsors),
        pledge_lat=sponsor[:, 0],
        pledge_lon=sponsor[:, 1],
        pledge_kelurahan=base,
        accepted_start=np.concatenate([[0], np.cumsum(sizes)]),
        accepted_kelurahan=(base[owner] + nth) % places,
    )


def peer(problem: MatchingProblem, child: Any, pledge: Any) -> bool:
    """Solve one level with SimpleMinCostFlow; return whether it says that it is optimal."""
    n, m = problem.num_children, problem.num_pledges
    cost = problem.distance_hm(child, pledge).astype(np.int64)
    uncovered = (4 - problem.tier.astype(np.int64)) * 4 * int(cost.max())
    rows, sink = np.arange(n + m), n + m
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([child, rows]),
        np.concatenate([n + pledge, np.full(n + m, sink)]),
        np.concatenate([np.ones(child.size + n, int), problem.capacity]),
        np.concatenate([cost, uncovered, np.zeros(m, int)]),
    )
    supply = np.concatenate([np.ones(n, int), np.zeros(m, int), [-n]])
    solver.set_nodes_supplies(np.arange(sink + 1), supply)
    return bool(solver.solve() == solver.OPTIMAL)


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--children", type=int, default=100_000)
    parser.add_argument("--own-only", action="store_true")
    asked = parser.parse_args()
    pairs.ALL_PAIRS = checker.ALL_PAIRS = 0  # list candidates at any size
    solve(country(4000), POLICY)
    problem, table = country(asked.children), []

    def told(stage: str, began: float, proved: object) -> float:
        seconds = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        table.append((asked.children, stage, f"{seconds:.2f}", proved, f"{peak:.2f}"))
        print(*table[-1], flush=True)
        return time.process_time()

    rows = canonical(problem).problem
    began = time.process_time()
    listed = nearest_candidates(rows, POLICY)
    began = told("candidates alone", began, "")
    matching = solve(problem, POLICY)
    began = told("solve, candidates included", began, matching.is_optimal)
    began = told("check", began, check(problem, matching) == [])
    if not asked.own_only:
        told("SimpleMinCostFlow, one level", began, peer(rows, *listed))
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"country_{asked.children}.csv").open("w", newline="") as file:
        file.write(f"# {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, seed 0, ")
        file.write(f"{listed[0].size} pairs, {matching.versions['flow']}\n")
        header = ("children", "stage", "cpu_s", "proved", "peak_gb")
        csv.writer(file).writerows([header, *table])


if __name__ == "__main__":
    main()
