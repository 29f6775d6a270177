from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.documents.csv_files import (
    STOP_COLUMNS,
    STOP_HEADINGS,
    csv_bytes,
    escaped,
    planner_csv,
    stops_csv,
    stops_table_csv,
    table_csv,
)
from tests.api.documents.sample_books import book, route
from tests.api.documents.sample_reports import delivery_table


def rows_of(content: bytes, delimiter: str) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_numbers_are_plain_and_empty_stays_empty() -> None:
    content = csv_bytes(
        ["a", "b", "c", "d", "e"], [(1234567, Decimal("1E+3"), -0.5, None, date(2026, 12, 3))]
    )
    assert rows_of(content, ";")[1] == ["1234567", "1000", "-0,5", "", "2026-12-03"]


def test_decimals_are_those_of_who_opens_the_file() -> None:
    row = (7.32, Decimal("8.170"), -2.129)
    assert rows_of(csv_bytes(["a", "b", "c"], [row]), ";")[1] == ["7,32", "8,170", "-2,129"]
    other = csv_bytes(["a", "b", "c"], [row], delimiter=",")
    assert rows_of(other, ",")[1] == ["7.32", "8.170", "-2.129"]


@pytest.mark.parametrize("text", ["=1+1", "+62812", "-x", "@SUM(A1)", "\t=1", " =1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_escaped(text: str) -> None:
    assert escaped(text).startswith("'")


def test_harmless_text_is_left_alone() -> None:
    assert escaped("Jl. Merdeka 1-2 = satu") == "Jl. Merdeka 1-2 = satu"


def test_identity_number_is_masked() -> None:
    assert b"1971014102990012" not in csv_bytes(["x"], [("NIK 1971014102990012",)])


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5), st.sampled_from([";", ","]))
def test_any_text_reads_back_as_one_cell_that_no_spreadsheet_runs(
    rows: list[tuple[str, str]], delimiter: str
) -> None:
    kept = [
        tuple(cell.replace("\0", "").encode(errors="ignore").decode() for cell in row)
        for row in rows
    ]
    content = csv_bytes(["a", "b"], kept, delimiter=";" if delimiter == ";" else ",")
    read = rows_of(content, delimiter)[1:]
    assert len(read) == len(rows)
    for row in read:
        assert len(row) == 2
        assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@")) for cell in row)


def test_truth_value_is_written_as_a_number() -> None:
    assert rows_of(csv_bytes(["x"], [(True,), (False,)]), ";")[1:] == [["1"], ["0"]]


def test_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="Row 1 has 1 cells, not 2"):
        csv_bytes(["a", "b"], [("x",)])


def test_stops_carry_what_other_planners_read_and_no_names() -> None:
    content = stops_csv(book())
    head, first, *rest = rows_of(content, ",")
    stop = dict(zip(head, first, strict=True))
    assert head == list(STOP_COLUMNS)
    assert stop["code"] == stop["name"] == "RT-0060"
    assert stop["earliest"] == "08:00"
    assert stop["latest"] == "11:00"
    assert stop["service_minutes"] == "5.0"
    assert stop["weight_kg"] == "4.3"
    assert stop["packages"] == "1"
    assert stop["route"] == "LR-2026-12-001"
    assert float(stop["lat"]) == pytest.approx(-2.129 + 60 % 13 * 0.0041)
    assert len(rest) == 12
    assert "Ibu Sari" not in content.decode()
    assert rest[-1][0] == "RT-0901"


def test_an_excel_in_indonesian_gets_its_own_separators_and_planners_theirs() -> None:
    """Excel reads a decimal comma as a number there; Circuit and My Maps want a point."""
    excel = rows_of(stops_table_csv(book()), ";")
    others = rows_of(stops_csv(book()), ",")
    planner = rows_of(planner_csv(book()), ",")
    assert [len(row) for row in excel] == [len(STOP_COLUMNS) - 2] * len(others)
    for name, heading in (
        ("lat", "Lintang"),
        ("lon", "Bujur"),
        ("weight_kg", "Berat (kg)"),
        ("volume_l", "Isi (liter)"),
        ("service_minutes", "Lama Berhenti (menit)"),
    ):
        at, shown = STOP_COLUMNS.index(name), excel[0].index(heading)
        for here, there in zip(excel[1:], others[1:], strict=True):
            assert here[shown] == there[at].replace(".", ",")
            assert re.fullmatch(r"(-?\d+(\.\d+)?)?", there[at])
            assert not here[shown].startswith("'"), "a number below nought is no formula"
    latitude = planner[0].index("Latitude")
    assert [row[latitude] for row in planner[1:]] == [
        row[STOP_COLUMNS.index("lat")] for row in others[1 : len(planner)]
    ]
    assert "," not in planner[1][latitude]


def test_a_person_reads_headings_in_words_and_no_empty_columns_of_people() -> None:
    head, first, *_ = rows_of(stops_table_csv(book(), language="en"), ";")
    assert head[:3] == ["Code", "Address", "Kelurahan"]
    assert first[head.index("Route")] == "LR-2026-12-001"
    assert not {"Name", "Phone"} & set(head)
    assert [len(names) for names in STOP_HEADINGS.values()] == [len(STOP_COLUMNS)] * 2


def test_names_go_along_when_asked() -> None:
    text = stops_csv(book(), has_people=True).decode()
    assert "Ibu Sari" in text
    assert "0812-5560-0060" in text


def test_stop_without_coordinates_is_still_listed() -> None:
    stop = replace(route().trips[0].stops[0], latitude=None, longitude=None)
    trip = replace(route().trips[0], stops=(stop,))
    head, row, *_ = rows_of(stops_csv(book(replace(route(), trips=(trip,)))), ",")
    assert row[head.index("lat")] == ""


def test_table_ends_with_its_source() -> None:
    rows = rows_of(table_csv(delivery_table()), ";")
    assert rows[3][0] == "'=HYPERLINK(1)"
    assert rows[4][:2] == ["Jumlah", "1275"]
    assert rows[6][0].startswith("Sumber: ")
    in_english = rows_of(table_csv(delivery_table(), language="en"), ";")
    assert in_english[6][0] == rows[6][0].replace("Sumber: ", "Source: ")


def test_planner_csv_has_the_headings_that_circuit_and_my_maps_take() -> None:
    head, first, *rest = rows_of(planner_csv(book()), ",")
    assert {"Latitude", "Longitude", "Name", "Address Line 1", "Time at Stop"} <= set(head)
    row = dict(zip(head, first, strict=True))
    assert (row["Name"], row["Recipient Name"], row["Phone"]) == ("1. RT-0060", "RT-0060", "")
    assert float(row["Latitude"]) < 0 < float(row["Longitude"])
    assert row["Package Count"] == "1"
    assert len(rest) == 11
    assert "Ibu Sari" in planner_csv(book(), has_people=True).decode()
