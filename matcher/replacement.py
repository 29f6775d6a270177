"""After approval: the smallest change when a pledge ends or a child leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.changes import Change, changes_between
from matcher.policy import LevelName
from matcher.solve import solve

if TYPE_CHECKING:
    from collections.abc import Collection

    from matcher.matching import Matching
    from matcher.policy import Policy
    from matcher.problem import MatchingProblem


@dataclass(frozen=True, eq=False)
class Replacement:
    """A proposal: the matching after it, every change, and who remains without a sponsor.

    Attributes
    ----------
    problem, matching
        The month with what was withdrawn taken out, the approved pairs as the ones to keep, and
        standby pledges in use; a solved matching of it.
    changes
        All children whose pledge differs, the withdrawn ones included.
    standby_used
        Codes of the standby pledges that step in.
    still_uncovered
        Codes of children who lost their pledge and got none: for the bridge fund.
    """

    problem: MatchingProblem
    matching: Matching
    changes: tuple[Change, ...]
    standby_used: tuple[str, ...]
    still_uncovered: tuple[str, ...]


def replacement(
    problem: MatchingProblem,
    matching: Matching,
    *,
    withdrawn_pledges: Collection[int] = (),
    withdrawn_children: Collection[int] = (),
    settled_children: Collection[int] = (),
) -> Replacement:
    """Propose the fewest changes to approved pairs after withdrawals.

    The month is solved again with one level put first: keep as many approved pairs as possible.
    So nobody is moved who need not be; places that became free go to the next child by the same
    rules; standby pledges step in only for children who lost theirs, by need.

    Parameters
    ----------
    withdrawn_pledges, withdrawn_children
        Rows of pledges that ended and children who left.
    settled_children
        Rows of children whose package is already loaded: their pair stays, whatever is withdrawn.

    Raises
    ------
    ValueError
        A settled child has no pledge, or has left.
    """
    settled = sorted(set(settled_children))
    if any(matching.pledge_of[child] < 0 for child in settled):
        raise ValueError("a settled child has no pledge")
    if set(settled) & set(withdrawn_children):
        raise ValueError("a settled child cannot leave")
    changed = _without(problem, matching, set(withdrawn_pledges), set(withdrawn_children), settled)
    after = solve(changed, _keeping_first(matching.policy))
    changes = tuple(changes_between(problem, matching, after))
    covered = after.pledge_of[after.pledge_of >= 0]
    used_before = np.unique(matching.pledge_of[matching.pledge_of >= 0])
    used = np.setdiff1d(covered[problem.standby[covered]], used_before)
    gone = {problem.child_ids[child] for child in withdrawn_children}
    return Replacement(
        problem=changed,
        matching=after,
        changes=changes,
        standby_used=tuple(problem.pledge_ids[pledge] for pledge in used.tolist()),
        still_uncovered=tuple(
            change.child_id
            for change in changes
            if change.after is None and change.child_id not in gone
        ),
    )


def _keeping_first(policy: Policy) -> Policy:
    others = tuple(name for name in policy.levels if name is not LevelName.KEPT)
    return replace(policy, levels=(LevelName.KEPT, *others), use_standby=True)


def _without(
    problem: MatchingProblem,
    matching: Matching,
    withdrawn_pledges: set[int],
    withdrawn_children: set[int],
    settled: list[int],
) -> MatchingProblem:
    """Return the month without what was withdrawn, its approved pairs the ones to keep.

    Rows stay where they are. A child who left may have nobody; an ended pledge has only the
    places of its settled children.
    """
    pledge_of = matching.pledge_of.tolist()
    capacity = problem.capacity.copy()
    held = np.bincount([pledge_of[child] for child in settled], minlength=problem.num_pledges)
    for pledge in withdrawn_pledges:
        capacity[pledge] = held[pledge]
    pins = dict(problem.pins.tolist())
    pins = {
        child: pledge
        for child, pledge in pins.items()
        if child not in withdrawn_children and pledge not in withdrawn_pledges
    }
    pins |= {child: pledge_of[child] for child in settled}
    kept = [
        (child, pledge)
        for child, pledge in enumerate(pledge_of)
        if pledge >= 0 and child not in withdrawn_children and pledge not in withdrawn_pledges
    ]
    leaving = [
        (child, sponsor)
        for child in sorted(withdrawn_children)
        for sponsor in range(problem.num_sponsors)
    ]
    waiting = [child for child, pledge in enumerate(pledge_of) if pledge < 0]
    spare = np.setdiff1d(np.flatnonzero(problem.standby), matching.pledge_of).tolist()
    bans = [*map(tuple, problem.bans.tolist()), *((c, p) for c in waiting for p in spare)]
    conflicts = [*map(tuple, problem.conflicts.tolist()), *leaving]
    return problem.with_columns(
        capacity=capacity,
        pins=np.array(sorted(pins.items()), dtype=np.int64).reshape(-1, 2),
        kept=np.array(kept, dtype=np.int64).reshape(-1, 2),
        bans=np.array(bans, dtype=np.int64).reshape(-1, 2),
        conflicts=np.array(conflicts, dtype=np.int64).reshape(-1, 2),
    )
