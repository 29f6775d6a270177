"""Fairness between kelurahan against sequential maximum flows, on a thousand months.

The other textbook way to leximin: raise the smallest share as far as a maximum flow allows, fix
the kelurahan that cannot have more, go on with the rest (Frank and Murota, arXiv 2007.09616).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from matcher.eligibility import eligible_pairs
from matcher.policy import LevelName, Policy
from matcher.solve import solve
from tests.matcher.months import month

if TYPE_CHECKING:
    from matcher.problem import MatchingProblem

POLICY = Policy(split_siblings=True, levels=(LevelName.LEXIMIN, LevelName.TIER))


def can_serve(problem: MatchingProblem, counts: list[int]) -> bool:
    """Return whether so many children of each kelurahan can have a place at once."""
    n, m, places = problem.num_children, problem.num_pledges, problem.num_kelurahan
    child_at, pledge_at, sink = 1 + places, 1 + places + n, 1 + places + n + m
    child, pledge = np.nonzero(eligible_pairs(problem, POLICY))
    tail = [
        np.zeros(places, int),
        1 + problem.kelurahan,
        child_at + child,
        pledge_at + np.arange(m),
    ]
    head = [1 + np.arange(places), child_at + np.arange(n), pledge_at + pledge, np.full(m, sink)]
    room = [np.array(counts), np.ones(n, int), np.ones(child.size, int), problem.capacity]
    columns = [np.concatenate(part).astype(np.int32) for part in (room, tail, head)]
    graph = csr_array((columns[0], (columns[1], columns[2])), shape=(sink + 1, sink + 1))
    return bool(maximum_flow(graph, 0, sink).flow_value == sum(counts))


def by_flows(problem: MatchingProblem) -> list[Fraction]:
    """Return the served shares of the kelurahan that have children, rising."""
    size = np.bincount(problem.kelurahan, minlength=problem.num_kelurahan).tolist()
    served = [0] * len(size)
    open_ones = {place for place, number in enumerate(size) if number}
    while open_ones:
        share = {
            at: (Fraction(served[at], size[at]), -Fraction(served[at] + 1, size[at]))
            for at in sorted(open_ones)
        }
        place = min(share, key=share.__getitem__)
        more = [number + (at == place) for at, number in enumerate(served)]
        if served[place] < size[place] and can_serve(problem, more):
            served = more
        else:
            open_ones.remove(place)
    return sorted(Fraction(served[at], size[at]) for at in range(len(size)) if size[at])


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 1000, 250))
def test_leximin_equals_sequential_maximum_flows(first: int) -> None:
    for seed in range(first, first + 250):
        problem = month(
            seed,
            children=6 + seed % 7,
            pledges=3 + seed % 3,
            places=2 + seed % 4,
            tightness=0.3 + seed % 4 * 0.2,
        )
        level = solve(problem, POLICY).level(LevelName.LEXIMIN)
        assert level is not None
        size = np.bincount(problem.kelurahan, minlength=problem.num_kelurahan).tolist()
        found = sorted(
            Fraction(served, number)
            for served, number in zip(level.value, size, strict=True)
            if number
        )
        assert found == by_flows(problem), seed
