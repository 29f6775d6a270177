"""Questions to a month that counts rupiah: answers that can certainly be had, at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.asking import questions
from matcher.budget_moves import BudgetMoves
from matcher.budget_places import BudgetPlaces
from matcher.contrast import Contrast
from matcher.explain import ReasonCode, explain_unassigned
from matcher.objectives import Objectives
from matcher.policy import BudgetRule, LevelName, Policy
from matcher.recruiting import recruiting, worth_of_places
from matcher.solve import solve
from tests.matcher.months import month
from tests.matcher.oracle import may_support, price_rp

if TYPE_CHECKING:
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

RUPIAH = Policy(budgets=BudgetRule.FREE, search_effort=1)


def plain(**changes: Any) -> MatchingProblem:
    """Three children, two packages, one pledge of 900,000: two cheap, or one dear and a rest."""
    columns: dict[str, Any] = {
        "children": 3, "pledges": 2, "places": 1, "areas": 0, "tier": np.array([1, 1, 2]),
        "points": np.array([300, 200, 100]), "months_waiting": np.zeros(3),
        "sponsor": np.arange(2), "sponsor_ids": ("S0", "S1"), "capacity": np.array([9, 9]),
        "package_ids": ("small", "large"), "package": np.array([0, 0, 1]),
        "package_price_rp": np.array([[400_000, 600_000]]),
        "budget_rp": np.array([900_000, 450_000]), "standby": np.zeros(2, dtype=bool),
        "forbidden_goods": np.zeros(3), "goods": np.zeros(2), "bans": np.empty((0, 2)),
        "conflicts": np.empty((0, 2)), "kept": np.empty((0, 2)),
    }  # fmt: skip
    return month(1, **(columns | changes))


def city(seed: int, siblings: float = 0.0) -> MatchingProblem:
    rng = np.random.default_rng(seed)
    return month(
        seed, children=40, pledges=12, places=4, tightness=0.6, siblings=siblings,
        package_ids=("a", "b", "c"), package=rng.integers(0, 3, 40),
        package_price_rp=np.array([[300_000, 400_000, 550_000]]),
        budget_rp=np.where(rng.random(12) < 0.8, rng.integers(2, 6, 12) * 350_000, -1),
        standby=np.zeros(12, dtype=bool),
    )  # fmt: skip


def breaks(problem: MatchingProblem, policy: Policy, pledge_of: list[int]) -> list[str]:
    """Return what a matching breaks, counted from the rules."""
    found = [
        f"{child} at {pledge}"
        for child, pledge in enumerate(pledge_of)
        if pledge >= 0 and not may_support(problem, policy, child, pledge)
    ]
    for pledge in set(pledge_of) - {-1}:
        own = [child for child, at in enumerate(pledge_of) if at == pledge]
        spent = sum(price_rp(problem, policy, child, pledge) for child in own)
        if len(own) > problem.capacity[pledge] or 0 <= problem.budget_rp[pledge] < spent:
            found.append(f"{pledge} is over")
    sponsors: dict[int, set[int]] = {}
    for child, pledge in enumerate(pledge_of):
        if pledge >= 0:
            home = int(problem.household[child])
            sponsors.setdefault(home, set()).add(int(problem.sponsor[pledge]))
    apart = [home for home, own in sponsors.items() if len(own) > 1]
    return found if policy.split_siblings else [*found, *map(str, apart)]


def after(problem: MatchingProblem, matching: Matching, moves: Any) -> list[int]:
    pledge_of = matching.pledge_of.tolist()
    for child, to in moves:
        pledge_of[child] = to
    return [int(pledge) for pledge in pledge_of]


def test_who_comes_costs_who_has_to_go_and_nothing_where_rupiah_are_left() -> None:
    problem = plain(budget_rp=np.array([900_000, 0]))
    matching = solve(problem, RUPIAH)
    assert matching.pledge_of.tolist() == [0, 0, -1]
    found = BudgetMoves(problem, matching).ask(2, 0)  # 600,000 of 900,000: both have to go
    assert found is not None
    assert not found.is_exact
    assert found.price[LevelName.POINTS] == 300 + 200 - 100
    assert {name for name, _, _ in found.moves} == set(problem.child_ids)
    roomy = plain(budget_rp=np.array([900_000, 650_000]))
    matching = solve(roomy, RUPIAH)
    assert matching.pledge_of.tolist() == [0, 0, 1]
    first = BudgetMoves(roomy, matching).ask(0, 1)  # 650,000 do not pay for both
    assert first is not None
    assert first.price[LevelName.POINTS] == 100
    richer = plain(budget_rp=np.array([900_000, 1_000_000]))
    second = BudgetMoves(richer, solve(richer, RUPIAH)).ask(0, 1)
    assert second is not None
    assert LevelName.POINTS not in second.price


def test_what_no_rupiah_can_buy_is_refused_and_what_is_there_costs_nothing() -> None:
    problem = plain()
    matching = solve(problem, RUPIAH)
    moves = BudgetMoves(problem, matching)
    refused = moves.ask(2, 1)  # 600,000 at a pledge of 450,000
    assert refused is not None
    assert refused.refusals == ("refusal.over_budget",)
    child = int(np.flatnonzero(matching.pledge_of >= 0)[0])
    stays = moves.ask(child, int(matching.pledge_of[child]))
    assert stays is not None
    assert (stays.price, stays.moves) == ({}, ())


@pytest.mark.parametrize(("seed", "siblings"), [(1, 0.0), (3, 0.4)])
def test_answers_keep_every_rule_and_say_their_price(seed: int, siblings: float) -> None:
    problem = city(seed, siblings)
    matching = solve(problem, RUPIAH)
    moves, objectives = BudgetMoves(problem, matching), Objectives(problem, RUPIAH)
    rows = {code: row for row, code in enumerate(problem.child_ids)}
    pledges = {code: row for row, code in enumerate(problem.pledge_ids)} | {None: -1}
    answered = 0
    for child in range(0, problem.num_children, 3):
        for pledge in range(problem.num_pledges):
            found = moves.ask(child, pledge)
            if found is None or found.refusals or not found.moves:
                continue
            answered += 1
            told = [(rows[name], pledges[to]) for name, _, to in found.moves]
            changed = after(problem, matching, told)
            assert changed[child] == pledge
            assert breaks(problem, RUPIAH, changed) == []
            for name in RUPIAH.levels:
                more = objectives.total_cost(name, np.array(changed))
                more -= objectives.total_cost(name, matching.pledge_of)
                assert found.price.get(name, 0) == more
    assert answered > 20


def test_the_fewest_rupiah_more_at_a_pledge_are_what_lacks() -> None:
    problem = plain(budget_rp=np.array([900_000, 0]))
    matching = solve(problem, RUPIAH)
    (worth,) = worth_of_places(problem, matching)
    assert (worth.where, worth.covers, worth.rupiah) == (
        problem.pledge_ids[0], problem.child_ids[2], 500_000,
    )  # fmt: skip
    for more, covered in ((500_000, 3), (499_999, 2)):
        richer = problem.with_columns(budget_rp=np.array([900_000 + more, 0]))
        assert solve(richer, RUPIAH).num_covered == covered
    (left_out,) = explain_unassigned(problem, matching)
    assert left_out.reason is ReasonCode.BUDGETS_SPENT
    (remedy,) = left_out.remedies
    assert remedy.params == {"pledge": problem.pledge_ids[0], "rupiah": 500_000}
    full = problem.with_columns(capacity=np.array([2, 9]))  # no package more, whatever is paid
    taken = solve(full, RUPIAH)
    assert worth_of_places(full, taken) == []
    (left_out,) = explain_unassigned(full, taken)
    assert left_out.reason is ReasonCode.PLACES_TAKEN
    (remedy,) = left_out.remedies
    assert remedy.params == {"pledge": full.pledge_ids[0], "rupiah": 500_000}
    asked = full.with_columns(
        capacity=np.array([3, 9]), budget_rp=np.array([1_400_000, 0]), pins=np.array([[2, 0]])
    )
    assert solve(asked, RUPIAH).pledge_of[2] == 0


def test_new_packages_cover_who_waits_or_who_takes_the_place_of_who_moves() -> None:
    far = plain(
        children=3, places=2, kelurahan=np.array([0, 0, 1]), package=np.zeros(3, dtype=int),
        budget_rp=np.array([800_000, 0]), tier=np.array([1, 1, 1]),
    )  # fmt: skip
    matching = solve(far, RUPIAH)
    waits = int(matching.uncovered[0])
    places = BudgetPlaces(BudgetMoves(far, matching))
    (direct,) = places.at_new_pledge(int(far.kelurahan[waits]), 3)
    assert (direct.covers, direct.rupiah, direct.moves) == (waits, 400_000, ((waits, -1),))
    other = 1 - int(far.kelurahan[waits])
    (moved,) = places.at_new_pledge(other, 3)
    assert moved.covers == waits
    assert len(moved.moves) == 2
    assert far.kelurahan[moved.moves[0][0]] == other


@pytest.mark.parametrize(("seed", "siblings"), [(1, 0.0), (3, 0.4)])
def test_new_packages_keep_every_rule(seed: int, siblings: float) -> None:
    problem = city(seed, siblings)
    matching = solve(problem, RUPIAH)
    places = BudgetPlaces(BudgetMoves(problem, matching))
    covered = 0
    for kelurahan in range(problem.num_kelurahan):
        pledge_of = matching.pledge_of.tolist()
        for more in places.at_new_pledge(kelurahan, 5):
            covered += 1
            assert pledge_of[more.covers] < 0
            assert problem.kelurahan[more.moves[0][0]] == kelurahan
            for child, to in more.moves:
                pledge_of[child] = to if child != more.moves[0][0] else -1  # at the new sponsor
            assert breaks(problem, RUPIAH, [int(at) for at in pledge_of]) == []
    assert covered > 3
    listed = recruiting(problem, matching)
    assert sum(len(area.steps) for area in listed) == covered
    assert all(len(area.rupiah) == len(area.steps) for area in listed)


def test_who_answers_depends_on_whether_rupiah_count() -> None:
    problem = city(2)
    assert isinstance(questions(problem, solve(problem, RUPIAH)), BudgetMoves)
    whole = replace(RUPIAH, budgets=BudgetRule.UNIFORM)
    assert isinstance(questions(problem, solve(problem, whole)), Contrast)
