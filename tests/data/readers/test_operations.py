"""Places, vehicles, stock, last month's pairs, delivery results and consents."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from data.readers.records import (
    ConsentRecord,
    DeliveryResultRecord,
    Kind,
    LastMonthPair,
    PlaceKind,
    PlaceRecord,
    StockRecord,
    VehicleKind,
    VehicleRecord,
)
from tests.data.readers.files import codes, read_rows


def place(**changes: Any) -> dict[str, Any]:
    return {
        "Jenis": "posyandu",
        "Nama": "Melati",
        "Alamat": "Jl. Contoh",
        "Kecamatan": "Rangkui",
        "Kelurahan": "Bintang",
        "Lintang": -2.135,
        "Bujur": 106.114,
        "Tanggal Posyandu": 12,
        "Jam Buka": "08.00",
        "Jam Tutup": "11.00 WIB",
    } | changes


def vehicle(**changes: Any) -> dict[str, Any]:
    return {
        "Nama Kendaraan": "Motor 1",
        "Jenis": "motor",
        "Plat": "bn 1234 ab",
        "Kapasitas (kg)": 40,
        "Kapasitas (liter)": "90",
        "Kotak Dingin": "ya",
        "Jam Mulai": dt.time(8),
        "Jam Selesai": "16:00",
        "Hari": "Senin-Jumat",
        "Gudang": "Gudang Kota",
        "Kurir": "Kurir Satu",
        "No HP Kurir": 81234567890,
    } | changes


def pair(**changes: Any) -> dict[str, Any]:
    return {
        "Bulan": "November 2026",
        "Kode Anak": "B-014",
        "Nama Anak": "Siti Contoh",
        "Tgl Lahir": dt.date(2024, 5, 5),
        "Nama Ortu": "Ibu Contoh",
        "Kelurahan": "Bintang",
        "Kode Orang Tua Asuh": "OTA-7",
        "Nama Orang Tua Asuh": "Donatur Contoh",
        "Status": "diterima",
    } | changes


def line(**changes: Any) -> dict[str, Any]:
    return {
        "ID Baris": "R1-03",
        "Rute": "R1",
        "Urutan": 3,
        "Kode Paket": "P-77",
        "Penerima": "Anak B-014",
        "Dimuat": 2,
        "Diterima": 2,
        "Ditolak": 0,
        "Alasan": "",
        "Tanggal": dt.date(2026, 11, 20),
        "Diterima Oleh": "Ibu",
        "Catatan": "",
    } | changes


def consent(**changes: Any) -> dict[str, Any]:
    return {
        "NIK": "1971014505240012",
        "Nama Anak": "Siti Contoh",
        "Tgl Lahir": dt.date(2024, 5, 5),
        "Nama Wali": "Ibu Contoh",
        "Persetujuan Program": "ya",
        "Persetujuan Tampil": "tidak",
        "Persetujuan Foto": "",
        "Tanggal": dt.date(2026, 11, 1),
        "Bukti": "Formulir 12",
    } | changes


CLEAN = [
    (Kind.PLACES, place()),
    (Kind.FLEET, vehicle()),
    (Kind.STOCK, {"Barang": "telur", "Jumlah": 300, "Satuan": "butir", "Kedaluwarsa": ""}),
    (Kind.LAST_MONTH, pair()),
    (Kind.RESULTS, line()),
    (Kind.CONSENTS, consent()),
]


@pytest.mark.parametrize(("kind", "row"), CLEAN, ids=[kind for kind, _ in CLEAN])
def test_a_clean_row_is_taken_without_a_word(kind: Kind, row: dict[str, Any]) -> None:
    result = read_rows(row)

    assert (result.kind, result.issues, result.ignored_columns) == (kind, (), ())
    assert (result.counts.total, result.counts.accepted) == (1, 1)


def test_a_place_is_read_whole() -> None:
    (record,) = read_rows(place()).records

    assert isinstance(record, PlaceRecord)
    assert (record.place_kind, record.posyandu_day) == (PlaceKind.POSYANDU, 12)
    assert (record.opens_at, record.closes_at) == (dt.time(8), dt.time(11))
    assert (record.kelurahan_code, record.latitude) == ("19.71.04.1002", -2.135)


@pytest.mark.parametrize("written", ["tanggal 12", "Tgl. 12", dt.date(2026, 11, 12)], ids=repr)
def test_a_posyandu_day_is_read(written: object) -> None:
    (record,) = read_rows(place(**{"Tanggal Posyandu": written})).records

    assert isinstance(record, PlaceRecord)
    assert record.posyandu_day == 12


def test_a_vehicle_is_read_whole() -> None:
    (record,) = read_rows(vehicle()).records

    assert isinstance(record, VehicleRecord)
    assert (record.vehicle_kind, record.plate) == (VehicleKind.MOTORCYCLE, "BN 1234 AB")
    assert (record.capacity_g, record.capacity_ml, record.has_cool_box) == (40_000, 90_000, True)
    assert (record.shift_starts_at, record.shift_ends_at) == (dt.time(8), dt.time(16))
    assert (record.weekdays, record.courier_phone) == ((0, 1, 2, 3, 4), "+6281234567890")


def test_stock_is_read_with_its_day_of_expiry() -> None:
    (record,) = read_rows(
        {"Barang": "Beras", "Jumlah": "2,5", "Satuan": "Kg", "Kedaluwarsa": dt.date(2027, 1, 31)}
    ).records

    assert isinstance(record, StockRecord)
    assert (record.item.item_code, record.item.quantity) == ("beras", Decimal("2.5"))
    assert (record.item.base_quantity, record.item.base_unit) == (2500, "g")
    assert record.expires_on == dt.date(2027, 1, 31)


def test_a_pair_of_our_own_report_is_read_whole() -> None:
    (record,) = read_rows(pair()).records

    assert isinstance(record, LastMonthPair)
    assert (record.month, record.child_code, record.sponsor_code) == (
        dt.date(2026, 11, 1),
        "B-014",
        "OTA-7",
    )
    assert (record.child_born_on, record.status) == (dt.date(2024, 5, 5), "diterima")


def test_in_a_list_kept_by_hand_a_sponsor_counts_for_the_rows_below_him() -> None:
    hand = {"Nama Bapak Asuh": "Pak Satu", "No. HP": "081234567890", "Nama Anak Asuh": "Siti"}
    rest = {"Alamat": "Jl. A", "Kecamatan": "Rangkui", "Kelurahan": "Bintang"}
    result = read_rows(
        hand | rest,
        {"Nama Anak Asuh": "Budi"} | rest,
        hand | {"Nama Bapak Asuh": "Pak Dua", "Nama Anak Asuh": "Ani"} | rest,
    )

    assert result.kind is Kind.LAST_MONTH
    assert [one.sponsor_name for one in result.records] == ["Pak Satu", "Pak Satu", "Pak Dua"]  # type: ignore[union-attr]
    assert codes(result) == ["sponsor_from_above"]


def test_the_first_row_of_a_list_kept_by_hand_needs_its_sponsor() -> None:
    result = read_rows({"Nama Bapak Asuh": "", "Nama Anak Asuh": "Siti", "Alamat": "Jl. A"})

    assert codes(result) == ["sponsor_missing"]


def test_a_result_is_read_whole() -> None:
    (record,) = read_rows(line(Diterima=1, Ditolak=1, Alasan="telur pecah")).records

    assert isinstance(record, DeliveryResultRecord)
    assert (record.line_id, record.route, record.position) == ("R1-03", "R1", 3)
    assert (record.num_loaded, record.num_accepted, record.num_rejected) == (2, 1, 1)
    assert (record.reason, record.delivered_on) == ("telur pecah", dt.date(2026, 11, 20))


def test_all_accepted_needs_no_zero_beside_it() -> None:
    assert read_rows(line(Ditolak="")).counts.accepted == 1


def test_the_same_line_twice_is_merged() -> None:
    result = read_rows(line(), line())

    assert (result.counts.accepted, result.counts.merged, result.issues) == (1, 1, ())


def test_the_same_place_twice_is_merged() -> None:
    result = read_rows(place(), place())

    assert (result.counts.accepted, result.counts.merged) == (1, 1)


def test_silence_is_neither_consent_nor_refusal() -> None:
    (record,) = read_rows(consent()).records

    assert isinstance(record, ConsentRecord)
    assert (record.programme, record.display, record.photo) == (True, False, None)
    assert record.consented_on == dt.date(2026, 11, 1)


def test_a_child_without_nik_is_named_by_name_and_birth_date() -> None:
    assert read_rows(consent(NIK="")).counts.accepted == 1


BAD: list[tuple[dict[str, Any], str]] = [
    (place(Jenis="warung"), "choice_unknown"),
    (place(Nama=""), "cell_missing"),
    (place(Bujur=""), "coordinate_half"),
    (place(**{"Tanggal Posyandu": 32}), "day_of_month_unreadable"),
    (place(**{"Jam Tutup": "07.00"}), "times_reversed"),
    (place(**{"Jam Buka": "pagi"}), "time_unreadable"),
    (place(Kelurahan="Entah"), "kelurahan_unknown"),
    (vehicle(Jenis="becak"), "choice_unknown"),
    (vehicle(**{"Kapasitas (kg)": ""}), "cell_missing"),
    (vehicle(**{"Kapasitas (kg)": 0}), "amount_unreadable"),
    (vehicle(Hari="Senen"), "weekdays_unreadable"),
    (vehicle(**{"Jam Selesai": "08:00"}), "times_reversed"),
    (vehicle(**{"Kotak Dingin": "x"}), "flag_unreadable"),
    ({"Barang": "zzzz", "Jumlah": 1, "Satuan": "kg"}, "item_unknown"),
    ({"Barang": "telur", "Jumlah": -1, "Satuan": "butir"}, "counted_unreadable"),
    ({"Barang": "telur", "Jumlah": "1.000", "Satuan": "butir"}, "amount_two_readings"),
    ({"Barang": "telur", "Jumlah": 5, "Satuan": ""}, "cell_missing"),
    (pair(**{"Nama Anak": ""}), "cell_missing"),
    (pair(**{"Kode Orang Tua Asuh": "", "Nama Orang Tua Asuh": ""}), "sponsor_missing"),
    (pair(Bulan="kemarin"), "month_unreadable"),
    (pair(**{"Tgl Lahir": dt.date(2027, 1, 1)}), "born_in_future"),
    (line(Diterima=1), "result_sum"),
    (line(Diterima=0, Ditolak=""), "result_sum"),
    (line(Diterima=3), "result_sum"),
    (line(Diterima=0, Ditolak=2), "reason_missing"),
    (line(Diterima="", Ditolak=""), "result_not_filled"),
    (line(Diterima="dua"), "count_unreadable"),
    (line(**{"ID Baris": ""}), "cell_missing"),
    (line(Tanggal=dt.date(2026, 11, 25)), "date_in_future"),
    (consent(NIK="", **{"Tgl Lahir": ""}), "child_not_named"),
    (consent(**{"Nama Wali": ""}), "cell_missing"),
    (consent(**{"Persetujuan Program": ""}), "cell_missing"),
    (consent(**{"Persetujuan Foto": "mungkin"}), "flag_unreadable"),
    (consent(Tanggal=dt.date(2026, 11, 25)), "date_in_future"),
]


@pytest.mark.parametrize(
    ("row", "code"), BAD, ids=[f"{number}-{code}" for number, (_, code) in enumerate(BAD)]
)
def test_a_bad_row_is_kept_out_with_its_reason(row: dict[str, Any], code: str) -> None:
    result = read_rows(row)

    assert (result.counts.rejected, codes(result)) == (1, [code])


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (line(), line(Diterima=1, Ditolak=1, Alasan="rusak"), "line_twice"),
        (place(), place(**{"Tanggal Posyandu": 13}), "place_twice"),
        (vehicle(), vehicle(**{"Nama Kendaraan": "Motor 2"}), "vehicle_twice"),
    ],
    ids=["line", "place", "vehicle"],
)
def test_a_row_that_contradicts_an_earlier_one_is_kept_out(
    first: dict[str, Any], second: dict[str, Any], code: str
) -> None:
    result = read_rows(first, second)

    assert (result.counts.accepted, result.counts.rejected) == (1, 1)
    assert [(issue.row, issue.code, issue.params) for issue in result.issues] == [
        (3, code, {"other_row": 2})
    ]


def test_goods_past_their_day_are_warned_about() -> None:
    result = read_rows(
        {"Barang": "telur", "Jumlah": 5, "Satuan": "butir", "Kedaluwarsa": dt.date(2026, 11, 23)}
    )

    assert (result.counts.accepted, codes(result)) == (1, ["stock_expired"])


def test_the_total_below_a_route_is_no_line() -> None:
    total = dict.fromkeys(line(), "") | {"Rute": "Jumlah", "Dimuat": 2, "Diterima": 2, "Ditolak": 0}
    result = read_rows(line(), total)

    assert (result.counts.total, codes(result)) == (1, ["row_without_data"])


@pytest.mark.parametrize(
    ("written", "allergies", "words"),
    [
        ("", None, ()),
        ("tidak ada", (), ()),
        ("telur; susu sapi", ("egg", "milk"), ()),
        ("telur, debu", ("egg",), ("debu",)),
    ],
)
def test_allergies_are_read_and_unknown_ones_kept(
    written: str, allergies: tuple[str, ...] | None, words: tuple[str, ...]
) -> None:
    result = read_rows(consent(Alergi=written))
    (record,) = result.records

    assert isinstance(record, ConsentRecord)
    assert (record.allergies, record.other_allergies) == (allergies, words)
    assert codes(result) == (["allergy_unknown"] if words else [])


@pytest.mark.parametrize(
    ("accepted", "rejected", "reason", "counts"),
    [("", 2, "pindah", (0, 2)), (2, "", "", (2, 0)), (0, 2, "pindah", (0, 2))],
    ids=str,
)
def test_of_accepted_and_rejected_one_may_be_left_out(
    accepted: object, rejected: object, reason: str, counts: tuple[int, int]
) -> None:
    (record,) = read_rows(line(Diterima=accepted, Ditolak=rejected, Alasan=reason)).records

    assert isinstance(record, DeliveryResultRecord)
    assert (record.num_accepted, record.num_rejected) == counts
