"""The other tables: complete, typed, dated, and pointing at each other rightly."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise

import pytest

from data.reference import read_table
from data.reference.deadlines import deadline
from data.reference.holidays import holidays, is_workday
from data.reference.indicators import Indicator, definitions, indicators
from data.reference.items import item, items, price_on, resolve_item, units_from
from data.reference.kits import food_rules, kits
from data.reference.krs import SPONSORED_CODE, accompaniment_names, code_meanings, krs_file_kinds
from data.reference.places import default_places, puskesmas
from data.reference.reasons import delivery_reasons
from data.reference.vehicles import detour_bands, resolve_vehicle_kind, vehicle_kinds

TABLES = sorted(
    entry.name.removesuffix(".csv")
    for entry in files("data.reference").iterdir()
    if entry.name.endswith(".csv")
)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_every_table_has_a_source_and_a_date(name: str) -> None:
    rows = read_table(name)
    assert rows
    for row in rows:
        assert row["source"]
        dt.date.fromisoformat(row["as_of"])
        assert None not in row.values()


def test_loading_reference_data_loads_no_data_frames() -> None:
    program = (
        "import sys, data.reference.regions, data.reference.kits, data.reference.items,"
        " data.reference.vehicles; data.reference.regions.regions();"
        " print(sorted({'pandas', 'numpy', 'rapidfuzz'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_kits_and_rules_name_items_that_exist_and_have_a_price() -> None:
    for kit in kits():
        for line in kit.lines:
            assert line.item in items()
            assert price_on(line.item, dt.date(2026, 12, 1)) is not None
    for rule in food_rules():
        assert rule.substitute == "" or rule.substitute in items()


def test_every_kit_costs_less_than_the_monthly_anchor() -> None:
    for kit in kits():
        cost_rp = 0
        for line in kit.lines:
            price = price_on(line.item, dt.date(2026, 12, 1))
            assert price is not None
            cost_rp += price.price_rp * line.quantity
        assert 50_000 < cost_rp <= 450_000


def test_the_price_is_the_latest_known_on_the_day() -> None:
    at = {on: price_on("telur", on) for on in (dt.date(2020, 1, 1), dt.date(2025, 12, 31))}
    assert at[dt.date(2020, 1, 1)] is None
    known = at[dt.date(2025, 12, 31)]
    assert known is not None
    assert known.price_rp == 1770
    latest = price_on("telur", dt.date(2026, 1, 1))
    assert latest is not None
    assert latest.price_rp == 1900


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Telor", "telur"),
        ("susu UHT", "susu_uht"),
        ("kacang ijo", "kacang_hijau"),
        ("Minyak Goreng", "minyak"),
        ("skm", "kental_manis"),
        ("kacng hijau", "kacang_hijau"),
    ],
)
def test_items_are_found_by_what_people_write(word: str, code: str) -> None:
    assert resolve_item(word) == code


@pytest.mark.parametrize("word", ["", "sepeda", "mie instan"])
def test_other_words_are_no_item(word: str) -> None:
    assert resolve_item(word) is None


@pytest.mark.parametrize(
    ("code", "amount", "unit", "units"),
    [
        ("telur", 30, "butir", 30.0),
        ("telur", 1.8, "kg", 30.0),
        ("beras", 5, "kg", 5.0),
        ("beras", 500, "gram", 0.5),
        ("kacang_hijau", 1, "kg", 4.0),
        ("madu", 1, "botol", 1.0),
        ("minyak", 2, "liter", 2.0),
        ("susu_uht", 1, "liter", 5.0),
        ("beras", 2, "", 2.0),
    ],
)
def test_amounts_are_turned_into_the_items_unit(
    code: str, amount: float, unit: str, units: float
) -> None:
    assert units_from(item(code), amount, unit) == pytest.approx(units)


@pytest.mark.parametrize(("code", "unit"), [("beras", "butir"), ("telur", "liter"), ("beras", "x")])
def test_a_unit_that_does_not_fit_is_refused(code: str, unit: str) -> None:
    assert units_from(item(code), 1, unit) is None


def test_default_places_are_one_depot_and_all_offices_and_say_what_is_missing() -> None:
    places = default_places()
    assert [depot.code for depot in places.depots] == ["dinas-sosial-pppa"]
    assert len(places.drop_points) == 42
    assert places.notes == ("depot_is_a_candidate", "posyandu_unknown")
    assert len(puskesmas()) == 9


def test_vehicle_words_are_understood() -> None:
    pickup = resolve_vehicle_kind("Pick Up")
    assert pickup is not None
    assert pickup.code == "pickup"
    assert resolve_vehicle_kind("gerobak") is None
    assert set(vehicle_kinds()) == {"motorcycle", "pickup", "car", "boat"}


@pytest.mark.parametrize("region", ["pangkalpinang", "balikpapan"])
def test_detour_bands_cover_every_distance_once_and_fall(region: str) -> None:
    bands = detour_bands(region)
    assert bands[0].from_m == 0
    assert bands[-1].below_m is None
    for band, longer in pairwise(bands):
        assert band.below_m == longer.from_m
        assert band.factor > longer.factor >= 1


def test_an_unknown_region_has_no_bands() -> None:
    with pytest.raises(KeyError):
        detour_bands("atlantis")


def test_only_sensitive_and_other_reasons_need_words() -> None:
    reasons = delivery_reasons()
    assert {code for code, reason in reasons.items() if reason.needs_text} == {
        "harassment",
        "fraud",
        "kickback",
        "other",
    }
    assert reasons["harassment"].is_sensitive
    assert not reasons["nobody_home"].is_sensitive


def test_the_decree_of_2026_has_seventeen_holidays_and_eight_days_of_joint_leave() -> None:
    kinds = [holiday.kind for holiday in holidays(2026)]
    assert (kinds.count("national"), kinds.count("joint_leave")) == (17, 8)
    assert all(holiday.is_sure for holiday in holidays(2026))


def test_2027_marks_what_is_unsure() -> None:
    unsure = {holiday.on for holiday in holidays(2027) if not holiday.is_sure}
    assert dt.date(2027, 3, 10) in unsure
    assert dt.date(2027, 12, 25) not in unsure


def test_workdays_leave_out_weekends_holidays_and_joint_leave() -> None:
    assert is_workday(dt.date(2026, 12, 23))
    assert not is_workday(dt.date(2026, 12, 24))
    assert not is_workday(dt.date(2026, 12, 26))
    assert is_workday(dt.date(2035, 12, 25))
    with pytest.raises(KeyError):
        holidays(2035)


def test_the_monthly_report_has_its_groups_in_order() -> None:
    monthly = [each for each in indicators() if each.report == "monthly"]
    groups = list(dict.fromkeys(indicator.group for indicator in monthly))
    assert groups == [
        "target",
        "sponsors",
        "matching",
        "delivery",
        "nutrition",
        "overlap",
        "genting",
    ]


def test_definitions_of_one_figure_follow_each_other_without_a_gap_or_overlap() -> None:
    by_code: dict[str, list[Indicator]] = {}
    for each in definitions():
        by_code.setdefault(each.code, []).append(each)
    for rows in by_code.values():
        assert all(row.until for row in rows[:-1])
        for before, after in pairwise(rows):
            assert before.until < after.since


def test_a_figure_that_was_given_up_is_there_up_to_its_last_month() -> None:
    def known(month: str | None) -> set[str]:
        return {each.code for each in indicators(month)}

    assert "target_consented" in known("2026-12")
    assert "target_consented" not in known("2027-01") | known(None)
    assert "target_with_consent" in known(None)


def test_shares_are_made_of_figures_that_are_counted() -> None:
    known = {each.code for each in indicators() if not each.is_share and not each.missing}
    for each in indicators():
        for part in ("hits", "less", "cases"):
            assert known.issuperset(each.codes(part)), each.code


def test_a_changed_definition_leaves_earlier_months_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = next(each for each in definitions() if each.code == "served")
    old = replace(first, since="2026-12", until="2027-06")
    new = replace(first, since="2027-07", definition="changed")
    monkeypatch.setattr("data.reference.indicators.definitions", lambda: (old, new))
    assert indicators("2027-06") == (old,)
    assert indicators("2026-01") == (old,)
    assert indicators("2027-07") == indicators() == (new,)


def test_the_same_code_means_different_things_in_different_files() -> None:
    assert code_meanings("siga_target")["lacks_safe_latrine", "1"] == "yes"
    assert code_meanings("genting_verification")["lacks_safe_latrine", "2"] == "yes"
    assert code_meanings("siga_screening")["lacks_safe_latrine", "3"] == "not_applicable"
    assert len(krs_file_kinds()) == 3
    with pytest.raises(KeyError):
        code_meanings("other")


def test_sponsorship_is_code_six() -> None:
    assert "Asuh" in accompaniment_names()[SPONSORED_CODE][0]


def test_deadlines_are_dated_and_the_first_holds_before_it() -> None:
    assert deadline("exception_closed", dt.date(2026, 12, 1)) == dt.timedelta(days=7)
    assert deadline("report_received", dt.date(2020, 1, 1)) == dt.timedelta(hours=24)
    with pytest.raises(KeyError):
        deadline("nothing", dt.date(2026, 12, 1))
