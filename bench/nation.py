"""One certified level of a nation beside its peers, in one run; CSV to bench/results.

    python -m bench.nation [--children 1000000] [--own-only | --all]

Districts of 2,000 children, one sponsor for five children, 14 nearest sponsors and 2 anywhere,
costs up to 15,500, leaving a child uncovered 100,000 to 200,000; *ample* has 1.1 places per child,
*scarce* 0.6. Children and sponsors are numbered along a Z-order curve, except for *shuffled*. CPU
seconds; ours include building, smallest prices and the certificate, theirs only building and
solving. Every solver has a process of its own, so that the peak of memory is its own (the drawn
instance included); one that takes more than `--most-cpu-s` is ended and has cost 0. `--all` adds
SimpleMinCostFlow shuffled and, where pylmcf is installed, LEMON.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from resource import RLIMIT_CPU, RUSAGE_SELF, getrusage, setrlimit
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.graph.python import min_cost_flow
from scipy.spatial import cKDTree

from matcher.auction import starting_prices
from matcher.augment import optimise
from matcher.network import Network, new_flow, new_search, rows_by
from matcher.potentials import least_prices

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RESULTS = Path(__file__).parent / "results"
NEAR, ANYWHERE = 14, 2


@dataclass(frozen=True, eq=False)
class Instance:
    """Candidates of each child as int[n, 16], their costs, cost of waiting, places."""

    pledge: NDArray[Any]
    cost: NDArray[Any]
    uncovered: NDArray[Any]
    capacity: NDArray[Any]


def z_order(points: NDArray[Any]) -> NDArray[Any]:
    """Return the order of points along a Z-order curve."""
    span = np.ptp(points, axis=0) + 1e-9
    cell = ((points - points.min(axis=0)) / span * 65535).astype(np.uint64)
    masks = ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555))
    for shift, mask in masks:
        cell = (cell | (cell << np.uint64(shift))) & np.uint64(mask)
    return np.argsort(cell[:, 0] | (cell[:, 1] << np.uint64(1)), kind="stable")


def nation(children: int, most_places: int, seed: int = 0) -> Instance:
    """Draw one nation."""
    rng = np.random.default_rng(seed)
    districts, sponsors = max(1, children // 2000), children // 5
    width = int(np.ceil(np.sqrt(districts)))
    centre = np.stack(np.divmod(np.arange(districts), width), axis=1).astype(float)
    homes = [np.sort(np.arange(number) % districts) for number in (children, sponsors)]
    child, sponsor = (centre[at] + rng.uniform(0, 0.6, (at.size, 2)) for at in homes)
    child, sponsor = child[z_order(child)], sponsor[z_order(sponsor)]
    _, near = cKDTree(sponsor).query(child, k=NEAR, workers=-1)
    pledge = np.concatenate([near, rng.integers(0, sponsors, (children, ANYWHERE))], axis=1)
    away = np.linalg.norm(child[:, None] - sponsor[pledge], axis=2)
    return Instance(
        pledge.astype(np.int32),
        np.minimum(15_500, away * 15_000).astype(np.int64),
        100_000 + rng.integers(0, 1001, children) * 100,
        rng.integers(1, most_places + 1, sponsors),
    )


def ours(nation: Instance) -> tuple[int, bool]:
    """Return the cost, and whether the prices prove it."""
    children, options = nation.pledge.shape
    sponsors = nation.capacity.size
    place, sponsor = np.zeros(children, dtype=np.int32), np.arange(sponsors, dtype=np.int32)
    none, pledge, cost = np.zeros(sponsors, int), nation.pledge.ravel(), nation.cost.ravel()
    network = Network(
        np.arange(0, pledge.size + 1, options),
        pledge,
        cost,
        np.repeat(np.arange(children, dtype=np.int32), options),
        *rows_by(pledge, sponsors),
        nation.uncovered,
        np.ones(children, dtype=np.bool_),
        place,
        *rows_by(place, 1),
        sponsor,
        *rows_by(sponsor, sponsors),
        none,
        nation.capacity,
        none,
        nation.capacity,
        np.zeros(1, int),
        np.array([children]),
        np.array([0, children]),
        np.zeros(children, int),
        np.zeros(1, int),
    )
    where = np.full(children, -1, dtype=np.int32)
    price = starting_prices(network, where)
    flow, search = new_flow(network, price, where), new_search(price.size)
    if not optimise(network, flow, search):
        raise AssertionError("every child may wait")
    least_prices(network, flow, search)
    found = int(flow.paid.sum())
    of_pledge, of_sponsor = flow.price[:sponsors], flow.price[sponsors : 2 * sponsors]
    waiting = flow.price[2 * sponsors]
    priced = (cost + of_pledge[pledge]).reshape(children, options).min(axis=1)
    bound = int(np.minimum(nation.uncovered + waiting, priced).sum())
    bound += int((np.minimum(0, of_sponsor - of_pledge) * nation.capacity).sum())
    bound += int((np.minimum(0, -of_sponsor) * nation.capacity).sum())
    return found, bound + min(0, -int(waiting)) * children == found


def peer(nation: Instance) -> tuple[int, bool]:
    """Return the cost by SimpleMinCostFlow, and whether it says that it is optimal."""
    children, options = nation.pledge.shape
    sponsors = nation.capacity.size
    rows, sink = np.arange(children + sponsors), children + sponsors
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([np.repeat(rows[:children], options), rows]),
        np.concatenate([children + nation.pledge.ravel(), np.full(rows.size, sink)]),
        np.concatenate([np.ones(nation.pledge.size + children, int), nation.capacity]),
        np.concatenate([nation.cost.ravel(), nation.uncovered, np.zeros(sponsors, int)]),
    )
    supply = np.concatenate([np.ones(children, int), np.zeros(sponsors, int), [-children]])
    solver.set_nodes_supplies(np.arange(sink + 1), supply)
    return (0, False) if solver.solve() != solver.OPTIMAL else (int(solver.optimal_cost()), True)


def _solvers(*, everyone: bool) -> dict[str, Callable[[Instance], tuple[int, bool]]]:
    """Return who takes part, ours first."""
    found: dict[str, Callable[[Instance], tuple[int, bool]]] = {
        "asuh": ours,
        "OR-Tools SMCF Z-order": peer,
    }
    if everyone:
        from bench.peers import lemon, shuffled  # it draws its instances here

        found["OR-Tools SMCF shuffled"] = lambda drawn: peer(shuffled(drawn))
        if find_spec("pylmcf"):
            found["LEMON (pylmcf)"] = lambda drawn: (lemon(drawn), True)
    return found


def _timed(
    solver: Callable[[Instance], tuple[int, bool]], drawn: Instance, most_cpu_s: int
) -> tuple[int, bool, float, float]:
    """Return (cost, proved, CPU seconds, peak GB) of a solver in a process of its own."""
    forked = get_context("fork")
    answer = forked.SimpleQueue()

    def work() -> None:
        setrlimit(RLIMIT_CPU, (most_cpu_s, most_cpu_s))
        began = time.process_time()
        cost, proved = solver(drawn)
        seconds = time.process_time() - began
        answer.put((cost, proved, seconds, getrusage(RUSAGE_SELF).ru_maxrss / 1e6))

    process = forked.Process(target=work)
    process.start()
    process.join()
    if process.exitcode:
        return 0, False, float(most_cpu_s), float("nan")
    found: tuple[int, bool, float, float] = answer.get()
    return found


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--children", type=int, default=100_000)
    parser.add_argument("--own-only", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--most-cpu-s", type=int, default=900)
    asked = parser.parse_args()
    ours(nation(1000, 5))
    names = ("solver", "children", "kind", "cost", "proved", "cpu_s", "ours_to_it", "peak_gb")
    table = []
    for kind, most in (("ample", 10), ("scarce", 5)):
        drawn, own = nation(asked.children, most), 0.0
        for name, solver in _solvers(everyone=asked.all).items():
            if asked.own_only and name != "asuh":
                continue
            cost, proved, seconds, peak = _timed(solver, drawn, asked.most_cpu_s)
            own = own or seconds
            row = (name, asked.children, kind, cost, proved, f"{seconds:.2f}")
            table.append((*row, f"{own / seconds:.3f}", f"{peak:.2f}"))
            print(*table[-1], flush=True)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"nation_{asked.children}.csv").open("w", newline="") as file:
        file.write(f"# {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, seed 0\n")
        csv.writer(file).writerows([names, *table])


if __name__ == "__main__":
    main()
