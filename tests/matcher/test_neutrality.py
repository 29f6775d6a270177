"""Who people are decides nothing: names, sex, religion, order of rows and numbers are no input."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.lottery import numbers_of
from matcher.objectives import Objectives
from matcher.policy import BudgetRule, LevelName, LeximinPlace, Policy, Siblings
from matcher.problem import MatchingProblem
from matcher.solve import solve
from tests.matcher.months import month

if TYPE_CHECKING:
    from matcher.matching import Matching

PRIVATE = (
    "name", "sex", "gender", "religion", "agama", "ethnic", "suku", "photo", "picture", "nik",
    "birth", "mother", "father", "disab",
)  # fmt: skip


def test_the_problem_has_no_place_for_who_a_child_is() -> None:
    for column in dataclasses.fields(MatchingProblem):
        assert not any(word in column.name for word in PRIVATE), column.name


def shuffled(problem: MatchingProblem, seed: int) -> MatchingProblem:
    """Return the same month with children, pledges, sponsors and places in another order."""
    rng = np.random.default_rng(seed)
    child = rng.permutation(problem.num_children)
    pledge = rng.permutation(problem.num_pledges)
    sponsor = rng.permutation(problem.num_sponsors)
    place = rng.permutation(problem.num_kelurahan)
    at = {name: np.argsort(order) for name, order in (
        ("child", child), ("pledge", pledge), ("sponsor", sponsor), ("place", place)
    )}  # fmt: skip
    homes = np.append(at["place"], -1)
    sizes = np.diff(problem.accepted_start)[pledge]
    areas = [at["place"][problem.accepted_by(row)] for row in pledge.tolist()]
    columns: dict[str, Any] = {
        name: getattr(problem, name)[child]
        for name in (
            "tier", "points", "months_waiting", "child_lat", "child_lon", "forbidden_goods",
            "package",
        )
    }  # fmt: skip
    columns |= {
        name: getattr(problem, name)[pledge]
        for name in ("capacity", "pledge_lat", "pledge_lon", "goods", "standby", "budget_rp")
    }
    return problem.with_columns(
        **columns,
        child_ids=tuple(problem.child_ids[row] for row in child),
        pledge_ids=tuple(problem.pledge_ids[row] for row in pledge),
        sponsor_ids=tuple(problem.sponsor_ids[row] for row in sponsor),
        kelurahan_codes=tuple(problem.kelurahan_codes[row] for row in place),
        kelurahan_kecamatan=problem.kelurahan_kecamatan[place],
        kelurahan=at["place"][problem.kelurahan[child]],
        household=1000 - problem.household[child],
        sponsor=at["sponsor"][problem.sponsor[pledge]],
        pledge_kelurahan=homes[problem.pledge_kelurahan[pledge]],
        accepted_start=np.concatenate([[0], np.cumsum(sizes)]),
        accepted_kelurahan=np.concatenate([np.empty(0, dtype=int), *areas]),
        kept=_renumbered(problem.kept, at["child"], at["pledge"]),
        bans=_renumbered(problem.bans, at["child"], at["pledge"]),
        conflicts=_renumbered(problem.conflicts, at["child"], at["sponsor"]),
    )


def _renumbered(pairs: Any, first: Any, second: Any) -> Any:
    return np.stack([first[pairs[:, 0]], second[pairs[:, 1]]], axis=1)[::-1]


@pytest.mark.parametrize("seed", range(4))
def test_another_order_of_rows_changes_nothing(seed: int) -> None:
    problem = month(seed, children=30, pledges=12, tightness=0.7, siblings=0.2)
    first, second = solve(problem), solve(shuffled(problem, seed + 1))
    assert first.result_hash == second.result_hash
    assert first.pairs(problem) == second.pairs(shuffled(problem, seed + 1))


@pytest.mark.parametrize("seed", range(2))
def test_another_order_of_rows_changes_nothing_under_floors_and_sibling_goals(seed: int) -> None:
    problem = month(seed, children=24, pledges=10, tightness=0.7, siblings=0.3)
    other = shuffled(problem, seed + 1)
    policy = Policy().with_leximin(LeximinPlace.FLOOR).with_siblings(Siblings.PREFERRED)
    first, second = solve(problem, policy), solve(other, policy)
    assert first.is_optimal
    assert first.pairs(problem) == second.pairs(other)


def renamed(problem: MatchingProblem) -> MatchingProblem:
    """Return the month with every child and pledge called otherwise."""
    return problem.with_columns(
        child_ids=tuple(f"Z{code[::-1]}" for code in problem.child_ids),
        pledge_ids=tuple(f"Y{code[::-1]}" for code in problem.pledge_ids),
        sponsor_ids=tuple(f"X{code[::-1]}" for code in problem.sponsor_ids),
    )


IN_RUPIAH: dict[str, Any] = {
    "package_ids": ("a", "b"),
    "package_price_rp": [[200_000, 300_000]],
    "package": np.arange(14) % 2,
    "budget_rp": [500_000, 700_000, 300_000, 800_000, 200_000, 600_000],
    "capacity": [9] * 6,
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("rule", [BudgetRule.CLASSES, BudgetRule.FREE])
@pytest.mark.parametrize("siblings", [0.0, 0.3])
def test_another_order_of_rows_changes_nothing_in_rupiah(
    seed: int, rule: BudgetRule, siblings: float
) -> None:
    problem = month(seed, children=14, pledges=6, siblings=siblings, **IN_RUPIAH)
    other = shuffled(problem, seed + 1)
    policy = Policy(budgets=rule)
    assert solve(problem, policy).pairs(problem) == solve(other, policy).pairs(other)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("siblings", [0.0, 0.3])
def test_other_names_change_no_goal_but_the_draw(seed: int, siblings: float) -> None:
    problem = month(seed, children=30, pledges=12, tightness=0.7, siblings=siblings)
    policy = Policy(split_siblings=not siblings)
    before, after = solve(problem, policy), solve(renamed(problem), policy)
    assert _costs(before) == _costs(after)


def test_where_nothing_ties_other_names_change_no_pair() -> None:
    problem = month(7, children=24, pledges=10, tightness=0.7, points=np.arange(24) * 7 + 1)
    policy = Policy(split_siblings=True)
    before, after = solve(problem, policy), solve(renamed(problem), policy)
    assert np.array_equal(before.pledge_of, after.pledge_of)


def _costs(matching: Matching) -> dict[str, int]:
    return {
        level.name.value: level.cost
        for level in matching.levels
        if level.name is not LevelName.LOTTERY
    }


def test_the_lottery_numbers_are_those_that_the_rule_gives() -> None:
    problem = month(2, children=5, pledges=4)
    objectives = Objectives(problem, Policy(seed=12))
    child, pledge = problem.child_ids[3], problem.pledge_ids[1]
    numbers = numbers_of(12, child, pledge)
    rows = np.array([3]), np.array([1])
    assert numbers["child"] == objectives.uncovered_cost(LevelName.LOTTERY)[3]
    assert numbers["pair"] == objectives.pair_cost(LevelName.LOTTERY, *rows)[0]


def test_anyone_can_work_the_lottery_out_with_the_recipe_of_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "matching.md").read_text(encoding="utf-8")
    recipe = page.split("```python\n")[1].split("```")[0]
    assert len([line for line in recipe.splitlines() if line.strip()]) <= 12
    given: dict[str, Any] = {}
    exec(recipe, given)
    for seed, child, pledge in ((0, "A-1", "J-9"), (12, "A-0042", "J-0007"), (2026, "é", "x")):
        numbers = numbers_of(seed, child, pledge)
        assert given["child_number"](seed, child) == numbers["child"]
        assert given["pair_number"](seed, child, pledge) == numbers["pair"]
