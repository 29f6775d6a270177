"""Goals beside kilometres, a warm start and advice, with PyVRP beside them in one run.

``python -m bench.routing_goals`` prints three tables: the city's real day with and without compact
territories; last month's plan after a tenth of the stops changed; advice for one more stop. CPU
seconds are taken from the process clock, so that a busy machine does not matter; PyVRP therefore
searches within this process, not in one of its own. Territories are added to
`bench/results/territories.csv` as a run of their own, with the hash of the engine's files.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import time
from dataclasses import replace
from statistics import median
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bench.routing_city import city, day
from bench.sources import CITY, RESULTS, append_rows, source_hash
from logistics import formulation, sisr
from logistics import solve as solving
from logistics.byhand import best_insertions
from logistics.check import check
from logistics.goals import hull_overlap, measure
from logistics.own_process import Found
from logistics.problem import Goals, RoutingProblem
from logistics.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from logistics.plan import RoutePlan

TERRITORY_RP = (0, 100, 140, 180, 300)


def search_here(
    task: Callable[..., tuple[Any, int]],
    *arguments: object,
    keep_on: Callable[[int, int], bool],
    patience: object = None,
) -> Found:
    """Run in this process, whose clock is asked, what else runs in one of its own."""
    del patience
    asking = SimpleNamespace(may_go_on=keep_on, better=lambda _best: None)
    return Found(*task(*arguments, asking))


def planned(
    problem: RoutingProblem, engine: str, seconds: float, seed: int, start: RoutePlan | None = None
) -> RoutePlan:
    """Return a checked plan after so many CPU seconds; PyVRP without our finish."""
    with (
        patch.object(time, "perf_counter", time.process_time),
        patch.object(solving, "SHARE_OF_SEARCH", 1.0),
        patch.object(formulation, "search_apart", search_here),
    ):
        plan = solve(problem, seconds=seconds, engine=engine, seed=seed, start=start)
    violations = check(problem, plan)
    if violations:
        raise AssertionError(f"{engine} broke {violations[:3]}")
    return plan


def territories(seconds: float, seeds: int) -> None:
    """Print and add cost, way and overlap of the city's day by engine and weight."""
    with (RESULTS / "territories.csv").open(encoding="utf-8") as file:
        run = 1 + max(int(row["run"]) for row in csv.DictReader(file))
    print("day\tengine\tapart_rp\tcost_rp\tkm\tunserved\tneighbours_apart\tinside_other_hull")
    for seed in range(1, seeds + 1):
        problem = day(seed=seed)
        for engine, weight in [("pyvrp", 0), *(("sisr", each) for each in TERRITORY_RP)]:
            weighed = replace(problem, goals=Goals(apart_rp=weight))
            plan = planned(weighed, engine, seconds, seed)
            figures = measure(weighed, plan.routes)
            overlap = hull_overlap(weighed, plan)
            row = {
                "run": run, "day": problem.name, "engine": engine, "apart_rp": weight,
                "cost_rp": plan.cost_rp, "km": f"{plan.distance_m / 1000:.1f}",
                "unserved": len(plan.unserved),
                "neighbours_apart": f"{figures.apart / figures.neighbours:.3f}",
                "inside_other_hull": f"{overlap:.3f}",
                "source": source_hash(CITY), "load": f"{os.getloadavg()[0]:.1f}",
            }  # fmt: skip
            print(*list(row.values())[1:9], sep="\t", flush=True)
            append_rows("territories.csv", [row])


def companions_kept(before: RoutePlan, after: RoutePlan) -> float:
    """Return the share of pairs on one route before, both still served, that are so after."""
    now = {stop: route.id for stop, route in after.route_of_stop.items()}
    pairs = [
        (one, other)
        for route in before.routes
        for one in route.stop_ids
        for other in route.stop_ids
        if one < other and one in now and other in now
    ]
    return sum(now[one] == now[other] for one, other in pairs) / max(1, len(pairs))


def changed_tenth(problem: RoutingProblem, seed: int) -> tuple[RoutingProblem, RoutingProblem]:
    """Return last month's problem and this month's: a tenth of the stops gone, as many new."""
    rng = random.Random(seed)
    ids = sorted(stop.id for stop in problem.stops)
    rng.shuffle(ids)
    part = len(ids) // 11
    gone, new = set(ids[:part]), set(ids[part : 2 * part])
    last = replace(problem, stops=tuple(s for s in problem.stops if s.id not in new))
    this = replace(problem, stops=tuple(s for s in problem.stops if s.id not in gone))
    return last, this


def warm_start(problems: list[RoutingProblem], seconds: float) -> None:
    """Print cost and companions kept, warm and cold, of both engines."""
    print("problem\tengine\tstart\tcost_rp\tcompanions_kept")
    for problem in problems:
        last, this = changed_tenth(problem, 1)
        before = planned(last, "sisr", 4 * seconds, 1)
        for engine in ("pyvrp", "sisr"):
            for start in (None, before):
                plan = planned(this, engine, seconds, 1, start)
                how = "cold" if start is None else "warm"
                kept = companions_kept(before, plan)
                print(f"{problem.name}\t{engine}\t{how}\t{plan.cost_rp}\t{kept:.3f}", flush=True)


def advice(num_stops: int, repeats: int) -> None:
    """Print the milliseconds of advice for one more stop: the first time, then the median."""
    problem = city(num_stops=num_stops, num_vehicles=20, num_days=5, seed=3)
    plan = solve(problem, engine="sisr", seconds=None, iterations=2_000)
    known = replace(problem)
    asked = [stop.id for stop in problem.stops[:repeats]]
    spent_ms = []
    for stop in asked:
        began = time.process_time()
        found = best_insertions(known, plan, stop)
        spent_ms.append(1_000 * (time.process_time() - began))
        assert found
    print("advice\tstops\troutes\tfirst_ms\tmedian_ms\tmost_ms_after_the_first")
    print(
        f"advice\t{num_stops}\t{len(plan.routes)}\t{spent_ms[0]:.0f}\t{median(spent_ms[1:]):.0f}"
        f"\t{max(spent_ms[1:]):.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--warm-seconds", type=float, default=5)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--what", nargs="*", default=["territories", "warm", "advice"])
    options = parser.parse_args()
    sisr.warm_up()
    if "territories" in options.what:
        territories(options.seconds, options.seeds)
    if "warm" in options.what:
        month = city(num_stops=400, num_vehicles=6, num_days=5, seed=2)
        warm_start([day(seed=1), month], options.warm_seconds)
    if "advice" in options.what:
        advice(1_000, 30)


if __name__ == "__main__":
    main()
