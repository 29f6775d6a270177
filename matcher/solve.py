"""Solve one month: the best matching that the promises allow, with its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.matching import Matching
    from matcher.problem import MatchingProblem


def solve(
    problem: MatchingProblem,
    policy: Policy | None = None,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> Matching:
    """Return the best matching of a month under a policy.

    Parameters
    ----------
    problem
        What binds the month. Nobody to serve and nobody to serve them are valid problems.
    policy
        The order of goals; the default policy if None.
    progress
        Called with (level or stage, share done 0..1) between stages. It may raise to cancel.

    Returns
    -------
    Matching
        Same problem content, policy and seed: the same pairs, in any row order.

    Raises
    ------
    InvalidProblemError
        The problem has faults (`MatchingProblem.validate`), pins that cannot be kept included.
    """
    raise NotImplementedError
