"""Saving fields when several people edit: nothing is lost silently.

A person saves onto the version that was read. When somebody saved in between, the answer names
every field with both values; saving again onto the newer version merges, and where both changed
one field the person chooses.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlmodel import Session, SQLModel, col, select

from api.services.audit import record
from api.services.clock import local_date
from api.services.errors import Invalid, StaleVersion
from data.readers.words import as_phone
from data.schema import (
    Account,
    AuditEntry,
    Child,
    Depot,
    DropPoint,
    Household,
    Pledge,
    Sponsor,
    Vehicle,
)

Editable = Child | Household | Sponsor | Pledge
LARGEST = 2**31 - 1
PHONES = ("phone", "courier_phone")
MOST_RP = 10**12
"""More than any pledge or plan of a country, well within eight bytes."""


def save_fields(
    session: Session,
    *,
    row: Editable,
    subject: str,
    base_version: int,
    changes: Mapping[str, object],
    allowed: Iterable[str],
    by: Account,
    now: datetime,
    purpose: str = "",
) -> dict[str, object]:
    """Save fields of a row onto the version that was read; return what really changed, before.

    Raises
    ------
    Invalid
        ``edit.unknown_field`` for a field that may not be edited here, ``field.long`` for a text
        longer than its column, ``field.large`` for a number that it does not hold, ``field.phone``
        for a telephone number that nobody could dial.
    StaleVersion
        ``edit.stale`` when the row was saved in between: ``fields`` maps each field that either
        side changed to yours, theirs and base; ``conflicts`` names those that both changed.
    """
    unknown = sorted(set(changes) - set(allowed))
    if unknown:
        raise Invalid("edit.unknown_field", fields=dict.fromkeys(unknown, "edit.unknown_field"))
    wrong = unreadable_phones(changes) | too_long(type(row), changes)
    wrong |= too_large(type(row), changes)
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    session.refresh(row, with_for_update=True)
    if row.version != base_version:
        _refuse_stale(session, row, subject, base_version, changes)
    return write_fields(
        session, row=row, subject=subject, changes=changes, by=by, now=now, purpose=purpose
    )


def too_long(kind: type[SQLModel], values: Mapping[str, object]) -> dict[str, str]:
    """Return field → ``field.long`` for texts that the columns of a table do not hold.

    SQLite would keep them whole, PostgreSQL fails on them.
    """
    columns = SQLModel.metadata.tables[str(kind.__tablename__)].columns
    most = {name: getattr(columns[name].type, "length", None) for name in values if name in columns}
    return {
        name: "field.long"
        for name, length in most.items()
        if length and isinstance(text := values[name], str) and len(text) > length
    }


def too_large(kind: type[SQLModel], values: Mapping[str, object]) -> dict[str, str]:
    """Return field → ``field.large`` for whole numbers that the columns of a table do not hold.

    SQLite would keep them, PostgreSQL fails on them.
    """
    columns = SQLModel.metadata.tables[str(kind.__tablename__)].columns
    return {
        name: "field.large"
        for name, value in values.items()
        if name in columns
        and isinstance(kept := columns[name].type, Integer)
        and isinstance(value, int)
        and abs(value) > (MOST_RP if isinstance(kept, BigInteger) else LARGEST)
    }


def unreadable_phones(values: Mapping[str, object]) -> dict[str, str]:
    """Return field → ``field.phone`` for telephone numbers that nobody could dial."""
    given = {name: values.get(name) for name in PHONES}
    return {
        name: "field.phone"
        for name, value in given.items()
        if value not in (None, "") and as_phone(str(value)).code is not None
    }


def refuse_saved_meanwhile(
    row: SQLModel, changes: Mapping[str, Any], read: Mapping[str, Any], *, code: str
) -> None:
    """Refuse fields of a row without versions that somebody saved otherwise since they were read.

    Raises
    ------
    StaleVersion
        Of that code; ``fields`` maps each to yours, theirs and base.
    """
    fields = {
        name: {"yours": yours, "theirs": theirs, "base": read[name]}
        for name, yours in changes.items()
        if name in read and (theirs := getattr(row, name)) not in (read[name], yours)
    }
    if fields:
        raise StaleVersion(code, fields=fields, saved=getattr(row, "name", ""))


def write_unversioned(
    session: Session,
    *,
    row: Depot | DropPoint | Vehicle,
    subject: str,
    changes: Mapping[str, Any],
    is_new: bool,
    by: Account,
    now: datetime,
) -> set[str]:
    """Set fields of a row without versions, audit both values; return those that differ now.

    Of a new row none differ.
    """
    before = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    record(
        session,
        by=by,
        action=f"{subject}:add" if is_new else f"{subject}:edit",
        subject=subject,
        subject_id=row.name[:40],
        now=now,
        before=None if is_new else _plain(before),
        after=_plain(changes),
    )
    return set() if is_new else {name for name in changes if before[name] != changes[name]}


def hold_rows(session: Session, *rows: Editable) -> None:
    """Hold rows of one table until the transaction ends and read them anew, lowest id first.

    What two people decide about the same rows happens one after the other.
    """
    session.flush()
    for row in sorted(rows, key=lambda each: each.id or 0):
        session.refresh(row, with_for_update=True)


def write_fields(
    session: Session,
    *,
    row: Editable,
    subject: str,
    changes: Mapping[str, object],
    by: Account,
    now: datetime,
    action: str = "edit",
    purpose: str = "",
) -> dict[str, object]:
    """Set fields, raise the version, audit both values; return the values before."""
    before = {name: getattr(row, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    if not changed:
        return {}
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = now
    row.updated_by = by.username
    session.add(row)
    session.flush()
    old = {name: before[name] for name in changed}
    record(
        session,
        by=by,
        action=f"{subject}:{action}",
        subject=subject,
        subject_id=row.code,
        now=now,
        before=_plain(old),
        after=_plain(changed) | {"version": row.version},
        purpose=purpose,
    )
    return old


def confirm_fields(row: Editable, names: Iterable[str], on: date) -> None:
    """Note the day on which a person confirmed fields, so that older files leave them alone."""
    dates = dict.fromkeys(names, on.isoformat())
    row.confirmed_fields = {**row.confirmed_fields, **dates}


def confirmed_after(row: Editable, name: str, as_of: date | None) -> bool:
    """Return whether a person confirmed a field later than a file knows.

    A file whose day is not known counts as older.
    """
    on = row.confirmed_fields.get(name)
    return on is not None and (as_of is None or date.fromisoformat(on) > as_of)


def today(now: datetime) -> date:
    """Return the local day of an instant."""
    return local_date(now)


def _refuse_stale(
    session: Session,
    row: Editable,
    subject: str,
    base_version: int,
    changes: Mapping[str, object],
) -> None:
    base = _since(session, subject, row.code, base_version)
    fields: dict[str, dict[str, Any]] = {}
    for name in [*changes, *(name for name in base if name not in changes)]:
        theirs = _text(getattr(row, name))
        yours = _text(changes[name]) if name in changes else base[name]
        fields[name] = {"yours": yours, "theirs": theirs, "base": base.get(name, theirs)}
    both = [
        name for name in changes if name in base and fields[name]["yours"] != fields[name]["theirs"]
    ]
    raise StaleVersion(
        "edit.stale",
        version=row.version,
        base_version=base_version,
        by=row.updated_by,
        fields=fields,
        conflicts=both,
    )


def _since(session: Session, subject: str, code: str, version: int) -> dict[str, object]:
    """Return the fields that were saved after a version, each with its value at that version."""
    entries = session.exec(
        select(AuditEntry)
        .where(AuditEntry.subject == subject, AuditEntry.subject_id == code)
        .order_by(col(AuditEntry.id))
    ).all()
    base: dict[str, object] = {}
    for entry in entries:
        saved = (entry.after or {}).get("version")
        if isinstance(saved, int) and saved > version:
            for name, value in (entry.before or {}).items():
                base.setdefault(name, value)
    return base


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: object) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
