"""The month in one command: from the files that staff hold to sheets, and nothing lost."""

import csv
import json
import re
from pathlib import Path
from xml.etree.ElementTree import parse

import gpxpy
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from pypdf import PdfReader

from api.cli import main
from tests.api.documents.pdf_reading import NIK

pytestmark = pytest.mark.slow

WRITTEN = {
    "assignments.csv", "unassigned.csv", "matching.json", "changes.csv", "packages.csv",
    "shortages.csv", "plan.json", "stops.csv", "unserved.csv", "routes.gpx",
    "routes.kml", "routes.geojson", "map-links.txt", "stops-planner.csv", "duplicates.csv",
    "report.json", "report.pdf", "sheets/route-sheets.pdf", "sheets/loading-list.pdf",
    "sheets/labels.pdf", "sheets/route-sheets.xlsx", "rejected-rows.xlsx",
}  # fmt: skip

KML = "{http://www.opengis.net/kml/2.2}"
STOP = re.compile(r"(\S+) (\d+)\. ")
SOUTH, NORTH, WEST, EAST = -2.25, -2.0, 106.0, 106.25
"""A box around Pangkalpinang."""


def asuh(*arguments: str | Path | int) -> str:
    result = CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dirty month of 40 children and 25 sponsors, run once."""
    folder = tmp_path_factory.mktemp("month")
    asuh("sample", "--out", folder / "in", "--children", 40, "--sponsors", 25, "--dirty")
    asuh(
        "run", "--in", folder / "in", "--month", "2026-12", "--out", folder / "out",
        "--seconds", 1,
    )  # fmt: skip
    return folder


def test_every_promised_file_is_written(month: Path) -> None:
    out = month / "out"
    found = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert found >= WRITTEN
    assert not [name for name in found if name.endswith(".part")]


def test_every_row_of_every_file_is_accounted_for(month: Path) -> None:
    report = json.loads((month / "out" / "report.json").read_bytes())
    assert {each["kind"] for each in report["files"]} == {
        "children", "krs", "sponsors", "places", "fleet", "stock", "consents", "last_month",
    }  # fmt: skip
    for each in report["files"]:
        parts = ("new", "changed", "same", "merged", "rejected")
        assert each["rows"] == sum(each[part] for part in parts), each
        assert each["adds_up"] is True


def test_every_eligible_child_has_a_sponsor_or_a_reason(month: Path) -> None:
    report = json.loads((month / "out" / "report.json").read_bytes())
    totals = report["totals"]
    paired = rows_of(month / "out" / "assignments.csv")
    left = rows_of(month / "out" / "unassigned.csv")
    waiting = [row for row in left if row["Tingkat Kebutuhan"]]
    assert len(paired) == totals["assigned"]
    assert len(waiting) == totals["unassigned"]
    assert totals["eligible"] == totals["assigned"] + totals["unassigned"]
    assert all(row["Alasan"] and row["Kode Alasan"] for row in left)
    assert all(row["Jalan Keluar"] for row in waiting)


def test_children_held_by_a_rule_are_counted_by_rule(month: Path) -> None:
    held = json.loads((month / "out" / "report.json").read_bytes())["kept_off"]
    rows = rows_of(month / "out" / "unassigned.csv")
    ruled = [row["Kode Alasan"] for row in rows if not row["Tingkat Kebutuhan"]]
    assert held == {code: ruled.count(code) for code in set(ruled)}
    assert held["child.open_duplicate"] > 0


def test_each_package_is_on_a_route_or_says_why_not(month: Path) -> None:
    packages = rows_of(month / "out" / "packages.csv")
    unserved = {row["Kode Paket"] for row in rows_of(month / "out" / "unserved.csv")}
    assert len(packages) == len(rows_of(month / "out" / "assignments.csv"))
    for row in packages:
        assert bool(row["Rute"]) != (row["Kode Paket"] in unserved)


def test_every_stop_is_once_on_each_map_and_inside_the_city(month: Path) -> None:
    out = month / "out"
    text = (out / "stops.csv").read_text(encoding="utf-8-sig")
    planned = {
        (row["route"], row["sequence"]): (float(row["lat"]), float(row["lon"]))
        for row in csv.DictReader(text.splitlines())
        if row["route"]
    }
    gpx = gpxpy.parse((out / "routes.gpx").read_text(encoding="utf-8"))
    marks = [(STOP.match(each.name or ""), each) for each in gpx.waypoints]
    on_gpx = [
        ((found[1], found[2]), (each.latitude, each.longitude)) for found, each in marks if found
    ]
    on_kml = [
        ((folder.findtext(f"{KML}name"), found[1]), (float(at[1]), float(at[0])))
        for folder in parse(out / "routes.kml").iter(f"{KML}Folder")
        for mark in folder.iter(f"{KML}Placemark")
        if (found := re.match(r"(\d+)\. ", mark.findtext(f"{KML}name") or ""))
        and (at := (mark.findtext(f"{KML}Point/{KML}coordinates") or "").split(","))
    ]
    on_geojson = [
        ((each["properties"]["route"], str(each["properties"]["sequence"])),
         tuple(each["geometry"]["coordinates"][::-1]))
        for each in json.loads((out / "routes.geojson").read_bytes())["features"]
        if each["properties"]["kind"] == "stop"
    ]  # fmt: skip
    assert planned
    for drawn in (on_gpx, on_kml, on_geojson):
        assert len(drawn) == len(planned)
        assert dict(drawn).keys() == planned.keys()
        for stop, point in drawn:
            assert point == pytest.approx(planned[stop], abs=1e-6)
    for lat, lon in planned.values():
        assert SOUTH < lat < NORTH
        assert WEST < lon < EAST


def test_the_results_pass_the_independent_checks(month: Path) -> None:
    asuh("check", month / "out" / "matching.json")
    asuh("check", month / "out" / "plan.json")


def test_the_check_counts_what_the_lists_and_the_report_count(month: Path) -> None:
    out = month / "out"
    told = json.loads(asuh("check", out / "plan.json", "--json"))
    report = json.loads((out / "report.json").read_bytes())
    stops = list(csv.DictReader((out / "stops.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert told["stops"] == len([row for row in stops if row["route"]])
    assert told["packages"] == sum(int(row["packages"]) for row in stops if row["route"])
    assert told["packages"] == report["totals"]["packages"] - report["totals"]["unserved"]
    assert (told["routes"], told["packages_left_out"]) == (
        report["totals"]["routes"], report["totals"]["unserved"],
    )  # fmt: skip
    matched = json.loads(asuh("check", out / "matching.json", "--json"))
    assert (matched["covered"], matched["children"]) == (
        report["totals"]["assigned"], report["totals"]["eligible"],
    )  # fmt: skip


def test_a_moved_pair_is_refused(month: Path, tmp_path: Path) -> None:
    text = (month / "out" / "matching.json").read_text(encoding="utf-8")
    content = json.loads(text)
    first = content["assignments"][0]
    second = next(pair for pair in content["assignments"] if pair[1] != first[1])
    first[1], second[1] = second[1], first[1]
    tampered = tmp_path / "matching.json"
    tampered.write_text(json.dumps(content), encoding="utf-8")
    assert CliRunner().invoke(main, ["check", str(tampered)]).exit_code == 1


def test_sheets_hold_every_package_and_no_citizen_number(month: Path) -> None:
    book = load_workbook(month / "out" / "sheets" / "route-sheets.xlsx", read_only=True)
    cells = [
        str(cell)
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    on_routes = {
        row["Kode Paket"] for row in rows_of(month / "out" / "packages.csv") if row["Rute"]
    }
    assert on_routes <= set(cells)
    for path in (month / "out" / "sheets").glob("*.pdf"):
        text = "".join(page.extract_text() for page in PdfReader(path).pages)
        assert text
        assert not NIK.search(text)


def test_the_same_input_and_seed_give_the_same_pairs(month: Path, tmp_path: Path) -> None:
    asuh(
        "run", "--in", month / "in", "--month", "2026-12", "--out", tmp_path / "again",
        "--seconds", 1,
    )  # fmt: skip
    first = (month / "out" / "assignments.csv").read_bytes()
    assert (tmp_path / "again" / "assignments.csv").read_bytes() == first


def test_next_month_keeps_pairs_from_its_own_output(month: Path, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for path in (month / "in").iterdir():
        if not path.name.startswith("penyaluran"):
            (source / path.name).write_bytes(path.read_bytes())
    (source / "bulan-lalu.csv").write_bytes((month / "out" / "assignments.csv").read_bytes())
    asuh(
        "run", "--in", source, "--month", "2027-01", "--out", tmp_path / "out", "--seconds", 1,
    )  # fmt: skip
    before = {
        row["Kode Anak"]: row["Nama Orang Tua Asuh"]
        for row in rows_of(month / "out" / "assignments.csv")
    }
    after = {
        row["Kode Anak"]: row["Nama Orang Tua Asuh"]
        for row in rows_of(tmp_path / "out" / "assignments.csv")
    }
    both = set(before) & set(after)
    assert len(both) > 10
    assert sum(before[each] == after[each] for each in both) >= 0.9 * len(both)


def test_no_list_shows_a_code_without_its_sentence(month: Path) -> None:
    for path in (month / "out").glob("*.csv"):
        assert "(kode " not in path.read_text(encoding="utf-8-sig"), path.name


def test_a_month_where_nobody_can_be_matched_is_a_stated_result(tmp_path: Path) -> None:
    asuh("sample", "--out", tmp_path / "all", "--children", 5, "--sponsors", 3)
    (tmp_path / "in").mkdir()
    (tmp_path / "all" / "orang-tua-asuh.xlsx").rename(tmp_path / "in" / "orang-tua-asuh.xlsx")
    said = asuh("run", "--in", tmp_path / "in", "--month", "2026-12", "--out", tmp_path / "out")
    assert "Tidak ada anak yang mendapat orang tua asuh" in said
    assert rows_of(tmp_path / "out" / "shortages.csv") == []
    assert rows_of(tmp_path / "out" / "packages.csv") == []


def test_terminal_lists_and_papers_all_call_the_month_a_proposal(month: Path) -> None:
    out = month / "out"
    report = json.loads((out / "report.json").read_bytes())
    assert report["reached"] == "proposed"
    assert report["subtitle"].endswith("diusulkan")
    for name in ("assignments.csv", "packages.csv"):
        assert {row["Status"] for row in rows_of(out / name)} == {"diusulkan"}
    for path in [*(out / "sheets").glob("*.pdf"), out / "report.pdf"]:
        pages = [page.extract_text() for page in PdfReader(path).pages]
        assert all("BELUM DISETUJUI" in text for text in pages if text.strip()), path.name
