"""Taking a file back: everything as before, as long as nothing was built on it."""

from datetime import date

import pytest

from api.services.children import edit_household
from api.services.errors import Refused
from data.schema import Child, DuplicatePair, Household, ImportState, Measurement
from tests.intake_desk import Desk, child_row, children_file

pytestmark = pytest.mark.stores("sqlite")
"""Each file is read in a process of its own, which takes its time; journeys run on both stores."""


def test_what_a_later_file_corrected_is_not_taken_back_with_the_first(desk: Desk) -> None:
    first = desk.apply(children_file(child_row(Berat=9.1)))
    desk.apply(children_file(child_row(Berat=9.4)))
    with pytest.raises(Refused, match=r"intake\.built_upon") as refusal:
        desk.undo(first)
    assert refusal.value.code == "intake.built_upon_by_file"


def test_undo_brings_everything_back(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    child = desk.all(Child)[0]
    later = child_row(1, **{"Tanggal Pengukuran": date(2026, 11, 30), "Alamat": "Jl. Pindah"})
    batch = desk.apply(children_file(later, child_row(2)))
    assert len(desk.all(Child)) == 2
    desk.undo(batch)
    assert desk.all(Child) == [child]
    assert desk.all(Household)[0].address == "Jl. Contoh 1"
    assert len(desk.all(Measurement)) == 1
    assert batch.state is ImportState.UNDONE
    with pytest.raises(Refused):
        desk.undo(batch)


def test_undo_takes_back_pairs_that_the_file_brought_about(desk: Desk) -> None:
    """Two known children became alike by a file's words; without them they are two again."""
    first = child_row(1, Nama="Muhammad Rizky Pratama", JK="L", NIK=None)
    second = child_row(2, Nama="Muh. Rizki Pratama", JK="L")
    second |= {"Nama Ortu": "Sumiati Wijaya", "Desa/Kel": "Kacang Pedang"}
    desk.apply(children_file(first, second))
    assert desk.all(DuplicatePair) == []
    known = {child.code: child.state for child in desk.all(Child)}
    alike = second | {"Nama Ortu": "Ibu Contoh 1"}
    batch = desk.apply(children_file(alike, child_row(3)))
    assert len(desk.all(DuplicatePair)) == 1
    desk.undo(batch)
    assert desk.all(DuplicatePair) == []
    assert {child.code: child.state for child in desk.all(Child)} == known


def test_undo_names_the_later_file_that_has_to_go_first(desk: Desk) -> None:
    first = desk.apply(children_file(child_row(1)))
    moved = children_file(child_row(1, Alamat="Jl. Pindah 9"))
    desk.apply(moved, file_name="sesudahnya.xlsx")
    with pytest.raises(Refused) as caught:
        desk.undo(first)
    assert (caught.value.code, caught.value.params["file"]) == (
        "intake.built_upon_by_file",
        "sesudahnya.xlsx",
    )


def test_undo_stops_when_something_was_built_on_it(desk: Desk) -> None:
    batch = desk.apply(children_file(child_row(1)))
    home = desk.all(Household)[0]
    edit_household(
        desk.session,
        household=home,
        base_version=1,
        changes={"phone": "+62811000111"},
        by=desk.by,
        now=desk.now,
    )
    with pytest.raises(Refused) as caught:
        desk.undo(batch)
    assert caught.value.code == "intake.built_upon"
