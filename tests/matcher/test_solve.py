from __future__ import annotations

import pytest

from matcher.policy import DEFAULT_ORDER, BudgetRule, LevelName, LeximinPlace, Policy
from matcher.solve import Sofar, solve
from tests.matcher.months import month
from tests.matcher.oracle import best_keys, keys_of

FREE = Policy(split_siblings=True)
ORDERS = {
    "default": FREE,
    "leximin first": FREE.with_leximin(LeximinPlace.BEFORE_NEED),
    "leximin last of need": FREE.with_leximin(LeximinPlace.AFTER_NEED),
    "no leximin": FREE.with_leximin(LeximinPlace.OFF),
    "kept first": Policy(
        split_siblings=True,
        levels=(LevelName.KEPT, *(name for name in DEFAULT_ORDER if name is not LevelName.KEPT)),
    ),
    "spread before distance": Policy(
        split_siblings=True,
        levels=(
            LevelName.POINTS,
            LevelName.TIER,
            LevelName.SPREAD,
            LevelName.LEXIMIN,
            LevelName.AREA,
            LevelName.KEPT,
            LevelName.DISTANCE,
            LevelName.LOTTERY,
        ),
    ),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("seed", range(8))
def test_every_level_order_equals_trying_all_matchings(seed: int, order: str) -> None:
    problem = month(seed, children=6, pledges=4, tightness=0.4 + seed % 4 * 0.25)
    policy = ORDERS[order]
    matching = solve(problem, policy)
    found = keys_of(problem, policy, tuple(matching.pledge_of.tolist()))
    assert found == best_keys(problem, policy)
    assert matching.is_optimal


@pytest.mark.parametrize("rule", ["uniform", "free"])
def test_the_best_so_far_is_told_after_every_level(rule: str) -> None:
    problem = month(
        5,
        children=20,
        pledges=8,
        package_ids=("kecil", "besar"),
        package=[0, 1] * 10,
        package_price_rp=[[100_000, 170_000]],
        budget_rp=[250_000] * 8,
        capacity=[5] * 8,
    )
    policy = Policy(split_siblings=True, budgets=BudgetRule(rule), search_effort=1)
    told: list[Sofar] = []
    matching = solve(problem, policy, found=told.append)
    assert len(told) >= len(policy.levels)
    assert told[-1].children == matching.num_covered
