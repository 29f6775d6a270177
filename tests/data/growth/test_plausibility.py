"""Each doubt alone, with its counter-case."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from data.growth.plausibility import Measured, doubts

BORN = dt.date(2025, 1, 10)
TODAY = dt.date(2026, 12, 1)


def codes(*measured: dict[str, Any]) -> list[str]:
    held = [
        Measured(measured_on=dt.date.fromisoformat(one.pop("on", "2026-10-05")), **one)
        for one in measured
    ]
    return [doubt.code for doubt in doubts(born_on=BORN, measured=held, today=TODAY)]


@pytest.mark.parametrize(
    ("good", "bad", "code"),
    [
        ({"on": "2025-01-10"}, {"on": "2025-01-09"}, "measured_before_birth"),
        ({"on": "2026-12-01"}, {"on": "2026-12-02"}, "measured_in_future"),
        ({"weight_g": 1000}, {"weight_g": 999}, "weight_out_of_range"),
        ({"weight_g": 30_000}, {"weight_g": 30_001}, "weight_out_of_range"),
        ({"height_mm": 400}, {"height_mm": 399}, "height_out_of_range"),
        ({"height_mm": 1250}, {"height_mm": 1251}, "height_out_of_range"),
        ({"haz": -6.0}, {"haz": -6.01}, "haz_not_believable"),
        ({"waz": 5.0}, {"waz": 5.01}, "waz_not_believable"),
        ({"whz": -5.0}, {"whz": -5.01}, "whz_not_believable"),
        ({"baz": 5.0}, {"baz": 5.01}, "baz_not_believable"),
        (
            {"haz": -2.0, "stated_haz": -2.05},
            {"haz": -2.0, "stated_haz": -2.06},
            "stated_haz_differs",
        ),
    ],
)
def test_each_limit(good: dict[str, Any], bad: dict[str, Any], code: str) -> None:
    assert codes(good) == []
    assert codes(bad) == [code]


def test_a_child_does_not_shrink() -> None:
    assert (
        codes({"on": "2026-08-05", "height_mm": 800}, {"on": "2026-10-05", "height_mm": 800}) == []
    )
    assert codes(
        {"on": "2026-06-05", "height_mm": 801},
        {"on": "2026-08-05", "height_mm": 790},
        {"on": "2026-10-05", "height_mm": 800},
    ) == ["height_decreased", "height_decreased"]


def test_a_jump_counts_within_a_month_only() -> None:
    assert codes({"on": "2026-09-05", "haz": -2.0}, {"on": "2026-10-05", "haz": -0.99}) == [
        "haz_jumped"
    ]
    assert codes({"on": "2026-09-05", "haz": -2.0}, {"on": "2026-10-05", "haz": -1.0}) == []
    assert codes({"on": "2026-08-05", "haz": -2.0}, {"on": "2026-10-05", "haz": 0.0}) == []


def test_doubts_say_what_was_found_and_expected() -> None:
    (doubt,) = doubts(
        born_on=BORN,
        measured=[Measured(measured_on=dt.date(2026, 10, 5), height_mm=82)],
        today=TODAY,
    )
    assert (doubt.code, doubt.found, doubt.expected) == ("height_out_of_range", 82, 400)
