"""What a z-score is called, by the Minister of Health's regulation 2/2020 (Permenkes 2/2020).

Every limit belongs to the better category: -2.00 is normal and -3.00 is stunted, not severely. A
low weight-for-age is *underweight*; only weight-for-length tells wasting (gizi buruk).
"""

from __future__ import annotations

import math
from enum import StrEnum

__all__ = [
    "SEVERE_Z",
    "HeightForAge",
    "WeightForAge",
    "WeightForHeight",
    "is_severely_wasted",
    "is_stunted",
    "status_bbtb",
    "status_bbu",
    "status_tbu",
]

SEVERE_Z = -3.0
"""Below it a child is severely stunted, underweight or wasted."""


class HeightForAge(StrEnum):
    """PB/U and TB/U."""

    SEVERELY_STUNTED = "severely_stunted"
    STUNTED = "stunted"
    NORMAL = "normal"
    TALL = "tall"

    @property
    def label_id(self) -> str:
        """The words of the regulation, as e-PPGBM writes them."""
        return _HEIGHT_LABELS[self]


class WeightForAge(StrEnum):
    """BB/U."""

    SEVERELY_UNDERWEIGHT = "severely_underweight"
    UNDERWEIGHT = "underweight"
    NORMAL = "normal"
    AT_RISK_OF_OVERWEIGHT = "at_risk_of_overweight"

    @property
    def label_id(self) -> str:
        """The words of the regulation, as e-PPGBM writes them."""
        return _WEIGHT_LABELS[self]


class WeightForHeight(StrEnum):
    """BB/PB and BB/TB, and IMT/U below five years."""

    SEVERELY_WASTED = "severely_wasted"
    WASTED = "wasted"
    NORMAL = "normal"
    AT_RISK_OF_OVERWEIGHT = "at_risk_of_overweight"
    OVERWEIGHT = "overweight"
    OBESE = "obese"

    @property
    def label_id(self) -> str:
        """The words of the regulation, as e-PPGBM writes them."""
        return _PROPORTION_LABELS[self]


_HEIGHT_LABELS = {
    HeightForAge.SEVERELY_STUNTED: "Sangat Pendek",
    HeightForAge.STUNTED: "Pendek",
    HeightForAge.NORMAL: "Normal",
    HeightForAge.TALL: "Tinggi",
}
_WEIGHT_LABELS = {
    WeightForAge.SEVERELY_UNDERWEIGHT: "Sangat Kurang",
    WeightForAge.UNDERWEIGHT: "Kurang",
    WeightForAge.NORMAL: "Normal",
    WeightForAge.AT_RISK_OF_OVERWEIGHT: "Risiko Lebih",
}
_PROPORTION_LABELS = {
    WeightForHeight.SEVERELY_WASTED: "Gizi Buruk",
    WeightForHeight.WASTED: "Gizi Kurang",
    WeightForHeight.NORMAL: "Gizi Baik",
    WeightForHeight.AT_RISK_OF_OVERWEIGHT: "Risiko Gizi Lebih",
    WeightForHeight.OVERWEIGHT: "Gizi Lebih",
    WeightForHeight.OBESE: "Obesitas",
}


def status_tbu(z: float | None) -> HeightForAge | None:
    """Return the category of length/height-for-age, or None without a z-score."""
    if z is None or math.isnan(z):
        return None
    if z < SEVERE_Z:
        return HeightForAge.SEVERELY_STUNTED
    if z < -2:
        return HeightForAge.STUNTED
    return HeightForAge.TALL if z > 3 else HeightForAge.NORMAL


def status_bbu(z: float | None) -> WeightForAge | None:
    """Return the category of weight-for-age, or None without a z-score."""
    if z is None or math.isnan(z):
        return None
    if z < SEVERE_Z:
        return WeightForAge.SEVERELY_UNDERWEIGHT
    if z < -2:
        return WeightForAge.UNDERWEIGHT
    return WeightForAge.AT_RISK_OF_OVERWEIGHT if z > 1 else WeightForAge.NORMAL


def status_bbtb(z: float | None) -> WeightForHeight | None:
    """Return the category of weight-for-length/height, or None without a z-score."""
    if z is None or math.isnan(z):
        return None
    if z < SEVERE_Z:
        return WeightForHeight.SEVERELY_WASTED
    if z < -2:
        return WeightForHeight.WASTED
    if z > 3:
        return WeightForHeight.OBESE
    if z > 2:
        return WeightForHeight.OVERWEIGHT
    return WeightForHeight.AT_RISK_OF_OVERWEIGHT if z > 1 else WeightForHeight.NORMAL


def is_stunted(zlen: float | None) -> bool:
    """Return whether the programme counts the child as stunted: TB/U below -2."""
    return zlen is not None and zlen < -2


def is_severely_wasted(zwfl: float | None, *, has_oedema: bool = False) -> bool:
    """Return whether the child needs the puskesmas and not only a package (gizi buruk)."""
    return has_oedema or (zwfl is not None and zwfl < SEVERE_Z)
