"""Siblings with one sponsor, proved optimal, beside HiGHS alone in one run; CSV to bench/results.

    python -m bench.siblings [--children 2000 5000] [--peer-cpu-s 300]

One sponsor for four children, 1.0 places per child, pledges that accept two of fifty kelurahan each
(about twenty per child), 18 of 100 families with siblings. Ours solves two levels, most children,
then the least distance, and proves both. HiGHS gets the same pairs as one mixed-integer programme
with one weighted sum (a child outweighs all distances), one thread, no gap allowed; it is ended
after `--peer-cpu-s` by the clock of its process. CPU seconds; the answers have to be equal.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from typing import Any

import highspy
import numpy as np

from bench.nation import RESULTS
from matcher.check import check
from matcher.eligibility import eligible_pairs
from matcher.highs import new_highs
from matcher.policy import LevelName, Policy
from matcher.problem import MatchingProblem
from matcher.solve import solve

POLICY = Policy(levels=(LevelName.TIER, LevelName.DISTANCE), search_effort=1000)
PLACES, ACCEPTED = 50, 2


def families(children: int, seed: int = 0) -> MatchingProblem:
    """Draw one month."""
    rng = np.random.default_rng(seed)
    pledges = children // 4
    office = np.array([-2.1, 106.1]) + rng.uniform(-0.1, 0.1, (PLACES, 2))
    household = np.cumsum(rng.random(children) > 0.172) - 1
    household -= household[0]
    place = rng.integers(0, PLACES, children)[household]
    home = (office[place] + rng.normal(0, 0.01, (children, 2)))[household]
    base = rng.integers(0, PLACES, pledges)
    sponsor = office[base] + rng.normal(0, 0.01, (pledges, 2))
    accepted = np.stack([base, (base + rng.integers(1, PLACES, pledges)) % PLACES], axis=1)
    return MatchingProblem(
        month="2026-12",
        kelurahan_codes=tuple(f"K{k:03d}" for k in range(PLACES)),
        kelurahan_kecamatan=np.arange(PLACES) // 4,
        kecamatan_codes=tuple(f"C{k:02d}" for k in range(PLACES // 4 + 1)),
        child_ids=tuple(f"A{i:06d}" for i in range(children)),
        tier=np.ones(children, dtype=int),
        points=np.zeros(children, dtype=int),
        kelurahan=place,
        household=household,
        child_lat=home[:, 0],
        child_lon=home[:, 1],
        pledge_ids=tuple(f"P{j:05d}" for j in range(pledges)),
        sponsor_ids=tuple(f"S{j:05d}" for j in range(pledges)),
        sponsor=np.arange(pledges),
        capacity=rng.integers(1, 8, pledges),
        pledge_lat=sponsor[:, 0],
        pledge_lon=sponsor[:, 1],
        pledge_kelurahan=base,
        accepted_start=np.arange(pledges + 1) * ACCEPTED,
        accepted_kelurahan=np.sort(accepted, axis=1).ravel(),
    )


def alone(problem: MatchingProblem, seconds: float) -> tuple[int, int, bool]:
    """Return children covered, their distance in hm, and whether HiGHS alone proved it."""
    n, m = problem.num_children, problem.num_pledges
    child, pledge = np.nonzero(eligible_pairs(problem, POLICY))
    distance = problem.distance_hm(child, pledge).astype(np.float64)
    keys, home = np.unique(problem.household[child] * m + pledge, return_inverse=True)
    pairs, homes = child.size, problem.household.max() + 1
    columns = pairs + n + keys.size
    row = [child, np.arange(n), n + pledge, n + m + np.arange(pairs), n + m + np.arange(pairs)]
    column = [np.arange(pairs), pairs + np.arange(n), np.arange(pairs), np.arange(pairs),
              pairs + n + home]  # fmt: skip
    value = [np.ones(pairs), np.ones(n), np.ones(pairs), np.ones(pairs), -np.ones(pairs)]
    row.append(n + m + pairs + keys // m)
    column.append(pairs + n + np.arange(keys.size))
    value.append(np.ones(keys.size))
    lp: Any = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, n + m + pairs + homes
    weight = 1 + n * distance.max()
    lp.col_cost_ = np.concatenate([distance, np.full(n, weight), np.zeros(keys.size)])
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
    nothing = np.full(m + pairs + homes, -np.inf)
    lp.row_lower_ = np.concatenate([np.ones(n), nothing])
    lp.row_upper_ = np.concatenate([np.ones(n), problem.capacity, np.zeros(pairs), np.ones(homes)])
    rows = np.concatenate(row)
    order = np.lexsort((np.concatenate(column), rows))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.append(0, np.cumsum(np.bincount(rows, minlength=lp.num_row_)))
    lp.a_matrix_.index_ = np.concatenate(column)[order]
    lp.a_matrix_.value_ = np.concatenate(value)[order]
    lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    highs = new_highs()
    for option, setting in (("threads", 1), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.99)):
        highs.setOptionValue(option, setting)
    highs.passModel(lp)
    ends = time.process_time() + seconds

    def look(event: Any) -> None:
        if time.process_time() > ends:
            event.interrupt()

    highs.cbMipInterrupt.subscribe(look)
    highs.run()
    used = np.array(highs.getSolution().col_value[:pairs]) > 0.5
    proved = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return int(np.count_nonzero(used)), int(distance[used].sum()), bool(proved)


def ours(problem: MatchingProblem) -> tuple[int, int, bool]:
    """Return children covered, their distance in hm, and whether every level is proved."""
    matching = solve(problem, POLICY)
    if check(problem, matching):
        return 0, 0, False
    return matching.num_covered, matching.levels[1].value[0], matching.is_optimal


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--children", type=int, nargs="+", default=[2000])
    parser.add_argument("--peer-cpu-s", type=float, default=300.0)
    asked = parser.parse_args()
    solve(families(200), POLICY)
    header = ("children", "families", "solver", "covered", "distance_hm", "proved", "cpu_s",
              "ours_to_it")  # fmt: skip
    table: list[tuple[object, ...]] = []
    for children in asked.children:
        problem, own = families(children), 0.0
        for name in ("asuh", "HiGHS alone"):
            began = time.process_time()
            answer = ours(problem) if name == "asuh" else alone(problem, asked.peer_cpu_s)
            seconds = time.process_time() - began
            own = own or seconds
            sizes = np.unique(problem.household).size
            table.append((children, sizes, name, *answer, f"{seconds:.1f}", f"{own / seconds:.3f}"))
            print(*table[-1], flush=True)
    with (RESULTS / "siblings.csv").open("w", newline="") as file:
        file.write(f"# {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, seed 0, ")
        file.write(f"highspy {highspy.Highs().version()}\n")
        csv.writer(file).writerows([header, *table])


if __name__ == "__main__":
    main()
