import datetime as dt
from typing import Any

import pytest

from data.readers.records import ChildRecord, Position, ReadResult, Severity, Sex
from tests.data.readers.files import NIK, child, codes, read, read_rows, table, to_xls


def only(result: ReadResult) -> ChildRecord:
    (record,) = result.records
    assert isinstance(record, ChildRecord)
    return record


def rejection(**changes: Any) -> tuple[str, str | None]:
    """Return code and suggestion of the one issue that keeps a row out beside a good one."""
    result = read_rows(child(NIK="", Nama="Baik"), child(**changes))
    (issue,) = [one for one in result.issues if one.severity is Severity.REJECTED]
    assert result.counts.accepted == result.counts.rejected == 1
    assert issue.row == 3
    return issue.code, issue.suggestion


def warning(**changes: Any) -> str:
    """Return the code of the one warning of a row that is taken."""
    result = read_rows(child(**changes))
    assert result.counts.accepted == 1
    (issue,) = result.issues
    assert issue.severity is Severity.WARNING
    return issue.code


@pytest.mark.parametrize("write", [to_xls, None])
def test_a_clean_row_is_read_whole_without_a_word(write: Any) -> None:
    result = read(write(table([child()]))) if write else read_rows(child())
    record = only(result)
    (measuring,) = record.measurements

    assert result.issues == ()
    assert (record.row, record.rows, record.nik, record.name) == (2, (2,), NIK, "Siti Contoh")
    assert (record.born_on, record.sex) == (dt.date(2024, 5, 5), Sex.FEMALE)
    assert (record.kecamatan_code, record.kelurahan_code) == ("19.71.05", "19.71.05.1006")
    assert (record.rt, record.rw, record.address) == ("003", "002", "Jl. Contoh 1")
    assert (record.birth_weight_g, record.birth_length_mm) == (3100, 490)
    assert (measuring.measured_on, measuring.row) == (dt.date(2026, 11, 10), 2)
    assert (measuring.weight_g, measuring.height_mm, measuring.muac_mm) == (9800, 835, 135)
    assert measuring.position is Position.STANDING
    assert (measuring.stated_waz, measuring.stated_haz, measuring.stated_whz) == (
        -2.31,
        -2.45,
        -1.02,
    )
    assert measuring.stated_height_for_age == "Pendek"
    assert (measuring.weight_gain, measuring.vitamin_a_doses) == ("N", 1)


def test_the_dirt_of_the_real_export_is_read_through() -> None:
    result = read_rows(
        child(NIK=f"{NIK}\u00a0", RT="0", RW="", LiLA=0, KPSP="-")
        | {"BB/U": "Outlier", "ZS BB/U": "999.99", "ZS TB/U": "-2,45", "BB Lahir": 0}
    )
    record = only(result)

    assert result.issues == ()
    assert (record.nik, record.rt, record.birth_weight_g) == (NIK, None, None)
    assert record.measurements[0].stated_weight_for_age is None
    assert record.measurements[0].stated_waz is None
    assert record.measurements[0].stated_haz == -2.45
    assert record.measurements[0].muac_mm is None


@pytest.mark.parametrize(
    ("changes", "code", "suggestion"),
    [
        ({"NIK": "197101450524001"}, "nik_length", None),
        ({"Nama": ""}, "cell_missing", None),
        ({"Tgl Lahir": ""}, "cell_missing", None),
        ({"Desa/Kel": ""}, "cell_missing", None),
        ({"Tgl Lahir": dt.date(2026, 11, 25)}, "born_in_future", None),
        ({"Tgl Lahir": dt.date(2006, 11, 24)}, "born_too_long_ago", None),
        ({"Tgl Lahir": "kemarin"}, "date_unreadable", None),
        ({"Tanggal Pengukuran": dt.date(2026, 11, 25)}, "measured_in_future", None),
        ({"Tanggal Pengukuran": dt.date(2024, 5, 4)}, "measured_before_birth", None),
        ({"Tinggi": 8.2}, "height_implausible", "82"),
        ({"Berat": 98}, "weight_implausible", "9.8"),
        ({"JK": "X"}, "sex_unreadable", None),
        ({"Desa/Kel": "Sungailiat"}, "kelurahan_unknown", None),
    ],
    ids=str,
)
def test_a_bad_row_is_kept_out_alone(
    changes: dict[str, Any], code: str, suggestion: str | None
) -> None:
    assert rejection(**changes) == (code, suggestion)


def test_a_child_born_today_is_taken() -> None:
    born = dt.date(2026, 11, 24)
    record = only(
        read_rows(child(NIK="") | {"Tgl Lahir": born, "Tanggal Pengukuran": born, "Tinggi": 48})
    )

    assert record.born_on == born


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"NIK": "1971010505240012"}, "nik_other_sex"),
        ({"NIK": "1971014605240012"}, "nik_other_birth_date"),
        ({"NIK": "1971014513240012"}, "nik_no_birth_date"),
        ({"NIK": "1971014505240000"}, "nik_serial_zero"),
        ({"JK": ""}, "sex_from_nik"),
        ({"RT": "Dusun Air"}, "hamlet_moved"),
        ({"Cara Ukur": "miring"}, "position_unreadable"),
        ({"BB Lahir": 3500}, "grams_for_kilograms"),
        ({"Berat": 9500}, "grams_for_kilograms"),
        ({"Tanggal Pengukuran": ""}, "measuring_undated"),
        ({"Kec": "Rangkui"}, "kecamatan_disagrees"),
        ({"Kec": "Atlantis"}, "kecamatan_unknown"),
        ({"Naik Berat Badan": "Z"}, "gain_unreadable"),
    ],
    ids=str,
)
def test_a_doubtful_row_is_taken_with_a_warning(changes: dict[str, Any], code: str) -> None:
    assert warning(**changes) == code


def test_a_child_without_nik_and_without_sex_is_kept_out() -> None:
    assert rejection(NIK="", JK="") == ("cell_missing", None)


def test_a_hamlet_in_rt_goes_to_the_address() -> None:
    record = only(read_rows(child(RT="Dusun Air")))

    assert (record.rt, record.address) == (None, "Jl. Contoh 1, Dusun Air")


@pytest.mark.parametrize("written", ["3/2", "RT 03 / RW 02", "003/002"])
def test_rt_and_rw_in_one_cell_are_parted(written: str) -> None:
    record = only(read_rows(child(RT=written, RW="")))

    assert (record.rt, record.rw) == ("003", "002")


def test_known_spellings_of_a_kelurahan_are_taken_silently() -> None:
    result = read_rows(child(Kec="GERUNGGANG") | {"Desa/Kel": "Bukit Merapin"})

    assert (only(result).kelurahan_code, codes(result)) == ("19.71.05.1002", [])


def test_a_near_spelling_is_taken_with_a_warning_that_says_what_was_read() -> None:
    result = read_rows(child() | {"Desa/Kel": "Kacang Pedangg"})

    assert only(result).kelurahan_code == "19.71.05.1006"
    assert codes(result) == ["region_respelled"]
    assert result.issues[0].params == {"taken": "Kacang Pedang"}


def test_a_farther_spelling_is_kept_out_with_a_suggestion() -> None:
    assert rejection(**{"Desa/Kel": "Kcng Pedng"}) == ("kelurahan_unknown", "Kacang Pedang")


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [
        ("-2.13", "", "coordinate_half"),
        ("", "106.1", "coordinate_half"),
        ("106.1", "-2.13", "coordinate_swapped"),
        ("-21.3", "106.1", "coordinate_outside"),
        ("-2.13", "10.61", "coordinate_outside"),
        ("2°S", "106.1", "coordinate_unreadable"),
    ],
)
def test_a_broken_point_keeps_its_row_out(latitude: str, longitude: str, code: str) -> None:
    result = read_rows(child(Lintang=latitude, Bujur=longitude))

    assert (result.counts.rejected, codes(result)) == (1, [code])


def test_a_whole_point_and_no_point_are_taken() -> None:
    assert only(read_rows(child(Lintang="-2,13", Bujur=106.1))).latitude == -2.13
    assert only(read_rows(child(Lintang=0, Bujur=0))).latitude is None


def test_several_measurings_of_one_nik_become_one_child_with_a_series() -> None:
    result = read_rows(
        child(Tinggi=84, Alamat="Jl. Baru 2"),
        child(Tinggi=82) | {"Tanggal Pengukuran": dt.date(2026, 9, 10), "Nama Ortu": ""},
        child(Tinggi=83, Alamat="") | {"Tanggal Pengukuran": dt.date(2026, 10, 10)},
    )
    record = only(result)

    assert (result.counts.total, result.counts.accepted, result.counts.merged) == (3, 1, 2)
    assert record.rows == (2, 3, 4)
    assert [one.height_mm for one in record.measurements] == [820, 830, 840]
    assert record.address == "Jl. Baru 2"


def test_the_latest_row_speaks_for_the_child_and_earlier_rows_fill_its_gaps() -> None:
    result = read_rows(
        child(Alamat="Jl. Lama", Posyandu="Mawar") | {"Tanggal Pengukuran": dt.date(2026, 9, 1)},
        child(Alamat="Jl. Baru", Posyandu=""),
    )

    assert (only(result).address, only(result).posyandu) == ("Jl. Baru", "Mawar")


def test_the_same_row_twice_is_merged_silently() -> None:
    result = read_rows(child(), child())

    assert (result.counts.accepted, result.counts.merged, result.issues) == (1, 1, ())
    assert len(only(result).measurements) == 1


def test_of_two_measurings_on_one_day_the_later_row_counts_with_a_warning() -> None:
    result = read_rows(child(Tinggi=82), child(Tinggi=83))

    assert [one.height_mm for one in only(result).measurements] == [830]
    assert codes(result) == ["measured_twice"]


def test_children_without_nik_are_never_merged() -> None:
    result = read_rows(child(NIK=""), child(NIK=""))

    assert (result.counts.accepted, result.counts.merged) == (2, 0)


@pytest.mark.parametrize(
    ("changes", "code", "suggestion"),
    [
        ({"Nama": "Budi Lain"}, "nik_two_names", None),
        ({"Tgl Lahir": dt.date(2024, 5, 6)}, "nik_two_birth_dates", "05/05/2024"),
    ],
)
def test_one_nik_for_two_children_keeps_the_later_row_out(
    changes: dict[str, Any], code: str, suggestion: str | None
) -> None:
    result = read_rows(child(), child(**changes))

    (issue,) = [one for one in result.issues if one.severity is Severity.REJECTED]
    assert (issue.code, issue.suggestion, issue.params) == (code, suggestion, {"other_row": 2})
    assert (result.counts.accepted, result.counts.merged, result.counts.rejected) == (1, 0, 1)


def test_a_name_with_an_added_degree_or_parent_is_the_same_child() -> None:
    result = read_rows(child(Nama="SITI CONTOH"), child(Nama="Siti Contoh binti Ahmad"))

    assert (result.counts.accepted, result.counts.merged) == (1, 1)


def test_numbers_of_parents_never_keep_a_child_out() -> None:
    result = read_rows(child() | {"NIK Ortu": "123", "No KK": "1971012345670001"})

    assert only(result).family_card == "1971012345670001"
    assert only(result).parent_nik is None
    assert codes(result) == ["nik_length"]


def test_a_child_that_was_not_measured_has_no_measuring() -> None:
    assert only(read_rows(child(Berat=0, Tinggi="", LiLA=""))).measurements == ()


def test_no_issue_shows_a_whole_nik_and_no_record_prints_one() -> None:
    result = read_rows(
        child(NIK=f"{NIK}X"),
        child(NIK=NIK[:-1]),
        child(NIK=NIK, Nama="Satu"),
        child(NIK=NIK, Nama="Dua"),
        child(NIK="", Nama=f"Anak {NIK}", JK="?"),
    )

    shown = repr(result.issues) + repr(result.records) + repr(result)
    assert NIK not in shown
    assert NIK[:-1] not in shown
    assert result.counts.rejected == 4


def test_scenario_two_bad_rows_are_kept_out_and_good_ones_proceed() -> None:
    good = [child(NIK="", Nama=f"Anak {number}", Lintang="", Bujur="") for number in range(238)]
    bad = [
        child(NIK=NIK[:15]),
        child(NIK="") | {"Tgl Lahir": dt.date(2027, 1, 1)},
        child(NIK="", Tinggi=8.2),
        child(NIK="") | {"Desa/Kel": "Entah"},
        child(NIK="", Lintang="-2.1"),
    ] * 2 + [child(NIK="", Nama=""), child(NIK="", JK="")]

    result = read_rows(*good, *bad)

    assert (result.counts.total, result.counts.accepted, result.counts.rejected) == (250, 238, 12)
    assert [row.row for row in result.rejected_rows] == list(range(240, 252))


def test_a_child_of_another_city_is_warned_about() -> None:
    rows = [child(NIK="", Nama=f"Anak {number}") for number in range(3)]
    rows[1]["Kab/Kota"] = "Kota Pangkalpinang"
    rows[2]["Kab/Kota"] = "BANGKA TENGAH"

    result = read_rows(*rows)

    assert [(issue.row, issue.code) for issue in result.issues] == [(4, "city_differs")]
