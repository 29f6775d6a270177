"""The compiled solver against OR-Tools: the same cost and the same prices on every level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.canonical import canonical
from matcher.check import check
from matcher.face import Face
from matcher.fast_flow import NoFlowError, solve_flow
from matcher.flow import LevelCosts, assign
from matcher.levels import State, solve_level
from matcher.objectives import Blend, Objectives
from matcher.pairs import open_pairs
from matcher.policy import LevelName, LeximinPlace, Policy
from matcher.prices import recover_prices
from matcher.solve import solve
from matcher.warm import is_warm
from tests.matcher.months import month

pytest.importorskip("numba")

FREE = Policy(split_siblings=True)
ORDERS = (FREE, *(FREE.with_leximin(place) for place in LeximinPlace))


def costs_of(objectives: Objectives, goal: LevelName | Blend, state: State) -> LevelCosts:
    return LevelCosts(
        state.pairs.child,
        state.pairs.pledge,
        state.pairs.working_cost(goal),
        objectives.uncovered_cost(goal),
        objectives.kelurahan_steps(goal),
        objectives.sponsor_step(goal),
    )


def assert_both_agree(objectives: Objectives, goal: LevelName | Blend, state: State) -> None:
    costs = costs_of(objectives, goal, state)
    problem = objectives.problem
    ours, prices = solve_flow(problem, state.face, costs)
    theirs = assign(problem, state.face, costs)
    expected = recover_prices(problem, state.face, costs, theirs)
    assert objectives.total_cost(goal, ours) == objectives.total_cost(goal, theirs)
    assert np.array_equal(prices.pledge, expected.pledge)
    assert np.array_equal(prices.sponsor, expected.sponsor)
    assert np.array_equal(prices.kelurahan, expected.kelurahan)
    again, same = solve_flow(problem, state.face, costs, (ours, prices))
    assert objectives.total_cost(goal, again) == objectives.total_cost(goal, ours)
    assert np.array_equal(same.pledge, prices.pledge)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 100_000),
    st.integers(1, 40),
    st.integers(1, 18),
    st.sampled_from([0.3, 0.6, 0.9, 1.3]),
    st.sampled_from(ORDERS),
)
def test_both_solvers_agree_on_cost_and_prices_of_every_level(
    seed: int, children: int, pledges: int, tightness: float, policy: Policy
) -> None:
    rows = canonical(month(seed, children=children, pledges=pledges, tightness=tightness))
    sizes = np.bincount(rows.problem.kelurahan, minlength=rows.problem.num_kelurahan)
    objectives = Objectives(rows.problem, policy, fair_served=sizes // 2)
    state = State(Face.whole(rows.problem), open_pairs(objectives))
    for name in policy.levels:
        assert_both_agree(objectives, name, state)
        blend = Blend(name, ((LevelName.TIER, 3), (LevelName.SPREAD, 2)))
        assert_both_agree(objectives, blend, state)
        solve_level(objectives, name, state)


def test_bounds_that_allow_no_flow_are_stated() -> None:
    problem = month(1, children=4, pledges=2)
    face = Face.whole(problem)
    face.may_wait = np.zeros(4, dtype=np.bool_)
    nothing = np.empty(0, dtype=np.int32)
    steps = (np.array([0, 4, 4, 4]), np.zeros(4, dtype=np.int64))
    costs = LevelCosts(nothing, nothing, nothing.astype(np.int64), np.zeros(4, int), steps, 0)
    with pytest.raises(NoFlowError):
        solve_flow(problem, face, costs)


@pytest.mark.slow
@pytest.mark.skipif(not is_warm(), reason="the solver is compiled by the set-up")
def test_a_month_is_the_same_with_either_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = month(4, children=900, pledges=300, places=12, tightness=0.7)
    monkeypatch.setattr("matcher.levels.WORTH_LOADING", 0)
    ours = solve(problem, FREE)
    monkeypatch.setattr("matcher.levels.WORTH_LOADING", 1 << 60)
    theirs = solve(problem, FREE)
    assert ours.result_hash == theirs.result_hash
    assert check(problem, ours) == []
