"""Where one more stop fits: CPU milliseconds of the three best places on a drawn day.

``python -m bench.advice [--stops 1000]``; first with everything to be surveyed, then again.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date
from time import process_time

import numpy as np

from logistics.byhand import best_insertions
from logistics.distance import GreatCircle
from logistics.problem import (
    Depot,
    Option,
    Place,
    RoutingProblem,
    Shift,
    Stop,
    Vehicle,
    VehicleKind,
)
from logistics.solve import solve

DAY = date(2026, 12, 1)
REPEATS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stops", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    problem = _drawn(asked.stops + 1, asked.seed)
    plan = solve(problem, engine="insertion", seconds=None, iterations=1)
    print(f"{asked.stops} stops, {len(plan.routes)} routes, {len(plan.unserved)} unserved")
    for repeat in range(REPEATS):
        fresh = replace(problem, name=f"copy {repeat}")
        began = process_time()
        first = best_insertions(fresh, plan, "s7")
        cold_ms = 1_000 * (process_time() - began)
        began = process_time()
        again = best_insertions(fresh, plan, "s7")
        warm_ms = 1_000 * (process_time() - began)
        print(f"surveyed anew {cold_ms:.0f} ms, again {warm_ms:.0f} ms, {len(first)} places")
        assert first == again


def _drawn(num_stops: int, seed: int) -> RoutingProblem:
    rng = np.random.default_rng(seed)
    spots = rng.normal((-2.13, 106.11), 0.03, (num_stops, 2))
    shift = Shift(day=DAY, starts_s=8 * 3_600, ends_s=16 * 3_600)
    return RoutingProblem(
        days=(DAY,),
        depots=(Depot(id="d", lat=-2.13, lon=106.11),),
        vehicles=tuple(
            Vehicle(
                id=f"v{number}", depot="d", kind=VehicleKind.PICKUP, shifts=(shift,), max_trips=3,
                capacity_g=700_000, capacity_ml=10**9, cost_rp_per_km=1_800,
                cost_rp_per_hour=20_000, cost_rp_per_day=100_000,
            )
            for number in range(max(1, num_stops // 30))
        ),
        places=tuple(
            Place(id=f"p{row}", lat=float(lat), lon=float(lon))
            for row, (lat, lon) in enumerate(spots)
        ),
        stops=tuple(
            Stop(
                id=f"s{row}", options=(Option(place=f"p{row}"),), weight_g=9_000, num_packages=1,
                service_s=300,
            )
            for row in range(num_stops)
        ),
        travel=GreatCircle(),
    )  # fmt: skip


if __name__ == "__main__":
    main()
