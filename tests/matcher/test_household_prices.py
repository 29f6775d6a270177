"""Prices of households: no filling is cheaper, no matching costs less, and both counts agree."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.check import ViolationCode, check
from matcher.files import read_result, write_result
from matcher.matching import LevelStatus, Proof, result_hash
from matcher.policy import LevelName, Policy
from matcher.recount_households import NOTHING, Choices, Places, least_fillings
from matcher.solve import solve
from matcher.warm import is_warm
from tests.matcher.months import month

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

TOGETHER = Policy(levels=(LevelName.TIER, LevelName.DISTANCE))
UNSEARCHED = replace(TOGETHER, search_effort=0)
compiled = pytest.mark.skipif(not is_warm(), reason="the engines are compiled by the set-up")


def drawn(seed: int) -> tuple[Choices, np.ndarray, np.ndarray, Places]:
    """Return three sponsors, seven children of four households, and what they cost there."""
    rng = np.random.default_rng(seed)
    household = np.array([0, 0, 0, 1, 1, 2, 3])
    pairs = np.argwhere(rng.random((7, 3)) < 0.7)
    low = rng.integers(0, 2, 3)
    places = Places(low, low + rng.integers(0, 4, 3), np.zeros(3, dtype=int), int(seed % 3))
    cost = rng.integers(-20, 10, len(pairs))
    choices = Choices(pairs[:, 0], pairs[:, 1], cost)
    return choices, household, rng.integers(0, 8, 4), places


def tried(seed: int) -> int | None:
    """Return the least sum of fillings by trying all sets of children of each sponsor."""
    choices, household, home_price, places = drawn(seed)
    total = 0
    for sponsor in range(3):
        rows = np.flatnonzero(choices.sponsor == sponsor).tolist()
        least = None
        for number in range(int(places.low[sponsor]), int(places.high[sponsor]) + 1):
            for some in combinations(rows, number):
                homes = {int(household[choices.child[row]]) for row in some}
                cost = sum(int(choices.cost[row]) for row in some)
                cost += sum(int(home_price[home]) for home in homes)
                cost += places.step * number * (number + 1) // 2
                least = cost if least is None else min(least, cost)
        if least is None:
            return None
        total += least
    return total


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_the_checkers_fillings_equal_trying_all_sets(first: int) -> None:
    found = [least_fillings(*drawn(seed)) for seed in range(first, first + 50)]
    assert found == [tried(seed) for seed in range(first, first + 50)]
    assert any(each is not None for each in found)


@pytest.mark.parametrize("by_place", [False, True])
def test_many_places_are_bounded_by_their_price(
    monkeypatch: pytest.MonkeyPatch, *, by_place: bool
) -> None:
    """One sponsor, two of three places taken at least: by the price of a place, or exactly."""
    monkeypatch.setattr("matcher.recount_households.MANY_PLACES", 0 if by_place else 32)
    none = np.zeros(3, dtype=int)
    choices = Choices(np.arange(3), none, np.array([-9, -5, 4]))
    places = Places(np.array([2]), np.array([3]), np.array([6]), 0)
    household, price = np.array([0, 0, 1]), np.array([3, 0])
    exactly = -9 - 5 + 3
    # each child pays 6 more: the household takes both or one for 0 at best, the third stays away;
    # the sponsor gives the price of the three places that it then fills
    priced = min(0, 3 - 9 + 6, 3 - 9 + 6 - 5 + 6) - 3 * 6
    assert least_fillings(choices, household, price, places) == (priced if by_place else exactly)
    assert priced < exactly


@compiled
@pytest.mark.parametrize("first", range(0, 200, 50))
def test_the_solvers_fillings_equal_trying_all_sets(first: int) -> None:
    from matcher.fillings import NO_FILLING, cheapest

    for seed in range(first, first + 50):
        choices, household, home_price, places = drawn(seed)
        order = np.lexsort((choices.child, household[choices.child], choices.sponsor))
        child, sponsor = choices.child[order], choices.sponsor[order]
        taken, present = np.zeros(child.size, dtype=int), np.zeros(4, dtype=int)
        found = cheapest(
            np.searchsorted(sponsor, np.arange(4)), household[child], child, choices.cost[order],
            np.zeros(7, dtype=int), home_price, places.low, places.high, places.step,
            places.price, np.zeros(3, dtype=np.bool_), taken, present,
        )  # fmt: skip
        assert (None if found >= NO_FILLING else found) == tried(seed), seed
        if found < NO_FILLING:
            load = np.bincount(sponsor[taken > 0], minlength=3)
            assert (places.low <= load).all(), seed
            assert (load <= places.high).all(), seed
            homes = {(int(s), int(household[c])) for s, c in zip(sponsor, child, strict=True)}
            assert present.sum() <= len(homes), seed
    assert NO_FILLING == NOTHING


@compiled
def test_the_bound_rises_above_the_flows_and_never_above_the_best() -> None:
    risen = 0
    for seed in range(12):
        problem = month(
            seed, children=40, pledges=14, siblings=0.5, tightness=0.9,
            tier=np.ones(40, dtype=int), pins=np.empty((0, 2), dtype=int),
        )  # fmt: skip
        best, unsearched = solve(problem, TOGETHER), solve(problem, UNSEARCHED)
        assert check(problem, best) == [], seed
        assert check(problem, unsearched) == [], seed
        assert best.is_optimal, seed
        for found, least in zip(unsearched.levels, best.levels, strict=True):
            if best.levels[0].cost == unsearched.levels[0].cost:
                assert found.cost - found.unverified <= least.cost, seed
            if found.certificate.child is not None:
                risen += 1
                assert found.proof is Proof.PRICES
    assert risen


@compiled
def test_prices_of_households_that_prove_nothing_are_refused() -> None:
    problem, matching = households_priced()
    at = next(n for n, level in enumerate(matching.levels) if level.certificate.child is not None)
    level = matching.levels[at]
    prices = level.certificate
    assert prices.child is not None
    assert prices.household is not None
    rewarded = prices.household.copy()
    rewarded[int(np.argmax(problem.household))] = -1
    for changed in (
        replace(level, verified=level.bound + 1, bound=level.bound + 1),
        replace(level, verified=level.cost, status=LevelStatus.OPTIMAL, gap=0.0),
        replace(level, certificate=replace(prices, household=rewarded)),
        replace(level, certificate=replace(prices, household=None)),
        replace(level, certificate=replace(prices, child=prices.child[:-1])),
        replace(level, certificate=replace(prices, child=prices.child + (1 << 41))),
        replace(level, certificate=replace(prices, child=prices.child - 64 * 5)),
    ):
        levels = (*matching.levels[:at], changed, *matching.levels[at + 1 :])
        forged = replace(matching, levels=levels)
        assert check(problem, forged)[0].code is ViolationCode.WRONG_BOUND
    apart = replace(matching, policy=replace(matching.policy, split_siblings=True))
    assert check(problem, apart)[0].code is ViolationCode.WRONG_BOUND


def test_a_result_of_before_prices_were_told_apart_is_still_checked(tmp_path: Path) -> None:
    """It claimed its bound alone, so that alone has to hold; a month handed in waits for this."""
    months = (month(seed, siblings=0.5, children=20, pledges=7) for seed in range(40))
    problem, matching = next(
        (each, found)
        for each, found in ((each, solve(each, TOGETHER)) for each in months)
        if any(level.proof is Proof.BRANCHING for level in found.levels)
    )
    levels = tuple(replace(level, verified=None) for level in matching.levels)
    older = replace(matching, levels=levels)
    older = replace(older, result_hash=result_hash(problem, older))
    write_result(problem, older, tmp_path / "older.json")
    assert "verified" not in (tmp_path / "older.json").read_text()
    read = read_result(tmp_path / "older.json")
    assert check(*read) == []
    at = next(n for n, each in enumerate(levels) if each.proof is Proof.BRANCHING)
    forged = replace(levels[at], bound=levels[at].bound + 1)
    beyond = replace(older, levels=(*levels[:at], forged, *levels[at + 1 :]))
    assert check(problem, beyond)[0].code is ViolationCode.WRONG_BOUND


def households_priced() -> tuple[MatchingProblem, Matching]:
    """Return a month, and a result one level of which prices of households prove."""
    for seed in range(20):
        problem = month(
            seed, children=40, pledges=14, siblings=0.5, tightness=0.9,
            tier=np.ones(40, dtype=int), pins=np.empty((0, 2), dtype=int),
        )  # fmt: skip
        matching = solve(problem, UNSEARCHED)
        if any(level.certificate.child is not None for level in matching.levels):
            return problem, matching
    raise AssertionError("no month is bounded by prices of households")
