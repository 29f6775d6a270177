"""Fairness as a floor: need decides, but no kelurahan falls below its share of the fairest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.asking import what_if
from matcher.check import ViolationCode, check
from matcher.files import result_from_json, result_to_json
from matcher.policy import BudgetRule, LevelName, LeximinPlace, Policy
from matcher.solve import solve
from tests.matcher.months import month
from tests.matcher.oracle import best_keys, keys_of, level_key, matchings

if TYPE_CHECKING:
    from matcher.problem import MatchingProblem

FREE = Policy(split_siblings=True)
LEXIMIN_FIRST = FREE.with_leximin(LeximinPlace.BEFORE_NEED)


def floor(percent: int, policy: Policy = FREE) -> Policy:
    return replace(policy.with_leximin(LeximinPlace.FLOOR), floor_percent=percent)


def two_kelurahan(**changes: Any) -> MatchingProblem:
    """Ten needy children in one kelurahan, ten less needy in another, ten places for all."""
    return month(
        1, children=20, pledges=1, places=2, areas=0,
        tier=np.repeat([1, 2], 10), kelurahan=np.repeat([0, 1], 10), capacity=np.array([10]),
        standby=np.zeros(1, dtype=bool), goods=np.zeros(1), bans=np.empty((0, 2)),
        conflicts=np.empty((0, 2)), kept=np.empty((0, 2)), **changes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("percent", "second_tier"), [(1, 1), (20, 1), (21, 2), (40, 2), (80, 4), (81, 5), (100, 5)]
)
def test_each_kelurahan_has_its_share_of_the_fairest_and_need_has_the_rest(
    percent: int, second_tier: int
) -> None:
    problem = two_kelurahan()  # the fairest sharing serves five and five
    matching = solve(problem, floor(percent))
    tier, lacking = matching.level(LevelName.TIER), matching.level(LevelName.FLOOR)
    assert tier is not None
    assert lacking is not None
    assert tier.value == (10 - second_tier, second_tier)
    assert lacking.value == (0,)
    assert matching.is_optimal
    assert check(problem, matching) == []


def test_without_a_floor_the_needy_kelurahan_has_all() -> None:
    matching = solve(two_kelurahan(), FREE.with_leximin(LeximinPlace.OFF))
    tier = matching.level(LevelName.TIER)
    assert tier is not None
    assert tier.value == (10, 0)


def test_pins_may_leave_a_kelurahan_below_its_floor_and_it_is_said_how_far() -> None:
    pins = np.array([[child, 0] for child in range(8)])
    problem = two_kelurahan(pins=pins)
    matching = solve(problem, floor(100))
    lacking = matching.level(LevelName.FLOOR)
    assert lacking is not None
    assert lacking.value == (3,)
    assert matching.is_optimal
    assert check(problem, matching) == []


@pytest.mark.parametrize("seed", range(9))
def test_floors_are_best_of_all_matchings(seed: int) -> None:
    problem = month(seed, children=5, pledges=3, places=2, tightness=0.6)
    policy = floor((30, 60, 100)[seed % 3])
    matching = solve(problem, policy)
    assert check(problem, matching) == []
    assert matching.fairest is not None
    fairest = matching.fairest
    chosen = tuple(fairest.pledge_of.tolist())
    assert level_key(problem, LevelName.LEXIMIN, chosen) == max(
        level_key(problem, LevelName.LEXIMIN, other) for other in matchings(problem, fairest.policy)
    )
    served = matching.fair_served(problem)
    assert served is not None
    floors = [-(-number * policy.floor_percent // 100) for number in served.tolist()]
    found = keys_of(problem, policy, tuple(matching.pledge_of.tolist()), floors)
    assert found == best_keys(problem, policy, floors)


@pytest.mark.parametrize(
    "first",
    [
        (LevelName.FLOOR, LevelName.LEXIMIN, LevelName.TIER),
        (LevelName.FLOOR, LevelName.TIER, LevelName.LEXIMIN),
        (LevelName.TIER, LevelName.FLOOR, LevelName.LEXIMIN),
        (LevelName.FLOOR, LevelName.POINTS, LevelName.LEXIMIN, LevelName.TIER),
    ],
)
def test_a_floor_and_leximin_in_one_policy_are_both_best(first: tuple[LevelName, ...]) -> None:
    for seed in range(3):
        problem = month(seed, children=5, pledges=3, places=2, tightness=0.6, siblings=0.4)
        levels = (*first, LevelName.KEPT, LevelName.DISTANCE)
        policy = Policy(levels=levels, split_siblings=seed > 0, floor_percent=60)
        matching = solve(problem, policy)
        assert matching.is_optimal
        assert check(problem, matching) == []
        served = matching.fair_served(problem)
        assert served is not None
        floors = [-(-number * 60 // 100) for number in served.tolist()]
        found = keys_of(problem, policy, tuple(matching.pledge_of.tolist()), floors)
        assert found == best_keys(problem, policy, floors)


@pytest.mark.parametrize("seed", range(4))
def test_the_whole_floor_is_fairness_first_and_serves_as_many(seed: int) -> None:
    problem = month(seed, children=40, pledges=12, places=5, tightness=0.5)
    whole, first = solve(problem, floor(100)), solve(problem, LEXIMIN_FIRST)
    assert whole.pledge_of.tolist() == first.pledge_of.tolist()
    tiers = []
    for percent in (100, 80, 50, 1):
        matching = solve(problem, floor(percent))
        tier = matching.level(LevelName.TIER)
        assert tier is not None
        tiers.append(tier.value)
        assert matching.num_covered == first.num_covered
    assert tiers == sorted(tiers)


@pytest.mark.parametrize("rule", BudgetRule)
def test_floors_hold_with_siblings_and_in_rupiah(rule: BudgetRule) -> None:
    problem = month(
        8, children=30, pledges=10, places=3, siblings=0.4, tightness=0.5,
        package_ids=("a", "b"), package=np.arange(30) % 2,
        package_price_rp=np.array([[300_000, 450_000]]),
        budget_rp=np.where(np.arange(10) % 2, 1_000_000, -1),
    )  # fmt: skip
    matching = solve(problem, replace(floor(80, Policy()), budgets=rule))
    assert check(problem, matching) == []
    lacking = matching.level(LevelName.FLOOR)
    assert lacking is not None
    assert lacking.value == (0,)


def test_the_fairest_sharing_is_checked_with_its_own_proof() -> None:
    problem = month(3, children=20, pledges=9, tightness=0.8)
    file = result_to_json(problem, solve(problem, floor(80)))
    assert check(*result_from_json(file)) == []

    def first_fault(**changes: object) -> str:
        return check(*result_from_json(file | changes))[0].code.value

    fairest = file["fairest"]
    assert first_fault(fairest=fairest | {"result_hash": "0"}) == ViolationCode.WRONG_RESULT_HASH
    lower = fairest | {"policy": fairest["policy"] | {"seed": 9}, "seed": 9}
    assert first_fault(fairest=lower) == ViolationCode.WRONG_FAIREST
    del file["fairest"]
    assert first_fault() == ViolationCode.WRONG_FAIREST
    plain = result_to_json(problem, solve(problem, FREE)) | {"fairest": fairest}
    assert check(*result_from_json(plain))[0].code == ViolationCode.WRONG_FAIREST


def test_what_if_counts_the_floor() -> None:
    problem = two_kelurahan()
    matching = solve(problem, floor(100))
    waiting = int(matching.uncovered[problem.kelurahan[matching.uncovered] == 0][0])
    found = what_if(problem, matching, waiting, 0)
    assert found.price[LevelName.FLOOR] == 0 if LevelName.FLOOR in found.price else True
    assert sum(before is not None and after is None for _, before, after in found.moves) == 1


@pytest.mark.parametrize("percent", [0, 101])
def test_a_floor_is_a_share(percent: int) -> None:
    with pytest.raises(ValueError, match="floor_percent"):
        Policy(floor_percent=percent)


def test_the_fairest_sharing_is_told_and_can_be_cancelled() -> None:
    told: list[tuple[str, float]] = []
    solve(two_kelurahan(), floor(50), progress=lambda stage, share: told.append((stage, share)))
    fairest = floor(50).fairest.levels
    assert told[: len(fairest)] == [("floor", 0.0)] * len(fairest)

    def cancel(_stage: str, _share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        solve(two_kelurahan(), floor(50), progress=cancel)
