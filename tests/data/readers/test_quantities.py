from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers import quantities
from data.readers.quantities import (
    as_amount,
    as_birth_length_mm,
    as_birth_weight_g,
    as_coordinate,
    as_count,
    as_goods,
    as_height_mm,
    as_kg,
    as_months,
    as_muac_mm,
    as_rupiah,
    as_weight_g,
    as_zscore,
)
from data.readers.records import Severity
from data.reference.items import resolve_item


@pytest.mark.parametrize(
    ("written", "grams"),
    [
        (9.85, 9850),
        ("9,85", 9850),
        ("9.85 kg", 9850),
        ("'9,8", 9800),
        (1, 1000),
        (30, 30000),
        (0, None),
        ("0", None),
        (999.9, None),
        ("999,99", None),
    ],
    ids=repr,
)
def test_a_weight_is_read_in_grams(written: str | float, grams: int | None) -> None:
    reading = as_weight_g(written)

    assert (reading.value, reading.code) == (grams, None)


@pytest.mark.parametrize(
    ("written", "suggestion"), [(0.98, None), (30.1, "3.01"), (95, "9.5"), (999, None)]
)
def test_a_weight_beyond_one_to_thirty_kilograms_is_refused(
    written: float, suggestion: str | None
) -> None:
    reading = as_weight_g(written)
    if written == 999:  # a sentinel, not a weight
        assert reading.code is None
        return

    assert (reading.code, reading.suggestion) == ("weight_implausible", suggestion)
    assert reading.severity is Severity.REJECTED


def test_grams_written_for_kilograms_are_put_right_with_a_warning() -> None:
    reading = as_weight_g(9500)

    assert (reading.value, reading.code) == (9500, "grams_for_kilograms")
    assert reading.severity is Severity.WARNING
    assert as_weight_g(30_001).code == "weight_implausible"


@pytest.mark.parametrize(
    ("written", "millimetres", "code"),
    [
        ("83,5", 835, None),
        (40, 400, None),
        (125, 1250, None),
        (0, None, None),
        (999.99, None, None),
        (0.835, 835, "metres_for_centimetres"),
        (835, 835, "millimetres_for_centimetres"),
        (8.2, None, "height_implausible"),
        (39.9, None, "height_implausible"),
        (125.1, None, "height_implausible"),
        ("tinggi", None, "number_unreadable"),
        (True, None, "number_unreadable"),
    ],
    ids=repr,
)
def test_a_height_is_read_in_millimetres(
    written: str | float, millimetres: int | None, code: str | None
) -> None:
    assert (as_height_mm(written).value, as_height_mm(written).code) == (millimetres, code)


def test_a_height_that_lost_its_point_the_other_way_gets_a_suggestion() -> None:
    assert as_height_mm(8.2).suggestion == "82"
    assert as_height_mm(3.2).suggestion is None


@pytest.mark.parametrize(
    ("written", "grams", "code"),
    [
        (3.1, 3100, None),
        ("3,1", 3100, None),
        (3500, 3500, "grams_for_kilograms"),
        (0, None, None),
        (300, None, "birth_weight_implausible"),
        (18.3, None, "birth_weight_implausible"),
        ("besar", None, "birth_weight_unreadable"),
    ],
    ids=repr,
)
def test_a_birth_weight_is_read_or_left_empty(
    written: str | float, grams: int | None, code: str | None
) -> None:
    reading = as_birth_weight_g(written)

    assert (reading.value, reading.code) == (grams, code)
    assert code is None or reading.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("written", "millimetres", "code"),
    [
        (49, 490, None),
        (0, None, None),
        (490, 490, "millimetres_for_centimetres"),
        (4, None, "birth_length_implausible"),
    ],
    ids=repr,
)
def test_a_birth_length_is_read_or_left_empty(
    written: float, millimetres: int | None, code: str | None
) -> None:
    assert (as_birth_length_mm(written).value, as_birth_length_mm(written).code) == (
        millimetres,
        code,
    )


@pytest.mark.parametrize(
    ("written", "millimetres", "code"),
    [
        ("13,5", 135, None),
        (0, None, None),
        (135, 135, "millimetres_for_centimetres"),
        (3, None, "muac_implausible"),
    ],
    ids=repr,
)
def test_an_arm_is_read_or_left_empty(
    written: str | float, millimetres: int | None, code: str | None
) -> None:
    assert (as_muac_mm(written).value, as_muac_mm(written).code) == (millimetres, code)


@pytest.mark.parametrize(
    ("written", "score"),
    [("-2,31", -2.31), ("-2.31", -2.31), ("999.99", None), ("-7,1", -7.1), ("−2.1", -2.1)],
    ids=repr,
)
def test_a_stated_zscore_is_read_without_its_sentinel(written: str, score: float | None) -> None:
    assert (as_zscore(written).value, as_zscore(written).code) == (score, None)


@pytest.mark.parametrize(
    ("written", "rupiah"),
    [
        ("Rp 450.000,-", 450_000),
        ("Rp. 450.000,00", 450_000),
        ("Rp450000", 450_000),
        ("450,000", 450_000),
        ("450000", 450_000),
        (450000, 450_000),
        (450000.0, 450_000),
        ("450 ribu", 450_000),
        ("450rb", 450_000),
        ("1,5 juta", 1_500_000),
        ("1.500.000/bulan", 1_500_000),
        ("Rp 60.000 per bulan", 60_000),
        ("IDR 2.000.000", 2_000_000),
        ("0", 0),
    ],
    ids=repr,
)
def test_money_is_read_in_whole_rupiah(written: str | float, rupiah: int) -> None:
    assert (as_rupiah(written).value, as_rupiah(written).code) == (rupiah, None)


@pytest.mark.parametrize(
    "written", ["seikhlasnya", "15.000/hari", "450.00.0", -5, "100-200", 450.5, True], ids=repr
)
def test_money_that_is_none_is_refused(written: str | float) -> None:
    assert as_rupiah(written).code == "rupiah_unreadable"


def test_money_that_lost_its_thousands_is_refused_with_a_suggestion() -> None:
    reading = as_rupiah(450.0)

    assert (reading.code, reading.suggestion) == ("rupiah_too_small", "450000")
    assert as_rupiah(1000).code is None


@pytest.mark.parametrize(
    ("written", "months"),
    [("6 bulan", 6), ("9 bln", 9), (12, 12), ("1 tahun", 12), ("12", 12)],
    ids=repr,
)
def test_a_duration_is_read_in_months(written: str | int, months: int) -> None:
    assert as_months(written).value == months


@pytest.mark.parametrize("written", ["selamanya", 0, 121, "1,5"], ids=repr)
def test_a_duration_that_is_none_is_refused(written: str | int) -> None:
    assert as_months(written).code == "months_unreadable"


@pytest.mark.parametrize(("written", "count"), [("2 anak", 2), (2.0, 2), ("0", 0)], ids=repr)
def test_a_count_is_read(written: str | float, count: int) -> None:
    assert as_count(written).value == count


@pytest.mark.parametrize("written", [2.5, -1, "dua", 1e9], ids=repr)
def test_a_count_that_is_none_is_refused(written: str | float) -> None:
    assert as_count(written).code == "count_unreadable"


def test_amounts_of_stock_are_read_and_a_doubtful_point_is_refused() -> None:
    assert as_amount("2,5").value == 2.5
    assert as_amount(1000).value == 1000
    assert (as_amount("1.000").code, as_amount("1.000").suggestion) == (
        "amount_two_readings",
        "1000",
    )
    assert as_amount(0).value == 0
    assert as_amount(-1).code == "counted_unreadable"
    assert as_kg("700").value == 700_000
    assert as_kg("-1").code == "amount_unreadable"


@pytest.mark.parametrize(
    ("written", "degrees"), [("-2,13781", -2.13781), (106.12522, 106.12522), (0, None)], ids=repr
)
def test_a_coordinate_is_read(written: str | float, degrees: float | None) -> None:
    assert as_coordinate(written).value == degrees
    assert as_coordinate("2°08'S").code == "coordinate_unreadable"


@pytest.mark.parametrize(
    ("written", "items"),
    [
        ("telur 30 butir; beras 5 kg", [("telur", 30, "piece"), ("beras", 5000, "g")]),
        ("telur: 30 butir\nberas 2,5 kg", [("telur", 30, "piece"), ("beras", 2500, "g")]),
        ("30 butir telur + 5 kg beras", [("telur", 30, "piece"), ("beras", 5000, "g")]),
        ("telor 1 papan", [("telur", 30, "piece")]),
        ("telur 2 lusin", [("telur", 24, "piece")]),
        ("minyak goreng 1 liter", [("minyak", 1000, "ml")]),
        ("susu uht 1 dus", [("susu_uht", None, None)]),
        ("telur 30", [("telur", None, None)]),
        ("susu uht 12 kotak, gula 1 kg", [("susu_uht", 12, "piece"), ("gula", 1000, "g")]),
    ],
    ids=repr,
)
def test_a_list_of_goods_is_read(
    written: str, items: list[tuple[str, int | None, str | None]]
) -> None:
    found = as_goods(written, resolve_item).value or ()

    assert [(one.item_code, one.base_quantity, one.base_unit) for one in found] == items


def test_goods_keep_the_quantity_and_unit_that_was_written() -> None:
    (item,) = as_goods("Beras 2,5 Kg", resolve_item).value or ()

    assert (item.name, item.quantity, item.unit) == ("Beras", Decimal("2.5"), "kg")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("telur", "goods_unreadable"),
        ("telur 0 butir", "goods_unreadable"),
        ("telur 30 butir; sesuatu", "goods_unreadable"),
        ("zzzz 3 kg", "item_unknown"),
    ],
)
def test_goods_that_cannot_be_read_are_refused(written: str, code: str) -> None:
    assert as_goods(written, resolve_item).code == code


READERS = [
    getattr(quantities, name)
    for name in quantities.__all__
    if name not in {"as_goods", "as_item_quantity"}
]


@given(st.text(max_size=30) | st.floats() | st.integers() | st.booleans())
def test_no_cell_makes_a_reader_of_amounts_fail(cell: str | float) -> None:
    for reader in READERS:
        reader(cell)
    as_goods(cell, lambda _: None)
