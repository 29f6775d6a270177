"""A solved generalised assignment problem as one JSON file: its numbers and the assignment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.files import FileFormatError
from matcher.gap import GapPrices, GapProblem, GapResult

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = "asuh gap result 2"


def write_gap_result(path: Path, problem: GapProblem, result: GapResult) -> None:
    """Write a problem with what was found for it; agents are numbered from 1, as in `.sol` files.

    Raises
    ------
    ValueError
        Nothing was found.
    """
    if result.agent_of is None:
        raise ValueError("there is no assignment to write")
    content = {
        "format": FORMAT,
        "gap": {
            "cost": problem.cost.tolist(),
            "weight": problem.weight.tolist(),
            "capacity": problem.capacity.tolist(),
        },
        "assignment": {
            "agents": (result.agent_of + 1).tolist(),
            "cost": result.cost,
            "bound": result.bound,
            "optimal": result.is_optimal,
            "seconds": round(result.seconds, 3),
            "verified": result.verified,
            "prices": {
                "job": result.prices.job.tolist(),
                "agent": result.prices.agent.tolist(),
                "scale": result.prices.scale,
            },
        },
    }
    path.write_text(json.dumps(content), encoding="ascii")


def read_gap_result(content: dict[str, Any]) -> tuple[GapProblem, GapResult]:
    """Return what `write_gap_result` wrote.

    Raises
    ------
    FileFormatError
        A part is missing, of the wrong kind (a fraction, a text) or of another size.
    """
    try:
        numbers, told = content["gap"], content["assignment"]
        problem = GapProblem(
            cost=_table(numbers["cost"]),
            weight=_table(numbers["weight"]),
            capacity=_row(numbers["capacity"]),
        )
        agent_of = _row(told["agents"]) - 1
        if "prices" not in told:
            raise FileFormatError("/assignment", "has no prices: solve it again")  # of format 1
        prices = told["prices"]
        result = GapResult(
            agent_of=agent_of,
            cost=_whole(told["cost"]),
            bound=_whole(told["bound"]),
            is_optimal=_of_kind(told["optimal"], bool),
            seconds=float(_of_kind(told["seconds"], int, float)),
            verified=_whole(told["verified"]),
            prices=GapPrices(_row(prices["job"]), _row(prices["agent"]), _whole(prices["scale"])),
        )
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise FileFormatError("/", f"is no GAP result: {error}") from error
    shape = (problem.capacity.size, agent_of.size)
    if {problem.cost.shape, problem.weight.shape} != {shape}:
        raise FileFormatError("/gap", f"holds costs or weights of another shape than {shape}")
    if any((numbers < 0).any() for numbers in (problem.cost, problem.weight, problem.capacity)):
        raise FileFormatError("/gap", "holds a number below 0")
    return problem, result


def _table(rows: Any) -> NDArray[np.int64]:
    return np.array([_row(row) for row in _of_kind(rows, list)], dtype=np.int64)


def _row(values: Any) -> NDArray[np.int64]:
    return np.array([_whole(value) for value in _of_kind(values, list)], dtype=np.int64)


def _whole(value: Any) -> int:
    return int(_of_kind(value, int))


def _of_kind(value: Any, *kinds: type) -> Any:
    """Return a value that is exactly of one of the kinds: to Python, True is a whole number too."""
    if type(value) not in kinds:
        raise TypeError(f"{value!r:.40} is not {' or '.join(kind.__name__ for kind in kinds)}")
    return value
