"""A solved generalised assignment problem as one JSON file: its numbers and the assignment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.files import FileFormatError
from matcher.gap import GapProblem, GapResult

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "asuh gap result 1"


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
        },
    }
    path.write_text(json.dumps(content), encoding="ascii")


def read_gap_result(content: dict[str, Any]) -> tuple[GapProblem, GapResult]:
    """Return what `write_gap_result` wrote.

    Raises
    ------
    FileFormatError
        A part is missing, of the wrong kind or of another size.
    """
    try:
        numbers, told = content["gap"], content["assignment"]
        problem = GapProblem(
            cost=np.array(numbers["cost"], dtype=np.int64),
            weight=np.array(numbers["weight"], dtype=np.int64),
            capacity=np.array(numbers["capacity"], dtype=np.int64),
        )
        agent_of = np.array(told["agents"], dtype=np.int64) - 1
        result = GapResult(
            agent_of=agent_of,
            cost=int(told["cost"]),
            bound=int(told["bound"]),
            is_optimal=bool(told["optimal"]),
            seconds=float(told["seconds"]),
        )
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise FileFormatError("/", f"is no GAP result: {error}") from error
    shape = (problem.capacity.size, agent_of.size)
    if {problem.cost.shape, problem.weight.shape} != {shape} or problem.capacity.ndim != 1:
        raise FileFormatError("/gap", f"holds costs or weights of another shape than {shape}")
    return problem, result
