"""What whole numbers of siblings keep: every inequality against all whole choices."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from matcher.effort import Effort
from matcher.sibling_cuts import LARGEST_LIMIT, Cut, Options


def plenty() -> Effort:
    return Effort.of(1e9, 60.0)


def drawn(seed: int) -> tuple[Options, np.ndarray]:
    """Return a few households of one to three at a few sponsors, and what their options cost."""
    rng = np.random.default_rng(seed)
    sizes, places = rng.integers(1, 4, 5), rng.integers(1, 5, 3)
    rows = [
        (owner, sponsor, number)
        for owner, size in enumerate(sizes.tolist())
        for sponsor in range(3)
        for number in range(1, min(size, int(places[sponsor])) + 1)
    ]
    owner, sponsor, number = np.array(rows, dtype=np.int64).T
    dear = rng.integers(1, 30, (5, 3))
    return Options(owner, sponsor, number, places.astype(np.int64)), number * (
        dear[owner, sponsor] - 40.0
    )


def whole_choices(options: Options) -> np.ndarray:
    """Return every allowed choice, one row each."""
    by_owner = [
        [-1, *np.flatnonzero(options.owner == owner).tolist()]
        for owner in range(options.num_owners)
    ]
    found = []
    for taken in product(*by_owner):
        chosen = np.zeros(options.owner.size, dtype=np.int64)
        chosen[[option for option in taken if option >= 0]] = 1
        load = np.bincount(
            options.sponsor, weights=chosen * options.places, minlength=options.capacity.size
        )
        if (load <= options.capacity).all():
            found.append(chosen)
    return np.array(found)


def relaxed(rows: list[Cut], cost: np.ndarray) -> tuple[float, np.ndarray]:
    table = np.zeros((len(rows), cost.size))
    for at, row in enumerate(rows):
        table[at, row.option] = row.coefficient
    found = linprog(cost, A_ub=table, b_ub=[row.limit for row in rows], bounds=(0, 1))
    return float(found.fun), found.x


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_whole_choice_is_cut_off_and_bounds_rise(first: int) -> None:
    closed, gaps = 0, 0
    for seed in range(first, first + 20):
        options, cost = drawn(seed)
        choices = whole_choices(options)
        best = float((choices @ cost).min())
        began, point = relaxed(options.rows, cost)
        bound = began
        while cuts := options.broken(point, plenty()):
            for cut in cuts:
                assert (choices[:, cut.option] @ cut.coefficient).max() <= cut.limit
                assert point[cut.option] @ cut.coefficient > cut.limit
            bound, point = relaxed(options.rows, cost)
        assert began - 1e-6 <= bound <= best + 1e-6
        gaps += began < best - 1e-6
        closed += began < best - 1e-6 <= bound
    assert gaps
    assert closed >= 0.8 * gaps


def test_half_a_pair_at_each_of_two_sponsors_takes_a_place_from_a_child() -> None:
    """Two places each: a pair fills one sponsor, so that of two children beside it one waits."""
    owner, sponsor = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 1])
    places = np.array([2, 2, 1, 1])
    halves = np.array([0.5, 0.5, 1.0, 1.0])
    options = Options(owner, sponsor, places, np.array([2, 2]))
    cut = options.broken(halves, plenty())[0]
    assert cut.coefficient @ halves[cut.option] > cut.limit
    roomy = Options(owner, sponsor, places, np.array([3, 3]))
    assert roomy.broken(np.array([0.0, 1.0, 1.0, 1.0]), plenty()) == []


def test_more_siblings_than_a_sponsor_has_places_are_left_alone() -> None:
    """A spread that is held leaves a sponsor fewer places than its pledges have."""
    sizes = np.array([4, 2, 1, 1])
    rows = [(o, s, k) for o in range(4) for s in range(2) for k in range(1, sizes[o] + 1)]
    owner, sponsor, places = np.array(rows).T
    num_found = 0
    for seed in range(60):
        options = Options(owner, sponsor, places, np.array([2, 2]))
        cost = -places * np.random.default_rng(seed).integers(20, 40, places.size).astype(float)
        choices, point = whole_choices(options), relaxed(options.rows, cost)[1]
        for cut in options.broken(point, plenty()):
            assert (choices[:, cut.option] @ cut.coefficient).max() <= cut.limit
            num_found += 1
    assert num_found


def test_looking_counts_as_effort_and_ends_with_it() -> None:
    options, cost = drawn(4)
    point = relaxed(options.rows, cost)[1]
    again, little = drawn(4)[0], Effort.of(1e-3, 60.0)
    effort = plenty()
    found, fewer = options.broken(point, effort), again.broken(point, little)
    assert effort.work < 1e9
    assert little.is_spent
    assert len(fewer) < len(found)


def test_coefficients_without_a_small_common_denominator_are_no_inequality() -> None:
    """Prices like 1/23 and 1/19 and 1/17 have one of 7,429."""
    owner, ones = np.arange(4), np.ones(4, dtype=np.int64)
    options = Options(owner, np.zeros(4, dtype=np.int64), ones, np.array([3]))
    assert LARGEST_LIMIT < 17 * 19 * 23
    assert options._lifted(0, owner[:3], np.array([1 / 23, 1 / 19, 1 / 17])) is None
    assert options._lifted(0, owner[:3], np.array([1 / 2, 1 / 4, 1 / 4])) is not None
