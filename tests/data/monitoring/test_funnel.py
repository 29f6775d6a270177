"""Verdicts by exact chances, against sums over all outcomes."""

from fractions import Fraction
from itertools import pairwise
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.monitoring.funnel import ALARM, Unit, Verdict, funnel, limits

OTHERS = Unit("lain", 900, 1000)


def chance(hits: range, count: int, share: Fraction) -> Fraction:
    return sum((comb(count, k) * share**k * (1 - share) ** (count - k) for k in hits), Fraction(0))


def verdict_of(hits: int, count: int, others: Unit = OTHERS) -> Verdict:
    return funnel([Unit("sini", hits, count), others]).units[0].verdict


def test_ten_of_twenty_is_lower_where_nine_in_ten_is_usual_and_fifteen_is_chance() -> None:
    assert verdict_of(10, 20) is Verdict.LOWER
    assert verdict_of(15, 20) is Verdict.WITHIN


def test_all_of_many_is_higher_where_nine_in_ten_is_usual() -> None:
    assert verdict_of(200, 200) is Verdict.HIGHER
    assert verdict_of(20, 20) is Verdict.WITHIN


def test_of_four_nothing_is_said_and_of_few_only_what_could_be_said_at_all() -> None:
    assert verdict_of(0, 4) is Verdict.TOO_FEW
    assert verdict_of(0, 5) is Verdict.LOWER
    half = Unit("lain", 500, 1000)
    assert verdict_of(0, 8, half) is Verdict.TOO_FEW
    assert verdict_of(0, 12, half) is Verdict.LOWER


def test_without_cases_there_is_no_share_and_nothing_to_say() -> None:
    found = funnel([Unit("a", 0, 0), Unit("b", 0, 0)])
    assert found.share is None
    assert {(unit.share, unit.verdict) for unit in found.units} == {(None, Verdict.TOO_FEW)}


def test_where_everybody_succeeds_nobody_stands_out() -> None:
    found = funnel([Unit("a", 30, 30), Unit("b", 400, 400)])
    assert found.share == 1
    assert {unit.verdict for unit in found.units} == {Verdict.WITHIN}


@pytest.mark.parametrize(("hits", "count"), [(6, 5), (-1, 5)])
def test_more_hits_than_cases_are_refused(hits: int, count: int) -> None:
    with pytest.raises(ValueError, match="sini"):
        funnel([Unit("sini", hits, count)])


@given(st.integers(1, 60), st.data())
def test_the_verdict_is_what_the_exact_chances_say(count: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    others = Unit("lain", data.draw(st.integers(1, 199)), 200)
    share = Fraction(hits + others.hits, count + others.count)
    low, high = (
        chance(range(hits + 1), count, share),
        chance(range(hits, count + 1), count, share),
    )
    if min(abs(float(low) - ALARM), abs(float(high) - ALARM)) < 1e-9:
        return
    found = verdict_of(hits, count, others)
    if found is Verdict.TOO_FEW:
        assert count < 5 or min(share**count, (1 - share) ** count) > Fraction(1, 1000)
    else:
        assert (found is Verdict.LOWER) == (low <= ALARM)
        assert (found is Verdict.HIGHER) == (high <= ALARM)


def test_limits_close_in_on_the_share_as_units_grow_and_stay_within_0_and_1() -> None:
    lines = limits(0.9, [5, 20, 100, 1000])
    for line in lines:
        assert 0 <= line.lower_998 <= line.lower_95 <= 0.9 <= line.upper_95 <= line.upper_998 <= 1
    assert all(small.lower_998 < large.lower_998 for small, large in pairwise(lines))
    assert lines[-1].lower_95 == pytest.approx(0.8807, abs=2e-3)
