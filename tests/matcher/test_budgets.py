"""Pledges in rupiah: whole places, price classes, every package at its own price, by area."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.asking import what_if
from matcher.check import ViolationCode, check
from matcher.contrast import Contrast
from matcher.explain import explain_unassigned
from matcher.faults import FaultCode, InvalidProblemError
from matcher.files import (
    FileFormatError,
    problem_from_json,
    problem_to_json,
    read_result,
    write_result,
)
from matcher.matching import LevelStatus, Proof, result_hash
from matcher.policy import BudgetRule, LevelName, Policy
from matcher.remedies import RemedyCode
from matcher.residual import TooLargeError
from matcher.solve import solve
from tests.matcher.months import month
from tests.matcher.oracle import best_keys, keys_of

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.problem import MatchingProblem

ORDER = (
    LevelName.TIER,
    LevelName.LEXIMIN,
    LevelName.POINTS,
    LevelName.KEPT,
    LevelName.DISTANCE,
    LevelName.LOTTERY,
)
PRICES = [[137_500, 212_000, 268_500]]


def month_in_rupiah(seed: int, *, rows: int = 1, **changes: Any) -> MatchingProblem:
    rng = np.random.default_rng(seed)
    sizes = {"children": 6, "pledges": 3} | {
        name: changes.pop(name) for name in ("children", "pledges") if name in changes
    }
    places = 3
    prices = PRICES if rows == 1 else rng.integers(100, 300, (places + 1, 3)) * 1000
    columns: dict[str, Any] = {
        "package_ids": ("kecil", "sedang", "besar"),
        "package": rng.integers(0, 3, sizes["children"]),
        "package_price_rp": prices,
        "budget_rp": np.where(
            rng.random(sizes["pledges"]) < 0.8, rng.integers(2, 8, sizes["pledges"]) * 100_000, -1
        ),
        "capacity": rng.integers(1, 4, sizes["pledges"]),
    }
    return month(seed, **sizes, places=places, **{**columns, **changes})


@pytest.mark.parametrize("rule", BudgetRule)
@pytest.mark.parametrize("seed", range(10))
def test_the_best_within_all_budgets_is_found_proved_and_checked(
    seed: int, rule: BudgetRule
) -> None:
    problem = month_in_rupiah(seed, rows=1 + seed % 2, siblings=0.3 * (seed % 3 == 0))
    policy = Policy(levels=ORDER, budgets=rule, split_siblings=seed % 3 != 0, seed=seed)
    matching = solve(problem, policy)
    chosen = tuple(matching.pledge_of.tolist())
    assert keys_of(problem, policy, chosen) == best_keys(problem, policy)
    assert check(problem, matching) == []
    for level in matching.levels:
        if level.name is not LevelName.LOTTERY:
            assert level.status is not LevelStatus.GAP


@pytest.mark.parametrize("seed", [1060, 1245, 1678, 2802, *range(12)])
def test_whatever_the_order_of_levels_a_proved_one_is_the_best(seed: int) -> None:
    draw = random.Random(seed)
    names = [ORDER[0], ORDER[1], ORDER[2], LevelName.WAITING, ORDER[3], ORDER[4]]
    draw.shuffle(names)
    names = [name for name in names[: draw.randint(3, 6)] if name is not LevelName.DISTANCE]
    problem = month_in_rupiah(seed, rows=1 + seed % 2, siblings=draw.choice([0, 0.5]))
    policy = Policy(
        levels=(*dict.fromkeys((*names, LevelName.TIER)), *ORDER[-2:]),
        budgets=draw.choice([BudgetRule.CLASSES, BudgetRule.FREE]),
        split_siblings=draw.random() < 0.4,
        search_effort=2,
        seed=seed,
    )

    matching = solve(problem, policy)

    assert check(problem, matching) == []
    proved = list(takewhile(lambda level: level.status is not LevelStatus.GAP, matching.levels))
    chosen = keys_of(problem, policy, tuple(matching.pledge_of.tolist()))
    assert chosen[: len(proved)] == best_keys(problem, policy)[: len(proved)]


def test_whole_places_are_the_rupiah_divided_by_the_dearest_package() -> None:
    problem = month_in_rupiah(
        1,
        children=9,
        pledges=1,
        areas=0.0,
        budget_rp=[3 * 268_500 + 268_499],
        capacity=[9],
        standby=[False],
        goods=[0],
        bans=[],
        conflicts=[],
    )
    matching = solve(problem, Policy())
    assert matching.num_covered == 3
    assert all(level.proof is Proof.PRICES for level in matching.levels)
    assert check(problem, matching) == []


def test_free_rupiah_serve_more_children_than_whole_places() -> None:
    problem = month_in_rupiah(
        2,
        children=6,
        pledges=1,
        areas=0.0,
        package=[0] * 6,
        budget_rp=[4 * 137_500],
        capacity=[6],
        standby=[False],
        goods=[0],
        forbidden_goods=[0] * 6,
        bans=[],
        conflicts=[],
    )
    served = {rule: solve(problem, Policy(budgets=rule)).num_covered for rule in BudgetRule}
    assert served == {BudgetRule.UNIFORM: 2, BudgetRule.CLASSES: 3, BudgetRule.FREE: 4}


def test_the_price_is_that_of_the_pledges_home() -> None:
    problem = month_in_rupiah(
        3,
        children=4,
        pledges=2,
        areas=0.0,
        package=[0] * 4,
        package_price_rp=[[100_000] * 3, [200_000] * 3, [1] * 3, [400_000] * 3],
        pledge_kelurahan=[1, -1],
        budget_rp=[400_000, 799_999],
        capacity=[9, 9],
        standby=[False, False],
        goods=[0, 0],
        bans=[],
        conflicts=[],
    )
    matching = solve(problem, Policy(budgets=BudgetRule.FREE))
    assert matching.load(2).tolist() == [2, 1]
    assert check(problem, matching) == []


@pytest.mark.parametrize("rule", [BudgetRule.CLASSES, BudgetRule.FREE])
def test_a_larger_month_is_honest_about_its_gap(rule: BudgetRule) -> None:
    rng = np.random.default_rng(5)
    problem = month_in_rupiah(
        5,
        children=40,
        pledges=20,
        budget_rp=rng.integers(2, 8, 20) * 100_000,
        capacity=[9] * 20,
        siblings=0.2,
    )
    matching = solve(problem, Policy(budgets=rule, search_effort=2))
    whole = solve(problem, Policy())
    assert matching.num_covered > whole.num_covered + 5
    assert check(problem, matching) == []
    for level in matching.levels:
        assert level.bound <= level.cost
        if level.status is LevelStatus.GAP:
            assert f"budgets.unproved.{level.name.value}" in matching.notes


def test_overspending_and_false_bounds_are_found_by_the_checker() -> None:
    problem = month_in_rupiah(7, children=8, pledges=4, areas=0.0)
    policy = Policy(budgets=BudgetRule.FREE)
    matching = solve(problem, policy)
    budgets = np.where(problem.budget_rp >= 0, 1, -1)
    poor = problem.with_columns(budget_rp=budgets)
    forged = replace(matching, problem_hash=poor.problem_hash())
    codes = {one.code for one in check(poor, forged)}
    assert ViolationCode.OVER_BUDGET in codes
    tier = matching.levels[0]
    for changed in (
        replace(tier, bound=tier.bound + 1),
        replace(tier, certificate=replace(tier.certificate, scale=7)),
    ):
        forged = replace(matching, levels=(changed, *matching.levels[1:]))
        forged = replace(forged, result_hash=result_hash(problem, forged))
        if changed.proof is Proof.PRICES and changed.certificate.scale == tier.certificate.scale:
            assert ViolationCode.WRONG_BOUND in {one.code for one in check(problem, forged)}


def test_budgets_survive_the_file_and_count_in_the_hash(tmp_path: Path) -> None:
    problem = month_in_rupiah(4, rows=2)
    again = problem_from_json(problem_to_json(problem))
    assert again.problem_hash() == problem.problem_hash()
    assert again.budget_rp.tolist() == problem.budget_rp.tolist()
    richer = problem.with_columns(budget_rp=problem.budget_rp + 1)
    dearer = problem.with_columns(package_price_rp=problem.package_price_rp + 1)
    assert len({p.problem_hash() for p in (problem, richer, dearer)}) == 3
    matching = solve(problem, Policy(budgets=BudgetRule.FREE))
    write_result(problem, matching, tmp_path / "r.json")
    found, read = read_result(tmp_path / "r.json")
    assert check(found, read) == []
    assert read.policy.budgets is BudgetRule.FREE


def test_row_order_changes_no_pair_in_rupiah() -> None:
    problem = month_in_rupiah(6, rows=2, children=7, pledges=4)
    content = problem_to_json(problem)
    content["children"].reverse()
    content["pledges"].reverse()
    other = problem_from_json(content)
    assert other.problem_hash() == problem.problem_hash()
    policy = Policy(budgets=BudgetRule.FREE)
    assert solve(other, policy).pairs(other) == solve(problem, policy).pairs(problem)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"budget_rp": [-7, 1, 1]}, FaultCode.BAD_BUDGET),
        ({"budget_rp": [10**13, 1, 1]}, FaultCode.BAD_BUDGET),
        ({"budget_rp": [float("nan"), 1, 1]}, FaultCode.BAD_BUDGET),
        ({"budget_rp": [1, 1]}, FaultCode.COLUMN_LENGTH),
        ({"package_price_rp": [[0, 1, 1]]}, FaultCode.BAD_PACKAGE_PRICE),
        ({"package_price_rp": [[1, 1]]}, FaultCode.BAD_PACKAGE_PRICE),
        ({"package_price_rp": [[10**10, 1, 1]]}, FaultCode.BAD_PACKAGE_PRICE),
        ({"package_price_rp": [[1.5, 1, 1]]}, FaultCode.BAD_PACKAGE_PRICE),
        ({"package_price_rp": [[float("nan"), 1, 1]]}, FaultCode.BAD_PACKAGE_PRICE),
        ({"package_price_rp": []}, FaultCode.BAD_PACKAGE_PRICE),
        ({"package": [3, 0, 0, 0, 0, 0]}, FaultCode.UNKNOWN_PACKAGE),
    ],
)
def test_budgets_that_cannot_be_are_named(changes: dict[str, Any], code: FaultCode) -> None:
    columns = {"budget_rp": [1, 1, 1], **changes}
    assert code in [fault.code for fault in month_in_rupiah(1, **columns).validate()]


def test_pins_that_a_budget_cannot_pay_are_refused() -> None:
    problem = month_in_rupiah(
        1,
        areas=0.0,
        package=[2, 0, 0, 0, 0, 0],
        budget_rp=[150_000, -1, -1],
        pins=[[0, 0]],
        capacity=[2, 2, 2],
        goods=[0, 0, 0],
        bans=[],
        conflicts=[],
    )
    for rule in BudgetRule:
        with pytest.raises(InvalidProblemError) as refused:
            solve(problem, Policy(budgets=rule))
        assert [fault.code for fault in refused.value.faults] == [FaultCode.PIN_OVER_BUDGET]


def test_a_budget_that_is_no_number_is_refused_by_the_file() -> None:
    content = problem_to_json(month_in_rupiah(1))
    content["pledges"][0]["budget_rp"] = "100"
    with pytest.raises(FileFormatError, match="budget_rp"):
        problem_from_json(content)
    content["pledges"][0]["budget_rp"] = -5
    assert FaultCode.BAD_BUDGET in [f.code for f in problem_from_json(content).validate()]


@pytest.mark.parametrize("seed", range(6))
def test_the_rupiah_that_a_child_lacks_cover_it_when_given(seed: int) -> None:
    problem = month_in_rupiah(seed, children=14, pledges=6, areas=0.2)
    policy = Policy(budgets=BudgetRule.FREE, search_effort=1)
    matching = solve(problem, policy)
    explained = explain_unassigned(problem, matching)
    assert [one.child_id for one in explained] == [
        problem.child_ids[child] for child in matching.uncovered.tolist()
    ]
    for one in explained:
        for remedy in one.remedies:
            child = problem.child_ids.index(one.child_id)
            pledge = problem.pledge_ids.index(remedy.params["pledge"])
            budget = problem.budget_rp.copy()
            capacity = problem.capacity.copy()
            if budget[pledge] >= 0:
                budget[pledge] += remedy.params["rupiah"]
            capacity[pledge] += remedy.code is RemedyCode.ONE_MORE_PINNED
            richer = problem.with_columns(
                budget_rp=budget, capacity=capacity, pins=[[child, pledge]]
            )
            after = solve(richer, policy)
            assert after.pledge_of[child] == pledge
            assert after.num_covered > matching.num_covered or not after.is_optimal
            assert check(richer, after) == []


def test_what_if_in_rupiah_is_solved_again_and_says_if_it_is_a_bound() -> None:
    problem = month_in_rupiah(3, children=8, pledges=4, areas=0.0)
    matching = solve(problem, Policy(budgets=BudgetRule.FREE))
    with pytest.raises(TooLargeError):
        Contrast(problem, matching)
    child = int(np.flatnonzero(matching.pledge_of >= 0)[0])
    answer = what_if(problem, matching, child, int(matching.pledge_of[child]))
    assert answer.refusals == ()
    assert not answer.price or not answer.is_exact
