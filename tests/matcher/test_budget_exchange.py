"""Sharing out anew between two pledges, against every matching of small months."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.budget_exchange import exchanged
from matcher.budgets import counted
from matcher.canonical import canonical
from matcher.effort import EFFORT_UNIT, Effort
from matcher.objectives import Objectives
from matcher.pairs import ListedPairs, open_pairs
from matcher.policy import BudgetRule, LevelName, Policy
from tests.matcher.oracle import best_keys, keys_of
from tests.matcher.test_budgets import month_in_rupiah

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDER = (LevelName.TIER, LevelName.LEXIMIN, LevelName.POINTS, LevelName.KEPT, LevelName.DISTANCE)


def everything(objectives: Objectives) -> ListedPairs:
    pairs, n = open_pairs(objectives), objectives.problem.num_children
    options = [pairs.options(child) for child in range(n)]
    child = np.repeat(np.arange(n), [option.size for option in options])
    return ListedPairs(objectives, child.astype(np.int32), np.concatenate(options))


def from_pins_on(objectives: Objectives, effort: float = EFFORT_UNIT) -> NDArray[np.int32]:
    problem = objectives.problem
    start = np.full(problem.num_children, -1, dtype=np.int32)
    start[problem.pins[:, 0]] = problem.pins[:, 1]
    return exchanged(objectives, everything(objectives), start, Effort.of(effort, 60.0))


@pytest.mark.parametrize("rule", [BudgetRule.CLASSES, BudgetRule.FREE])
@pytest.mark.parametrize("seed", range(12))
def test_two_pledges_share_out_what_is_best_of_all(seed: int, rule: BudgetRule) -> None:
    policy = Policy(
        levels=tuple(level for level in ORDER if level is not LevelName.LEXIMIN),
        budgets=rule, split_siblings=seed % 2 == 0, price_step_rp=1000,
    )  # fmt: skip
    problem = month_in_rupiah(
        seed, pledges=2, siblings=0.5, rows=1 + seed % 2, sponsor=np.arange(2)
    )
    problem = counted(problem, policy)
    objectives = Objectives(problem, policy)
    chosen = tuple(from_pins_on(objectives).tolist())
    assert keys_of(problem, policy, chosen) == best_keys(problem, policy)


@pytest.mark.parametrize("seed", range(8))
def test_no_level_is_worse_afterwards_and_no_rule_is_broken(seed: int) -> None:
    policy = Policy(levels=ORDER, budgets=BudgetRule.FREE)
    problem = month_in_rupiah(seed, children=30, pledges=8, siblings=0.4)
    objectives = Objectives(canonical(counted(problem, policy)).problem, policy)
    problem = objectives.problem
    before = from_pins_on(objectives, 2_000)
    after = exchanged(objectives, everything(objectives), before, Effort.of(EFFORT_UNIT, 60.0))
    keys = [keys_of(problem, policy, tuple(each.tolist())) for each in (before, after)]
    assert keys[1] >= keys[0]
    assert objectives.budgets.hold(after)
    load = np.bincount(after[after >= 0], minlength=problem.num_pledges)
    assert np.all(load <= problem.capacity)
    homes = {
        (int(problem.household[child]), int(problem.sponsor[after[child]]))
        for child in np.flatnonzero(after >= 0).tolist()
    }
    assert len(homes) == len({household for household, _ in homes})


def test_a_pinned_child_stays_and_its_sibling_may_join_it() -> None:
    problem = month_in_rupiah(3, children=4, pledges=2, siblings=0.0).with_columns(
        household=np.array([0, 0, 1, 2]), pins=np.array([[0, 1]]), bans=np.empty((0, 2), dtype=int),
        conflicts=np.empty((0, 2), dtype=int), budget_rp=np.full(2, 10_000_000),
        capacity=np.full(2, 3), accepted_start=np.zeros(3, dtype=int),
        accepted_kelurahan=np.empty(0, dtype=int), goods=np.zeros(2, dtype=int),
        standby=np.zeros(2, dtype=bool),
    )  # fmt: skip
    objectives = Objectives(problem, Policy(levels=ORDER, budgets=BudgetRule.FREE))
    pledge_of = from_pins_on(objectives)
    assert pledge_of[:2].tolist() == [1, 1]
    assert np.all(pledge_of >= 0)


def test_budgets_of_very_many_units_are_kept_to_the_rupiah() -> None:
    """Prices without a common step: what is counted in coarser steps is added up again."""
    problem = month_in_rupiah(5, children=12, pledges=3).with_columns(
        package_price_rp=np.array([[137_501, 212_003, 268_507]])
    )
    policy = replace(Policy(levels=ORDER, budgets=BudgetRule.FREE), split_siblings=True)
    objectives = Objectives(counted(problem, policy), policy)
    assert objectives.budgets.limit.max() > 100_000
    pledge_of = from_pins_on(objectives)
    assert objectives.budgets.hold(pledge_of)
    assert np.any(pledge_of >= 0)


def test_the_same_effort_gives_the_same_pairs() -> None:
    policy = Policy(levels=ORDER, budgets=BudgetRule.FREE)
    problem = month_in_rupiah(7, children=40, pledges=10, siblings=0.3)
    objectives = Objectives(canonical(counted(problem, policy)).problem, policy)
    first, second = (from_pins_on(objectives, 50_000) for _ in range(2))
    assert first.tolist() == second.tolist()
