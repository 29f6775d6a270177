"""One level as a minimum-cost flow: the formulation for OR-Tools' SimpleMinCostFlow.

child -> pledge -> sponsor -> sink, and child -> kelurahan ("waiting") -> sink.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.graph.python import min_cost_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.face import Face
    from matcher.problem import MatchingProblem


class FlowError(RuntimeError):
    """The flow solver did not return an optimum; carries its status."""


@dataclass(frozen=True, eq=False)
class LevelCosts:
    """What one level costs on the working pairs.

    Attributes
    ----------
    child, pledge, pair
        int32[a], int32[a], int64[a]; the working pairs and their costs.
    uncovered
        int64[n]; cost of leaving a child uncovered.
    steps
        (start, step); cost of the r-th uncovered child of each kelurahan.
    sponsor_step
        By how much each further child of one sponsor costs more.
    """

    child: NDArray[np.int32]
    pledge: NDArray[np.int32]
    pair: NDArray[np.int64]
    uncovered: NDArray[np.int64]
    steps: tuple[NDArray[np.int64], NDArray[np.int64]]
    sponsor_step: int


def assign(problem: MatchingProblem, face: Face, costs: LevelCosts) -> NDArray[np.int32]:
    """Return int32[n], the pledge of each child (-1 = uncovered) at least cost on a face.

    Raises
    ------
    FlowError
        The solver found no optimum; with costs within its range that cannot happen on a face.
    """
    arcs, supply = _network(problem, face, costs)
    tail, head, capacity, cost = (np.concatenate(columns) for columns in zip(*arcs, strict=True))
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    solver.set_nodes_supplies(np.arange(supply.size), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise FlowError(f"SimpleMinCostFlow: {status}")
    used = solver.flows(np.arange(costs.child.size)) > 0
    pledge_of = np.full(problem.num_children, -1, dtype=np.int32)
    pledge_of[costs.child[used]] = costs.pledge[used]
    return pledge_of


_Arcs = tuple["NDArray[Any]", "NDArray[Any]", "NDArray[Any]", "NDArray[Any]"]


def _network(
    problem: MatchingProblem, face: Face, costs: LevelCosts
) -> tuple[list[_Arcs], NDArray[np.int64]]:
    """Return arcs (tail, head, capacity, cost) and supplies; lower bounds become supplies."""
    children, pledges = problem.num_children, problem.num_pledges
    pledge_at, sponsor_at = children, children + pledges
    place_at = sponsor_at + problem.num_sponsors
    sink = place_at + problem.num_kelurahan
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:children] = 1
    waiting = np.flatnonzero(face.may_wait)
    one = np.ones(costs.child.size, dtype=np.int64)
    arcs: list[_Arcs] = [
        (costs.child, costs.pledge + pledge_at, one, costs.pair),
        (
            waiting,
            problem.kelurahan[waiting] + place_at,
            np.ones(waiting.size, dtype=np.int64),
            costs.uncovered[waiting],
        ),
        _bounded(
            supply,
            np.arange(pledges) + pledge_at,
            problem.sponsor + sponsor_at,
            face.pledge_low,
            face.pledge_high,
        ),
    ]
    sponsors = np.arange(problem.num_sponsors) + sponsor_at
    to_sink = np.full(problem.num_sponsors, sink)
    low, high = face.sponsor_low, face.sponsor_high
    arcs.append(
        _stepped(supply, sponsors, low, high, _sponsor_steps(low, high, costs.sponsor_step))
        if costs.sponsor_step
        else _bounded(supply, sponsors, to_sink, low, high)
    )
    places = np.arange(problem.num_kelurahan) + place_at
    low, high = face.waiting_low, face.waiting_high
    start, step = costs.steps
    if step.any():
        nth = steps_within(low, high)
        steps = step[np.repeat(start[:-1], high - low) + nth - 1]
        arcs.append(_stepped(supply, places, low, high, steps))
    else:
        to_sink = np.full(problem.num_kelurahan, sink)
        arcs.append(_bounded(supply, places, to_sink, low, high))
    supply[sink] = -supply[:sink].sum()
    return arcs, supply


def steps_within(low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return low+1 .. high of each owner, one after the other."""
    count = high - low
    first = np.repeat(np.cumsum(count) - count, count)
    steps: NDArray[np.int64] = np.arange(count.sum()) - first + np.repeat(low, count) + 1
    return steps


def _sponsor_steps(low: NDArray[np.int64], high: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    return steps_within(low, high) * step


def _bounded(
    supply: NDArray[np.int64],
    tail: NDArray[Any],
    head: NDArray[Any],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> _Arcs:
    """Return free arcs with bounds; what must flow is moved into the supplies."""
    np.subtract.at(supply, tail, low)
    np.add.at(supply, head, low)
    return tail, head, high - low, np.zeros(tail.size, dtype=np.int64)


def _stepped(
    supply: NDArray[np.int64],
    tail: NDArray[Any],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    steps: NDArray[np.int64],
) -> _Arcs:
    """Return one unit arc to the sink per step between the bounds."""
    sink = supply.size - 1
    np.subtract.at(supply, tail, low)
    supply[sink] += low.sum()
    tails = np.repeat(tail, high - low)
    return tails, np.full(tails.size, sink), np.ones(tails.size, dtype=np.int64), steps
