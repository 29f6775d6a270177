"""Categories of Permenkes 2/2020: every limit belongs to the better one."""

from __future__ import annotations

import math

import pytest

from data.growth.categories import (
    is_severely_wasted,
    is_stunted,
    status_bbtb,
    status_bbu,
    status_tbu,
)


@pytest.mark.parametrize(
    ("z", "label"),
    [
        (-3.01, "Sangat Pendek"),
        (-3.0, "Pendek"),
        (-2.01, "Pendek"),
        (-2.0, "Normal"),
        (3.0, "Normal"),
        (3.01, "Tinggi"),
    ],
)
def test_height_for_age(z: float, label: str) -> None:
    status = status_tbu(z)
    assert status is not None
    assert status.label_id == label


@pytest.mark.parametrize(
    ("z", "label"),
    [
        (-3.01, "Sangat Kurang"),
        (-3.0, "Kurang"),
        (-2.0, "Normal"),
        (1.0, "Normal"),
        (1.01, "Risiko Lebih"),
    ],
)
def test_weight_for_age(z: float, label: str) -> None:
    status = status_bbu(z)
    assert status is not None
    assert status.label_id == label


@pytest.mark.parametrize(
    ("z", "label"),
    [
        (-3.01, "Gizi Buruk"),
        (-3.0, "Gizi Kurang"),
        (-2.0, "Gizi Baik"),
        (1.0, "Gizi Baik"),
        (1.01, "Risiko Gizi Lebih"),
        (2.0, "Risiko Gizi Lebih"),
        (2.01, "Gizi Lebih"),
        (3.0, "Gizi Lebih"),
        (3.01, "Obesitas"),
    ],
)
def test_weight_for_height(z: float, label: str) -> None:
    status = status_bbtb(z)
    assert status is not None
    assert status.label_id == label


@pytest.mark.parametrize("z", [None, math.nan])
def test_without_a_score_there_is_no_category(z: float | None) -> None:
    assert status_tbu(z) is None
    assert status_bbu(z) is None
    assert status_bbtb(z) is None
    assert not is_stunted(z)
    assert not is_severely_wasted(z)


def test_stunted_is_below_minus_two_only() -> None:
    assert is_stunted(-2.01)
    assert not is_stunted(-2.0)


def test_severe_wasting_is_below_minus_three_or_oedema() -> None:
    assert is_severely_wasted(-3.01)
    assert not is_severely_wasted(-3.0)
    assert is_severely_wasted(None, has_oedema=True)
