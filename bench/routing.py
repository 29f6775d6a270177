"""Engines on a city's month at equal CPU seconds, plans re-checked.

``python -m bench.routing --seconds 10`` prints a table and writes CSV; instances of the
literature are in `bench.instances`.
One thread; CPU seconds are taken from the process clock, so that a busy machine does not matter.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from bench.routing_city import city
from logistics import sisr
from logistics import solve as solving
from logistics.check import check
from logistics.solve import solve

if TYPE_CHECKING:
    from logistics.problem import RoutingProblem

ENGINES = ("sisr", "pyvrp", "insertion")


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", nargs="*", default=list(ENGINES))
    parser.add_argument("--out", type=Path, default=Path("out/routing.csv"))
    options = parser.parse_args()
    if "sisr" in options.engines:
        sisr.warm_up()
    rows = []
    for problem in (city(), city(num_stops=400, seed=2)):
        for engine in options.engines:
            cost, spent = measured(problem, engine, options.seconds, options.seed)
            rows.append([problem.name, len(problem.stops), engine, cost, f"{spent:.1f}"])
            print(*rows[-1], sep="\t", flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["problem", "stops", "engine", "cost_rp", "cpu_seconds"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
