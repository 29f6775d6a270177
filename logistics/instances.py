"""Routing instances of the literature: VRPLIB files, Solomon and Homberger files, solutions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.distance import GivenMatrix, Plane
from logistics.faults import LARGEST
from logistics.files import FileFormatError
from logistics.problem import (
    Depot,
    Option,
    Place,
    RoutingProblem,
    Shift,
    Stop,
    Vehicle,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from logistics.distance import Travel
    from logistics.plan import RoutePlan

DAY = date(2000, 1, 3)
"""The one day of an instance; nothing hangs on which."""

SCALES = {"none": 1_000, "nearest": 1, "dimacs": 10}
"""Whole units per unit of the file, by rounding."""


@dataclass(frozen=True, slots=True)
class _Table:
    """An instance before it is a problem; clients are numbered as in the file, from 1."""

    name: str
    xy: list[tuple[float, float]] | None
    matrix: Any
    demand: list[float]
    capacity: float
    num_vehicles: int | None
    windows: list[tuple[float, float]] | None
    service: list[float]


def read_instance(path: Path, *, rounding: str | None = None) -> RoutingProblem:
    """Read a VRPLIB ``.vrp`` file (CVRP, CVRPTW) or a Solomon/Homberger ``.txt`` file.

    Parameters
    ----------
    rounding
        "none" (thousandths), "nearest" or "dimacs" (tenths, cut off). Default: "nearest" for
        VRPLIB, "dimacs" for Solomon, as the literature compares.

    Returns
    -------
    RoutingProblem
        One depot, as many like vehicles as the file allows, one metre and one second per unit
        (times the scale of the rounding) and a cost of one rupiah per metre: `RoutePlan.cost_rp`
        is the instance's objective times ``SCALES[rounding]``.

    Raises
    ------
    FileFormatError
        The file is of neither form, or uses a part of VRPLIB that is not supported.
    """
    if rounding is not None and rounding not in SCALES:
        raise FileFormatError("", "unknown_rounding", found=rounding, known=sorted(SCALES))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FileFormatError("", "not_utf8", file=path.name) from error
    if re.search(r"^\s*DIMENSION\s*:", text, re.MULTILINE):
        return _problem(_vrplib(text), rounding or "nearest")
    if "CUSTOMER" in text and "VEHICLE" in text:
        return _problem(_solomon(text), rounding or "dimacs")
    raise FileFormatError("line 1", "not_an_instance", file=path.name)


def write_solution(plan: RoutePlan, path: Path, *, scale: int = 1) -> None:
    """Write routes in the CVRPLIB form: ``Route #1: 3 7 …`` and ``Cost …``."""
    lines = [
        f"Route #{number}: {' '.join(route.stop_ids)}"
        for number, route in enumerate(plan.routes, start=1)
    ]
    cost = plan.cost_rp if scale == 1 else plan.cost_rp / scale
    path.write_text("\n".join([*lines, f"Cost {cost:g}" if scale > 1 else f"Cost {cost}", ""]))


def read_solution(path: Path) -> tuple[list[list[str]], float | None]:
    """Read what `write_solution` writes: routes as ids of stops, and the cost if given."""
    routes, cost = [], None
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"\s*Route\s*#?\s*\d+\s*:\s*(.*)", line):
            routes.append(found[1].split())
        elif found := re.match(r"\s*Cost\s*:?\s*([0-9.eE+]+)", line):
            cost = float(found[1])
    return routes, cost


def _problem(table: _Table, rounding: str) -> RoutingProblem:
    scale = SCALES[rounding]
    ids = [str(number) for number in range(len(table.demand))]
    service_s = [_scaled(each, scale) for each in table.service]
    windows = table.windows
    latest_s = LARGEST if windows is None else _scaled(windows[0][1], scale)
    earliest_s = 0 if windows is None else _scaled(windows[0][0], scale)
    num_vehicles = table.num_vehicles or _enough_vehicles(table)
    return RoutingProblem(
        name=table.name,
        days=(DAY,),
        depots=(Depot(id=ids[0], lat=None, lon=None, opens_s=earliest_s, closes_s=latest_s),),
        vehicles=tuple(
            Vehicle(
                id=f"v{number}",
                depot=ids[0],
                capacity_g=int(table.capacity),
                capacity_ml=0,
                shifts=(Shift(day=DAY, starts_s=earliest_s, ends_s=latest_s),),
                cost_rp_per_km=1_000,
            )
            for number in range(1, num_vehicles + 1)
        ),
        places=tuple(Place(id=f"p{number}", lat=None, lon=None) for number in ids[1:]),
        stops=tuple(
            Stop(
                id=number,
                options=(Option(place=f"p{number}"),),
                weight_g=int(table.demand[row]),
                service_s=service_s[row],
                windows=()
                if windows is None
                else (
                    Window(
                        opens_s=_scaled(windows[row][0], scale),
                        closes_s=_scaled(windows[row][1], scale),
                    ),
                ),
            )
            for row, number in enumerate(ids)
            if row
        ),
        travel=_travel(table, rounding, ["0", *(f"p{number}" for number in ids[1:])]),
    )


def _scaled(value: float, scale: int) -> int:
    return round(value * scale)


def _enough_vehicles(table: _Table) -> int:
    """Return more vehicles than any good solution uses: the files of X name no fleet."""
    fewest = ceil(sum(table.demand) / max(table.capacity, 1))
    return min(len(table.demand) - 1, fewest + max(10, fewest // 3))


def _travel(table: _Table, rounding: str, ids: list[str]) -> Travel:
    if table.xy is not None:
        return Plane(dict(zip(ids, table.xy, strict=True)), rounding)
    matrix = np.rint(np.array(table.matrix) * SCALES[rounding]).astype(np.int64)
    return GivenMatrix(tuple(ids), {"": matrix}, {"": matrix})


def _solomon(text: str) -> _Table:
    lines = [line.split() for line in text.splitlines()]
    name = next((line[0] for line in lines if line), "")
    rows: list[list[float]] = []
    fleet: list[float] = []
    for number, line in enumerate(lines, start=1):
        if not line or not re.fullmatch(r"-?\d+(\.\d+)?", line[0]):
            continue
        values = _numbers(line, number)
        if len(values) == 2:
            fleet = values
        elif len(values) == 7:
            rows.append(values)
        else:
            raise FileFormatError(f"line {number}", "expected_7_numbers", found=len(values))
    if not rows or not fleet:
        raise FileFormatError("line 1", "no_customers")
    return _Table(
        name=name,
        xy=[(row[1], row[2]) for row in rows],
        matrix=None,
        demand=[row[3] for row in rows],
        capacity=fleet[1],
        num_vehicles=int(fleet[0]),
        windows=[(row[4], row[5]) for row in rows],
        service=[row[6] for row in rows],
    )


def _numbers(words: Sequence[str], line: int) -> list[float]:
    try:
        return [float(word) for word in words]
    except ValueError as error:
        raise FileFormatError(f"line {line}", "expected_number") from error


_SUPPORTED_SECTIONS = {
    "NODE_COORD_SECTION",
    "DEMAND_SECTION",
    "DEPOT_SECTION",
    "EDGE_WEIGHT_SECTION",
    "TIME_WINDOW_SECTION",
    "SERVICE_TIME_SECTION",
}


def _vrplib(text: str) -> _Table:
    fields, sections = _sections(text)
    unknown = sorted(set(sections) - _SUPPORTED_SECTIONS)
    if unknown:
        line = sections[unknown[0]][0][0] if sections[unknown[0]] else 1
        raise FileFormatError(f"line {line}", "section_not_supported", sections=unknown)
    size = int(_field(fields, "DIMENSION"))
    depots = [row[1][0] for row in sections.get("DEPOT_SECTION", []) if row[1][0] != -1]
    if depots not in ([], [1.0]):
        raise FileFormatError("DEPOT_SECTION", "only_depot_1_supported", found=depots)
    xy = matrix = None
    kind = fields.get("EDGE_WEIGHT_TYPE", "EUC_2D")
    if kind == "EUC_2D":
        columns = _column(sections, "NODE_COORD_SECTION", size, 2)
        xy = [(row[0], row[1]) for row in columns]
    elif kind == "EXPLICIT":
        matrix = _explicit(fields, sections, size)
    else:
        raise FileFormatError("EDGE_WEIGHT_TYPE", "not_supported", found=kind)
    service = [0.0] * size
    if "SERVICE_TIME_SECTION" in sections:
        service = [row[0] for row in _column(sections, "SERVICE_TIME_SECTION", size, 1)]
    elif "SERVICE_TIME" in fields:
        service = [0.0] + [float(fields["SERVICE_TIME"])] * (size - 1)
    windows = None
    if "TIME_WINDOW_SECTION" in sections:
        windows = [(r[0], r[1]) for r in _column(sections, "TIME_WINDOW_SECTION", size, 2)]
    return _Table(
        name=fields.get("NAME", ""),
        xy=xy,
        matrix=matrix,
        demand=[row[0] for row in _column(sections, "DEMAND_SECTION", size, 1)],
        capacity=float(_field(fields, "CAPACITY")),
        num_vehicles=int(fields["VEHICLES"]) if "VEHICLES" in fields else None,
        windows=windows,
        service=service,
    )


def _sections(text: str) -> tuple[dict[str, str], dict[str, list[tuple[int, list[float]]]]]:
    fields: dict[str, str] = {}
    sections: dict[str, list[tuple[int, list[float]]]] = {}
    current: list[tuple[int, list[float]]] | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line == "EOF":
            continue
        if ":" in line and not line[0].isdigit():
            name, value = line.split(":", 1)
            fields[name.strip()] = value.strip().strip('"')
        elif line[0].isalpha():
            current = sections.setdefault(line.split()[0], [])
        elif current is None:
            raise FileFormatError(f"line {number}", "number_outside_section")
        else:
            current.append((number, _numbers(line.split(), number)))
    return fields, sections


def _field(fields: dict[str, str], name: str) -> str:
    if name not in fields:
        raise FileFormatError(name, "missing")
    return fields[name]


def _column(
    sections: dict[str, list[tuple[int, list[float]]]], name: str, size: int, width: int
) -> list[list[float]]:
    """Return the values of each node, in order of the nodes' numbers."""
    if name not in sections:
        raise FileFormatError(name, "missing")
    rows: dict[int, list[float]] = {}
    for line, values in sections[name]:
        if len(values) != width + 1:
            raise FileFormatError(f"line {line}", "wrong_number_of_values", expected=width + 1)
        rows[int(values[0])] = values[1:]
    if sorted(rows) != list(range(1, size + 1)):
        raise FileFormatError(name, "nodes_missing", expected=size, found=len(rows))
    return [rows[number] for number in range(1, size + 1)]


def _explicit(
    fields: dict[str, str], sections: dict[str, list[tuple[int, list[float]]]], size: int
) -> Any:
    kind = _field(fields, "EDGE_WEIGHT_FORMAT")
    values = [each for _, row in sections.get("EDGE_WEIGHT_SECTION", []) for each in row]
    fillers: dict[str, tuple[int, Callable[[], tuple[Any, ...]]]] = {
        "FULL_MATRIX": (size * size, lambda: tuple(np.indices((size, size)).reshape(2, -1))),
        "LOWER_ROW": (size * (size - 1) // 2, lambda: np.tril_indices(size, -1)),
        "LOWER_DIAG_ROW": (size * (size + 1) // 2, lambda: np.tril_indices(size)),
        "UPPER_ROW": (size * (size - 1) // 2, lambda: np.triu_indices(size, 1)),
        "UPPER_DIAG_ROW": (size * (size + 1) // 2, lambda: np.triu_indices(size)),
    }
    if kind not in fillers:
        raise FileFormatError("EDGE_WEIGHT_FORMAT", "not_supported", found=kind)
    expected, cells = fillers[kind]
    if len(values) != expected:
        raise FileFormatError(
            "EDGE_WEIGHT_SECTION", "wrong_number_of_values", expected=expected, found=len(values)
        )
    matrix = np.zeros((size, size))
    rows, columns = cells()
    matrix[rows, columns] = values
    return matrix if kind == "FULL_MATRIX" else np.maximum(matrix, matrix.T)
