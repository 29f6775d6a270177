"""What a file would change and what takes it back: sealed with the batch, read by leave, dropped.

Rows of a file are names, birth days and addresses. They stand in the batch only sealed, every
opening is audited, and they go when nobody needs them any more.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from api.services import looks
from api.services.audit import record
from data.schema import Account, ImportBatch, ImportState
from data.sealing import KeyRing, seal, unseal

PREVIEW_KEPT = timedelta(days=7)
"""A preview that nobody confirmed is put away after so long."""
DETAILS_KEPT = timedelta(days=62)
"""An applied file can be shown row by row, and taken back, for so long."""
SEALED_COLUMNS = ("content", "details_sealed", "undo_sealed")


@dataclass(frozen=True, kw_only=True)
class ImportDetails:
    """The rows of a batch: what each would change, and what is wrong with which."""

    changes: list[dict[str, Any]]
    issues: list[dict[str, Any]]


def seal_place(sha256: str, column: str) -> str:
    """Return the place that a sealed column of a batch is bound to."""
    return f"import:{column}:{hashlib.sha256(sha256.encode()).hexdigest()[:16]}"


def sealed_content(
    keys: KeyRing, sha256: str, *, file: bytes | None = None, rejected: bytes | None = None
) -> bytes:
    """Return a file and the workbook of its rejected rows, sealed as a batch keeps them."""
    parts = {"file": file, "rejected": rejected}
    text = json.dumps(
        {name: base64.b64encode(part).decode() if part else None for name, part in parts.items()}
    )
    return seal(keys, text, place=seal_place(sha256, "content"))


def open_content(keys: KeyRing, batch: ImportBatch) -> dict[str, bytes]:
    """Return what :func:`sealed_content` sealed; what is not there (any more) is empty."""
    parts = json.loads(
        unseal(keys, batch.content or b"", place=seal_place(batch.sha256, "content"))
    )
    return {name: base64.b64decode(part) if part else b"" for name, part in parts.items()}


def keep_details(keys: KeyRing, batch: ImportBatch, details: ImportDetails) -> None:
    """Seal the rows of a batch into it."""
    content = {"changes": details.changes, "issues": details.issues}
    batch.details_sealed = _sealed(keys, batch, "details_sealed", content)


def keep_undo(keys: KeyRing, batch: ImportBatch, steps: list[dict[str, Any]]) -> None:
    """Seal what brings the state before a batch back."""
    batch.undo_sealed = _sealed(keys, batch, "undo_sealed", steps)


def open_details(keys: KeyRing, batch: ImportBatch) -> ImportDetails:
    """Return the rows of a batch; empty once they were dropped."""
    content = _unsealed(keys, batch, "details_sealed") or {"changes": [], "issues": []}
    return ImportDetails(changes=content["changes"], issues=content["issues"])


def open_undo(keys: KeyRing, batch: ImportBatch) -> list[dict[str, Any]] | None:
    """Return what brings the state before a batch back; None once it was dropped."""
    steps: list[dict[str, Any]] | None = _unsealed(keys, batch, "undo_sealed")
    return steps


def read_details(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime, keys: KeyRing
) -> ImportDetails:
    """Return the rows of a batch for a person to see; who looked is audited."""
    details = open_details(keys, batch)
    looks.note(
        session,
        by=by,
        action="import:read",
        subject="import",
        subject_id=batch.id or 0,
        now=now,
        after={"file": batch.file_name, "num_rows": len(details.changes) + len(details.issues)},
    )
    return details


def drop_rows(batch: ImportBatch) -> None:
    """Remove everything of a batch that speaks of people; counts and file name stay."""
    batch.content = batch.details_sealed = batch.undo_sealed = None


def drop_old_details(session: Session, *, now: datetime) -> int:
    """Put old previews away and drop the rows of files applied long ago; return how many."""
    old = session.exec(
        select(ImportBatch)
        .where(
            or_(*(col(getattr(ImportBatch, name)).is_not(None) for name in SEALED_COLUMNS)),
            or_(
                (col(ImportBatch.state) == ImportState.PREVIEWED)
                & (col(ImportBatch.at) < now - PREVIEW_KEPT),
                (col(ImportBatch.state) != ImportState.PREVIEWED)
                & (col(ImportBatch.at) < now - DETAILS_KEPT),
            ),
        )
        .with_for_update()
    ).all()
    for batch in old:
        drop_rows(batch)
        if batch.state is ImportState.PREVIEWED:
            batch.state = ImportState.DISCARDED
        record(
            session,
            by="system",
            action="import:forget",
            subject="import",
            subject_id=batch.id or 0,
            now=now,
            after={"state": batch.state.value},
        )
        session.add(batch)
    session.flush()
    return len(old)


def _sealed(keys: KeyRing, batch: ImportBatch, column: str, content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False)
    return seal(keys, text, place=seal_place(batch.sha256, column))


def _unsealed(keys: KeyRing, batch: ImportBatch, column: str) -> Any:
    sealed = getattr(batch, column)
    if sealed is None:
        return None
    return json.loads(unseal(keys, sealed, place=seal_place(batch.sha256, column)))
