"""Problems and results as JSON files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.matching import Matching
    from matcher.problem import MatchingProblem


def problem_to_json(problem: MatchingProblem) -> dict[str, Any]:
    """Return a problem as plain JSON values, by codes instead of row numbers."""
    raise NotImplementedError


def problem_from_json(content: dict[str, Any]) -> MatchingProblem:
    """Read what `problem_to_json` wrote, or what a person wrote after `problem_schema`.

    Raises
    ------
    FileFormatError
        The content has not this shape; says where.
    """
    raise NotImplementedError


def write_problem(problem: MatchingProblem, path: Path) -> None:
    """Write a problem."""
    raise NotImplementedError


def read_problem(path: Path) -> MatchingProblem:
    """Read a problem."""
    raise NotImplementedError


def write_result(problem: MatchingProblem, matching: Matching, path: Path) -> None:
    """Write a result with its problem, so that the file can be checked by itself."""
    raise NotImplementedError


def read_result(path: Path) -> tuple[MatchingProblem, Matching]:
    """Read a result and the problem in it."""
    raise NotImplementedError


def problem_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a problem file."""
    raise NotImplementedError
