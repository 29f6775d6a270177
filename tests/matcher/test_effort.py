"""Searches end by counted work: a busy machine changes no result."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.check import check
from matcher.effort import Effort
from matcher.policy import BudgetRule, Policy
from matcher.siblings import TIME_RAN_OUT
from matcher.solve import solve
from tests.matcher.months import month

if TYPE_CHECKING:
    from matcher.problem import MatchingProblem


def test_a_part_of_the_work_comes_back_less_what_was_done() -> None:
    effort = Effort.of(100.0, 60.0)
    with effort.only(0.4) as part:
        part.spend(30.0)
        assert part.work == pytest.approx(10.0)
    assert effort.work == pytest.approx(70.0)


def test_spent_work_is_no_blown_fuse_and_a_blown_fuse_is_told() -> None:
    assert Effort.of(0.0, 60.0).is_spent
    assert not Effort.of(0.0, 60.0).has_blown
    late = Effort.of(1.0, -1.0)
    assert late.is_spent
    assert late.has_blown


def rupiah_month(seed: int) -> MatchingProblem:
    rng = np.random.default_rng(seed)
    return month(
        seed,
        children=40,
        pledges=14,
        siblings=0.2,
        package_price_rp=[[250_000, 350_000, 500_000]],
        package=rng.integers(0, 3, 40),
        package_ids=("a", "b", "c"),
        budget_rp=rng.integers(4, 25, 14) * 100_000,
    )


@pytest.mark.parametrize(
    ("problem", "policy"),
    [
        (month(0, children=60, pledges=30, siblings=0.3), Policy()),
        (month(1, children=60, pledges=30, siblings=0.3), Policy(search_effort=0)),
        (rupiah_month(2), Policy(budgets=BudgetRule.FREE, search_effort=1)),
    ],
)
def test_a_machine_a_hundred_times_slower_finds_the_same(
    problem: MatchingProblem, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = solve(problem, policy)
    began, looks = time.perf_counter(), count()
    monkeypatch.setattr(time, "perf_counter", lambda: began + 0.5 * next(looks))
    second = solve(problem, policy)
    assert second.result_hash == first.result_hash
    assert TIME_RAN_OUT not in second.notes


def test_a_fuse_that_blows_is_named_in_the_result() -> None:
    problem = month(1, children=60, pledges=30, siblings=0.3)
    matching = solve(problem, Policy(sibling_seconds=0))
    assert TIME_RAN_OUT in matching.notes
    assert not matching.is_optimal
    assert check(problem, matching) == []
    assert TIME_RAN_OUT not in solve(problem, Policy(search_effort=0)).notes
