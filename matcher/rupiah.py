"""Pledges that count in rupiah: a good matching within all budgets, and a bound for every level.

With packages at different prices the levels are no flows any more (the multiple knapsack and the
generalised assignment problem). So (1) solve without the budgets; if they hold, all is proved.
(2) Else begin with whole places at the dearest package, and let two pledges at a time share out
anew what they have. (3) Where the month is small enough, improve level by level with HiGHS, what
the levels before have reached being held.
(4) Bound every level by Lagrangian relaxation of budgets and of the levels before it: prices from a
linear relaxation, the bound itself from the flow over all pairs, so that the checker can repeat it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.budget_exchange import exchanged
from matcher.effort import EFFORT_UNIT, Effort
from matcher.face import Face
from matcher.levels import State, solve_level, solve_levels
from matcher.objectives import Blend, Objectives
from matcher.pairs import ListedPairs, open_pairs
from matcher.policy import BudgetRule, LevelName
from matcher.sibling_binding import split_households
from matcher.siblings import TIME_RAN_OUT, Together, solve_together

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.levels import SolvedLevel
    from matcher.sibling_model import Model

NEAREST = 16
ELSEWHERE = 8
"""Pledges per child that are searched among: the nearest, and some of the others."""
ALL_SEARCHED = 40_000
"""Up to so many allowed pairs, all are searched among."""
STARTING = 0.2
"""Share of the effort for proving the sibling rule in the starting matching."""
EXCHANGING = 0.3
"""Share of the effort for sharing out anew, two pledges at a time."""
PATIENCE = 0.4
"""Share of the effort left that one part of a level may take."""
FINEST = 64
LARGEST_COST = 1 << 40
WIDEST = 20_000
"""Columns of a model beyond which HiGHS finds nothing better in the effort that there is."""
UNSEARCHED = (LevelName.LOTTERY,)
"""Levels that decide nothing worth a search."""


def solve_within_budgets(
    objectives: Objectives,
    progress: Callable[[str, float], None] | None = None,
    pairs: ListedPairs | None = None,
) -> Together:
    """Solve all levels under the rule that no pledge spends more than its budget."""
    policy = objectives.policy
    effort = Effort.of(policy.search_effort * EFFORT_UNIT, policy.sibling_seconds)
    relaxed = _without_budgets(objectives, progress, pairs)
    if relaxed is not None:
        return relaxed
    start, is_late = _start(objectives)
    run = _Run(objectives, start, effort)
    run.begin()
    names = objectives.policy.levels
    for number, name in enumerate(names):
        if progress:
            progress(name.value, number / len(names))
        run.search(name)
        if objectives.watch:
            objectives.watch(run.pledge_of)
    bounded = [run.bound(number) for number in range(len(names))]
    if is_late or effort.has_blown or run.bounding.has_blown:
        run.notes.append(TIME_RAN_OUT)
    levels, bounds = [level for level, _ in bounded], [bound for _, bound in bounded]
    return Together(run.pledge_of, levels, bounds, tuple(run.notes))


def _without_budgets(
    objectives: Objectives,
    progress: Callable[[str, float], None] | None,
    pairs: ListedPairs | None,
) -> Together | None:
    """Return the proved optimum without budgets if it keeps them, None if not."""
    start = pairs.copy() if pairs else None
    levels = solve_levels(objectives, progress, pairs=start)
    pledge_of = levels[-1].pledge_of
    apart = objectives.policy.minds_siblings and split_households(objectives, pledge_of).size
    if not objectives.budgets.hold(pledge_of):
        return None
    if not apart:
        return Together(pledge_of, levels, [level.bound for level in levels], ())
    together = solve_together(objectives, progress, pairs)
    return together if objectives.budgets.hold(together.pledge_of) else None


def _start(objectives: Objectives) -> tuple[NDArray[np.int32], bool]:
    """Return the best matching with whole places at the dearest package, and if time ran out.

    Pins come first.
    """
    problem, budgets = objectives.problem, objectives.budgets
    pinned = np.full(problem.num_children, -1, dtype=np.int32)
    pinned[problem.pins[:, 0]] = problem.pins[:, 1]
    places = (budgets.limit - budgets.spent(pinned)) // budgets.price.max(axis=1)
    places += np.bincount(problem.pins[:, 1], minlength=problem.num_pledges)
    capacity = np.where(budgets.bound, np.minimum(problem.capacity, places), problem.capacity)
    policy = replace(
        objectives.policy,
        budgets=BudgetRule.UNIFORM,
        search_effort=round(STARTING * objectives.policy.search_effort),
    )
    whole = Objectives(problem.with_columns(capacity=capacity), policy, objectives.fair_served)
    if not policy.minds_siblings:
        return solve_levels(whole)[-1].pledge_of, False
    together = solve_together(whole)
    return together.pledge_of, TIME_RAN_OUT in together.notes


class _Run:
    """One matching that is improved level by level, and then bounded."""

    def __init__(
        self, objectives: Objectives, pledge_of: NDArray[np.int32], effort: Effort
    ) -> None:
        self.objectives = objectives
        self.pledge_of = pledge_of
        self.effort = effort
        self.bounding = Effort(objectives.policy.search_effort * EFFORT_UNIT, effort.ends)
        self.limit = objectives.budgets.rows[1]
        self.face = Face.whole(objectives.problem)
        self.state = State(self.face, open_pairs(objectives))
        self.pairs, self.is_complete = _searched(objectives, pledge_of)
        self.model = self._new_model()
        self.least: dict[LevelName, list[tuple[NDArray[np.float64], int]]] = {}
        """For each level the costs of its parts, and what no matching can cost less there."""
        self.notes: list[str] = []

    def _new_model(self) -> Model | None:
        try:
            from matcher.sibling_model import Model  # noqa: PLC0415  (optional solver)
        except ImportError:
            return None
        return Model(self.objectives, self.pairs, self.face)

    def begin(self) -> None:
        """Improve the matching where two pledges can share out anew what they have."""
        with self.effort.only(EXCHANGING) as effort:
            self.pledge_of = exchanged(self.objectives, self.pairs, self.pledge_of, effort)
        if self.objectives.watch:
            self.objectives.watch(self.pledge_of)

    def search(self, name: LevelName) -> None:
        """Improve the matching on a level, part by part, as far as the time goes."""
        if self.model is None or name in UNSEARCHED or self.model.at[-1] > WIDEST:
            return
        for part in self.model.parts(name):
            least = 0
            if self.model.value(part, self.pledge_of) > 0:
                with self.effort.only(PATIENCE) as effort:
                    self.pledge_of, least = self.model.best(part, self.pledge_of, effort)
            self.model.hold(part, self.pledge_of)
            self.least.setdefault(name, []).append((part, least))

    def bound(self, number: int) -> tuple[SolvedLevel, int]:
        """Return a level as prices prove it, and the best bound, theirs or a search's."""
        name = self.objectives.policy.levels[number]
        level = self._by_flow(Blend(name, (), 1, (0,) * self.limit.size))
        cost = self.objectives.total_cost(name, self.pledge_of)
        if level.bound < cost and name is not LevelName.LEXIMIN:
            priced = self._by_prices(number)
            if priced is not None and priced.bound > level.bound:
                level = priced
        searched = self._by_search(name, cost) if self.is_complete else 0
        best = max(searched, level.bound)
        if best < cost:
            self.notes.append(f"budgets.unproved.{name.value}")
        return level, best

    def _by_search(self, name: LevelName, cost: int) -> int:
        """Return the bound that a search over all pairs gives for a level.

        A part counts only where those before it are proved. A child outweighs all tiers below its
        own, so that parts of the tiers add up; shares have no sum short of all.
        """
        parts = self.least.get(name, [])
        if self.model is None or not parts:
            return 0
        reached = [(self.model.value(part, self.pledge_of), least) for part, least in parts]
        if all(value == least for value, least in reached):
            return cost
        if name is LevelName.LEXIMIN:
            return 0
        if name is not LevelName.TIER:
            return reached[0][1]
        tier = self.objectives.problem.tier
        weight = self.objectives.uncovered_cost(name)
        bound = 0
        for number, (value, least) in zip(np.unique(tier).tolist(), reached, strict=True):
            bound += min(value, least) * int(weight[tier == number].max())
            if least < value:
                break
        return bound

    def _by_flow(self, goal: Blend) -> SolvedLevel:
        """Return the bound that the flow over all pairs gives for a level with its prices."""
        objectives = self.objectives
        solved = solve_level(objectives, goal, self.state, narrow=False)
        bound = solved.bound
        for name, by in goal.multipliers:
            bound -= by * objectives.total_cost(name, self.pledge_of)
        limits = zip(goal.rupiah, self.limit.ravel().tolist(), strict=True)
        bound -= sum(price * limit for price, limit in limits)
        prices = replace(
            solved.certificate,
            multipliers=goal.multipliers,
            scale=goal.scale,
            budget=np.array(goal.rupiah, dtype=np.int64).reshape(self.limit.shape),
        )
        return replace(solved, bound=-(-bound // goal.scale), certificate=prices)

    def _by_prices(self, number: int) -> SolvedLevel | None:
        """Return the bound with the linear relaxation's prices; None if there are none."""
        if self.model is None:
            return None
        from matcher.budget_prices import relaxed_prices  # noqa: PLC0415  (optional solver)

        names = self.objectives.policy.levels
        found = relaxed_prices(
            self.objectives,
            self.pairs,
            names[number],
            names[:number],
            pledge_of=self.pledge_of,
            effort=self.bounding,
        )
        if found is None:
            return None
        goal = self._whole(names[number], names[:number], *found)
        return None if goal is None else self._by_flow(goal)

    def _whole(
        self,
        name: LevelName,
        held: tuple[LevelName, ...],
        multipliers: NDArray[np.float64],
        rupiah: NDArray[np.float64],
    ) -> Blend | None:
        """Return the level with its prices as whole numbers, as fine as they stay small."""
        weight = self.objectives.budgets.rows[0].max(axis=2, initial=0).ravel()
        scale = FINEST
        while scale:
            by = np.rint(multipliers * scale)
            price = np.rint(rupiah * scale)
            largest = scale * self._largest(name) + float((price * weight).sum())
            largest += sum(
                float(each) * self._largest(level) for each, level in zip(by, held, strict=True)
            )
            if largest <= LARGEST_COST:
                terms = tuple(
                    (level, int(each)) for level, each in zip(held, by, strict=True) if each > 0
                )
                return Blend(name, terms, scale, tuple(int(each) for each in price))
            scale //= 4
        return None

    def _largest(self, name: LevelName) -> float:
        objectives = self.objectives
        steps = objectives.kelurahan_steps(name)[1]
        return float(
            max(
                objectives.largest_pair_cost(name),
                int(objectives.uncovered_cost(name).max(initial=0)),
                int(steps.max(initial=0)),
                objectives.problem.num_children * objectives.sponsor_step(name),
            )
        )


def _searched(objectives: Objectives, pledge_of: NDArray[np.int32]) -> tuple[ListedPairs, bool]:
    """Return the pairs to search among, and whether they are all that the rules allow."""
    problem = objectives.problem
    allowed = open_pairs(objectives)
    options = [allowed.options(child) for child in range(problem.num_children)]
    is_complete = sum(option.size for option in options) <= ALL_SEARCHED
    rng = np.random.default_rng(objectives.policy.seed)
    children, pledges = [], []
    for child, option in enumerate(options):
        chosen = option
        if not is_complete and option.size > NEAREST + ELSEWHERE:
            distance = problem.distance_hm(np.full(option.size, child), option)
            near = np.argpartition(distance, NEAREST)[:NEAREST]
            far = rng.integers(0, option.size, ELSEWHERE)
            own = np.isin(option, [pledge_of[child], objectives.kept_of[child]])
            chosen = option[np.unique(np.concatenate([near, far, np.flatnonzero(own)]))]
        children.append(np.full(chosen.size, child, dtype=np.int32))
        pledges.append(np.sort(chosen).astype(np.int32))
    nothing = np.empty(0, dtype=np.int32)
    pairs = ListedPairs(
        objectives, np.concatenate([nothing, *children]), np.concatenate([nothing, *pledges])
    )
    return pairs, is_complete
