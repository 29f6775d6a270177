"""``asuh serve``: where the demonstration lies."""

import fcntl
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from api.cli.serve import UNFINISHED, _is_half_made, demo_settings
from api.settings import Settings


def test_the_demonstration_lies_in_the_folder_that_was_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASUH_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("ASUH_HELP_PHONE", "+62717000000")
    found = demo_settings(Settings(), host="127.0.0.1")
    assert (found.var_dir, found.demo, found.secure_cookies) == (tmp_path / "demo", True, False)
    assert found.url == f"sqlite:///{tmp_path}/demo/asuh.db"
    assert found.help_phone == "+62717000000"
    assert demo_settings(Settings(), host="asuh.example").secure_cookies
    found.draw_keys()
    assert (tmp_path / "demo" / "keys.json").exists()


def test_made_up_families_never_go_into_a_real_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASUH_DATABASE_URL", f"sqlite:///{tmp_path}/real.db")
    result = CliRunner().invoke(main, ["serve", "--demo"])
    assert result.exit_code == 1
    assert "unset ASUH_DATABASE_URL" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_half_made_demonstration_begins_anew_and_one_at_work_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not _is_half_made(tmp_path)
    (tmp_path / UNFINISHED).touch()
    assert _is_half_made(tmp_path)
    assert "begins anew" in capsys.readouterr().out
    with (tmp_path / UNFINISHED).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SystemExit):
            _is_half_made(tmp_path)
    assert "in another window" in capsys.readouterr().err
