"""Solve one month: the best matching that the promises allow, with its proof."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.canonical import Canonical, canonical
from matcher.faults import InvalidProblemError, split_pins
from matcher.matching import (
    Certificate,
    LevelResult,
    LevelStatus,
    Matching,
    Proof,
    result_hash,
)
from matcher.objectives import Objectives
from matcher.policy import LevelName, Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

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
    from matcher.levels import solve_levels  # noqa: PLC0415  (loads OR-Tools)

    started = time.perf_counter()
    policy = policy or Policy()
    faults = problem.validate()
    if not faults and not policy.split_siblings:
        faults = split_pins(problem)
    if faults:
        raise InvalidProblemError(faults)
    rows = canonical(problem)
    objectives = Objectives(rows.problem, policy)
    solved = solve_levels(objectives, progress)
    pledge_of = _as_given(solved[-1].pledge_of, rows)
    levels = []
    for level in solved:
        cost = objectives.total_cost(level.name, solved[-1].pledge_of)
        levels.append(
            LevelResult(
                name=level.name,
                value=_figures(objectives, level.name, solved[-1].pledge_of, rows),
                cost=cost,
                bound=level.bound,
                status=LevelStatus.OPTIMAL if cost == level.bound else LevelStatus.GAP,
                gap=(cost - level.bound) / max(1, abs(cost)),
                proof=Proof.PRICES,
                certificate=_certificate_as_given(level.certificate, rows),
            )
        )
    matching = Matching(
        month=problem.month,
        pledge_of=pledge_of,
        levels=tuple(levels),
        policy=policy,
        problem_hash=problem.problem_hash(),
        seconds=time.perf_counter() - started,
    )
    return replace(matching, result_hash=result_hash(problem, matching))


def _as_given(pledge_of: NDArray[np.int32], rows: Canonical) -> NDArray[np.int32]:
    pledge_rows = np.append(rows.pledge_rows, -1).astype(np.int32)
    given = np.empty_like(pledge_of)
    given[rows.child_rows] = pledge_rows[pledge_of]
    return given


def _certificate_as_given(prices: Certificate, rows: Canonical) -> Certificate:
    columns = []
    for price, order in (
        (prices.pledge, rows.pledge_rows),
        (prices.sponsor, rows.sponsor_rows),
        (prices.kelurahan, rows.kelurahan_rows),
    ):
        given = np.empty_like(price)
        given[order] = price
        columns.append(given)
    return Certificate(*columns)


def _figures(
    objectives: Objectives, name: LevelName, pledge_of: NDArray[np.int32], rows: Canonical
) -> tuple[int, ...]:
    figures = objectives.figures(name, pledge_of)
    if name is not LevelName.LEXIMIN:
        return figures
    given = [0] * len(figures)
    for served, row in zip(figures, rows.kelurahan_rows.tolist(), strict=True):
        given[row] = served
    return tuple(given)
