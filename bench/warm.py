"""Last month's plan as the start of this month's, on the literature's instances.

``python -m bench.warm --data DIR [--names X-n1001-k43 …]``: a tenth of the clients leaves and as
many come. Last month is searched for 20 CPU seconds, this month for 5: from last month's plan and
from nothing, PyVRP beside. Kept are pairs of clients, both still there, that were on one trip
and are (companions), and those of them that were driven one after the other (neighbours). Rows are
added to `bench/results/warm.csv` with the hash of the engine's files; ``--dry`` only prints them.
"""

from __future__ import annotations

import argparse
import os
import random
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bench.instance_run import CpuWatch
from bench.sources import append_rows, source_hash
from logistics import instance_peer, lean
from logistics.instance import Instance, Solution, Tour
from logistics.instance_check import check_solution
from logistics.instance_files import read_instance

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ("demand", "service", "opens", "closes", "release", "prize")


def part_of(instance: Instance, rows: Sequence[int]) -> Instance:
    """Return an instance of some of the nodes, depots among them."""
    picked = list(rows)
    values = {name: getattr(instance, name) for name in COLUMNS}
    cut = {name: None if value is None else value[picked] for name, value in values.items()}
    xy = None if instance.xy is None else instance.xy[picked]
    return replace(instance, xy=xy, **cut)


def changed_tenth(
    instance: Instance, seed: int
) -> tuple[tuple[Instance, list[int]], tuple[Instance, list[int]]]:
    """Return last month and this month with the rows of the file that are in each."""
    clients = list(range(instance.num_depots, instance.num_nodes))
    random.Random(seed).shuffle(clients)
    part = len(clients) // 11
    gone, new = set(clients[:part]), set(clients[part : 2 * part])
    everyone = range(instance.num_nodes)
    last = [row for row in everyone if row not in new]
    this = [row for row in everyone if row not in gone]
    return (part_of(instance, last), last), (part_of(instance, this), this)


def renamed(solution: Solution, rows: list[int], others: list[int]) -> Solution:
    """Return a plan with the numbers of another instance; who is not in it is left out."""
    place = {row: number for number, row in enumerate(others)}
    tours = []
    for tour in solution.tours:
        trips = [[place[rows[c]] for c in trip if rows[c] in place] for trip in tour.trips]
        tours.append(Tour(tour.vehicle, tuple(tuple(trip) for trip in trips if trip)))
    return replace(solution, tours=tuple(tour for tour in tours if tour.trips))


def kept(before: Solution, after: Solution) -> tuple[float, float]:
    """Return the shares of neighbours and of companions of a plan that share a trip after it."""
    now = {client: number for number, trip in enumerate(after.trips()) for client in trip}
    neighbours = [pair for trip in before.trips() for pair in pairwise(trip)]
    companions = [pair for trip in before.trips() for pair in combinations(trip, 2)]
    one, other = (
        sum(now[a] == now[b] for a, b in pairs) / max(1, len(pairs))
        for pairs in (neighbours, companions)
    )
    return one, other


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--names", nargs="*", default=["X-n1001-k43", "X-n303-k21", "rc1_4_1"])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dry", action="store_true")
    options = parser.parse_args()
    lean.warm_up()
    print("instance\tengine\tstart\tcost\tneighbours_kept\tcompanions_kept")
    for name in options.names:
        path = next(options.data.glob(f"*/{name}.*"))
        (last, last_rows), (this, rows) = changed_tenth(read_instance(path), options.seed)
        watch = CpuWatch(4 * options.seconds)
        before = lean.search(last, seed=options.seed, share_done=watch.share_done)
        start = renamed(before, last_rows, rows)
        for engine, how in (("asuh", "warm"), ("asuh", "cold"), ("pyvrp", "cold")):
            watch = CpuWatch(options.seconds)
            if engine == "pyvrp":
                found = instance_peer.search(this, seed=options.seed, share_done=watch.share_done)
            else:
                found = lean.search(
                    this,
                    seed=options.seed,
                    share_done=watch.share_done,
                    start=start if how == "warm" else None,
                )
            faults = check_solution(this, found)
            if faults:
                raise AssertionError(faults[:3])
            neighbours, companions = kept(start, found)
            row = {
                "instance": name, "engine": engine, "start": how, "cost": found.cost,
                "neighbours_kept": f"{neighbours:.3f}", "companions_kept": f"{companions:.3f}",
                "seconds": options.seconds, "seed": options.seed, "source": source_hash(),
                "load": f"{os.getloadavg()[0]:.1f}",
            }  # fmt: skip
            print(*list(row.values())[:6], sep="\t", flush=True)
            if not options.dry:
                append_rows("warm.csv", [row])


if __name__ == "__main__":
    main()
