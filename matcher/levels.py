"""Level by level on the optimal face: the best matching without the sibling rule."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from matcher.face import Face, sponsor_bound
from matcher.fast_flow import WORTH_LOADING, solve_flow
from matcher.flow import LevelCosts, assign
from matcher.pairs import open_pairs
from matcher.prices import recover_prices
from matcher.warm import is_warm

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.matching import Certificate
    from matcher.objectives import Blend, Objectives
    from matcher.pairs import ListedPairs
    from matcher.policy import LevelName
    from matcher.problem import MatchingProblem


class FlowSolver(StrEnum):
    """Which program finds a level's flow; both give the same cost and the same prices."""

    COMPILED = "asuh compiled"
    OR_TOOLS = "OR-Tools SimpleMinCostFlow"


NEVER = np.int64(2**52)
"""Price of waiting for a child who may not wait; above every sum of costs along a path."""


@dataclass(frozen=True, eq=False)
class SolvedLevel:
    """One level's optimum on the face before it, and the prices that prove it.

    `child_price` is the least each child can cost under the prices; `solver` found the flow.
    """

    goal: LevelName | Blend
    pledge_of: NDArray[np.int32]
    cost: int
    bound: int
    certificate: Certificate
    child_price: NDArray[np.int64]
    solver: FlowSolver


@dataclass(eq=False)
class State:
    """What is still open before a level: bounds and pairs."""

    face: Face
    pairs: ListedPairs

    def copy(self) -> State:
        """Return an independent copy."""
        return State(copy.copy(self.face), self.pairs.copy())

    def narrow(self, objectives: Objectives, level: SolvedLevel) -> None:
        """Keep only what is tight under a solved level's prices."""
        prices = level.certificate
        self.pairs.narrow(level.goal, child_price=level.child_price, pledge_price=prices.pledge)
        self.face.narrow(
            problem=objectives.problem,
            prices=prices,
            child_price=level.child_price,
            uncovered_cost=objectives.uncovered_cost(level.goal),
            kelurahan_steps=objectives.kelurahan_steps(level.goal),
            sponsor_step=objectives.sponsor_step(level.goal),
        )


def solve_levels(
    objectives: Objectives,
    progress: Callable[[str, float], None] | None = None,
    states: list[State] | None = None,
    pairs: ListedPairs | None = None,
) -> list[SolvedLevel]:
    """Return every level's optimum, each over the matchings best in all levels before.

    What was open before each level is appended to `states`, if given. `pairs` are those chosen
    among; by default `open_pairs`.
    """
    state = State(Face.whole(objectives.problem), pairs or open_pairs(objectives))
    solved: list[SolvedLevel] = []
    names = objectives.policy.levels
    for number, name in enumerate(names):
        if progress:
            progress(name.value, number / len(names))
        if states is not None:
            states.append(state)
            state = state.copy()
        solved.append(solve_level(objectives, name, state))
        if objectives.watch:
            objectives.watch(solved[-1].pledge_of)
    return solved


def solve_level(
    objectives: Objectives, goal: LevelName | Blend, state: State, *, narrow: bool = True
) -> SolvedLevel:
    """Solve one level on a face, and narrow what is open to its optima."""
    problem, face, pairs = objectives.problem, state.face, state.pairs
    start = None
    while True:
        costs = LevelCosts(
            pairs.child,
            pairs.pledge,
            pairs.working_cost(goal),
            objectives.uncovered_cost(goal),
            objectives.kelurahan_steps(goal),
            objectives.sponsor_step(goal),
        )
        pledge_of, prices = start = best_flow(problem, face, costs, start)
        waiting = costs.uncovered + prices.kelurahan[problem.kelurahan]
        waiting[~face.may_wait] = NEVER
        child_price = pairs.child_price(costs.pair, prices.pledge, waiting)
        if not pairs.join_cheaper(goal, child_price=child_price, pledge_price=prices.pledge):
            break
    solved = SolvedLevel(
        goal,
        pledge_of,
        objectives.total_cost(goal, pledge_of),
        dual_bound(objectives, goal, face, prices, child_price),
        prices,
        child_price,
        flow_solver(pairs.child.size),
    )
    if narrow:
        state.narrow(objectives, solved)
    return solved


def flow_solver(num_pairs: int) -> FlowSolver:
    """Return who solves a flow of so many pairs: ours where it is compiled and worth loading."""
    is_ours = num_pairs >= WORTH_LOADING and is_warm()
    return FlowSolver.COMPILED if is_ours else FlowSolver.OR_TOOLS


def best_flow(
    problem: MatchingProblem,
    face: Face,
    costs: LevelCosts,
    start: tuple[NDArray[np.int32], Certificate] | None = None,
) -> tuple[NDArray[np.int32], Certificate]:
    """Return the pledge of each child at least cost on a face, and the smallest prices.

    `start` may help the compiled solver; both give the same prices, so that the same pairs stay
    open.
    """
    if flow_solver(costs.child.size) is FlowSolver.COMPILED:
        return solve_flow(problem, face, costs, start)
    pledge_of = assign(problem, face, costs)
    return pledge_of, recover_prices(problem, face, costs, pledge_of)


def dual_bound(
    objectives: Objectives,
    goal: LevelName | Blend,
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
        face.sponsor_low, face.sponsor_high, prices.sponsor, objectives.sponsor_step(goal)
    )
    start, step = objectives.kelurahan_steps(goal)
    owner = np.repeat(np.arange(problem.num_kelurahan), np.diff(start))
    nth = np.arange(step.size) - start[:-1][owner] + 1
    gain = step - prices.kelurahan[owner]
    within = (nth <= face.waiting_low[owner]) | ((gain < 0) & (nth <= face.waiting_high[owner]))
    return bound + int(gain[within].sum())


def near_pairs(level: SolvedLevel, state: State, *, within: int) -> ListedPairs | None:
    """Return the open pairs whose reduced cost is at most `within`; None if they are too many."""
    return state.pairs.near(
        level.goal,
        child_price=level.child_price,
        pledge_price=level.certificate.pledge,
        within=within,
    )
