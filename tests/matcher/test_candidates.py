from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.candidates import nearest_candidates
from matcher.check import ViolationCode, check
from matcher.eligibility import eligible_pairs, pairs_allowed, refusals
from matcher.matching import result_hash
from matcher.policy import Policy
from matcher.solve import solve
from tests.matcher.months import month

FREE = Policy(split_siblings=True, max_candidates=3)


@pytest.mark.parametrize("seed", range(10))
def test_pair_rules_say_the_same_in_every_form(seed: int) -> None:
    problem = month(seed, children=15, pledges=8, pins=[(0, 0)])
    for policy in (FREE, replace(FREE, use_standby=True)):
        table = eligible_pairs(problem, policy)
        child, pledge = np.nonzero(np.ones_like(table))
        assert pairs_allowed(problem, policy, child, pledge).tolist() == table.ravel().tolist()
        for one, other in zip(child.tolist(), pledge.tolist(), strict=True):
            pinned = [one, other] == [0, 0]
            assert (not refusals(problem, policy, one, other)) == table[one, other] or pinned


def test_candidates_are_the_nearest_that_accept() -> None:
    problem = month(4, children=40, pledges=30, areas=0.0, standby=np.zeros(30), kept=[])
    problem = problem.with_columns(bans=[], conflicts=[], goods=np.zeros(30), capacity=np.ones(30))
    child, pledge = nearest_candidates(problem, FREE)
    rows, columns = np.arange(40)[:, None], np.arange(30)[None, :]
    distance = problem.distance_hm(rows, columns)
    for row in range(40):
        chosen = pledge[child == row]
        assert chosen.size == 3
        assert distance[row, chosen].max() <= np.sort(distance[row])[2]


def test_result_over_candidates_says_so_and_is_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = month(5, children=60, pledges=25, tightness=0.8, siblings=0.2)
    monkeypatch.setattr("matcher.pairs.ALL_PAIRS", 0)
    monkeypatch.setattr("matcher.check.ALL_PAIRS", 0)
    together = solve(problem, replace(FREE, split_siblings=False))
    assert check(problem, together) == []
    matching = solve(problem, FREE)
    assert check(problem, matching) == []
    start, listed = matching.candidate_start, matching.candidate_pledge
    assert start is not None
    assert listed is not None
    outside = next(
        (child, pledge)
        for child in np.flatnonzero(matching.pledge_of >= 0).tolist()
        for pledge in range(25)
        if pledge not in listed[start[child] : start[child + 1]]
    )
    moved = matching.pledge_of.copy()
    moved[outside[0]] = outside[1]
    tampered = replace(matching, pledge_of=moved)
    tampered = replace(tampered, result_hash=result_hash(problem, tampered))
    codes = {violation.code for violation in check(problem, tampered)}
    assert ViolationCode.NOT_A_CANDIDATE in codes


def test_a_list_where_all_pairs_count_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = month(5, children=60, pledges=25, tightness=0.8)
    with monkeypatch.context() as patch:
        patch.setattr("matcher.pairs.ALL_PAIRS", 0)
        listed = solve(problem, FREE)
    found = [violation.params for violation in check(problem, listed)]
    assert found == [{"found": "candidates"}]
    monkeypatch.setattr("matcher.check.ALL_PAIRS", 0)
    without = replace(listed, policy=replace(FREE, max_candidates=0))
    without = replace(without, result_hash=result_hash(problem, without))
    assert check(problem, without)[0].params == {"found": "candidates"}
