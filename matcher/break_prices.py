"""What every pair of last month that may break brings: the exact price curve.

Need points lost against pairs broken, over all matchings of a month, each point a matching. Between
two neighbours no matching lies below their line: the curve is the lower hull of all that can be,
found by solving flows in which a broken pair weighs ever more (Eisner and Severance 1976).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.budgets import counted
from matcher.canonical import canonical
from matcher.face import Face
from matcher.levels import State, solve_level
from matcher.objectives import Blend, Objectives
from matcher.pairs import open_pairs
from matcher.policy import BudgetRule, LevelName
from matcher.sibling_binding import split_households

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.policy import Policy
    from matcher.problem import MatchingProblem

MOST_POINTS = 200
"""A curve with more corners than that is cut short; no city has them."""


@dataclass(frozen=True, order=True)
class BreakPrice:
    """One corner: pairs of last month broken, need points of the children served, and these.

    `is_exact` is False where the matching splits siblings that the policy keeps together: then no
    matching is better than the curve, but one as good may not exist.
    """

    breaks: int
    points: int
    children: int
    is_exact: bool


def break_prices(problem: MatchingProblem, policy: Policy) -> list[BreakPrice]:
    """Return the corners of the curve, the fewest breaks first.

    From the fewest breaks that can be had to the fewest at which the most points are served. The
    price of a pair between two corners is their points' difference by their breaks' difference.
    Pledges in rupiah count as whole places here.
    """
    rules = replace(
        policy,
        levels=(LevelName.TIER, LevelName.POINTS, LevelName.KEPT, LevelName.LOTTERY),
        budgets=BudgetRule.UNIFORM,
    )
    curve = _Curve(Objectives(canonical(counted(problem, rules)).problem, rules))
    first = curve.end(LevelName.KEPT, LevelName.POINTS)
    last = curve.end(LevelName.POINTS, LevelName.KEPT)
    corners = {first, last}
    open_ = [(first, last)]
    while open_ and len(corners) < MOST_POINTS:
        left, right = open_.pop()
        between = curve.between(left, right)
        if between is not None:
            corners.add(between)
            open_ += [(left, between), (between, right)]
    return sorted(corners)


class _Curve:
    """Flows over all matchings of one month."""

    def __init__(self, objectives: Objectives) -> None:
        self.objectives = objectives
        self.pairs = open_pairs(objectives)

    def end(self, first: LevelName, second: LevelName) -> BreakPrice:
        """Return the corner that is best in one, then in the other."""
        state = self._whole()
        solve_level(self.objectives, first, state)
        return self._corner(solve_level(self.objectives, second, state).pledge_of)

    def between(self, left: BreakPrice, right: BreakPrice) -> BreakPrice | None:
        """Return a corner below the line through two, None if there is none."""
        breaks, points = right.breaks - left.breaks, right.points - left.points
        if breaks <= 1 or points <= 0:
            return None
        goal = Blend(LevelName.POINTS, ((LevelName.KEPT, points),), breaks)
        found = self._corner(
            solve_level(self.objectives, goal, self._whole(), narrow=False).pledge_of
        )
        above = (found.points - left.points) * breaks - (found.breaks - left.breaks) * points
        return found if above > 0 else None

    def _whole(self) -> State:
        return State(Face.whole(self.objectives.problem), self.pairs.copy())

    def _corner(self, pledge_of: NDArray[np.int32]) -> BreakPrice:
        problem = self.objectives.problem
        served = pledge_of >= 0
        stands = pledge_of[problem.kept[:, 0]] == problem.kept[:, 1]
        apart = split_households(self.objectives, pledge_of).size
        return BreakPrice(
            breaks=int(np.count_nonzero(~stands)),
            points=int(problem.points[served].sum(dtype=np.int64)),
            children=int(np.count_nonzero(served)),
            is_exact=self.objectives.policy.split_siblings or not apart,
        )
