"""Fairness between kelurahan against trying all matchings, on a thousand small months."""

from __future__ import annotations

import pytest

from matcher.check import check
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
