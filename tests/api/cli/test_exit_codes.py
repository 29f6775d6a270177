"""Exit codes are a contract: 0 done, 1 refused with a reason, 2 wrong usage."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import COMMANDS, main

WRONG_USAGE = [
    "sample",
    "sample --out {new} --month 2026-13",
    "sample --out {new} --children 0",
    "sample --out {new} --seed -1",
    "sample --out {new} --preset huge",
    "sample --out {new} --language nl",
    "run --in {empty} --out {new}",
    "run --in {empty} --out {new} --month 2026-13",
    "run --in {empty} --out {new} --month Desember",
    "run --in {empty} --out {new} --month 2026-12 --seconds 0",
    "run --in {empty} --out {new} --month 2026-12 --seconds soon",
    "run --in {empty} --out {new} --month 2026-12 --seed -1",
    "run --in {empty} --out {new} --month 2026-12 --date-order ymd",
    "run --in {empty} --out {new} --month 2026-12 --shortage pray",
    "run --in {empty}/none --out {new} --month 2026-12",
    "run --in {empty} --out {new} --month 2026-12 --roads {empty}/none.osm",
    "import",
    "import cats {text} --as siti",
    "import children {empty}/none.xls --as siti",
    "import results {text} --as siti --month 2026-00",
    "import children {text}",
    "cycle open 2026-13 --as siti",
    "cycle open 2026-12",
    "cycle leap 2026-12 --as siti",
    "cycle match 2026-12 --as siti --seed one",
    "cycle plan 2026-12 --as siti --seconds -3",
    "match",
    "match {text}",
    "match {text} --out {new} --seed -1",
    "match {text} --out {new} --seconds 0",
    "match {text} --out {new} --best-known many",
    "match {empty}/none.json --out {new}",
    "explain",
    "explain {text} --what-if A0001",
    "route",
    "route {text}",
    "route {text} --out {new} --seconds 0",
    "route {text} --out {new} --workers 0",
    "route {text} --out {new} --round up",
    "roads",
    "roads build {empty}/none.osm",
    "roads build {text} --as-of yesterday",
    "roads use",
    "check",
    "check {empty}",
    "check {empty}/none.json",
    "check {text} --language nl",
    "zscores {text}",
    "zscores {empty}/none.csv --out {new}",
    "user add",
    "user add siti --name Siti --role king --password x",
    "user add si/ti --name Siti --role staff --password x",
    "migrate --new-keys=maybe",
    "backup --to {text}",
    "restore",
    "restore {empty}/none.asuh",
    "doctor --language nl",
    "serve --port 70000",
    "serve --workers -1",
    "fly",
]
REFUSED = [
    "sample --out {full}",
    "run --in {empty} --out {new} --month 2026-12",
    "run --in {full} --out {full} --month 2026-12",
    "run --in {empty} --out {held} --month 2026-12",
    "match {text} --out {new}",
    "explain {text}",
    "route {text} --out {new}",
    "roads check {text}",
    "check {text}",
    "check {list}",
    "check {object}",
    "zscores {text} --out {new}",
    "restore {text}",
]
DONE = [
    "--help",
    "--version",
    "sample --out {new} --preset tiny",
    "sample --out {full} --preset tiny --force",
    "match --schema",
    "match --show-policy",
    "match --policy-schema",
    "route --schema",
]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("ASUH_VAR_DIR", str(tmp_path / "var"))
    for name in ("empty", "full", "held"):
        (tmp_path / name).mkdir()
    (tmp_path / "full" / "armada.csv").write_text("mine")
    (tmp_path / "held" / "report.pdf").write_text("mine")
    for name, content in (("text", "not what it should be"), ("list", "[]"), ("object", "{}")):
        (tmp_path / f"{name}.json").write_text(content)
    return {
        **{name: str(tmp_path / name) for name in ("empty", "full", "held", "new")},
        **{name: str(tmp_path / f"{name}.json") for name in ("text", "list", "object")},
    }


def exit_code(line: str, places: dict[str, str]) -> tuple[int, str]:
    result = CliRunner().invoke(main, [word.format(**places) for word in line.split()])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result.exit_code, result.stderr


@pytest.mark.parametrize("line", WRONG_USAGE)
def test_wrong_usage_is_2(line: str, places: dict[str, str]) -> None:
    code, said = exit_code(line, places)
    assert (code, bool({"Error:", "Usage:"} & set(said.split()))) == (2, True), said
    assert not Path(places["new"]).exists()


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_refused_is_1_and_says_why(line: str, places: dict[str, str]) -> None:
    code, said = exit_code(line, places)
    assert code == 1
    assert said.strip()
    assert "Error: " not in said


@pytest.mark.parametrize("line", DONE)
def test_what_is_done_is_0(line: str, places: dict[str, str]) -> None:
    assert exit_code(line, places) == (0, "")


def test_no_command_is_left_out() -> None:
    tried = {line.split()[0] for line in WRONG_USAGE}
    assert set(COMMANDS) <= tried
