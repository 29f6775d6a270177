"""Places and vehicles from files."""

import pytest

from data.schema import Depot, DropPoint, StockItem, StockMove, Vehicle
from tests.factories import make_depot
from tests.intake_desk import Desk, numbers, workbook

pytestmark = pytest.mark.stores("sqlite")
"""Each file is read in a process of its own, which takes its time; journeys run on both stores."""


def test_places_vehicles_and_stock(desk: Desk) -> None:
    places = workbook(
        ("Jenis", "Nama", "Kelurahan", "Latitude", "Longitude"),
        [
            {"Jenis": "gudang", "Nama": "Gudang Dinas", "Latitude": -2.12, "Longitude": 106.1},
            {"Jenis": "posyandu", "Nama": "Melati", "Kelurahan": "Bukit Sari"},
        ],
    )
    desk.apply(places, kind="places")
    assert len(desk.all(Depot)) == len(desk.all(DropPoint)) == 1
    fleet = workbook(
        ("Nama", "Jenis", "Kapasitas (kg)"),
        [{"Nama": "Motor 1", "Jenis": "motor", "Kapasitas (kg)": 40}],
    )
    desk.apply(fleet, kind="fleet")
    assert desk.all(Vehicle)[0].capacity_g == 40_000
    stock = workbook(
        ("Barang", "Jumlah", "Satuan"), [{"Barang": "telur", "Jumlah": 300, "Satuan": "butir"}]
    )
    desk.apply(stock, kind="stock")
    assert [row.on_hand for row in desk.all(StockItem)] == [300]
    assert [move.quantity for move in desk.all(StockMove)] == [300]
    for content, kind in ((places, "places"), (fleet, "fleet"), (stock, "stock")):
        batch = desk.preview(content, kind=kind)
        assert batch.counts["same"] == batch.counts["total"]
    less = workbook(
        ("Barang", "Jumlah", "Satuan"), [{"Barang": "telur", "Jumlah": 280, "Satuan": "butir"}]
    )
    desk.apply(less, kind="stock")
    assert sum(move.quantity for move in desk.all(StockMove)) == 280
    (eggs,) = desk.all(StockItem)
    eggs.counted_at = None
    desk.session.flush()
    desk.apply(less, kind="stock")
    assert len(desk.all(StockMove)) == 2
    assert eggs.counted_at is not None, "a count that agrees is a count too"


def test_a_depot_needs_its_point(desk: Desk) -> None:
    make_depot(desk.session)
    batch = desk.preview(
        workbook(("Jenis", "Nama", "Jam Buka"), [{"Jenis": "gudang", "Nama": "Baru"}]),
        kind="places",
    )
    assert numbers(batch) == (1, 0, 0, 0, 0, 1)


def test_a_vehicle_of_a_depot_that_is_unknown_or_closed_says_so(desk: Desk) -> None:
    make_depot(desk.session, name="Gudang Dinas")
    make_depot(desk.session, name="Gudang Lama").is_active = False
    rows = [
        {"Nama": f"Motor {number}", "Jenis": "motor", "Kapasitas (kg)": 40, "Gudang": depot}
        for number, depot in enumerate(("Gudang Dinas", "Gudang Lama", "Aula"))
    ]
    fleet = workbook(("Nama", "Jenis", "Kapasitas (kg)", "Gudang"), rows)
    batch = desk.preview(fleet, kind="fleet")
    told = [[each["code"] for each in row["warnings"]] for row in desk.rows(batch).changes]
    assert told == [[], ["intake.fleet_depot_closed"], ["intake.fleet_depot_unknown"]]
    assert batch.counts["warnings"] == 2
    desk.apply(fleet, kind="fleet")
    own = {vehicle.name: vehicle.depot_id for vehicle in desk.all(Vehicle)}
    assert [own[f"Motor {number}"] is None for number in range(3)] == [False, True, True]
