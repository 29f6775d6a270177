from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from matcher.check import check
from matcher.eligibility import eligible_pairs
from matcher.matching import LevelStatus
from matcher.policy import LevelName, Policy
from matcher.solve import solve
from tests.matcher.months import month

FREE = Policy(split_siblings=True)


def test_network_simplex_finds_the_same_distance() -> None:
    problem = month(3, children=60, pledges=25, tightness=0.6, places=5)
    policy = Policy(split_siblings=True, levels=(LevelName.TIER, LevelName.DISTANCE))
    matching = solve(problem, policy)
    allowed = eligible_pairs(problem, policy)
    weight = 10_000_000
    graph: nx.DiGraph[object] = nx.DiGraph()
    graph.add_node("sink", demand=60)
    tiers = np.unique(problem.tier)
    for child in range(60):
        rank = int(tiers.size - np.searchsorted(tiers, problem.tier[child]))
        graph.add_node(("c", child), demand=-1)
        graph.add_edge(("c", child), "sink", capacity=1, weight=rank * weight)
        for pledge in np.flatnonzero(allowed[child]).tolist():
            metres = int(problem.distance_hm(np.array([child]), np.array([pledge]))[0])
            graph.add_edge(("c", child), ("p", pledge), capacity=1, weight=metres)
    for pledge in range(25):
        graph.add_edge(("p", pledge), "sink", capacity=int(problem.capacity[pledge]), weight=0)
    cost, _ = nx.network_simplex(graph)
    tier, distance = matching.levels
    assert cost == tier.cost * weight + distance.cost


@pytest.mark.slow
def test_a_city_is_solved_over_all_pairs_and_approved() -> None:
    problem = month(1, children=5000, pledges=1500, places=42, tightness=0.6)
    matching = solve(problem, FREE)
    assert all(level.status is LevelStatus.OPTIMAL for level in matching.levels)
    assert matching.candidate_start is None
    assert check(problem, matching) == []


def test_pairs_joining_late_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = month(2, children=150, pledges=60, tightness=0.7, places=9)
    at_once = solve(problem, FREE)
    monkeypatch.setattr("matcher.pairs.ALL_WORKING", 0)
    late = solve(problem, FREE)
    assert [level.cost for level in late.levels] == [level.cost for level in at_once.levels]
    assert check(problem, late) == []
