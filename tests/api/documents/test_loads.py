from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from api.documents.loads import add_goods, load_of, loading_order, loads_left
from api.documents.models import Goods
from tests.api.documents.sample_books import package, route


def test_goods_of_one_name_and_unit_are_added_exactly() -> None:
    tenth = Goods("Madu", Decimal("0.1"), "kg")
    assert add_goods([tenth] * 3) == (Goods("Madu", Decimal("0.3"), "kg"),)


def test_goods_of_another_unit_stay_apart() -> None:
    eggs = (Goods("Telur", 30, "butir"), Goods("Telur", 2, "kg"))
    assert len(add_goods(eggs)) == 2


@given(st.lists(st.decimals(min_value=0, max_value=10**6, places=3), max_size=30))
def test_total_is_the_sum_of_the_rows(amounts: list[Decimal]) -> None:
    goods = add_goods(Goods("Beras", amount, "kg") for amount in amounts)
    assert sum((each.quantity for each in goods), Decimal(0)) == sum(amounts, Decimal(0))


def test_load_adds_up_packages() -> None:
    load = load_of([package(0), package(1)])
    assert (load.num_packages, load.weight_g, load.volume_ml) == (2, 4_300 + 9_150, 24_500)
    assert load.goods[0] == Goods("Telur ayam", Decimal(60), "butir")


def test_last_stop_is_loaded_first() -> None:
    trip = route().trips[0]
    assert [stop.sequence for stop in loading_order(trip)] == list(range(12, 0, -1))


def test_load_left_falls_by_each_stop_and_ends_at_nothing() -> None:
    trip = route().trips[0]
    left = loads_left(trip)
    before = load_of(package for stop in trip.stops for package in stop.packages)
    for stop, after in zip(trip.stops, left, strict=True):
        assert before.num_packages - after.num_packages == len(stop.packages)
        assert before.weight_g - after.weight_g == load_of(stop.packages).weight_g
        before = after
    assert before.num_packages == 0
    assert before.weight_g == 0
