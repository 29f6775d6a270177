"""The audit trail: who did or read what, appended when the transaction commits, never edited.

Each entry's hash is ``HMAC(key, previous hash ‖ canonical JSON of the entry)``; the head row holds
the number of entries and the last hash under the same key. Entries wait in the session until just
before the commit (or until the session itself reads the trail), because appending locks the head:
so the lock is held for the shortest time and is always the last one taken.
"""

import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, func, text, update
from sqlalchemy.orm import ORMExecuteState, SessionTransaction
from sqlmodel import Session, col, select

from data.engine import AUDIT_KEY, can_write
from data.schema import Account, AuditEntry, AuditHead
from data.sealing import mask

WAITING = "asuh_audit_waiting"
NO_HASH = "0" * 64
LONG_NUMBER = re.compile(r"(?<!\d)\d{15,18}(?!\d)")
MAX_PURPOSE = 300
MAX_SUBJECT_ID = 40
LARGEST_PLAIN_NUMBER = 10**14 - 1


@dataclass(frozen=True)
class ChainReport:
    """What a walk along the chain found.

    Parameters
    ----------
    num_entries
        Entries that were walked.
    head
        Hash of the last sound entry.
    broken_id
        The first entry that does not fit, ``None`` when all do.
    fault
        ``""``, ``entry`` (altered, moved, inserted or missing before), ``head`` (the end was cut
        off or the head was altered).
    """

    num_entries: int
    head: str
    broken_id: int | None = None
    fault: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.fault


@dataclass(frozen=True)
class Wish:
    """Which entries to list; an empty field fits all. Subject and id name a record's history."""

    by: str = ""
    action: str = ""
    subject: str = ""
    subject_id: str = ""


def record(
    session: Session,
    *,
    by: Account | str,
    action: str,
    subject: str,
    subject_id: str | int,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    purpose: str = "",
) -> None:
    """Note an act; it is stored with the transaction or not at all.

    Parameters
    ----------
    by
        Who; a text such as ``system`` or ``anonymous`` where nobody is signed in.
    action
        The permission or verb, such as ``child:edit``.
    before, after
        The fields that changed, not the whole row. Numbers of 15 to 18 digits (NIK, KK, NIP, and
        those cut short) are masked.

    Raises
    ------
    RuntimeError
        In a read session, where the entry would be lost without a word: there
        :func:`api.services.looks.note` keeps it until it can be written.
    """
    if not can_write(session):
        msg = f"a read session keeps no entry of {action}: note it by api.services.looks"
        raise RuntimeError(msg)
    entry = AuditEntry(
        at=now,
        by=by if isinstance(by, str) else by.username,
        role="" if isinstance(by, str) else by.role.value,
        action=action,
        subject=subject,
        subject_id=_without_numbers(str(subject_id))[:MAX_SUBJECT_ID],
        before=_plain(before),
        after=_plain(after),
        purpose=_without_numbers(purpose)[:MAX_PURPOSE],
        previous_hash="",
        hash="",
    )
    owner = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(WAITING, []).append((owner, entry))


def verify_chain(session: Session) -> ChainReport:
    """Walk the whole chain and compare every hash, the count and the head."""
    key = _audit_key(session)
    previous, count = NO_HASH, 0
    for entry in session.exec(
        select(AuditEntry).order_by(col(AuditEntry.id)).execution_options(yield_per=1000)
    ):
        expected = _entry_hash(key, previous, entry)
        if entry.previous_hash != previous or not hmac.compare_digest(entry.hash, expected):
            return ChainReport(count, previous, entry.id, "entry")
        previous, count = entry.hash, count + 1
    head = session.exec(select(AuditHead.num_entries, AuditHead.hash, AuditHead.seal)).one_or_none()
    if head is None and count == 0:
        return ChainReport(0, NO_HASH)
    if head is None or tuple(head) != (count, previous, _head_seal(key, count, previous)):
        return ChainReport(count, previous, None, "head")
    return ChainReport(count, previous)


def list_entries(
    session: Session, wish: Wish | None = None, *, offset: int = 0, limit: int = 50
) -> tuple[list[AuditEntry], int]:
    """Return a page of entries, newest first, and how many fit."""
    wishes = asdict(wish) if wish else {}
    fits = [getattr(AuditEntry, name) == value for name, value in wishes.items() if value]
    newest = select(AuditEntry).where(*fits).order_by(col(AuditEntry.id).desc())
    entries = list(session.exec(newest.offset(offset).limit(limit)))
    total = session.exec(select(func.count()).select_from(AuditEntry).where(*fits)).one()
    return entries, total


def _audit_key(session: Session) -> bytes:
    key = session.get_bind().engine.get_execution_options().get(AUDIT_KEY)
    if not isinstance(key, bytes):
        msg = "this engine was opened without an audit key"
        raise TypeError(msg)
    return key


def _plain(values: dict[str, Any] | None) -> dict[str, object] | None:
    """Return the values as they will read back from JSON, long numbers masked."""
    if values is None:
        return None
    plain = json.loads(json.dumps(values, default=str, allow_nan=False))
    return {key: _masked(value) for key, value in plain.items()}


def _masked(value: object) -> object:
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and value > LARGEST_PLAIN_NUMBER:
        return mask(str(value))
    return _without_numbers(value) if isinstance(value, str) else value


def _without_numbers(text: str) -> str:
    return LONG_NUMBER.sub(lambda found: mask(found[0]), text)


def _entry_hash(key: bytes, previous: str, entry: AuditEntry) -> str:
    content = json.dumps(
        [
            entry.at.astimezone(UTC).isoformat(),
            entry.by,
            entry.role,
            entry.action,
            entry.subject,
            entry.subject_id,
            entry.before,
            entry.after,
            entry.purpose,
        ],
        sort_keys=True,
        separators=(",", ":"),
    )
    return hmac.new(key, f"{previous}\n{content}".encode(), hashlib.sha256).hexdigest()


def _head_seal(key: bytes, num_entries: int, last: str) -> str:
    return hmac.new(key, f"head\n{num_entries}\n{last}".encode(), hashlib.sha256).hexdigest()


def _append_waiting(session: Session) -> None:
    waiting = session.info.pop(WAITING, [])
    if not waiting:
        return
    session.flush()
    key = _audit_key(session)
    count, previous = _lock_head(session, key)
    for _, entry in waiting:
        entry.previous_hash = previous
        entry.hash = previous = _entry_hash(key, previous, entry)
        session.add(entry)
        session.flush()  # ids follow the chain
    count += len(waiting)
    session.execute(
        update(AuditHead)
        .where(col(AuditHead.id) == 1)
        .values(num_entries=count, hash=previous, seal=_head_seal(key, count, previous))
    )


def _lock_head(session: Session, key: bytes) -> tuple[int, str]:
    """Make writers append one after another; return the number of entries and the last hash."""
    session.execute(
        text(
            "INSERT INTO audithead (id, num_entries, hash, seal) VALUES (1, 0, :hash, :seal) "
            "ON CONFLICT DO NOTHING"
        ),
        {"hash": NO_HASH, "seal": _head_seal(key, 0, NO_HASH)},
    )
    return session.exec(select(AuditHead.num_entries, AuditHead.hash).with_for_update()).one()


@event.listens_for(Session, "before_commit")
def _append_before_commit(session: Session) -> None:
    nested = session.get_nested_transaction()
    if nested is None:
        _append_waiting(session)
    else:
        waiting = session.info.get(WAITING, [])
        session.info[WAITING] = [
            (nested.parent if owner is nested else owner, entry) for owner, entry in waiting
        ]


@event.listens_for(Session, "after_soft_rollback")
def _forget_rolled_back(session: Session, previous: SessionTransaction) -> None:
    waiting = session.info.get(WAITING, [])
    if not previous.nested:
        waiting = []
    session.info[WAITING] = [pair for pair in waiting if pair[0] is not previous]


@event.listens_for(Session, "do_orm_execute")
def _append_before_reading(state: ORMExecuteState) -> None:
    if not state.is_select or not state.session.info.get(WAITING):
        return
    if any(mapper.class_ is AuditEntry for mapper in state.all_mappers):
        _append_waiting(state.session)  # type: ignore[arg-type]  # sqlmodel's Session is one
