from pathlib import Path

from click.testing import CliRunner

from api.cli import main
from api.cli.sample import PRESETS
from data.sample import month


def test_the_shapes_offered_are_those_that_there_are() -> None:
    assert set(PRESETS) == set(month.PRESETS)


def test_a_shape_is_written_by_name(tmp_path: Path) -> None:
    named, spelt = tmp_path / "named", tmp_path / "spelt"
    for out, options in (
        (named, ["--preset", "tiny"]),
        (spelt, ["--children", "5", "--sponsors", "2"]),
    ):
        result = CliRunner().invoke(main, ["sample", "--out", str(out), *options])
        assert result.exit_code == 0, result.output
    assert {path.name: path.read_bytes() for path in named.iterdir()} == {
        path.name: path.read_bytes() for path in spelt.iterdir()
    }


def test_a_folder_with_files_is_left_alone_unless_forced(tmp_path: Path) -> None:
    mine = tmp_path / "e-ppgbm.xls"
    mine.write_bytes(b"what the office really holds")
    words = ["sample", "--out", str(tmp_path), "--preset", "tiny"]
    for language, said in (("id", "--force untuk menimpa"), ("en", "--force to overwrite")):
        result = CliRunner().invoke(main, [*words, "--language", language])
        assert (result.exit_code, mine.read_bytes()) == (1, b"what the office really holds")
        assert "e-ppgbm.xls" in result.stderr
        assert said in result.stderr
    assert CliRunner().invoke(main, [*words, "--force"]).exit_code == 0
    assert mine.read_bytes() != b"what the office really holds"
