"""Problems and plans as JSON files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from logistics.plan import RoutePlan
    from logistics.problem import RoutingProblem


class FileFormatError(ValueError):
    """A file has not the expected shape; `where` is a JSON pointer or a line, `what` a code."""

    def __init__(self, where: str, what: str, **params: Any) -> None:
        self.where, self.what, self.params = where, what, params
        super().__init__(f"{where}: {what} {params or ''}".strip())


def problem_to_json(problem: RoutingProblem) -> dict[str, Any]:
    """Return a problem as plain JSON values."""
    raise NotImplementedError


def problem_from_json(content: Any) -> RoutingProblem:
    """Read what `problem_to_json` wrote; raises `FileFormatError`."""
    raise NotImplementedError


def plan_to_json(plan: RoutePlan) -> dict[str, Any]:
    """Return a plan as plain JSON values, with its hash."""
    raise NotImplementedError


def plan_from_json(content: Any) -> RoutePlan:
    """Read what `plan_to_json` wrote; raises `FileFormatError`."""
    raise NotImplementedError


def write_problem(problem: RoutingProblem, path: Path) -> None:
    """Write a problem."""
    raise NotImplementedError


def read_problem(path: Path) -> RoutingProblem:
    """Read a problem; raises `FileFormatError`."""
    raise NotImplementedError


def write_plan(problem: RoutingProblem, plan: RoutePlan, path: Path) -> None:
    """Write a plan with its problem, so that the file can be checked by itself."""
    raise NotImplementedError


def read_plan(path: Path) -> tuple[RoutingProblem, RoutePlan]:
    """Read a plan and the problem in it; raises `FileFormatError`."""
    raise NotImplementedError


def problem_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a problem file."""
    raise NotImplementedError
