"""Where one child more could go: the residual network of a solved month, condensed to pledges.

A matching is a flow. To ask what changes when one child is put elsewhere, or one place more is
given, it is enough to push one unit along a cheapest path of what could still move (successive
shortest paths; Ahuja, Magnanti and Orlin, *Network Flows*, 1993, 9.7): no second solve. Costs are
compared level by level, so a path is cheapest in the order of the policy.

Nodes are the pledges, one new pledge per kelurahan without places (somebody who might be
recruited), the kelurahan ("waiting") and the sink. Between two nodes only the cheapest child that
could move counts, so the network has as many arcs as pairs of pledges, however many children.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.budgets import counted, counts_rupiah
from matcher.eligibility import eligible_pairs
from matcher.new_pledges import with_new_pledges
from matcher.objectives import Objectives
from matcher.packed_costs import MISSING, Packing, is_less, lexicographic_least
from matcher.policy import BY_KELURAHAN, LevelName
from matcher.warm import is_warm

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.matching import Matching
    from matcher.policy import Policy
    from matcher.problem import MatchingProblem

FAR = np.int64(1 << 59)
LARGEST = 2_500
"""More nodes than this are not condensed: the tables would take more than a quarter gigabyte."""
WORTH_LOADING = 500
"""With fewer nodes a question is answered before the compiled code would be loaded."""
AT_ONCE = 16
"""So many of the nearest nodes are gone on from together."""
TURNS_BETWEEN_LOOKS = 8
"""After so many turns of lowering potentials it is looked whether they can ever hold."""


class ImprovableError(RuntimeError):
    """The matching is not the best of its kind, so nothing can be read from it."""


class TooLargeError(RuntimeError):
    """The month has too many pledges to condense; solve again instead."""


@dataclass(frozen=True)
class Path:
    """A cheapest way for one unit: nodes from source to target, and the children who move."""

    nodes: tuple[int, ...]
    moves: tuple[tuple[int, int], ...]
    """(child, its pledge afterwards); -1 waits."""


class Residual:
    """What could still move in one solved month.

    Parameters
    ----------
    problem, matching
        A solved month in which all pairs were looked at.
    hold_siblings
        Whether siblings who are together stay where they are, and one who waits may only join
        the others: every move then keeps the sibling rule.

    Raises
    ------
    TooLargeError
        Candidates were listed, or there are more nodes than `LARGEST`.
    """

    def __init__(
        self, problem: MatchingProblem, matching: Matching, *, hold_siblings: bool = False
    ) -> None:
        if counts_rupiah(problem, matching.policy):
            raise TooLargeError
        self.given = problem = counted(problem, matching.policy)
        self.policy: Policy = matching.policy
        self.places = np.flatnonzero(
            np.bincount(problem.kelurahan, minlength=problem.num_kelurahan)
        )
        self.problem = with_new_pledges(problem, self.places)
        self.num_pledges = self.problem.num_pledges
        self.sink = self.num_pledges + problem.num_kelurahan
        if matching.candidate_start is not None or self.sink >= LARGEST:
            raise TooLargeError
        self.objectives = Objectives(self.problem, self.policy, matching.fair_served(problem))
        self.capacity = self.problem.capacity.astype(np.int64)
        lifted = self.problem.with_columns(capacity=np.maximum(self.problem.capacity, 1))
        self.allowed = eligible_pairs(lifted, self.policy)
        self.movable = np.ones(problem.num_children, dtype=np.bool_)
        self.movable[problem.pins[:, 0]] = False
        self.pledge_of = matching.pledge_of.astype(np.int64)
        if hold_siblings:
            self._hold_siblings()
        self._packing = Packing(self.objectives, self.sink + 1)
        self._steps = {
            name: self.objectives.kelurahan_steps(name)
            for name in self.policy.levels
            if name in BY_KELURAHAN
        }
        """What the next uncovered child of a kelurahan costs, on each level that counts them."""
        self._arrange()
        size = self.sink + 1
        self.cost = np.zeros((self._packing.count, size, size), dtype=np.int64)
        self.via = np.full((size, size), -1, dtype=np.int32)
        for node in range(self.sink):
            self._fill(node)
        self._fill_sink()
        self._paths: Callable[..., Any] | None = None
        if size >= WORTH_LOADING and is_warm():
            from matcher.dense_paths import least_paths  # noqa: PLC0415  (loads numba)

            self._paths = least_paths

    def _hold_siblings(self) -> None:
        """Keep covered siblings where they are, and let others only join them.

        Of siblings who all wait, one may go anywhere: the neediest.
        """
        problem = self.problem
        size = np.bincount(np.unique(problem.household, return_inverse=True)[1])
        group = np.unique(problem.household, return_inverse=True)[1]
        for number in np.flatnonzero(size > 1).tolist():
            children = np.flatnonzero(group == number)
            covered = children[self.pledge_of[children] >= 0]
            self.movable[covered] = False
            waiting = children[self.pledge_of[children] < 0]
            if covered.size:
                sponsor = problem.sponsor[self.pledge_of[covered[0]]]
                self.allowed[waiting] &= problem.sponsor == sponsor
            elif waiting.size > 1:
                rank = sorted(
                    waiting.tolist(),
                    key=lambda child: (
                        problem.tier[child], -problem.points[child],
                        -problem.months_waiting[child], problem.child_ids[child],
                    ),
                )  # fmt: skip
                self.allowed[rank[1:]] = False

    def _arrange(self) -> None:
        problem = self.problem
        covered = self.pledge_of >= 0
        self.location = np.where(covered, self.pledge_of, problem.kelurahan + self.num_pledges)
        self.load = np.bincount(self.pledge_of[covered], minlength=self.num_pledges)
        self.total = np.bincount(
            problem.sponsor, weights=self.load, minlength=problem.num_sponsors
        ).astype(np.int64)
        self.left = np.bincount(problem.kelurahan[~covered], minlength=problem.num_kelurahan)
        self.children_at: list[list[int]] = [[] for _ in range(self.sink)]
        for child in np.flatnonzero(self.movable).tolist():
            self.children_at[self.location[child]].append(child)

    def _fill(self, node: int) -> None:
        """Work out the arcs that leave a pledge or kelurahan: its cheapest movers, free places."""
        self.cost[:, node, :] = 0
        self.cost[0, node, :] = MISSING
        self.via[node, :] = -1
        children = np.array(self.children_at[node], dtype=np.int64)
        if children.size:
            paid = self._paid(children)
            self._fill_moves(node, children, paid)
            if node < self.num_pledges:
                self._fill_giving_up(node, children, paid)
        if node < self.num_pledges:
            self._fill_free_place(node)
        else:
            self._fill_waiting(node)
        self.cost[0, node, node] = MISSING

    def _paid(self, children: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return int64[packs, children]: what each one's place costs now."""
        pledge = self.pledge_of[children]
        waits = self._packing.waiting[:, children]
        has = self._packing.pairs(children, np.maximum(pledge, 0))
        return np.where(pledge >= 0, has, waits)

    def _fill_moves(self, node: int, children: NDArray[np.int64], paid: NDArray[np.int64]) -> None:
        everyone = np.arange(self.num_pledges)
        cost = self._packing.pairs(children[:, None], everyone[None, :]) - paid[:, :, None]
        cost[0][~self.allowed[children]] = MISSING
        best, row = lexicographic_least(cost)
        self.cost[:, node, : self.num_pledges] = best
        self.via[node, : self.num_pledges] = children[row]

    def _fill_giving_up(
        self, node: int, children: NDArray[np.int64], paid: NDArray[np.int64]
    ) -> None:
        change = self._packing.waiting[:, children] - paid
        homes = self.problem.kelurahan[children]
        order = np.lexsort((*change[::-1], homes))
        homes = homes[order]
        first = order[np.flatnonzero(np.diff(homes, prepend=-1))]
        goal = self.problem.kelurahan[children[first]] + self.num_pledges
        self.cost[:, node, goal] = change[:, first]
        self.via[node, goal] = children[first]

    def _fill_free_place(self, node: int) -> None:
        if self.load[node] >= self.capacity[node]:
            return
        problem = self.problem
        sponsor = problem.sponsor[node]
        more = {LevelName.SPREAD: int(self.total[sponsor]) + 1}
        self.cost[:, node, self.sink] = self._packing.pack(more)
        own = np.flatnonzero((problem.sponsor == sponsor) & (self.load > 0))
        for other in own[own != node].tolist():
            if tuple(self.cost[:, node, other]) > (0,) * self._packing.count:
                self.cost[:, node, other] = 0
                self.via[node, other] = -1

    def _fill_waiting(self, node: int) -> None:
        place = node - self.num_pledges
        if self.left[place] < np.count_nonzero(self.problem.kelurahan == place):
            following = {
                name: int(step[start[place] + self.left[place]])
                for name, (start, step) in self._steps.items()
            }
            self.cost[:, node, self.sink] = self._packing.pack(following)

    def _fill_sink(self) -> None:
        self.cost[:, self.sink, :] = 0
        self.cost[0, self.sink, :] = MISSING
        for pledge in np.flatnonzero(self.load > 0).tolist():
            less = {LevelName.SPREAD: -int(self.total[self.problem.sponsor[pledge]])}
            self.cost[:, self.sink, pledge] = self._packing.pack(less)
        for place in np.flatnonzero(self.left > 0).tolist():
            last = {
                name: -int(step[start[place] + self.left[place] - 1])
                for name, (start, step) in self._steps.items()
            }
            self.cost[:, self.sink, self.num_pledges + place] = self._packing.pack(last)

    def distances(
        self, source: int, *, backward: bool = False, target: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (int64[packs, nodes], int64[nodes]): least costs from a node, and who precedes.

        Backward they are the costs to the node, and who follows. Unreached nodes cost at least
        `FAR`. With a target only its cost, and those below it, are sure to be least.

        Raises
        ------
        ImprovableError
            Some change would make the month better, so it was not the best.
        """
        size = self.cost.shape[1]
        if self._paths is not None and not backward:
            goal = -1 if target is None else target
            compiled: tuple[NDArray[np.int64], NDArray[np.int64]] = self._paths(
                self.cost, self.potential, source, goal, MISSING
            )
            return compiled
        rise = self.potential - self.potential[:, [source]]
        table, rise = (self.cost.transpose(0, 2, 1), -rise) if backward else (self.cost, rise)
        least = np.repeat(self._nowhere, size, axis=1)
        least[0, source] = 0
        before = np.full(size, -1, dtype=np.int64)
        waiting = np.zeros(size, dtype=np.bool_)
        waiting[source] = True
        while waiting.any():
            reduced = least - rise
            if target is not None:
                waiting &= is_less(reduced, reduced[:, [target]])
            rows = np.flatnonzero(waiting)
            if not rows.size:
                break
            rows = rows[np.lexsort(reduced[::-1, rows])[:AT_ONCE]]
            waiting[rows] = False
            best, row = lexicographic_least(table[:, rows] + least[:, rows, None])
            # What an arc that is not there costs on later packs must not count as a way.
            best[:, best[0] > FAR] = self._nowhere
            better = is_less(best, least)
            least[:, better] = best[:, better]
            before[better] = rows[row[better]]
            waiting |= better
        return least, before

    @property
    def _nowhere(self) -> NDArray[np.int64]:
        """int64[packs, 1]: what it costs to reach a node that cannot be reached."""
        return np.array([[MISSING], *[[0]] * (self.cost.shape[0] - 1)], dtype=np.int64)

    @cached_property
    def potential(self) -> NDArray[np.int64]:
        """int64[packs, nodes]: potentials under which no arc costs less than nothing.

        Raises
        ------
        ImprovableError
            There are none, because some change would make the month better.
        """
        count, size = self.cost.shape[:2]
        return self._lowered(np.zeros((count, size), dtype=np.int64), np.arange(size))

    def _lowered(self, potential: NDArray[np.int64], nodes: NDArray[np.intp]) -> NDArray[np.int64]:
        """Lower potentials until they hold, where only arcs leaving some nodes may break them.

        Nodes that lowered each other in a ring would do so for ever: there are no potentials
        (Cherkassky and Goldberg 1999, negative-cycle detection).
        """
        lowered_by = np.full(potential.shape[1], -1, dtype=np.intp)
        for turn in range(self.sink + 2):
            best, row = lexicographic_least(self.cost[:, nodes] + potential[:, nodes, None])
            lower = is_less(best, potential)
            potential[:, lower] = best[:, lower]
            lowered_by[lower] = nodes[row[lower]]
            nodes = np.flatnonzero(lower)
            if not nodes.size:
                return potential
            if turn % TURNS_BETWEEN_LOOKS == 0 and _has_ring(lowered_by):
                break
        raise ImprovableError

    def path(self, before: NDArray[np.int64], source: int, target: int) -> Path:
        """Return the cheapest path that `distances` found from a source to a target."""
        nodes = [target]
        while nodes[-1] != source:
            nodes.append(int(before[nodes[-1]]))
        return self.along(tuple(reversed(nodes)))

    def open_to(self, pledge: int, children: NDArray[np.bool_], places: int) -> None:
        """Let other children have a pledge, and let it have so many places.

        The potentials are not kept: only paths that end at the pledge may be asked for next.
        """
        self.__dict__.pop("potential", None)
        self.capacity[pledge] = places
        self.allowed = self.allowed.copy()
        self.allowed[:, pledge] = children
        rows = np.flatnonzero(self.movable & children)
        self.cost[:, : self.sink, pledge] = 0
        self.cost[0, : self.sink, pledge] = MISSING
        self.via[: self.sink, pledge] = -1
        if rows.size:
            change = self._packing.pairs(rows, np.full(rows.size, pledge)) - self._paid(rows)
            here = self.location[rows]
            order = np.lexsort((*change[::-1], here))
            first = order[np.flatnonzero(np.diff(here[order], prepend=-1))]
            self.cost[:, here[first], pledge] = change[:, first]
            self.via[here[first], pledge] = rows[first]
        self.cost[0, pledge, pledge] = MISSING
        self._fill(pledge)

    def bottleneck(self, child: int) -> NDArray[np.intp]:
        """Return the pledges that a child can have, at once or because others move on."""
        given = self.given.num_pledges
        reached = self.allowed[child, :given].copy()
        fresh = reached
        while fresh.any():
            onward = (self.cost[0, :given, :given][fresh] < FAR).any(axis=0)
            fresh = onward & ~reached
            reached |= fresh
        return np.flatnonzero(reached)

    def along(self, nodes: tuple[int, ...]) -> Path:
        """Return a path with the children who move along it."""
        moves = []
        for tail, head in pairwise(nodes):
            child = int(self.via[tail, head])
            if tail != self.sink and head != self.sink and child >= 0:
                moves.append((child, head if head < self.num_pledges else -1))
        return Path(nodes, tuple(moves))

    def push(self, moves: tuple[tuple[int, int], ...], *, at: int, places: int = 1) -> None:
        """Give a pledge more places, carry moves out, and work out anew what they touch."""
        self.capacity[at] += places
        touched = {at, self.sink}
        for child, pledge in moves:
            touched |= {int(self.location[child])}
            self.children_at[self.location[child]].remove(child)
            self.pledge_of[child] = pledge
            goal = pledge if pledge >= 0 else int(self.problem.kelurahan[child]) + self.num_pledges
            self.location[child] = goal
            self.children_at[goal].append(child)
            touched |= {goal}
        covered = self.pledge_of >= 0
        self.load = np.bincount(self.pledge_of[covered], minlength=self.num_pledges)
        problem = self.problem
        self.total = np.bincount(
            problem.sponsor, weights=self.load, minlength=problem.num_sponsors
        ).astype(np.int64)
        self.left = np.bincount(problem.kelurahan[~covered], minlength=problem.num_kelurahan)
        pledges = [node for node in touched if node < self.num_pledges]
        sponsors = np.unique(problem.sponsor[pledges])
        touched |= set(np.flatnonzero(np.isin(problem.sponsor, sponsors)).tolist())
        for node in sorted(touched - {self.sink}):
            self._fill(node)
        self._fill_sink()
        if "potential" in self.__dict__:
            nodes = np.array(sorted(touched), dtype=np.intp)
            self.__dict__["potential"] = self._lowered(self.potential.copy(), nodes)

    def copy(self) -> Residual:
        """Return an independent copy."""
        twin = copy.copy(self)
        for name in ("capacity", "pledge_of", "location", "cost", "via"):
            setattr(twin, name, getattr(self, name).copy())
        twin.children_at = [list(children) for children in self.children_at]
        return twin

    def levels(self, packed: NDArray[np.int64]) -> dict[LevelName, int]:
        """Return a packed cost by level, zeros left out."""
        return self._packing.unpack(packed)

    def packed(self, costs: dict[LevelName, int]) -> NDArray[np.int64]:
        """Return costs by level as `distances` gives them."""
        return self._packing.pack(costs)

    def new_pledge(self, kelurahan: int) -> int:
        """Return the node of the new pledge of a kelurahan that has children."""
        return self.given.num_pledges + int(np.searchsorted(self.places, kelurahan))

    def price(self, pledge_of: NDArray[np.int64]) -> dict[LevelName, int]:
        """Return by how much each level costs more than now; equal levels left out."""
        price = {}
        for name in self.policy.levels:
            more = self.objectives.total_cost(name, pledge_of)
            more -= self.objectives.total_cost(name, self.pledge_of)
            if more:
                price[name] = more
        return price


def _has_ring(parent: NDArray[np.intp]) -> bool:
    """Tell whether somebody is among the own ancestors; -1 is without parent."""
    root = parent.size
    ancestor = np.append(np.where(parent < 0, root, parent), root)
    for _ in range(root.bit_length()):
        ancestor = ancestor[ancestor]
    return bool((ancestor != root).any())
