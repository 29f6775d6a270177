from __future__ import annotations

import pytest

from matcher.check import check
from matcher.matching import Proof
from matcher.policy import Policy
from matcher.solve import solve
from tests.matcher.months import month
from tests.matcher.oracle import best_keys, keys_of

TOGETHER = Policy(sibling_seconds=60)


@pytest.mark.parametrize("seed", range(24))
def test_siblings_together_equals_trying_all_matchings(seed: int) -> None:
    problem = month(
        seed, children=6, pledges=4, places=2, tightness=0.4 + seed % 4 * 0.25, siblings=0.5
    )
    matching = solve(problem, TOGETHER)
    found = keys_of(problem, TOGETHER, tuple(matching.pledge_of.tolist()))
    assert found == best_keys(problem, TOGETHER)
    assert check(problem, matching) == []
    assert matching.is_optimal


def test_rule_that_costs_nothing_is_proved_by_prices_alone() -> None:
    problem = month(3, children=40, pledges=30, siblings=0.0)
    matching = solve(problem, TOGETHER)
    assert {level.proof for level in matching.levels} == {Proof.PRICES}
    assert matching.is_optimal


def test_search_that_may_not_start_leaves_a_stated_gap() -> None:
    policy = Policy(sibling_seconds=0)
    unproved = [
        solve(month(seed, children=30, pledges=14, siblings=0.6), policy) for seed in range(4)
    ]
    assert any(matching.notes for matching in unproved)
    for seed, matching in enumerate(unproved):
        problem = month(seed, children=30, pledges=14, siblings=0.6)
        assert check(problem, matching) == []
        assert matching.is_optimal == (not matching.notes)
