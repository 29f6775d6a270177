"""Who waits ahead of whom: how many more places it takes until a child is covered.

If q places more accept a child's kelurahan, at most the uncovered children ahead of it who could
make use of such a place - directly, or because somebody there moves to it - take one each. So one
place more than their number is enough, whatever else happens.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from matcher.policy import BY_KELURAHAN, NEED

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.market import Market

_COVERAGE = (*NEED, *BY_KELURAHAN)


class Queue:
    """The order in which new places would be filled."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self._levels = [name for name in market.names if name in _COVERAGE]
        self._competing: dict[int, NDArray[np.intp]] = {}
        self._competing_at: dict[int, NDArray[np.intp]] = {}
        self._position: dict[bytes, dict[int, int]] = {}
        self._holds = self._who_moves_where()

    def places_needed(self, child: int) -> int:
        """Return a number of new places in the child's kelurahan that is enough to cover it."""
        return self._place_of(child, self._competitors(int(self.market.problem.kelurahan[child])))

    def places_needed_at(self, child: int, pledge: int) -> int:
        """Return a number of more places at a pledge open to the child that is enough."""
        if pledge not in self._competing_at:
            uncovered = self.market.matching.uncovered
            reached = np.zeros(self.market.problem.num_pledges, dtype=np.bool_)
            reached[pledge] = True
            reached = self._leading_to(reached)
            near = self.market.allowed[np.ix_(uncovered, np.flatnonzero(reached))].any(axis=1)
            self._competing_at[pledge] = uncovered[near]
        return self._place_of(child, self._competing_at[pledge])

    def places_needed_anywhere(self, child: int) -> int:
        """Return a number of new places open to everybody that is enough."""
        return self._place_of(child, self.market.matching.uncovered)

    def _place_of(self, child: int, competing: NDArray[np.intp]) -> int:
        key = competing.tobytes()
        if key not in self._position:
            self._position[key] = self._positions(competing)
        return self._position[key][child]

    def _who_moves_where(self) -> NDArray[np.bool_]:
        """Return bool[m, m]: whether a child at the first pledge may have the second."""
        market = self.market
        moves = np.zeros((market.problem.num_pledges,) * 2, dtype=np.bool_)
        for child in np.flatnonzero(market.matching.pledge_of >= 0).tolist():
            moves[market.matching.pledge_of[child]] |= market.allowed[child]
        return moves

    def _competitors(self, kelurahan: int) -> NDArray[np.intp]:
        """Return the uncovered children who could make use of a new place in a kelurahan."""
        if kelurahan not in self._competing:
            market = self.market
            places, pledge_of = market.problem.kelurahan, market.matching.pledge_of
            reached = np.zeros(market.problem.num_pledges, dtype=np.bool_)
            holders = pledge_of[(places == kelurahan) & (pledge_of >= 0)]
            reached[holders] = True
            reached = self._leading_to(reached)
            uncovered = market.matching.uncovered
            near = places[uncovered] == kelurahan
            near |= market.allowed[np.ix_(uncovered, np.flatnonzero(reached))].any(axis=1)
            self._competing[kelurahan] = uncovered[near]
        return self._competing[kelurahan]

    def _leading_to(self, reached: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the pledges from which places can be passed on to those given."""
        while True:
            wider = reached | self._holds[:, reached].any(axis=1)
            if np.array_equal(wider, reached):
                return reached
            reached = wider

    def _positions(self, competing: NDArray[np.intp]) -> dict[int, int]:
        """Return the position of each child when new places are filled one by one."""
        problem = self.market.problem
        left = np.bincount(
            problem.kelurahan[self.market.matching.pledge_of < 0], minlength=problem.num_kelurahan
        )
        steps = {
            name: self.market.objectives.kelurahan_steps(name)
            for name in self._levels
            if name in BY_KELURAHAN
        }
        worth = {
            name: self.market.objectives.uncovered_cost(name).tolist() for name in self._levels
        }
        places = problem.kelurahan.tolist()

        def key(child: int) -> tuple[int, ...]:
            place = places[child]
            return tuple(
                -int(steps[name][1][steps[name][0][place] + left[place] - 1])
                if name in steps
                else -worth[name][child]
                for name in self._levels
            )

        heap = [(key(child), child) for child in competing.tolist()]
        heapq.heapify(heap)
        position: dict[int, int] = {}
        while heap:
            group = self._next_equals(heap, key, places)
            taken = len(position)
            position |= dict.fromkeys(group, taken + len(group))
            for child in group:
                left[places[child]] -= 1
        return self._last_of_equals(position)

    @staticmethod
    def _next_equals(
        heap: list[tuple[tuple[int, ...], int]],
        key: Callable[[int], tuple[int, ...]],
        places: list[int],
    ) -> list[int]:
        """Take the next child, and one of each other kelurahan that is exactly as needy."""
        group: list[int] = []
        put_back = []
        first: tuple[int, ...] | None = None
        while heap:
            old, child = heapq.heappop(heap)
            now = key(child)
            if now != old:
                heapq.heappush(heap, (now, child))
            elif first is not None and now != first:
                put_back.append((now, child))
                break
            elif places[child] in {places[other] for other in group}:
                put_back.append((now, child))
            else:
                first = now
                group.append(child)
        for entry in put_back:
            heapq.heappush(heap, entry)
        return group

    def _last_of_equals(self, position: dict[int, int]) -> dict[int, int]:
        """Return positions with children that only later levels tell apart put last."""
        fixed = [
            self.market.objectives.uncovered_cost(name)
            for name in self._levels
            if name not in BY_KELURAHAN
        ]
        places = self.market.problem.kelurahan
        kinds = {
            child: (int(places[child]), *(int(costs[child]) for costs in fixed))
            for child in position
        }
        last: dict[tuple[int, ...], int] = {}
        for child, at in position.items():
            last[kinds[child]] = max(last.get(kinds[child], 0), at)
        return {child: last[kinds[child]] for child in position}
