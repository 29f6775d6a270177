from typing import Any

import pytest

from data.readers.records import HouseholdRiskRecord, Kind, ReadResult
from tests.data.readers.files import codes, read_rows

WATER = "Keluarga Tidak Mempunyai Sumber Air Minum Utama yang Layak"
LATRINE = "Keluarga Tidak Mempunyai Jamban yang Layak"
CARD = "1971010101200001"


def family(**changes: Any) -> dict[str, Any]:
    return {
        "No. Kartu Keluarga": "1971.0101.0120.0001",
        "NIK Kepala Keluarga": "1971010101850001",
        "Nama Kepala Keluarga": "Bapak Contoh",
        "NIK Istri": "",
        "Nama Istri": "Ibu Contoh",
        "Kecamatan": "Rangkui",
        "Desa": "Bintang",
        "Punya Anak 0-23 Bulan": 1,
        "Punya Anak 24-59 Bulan": 2,
        "PUS": 1,
        "PUS Hamil": 2,
        WATER: 1,
        LATRINE: 2,
        "PUS 4 Terlalu Muda (Umur Istri < 20 Tahun)": 2,
        "Terlalu Tua (Umur Istri 35 sd 40 Tahun)": 1,
        "Terlalu Dekat (< 2 Tahun)": 2,
        "Terlalu Banyak (≥3 Anak)": 2,
        "Bukan Peserta KB Modern": 1,
        "Jenis Pendampingan yang Diterima": "2, 6,7",
    } | changes


def only(result: ReadResult) -> HouseholdRiskRecord:
    (record,) = result.records
    assert isinstance(record, HouseholdRiskRecord)
    return record


def test_a_siga_list_is_read_whole_without_a_word() -> None:
    result = read_rows(family())
    record = only(result)

    assert (result.kind, result.issues) == (Kind.KRS, ())
    assert (record.family_card, record.head_name) == (CARD, "Bapak Contoh")
    assert (record.kecamatan_code, record.kelurahan_code) == ("19.71.04", "19.71.04.1002")
    assert (record.has_child_0_23_months, record.has_child_24_59_months) == (True, False)
    assert (record.lacks_safe_water, record.lacks_safe_latrine) == (True, False)
    assert (record.wife_too_young, record.wife_too_old) == (False, True)
    assert (record.births_too_close, record.no_modern_contraception) == (False, True)
    assert record.assistance_codes == (2, 6, 7)


@pytest.mark.parametrize("header", ["No Kartu Keluarga", "No. Kartu Keluarga", "no_kartu_keluarga"])
def test_both_spellings_of_the_card_are_known(header: str) -> None:
    row = family()
    row[header] = row.pop("No. Kartu Keluarga")

    assert only(read_rows(row)).family_card == CARD


def test_code_three_means_not_applicable_in_screening_lists() -> None:
    assert only(read_rows(family(**{"PUS Hamil": 3}))).is_pregnant is None


def test_words_are_read_as_well() -> None:
    assert only(read_rows(family(**{WATER: "Ya", LATRINE: "Tidak"}))).lacks_safe_water is True


def test_in_the_genting_file_two_means_a_problem_and_points_come_with_it() -> None:
    row = {
        "kode_keluarga": "K-1",
        "nama_kabupaten": "PANGKALPINANG",
        "nama_kecamatan": "Rangkui",
        "nama_kelurahan": "Bintang",
        "kondisi_sumber_air_minum": 2,
        "kondisi_fasilitas_bab": 1,
        "terlalu_muda": 1,
        "terlalu_banyak": 2,
        "longitude": 106.11,
        "latitude": -2.13,
        "sasaran_prioritas_genting_1": 1,
    }

    record = only(read_rows(row))

    assert (record.lacks_safe_water, record.lacks_safe_latrine) == (True, False)
    assert (record.wife_too_young, record.too_many_children) == (False, True)
    assert (record.latitude, record.longitude, record.is_priority) == (-2.13, 106.11, True)


def test_the_caller_may_say_what_codes_mean() -> None:
    meanings = {("lacks_safe_water", "1"): "no", ("lacks_safe_water", "2"): "yes"}
    row = {"No KK": CARD, "Desa": "Bintang", WATER: 1}

    assert only(read_rows(row, krs_codes=meanings)).lacks_safe_water is False
    assert only(read_rows(row)).lacks_safe_water is True


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({WATER: 7}, "code_unknown"),
        ({WATER: "?"}, "code_unknown"),
        ({"No. Kartu Keluarga": "12"}, "nik_length"),
        ({"No. Kartu Keluarga": "", "Nama Kepala Keluarga": ""}, "family_unnamed"),
        ({"Desa": "Entah"}, "kelurahan_unknown"),
    ],
    ids=str,
)
def test_a_bad_family_is_kept_out(changes: dict[str, Any], code: str) -> None:
    result = read_rows(family(**changes))

    assert (result.counts.rejected, codes(result)) == (1, [code])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"NIK Kepala Keluarga": "12"}, "nik_length"),
        ({"Jenis Pendampingan yang Diterima": "9"}, "assistance_unreadable"),
        ({"Desil": "11"}, "decile_unreadable"),
    ],
    ids=str,
)
def test_a_doubtful_family_is_taken_with_a_warning(changes: dict[str, Any], code: str) -> None:
    result = read_rows(family(**changes))

    assert (result.counts.accepted, codes(result)) == (1, [code])


def test_the_decile_is_read_from_its_words() -> None:
    assert only(read_rows(family(Desil="Desil 1"))).welfare_decile == 1
