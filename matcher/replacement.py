"""After approval: the smallest change when a pledge ends or a child leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from matcher.explain import Change
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem


@dataclass(frozen=True, eq=False)
class Replacement:
    """A proposal: the matching after it, every change, and who remains without a sponsor.

    Attributes
    ----------
    problem, matching
        The month without what was withdrawn, standby pledges in use; a solved matching of it.
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

    Parameters
    ----------
    withdrawn_pledges, withdrawn_children
        Rows of pledges that ended and children who left.
    settled_children
        Rows of children whose package is already loaded: their pair stays, whatever is withdrawn.
    """
    raise NotImplementedError
