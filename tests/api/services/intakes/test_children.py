"""Lists of children: whom a row is about, and what it may change."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func
from sqlmodel import select

from api.services.child_states import exit_child
from api.services.children import edit_child, edit_household
from api.services.intake import apply_import
from data.schema import Child, ChildState, DuplicatePair, Household, Measurement
from tests.intake_desk import Desk, child_row, children_file, nik_of, numbers

pytestmark = pytest.mark.stores("sqlite")
"""Each file is read in a process of its own, which takes its time; journeys run on both stores."""


def test_rows_of_one_child_become_a_series(desk: Desk) -> None:
    second = child_row(1, **{"Tanggal Pengukuran": date(2026, 10, 10), "Tinggi": 79.0})
    batch = desk.apply(children_file(child_row(1), second))
    assert numbers(batch) == (2, 1, 0, 0, 1, 0)
    assert len(desk.all(Measurement)) == 2


def test_a_new_measurement_changes_a_known_child(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    later = child_row(1, **{"Tanggal Pengukuran": date(2026, 11, 30), "Tinggi": 80.5})
    batch = desk.apply(children_file(later))
    assert numbers(batch) == (1, 0, 1, 0, 0, 0)
    assert list(desk.rows(batch).changes[0]["fields"]) == ["measured:2026-11-30"]
    assert len(desk.all(Child)) == 1


def test_an_implausible_height_waits_for_review(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, Tinggi=62.0)))
    child = desk.all(Child)[0]
    assert child.state is ChildState.NEEDS_REVIEW
    assert child.review_reasons == ["haz_implausible"]


def test_a_z_score_that_differs_from_ours_is_flagged(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, **{"ZS TB/U": -1.0})))
    assert "haz_differs" in desk.all(Measurement)[0].flags


def test_siblings_share_a_household(desk: Desk) -> None:
    brother = child_row(2, **{"Nama Ortu": "Ibu Contoh 1", "Alamat": "Jl. Contoh 1"})
    desk.apply(children_file(child_row(1), brother))
    assert len(desk.all(Household)) == 1
    assert len(desk.all(Child)) == 2


def test_what_the_field_confirmed_later_stays(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    home = desk.all(Household)[0]
    edit_household(
        desk.session,
        household=home,
        base_version=1,
        changes={"address": "Jl. Baru 9"},
        by=desk.by,
        now=desk.now,
    )
    newer = child_row(1, **{"Tanggal Pengukuran": date(2026, 11, 30)})
    batch = desk.apply(children_file(newer))
    assert home.address == "Jl. Baru 9"
    assert batch.counts["conflicts"] == 1
    assert desk.rows(batch).changes[0]["conflicts"] == [
        {
            "field": "address",
            "kept": "Jl. Baru 9",
            "file": "Jl. Contoh 1",
            "confirmed_on": "2026-12-01",
        }
    ]


def test_a_person_may_take_the_file_for_a_conflict(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    home = desk.all(Household)[0]
    edit_household(
        desk.session,
        household=home,
        base_version=1,
        changes={"address": "Jl. Baru 9"},
        by=desk.by,
        now=desk.now,
    )
    desk.apply(children_file(child_row(1)), options={"take": ["2:address"]})
    assert home.address == "Jl. Contoh 1"


def test_an_older_export_does_not_write_over_a_newer_one(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, Alamat="Jl. Baru")))
    older = child_row(1, **{"Tanggal Pengukuran": date(2026, 9, 1), "Alamat": "Jl. Lama"})
    batch = desk.apply(children_file(older))
    assert desk.all(Household)[0].address == "Jl. Baru"
    assert batch.counts["conflicts"] == 1
    assert len(desk.all(Measurement)) == 2


def test_a_nik_of_another_child_is_rejected(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    other = child_row(2, NIK=nik_of(1, date(2024, 6, 1)), **{"Tgl Lahir": date(2023, 1, 2)})
    batch = desk.preview(children_file(other))
    assert numbers(batch) == (1, 0, 0, 0, 0, 1)
    assert desk.rows(batch).issues[-1]["code"] == "intake.nik_of_another"


def test_a_nik_of_another_familys_child_is_rejected_though_the_day_is_the_same(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, Nama="Satria Alfarizi")))
    values = {"Nama": "Irsyad Anugrah", "Nama Ortu": "Kartini Lubis"}
    batch = desk.preview(children_file(child_row(1, **values)))
    assert numbers(batch) == (1, 0, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("name", "sex", "other", "other_sex"),
    [
        ("Hasan Basri", "L", "Husein Basri", "L"),
        ("Aisyah Putri", "P", "Aisyah Putra", "L"),
        ("By Ny Kartini 1", "L", "By Ny Kartini 2", "L"),
    ],
)
def test_a_twin_with_the_siblings_nik_is_rejected_and_renames_nobody(
    desk: Desk, name: str, sex: str, other: str, other_sex: str
) -> None:
    desk.apply(children_file(child_row(1, Nama=name, JK=sex)))
    batch = desk.apply(children_file(child_row(1, Nama=other, JK=other_sex)))
    assert numbers(batch) == (1, 0, 0, 0, 0, 1)
    assert [child.name for child in desk.all(Child)] == [name]
    together = [child_row(2, Nama=name, JK=sex), child_row(2, Nama=other, JK=other_sex)]
    assert numbers(desk.preview(children_file(*together))) == (2, 1, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("name", "spelt"),
    [("Muhammad Rizky", "M Riski"), ("Bayi Ny Kartini", "Irsyad Anugrah")],
)
def test_another_spelling_or_a_babys_first_name_is_the_same_child(
    desk: Desk, name: str, spelt: str
) -> None:
    desk.apply(children_file(child_row(1, Nama=name)))
    assert numbers(desk.preview(children_file(child_row(1, Nama=spelt)))) == (1, 0, 1, 0, 0, 0)


def test_a_name_that_a_person_gave_may_differ_from_the_files(desk: Desk) -> None:
    desk.apply(children_file(child_row(1, Nama="Satria Alfarizi")))
    [child] = desk.all(Child)
    edit_child(
        desk.session, child=child, base_version=1, changes={"name": "Irsyad Anugrah"}, by=desk.by,
        now=desk.now,
    )  # fmt: skip
    batch = desk.apply(children_file(child_row(1, Nama="Satria Alfarizi")))
    assert batch.counts["conflicts"] == 1
    assert child.name == "Irsyad Anugrah"


def test_siblings_rows_that_differ_about_their_home_change_nothing_twice(desk: Desk) -> None:
    home = {"Nama Ortu": "Ibu Contoh 1", "Alamat": "Jl. Contoh 1"}
    content = children_file(child_row(1), child_row(2, Posyandu="Anggrek", **home))
    desk.apply(content)
    assert numbers(desk.preview(content, file_name="salinan.xlsx")) == (2, 0, 0, 2, 0, 0)


def test_a_new_childs_row_speaks_for_the_home_that_it_joins(desk: Desk) -> None:
    """Also when a brother's later row tells otherwise: the same file again moves nobody back."""
    home = {"Nama Ortu": "Ibu Contoh 1", "Alamat": "Jl. Contoh 1"}
    desk.apply(children_file(child_row(1)))
    content = children_file(child_row(2, **home), child_row(1, Alamat="Jl. Pindah 9"))
    desk.apply(content)
    assert desk.all(Household)[0].address == "Jl. Contoh 1"
    assert numbers(desk.preview(content, file_name="salinan.xlsx")) == (2, 0, 0, 2, 0, 0)


def test_likely_duplicates_wait_for_a_person(desk: Desk) -> None:
    first = child_row(1, Nama="Muhammad Rizky Pratama", JK="L")
    first["NIK"] = None
    second = child_row(2, Nama="Muh. Rizki Pratama", JK="L", NIK=None)
    second |= {"Nama Ortu": "Ibu Contoh 1", "Desa/Kel": "Kacang Pedang"}
    batch = desk.apply(children_file(first, second))
    assert batch.counts["duplicates"] == 1
    assert {child.state for child in desk.all(Child)} == {ChildState.NEEDS_REVIEW}
    assert len(desk.all(DuplicatePair)) == 1
    desk.undo(batch)
    assert desk.all(DuplicatePair) == desk.all(Child) == []


@pytest.mark.slow
@pytest.mark.stores("sqlite")
def test_a_thousand_children_with_three_measurements_each_go_in(desk: Desk) -> None:
    rows = [
        child_row(
            number % 9999,
            born_on=date(2022, 6, 1) + timedelta(days=number % 1200),
            **{"Tanggal Pengukuran": date(2026, month, 10)},
        )
        for number in range(1, 1001)
        for month in (9, 10, 11)
    ]
    content = children_file(*rows)
    batch = desk.preview(content)
    apply_import(desk.session, batch=batch, by=desk.by, now=desk.now, keys=desk.keys)
    assert desk.session.exec(select(func.count()).select_from(Child)).one() == 1000
    assert desk.session.exec(select(func.count()).select_from(Measurement)).one() == 3000


def test_a_child_who_left_and_is_measured_again_is_told_and_stays_out(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    [child] = desk.all(Child)
    exit_child(
        desk.session,
        child=child,
        by=desk.by,
        now=desk.now,
        effective_on=date(2026, 11, 20),
        reason="lost",
    )
    desk.session.commit()

    def notes(measured_on: date) -> list[str]:
        batch = desk.preview(children_file(child_row(1, **{"Tanggal Pengukuran": measured_on})))
        return [note for row in desk.rows(batch).changes for note in row["notes"]]

    assert "child_came_back" in notes(date(2026, 11, 25))
    assert "child_came_back" not in notes(date(2026, 11, 18))
    desk.apply(children_file(child_row(1, **{"Tanggal Pengukuran": date(2026, 11, 25)})))
    assert desk.session.get_one(Child, child.id).state is ChildState.EXITED
