"""What if a child went to another pledge: the answer, who gives it at once, solving again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from matcher.budgets import counted, counts_rupiah
from matcher.changes import changes_between, price_between
from matcher.eligibility import Refusal, refusals
from matcher.faults import InvalidProblemError

if TYPE_CHECKING:
    from matcher.budget_moves import BudgetMoves
    from matcher.contrast import Contrast
    from matcher.matching import Matching
    from matcher.policy import LevelName
    from matcher.problem import MatchingProblem

SEARCH_EFFORT = 1
"""Most work that one what-if spends on proving the sibling rule (`Policy.search_effort`)."""


@dataclass(frozen=True)
class WhatIf:
    """What would change if a child went to a pledge: allowed or refused, price, who moves.

    The price is by how much each level costs more, equal levels left out; `is_exact` tells whether
    it is the least price (else it is one that certainly suffices, and solving again tells).
    """

    child_id: str
    pledge_id: str
    refusals: tuple[str, ...]
    price: dict[LevelName, int]
    moves: tuple[tuple[str, str | None, str | None], ...]
    is_exact: bool = True


STAFF_MAY_ASK = (Refusal.PINNED_ELSEWHERE, Refusal.STANDBY)
"""A pin asks for standby pledges too, and takes the place of an earlier pin."""


def questions(problem: MatchingProblem, matching: Matching) -> Contrast | BudgetMoves:
    """Return who answers what-ifs of a solved month at once: along paths, or in rupiah by exchange.

    Raises
    ------
    TooLargeError
        Only solving again tells.
    """
    from matcher.budget_moves import BudgetMoves  # noqa: PLC0415  (both answer with our WhatIf)
    from matcher.contrast import Contrast  # noqa: PLC0415

    if counts_rupiah(problem, matching.policy):
        return BudgetMoves(problem, matching)
    return Contrast(problem, matching)


def what_if(problem: MatchingProblem, matching: Matching, child: int, pledge: int) -> WhatIf:
    """Return what giving one child to one pledge would cost, and who would move.

    The month is solved again with the pair pinned, so the price is exact where all levels of both
    months are proved; else certainly enough, because proving would take more than `SEARCH_EFFORT`.
    """
    from matcher.solve import solve  # noqa: PLC0415  (explaining needs no solver otherwise)

    names = problem.child_ids[child], problem.pledge_ids[pledge]
    pins = problem.pins[problem.pins[:, 0] != child].tolist()
    asked = problem.with_columns(pins=[*pins, (child, pledge)])
    refused = tuple(
        refusal.value
        for refusal in refusals(counted(problem, matching.policy), matching.policy, child, pledge)
        if refusal not in STAFF_MAY_ASK
    )
    if not refused:
        refused = tuple(fault.sentence_code for fault in asked.validate())
    if refused:
        return WhatIf(*names, refused, {}, ())
    try:
        effort = min(matching.policy.search_effort, SEARCH_EFFORT)
        other = solve(asked, replace(matching.policy, search_effort=effort))
    except InvalidProblemError as error:
        return WhatIf(*names, tuple(fault.sentence_code for fault in error.faults), {}, ())
    moves = tuple(
        (change.child_id, change.before, change.after)
        for change in changes_between(problem, matching, other)
    )
    is_exact = other.is_optimal and matching.is_optimal
    return WhatIf(*names, (), price_between(matching, other), moves, is_exact=is_exact)
