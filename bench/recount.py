"""A solution file against its instance file, by a reader and a counting of their own.

Files are read by the package ``vrplib``; nothing of `logistics` is used.
"""

from __future__ import annotations

import re
from itertools import pairwise
from math import floor, sqrt
from typing import TYPE_CHECKING, Any

import vrplib

if TYPE_CHECKING:
    from pathlib import Path

ROUND = {
    "nearest": lambda way: floor(way + 0.5),
    "dimacs": lambda way: floor(10 * way),
    "none": lambda way: floor(1_000 * way + 0.5),
}


class File:
    """What an instance file says, by node from 0 and vehicle from 0."""

    def __init__(self, path: Path, rounding: str) -> None:
        self.round = ROUND[rounding]
        self.data = _solomon(path) if path.suffix == ".txt" else _vrplib(path)
        self.size = len(self.data["demand"])
        self.num_depots = len(self.data.get("depot", [0]))
        self.vehicles = int(self.data.get("vehicles", self.size - self.num_depots))

    def way(self, one: int, two: int) -> int:
        if "node_coord" in self.data:
            (a, b), (c, d) = self.data["node_coord"][one], self.data["node_coord"][two]
            return self.round(sqrt((a - c) * (a - c) + (b - d) * (b - d)))
        return self.round(self.data["edge_weight"][one][two])

    def of_client(self, name: str, client: int) -> int:
        value = self.data.get(name, 0)
        return self.round(value if isinstance(value, (int, float)) else value[client])

    def of_vehicle(self, name: str, vehicle: int, default: Any) -> Any:
        value = self.data.get(name, default)
        if value is None or isinstance(value, (int, float)):
            return value
        return value[vehicle]


def recount(path: Path, rounding: str, solution: str) -> tuple[int, list[str]]:
    """Return the cost in whole units, and what is wrong."""
    file, faults, total = File(path, rounding), [], 0
    served: dict[int, int] = {}
    for line in solution.splitlines():
        found = re.match(r"Route #(\d+):(.*)", line)
        if not found or not found[2].strip():
            continue
        vehicle, stops = int(found[1]) - 1, [int(word) for word in found[2].split()]
        if vehicle >= file.vehicles:
            faults.append(f"vehicle {vehicle} of {file.vehicles}")
            continue
        for stop in stops:
            if stop >= file.num_depots:
                served[stop] = served.get(stop, 0) + 1
        cost, wrong = _vehicle(file, vehicle, stops)
        total += cost
        faults += wrong
    faults += _served(file, served)
    prizes = range(file.num_depots, file.size)
    total += sum(file.of_client("prize", client) for client in prizes if client not in served)
    return total, faults


def _vehicle(file: File, vehicle: int, stops: list[int]) -> tuple[int, list[str]]:
    depot = int(file.of_vehicle("vehicles_depot", vehicle, 1)) - 1
    faults, way, load = [], 0, 0
    path = [depot, *stops, depot]
    for one, two in pairwise(path):
        way += file.way(one, two)
    capacity = file.of_vehicle("capacity", vehicle, None)
    for stop in [*stops, depot]:
        load = 0 if stop < file.num_depots else load + int(file.data["demand"][stop])
        if capacity is not None and load > capacity:
            faults.append(f"vehicle {vehicle} carries {load}")
    if depot in stops and "vehicles_reload_depot" not in file.data:
        faults.append(f"vehicle {vehicle} reloads")
    allowed = file.of_vehicle("vehicles_allowed_clients", vehicle, None)
    if allowed is not None and not {stop + 1 for stop in stops if stop} <= set(allowed):
        faults.append(f"vehicle {vehicle} serves others")
    most = file.of_vehicle("vehicles_max_distance", vehicle, None)
    if most is not None and way > file.round(most):
        faults.append(f"vehicle {vehicle} drives {way}")
    faults += _hours(file, vehicle, depot, stops)
    fixed = file.round(file.of_vehicle("vehicles_fixed_cost", vehicle, 0))
    return way * int(file.of_vehicle("vehicles_unit_distance_cost", vehicle, 1)) + fixed, faults


def _hours(file: File, vehicle: int, depot: int, stops: list[int]) -> list[str]:
    most = file.of_vehicle("vehicles_max_duration", vehicle, None)
    if "time_window" not in file.data and most is None:
        return []
    windows = file.data.get("time_window")
    opens = 0 if windows is None else file.round(windows[depot][0])
    back = _drive(file, depot, stops, opens)
    if back is None:
        return [f"vehicle {vehicle} is late"]
    if most is None:
        return []
    low, high = opens, back
    while low < high:
        middle = (low + high + 1) // 2
        if _drive(file, depot, stops, middle) == back:
            low = middle
        else:
            high = middle - 1
    return [f"vehicle {vehicle} lasts {back - low}"] if back - low > file.round(most) else []


def _drive(file: File, depot: int, stops: list[int], start: int) -> int | None:
    windows = file.data.get("time_window")
    now, at, rest = start, depot, [*stops, depot]
    for row, stop in enumerate(rest):
        if at == depot:
            trip = rest[row : rest.index(depot, row)]
            now = max([now, *(file.of_client("release_time", client) for client in trip)])
        now += file.way(at, stop)
        if windows is not None:
            now = max(now, file.round(windows[stop][0]))
            if now > file.round(windows[stop][1]):
                return None
        now += 0 if stop < file.num_depots else file.of_client("service_time", stop)
        at = stop
    return now


def _served(file: File, served: dict[int, int]) -> list[str]:
    faults = [f"{client} {times} times" for client, times in served.items() if times > 1]
    groups = [[int(n) - 1 for n in g] for g in file.data.get("mutually_exclusive_group", [])]
    free = {client for group in groups for client in group if len(group) > 1}
    faults += [
        f"group {group}"
        for group in groups
        if len(group) > 1 and sum(served.get(client, 0) for client in group) != 1
    ]
    for client in range(file.num_depots, file.size):
        needed = client not in free and file.of_client("prize", client) == 0
        if needed and client not in served:
            faults.append(f"{client} not served")
    return faults


def _vrplib(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = vrplib.read_instance(path, compute_edge_weights=False)
    group = data.get("mutually_exclusive_group")
    if group is not None:
        data["mutually_exclusive_group"] = [
            [each] if isinstance(each, (int, float)) else list(each) for each in group
        ]
    return data


def _solomon(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = vrplib.read_instance(
        path, instance_format="solomon", compute_edge_weights=False
    )
    return data
