"""Where an instance's clients are, and their neighbours; clients before depots."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.instance import NO_LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logistics.instance import Instance

NUM_NEAR = 100
"""Neighbours that are kept of a client."""
LARGEST_MATRIX = 2_500
"""Clients up to which nearness in time is looked at between all pairs."""
WAIT_WEIGHT, WAIT_WEIGHT_OF_LONG = 0.2, 0.1
"""What a wait counts between neighbours in time, in its own length; the second with long trips."""
MOST_OF_SHORT = 20.0
"""Average clients that fill a vehicle, up to which trips are short."""
METRICS = {"nearest": (1.0, 0.5), "dimacs": (10.0, 0.0), "none": (1_000.0, 0.5)}
"""Scale, and what is added before cutting to whole units."""


class Ground(NamedTuple):
    """Where things are: n clients, then d depots."""

    metric: NDArray[np.float64]
    matrix: NDArray[np.int32]  # n + d squared, or empty
    xy: NDArray[np.float64]  # n + d, 2
    out: NDArray[np.int64]  # 2, d, n: from and to each depot
    near: NDArray[np.int32]  # n, k
    near_way: NDArray[np.int32]  # n, k


def ground_of(instance: Instance) -> Ground:
    """Return the places of an instance, its clients and their neighbours."""
    n, d = instance.num_clients, instance.num_depots
    clients = list(range(d, n + d))
    rows = [*clients, *range(d)]
    if instance.matrix is None:
        matrix = np.zeros((0, 0), dtype=np.int32)
    else:
        matrix = np.ascontiguousarray(instance.matrix[np.ix_(rows, rows)]).astype(np.int32)
    xy = np.zeros((n + d, 2)) if instance.xy is None else instance.xy[rows]
    out = np.stack(
        [
            instance.ways(list(range(d)), clients),
            instance.ways(clients, list(range(d))).T,
        ]
    )
    near = _near(instance, xy[:n], matrix[:n, :n])
    return Ground(
        metric=np.array(METRICS[instance.rounding]),
        matrix=matrix,
        xy=np.ascontiguousarray(xy, dtype=np.float64),
        out=np.ascontiguousarray(out),
        near=near,
        near_way=_ways_beside(instance, near),
    )


def _near(
    instance: Instance, xy: NDArray[np.float64], matrix: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return the neighbours of each client, nearest first; with hours, nearest in time too."""
    n, d = instance.num_clients, instance.num_depots
    size = min(NUM_NEAR, n - 1)
    if matrix.size == 0 and (instance.opens is None or n > LARGEST_MATRIX):
        return _near_in_plane(xy, size)
    clients = list(range(d, n + d))
    straight = instance.ways(clients, clients).astype(np.float64)
    closeness = _in_time(instance, straight)
    closeness = np.minimum(closeness, closeness.T)
    np.fill_diagonal(closeness, np.inf)
    for group in instance.groups:
        members = np.array(group) - d
        closeness[np.ix_(members, members)] = np.inf
    return np.argsort(closeness, axis=1, kind="stable")[:, :size].astype(np.int32)


def _in_time(instance: Instance, ways: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ways plus a part of the wait and the whole lateness that going there brings.

    Vidal, Crainic, Gendreau and Prins (Computers & Operations Research 40, 2013).
    """
    if instance.opens is None or instance.closes is None:
        return ways
    d = instance.num_depots
    opens, closes = instance.opens[d:], instance.closes[d:]
    service = instance.service[d:]
    wait = opens[None, :] - ways - service[:, None] - closes[:, None]
    late = opens[:, None] + service[:, None] + ways - closes[None, :]
    weight = WAIT_WEIGHT_OF_LONG if has_long_trips(instance) else WAIT_WEIGHT
    return ways + weight * np.maximum(wait, 0) + np.maximum(late, 0)


def _near_in_plane(xy: NDArray[np.float64], size: int) -> NDArray[np.int32]:
    from scipy.spatial import cKDTree  # noqa: PLC0415  (slow to load)

    _, found = cKDTree(xy).query(xy, k=size + 1)
    found = np.asarray(found).reshape(len(xy), size + 1)
    is_self = found == np.arange(len(xy))[:, None]
    is_self[~is_self.any(axis=1), -1] = True  # twins at one place can push a client off its list
    kept: NDArray[np.int32] = found[~is_self].reshape(len(xy), size).astype(np.int32)
    return kept


def _ways_beside(instance: Instance, near: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the ways from each client to its neighbours."""
    d = instance.num_depots
    ways = np.empty(near.shape, dtype=np.int32)
    for row, beside in enumerate(near):
        ways[row] = instance.ways([row + d], (beside + d).tolist())[0]
    return ways


def has_hours(instance: Instance) -> bool:
    """Return whether time matters: windows, releases or longest durations."""
    limited = any(fleet.most_duration < NO_LIMIT for fleet in instance.fleets)
    return instance.opens is not None or limited or bool(instance.release.any())


def has_long_trips(instance: Instance) -> bool:
    """Return whether many clients fit on a trip, and hours are all there is beside capacity."""
    is_alone = instance.num_depots == 1 and not instance.groups and not instance.prize.any()
    if not is_alone or has_several_trips(instance) or not has_hours(instance):
        return False
    mean_demand = max(1.0, float(instance.demand[1:].mean()))
    return max(fleet.capacity for fleet in instance.fleets) > MOST_OF_SHORT * mean_demand


def has_several_trips(instance: Instance) -> bool:
    """Return whether a vehicle may drive more than one trip."""
    return any(fleet.most_trips > 1 for fleet in instance.fleets)


def is_plain(instance: Instance) -> bool:
    """Return whether one capacity and straight or symmetric ways are all there is."""
    fleet = instance.fleets[0]
    is_symmetric = instance.matrix is None or np.array_equal(instance.matrix, instance.matrix.T)
    return (
        len(instance.fleets) == 1
        and instance.num_depots == 1
        and not has_hours(instance)
        and not instance.groups
        and not instance.prize.any()
        and fleet.most_trips == 1
        and fleet.most_way == NO_LIMIT
        and fleet.allowed is None
        and fleet.fixed_cost == 0
        and fleet.unit_cost == 1
        and is_symmetric
    )
