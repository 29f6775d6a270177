"""What if a child went to another pledge: answered along one cheapest path, without solving."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matcher.eligibility import refusals
from matcher.objectives import times_apart
from matcher.residual import FAR, ImprovableError, Residual
from matcher.what_if import STAFF_MAY_ASK, WhatIf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.matching import Matching
    from matcher.problem import MatchingProblem


class Contrast:
    """Questions about one solved month; worked out once, then a question takes milliseconds.

    Raises
    ------
    TooLargeError
        See `Residual`.
    """

    def __init__(self, problem: MatchingProblem, matching: Matching) -> None:
        self.problem = problem
        self.matching = matching
        self.siblings = self._who_has_siblings()
        self.free = Residual(problem, matching)

    @cached_property
    def held(self) -> Residual:
        """The network in which every move keeps the sibling rule."""
        if not self.siblings.any():
            return self.free
        return Residual(self.problem, self.matching, hold_siblings=True)

    @cached_property
    def _best_of_their_kind(self) -> tuple[Residual, ...]:
        """The networks that show no better month; the sibling rule or an unproved level may."""
        found = []
        for residual in dict.fromkeys((self.free, self.held)):
            try:
                _ = residual.potential
            except ImprovableError:
                continue
            found.append(residual)
        return tuple(found)

    def _who_has_siblings(self) -> NDArray[np.bool_]:
        if not self.matching.policy.minds_siblings:
            return np.zeros(self.problem.num_children, dtype=np.bool_)
        _, group, size = np.unique(self.problem.household, return_inverse=True, return_counts=True)
        has: NDArray[np.bool_] = size[group] > 1
        return has

    def ask(self, child: int, pledge: int) -> WhatIf | None:
        """Return what giving a child to a pledge changes; None where only solving again tells.

        That is so for a child whose sibling is with another sponsor, and where no path is found
        that keeps the sibling rule.
        """
        problem = self.problem
        names = problem.child_ids[child], problem.pledge_ids[pledge]
        found = tuple(
            refusal.value
            for refusal in refusals(problem, self.matching.policy, child, pledge)
            if refusal not in STAFF_MAY_ASK
        )
        if found:
            return WhatIf(*names, found, {}, ())
        if int(self.matching.pledge_of[child]) == pledge:
            return WhatIf(*names, (), {}, ())
        for residual in self._best_of_their_kind:
            after = _after(residual, child, pledge)
            if after is not None and self._keeps_siblings(after):
                is_exact = residual is self.free and not self._apart
                return WhatIf(*names, (), residual.price(after), self._moves(after), is_exact)
        return None

    def _keeps_siblings(self, pledge_of: NDArray[np.int64]) -> bool:
        if not self.siblings.any():
            return True
        return times_apart(self.problem, pledge_of) <= self._apart

    @cached_property
    def _apart(self) -> int:
        """How often siblings are apart now: never where the rule is hard."""
        if not self.siblings.any():
            return 0
        return times_apart(self.problem, self.matching.pledge_of)

    def _moves(self, after: NDArray[np.int64]) -> tuple[tuple[str, str | None, str | None], ...]:
        names = (*self.problem.pledge_ids, None)
        before = self.matching.pledge_of
        return tuple(
            (self.problem.child_ids[child], names[int(before[child])], names[int(after[child])])
            for child in np.flatnonzero(before != after).tolist()
        )


def _after(residual: Residual, child: int, pledge: int) -> NDArray[np.int64] | None:
    """Return the best matching with a child at a pledge; None if it cannot be reached."""
    goal = int(residual.location[child])
    least, before = residual.distances(pledge, target=goal)
    if least[0, goal] > FAR:
        return None
    after = residual.pledge_of.copy()
    for mover, to in residual.path(before, pledge, goal).moves:
        after[mover] = to
    after[child] = pledge
    return after
