"""What places are worth to the month, and where a new sponsor would help most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.budget_moves import BudgetMoves
from matcher.budget_places import BudgetPlaces
from matcher.budgets import counts_rupiah
from matcher.places import Places, PlaceWorth
from matcher.policy import LevelName
from matcher.residual import Residual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

RECRUITED = 5
"""So many new places are looked at in each kelurahan."""


@dataclass(frozen=True)
class Recruitment:
    """What new places of a new sponsor in one kelurahan would bring, one after the other.

    `steps` has for each place what every level gains and the child newly covered, None if others
    only move nearer. Where rupiah count, `rupiah` has what each new package costs a month, and the
    steps are what it brings at least.
    """

    kelurahan: str
    steps: tuple[tuple[dict[LevelName, int], str | None], ...]
    rupiah: tuple[int, ...] = ()

    @property
    def covers(self) -> tuple[str, ...]:
        """The children newly covered, in their order."""
        return tuple(child for _, child in self.steps if child is not None)


def worth_of_places(problem: MatchingProblem, matching: Matching) -> list[PlaceWorth]:
    """Return the exact worth of one place more and one less at each pledge, best first.

    Under the sibling rule siblings stay as they are, so a gain is at least what is said. Where
    rupiah count, it is the fewest rupiah more that cover a child without anybody moving.

    Raises
    ------
    ImprovableError, TooLargeError
        See `Residual`; an unproved level may leave something to improve.
    """
    if counts_rupiah(problem, matching.policy):
        return [
            PlaceWorth(
                where=problem.pledge_ids[pledge],
                gain=more.gain,
                covers=problem.child_ids[more.covers],
                rupiah=more.rupiah,
            )
            for pledge, more in BudgetPlaces(BudgetMoves(problem, matching)).at_pledges()
        ]
    return Places(_residual(problem, matching)).worth()


def recruiting(
    problem: MatchingProblem, matching: Matching, *, places: int = RECRUITED
) -> list[Recruitment]:
    """Return what new places would bring in each kelurahan, the most gaining first.

    Exact, place after place; under the sibling rule, and where rupiah count, at least what is said.

    Raises
    ------
    ImprovableError, TooLargeError
        As in `worth_of_places`.
    """
    found = []
    for kelurahan, steps, rupiah in _new_places(problem, matching, places):
        gain = [steps[0][0].get(name, 0) for name in matching.policy.levels]
        named = tuple((each, problem.child_ids[at] if at >= 0 else None) for each, at in steps)
        recruited = Recruitment(problem.kelurahan_codes[kelurahan], named, rupiah)
        found.append((gain, len(named), recruited))
    found.sort(key=lambda each: each[2].kelurahan)
    found.sort(key=lambda each: each[:2], reverse=True)
    return [each for _, _, each in found]


_Steps = list[tuple[dict[LevelName, int], int]]


def _new_places(
    problem: MatchingProblem, matching: Matching, places: int
) -> Iterator[tuple[int, _Steps, tuple[int, ...]]]:
    """Yield kelurahan where new places cover somebody: (gain, child) of each, rupiah of each."""
    if counts_rupiah(problem, matching.policy):
        rupiah = BudgetPlaces(BudgetMoves(problem, matching))
        for kelurahan in np.unique(problem.kelurahan).tolist():
            more = rupiah.at_new_pledge(kelurahan, places)
            if more:
                steps = [(each.gain, each.covers) for each in more]
                yield kelurahan, steps, tuple(each.rupiah for each in more)
        return
    worth = Places(_residual(problem, matching))
    for kelurahan in worth.residual.places.tolist():
        filled = worth.at_new_pledge(kelurahan, places)
        while filled and filled[-1].covers < 0:
            filled.pop()
        if filled:
            yield kelurahan, [(each.gain, each.covers) for each in filled], ()


def _residual(problem: MatchingProblem, matching: Matching) -> Residual:
    return Residual(problem, matching, hold_siblings=matching.policy.minds_siblings)
