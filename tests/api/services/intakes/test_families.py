"""Family lists: what they tell of known homes."""

import pytest

from data.schema import Accompaniment, Household
from tests.intake_desk import Desk, child_row, children_file, numbers, workbook

pytestmark = pytest.mark.stores("sqlite")
"""Each file is read in a process of its own, which takes its time; journeys run on both stores."""


def test_a_family_list_tells_poverty_of_known_homes(desk: Desk) -> None:
    desk.apply(children_file(child_row(1)))
    headers = ("No Kartu Keluarga", "Nama Kepala Keluarga", "Nama Istri", "Kecamatan", "Desa",
               "Alamat", "Desil", "Keluarga Tidak Mempunyai Jamban yang Layak")  # fmt: skip
    rows = [
        {"Nama Kepala Keluarga": "Pak X", "Nama Istri": "Ibu Contoh 1", "Kecamatan": "Gerunggang",
         "Desa": "Bukit Sari", "Alamat": "Jl. Contoh 1", "Desil": 1,
         "Keluarga Tidak Mempunyai Jamban yang Layak": 1},
        {"Nama Kepala Keluarga": "Pak Lain", "Nama Istri": "Ibu Lain", "Kecamatan": "Gerunggang",
         "Desa": "Bukit Sari", "Alamat": "Jl. Z", "Desil": 2},
    ]  # fmt: skip
    for number, row in enumerate(rows):
        row["No Kartu Keluarga"] = f"19710101012000{number + 1:02d}"
    content = workbook(headers, rows)
    batch = desk.apply(content, kind="krs")
    home = desk.all(Household)[0]
    assert (home.poverty_decile, home.is_at_risk) == (1, True)
    assert home.risk_factors == ["lacks_safe_latrine"]
    assert numbers(batch) == (2, 0, 1, 1, 0, 0)
    assert numbers(desk.preview(content, kind="krs")) == (2, 0, 0, 2, 0, 0)


def test_a_family_list_tells_what_families_were_given_in_its_month(desk: Desk) -> None:
    desk.apply(children_file(child_row(1), child_row(2)))
    headers = ("No Kartu Keluarga", "Nama Kepala Keluarga", "Nama Istri", "Kecamatan", "Desa",
               "Keluarga Tidak Mempunyai Jamban yang Layak",
               "Jenis Pendampingan yang Diterima")  # fmt: skip
    row = {"Nama Kepala Keluarga": "Pak X", "Nama Istri": "Ibu Contoh 1",
           "Kecamatan": "Gerunggang", "Desa": "Bukit Sari",
           "Keluarga Tidak Mempunyai Jamban yang Layak": 1,
           "No Kartu Keluarga": "1971010101200001"}  # fmt: skip
    given = row | {"Jenis Pendampingan yang Diterima": "6, 3"}
    batch = desk.apply(workbook(headers, [given]), kind="krs", file_name="krs.xlsx")
    one = desk.all(Accompaniment)[0]
    home = desk.all(Household)[0]
    assert (one.household_id, one.month, one.codes, one.source) == (
        home.id, "2026-12", [3, 6], "krs.xlsx",
    )  # fmt: skip
    assert (home.puskesmas, numbers(desk.preview(workbook(headers, [given]), kind="krs"))[3]) == (
        "Gerunggang", 1,
    )  # fmt: skip
    desk.apply(workbook(headers, [row]), kind="krs")
    assert desk.all(Accompaniment)[0].codes == [3, 6]
    desk.undo(batch)
    assert desk.all(Accompaniment) == []
