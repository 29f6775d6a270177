"""Why a child is not covered and what would change it; why this pair."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.budgets import prices_rp
from matcher.contrast import Contrast
from matcher.eligibility import Refusal, refusals, usable_pledges
from matcher.market import Market
from matcher.policy import BY_KELURAHAN, LevelName
from matcher.remedies import Remedies, Remedy, RemedyCode
from matcher.residual import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matcher.matching import Matching
    from matcher.problem import MatchingProblem


class ReasonCode(StrEnum):
    """Why a child is not covered, or why a pair was made; sentences live in catalogues."""

    NO_PLEDGES = "reason.no_pledges"
    NO_PLACES = "reason.no_places"
    NO_PLEDGE_ACCEPTS_AREA = "reason.no_pledge_accepts_area"
    GOODS_FORBIDDEN = "reason.goods_forbidden"
    ALL_REFUSED = "reason.all_refused"
    NEEDIER_TIER_FIRST = "reason.needier_tier_first"
    KELURAHAN_SHARE = "reason.kelurahan_share"
    MORE_POINTS_FIRST = "reason.more_points_first"
    LONGER_WAIT_FIRST = "reason.longer_wait_first"
    KEPT_PAIRS_FIRST = "reason.kept_pairs_first"
    NEARER_CHILD_FIRST = "reason.nearer_child_first"
    LOTTERY = "reason.lottery"
    SIBLING_RULE = "reason.sibling_rule"
    BUDGETS_SPENT = "reason.budgets_spent"
    PLACES_TAKEN = "reason.places_taken"
    PAIR_PINNED = "reason.pair_pinned"
    PAIR_KEPT = "reason.pair_kept"
    PAIR_SAME_KELURAHAN = "reason.pair_same_kelurahan"
    PAIR_SAME_KECAMATAN = "reason.pair_same_kecamatan"
    PAIR_NEAREST = "reason.pair_nearest"
    PAIR_BEST_TOGETHER = "reason.pair_best_together"


@dataclass(frozen=True)
class Unassigned:
    """An uncovered child: the reason, and changes that would cover it, cheapest first."""

    child_id: str
    reason: ReasonCode
    params: dict[str, Any]
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True)
class PairReason:
    """Why a child has its pledge, and the next best one with what it would cost per level."""

    child_id: str
    pledge_id: str
    reason: ReasonCode
    params: dict[str, Any]
    next_best: str | None
    price: dict[LevelName, int]


def explain_unassigned(problem: MatchingProblem, matching: Matching) -> list[Unassigned]:
    """Return for every uncovered child why, and the cheapest changes that would cover it.

    A remedy's number of places is the least, or certainly enough where the month is too large to
    search; tests solve again to see that it is. `bottleneck_pledges` are all pledges in use that
    could reach the child, at once or because others move on; `bottleneck_places` are taken there.
    The list is in the order of the problem's rows.
    """
    market = Market(problem, matching)
    if market.objectives.counts_rupiah:
        return [_unserved_by_rupiah(market, child) for child in matching.uncovered.tolist()]
    remedies, exchanges = Remedies(market), _Exchanges(problem, matching)
    usable = usable_pledges(problem, matching.policy)
    covered = matching.pledge_of[matching.pledge_of >= 0]
    taken = np.bincount(covered, minlength=problem.num_pledges)
    explained = []
    for child in matching.uncovered.tolist():
        reason, params = _why_not(market, child, exchanges)
        if remedies.places:
            scarce = remedies.places.residual.bottleneck(child)
            scarce = scarce[usable[scarce]]
            params["bottleneck_pledges"] = int(scarce.size)
            params["bottleneck_places"] = int(taken[scarce].sum())
        found = remedies.of(child, sibling_rule=reason is ReasonCode.SIBLING_RULE)
        explained.append(Unassigned(problem.child_ids[child], reason, params, found))
    return explained


def _unserved_by_rupiah(market: Market, child: int) -> Unassigned:
    """Return why a child is left out where budgets bind, and what the least rupiah are that help.

    So much added to a pledge, and the child pinned there, covers it for certain: nobody else has
    to move.
    """
    problem, matching = market.problem, market.matching
    budgets = market.objectives.budgets
    params = _of_child(problem, child)
    pledges = np.flatnonzero(market.allowed[child])
    params["pledges_in_reach"] = int(pledges.size)
    if not pledges.size:
        reason, params = _why_none(market, child, params)
        return Unassigned(problem.child_ids[child], reason, params, ())
    siblings = matching.pledge_of[problem.household == problem.household[child]]
    if not matching.policy.split_siblings and (siblings >= 0).any():
        sponsor = problem.sponsor[siblings[siblings >= 0][0]]
        pledges = pledges[problem.sponsor[pledges] == sponsor]
        if not pledges.size:
            return Unassigned(problem.child_ids[child], ReasonCode.SIBLING_RULE, params, ())
    need = prices_rp(problem, matching.policy)[pledges, problem.package[child]]
    spent = budgets.spent(matching.pledge_of)[pledges] * budgets.unit_rp
    left = np.where(budgets.bound[pledges], problem.budget_rp[pledges] - spent, need)
    is_full = market.load[pledges] >= market.given.capacity[pledges]
    at = int(np.lexsort((pledges, need - left, is_full))[0])
    lacking = {
        "pledge": problem.pledge_ids[pledges[at]],
        "rupiah": max(0, int(need[at] - left[at])),
    }
    if is_full[at]:
        remedy = Remedy(RemedyCode.ONE_MORE_PINNED, lacking)
        return Unassigned(problem.child_ids[child], ReasonCode.PLACES_TAKEN, params, (remedy,))
    params |= {"price_rp": int(need[at]), "left_rp": int(left[at])}
    remedy = Remedy(RemedyCode.MORE_RUPIAH, lacking)
    return Unassigned(problem.child_ids[child], ReasonCode.BUDGETS_SPENT, params, (remedy,))


MOST_ASKED = 8
"""Pledges that are asked what a child next in line would take there, the best first."""
_DECIDED_BY = {
    LevelName.TIER: ReasonCode.NEEDIER_TIER_FIRST,
    LevelName.FLOOR: ReasonCode.KELURAHAN_SHARE,
    LevelName.LEXIMIN: ReasonCode.KELURAHAN_SHARE,
    LevelName.POINTS: ReasonCode.MORE_POINTS_FIRST,
    LevelName.WAITING: ReasonCode.LONGER_WAIT_FIRST,
    LevelName.KEPT: ReasonCode.KEPT_PAIRS_FIRST,
    LevelName.SIBLINGS: ReasonCode.SIBLING_RULE,
    LevelName.AREA: ReasonCode.NEARER_CHILD_FIRST,
    LevelName.WISHES: ReasonCode.NEARER_CHILD_FIRST,
    LevelName.GOODS: ReasonCode.NEARER_CHILD_FIRST,
    LevelName.DELIVERY: ReasonCode.NEARER_CHILD_FIRST,
    LevelName.DISTANCE: ReasonCode.NEARER_CHILD_FIRST,
    LevelName.SPREAD: ReasonCode.NEARER_CHILD_FIRST,
    LevelName.LOTTERY: ReasonCode.LOTTERY,
}


class _Exchanges:
    """What it costs to give a child a place that somebody else has, exactly, level by level."""

    def __init__(self, problem: MatchingProblem, matching: Matching) -> None:
        self._problem, self._matching = problem, matching

    @cached_property
    def _contrast(self) -> Contrast | None:
        try:
            return Contrast(self._problem, self._matching)
        except TooLargeError:
            return None

    def least(self, child: int, pledges: NDArray[np.intp]) -> dict[LevelName, int]:
        """Return the least price among the first of some pledges; empty where none is known."""
        if self._contrast is None:
            return {}
        asked = [self._contrast.ask(child, pledge) for pledge in pledges[:MOST_ASKED].tolist()]
        prices = [each.price for each in asked if each is not None and not each.refusals]
        levels = [level.name for level in self._matching.levels]
        return min(prices, key=lambda price: [price.get(name, 0) for name in levels], default={})


def _why_not(
    market: Market, child: int, exchanges: _Exchanges
) -> tuple[ReasonCode, dict[str, Any]]:
    """Return the first level at which every pledge within reach asks for more than the child.

    A child that is next in line sets the prices itself: no pledge asks for more. Then what decided
    is the first level that would lose if the child took a place from the one who has it.
    """
    problem = market.problem
    params = _of_child(problem, child)
    pledges, above = market.options(child)
    params["pledges_in_reach"] = int(pledges.size)
    if not pledges.size:
        return _why_none(market, child, params)
    best = above[:, 0]
    decided = np.flatnonzero(best)
    if decided.size and best[decided[0]] < 0:
        return ReasonCode.SIBLING_RULE, params
    if decided.size:
        name, more = market.names[int(decided[0])], int(best[decided[0]])
    else:
        price = exchanges.least(child, pledges[(above == 0).all(axis=0)])
        lost = [(each, price[each]) for each in market.names if price.get(each)]
        name, more = lost[0] if lost and lost[0][1] > 0 else (LevelName.LOTTERY, 0)
    params["level"] = name.value
    if name in BY_KELURAHAN:
        here = problem.kelurahan == problem.kelurahan[child]
        params["served"] = int(np.count_nonzero(market.matching.pledge_of[here] >= 0))
        params["children"] = int(np.count_nonzero(here))
    if name is LevelName.POINTS:
        params["cutoff"] = int(problem.points[child]) + more
    return _DECIDED_BY[name], params


def _of_child(problem: MatchingProblem, child: int) -> dict[str, Any]:
    return {
        "tier": int(problem.tier[child]),
        "points": int(problem.points[child]),
        "months_waiting": int(problem.months_waiting[child]),
        "kelurahan": problem.kelurahan_codes[problem.kelurahan[child]],
    }


def _why_none(
    market: Market, child: int, params: dict[str, Any]
) -> tuple[ReasonCode, dict[str, Any]]:
    """Return why no pledge at all may support a child, with the count of each refusal."""
    problem, policy = market.problem, market.matching.policy
    counts: dict[str, int] = {}
    accepting = in_reach = 0
    for pledge in range(problem.num_pledges):
        found = refusals(problem, policy, child, pledge)
        for refusal in found:
            counts[refusal.value] = counts.get(refusal.value, 0) + 1
        is_usable = not {Refusal.NO_CAPACITY, Refusal.STANDBY} & set(found)
        accepting += is_usable
        in_reach += is_usable and Refusal.OUTSIDE_AREA not in found
    params |= {"refusals": counts}
    if not problem.num_pledges:
        return ReasonCode.NO_PLEDGES, params
    if not accepting:
        return ReasonCode.NO_PLACES, params
    if not in_reach:
        return ReasonCode.NO_PLEDGE_ACCEPTS_AREA, params
    others = set(counts) - {
        Refusal.NO_CAPACITY.value,
        Refusal.STANDBY.value,
        Refusal.OUTSIDE_AREA.value,
    }
    if others == {Refusal.FORBIDDEN_GOODS.value}:
        return ReasonCode.GOODS_FORBIDDEN, params
    return ReasonCode.ALL_REFUSED, params


def explain_pairs(
    problem: MatchingProblem, matching: Matching, children: Sequence[int] | None = None
) -> list[PairReason]:
    """Return why each covered child (or each of `children`) has its pledge, and the next best.

    The price of the next best is the least it can cost, by levels; `what_if` gives the exact one.
    """
    market = Market(problem, matching)
    rows = np.flatnonzero(matching.pledge_of >= 0).tolist() if children is None else children
    kept = dict(problem.kept.tolist())
    pinned = set(problem.pins[:, 0].tolist())
    return [
        _why_pair(market, child, kept_pledge=kept.get(child, -1), is_pinned=child in pinned)
        for child in rows
        if matching.pledge_of[child] >= 0
    ]


def _why_pair(market: Market, child: int, *, kept_pledge: int, is_pinned: bool) -> PairReason:
    problem = market.problem
    pledge = int(market.matching.pledge_of[child])
    pledges, above = market.options(child)
    others = np.flatnonzero(pledges != pledge)
    own = np.array([child]), np.array([pledge])
    steps = int(market.objectives.pair_cost(LevelName.AREA, *own)[0])
    distance_hm = int(problem.distance_hm(*own)[0])
    nearest = int(problem.distance_hm(np.array([child]), pledges).min(initial=distance_hm))
    if is_pinned:
        reason = ReasonCode.PAIR_PINNED
    elif pledge == kept_pledge:
        reason = ReasonCode.PAIR_KEPT
    elif steps == 0:
        reason = ReasonCode.PAIR_SAME_KELURAHAN
    elif steps == 1:
        reason = ReasonCode.PAIR_SAME_KECAMATAN
    elif distance_hm <= nearest:
        reason = ReasonCode.PAIR_NEAREST
    else:
        reason = ReasonCode.PAIR_BEST_TOGETHER
    next_best = int(pledges[others[0]]) if others.size else -1
    priced = others.size > 0 and not market.objectives.counts_rupiah
    return PairReason(
        child_id=problem.child_ids[child],
        pledge_id=problem.pledge_ids[pledge],
        reason=reason,
        params={"distance_hm": distance_hm, "pledges_in_reach": int(pledges.size)},
        next_best=problem.pledge_ids[next_best] if priced else None,
        price=market.as_levels(above[:, others[0]]) if priced else {},
    )
