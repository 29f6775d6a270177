import stat
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from api.settings import Settings
from data.engine import AUDIT_KEY
from data.sealing import KeysUnusable, dump_keys, new_key_ring, write_key_file
from tests.stores import KEYS


def test_a_first_start_draws_keys_that_only_the_owner_reads(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path / "var")
    keys = settings.key_ring
    path = tmp_path / "var" / "keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Settings(var_dir=tmp_path / "var").key_ring == keys


def test_keys_are_never_drawn_anew_beside_a_database(tmp_path: Path) -> None:
    (tmp_path / "asuh.db").touch()
    with pytest.raises(KeysUnusable, match=r"keys\.json is missing"):
        _ = Settings(var_dir=tmp_path).key_ring


def test_keys_are_never_drawn_for_a_database_server_unasked(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path, database_url=SecretStr("postgresql://x@localhost/y"))
    with pytest.raises(KeysUnusable):
        _ = settings.key_ring
    assert settings.draw_keys().current == 1
    assert Settings(var_dir=tmp_path, database_url=SecretStr("x")).key_ring.current == 1


def test_a_restore_draws_no_keys(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable):
        Settings(var_dir=tmp_path).kept_keys()
    assert not (tmp_path / "keys.json").exists()


def test_secrets_come_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = new_key_ring()
    write_key_file(tmp_path / "k.json", keys)
    (tmp_path / "url").write_text("postgresql://x:rahasia@localhost/y\n")
    monkeypatch.setenv("ASUH_KEYS_FILE", str(tmp_path / "k.json"))
    monkeypatch.setenv("ASUH_DATABASE_URL_FILE", str(tmp_path / "url"))
    settings = Settings()
    assert settings.key_ring == keys
    assert settings.url == "postgresql://x:rahasia@localhost/y"
    assert "rahasia" not in repr(settings)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASUH_HELP_PHONE", "0812")
    monkeypatch.setenv("ASUH_SECURE_COOKIES", "false")
    settings = Settings()
    assert (settings.help_phone, settings.secure_cookies) == ("0812", False)


def test_unusable_keys_stop_the_start() -> None:
    with pytest.raises((KeysUnusable, ValidationError)) as refusal:
        Settings(keys=SecretStr("changeme"))
    assert "changeme" not in str(refusal.value)


def test_a_secret_does_not_show(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path, keys=SecretStr(dump_keys(KEYS)))
    assert dump_keys(KEYS) not in repr(settings)
    assert "cccc" not in settings.model_dump_json()


def test_the_engine_carries_the_audit_key(tmp_path: Path) -> None:
    engine = Settings(var_dir=tmp_path / "var").open_engine()
    assert isinstance(engine.get_execution_options()[AUDIT_KEY], bytes)
    engine.dispose()
