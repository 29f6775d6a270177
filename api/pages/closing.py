"""The end of a month: what adds up, the calls to families, closing, corrections afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import Formats, sentence
from api.pages.correction_form import Correction, correction_by_news, item_fields, typed_items
from api.pages.months import facts_of
from api.pages.names import names_of
from api.pages.recording import Text, Texts
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import find_package
from api.pages.shell import language_of, person_of, redirect, render
from api.services import cycles, reconcile
from api.services.amended_goods import balance_as_corrected
from api.services.amendments import BUCKETS
from api.services.errors import Invalid, NotFound, ServiceError
from api.services.report_tables import shortfall_reason
from api.services.verification import ANSWERS, WAYS
from data.schema import (
    Account,
    Amendment,
    Cycle,
    CycleState,
    Fulfilment,
    Package,
    Role,
    VerificationCall,
)

router = APIRouter(include_in_schema=False)

Reader = Annotated[Account, requires("verification:read")]
Reconciler = Annotated[Account, requires("cycle:reconcile")]
BEGUN = (CycleState.DISTRIBUTING, CycleState.RECONCILING, CycleState.CLOSED)


@router.get("/bulan/{month}/tutup")
def closing_page(
    request: Request, session: ReadSession, by: Reader, month: str, kabar: int = 0, paket: str = ""
) -> HTMLResponse:
    """Show whether the month adds up and what keeps it open.

    ``kabar`` is the case of late news by which the correction is filled in, ``paket`` the number
    of a package to correct by hand.
    """
    cycle = cycles.find_cycle(session, month=month)
    if kabar:
        draft = correction_by_news(request, session, cycle=cycle, case_id=kabar, by=by)
        return _page(request, session, cycle, draft=draft)
    draft = Correction(package=paket)
    if not paket or cycle.state != CycleState.CLOSED:
        return _page(request, session, cycle, draft=draft)
    try:
        package = _package_to_correct(session, cycle, paket)
    except Invalid as wrong:
        return _page(request, session, cycle, wrong, draft=draft)
    draft = Correction(package=package.code, items=item_fields(session, package=package, typed={}))
    return _page(request, session, cycle, draft=draft)


@router.post("/bulan/{month}/tutup/cocokkan")
def start(
    request: Request, session: WriteSession, now: Now, by: Reconciler, month: str
) -> Response:
    """End distribution and draw the families to call."""
    cycle = cycles.find_cycle(session, month=month)
    refusal = refusal_of(
        session, lambda: reconcile.start_reconciling(session, cycle=cycle, by=by, now=now)
    )
    if refusal is not None:
        return _page(request, session, cycle, refusal)
    return redirect(request, f"/bulan/{month}/tutup", "closing.did.started")


@router.post("/bulan/{month}/tutup/kembali")
def resume(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Reconciler,
    month: str,
    alasan: Text = "",
) -> Response:
    """Go back to distributing."""
    cycle = cycles.find_cycle(session, month=month)
    refusal = refusal_of(
        session,
        lambda: reconcile.resume_distribution(session, cycle=cycle, by=by, now=now, reason=alasan),
    )
    if refusal is not None:
        return _page(request, session, cycle, refusal)
    return redirect(request, f"/bulan/{month}/tutup", "closing.did.resumed")


@router.post("/bulan/{month}/tutup/telepon/{call_id}")
def answer(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("verification:answer")],
    month: str,
    call_id: RowId,
    jawaban: Text = "",
    lewat: Text = "",
    catatan: Text = "",
) -> Response:
    """Note what a family answered."""
    cycle = cycles.find_cycle(session, month=month)
    call = session.get(VerificationCall, call_id)
    if call is None or call.cycle_id != cycle.id:
        raise NotFound("verification.unknown")
    refusal = refusal_of(
        session,
        lambda: reconcile.answer_call(
            session, call=call, answer=jawaban, by=by, now=now, note=catatan, way=lewat
        ),
    )
    if refusal is not None:
        return _page(request, session, cycle, refusal)
    return redirect(request, f"/bulan/{month}/tutup#telepon", "closing.did.answered")


@router.post("/bulan/{month}/tutup/tutup")
def close(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("cycle:close")],
    month: str,
    alasan: Text = "",
) -> Response:
    """Close the month; from here it is frozen."""
    cycle = cycles.find_cycle(session, month=month)
    refusal = refusal_of(
        session,
        lambda: reconcile.close_cycle(session, cycle=cycle, by=by, now=now, reason=alasan),
    )
    if refusal is not None:
        return _page(request, session, cycle, refusal)
    return redirect(
        request,
        f"/bulan/{month}/tutup",
        "closing.did.closed",
        month=Formats(language_of(request)).month(month),
    )


@router.post("/bulan/{month}/tutup/koreksi")
def amend(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("cycle:amend")],
    month: str,
    paket: Text,
    barang: Texts | None = None,
    diterima: Texts | None = None,
    pada: Annotated[date | None, Form()] = None,
    sisanya: Text = "",
    alasan: Text = "",
) -> Response:
    """Correct a closed month by a reversing entry: what was received of each item."""
    cycle = cycles.find_cycle(session, month=month)
    written = dict(zip(barang or [], diterima or [], strict=False))
    draft = Correction(
        package=paket, day=pada.isoformat() if pada else "", moved_to=sisanya, reason=alasan
    )
    try:
        package = _package_to_correct(session, cycle, paket)
        draft = replace(draft, items=item_fields(session, package=package, typed=written))
        after: dict[str, object] = {"items": typed_items(draft)} if written else {}
    except Invalid as wrong:
        return _page(request, session, cycle, wrong, draft=draft)
    after |= {"delivered_on": pada.isoformat()} if pada is not None else {}
    after |= {"moved_to": sisanya} if sisanya else {}
    refusal = refusal_of(
        session,
        lambda: reconcile.amend_cycle(
            session, cycle=cycle, subject="fulfilment",
            subject_id=_judgement_of(session, package),
            after=after, reason=alasan, by=by, now=now,
        ),
    )  # fmt: skip
    if refusal is not None:
        return _page(request, session, cycle, refusal, draft=draft)
    is_shelf = sisanya in ("returned", "carried")
    told = "closing.did.amended_shelf" if is_shelf else "closing.did.amended"
    return redirect(request, f"/bulan/{month}/tutup#koreksi", told, package=package.code)


def _package_to_correct(session: Session, cycle: Cycle, typed: str) -> Package:
    """Return the package of this month with a number in any case, spaces left out.

    Raises
    ------
    Invalid
        ``package.unknown``, at its field.
    """
    try:
        return find_package(session, "".join(typed.split()).upper(), cycle=cycle)
    except NotFound as unknown:
        raise Invalid(unknown.code, fields={"paket": unknown.code}) from unknown


def _judgement_of(session: Session, package: Package) -> int:
    """Return the judgement of a package; 0 where it has none."""
    rows = select(Fulfilment.id).where(
        Fulfilment.cycle_id == package.cycle_id, Fulfilment.assignment_id == package.assignment_id
    )
    return session.exec(rows).first() or 0


def _page(
    request: Request,
    session: Session,
    cycle: Cycle,
    refusal: ServiceError | None = None,
    *,
    draft: Correction | None = None,
) -> HTMLResponse:
    has_begun = cycle.state in BEGUN
    reader = person_of(request)
    role = reader.role if reader else Role.STAFF
    balance = reconcile.reconciliation(session, cycle=cycle, reader=role) if has_begun else None
    return render(
        request,
        "closing/closing.html",
        status=status_of(refusal),
        **facts_of(cycle),
        has_begun=has_begun,
        earlier=reconcile.earlier_open(session, cycle=cycle),
        balance=balance,
        open_stops=_by_route(balance.open_stops if balance else ()),
        calls=reconcile.list_calls(session, cycle=cycle),
        answers=ANSWERS,
        ways=WAYS,
        amendments=_amendments(request, session, cycle),
        goods=balance_as_corrected(session, cycle=cycle, items=balance.items) if balance else (),
        whereabouts=BUCKETS,
        draft=draft or Correction(),
        names=names_of(request),
        errors=texts_of(request, refusal),
    )


def _by_route(labels: Iterable[str]) -> dict[str, list[str]]:
    """Return route code → stop numbers; those that wait for a route stand under nothing."""
    found: dict[str, list[str]] = {}
    for label in labels:
        code, _, number = label.rpartition("/")
        found.setdefault(code, []).append(number)
    return found


def _amendments(
    request: Request, session: Session, cycle: Cycle
) -> list[tuple[Amendment, str, tuple[str, str]]]:
    """Return the corrections with the package they speak of and what they changed, in words."""
    rows = session.exec(
        select(Amendment).where(Amendment.cycle_id == cycle.id).order_by(col(Amendment.id))
    ).all()
    return [
        (
            row,
            _package_code(session, row),
            (_told(request, row.subject, row.before), _told(request, row.subject, row.after)),
        )
        for row in rows
    ]


def _told(request: Request, subject: str, values: Mapping[str, object]) -> str:
    language = language_of(request)

    def word(name: str, value: object) -> str:
        if value is None:
            return "–"
        if name == "delivered_on":
            return Formats(language).day(date.fromisoformat(str(value)))
        if name == "reason":
            return shortfall_reason(str(value), language)
        if isinstance(value, dict):
            goods = names_of(request).goods
            return ", ".join(goods(code, units) for code, units in value.items())
        kind = {"state": "fulfilment" if subject == "fulfilment" else "package_state"}.get(name)
        kind = "amend_where" if name == "moved_to" else kind
        return sentence(f"{kind}.{value}", {}, language) if kind else str(value)

    return "; ".join(
        f"{sentence(f'amend_field.{name}', {}, language)}: {word(name, value)}"
        for name, value in values.items()
    )


def _package_code(session: Session, row: Amendment) -> str:
    if row.subject == "package":
        return session.get_one(Package, row.subject_id).code
    judged = session.get_one(Fulfilment, row.subject_id)
    found = session.exec(
        select(Package.code).where(Package.assignment_id == judged.assignment_id)
    ).first()
    return found or ""
