"""Believable books of routes for the document tests; every person and code is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from api.documents.models import (
    Goods,
    Imprint,
    LeftOut,
    PackageLine,
    RouteBook,
    RouteSheet,
    StopKind,
    StopLine,
    Trip,
)

EIGHT = datetime(2026, 12, 3, 1, 0, tzinfo=UTC)  # 08.00 WIB
REASONS = (
    ("absent", "Tidak di tempat"),
    ("refused", "Ditolak keluarga"),
    ("moved", "Pindah alamat"),
    ("spoiled", "Barang rusak"),
)
NAMES = ("Ibu Sari", "Bapak Rahman", "Ibu Nurhayati", "Ibu Lim Mei Hwa", "Bapak Yusuf", "Ibu Dewi")
STREETS = ("Jl. Merdeka", "Gg. Mawar", "Jl. Kampung Melayu", "Jl. Depati Hamzah", "Gg. Kenari II")
AREAS = ("Bukit Intan", "Rangkui", "Gabek", "Girimaya")
MARKS = ("seberang Masjid Al-Ikhlas, pagar hijau", "belakang warung Bu Ros", "samping SDN 12", "")
KITS = (
    (
        "Kit 6–23 bulan",
        (Goods("Telur ayam", 30, "butir"), Goods("Beras", Decimal("2.5"), "kg")),
        4_300,
        9_000,
    ),
    (
        "Kit 24–59 bulan",
        (
            Goods("Telur ayam", 30, "butir"),
            Goods("Beras", 5, "kg"),
            Goods("Susu UHT 200 ml", 10, "kotak"),
            Goods("Madu", Decimal("0.25"), "kg"),
        ),
        9_150,
        15_500,
    ),
)


def package(number: int, *, household: int | None = None) -> PackageLine:
    kit_name, contents, weight_g, volume_ml = KITS[number % 2]
    home = number if household is None else household
    return PackageLine(
        row_id=f"row-{number:05d}",
        code=f"PK-2612-{number:04d}",
        household_code=f"RT-{home:04d}",
        guardian_name=NAMES[home % len(NAMES)],
        child_alias=f"Anak B-{number:03d}",
        kelurahan=AREAS[home % len(AREAS)],
        kit_name=kit_name,
        contents=contents,
        weight_g=weight_g,
        volume_ml=volume_ml,
    )


def home_stop(number: int, *, sequence: int, num_packages: int = 1) -> StopLine:
    return StopLine(
        sequence=sequence,
        kind=StopKind.HOME,
        code=f"RT-{number:04d}",
        name=NAMES[number % len(NAMES)],
        address=f"{STREETS[number % len(STREETS)]} No. {number * 7 % 90 + 1}",
        rt_rw=f"{number % 9 + 1:03d}/{number % 4 + 1:03d}",
        kelurahan=AREAS[number % len(AREAS)],
        landmark=MARKS[number % len(MARKS)],
        packages=tuple(
            package(number * 10 + each, household=number) for each in range(num_packages)
        ),
        arrives_at=EIGHT + timedelta(minutes=12 * sequence),
        phone=f"0812-55{number % 100:02d}-{number:04d}",
        latitude=-2.1290 + (number % 13) * 0.0041,
        longitude=106.1130 + (number % 17) * 0.0033,
        window_opens_at=EIGHT if number % 3 == 0 else None,
        window_closes_at=EIGHT + timedelta(hours=3) if number % 3 == 0 else None,
        service_s=300,
        leg_distance_m=850 + number % 7 * 130,
        directions="ke utara lewat Jl. Sudirman, kiri di lampu merah" if number % 4 == 0 else "",
        note="Telepon dulu; anjing galak" if number % 5 == 0 else "",
    )


def drop_stop(number: int, *, sequence: int, num_packages: int = 8) -> StopLine:
    stop = home_stop(number, sequence=sequence)
    return replace(
        stop,
        kind=StopKind.DROP_POINT,
        code=f"TB-{number:02d}",
        name=f"Posyandu Melati {number}",
        contact_name="Kader Ani",
        packages=tuple(package(number * 100 + each) for each in range(num_packages)),
    )


def drawing(stops: tuple[StopLine, ...]) -> str:
    def at(stop: StopLine) -> tuple[float, float]:
        lon, lat = stop.longitude or 106.1, stop.latitude or -2.1
        return (lon - 106.10) * 9000 + 20, (-2.07 - lat) * 5000 + 20

    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, stops))
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="white" stroke="black" stroke-width="2"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="11" text-anchor="middle" '
        f'font-family="Roboto">{stop.sequence}</text>'
        for stop in stops
        for x, y in [at(stop)]
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 340">'
        f'<polyline points="{line}" fill="none" stroke="#456" stroke-width="3"/>{dots}</svg>'
    )


def route(number: int = 1, *, num_stops: int = 12, num_trips: int = 1) -> RouteSheet:
    stops = tuple(
        drop_stop(number * 60 + at, sequence=at + 1)
        if at % 6 == 5
        else home_stop(number * 60 + at, sequence=at + 1, num_packages=1 + at % 2)
        for at in range(num_stops)
    )
    share = -(-num_stops // num_trips) or 1
    trips = tuple(
        Trip(
            number=at + 1,
            departs_at=EIGHT + timedelta(hours=3 * at),
            returns_at=EIGHT + timedelta(hours=3 * at + 3),
            stops=stops[at * share : (at + 1) * share],
        )
        for at in range(num_trips)
    )
    return RouteSheet(
        number=f"LR-2026-12-{number:03d}",
        token=f"rt_{number:04d}_k3Jq9ZxW",
        delivery_on=date(2026, 12, 3),
        vehicle_name="Pick-up L300",
        vehicle_plate=f"BN 8{number:03d} PA",
        courier_name="Budi Santoso",
        courier_phone="0813-7711-2233",
        depot_name="Gudang Dinas PPPAKB",
        depot_address="Jl. Rasakunda No. 1",
        trips=trips,
        capacity_g=400_000,
        capacity_ml=900_000,
        distance_m=23_400,
        distance_source="Jaringan jalan OSM",
        distance_source_on=date(2026, 11, 1),
        map_svg=drawing(stops),
        depot_latitude=-2.1316,
        depot_longitude=106.1169,
    )


def imprint() -> Imprint:
    return Imprint(
        organisation="Dinas PPPAKB Kota Contoh",
        printed_at=datetime(2026, 12, 2, 7, 5, tzinfo=UTC),
        printed_by="Koordinator",
        version=3,
        digest="a1b2c3d4e5f60718293a4b5c6d7e8f90",
        place="Pangkalpinang",
        help_phone="0717-400-1234",
    )


def book(*routes: RouteSheet) -> RouteBook:
    return RouteBook(
        imprint=imprint(),
        title_month=date(2026, 12, 1),
        routes=routes or (route(),),
        reasons=REASONS,
        left_out=(
            LeftOut(
                "RT-0901",
                "Ibu Wati",
                "Gabek",
                "Tidak ada koordinat rumah",
                "Minta kader menandai lokasi rumah",
            ),
        ),
    )
