"""Where rupiah more help in a month that counts them: at a pledge, or from a new sponsor.

As in `budget_moves`, one exchange at a time: what is said can certainly be had, solving again may
find more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.budgets import prices_rp
from matcher.policy import BY_KELURAHAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.budget_moves import BudgetMoves, Moves
    from matcher.policy import LevelName


@dataclass(frozen=True)
class MoreRupiah:
    """What rupiah more bring: whom they cover, what each level gains, how many rupiah a month.

    `moves` are carried out together and keep every rule; -1 is the new pledge, where there is one.
    """

    covers: int
    gain: dict[LevelName, int]
    rupiah: int
    moves: Moves


class BudgetPlaces:
    """What more rupiah are worth in one solved month."""

    def __init__(self, moves: BudgetMoves) -> None:
        self.moves = moves
        self.waiting = self._in_line()

    def at_pledges(self) -> list[tuple[int, MoreRupiah]]:
        """Return for each pledge the fewest rupiah more that cover the neediest child it can have.

        Nobody else moves. Pledges that count packages alone, have no place left or no such child
        are left out. The neediest child first.
        """
        moves = self.moves
        found = []
        bound = moves.objectives.budgets.bound
        for pledge in np.flatnonzero(bound & (moves.room > 0)).tolist():
            for at, child in enumerate(self.waiting):
                if moves.allowed[child, pledge] and moves.suits_siblings(child, pledge):
                    price_rp = moves.price(child, pledge) * moves.unit_rp
                    lacking_rp = max(0, price_rp - int(moves.left_rp[pledge]))
                    change = ((child, pledge),)
                    gain = {name: -more for name, more in moves.price_of(change).items()}
                    more = MoreRupiah(child, gain, lacking_rp, change)
                    found.append((at, pledge, more))
                    break
        found.sort(key=lambda each: (each[0], each[2].rupiah, each[1]))
        return [(pledge, more) for _, pledge, more in found]

    def at_new_pledge(self, kelurahan: int, packages: int) -> list[MoreRupiah]:
        """Return whom up to so many packages of a new sponsor in a kelurahan would cover.

        Each goes to a child of the kelurahan: one who waits, or one whose pledge then covers
        somebody needier. The rupiah are the price of the package given, bought in the kelurahan.
        """
        filling = _Filling(self, kelurahan)
        found: list[MoreRupiah] = []
        while len(found) < packages:
            moves = filling.next()
            if moves is None:
                break
            found.append(self._priced(moves, kelurahan))
        return found

    def _priced(self, moves: Moves, kelurahan: int) -> MoreRupiah:
        own, covers, given = self.moves, moves[-1][0], moves[0][0]
        gain = {
            name: int(own.waiting_cost[name][covers])
            for name in own.summed
            if name not in own.objectives.pair_levels and own.waiting_cost[name][covers]
        }
        problem = own.problem
        somewhere = problem.with_columns(
            pledge_kelurahan=np.full(problem.num_pledges, kelurahan, dtype=np.int32)
        )
        price = prices_rp(somewhere, own.matching.policy)[0, problem.package[given]]
        return MoreRupiah(covers, gain, int(price), moves)

    def _in_line(self) -> list[int]:
        """Return the waiting children, those first whom the policy would cover first."""
        moves = self.moves
        problem, waiting = moves.problem, np.flatnonzero(moves.pledge_of < 0)
        place = problem.kelurahan[waiting]
        count = np.bincount(place, minlength=problem.num_kelurahan)
        keys: list[NDArray[np.int64]] = []
        for name in moves.matching.policy.levels:
            if name in BY_KELURAHAN:
                start, step = moves.objectives.kelurahan_steps(name)
                keys.append(-step[start[place] + count[place] - 1])
            elif name in moves.waiting_cost and name not in moves.objectives.pair_levels:
                keys.append(-moves.waiting_cost[name][waiting])
        return [int(child) for child in waiting[np.lexsort((waiting, *keys[::-1]))]]


class _Filling:
    """New packages in one kelurahan, given one after the other."""

    def __init__(self, places: BudgetPlaces, kelurahan: int) -> None:
        self.moves, self.waiting = places.moves, list(places.waiting)
        self.left = self.moves.left.copy()
        here = self.moves.problem.kelurahan == kelurahan
        self.here = here
        covered = np.flatnonzero(here & (self.moves.pledge_of >= 0) & ~self.moves.is_pinned)
        self.givers = [each for each in covered.tolist() if not self.moves.has_company(each)]

    def next(self) -> Moves | None:
        """Return who gets the next package and whom that covers; None if it would cover nobody."""
        best: tuple[int, Moves] | None = None
        for at, child in enumerate(self.waiting):
            if self.here[child] and self.moves.suits_siblings(child, -1):
                best = at, ((child, -1),)
                break
        for giver in self.givers:
            line = self.waiting[: len(self.waiting) if best is None else best[0]]
            ahead = self._first_after(giver, line)
            if ahead is not None:
                best = ahead, ((giver, -1), (line[ahead], int(self.moves.pledge_of[giver])))
        if best is None:
            return None
        self._take(best[1])
        return best[1]

    def _first_after(self, giver: int, line: list[int]) -> int | None:
        """Return the first in line who fits where a child gives up its place; None if nobody."""
        moves, pledge = self.moves, int(self.moves.pledge_of[giver])
        if not line:
            return None
        free = self.left[pledge] + moves.price(giver, pledge)
        fits = moves.allowed[line, pledge]
        fits &= moves.units[pledge, moves.problem.package[line]] <= free
        suited = (at for at in np.flatnonzero(fits).tolist())
        return next((at for at in suited if moves.suits_siblings(line[at], pledge)), None)

    def _take(self, taken: Moves) -> None:
        moves = self.moves
        if len(taken) > 1:
            (giver, _), (child, pledge) = taken
            self.left[pledge] += moves.price(giver, pledge) - moves.price(child, pledge)
        homes = {int(moves.home[child]) for child, _ in taken}
        self.givers = [each for each in self.givers if int(moves.home[each]) not in homes]
        gone = {child for child, _ in taken}
        gone |= set(np.flatnonzero(moves.has_siblings & np.isin(moves.home, list(homes))).tolist())
        self.waiting = [child for child in self.waiting if child not in gone]
