import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from api.services.audit import record, verify_chain
from data.engine import make_engine, read_session, write_session
from data.schema import Account, AuditEntry, Role

CHILD: dict[str, Any] = {"subject": "child", "subject_id": 7}


def someone(now: datetime) -> Account:
    return Account(username="ani", full_name="Ani", role=Role.STAFF, created_at=now)


def write_entries(engine: Engine, now: datetime, count: int) -> None:
    for number in range(count):
        with write_session(engine) as session:
            record(
                session,
                by=someone(now),
                action="child:edit",
                subject="child",
                subject_id=number,
                now=now + timedelta(seconds=number),
                before={"phone": "0811", "weight_g": 7000.5},
                after={"phone": "0812", "seen_at": now},
                purpose="telepon baru",
            )


def test_an_entry_is_stored_with_the_commit(engine: Engine, now: datetime) -> None:
    write_entries(engine, now, 1)
    with read_session(engine) as session:
        entry = session.exec(select(AuditEntry)).one()
    assert (entry.by, entry.role, entry.action) == ("ani", "staff", "child:edit")
    assert entry.after == {"phone": "0812", "seen_at": str(now)}


def test_a_rolled_back_act_leaves_no_entry(engine: Engine, now: datetime) -> None:
    with Session(engine) as session:
        session.connection()
        record(session, by=someone(now), action="child:edit", now=now, **CHILD)
        session.rollback()
        session.commit()
        assert session.exec(select(AuditEntry)).all() == []


def test_what_a_savepoint_undid_is_not_noted_and_what_it_kept_is(
    engine: Engine, now: datetime
) -> None:
    with write_session(engine) as session:
        session.connection()
        with session.begin_nested():
            record(session, by="system", action="kept", now=now, **CHILD)
        undone = session.begin_nested()
        record(session, by="system", action="undone", now=now, **CHILD)
        undone.rollback()
    with read_session(engine) as session:
        assert session.exec(select(AuditEntry.action)).all() == ["kept"]


def test_a_session_reads_the_entries_it_has_just_noted(session: Session, now: datetime) -> None:
    record(session, by="system", action="child:read", now=now, **CHILD)
    assert session.exec(select(AuditEntry)).one().action == "child:read"


def test_citizen_numbers_are_masked(session: Session, now: datetime) -> None:
    number = "1971014502230012"
    record(
        session,
        by="system",
        action="child:edit",
        subject="child",
        subject_id=number,
        now=now,
        after={"nik": number, "lines": [{"kk": int(number)}], "note": f"NIK {number} salah"},
        purpose=f"cari {number}",
    )
    entry = session.exec(select(AuditEntry)).one()
    assert number not in str([entry.subject_id, entry.after, entry.purpose])
    assert entry.after == {
        "nik": "1971••••••••0012",
        "lines": [{"kk": "1971••••••••0012"}],
        "note": "NIK 1971••••••••0012 salah",
    }


@pytest.mark.parametrize("digits", [15, 16, 18])
def test_numbers_cut_short_or_in_file_names_are_masked_too(
    session: Session, now: datetime, digits: int
) -> None:
    number = "197101450223001299"[:digits]
    record(
        session, by="system", action="import:preview", subject="import", subject_id=1, now=now,
        after={"file": f"anak_{number}.xlsx", "rows": 20261201, "phone": "081234567890"},
    )  # fmt: skip
    after = session.exec(select(AuditEntry)).one().after
    assert after is not None
    assert number not in str(after)
    assert (after["rows"], after["phone"]) == (20261201, "081234567890")


def test_a_read_session_refuses_what_it_would_lose(engine: Engine, now: datetime) -> None:
    with read_session(engine) as session, pytest.raises(RuntimeError, match="keeps no entry"):
        record(session, by=someone(now), action="child:read", now=now, **CHILD)


def test_an_engine_without_audit_key_cannot_note_anything(now: datetime) -> None:
    bare = make_engine("sqlite://")
    with Session(bare) as session:
        record(session, by="system", action="child:read", now=now, **CHILD)
        with pytest.raises(TypeError, match="audit key"):
            session.commit()
    bare.dispose()


@pytest.mark.parametrize("count", [0, 1, 5])
def test_an_untouched_chain_is_sound(engine: Engine, now: datetime, count: int) -> None:
    write_entries(engine, now, count)
    with read_session(engine) as session:
        report = verify_chain(session)
    assert report.is_sound
    assert report.num_entries == count


@pytest.mark.parametrize(
    "statement",
    ["UPDATE auditentry SET by = 'other'", "DELETE FROM auditentry"],
)
def test_the_store_itself_refuses_to_change_entries(
    engine: Engine, now: datetime, statement: str
) -> None:
    write_entries(engine, now, 2)

    def tamper() -> None:
        with write_session(engine) as session:
            session.execute(text(statement))

    with pytest.raises(DBAPIError, match="append-only"):
        tamper()


@pytest.mark.stores("postgresql")
def test_postgresql_refuses_to_truncate_entries(engine: Engine, now: datetime) -> None:
    write_entries(engine, now, 1)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("TRUNCATE auditentry"))


def tampered(engine: Engine, chance: random.Random, count: int) -> str:
    """Do one random wrong to the trail behind the triggers' back; return what."""
    one, other = chance.sample(range(1, count + 1), 2)
    field = chance.choice(["by", "role", "action", "subject", "subject_id", "purpose", "at"])
    value = "'2020-01-01 00:00:00'" if field == "at" else "'forged'"
    edits = {
        "edit": [f'UPDATE auditentry SET "{field}" = {value} WHERE id = {one}'],
        "json": [f"""UPDATE auditentry SET after = '{{"phone": "0899"}}' WHERE id = {one}"""],
        "delete": [f"DELETE FROM auditentry WHERE id = {one}"],
        "cut": [f"DELETE FROM auditentry WHERE id >= {one}"],
        "swap": [
            f"UPDATE auditentry SET id = 9999 WHERE id = {one}",
            f"UPDATE auditentry SET id = {one} WHERE id = {other}",
            f"UPDATE auditentry SET id = {other} WHERE id = 9999",
        ],
        "insert": [
            'INSERT INTO auditentry (id, at, "by", role, action, subject, subject_id, purpose, '
            "previous_hash, hash) SELECT 9999, at, 'forged', role, action, subject, subject_id, "
            f"purpose, hash, '{'f' * 64}' FROM auditentry WHERE id = {count}"
        ],
        "head": ["UPDATE audithead SET num_entries = num_entries - 1"],
        "no head": ["DELETE FROM audithead"],
    }
    kind = chance.choice(sorted(edits))
    with engine.begin() as connection:
        for statement in edits[kind]:
            connection.execute(text(statement))
    return kind


@pytest.mark.stores("sqlite")
@pytest.mark.slow
def test_every_random_tampering_is_found(engine: Engine, now: datetime) -> None:
    count, attempts = 12, 250
    write_entries(engine, now, count)
    with engine.begin() as connection:
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER auditentry_no_{verb}"))
        for table in ("auditentry", "audithead"):
            connection.execute(text(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}"))
    chance = random.Random(20)
    missed = []
    for _ in range(attempts):
        kind = tampered(engine, chance, count)
        with read_session(engine) as session:
            if verify_chain(session).is_sound:
                missed.append(kind)
        with engine.begin() as connection:
            for table in ("auditentry", "audithead"):
                connection.execute(text(f"DELETE FROM {table}"))
                connection.execute(text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))
    assert missed == []


def test_a_long_subject_is_cut_to_its_column(session: Session, now: datetime) -> None:
    record(session, by="x", action="read", subject="posyandu", subject_id="Melati " * 9, now=now)
    session.commit()
    assert session.exec(select(AuditEntry.subject_id)).one() == ("Melati " * 9)[:40]
