import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers import words
from data.readers.records import (
    AidForm,
    PlaceKind,
    Position,
    Severity,
    Sex,
    SponsorKind,
    VehicleKind,
)
from data.readers.words import (
    as_aid_form,
    as_flag,
    as_neighbourhood,
    as_phone,
    as_place_kind,
    as_position,
    as_sex,
    as_sponsor_kind,
    as_text,
    as_time,
    as_vehicle_kind,
    as_weekdays,
    cleaned,
)


@pytest.mark.parametrize(
    "written", ["", "-", " – ", "N/A", "null", "Outlier", "#REF!", "\u00a0", "\u200b", "NaN"]
)
def test_words_for_nothing_are_nothing(written: str) -> None:
    assert cleaned(written) is None


def test_invisible_signs_and_doubled_spaces_are_taken_out() -> None:
    assert cleaned("  Siti\u00a0\u200b  Contoh\t") == "Siti Contoh"
    assert cleaned("'=1+1") == "=1+1"
    assert cleaned(0) == 0
    assert as_text("Jose\u0301").value == "José"


@pytest.mark.parametrize(
    "written", ["L", "l", "Laki-laki", "LAKI LAKI", "1", 1, "Pria", "M"], ids=repr
)
def test_boys_are_read(written: str | int) -> None:
    assert as_sex(written).value is Sex.MALE


@pytest.mark.parametrize("written", ["P", "Perempuan", "2", 2, "Pr.", "wanita", "F"], ids=repr)
def test_girls_are_read(written: str | int) -> None:
    assert as_sex(written).value is Sex.FEMALE


def test_an_unknown_sex_is_refused() -> None:
    assert as_sex("X").code == "sex_unreadable"


@pytest.mark.parametrize(
    ("written", "position"),
    [
        ("Berdiri", Position.STANDING),
        ("Terlentang", Position.LYING),
        ("telentang", Position.LYING),
        ("H", Position.STANDING),
        ("L", Position.LYING),
    ],
)
def test_the_way_of_measuring_is_read(written: str, position: Position) -> None:
    assert as_position(written).value is position


def test_an_unknown_way_of_measuring_is_only_warned_about() -> None:
    assert as_position("B").severity is Severity.WARNING
    assert as_position("B").code == "position_unreadable"


@pytest.mark.parametrize(
    ("written", "flag"),
    [
        ("ya", True),
        ("YA", True),
        ("1", True),
        (1, True),
        (True, True),
        ("Bersedia", True),
        ("v", True),
        ("✓", True),
        ("tidak", False),
        ("Tdk", False),
        (0, False),
        (0.0, False),
        ("tidak bersedia", False),
        ("belum", False),
        (False, False),
    ],
    ids=repr,
)
def test_yes_and_no_are_read(written: str | float, flag: bool) -> None:
    assert as_flag(written).value is flag


@pytest.mark.parametrize("written", ["x", "mungkin", 2, "ya/tidak"], ids=repr)
def test_what_is_neither_yes_nor_no_is_refused(written: str | int) -> None:
    assert as_flag(written).code == "flag_unreadable"


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        (81234567890, "+6281234567890"),
        (81234567890.0, "+6281234567890"),
        ("(0717) 421234", "+62717421234"),
        ("62 0812 3456 7890", "+6281234567890"),
        ("+62 812-3456-7890", "+6281234567890"),
        ("+60 12-345 6789", "+60123456789"),
    ],
    ids=repr,
)
def test_phones_are_brought_to_one_form(written: str | float, phone: str) -> None:
    assert (as_phone(written).value, as_phone(written).code) == (phone, None)


def test_of_several_phones_the_first_is_taken_with_a_warning() -> None:
    reading = as_phone("081234567890 / 081398765432")

    assert (reading.value, reading.code) == ("+6281234567890", "phone_several")


@pytest.mark.parametrize("written", ["tidak ada nomor", "12345", "0812345678901234"])
def test_a_phone_that_is_none_is_left_empty_with_a_warning(written: str) -> None:
    reading = as_phone(written)

    assert (reading.value, reading.code) == (None, "phone_unreadable")
    assert reading.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (3, "003"),
        ("03", "003"),
        ("RT 03", "003"),
        ("RW.2", "002"),
        (0, None),
        ("000", None),
        ("Dusun Air", "Dusun Air"),
    ],
    ids=repr,
)
def test_rt_and_rw_are_three_digits_or_words(written: str | int, number: str | None) -> None:
    assert as_neighbourhood(written).value == number


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("08:00", dt.time(8)),
        ("8.30", dt.time(8, 30)),
        ("08.00 WIB", dt.time(8)),
        ("pukul 9", dt.time(9)),
        (8, dt.time(8)),
        (dt.time(8, 30), dt.time(8, 30)),
        (0.5, dt.time(12)),
        ("24.00", dt.time(23, 59)),
        ("08:00:00", dt.time(8)),
    ],
    ids=repr,
)
def test_times_of_day_are_read(written: object, moment: dt.time) -> None:
    assert as_time(written).value == moment  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["pagi", "25:00", "08:60", "8-11"])
def test_a_time_that_is_none_is_refused(written: str) -> None:
    assert as_time(written).code == "time_unreadable"


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("Senin-Jumat", (0, 1, 2, 3, 4)),
        ("Senin s/d Sabtu", (0, 1, 2, 3, 4, 5)),
        ("Senin, Rabu, Jum'at", (0, 2, 4)),
        ("Sabtu - Senin", (0, 5, 6)),
        ("selasa dan kamis", (1, 3)),
        ("Setiap Hari", (0, 1, 2, 3, 4, 5, 6)),
        ("Minggu", (6,)),
    ],
)
def test_days_of_the_week_are_read(written: str, days: tuple[int, ...]) -> None:
    assert as_weekdays(written).value == days


@pytest.mark.parametrize("written", ["Senen", "Senin-Rabu-Jumat", "1,2,3"])
def test_days_that_are_none_are_refused(written: str) -> None:
    assert as_weekdays(written).code == "weekdays_unreadable"


def test_kinds_are_read_through_their_synonyms() -> None:
    assert as_sponsor_kind("ASN").value is SponsorKind.CIVIL_SERVANT
    assert as_sponsor_kind("Perorangan").value is SponsorKind.PERSON
    assert as_sponsor_kind("BUMN").value is SponsorKind.COMPANY
    assert as_sponsor_kind("Lembaga").value is SponsorKind.INSTITUTION
    assert as_aid_form("Uang & Barang").value is AidForm.BOTH
    assert as_aid_form("keduanya").value is AidForm.BOTH
    assert as_place_kind("Kantor Kelurahan").value is PlaceKind.KELURAHAN_OFFICE
    assert as_vehicle_kind("Pick-Up").value is VehicleKind.PICKUP


def test_an_unknown_kind_is_refused_with_the_choices() -> None:
    reading = as_vehicle_kind("becak")

    assert (reading.code, reading.params) == (
        "choice_unknown",
        {"allowed": "motor, pikap, mobil, perahu"},
    )


READERS = [getattr(words, name) for name in words.__all__ if name != "cleaned"]


@given(st.text(max_size=30) | st.floats() | st.integers() | st.booleans() | st.times())
def test_no_cell_makes_a_reader_of_words_fail(cell: str | float | dt.time) -> None:
    for reader in READERS:
        reader(cell)
    cleaned(cell)
