"""Files that come in, as a conversation: what would change, one confirmation, undo."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from api.dependencies import Keys, LookSession, Now, ReadSession, RowId, WriteSession, requires
from api.i18n import N_, sentence, translator
from api.pages.field_words import FieldWords
from api.pages.import_issues import grouped
from api.pages.shell import Entry, Page, language_of, redirect, render
from api.security import holds
from api.services import import_answers, import_batches, import_undo, intake
from api.services.cycles import list_cycles
from api.services.errors import NotFound, Refused
from api.services.holdings import held_of_each_kind
from api.services.import_conflicts import conflicts_of
from api.services.import_details import read_details
from api.services.stock import has_stock_list
from data.queries.imports import INTO_REGISTERS
from data.schema import Account, CycleState, ImportBatch

router = APIRouter()
NAVIGATION = [Entry(N_("Berkas"), "/berkas", "import:read")]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_SHOWN = 20
CHANGES_SHOWN = 20
FIELDS_SHOWN = 4
"""So many fields of a change stand open; more unfold."""
CONFLICTS_SHOWN = 200
"""So many rows can be decided one by one; in all others the field's word stays."""
KINDS = (
    ("children", N_("Anak (e-PPGBM)")),
    ("krs", N_("Keluarga berisiko stunting")),
    ("consents", N_("Persetujuan wali")),
    ("sponsors", N_("Orang tua asuh dan janji")),
    ("places", N_("Gudang dan titik bagi")),
    ("fleet", N_("Armada")),
    ("stock", N_("Stok")),
    ("last_month", N_("Pasangan bulan lalu")),
    ("other_help", N_("Penerima program lain (MBG, PMT, PKH)")),
)
"""In the order in which they build on one another."""
NEEDED = frozenset({"children", "consents", "sponsors"})
"""Without these no child has a sponsor."""
WHAT_FOR = {
    "children": N_("siapa yang stunting, dan pengukurannya"),
    "krs": N_("kemiskinan dan risiko keluarga, untuk urutan kebutuhan"),
    "consents": N_("tanpa persetujuan wali seorang anak tidak dipasangkan"),
    "sponsors": N_("siapa yang berjanji, berapa anak, barang apa"),
    "places": N_("dari mana berangkat dan di mana paket dititipkan; tanpa ini gudang acuan"),
    "fleet": N_("kendaraan dan kurirnya; tanpa ini kendaraan acuan"),
    "stock": N_("yang ada di gudang; tanpa ini pengepakan memberi daftar belanja"),
    "last_month": N_("pasangan yang dipertahankan"),
    "other_help": N_(
        "siapa yang juga dibantu program lain; kolom Program, Bulan, NIK atau nama dan tanggal "
        "lahir, atau No KK"
    ),
}


@router.get("/berkas", include_in_schema=False)
def list_imports(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("import:read")],
    halaman: int = 1,
) -> HTMLResponse:
    """Show the upload form and the files so far, newest first."""
    return _files(request, session, by, halaman)


def _files(
    request: Request,
    session: Session,
    by: Account,
    number: int = 1,
    refused: Refused | None = None,
) -> HTMLResponse:
    """Show the upload form, with why the last file was refused, and the files so far."""
    total = session.exec(select(func.count()).select_from(ImportBatch).where(INTO_REGISTERS)).one()
    page = Page(number, total)
    newest = select(ImportBatch).where(INTO_REGISTERS).order_by(col(ImportBatch.id).desc())
    batches = session.exec(newest.offset(page.offset).limit(page.size)).all()
    language = language_of(request)
    say = translator(language)
    kinds = [(kind, say(label)) for kind, label in KINDS]
    errors = {"berkas": sentence(refused.code, refused.params, language)} if refused else {}
    held = held_of_each_kind(session)
    return render(
        request,
        "staff/imports.html",
        status=refused.status if refused else 200,
        batches=batches,
        page=page,
        kinds=kinds,
        held=[
            (kind, say(label), say(WHAT_FOR[kind]), held[kind], kind in NEEDED)
            for kind, label in KINDS
        ],
        is_stock_spent=not held["stock"] and has_stock_list(session),
        has_all=all(held[kind] for kind in NEEDED),
        month=_month_at_hand(session) if holds(by, "cycle:open") else None,
        errors=errors,
    )


def _month_at_hand(session: Session) -> str:
    """Return the month that takes files in, else nothing: the next one is still to be opened."""
    drafts = [row.month for row in list_cycles(session) if row.state is CycleState.DRAFT]
    return min(drafts, default="")


@router.post("/berkas", include_in_schema=False)
def upload(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:edit")],
    berkas: UploadFile | None = None,
    jenis: Annotated[str, Form()] = "",
) -> Response:
    """Read a file and lead to what it would change; nothing is stored of its rows yet.

    Where dates can be read in two ways, the file waits for the answer; one that cannot be read is
    refused above the form, so that another can be chosen at once.
    """
    if berkas is None or not berkas.filename:
        return _files(request, session, by, refused=Refused("import.no_file"))
    known = {kind for kind, _ in KINDS}
    given: dict[str, Any] = {
        "file_name": berkas.filename,
        "content": berkas.file.read(),
        "by": by,
        "now": now,
        "keys": keys,
    }
    kind = jenis if jenis in known else None
    try:
        batch = intake.preview_import(session, **given, kind=kind)
    except Refused as refused:
        if refused.code != import_answers.QUESTION:
            return _files(request, session, by, refused=refused)
        batch = import_answers.keep_question(
            session, **given, question=refused, options={"kind": kind}
        )
    return RedirectResponse(f"/berkas/{batch.id}", status_code=303)


@router.get("/berkas/{batch_id}", include_in_schema=False)
def show_import(
    request: Request,
    session: LookSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:read")],
    batch_id: RowId,
    halaman: int = 1,
) -> HTMLResponse:
    """Show what a file would change (or changed), row by row, and what is wrong with rows."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    if batch.options.get("question"):
        return render(
            request,
            "staff/date_order.html",
            batch=batch,
            question=batch.options["question"],
            words=FieldWords(language_of(request)),
        )
    details = read_details(session, batch=batch, by=by, now=now, keys=keys)
    page = Page(halaman, len(details.changes), CHANGES_SHOWN)
    return render(
        request,
        "staff/import.html",
        batch=batch,
        kinds=dict(KINDS),
        page=page,
        changes=details.changes[page.offset : page.offset + page.size],
        issues=grouped(details.issues),
        conflicts=conflicts_of(session, details, most=CONFLICTS_SHOWN),
        rows_shown=ROWS_SHOWN,
        fields_shown=FIELDS_SHOWN,
        words=FieldWords(language_of(request)),
    )


@router.get("/berkas/{batch_id}/masalah/{number}", include_in_schema=False)
def show_issue(
    request: Request,
    session: LookSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:read")],
    batch_id: RowId,
    number: int,
    halaman: int = 1,
) -> HTMLResponse:
    """Show all rows that have one thing the matter, page by page."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    groups = grouped(read_details(session, batch=batch, by=by, now=now, keys=keys).issues)
    if not 1 <= number <= len(groups):
        raise NotFound("intake.no_issue", batch=batch_id)
    group = groups[number - 1]
    page = Page(halaman, group.count)
    return render(
        request,
        "staff/import_issue.html",
        batch=batch,
        group=group,
        rows=group.issues[page.offset : page.offset + page.size],
        page=page,
        words=FieldWords(language_of(request)),
    )


@router.post("/berkas/{batch_id}/tanggal", include_in_schema=False)
def answer_dates(
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:edit")],
    batch_id: RowId,
    urutan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Say how dates are written in a file and lead to what it would change."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    fresh = import_answers.answer_date_order(
        session, batch=batch, order=urutan, by=by, now=now, keys=keys
    )
    return RedirectResponse(f"/berkas/{fresh.id}", status_code=303)


@router.post("/berkas/{batch_id}/pakai", include_in_schema=False)
def take(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:edit")],
    batch_id: RowId,
    ambil: Annotated[list[str] | None, Form()] = None,
) -> RedirectResponse:
    """Let the file win in the conflicts that were ticked; the field's word stays elsewhere."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    fresh = import_answers.take_from_file(
        session, batch=batch, conflicts=ambil or [], by=by, now=now, keys=keys
    )
    return redirect(request, f"/berkas/{fresh.id}", "import.taken")


@router.post("/berkas/{batch_id}/terapkan", include_in_schema=False)
def apply(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:edit")],
    batch_id: RowId,
    ambil: Annotated[list[str] | None, Form()] = None,
) -> RedirectResponse:
    """Store what the preview showed, with the file's word in the conflicts that were ticked.

    Where the register moved in between, nothing is stored: the file is read again and the reader
    led to what it would change now.
    """
    batch = import_batches.find_import(session, batch_id=batch_id)
    try:
        stored = import_answers.apply_with(
            session, batch=batch, conflicts=ambil or [], by=by, now=now, keys=keys
        )
    except Refused as refused:
        if refused.code != intake.CHANGED:
            raise
        fresh = import_answers.look_again(session, batch=batch, by=by, now=now, keys=keys)
        return redirect(request, f"/berkas/{fresh.id}", "import.moved", file=fresh.file_name)
    return redirect(request, f"/berkas/{stored.id}", "import.applied", file=stored.file_name)


@router.post("/berkas/{batch_id}/periksa", include_in_schema=False)
def look_again(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:edit")],
    batch_id: RowId,
) -> RedirectResponse:
    """Read a waiting file again, after others were applied, and lead to what it would change."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    fresh = import_answers.look_again(session, batch=batch, by=by, now=now, keys=keys)
    return redirect(request, f"/berkas/{fresh.id}", "import.looked", file=fresh.file_name)


@router.post("/berkas/{batch_id}/buang", include_in_schema=False)
def discard(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("import:edit")],
    batch_id: RowId,
) -> RedirectResponse:
    """Put a preview away."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    intake.discard_import(session, batch=batch, by=by, now=now)
    return redirect(request, "/berkas", "import.discarded", file=batch.file_name)


@router.post("/berkas/{batch_id}/urungkan", include_in_schema=False)
def undo(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:edit")],
    batch_id: RowId,
    alasan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Take an applied file back."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    import_undo.undo_import(session, batch=batch, by=by, now=now, keys=keys, reason=alasan)
    return redirect(request, f"/berkas/{batch.id}", "import.undone", file=batch.file_name)


@router.get("/berkas/{batch_id}/ditolak", include_in_schema=False)
def rejected(
    session: LookSession,
    now: Now,
    keys: Keys,
    by: Annotated[Account, requires("import:edit")],
    batch_id: RowId,
) -> Response:
    """Give the rows that were kept out as a workbook to mend and upload again."""
    batch = import_batches.find_import(session, batch_id=batch_id)
    found = import_batches.rejected_rows_file(session, batch=batch, by=by, now=now, keys=keys)
    if found is None:
        raise NotFound("intake.no_rejected_rows", batch=batch_id)
    _, content = found
    headers = {"content-disposition": f'attachment; filename="ditolak-{batch_id}.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)
