"""Two pledges share out anew whom they have and who waits, exactly, again and again.

What two pledges can do for the children they have, and for those who wait, is two knapsacks at
once: a dynamic programme over what is left of both. It serves what the levels ask for in their
order, household by household, so that no budget is overspent and no siblings are parted on the way.
Results that are only as good are taken too; that leads out of many dead ends. Pledges with much
left over are looked at more often. (The neighbourhood of two bins, of bin packing and of the
generalised assignment problem; Yagiura, Ibaraki and Glover 2006 chain single moves instead.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.budget_options import Options
from matcher.budget_sharing import UNBOUND, WORK_PER_OPTION, Room, Sharing
from matcher.policy import BY_KELURAHAN, LevelName

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.effort import Effort
    from matcher.objectives import Objectives
    from matcher.pairs import ListedPairs

    Whole = NDArray[np.int64]

MOST_GROUPS, DRAWN_GROUPS = 48, 12
"""Of more who wait, those worth the most per unit are shared out, and some of the others."""
MOST_STEPS = 128
"""Budgets of more units are counted in steps of several."""
EAGER = 30.0
"""How much more often a pledge is looked at that has the cheapest package left over."""
PATIENCE = 8
"""Tries per pledge, beside one per pair of pledges, without a gain before giving up."""
MOST_TRIES_IN_VAIN = 20_000
MOST_PACKED = 1 << 60


def exchanged(
    objectives: Objectives, pairs: ListedPairs, pledge_of: NDArray[np.int32], effort: Effort
) -> NDArray[np.int32]:
    """Return a matching within all budgets that is at least as good, level by level.

    It uses the pairs given and those of the matching, and ends when the effort does, or when
    nothing has been gained for long.
    """
    table = Options(objectives, pairs)
    if not table.pledge.size:
        return pledge_of
    exchange = _Exchange(objectives, table, pledge_of)
    in_vain = 0
    pledges = objectives.problem.num_pledges
    most = min(MOST_TRIES_IN_VAIN, (pledges + PATIENCE) * pledges)
    while in_vain < most and not effort.is_spent:
        in_vain = 0 if exchange.share_out(exchange.draw(), effort) else in_vain + 1
    return exchange.pledge_of


class _Exchange:
    """A matching, and what is left of each pledge."""

    def __init__(
        self, objectives: Objectives, table: Options, pledge_of: NDArray[np.int32]
    ) -> None:
        problem, budgets = objectives.problem, objectives.budgets
        self.objectives, self.table = objectives, table
        self.pledge_of = pledge_of.copy()
        self.begin = table.begins(problem.num_pledges)
        self.rng = np.random.default_rng(objectives.policy.seed)
        self.left = np.where(budgets.bound, budgets.limit - budgets.spent(pledge_of), UNBOUND)
        load = np.bincount(pledge_of[pledge_of >= 0], minlength=problem.num_pledges)
        self.room = problem.capacity.astype(np.int64) - load
        self.option_of, self.is_still = self._options_of(pledge_of)
        by_group = np.argsort(table.group, kind="stable")
        self._of_group, number = by_group, table.is_pinned.size
        self._group_begin = np.searchsorted(table.group[by_group], np.arange(number + 1))
        self._cheapest = np.full(problem.num_pledges, UNBOUND)
        np.minimum.at(self._cheapest, table.pledge, table.units)
        self._by_kelurahan = {
            at: each.level for at, each in enumerate(table.columns) if each.level in BY_KELURAHAN
        }
        self._size = np.bincount(problem.kelurahan, minlength=problem.num_kelurahan)
        self._served = np.bincount(
            problem.kelurahan[pledge_of >= 0], minlength=problem.num_kelurahan
        )

    def _options_of(self, pledge_of: NDArray[np.int32]) -> tuple[Whole, NDArray[np.bool_]]:
        """Return the option that each group has, -1 = none, and which groups have what is none."""
        table = self.table
        option_of = np.full(table.is_pinned.size, -1, dtype=np.int64)
        is_still = np.zeros(table.is_pinned.size, dtype=np.bool_)
        known = {
            (pledge, children): at
            for at, (pledge, children) in enumerate(
                zip(table.pledge.tolist(), table.children, strict=True)
            )
        }
        have: dict[int, list[int]] = {}
        for child in np.flatnonzero(pledge_of >= 0).tolist():
            have.setdefault(int(table.group_of[child]), []).append(child)
        for group, children in have.items():
            at = known.get((int(pledge_of[children[0]]), tuple(children)), -1)
            together = len({int(pledge_of[child]) for child in children}) == 1
            option_of[group], is_still[group] = (at, False) if at >= 0 and together else (-1, True)
        is_still |= table.is_pinned & (option_of < 0)
        return option_of, is_still

    def draw(self) -> tuple[int, ...]:
        """Return two pledges, the first rather with much left, the second open to the same child.

        Only one where nobody else is open to that child and no other pledge is drawn either.
        """
        table = self.table
        left = np.minimum(1.0, self.left / self._cheapest) * (self.room > 0)
        weight = np.cumsum((1.0 + EAGER * left) * (np.diff(self.begin) > 0))
        pledge = int(np.searchsorted(weight, self.rng.random() * weight[-1], side="right"))
        option = int(self.rng.integers(self.begin[pledge], self.begin[pledge + 1]))
        low, high = self._group_begin[table.group[option] : table.group[option] + 2].tolist()
        other = int(table.pledge[self._of_group[int(self.rng.integers(low, high))]])
        if other == pledge:
            other = int(self.rng.integers(0, self.begin.size - 1))
        return (pledge,) if other == pledge else (pledge, other)

    def share_out(self, pledges: tuple[int, ...], effort: Effort) -> bool:
        """Share one or two pledges out anew; say whether anything is gained."""
        effort.spend(WORK_PER_OPTION)
        option = self._open_options(pledges)
        if not option.size:
            return False
        had = self.option_of[np.unique(self.table.group[option])]
        had = had[had >= 0]
        rooms = [self._room(pledge, had) for pledge in pledges]
        option, worth = self._shuffled(option, sum(room.places for room in rooms))
        for is_careful in (False, True):
            sharing = Sharing(self.table, option, worth, pledges, rooms, is_careful=is_careful)
            effort.spend(sharing.work)
            chosen = sharing.best()
            if chosen is not None and self._fits(chosen, had, pledges):
                return self._take(chosen, had)
            if not sharing.is_rough:
                break
        return False

    def _open_options(self, pledges: tuple[int, ...]) -> Whole:
        """Return the options of pledges that are open to who is there, or waits."""
        table, at = self.table, self.begin
        option = np.concatenate([np.arange(at[each], at[each + 1]) for each in pledges])
        group = table.group[option]
        now = self.option_of[group]
        is_open = (now < 0) & ~self.is_still[group]
        for pledge in pledges:
            is_open |= (now >= 0) & (table.pledge[now] == pledge)
        found: Whole = option[is_open]
        return found

    def _room(self, pledge: int, had: Whole) -> Room:
        """Return what a pledge can share out, with what those have who are open."""
        table = self.table
        own = had[table.pledge[had] == pledge]
        places = int(self.room[pledge] + table.places[own].sum())
        if self.left[pledge] >= UNBOUND // 2:
            return Room(places, -1, 1)
        units = int(self.left[pledge] + table.units[own].sum())
        unit = -(-units // MOST_STEPS) if units > MOST_STEPS else 1
        return Room(places, units, max(1, unit))

    def _shuffled(self, option: Whole, places: int) -> tuple[Whole, Whole]:
        """Return options in some order of their groups, not too many, and their worth."""
        table = self.table
        worth = self._packed(option, places)
        groups, of_group = np.unique(table.group[option], return_inverse=True)
        rank = self.rng.permutation(groups.size)
        if groups.size > MOST_GROUPS + DRAWN_GROUPS:
            best = np.full(groups.size, -np.inf)
            np.maximum.at(best, of_group, worth / np.maximum(1, table.units[option]))
            waits = self.option_of[groups] < 0
            order = np.lexsort((rank, -best, waits))
            kept = max(MOST_GROUPS, int(np.count_nonzero(~waits)))
            some = np.zeros(groups.size, dtype=np.bool_)
            some[order[:kept]] = True
            some[self.rng.permutation(order[kept:])[:DRAWN_GROUPS]] = True
            option, worth, of_group = (each[some[of_group]] for each in (option, worth, of_group))
        order = np.argsort(rank[of_group], kind="stable")
        return option[order], worth[order]

    def _packed(self, option: Whole, places: int) -> Whole:
        """Return the gains of options in one number each, whose sums compare like the levels do.

        As many levels as numbers are wide enough for; the others are looked at afterwards.
        """
        table = self.table
        gain = table.gain[option]
        for at, level in self._by_kelurahan.items():
            gain[:, at] = self._step_up(level)[table.kelurahan[option]] * table.places[option]
        low = np.minimum(gain.min(axis=0), 0).tolist()
        span = (places * (np.maximum(gain.max(axis=0), 0) - low)).tolist()
        number, width = 0, 1
        for each in span:
            if width * (1 + each) > MOST_PACKED:
                break
            width *= 1 + each
            number += 1
        packed = np.zeros(option.size, dtype=np.int64)
        for at in range(number):
            packed = packed * (1 + span[at]) + gain[:, at]
        return packed

    def _step_up(self, level: LevelName) -> Whole:
        """Return int64[K], what one child more is worth for the fairness between kelurahan."""
        start, step = self.objectives.kelurahan_steps(level)
        waiting = np.maximum(self._size - self._served, 1)
        at = np.minimum(start[:-1] + waiting - 1, max(0, step.size - 1))
        worth: Whole = np.where(self._size > 0, step[at], 0)
        return worth

    def _fits(self, chosen: Whole, had: Whole, pledges: tuple[int, ...]) -> bool:
        """Return whether pledges have the room for options, instead of those they had."""
        table = self.table
        for pledge in pledges:
            new, old = (each[table.pledge[each] == pledge] for each in (chosen, had))
            if table.places[new].sum() > self.room[pledge] + table.places[old].sum():
                return False
            if table.units[new].sum() > self.left[pledge] + table.units[old].sum():
                return False
        return True

    def _take(self, chosen: Whole, had: Whole) -> bool:
        """Take options instead of others unless that is worse; say whether it is better."""
        table = self.table
        change = table.gain[chosen].sum(axis=0) - table.gain[had].sum(axis=0)
        served = self._served.copy()
        np.add.at(served, table.kelurahan[chosen], table.places[chosen])
        np.subtract.at(served, table.kelurahan[had], table.places[had])
        sign = 0
        for at, each in enumerate(change.tolist()):
            level = self._by_kelurahan.get(at)
            sign = self._fairer(level, served) if level else each
            if sign:
                break
        if sign < 0:
            return False
        for options, by in ((had, 1), (chosen, -1)):
            bound = options[self.left[table.pledge[options]] < UNBOUND // 2]
            np.add.at(self.left, table.pledge[bound], by * table.units[bound])
            np.add.at(self.room, table.pledge[options], by * table.places[options])
        self.option_of[table.group[had]] = -1
        self.option_of[table.group[chosen]] = chosen
        for option in had.tolist():
            self.pledge_of[list(table.children[option])] = -1
        for option in chosen.tolist():
            self.pledge_of[list(table.children[option])] = table.pledge[option]
        self._served = served
        return sign > 0

    def _fairer(self, level: LevelName, served: NDArray[np.int64]) -> int:
        """Return 1 if other numbers of served children are fairer between kelurahan, -1 if less."""
        if level is LevelName.FLOOR:
            return self._lacking(self._served) - self._lacking(served)
        some = self._size > 0
        now, then = (np.sort(each[some] / self._size[some]) for each in (self._served, served))
        differs = np.flatnonzero(now != then)
        return 0 if not differs.size else (1 if then[differs[0]] > now[differs[0]] else -1)

    def _lacking(self, served: NDArray[np.int64]) -> int:
        """Return how many children all kelurahan together are below their floors."""
        start, step = self.objectives.kelurahan_steps(LevelName.FLOOR)
        summed = np.concatenate([[0], np.cumsum(step)])
        return int((summed[start[:-1] + self._size - served] - summed[start[:-1]]).sum())
