"""Costs of all levels in few integers that compare like the levels do, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.policy import BY_KELURAHAN, LevelName

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.objectives import Objectives

PACKED_BITS = 57
"""Bits of a packed cost; two of them and the mark of a missing arc still fit into 64."""
MISSING = np.int64(1 << 60)


class Packing:
    """Costs of consecutive levels packed into few integers that compare like the levels do.

    Each level gets a range that the sum along any simple path cannot leave.
    """

    def __init__(self, objectives: Objectives, num_nodes: int) -> None:
        self._objectives = objectives
        problem = objectives.problem
        self._ranges = {
            name: 6 * (num_nodes + 2) * _largest_cost(objectives, name) + 1
            for name in objectives.policy.levels
        }
        ranges = self._ranges
        groups: list[list[LevelName]] = [[]]
        room = 1 << PACKED_BITS
        for name, span in ranges.items():
            if span > room:
                groups.append([])
                room = 1 << PACKED_BITS
            groups[-1].append(name)
            room //= span
        self._factors: list[dict[LevelName, int]] = []
        for group in groups:
            factor, factors = 1, {}
            for name in reversed(group):
                factors[name] = factor
                factor *= ranges[name]
            self._factors.append(factors)
        self.count = len(self._factors)
        self.waiting = np.stack(
            [
                sum(
                    (objectives.uncovered_cost(name) * by for name, by in factors.items()),
                    np.zeros(problem.num_children, dtype=np.int64),
                )
                for factors in self._factors
            ]
        )

    def pairs(self, children: NDArray[Any], pledges: NDArray[Any]) -> NDArray[np.int64]:
        """Return the packed costs of pairs, broadcast, with the packs in front."""
        shape = np.broadcast_shapes(children.shape, pledges.shape)
        packed = np.zeros((self.count, *shape), dtype=np.int64)
        for at, factors in enumerate(self._factors):
            for name, by in factors.items():
                if name in self._objectives.pair_levels:
                    packed[at] += self._objectives.pair_cost(name, children, pledges) * np.int64(by)
        return packed

    def pack(self, costs: dict[LevelName, int]) -> NDArray[np.int64]:
        """Return the packed cost of one arc; levels that the policy has not are left out."""
        return np.array(
            [
                sum(costs.get(name, 0) * by for name, by in factors.items())
                for factors in self._factors
            ],
            dtype=np.int64,
        )

    def unpack(self, packed: NDArray[np.int64]) -> dict[LevelName, int]:
        """Return a packed cost by level, zeros left out."""
        costs: dict[LevelName, int] = {}
        for value, factors in zip(packed.tolist(), self._factors, strict=True):
            rest = value
            found: dict[LevelName, int] = {}
            for name in factors:
                span = self._ranges[name]
                found[name] = (rest + span // 2) % span - span // 2
                rest = (rest - found[name]) // span
            costs |= {name: found[name] for name in reversed(factors) if found[name]}
        return costs


def _largest_cost(objectives: Objectives, name: LevelName) -> int:
    """Return a bound on what one arc can cost on a level."""
    problem = objectives.problem
    largest = int(np.abs(objectives.uncovered_cost(name)).max(initial=0))
    if name in BY_KELURAHAN:
        largest += int(objectives.kelurahan_steps(name)[1].max(initial=0))
    if name is LevelName.SPREAD:
        largest += problem.num_children + 1
    return largest + objectives.largest_pair_cost(name) + 1


def lexicographic_least(cost: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return int64[packs, columns], the least over rows of costs[packs, rows, columns]; its row."""
    if cost.shape[1] == 1:
        return cost[:, 0].copy(), np.zeros(cost.shape[2], dtype=np.intp)
    best = np.empty((cost.shape[0], cost.shape[2]), dtype=np.int64)
    best[0] = cost[0].min(axis=0)
    among = cost[0] == best[0]
    for at in range(1, cost.shape[0]):
        here = np.where(among, cost[at], MISSING * 2)
        best[at] = here.min(axis=0)
        among = here == best[at]
    return best, among.argmax(axis=0)


def is_less(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return per column whether packed costs come before others."""
    less: NDArray[np.bool_] = first[-1] < second[-1]
    for at in range(first.shape[0] - 2, -1, -1):
        less = (first[at] < second[at]) | ((first[at] == second[at]) & less)
    return less
