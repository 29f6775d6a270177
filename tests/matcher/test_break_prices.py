"""The exact price of breaking pairs of last month, against all matchings."""

from __future__ import annotations

from itertools import pairwise

import pytest

from matcher.break_prices import break_prices
from matcher.policy import Policy
from tests.matcher.months import month
from tests.matcher.oracle import matchings

FREE = Policy(split_siblings=True)


@pytest.mark.parametrize("seed", range(25))
def test_the_curve_is_the_hull_of_all_matchings(seed: int) -> None:
    problem = month(seed, children=7, pledges=4, tightness=0.6, areas=0.3)
    kept = problem.kept.tolist()
    seen = set()
    for chosen in matchings(problem, FREE):
        served = [child for child, pledge in enumerate(chosen) if pledge >= 0]
        broken = sum(chosen[child] != pledge for child, pledge in kept)
        seen.add((broken, sum(int(problem.points[child]) for child in served)))
    curve = [(corner.breaks, corner.points) for corner in break_prices(problem, FREE)]
    assert set(curve) <= seen
    fewest, most = min(broken for broken, _ in seen), max(points for _, points in seen)
    assert curve[0] == max(point for point in seen if point[0] == fewest)
    assert curve[-1] == min(point for point in seen if point[1] == most)
    for (low, least), (high, largest) in pairwise(curve):
        for broken, points in seen:
            if low <= broken <= high:
                assert (points - least) * (high - low) <= (broken - low) * (largest - least)


def test_a_month_that_loses_nothing_by_keeping_has_one_corner() -> None:
    problem = month(1, children=4, pledges=2, areas=0.0, capacity=[4, 4], kept=[[0, 0], [1, 1]],
                    standby=[False, False], goods=[0, 0], bans=[], conflicts=[])  # fmt: skip
    (corner,) = break_prices(problem, FREE)
    assert (corner.breaks, corner.children, corner.is_exact) == (0, 4, True)


def test_where_siblings_would_be_split_the_curve_is_only_a_bound() -> None:
    found = [
        corner
        for seed in range(6)
        for corner in break_prices(
            month(seed, children=30, pledges=12, siblings=0.5, tightness=0.6), Policy()
        )
    ]
    assert {corner.is_exact for corner in found} == {True, False}
