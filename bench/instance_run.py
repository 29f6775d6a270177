"""One search of one engine on one instance, as a process: prints one line of JSON.

``python -m bench.instance_run FILE ENGINE CPU_SECONDS SEED``
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.recount import recount
from logistics.instance import Instance, Solution, Tour
from logistics.instance_files import read_instance, solution_text

if TYPE_CHECKING:
    from collections.abc import Callable


class CpuWatch:
    """CPU seconds of a search, and when it had its first solution."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.began = time.process_time()
        self.first_s: float | None = None

    def share_done(self, _done: int, _cost: int) -> float:
        spent = time.process_time() - self.began
        if self.first_s is None:
            self.first_s = spent
        return spent / self.seconds


def asuh(instance: Instance, _path: Path, watch: CpuWatch, seed: int) -> Solution:
    """What `asuh route` runs with one worker."""
    from logistics import instance_peer, lean
    from logistics.instance_solve import choose_engine

    if choose_engine(instance) == "pyvrp":
        return instance_peer.search(instance, seed=seed, share_done=watch.share_done)
    lean.warm_up()
    watch.began = time.process_time()
    return lean.search(instance, seed=seed, share_done=watch.share_done)


def pyvrp(instance: Instance, _path: Path, watch: CpuWatch, seed: int) -> Solution:
    import pyvrp

    from logistics.instance_peer import parameters, problem_data, solution_of

    data = problem_data(instance)
    watch.began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = pyvrp.solve(
            data, lambda cost: watch.share_done(0, cost) >= 1, seed=seed, collect_stats=False,
            display=False, params=parameters(),
        )  # fmt: skip
    if not result.is_feasible():
        raise SystemExit("pyvrp: no feasible solution")
    return solution_of(instance, result.best, int(result.cost()))


def hgs(instance: Instance, _path: Path, watch: CpuWatch, seed: int) -> Solution:
    """HGS-CVRP counts CPU seconds itself (clock)."""
    import hygese

    ways = instance.ways(range(instance.num_nodes), range(instance.num_nodes))
    parameters = hygese.AlgorithmParameters(timeLimit=watch.seconds, seed=seed)
    solver = hygese.Solver(parameters=parameters, verbose=False)
    data: dict[str, Any] = {
        "distance_matrix": ways,
        "demands": instance.demand,
        "vehicle_capacity": instance.fleets[0].capacity,
        "num_vehicles": min(instance.num_vehicles, instance.num_clients),
        "depot": 0,
    }
    if instance.xy is not None:
        data |= {"x_coordinates": instance.xy[:, 0], "y_coordinates": instance.xy[:, 1]}
    result = solver.solve_cvrp(data, rounding=False)
    return from_routes(result.routes)


def vroom(instance: Instance, _path: Path, _watch: CpuWatch, _seed: int) -> Solution:
    """VROOM ends by itself at its lowest level; it knows a limit of wall time only."""
    import numpy as np
    import vroom as peer

    fleet = instance.fleets[0]
    task = peer.Input()
    ways = instance.ways(range(instance.num_nodes), range(instance.num_nodes))
    task.set_durations_matrix("car", ways.astype(np.uint32))
    window = {} if instance.closes is None else {"time_window": (fleet.opens, fleet.closes)}
    for number in range(min(instance.num_vehicles, instance.num_clients)):
        task.add_vehicle(peer.Vehicle(number, start=0, end=0, capacity=[fleet.capacity], **window))
    for row in range(1, instance.num_nodes):
        hours = {}
        if instance.opens is not None and instance.closes is not None:
            hours = {"time_windows": [(int(instance.opens[row]), int(instance.closes[row]))]}
        task.add_job(
            peer.Job(
                row,
                location=row,
                delivery=[int(instance.demand[row])],
                default_service=int(instance.service[row]),
                **hours,
            )
        )
    found = task.solve(exploration_level=1, nb_threads=1).to_dict()
    return from_routes(
        [step["id"] for step in route["steps"] if step["type"] == "job"]
        for route in found["routes"]
    )


def ortools(instance: Instance, _path: Path, watch: CpuWatch, _seed: int) -> Solution:
    """OR-Tools routing: guided local search from savings; a limit of wall time only."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    fleet = instance.fleets[0]
    ways = instance.ways(range(instance.num_nodes), range(instance.num_nodes)).tolist()
    number = min(instance.num_vehicles, instance.num_clients)
    manager = pywrapcp.RoutingIndexManager(instance.num_nodes, number, 0)
    model = pywrapcp.RoutingModel(manager)
    node, service = manager.IndexToNode, instance.service.tolist()
    way = model.RegisterTransitCallback(lambda a, b: ways[node(a)][node(b)])
    model.SetArcCostEvaluatorOfAllVehicles(way)
    load = model.RegisterUnaryTransitCallback(lambda a: int(instance.demand[node(a)]))
    model.AddDimension(load, 0, fleet.capacity, True, "load")
    if instance.opens is not None and instance.closes is not None:
        lasts = model.RegisterTransitCallback(
            lambda a, b: ways[node(a)][node(b)] + service[node(a)]
        )
        model.AddDimension(lasts, fleet.closes, fleet.closes, False, "time")
        time_of = model.GetDimensionOrDie("time")
        for row in range(1, instance.num_nodes):
            hours = int(instance.opens[row]), int(instance.closes[row])
            time_of.CumulVar(manager.NodeToIndex(row)).SetRange(*hours)
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.SAVINGS
    asked.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    asked.time_limit.FromMilliseconds(int(1_000 * watch.seconds))
    found = model.SolveWithParameters(asked)
    if found is None:
        raise SystemExit("ortools: no solution")
    routes = []
    for vehicle in range(number):
        at, route = found.Value(model.NextVar(model.Start(vehicle))), []
        while not model.IsEnd(at):
            route.append(node(at))
            at = found.Value(model.NextVar(at))
        routes.append(route)
    return from_routes(routes)


def from_routes(routes: Any) -> Solution:
    """Return routes of one fleet as a solution; its cost is counted later."""
    kept = [tuple(route) for route in routes if route]
    return Solution(tuple(Tour(row, (route,)) for row, route in enumerate(kept)), 0)


ENGINES: dict[str, tuple[Callable[[Instance, Path, CpuWatch, int], Solution], str]] = {
    "asuh": (asuh, "asuh"),
    "pyvrp": (pyvrp, "pyvrp"),
    "hgs": (hgs, "hygese"),
    "vroom": (vroom, "pyvroom"),
    "ortools": (ortools, "ortools"),
}


def main() -> None:
    path, engine = Path(sys.argv[1]), sys.argv[2]
    instance = read_instance(path)
    watch = CpuWatch(float(sys.argv[3]))
    search, package = ENGINES[engine]
    solution = search(instance, path, watch, int(sys.argv[4]))
    cpu_s = time.process_time() - watch.began
    cost, faults = recount(path, instance.rounding, solution_text(instance, solution))
    if engine in ("asuh", "pyvrp") and cost != solution.cost:
        faults.append(f"told {solution.cost}")
    print(
        json.dumps(
            {
                "cost": "" if faults else cost / instance.divisor,
                "faults": "; ".join(faults[:3]),
                "cpu_s": round(cpu_s, 1),
                "first_s": "" if watch.first_s is None else round(watch.first_s, 3),
                "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
                "iterations": solution.iterations or "",
                "version": version(package),
            }
        )
    )


if __name__ == "__main__":
    main()
