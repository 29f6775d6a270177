import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from api.i18n import all_sentences
from api.services import doctor, jobs
from data.backup import write_backup
from data.engine import make_engine, write_session
from data.schema import Role
from data.sealing import KeyRing, new_key_ring, seal
from tests.factories import make_account, make_child


def unwell(engine: Engine, keys: KeyRing, var_dir: Path, now: datetime) -> dict[str, str]:
    findings = doctor.examine(engine, keys=keys, var_dir=var_dir, now=now)
    assert all(finding.code in all_sentences() for finding in findings)
    return {finding.check: finding.code for finding in findings if not finding.is_well}


@pytest.fixture
def var_dir(tmp_path: Path) -> Path:
    return tmp_path / "var"


def test_a_new_installation_lacks_an_admin_and_a_backup(
    engine: Engine, keys: KeyRing, var_dir: Path, now: datetime
) -> None:
    assert unwell(engine, keys, var_dir, now) == {
        "accounts": "doctor.no_admin",
        "backups": "doctor.no_backup",
    }


def test_with_both_it_is_well_until_the_backup_is_old(
    engine: Engine, keys: KeyRing, var_dir: Path, now: datetime
) -> None:
    with write_session(engine) as session:
        make_account(session, Role.ADMIN)
    path = write_backup(engine, keys=keys, folder=var_dir / "backups", now=now)
    os.utime(path, (now.timestamp(), now.timestamp()))
    assert unwell(engine, keys, var_dir, now) == {}
    later = now + timedelta(days=3)
    assert unwell(engine, keys, var_dir, later) == {"backups": "doctor.backup_old"}


def test_wrong_keys_are_noticed(
    engine: Engine, keys: KeyRing, var_dir: Path, now: datetime
) -> None:
    with write_session(engine) as session:
        child = make_child(session)
        child.nik_sealed = seal(keys, "1971014502230012", place=f"child:nik:{child.uid}")
    assert "keys" not in unwell(engine, keys, var_dir, now)
    assert unwell(engine, new_key_ring(), var_dir, now)["keys"] == "doctor.keys_wrong"


def test_jobs_that_nobody_takes_are_noticed(
    engine: Engine, keys: KeyRing, var_dir: Path, now: datetime
) -> None:
    with write_session(engine) as session:
        jobs.enqueue(session, kind="match", payload={}, by=make_account(session), now=now)
    assert "jobs" not in unwell(engine, keys, var_dir, now)
    later = now + timedelta(minutes=11)
    assert unwell(engine, keys, var_dir, later)["jobs"] == "doctor.jobs_waiting"


def test_an_old_schema_stops_the_deeper_checks(
    engine: Engine, keys: KeyRing, var_dir: Path, now: datetime
) -> None:
    with engine.begin() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        assert unwell(engine, keys, var_dir, now) == {
            "schema": "doctor.schema_old",
            "backups": "doctor.no_backup",
        }
    finally:
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :found"), {"found": found}
            )


def test_a_store_that_is_away_is_named(keys: KeyRing, var_dir: Path, now: datetime) -> None:
    away = make_engine("postgresql://nobody@127.0.0.1:1/nothing", audit_key=keys.audit)
    assert unwell(away, keys, var_dir, now)["store"] == "doctor.store_away"
