"""N, T, O, B and two T, by exact grams."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.growth.weight_gain import (
    Gain,
    Weighing,
    ends_in_two_t,
    has_two_t,
    minimum_gain_g,
    monthly_gains,
)

BORN = dt.date(2025, 1, 10)


def letters(*weighings: tuple[str, int] | tuple[str, int, float]) -> str:
    gains = monthly_gains(
        born_on=BORN,
        weighings=[
            Weighing(dt.date.fromisoformat(on), grams, *waz) for on, grams, *waz in weighings
        ],
    )
    return "".join(gain.gain for gain in gains)


@pytest.mark.parametrize(
    ("months", "grams"),
    [
        (1, 800),
        (2, 900),
        (3, 800),
        (4, 600),
        (5, 500),
        (6, 400),
        (7, 300),
        (10, 300),
        (11, 200),
        (40, 200),
    ],
)
def test_the_least_gain_by_age(months: int, grams: int) -> None:
    assert minimum_gain_g(months) == grams


def test_the_first_weighing_is_b() -> None:
    assert letters(("2026-03-11", 9000)) == "B"


def test_exactly_the_least_gain_is_n_and_one_gram_less_is_t() -> None:
    assert letters(("2026-03-11", 9000), ("2026-04-11", 9200)) == "BN"
    assert letters(("2026-03-11", 9000), ("2026-04-11", 9199)) == "BT"


def test_following_the_curve_is_n_below_the_least_gain_but_never_without_gain() -> None:
    assert letters(("2026-03-11", 9000, -1.5), ("2026-04-11", 9150, -1.5)) == "BN"
    assert letters(("2026-03-11", 9000, -1.5), ("2026-04-11", 9150, -1.51)) == "BT"
    assert letters(("2026-03-11", 9000, -1.5), ("2026-04-11", 9000, -1.4)) == "BT"


def test_a_missed_month_is_o() -> None:
    assert letters(("2026-03-11", 9000), ("2026-05-11", 9900)) == "BO"


def test_the_last_weighing_of_a_month_counts_in_any_order() -> None:
    assert letters(("2026-04-20", 9300), ("2026-04-02", 9000), ("2026-03-11", 9050)) == "BN"


def test_the_year_turns() -> None:
    assert letters(("2025-12-11", 8000), ("2026-01-11", 8200)) == "BN"


def test_the_gain_is_told_in_grams() -> None:
    gains = monthly_gains(
        born_on=BORN,
        weighings=[Weighing(dt.date(2026, 3, 1), 9000), Weighing(dt.date(2026, 4, 1), 8900)],
    )
    assert [(gain.gain, gain.gain_g) for gain in gains] == [
        (Gain.FIRST_TIME, None),
        (Gain.NOT_GAINED, -100),
    ]


def test_two_t_in_a_row_refer() -> None:
    def two_t(*weighings: tuple[str, int]) -> bool:
        held = [Weighing(dt.date.fromisoformat(on), grams) for on, grams in weighings]
        return has_two_t(monthly_gains(born_on=BORN, weighings=held))

    assert two_t(("2026-03-11", 9000), ("2026-04-11", 9000), ("2026-05-11", 8900))
    assert not two_t(("2026-03-11", 9000), ("2026-04-11", 9000), ("2026-05-11", 9300))
    assert not two_t(("2026-03-11", 9000), ("2026-04-11", 9000))
    assert not two_t(("2026-03-11", 9000))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 170), st.sampled_from((8900, 9000, 9100, 9300)),
            st.sampled_from((None, -2.5, -2.0)),
        ),
        max_size=12, unique_by=lambda each: each[0],
    )
)  # fmt: skip
def test_the_last_months_alone_tell_whether_two_t_end_them(
    rows: list[tuple[int, int, float | None]],
) -> None:
    first = dt.date(2026, 1, 20)
    weighings = [
        Weighing(first + dt.timedelta(days=at), grams, waz)
        for at, grams, waz in sorted(rows, key=lambda row: row[0])
    ]
    whole = has_two_t(monthly_gains(born_on=BORN, weighings=weighings))
    assert ends_in_two_t(born_on=BORN, newest_first=reversed(weighings)) is whole
