import threading
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import select

from api.services.audit import record, verify_chain
from data.backup import (
    BackupUnusable,
    RestoreRefused,
    read_header,
    restore_postgresql,
    restore_sqlite,
    write_backup,
)
from data.engine import read_session, write_session
from data.schema import Depot
from data.sealing import KeyRing, new_key_ring
from tests.stores import open_engine

SQLITE = pytest.mark.stores("sqlite")


@pytest.fixture
def filled(engine: Engine, now: datetime) -> Engine:
    with write_session(engine) as session:
        session.add(Depot(name="Gudang rahasia", lat=-2.1, lon=106.1))
        record(session, by="system", action="depot:create", subject="depot", subject_id=1, now=now)
    return engine


def depots(engine: Engine) -> list[str]:
    with read_session(engine) as session:
        return list(session.exec(select(Depot.name)))


@SQLITE
def test_a_backup_restores_on_another_machine(
    filled: Engine, keys: KeyRing, now: datetime, tmp_path: Path
) -> None:
    path = write_backup(filled, keys=keys, folder=tmp_path / "backups", now=now)
    target = tmp_path / "elsewhere" / "asuh.db"
    header = restore_sqlite(path, keys=keys, target=target)
    restored = open_engine(f"sqlite:///{target}")
    assert depots(restored) == ["Gudang rahasia"]
    with read_session(restored) as session:
        report = verify_chain(session)
    restored.dispose()
    assert report.is_sound
    assert (header.num_audit, header.audit_head) == (report.num_entries, report.head)


@SQLITE
def test_a_restore_that_stops_half_way_leaves_the_old_database_whole(
    filled: Engine,
    keys: KeyRing,
    now: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write_backup(filled, keys=keys, folder=tmp_path / "backups", now=now)
    target = Path(str(filled.url.database))
    with write_session(filled) as session:
        session.add(Depot(name="Gudang baru", lat=-2.1, lon=106.1))

    def stop(_self: Path, _target: Path) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        with pytest.raises(OSError, match="power cut"):
            restore_sqlite(path, keys=keys, target=target, replace=True)
    copy = tmp_path / "copy.db"
    copy.write_bytes(target.read_bytes())  # as the next start finds it: without the log
    left = open_engine(f"sqlite:///{copy}")
    assert sorted(depots(left)) == ["Gudang baru", "Gudang rahasia"]
    left.dispose()


@SQLITE
def test_a_file_that_is_no_database_any_more_is_replaced(
    filled: Engine, keys: KeyRing, now: datetime, tmp_path: Path
) -> None:
    path = write_backup(filled, keys=keys, folder=tmp_path / "backups", now=now)
    target = tmp_path / "broken.db"
    target.write_bytes(b"not a database" * 1000)
    Path(f"{target}-wal").write_bytes(b"old log")
    restore_sqlite(path, keys=keys, target=target, replace=True)
    assert not Path(f"{target}-wal").exists()
    restored = open_engine(f"sqlite:///{target}")
    assert depots(restored) == ["Gudang rahasia"]
    restored.dispose()


@pytest.mark.stores("postgresql")
def test_a_postgresql_backup_restores(
    filled: Engine, keys: KeyRing, now: datetime, tmp_path: Path
) -> None:
    path = write_backup(filled, keys=keys, folder=tmp_path, now=now)
    with pytest.raises(RestoreRefused):
        restore_postgresql(path, keys=keys, engine=filled)
    with write_session(filled) as session:
        session.execute(text("DELETE FROM depot"))
    header = restore_postgresql(path, keys=keys, engine=filled, replace=True)
    assert depots(filled) == ["Gudang rahasia"]
    with read_session(filled) as session:
        report = verify_chain(session)
    assert (report.is_sound, report.head) == (True, header.audit_head)


@SQLITE
def test_a_backup_shows_nothing_of_its_content(
    filled: Engine, keys: KeyRing, now: datetime, tmp_path: Path
) -> None:
    path = write_backup(filled, keys=keys, folder=tmp_path, now=now)
    assert b"Gudang rahasia" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert read_header(path).kind == "sqlite"
    assert [left.name for left in tmp_path.glob(".backup-*")] == []


@SQLITE
def test_other_keys_do_not_open_it(
    filled: Engine, keys: KeyRing, now: datetime, tmp_path: Path
) -> None:
    path = write_backup(filled, keys=keys, folder=tmp_path, now=now)
    target = tmp_path / "new.db"
    with pytest.raises(BackupUnusable):
        restore_sqlite(path, keys=new_key_ring(), target=target)
    assert not target.exists()


@SQLITE
def test_after_a_rotation_older_backups_still_open(
    filled: Engine, keys: KeyRing, now: datetime, tmp_path: Path
) -> None:
    path = write_backup(filled, keys=keys, folder=tmp_path, now=now)
    restore_sqlite(path, keys=keys.rotated(), target=tmp_path / "new.db")


@SQLITE
def test_an_existing_database_is_replaced_only_when_asked(
    filled: Engine, keys: KeyRing, now: datetime, tmp_path: Path
) -> None:
    path = write_backup(filled, keys=keys, folder=tmp_path, now=now)
    target = tmp_path / "old.db"
    target.write_bytes(b"old")
    with pytest.raises(RestoreRefused):
        restore_sqlite(path, keys=keys, target=target)
    assert target.read_bytes() == b"old"
    restore_sqlite(path, keys=keys, target=target, replace=True)
    assert target.read_bytes().startswith(b"SQLite format 3")


@SQLITE
@given(where=st.floats(0, 1, exclude_max=True), how=st.sampled_from(["cut", "flip", "double"]))
@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_damaged_backup_is_refused_and_the_old_database_stays(
    filled: Engine, keys: KeyRing, now: datetime, tmp_path: Path, where: float, how: str
) -> None:
    path = tmp_path / "backup.asuh"
    if not path.exists():
        write_backup(filled, keys=keys, folder=tmp_path, now=now).rename(path)
    content = path.read_bytes()
    place = int(where * len(content))
    damaged = {
        "cut": content[:place],
        "flip": content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :],
        "double": content + content[place:],
    }[how]
    broken, target = tmp_path / "broken.asuh", tmp_path / "old.db"
    broken.write_bytes(damaged)
    target.write_bytes(b"old")
    with pytest.raises(BackupUnusable):
        restore_sqlite(broken, keys=keys, target=target, replace=True)
    assert target.read_bytes() == b"old"


@SQLITE
def test_writers_go_on_while_a_backup_is_made(
    filled: Engine, keys: KeyRing, now: datetime, tmp_path: Path
) -> None:
    with write_session(filled) as session:
        for number in range(3000):
            session.add(Depot(name=f"Gudang {number} " + "x" * 60, lat=-2.1, lon=106.1))
    over, written = threading.Event(), [0]

    def write() -> None:
        while not over.is_set():
            with write_session(filled) as session:
                session.add(Depot(name=f"Baru {written[0]}", lat=-2.1, lon=106.1))
            written[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    path = write_backup(filled, keys=keys, folder=tmp_path, now=now)
    over.set()
    writer.join()
    restore_sqlite(path, keys=keys, target=tmp_path / "new.db")
    assert written[0] > 1
