"""The sample month: believable, consistent with our own rules, and the same for the same seed."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from data.duplicates.children import ChildIdentity, find_duplicate_children
from data.growth.categories import is_stunted
from data.growth.zscores import zscores
from data.reference.kits import completed_months
from data.reference.regions import regions
from data.sample.children_file import COLUMNS, ChildrenFile
from data.sample.month import PRESETS, write_preset, write_sample

if TYPE_CHECKING:
    from pathlib import Path

    from data.sample.truth import SampleTruth

MONTH_ON = dt.date(2026, 12, 1)
Row = dict[str, Any]


def sheet_rows(path: Path, header_row: int = 1) -> list[Row]:
    grid = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    header = [str(name) for name in grid[header_row - 1]]
    return [dict(zip(header, row, strict=True)) for row in grid[header_row:]]


def csv_rows(path: Path, *, delimiter: str = ",", encoding: str = "utf-8") -> list[Row]:
    with path.open(newline="", encoding=encoding) as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleTruth]:
    folder = tmp_path_factory.mktemp("dirty")
    return folder, write_sample(folder)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleTruth]:
    folder = tmp_path_factory.mktemp("clean")
    return folder, write_sample(folder, dirty=False)


@pytest.fixture(scope="module")
def clean_rows(clean: tuple[Path, SampleTruth]) -> list[Row]:
    return sheet_rows(clean[0] / "e-ppgbm.xls")


def test_the_export_has_the_exact_columns_in_an_old_excel_file(
    dirty: tuple[Path, SampleTruth],
) -> None:
    path = dirty[0] / "e-ppgbm.xls"
    assert path.read_bytes()[:8] == bytes.fromhex("D0CF11E0A1B11AE1")
    assert CalamineWorkbook.from_path(path).sheet_names == ["Application List"]
    assert len(COLUMNS) == 34
    assert list(sheet_rows(path)[0]) == list(COLUMNS)


def test_the_truth_counts_what_the_files_hold(dirty: tuple[Path, SampleTruth]) -> None:
    folder, truth = dirty
    assert sorted(truth.files) == sorted(path.name for path in folder.iterdir())
    assert len(sheet_rows(folder / "e-ppgbm.xls")) == truth.num_rows["e-ppgbm.xls"]
    assert (
        len(sheet_rows(folder / "orang-tua-asuh.xlsx", 4)) == truth.num_rows["orang-tua-asuh.xlsx"]
    )
    assert len(csv_rows(folder / "stok.csv")) == truth.num_rows["stok.csv"]


def test_there_are_as_many_eligible_children_as_asked_and_three_times_others(
    dirty: tuple[Path, SampleTruth],
) -> None:
    truth = dirty[1]
    assert truth.num_eligible == sum(child.is_eligible for child in truth.children) == 240
    assert len(truth.children) == 240 + 720 + 5
    over_age = [
        child for child in truth.children if completed_months(child.born_on, MONTH_ON) >= 60
    ]
    assert len(over_age) == 5
    assert not any(child.is_eligible for child in over_age)


def test_ages_include_infants_and_children_who_turn_sixty_months(
    dirty: tuple[Path, SampleTruth],
) -> None:
    months = Counter(
        completed_months(child.born_on, MONTH_ON)
        for child in dirty[1].children
        if child.is_eligible
    )
    assert sum(count for month, count in months.items() if month < 6) >= 3
    assert sum(count for month, count in months.items() if 6 <= month < 12) >= 8
    assert months[59] >= 1


def test_there_are_siblings_twins_allergies_and_missing_points(
    dirty: tuple[Path, SampleTruth],
) -> None:
    children = dirty[1].children
    births = Counter((child.parent_name, child.kelurahan_code, child.born_on) for child in children)
    families = Counter((child.parent_name, child.kelurahan_code) for child in children)
    assert any(count >= 2 for count in births.values())
    assert sum(count >= 2 for count in families.values()) > 50
    assert any(child.allergies for child in children if child.is_eligible)
    assert any(not child.has_coordinates for child in children if child.is_eligible)
    assert any(not child.has_kelurahan for child in children)
    assert any(not child.has_consent for child in children if child.is_eligible)


def test_places_are_scarce(dirty: tuple[Path, SampleTruth]) -> None:
    truth = dirty[1]
    assert 0.85 <= truth.num_places / truth.num_eligible <= 0.90


def test_stated_scores_are_our_scores(clean_rows: list[Row]) -> None:
    days = [(row["Tanggal Pengukuran"] - row["Tgl Lahir"]).days for row in clean_rows]
    scored = zscores(
        sex=[1 if row["JK"] == "L" else 2 for row in clean_rows],
        age_days=days,
        weight_kg=[row["Berat"] for row in clean_rows],
        lenhei_cm=[row["Tinggi"] for row in clean_rows],
        measure=["h" if row["Cara Ukur"] == "Berdiri" else "l" for row in clean_rows],
    )
    for column, z in (
        ("ZS BB/U", scored.zwei),
        ("ZS TB/U", scored.zlen),
        ("ZS BB/TB", scored.zwfl),
    ):
        stated = np.array([float(row[column] or "nan") for row in clean_rows])
        np.testing.assert_allclose(stated, z, atol=1e-9)
    assert not scored.flen.any()


def test_the_last_measuring_shows_who_is_stunted(
    clean: tuple[Path, SampleTruth], clean_rows: list[Row]
) -> None:
    for child in clean[1].children:
        stated = float(clean_rows[child.rows[-1] - 2]["ZS TB/U"])
        old_enough = completed_months(child.born_on, MONTH_ON) >= 60
        assert is_stunted(stated) == (child.is_eligible or old_enough)


def test_measurings_are_before_the_month_and_heights_do_not_fall(
    clean: tuple[Path, SampleTruth], clean_rows: list[Row]
) -> None:
    for child in clean[1].children:
        own = [clean_rows[number - 2] for number in child.rows]
        days = [row["Tanggal Pengukuran"] for row in own]
        assert days == sorted(days)
        assert days[-1] < MONTH_ON
        same_way = [row["Tinggi"] for row in own if row["Cara Ukur"] == own[-1]["Cara Ukur"]]
        assert max(same_way) - same_way[-1] <= 0.75


def test_identity_numbers_end_with_a_hard_space_and_are_made_up(clean_rows: list[Row]) -> None:
    for row in clean_rows:
        assert row["NIK"].endswith("\u00a0")
        number = row["NIK"].strip()
        assert len(number) == 16
        assert number.startswith("1971")
        assert number[12] == "9"


def test_a_clean_sample_has_no_faults_and_no_duplicates(clean: tuple[Path, SampleTruth]) -> None:
    assert clean[1].faults == ()
    assert clean[1].duplicates == ()


def test_every_fault_stands_where_the_truth_says(dirty: tuple[Path, SampleTruth]) -> None:
    folder, truth = dirty
    rows = sheet_rows(folder / "e-ppgbm.xls")

    def cells(kind: str) -> list[Any]:
        faults = truth.faults_of(kind)
        assert faults, kind
        return [rows[fault.row - 2][fault.column] for fault in faults]

    assert all(len(cell.strip()) < 16 for cell in cells("nik_short"))
    assert all("E+15" in cell for cell in cells("nik_scientific"))
    assert set(cells("birth_weight_zero")) == {0}
    assert all(cell >= 2400 for cell in cells("birth_weight_in_grams"))
    assert {str(cell) for cell in cells("weight_sentinel")} <= {"999.9", "999,9"}
    assert set(cells("z_sentinel")) == {"999.99"}
    assert set(cells("kelurahan_unknown")) == {"SUNGAILIAT"}
    assert all(cell > MONTH_ON for cell in cells("birth_in_future"))
    assert set(cells("kelurahan_blank")) == {""}
    assert not any("1971" in fault.truth for fault in truth.faults)


def test_shares_of_dirt_are_those_of_the_real_export(dirty: tuple[Path, SampleTruth]) -> None:
    folder, truth = dirty
    rows = sheet_rows(folder / "e-ppgbm.xls")
    share = {
        "nik_short": len(truth.faults_of("nik_short")) / len(rows),
        "rt_empty": sum(row["RT"] == "" for row in rows) / len(rows),
        "muac_zero": sum(row["LiLA"] == 0 for row in rows) / len(rows),
    }
    assert share["nik_short"] == pytest.approx(0.039, abs=0.012)
    assert share["rt_empty"] == pytest.approx(0.65, abs=0.04)
    assert share["muac_zero"] == pytest.approx(0.23, abs=0.04)


def test_misspelt_wards_are_resolved_to_the_true_one(dirty: tuple[Path, SampleTruth]) -> None:
    folder, truth = dirty
    rows = sheet_rows(folder / "e-ppgbm.xls")
    true_code = {child.code: child.kelurahan_code for child in truth.children}
    for kind in ("kelurahan_alias", "kelurahan_misspelt"):
        for fault in truth.faults_of(kind):
            row = rows[fault.row - 2]
            found = regions().resolve_kelurahan(row["Desa/Kel"], row["Kec"])
            assert found is not None
            assert found.code == true_code[fault.code]


def test_seeded_duplicates_are_found_and_hardly_any_other(
    dirty: tuple[Path, SampleTruth],
) -> None:
    folder, truth = dirty
    rows = sheet_rows(folder / "e-ppgbm.xls")
    entries = {child.code: child.rows[-1] for child in truth.children}
    again = {
        f"{pair.code}*": pair.again_rows[0]
        for pair in truth.duplicates
        if pair.file == "e-ppgbm.xls"
    }
    identities = [
        ChildIdentity(
            key=key,
            name=rows[number - 2]["Nama"],
            born_on=rows[number - 2]["Tgl Lahir"],
            sex=rows[number - 2]["JK"],
            parent_name=rows[number - 2]["Nama Ortu"],
            address=rows[number - 2]["Alamat"],
            nik=str(rows[number - 2]["NIK"]),
        )
        for key, number in (entries | again).items()
    ]
    found = {frozenset({pair.first, pair.second}) for pair in find_duplicate_children(identities)}
    seeded = {frozenset({key, key.rstrip("*")}) for key in again}
    assert len(seeded) >= 15
    assert len(found & seeded) / len(seeded) >= 0.9
    assert len(found - seeded) <= 2


def test_csv_files_have_the_encodings_that_staff_use(dirty: tuple[Path, SampleTruth]) -> None:
    folder, _ = dirty
    with pytest.raises(UnicodeDecodeError):
        (folder / "titik-bagi.csv").read_text(encoding="utf-8")
    places = csv_rows(folder / "titik-bagi.csv", delimiter=";", encoding="cp1252")
    assert Counter(row["Jenis"] for row in places) == {
        "gudang": 1,
        "posyandu": 126,
        "kantor kelurahan": 42,
    }
    assert any("–" in row["Alamat"] for row in places)
    assert any(row["Lintang"] == "" for row in places)
    assert (folder / "penyaluran-bulan-lalu.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_last_months_pairs_stay_within_what_was_promised(dirty: tuple[Path, SampleTruth]) -> None:
    rows = csv_rows(dirty[0] / "penyaluran-bulan-lalu.csv", encoding="utf-8-sig")
    stunted = {child.code for child in dirty[1].children}
    assert len({row["Kode Anak"] for row in rows}) == len(rows) > 100
    assert {row["Kode Anak"] for row in rows} <= stunted
    assert {row["Bulan"] for row in rows} == {"November 2026"}


def test_stock_of_eggs_falls_short_and_nothing_else_does(dirty: tuple[Path, SampleTruth]) -> None:
    stock = {row["Barang"]: int(row["Jumlah"]) for row in csv_rows(dirty[0] / "stok.csv")}
    assert 30 * 240 * 0.85 < stock["Telur ayam"] < 30 * 240


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_sample(tmp_path / name, children=12, sponsors=8, seed=seed, truth=True)
    first, second, other = (digests(tmp_path / name) for name in "abc")
    assert first == second
    assert first["e-ppgbm.xls"] != other["e-ppgbm.xls"]


def test_the_truth_as_json_holds_everything_but_identity_numbers(tmp_path: Path) -> None:
    truth = write_sample(tmp_path, children=12, sponsors=8, truth=True)
    text = (tmp_path / "truth.json").read_text(encoding="utf-8")
    held = json.loads(text)
    assert held["num_eligible"] == 12
    assert len(held["children"]) == len(truth.children)
    assert "19710" not in text


@pytest.mark.parametrize("month", ["2024-02", "2027-01", "2026-08"])
def test_any_month_can_be_made(tmp_path: Path, month: str) -> None:
    truth = write_sample(tmp_path, children=10, sponsors=5, month=month)
    assert truth.num_eligible == 10


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"children": -1}, "negative"),
        ({"sponsors": -1}, "negative"),
        ({"month": "2026-13"}, "month"),
    ],
)
def test_impossible_samples_are_refused(
    tmp_path: Path, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        write_sample(tmp_path, **arguments)


def test_a_month_without_children_or_sponsors_has_headers_only(tmp_path: Path) -> None:
    truth = write_sample(tmp_path, children=0, sponsors=0)
    assert (truth.num_eligible, truth.num_places) == (0, 0)
    assert sheet_rows(tmp_path / "e-ppgbm.xls") == []
    assert sheet_rows(tmp_path / "orang-tua-asuh.xlsx", 4) == []


def test_the_tiny_preset_is_tiny_and_clean(tmp_path: Path) -> None:
    truth = write_preset(tmp_path, "tiny")
    assert (truth.num_eligible, truth.num_rows["orang-tua-asuh.xlsx"]) == (5, 2)
    assert truth.faults == ()


def test_without_vehicles_the_fleet_is_a_header(tmp_path: Path) -> None:
    assert PRESETS["no-vehicles"].vehicles is False
    write_sample(tmp_path, children=5, sponsors=3, vehicles=False)
    assert len((tmp_path / "armada.csv").read_text().splitlines()) == 1


def test_with_everyone_twice_each_child_and_sponsor_has_a_second_entry(tmp_path: Path) -> None:
    truth = write_preset(tmp_path, "all-duplicates")
    twice = Counter(pair.file for pair in truth.duplicates)
    assert twice == {"e-ppgbm.xls": len(truth.children), "orang-tua-asuh.xlsx": 40}


@pytest.mark.slow
def test_six_hundred_children_are_written(tmp_path: Path) -> None:
    truth = write_sample(tmp_path, children=600, sponsors=200)
    assert truth.num_eligible == 600


def test_the_large_preset_is_five_thousand_children_and_fifteen_hundred_sponsors() -> None:
    assert (PRESETS["large"].children, PRESETS["large"].sponsors) == (5000, 1500)


def test_more_rows_than_an_old_sheet_holds_go_into_a_second_file(tmp_path: Path) -> None:
    sheet = ChildrenFile("e-ppgbm.xls", rows_per_file=3)
    for serial in range(7):
        sheet.add(f"c{serial}", [None] * len(COLUMNS))
    assert sheet.write(tmp_path) == ["e-ppgbm.xls", "e-ppgbm-2.xls", "e-ppgbm-3.xls"]
    assert [row["No"] for row in sheet_rows(tmp_path / "e-ppgbm-3.xls")] == [7]
