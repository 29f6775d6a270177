"""Age in months, as the growth standards count it."""

from data.age import months_of_days


def test_a_month_is_over_on_the_first_whole_day_beyond_it() -> None:
    assert [months_of_days(days) for days in (0, 30, 31, 730, 731, 1826, 1827)] == [
        0, 0, 1, 23, 24, 59, 60,
    ]  # fmt: skip
