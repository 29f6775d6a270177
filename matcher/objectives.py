"""What each level counts: the integer cost of a pair, of an uncovered child, of a load.

Every level is minimised: what is to be maximised is counted as what is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.budgets import Budgets, counts_rupiah
from matcher.faults import LONGEST_WAY_HM
from matcher.lottery import LOTTERY_BITS, child_number, lottery_keys, pair_number
from matcher.policy import BY_KELURAHAN, LevelName
from matcher.policy_faults import outweighing
from matcher.problem import EARTH_RADIUS_HM

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.policy import Policy
    from matcher.problem import MatchingProblem

    Rows = NDArray[np.integer[Any]]

NO_PAIR_COST = (
    LevelName.TIER,
    LevelName.FLOOR,
    LevelName.LEXIMIN,
    LevelName.POINTS,
    LevelName.WAITING,
    LevelName.SIBLINGS,
    LevelName.SPREAD,
)
"""Levels that do not look at who supports whom."""


@dataclass(frozen=True)
class Blend:
    """A level plus whole multiples of levels before it that could not be held exactly."""

    level: LevelName
    multipliers: tuple[tuple[LevelName, int], ...]
    scale: int = 1
    """Factor of the level itself, so that multipliers and rupiah may weigh fractions of it."""
    rupiah: tuple[int, ...] = ()
    """Prices of the rows of all budgets, one after the other (`Budgets.rows`); empty = none."""

    def terms(self) -> tuple[tuple[LevelName, int], ...]:
        """Return (level, factor) of every part."""
        return ((self.level, self.scale), *self.multipliers)


def terms_of(goal: LevelName | Blend) -> tuple[tuple[LevelName, int], ...]:
    """Return (level, factor) of every part of a goal."""
    return goal.terms() if isinstance(goal, Blend) else ((goal, 1),)


class Objectives:
    """The costs of all levels for one problem and policy.

    Every cost method takes a level or a blend of levels. `fair_served` has the children whom the
    fairest sharing serves in each kelurahan, int64[K], where the policy has a floor.
    """

    def __init__(
        self,
        problem: MatchingProblem,
        policy: Policy,
        fair_served: NDArray[np.int64] | None = None,
    ) -> None:
        self.problem = problem
        self.policy = policy
        self.fair_served = fair_served
        self._child_keys = lottery_keys(policy.seed, problem.child_ids)
        self._pledge_keys = lottery_keys(policy.seed, problem.pledge_ids)
        self.kept_of = np.full(problem.num_children, -1, dtype=np.int64)
        self.kept_of[problem.kept[:, 0]] = problem.kept[:, 1]
        self._share_ranks: NDArray[np.int64] | None = None
        self.watch: Callable[[NDArray[np.int32]], None] | None = None
        """Told of matchings on the way, by whoever wants to show the best so far."""

    def pair_cost(self, goal: LevelName | Blend, children: Rows, pledges: Rows) -> NDArray[Any]:
        """Return the cost of pairs, broadcast over children and pledges; at least 0."""
        if isinstance(goal, Blend):
            shape = np.broadcast_shapes(children.shape, pledges.shape)
            total = np.zeros(shape, dtype=np.int64)
            for level, factor in goal.terms():
                if level not in NO_PAIR_COST:
                    total += np.int64(factor) * self._pair_cost(level, children, pledges)
            if goal.rupiah:
                penalty = self.budgets.penalty(goal.rupiah)
                total += penalty[pledges, self.problem.package[children]]
            return total
        return self._pair_cost(goal, children, pledges)

    def _pair_cost(self, level: LevelName, children: Rows, pledges: Rows) -> NDArray[Any]:
        problem = self.problem
        if level is LevelName.KEPT:
            moved: NDArray[np.int32] = (self.kept_of[children] != pledges).astype(np.int32)
            return moved
        if level is LevelName.AREA:
            home, goal = problem.pledge_kelurahan[pledges], problem.kelurahan[children]
            district = np.append(problem.kelurahan_kecamatan, -1)
            same_district = district[home] == district[goal]
            return np.where(home == goal, 0, np.where(same_district, 1, 2)).astype(np.int32)
        if level is LevelName.DISTANCE:
            return problem.distance_hm(children, pledges)
        if level is LevelName.WISHES:
            away: NDArray[np.int32] = self._away_from_wishes[problem.kelurahan[children], pledges]
            return away
        if level is LevelName.GOODS:
            beside = problem.goods[pledges] & ~problem.kit_goods[children]
            units: NDArray[np.int32] = np.bitwise_count(beside).astype(np.int32)
            return units
        if level is LevelName.DELIVERY and problem.delivery_hm.size:
            in_kind = (problem.goods != 0) & (problem.pledge_kelurahan >= 0)
            start = np.where(in_kind, problem.pledge_kelurahan, problem.num_kelurahan)
            way: NDArray[np.int32] = problem.delivery_hm[
                start[pledges], problem.kelurahan[children]
            ]
            return way
        if level is LevelName.LOTTERY:
            return pair_number(self._child_keys[children], self._pledge_keys[pledges])
        return np.zeros(np.broadcast_shapes(children.shape, pledges.shape), dtype=np.int32)

    @cached_property
    def budgets(self) -> Budgets:
        """Budgets and prices as the policy counts them."""
        return Budgets.of(self.problem, self.policy)

    @cached_property
    def counts_rupiah(self) -> bool:
        """Whether budgets bind packages at their own prices."""
        return counts_rupiah(self.problem, self.policy)

    @cached_property
    def _away_from_wishes(self) -> NDArray[np.int32]:
        """int32[K, m]: 1 where a pledge has wishes and a kelurahan is not among them."""
        problem = self.problem
        sizes = np.diff(problem.wished_start)
        away = np.broadcast_to(sizes > 0, (problem.num_kelurahan, sizes.size)).astype(np.int32)
        away[problem.wished_kelurahan, np.repeat(np.arange(sizes.size), sizes)] = 0
        return away

    @cached_property
    def pair_levels(self) -> frozenset[LevelName]:
        """The policy's levels that look at who supports whom."""
        return frozenset(self.policy.levels) - frozenset(NO_PAIR_COST)

    def largest_pair_cost(self, level: LevelName) -> int:
        """Return a bound on the cost of any pair on a level."""
        problem = self.problem
        if level not in self.pair_levels:
            return 0
        if level is LevelName.DISTANCE:
            return _largest_distance_hm(problem)
        if level is LevelName.DELIVERY:
            return int(problem.delivery_hm.max(initial=0))
        return {
            LevelName.AREA: 2,
            LevelName.GOODS: len(problem.good_ids),
            LevelName.LOTTERY: 1 << LOTTERY_BITS,
        }.get(level, 1)

    def uncovered_cost(self, goal: LevelName | Blend) -> NDArray[np.int64]:
        """Return int64[n], what leaving each child uncovered costs.

        For the tiers any weights that fall along the order give the lexicographic optimum,
        because sets of children that can be covered together form a matroid (docs/matching.md).
        Where fairness has fixed how many children of each kelurahan are served, or where rupiah
        count, they form none, and a child then outweighs all of the tiers below it.
        """
        total = np.zeros(self.problem.num_children, dtype=np.int64)
        for level, factor in terms_of(goal):
            total += factor * self._uncovered_cost(level)
        return total

    def _uncovered_cost(self, level: LevelName) -> NDArray[np.int64]:
        problem = self.problem
        if level is LevelName.TIER:
            return self._tier_weights
        if level is LevelName.POINTS:
            return problem.points.astype(np.int64)
        if level is LevelName.WAITING:
            return problem.months_waiting.astype(np.int64)
        if level is LevelName.KEPT:
            return np.ones(problem.num_children, dtype=np.int64)
        if level is LevelName.LOTTERY:
            return child_number(self._child_keys)
        return np.zeros(problem.num_children, dtype=np.int64)

    @cached_property
    def _tier_weights(self) -> NDArray[np.int64]:
        tier = self.problem.tier
        tiers, rank, counts = np.unique(tier, return_inverse=True, return_counts=True)
        if not (self.policy.is_fair_before_tier or self.counts_rupiah):
            return (tiers.size - rank).astype(np.int64)
        return np.array(outweighing(counts.tolist()), dtype=np.int64)[rank]

    def kelurahan_steps(
        self, goal: LevelName | Blend
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (start int64[K+1], step int64[n]): cost of the r-th uncovered child of a place.

        A floor counts the children whom a place lacks. Leximin of served shares as one flow:
        raising kelurahan k from z to z+1 served is worth more the smaller z/n_k is, and at equal
        shares the larger (z+1)/n_k. Only the order of these worths matters (greedy on an M-convex
        set), so they are ranked: exact integers, rising with r because the last one served is the
        first one given up.
        """
        sizes = np.bincount(self.problem.kelurahan, minlength=self.problem.num_kelurahan)
        start = np.concatenate([[0], np.cumsum(sizes)])
        steps = np.zeros(start[-1], dtype=np.int64)
        for level, factor in terms_of(goal):
            if level is LevelName.LEXIMIN:
                if self._share_ranks is None:
                    self._share_ranks = self._rank_shares(sizes, start)
                steps += factor * self._share_ranks
            if level is LevelName.FLOOR:
                steps += factor * self._below_floor(sizes, start)
        return start, steps

    def _below_floor(self, sizes: NDArray[np.int64], start: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return int64[n]: 1 where the r-th uncovered child of a place leaves it below its floor.

        Steps that only rise, like those of fairness, so that the level is a flow. Floors are
        rounded up: small kelurahan have one too, and the fairest sharing still keeps them all.
        """
        if self.fair_served is None:
            raise ValueError("a floor needs the fairest sharing")
        floor = -(-self.fair_served * self.policy.floor_percent // 100)
        nth_uncovered = np.arange(start[-1]) - np.repeat(start[:-1], sizes) + 1
        below: NDArray[np.int64] = (nth_uncovered > np.repeat(sizes - floor, sizes)).astype(
            np.int64
        )
        return below

    @staticmethod
    def _rank_shares(sizes: NDArray[np.int64], start: NDArray[np.int64]) -> NDArray[np.int64]:
        size = np.repeat(sizes, sizes)
        nth_uncovered = np.arange(start[-1]) - np.repeat(start[:-1], sizes) + 1
        before = (size - nth_uncovered) / size
        after = (size - nth_uncovered + 1) / size
        order = np.lexsort((after, -before))
        changed = np.zeros(order.size, dtype=np.int64)
        if order.size:
            changed[0] = 1
            changed[1:] = (np.diff(before[order]) != 0) | (np.diff(after[order]) != 0)
        step = np.empty(order.size, dtype=np.int64)
        step[order] = np.cumsum(changed)
        return step

    def sponsor_step(self, goal: LevelName | Blend) -> int:
        """Return by how much each further child of one sponsor costs more: 1 for the spread."""
        return dict(terms_of(goal)).get(LevelName.SPREAD, 0)

    def total_cost(self, goal: LevelName | Blend, pledge_of: NDArray[np.integer[Any]]) -> int:
        """Return the cost of a whole matching."""
        return sum(factor * self._total_cost(level, pledge_of) for level, factor in terms_of(goal))

    def _total_cost(self, level: LevelName, pledge_of: NDArray[np.integer[Any]]) -> int:
        problem = self.problem
        covered = np.flatnonzero(pledge_of >= 0)
        pledges = pledge_of[covered]
        cost = int(self.pair_cost(level, covered, pledges).sum(dtype=np.int64))
        cost += int(self.uncovered_cost(level)[pledge_of < 0].sum())
        if level in BY_KELURAHAN:
            start, step = self.kelurahan_steps(level)
            left = np.bincount(problem.kelurahan[pledge_of < 0], minlength=problem.num_kelurahan)
            summed = np.concatenate([[0], np.cumsum(step)])
            cost += int((summed[start[:-1] + left] - summed[start[:-1]]).sum())
        if level is LevelName.SPREAD:
            load = np.bincount(problem.sponsor[pledges], minlength=problem.num_sponsors)
            cost += int((load * (load + 1) // 2).sum())
        if level is LevelName.SIBLINGS:
            cost += times_apart(problem, pledge_of)
        return cost

    def figures(self, level: LevelName, pledge_of: NDArray[np.integer[Any]]) -> tuple[int, ...]:
        """Return what people read of a level: see `LevelResult.value` and docs/matching.md."""
        problem = self.problem
        covered = np.flatnonzero(pledge_of >= 0)
        pledges = pledge_of[covered]
        if level is LevelName.TIER:
            served = np.bincount(
                problem.tier[covered], minlength=int(problem.tier.max(initial=0)) + 1
            )
            return tuple(served[1:].tolist())
        if level is LevelName.LEXIMIN:
            places = problem.kelurahan[covered]
            return tuple(np.bincount(places, minlength=problem.num_kelurahan).tolist())
        if level is LevelName.POINTS:
            return (int(problem.points[covered].sum(dtype=np.int64)),)
        if level is LevelName.WAITING:
            return (int(problem.months_waiting[covered].sum(dtype=np.int64)),)
        if level is LevelName.KEPT:
            return (int(np.count_nonzero(self.kept_of[covered] == pledges)),)
        if level is LevelName.AREA:
            steps = self.pair_cost(level, covered, pledges)
            return tuple(np.bincount(steps, minlength=3).tolist())
        if level is LevelName.SPREAD:
            load = np.bincount(problem.sponsor[pledges], minlength=problem.num_sponsors)
            return (int(load.max(initial=0)),)
        if level in (LevelName.FLOOR, LevelName.SIBLINGS):
            return (self._total_cost(level, pledge_of),)
        return (int(self.pair_cost(level, covered, pledges).sum(dtype=np.int64)),)


def times_apart(problem: MatchingProblem, pledge_of: NDArray[np.integer[Any]]) -> int:
    """Return how many sponsors more than one the siblings of all households have."""
    covered = np.flatnonzero(pledge_of >= 0)
    homes, home = np.unique(problem.household[covered], return_inverse=True)
    pairs = home * np.int64(problem.num_sponsors) + problem.sponsor[pledge_of[covered]]
    return int(np.unique(pairs).size - homes.size)


def _largest_distance_hm(problem: MatchingProblem) -> int:
    """Return a bound on all distances: the diagonal of the area, at most half the earth around."""
    lat = np.concatenate([problem.child_lat, problem.pledge_lat])
    lon = np.concatenate([problem.child_lon, problem.pledge_lon])
    if not lat.size:
        return 0
    diagonal = float(np.hypot(*np.radians([np.ptp(lat), np.ptp(lon)]))) * EARTH_RADIUS_HM
    return int(min(diagonal, LONGEST_WAY_HM)) + 2
