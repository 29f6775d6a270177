"""Files that come in, under /api/v1/imports: preview, apply, undo, rejected rows."""

from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Response, UploadFile, status

from api.dependencies import Keys, LookSession, Now, ReadSession, RowId, WriteSession, requires
from api.schemas.imports import ImportRow, ImportView, UndoReason
from api.services import import_batches, import_details, import_undo, intake
from api.services.errors import NotFound
from data.schema import Account, ImportState

router = APIRouter(prefix="/imports", tags=["imports"])

Reader = Annotated[Account, requires("import:read")]
Editor = Annotated[Account, requires("import:edit")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("")
def list_imports(
    session: ReadSession, by: Reader, state: ImportState | None = None
) -> list[ImportRow]:
    """List imports, the newest first."""
    del by
    return [
        ImportRow.model_validate(row) for row in import_batches.list_imports(session, state=state)
    ]


@router.post("", status_code=status.HTTP_201_CREATED)
def preview_import(
    session: WriteSession,
    by: Editor,
    now: Now,
    keys: Keys,
    file: Annotated[UploadFile, File()],
    kind: Annotated[str | None, Form()] = None,
    date_order: Annotated[Literal["dmy", "mdy"] | None, Form()] = None,
    as_of: Annotated[str | None, Form(pattern=r"^\d{4}-\d{2}-\d{2}$")] = None,
    month: Annotated[str | None, Form(pattern=r"^\d{4}-\d{2}$")] = None,
    take: Annotated[list[str] | None, Form()] = None,
) -> ImportView:
    """Read a file and show what it would change; nothing else is stored.

    A 409 ``intake.date_order`` asks in which order its dates are written: send the file again
    with ``date_order``.
    """
    given = {"date_order": date_order, "as_of": as_of, "month": month, "take": take}
    batch = intake.preview_import(
        session,
        file_name=file.filename or "berkas",
        content=file.file.read(),
        by=by,
        now=now,
        keys=keys,
        kind=kind,
        options={name: value for name, value in given.items() if value},
    )
    return ImportView.of(batch, import_details.open_details(keys, batch))


@router.get("/{batch_id}")
def read_import(
    session: LookSession, by: Reader, now: Now, keys: Keys, batch_id: RowId
) -> ImportView:
    """Show what a file would change or changed; who looks is audited."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    details = import_details.read_details(session, batch=batch, by=by, now=now, keys=keys)
    return ImportView.of(batch, details)


@router.post("/{batch_id}/apply")
def apply_import(
    session: WriteSession, by: Editor, now: Now, keys: Keys, batch_id: RowId
) -> ImportRow:
    """Store what the preview showed, all of it or nothing."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    return ImportRow.model_validate(
        intake.apply_import(session, batch=batch, by=by, now=now, keys=keys)
    )


@router.post("/{batch_id}/discard")
def discard_import(session: WriteSession, by: Editor, now: Now, batch_id: RowId) -> ImportRow:
    """Put a preview away."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    return ImportRow.model_validate(intake.discard_import(session, batch=batch, by=by, now=now))


@router.post("/{batch_id}/undo")
def undo_import(
    session: WriteSession, by: Editor, now: Now, keys: Keys, batch_id: RowId, body: UndoReason
) -> ImportRow:
    """Take an applied file back, as long as nothing was built on it."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    return ImportRow.model_validate(
        import_undo.undo_import(session, batch=batch, by=by, now=now, keys=keys, reason=body.reason)
    )


@router.get("/{batch_id}/rejected", response_class=Response)
def rejected_rows(
    session: LookSession, by: Editor, now: Now, keys: Keys, batch_id: RowId
) -> Response:
    """Download the rows that were kept out, each with its reason; the download is audited."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    found = import_batches.rejected_rows_file(session, batch=batch, by=by, now=now, keys=keys)
    if found is None:
        raise NotFound("intake.nothing_rejected", file=batch.file_name)
    name = f'attachment; filename="ditolak-{batch_id}.xlsx"'
    return Response(found[1], media_type=XLSX, headers={"Content-Disposition": name})
