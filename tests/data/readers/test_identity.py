import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.identity import as_nik, as_nip, masked, nik_birth, nik_sex
from data.readers.records import Severity, Sex

TODAY = dt.date(2026, 11, 24)
NIK = "1971014505240012"


@pytest.mark.parametrize(
    "written",
    [
        NIK,
        f"{NIK}\u00a0",
        f"'{NIK}",
        "1971.0145.0524.0012",
        "1971 0145 0524 0012",
        f"\ufeff{NIK}\u200b",
        int(NIK),
        float(NIK),
        f"{NIK},",
    ],
    ids=repr,
)
def test_a_nik_is_read_through_its_dirt(written: str | float) -> None:
    reading = as_nik(written)

    assert (reading.value, reading.code) == (NIK, None)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("197101450524001", "nik_length"),
        ("19710145052400123", "nik_length"),
        ("3.2E+15", "nik_scientific"),
        ("3,20101E+15", "nik_scientific"),
        ("197101450524001X", "nik_not_digits"),
        ("belum ada", "nik_not_digits"),
        (1971014505240010, "nik_last_digit_lost"),
        (1.97101450524001e15, "nik_last_digit_lost"),
    ],
)
def test_a_broken_nik_keeps_its_row_out(written: str | float, code: str) -> None:
    reading = as_nik(written)

    assert (reading.value, reading.code, reading.severity) == (None, code, Severity.REJECTED)


def test_number_cells_are_taken_whole_where_the_column_keeps_last_digits() -> None:
    assert as_nik(1971014505240010, numbers_are_exact=True).value == "1971014505240010"


def test_zeros_mean_no_nik_and_a_zero_serial_is_doubted() -> None:
    assert (as_nik("0").value, as_nik("0").code) == (None, None)
    assert as_nik("1971014505240000").code == "nik_serial_zero"
    assert as_nik("1971014505240000").value == "1971014505240000"


def test_a_nip_of_eighteen_digits_is_read_and_others_are_only_warned_about() -> None:
    assert as_nip("19800101 200501 1 001").value == "198001012005011001"
    assert as_nip("12345").code == "nip_length"
    assert as_nip("12345").severity is Severity.WARNING


@pytest.mark.parametrize(
    ("nik", "born_on", "sex"),
    [
        ("1971014505240012", dt.date(2024, 5, 5), Sex.FEMALE),
        ("1971010505240012", dt.date(2024, 5, 5), Sex.MALE),
        ("1971017112990001", dt.date(1999, 12, 31), Sex.FEMALE),
        ("1971013002240001", None, Sex.MALE),
        ("1971010513240001", None, Sex.MALE),
    ],
)
def test_a_nik_tells_birth_date_and_sex(nik: str, born_on: dt.date | None, sex: Sex) -> None:
    assert (nik_birth(nik, TODAY), nik_sex(nik)) == (born_on, sex)


def test_masking_shows_the_region_and_the_serial_only() -> None:
    assert masked(NIK) == "1971••••••••0012"
    assert masked(f"KK {NIK[:4]}.{NIK[4:8]}.{NIK[8:12]}.{NIK[12:]} x") == "KK 1971••••••••0012 x"


def test_masking_leaves_phones_and_money_readable() -> None:
    assert masked("081234567890 Rp 450.000") == "081234567890 Rp 450.000"


def test_in_identity_columns_shorter_numbers_are_hidden_too() -> None:
    assert masked("1971014505", is_identity=True) == "1971••••••"
    assert masked("197101450524001", is_identity=True) == "1971•••••••4001"
    assert masked("3.2E+15", is_identity=True) == "3.2E+15"


@given(st.text(alphabet="0123456789", min_size=16, max_size=18), st.text(max_size=10))
def test_no_masked_text_holds_a_whole_number(digits: str, around: str) -> None:
    shown = masked(f"{around} {digits} {around}")

    assert digits not in shown


@given(st.text(max_size=40) | st.floats(allow_nan=True) | st.integers())
def test_no_cell_makes_the_reader_of_niks_fail(cell: str | float) -> None:
    value = as_nik(cell).value

    assert value is None or (len(value) == 16 and value.isdigit())
