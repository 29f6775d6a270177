"""A pledge's prices are the exact worth of one more place there: a thousand re-solves."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.policy import LevelName, Policy
from matcher.solve import solve
from tests.matcher.months import month

POLICY = Policy(split_siblings=True, levels=(LevelName.TIER, LevelName.LEXIMIN, LevelName.DISTANCE))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 200, 25))
def test_prices_are_what_one_more_place_saves_on_each_level(first: int) -> None:
    asked = 0
    for seed in range(first, first + 25):
        problem = month(seed, children=14, pledges=10, tightness=0.4 + seed % 3 * 0.25)
        before = solve(problem, POLICY)
        for pledge in np.flatnonzero((problem.capacity > 0) & ~problem.standby).tolist():
            capacity = problem.capacity.copy()
            capacity[pledge] += 1
            after = solve(problem.with_columns(capacity=capacity), POLICY)
            for one, other in zip(before.levels, after.levels, strict=True):
                saved = one.cost - other.cost
                assert saved == max(0, int(one.certificate.pledge[pledge])), (seed, pledge)
                if saved:
                    break
            asked += 1
    assert asked > 125
