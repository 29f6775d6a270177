"""Every value of a result file, changed one at a time: the check refuses, and names what is wrong.

Seconds and versions alone may differ: they say how long it took and with what, not what was found.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.check import ViolationCode, check
from matcher.files import FileFormatError, result_from_json, result_to_json
from matcher.policy import Policy
from matcher.solve import solve
from matcher.warm import is_warm
from tests.matcher.months import month

if TYPE_CHECKING:
    from collections.abc import Iterator

Trail = tuple[str | int, ...]
SAID_ONLY = ("seconds", "versions")
A_NAME_ONLY = "household"
"""Which children are siblings counts, not what their household is called."""
FREE = Policy(split_siblings=True)


@pytest.fixture(autouse=True)
def lists_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the small month with candidates have its list."""
    monkeypatch.setattr("matcher.check.ALL_PAIRS", 0)


def plain() -> dict[str, Any]:
    problem = month(3, children=20, pledges=9, tightness=0.8)
    return result_to_json(problem, solve(problem, FREE))


def with_candidates() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matcher.pairs.ALL_PAIRS", 0)
        problem = month(4, children=20, pledges=40, tightness=0.8)
        return result_to_json(problem, solve(problem, FREE))


def with_siblings() -> dict[str, Any]:
    problem = month(1, children=30, pledges=14, siblings=0.6)
    return result_to_json(problem, solve(problem, Policy(sibling_seconds=0)))


def with_a_floor() -> dict[str, Any]:
    problem = month(3, children=12, pledges=5, tightness=0.6)
    levels = ("floor", "tier", "siblings", "points", "lottery")
    policy = Policy.from_json({"levels": levels, "split_siblings": True, "floor_percent": 70})
    return result_to_json(problem, solve(problem, policy))


def with_prices_of_households() -> dict[str, Any]:
    problem = month(
        0, children=24, pledges=9, siblings=0.5, tightness=0.9,
        tier=np.ones(24, dtype=int), pins=np.empty((0, 2), dtype=int),
    )  # fmt: skip
    policy = Policy.from_json({"levels": ("tier", "distance", "lottery")})
    matching = solve(problem, replace(policy, search_effort=0))
    assert is_warm() == any(level.certificate.child is not None for level in matching.levels)
    return result_to_json(problem, matching)


KINDS = {
    "plain": plain,
    "with_candidates": with_candidates,
    "with_siblings": with_siblings,
    "with_a_floor": with_a_floor,
    "with_prices_of_households": with_prices_of_households,
}


@cache
def file_of(name: str) -> dict[str, Any]:
    return KINDS[name]()


def leaves(content: Any, trail: Trail = ()) -> Iterator[Trail]:
    """Yield where the values are: of a long list the first, a middle and the last."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from leaves(value, (*trail, name))
    elif isinstance(content, list) and content:
        for at in sorted({0, len(content) // 2, len(content) - 1}):
            yield from leaves(content[at], (*trail, at))
    elif content is not None:
        yield trail


def changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) else [1]


def tampered(file: dict[str, Any], trail: Trail) -> dict[str, Any]:
    twin = copy.deepcopy(file)
    place: Any = twin
    for step in trail[:-1]:
        place = place[step]
    place[trail[-1]] = changed(place[trail[-1]])
    return twin


def first_fault(file: dict[str, Any]) -> str:
    """Return what is named first, empty if all is approved."""
    try:
        violations = check(*result_from_json(file))
    except FileFormatError as error:
        return f"file: {error}"
    return violations[0].code.value if violations else ""


@pytest.mark.parametrize("name", KINDS)
def test_every_value_counts(name: str) -> None:
    file = file_of(name)
    assert first_fault(file) == ""
    unnoticed = [
        trail
        for trail in leaves(file)
        if trail[0] not in SAID_ONLY
        and trail[-1] != A_NAME_ONLY
        and not first_fault(tampered(file, trail))
    ]
    assert unnoticed == []


@pytest.mark.parametrize("name", KINDS)
def test_how_long_it_took_and_with_what_is_only_said(name: str) -> None:
    file = file_of(name)
    for trail in leaves({field: file[field] for field in SAID_ONLY}):
        assert first_fault(tampered(file, trail)) == ""


@pytest.mark.parametrize(
    ("trail", "code"),
    [
        (("month",), ViolationCode.WRONG_PROBLEM),
        (("problem_hash",), ViolationCode.WRONG_PROBLEM),
        (("result_hash",), ViolationCode.WRONG_RESULT_HASH),
        (("policy", "version"), ViolationCode.WRONG_RESULT_HASH),
        (("levels", 0, "cost"), ViolationCode.WRONG_COST),
        (("levels", 0, "value", 0), ViolationCode.WRONG_VALUE),
        (("levels", 0, "bound"), ViolationCode.WRONG_BOUND),
        (("levels", 0, "gap"), ViolationCode.WRONG_STATUS),
    ],
)
def test_the_first_fault_is_named(trail: Trail, code: ViolationCode) -> None:
    assert first_fault(tampered(file_of("plain"), trail)) == code.value


def test_levels_in_another_order_and_pairs_moved_are_refused() -> None:
    file = file_of("plain")
    swapped = copy.deepcopy(file)
    swapped["levels"][0], swapped["levels"][1] = swapped["levels"][1], swapped["levels"][0]
    assert first_fault(swapped) == ViolationCode.LEVELS_DIFFER.value
    for at, (child, pledge) in enumerate(file["assignments"]):
        for other in [row["id"] for row in file["problem"]["pledges"]]:
            moved = copy.deepcopy(file)
            moved["assignments"][at] = [child, other]
            assert bool(first_fault(moved)) == (other != pledge)


def test_a_candidate_left_out_is_noticed() -> None:
    file = copy.deepcopy(file_of("with_candidates"))
    listed = file["candidates"]
    del listed["pledge"][-1]
    assert first_fault(file) == ViolationCode.WRONG_SHAPE.value
    listed["start"][-1] -= 1
    assert first_fault(file) != ""
