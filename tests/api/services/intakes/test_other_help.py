"""Lists of other programmes: whom they name, and taking a list back."""

from datetime import date

import pytest
from sqlmodel import col, select

from api.services.children import read_child
from data.schema import Child, HelpProgramme, Household, OtherHelp
from data.sealing import blind_index
from tests.intake_desk import Desk, child_row, children_file, nik_of, numbers, workbook

HEADERS = ("No", "Program", "Bulan", "NIK", "Nama Anak", "Tgl Lahir", "No KK")
BORN_ON = date(2024, 6, 1)
CARD = "1971050101240007"
pytestmark = pytest.mark.stores("sqlite")


@pytest.fixture
def town(desk: Desk) -> Desk:
    desk.apply(children_file(child_row(1), child_row(2), child_row(3)))
    home = desk.session.exec(select(Household).order_by(col(Household.id))).all()[2]
    home.kk_index = blind_index(desk.keys, CARD)
    desk.session.add(home)
    desk.session.flush()
    return desk


def a_list(*rows: dict[str, object]) -> bytes:
    numbered = enumerate(rows, 1)
    return workbook(HEADERS, [{"No": n, "Bulan": "2026-11", **row} for n, row in numbered])


def helped(desk: Desk) -> set[tuple[str, str, str]]:
    rows = desk.session.exec(select(OtherHelp, Child.name).join(Child)).all()
    return {(row.programme.value, row.month, name[:7]) for row, name in rows}


def test_a_child_is_named_by_nik_by_name_and_day_or_by_its_family(town: Desk) -> None:
    batch = town.apply(
        a_list(
            {"Program": "MBG", "NIK": nik_of(1, BORN_ON), "Nama Anak": "tertulis lain"},
            {"Program": "pmt", "Nama Anak": "anak c2 contoh", "Tgl Lahir": BORN_ON},
            {"Program": "Program Keluarga Harapan", "No KK": CARD},
            {"Program": "MBG", "NIK": nik_of(9, BORN_ON), "Nama Anak": "Bukan Anak Sini"},
        ),
        file_name="mbg.xlsx",
    )
    assert batch.kind == "other_help"
    assert helped(town) == {
        ("mbg", "2026-11", "Anak B1"), ("pmt", "2026-11", "Anak C2"), ("pkh", "2026-11", "Anak D3"),
    }  # fmt: skip
    first = town.all(Child)[0]
    sheet = read_child(town.session, code=first.code, by=town.by, now=town.now)
    assert [(row.programme.value, row.source) for row in sheet.other_help] == [("mbg", "mbg.xlsx")]
    assert batch.counts["new"] == 3
    assert batch.counts["unlinked"] == 1


def test_a_child_of_another_nik_is_another_child_though_name_and_day_are_the_same(
    town: Desk,
) -> None:
    own = {"Nama Anak": "anak c2 contoh", "Tgl Lahir": BORN_ON}
    batch = town.apply(a_list({"Program": "MBG", "NIK": nik_of(9, BORN_ON), **own}))
    assert helped(town) == set()
    assert batch.counts["unlinked"] == 1


def test_a_nik_that_our_record_lacks_leaves_the_child_to_its_name_and_day(town: Desk) -> None:
    child = town.all(Child)[1]
    child.nik_index = child.nik_sealed = None
    town.session.add(child)
    town.session.flush()
    own = {"Nama Anak": "anak c2 contoh", "Tgl Lahir": BORN_ON}
    town.apply(a_list({"Program": "MBG", "NIK": nik_of(2, BORN_ON), **own}))
    assert helped(town) == {("mbg", "2026-11", "Anak C2")}


def test_the_same_list_again_changes_nothing_and_undoing_takes_it_back(town: Desk) -> None:
    content = a_list({"Program": "MBG", "NIK": nik_of(1, BORN_ON)})
    batch = town.apply(content)
    assert numbers(town.preview(content))[1:3] == (0, 0)
    town.undo(batch)
    assert helped(town) == set()


def test_undoing_a_list_leaves_what_another_says_too(town: Desk) -> None:
    both: dict[str, object] = {"Program": "MBG", "NIK": nik_of(1, BORN_ON)}
    alone: dict[str, object] = {"Program": "MBG", "NIK": nik_of(2, BORN_ON)}
    earlier = town.apply(a_list(both, alone), file_name="mbg.xlsx")
    later = town.apply(a_list(both, both), file_name="mbg lagi.xlsx")
    assert numbers(later)[1:4] == (0, 0, 2)  # nothing new, twice the same
    first = town.all(Child)[0]
    sheet = read_child(town.session, code=first.code, by=town.by, now=town.now)
    assert [row.source for row in sheet.other_help] == ["mbg.xlsx"]
    town.undo(earlier)
    assert helped(town) == {("mbg", "2026-11", "Anak B1")}
    sheet = read_child(town.session, code=first.code, by=town.by, now=town.now)
    assert [row.source for row in sheet.other_help] == ["mbg lagi.xlsx"]
    town.undo(later)
    assert helped(town) == set()


def test_a_programme_that_nobody_knows_keeps_its_row_out(town: Desk) -> None:
    batch = town.apply(
        a_list(
            {"Program": "BLT", "NIK": nik_of(1, BORN_ON)},
            {"Program": "MBG", "NIK": nik_of(2, BORN_ON)},
            {"Program": "MBG", "Nama Anak": "Anak D3 Contoh"},
        )
    )
    assert batch.counts["rejected"] == 2
    (row,) = town.session.exec(select(OtherHelp)).all()
    assert row.programme is HelpProgramme.MBG
