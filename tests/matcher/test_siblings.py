from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.check import check
from matcher.faults import split_pins
from matcher.matching import Proof
from matcher.policy import LevelName, Policy
from matcher.solve import solve
from tests.matcher.months import month
from tests.matcher.oracle import best_keys, keys_of, matchings, may_support

if TYPE_CHECKING:
    from matcher.problem import MatchingProblem

TOGETHER = Policy()


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


def test_later_levels_leave_the_recorded_costs_of_earlier_ones() -> None:
    problem = month(74, children=18, pledges=9, siblings=0.2)
    matching = solve(problem, TOGETHER)
    assert check(problem, matching) == []
    assert matching.is_optimal


@pytest.mark.slow
def test_months_too_wide_to_prove_lose_nothing_to_a_first_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A better later level, found among few pairs, takes no child of an earlier one its sponsor."""
    monkeypatch.setattr("matcher.siblings.CORE", 0)
    monkeypatch.setattr("matcher.siblings.SEARCHABLE", -1)
    num_better = 0
    for seed in range(12):
        problem = month(seed, children=16, pledges=8, siblings=0.6)
        placed, searched = solve(problem, Policy(search_effort=0)), solve(problem, TOGETHER)
        before, now = (
            keys_of(problem, TOGETHER, tuple(each.pledge_of.tolist()))
            for each in (placed, searched)
        )
        assert now >= before, seed
        assert check(problem, searched) == [], seed
        num_better += now > before
    assert num_better


def test_households_without_another_sponsor_end_a_try() -> None:
    """A held spread may leave a split household no sponsor that is left to try."""
    problem = month(
        5041, children=59, pledges=11, tightness=0.7917534446414414, siblings=0.593717001755482,
        areas=0.3,
        tier=np.ones(59, dtype=int), kept=np.empty((0, 2), dtype=int),
    )  # fmt: skip
    levels = (LevelName.TIER, LevelName.SPREAD, LevelName.DISTANCE)
    matching = solve(problem, Policy(levels=levels, search_effort=0))
    assert check(problem, matching) == []


def pinned_month(seed: int) -> MatchingProblem:
    """Return a small month with siblings, up to two pins that a pledge allows, and bans."""
    rng = np.random.default_rng(seed)
    problem = month(seed, children=5, pledges=4, siblings=0.6, tightness=0.5 + seed % 3 * 0.25)
    pins = []
    for child in rng.permutation(5)[: seed % 3].tolist():
        allowed = [j for j in range(4) if may_support(problem, TOGETHER, child, j)]
        pins += [(child, int(rng.choice(allowed)))] if allowed else []
    bans = [(int(rng.integers(5)), int(rng.integers(4))) for _ in range(2)]
    bans = [pair for pair in bans if pair not in pins]
    return problem.with_columns(pins=pins, bans=[*problem.bans.tolist(), *bans])


@pytest.mark.parametrize("first", range(0, 300, 30))
def test_siblings_with_pins_and_bans_equal_trying_all_matchings(first: int) -> None:
    for seed in range(first, first + 30):
        problem = pinned_month(seed)
        if problem.validate() or split_pins(problem):
            assert not any(matchings(problem, TOGETHER))
            continue
        matching = solve(problem, TOGETHER)
        found = keys_of(problem, TOGETHER, tuple(matching.pledge_of.tolist()))
        assert found == best_keys(problem, TOGETHER), seed
        assert check(problem, matching) == [], seed
        assert matching.is_optimal, seed
