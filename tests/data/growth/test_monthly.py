"""Growth of a month by area: exact amounts, counter-cases, and an oracle in plain Python."""

from __future__ import annotations

import datetime as dt
from statistics import fmean
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.growth.monthly import AreaGrowth, Measured, Supported, child_growth, growth_by_area
from data.growth.weight_gain import Weighing, has_two_t, monthly_gains

BORN = dt.date(2025, 1, 10)
MONTH = dt.date(2026, 12, 1)
START = dt.date(2026, 10, 1)


def measured(child: int, on: str, **values: Any) -> Measured:
    fields: dict[str, Any] = {"weight_g": 9000, "haz": -2.5, "waz": None, "whz": -1.0}
    return Measured(child=child, measured_on=dt.date.fromisoformat(on), **fields | values)


def supported(child: int, **values: Any) -> Supported:
    fields: dict[str, Any] = {"area": "A", "born_on": BORN, "started_on": START}
    return Supported(child=child, **fields | values)


def figures(children: list[Supported], rows: list[Measured], area: str = "A") -> AreaGrowth:
    found = growth_by_area(child_growth(children, rows, month_on=MONTH))
    return found[area]


def test_the_share_measured_is_of_the_children_under_support() -> None:
    children = [supported(1), supported(2), supported(3, is_supported=False)]
    found = figures(children, [measured(1, "2026-12-08"), measured(3, "2026-12-08")])
    assert (found.num_supported, found.num_measured, found.measured_share) == (2, 1, 0.5)


def test_a_child_measured_only_in_another_month_is_not_measured_this_month() -> None:
    rows = [measured(1, "2026-11-30"), measured(1, "2027-01-01")]
    found = figures([supported(1)], rows)
    assert found.num_measured == 0
    assert sum(found.num_by_gain.values()) == 0


def test_an_area_without_children_under_support_has_no_share() -> None:
    assert figures([supported(1, is_supported=False)], []).measured_share is None


@pytest.mark.parametrize(
    ("grams", "letter"), [((9000, 9200), "N"), ((9000, 9199), "T"), ((9000, 9000), "T")]
)
def test_a_letter_is_that_of_the_rule(grams: tuple[int, int], letter: str) -> None:
    rows = [
        measured(1, "2026-11-08", weight_g=grams[0]),
        measured(1, "2026-12-08", weight_g=grams[1]),
    ]
    assert figures([supported(1)], rows).num_by_gain == {"N": 0, "T": 0, "O": 0, "B": 0} | {
        letter: 1
    }


def test_the_posyandus_letter_stands_where_the_month_before_is_not_stored() -> None:
    alone = [measured(1, "2026-12-08", posyandu_gain="T")]
    assert figures([supported(1)], alone).num_by_gain["T"] == 1
    known = [measured(1, "2026-11-08"), measured(1, "2026-12-08", weight_g=9300, posyandu_gain="T")]
    assert figures([supported(1)], known).num_by_gain["N"] == 1


def test_without_any_letter_a_lone_weighing_is_b() -> None:
    assert figures([supported(1)], [measured(1, "2026-12-08")]).num_by_gain["B"] == 1


@pytest.mark.parametrize(
    ("weights", "count"),
    [((9000, 9000, 9000), 1), ((9000, 9300, 9300), 0), ((9000, None, 9000), 0)],
)
def test_two_t_wants_two_months_that_follow_each_other(
    weights: tuple[int | None, ...], count: int
) -> None:
    days = ("2026-10-08", "2026-11-08", "2026-12-08")
    rows = [measured(1, day, weight_g=grams) for day, grams in zip(days, weights, strict=True)]
    assert figures([supported(1)], rows).num_two_t == count


@pytest.mark.parametrize(("months", "count"), [((8, 9, 10, 11, 12), 1), ((8, 9, 11, 12), 0)])
def test_two_t_needs_the_weighing_before_the_two_months(
    months: tuple[int, ...], count: int
) -> None:
    """The first weighing does not stand in for it, and a month too few is not read."""
    grams = {8: 8000, 9: 8800, 10: 9600, 11: 9600, 12: 9600}
    rows = [measured(1, f"2026-{month:02}-08", weight_g=grams[month]) for month in months]
    assert figures([supported(1)], rows).num_two_t == count


def test_two_t_of_an_earlier_pair_of_months_is_not_this_months() -> None:
    rows = [measured(1, f"2026-{month}-08") for month in ("09", "10", "11")]
    assert figures([supported(1)], rows).num_two_t == 0


def three(change_g: tuple[int, int, int], num: int = 3) -> AreaGrowth:
    rows = []
    for child, grams in enumerate(change_g[:num]):
        rows.append(measured(child, "2026-11-08"))
        rows.append(measured(child, "2026-12-08", weight_g=9000 + grams))
    return figures([supported(child) for child in range(num)], rows)


def test_the_mean_weight_change_counts_falls_and_gains() -> None:
    found = three((300, -100, 100))
    assert (found.mean_weight_change_g, found.num_weight_change) == (100.0, 3)


def test_there_is_no_mean_of_fewer_than_three() -> None:
    found = three((300, -100, 100), num=2)
    assert (found.mean_weight_change_g, found.num_weight_change) == (None, 2)


def haz_rows(child: int, before: float | None, now: float | None) -> list[Measured]:
    return [measured(child, "2026-10-31", haz=before), measured(child, "2026-12-08", haz=now)]


def test_the_mean_haz_change_is_from_the_last_value_of_the_first_served_month() -> None:
    rows = [row for child in range(3) for row in haz_rows(child, -2.5, -2.2)]
    rows += [measured(child, "2026-10-01", haz=-4.0) for child in range(3)]
    rows += [measured(child, "2026-11-01", haz=-1.0) for child in range(3)]
    found = figures([supported(child) for child in range(3)], rows)
    assert found.mean_haz_change == pytest.approx(0.3)
    assert found.num_haz_change == 3


def test_a_child_served_for_the_first_time_has_no_change_yet() -> None:
    rows = haz_rows(1, -2.5, -2.2)
    assert figures([supported(1, started_on=MONTH)], rows).num_haz_change == 0
    assert figures([supported(1, started_on=None)], rows).num_haz_change == 0
    assert figures([supported(1)], rows).num_haz_change == 1


@pytest.mark.parametrize(("haz", "num"), [(-6.0, 1), (-6.01, 0), (6.01, 0), (None, 0)])
def test_an_implausible_height_is_no_start(haz: float | None, num: int) -> None:
    assert figures([supported(1)], haz_rows(1, haz, -2.2)).num_haz_change == num


@pytest.mark.parametrize(
    ("before", "now", "move"),
    [
        (-3.01, -3.0, "up"),
        (-3.0, -2.01, "same"),
        (-2.01, -2.0, "up"),
        (-2.0, -2.01, "down"),
        (-3.0, -3.01, "down"),
        (-1.0, 3.5, "same"),
    ],
)
def test_a_status_moves_at_its_limit(before: float, now: float, move: str) -> None:
    found = figures([supported(1)], haz_rows(1, before, now))
    assert found.num_by_move == {"up": 0, "same": 0, "down": 0} | {move: 1}


@pytest.mark.parametrize(
    ("whz", "has_oedema", "count"), [(-3.01, False, 1), (-3.0, False, 0), (None, True, 1)]
)
def test_severe_wasting_is_below_minus_three_or_oedema(
    whz: float | None, has_oedema: bool, count: int
) -> None:
    rows = [measured(1, "2026-12-08", whz=whz, has_oedema=has_oedema)]
    assert figures([supported(1)], rows).num_severe == count


def test_a_severely_wasted_child_is_referred_with_a_sponsor_or_without() -> None:
    rows = [measured(1, "2026-12-08", whz=-3.5)]
    assert figures([supported(1, is_supported=False)], rows).num_severe == 1


def test_a_referral_counts_from_the_day_of_the_last_measurement() -> None:
    rows = [measured(1, "2026-12-08", whz=-3.5)]
    for day, count in ((None, 0), (dt.date(2026, 12, 7), 0), (dt.date(2026, 12, 8), 1)):
        assert figures([supported(1, referred_on=day)], rows).num_referred == count
    healthy = [measured(1, "2026-12-08", whz=-3.0)]
    assert figures([supported(1, referred_on=dt.date(2026, 12, 8))], healthy).num_referred == 0


def test_nobody_and_nothing_is_no_area() -> None:
    assert growth_by_area(child_growth([], [], month_on=MONTH)) == {}


def test_areas_may_be_named_anew() -> None:
    grown = child_growth([supported(1), supported(2, area="B")], [], month_on=MONTH)
    assert growth_by_area(grown, name=lambda _: "").keys() == {""}
    assert growth_by_area(grown, name=lambda _: "")[""].num_supported == 2


def test_the_frame_has_a_row_per_child() -> None:
    grown = child_growth([supported(2), supported(1)], [], month_on=MONTH)
    assert isinstance(grown, pd.DataFrame)
    assert sorted(grown.index) == [1, 2]


z = st.none() | st.integers(-650, 350).map(lambda hundredths: hundredths / 100)
rows_of_months = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.dates(dt.date(2026, 8, 1), dt.date(2027, 1, 15)),
        st.none() | st.integers(8500, 9500),
        z,
        st.none() | st.integers(-250, 100).map(lambda hundredths: hundredths / 100),
        st.booleans(),
    ),
    max_size=60,
    unique_by=lambda row: row[:2],
)


@given(rows_of_months)
def test_the_frame_says_what_plain_counting_says(rows: list[tuple[Any, ...]]) -> None:
    sample = [
        Measured(child=c, measured_on=on, weight_g=g, haz=haz, waz=waz, whz=haz, has_oedema=oedema)
        for c, on, g, haz, waz, oedema in rows
    ]
    children = [
        supported(child, is_supported=child != 7, referred_on=dt.date(2026, 12, 12 + child))
        for child in range(8)
    ]
    assert figures(children, sample) == counted(children, sample)


def counted(children: list[Supported], rows: list[Measured]) -> AreaGrowth:
    """Count child by child, without a data frame."""
    gains = dict.fromkeys("NTOB", 0)
    moves = {"up": 0, "same": 0, "down": 0}
    num_supported = num_measured = num_two_t = num_severe = num_referred = 0
    weights: list[int] = []
    heights: list[float] = []
    for child in children:
        own = sorted(
            (row for row in rows if row.child == child.child), key=lambda row: row.measured_on
        )
        own = [row for row in own if row.measured_on <= dt.date(2026, 12, 31)]
        now = [row for row in own if row.measured_on >= MONTH]
        last = now[-1] if now else None
        severe = last and (last.has_oedema or (last.whz is not None and last.whz < -3))
        num_severe += bool(severe)
        num_referred += bool(
            severe and last and child.referred_on and child.referred_on >= last.measured_on
        )
        if not child.is_supported:
            continue
        num_supported += 1
        num_measured += last is not None
        weighed = [
            Weighing(row.measured_on, row.weight_g, row.waz)
            for row in own
            if row.weight_g is not None
        ]
        letters = monthly_gains(born_on=child.born_on, weighings=weighed)
        if letters and letters[-1].month_on == MONTH:
            gains[letters[-1].gain.value] += 1
            num_two_t += has_two_t(letters)
            if letters[-1].gain_g is not None:
                weights.append(letters[-1].gain_g)
        tall = [row for row in own if row.haz is not None and abs(row.haz) <= 6]
        start = [row.haz for row in tall if row.measured_on <= dt.date(2026, 10, 31)]
        end = [row.haz for row in tall if row.measured_on >= MONTH]
        if start and end and start[-1] is not None and end[-1] is not None:
            heights.append(end[-1] - start[-1])
            before, after = ((h >= -3) + (h >= -2) for h in (start[-1], end[-1]))
            moves["up" if after > before else "down" if after < before else "same"] += 1
    return AreaGrowth(
        num_supported=num_supported,
        num_measured=num_measured,
        num_by_gain=gains,
        num_two_t=num_two_t,
        num_weight_change=len(weights),
        mean_weight_change_g=round(fmean(weights), 6) if len(weights) >= 3 else None,
        num_haz_change=len(heights),
        mean_haz_change=round(fmean(heights), 6) if len(heights) >= 3 else None,
        num_by_move=moves,
        num_severe=num_severe,
        num_referred=num_referred,
    )
