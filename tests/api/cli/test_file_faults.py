"""What is wrong with a file is said in the language asked, by every command that reads one."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from api.i18n import all_sentences

CORES = sorted([*Path("matcher").glob("*.py"), *Path("logistics").glob("*.py")])
RAISED = re.compile(r'FileFormatError\(\s*(?:f?"[^"]*"|[\w.\[\]{}"]+),\s*"([a-z0-9_]+)"', re.DOTALL)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 1, result.output
    return result.stderr


@pytest.mark.parametrize(
    ("command", "content"),
    [
        ("check {file}", {"levels": []}),
        ("explain {file}", {"format": "x"}),
        ("match {file} --out {out}", {"format": "x"}),
        ("route {file} --out {out}", {"format": "x"}),
    ],
)
def test_a_file_of_another_shape_is_named_with_the_place_in_both_languages(
    tmp_path: Path, command: str, content: object
) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    call = command.format(file=file, out=tmp_path / "out.json").split()
    indonesian, english = said(*call), said(*call, "--language", "en")
    assert f"{file} tidak dapat dipakai: pada " in indonesian
    assert f"{file} cannot be used: at " in english
    assert "must be" not in indonesian


def test_every_code_of_the_readers_has_its_sentence() -> None:
    found = {
        code for path in CORES for code in RAISED.findall(path.read_text(encoding="utf-8"))
    } - {"unreadable"}
    assert len(found) > 30
    known = all_sentences()
    assert {code for code in found if f"file_fault.{code}" not in known} == set()


def test_a_table_without_its_columns_says_which_it_needs(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    call = ("zscores", str(file), "--out", str(tmp_path / "b.csv"))
    assert "perlu kolom sex,age,weight" in said(*call)
    assert "it needs the columns sex,age,weight" in said(*call, "--language", "en")
    same = said("zscores", str(file), "--out", str(file), "--language", "en")
    assert "cannot replace" in same
