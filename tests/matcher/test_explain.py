from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matcher.asking import what_if
from matcher.changes import changes_between, changes_since_last_month, price_between
from matcher.explain import ReasonCode, explain_pairs, explain_unassigned
from matcher.new_pledges import with_new_pledges
from matcher.policy import LevelName, LeximinPlace, Policy
from matcher.recruiting import recruiting, worth_of_places
from matcher.remedies import Remedy, RemedyCode
from matcher.solve import solve
from matcher.warm import is_warm
from tests.matcher.months import month

if TYPE_CHECKING:
    from matcher.matching import Matching
    from matcher.problem import MatchingProblem

FREE = Policy(split_siblings=True)
POLICIES = (FREE, FREE.with_leximin(LeximinPlace.BEFORE_NEED), FREE.with_leximin(LeximinPlace.OFF))


def more_places(problem: MatchingProblem, pledge: int, places: int) -> MatchingProblem:
    capacity = problem.capacity.copy()
    capacity[pledge] += places
    return problem.with_columns(capacity=capacity)


def new_pledge(problem: MatchingProblem, kelurahan: int, places: int) -> MatchingProblem:
    here = np.flatnonzero(problem.kelurahan == kelurahan)[:1]
    return problem.with_columns(
        pledge_ids=(*problem.pledge_ids, "NEW"),
        sponsor_ids=(*problem.sponsor_ids, "NEW"),
        sponsor=np.append(problem.sponsor, problem.num_sponsors),
        capacity=np.append(problem.capacity, places),
        pledge_lat=np.append(problem.pledge_lat, problem.child_lat[here]),
        pledge_lon=np.append(problem.pledge_lon, problem.child_lon[here]),
        pledge_kelurahan=np.append(problem.pledge_kelurahan, kelurahan),
        goods=np.append(problem.goods, np.uint64(0)),
        accepted_start=np.append(problem.accepted_start, problem.accepted_kelurahan.size + 1),
        accepted_kelurahan=np.append(problem.accepted_kelurahan, kelurahan),
        wished_start=np.append(problem.wished_start, problem.wished_kelurahan.size),
        budget_rp=np.append(problem.budget_rp, -1),
        standby=np.append(problem.standby, False),
    )


def changed(problem: MatchingProblem, child: int, remedy: Remedy) -> MatchingProblem:
    """Return the month with a remedy carried out."""
    if remedy.code is RemedyCode.MORE_PLACES_IN_KELURAHAN:
        kelurahan = problem.kelurahan_codes.index(remedy.params["kelurahan"])
        return new_pledge(problem, kelurahan, remedy.params["places"])
    pledge = problem.pledge_ids.index(remedy.params["pledge"])
    if remedy.code is RemedyCode.MORE_PLACES_AT_PLEDGE:
        return more_places(problem, pledge, remedy.params["places"])
    if remedy.code is RemedyCode.WIDEN_AREA:
        at = problem.accepted_start[pledge]
        start = problem.accepted_start.copy()
        start[pledge + 1 :] += 1
        areas = np.insert(problem.accepted_kelurahan, at, problem.kelurahan[child])
        return problem.with_columns(accepted_start=start, accepted_kelurahan=areas)
    if remedy.code is RemedyCode.MONEY_INSTEAD_OF_GOODS:
        goods = problem.goods.copy()
        goods[pledge] = 0
        return problem.with_columns(goods=goods)
    if remedy.code is RemedyCode.USE_STANDBY:
        standby = problem.standby.copy()
        standby[pledge] = False
        return problem.with_columns(standby=standby)
    assert remedy.code is RemedyCode.LIFT_BAN
    bans = [pair for pair in problem.bans.tolist() if pair != [child, pledge]]
    return problem.with_columns(bans=np.array(bans, dtype=np.int32).reshape(-1, 2))


@pytest.mark.parametrize("seed", range(18))
def test_every_remedy_covers_the_child_when_carried_out(seed: int) -> None:
    policy = POLICIES[seed % 3]
    problem = month(seed, children=16, pledges=8, tightness=0.3 + seed % 4 * 0.15)
    matching = solve(problem, policy)
    explained = explain_unassigned(problem, matching)
    assert [each.child_id for each in explained] == [
        problem.child_ids[child] for child in matching.uncovered
    ]
    for each in explained:
        assert each.remedies
        child = problem.child_ids.index(each.child_id)
        for remedy in each.remedies:
            after = solve(changed(problem, child, remedy), policy)
            assert after.pledge_of[child] >= 0, (each, remedy)


@pytest.mark.parametrize("seed", [112, 146])
def test_terms_that_would_move_others_too_are_promised_to_nobody(seed: int) -> None:
    """Opening the pledge to a kelurahan betters the month even before a free place is filled."""
    problem = month(seed, children=14, pledges=6, tightness=0.5, areas=0.8)
    matching = solve(problem)
    for each in explain_unassigned(problem, matching):
        child = problem.child_ids.index(each.child_id)
        assert each.remedies
        for remedy in each.remedies:
            after = solve(changed(problem, child, remedy))
            assert after.pledge_of[child] >= 0, (each, remedy)


@pytest.mark.parametrize("seed", range(6))
def test_places_in_a_kelurahan_are_the_fewest(seed: int) -> None:
    problem = month(seed, children=16, pledges=8, tightness=0.3, points=np.arange(16))
    policy = POLICIES[seed % 3]
    for each in explain_unassigned(problem, solve(problem, policy)):
        child = problem.child_ids.index(each.child_id)
        for remedy in each.remedies:
            if "places" not in remedy.params:
                continue
            assert remedy.params["is_least"]
            fewer = dict(remedy.params, places=remedy.params["places"] - 1)
            after = solve(changed(problem, child, Remedy(remedy.code, fewer)), policy)
            assert after.pledge_of[child] < 0, (each, remedy)


@pytest.mark.parametrize("seed", range(6))
def test_worth_of_one_place_more_or_less_is_exact_on_every_level(seed: int) -> None:
    policy = POLICIES[seed % 3]
    problem = month(seed, children=20, pledges=8, tightness=0.4 + seed % 3 * 0.3)
    matching = solve(problem, policy)
    for worth in worth_of_places(problem, matching):
        pledge = problem.pledge_ids.index(worth.where)
        after = solve(more_places(problem, pledge, 1), policy)
        gain = {name: -price for name, price in price_between(matching, after).items()}
        assert gain == worth.gain
        newly = {c.child_id for c in changes_between(problem, matching, after) if not c.before}
        assert newly == ({worth.covers} if worth.covers else set())
        assert (worth.loss is None) == (problem.capacity[pledge] == 0)
        if worth.loss is not None:
            after = solve(more_places(problem, pledge, -1), policy)
            assert price_between(matching, after) == worth.loss
            left = {c.child_id for c in changes_between(problem, matching, after) if not c.after}
            assert left == ({worth.uncovers} if worth.uncovers else set())


@pytest.mark.parametrize("seed", range(6))
def test_recruiting_in_a_kelurahan_covers_whom_it_says(seed: int) -> None:
    problem = month(seed, children=20, pledges=8, tightness=0.5)
    matching = solve(problem, FREE)
    places = np.unique(problem.kelurahan)
    found = {each.kelurahan: each for each in recruiting(problem, matching, places=3)}
    for at, kelurahan in enumerate(places.tolist()):
        steps = found[code].steps if (code := problem.kelurahan_codes[kelurahan]) in found else ()
        month_with = with_new_pledges(problem, places)
        before = solve(month_with, FREE)
        covered: set[str] = set()
        for number, (gain, child) in enumerate(steps, start=1):
            after = solve(more_places(month_with, problem.num_pledges + at, number), FREE)
            assert gain == {name: -price for name, price in price_between(before, after).items()}
            covered |= {child} if child else set()
            was = matching.pledge_of
            newly = np.flatnonzero((was < 0) & (after.pledge_of >= 0))
            assert covered == {problem.child_ids[row] for row in newly}
            before = after
        if len(steps) < 3:
            after = solve(more_places(month_with, problem.num_pledges + at, len(steps) + 1), FREE)
            assert after.num_covered == before.num_covered


def test_cutoff_of_points_is_met_by_no_uncovered_child() -> None:
    policy = Policy(split_siblings=True, levels=(LevelName.TIER, LevelName.POINTS))
    problem = month(4, children=60, pledges=15, tightness=0.5, tier=np.ones(60))
    matching = solve(problem, policy)
    for each in explain_unassigned(problem, matching):
        if each.reason is ReasonCode.MORE_POINTS_FIRST:
            assert each.params["points"] < each.params["cutoff"]


def uncovered_reason(**changes: Any) -> ReasonCode:
    problem = month(1, children=1, pledges=1, places=2, **_open(changes))
    return explain_unassigned(problem, solve(problem, FREE))[0].reason


def _open(changes: dict[str, Any]) -> dict[str, Any]:
    free: dict[str, Any] = {
        "kelurahan_kecamatan": [0, 0],
        "capacity": [1],
        "standby": [False],
        "goods": [0],
        "forbidden_goods": [0],
        "bans": [],
        "conflicts": [],
        "accepted_start": [0, 0],
        "accepted_kelurahan": [],
        "sponsor": [0],
    }
    return {**free, **changes}


def test_only_pledges_in_use_and_places_taken_are_counted_as_scarce() -> None:
    pledges = {
        "capacity": [2, 2, 3], "standby": [False, False, True], "goods": [0] * 3,
        "accepted_start": [0] * 4, "sponsor": [0, 1, 2], "forbidden_goods": [0] * 6,
    }  # fmt: skip
    problem = month(1, children=6, pledges=3, places=2, **_open(pledges))
    for policy, scarce in ((FREE, (2, 4)), (replace(FREE, use_standby=True), (3, 7))):
        found = explain_unassigned(problem, solve(problem, policy))
        told = {
            (each.params["bottleneck_pledges"], each.params["bottleneck_places"]) for each in found
        }
        assert told == ({scarce} if found else set())
    assert len(explain_unassigned(problem, solve(problem, FREE))) == 2


@pytest.mark.parametrize("seed", range(12))
def test_a_draw_is_named_only_where_a_draw_decided(seed: int) -> None:
    """A child that is next in line sets the prices itself; an exchange tells what it would lose."""
    problem = month(seed, children=14, pledges=5, places=3)
    matching = solve(problem, FREE)
    levels = [level.name for level in matching.levels]
    for each in explain_unassigned(problem, matching):
        child = problem.child_ids.index(each.child_id)
        asked = [what_if(problem, matching, child, pledge) for pledge in range(5)]
        prices = [one.price for one in asked if not one.refusals]
        if not prices or each.reason is ReasonCode.SIBLING_RULE:
            continue
        least = min(prices, key=lambda price: [price.get(name, 0) for name in levels])
        decided = next(name for name in levels if least.get(name))
        assert (each.reason is ReasonCode.LOTTERY) == (decided is LevelName.LOTTERY)


def test_refused_children_are_told_by_what() -> None:
    here = int(month(1, children=1, pledges=1, places=2).kelurahan[0])
    assert uncovered_reason(capacity=[0]) is ReasonCode.NO_PLACES
    assert uncovered_reason(standby=[True]) is ReasonCode.NO_PLACES
    assert uncovered_reason(goods=[1], forbidden_goods=[1]) is ReasonCode.GOODS_FORBIDDEN
    assert uncovered_reason(bans=[(0, 0)]) is ReasonCode.ALL_REFUSED
    assert uncovered_reason(conflicts=[(0, 0)]) is ReasonCode.ALL_REFUSED
    elsewhere: dict[str, Any] = {"accepted_start": [0, 1], "accepted_kelurahan": [1 - here]}
    assert uncovered_reason(**elsewhere) is ReasonCode.NO_PLEDGE_ACCEPTS_AREA
    nobody = month(1, children=1, pledges=0)
    reasons = explain_unassigned(nobody, solve(nobody, FREE))
    assert [each.reason for each in reasons] == [ReasonCode.NO_PLEDGES]


def test_pairs_say_why_and_the_next_best_costs_no_less_than_promised() -> None:
    problem = month(6, children=20, pledges=9, tightness=1.1)
    matching = solve(problem, FREE)
    kept = {(child, pledge) for child, pledge in problem.kept.tolist()}
    reasons = explain_pairs(problem, matching)
    assert len(reasons) == matching.num_covered
    for each in reasons:
        child = problem.child_ids.index(each.child_id)
        pledge = problem.pledge_ids.index(each.pledge_id)
        assert (each.reason is ReasonCode.PAIR_KEPT) == ((child, pledge) in kept)
        if each.next_best:
            answer = what_if(problem, matching, child, problem.pledge_ids.index(each.next_best))
            least = [each.price.get(name, 0) for name in FREE.levels]
            exact = [answer.price.get(name, 0) for name in FREE.levels]
            assert exact >= least
            assert (each.child_id, each.pledge_id, each.next_best) in answer.moves


@pytest.mark.skipif(not is_warm(), reason="the solver is compiled by the set-up")
def test_prices_of_households_promise_nothing_of_a_place() -> None:
    problem = month(0, children=16, pledges=5, tightness=0.8, siblings=0.4)
    matching = solve(problem, Policy())
    names = [level.name for level in matching.levels]
    area = matching.levels[names.index(LevelName.AREA)]
    assert area.unverified
    assert area.certificate.child is not None
    priced = [each for each in explain_pairs(problem, matching) if each.price]
    assert priced
    for each in priced:
        told = names[: names.index(LevelName.AREA)]
        assert set(each.price) <= set(told)
        pledge = problem.pledge_ids.index(str(each.next_best))
        exact = what_if(problem, matching, problem.child_ids.index(each.child_id), pledge).price
        assert [exact.get(name, 0) for name in told] >= [each.price.get(name, 0) for name in told]


def test_what_if_names_the_refusal() -> None:
    problem = month(1, children=1, pledges=1, places=2, **_open({"bans": [(0, 0)]}))
    answer = what_if(problem, solve(problem, FREE), 0, 0)
    assert answer.refusals == ("refusal.banned",)
    assert answer.moves == ()


def test_changes_since_last_month_list_new_and_ended_pairs() -> None:
    problem = month(5, children=20, pledges=9, tightness=0.8)
    matching: Matching = solve(problem, FREE)
    changes = changes_since_last_month(problem, matching)
    before = dict(problem.kept.tolist())
    assert len(changes) == sum(
        before.get(child, -1) != pledge for child, pledge in enumerate(matching.pledge_of.tolist())
    )
