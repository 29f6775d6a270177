"""Counts of the shelves from a file."""

import pytest

from data.schema import CycleState, StockItem, StockMove
from tests.factories_goods import make_packed_cycle
from tests.intake_desk import Desk, workbook

pytestmark = pytest.mark.stores("sqlite")
"""Each file is read in a process of its own, which takes its time; journeys run on both stores."""


def test_a_count_that_moves_stock_warns_of_what_stands_packed(desk: Desk) -> None:
    cycle, *_ = make_packed_cycle(desk.session, num_children=3)
    headers = ("Barang", "Jumlah", "Satuan")
    rows = [
        {"Barang": "telur", "Jumlah": 90, "Satuan": "butir"},
        {"Barang": "minyak goreng", "Jumlah": 4, "Satuan": "liter"},
    ]
    content = workbook(headers, rows)
    eggs, oil = desk.rows(desk.preview(content, kind="stock")).changes
    params = {"counted": 90, "packed": 90, "n": 3}
    assert eggs["warnings"] == [{"code": "intake.packed_in_between", "params": params}]
    assert oil["warnings"] == []
    none_left = workbook(headers, [{"Barang": "telur", "Jumlah": 0, "Satuan": "butir"}])
    assert desk.rows(desk.preview(none_left, kind="stock")).changes == []
    cycle.state = CycleState.CLOSED
    desk.session.add(cycle)
    desk.session.flush()
    eggs, _ = desk.rows(desk.preview(content, kind="stock")).changes
    assert eggs["warnings"] == []


def test_an_empty_shelf_is_counted_as_nought(desk: Desk) -> None:
    places = workbook(
        ("Jenis", "Nama", "Latitude", "Longitude"),
        [{"Jenis": "gudang", "Nama": "Gudang Dinas", "Latitude": -2.12, "Longitude": 106.1}],
    )
    desk.apply(places, kind="places")
    for counted in (300, 0):
        rows = [{"Barang": "telur", "Jumlah": counted, "Satuan": "butir"}]
        batch = desk.apply(workbook(("Barang", "Jumlah", "Satuan"), rows), kind="stock")
        assert batch.counts["rejected"] == 0
        assert [row.on_hand for row in desk.all(StockItem)] == [counted]
    assert [move.quantity for move in desk.all(StockMove)] == [300, -300]
