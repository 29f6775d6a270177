"""Solve one month: the best matching that the promises allow, with its proof."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.budgets import counted
from matcher.canonical import Canonical, canonical
from matcher.faults import InvalidProblemError
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
from matcher.policy_faults import policy_faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.levels import SolvedLevel
    from matcher.problem import MatchingProblem


@dataclass(frozen=True)
class Sofar:
    """What the matching after a level serves: children, and those of the neediest tier."""

    children: int
    first_tier: int

    @classmethod
    def of(cls, problem: MatchingProblem, pledge_of: NDArray[np.int32]) -> Sofar:
        """Count a matching."""
        neediest = problem.tier == problem.tier.min(initial=127)
        covered = pledge_of >= 0
        return cls(int(np.count_nonzero(covered)), int(np.count_nonzero(covered & neediest)))


def solve(
    problem: MatchingProblem,
    policy: Policy | None = None,
    *,
    progress: Callable[[str, float], None] | None = None,
    found: Callable[[Sofar], None] | None = None,
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
    found
        Called after every level with what its matching serves; the sibling rule comes last.

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
    from matcher.pairs import AllPairs, open_pairs  # noqa: PLC0415
    from matcher.siblings import solve_together  # noqa: PLC0415

    started = time.perf_counter()
    policy = policy or Policy()
    faults = problem.validate() or policy_faults(problem, policy)
    if faults:
        raise InvalidProblemError(faults)
    rows = canonical(counted(problem, policy))
    matching = Matching(
        month=problem.month,
        pledge_of=np.empty(0, dtype=np.int32),
        levels=(),
        policy=policy,
        problem_hash=problem.problem_hash(),
        fairest=_fairest(problem, policy, progress),
    )
    fair_served = matching.fair_served(problem)
    if fair_served is not None:
        fair_served = fair_served[rows.kelurahan_rows]
    objectives = Objectives(rows.problem, policy, fair_served)
    if found:
        objectives.watch = lambda pledge_of: found(Sofar.of(rows.problem, pledge_of))
    pairs = open_pairs(objectives)
    notes: tuple[str, ...]
    listed = None if isinstance(pairs, AllPairs) else (pairs.child, pairs.pledge)
    if objectives.counts_rupiah:
        from matcher.rupiah import solve_within_budgets  # noqa: PLC0415

        within = solve_within_budgets(objectives, progress, pairs)
        solved, bounds, notes = within.levels, within.bounds, within.notes
        final = within.pledge_of
    elif not policy.minds_siblings:
        solved = solve_levels(objectives, progress, pairs=pairs)
        bounds, final = [level.bound for level in solved], solved[-1].pledge_of
        notes = ()
    else:
        together = solve_together(objectives, progress, pairs)
        solved, bounds, notes = together.levels, together.bounds, together.notes
        final = together.pledge_of
    levels = [
        _level_result(objectives, name, level, bound, final, rows)
        for name, level, bound in zip(policy.levels, solved, bounds, strict=True)
    ]
    matching = replace(
        matching,
        pledge_of=_as_given(final, rows),
        levels=tuple(levels),
        notes=notes,
        versions=_versions() | {"flow": ", ".join(sorted({level.solver for level in solved}))},
        seconds=time.perf_counter() - started,
        **_candidates_as_given(listed, rows),
    )
    return replace(matching, result_hash=result_hash(problem, matching))


def _fairest(
    problem: MatchingProblem, policy: Policy, progress: Callable[[str, float], None] | None
) -> Matching | None:
    """Return the sharing that floors are taken from, None where the policy has none.

    Pins are left out: what staff demands must not lower what is called fair. Its progress is that
    of the floor at nothing done, so that who cancels is heard.
    """
    if LevelName.FLOOR not in policy.levels:
        return None
    told = progress and (lambda _stage, _share: progress(LevelName.FLOOR.value, 0.0))
    return solve(problem.with_columns(pins=problem.pins[:0]), policy.fairest, progress=told)


def _level_result(
    objectives: Objectives,
    name: LevelName,
    level: SolvedLevel,
    bound: int,
    pledge_of: NDArray[np.int32],
    rows: Canonical,
) -> LevelResult:
    cost = objectives.total_cost(name, pledge_of)
    return LevelResult(
        name=name,
        value=_figures(objectives, name, pledge_of, rows),
        cost=cost,
        bound=bound,
        verified=level.bound,
        status=LevelStatus.OPTIMAL if cost == bound else LevelStatus.GAP,
        gap=(cost - bound) / max(1, abs(cost)),
        proof=Proof.PRICES if bound == level.bound else Proof.BRANCHING,
        certificate=_certificate_as_given(level.certificate, rows),
    )


@cache
def _versions() -> dict[str, str]:
    """Return the versions of the programs that decide a result."""
    found = {"python": platform.python_version()}
    for name in ("numpy", "ortools", "highspy"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _as_given(pledge_of: NDArray[np.int32], rows: Canonical) -> NDArray[np.int32]:
    pledge_rows = np.append(rows.pledge_rows, -1).astype(np.int32)
    given = np.empty_like(pledge_of)
    given[rows.child_rows] = pledge_rows[pledge_of]
    return given


def _candidates_as_given(
    listed: tuple[NDArray[np.int32], NDArray[np.int32]] | None, rows: Canonical
) -> dict[str, Any]:
    """Return the candidates of each child in the rows as given, none if all pairs counted."""
    if listed is None:
        return {}
    child, pledge = rows.child_rows[listed[0]], rows.pledge_rows[listed[1]]
    order = np.argsort(child, kind="stable")
    counts = np.bincount(child, minlength=rows.problem.num_children)
    return {
        "candidate_start": np.concatenate([[0], np.cumsum(counts)]),
        "candidate_pledge": pledge[order].astype(np.int32),
    }


def _certificate_as_given(prices: Certificate, rows: Canonical) -> Certificate:
    columns: dict[str, Any] = {}
    for name, order in (
        ("pledge", rows.pledge_rows),
        ("sponsor", rows.sponsor_rows),
        ("kelurahan", rows.kelurahan_rows),
        ("budget", rows.pledge_rows),
        ("child", rows.child_rows),
        ("household", rows.child_rows),
    ):
        price = getattr(prices, name)
        if price is not None:
            columns[name] = np.empty_like(price)
            columns[name][..., order] = price
    return replace(prices, **columns)


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
