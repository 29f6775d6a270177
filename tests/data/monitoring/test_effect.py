"""A planted effect is found, none is not invented, and the checks keep silent where they must."""

import random
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from data.monitoring.effect import FEWEST_PAIRS, Effect, Stretch, Why, effect, pair_up


def stretch(child: int, *, supported: bool, **values: float | str | None) -> Stretch:
    fields: dict[str, object] = {
        "stratum": "Rangkui male", "age_months": 18.0, "start_z": -2.5, "end_z": -2.4,
    }  # fmt: skip
    return Stretch(child=child, is_supported=supported, **(fields | values))  # type: ignore[arg-type]


def city(gain: float, *, seed: int = 3, count: int = 150, shift: float = 0.0) -> list[Stretch]:
    """Children whose true z is measured with error: low ones rise by themselves."""
    rng = random.Random(seed)
    found = []
    for number in range(2 * count):
        supported = number < count
        true = rng.gauss(-2.6, 0.5)
        start = true + rng.gauss(0, 0.25)
        end = true + rng.gauss(0, 0.25) + (gain if supported else 0)
        found.append(
            stretch(
                number, supported=supported, age_months=rng.uniform(6, 48), start_z=start,
                end_z=end, stratum=rng.choice(["a", "b"]),
                change_before=rng.gauss(shift if supported else 0, 0.2),
            )
        )  # fmt: skip
    return found


def test_partners_are_of_one_stratum_within_three_months_and_three_tenths() -> None:
    mine = stretch(1, supported=True)
    for other, fits in (
        (stretch(2, supported=False, age_months=21.0, start_z=-2.2), True),
        (stretch(2, supported=False, age_months=21.1), False),
        (stretch(2, supported=False, start_z=-2.19), False),
        (stretch(2, supported=False, stratum="Rangkui female"), False),
        (stretch(1, supported=False), False),
    ):
        assert bool(pair_up([mine, other])) is fits


def test_the_pairs_are_the_nearest_for_all_together() -> None:
    rng = random.Random(1)
    mine = [stretch(n, supported=True, age_months=18 + rng.random()) for n in range(5)]
    others = [stretch(10 + n, supported=False, age_months=18 + rng.random()) for n in range(5)]
    pairs = pair_up([*others, *mine])
    found = sum((p.supported.age_months - p.other.age_months) ** 2 for p in pairs)
    best = min(
        sum((a.age_months - b.age_months) ** 2 for a, b in zip(mine, order, strict=True))
        for order in permutations(others)
    )
    assert found == pytest.approx(best)
    assert len({p.other.child for p in pairs}) == 5


def test_a_planted_gain_is_found_with_its_interval() -> None:
    found = effect(city(0.3))
    assert found.why is Why.BETTER
    assert found.estimate is not None
    assert found.estimate.low < 0.3 < found.estimate.high
    assert found.pairs >= 100


def test_without_an_effect_nothing_is_claimed_although_low_children_rise_by_themselves() -> None:
    rises = [each.change for each in city(0.0) if each.start_z < -3]
    assert sum(rises) / len(rises) > 0.1
    wrong = [effect(city(0.0, seed=seed, count=60)).why for seed in range(40)]
    assert sum(why in (Why.BETTER, Why.WORSE) for why in wrong) <= 5
    assert effect(city(-0.3)).why is Why.WORSE


def test_of_fewer_than_thirty_pairs_nothing_is_said() -> None:
    few = [stretch(n, supported=True) for n in range(FEWEST_PAIRS - 1)]
    few += [stretch(100 + n, supported=False) for n in range(50)]
    found = effect(few)
    assert (found.pairs, found.estimate, found.why) == (FEWEST_PAIRS - 1, None, Why.TOO_FEW)
    assert effect([]) == Effect(0, 0, 0, None, {"age": 0.0, "z": 0.0}, None, Why.TOO_FEW)


def test_groups_that_differ_at_the_start_are_not_compared() -> None:
    rng = random.Random(2)
    unlike = [
        stretch(
            n, supported=n < 60, start_z=rng.gauss(-2.5, 0.3) + (0.2 if n < 60 else 0.0),
            end_z=-2.0,
        )
        for n in range(120)
    ]  # fmt: skip
    found = effect(unlike)
    assert abs(found.imbalance["z"]) > 0.1
    assert found.why is Why.UNLIKE


def test_groups_that_grew_differently_before_are_not_compared() -> None:
    assert effect(city(0.3, shift=0.2)).why is Why.UNLIKE_BEFORE


@pytest.mark.parametrize(("before", "why"), [(0.01, Why.BETTER), (0.05, Why.UNLIKE_BEFORE)])
def test_a_difference_before_that_changes_nothing_does_not_take_the_answer_away(
    before: float, why: Why
) -> None:
    rng = random.Random(5)
    rows = [
        replace(row, change_before=rng.gauss(before if row.is_supported else 0, 0.002))
        for row in city(0.3)
    ]
    found = effect(rows)
    assert found.before is not None
    assert found.before.is_clear
    assert found.why is why


def test_the_estimate_is_that_of_least_squares_by_hand() -> None:
    rng = random.Random(4)
    rows = city(0.1, seed=9)
    found = effect(rows)
    pairs = pair_up(rows)
    y = np.array([p.supported.change - p.other.change for p in pairs])
    x = np.array(
        [
            [
                1.0,
                p.supported.start_z - p.other.start_z,
                p.supported.age_months - p.other.age_months,
            ]
            for p in pairs
        ]
    )
    by_hand = np.linalg.solve(x.T @ x, x.T @ y)[0]
    assert found.estimate is not None
    assert found.estimate.mean == pytest.approx(by_hand)
    rng.shuffle(rows)
    again = effect(rows).estimate
    assert again is not None
    assert again.mean == pytest.approx(found.estimate.mean)
