"""The columns and rows of one level under the sibling rule: a mixed-integer programme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.flow import steps_within
from matcher.policy import LevelName
from matcher.relaxation import Relaxation, Rows
from matcher.sibling_cuts import CLOSE, Options

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.face import Face
    from matcher.objectives import Objectives
    from matcher.pairs import ListedPairs


class Columns:
    """Columns: pairs, waiting children, waiting steps, sponsor steps, household at sponsor.

    Where siblings only should be together, also each sponsor more than one of a household.
    """

    def __init__(self, objectives: Objectives, pairs: ListedPairs, face: Face) -> None:
        self.objectives, self.pairs, self.face = objectives, pairs, face
        problem = objectives.problem
        self.waiting = np.flatnonzero(face.may_wait)
        place_steps = face.waiting_high - face.waiting_low
        self.step_place = np.repeat(np.arange(problem.num_kelurahan), place_steps)
        self.step_nth = steps_within(face.waiting_low, face.waiting_high)
        load_steps = face.sponsor_high - face.sponsor_low
        self.load_sponsor = np.repeat(np.arange(problem.num_sponsors), load_steps)
        self.load_nth = steps_within(face.sponsor_low, face.sponsor_high)
        self._bind_households()
        sizes = (
            pairs.child.size,
            self.waiting.size,
            self.step_place.size,
            self.load_sponsor.size,
            self.home_sponsor.size,
            self.apart_household.size,
        )
        self.at = np.concatenate([[0], np.cumsum(sizes)])
        self.rows = Rows.none()
        self.relaxation = Relaxation(int(self.at[-1]), self.rows)
        self._flow_rows()
        self._sibling_rows()
        self._budget_rows()
        self.options = self._options()

    def _bind_households(self) -> None:
        """Give every household that could be split columns per sponsor: so many of it there."""
        problem, pairs = self.objectives.problem, self.pairs
        household = problem.household[pairs.child]
        by_child = np.unique(np.stack([household, pairs.child], axis=1), axis=0)
        homes, children = np.unique(by_child[:, 0], return_counts=True)
        both = np.unique(np.stack([household, problem.sponsor[pairs.pledge]], axis=1), axis=0)
        choices = np.bincount(np.searchsorted(homes, both[:, 0]), minlength=homes.size)
        bound = homes[(children > 1) & (choices > 1) & self.objectives.policy.minds_siblings]
        self.bound_pairs = np.flatnonzero(np.isin(household, bound))
        self._count_siblings()

    def _count_siblings(self) -> None:
        """Find how many of each bound household, at most, each sponsor can have.

        Where rupiah count, halves of households matter less than halves of budgets: one column
        says that the household is there, however many of it.
        """
        problem, pairs, bound = self.objectives.problem, self.pairs, self.bound_pairs
        child, pledge = pairs.child[bound].astype(np.int64), pairs.pledge[bound]
        sponsor = problem.sponsor[pledge].astype(np.int64)
        key = problem.household[child] * problem.num_sponsors + sponsor
        keys, self.home_of_pair = np.unique(key, return_inverse=True)
        width = np.int64(problem.num_pledges)
        at_pledge, siblings = np.unique(self.home_of_pair * width + pledge, return_counts=True)
        room = np.minimum(siblings, self.face.pledge_high[at_pledge % width])
        most = np.bincount(at_pledge // width, weights=room, minlength=keys.size).astype(np.int64)
        links = np.unique(self.home_of_pair * np.int64(problem.num_children) + child)
        number = np.bincount(links // problem.num_children, minlength=keys.size)
        most = np.minimum(most, 1 if self.objectives.counts_rupiah else number)
        self._home = np.repeat(np.arange(keys.size), most)
        self.home_first = np.concatenate([[0], np.cumsum(most)])
        self.home_count = np.arange(self._home.size) - self.home_first[self._home] + 1
        self.home_household = keys[self._home] // problem.num_sponsors
        self.home_sponsor = keys[self._home] % problem.num_sponsors
        self._count_apart(problem.household[child], child, keys // problem.num_sponsors)

    def _count_apart(
        self, household: NDArray[np.int64], child: NDArray[np.int64], home: NDArray[np.int64]
    ) -> None:
        """Find how many sponsors more than one each bound household can have, if it may."""
        siblings = np.unique(np.stack([household, child]), axis=1)[0]
        homes, number = np.unique(siblings, return_counts=True)
        sponsors = np.bincount(np.searchsorted(homes, home), minlength=homes.size)
        more = np.minimum(number, sponsors) - 1
        if not self.objectives.policy.split_siblings:
            more[:] = 0
        self.apart_household = np.repeat(homes, more)
        first = np.cumsum(more) - more
        self.apart_nth = np.arange(self.apart_household.size) - np.repeat(first, more) + 1

    def add_rows(
        self,
        row: NDArray[Any],
        column: NDArray[Any],
        value: NDArray[Any],
        low: NDArray[Any],
        high: NDArray[Any],
    ) -> None:
        """Add rows of entries (row, column, value) between bounds; theirs are numbered from 0."""
        self.rows.add(
            (row, column, value.astype(np.float64)),
            low.astype(np.float64),
            high.astype(np.float64),
        )

    def _flow_rows(self) -> None:
        problem, pairs, face = self.objectives.problem, self.pairs, self.face
        pair_columns = np.arange(pairs.child.size)
        wait_columns = self.at[1] + np.arange(self.waiting.size)
        one = np.ones(problem.num_children)
        child_row = np.concatenate([pairs.child, self.waiting])
        columns = np.concatenate([pair_columns, wait_columns])
        self.add_rows(child_row, columns, np.ones(columns.size), one, one)
        ones = np.ones(pair_columns.size)
        self.add_rows(pairs.pledge, pair_columns, ones, face.pledge_low, face.pledge_high)
        self._stepped_rows(
            problem.sponsor[pairs.pledge], pair_columns, self.load_sponsor, 3, face.sponsor_low
        )
        self._stepped_rows(
            problem.kelurahan[self.waiting], wait_columns, self.step_place, 2, face.waiting_low
        )

    def _stepped_rows(
        self,
        owner: NDArray[Any],
        columns: NDArray[Any],
        step_owner: NDArray[Any],
        part: int,
        low: NDArray[np.int64],
    ) -> None:
        """Add rows: what arrives at an owner = its lower bound + its steps."""
        steps = self.at[part] + np.arange(step_owner.size)
        self.add_rows(
            np.concatenate([owner, step_owner]),
            np.concatenate([columns, steps]),
            np.concatenate([np.ones(columns.size), -np.ones(steps.size)]),
            low,
            low,
        )

    def _sibling_rows(self) -> None:
        """Add rows: siblings at a sponsor are as many as counted there; one sponsor each."""
        bound = self.bound_pairs
        if not bound.size:
            return
        counts = self.at[4] + np.arange(self._home.size)
        number = self.home_first.size - 1
        nothing = np.zeros(number)
        if self.objectives.counts_rupiah:
            self._rows_of_homes(np.arange(bound.size), *self._links())
        else:
            self.add_rows(
                np.concatenate([self.home_of_pair, self._home]),
                np.concatenate([bound, counts]),
                np.concatenate([np.ones(bound.size), -self.home_count]),
                nothing,
                nothing,
            )
        self._few_places_rows()
        homes, row = np.unique(self.home_household, return_inverse=True)
        apart = self.at[5] + np.arange(self.apart_household.size)
        self.add_rows(
            np.concatenate([row, np.searchsorted(homes, self.apart_household)]),
            np.concatenate([counts, apart]),
            np.concatenate([np.ones(counts.size), -np.ones(apart.size)]),
            np.full(homes.size, -np.inf),
            np.ones(homes.size),
        )
        if apart.size:
            ones = np.ones(number)
            self.add_rows(self._home, counts, np.ones(counts.size), -np.inf * ones, ones)

    def _options(self) -> Options:
        """Return what children of their own and households can have of the sponsors' places."""
        problem, pairs, face = self.objectives.problem, self.pairs, self.face
        alone = np.ones(pairs.child.size, dtype=np.bool_)
        alone[self.bound_pairs] = False
        self.option_column = np.concatenate(
            [np.flatnonzero(alone), self.at[4] + np.arange(self._home.size)]
        )
        owner = np.concatenate([pairs.child[alone], problem.num_children + self._owner_of_home()])
        capacity = np.zeros(problem.num_sponsors, dtype=np.int64)
        np.add.at(capacity, problem.sponsor, face.pledge_high)
        return Options(
            np.unique(owner, return_inverse=True)[1],
            np.concatenate([problem.sponsor[pairs.pledge[alone]], self.home_sponsor]),
            np.concatenate([np.ones(int(alone.sum()), dtype=np.int64), self.home_count]),
            np.minimum(capacity, face.sponsor_high),
        )

    def _owner_of_home(self) -> NDArray[np.int64]:
        """Return who takes at most one option: a household, or where it may be apart its part."""
        return self._home if self.objectives.policy.split_siblings else self.home_household

    def keep_together(self) -> None:
        """Let no household have more than one sponsor."""
        high = np.zeros(self.at[-1], dtype=np.bool_)
        low = high.copy()
        low[self.at[5] :] = True
        self.relaxation.fix(low, high)

    def _rows_of_homes(
        self, some: NDArray[np.intp], key: NDArray[np.int64], most: NDArray[np.int64]
    ) -> None:
        """Add rows: of some bound pairs, those that share a key are at most as many as counted.

        Of what is counted, no more than `most` of the key.
        """
        keys, first, row = np.unique(key[some], return_index=True, return_inverse=True)
        home = self.home_of_pair[some[first]]
        sizes = np.diff(self.home_first)[home]
        owner = np.repeat(np.arange(keys.size), sizes)
        count = np.arange(owner.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        count += self.home_first[home][owner]
        limit = most[some[first]][owner]
        counted = np.minimum(self.home_count[count], limit)
        if self.objectives.counts_rupiah:
            counted = limit
        self.add_rows(
            np.concatenate([row, owner]),
            np.concatenate([self.bound_pairs[some], self.at[4] + count]),
            np.concatenate([np.ones(row.size), -counted]),
            np.full(keys.size, -np.inf),
            np.zeros(keys.size),
        )

    def link_siblings(self, part: NDArray[np.float64], column: NDArray[np.float64]) -> None:
        """Add rows that a fractional solution breaks: who is at a sponsor is counted there.

        They follow from the others for whole columns, and hardly matter where siblings cost the
        same, so that most are never needed.
        """
        bound, home = self.bound_pairs, self.home_of_pair
        if not bound.size:
            return
        dearest, cheapest = (
            np.full(self.home_first.size, -np.inf),
            np.full(self.home_first.size, np.inf),
        )
        np.maximum.at(dearest, home, part[bound])
        np.minimum.at(cheapest, home, part[bound])
        counted = np.bincount(
            self._home, weights=column[self.at[4] : self.at[5]], minlength=self.home_first.size
        )
        key, most = self._links()
        keys, link = np.unique(key, return_inverse=True)
        there = np.bincount(link, weights=column[bound], minlength=keys.size)
        broken = (there[link] > counted[home] + CLOSE) & (dearest > cheapest)[home]
        some = np.flatnonzero(broken)
        if some.size:
            self._rows_of_homes(some, key, most)

    def _links(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return keys that pairs of a bound child with a sponsor share, and how many they allow."""
        width = np.int64(self.objectives.problem.num_children)
        key = self.home_of_pair * width + self.pairs.child[self.bound_pairs]
        return key, np.ones(key.size, dtype=np.int64)

    def _few_places_rows(self) -> None:
        """Add rows: siblings at a pledge are no more than its places, whatever their sponsor has.

        They follow from the others for whole columns; halves of a household at two sponsors with
        one place each do not keep them.
        """
        width = np.int64(self.face.pledge_high.size)
        key = self.home_of_pair * width + self.pairs.pledge[self.bound_pairs]
        room = self.face.pledge_high[key % width]
        at_pledge, row, siblings = np.unique(key, return_inverse=True, return_counts=True)
        few = siblings[row] > room
        if not self.objectives.counts_rupiah:
            several = np.bincount(at_pledge // width, minlength=self.home_first.size) > 1
            few &= several[self.home_of_pair]
        kept = np.flatnonzero(few)
        self._rows_of_homes(kept, key, room)

    def _budget_rows(self) -> None:
        """Add the rows that bind each pledge where its packages count in rupiah, if they do."""
        if not self.objectives.counts_rupiah:
            return
        pairs, columns = self.pairs, np.arange(self.pairs.child.size)
        package = self.objectives.problem.package[pairs.child]
        for weight, limit in zip(*self.objectives.budgets.rows, strict=True):
            counts = weight[pairs.pledge, package].astype(np.float64)
            nothing = np.full(limit.size, -np.inf)
            self.add_rows(pairs.pledge, columns, counts, nothing, limit.astype(np.float64))

    def parts(self, name: LevelName) -> list[NDArray[np.float64]]:
        """Return the costs of the columns that a level minimises, one after the other.

        Under the sibling rule sets of children are no matroid, so that tiers and shares have to be
        minimised in their order; all other levels are one sum.
        """
        if name is LevelName.TIER:
            return self._tier_parts()
        if name is LevelName.LEXIMIN:
            return self._share_parts()
        cost = np.zeros(self.at[-1])
        cost[: self.at[1]] = self.pairs.working_cost(name)
        cost[self.at[1] : self.at[2]] = self.objectives.uncovered_cost(name)[self.waiting]
        start, step = self.objectives.kelurahan_steps(name)
        cost[self.at[2] : self.at[3]] = step[start[self.step_place] + self.step_nth - 1]
        cost[self.at[3] : self.at[4]] = self.objectives.sponsor_step(name) * self.load_nth
        cost[self.at[5] :] = name is LevelName.SIBLINGS
        return [cost]

    def _tier_parts(self) -> list[NDArray[np.float64]]:
        tier = self.objectives.problem.tier[self.waiting]
        parts = []
        for each in np.unique(tier):
            cost = np.zeros(self.at[-1])
            cost[self.at[1] : self.at[2]] = tier == each
            parts.append(cost)
        return parts

    def _share_parts(self) -> list[NDArray[np.float64]]:
        """Return, from the lowest share upwards, how many kelurahan are at most there.

        A few shares are packed into one part, as digits, as far as the solver's precision allows.
        """
        problem = self.objectives.problem
        size = np.bincount(problem.kelurahan, minlength=problem.num_kelurahan)[self.step_place]
        share = (size - self.step_nth) / np.maximum(size, 1)
        before = (size - self.step_nth + 1) / np.maximum(size, 1)
        base = problem.num_kelurahan + 1
        digits = max(1, int(np.log(1e6) / np.log(base)))
        shares = np.unique(share)
        parts = []
        for at in range(0, shares.size, digits):
            cost = np.zeros(self.at[-1])
            for share_now in shares[at : at + digits]:
                crossing = (share <= share_now) & (before > share_now)
                cost[self.at[2] : self.at[3]] *= base
                cost[self.at[2] : self.at[3]] += crossing
            parts.append(cost)
        return parts

    def value(self, part: NDArray[np.float64], pledge_of: NDArray[np.int32]) -> int:
        """Return what a matching costs on a part."""
        return round(float(part @ self.columns_of(pledge_of)))

    def hold(self, part: NDArray[np.float64], pledge_of: NDArray[np.int32]) -> None:
        """Let a part from now on cost at most what it does in a matching."""
        columns = np.flatnonzero(part)
        row = np.zeros(columns.size, dtype=np.int64)
        limit = np.array([float(self.value(part, pledge_of))])
        self.add_rows(row, columns, part[columns], np.array([-np.inf]), limit)

    def fits(self, pledge_of: NDArray[np.int32]) -> bool:
        """Return whether a matching has columns here, and none otherwise than fixed."""
        column = self.columns_of(pledge_of)
        has_pairs = round(column[: self.at[1]].sum()) == np.count_nonzero(pledge_of >= 0)
        within = (self.relaxation.low <= column) & (column <= self.relaxation.high)
        return has_pairs and bool(within.all())

    def columns_of(self, pledge_of: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return a matching as values of the columns."""
        problem, pairs = self.objectives.problem, self.pairs
        covered = np.flatnonzero(pledge_of >= 0)
        load = np.bincount(problem.sponsor[pledge_of[covered]], minlength=problem.num_sponsors)
        left = np.bincount(problem.kelurahan[pledge_of < 0], minlength=problem.num_kelurahan)
        homes = problem.household[covered].astype(np.int64) * problem.num_sponsors
        homes, siblings = np.unique(homes + problem.sponsor[pledge_of[covered]], return_counts=True)
        there = self.home_household * np.int64(problem.num_sponsors) + self.home_sponsor
        at = np.minimum(np.searchsorted(homes, there), max(0, homes.size - 1))
        found = homes[at] == there if homes.size else np.zeros(there.size, dtype=np.bool_)
        counted = found
        if homes.size and not self.objectives.counts_rupiah:
            counted = found & (siblings[at] == self.home_count)
        return np.concatenate(
            [
                pledge_of[pairs.child] == pairs.pledge,
                pledge_of[self.waiting] < 0,
                self.step_nth <= left[self.step_place],
                self.load_nth <= load[self.load_sponsor],
                counted,
                self.apart_nth < self._sponsors_of(self.apart_household, homes),
            ]
        ).astype(np.float64)

    def _sponsors_of(
        self, household: NDArray[np.int64], homes: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return how many sponsors households have, where some are at some sponsors."""
        has, sponsors = np.unique(homes // self.objectives.problem.num_sponsors, return_counts=True)
        number = np.zeros(household.size, dtype=np.int64)
        if has.size:
            at = np.minimum(np.searchsorted(has, household), has.size - 1)
            number = np.where(has[at] == household, sponsors[at], 0)
        return number
