"""Inequalities that whole numbers of siblings keep and halves of them do not, for `sibling_model`.

An option gives a sponsor's places to an owner: one place to a child of its own, or as many as there
are siblings of a household. Every owner takes at most one option, every sponsor has so many places.
Three kinds of inequality follow, looked for in a fractional solution:

- of one sponsor: the tightest that all its whole choices keep (Boccia 2006; lifted by dynamic
  programming): half a household of two beside single children leaves a place over;
- of parity: add up rows of owners and sponsors, halve, round down. An option is in at most two of
  these rows with an odd number, so that such sums are odd cuts of a graph (Padberg and Rao 1982);
  tried are its components by edges above a few thresholds;
- of parity, with the inequalities found before among the rows: sums that are even in all that is
  fractional and odd on the right, by elimination modulo 2 (Caprara, Fischetti, Letchford 2000).
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_diag, coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from matcher.effort import Effort

    Whole = NDArray[np.int64]
    Point = NDArray[np.float64]

CLOSE = 1e-6
"""How near a number counts as whole, and a row as tight."""
BROKEN = 1e-3
"""How much a solution has to break an inequality for it to be worth a row."""
THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Edges above are inside the components that are tried for an odd cut."""
ENOUGH = 20
"""With so many others found, sums of earlier inequalities are not looked for."""
MOST_ENTRIES = 1000
"""Longest sum of earlier inequalities that is taken."""
MOST_SUMS = 60
MOST_CHOICES = 4000
"""Largest number of whole choices of one sponsor that are listed."""
MOST_PARTS = 24
"""Largest denominator of a coefficient."""
LARGEST_LIMIT = 1000
"""Largest common denominator; coefficients far apart would be lost in the solver's tolerance."""
MOST_TIGHT = 3000
"""Of more tight rows, the shortest are summed."""
WORK_PER_OPTION, WORK_PER_CHOICE, WORK_PER_SUM = 0.04, 1.0, 0.25
"""What options looked at, entries of whole choices and pairs of tight rows count as effort."""


class Cut(NamedTuple):
    """Whole coefficients of some options whose sum is at most a whole limit."""

    option: Whole
    coefficient: Whole
    limit: int


class Options:
    """Owner, sponsor (numbered from 0) and number of places of each option; places per sponsor."""

    def __init__(self, owner: Whole, sponsor: Whole, places: Whole, capacity: Whole) -> None:
        self.owner, self.sponsor, self.places = owner, sponsor, places
        self.capacity = capacity
        self.num_owners = int(owner.max(initial=-1)) + 1
        order = np.argsort(sponsor, kind="stable")
        bounds = np.searchsorted(sponsor[order], np.arange(capacity.size + 1))
        self._of_sponsor = [order[low:high] for low, high in pairwise(bounds)]
        self._tried: dict[int, bytes] = {}
        self.rows = [
            Cut(self._of_sponsor[at], places[self._of_sponsor[at]], int(capacity[at]))
            for at in range(capacity.size)
        ]
        order = np.argsort(owner, kind="stable")
        bounds = np.searchsorted(owner[order], np.arange(self.num_owners + 1))
        for low, high in pairwise(bounds):
            self.rows.append(Cut(order[low:high], np.ones(high - low, dtype=np.int64), 1))

    def broken(self, point: Point, effort: Effort) -> list[Cut]:
        """Return inequalities that a fractional solution breaks; they join the rows.

        Looking for them counts as effort, and ends when that is spent.
        """
        effort.spend(WORK_PER_OPTION * self.owner.size * len(THRESHOLDS))
        found = [*self._odd_cuts(point)]
        if not effort.is_spent:
            found += self._of_one_sponsor(point, effort)
        if len(found) < ENOUGH and not effort.is_spent:
            found += self._odd_sums(point, effort)
        self.rows += found
        return found

    def _odd_cuts(self, point: Point) -> Iterator[Cut]:
        """Yield the halved sums of rows that components of the graph of odd entries give."""
        owners, number = self.num_owners, self.num_owners + self.capacity.size
        used = np.bincount(self.owner, weights=point, minlength=owners)
        load = np.bincount(self.sponsor, weights=point * self.places, minlength=self.capacity.size)
        limit = np.concatenate([np.ones(owners, dtype=np.int64), self.capacity])
        slack = limit - np.concatenate([used, load])
        some = np.flatnonzero(point > CLOSE)
        edge, loose = some[self.places[some] % 2 == 1], some[self.places[some] % 2 == 0]
        ends = self.owner[edge], owners + self.sponsor[edge]
        seen = set()
        for threshold in THRESHOLDS:
            inside = point[edge] > threshold + CLOSE
            graph = coo_array(
                (np.ones(int(inside.sum())), (ends[0][inside], ends[1][inside])),
                shape=(number, number),
            )
            count, part = connected_components(graph, directed=False)
            is_odd = np.bincount(part, weights=limit % 2, minlength=count).astype(np.int64) % 2
            leaves = np.bincount(part, weights=slack, minlength=count)
            leaves += np.bincount(part[self.owner[loose]], weights=point[loose], minlength=count)
            across = part[ends[0]] != part[ends[1]]
            for end in ends:
                leaves += np.bincount(
                    part[end[across]], weights=point[edge[across]], minlength=count
                )
            for at in np.flatnonzero((is_odd == 1) & (leaves < 1 - BROKEN)).tolist():
                nodes = part == at
                if nodes.tobytes() not in seen:
                    seen.add(nodes.tobytes())
                    yield self._halved(nodes[:owners], nodes[owners:])

    def _halved(self, owners: NDArray[np.bool_], sponsors: NDArray[np.bool_]) -> Cut:
        """Return half the sum of some rows, rounded down."""
        summed = self.places * sponsors[self.sponsor] + owners[self.owner]
        option = np.flatnonzero(summed > 1)
        limit = int(np.count_nonzero(owners)) + int(self.capacity[sponsors].sum())
        return Cut(option, summed[option] // 2, limit // 2)

    def _of_one_sponsor(self, point: Point, effort: Effort) -> Iterator[Cut]:
        """Yield the inequalities of single sponsors that a solution breaks the most.

        Prices of at most 1 per whole choice, worth the most at the solution: a linear programme
        for each sponsor, all of them in one.
        """
        is_split = (point > CLOSE) & (point < 1 - CLOSE)
        asked: list[tuple[int, Whole, NDArray[np.float64]]] = []
        for sponsor in np.unique(self.sponsor[is_split]).tolist():
            option = self._of_sponsor[sponsor]
            some = option[point[option] > CLOSE]
            key = some.tobytes() + np.round(point[some], 6).tobytes()
            if self._tried.get(sponsor) == key:
                continue
            self._tried[sponsor] = key
            if effort.is_spent:
                break
            choices = self._choices(some, int(self.capacity[sponsor]))
            effort.spend(WORK_PER_CHOICE * (MOST_CHOICES if choices is None else choices.size))
            if choices is not None and choices.any(axis=0).all():
                asked.append((sponsor, some, choices))
        if not asked:
            return
        worth = np.concatenate([point[some] for _, some, _ in asked])
        table = block_diag([choices for _, _, choices in asked], format="csr")
        priced = linprog(-worth, A_ub=table, b_ub=np.ones(table.shape[0]), bounds=(0, 1))
        if priced.status != 0:
            return
        end = 0
        for sponsor, some, _ in asked:
            begin, end = end, end + some.size
            if worth[begin:end] @ priced.x[begin:end] > 1 + BROKEN:
                cut = self._lifted(sponsor, some, priced.x[begin:end])
                if cut is not None:
                    yield cut

    def _choices(self, options: Whole, places: int) -> NDArray[np.float64] | None:
        """Return every largest whole choice among some options of a sponsor, None if too many."""
        owner, need = self.owner[options].tolist(), self.places[options].tolist()
        bit = {each: 1 << at for at, each in enumerate(sorted(set(owner)))}
        chosen: list[tuple[int, int, tuple[int, ...]]] = [(places, 0, ())]
        for at, (whose, each) in enumerate(zip(owner, need, strict=True)):
            own = bit[whose]
            chosen += [
                (left - each, owners | own, (*taken, at))
                for left, owners, taken in chosen
                if each <= left and not owners & own
            ]
            if len(chosen) > MOST_CHOICES:
                return None
        table = np.zeros((len(chosen), len(need)))
        for row, (*_, taken) in enumerate(chosen):
            table[row, list(taken)] = 1
        return table[1:]

    def _lifted(self, sponsor: int, some: Whole, price: Point) -> Cut | None:
        """Return an inequality of some options, with as much of the others as it can bear.

        Prices are rounded to fractions; None where that makes some whole choice break it, or where
        they have no small common denominator.
        """
        rounded = [Fraction(float(each)).limit_denominator(MOST_PARTS) for each in price]
        limit = lcm(*[each.denominator for each in rounded])
        if limit > LARGEST_LIMIT:
            return None
        coefficient = {
            int(option): int(each * limit) for option, each in zip(some, rounded, strict=True)
        }
        places = int(self.capacity[sponsor])
        of_owner: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for option, each in coefficient.items():
            of_owner[int(self.owner[option])].append((int(self.places[option]), each))
        if self._most(of_owner, places)[places] > limit:
            return None
        without_it = self._most(of_owner, places)
        for option in self._of_sponsor[sponsor].tolist():
            owner, need = int(self.owner[option]), int(self.places[option])
            if option in coefficient or need > places:
                continue
            most = without_it
            if owner in of_owner:
                others = {each: list_ for each, list_ in of_owner.items() if each != owner}
                most = self._most(others, places)
            room = limit - int(most[places - need])
            if room > 0:
                coefficient[option] = room
                of_owner[owner].append((need, room))
                without_it = self._most(of_owner, places)
        kept = [(option, each) for option, each in coefficient.items() if each]
        return Cut(
            np.array([option for option, _ in kept], dtype=np.int64),
            np.array([each for _, each in kept], dtype=np.int64),
            limit,
        )

    @staticmethod
    def _most(of_owner: dict[int, list[tuple[int, int]]], places: int) -> Whole:
        """Return int64[places + 1], the largest sum of coefficients within so many places."""
        most = np.zeros(places + 1, dtype=np.int64)
        for options in of_owner.values():
            before = most
            most = before.copy()
            for need, worth in options:
                most[need:] = np.maximum(most[need:], before[: places + 1 - need] + worth)
        return most

    def _odd_sums(self, point: Point, effort: Effort) -> list[Cut]:
        """Return the shortest halved sums of tight rows that are odd and otherwise even."""
        is_split, is_one = (point > CLOSE) & (point < 1 - CLOSE), point >= 1 - CLOSE
        bit = {option: at for at, option in enumerate(np.flatnonzero(is_split).tolist())}
        tight = [
            row
            for row in self.rows
            if is_split[row.option].any()
            and abs(row.coefficient @ point[row.option] - row.limit) < CLOSE
        ]
        tight.sort(key=lambda row: row.option.size)
        del tight[MOST_TIGHT:]
        effort.spend(WORK_PER_SUM * len(tight) ** 2)
        found: list[tuple[int, Cut]] = []
        for sum_of in _odd_combinations(tight, bit, is_split, is_one):
            cut = self._halved_sum([tight[at] for at in sum_of], is_one)
            if cut.option.size <= MOST_ENTRIES:
                broken = float(cut.coefficient @ point[cut.option]) - cut.limit
                if broken > BROKEN:
                    found.append((cut.option.size, cut))
        found.sort(key=lambda pair: pair[0])
        return [cut for _, cut in found[:MOST_SUMS]]

    def _halved_sum(self, rows: list[Cut], is_one: NDArray[np.bool_]) -> Cut:
        """Return half a sum of rows; rounded down, but up where an option is at its upper bound."""
        summed = np.zeros(self.owner.size, dtype=np.int64)
        for row in rows:
            summed[row.option] += row.coefficient
        halved = np.where(is_one, -(-summed // 2), summed // 2)
        limit = sum(row.limit for row in rows) - int(summed[is_one].sum())
        option = np.flatnonzero(halved)
        return Cut(option, halved[option], limit // 2 + int(halved[is_one].sum()))


def _odd_combinations(
    rows: list[Cut], bit: dict[int, int], is_split: NDArray[np.bool_], is_one: NDArray[np.bool_]
) -> Iterator[list[int]]:
    """Yield sets of rows whose sum is even in every fractional option, and odd on the right."""
    pivots: dict[int, tuple[int, int, int]] = {}
    for at, row in enumerate(rows):
        odd = row.option[is_split[row.option] & (row.coefficient % 2 == 1)]
        entries, used = sum(1 << bit[option] for option in odd.tolist()), 1 << at
        right = (row.limit - int(row.coefficient[is_one[row.option]].sum())) % 2
        while entries:
            top = entries.bit_length()
            if top not in pivots:
                pivots[top] = entries, right, used
                break
            entries, right, used = (
                mine ^ theirs
                for mine, theirs in zip((entries, right, used), pivots[top], strict=True)
            )
        if not entries and right:
            yield [each for each in range(at + 1) if used >> each & 1]
