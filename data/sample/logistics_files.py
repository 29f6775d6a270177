"""Places, fleet and stock of the sample."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from data.reference.kits import kit_for
from data.reference.places import default_places
from data.reference.regions import regions
from data.sample.names import LANDMARKS, POSYANDU, STREETS, father_name
from data.sample.sheets import Cell, write_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from random import Random

    from data.sample.people import Child

__all__ = ["write_fleet", "write_places", "write_stock"]

_DEPOT = "Gudang Dinas"
_PLACES = (
    "Jenis", "Nama", "Alamat", "Kecamatan", "Kelurahan", "Lintang", "Bujur", "Tanggal Posyandu",
    "Jam Buka", "Jam Tutup",
)  # fmt: skip
_FLEET = (
    "Nama Kendaraan", "Jenis", "Plat", "Kapasitas (kg)", "Kapasitas (liter)", "Kotak Dingin",
    "Jam Mulai", "Jam Selesai", "Hari", "Gudang", "Kurir", "No HP Kurir",
)  # fmt: skip
_STOCK = ("Barang", "Jumlah", "Satuan", "Kedaluwarsa", "Gudang")
_POSYANDU_PER_WARD = 3
_CHILDREN_PER_VEHICLE = 40
_EGGS_IN_STOCK = 0.9
_WITHOUT_POINT = 0.05
_KILOMETRES_PER_DEGREE = 111.32


def write_places(path: Path, random: Random) -> int:
    """Write depot, posyandu and kelurahan offices as ``;`` CSV in CP1252 with decimal commas."""
    depot = default_places().depots[0]
    rows: list[Sequence[Cell]] = [
        (
            "gudang", _DEPOT, "Kantor Dinas Sosial-PPPA – pintu samping", "Taman Sari", "Kejaksaan",
            _comma(depot.lat), _comma(depot.lon), "", "07.30", "16.00",
        )
    ]  # fmt: skip
    for ward in regions().all_kelurahan:
        district = regions().kecamatan(ward.kecamatan_code).name
        for serial in range(_POSYANDU_PER_WARD):
            name = POSYANDU[(serial + int(ward.code[-2:])) % len(POSYANDU)]
            day = 4 + sum(map(ord, name + ward.code)) % 20 + 1
            spread = 0.3 * math.sqrt(ward.area_km2 / math.pi) / _KILOMETRES_PER_DEGREE
            lat = ward.office_lat + random.gauss(0, min(spread, 0.006))
            lon = ward.office_lon + random.gauss(0, min(spread, 0.006))
            known = random.random() >= _WITHOUT_POINT
            rows.append(
                (
                    "posyandu", f"Posyandu {name}",
                    f"Jl. {random.choice(STREETS)} – {random.choice(LANDMARKS)}", district,
                    ward.name, _comma(lat) if known else "", _comma(lon) if known else "", day,
                    "08.00", "11.30",
                )
            )  # fmt: skip
        rows.append(
            (
                "kantor kelurahan", f"Kantor Lurah {ward.name}", f"Kantor Lurah {ward.name}",
                district, ward.name, _comma(ward.office_lat), _comma(ward.office_lon), "", "08.00",
                "15.00",
            )
        )  # fmt: skip
    write_csv(path, _PLACES, rows, delimiter=";", encoding="cp1252")
    return len(rows)


def write_fleet(path: Path, random: Random, *, num_children: int, has_vehicles: bool) -> int:
    """Write the fleet: a pick-up, cars and motorcycles enough for the packages in a few days."""
    rows: list[Sequence[Cell]] = []
    num_vehicles = max(2, math.ceil(num_children / _CHILDREN_PER_VEHICLE)) if has_vehicles else 0
    for serial in range(num_vehicles):
        kind, kilograms, litres = (
            ("pikap", 700, 2500) if serial % 4 == 0
            else ("mobil", 300, 900) if serial % 4 == 2
            else ("motor", 40, 90)
        )  # fmt: skip
        rows.append(
            (
                f"{kind.capitalize()} {serial + 1}", kind, f"BN {1000 + serial} ZZ", kilograms,
                litres, "ya" if kind != "motor" else "tidak", "08.00",
                "15.00" if kind != "motor" else "14.00",
                "Senin-Jumat" if kind != "motor" else "Senin, Selasa, Rabu, Kamis", _DEPOT,
                father_name(random), f"0814000{serial:05d}",
            )
        )  # fmt: skip
    write_csv(path, _FLEET, rows)
    return len(rows)


def write_stock(
    path: Path, children: Sequence[Child], month_on: dt.date, counted_on: dt.date
) -> int:
    """Write the stock: enough of all but eggs, which fall a tenth short."""
    needed: dict[str, int] = {}
    for child in children:
        package = kit_for((month_on - child.born_on).days, child.allergies, month_on)
        for line in package.lines if package else ():
            needed[line.item] = needed.get(line.item, 0) + line.quantity
    names = {
        "telur": ("Telur ayam", "butir", 13),
        "beras": ("Beras medium", "kg", 120),
        "susu_uht": ("Susu UHT", "kotak", 150),
        "kacang_hijau": ("Kacang ijo", "bungkus", 140),
        "madu": ("Madu", "botol", 300),
        "minyak": ("Minyak goreng", "liter", 200),
        "ikan_kaleng": ("Sarden", "kaleng", 400),
    }
    rows: list[Sequence[Cell]] = []
    for code, (name, unit, days) in names.items():
        share = _EGGS_IN_STOCK if code == "telur" else 1.1
        amount = math.ceil(needed.get(code, 0) * share)
        rows.append((name, amount, unit, counted_on + dt.timedelta(days=days), _DEPOT))
    write_csv(path, _STOCK, rows)
    return len(rows)


def _comma(degrees: float) -> str:
    return f"{degrees:.6f}".replace(".", ",")
