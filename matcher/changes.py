"""Who has another sponsor than before, and what that costs level by level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.matching import Matching
    from matcher.policy import LevelName
    from matcher.problem import MatchingProblem


@dataclass(frozen=True)
class Change:
    """One child whose pledge differs between two matchings; None = not covered."""

    child_id: str
    before: str | None
    after: str | None


def price_between(before: Matching, after: Matching) -> dict[LevelName, int]:
    """Return by how much each level of `before` costs more in `after`; equal levels left out."""
    prices = {}
    for level in before.levels:
        other = after.level(level.name)
        if other and other.cost != level.cost:
            prices[level.name] = other.cost - level.cost
    return prices


def changes_since_last_month(problem: MatchingProblem, matching: Matching) -> list[Change]:
    """Return the children whose pledge differs from last month's, new and ended pairs included."""
    before = np.full(problem.num_children, -1, dtype=np.int64)
    before[problem.kept[:, 0]] = problem.kept[:, 1]
    return _changes(problem, before, matching.pledge_of)


def changes_between(problem: MatchingProblem, before: Matching, after: Matching) -> list[Change]:
    """Return the children whose pledge differs between two runs of one problem."""
    return _changes(problem, before.pledge_of, after.pledge_of)


def _changes(
    problem: MatchingProblem, before: NDArray[np.integer[Any]], after: NDArray[np.integer[Any]]
) -> list[Change]:
    names = (*problem.pledge_ids, None)
    return [
        Change(problem.child_ids[child], names[int(before[child])], names[int(after[child])])
        for child in np.flatnonzero(before != after).tolist()
    ]
