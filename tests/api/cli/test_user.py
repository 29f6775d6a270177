"""``asuh user add``: the first account of an office, refused with the reason."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main


def add(*more: str) -> tuple[int, str]:
    words = ["user", "add", "admin", "--role", "admin", "--name", "Admin", *more]
    result = CliRunner().invoke(main, words)
    return result.exit_code, result.output


def test_a_refused_password_says_why_in_the_language_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASUH_VAR_DIR", str(tmp_path / "var"))
    assert CliRunner().invoke(main, ["migrate"]).exit_code == 0
    code, said = add("--password", "rahasia-admin-1")
    assert code == 1
    assert "mirip nama pengguna" in said
    code, said = add("--password", "short", "--language", "en")
    assert code == 1
    assert "too short" in said
    assert add("--password", "kebun melati biru") == (0, "admin (admin)\n")
