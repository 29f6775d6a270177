"""Levels that look at what a sponsor wishes, at goods in kind, and at the way of a package."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.check import check
from matcher.faults import FaultCode
from matcher.files import FileFormatError, problem_from_json, problem_to_json
from matcher.policy import LevelName, Policy
from matcher.solve import solve
from tests.matcher.months import month
from tests.matcher.oracle import best_keys, keys_of

if TYPE_CHECKING:
    from matcher.problem import MatchingProblem

TERMS = Policy(
    split_siblings=True,
    levels=(
        LevelName.TIER,
        LevelName.WISHES,
        LevelName.GOODS,
        LevelName.DELIVERY,
        LevelName.DISTANCE,
        LevelName.LOTTERY,
    ),
)


def month_with_terms(seed: int, **changes: Any) -> MatchingProblem:
    rng = np.random.default_rng(seed)
    wished = rng.integers(0, 3, 5)
    return month(
        seed,
        children=6,
        pledges=5,
        goods=rng.integers(0, 4, 5),
        kit_goods=rng.integers(0, 4, 6),
        wished_start=[0, 1, 1, 2, 3, 5],
        wished_kelurahan=wished,
        delivery_hm=rng.integers(0, 40, (4, 3)),
        **changes,
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_best_of_all_matchings_is_found_and_checked(seed: int) -> None:
    problem = month_with_terms(seed)
    matching = solve(problem, TERMS)
    chosen = tuple(matching.pledge_of.tolist())
    assert keys_of(problem, TERMS, chosen) == best_keys(problem, TERMS)
    assert check(problem, matching) == []


def test_terms_survive_the_file_and_count_in_the_hash() -> None:
    problem = month_with_terms(3)
    again = problem_from_json(json.loads(json.dumps(problem_to_json(problem))))
    assert again.problem_hash() == problem.problem_hash()
    for name in ("kit_goods", "wished_kelurahan", "delivery_hm"):
        other = getattr(problem, name).copy()
        other.flat[0] ^= 1
        assert problem.with_columns(**{name: other}).problem_hash() != problem.problem_hash()


def test_a_month_without_terms_keeps_the_hash_it_had() -> None:
    problem = month(3)
    assert problem.problem_hash() == (
        problem.with_columns(kit_goods=np.zeros(8), wished_start=np.zeros(6)).problem_hash()
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"wished_kelurahan": [0, 1, 9]}, FaultCode.BAD_WISHES),
        ({"wished_start": [0, 1, 1, 1, 1, 9]}, FaultCode.BAD_WISHES),
        ({"delivery_hm": [[1, 2], [3, 4]]}, FaultCode.BAD_DELIVERY),
        ({"delivery_hm": np.full((4, 3), -1)}, FaultCode.BAD_DELIVERY),
        ({"kit_goods": np.full(6, 8)}, FaultCode.UNKNOWN_GOOD),
    ],
)
def test_terms_that_cannot_be_are_named(changes: dict[str, Any], code: FaultCode) -> None:
    faults = month_with_terms(1).with_columns(**changes).validate()
    assert {fault.code for fault in faults} == {code}


def test_a_delivery_table_of_another_shape_is_refused_by_the_file() -> None:
    content = problem_to_json(month_with_terms(1))
    with pytest.raises(FileFormatError, match="delivery_hm"):
        problem_from_json({**content, "delivery_hm": [[1]]})
