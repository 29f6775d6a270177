"""The text of a VRPLIB file: fields ``NAME: value`` and sections of numbers, by line."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from logistics.files import FileFormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

SECTIONS = {
    "NODE_COORD_SECTION",
    "DEMAND_SECTION",
    "LINEHAUL_SECTION",
    "DEPOT_SECTION",
    "EDGE_WEIGHT_SECTION",
    "DISPLAY_DATA_SECTION",
    "TIME_WINDOW_SECTION",
    "SERVICE_TIME_SECTION",
    "RELEASE_TIME_SECTION",
    "PRIZE_SECTION",
    "CAPACITY_SECTION",
    "MUTUALLY_EXCLUSIVE_GROUP_SECTION",
    "VEHICLES_DEPOT_SECTION",
    "VEHICLES_RELOAD_DEPOT_SECTION",
    "VEHICLES_MAX_RELOADS_SECTION",
    "VEHICLES_MAX_DURATION_SECTION",
    "VEHICLES_MAX_DISTANCE_SECTION",
    "VEHICLES_FIXED_COST_SECTION",
    "VEHICLES_UNIT_DISTANCE_COST_SECTION",
    "VEHICLES_ALLOWED_CLIENTS_SECTION",
}
OTHER_RULES = {"DISTANCE": "VEHICLES_MAX_DISTANCE"}
"""Fields of older files, and what they are called today."""
LARGEST_FILE = 200_000
"""Nodes or vehicles that a file may name."""


class VrplibText:
    """Fields and sections of a file; every reader names the line that it cannot read."""

    def __init__(self, text: str) -> None:
        self.fields: dict[str, str] = {}
        self.sections: dict[str, list[tuple[int, list[float]]]] = {}
        self.lines: dict[str, int] = {}
        self.has_end = False
        current: list[tuple[int, list[float]]] | None = None
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.strip()
            self.has_end |= line.upper() == "EOF"
            if not line or line.upper() == "EOF":
                continue
            is_field = ":" in line and not line.split(":")[0].rstrip().endswith("SECTION")
            if line[0].isalpha() and is_field:
                name, value = line.split(":", 1)
                name = name.strip().upper()
                name = OTHER_RULES.get(name, name)
                self.fields[name] = value.strip().strip('"')
                self.lines[name] = number
            elif line[0].isalpha():
                name = re.split(r"[\s:]", line)[0].upper()
                if name in self.sections:
                    raise FileFormatError(f"line {number}", "section_twice", section=name)
                current = self.sections[name] = []
                self.lines[name] = number
            elif current is None:
                raise FileFormatError(f"line {number}", "number_outside_section")
            else:
                current.append((number, _numbers(line.split(), number)))

    def refuse_unknown(self) -> None:
        """Raise when a section is not known: it might be a rule."""
        for name in self.sections:
            if name not in SECTIONS:
                where = f"line {self.lines[name]}"
                raise FileFormatError(where, "section_not_supported", section=name)

    def refuse_cut_off(self, needed: Iterable[str]) -> None:
        """Raise when a needed section, loads beside a capacity, or depots and end are missing."""
        missing = [section for section in needed if section not in self.sections]
        limits_loads = "CAPACITY" in self.fields or "CAPACITY_SECTION" in self.sections
        if limits_loads and not {"DEMAND_SECTION", "LINEHAUL_SECTION"} & self.sections.keys():
            missing.append("DEMAND_SECTION")
        if "DEPOT_SECTION" not in self.sections and not self.has_end:
            missing.append("DEPOT_SECTION")
        if missing:
            raise FileFormatError(missing[0], "missing")

    def text(self, name: str, default: str) -> str:
        """Return a field."""
        return self.fields.get(name, default)

    def number(self, name: str, default: float | None) -> float:
        """Return a field that is a number."""
        if name not in self.fields:
            if default is None:
                raise FileFormatError(name, "missing")
            return default
        return _number(self.fields[name], self.lines[name])

    def whole(self, name: str, default: float | None = None) -> int:
        """Return a field that is a whole number from 1."""
        value = self.number(name, default)
        if value != int(value) or not 1 <= value <= LARGEST_FILE:
            where = f"line {self.lines[name]}" if name in self.lines else name
            raise FileFormatError(where, "expected_whole_number", word=self.text(name, ""))
        return int(value)

    def num_vehicles(self, num_clients: int) -> int:
        """Return the number of vehicles; a file that names none has one for each client."""
        lengths = [
            len(rows)
            for name, rows in self.sections.items()
            if name.startswith("VEHICLES_") or name == "CAPACITY_SECTION"
        ]
        return self.whole("VEHICLES", max(lengths, default=num_clients))

    def columns(self, name: str, size: int, width: int) -> NDArray[np.float64] | None:
        """Return the values of each node or vehicle by its number, float64[size, width]."""
        if name not in self.sections:
            return None
        table = np.empty((size, width))
        seen = [False] * size
        for line, values in self.sections[name]:
            if len(values) != width + 1:
                raise FileFormatError(
                    f"line {line}", "wrong_number_of_values", expected=width + 1, found=len(values)
                )
            row = int(values[0]) - 1
            if row not in range(size) or seen[row]:
                raise FileFormatError(f"line {line}", "unknown_number_or_twice", found=row + 1)
            seen[row] = True
            table[row] = values[1:]
        if not all(seen):
            raise FileFormatError(name, "nodes_missing", expected=size, found=sum(seen))
        return table

    def line_of(self, name: str, number: int) -> str:
        """Return where the number of a node stands in a section, else the section's name."""
        for line, values in self.sections.get(name, []):
            if values and values[0] == number:
                return f"line {line}"
        return name

    def per_vehicle(self, name: str, number: int, default: float | None) -> NDArray[np.float64]:
        """Return a number for each vehicle: its section, one field for all, or the default."""
        rows = self.columns(f"{name}_SECTION", number, 1)
        if rows is not None:
            return rows[:, 0]
        if name == "CAPACITY" and name not in self.fields and "DEMAND_SECTION" not in self.sections:
            return np.full(number, math.inf)
        value = default if default is not None and name not in self.fields else None
        return np.full(number, self.number(name, None) if value is None else value)

    def per_vehicle_lists(self, name: str, number: int) -> list[list[int]]:
        """Return a list of numbers for each vehicle; empty without the section."""
        found: list[list[int]] = [[] for _ in range(number)]
        for row, (line, values) in enumerate(self.lists_with_numbers(name)):
            if row >= number or values[0] != row + 1:
                raise FileFormatError(f"line {line}", "unknown_number_or_twice", found=values[0])
            found[row] = values[1:]
        if name in self.sections and len(self.sections[name]) != number:
            raise FileFormatError(name, "nodes_missing", expected=number)
        return found

    def lists(self, name: str) -> list[tuple[int, list[int]]]:
        """Return the line and the numbers after the first of each row of a section."""
        return [(line, values[1:]) for line, values in self.lists_with_numbers(name)]

    def lists_with_numbers(self, name: str) -> list[tuple[int, list[int]]]:
        """Return the line and the whole numbers of each row of a section."""
        found = []
        for line, values in self.sections.get(name, []):
            for value in values:
                if value != int(value):
                    raise FileFormatError(f"line {line}", "expected_whole_number", word=value)
            found.append((line, [int(value) for value in values]))
        return found

    def depots(self) -> list[int]:
        """Return the numbers of the depots; node 1 without the section."""
        rows = self.lists_with_numbers("DEPOT_SECTION")
        depots = [number for _, values in rows for number in values if number != -1]
        return depots or [1]

    def matrix(self, size: int) -> NDArray[np.float64]:
        """Return explicit ways, float64[size, size]."""
        kind = self.text("EDGE_WEIGHT_FORMAT", "").upper()
        cells: dict[str, Callable[[], Any]] = {
            "FULL_MATRIX": lambda: np.indices((size, size)).reshape(2, -1),
            "LOWER_ROW": lambda: np.tril_indices(size, -1),
            "LOWER_DIAG_ROW": lambda: np.tril_indices(size),
            "UPPER_ROW": lambda: np.triu_indices(size, 1),
            "UPPER_DIAG_ROW": lambda: np.triu_indices(size),
            "LOWER_COL": lambda: np.triu_indices(size, 1)[::-1],
            "UPPER_COL": lambda: np.tril_indices(size, -1)[::-1],
        }
        if kind not in cells:
            raise FileFormatError(
                "EDGE_WEIGHT_FORMAT", "not_supported", found=kind, known=sorted(cells)
            )
        values = [each for _, row in self.sections.get("EDGE_WEIGHT_SECTION", []) for each in row]
        rows, columns = cells[kind]()
        if len(values) != len(rows):
            raise FileFormatError(
                "EDGE_WEIGHT_SECTION",
                "wrong_number_of_values",
                expected=len(rows),
                found=len(values),
            )
        matrix = np.zeros((size, size))
        matrix[rows, columns] = values
        return matrix if kind == "FULL_MATRIX" else np.maximum(matrix, matrix.T)


def _numbers(words: list[str], line: int) -> list[float]:
    return [_number(word, line) for word in words]


def _number(word: str, line: int) -> float:
    try:
        value = float(word)
    except ValueError as error:
        raise FileFormatError(f"line {line}", "expected_number", word=word) from error
    if not math.isfinite(value):
        raise FileFormatError(f"line {line}", "expected_number", word=word)
    return value
