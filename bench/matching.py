"""Time the matching core beside its peers, on one machine, in one run.

    python bench/matching.py [--children 5000 --sponsors 500 --places 42 --repeat 3]
    python bench/matching.py --gap DIRECTORY [--seconds 60 | --cpu-seconds 60] [--out FILE]

Prints a table: CPU seconds (best of the repeats), peak memory, the ratio to ours. The peers solve
one level (fewest neediest children uncovered, then distance, as one weighted cost) over the nearest
16 candidates; ours solves and certifies tiers, fairness, points and distance, then all levels of
the default policy, over all pairs. Machine, versions and seeds are printed with it; `--out` also
writes the table. The same four levels over the peers' 16 candidates stand beside.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import resource
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from ortools.graph.python import min_cost_flow
from scipy.optimize import linprog
from scipy.sparse import coo_array

sys.path.insert(0, str(Path(__file__).parents[1]))

from matcher import check as checker
from matcher import pairs
from matcher.candidates import nearest_candidates
from matcher.check import check
from matcher.gap import read_gap
from matcher.gap_solve import solve_gap
from matcher.policy import LevelName, Policy
from matcher.solve import solve
from tests.matcher.months import month

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.problem import MatchingProblem

FREE = Policy(split_siblings=True)
FOUR = Policy(
    levels=(LevelName.TIER, LevelName.LEXIMIN, LevelName.POINTS, LevelName.DISTANCE),
    split_siblings=True,
)


def best_of(repeat: int, run: Callable[[], object]) -> tuple[float, object]:
    """Return the least CPU time of several runs, and the last answer."""
    seconds, answer = [], None
    for _ in range(repeat):
        started = time.process_time()
        answer = run()
        seconds.append(time.process_time() - started)
    return min(seconds), answer


class OneLevel:
    """Tier and distance in one cost, over the nearest candidates: what the peers solve."""

    def __init__(self, problem: MatchingProblem) -> None:
        self.problem = problem
        self.child, self.pledge = nearest_candidates(problem, FREE)
        cost = problem.distance_hm(self.child, self.pledge).astype(np.int64)
        self.large = int(cost.max()) * 4
        self.cost = cost
        self.uncovered = self.large * (4 - problem.tier.astype(np.int64))

    def flow(self) -> int:
        """Solve with OR-Tools' SimpleMinCostFlow."""
        n, m = self.problem.num_children, self.problem.num_pledges
        sink = n + m
        solver = min_cost_flow.SimpleMinCostFlow()
        rows, pledges = np.arange(n), np.arange(m)
        solver.add_arcs_with_capacity_and_unit_cost(
            np.concatenate([self.child, rows, n + pledges]),
            np.concatenate([n + self.pledge, np.full(n + m, sink)]),
            np.concatenate([np.ones(self.child.size + n, dtype=int), self.problem.capacity]),
            np.concatenate([self.cost, self.uncovered, np.zeros(m, dtype=int)]),
        )
        solver.set_nodes_supplies(
            np.arange(sink + 1), np.append(np.append(np.ones(n), np.zeros(m)), -n).astype(int)
        )
        solver.solve()
        return int(solver.optimal_cost())

    def highs(self) -> int:
        """Solve as a linear programme with HiGHS, through scipy."""
        n, m = self.problem.num_children, self.problem.num_pledges
        columns = np.arange(self.child.size)
        rows = np.concatenate([self.child, np.arange(n)])
        places = np.concatenate([columns, self.child.size + np.arange(n)])
        each = coo_array((np.ones(rows.size), (rows, places)), shape=(n, self.child.size + n))
        load = coo_array(
            (np.ones(columns.size), (self.pledge, columns)), shape=(m, self.child.size + n)
        )
        found = linprog(
            np.concatenate([self.cost, self.uncovered]),
            A_ub=load.tocsr(),
            b_ub=self.problem.capacity,
            A_eq=each.tocsr(),
            b_eq=np.ones(n),
            method="highs",
        )
        return round(found.fun)

    def simplex(self) -> int:
        """Solve with networkx' network simplex."""
        graph = nx.DiGraph()
        graph.add_node("t", demand=self.problem.num_children)
        for row, cost in enumerate(self.uncovered.tolist()):
            graph.add_node(("c", row), demand=-1)
            graph.add_edge(("c", row), "t", weight=cost, capacity=1)
        for row, capacity in enumerate(self.problem.capacity.tolist()):
            graph.add_edge(("p", row), "t", weight=0, capacity=capacity)
        arcs = zip(self.child.tolist(), self.pledge.tolist(), self.cost.tolist(), strict=True)
        for child, pledge, cost in arcs:
            graph.add_edge(("c", child), ("p", pledge), weight=cost, capacity=1)
        return int(nx.network_simplex(graph)[0])


def machine() -> str:
    """Return what the figures were measured on."""
    names = ("numpy", "ortools", "highspy", "scipy", "networkx")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in names)
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {versions}"
    )


def compare(size: tuple[int, int, int], repeat: int, out: Path | None) -> None:
    """Print the city table: children, sponsors, kelurahan."""
    children, sponsors, places = size
    problem = month(1, children=children, pledges=sponsors, places=places, tightness=0.6)
    solve(month(1, children=400, pledges=100, places=places), FOUR)
    four, matching = best_of(repeat, lambda: solve(problem, FOUR))
    checking, found = best_of(repeat, lambda: check(problem, matching))  # type: ignore[arg-type]
    every, _ = best_of(repeat, lambda: solve(problem, FREE))
    ours = four + checking
    every_pair = pairs.ALL_PAIRS
    pairs.ALL_PAIRS = checker.ALL_PAIRS = 0
    few, listed = best_of(repeat, lambda: solve(problem, FOUR))
    checking_few, found_few = best_of(repeat, lambda: check(problem, listed))  # type: ignore[arg-type]
    pairs.ALL_PAIRS = checker.ALL_PAIRS = every_pair
    rows = [
        ("asuh, 4 levels over all pairs, proved", four, matching.num_covered),  # type: ignore[attr-defined]
        ("its check", checking, f"{len(found)} violations"),  # type: ignore[arg-type]
        ("asuh, all 9 levels", every, ""),
        ("asuh, 4 levels over 16 candidates, proved", few, listed.num_covered),  # type: ignore[attr-defined]
        ("its check of them", checking_few, f"{len(found_few)} violations"),  # type: ignore[arg-type]
    ]
    one = OneLevel(problem)
    peers = [
        ("SimpleMinCostFlow, 1 level, 16 candidates", one.flow),
        ("HiGHS LP, 1 level, 16 candidates", one.highs),
    ]
    if children <= 5000:
        peers.append(("networkx network_simplex, 1 level, 16 candidates", one.simplex))
    rows += [(name, *best_of(1, run)) for name, run in peers]
    lines = [f"# {machine()}, seed 1, best of {repeat}, CPU seconds"]
    lines += ["children,pledges,kelurahan,solver,cpu_s,times_4_levels_and_check,answer"]
    lines += [
        f'{children},{sponsors},{places},"{name}",{seconds:.3f},{seconds / ours:.2f},{answer}'
        for name, seconds, answer in rows
    ]
    print("\n".join(lines))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    if out:
        out.write_text("\n".join(lines) + "\n")


def gap(directory: Path, seconds: float, clock: Callable[[], float], out: Path | None) -> None:
    """Print the GAP table as CSV, with the gap to the best known in percent."""
    gaps = []
    of = "CPU" if clock is time.process_time else "wall"
    lines = [f"# {machine()}, {of} seconds, seed 0"]
    lines += ["file,best_known,cost,bound,proved,seconds,gap_percent"]
    print("\n".join(lines))
    with (directory / "manifest.csv").open() as table:
        for row in csv.DictReader(table):
            result = solve_gap(read_gap(directory / row["file"]), seconds=seconds, clock=clock)
            best = int(row["best_known"])
            percent = 100 * (result.cost - best) / best if result.cost is not None else float("inf")
            gaps.append(percent)
            lines.append(
                f"{row['file']},{best},{result.cost},{result.bound},{result.is_optimal},"
                f"{result.seconds:.1f},{percent:.3f}"
            )
            print(lines[-1], flush=True)
    lines.append(f"# mean {np.mean(gaps):.3f} %, worst {max(gaps):.3f} %")
    print(lines[-1])
    if out:
        out.write_text("\n".join(lines) + "\n")


def main() -> None:
    """Read the arguments and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--children", type=int, default=5000)
    parser.add_argument("--sponsors", type=int, default=500)
    parser.add_argument("--places", type=int, default=42)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--gap", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--cpu-seconds", type=float)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if asked.gap:
        clock = time.process_time if asked.cpu_seconds else time.perf_counter
        gap(asked.gap, asked.cpu_seconds or asked.seconds, clock, asked.out)
    else:
        compare((asked.children, asked.sponsors, asked.places), asked.repeat, asked.out)


if __name__ == "__main__":
    main()
