"""z-scores from file to file."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from data.growth.files import MissingColumnsError, zscore_csv

ORACLE = Path(__file__).parents[1] / "who_oracle_10000.csv.gz"
ADDED = ["zlen", "flen", "zwei", "fwei", "zwfl", "fwfl", "zbmi", "fbmi"]
GIVEN = ["sex", "age", "weight", "lenhei", "measure", "oedema"]


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


def test_the_oracles_columns_come_back_letter_for_letter(tmp_path: Path) -> None:
    with gzip.open(ORACLE, "rt") as lines:
        expected = list(csv.DictReader(lines))
    with (tmp_path / "in.csv").open("w", newline="") as given:
        writer = csv.DictWriter(given, GIVEN, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(expected)
    num_rows = zscore_csv(tmp_path / "in.csv", tmp_path / "out.csv", rows_per_block=777)
    found = rows_of(tmp_path / "out.csv")
    assert num_rows == 10_000
    assert list(found[0]) == GIVEN + ADDED
    for theirs, ours in zip(expected, found, strict=True):
        assert {name: ours[name] for name in ADDED} == {name: theirs[name] for name in ADDED}


def test_old_results_are_replaced_and_compressed_files_are_read_and_written(tmp_path: Path) -> None:
    zscore_csv(ORACLE, tmp_path / "out.csv.gz")
    with gzip.open(tmp_path / "out.csv.gz", "rt") as lines:
        header = next(csv.reader(lines))
    assert header == [*GIVEN, "clenhei", "cmeasure", "cbmi", *ADDED]


def test_other_columns_are_kept_in_any_order_with_semicolons_and_commas(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "\ufeffName;Lenhei;AGE;Weight;Sex\nA;84,0;800;11,5;m\nB;84.0;800;11.5;2\n", encoding="utf-8"
    )
    zscore_csv(tmp_path / "in.csv", tmp_path / "out.csv")
    found = rows_of(tmp_path / "out.csv", ";")
    assert [row["Name"] for row in found] == ["A", "B"]
    assert all(row["zlen"] and row["zwei"] for row in found)
    assert found[0]["zlen"] != found[1]["zlen"]


def test_a_cell_that_is_no_number_is_told_and_leaves_blanks(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "sex,age,weight,lenhei\n1,800,heavy,84\n?,800,11,84\n1,NA,11,84\n1,800\n\n"
    )
    told: list[tuple[int, str]] = []
    num_rows = zscore_csv(
        tmp_path / "in.csv",
        tmp_path / "out.csv",
        on_unreadable=lambda row, column: told.append((row, column)),
    )
    found = rows_of(tmp_path / "out.csv")
    assert num_rows == 4
    assert sorted(told) == [(2, "weight"), (3, "sex")]
    assert (found[0]["zwei"], found[0]["fwei"]) == ("", "")
    assert found[0]["zlen"]
    assert all(found[1][name] == "" for name in ADDED)
    assert found[2]["zlen"] == ""
    assert all(found[3][name] == "" for name in ADDED)


def test_missing_columns_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("sex,weight\n1,3\n")
    with pytest.raises(MissingColumnsError) as caught:
        zscore_csv(tmp_path / "in.csv", tmp_path / "out.csv")
    assert caught.value.columns == ("age", "lenhei")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_file_is_not_written_over_itself(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("sex,age,weight,lenhei\n1,800,11,84\n")
    with pytest.raises(ValueError, match="cannot replace"):
        zscore_csv(tmp_path / "in.csv", tmp_path / "in.csv")


def test_an_empty_file_lacks_all_columns_and_a_header_alone_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(MissingColumnsError):
        zscore_csv(tmp_path / "empty.csv", tmp_path / "out.csv")
    (tmp_path / "header.csv").write_text("sex,age,weight,lenhei\n")
    assert zscore_csv(tmp_path / "header.csv", tmp_path / "out.csv") == 0
    assert (tmp_path / "out.csv").read_text() == ",".join([*GIVEN[:4], *ADDED]) + "\n"


def test_progress_is_told_after_every_block(tmp_path: Path) -> None:
    told: list[int] = []
    zscore_csv(ORACLE, tmp_path / "out.csv", rows_per_block=4000, on_rows=told.append)
    assert told == [4000, 8000, 10_000]


def test_what_is_no_text_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b"sex,age,weight,lenhei\n1,800,11,84\xff\xfe\n")
    with pytest.raises(ValueError, match="utf-8"):
        zscore_csv(tmp_path / "in.csv", tmp_path / "out.csv")
    (tmp_path / "in.csv").write_text("sex,age,weight,lenhei\n1,800,11," + "9" * 200_000 + "\n")
    with pytest.raises(ValueError, match="row 2"):
        zscore_csv(tmp_path / "in.csv", tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
