"""Instances of the literature and their solutions as files: VRPLIB, Solomon and Homberger.

Sections and fields as PyVRP's dialect of VRPLIB reads them; what is not known is refused.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.files import FileFormatError
from logistics.instance import NO_LIMIT, SCALES, Fleet, Instance, Solution, Tour, rounded
from logistics.vrplib_text import VrplibText

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ROUNDINGS = {
    "CVRP": "nearest",
    "GVRP": "nearest",
    "VRP": "nearest",
    "CVRPTW": "dimacs",
    "VRPTW": "dimacs",
    "PCVRPTW": "dimacs",
    "MTVRPTWR": "dimacs",
    "HFVRP": "none",
    "MDVRPTW": "none",
    "SDVRPTW": "none",
}
"""How the literature rounds each family."""

NEEDED = {
    family: ["TIME_WINDOW_SECTION"] * ("TW" in family)
    + ["PRIZE_SECTION"] * (family == "PCVRPTW")
    + ["MUTUALLY_EXCLUSIVE_GROUP_SECTION"] * (family == "GVRP")
    for family in ROUNDINGS
}
"""Sections without which a file of a family was cut off."""

TOLD_IN_WHOLE_UNITS = {"MDVRPTW", "SDVRPTW", "PCVRPTW", "MTVRPTWR"}
"""Families whose best known costs are told in the whole units of their rounding."""

COST_SCALE_OF_FLEETS = 100
"""HFVRP files carry costs times 100; best known costs are told without."""

NODES = r"^\s*DIMENSION\b"
"""What every VRPLIB file says, and no other."""

LARGEST = 1 << 30
"""Whole units that fit the engines."""


def read_instance(path: Path, *, rounding: str | None = None) -> Instance:
    """Read a VRPLIB ``.vrp`` file or a Solomon/Homberger ``.txt`` file.

    Parameters
    ----------
    rounding
        "none" (thousandths), "nearest" or "dimacs" (tenths, cut off). Default: as the literature
        compares the family (`ROUNDINGS`).

    Raises
    ------
    FileFormatError
        The file is of neither form, contradicts itself, or uses a part that is not supported.
    """
    if rounding is not None and rounding not in SCALES:
        raise FileFormatError("", "unknown_rounding", found=rounding, known=sorted(SCALES))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError("", "not_utf8", file=path.name) from error
    return parse_instance(text, rounding=rounding, file=path.name)


def parse_instance(text: str, *, rounding: str | None = None, file: str = "") -> Instance:
    """Read an instance from the text of its file; see `read_instance`."""
    if re.search(NODES, text, re.MULTILINE):
        return _vrplib(VrplibText(text), rounding, text)
    if "CUSTOMER" in text.upper() and "VEHICLE" in text.upper():
        return _solomon(text, rounding or "dimacs")
    raise FileFormatError("line 1", "not_an_instance", file=file)


def number_in_file(instance: Instance, row: int) -> int:
    """Return the number that the file gives a node: VRPLIB counts from 1, Solomon from 0."""
    return row + 1 if re.search(NODES, instance.source, re.MULTILINE) else row


def write_solution(instance: Instance, solution: Solution, path: Path) -> None:
    """Write a solution in the form of CVRPLIB; see `solution_text`."""
    path.write_text(solution_text(instance, solution), encoding="utf-8")


def solution_text(instance: Instance, solution: Solution) -> str:
    """Return ``Route #1: 3 7 …`` lines and ``Cost …``.

    Clients are numbered as in the file, the first depot being 0. Where vehicles differ, route k
    is vehicle k and may be empty; trips of one vehicle are parted by its depot.
    """
    of_vehicle = {tour.vehicle: tour for tour in solution.tours}
    if len(instance.fleets) > 1:
        numbers = range(max(of_vehicle, default=-1) + 1)
        tours = [of_vehicle.get(number, Tour(number, ())) for number in numbers]
    else:
        tours = list(solution.tours)
    depots = {number: fleet.depot for fleet in instance.fleets for number in fleet.vehicles}
    lines = []
    for number, tour in enumerate(tours, start=1):
        between = f" {depots[tour.vehicle]} "
        trips = between.join(" ".join(map(str, trip)) for trip in tour.trips)
        lines.append(f"Route #{number}: {trips}".rstrip())
    return "\n".join([*lines, f"Cost {told_cost(instance, solution.cost)}", ""])


def told_cost(instance: Instance, cost: int) -> int | float:
    """Return a cost in whole units as the literature tells it."""
    if instance.divisor == 1:
        return cost
    digits = max(0, math.ceil(math.log10(instance.divisor)))
    return round(cost / instance.divisor, min(digits, 6))


def read_solution(path: Path, instance: Instance) -> tuple[Solution, float | None]:
    """Read a ``.sol`` file; return the tours, their cost unknown (0), and the cost told.

    Raises
    ------
    FileFormatError
        A line is neither route nor cost, or a route has no vehicle.
    """
    tours, cost = [], None
    numbers = sorted(number for fleet in instance.fleets for number in fleet.vehicles)
    for line, raw in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if found := re.match(r"\s*Route\s*#?\s*(\d+)\s*:?\s*([\d\s]*)$", raw, re.IGNORECASE):
            row = int(found[1]) - 1
            if row not in range(len(numbers)):
                raise FileFormatError(f"line {line}", "no_such_vehicle", found=int(found[1]))
            trips: list[list[int]] = [[]]
            for number in map(int, found[2].split()):
                if number < instance.num_depots:
                    trips.append([])
                else:
                    trips[-1].append(number)
            driven = tuple(tuple(trip) for trip in trips if trip)
            if driven:
                tours.append(Tour(numbers[row], driven))
        elif found := re.match(r"\s*Cost\s*:?\s*([0-9.eE+]+)", raw, re.IGNORECASE):
            cost = float(found[1])
    return Solution(tours=tuple(tours), cost=0, engine="file"), cost


def _solomon(text: str, rounding: str) -> Instance:
    lines = [line.split() for line in text.splitlines()]
    name = next((line[0] for line in lines if line), "")
    rows: list[list[float]] = []
    numbers: list[int] = []
    fleet: list[float] = []
    for number, line in enumerate(lines, start=1):
        if not line or not re.fullmatch(r"-?\d+(\.\d*)?", line[0]):
            continue
        try:
            values = [float(word) for word in line]
        except ValueError as error:
            word = next(word for word in line if not _is_number(word))
            raise FileFormatError(f"line {number}", "expected_number", word=word) from error
        if len(values) == 2 and not rows:
            fleet = values
        elif len(values) == 7:
            rows.append(values)
            numbers.append(number)
        else:
            raise FileFormatError(f"line {number}", "expected_7_numbers", found=len(values))
    if len(rows) < 2 or not fleet:
        raise FileFormatError("line 1", "no_customers")
    try:
        return _solomon_instance(name, np.array(rows), fleet, rounding, text)
    except FileFormatError as error:
        if "node" not in error.params:
            raise
        where = f"line {numbers[error.params['node']]}"
        raise FileFormatError(where, error.what, **error.params) from error


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _solomon_instance(
    name: str, table: NDArray[np.float64], fleet: list[float], rounding: str, text: str
) -> Instance:
    nothing = np.zeros(len(table), dtype=np.int64)
    opens, closes = units(table[:, 4], rounding), units(table[:, 5], rounding)
    return checked(
        Instance(
            name=name,
            family="VRPTW",
            rounding=rounding,
            num_depots=1,
            xy=table[:, 1:3],
            matrix=None,
            demand=_whole(table[:, 3], "DEMAND", first=0),
            service=units(table[:, 6], rounding),
            opens=opens,
            closes=closes,
            release=nothing,
            prize=nothing,
            fleets=(
                Fleet(
                    vehicles=tuple(range(int(fleet[0]))),
                    depot=0,
                    capacity=int(fleet[1]),
                    opens=int(opens[0]),
                    closes=int(closes[0]),
                ),
            ),
            divisor=SCALES[rounding],
            source=text,
        )
    )


def _vrplib(file: VrplibText, rounding: str | None, text: str) -> Instance:
    try:
        return _instance(file, rounding, text)
    except FileFormatError as error:
        section = f"{error.where.upper().removesuffix('_SECTION')}_SECTION"
        if "node" not in error.params or section not in file.sections:
            raise
        line = file.line_of(section, error.params["node"])
        raise FileFormatError(line, error.what, **error.params) from error


def _instance(file: VrplibText, rounding: str | None, text: str) -> Instance:
    family = file.text("TYPE", "CVRP").upper()
    if family not in ROUNDINGS:
        raise FileFormatError("TYPE", "not_supported", found=family, known=sorted(ROUNDINGS))
    file.refuse_unknown()
    file.refuse_cut_off(NEEDED[family])
    rounding = rounding or ROUNDINGS[family]
    size = file.whole("DIMENSION")
    num_depots = _num_depots(file, size)
    xy, matrix = _places(file, size, rounding)
    windows = file.columns("TIME_WINDOW_SECTION", size, 2)
    opens = None if windows is None else units(windows[:, 0], rounding)
    closes = None if windows is None else units(windows[:, 1], rounding)
    demand = file.columns("DEMAND_SECTION", size, 1)
    if demand is None:
        demand = file.columns("LINEHAUL_SECTION", size, 1)
    return checked(
        Instance(
            name=file.text("NAME", ""),
            family=family,
            rounding=rounding,
            num_depots=num_depots,
            xy=xy,
            matrix=matrix,
            demand=np.zeros(size, dtype=np.int64)
            if demand is None
            else _whole(demand[:, 0], "DEMAND_SECTION"),
            service=_of_clients(file, "SERVICE_TIME", size, num_depots, rounding),
            opens=opens,
            closes=closes,
            release=_of_clients(file, "RELEASE_TIME", size, num_depots, rounding),
            prize=_of_clients(file, "PRIZE", size, num_depots, rounding),
            fleets=_fleets(file, size, num_depots, opens, closes, rounding),
            groups=_groups(file, size, num_depots),
            divisor=_divisor(family, rounding),
            source=text,
        )
    )


def units(values: Any, rounding: str) -> NDArray[np.int64]:
    """Return times, prizes and costs of a file in whole units, as ways are rounded."""
    return rounded(np.asarray(values, dtype=np.float64), rounding)


def checked(instance: Instance) -> Instance:
    """Return an instance whose numbers can be counted with.

    Raises
    ------
    FileFormatError
        Negative or overlarge numbers, or no client.
    """
    for name in ("demand", "service", "release", "prize", "opens", "closes"):
        values = getattr(instance, name)
        if values is not None and values.size and values.min() < 0:
            raise _at(instance, name, "negative", int(values.argmin()))
        if name not in ("closes", "demand") and values is not None and values.max() > LARGEST:
            raise _at(instance, name, "too_large", int(values.argmax()))
    if instance.xy is not None:
        reach = float(np.ptp(instance.xy, axis=0).max()) * SCALES[instance.rounding] * 1.5
        if not np.isfinite(instance.xy).all() or reach > LARGEST:
            raise FileFormatError("NODE_COORD_SECTION", "too_large")
    if instance.matrix is not None and (
        instance.matrix.min() < 0 or instance.matrix.max() > LARGEST
    ):
        raise FileFormatError("EDGE_WEIGHT_SECTION", "too_large")
    if instance.num_clients < 1:
        raise FileFormatError("DIMENSION", "no_customers")
    return instance


COLUMNS = {
    "service": "SERVICE_TIME",
    "release": "RELEASE_TIME",
    "opens": "TIME_WINDOW",
    "closes": "TIME_WINDOW",
}
"""Where the file has a column of an instance, where it is called otherwise."""


def _at(instance: Instance, name: str, what: str, row: int) -> FileFormatError:
    """Return what is wrong with a number of a node, the number as the file has it."""
    value = getattr(instance, name)[row]
    if name != "demand":
        value = value / SCALES[instance.rounding]
    params = {"node": number_in_file(instance, row), "value": f"{value:g}"}
    return FileFormatError(COLUMNS.get(name, name), what, **params)


def _divisor(family: str, rounding: str) -> int:
    """Return by what the literature divides whole units when it tells a cost."""
    if family in TOLD_IN_WHOLE_UNITS:
        return 1
    return SCALES[rounding] * (COST_SCALE_OF_FLEETS if family == "HFVRP" else 1)


def _whole(values: NDArray[np.float64], where: str, *, first: int = 1) -> NDArray[np.int64]:
    """Return whole numbers of nodes, which the file counts from `first`."""
    if not np.array_equal(values, np.rint(values)):
        row = int(np.flatnonzero(values != np.rint(values))[0])
        word = f"{values[row]:g}"
        raise FileFormatError(where, "expected_whole_number", node=row + first, word=word)
    return values.astype(np.int64)


def _num_depots(file: VrplibText, size: int) -> int:
    depots = file.depots()
    if depots != list(range(1, len(depots) + 1)) or len(depots) >= size:
        raise FileFormatError("DEPOT_SECTION", "depots_must_be_first_nodes", found=depots)
    return len(depots)


def _places(
    file: VrplibText, size: int, rounding: str
) -> tuple[NDArray[np.float64] | None, NDArray[np.int64] | None]:
    """Return coordinates, or the matrix of ways."""
    kind = file.text("EDGE_WEIGHT_TYPE", "EUC_2D").upper()
    if kind == "EUC_2D":
        xy = file.columns("NODE_COORD_SECTION", size, 2)
        if xy is None:
            raise FileFormatError("NODE_COORD_SECTION", "missing")
        return xy, None
    if kind == "EXPLICIT":
        return None, rounded(file.matrix(size), rounding)
    raise FileFormatError(
        "EDGE_WEIGHT_TYPE", "not_supported", found=kind, known=["EUC_2D", "EXPLICIT"]
    )


def _of_clients(
    file: VrplibText, name: str, size: int, num_depots: int, rounding: str
) -> NDArray[np.int64]:
    """Return a section of one number per node, or one number for every client, else nothing."""
    rows = file.columns(f"{name}_SECTION", size, 1)
    if rows is not None:
        return units(rows[:, 0], rounding)
    values = np.full(size, file.number(name, 0.0))
    values[:num_depots] = 0
    return units(values, rounding)


def _groups(file: VrplibText, size: int, num_depots: int) -> tuple[tuple[int, ...], ...]:
    groups, seen = [], set()
    for line, values in file.lists("MUTUALLY_EXCLUSIVE_GROUP_SECTION"):
        group = tuple(number - 1 for number in values)
        for row in group:
            if row not in range(num_depots, size) or row in seen:
                raise FileFormatError(f"line {line}", "not_a_client_or_twice", found=row + 1)
            seen.add(row)
        if len(group) > 1:
            groups.append(group)
    return tuple(groups)


def _fleets(
    file: VrplibText,
    size: int,
    num_depots: int,
    opens: NDArray[np.int64] | None,
    closes: NDArray[np.int64] | None,
    rounding: str,
) -> tuple[Fleet, ...]:
    """Return vehicles that are alike as fleets, in the order of the file."""
    number = file.num_vehicles(size - num_depots)
    capacity = file.per_vehicle("CAPACITY", number, None)
    depots = file.per_vehicle("VEHICLES_DEPOT", number, 1.0)
    costs = units(file.per_vehicle("VEHICLES_FIXED_COST", number, 0.0), rounding)
    unit_costs = file.per_vehicle("VEHICLES_UNIT_DISTANCE_COST", number, 1.0)
    durations = file.per_vehicle("VEHICLES_MAX_DURATION", number, math.inf)
    ways = file.per_vehicle("VEHICLES_MAX_DISTANCE", number, math.inf)
    trips = _most_trips(file, number, depots)
    allowed = _allowed(file, number, size)
    if not np.array_equal(unit_costs, np.rint(unit_costs)):
        raise FileFormatError("VEHICLES_UNIT_DISTANCE_COST_SECTION", "expected_whole_number")
    if not set(depots.tolist()) <= set(range(1, num_depots + 1)):
        raise FileFormatError("VEHICLES_DEPOT_SECTION", "unknown_depot")
    alike: dict[tuple[Any, ...], list[int]] = {}
    for row in range(number):
        key = (
            int(depots[row]) - 1,
            NO_LIMIT if math.isinf(capacity[row]) else int(capacity[row]),
            int(costs[row]),
            int(unit_costs[row]),
            _limit(durations[row], rounding),
            _limit(ways[row], rounding),
            trips[row],
            allowed[row],
        )
        alike.setdefault(key, []).append(row)
    return tuple(
        Fleet(
            vehicles=tuple(rows),
            depot=depot,
            capacity=most,
            opens=0 if opens is None else int(opens[depot]),
            closes=NO_LIMIT if closes is None else int(closes[depot]),
            fixed_cost=fixed,
            unit_cost=unit,
            most_duration=duration,
            most_way=way,
            most_trips=most_trips,
            allowed=None if clients is None else np.isin(np.arange(size), list(clients)),
        )
        for (depot, most, fixed, unit, duration, way, most_trips, clients), rows in alike.items()
    )


def _limit(value: float, rounding: str) -> int:
    return NO_LIMIT if math.isinf(value) else int(units([value], rounding)[0])


def _most_trips(file: VrplibText, number: int, depots: NDArray[np.float64]) -> list[int]:
    """Return trips of each vehicle: one, or as many as its reloads allow."""
    reloads = file.per_vehicle_lists("VEHICLES_RELOAD_DEPOT_SECTION", number)
    most = file.per_vehicle("VEHICLES_MAX_RELOADS", number, math.inf)
    found = []
    for row, where in enumerate(reloads):
        if not where:
            found.append(1)
            continue
        if set(where) != {int(depots[row])}:
            raise FileFormatError(
                "VEHICLES_RELOAD_DEPOT_SECTION", "only_own_depot_supported", vehicle=row + 1
            )
        found.append(1 + int(min(most[row], LARGEST)))
    return found


def _allowed(file: VrplibText, number: int, size: int) -> list[tuple[int, ...] | None]:
    """Return the rows of the clients of each vehicle; None: all."""
    found: list[tuple[int, ...] | None] = []
    for clients in file.per_vehicle_lists("VEHICLES_ALLOWED_CLIENTS_SECTION", number):
        rows = tuple(sorted({client - 1 for client in clients}))
        if rows and not 0 <= rows[0] <= rows[-1] < size:
            raise FileFormatError("VEHICLES_ALLOWED_CLIENTS_SECTION", "unknown_client")
        found.append(rows or None)
    return found
