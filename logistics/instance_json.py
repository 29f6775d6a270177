"""A solved instance as one JSON file: the instance's own text, its rounding, and the tours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from logistics.files import FileFormatError
from logistics.instance import Instance, Solution, Tour
from logistics.instance_files import parse_instance, told_cost

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "asuh routing instance 1"


def write_solved(instance: Instance, solution: Solution, path: Path) -> None:
    """Write an instance and its solution; `read_solved` reads them."""
    content = {
        "format": FORMAT,
        "instance": {
            "name": instance.name,
            "family": instance.family,
            "rounding": instance.rounding,
            "text": instance.source,
        },
        "solution": {
            "tours": [{"vehicle": tour.vehicle, "trips": tour.trips} for tour in solution.tours],
            "left_out": solution.left_out,
            "cost_units": solution.cost,
            "cost": told_cost(instance, solution.cost),
            "engine": solution.engine,
            "seed": solution.seed,
            "iterations": solution.iterations,
            "seconds": round(solution.seconds, 3),
        },
    }
    path.write_text(json.dumps(content), encoding="utf-8")


def read_solved(content: dict[str, Any]) -> tuple[Instance, Solution]:
    """Return what `write_solved` wrote.

    Raises
    ------
    FileFormatError
        A part is missing or of the wrong kind.
    """
    try:
        about, solved = content["instance"], content["solution"]
        instance = parse_instance(about["text"], rounding=about["rounding"], file=about["name"])
        tours = tuple(
            Tour(int(tour["vehicle"]), tuple(tuple(map(int, trip)) for trip in tour["trips"]))
            for tour in solved["tours"]
        )
        return instance, Solution(
            tours=tours,
            cost=int(solved["cost_units"]),
            engine=str(solved["engine"]),
            seed=int(solved["seed"]),
            left_out=tuple(map(int, solved.get("left_out", ()))),
        )
    except FileFormatError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise FileFormatError("/", "missing", found=str(error)) from error
