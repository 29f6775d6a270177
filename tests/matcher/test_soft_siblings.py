"""Siblings together as a goal of its own: apart only where the goals before it ask for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.check import ViolationCode, check
from matcher.contrast import Contrast
from matcher.files import result_from_json, result_to_json
from matcher.policy import BudgetRule, LevelName, Policy, Siblings
from matcher.solve import solve
from tests.matcher.months import month
from tests.matcher.oracle import best_keys, keys_of

if TYPE_CHECKING:
    from matcher.problem import MatchingProblem

SOFT = Policy().with_siblings(Siblings.PREFERRED)
EARLY = replace(
    SOFT,
    levels=(
        LevelName.TIER, LevelName.SIBLINGS, LevelName.POINTS, LevelName.AREA, LevelName.LOTTERY,
    ),
)  # fmt: skip
"""Siblings before the need points: a household apart is worse than fewer points."""


def twins(**changes: Any) -> MatchingProblem:
    """Two siblings and two sponsors with a place each."""
    return month(
        2, children=2, pledges=2, places=1, areas=0, household=np.zeros(2, dtype=int),
        tier=np.ones(2), capacity=np.ones(2), sponsor=np.arange(2), sponsor_ids=("S0", "S1"),
        standby=np.zeros(2, dtype=bool), goods=np.zeros(2), bans=np.empty((0, 2)),
        conflicts=np.empty((0, 2)), kept=np.empty((0, 2)), **changes,
    )  # fmt: skip


def apart(problem: MatchingProblem, policy: Policy) -> tuple[int, ...]:
    matching = solve(problem, policy)
    assert check(problem, matching) == []
    level = matching.level(LevelName.SIBLINGS)
    return level.value if level else (-1,)


def test_siblings_are_apart_rather_than_one_waits_and_together_where_that_costs_nothing() -> None:
    problem = twins()
    assert apart(problem, SOFT) == (1,)
    assert solve(problem, SOFT).num_covered == 2
    assert solve(problem, Policy()).num_covered == 1
    roomy = twins().with_columns(capacity=np.array([2, 2]))
    assert apart(roomy, SOFT) == (0,)


def test_a_split_that_no_place_avoids_is_proved_least() -> None:
    matching = solve(twins(), SOFT)
    level = matching.level(LevelName.SIBLINGS)
    assert level is not None
    assert level.cost == level.bound == 1


@pytest.mark.parametrize("policy", [SOFT, EARLY])
@pytest.mark.parametrize("seed", range(6))
def test_the_best_of_all_matchings_level_by_level(seed: int, policy: Policy) -> None:
    problem = month(seed, children=5, pledges=3, places=2, tightness=0.8, siblings=0.6, areas=0.2)
    matching = solve(problem, policy)
    assert check(problem, matching) == []
    assert keys_of(problem, policy, tuple(matching.pledge_of.tolist())) == best_keys(
        problem, policy
    )
    assert matching.is_optimal


@pytest.mark.parametrize("seed", range(4))
def test_as_many_are_served_as_without_the_rule_and_fewer_are_apart(seed: int) -> None:
    problem = month(seed, children=60, pledges=25, places=5, tightness=0.5, siblings=0.5)
    soft, free = solve(problem, SOFT), solve(problem, replace(Policy(), split_siblings=True))
    assert check(problem, soft) == []
    for name in (LevelName.TIER, LevelName.LEXIMIN, LevelName.POINTS, LevelName.WAITING):
        first, second = soft.level(name), free.level(name)
        assert first is not None
        assert second is not None
        assert first.cost == second.cost
    homes = [len({*zip(problem.household[m.pledge_of >= 0].tolist(),
                       problem.sponsor[m.pledge_of[m.pledge_of >= 0]].tolist(), strict=True)})
             for m in (soft, free)]  # fmt: skip
    assert homes[0] <= homes[1]


@pytest.mark.parametrize("rule", [BudgetRule.CLASSES, BudgetRule.FREE])
def test_in_rupiah_too(rule: BudgetRule) -> None:
    problem = month(
        8, children=30, pledges=10, places=3, siblings=0.4, tightness=0.5,
        package_ids=("a", "b"), package=np.arange(30) % 2,
        package_price_rp=np.array([[300_000, 450_000]]),
        budget_rp=np.where(np.arange(10) % 2, 1_000_000, -1),
    )  # fmt: skip
    matching = solve(problem, replace(SOFT, budgets=rule))
    assert check(problem, matching) == []


def test_a_wrong_count_is_refused() -> None:
    file = result_to_json(twins(), solve(twins(), SOFT))
    at = SOFT.levels.index(LevelName.SIBLINGS)
    file["levels"][at]["value"] = [0]
    assert check(*result_from_json(file))[0].code == ViolationCode.WRONG_VALUE


def test_what_if_parts_no_more_siblings_than_it_says() -> None:
    problem = month(5, children=40, pledges=18, places=4, tightness=0.6, siblings=0.1)
    matching = solve(problem, SOFT)
    contrast = Contrast(problem, matching)
    before = matching.level(LevelName.SIBLINGS)
    assert before is not None
    answered = 0
    for child in range(problem.num_children):
        found = contrast.ask(child, child % problem.num_pledges)
        if found is not None and not found.refusals:
            answered += 1
            assert found.price.get(LevelName.SIBLINGS, 0) <= 0
    assert answered > 10


def test_the_goal_needs_siblings_that_may_be_apart() -> None:
    with pytest.raises(ValueError, match="split_siblings"):
        Policy(levels=SOFT.levels)
    assert SOFT.siblings is Siblings.PREFERRED
    assert SOFT.with_siblings(Siblings.TOGETHER) == Policy()
    assert SOFT.with_siblings(Siblings.APART).siblings is Siblings.APART
