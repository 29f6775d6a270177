"""Reasons and the city's own figures are hidden together with the tables by area."""

from collections import Counter

from api.services.report_beside import CITY_ALONE, REASON, beside_areas
from api.services.report_counts import Counts
from api.services.report_privacy import FigureCell, Tables, hidden_figures

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
