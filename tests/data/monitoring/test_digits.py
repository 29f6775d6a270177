"""Digit preference by exact score and exact chance."""

from fractions import Fraction
from math import comb

import pytest

from data.monitoring.digits import ALARM, DigitVerdict, digit_preference


def test_equal_digits_score_nothing_and_a_single_digit_scores_a_hundred() -> None:
    assert digit_preference([10] * 10).score == 0
    assert digit_preference([100, *[0] * 9]).score == pytest.approx(100)


def test_the_score_of_halves_is_that_of_the_formula() -> None:
    # 50 and 50 of 100: chi-square = 2 × 40²/10 + 8 × 10 = 400; 100 × √(400 / 900).
    found = digit_preference([50, 0, 0, 0, 0, 50, 0, 0, 0, 0])
    assert found.score == pytest.approx(100 * (400 / 900) ** 0.5)
    assert (found.count, found.num_round, found.round_share) == (100, 100, 1.0)


def chance_of_at_least(hits: int, count: int) -> Fraction:
    share = Fraction(1, 5)
    return sum(
        (comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(hits, count + 1)),
        Fraction(0),
    )


def test_the_verdict_turns_where_the_exact_chance_does() -> None:
    count = 40
    first = next(k for k in range(count + 1) if chance_of_at_least(k, count) <= ALARM)

    def verdict(hits: int) -> DigitVerdict:
        return digit_preference([hits, count - hits, *[0] * 8]).verdict

    assert verdict(first) is DigitVerdict.ROUNDED
    assert verdict(first - 1) is DigitVerdict.WITHIN


def test_of_nineteen_readings_nothing_is_said() -> None:
    assert digit_preference([19, *[0] * 9]).verdict is DigitVerdict.TOO_FEW
    assert digit_preference([20, *[0] * 9]).verdict is DigitVerdict.ROUNDED


def test_without_readings_there_is_no_score() -> None:
    found = digit_preference([0] * 10)
    assert (found.score, found.round_share, found.verdict) == (None, None, DigitVerdict.TOO_FEW)


@pytest.mark.parametrize("wrong", [[1] * 9, [1] * 9 + [-1]])
def test_anything_but_ten_frequencies_is_refused(wrong: list[int]) -> None:
    with pytest.raises(ValueError, match="ten frequencies"):
        digit_preference(wrong)
