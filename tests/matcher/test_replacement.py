from __future__ import annotations

import numpy as np
import pytest

from matcher.check import check
from matcher.policy import Policy
from matcher.replacement import replacement
from matcher.solve import solve
from tests.matcher.months import month
from tests.matcher.oracle import best_keys, keys_of, matchings

FREE = Policy(split_siblings=True)


@pytest.mark.parametrize("seed", range(12))
def test_ended_pledge_moves_nobody_but_its_children(seed: int) -> None:
    problem = month(seed, children=30, pledges=12, tightness=0.9)
    matching = solve(problem, FREE)
    ended = int(matching.pledge_of[matching.pledge_of >= 0][0])
    proposal = replacement(problem, matching, withdrawn_pledges=[ended])
    assert check(proposal.problem, proposal.matching) == []
    orphans = {problem.child_ids[c] for c in np.flatnonzero(matching.pledge_of == ended)}
    moved = {change.child_id for change in proposal.changes if change.before is not None}
    assert moved == orphans
    assert ended not in proposal.matching.pledge_of
    assert set(proposal.still_uncovered) <= orphans


def test_standby_pledge_steps_in_for_the_orphans_only() -> None:
    problem = month(
        1,
        children=3,
        pledges=2,
        areas=0,
        capacity=[1, 2],
        standby=[False, True],
        forbidden_goods=[0, 0, 0],
        bans=[],
        conflicts=[],
        kept=[],
        sponsor=[0, 1],
    )
    matching = solve(problem, FREE)
    assert matching.num_covered == 1
    proposal = replacement(problem, matching, withdrawn_pledges=[0])
    assert len(proposal.changes) == 1
    assert proposal.changes[0].after == problem.pledge_ids[1]
    assert proposal.standby_used == (problem.pledge_ids[1],)
    assert proposal.still_uncovered == ()


def test_place_of_a_child_who_left_goes_to_the_next_child() -> None:
    problem = month(
        2,
        children=3,
        pledges=1,
        areas=0,
        capacity=[1],
        standby=[False],
        tier=[2, 1, 3],
        goods=[0],
        bans=[],
        conflicts=[],
        kept=[],
        sponsor=[0],
    )
    matching = solve(problem, FREE)
    assert matching.pledge_of.tolist() == [-1, 0, -1]
    proposal = replacement(problem, matching, withdrawn_children=[1])
    assert proposal.matching.pledge_of.tolist() == [0, -1, -1]
    assert proposal.still_uncovered == ()


def test_loaded_packages_are_still_delivered() -> None:
    problem = month(3, children=20, pledges=8, tightness=0.9)
    matching = solve(problem, FREE)
    ended = int(np.bincount(matching.pledge_of[matching.pledge_of >= 0]).argmax())
    first, *others = np.flatnonzero(matching.pledge_of == ended).tolist()
    proposal = replacement(problem, matching, withdrawn_pledges=[ended], settled_children=[first])
    assert proposal.matching.pledge_of[first] == ended
    assert all(proposal.matching.pledge_of[child] != ended for child in others)


def test_settled_child_without_pledge_is_refused() -> None:
    problem = month(3, children=20, pledges=8, tightness=0.5)
    matching = solve(problem, FREE)
    uncovered, covered = int(matching.uncovered[0]), int(np.argmax(matching.pledge_of >= 0))
    with pytest.raises(ValueError, match="no pledge"):
        replacement(problem, matching, settled_children=[uncovered])
    with pytest.raises(ValueError, match="cannot leave"):
        replacement(problem, matching, settled_children=[covered], withdrawn_children=[covered])


@pytest.mark.parametrize("seed", range(10))
def test_a_replacement_has_the_fewest_changes_of_all_matchings(seed: int) -> None:
    problem = month(seed, children=6, pledges=4, tightness=0.8, areas=0.2)
    matching = solve(problem, FREE)
    if not matching.num_covered:
        pytest.skip("nobody is covered in this month")
    ended = int(matching.pledge_of[matching.pledge_of >= 0][0])
    proposal = replacement(problem, matching, withdrawn_pledges=[ended])
    policy = proposal.matching.policy
    chosen = tuple(proposal.matching.pledge_of.tolist())
    assert keys_of(proposal.problem, policy, chosen) == best_keys(proposal.problem, policy)
    approved = {
        (child, pledge)
        for child, pledge in enumerate(matching.pledge_of.tolist())
        if pledge not in (-1, ended)
    }
    fewest = min(
        sum(other[child] != pledge for child, pledge in approved)
        for other in matchings(proposal.problem, policy)
    )
    assert sum(chosen[child] != pledge for child, pledge in approved) == fewest
