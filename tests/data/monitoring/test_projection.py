"""Projection and needed coverage by exact amount, each limit from both sides."""

import random
from math import sqrt

import pytest

from data.monitoring.projection import Flow, Outlook, Projection, needed_coverage, project


def test_a_steady_fall_goes_on_without_doubt() -> None:
    found = project([100, 98, 96, 94, 92, 90], months_ahead=10)
    assert found == Projection(10, 70.0, 70.0, 70.0)


def test_the_interval_is_that_of_the_formula() -> None:
    # Changes -4, 0, -4, 0, -4, 0: mean -2, s² = 24/5, t(0.975, 5) = 2.5706.
    found = project([100, 96, 96, 92, 92, 88, 88], months_ahead=3)
    assert found is not None
    assert found.middle == 82
    reach = 2.570582 * sqrt(24 / 5) * sqrt(3 * (1 + 3 / 6))
    assert (found.low, found.high) == pytest.approx((82 - reach, 82 + reach), abs=1e-4)


def test_further_ahead_is_less_sure_and_nothing_falls_below_zero() -> None:
    counts = [20, 17, 18, 12, 11, 8]
    near, far = project(counts, months_ahead=1), project(counts, months_ahead=12)
    assert near is not None
    assert far is not None
    assert near.high - near.low < far.high - far.low
    assert (far.middle, far.low) == (0, 0)


def test_of_five_months_nothing_is_projected_and_the_past_cannot_be() -> None:
    assert project([5, 4, 3, 2, 1], months_ahead=1) is None
    with pytest.raises(ValueError, match="0 months"):
        project([1] * 6, months_ahead=0)


def test_the_interval_holds_nineteen_of_twenty_futures_of_a_random_walk() -> None:
    rng = random.Random(5)
    held = 0
    for _ in range(1000):
        walk = [1000.0]
        for _ in range(18):
            walk.append(walk[-1] + rng.gauss(-2, 5))
        found = project(walk[:13], months_ahead=6)
        assert found is not None
        held += found.low <= walk[-1] <= found.high
    assert 930 <= held <= 970


def test_the_outlook_turns_at_the_ends_of_the_interval() -> None:
    found = Projection(6, 50, 40, 60)
    assert [found.outlook(target) for target in (60, 59.9, 40, 39.9)] == [
        Outlook.ON_COURSE, Outlook.OPEN, Outlook.OPEN, Outlook.OFF_COURSE,
    ]  # fmt: skip


def test_the_needed_coverage_brings_the_list_to_the_target() -> None:
    # One month: 100 + 10 - 100 × (0.05 + c × 0.2) = 95 at c = 0.5.
    flow = Flow(new=10, graduating=0.2, leaving=0.05)
    found = needed_coverage(flow, children=100, target=95, months_ahead=1)
    assert found == pytest.approx(0.5, abs=1e-6)
    assert needed_coverage(flow, children=100, target=105, months_ahead=1) == 0
    assert needed_coverage(flow, children=100, target=84.9, months_ahead=1) is None
    assert needed_coverage(flow, children=100, target=85, months_ahead=1) == pytest.approx(1)
