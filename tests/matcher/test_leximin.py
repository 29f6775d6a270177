"""Fairness between kelurahan against trying all matchings, on a thousand small months."""

from __future__ import annotations

import pytest

from matcher.check import check
from matcher.faults import FaultCode, InvalidProblemError
from matcher.policy import LevelName, Policy
from matcher.solve import solve
from tests.matcher.months import month
from tests.matcher.oracle import best_keys, keys_of

AFTER_TIER = Policy(split_siblings=True, levels=(LevelName.TIER, LevelName.LEXIMIN))
BEFORE_NEED = Policy(split_siblings=True, levels=(LevelName.LEXIMIN, LevelName.TIER))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 1000, 125))
def test_leximin_equals_trying_all_matchings(first: int) -> None:
    for seed in range(first, first + 125):
        problem = month(
            seed,
            children=3 + seed % 3,
            pledges=2 + seed % 2,
            places=2 + seed % 3,
            tightness=0.3 + seed % 4 * 0.2,
        )
        policy = BEFORE_NEED if seed % 2 else AFTER_TIER
        matching = solve(problem, policy)
        found = keys_of(problem, policy, tuple(matching.pledge_of.tolist()))
        assert found == best_keys(problem, policy), seed
        assert matching.is_optimal
        if seed % 10 == 0:
            assert check(problem, matching) == []


def test_fairness_first_does_not_trade_a_needier_child_for_two_less_needy() -> None:
    # One child of each kelurahan: tiers 1 and 3, or 2 and 2. As many points in a plain count.
    problem = month(
        2,
        children=4,
        pledges=2,
        places=2,
        siblings=0.0,
        areas=0.0,
        tier=[1, 2, 2, 3],
        kelurahan=[0, 0, 1, 1],
        points=[0] * 4,
        months_waiting=[0] * 4,
        forbidden_goods=[0] * 4,
        capacity=[1, 1],
        standby=[False, False],
        bans=[[0, 1], [2, 1], [1, 0], [3, 0]],
        conflicts=[],
        kept=[],
    )
    for seed in range(8):
        policy = Policy(
            split_siblings=True,
            levels=(LevelName.LEXIMIN, LevelName.TIER, LevelName.LOTTERY),
            seed=seed,
        )
        matching = solve(problem, policy)
        assert sorted(matching.uncovered.tolist()) == [1, 2]
        assert matching.is_optimal
        assert check(problem, matching) == []


def test_tiers_that_no_weight_can_order_are_refused_before_solving() -> None:
    tiers = [tier for tier in range(1, 13) for _ in range(12)]
    problem = month(0, children=144, pledges=3, tier=tiers)
    with pytest.raises(InvalidProblemError) as refused:
        solve(problem, BEFORE_NEED)
    assert [fault.code for fault in refused.value.faults] == [FaultCode.TOO_MANY_IN_TIERS]
    assert solve(problem, AFTER_TIER).is_optimal
