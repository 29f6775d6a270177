import datetime as dt
from typing import Any

import pytest

from data.readers.records import AidForm, Kind, ReadResult, SponsorKind, SponsorRecord
from tests.data.readers.files import codes, read_rows


def sponsor(**changes: Any) -> dict[str, Any]:
    return {
        "Nama": "Donatur Contoh",
        "NIK/NIP": "1971010101800001",
        "Jenis": "perorangan",
        "Instansi": "",
        "No HP": "081234567890",
        "Email": "Donatur@Contoh.id",
        "Alamat": "Jl. Contoh 5",
        "Kecamatan": "Rangkui",
        "Kelurahan": "Bintang",
        "Jumlah Anak Asuh": 2,
        "Donasi per Bulan (Rp)": "Rp 450.000,-",
        "Bentuk": "keduanya",
        "Barang": "telur 30 butir; beras 5 kg",
        "Wilayah": "Kec. Rangkui; Gabek Satu",
        "Mulai": "Desember 2026",
        "Jangka Waktu": "6 bulan",
        "Bersedia": "ya",
    } | changes


def only(result: ReadResult) -> SponsorRecord:
    (record,) = result.records
    assert isinstance(record, SponsorRecord)
    return record


def test_a_sponsor_is_read_whole_without_a_word() -> None:
    result = read_rows(sponsor())
    record = only(result)

    assert (result.kind, result.issues) == (Kind.SPONSORS, ())
    assert (record.nik, record.nip) == ("1971010101800001", None)
    assert (record.sponsor_kind, record.aid_form) == (SponsorKind.PERSON, AidForm.BOTH)
    assert (record.phone, record.email) == ("+6281234567890", "donatur@contoh.id")
    assert (record.num_children, record.donation_rp) == (2, 450_000)
    assert [item.item_code for item in record.goods] == ["telur", "beras"]
    assert record.area_codes == ("19.71.04", "19.71.06.1003")
    assert (record.starts_on, record.num_months) == (dt.date(2026, 12, 1), 6)
    assert (record.kelurahan_code, record.is_willing) == ("19.71.04.1002", True)


def test_eighteen_digits_are_a_nip_and_make_a_civil_servant() -> None:
    record = only(read_rows(sponsor(Jenis="") | {"NIK/NIP": "198001012005011001"}))

    assert (record.nip, record.nik) == ("198001012005011001", None)
    assert record.sponsor_kind is SponsorKind.CIVIL_SERVANT


@pytest.mark.parametrize("written", ["", "semua", "Seluruh Kota", "-"])
def test_no_area_means_everywhere(written: str) -> None:
    assert only(read_rows(sponsor(Wilayah=written))).area_codes == ()


def test_an_unknown_area_is_never_dropped_silently() -> None:
    result = read_rows(sponsor(Wilayah="Rangkui; Entah"))

    assert (result.counts.rejected, codes(result)) == (1, ["area_unknown"])
    assert result.issues[0].params == {"area": "Entah"}


def test_wished_areas_are_read_and_an_unknown_one_is_left_out_with_a_warning() -> None:
    result = read_rows(sponsor(**{"Keinginan Wilayah": "Gabek Satu; Entah"}))
    record = only(result)
    assert (len(record.wish_area_codes), codes(result)) == (1, ["area_unknown"])
    assert only(read_rows(sponsor())).wish_area_codes == ()


def test_a_sponsor_may_live_outside_the_city() -> None:
    result = read_rows(sponsor(Kecamatan="", Kelurahan="Sungailiat"))

    assert (only(result).kelurahan_code, codes(result)) == (None, ["kelurahan_unknown"])


@pytest.mark.parametrize(
    ("changes", "form"),
    [
        ({"Barang": ""}, AidForm.MONEY),
        ({"Donasi per Bulan (Rp)": ""}, AidForm.GOODS),
        ({}, AidForm.BOTH),
    ],
    ids=str,
)
def test_without_a_form_what_is_promised_decides(changes: dict[str, Any], form: AidForm) -> None:
    result = read_rows(sponsor(Bentuk="", **changes))

    assert (only(result).aid_form, result.issues) == (form, ())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Nama": ""}, "cell_missing"),
        ({"Jenis": "alien"}, "choice_unknown"),
        ({"Donasi per Bulan (Rp)": "seikhlasnya"}, "rupiah_unreadable"),
        ({"Donasi per Bulan (Rp)": 450}, "rupiah_too_small"),
        ({"Barang": "telur"}, "goods_unreadable"),
        ({"Barang": "zzzz 3 kg"}, "item_unknown"),
        ({"Jumlah Anak Asuh": "banyak"}, "count_unreadable"),
        ({"Bersedia": "x"}, "flag_unreadable"),
        ({"Mulai": "segera"}, "month_unreadable"),
        ({"Jangka Waktu": "lama"}, "months_unreadable"),
        ({"NIK/NIP": "123"}, "nik_length"),
        (
            {"Jumlah Anak Asuh": "", "Donasi per Bulan (Rp)": "", "Barang": "", "Bentuk": ""},
            "pledge_empty",
        ),
    ],
    ids=str,
)
def test_a_bad_pledge_is_kept_out(changes: dict[str, Any], code: str) -> None:
    result = read_rows(sponsor(**changes))

    assert (result.counts.rejected, codes(result)) == (1, [code])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Email": "tidak punya"}, "email_unreadable"),
        ({"No HP": "12"}, "phone_unreadable"),
        ({"Jangka Waktu": "7 bulan"}, "duration_unusual"),
        ({"Barang": ""}, "goods_not_listed"),
        ({"Donasi per Bulan (Rp)": ""}, "donation_not_stated"),
    ],
    ids=str,
)
def test_a_doubtful_pledge_is_taken_with_a_warning(changes: dict[str, Any], code: str) -> None:
    result = read_rows(sponsor(**changes))

    assert (result.counts.accepted, codes(result)) == (1, [code])


def test_who_is_not_willing_is_read_as_such_and_needs_no_pledge() -> None:
    result = read_rows(
        sponsor(Bersedia="tidak", Barang="", Bentuk="")
        | {"Jumlah Anak Asuh": "", "Donasi per Bulan (Rp)": ""}
    )

    assert (only(result).is_willing, result.issues) == (False, ())


def test_the_same_sponsor_twice_stays_twice_for_a_person_to_decide() -> None:
    assert read_rows(sponsor(), sponsor()).counts.accepted == 2


def test_a_start_month_follows_the_order_of_its_column() -> None:
    result = read_rows(sponsor(Mulai="01/12/2026"), sponsor(Mulai="15/12/2026"))

    assert [one.starts_on for one in result.records] == [dt.date(2026, 12, 1)] * 2  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "taken", "code"),
    [
        ("Gerungang", ("19.71.05",), "region_respelled"),
        ("Kel. Kacang Pedangg", ("19.71.05.1006",), "region_respelled"),
        ("Ampu", None, "area_unknown"),
    ],
)
def test_a_misspelt_area_is_taken_when_near_and_kept_out_when_far(
    written: str, taken: tuple[str, ...] | None, code: str
) -> None:
    result = read_rows(sponsor(Wilayah=written))

    assert codes(result) == [code]
    assert [one.area_codes for one in result.records] == ([taken] if taken else [])  # type: ignore[union-attr]
    assert result.issues[0].suggestion
