"""Settings from the environment (``ASUH_…``), secrets from it or from files (``ASUH_…_FILE``)."""

from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import Engine

from data.engine import make_engine
from data.sealing import KeyRing, KeysUnusable, load_keys, new_key_ring, write_key_file

SECRETS = ("database_url", "keys")
KEYS_FILE = "keys.json"
DATABASE_FILE = "asuh.db"
MEGABYTE = 1024 * 1024


class PasswordProfile(StrEnum):
    """How costly a password hash is."""

    PRODUCTION = "production"
    CHEAP = "cheap"


class Settings(BaseSettings):
    """Everything that an installation may set; see ``docs/operations.md``.

    Parameters
    ----------
    var_dir
        Where run-time files live: database, keys, backups. Never inside the code.
    database_url
        ``sqlite:///…`` or ``postgresql://…``; by default a SQLite file in ``var_dir``.
    keys
        The key ring as JSON; by default the file ``keys.json`` in ``var_dir``.
    secure_cookies
        Whether cookies travel over HTTPS only; switch off only for plain ``http://localhost``.
    trusted_hosts
        Host names that the site answers to; empty: any.
    password_profile
        Cost of a password hash; ``cheap`` is for tests.
    max_body_bytes
        Largest upload.
    help_phone
        Telephone of the office that donors and couriers may call; empty: none is shown.
    demo, demo_accounts
        Say on every page that all is made up; user names and passwords to show at sign-in.
    workers_in_process
        Run jobs in a thread of the web process (demonstrations), not in worker processes.
    """

    model_config = SettingsConfigDict(env_prefix="ASUH_", extra="ignore")

    var_dir: Path = Path("var")
    database_url: SecretStr | None = None
    keys: SecretStr | None = None
    secure_cookies: bool = True
    trusted_hosts: list[str] = Field(default_factory=list)
    password_profile: PasswordProfile = PasswordProfile.PRODUCTION
    max_body_bytes: int = 20 * MEGABYTE
    help_phone: str = ""
    demo: bool = False
    demo_accounts: list[tuple[str, str]] = Field(default_factory=list, exclude=True, repr=False)
    workers_in_process: bool = False

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Take a secret from the file that ``ASUH_<NAME>_FILE`` names."""
        import os  # noqa: PLC0415 - only here: nothing else reads the environment

        for name in SECRETS:
            path = os.environ.get(f"ASUH_{name.upper()}_FILE")
            if path and values.get(name) is None:
                values[name] = Path(path).read_text().strip()
        return values

    @model_validator(mode="after")
    def _refuse_empty_secrets(self) -> Self:
        if self.keys is not None:
            load_keys(self.keys.get_secret_value())
        return self

    @property
    def url(self) -> str:
        """Address of the database; it may hold a password, so never print it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.var_dir / DATABASE_FILE}"

    @cached_property
    def key_ring(self) -> KeyRing:
        """The keys: from the environment, else from ``keys.json``, else drawn on first start.

        Raises
        ------
        KeysUnusable
            When they are missing beside a database that already holds data, or for a database
            server: keys drawn anew there would leave sealed numbers unreadable.
        """
        is_first_start = self.database_url is None and not (self.var_dir / DATABASE_FILE).exists()
        if is_first_start and self.keys is None and not (self.var_dir / KEYS_FILE).exists():
            return self.draw_keys()
        return self.kept_keys()

    def kept_keys(self) -> KeyRing:
        """Return the keys that are there, never new ones (a restore needs the old ones).

        Raises
        ------
        KeysUnusable
            When there are none.
        """
        if self.keys is not None:
            return load_keys(self.keys.get_secret_value())
        path = self.var_dir / KEYS_FILE
        if not path.exists():
            msg = (
                f"{path} is missing: restore it from where you keep it, set ASUH_KEYS or "
                "ASUH_KEYS_FILE, or for a new database make one with `asuh migrate --new-keys`"
            )
            raise KeysUnusable(msg)
        return load_keys(path.read_text())

    def draw_keys(self) -> KeyRing:
        """Write a new ``keys.json`` (0600); an existing one is never overwritten."""
        keys = new_key_ring()
        write_key_file(self.var_dir / KEYS_FILE, keys)
        return keys

    def open_engine(self) -> Engine:
        """Open the database with the audit key."""
        keys = self.key_ring
        if self.database_url is None:
            self.var_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return make_engine(self.url, audit_key=keys.audit)
