"""Free rupiah: every package at its own price, siblings together, beside HiGHS and SCIP in one run.

    python -m bench.rupiah [--children 2000] [--effort 20] [--cpu-s 10]

The months of `bench.siblings` with a budget in rupiah at every pledge, eight kinds of package from
Rp 300,000 to 650,000, and 100 to 200 need points per child; the budgets pay for about eight in ten.
Ours serves the most need points within a counted effort (`found_cpu_s`), then bounds every level.
The peers get the same pairs, points and rules as one programme, one thread, and stop after so many
seconds of the process's clock (SCIP: wall). The share is points reached over the least bound that
anybody proved. Every answer is counted again; one that breaks a rule counts as none.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from ortools.linear_solver import pywraplp

from bench.nation import RESULTS
from bench.siblings import families
from matcher.check import check
from matcher.eligibility import eligible_pairs
from matcher.highs import new_highs
from matcher.policy import BudgetRule, LevelName, Policy
from matcher.solve import Sofar, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.problem import MatchingProblem

PRICES = np.arange(300_000, 700_000, 50_000)
LEVELS = (LevelName.POINTS, LevelName.TIER)


def rupiah_month(children: int, seed: int = 0) -> MatchingProblem:
    """Draw one month in rupiah."""
    rng = np.random.default_rng(seed)
    pledges = children // 4
    return families(children, seed).with_columns(
        points=rng.integers(100, 201, children),
        package_ids=tuple(f"P{kind}" for kind in range(PRICES.size)),
        package_price_rp=PRICES[None, :],
        package=rng.integers(0, PRICES.size, children),
        budget_rp=rng.integers(6, 57, pledges) * 50_000,
        capacity=np.full(pledges, 9),
    )


class Programme:
    """The month as one programme: pairs, and households at pledges."""

    def __init__(self, problem: MatchingProblem) -> None:
        self.problem = problem
        policy = Policy(levels=LEVELS, budgets=BudgetRule.FREE)
        self.child, self.pledge = np.nonzero(eligible_pairs(problem, policy))
        key = problem.household[self.child].astype(np.int64) * problem.num_pledges + self.pledge
        keys, self.home = np.unique(key, return_inverse=True)
        self.household = keys // problem.num_pledges
        self.price = PRICES[problem.package[self.child]] // 50_000
        self.worth = problem.points[self.child].astype(float)

    def rows(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return entries (row, column, value) and upper bounds of the rows."""
        problem, pairs = self.problem, np.arange(self.child.size)
        n, m = problem.num_children, problem.num_pledges
        homes = self.child.size + np.arange(self.household.size)
        at = n + 2 * m
        row = [self.child, n + self.pledge, n + m + self.pledge, at + pairs, at + pairs]
        column = [pairs, pairs, pairs, pairs, self.child.size + self.home]
        ones = np.ones(pairs.size)
        value = [ones, self.price, ones, ones, -ones]
        row.append(at + pairs.size + self.household)
        column.append(homes)
        value.append(np.ones(homes.size))
        high = np.concatenate([
            np.ones(n), problem.budget_rp // 50_000, problem.capacity, np.zeros(pairs.size),
            np.ones(int(problem.household.max()) + 1),
        ])  # fmt: skip
        return np.concatenate(row), np.concatenate(column), np.concatenate(value), high

    def reached(self, used: NDArray[np.bool_]) -> int | None:
        """Return the points of chosen pairs, None if they break a rule."""
        row, column, value, high = self.rows()
        pairs = np.flatnonzero(used)
        chosen = np.zeros(self.child.size + self.household.size)
        chosen[pairs] = 1
        chosen[self.child.size + self.home[pairs]] = 1
        load = np.bincount(row, weights=value * chosen[column], minlength=high.size)
        return int(self.worth[pairs].sum()) if np.all(load <= high + 1e-6) else None


def by_highs(programme: Programme, seconds: float) -> tuple[int | None, float]:
    """Return the points and the bound of HiGHS alone."""
    row, column, value, high = programme.rows()
    lp: Any = highspy.HighsLp()
    size = programme.child.size + programme.household.size
    lp.num_col_, lp.num_row_ = size, high.size
    lp.col_cost_ = np.concatenate([-programme.worth, np.zeros(programme.household.size)])
    lp.col_lower_, lp.col_upper_ = np.zeros(size), np.ones(size)
    lp.row_lower_, lp.row_upper_ = np.full(high.size, -np.inf), high.astype(float)
    order = np.lexsort((column, row))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.append(0, np.cumsum(np.bincount(row, minlength=high.size)))
    lp.a_matrix_.index_, lp.a_matrix_.value_ = column[order], value[order].astype(float)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * size
    highs = new_highs()
    for option, setting in (("threads", 1), ("mip_rel_gap", 0.0)):
        highs.setOptionValue(option, setting)
    highs.passModel(lp)
    ends = time.process_time() + seconds

    def look(event: Any) -> None:
        if time.process_time() > ends:
            event.interrupt()

    highs.cbMipInterrupt.subscribe(look)
    highs.run()
    chosen = np.array(highs.getSolution().col_value)
    bound = -highs.getInfo().mip_dual_bound
    used = chosen[: programme.child.size] > 0.5
    return programme.reached(used) if used.size else None, bound


def by_scip(programme: Programme, seconds: float) -> tuple[int | None, float]:
    """Return the points and the bound of SCIP."""
    solver = pywraplp.Solver.CreateSolver("SCIP")
    row, column, value, high = programme.rows()
    columns = [solver.BoolVar("") for _ in range(programme.child.size + programme.household.size)]
    rows = [solver.Constraint(-solver.infinity(), float(limit)) for limit in high]
    for at, one, each in zip(row.tolist(), column.tolist(), value.tolist(), strict=True):
        rows[at].SetCoefficient(columns[one], each)
    objective = solver.Objective()
    for one, worth in zip(columns, programme.worth.tolist(), strict=False):
        objective.SetCoefficient(one, worth)
    objective.SetMaximization()
    solver.SetTimeLimit(round(seconds * 1000))
    status = solver.Solve()
    if status not in {solver.OPTIMAL, solver.FEASIBLE}:
        return None, float("inf")
    used = np.array([one.solution_value() > 0.5 for one in columns[: programme.child.size]])
    return programme.reached(used), objective.BestBound()


def ours(problem: MatchingProblem, effort: int) -> tuple[int | None, float, float]:
    """Return the points and the bound of our search, None if refused, and when they were found.

    That is the reading of the process's clock when what is served changed for the last time; the
    search goes on, and the bounds come after.
    """
    served, found_at = None, 0.0

    def found(sofar: Sofar) -> None:
        nonlocal served, found_at
        if sofar != served:
            served, found_at = sofar, time.process_time()

    policy = Policy(levels=LEVELS, budgets=BudgetRule.FREE, search_effort=effort)
    matching = solve(problem, policy, found=found)
    level = matching.levels[0]
    everything = int(problem.points.sum())
    reached = int(problem.points[matching.pledge_of >= 0].sum())
    bound = everything - level.bound
    return None if check(problem, matching) else reached, bound, found_at


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--children", type=int, default=2000)
    parser.add_argument("--effort", type=int, default=20)
    parser.add_argument("--cpu-s", type=float, default=10.0)
    asked = parser.parse_args()
    problem = rupiah_month(asked.children)
    programme = Programme(problem)
    ours(rupiah_month(60), 1)
    found: list[tuple[str, int | None, float, float, float]] = []
    for name in ("asuh", "HiGHS alone", "SCIP alone"):
        began = time.process_time()
        found_at = None
        if name == "asuh":
            points, bound, found_at = ours(problem, asked.effort)
        elif name == "HiGHS alone":
            points, bound = by_highs(programme, asked.cpu_s)
        else:
            points, bound = by_scip(programme, asked.cpu_s)
        ended = time.process_time()
        found.append((name, points, bound, (found_at or ended) - began, ended - began))
        print(*found[-1], flush=True)
    provable = min(bound for _, _, bound, _, _ in found)
    header = (
        "children",
        "solver",
        "points",
        "bound",
        "found_cpu_s",
        "cpu_s",
        "share_of_provable_percent",
    )
    table = [
        (asked.children, name, points, f"{bound:.0f}", f"{found_s:.1f}", f"{cpu_s:.1f}",
         f"{100 * (points or 0) / provable:.2f}")
        for name, points, bound, found_s, cpu_s in found
    ]  # fmt: skip
    for row in table:
        print(*row)
    with (RESULTS / "rupiah.csv").open("w", newline="") as file:
        file.write(f"# {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, seed 0, ")
        file.write(f"effort {asked.effort}, highspy {highspy.Highs().version()}\n")
        csv.writer(file).writerows([header, *table])


if __name__ == "__main__":
    main()
