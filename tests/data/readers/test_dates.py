import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.dates import as_date, as_month, both_readings, profile
from data.readers.records import DateOrder
from tests.data.readers.files import child, codes, read, read_rows, table, to_csv

DAY = dt.date(2024, 5, 17)


@pytest.mark.parametrize(
    "written",
    [
        DAY,
        dt.datetime(2024, 5, 17, 8, 30),  # noqa: DTZ001 - spreadsheets know no zones
        45429,
        45429.0,
        "45429",
        "2024-05-17",
        "2024/05/17",
        "2024-05-17 00:00:00",
        "2024-05-17T08:30:00",
        "20240517",
        20240517,
        "17 Mei 2024",
        "17-Mei-2024",
        "17-May-24",
        "Jumat, 17 Mei 2024",
        "May 17, 2024",
        "17/05/2024",
        "17-05-2024",
        "17.5.24",
        "17 / 05 / 2024",
    ],
    ids=repr,
)
def test_a_date_is_read_in_every_form(written: object) -> None:
    assert as_date(written, None).value == DAY  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["05/17/2024", "5-17-2024"])
def test_month_first_dates_are_read(written: str) -> None:
    assert as_date(written, None).value == DAY
    assert as_date(written, "mdy").value == DAY


@pytest.mark.parametrize(
    "written", ["31/02/2024", "17/05", "besok", "2024", "17 Foo 2024", True, 12.5, "1/2/3/4", "0"]
)
def test_what_is_no_date_is_refused(written: object) -> None:
    assert as_date(written, None).code == "date_unreadable"  # type: ignore[arg-type]


def test_a_cell_against_the_order_of_its_column_is_refused_with_its_other_reading() -> None:
    reading = as_date("05/17/2024", "dmy")

    assert (reading.code, reading.suggestion) == ("date_other_order", "17/05/2024")


@pytest.mark.parametrize(
    ("cells", "order", "is_open"),
    [
        (["01/02/2024", "25/02/2024"], "dmy", False),
        (["01/02/2024", "02/25/2024"], "mdy", False),
        (["01/02/2024", "03/04/2024"], None, True),
        (["01/02/2024", "25/02/2024", "02/25/2024"], None, True),
        (["25/02/2024", "02/25/2024"], None, False),
        (["11/11/2024", "2024-01-02", DAY, None], None, False),
        (["1/2/2024"] + ["25/02/2024"] * 50 + ["02/25/2024"], "dmy", False),
    ],
)
def test_all_cells_of_a_column_decide_the_order(
    cells: list[str], order: DateOrder | None, is_open: bool
) -> None:
    found = profile(cells)

    assert (found.order, found.is_open) == (order, is_open)


def test_date_cells_up_to_day_twelve_beside_text_beyond_are_suspected_as_swapped() -> None:
    typed = [dt.date(2024, month, day) for month in (1, 2) for day in (1, 5, 9, 12)]

    assert profile([*typed, "25/02/2024"]).maybe_swapped
    assert not profile([*typed[1:], "25/02/2024"]).maybe_swapped
    assert not profile([*typed, dt.date(2024, 1, 13), "25/02/2024"]).maybe_swapped
    assert not profile(typed).maybe_swapped


@given(st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)))
def test_writing_a_date_and_reading_it_gives_it_back(day: dt.date) -> None:
    assert as_date(f"{day:%d/%m/%Y}", "dmy").value == day
    assert as_date(f"{day:%m/%d/%Y}", "mdy").value == day
    assert as_date(day.isoformat(), "mdy").value == day
    assert as_date((day - dt.date(1899, 12, 30)).days, None).value == day


@given(st.text(max_size=30) | st.floats() | st.integers())
def test_no_cell_makes_the_reader_of_dates_fail(cell: str | float) -> None:
    both_readings(cell)


@pytest.mark.parametrize(
    "written", ["Desember 2026", "des-26", "2026-12", "12/2026", dt.date(2026, 12, 9), "Dec 2026"]
)
def test_a_month_is_read_as_its_first_day(written: str | dt.date) -> None:
    assert as_month(written, None).value == dt.date(2026, 12, 1)


def test_a_month_that_is_none_is_refused() -> None:
    assert as_month("13/2026", None).code == "month_unreadable"
    assert as_month("segera", None).code == "month_unreadable"


def born(*written: str) -> list[dict[str, object]]:
    return [
        child(NIK="", Nama=f"Anak {number}") | {"Tgl Lahir": text}
        for number, text in enumerate(written)
    ]


def test_a_column_saved_month_first_is_read_month_first() -> None:
    result = read_rows(*born("5/6/2024", "5/25/2024"))

    assert [record.born_on for record in result.records] == [  # type: ignore[union-attr]
        dt.date(2024, 5, 6),
        dt.date(2024, 5, 25),
    ]


def test_a_column_that_fits_both_orders_is_asked_about_and_nothing_is_read() -> None:
    content = to_csv(table(born("5/6/2024", "7/8/2024")))

    result = read(content)

    assert result.records == ()
    assert (result.counts.total, result.counts.waiting) == (2, 2)
    assert result.question is not None
    assert result.question.columns[0] == "Tgl Lahir"
    assert result.question.examples[0] == (
        "5/6/2024",
        dt.date(2024, 6, 5),
        dt.date(2024, 5, 6),
    )


@pytest.mark.parametrize(("answer", "day"), [("dmy", (6, 5)), ("mdy", (5, 6))])
def test_the_answer_decides(answer: DateOrder, day: tuple[int, int]) -> None:
    result = read(to_csv(table(born("5/6/2024", "7/8/2024"))), date_order=answer)

    assert result.question is None
    assert result.records[0].born_on == dt.date(2024, *day)  # type: ignore[union-attr]


def test_an_answer_does_not_overrule_a_column_that_decides_itself() -> None:
    result = read_rows(*born("5/6/2024", "5/25/2024"), date_order="dmy")

    assert result.records[0].born_on == dt.date(2024, 5, 6)  # type: ignore[union-attr]


def test_niks_suggest_the_answer() -> None:
    row = child(NIK="1971014605240012") | {"Tgl Lahir": "5/6/2024"}  # a girl of 6 May

    question = read_rows(row).question

    assert question is not None
    assert question.suggested == "mdy"


def test_other_columns_suggest_the_answer() -> None:
    row = child(NIK="") | {"Tgl Lahir": "5/6/2024", "Tanggal Pengukuran": "25/10/2026"}

    question = read_rows(row).question

    assert question is not None
    assert (question.columns, question.suggested) == (("Tgl Lahir",), "dmy")


def test_swapped_columns_are_warned_about_once() -> None:
    rows = born(*["x"] * 9)
    for number, row in enumerate(rows[:8]):
        row["Tgl Lahir"] = dt.date(2024, 3, number + 1)
    rows[8]["Tgl Lahir"] = "25/03/2024"

    result = read_rows(*rows)

    assert codes(result).count("dates_maybe_swapped") == 1
    assert result.counts.accepted == 9
