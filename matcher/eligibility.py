"""Which pledge may support which child."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.budgets import affordable, counted, counts_rupiah
from matcher.keys import among

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.policy import Policy
    from matcher.problem import MatchingProblem


class Refusal(StrEnum):
    """Why a pledge may not support a child."""

    NO_CAPACITY = "refusal.no_capacity"
    STANDBY = "refusal.standby"
    OUTSIDE_AREA = "refusal.outside_area"
    FORBIDDEN_GOODS = "refusal.forbidden_goods"
    OVER_BUDGET = "refusal.over_budget"
    CONFLICT = "refusal.conflict"
    BANNED = "refusal.banned"
    PINNED_ELSEWHERE = "refusal.pinned_elsewhere"


def accepted_areas(problem: MatchingProblem) -> NDArray[np.bool_]:
    """Return bool[m, K]: whether each pledge accepts each kelurahan."""
    sizes = np.diff(problem.accepted_start)
    accepted = np.zeros((problem.num_pledges, problem.num_kelurahan), dtype=np.bool_)
    accepted[np.repeat(np.arange(problem.num_pledges), sizes), problem.accepted_kelurahan] = True
    accepted[sizes == 0] = True
    return accepted


def usable_pledges(problem: MatchingProblem, policy: Policy) -> NDArray[np.bool_]:
    """Return bool[m]: capacity is left and, if standby, asked for."""
    usable = problem.capacity > 0
    if not policy.use_standby:
        usable &= ~problem.standby
    return usable


def eligible_pairs(problem: MatchingProblem, policy: Policy) -> NDArray[np.bool_]:
    """Return bool[n, m]: whether each pledge may support each child.

    A pinned child may only have its pin; a pin counts as asking for a standby pledge.
    """
    accepted = accepted_areas(problem) & usable_pledges(problem, policy)[:, None]
    eligible = np.ascontiguousarray(accepted.T)[problem.kelurahan]
    in_kind = np.flatnonzero(problem.goods)
    choosy = np.flatnonzero(problem.forbidden_goods)
    if in_kind.size and choosy.size:
        clash = problem.forbidden_goods[choosy, None] & problem.goods[None, in_kind]
        eligible[np.ix_(choosy, in_kind)] &= clash == 0
    if counts_rupiah(problem, policy):
        eligible &= affordable(problem, policy)[:, problem.package].T
    eligible[problem.bans[:, 0], problem.bans[:, 1]] = False
    for child, sponsor in problem.conflicts.tolist():
        eligible[child, problem.sponsor == sponsor] = False
    eligible[problem.pins[:, 0]] = False
    eligible[problem.pins[:, 0], problem.pins[:, 1]] = True
    return eligible


def pairs_allowed(
    problem: MatchingProblem,
    policy: Policy,
    children: NDArray[np.integer[Any]],
    pledges: NDArray[np.integer[Any]],
) -> NDArray[np.bool_]:
    """Return bool per pair (two arrays of one shape): the same rules, pair by pair."""
    allowed = usable_pledges(problem, policy)[pledges]
    allowed &= _accepts(problem, pledges, problem.kelurahan[children])
    allowed &= (problem.forbidden_goods[children] & problem.goods[pledges]) == 0
    if counts_rupiah(problem, policy):
        allowed &= affordable(problem, policy)[pledges, problem.package[children]]
    allowed &= ~_listed(problem.bans, children, pledges, problem.num_pledges)
    sponsors = problem.sponsor[pledges]
    allowed &= ~_listed(problem.conflicts, children, sponsors, problem.num_sponsors)
    pin_of = np.full(problem.num_children, -1, dtype=np.int64)
    pin_of[problem.pins[:, 0]] = problem.pins[:, 1]
    pin = pin_of[children]
    result: NDArray[np.bool_] = np.where(pin >= 0, pin == pledges, allowed)
    return result


def _listed(
    pairs: NDArray[np.int32],
    first: NDArray[np.integer[Any]],
    second: NDArray[np.integer[Any]],
    width: int,
) -> NDArray[np.bool_]:
    keys = pairs[:, 0].astype(np.int64) * width + pairs[:, 1]
    return among(first.astype(np.int64) * width + second, keys)


def _accepts(
    problem: MatchingProblem,
    pledges: NDArray[np.integer[Any]],
    kelurahan: NDArray[np.integer[Any]],
) -> NDArray[np.bool_]:
    sizes = np.diff(problem.accepted_start)
    accepts: NDArray[np.bool_] = sizes[pledges] == 0
    choosy = np.flatnonzero(~accepts)
    pledge = np.repeat(np.arange(problem.num_pledges, dtype=np.int64), sizes)
    width = np.int64(max(1, problem.num_kelurahan))
    accepts[choosy] = among(
        pledges[choosy] * width + kelurahan[choosy], pledge * width + problem.accepted_kelurahan
    )
    return accepts


def refusals(
    problem: MatchingProblem, policy: Policy, child: int, pledge: int
) -> tuple[Refusal, ...]:
    """Return every reason why a pledge may not support a child; empty if it may."""
    areas = problem.accepted_by(pledge)
    pins = problem.pins[problem.pins[:, 0] == child, 1].tolist()
    banned = np.any(np.all(problem.bans == (child, pledge), axis=1))
    conflict = np.any(np.all(problem.conflicts == (child, problem.sponsor[pledge]), axis=1))
    found = {
        Refusal.NO_CAPACITY: counted(problem, policy).capacity[pledge] <= 0,
        Refusal.STANDBY: problem.standby[pledge] and not policy.use_standby and pledge not in pins,
        Refusal.OUTSIDE_AREA: areas.size > 0 and problem.kelurahan[child] not in areas,
        Refusal.FORBIDDEN_GOODS: problem.goods[pledge] & problem.forbidden_goods[child] != 0,
        Refusal.OVER_BUDGET: counts_rupiah(problem, policy)
        and not affordable(problem, policy)[pledge, problem.package[child]],
        Refusal.CONFLICT: conflict,
        Refusal.BANNED: banned,
        Refusal.PINNED_ELSEWHERE: bool(pins) and pledge not in pins,
    }
    return tuple(refusal for refusal, holds in found.items() if holds)
