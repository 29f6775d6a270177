"""What a person answers about a file that came in: how dates are written, which values win.

The file stays sealed with its batch, so that nobody has to choose it a second time. An answer
makes a new preview; the one before is put away.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from api.services.audit import record
from api.services.errors import Invalid, Refused
from api.services.import_batches import seal_upload, uploaded_file
from api.services.intake import (
    apply_import,
    check_unchanged,
    discard_import,
    preview_import,
)
from data.readers.identity import masked
from data.schema import Account, ImportBatch, ImportState
from data.sealing import KeyRing

QUESTION = "intake.date_order"
ORDERS = ("dmy", "mdy")


def keep_question(
    session: Session,
    *,
    file_name: str,
    content: bytes,
    question: Refused,
    options: Mapping[str, object],
    by: Account,
    now: datetime,
    keys: KeyRing,
) -> ImportBatch:
    """Keep a file whose dates can be read in two ways until a person has said which.

    Raises
    ------
    Refused
        The question itself again, when it is another one.
    """
    if question.code != QUESTION:
        raise question
    sha256, sealed = seal_upload(keys, content)
    batch = ImportBatch(
        kind=str(options.get("kind") or ""),
        file_name=masked(file_name)[-200:],
        sha256=sha256,
        state=ImportState.PREVIEWED,
        content=sealed,
        options={**options, "question": question.params},
        by=by.username,
        at=now,
    )
    session.add(batch)
    session.flush()
    record(
        session,
        by=by,
        action="import:ask",
        subject="import",
        subject_id=batch.id or 0,
        now=now,
        after={"file": batch.file_name},
    )
    return batch


def answer_date_order(
    session: Session, *, batch: ImportBatch, order: str, by: Account, now: datetime, keys: KeyRing
) -> ImportBatch:
    """Say whether dates are written day first or month first; return the new preview.

    Raises
    ------
    Invalid
        ``field.choice`` for anything but ``dmy`` and ``mdy``.
    Refused
        ``intake.state``, ``import.no_content``.
    """
    if order not in ORDERS:
        raise Invalid("field.choice", fields={"urutan": "field.choice"})
    return _preview_again(session, batch, {"date_order": order}, by, now, keys)


def take_from_file(
    session: Session,
    *,
    batch: ImportBatch,
    conflicts: Sequence[str],
    by: Account,
    now: datetime,
    keys: KeyRing,
) -> ImportBatch:
    """Let the file win over the field's word in some conflicts; return the new preview.

    Parameters
    ----------
    conflicts
        ``"row:field"`` each; the field's word stays in all others.

    Raises
    ------
    Refused
        ``import.take_nothing``, ``intake.state``, ``import.no_content``.
    """
    if not conflicts:
        raise Refused("import.take_nothing")
    before = batch.options.get("take", [])
    taken = {*(before if isinstance(before, list) else []), *conflicts}
    return _preview_again(session, batch, {"take": sorted(taken)}, by, now, keys)


def look_again(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime, keys: KeyRing
) -> ImportBatch:
    """Read a previewed file once more against the register as it stands; return the new preview.

    Raises
    ------
    Refused
        ``intake.state``, ``import.no_content``.
    """
    return _preview_again(session, batch, {}, by, now, keys)


def apply_with(
    session: Session,
    *,
    batch: ImportBatch,
    conflicts: Sequence[str],
    by: Account,
    now: datetime,
    keys: KeyRing,
) -> ImportBatch:
    """Store a preview with the file's word in some conflicts: one confirmation for both.

    What differs from the preview is only what was chosen; returns the batch that was applied.

    Raises
    ------
    Refused
        ``intake.changed_since_preview`` when the register moved since the preview, and what
        :func:`take_from_file` and :func:`api.services.intake.apply_import` refuse.
    """
    if conflicts:
        check_unchanged(session, batch=batch, by=by, now=now, keys=keys)
        batch = take_from_file(session, batch=batch, conflicts=conflicts, by=by, now=now, keys=keys)
    return apply_import(session, batch=batch, by=by, now=now, keys=keys)


def _preview_again(
    session: Session,
    batch: ImportBatch,
    answer: Mapping[str, object],
    by: Account,
    now: datetime,
    keys: KeyRing,
) -> ImportBatch:
    session.refresh(batch, with_for_update=True)
    if batch.state is not ImportState.PREVIEWED:
        raise Refused("intake.state", batch=batch.id, found=batch.state.value, verb="answer")
    content = uploaded_file(batch, keys=keys)
    if content is None:
        raise Refused("import.no_content")
    asked = {
        name: each for name, each in batch.options.items() if name not in ("question", "digest")
    }
    fresh = preview_import(
        session,
        file_name=batch.file_name,
        content=content,
        by=by,
        now=now,
        keys=keys,
        kind=batch.kind or None,
        options={**asked, **answer},
    )
    discard_import(session, batch=batch, by=by, now=now)
    return fresh
