"""The command line as a contract: every command helps, refuses with 1, and knows its usage."""

import csv
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from api.cli import COMMANDS, main
from api.cli.indonesian import OURS


def asuh(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = asuh(command, "--help")
    assert result.exit_code == 0
    group = "Commands:" in result.output
    if group:
        result = asuh(command, "build" if command == "roads" else "add", "--help")
    assert f"Example: asuh {command}" in result.output


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"serve", "user", "roads"}))
def test_every_command_answers_machines(command: str) -> None:
    assert "--json" in asuh(command, "--help").output


def test_unknown_commands_and_options_are_wrong_usage() -> None:
    assert asuh("fly").exit_code == 2
    assert asuh("run", "--sideways").exit_code == 2
    assert asuh("run", "--in", "/does/not/exist", "--month", "2026-12", "--out", "x").exit_code == 2


def test_an_empty_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    result = asuh("run", "--in", tmp_path / "in", "--month", "2026-12", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert str(tmp_path / "in") in result.stderr
    assert not (tmp_path / "out").exists()


def test_refusals_are_readable_by_machines(tmp_path: Path) -> None:
    result = asuh("run", "--in", tmp_path, "--month", "2026-12", "--out", tmp_path / "o", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == "run.no_files"


def test_zscores_adds_columns_with_flags(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("sex,age,weight,lenhei,measure,oedema\n1,308,7.1,72.0,h,n\n")
    assert asuh("zscores", source, "--out", target).exit_code == 0
    (row,) = csv.DictReader(target.read_text().splitlines())
    assert (row["zlen"], row["flen"], row["zwei"], row["zwfl"]) == ("-0.32", "0", "-2.35", "-3.02")


def test_check_refuses_what_is_no_result(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[1, 2")
    assert asuh("check", tmp_path / "x.json").exit_code == 1
    (tmp_path / "y.json").write_text("{}")
    assert asuh("check", tmp_path / "y.json").exit_code == 1


def test_match_solves_a_gap_text_file_and_writes_the_literature_form(tmp_path: Path) -> None:
    problem, solution = tmp_path / "tiny.txt", tmp_path / "tiny.sol"
    problem.write_text("2 3\n1 9 4\n7 2 4\n1 1 1\n1 1 1\n2 1\n")
    result = asuh("match", problem, "--out", solution, "--seconds", "5", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert (answer["cost"], answer["optimal"]) == (7, True)
    assert solution.read_text().split("\n")[:2] == ["1 2 1", "7"]


def test_match_refuses_a_cut_gap_file(tmp_path: Path) -> None:
    problem = tmp_path / "cut.txt"
    problem.write_text("2 3\n1 9 4\n")
    assert asuh("match", problem, "--out", tmp_path / "x.sol").exit_code == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "Pemakaian: main [OPTIONS] COMMAND"),
        ("chek", "Salah pakai: Tidak ada perintah 'chek'."),
        ("check --bogus", "Salah pakai: Tidak ada pilihan '--bogus'."),
        ("check /nowhere", "'/nowhere' tidak ada."),
        ("match --seed x", "'x' bukan bilangan yang dapat dipakai di sini."),
        ("match", "PROBLEM belum disebut"),
        ("user add", "Belum ada argumen 'USERNAME'."),
        ("user add --help", "Buat sebuah akun; dengan wilayah"),
    ],
)
def test_usage_is_told_in_the_language_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, line: str, told: str
) -> None:
    for name, value in (("LC_ALL", ""), ("LC_MESSAGES", "id_ID.UTF-8"), ("LANG", "en_US.UTF-8")):
        monkeypatch.setenv(name, value)
    result = asuh(*line.split())
    assert result.exit_code == (0 if "--help" in line else 2)
    assert told in " ".join((result.output + result.stderr).split())
    assert "Error" not in result.output + result.stderr


@pytest.mark.parametrize(
    ("line", "indonesian", "english"),
    [
        (("sample", "--month", "2026-13"), "tulis bulan seperti", "write a month as"),
        (("route", __file__), "--out belum disebut", "--out is needed"),
        (("route",), "INSTANCE belum disebut", "INSTANCE is needed"),
        (("match", __file__), "--out belum disebut", "--out is needed"),
    ],
)
def test_what_a_line_lacks_is_said_in_one_language(
    line: tuple[str, ...], indonesian: str, english: str
) -> None:
    for language, wanted, other in (("id", indonesian, english), ("en", english, indonesian)):
        told = asuh(*line, "--language", language)
        assert told.exit_code == 2
        assert wanted in told.stderr
        assert other not in told.stderr


def test_the_line_itself_decides_the_language_of_its_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "Salah pakai" in asuh("check", "--language", "id", "--bogus").stderr
    assert "Salah pakai" in asuh("check", "--language=id", "--bogus").stderr
    assert "Error: No such option" in asuh("check", "--bogus").stderr
    monkeypatch.setenv("LC_ALL", "id")
    assert "Error: No such option" in asuh("check", "--bogus", "--language", "en").stderr


@pytest.mark.parametrize("command", ["match", "check", "explain"])
def test_every_line_of_the_core_commands_help_is_indonesian(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    english = main.get_command(click.Context(main), command)
    assert english is not None
    texts = [
        english.help,
        *(each.help for each in english.params if isinstance(each, click.Option)),
    ]
    paragraphs = [
        " ".join(part.split()) for text in texts for part in (text or "").split("\n\n") if part
    ]
    assert [each for each in paragraphs if each.strip() and each.strip() not in OURS] == []
    monkeypatch.setenv("LC_ALL", "id_ID")
    assert "Contoh: asuh" in asuh(command, "--help").output
