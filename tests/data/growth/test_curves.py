"""The curves against the z-scores: a child on a curve has that z-score."""

import numpy as np
import pytest

from data.growth.curves import curve
from data.growth.zscores import zscores

DAYS = np.array([0, 100, 365, 700, 731, 1000, 1500, 1826])


@pytest.mark.parametrize("is_boy", [True, False])
@pytest.mark.parametrize("z", [-3.0, -2.0, 0.0, 2.0, 3.0])
def test_a_child_on_a_curve_has_its_z_score(is_boy: bool, z: float) -> None:
    lengths = curve("lfa", is_boy=is_boy, z=z, days=DAYS)
    weights = curve("wfa", is_boy=is_boy, z=z, days=DAYS)
    found = zscores(
        sex=np.full(len(DAYS), 1 if is_boy else 2),
        age_days=DAYS.astype(float),
        weight_kg=weights,
        lenhei_cm=lengths,
        measure=np.where(DAYS < 731, "l", "h"),
    )
    assert found.zlen == pytest.approx(np.full(len(DAYS), z), abs=0.011)
    assert found.zwei == pytest.approx(np.full(len(DAYS), z), abs=0.011)


def test_the_median_of_a_newborn_boy_is_whos() -> None:
    """49.9 cm and 3.3 kg at birth: WHO's tables of boys, month 0."""
    day = np.array([0])
    assert curve("lfa", is_boy=True, z=0, days=day)[0] == pytest.approx(49.88, abs=0.01)
    assert curve("wfa", is_boy=True, z=0, days=day)[0] == pytest.approx(3.346, abs=0.001)


def test_what_the_standards_do_not_hold_is_refused() -> None:
    with pytest.raises(IndexError):
        curve("lfa", is_boy=True, z=0, days=np.array([1857]))
    with pytest.raises(ValueError, match="no curve"):
        curve("wfa", is_boy=False, z=4, days=np.array([10]))
