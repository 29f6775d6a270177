"""Hits and cases of a share, by its definition."""

from dataclasses import replace

import pytest

from data.monitoring.shares import share_parts
from data.reference.indicators import indicators

ON_TIME = next(each for each in indicators() if each.code == "on_time")


def test_hits_are_added_up_and_what_is_less_is_taken_off() -> None:
    assert share_parts(ON_TIME, {"delivery_reached": 10, "delivery_late": 3}) == (7, 10)
    both = replace(ON_TIME, hits="a;b", less="", cases="a;b;c")
    assert share_parts(both, {"a": 1, "b": 2, "c": 4}) == (3, 7)


def test_a_figure_that_is_absent_is_nothing() -> None:
    assert share_parts(ON_TIME, {}) == (0, 0)


def test_a_count_is_no_share() -> None:
    with pytest.raises(ValueError, match="target_new"):
        share_parts(next(each for each in indicators() if each.code == "target_new"), {})
