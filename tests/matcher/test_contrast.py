from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matcher.asking import what_if
from matcher.contrast import Contrast
from matcher.policy import LevelName, LeximinPlace, Policy
from matcher.residual import FAR, ImprovableError, Residual, TooLargeError
from matcher.solve import solve
from tests.matcher.months import month

if TYPE_CHECKING:
    from numpy.typing import NDArray

FREE = Policy(split_siblings=True)
POLICIES = (
    FREE,
    FREE.with_leximin(LeximinPlace.BEFORE_NEED),
    Policy(
        split_siblings=True,
        levels=(
            LevelName.KEPT,
            LevelName.TIER,
            LevelName.SPREAD,
            LevelName.DISTANCE,
            LevelName.LEXIMIN,
            LevelName.LOTTERY,
        ),
    ),
)


@pytest.mark.parametrize("seed", range(9))
def test_an_answer_along_a_path_is_that_of_solving_again(seed: int) -> None:
    problem = month(seed, children=14, pledges=7, tightness=0.5 + seed % 3 * 0.3)
    matching = solve(problem, POLICIES[seed % 3])
    contrast = Contrast(problem, matching)
    for child in range(0, 14, 4):
        for pledge in range(7):
            quick = contrast.ask(child, pledge)
            exact = what_if(problem, matching, child, pledge)
            assert quick is not None
            assert quick.is_exact
            assert quick.refusals == exact.refusals
            assert quick.price == exact.price
            assert sorted(quick.moves) == sorted(exact.moves)


@pytest.mark.parametrize("seed", range(6))
def test_under_the_sibling_rule_an_answer_keeps_it_and_is_never_below_the_exact_one(
    seed: int,
) -> None:
    problem = month(seed, children=14, pledges=7, tightness=0.8, siblings=0.3)
    matching = solve(problem, Policy())
    contrast = Contrast(problem, matching)
    names = matching.policy.levels
    for child in range(0, 14, 2):
        for pledge in range(7):
            quick = contrast.ask(child, pledge)
            if quick is None or quick.refusals:
                continue
            exact = what_if(problem, matching, child, pledge)
            paid = [quick.price.get(name, 0) for name in names]
            least = [exact.price.get(name, 0) for name in names]
            assert paid == least if quick.is_exact else paid >= least


def test_where_a_child_is_already_costs_nothing() -> None:
    problem = month(2, children=10, pledges=6, tightness=1.2)
    matching = solve(problem, FREE)
    child = int(np.flatnonzero(matching.pledge_of >= 0)[0])
    answer = Contrast(problem, matching).ask(child, int(matching.pledge_of[child]))
    assert answer is not None
    assert answer.price == {}
    assert answer.moves == ()


def test_a_matching_that_could_be_better_is_refused() -> None:
    problem = month(2, children=10, pledges=6, tightness=1.2)
    matching = solve(problem, FREE)
    matching.pledge_of[int(np.flatnonzero(matching.pledge_of >= 0)[0])] = -1
    with pytest.raises(ImprovableError):
        _ = Residual(problem, matching).potential


@pytest.mark.parametrize("seed", range(20))
def test_potentials_that_cannot_hold_are_given_up_as_soon_as_nodes_lower_each_other(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = month(seed, children=30, pledges=10, tightness=0.8)
    matching = solve(problem, FREE)
    first, other = np.flatnonzero(matching.pledge_of >= 0)[[0, -1]]
    matching.pledge_of[[first, other]] = matching.pledge_of[[other, first]]
    verdicts = []
    for turns in (1, 10**6):  # looked at each turn, and never
        monkeypatch.setattr("matcher.residual.TURNS_BETWEEN_LOOKS", turns)
        try:
            verdicts.append(Residual(problem, matching).potential.tolist())
        except ImprovableError:
            verdicts.append(None)
    assert verdicts[0] == verdicts[1]


def test_a_month_that_could_be_better_is_found_so_once_and_not_at_every_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = month(2, children=10, pledges=6, tightness=1.2)
    matching = solve(problem, FREE)
    matching.pledge_of[int(np.flatnonzero(matching.pledge_of >= 0)[0])] = -1
    contrast = Contrast(problem, matching)
    asked: list[int] = []
    lowered = Residual._lowered

    def counted(
        self: Residual, potential: NDArray[np.int64], nodes: NDArray[np.intp]
    ) -> NDArray[np.int64]:
        asked.append(id(self))
        return lowered(self, potential, nodes)

    monkeypatch.setattr(Residual, "_lowered", counted)
    answers = [contrast.ask(child, pledge) for child in range(2, 6) for pledge in range(2)]
    assert None in answers
    assert len(asked) == len(set(asked))


def test_a_month_with_listed_candidates_is_too_large_to_condense() -> None:
    from dataclasses import replace

    problem = month(2, children=10, pledges=6)
    matching = replace(solve(problem, FREE), candidate_start=np.zeros(11, dtype=np.int64))
    with pytest.raises(TooLargeError):
        Residual(problem, matching)


@pytest.mark.parametrize("seed", range(3))
def test_compiled_paths_cost_what_the_others_do(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    problem = month(seed, children=40, pledges=12, tightness=0.7)
    matching = solve(problem, POLICIES[seed])
    plain = Residual(problem, matching)
    monkeypatch.setattr("matcher.residual.WORTH_LOADING", 0)
    monkeypatch.setattr("matcher.residual.is_warm", lambda: True)
    compiled = Residual(problem, matching)
    for source in range(plain.sink + 1):
        expected, _ = plain.distances(source)
        found, before = compiled.distances(source)
        assert np.array_equal(np.minimum(found[0], FAR), np.minimum(expected[0], FAR))
        reached = np.flatnonzero(found[0] < FAR)
        assert np.array_equal(found[:, reached], expected[:, reached])
        for goal in reached.tolist():
            path = compiled.path(before, source, goal).nodes
            total = sum(compiled.cost[:, tail, head] for tail, head in pairwise(path))
            assert goal == source or np.array_equal(total, found[:, goal])
            alone, _ = compiled.distances(source, target=goal)
            assert np.array_equal(alone[:, goal], found[:, goal])
