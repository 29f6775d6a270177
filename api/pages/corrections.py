"""Correcting a closed month: what a family received, and where the rest of its package is."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session, select

from api.dependencies import Now, WriteSession, requires
from api.pages.closing import show_closing
from api.pages.correction_form import (
    Correction,
    correction_of,
    package_to_correct,
    typed_items,
    typed_rest,
)
from api.pages.correction_words import stock_words
from api.pages.recording import Text, Texts
from api.pages.refusals import refusal_of
from api.pages.shell import redirect
from api.services import cycles, reconcile
from api.services.amended_stock import moves_of_corrections
from api.services.errors import Invalid
from data.schema import Account, Amendment, Fulfilment, Package

router = APIRouter(include_in_schema=False)

Amender = Annotated[Account, requires("cycle:amend")]


@router.post("/bulan/{month}/tutup/koreksi")
def amend(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Amender,
    month: str,
    paket: Text,
    barang: Texts | None = None,
    diterima: Texts | None = None,
    pada: Annotated[date | None, Form()] = None,
    sisanya: Text = "",
    sebab: Text = "",
    hitungan: Text = "",
    alasan: Text = "",
) -> Response:
    """Correct a closed month by a reversing entry: what was received of each item."""
    cycle = cycles.find_cycle(session, month=month)
    written = dict(zip(barang or [], diterima or [], strict=False))
    draft = Correction(
        package=paket,
        day=pada.isoformat() if pada else "",
        moved_to=sisanya,
        cause=sebab,
        counted=hitungan,
        reason=alasan,
    )
    try:
        package = package_to_correct(session, cycle, paket)
        draft = correction_of(session, package=package, draft=draft, typed=written)
        after: dict[str, object] = {"items": typed_items(draft)} if written else {}
    except Invalid as wrong:
        return show_closing(request, session, cycle, wrong, draft=draft)
    after |= {"delivered_on": pada.isoformat()} if pada is not None else {}
    after |= {"moved_to": sisanya} if sisanya else {}
    after |= {"reason": sebab} if sebab else {}
    after |= _counted(hitungan)
    made: list[Amendment] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            reconcile.correct_closed(
                session, cycle=cycle, subject="fulfilment",
                subject_id=_judgement_of(session, package),
                after=after, reason=alasan, by=by, now=now,
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        return show_closing(request, session, cycle, refusal, draft=draft)
    return _recorded(request, session, month, package, made[0])


@router.post("/bulan/{month}/tutup/koreksi/sisa")
def move_rest(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Amender,
    month: str,
    paket: Text,
    dari: Text,
    ke: Text = "",
    barang: Texts | None = None,
    dipindah: Texts | None = None,
    hitungan: Text = "",
    alasan: Text = "",
) -> Response:
    """Correct where goods are that no family accepted: back on the shelf, spoiled or lost."""
    cycle = cycles.find_cycle(session, month=month)
    written = dict(zip(barang or [], dipindah or [], strict=False))
    draft = Correction(
        package=paket, rest_from=dari, rest_to=ke, counted=hitungan, rest_reason=alasan
    )
    try:
        package = package_to_correct(session, cycle, paket)
        draft = correction_of(session, package=package, draft=draft, moved=written)
        items = typed_rest(draft)
    except Invalid as wrong:
        return show_closing(request, session, cycle, wrong, draft=draft)
    after = {"moved_from": dari, "moved_to": ke or None, "items": items} | _counted(hitungan)
    made: list[Amendment] = []
    refusal = refusal_of(
        session,
        lambda: made.append(
            reconcile.correct_closed(
                session, cycle=cycle, subject="package", subject_id=package.id or 0,
                after=after, reason=alasan, by=by, now=now,
            )
        ),
    )  # fmt: skip
    if refusal is not None:
        return show_closing(request, session, cycle, refusal, draft=draft)
    return _recorded(request, session, month, package, made[0])


def _counted(said: str) -> dict[str, object]:
    return {"is_counted": said == "ya"} if said in ("ya", "tidak") else {}


def _recorded(
    request: Request, session: Session, month: str, package: Package, entry: Amendment
) -> Response:
    """Lead back to the corrections, and say what the shelf gained or lost by this one."""
    moved = moves_of_corrections(session, entry_ids=[entry.id or 0]).get(entry.id or 0)
    goods = stock_words(request, moved or {})
    code = "closing.did.amended_stock" if goods else "closing.did.amended"
    if moved and not goods:
        code = "closing.did.amended_same_stock"
    return redirect(
        request, f"/bulan/{month}/tutup#koreksi", code, package=package.code, goods=goods
    )


def _judgement_of(session: Session, package: Package) -> int:
    """Return the judgement of a package; 0 where it has none."""
    rows = select(Fulfilment.id).where(
        Fulfilment.cycle_id == package.cycle_id, Fulfilment.assignment_id == package.assignment_id
    )
    return session.exec(rows).first() or 0
