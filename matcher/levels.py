"""Level by level on the optimal face: the best matching without the sibling rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.face import Face, sponsor_bound
from matcher.flow import LevelCosts, assign
from matcher.objectives import Objectives
from matcher.pairs import AllPairs
from matcher.policy import LevelName
from matcher.prices import recover_prices

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.matching import Certificate

NEVER = np.int64(2**52)
"""Price of waiting for a child who may not wait; above every sum of costs along a path."""


@dataclass(frozen=True, eq=False)
class SolvedLevel:
    """One level's optimum on the face before it, and the prices that prove it."""

    name: LevelName
    pledge_of: NDArray[np.int32]
    cost: int
    bound: int
    certificate: Certificate


def solve_levels(
    objectives: Objectives, progress: Callable[[str, float], None] | None = None
) -> list[SolvedLevel]:
    """Return every level's optimum, each over the matchings best in all levels before."""
    face = Face.whole(objectives.problem)
    pairs = AllPairs(objectives)
    solved: list[SolvedLevel] = []
    names = objectives.policy.levels
    for number, name in enumerate(names):
        if progress:
            progress(name.value, number / len(names))
        solved.append(solve_level(objectives, name, face, pairs))
    return solved


def solve_level(
    objectives: Objectives, name: LevelName, face: Face, pairs: AllPairs
) -> SolvedLevel:
    """Solve one level on a face, and narrow face and pairs to its optima."""
    problem = objectives.problem
    while True:
        costs = LevelCosts(
            pairs.child,
            pairs.pledge,
            pairs.working_cost(name),
            objectives.uncovered_cost(name),
            objectives.kelurahan_steps(name),
            objectives.sponsor_step(name),
        )
        pledge_of = assign(problem, face, costs)
        prices = recover_prices(problem, face, costs, pledge_of)
        waiting = costs.uncovered + prices.kelurahan[problem.kelurahan]
        waiting[~face.may_wait] = NEVER
        child_price = pairs.child_price(costs.pair, prices.pledge, waiting)
        if not pairs.join_cheaper(name, child_price=child_price, pledge_price=prices.pledge):
            break
    bound = dual_bound(objectives, name, face, prices, child_price)
    pairs.narrow(name, child_price=child_price, pledge_price=prices.pledge)
    face.narrow(
        problem=problem,
        prices=prices,
        child_price=child_price,
        uncovered_cost=costs.uncovered,
        kelurahan_steps=costs.steps,
        sponsor_step=costs.sponsor_step,
    )
    return SolvedLevel(name, pledge_of, objectives.total_cost(name, pledge_of), bound, prices)


def dual_bound(
    objectives: Objectives,
    name: LevelName,
    face: Face,
    prices: Certificate,
    child_price: NDArray[np.int64],
) -> int:
    """Return the Lagrangian bound of a level: no matching on the face costs less."""
    problem = objectives.problem
    loss = prices.sponsor[problem.sponsor] - prices.pledge
    load = np.where(loss < 0, face.pledge_high, face.pledge_low)
    bound = int(child_price.sum()) + int((loss * load).sum())
    bound += sponsor_bound(
        face.sponsor_low, face.sponsor_high, prices.sponsor, objectives.sponsor_step(name)
    )
    start, step = objectives.kelurahan_steps(name)
    owner = np.repeat(np.arange(problem.num_kelurahan), np.diff(start))
    nth = np.arange(step.size) - start[:-1][owner] + 1
    gain = step - prices.kelurahan[owner]
    within = (nth <= face.waiting_low[owner]) | ((gain < 0) & (nth <= face.waiting_high[owner]))
    return bound + int(gain[within].sum())
