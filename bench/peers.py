"""One certified level beside every peer that can solve it, in one run; CSV to bench/results.

    python -m bench.peers [--children 1000 --seed 0]

The instances of `bench.nation`. Dense solvers get one column per place. Ours includes building,
smallest prices and the certificate, the peers' seconds only building and solving. CPU seconds;
whoever does not reach the common cost is marked. pylmcf (LEMON) and POT take part if installed.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import time
from dataclasses import replace
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, linprog, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from bench.nation import RESULTS, Instance, nation, ours, peer

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = {
    "networkx network_simplex": 1_000,
    "scipy linear_sum_assignment": 2_000,
    "POT emd": 2_000,
    "HiGHS MIP": 2_000,
    "scipy min_weight_full_bipartite": 10_000,
    "HiGHS LP": 10_000,
}
"""Children beyond which a peer takes minutes or gigabytes."""


def shuffled(drawn: Instance) -> Instance:
    """Return the same instance with children and sponsors numbered at random."""
    rng = np.random.default_rng(1)
    children, sponsors = rng.permutation(len(drawn.cost)), rng.permutation(drawn.capacity.size)
    number = np.argsort(sponsors).astype(np.int32)
    return replace(
        drawn,
        pledge=number[drawn.pledge[children]],
        cost=drawn.cost[children],
        uncovered=drawn.uncovered[children],
        capacity=drawn.capacity[sponsors],
    )


def _programme(drawn: Instance) -> tuple[Any, Any, Any]:
    """Return costs, the matrix of children, the matrix of loads."""
    n, options = drawn.pledge.shape
    pairs, rows = n * options, np.repeat(np.arange(n), options)
    each = coo_array(
        (np.ones(pairs + n), (np.append(rows, np.arange(n)), np.arange(pairs + n))),
        shape=(n, pairs + n),
    )
    load = coo_array(
        (np.ones(pairs), (drawn.pledge.ravel(), np.arange(pairs))),
        shape=(drawn.capacity.size, pairs + n),
    )
    return np.append(drawn.cost.ravel(), drawn.uncovered), each.tocsr(), load.tocsr()


def highs_lp(drawn: Instance) -> int:
    """Solve as a linear programme."""
    cost, each, load = _programme(drawn)
    ones = np.ones(len(drawn.cost))
    found = linprog(cost, load, drawn.capacity, each, ones, method="highs")
    return round(found.fun)


def highs_mip(drawn: Instance) -> int:
    """Solve as a mixed-integer programme."""
    cost, each, load = _programme(drawn)
    rules = [LinearConstraint(each, 1, 1), LinearConstraint(load, -np.inf, drawn.capacity)]
    options = {"mip_rel_gap": 0.0}
    found = milp(cost, integrality=np.ones(cost.size), bounds=Bounds(0, 1), constraints=rules,
                 options=options)  # fmt: skip
    return round(found.fun)


def _by_place(drawn: Instance) -> tuple[Any, Any, Any, int]:
    """Return (child, column, cost) with one column per place and per child who waits."""
    first = np.concatenate([[0], np.cumsum(drawn.capacity)])
    n, options = drawn.pledge.shape
    sizes = drawn.capacity[drawn.pledge.ravel()]
    nth = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    child = np.repeat(np.repeat(np.arange(n), options), sizes)
    column = np.repeat(first[drawn.pledge.ravel()], sizes) + nth
    cost = np.repeat(drawn.cost.ravel(), sizes)
    return (
        np.append(child, np.arange(n)),
        np.append(column, first[-1] + np.arange(n)),
        np.append(cost, drawn.uncovered),
        int(first[-1]) + n,
    )


def scipy_sparse(drawn: Instance) -> int:
    """Solve by scipy's sparse assignment; explicit zeros would be dropped, so all cost one more."""
    child, column, cost, width = _by_place(drawn)
    keys, at = np.unique(child * width + column, return_index=True)
    graph = csr_array(
        (cost[at] + 1.0, (keys // width, keys % width)), shape=(len(drawn.cost), width)
    )
    rows, columns = min_weight_full_bipartite_matching(graph)
    return round(float(graph[rows, columns].sum())) - len(drawn.cost)


def scipy_dense(drawn: Instance) -> int:
    """Solve by scipy's dense assignment."""
    child, column, cost, width = _by_place(drawn)
    table = np.full((len(drawn.cost), width), 1e12)
    np.minimum.at(table, (child, column), cost)
    rows, columns = linear_sum_assignment(table)
    return round(float(table[rows, columns].sum()))


def pot(drawn: Instance) -> int:
    """Solve as optimal transport: one more row sends what stays empty."""
    import ot

    n, m = len(drawn.cost), drawn.capacity.size
    table = np.full((n + 1, m + 1), 1e9)
    np.minimum.at(table, (np.repeat(np.arange(n), drawn.cost.shape[1]), drawn.pledge.ravel()),
                  drawn.cost.ravel())  # fmt: skip
    table[:n, m], table[n] = drawn.uncovered, 0
    supply = np.append(np.ones(n), float(drawn.capacity.sum()))
    demand = np.append(drawn.capacity.astype(float), float(n))
    plan = ot.emd(supply, demand, table, numItermax=10_000_000)
    return round(float((plan * table).sum()))


def lemon(drawn: Instance) -> int:
    """Solve with LEMON's network simplex through pylmcf; arcs have to be sorted."""
    import pylmcf

    n, m = len(drawn.cost), drawn.capacity.size
    rows = np.arange(n + m)
    tail = np.concatenate([np.repeat(rows[:n], drawn.cost.shape[1]), rows])
    head = np.concatenate([n + drawn.pledge.ravel(), np.full(n + m, n + m)])
    room = np.concatenate([np.ones(drawn.pledge.size + n, int), drawn.capacity])
    cost = np.concatenate([drawn.cost.ravel(), drawn.uncovered, np.zeros(m, int)])
    order = np.lexsort((head, tail))
    graph = pylmcf.Graph(n + m + 1, tail[order], head[order].astype(np.int64))
    graph.set_edge_costs(cost[order].astype(np.int64))
    graph.set_edge_capacities(room[order].astype(np.int64))
    graph.set_node_supply(np.concatenate([np.ones(n, int), np.zeros(m, int), [-n]]))
    graph.solve()
    return int(graph.total_cost())


def simplex(drawn: Instance) -> int:
    """Solve with networkx' network simplex."""
    graph: Any = nx.DiGraph()
    graph.add_node("sink", demand=len(drawn.cost))
    for child, uncovered in enumerate(drawn.uncovered.tolist()):
        graph.add_node(("c", child), demand=-1)
        graph.add_edge(("c", child), "sink", weight=uncovered, capacity=1)
        for pledge, cost in zip(
            drawn.pledge[child].tolist(), drawn.cost[child].tolist(), strict=True
        ):
            graph.add_edge(("c", child), ("p", pledge), weight=cost, capacity=1)
    for pledge, places in enumerate(drawn.capacity.tolist()):
        graph.add_edge(("p", pledge), "sink", weight=0, capacity=places)
    return int(nx.network_simplex(graph)[0])


def solvers(children: int) -> dict[str, Callable[[Instance], int]]:
    """Return who takes part at a size, ours first."""
    everyone: dict[str, Callable[[Instance], int]] = {
        "asuh": lambda drawn: ours(drawn)[0],
        "OR-Tools SMCF Z-order": lambda drawn: peer(drawn)[0],
        "OR-Tools SMCF shuffled": lambda drawn: peer(shuffled(drawn))[0],
        "HiGHS LP": highs_lp,
        "HiGHS MIP": highs_mip,
        "scipy min_weight_full_bipartite": scipy_sparse,
        "scipy linear_sum_assignment": scipy_dense,
        "networkx network_simplex": simplex,
    }
    if find_spec("pylmcf"):
        everyone["LEMON (pylmcf)"] = lemon
    if find_spec("ot"):
        everyone["POT emd"] = pot
    return {name: run for name, run in everyone.items() if children <= LARGEST.get(name, children)}


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--children", type=int, nargs="+", default=[1000])
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    ours(nation(1000, 5))
    names = ("numpy", "ortools", "scipy", "networkx")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in names)
    table: list[tuple[object, ...]] = []
    for children in asked.children:
        for kind, most in (("ample", 10), ("scarce", 5)):
            drawn, first, expected = nation(children, most, asked.seed), 0.0, None
            for name, run in solvers(children).items():
                began = time.process_time()
                cost = run(drawn)
                seconds = time.process_time() - began
                first, expected = first or seconds, expected or cost
                row = (children, kind, name, cost, cost == expected, f"{seconds:.3f}")
                table.append((*row, f"{seconds / first:.1f}"))
                print(*table[-1], flush=True)
    with (RESULTS / "peers.csv").open("w", newline="") as file:
        load = os.getloadavg()[0]
        file.write(f"# {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, {versions}, ")
        file.write(f"seed {asked.seed}, CPU seconds\n")
        header = ("children", "kind", "solver", "cost", "equal", "cpu_s", "times_ours")
        csv.writer(file).writerows([header, *table])


if __name__ == "__main__":
    main()
