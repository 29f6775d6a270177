"""Files that come in, as a conversation: what would change, one confirmation, undo."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session, col, select

from api.dependencies import Keys, Now, ReadSession, WriteSession, requires
from api.i18n import N_, translator
from api.pages.shell import Entry, Page, language_of, redirect, render
from api.services import intake
from api.services.errors import NotFound, Refused
from data.schema import Account, ImportBatch

router = APIRouter()
NAVIGATION = [Entry(N_("Berkas"), "/berkas", "import:read")]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = (
    ("children", N_("Anak (e-PPGBM)")),
    ("krs", N_("Keluarga berisiko stunting")),
    ("consents", N_("Persetujuan wali")),
    ("sponsors", N_("Orang tua asuh dan janji")),
    ("places", N_("Gudang dan titik bagi")),
    ("fleet", N_("Armada")),
    ("stock", N_("Stok")),
    ("last_month", N_("Pasangan bulan lalu")),
)


def _batch(session: Session, batch_id: int) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound("intake.not_found", batch=batch_id)
    return batch


@router.get("/berkas", include_in_schema=False)
def list_imports(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("import:read")],
    halaman: int = 1,
) -> HTMLResponse:
    """Show the upload form and the files so far, newest first."""
    total = len(session.exec(select(ImportBatch.id)).all())
    page = Page(halaman, total)
    batches = session.exec(
        select(ImportBatch)
        .order_by(col(ImportBatch.id).desc())
        .offset(page.offset)
        .limit(page.size)
    ).all()
    say = translator(language_of(request))
    return render(
        request,
        "staff/imports.html",
        batches=batches,
        page=page,
        kind_labels=dict(KINDS),
        translated_kinds=[(kind, say(label)) for kind, label in KINDS],
    )


@router.post("/berkas", include_in_schema=False)
def upload(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:edit")],
    berkas: UploadFile,
    jenis: Annotated[str, Form()] = "",
    urutan: Annotated[str, Form()] = "",
) -> Response:
    """Read a file and lead to what it would change; nothing is stored of its rows yet."""
    content = berkas.file.read()
    name = berkas.filename or "berkas"
    try:
        batch = intake.preview_import(
            session,
            file_name=name,
            content=content,
            by=by,
            now=now,
            keys=keys,
            kind=jenis or None,
            options={"date_order": urutan} if urutan else None,
        )
    except Refused as refusal:
        if refusal.code != "intake.date_order":
            raise
        return render(
            request,
            "staff/date_order.html",
            status=refusal.status,
            question=refusal,
            file_name=name,
            kind=jenis,
        )
    return RedirectResponse(f"/berkas/{batch.id}", status_code=303)


@router.get("/berkas/{batch_id}", include_in_schema=False)
def show_import(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("import:read")],
    batch_id: int,
    halaman: int = 1,
) -> HTMLResponse:
    """Show what a file would change (or changed), row by row, and what is wrong with rows."""
    batch = _batch(session, batch_id)
    page = Page(halaman, len(batch.changes))
    return render(
        request,
        "staff/import.html",
        batch=batch,
        kinds=dict(KINDS),
        page=page,
        changes=batch.changes[page.offset : page.offset + page.size],
        issues=batch.issues[:200],
    )


@router.post("/berkas/{batch_id}/terapkan", include_in_schema=False)
def apply(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:edit")],
    batch_id: int,
) -> RedirectResponse:
    """Store what the preview showed."""
    batch = intake.apply_import(session, batch=_batch(session, batch_id), by=by, now=now, keys=keys)
    return redirect(request, f"/berkas/{batch.id}", "import.applied", file=batch.file_name)


@router.post("/berkas/{batch_id}/buang", include_in_schema=False)
def discard(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("import:edit")],
    batch_id: int,
) -> RedirectResponse:
    """Put a preview away."""
    batch = intake.discard_import(session, batch=_batch(session, batch_id), by=by, now=now)
    return redirect(request, "/berkas", "import.discarded", file=batch.file_name)


@router.post("/berkas/{batch_id}/urungkan", include_in_schema=False)
def undo(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("import:edit")],
    batch_id: int,
    alasan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Take an applied file back."""
    batch = _batch(session, batch_id)
    intake.undo_import(session, batch=batch, by=by, now=now, reason=alasan)
    return redirect(request, f"/berkas/{batch.id}", "import.undone", file=batch.file_name)


@router.get("/berkas/{batch_id}/ditolak", include_in_schema=False)
def rejected(
    session: ReadSession,
    keys: Keys,
    by: Annotated[Account, requires("import:edit")],
    batch_id: int,
) -> Response:
    """Give the rows that were kept out as a workbook to mend and upload again."""
    found = intake.rejected_rows_file(_batch(session, batch_id), keys=keys)
    if found is None:
        raise NotFound("intake.no_rejected_rows", batch=batch_id)
    name, content = found
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=XLSX, headers=headers)
