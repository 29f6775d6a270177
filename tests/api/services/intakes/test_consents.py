"""Consents from a file: whose they are, per purpose, the later answer counting."""

from datetime import date
from typing import Any

import pytest

from api.services.consents import why_no_consent
from data.readers.table import read_workbook
from data.schema import Consent, ConsentPurpose
from tests.factories import make_child
from tests.intake_desk import Desk, child_row, children_file, numbers, workbook

pytestmark = pytest.mark.stores("sqlite")
"""Each file is read in a process of its own, which takes its time; journeys run on both stores."""


def test_consents_are_kept_per_purpose(desk: Desk) -> None:
    child = make_child(desk.session, consented=False)
    headers = (
        "Nama Anak",
        "Tgl Lahir",
        "Nama Wali",
        "Setuju Program",
        "Setuju Tampil",
        "Setuju Foto",
        "Tanggal",
        "Alergi",
    )
    row = {
        "Nama Anak": child.name,
        "Tgl Lahir": child.born_on,
        "Nama Wali": "Ibu",
        "Setuju Program": "ya",
        "Setuju Tampil": "ya",
        "Setuju Foto": "tidak",
        "Alergi": "telur",
        "Tanggal": date(2026, 11, 1),
    }
    content = workbook(headers, [row])
    desk.apply(content, kind="consents")
    assert {one.purpose: one.is_refusal for one in desk.all(Consent)} == {
        ConsentPurpose.PROGRAMME: False,
        ConsentPurpose.DISPLAY: False,
        ConsentPurpose.PHOTO: True,
    }
    assert child.allergies == ["egg"]
    assert numbers(desk.preview(content, kind="consents"))[3] == 1
    silent = row | {"Setuju Tampil": None, "Setuju Foto": None, "Tanggal": date(2026, 11, 10)}
    desk.apply(workbook(headers, [silent]), kind="consents")
    (shown,) = [one for one in desk.all(Consent) if one.purpose is ConsentPurpose.DISPLAY]
    assert (shown.is_refusal, shown.withdrawn_at is not None) == (False, True)


@pytest.mark.parametrize(
    ("papers", "why"),
    [
        ([("tidak", 1)], "consent_refused"),
        ([("ya", 1), ("tidak", 2)], "consent_withdrawn"),
        ([("tidak", 2), ("ya", 1)], "consent_refused"),
        ([("tidak", 1), ("ya", 2)], None),
        ([("ya", 1), ("tidak", 1)], "consent_contradictory"),
        ([("tidak", 1), ("ya", 1)], "consent_contradictory"),
        ([("ya", 1), ("tidak", 1), ("ya", 2)], None),
    ],
)
@pytest.mark.parametrize("is_one_file", [True, False])
def test_the_later_answer_counts_and_two_of_one_day_hold_back(
    desk: Desk, papers: list[tuple[str, int]], why: str | None, is_one_file: bool
) -> None:
    child = make_child(desk.session, consented=False)
    rows = [
        {
            "Nama Anak": child.name,
            "Tgl Lahir": child.born_on,
            "Nama Wali": "Ibu",
            "Setuju Program": said,
            "Setuju Tampil": "ya",
            "Setuju Foto": "ya",
            "Tanggal": date(2026, 11, day),
        }
        for said, day in papers
    ]
    headers = tuple(rows[0])
    files = [workbook(headers, rows)] if is_one_file else [workbook(headers, [r]) for r in rows]
    for content in files:
        desk.apply(content, kind="consents")
    given = [one for one in desk.all(Consent) if one.purpose is ConsentPurpose.PROGRAMME]
    assert why_no_consent(given, date(2026, 12, 1)) == why
    for content in files:
        assert numbers(desk.preview(content, kind="consents"))[3] == len(rows) // len(files)
    assert all(one.granted_on.month == 11 for one in given)


def test_a_consent_of_nobody_on_record_says_what_is_missing(desk: Desk) -> None:
    headers = ("Nama Anak", "Tgl Lahir", "NIK", "Nama Wali", "Setuju Program", "Tanggal")
    row = {"Nama Anak": "Anak Lain", "Tgl Lahir": date(2024, 6, 1), "Nama Wali": "Ibu",
           "Setuju Program": "ya", "Tanggal": date(2026, 11, 1)}  # fmt: skip
    content = workbook(headers, [row, row | {"NIK": "1971" + "01" + "410624" + "0012"}])
    batch = desk.preview(content, kind="consents")
    first, second = (each["text"]["id"] for each in desk.rows(batch).issues)
    assert 'Tidak ada anak terdaftar yang cocok dengan "Anak Lain"' in first
    assert "Tidak ada anak terdaftar dengan NIK 1971••••••••0012" in second


CONSENT_HEADERS = ("NIK", "Nama Anak", "Tgl Lahir", "Nama Wali", "Setuju Program",
                   "Setuju Tampil", "Setuju Foto", "Tanggal")  # fmt: skip


def consent_of(row: dict[str, Any], **values: Any) -> bytes:
    consent = {
        "NIK": row["NIK"],
        "Nama Anak": row["Nama"],
        "Tgl Lahir": row["Tgl Lahir"],
        "Nama Wali": "Ibu",
        "Setuju Program": "ya",
        "Setuju Tampil": "ya",
        "Setuju Foto": "tidak",
        "Tanggal": date(2026, 11, 1),
    }
    return workbook(CONSENT_HEADERS, [consent | values])


def test_a_consent_of_nobody_names_the_number_and_who_is_alike(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, Nama="Putri Ayu Lestari"), child_row(2)))
    content = consent_of(child_row(9, Nama="Putri Ayu Lestary"))
    (issue,) = desk.rows(batch := desk.preview(content, kind="consents")).issues
    assert (issue["code"], issue["column"]) == ("intake.child_nik_unknown", "NIK")
    assert issue["value"] == "1971••••••••0009"
    assert "1971••••••••0009" in issue["text"]["id"]
    assert issue["suggestion"] == "E-001 Putri Ayu Lestari, 01/06/2024?"
    _, file = desk.rejected(batch) or ("", b"")
    _, told = read_workbook(file, "x.xlsx").sheets[0].rows[:2]
    assert told[1][1:3] == ("NIK", "1971••••••••0009")
    assert told[1][4] == issue["suggestion"]


@pytest.mark.parametrize(
    ("known", "asked", "code", "shown"),
    [
        ({"NIK": None}, {}, "consent_nik_unknown", ("NIK", "1971••••••••0001")),
        ({}, {"NIK": child_row(9)["NIK"]}, "consent_other_nik", ("NIK", "1971••••••••0009")),
        ({}, {"Nama Anak": "Budi"}, "consent_other_name", ("Nama Anak", "Budi")),
        ({}, {}, None, None),
        ({"NIK": None}, {"NIK": None}, None, None),
    ],
)
def test_a_consent_whose_number_and_name_disagree_is_shown_to_staff(
    desk: Desk,
    known: dict[str, Any],
    asked: dict[str, Any],
    code: str | None,
    shown: tuple[str, str] | None,
) -> None:
    row = child_row(1, Nama="Putri Ayu Lestari")
    desk.apply(children_file(row | known))
    batch = desk.preview(consent_of(row, **asked), kind="consents")
    issues = desk.rows(batch).issues
    assert [each["code"] for each in issues] == ([f"intake.{code}"] if code else [])
    assert batch.counts["warnings"] == len(issues)
    [change] = desk.rows(batch).changes
    assert [each["code"] for each in change["warnings"]] == [each["code"] for each in issues]
    for issue in issues:
        assert issue["severity"] == "warning"
        assert (issue["column"], issue["value"]) == shown
        assert "E-001" in issue["text"]["id"]
        assert "Matched by" in issue["text"]["en"]


def test_no_child_is_suggested_when_two_are_alike(desk: Desk) -> None:
    rows = [child_row(number, Nama="Putri Ayu Lestari") for number in (1, 2)]
    desk.apply(children_file(*rows))
    content = consent_of(child_row(9, Nama="Putri Ayu Lestary"))
    (issue,) = desk.rows(desk.preview(content, kind="consents")).issues
    assert issue["suggestion"] is None


def test_a_consent_that_fits_several_children_names_them(desk: Desk) -> None:
    rows = [child_row(number, Nama="Putri Ayu Lestari") for number in (1, 2)]
    desk.apply(children_file(*rows))
    (issue,) = desk.rows(desk.preview(consent_of(rows[0], NIK=None), kind="consents")).issues
    assert (issue["code"], issue["column"]) == ("intake.child_ambiguous", "Nama Anak")
    assert "E-001, E-002" in issue["text"]["id"]


@pytest.mark.parametrize("nik", ["197105", None])
def test_a_consent_of_a_refused_child_names_the_refused_row(desk: Desk, nik: str | None) -> None:
    whole = child_row(2, Nama="Putri Ayu Lestari")
    refused = whole | ({"NIK": nik} if nik else {"JK": "?"})
    assert numbers(desk.apply(children_file(child_row(1), refused)))[5] == 1
    (issue,) = desk.rows(desk.preview(consent_of(whole), kind="consents")).issues
    assert issue["code"] == "intake.child_row_rejected"
    assert "eppgbm.xlsx (baris 3)" in issue["text"]["id"]
