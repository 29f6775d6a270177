"""Kits and food rules, each with its counter-case."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reference.items import item
from data.reference.kits import (
    completed_months,
    forbidding_rule,
    kit_for,
    kits,
    resolve_allergies,
)

ON = dt.date(2026, 12, 10)
ALLERGIES = ["egg", "milk", "nuts", "soy", "wheat", "fish", "shellfish"]


def lines_of(age_days: int, *allergies: str, on: dt.date = ON) -> dict[str, int]:
    package = kit_for(age_days, allergies, on)
    assert package is not None
    return {line.item: line.quantity for line in package.lines}


@pytest.mark.parametrize(
    ("born", "on", "months"),
    [
        ((2025, 12, 10), (2026, 12, 9), 11),
        ((2025, 12, 10), (2026, 12, 10), 12),
        ((2023, 6, 1), (2024, 5, 31), 11),  # 365 days with a leap day between: not a year yet
        ((2023, 6, 1), (2024, 6, 1), 12),
        ((2024, 2, 29), (2025, 2, 28), 11),
        ((2024, 2, 29), (2025, 3, 1), 12),
        ((2026, 1, 31), (2026, 2, 28), 0),
        ((2026, 1, 31), (2026, 3, 1), 1),
    ],
)
def test_months_are_completed_by_the_calendar(
    born: tuple[int, int, int], on: tuple[int, int, int], months: int
) -> None:
    assert completed_months(dt.date(*born), dt.date(*on)) == months


def test_no_honey_and_no_milk_at_364_days() -> None:
    assert lines_of(364) == {"telur": 30, "beras": 2, "kacang_hijau": 2, "minyak": 1}


def test_honey_and_milk_at_365_days() -> None:
    assert lines_of(365) == {
        "telur": 30,
        "beras": 3,
        "susu_uht": 12,
        "kacang_hijau": 2,
        "madu": 1,
    }


def test_no_honey_at_365_days_when_a_leap_day_lies_between() -> None:
    assert "madu" not in lines_of(365, on=dt.date(2028, 5, 31))


def test_below_six_months_the_package_is_the_mothers() -> None:
    package = kit_for(100, [], ON)
    assert package is not None
    assert package.recipient == "mother"
    assert {line.item: line.quantity for line in package.lines} == {
        "telur": 30,
        "beras": 3,
        "kacang_hijau": 2,
        "minyak": 1,
    }


@pytest.mark.parametrize(
    ("born", "kit"),
    [
        ((2026, 6, 11), "ibu-0-5"),
        ((2026, 6, 10), "anak-6-11"),
        ((2025, 12, 11), "anak-6-11"),
        ((2025, 12, 10), "anak-12-23"),
        ((2024, 12, 11), "anak-12-23"),
        ((2024, 12, 10), "anak-24-59"),
        ((2021, 12, 11), "anak-24-59"),
    ],
)
def test_age_bands_change_on_the_day(born: tuple[int, int, int], kit: str) -> None:
    package = kit_for((ON - dt.date(*born)).days, [], ON)
    assert package is not None
    assert package.kit == kit


def test_there_is_no_package_from_sixty_months_nor_before_birth() -> None:
    assert kit_for((ON - dt.date(2021, 12, 10)).days, [], ON) is None
    assert kit_for(-1, [], ON) is None


def test_egg_allergy_gives_canned_fish_instead_and_says_why() -> None:
    package = kit_for(800, ["egg"], ON)
    assert package is not None
    assert {line.item: line.quantity for line in package.lines} == {
        "ikan_kaleng": 5,
        "beras": 5,
        "susu_uht": 12,
        "kacang_hijau": 2,
        "madu": 1,
    }
    (change,) = package.substitutions
    assert (change.item, change.rule, change.substitute, change.substitute_quantity) == (
        "telur",
        "allergy_egg",
        "ikan_kaleng",
        5,
    )


def test_substitutes_are_followed_until_one_is_allowed_and_added_up() -> None:
    # 30 eggs -> 5 tins of fish -> 5 packs of mung beans; 12 milk -> 3 packs; 2 in the kit
    assert lines_of(800, "egg", "fish", "milk") == {"kacang_hijau": 10, "beras": 5, "madu": 1}


def test_no_allergy_means_no_substitution() -> None:
    package = kit_for(800, [], ON)
    assert package is not None
    assert package.substitutions == ()


def test_a_childs_allergy_does_not_change_the_mothers_package() -> None:
    assert lines_of(100, "egg") == lines_of(100)


def test_an_unknown_allergy_is_refused() -> None:
    with pytest.raises(ValueError, match="dust"):
        kit_for(800, ["dust"], ON)


def test_the_kit_of_an_earlier_year_stays() -> None:
    assert lines_of(800, on=dt.date(2025, 12, 31)) == {"telur": 30, "beras": 5, "susu_uht": 12}
    assert "madu" in lines_of(800, on=dt.date(2026, 1, 1))


@pytest.mark.parametrize(
    ("goods", "months", "rule"),
    [
        ("madu", 11, "no_honey_below_12_months"),
        ("madu", 12, None),
        ("susu_uht", 11, "no_cow_milk_drink_below_12_months"),
        ("susu_uht", 12, None),
        ("kental_manis", 59, "never_condensed_milk"),
        ("susu_formula", 8, "no_infant_formula"),
        ("kacang_tanah", 59, "no_whole_nuts_below_5_years"),
        ("telur", 5, "breast_milk_only"),
        ("telur", 6, None),
    ],
)
def test_each_food_rule_alone(goods: str, months: int, rule: str | None) -> None:
    found = forbidding_rule(goods, age_months=months)
    assert (found.code if found else None) == rule


def test_honey_stays_out_of_the_mothers_package_but_eggs_do_not() -> None:
    honey = forbidding_rule("madu", age_months=3, recipient="mother")
    assert honey is not None
    assert honey.code == "no_honey_below_12_months"
    assert forbidding_rule("telur", age_months=3, recipient="mother") is None


@given(
    age_days=st.integers(0, 1825),
    allergies=st.sets(st.sampled_from(ALLERGIES)),
    on=st.dates(dt.date(2024, 8, 1), dt.date(2030, 1, 1)),
)
def test_no_package_ever_breaks_a_rule(age_days: int, allergies: set[str], on: dt.date) -> None:
    package = kit_for(age_days, allergies, on)
    assert package is not None
    months = completed_months(on - dt.timedelta(days=age_days), on)
    for line in package.lines:
        assert line.quantity > 0
        assert (
            forbidding_rule(
                line.item, age_months=months, allergies=allergies, recipient=package.recipient
            )
            is None
        )
        if package.recipient == "child":
            assert not item(line.item).contains & allergies


def test_every_age_has_exactly_one_kit_in_force() -> None:
    for on in (dt.date(2024, 8, 1), dt.date(2025, 12, 31), dt.date(2026, 1, 1), ON):
        for month in range(60):
            in_force = [
                kit
                for kit in kits()
                if kit.from_on <= on
                and (kit.until_on is None or on <= kit.until_on)
                and kit.from_month <= month < kit.below_month
            ]
            assert len(in_force) == 1


def test_allergies_are_read_from_words() -> None:
    assert resolve_allergies("Alergi telur; udang") == (("egg", "shellfish"), ())
    assert resolve_allergies("-") == ((), ())
    assert resolve_allergies("debu") == ((), ("debu",))
