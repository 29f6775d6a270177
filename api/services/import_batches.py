"""Files that came in: found, listed, what they were as uploaded, and what of them was kept out."""

import hashlib
from datetime import datetime

from sqlmodel import Session, col, select

from api.services import looks
from api.services.access import must_hold
from api.services.errors import NotFound
from api.services.import_details import open_content, sealed_content
from data.queries.imports import INTO_REGISTERS
from data.schema import Account, ImportBatch, ImportState
from data.sealing import KeyRing


def rejected_rows_file(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime, keys: KeyRing
) -> tuple[str, bytes] | None:
    """Return name and XLSX content of the rows that were kept out, each with its reason.

    The rows are as they were uploaded, citizen numbers too: who took them is audited.

    Raises
    ------
    Forbidden
        ``access.role``.
    """
    must_hold(by, "import:edit")
    if batch.content is None:
        return None
    rejected = open_content(keys, batch)["rejected"]
    if not rejected:
        return None
    note_import(
        session, batch, "export_rejected", by, now, {"rejected": batch.counts.get("rejected", 0)}
    )
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    return f"{stem}-ditolak.xlsx", rejected


def uploaded_file(batch: ImportBatch, *, keys: KeyRing) -> bytes | None:
    """Return the file of a batch as it was uploaded; None once it was applied or put away."""
    return (open_content(keys, batch)["file"] or None) if batch.content is not None else None


def seal_upload(keys: KeyRing, content: bytes) -> tuple[str, bytes]:
    """Return the hash of an uploaded file and its content sealed as a batch keeps it."""
    sha256 = hashlib.sha256(content).hexdigest()
    return sha256, sealed_content(keys, sha256, file=content)


def find_import(session: Session, *, batch_id: int) -> ImportBatch:
    """Return one import.

    Raises
    ------
    NotFound
        ``intake.not_found``, also of a filled-in result sheet: those have their own place.
    """
    wanted = select(ImportBatch).where(ImportBatch.id == batch_id, INTO_REGISTERS)
    batch = session.exec(wanted).first()
    if batch is None:
        raise NotFound("intake.not_found", batch=batch_id)
    return batch


def list_imports(
    session: Session, *, state: ImportState | None = None, limit: int = 50
) -> list[ImportBatch]:
    """Return imports, the newest first."""
    query = select(ImportBatch).where(INTO_REGISTERS).order_by(col(ImportBatch.id).desc())
    query = query.limit(limit)
    if state is not None:
        query = query.where(ImportBatch.state == state)
    return list(session.exec(query).all())


def note_import(
    session: Session,
    batch: ImportBatch,
    verb: str,
    by: Account,
    now: datetime,
    after: dict[str, object],
) -> None:
    """Write down what was done with a file."""
    looks.note(
        session,
        by=by,
        action=f"import:{verb}",
        subject="import",
        subject_id=batch.id or 0,
        now=now,
        after={"kind": batch.kind, "file": batch.file_name, "sha256": batch.sha256[:12], **after},
    )
