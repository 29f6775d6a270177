"""Reasons and the city's own figures are hidden together with the tables by area."""

from collections import Counter

from api.services.report_beside import CITY_ALONE, REASON, beside_areas
from api.services.report_counts import Counts
from api.services.report_privacy import FigureCell, Tables, Told, hidden_figures

SHOWN = ("target_eligible", "matching_matched", "matching_unmatched", "delivery_delivered",
         "delivery_partial")  # fmt: skip


def city(eligible: int, matched: int, reasons: dict[str, int], **alone: int) -> Counts:
    counts = Counts(unmatched_reasons=reasons, city=dict(alone))
    counts.areas["19.71.04.1001"] = Counter(
        target_eligible=eligible, matching_matched=matched, matching_unmatched=eligible - matched,
        delivery_delivered=matched,
    )  # fmt: skip
    return counts


def hidden(counts: Counts) -> frozenset[FigureCell]:
    return hidden_figures(Tables.of(counts.by_level(), codes=SHOWN, beside=beside_areas(counts)))


def test_a_small_reason_is_not_what_the_total_leaves_over() -> None:
    found = hidden(city(100, 80, {"a": 18, "b": 2}))
    assert (REASON, "b", "matching_unmatched") in found
    # 20 unmatched less 18 would be the two: one of the others goes with it.
    others = {(REASON, "a", "matching_unmatched"), ("city", "", "matching_unmatched")}
    assert others & found


def test_large_reasons_hide_nothing() -> None:
    assert hidden(city(100, 80, {"a": 12, "b": 8})) == frozenset()


def test_what_is_no_sum_is_not_taken_for_one() -> None:
    found = hidden(city(100, 80, {"a": 18, "b": 4}))
    assert ("city", "", "matching_unmatched") not in found


def test_few_who_are_missing_from_a_city_figure_are_hidden_too() -> None:
    found = hidden(city(100, 80, {}, matching_bridged=78))
    assert (CITY_ALONE, "", "matching_bridged") in found
    assert hidden(city(100, 80, {}, matching_bridged=40)) == frozenset()
    assert (CITY_ALONE, "", "matching_bridged") in hidden(city(100, 80, {}, matching_bridged=3))


def test_sponsors_who_are_not_active_are_not_told_by_the_difference() -> None:
    found = hidden(city(100, 80, {}, sponsors_registered=60, sponsors_active=57))
    assert {(CITY_ALONE, "", "sponsors_registered"), (CITY_ALONE, "", "sponsors_active")} & found


def test_money_and_routes_count_nobody() -> None:
    found = hidden(city(100, 80, {}, sponsors_pledged_rp=3, delivery_routes=2))
    assert found == frozenset()


def test_without_anything_beside_the_tables_stand_alone() -> None:
    counts = city(100, 80, {})
    assert hidden_figures(Tables.of(counts.by_level(), codes=SHOWN)) == frozenset()


def of_wards(*eligible: int) -> Tables:
    wards = dict(zip(("Keramat", "Bintang", "Asam"), eligible, strict=True))  # all of Rangkui
    rows = {name: {"target_eligible": count} for name, count in wards.items()}
    rows["Selindung"] = there = {"target_eligible": 50}  # of Gabek
    whole, everywhere = {"target_eligible": sum(eligible)}, {"target_eligible": sum(eligible) + 50}
    levels = {
        "kelurahan": rows,
        "kecamatan": {"Rangkui": whole, "Gabek": there},
        "city": {"": everywhere},
    }
    return Tables.of(levels, codes=("target_eligible",))


def names_hidden(tables: Tables, *earlier: Tables) -> set[str]:
    told: list[Told] = []
    for each in earlier:
        told.append(Told(each.counts, hidden_figures(each, earlier=told)))
    return {area for _, area, _ in hidden_figures(tables, earlier=told)}


def test_a_version_hides_what_differs_by_few_from_the_one_before() -> None:
    assert names_hidden(of_wards(30, 20, 10)) == set()
    assert names_hidden(of_wards(30, 20, 15), of_wards(30, 20, 10)) == set()
    told_by_one = names_hidden(of_wards(30, 20, 11), of_wards(30, 20, 10))
    assert {"Asam", "Rangkui"} <= told_by_one
    assert "" not in told_by_one, "the city's own totals stay"


def test_what_was_hidden_stays_hidden_until_it_is_another_count() -> None:
    assert names_hidden(of_wards(30, 20, 3)) == {"Asam", "Bintang"}
    assert {"Asam", "Bintang"} <= names_hidden(of_wards(30, 20, 6), of_wards(30, 20, 3))
    assert names_hidden(of_wards(60, 40, 30), of_wards(30, 20, 3)) == set()


def test_who_is_missing_from_an_unknown_part_is_not_worked_out() -> None:
    codes = ("nutrition_severe", "nutrition_severe_referred")
    rest = ("city", "", "nutrition_severe less nutrition_severe_referred")
    for row, told in (({codes[0]: 6, codes[1]: 4}, True), ({codes[0]: 6}, False)):
        tables = Tables.of({"city": {"": row}}, codes=codes)
        assert (rest in tables.counts) is told
