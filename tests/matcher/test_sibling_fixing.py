"""What whole households cost above a relaxation, against every matching."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.effort import Effort
from matcher.levels import State, near_pairs, solve_levels
from matcher.objectives import Objectives
from matcher.pairs import open_pairs
from matcher.policy import LevelName, Policy
from matcher.sibling_fixing import household_costs
from matcher.sibling_model import Model
from matcher.siblings import EVERY_PAIR
from tests.matcher.months import month
from tests.matcher.oracle import matchings

POLICY = Policy(levels=(LevelName.TIER, LevelName.DISTANCE))


@pytest.mark.parametrize("first", range(0, 24, 8))
def test_no_matching_costs_less_than_what_its_columns_are_said_to_cost(first: int) -> None:
    raised = 0
    for seed in range(first, first + 8):
        problem = month(seed, children=6, pledges=4, siblings=0.6, tightness=0.8, areas=0.2)
        objectives = Objectives(problem, POLICY)
        states: list[State] = []
        levels = solve_levels(objectives, None, states, open_pairs(objectives))
        pairs = near_pairs(levels[0], states[0], within=EVERY_PAIR)
        assert pairs is not None
        model = Model(objectives, pairs, states[0].face)
        for name in POLICY.levels:
            (part,) = model.parts(name)[:1]
            relaxed = model.relaxation.solve(part, Effort.of(1e9, 60.0))
            assert relaxed is not None
            costs = household_costs(model, relaxed, model.relaxation)
            higher = costs > relaxed.reduced + 1e-6
            raised += int(higher.sum())
            for chosen in matchings(problem, POLICY):
                column = model.columns_of(np.array(chosen, dtype=np.int32))
                used = higher & (column > 0.5)
                if used.any():
                    assert part @ column >= relaxed.bound + costs[used].max() - 1e-6
    assert raised
