"""Is this installation well? Each check answers with a code that has a sentence."""

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from api.services.audit import verify_chain
from data.engine import read_session, revisions
from data.schema import Account, Child, Job, JobState, Role
from data.sealing import KeyRing, SealBroken, unseal

LEAST_FREE_BYTES = 500 * 1024 * 1024
MEGABYTE = 1024 * 1024
STUCK_AFTER = timedelta(minutes=10)
OLD_BACKUP = timedelta(days=2)
SAMPLE = 200


@dataclass(frozen=True)
class Finding:
    """What one check found; ``code`` has a sentence, ``params`` its values."""

    check: str
    is_well: bool
    code: str
    params: dict[str, Any] = field(default_factory=dict)


def examine_readiness(engine: Engine, *, var_dir: Path) -> list[Finding]:
    """Look at what serving needs: store, schema, disk. Quick enough for a load balancer."""
    store = _store(engine)
    schema = [_schema(engine)] if store.is_well else []
    return [store, *schema, _disk(var_dir)]


def examine(engine: Engine, *, keys: KeyRing, var_dir: Path, now: datetime) -> list[Finding]:
    """Look at everything: readiness, keys, audit chain, jobs, accounts, backups."""
    found = examine_readiness(engine, var_dir=var_dir)
    if all(finding.is_well for finding in found if finding.check in {"store", "schema"}):
        found += [_integrity(engine), _keys(engine, keys), _chain(engine), _jobs(engine, now)]
        found += [_accounts(engine)]
    return [*found, _backups(var_dir, now)]


def _store(engine: Engine) -> Finding:
    try:
        with read_session(engine) as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return Finding("store", is_well=False, code="doctor.store_away")
    return Finding("store", is_well=True, code="doctor.store", params={"kind": engine.dialect.name})


def _schema(engine: Engine) -> Finding:
    current, expected = revisions(engine)
    params = {"current": current or "–", "expected": expected or "–"}
    if current == expected:
        return Finding("schema", is_well=True, code="doctor.schema", params=params)
    return Finding("schema", is_well=False, code="doctor.schema_old", params=params)


def _disk(var_dir: Path) -> Finding:
    place = next(path for path in (var_dir, *var_dir.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free
    params = {"free": free // MEGABYTE, "least": LEAST_FREE_BYTES // MEGABYTE}
    is_well = free >= LEAST_FREE_BYTES
    code = "doctor.disk" if is_well else "doctor.disk_full"
    return Finding("disk", is_well=is_well, code=code, params=params)


def _integrity(engine: Engine) -> Finding:
    if engine.dialect.name == "sqlite":
        with read_session(engine) as session:
            answer = session.execute(text("PRAGMA integrity_check")).scalar_one()
            orphans = len(session.execute(text("PRAGMA foreign_key_check")).all())
        if answer != "ok" or orphans:
            return Finding("integrity", is_well=False, code="doctor.integrity_broken")
    return Finding("integrity", is_well=True, code="doctor.integrity")


def _keys(engine: Engine, keys: KeyRing) -> Finding:
    with read_session(engine) as session:
        rows = session.exec(
            select(Child.uid, Child.nik_sealed)
            .where(col(Child.nik_sealed).is_not(None))
            .order_by(col(Child.id).desc())
            .limit(SAMPLE)
        ).all()
    broken = 0
    for uid, sealed in rows:
        try:
            unseal(keys, sealed or b"", place=f"child:nik:{uid}")
        except SealBroken:
            broken += 1
    params = {"n": len(rows), "broken": broken}
    if broken:
        return Finding("keys", is_well=False, code="doctor.keys_wrong", params=params)
    return Finding("keys", is_well=True, code="doctor.keys", params=params)


def _chain(engine: Engine) -> Finding:
    with read_session(engine) as session:
        report = verify_chain(session)
    params = {"n": report.num_entries, "head": report.head, "id": report.broken_id}
    code = "doctor.chain" if report.is_sound else "doctor.chain_broken"
    return Finding("chain", is_well=report.is_sound, code=code, params=params)


def _jobs(engine: Engine, now: datetime) -> Finding:
    with read_session(engine) as session:
        waiting = session.exec(
            select(func.count())
            .select_from(Job)
            .where(Job.state == JobState.QUEUED, col(Job.created_at) < now - STUCK_AFTER)
        ).one()
    code = "doctor.jobs_waiting" if waiting else "doctor.jobs"
    return Finding("jobs", is_well=not waiting, code=code, params={"n": waiting})


def _accounts(engine: Engine) -> Finding:
    with read_session(engine) as session:
        admins = session.exec(
            select(func.count())
            .select_from(Account)
            .where(Account.role == Role.ADMIN, col(Account.is_active))
        ).one()
    code = "doctor.accounts" if admins else "doctor.no_admin"
    return Finding("accounts", is_well=bool(admins), code=code, params={"n": admins})


def _backups(var_dir: Path, now: datetime) -> Finding:
    files = list((var_dir / "backups").glob("*.asuh"))
    if not files:
        return Finding("backups", is_well=False, code="doctor.no_backup")
    newest = max(path.stat().st_mtime for path in files)
    hours = int((now.timestamp() - newest) // 3600)
    is_well = timedelta(hours=hours) <= OLD_BACKUP
    code = "doctor.backup" if is_well else "doctor.backup_old"
    return Finding("backups", is_well=is_well, code=code, params={"hours": hours})
