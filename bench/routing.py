"""Engines on public instances and on a city's month at equal CPU seconds, plans re-checked.

``python -m bench.routing --instances DIR --seconds 10`` prints a table and writes CSV.
One thread; CPU seconds are taken from the process clock, so that a busy machine does not matter.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from bench.routing_city import city
from logistics import sisr
from logistics import solve as solving
from logistics.check import check
from logistics.instances import SCALES, read_instance, read_solution
from logistics.solve import solve

if TYPE_CHECKING:
    from logistics.problem import RoutingProblem

NAMES = (
    "X/X-n101-k25",
    "X/X-n200-k36",
    "X/X-n401-k29",
    "X/X-n599-k92",
    "X/X-n1001-k43",
    "homberger/c1_2_4",
    "homberger/r1_2_1",
    "homberger/rc1_4_1",
    "homberger/c2_8_3",
)
ENGINES = ("sisr", "pyvrp", "insertion")


def best_known(folder: Path) -> dict[str, float]:
    """Return the best known costs of a manifest, in units of the file."""
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        return {row["name"]: float(row["bks"]) for row in csv.DictReader(file) if row["bks"]}


def measured(problem: RoutingProblem, engine: str, seconds: float, seed: int) -> tuple[int, float]:
    """Return cost and CPU seconds of a checked plan that serves everyone (else -1)."""
    began = time.process_time()
    with (
        patch.object(time, "perf_counter", time.process_time),
        patch.object(solving, "SHARE_OF_SEARCH", 1.0),  # PyVRP alone, without our finish
    ):
        plan = solve(problem, seconds=seconds, engine=engine, seed=seed)
    spent = time.process_time() - began
    violations = check(problem, plan)
    if violations:
        raise AssertionError(f"{engine} broke {violations[:3]}")
    return (-1 if plan.unserved else plan.cost_rp), spent


def cases(folder: Path, names: list[str]) -> list[tuple[str, RoutingProblem, float | None]]:
    """Return name, problem and best known cost of every case."""
    known = best_known(folder)
    found: list[tuple[str, RoutingProblem, float | None]] = []
    for name in names:
        path = next(folder.glob(f"{name}.vrp"), folder / f"{name}.txt")
        if not path.exists():
            print(f"no {path}", file=sys.stderr)
            continue
        scale = SCALES["dimacs" if path.suffix == ".txt" else "nearest"]
        solution = path.with_suffix(".sol")
        best = known.get(path.stem)
        if best is None and solution.exists():
            best = read_solution(solution)[1]
        found.append((path.stem, read_instance(path), best and best * scale))
    found += [(month.name, month, None) for month in (city(), city(num_stops=400, seed=2))]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--names", nargs="*", default=list(NAMES))
    parser.add_argument("--engines", nargs="*", default=list(ENGINES))
    parser.add_argument("--out", type=Path, default=Path("out/routing.csv"))
    options = parser.parse_args()
    if "sisr" in options.engines:
        sisr.warm_up()
    rows = []
    for name, problem, best in cases(options.instances, options.names):
        for engine in options.engines:
            cost, spent = measured(problem, engine, options.seconds, options.seed)
            gap = "" if best is None or cost < 0 else f"{100 * (cost / best - 1):.2f}"
            rows.append([name, len(problem.stops), engine, cost, gap, f"{spent:.1f}"])
            print(*rows[-1], sep="\t", flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["instance", "stops", "engine", "cost", "gap_percent", "cpu_seconds"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
