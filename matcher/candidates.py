"""The nearest accepting pledges of each child, when there are too many pairs to look at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from matcher.eligibility import pairs_allowed, usable_pledges
from matcher.keys import distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.policy import Policy
    from matcher.problem import MatchingProblem

BLOCK = 200_000


def nearest_candidates(
    problem: MatchingProblem, policy: Policy
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the (child, pledge) pairs considered, sorted by child.

    Per child: the `Policy.max_candidates` nearest usable pledges that accept everywhere, as many
    nearest ones that list its kelurahan, and its kept and pinned pledges; those that the rules
    allow.
    """
    sizes = np.diff(problem.accepted_start)
    usable = usable_pledges(problem, policy)
    found = [
        _nearest(
            problem, np.arange(problem.num_children), np.flatnonzero(usable & (sizes == 0)), policy
        ),
        _nearest_listed(problem, usable, policy),
        *(
            pairs[:, 0] * np.int64(problem.num_pledges) + pairs[:, 1]
            for pairs in (problem.kept, problem.pins)
        ),
    ]
    keys = distinct(np.concatenate(found))
    child = (keys // problem.num_pledges).astype(np.int32)
    pledge = (keys % problem.num_pledges).astype(np.int32)
    del keys, found
    allowed = pairs_allowed(problem, policy, child, pledge)
    return child[allowed], pledge[allowed]


def _nearest(
    problem: MatchingProblem,
    children: NDArray[np.intp],
    pledges: NDArray[np.intp],
    policy: Policy,
) -> NDArray[np.int64]:
    """Return child * m + pledge of the nearest of some pledges for some children."""
    if not pledges.size or not children.size:
        return np.empty(0, dtype=np.int64)
    tree = cKDTree(_points(problem.pledge_lat[pledges], problem.pledge_lon[pledges]))
    number = min(pledges.size, policy.max_candidates)
    found = []
    for at in range(0, children.size, BLOCK):
        block = children[at : at + BLOCK]
        points = _points(problem.child_lat[block], problem.child_lon[block])
        _, near = tree.query(points, k=np.arange(1, number + 1), workers=-1)
        found.append((block[:, None] * np.int64(problem.num_pledges) + pledges[near]).reshape(-1))
    return np.concatenate(found)


def _nearest_listed(
    problem: MatchingProblem, usable: NDArray[np.bool_], policy: Policy
) -> NDArray[np.int64]:
    """Return the nearest of the pledges that list a child's kelurahan."""
    owner = np.repeat(np.arange(problem.num_pledges), np.diff(problem.accepted_start))
    open_rows = usable[owner]
    place, owner = problem.accepted_kelurahan[open_rows], owner[open_rows]
    by_place = np.argsort(place, kind="stable")
    place, owner = place[by_place], owner[by_place]
    children = np.argsort(problem.kelurahan, kind="stable")
    homes = problem.kelurahan[children]
    found = [np.empty(0, dtype=np.int64)]
    for kelurahan in np.unique(place).tolist():
        low, high = np.searchsorted(place, [kelurahan, kelurahan + 1])
        first, last = np.searchsorted(homes, [kelurahan, kelurahan + 1])
        found.append(_nearest(problem, children[first:last], owner[low:high], policy))
    return np.concatenate(found)


def _points(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points on the unit sphere; nearest there is nearest on the ground."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)
