"""From one road into the next: which turns there are and what they cost.

The network is looked at arc by arc: a state is "at the beginning of an arc", and a step drives
that arc and turns into the next. So turn costs and banned turns are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from logistics import road_rules

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from logistics.roads import RoadNetwork

TICKS_PER_S = 20_000
"""Unit of the shortest-path engines: 0.05 ms; 29 hours fit into their 31 bits."""

TICKS_PER_DM = 1
"""What a decimetre adds in the second question, see `ways`."""

NO_WAY = 2_147_483_647
"""Infinite, as RoutingKit writes it."""


@dataclass(frozen=True, eq=False)
class Turns:
    """All steps from arc to arc.

    Parameters
    ----------
    before, after
        int64[t], arcs; sorted by `before`.
    turn_s
        float64[t], seconds for the turn itself.
    start
        int64[a + 1]: the turns out of an arc are rows ``start[arc]`` up to ``start[arc + 1]``.
    """

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    turn_s: NDArray[np.float64]
    start: NDArray[np.int64]


@lru_cache(maxsize=8)
def turns_of(network: RoadNetwork) -> Turns:
    """Return the turns of a network, banned ones left out."""
    order = np.argsort(network.tail, kind="stable")
    first = np.searchsorted(network.tail[order], np.arange(network.lat.size + 1))
    num_out = np.diff(first)
    count = num_out[network.head]
    before = np.repeat(np.arange(network.num_arcs), count)
    rank = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    after = order[first[network.head[before]] + rank]
    allowed = ~_banned(network, before, after)
    before, after = before[allowed], after[allowed]
    return Turns(
        before=before,
        after=after,
        turn_s=_turn_s(network, before, after, num_out),
        start=np.searchsorted(before, np.arange(network.num_arcs + 1)),
    )


def step_ticks(
    network: RoadNetwork, kind: str, closed: Collection[int] = ()
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return per turn the ticks of driving its first arc and turning, without and with metres.

    `NO_WAY` where the kind may not use one of the arcs, or one is closed.
    """
    turns = turns_of(network)
    time_s = network.time_s(kind)
    if closed:
        time_s[list(closed)] = np.inf
    seconds = time_s[turns.before] + turns.turn_s
    seconds[np.isinf(time_s[turns.after])] = np.inf
    is_open = np.isfinite(seconds)
    ticks = np.full(seconds.size, NO_WAY, dtype=np.int64)
    ticks[is_open] = np.maximum(1, np.rint(seconds[is_open] * TICKS_PER_S))
    with_way = ticks.copy()
    length_dm = np.rint(network.length_m[turns.before] * 10).astype(np.int64)
    with_way[is_open] += length_dm[is_open] * TICKS_PER_DM
    return ticks, with_way


def _banned(
    network: RoadNetwork, before: NDArray[np.int64], after: NDArray[np.int64]
) -> NDArray[np.bool_]:
    size = network.num_arcs
    banned = network.banned_turns[:, 0] * size + network.banned_turns[:, 1]
    return np.isin(before * size + after, banned)


def _turn_s(
    network: RoadNetwork,
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    num_out: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the cost of each turn; where no choice is, following a bend costs nothing."""
    begins, ends = network.bearing_deg
    angle = (begins[after] - ends[before] + 180) % 360 - 180
    is_junction = num_out[network.head[before]] > 2
    cost = np.where(angle > road_rules.STRAIGHT_DEG, road_rules.RIGHT_S, 0.0)
    cost = np.where(angle < -road_rules.STRAIGHT_DEG, road_rules.LEFT_S, cost)
    within = network.is_roundabout[before] & network.is_roundabout[after]
    cost = np.where(is_junction & ~within, cost, 0.0)
    is_back = network.reverse[before] == after
    is_end = num_out[network.head[before]] == 1
    round_s = np.where(is_end, road_rules.DEAD_END_S, road_rules.U_TURN_S)
    turned: NDArray[np.float64] = np.where(is_back, round_s, cost)
    return turned
