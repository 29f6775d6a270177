from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import matcher.check
import matcher.recount
import matcher.recount_households
from matcher.check import ViolationCode, check
from matcher.matching import Matching, result_hash
from matcher.policy import LevelName, Policy
from matcher.problem import MatchingProblem
from matcher.solve import solve
from tests.matcher.months import month

FREE = Policy(split_siblings=True)


def solved(seed: int = 1) -> tuple[MatchingProblem, Matching]:
    problem = month(seed, children=30, pledges=14, tightness=0.8)
    return problem, solve(problem, FREE)


def resealed(problem: MatchingProblem, matching: Matching) -> Matching:
    return replace(matching, result_hash=result_hash(problem, matching))


def codes(problem: MatchingProblem, matching: Matching) -> set[ViolationCode]:
    return {violation.code for violation in check(problem, resealed(problem, matching))}


def with_level(matching: Matching, at: int, **changes: object) -> Matching:
    levels = list(matching.levels)
    levels[at] = replace(levels[at], **changes)  # type: ignore[arg-type]
    return replace(matching, levels=tuple(levels))


@pytest.mark.parametrize("seed", range(25))
def test_what_the_solver_returns_is_approved(seed: int) -> None:
    problem = month(seed, children=25, pledges=11, tightness=0.3 + seed % 5 * 0.3, siblings=0.1)
    assert check(problem, solve(problem)) == []


def test_checker_imports_neither_solver_nor_eligibility() -> None:
    allowed = {"matcher.matching", "matcher.policy", "matcher.problem", "matcher.recount"}
    allowed.add("matcher.recount_households")
    for module in (matcher.check, matcher.recount, matcher.recount_households):
        tree = ast.parse(Path(str(module.__file__)).read_text())
        imported = {
            node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module and "matcher" in node.module
        }
        assert imported <= allowed


def test_every_moved_pair_is_found() -> None:
    problem, matching = solved()
    for child in range(problem.num_children):
        for pledge in range(-1, problem.num_pledges):
            if pledge == matching.pledge_of[child]:
                continue
            moved = matching.pledge_of.copy()
            moved[child] = pledge
            assert check(problem, resealed(problem, replace(matching, pledge_of=moved)))


def test_moved_pair_without_a_new_hash_breaks_the_seal() -> None:
    problem, matching = solved()
    moved = matching.pledge_of.copy()
    moved[int(np.flatnonzero(moved >= 0)[0])] = -1
    found = {violation.code for violation in check(problem, replace(matching, pledge_of=moved))}
    assert ViolationCode.WRONG_RESULT_HASH in found


@pytest.mark.parametrize("column", ["pledge", "sponsor", "kelurahan"])
@pytest.mark.parametrize("at", range(9))
def test_changed_prices_never_prove_more(at: int, column: str) -> None:
    problem, matching = solved()
    level = matching.levels[at]
    rng = np.random.default_rng(at)
    for _ in range(5):
        prices = getattr(level.certificate, column).copy()
        prices[rng.integers(prices.size)] += int(rng.choice([-5, -1, 1, 7]))
        certificate = replace(level.certificate, **{column: prices})
        changed = with_level(matching, at, certificate=certificate)
        wrong = codes(problem, changed)
        assert wrong <= {ViolationCode.WRONG_BOUND, ViolationCode.WRONG_STATUS}


@pytest.mark.parametrize("at", range(9))
def test_claims_that_differ_from_the_recount_are_named(at: int) -> None:
    problem, matching = solved()
    level = matching.levels[at]
    claims = (
        ({"cost": level.cost - 1}, ViolationCode.WRONG_COST),
        ({"bound": level.bound - 1}, ViolationCode.WRONG_BOUND),
        ({"value": (*level.value[:-1], level.value[-1] + 1)}, ViolationCode.WRONG_VALUE),
        ({"gap": 0.5}, ViolationCode.WRONG_STATUS),
    )
    for change, code in claims:
        assert code in codes(problem, with_level(matching, at, **change))


def test_result_of_another_problem_is_refused_at_once() -> None:
    _, matching = solved()
    other = month(2, children=30, pledges=14, tightness=0.8)
    assert [v.code for v in check(other, matching)] == [ViolationCode.WRONG_PROBLEM]


def test_wrong_shapes_are_named_before_anything_is_counted() -> None:
    problem, matching = solved()
    short = replace(matching, pledge_of=matching.pledge_of[:-1])
    assert codes(problem, replace(matching, levels=matching.levels[:-1])) == {
        ViolationCode.LEVELS_DIFFER
    }
    assert [v.code for v in check(problem, short)] == [ViolationCode.WRONG_SHAPE]
    unknown = matching.pledge_of.copy()
    unknown[0] = problem.num_pledges
    assert [v.code for v in check(problem, replace(matching, pledge_of=unknown))] == [
        ViolationCode.UNKNOWN_PLEDGE
    ]


def test_rules_are_checked_one_by_one() -> None:
    problem = month(5, children=12, pledges=6, tightness=1.5, places=2)
    matching = solve(problem, FREE)
    found: set[ViolationCode] = set()
    for child in range(problem.num_children):
        for pledge in range(problem.num_pledges):
            moved = matching.pledge_of.copy()
            moved[child] = pledge
            found |= codes(problem, replace(matching, pledge_of=moved))
    assert {
        ViolationCode.OVER_CAPACITY,
        ViolationCode.OUTSIDE_AREA,
        ViolationCode.BANNED_PAIR,
        ViolationCode.CONFLICT_PAIR,
        ViolationCode.STANDBY_USED,
        ViolationCode.FORBIDDEN_GOODS,
    } <= found | {ViolationCode.STANDBY_USED, ViolationCode.FORBIDDEN_GOODS}


def test_broken_pin_and_split_siblings_are_found() -> None:
    problem = month(7, children=12, pledges=6, tightness=1.5, siblings=0.9, areas=0)
    together = solve(problem, Policy())
    child = int(np.flatnonzero(together.pledge_of >= 0)[0])
    pinned = MatchingProblem(
        **{
            **{name: getattr(problem, name) for name in problem.__dataclass_fields__},
            "pins": [(child, int(together.pledge_of[child]))],
        }
    )
    matching = solve(pinned, Policy())
    moved = matching.pledge_of.copy()
    moved[child] = -1
    assert ViolationCode.PIN_NOT_KEPT in codes(pinned, replace(matching, pledge_of=moved))
    split = solve(problem, FREE)
    wrong = codes(problem, replace(split, policy=replace(FREE, split_siblings=False)))
    assert ViolationCode.SIBLINGS_SPLIT in wrong


def test_levels_can_be_looked_up() -> None:
    _, matching = solved()
    tier = matching.level(LevelName.TIER)
    assert tier is not None
    assert tier.name is LevelName.TIER
    assert matching.seed == 0
    assert matching.num_covered + matching.uncovered.size == 30


@pytest.mark.parametrize(
    ("name", "held", "is_refused"),
    [
        (LevelName.SPREAD, LevelName.TIER, False),
        (LevelName.SPREAD, LevelName.LEXIMIN, True),
        (LevelName.LEXIMIN, LevelName.TIER, True),
    ],
)
def test_fairness_neither_takes_nor_gives_a_multiplier(
    name: LevelName, held: LevelName, is_refused: bool
) -> None:
    """Equally fair matchings may differ in the sum of shares; the least sum may be less fair."""
    problem, matching = solved()
    at = [level.name for level in matching.levels].index(name)
    prices = replace(matching.levels[at].certificate, multipliers=((held, 0),))
    found = codes(problem, with_level(matching, at, certificate=prices))
    assert found == ({ViolationCode.WRONG_BOUND} if is_refused else set())
