"""The rule of graduation and of relapse, each limit from both sides."""

from datetime import date, timedelta

import pytest

from data.growth.graduation import Ground, graduation_ground, has_relapsed
from data.reference.graduation import graduation_rule

BORN = date(2024, 6, 1)
TODAY = date(2026, 12, 1)
RULE = graduation_rule(TODAY)


def ground(*heights: tuple[int, float], on: date = TODAY) -> Ground | None:
    """The ground by (days before today, HAZ)."""
    days = [(TODAY - timedelta(days=before), haz) for before, haz in heights]
    return graduation_ground(RULE, born_on=BORN, heights=days, on=on)


def test_two_normal_heights_four_weeks_apart_are_a_recovery_and_27_days_are_not() -> None:
    assert ground((28, -2.0), (0, -1.9)) is Ground.RECOVERED
    assert ground((27, -2.0), (0, -1.9)) is None
    assert ground((0, -1.0)) is None


def test_a_stunted_or_unbelievable_height_between_breaks_the_row() -> None:
    assert ground((60, -1.9), (20, -2.01), (0, -1.9)) is None
    assert ground((60, -1.9), (20, 6.01), (0, -1.9)) is None
    assert ground((60, -3.0), (40, -2.0), (0, -1.5)) is Ground.RECOVERED


def test_the_order_in_which_heights_are_given_says_nothing() -> None:
    assert ground((0, -1.9), (28, -2.0)) is Ground.RECOVERED
    assert ground((0, -2.5), (28, -1.0), (60, -1.0)) is None


def test_five_years_are_a_ground_by_themselves_and_a_day_less_is_not() -> None:
    last = BORN + timedelta(days=1826)
    assert graduation_ground(RULE, born_on=BORN, heights=(), on=last) is Ground.TOO_OLD
    day_before = last - timedelta(days=1)
    assert graduation_ground(RULE, born_on=BORN, heights=(), on=day_before) is None


@pytest.mark.parametrize(
    ("later", "relapsed"),
    [((10, -2.01), True), ((10, -2.0), False), ((-1, -3.0), False), ((10, -6.5), False)],
)
def test_a_relapse_is_a_believable_stunted_height_after_graduating(
    later: tuple[int, float], relapsed: bool
) -> None:
    days, haz = later
    heights = [(TODAY, -1.9), (TODAY + timedelta(days=days), haz)]
    assert has_relapsed(RULE, left_on=TODAY, heights=heights) is relapsed


def test_the_newest_height_counts_for_a_relapse() -> None:
    heights = [(TODAY + timedelta(days=30), -2.5), (TODAY + timedelta(days=60), -1.8)]
    assert not has_relapsed(RULE, left_on=TODAY, heights=heights)


def test_a_month_before_the_first_rule_has_the_first() -> None:
    assert graduation_rule(date(2020, 1, 1)) == graduation_rule(date(2024, 12, 1))
