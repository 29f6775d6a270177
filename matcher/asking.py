"""Who answers what-ifs of a solved month: along paths, in rupiah by exchange, or solving again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.budget_moves import BudgetMoves
from matcher.budgets import counted, counts_rupiah
from matcher.changes import changes_between, price_between
from matcher.contrast import Contrast
from matcher.eligibility import refusals
from matcher.faults import InvalidProblemError
from matcher.what_if import STAFF_MAY_ASK, WhatIf

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.matching import Matching
    from matcher.problem import MatchingProblem


def questions(problem: MatchingProblem, matching: Matching) -> Contrast | BudgetMoves:
    """Return who answers what-ifs of a solved month at once: along paths, or in rupiah by exchange.

    Raises
    ------
    TooLargeError
        Only solving again tells.
    """
    if counts_rupiah(problem, matching.policy):
        return BudgetMoves(problem, matching)
    return Contrast(problem, matching)


def what_if(
    problem: MatchingProblem,
    matching: Matching,
    child: int,
    pledge: int,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> WhatIf:
    """Return what giving one child to one pledge would cost, and who would move.

    The month is solved again with the pair pinned, with the search that its policy allows (a tenth
    of it would call for children to lose their places who need not), so the price is exact where
    all levels of both months are proved; else certainly enough. `progress` is that of `solve`.
    """
    from matcher.solve import solve  # noqa: PLC0415  (what is answered at once needs no solver)

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
        other = solve(asked, matching.policy, progress=progress)
    except InvalidProblemError as error:
        return WhatIf(*names, tuple(fault.sentence_code for fault in error.faults), {}, ())
    moves = tuple(
        (change.child_id, change.before, change.after)
        for change in changes_between(problem, matching, other)
    )
    is_exact = other.is_optimal and matching.is_optimal
    return WhatIf(*names, (), price_between(matching, other), moves, is_exact=is_exact)
