"""The end of a month: what adds up, the calls to families, closing, corrections afterwards."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.i18n import Formats, sentence
from api.pages.correction_form import (
    Correction,
    correction_by_case,
    correction_of,
    correction_undone,
    package_to_correct,
)
from api.pages.correction_words import told_corrections
from api.pages.months import facts_of
from api.pages.names import names_of
from api.pages.recording import Text
from api.pages.refusals import CONTENT, refusal_of, status_of, texts_of
from api.pages.shell import Page, language_of, person_of, redirect, render
from api.services import cycles, jobs, reconcile
from api.services.amended_goods import balance_as_corrected
from api.services.errors import Invalid, NotFound, Refused, ServiceError
from api.services.verification import ANSWERS, WAYS
from data.queries.to_do import active_job
from data.schema import Account, Cycle, CycleState, Role, VerificationCall

router = APIRouter(include_in_schema=False)

Reader = Annotated[Account, requires("verification:read")]
Reconciler = Annotated[Account, requires("cycle:reconcile")]
AT_FIELD = {
    "amend.where": "sisanya",
    "amend.moved_to": "sisanya",
    "amend.day": "pada",
    "amend.day_without_goods": "pada",
    "amend.reason": "alasan-koreksi",
}
"""Refusals of a correction that are about one field of its form."""
PUT_RIGHT_AT = {
    "reconcile.open_packages": "#paket",
    "reconcile.difference": "#barang",
    "reconcile.open_pickups": "/bulan/{month}/jemput",
    "reconcile.open_exceptions": "/kendala?bulan={month}",
    "reconcile.calls": "#telepon",
}
CALLS_PER_PAGE = 20
"""Families to ask that a page shows; a city of ten thousand children asks five hundred."""
BEGUN = (CycleState.DISTRIBUTING, CycleState.RECONCILING, CycleState.CLOSED)


@router.get("/bulan/{month}/tutup")
def closing_page(
    request: Request,
    session: ReadSession,
    by: Reader,
    month: str,
    kabar: int = 0,
    paket: str = "",
    balik: int = 0,
) -> HTMLResponse:
    """Show whether the month adds up and what keeps it open, the families to ask page by page.

    ``kabar`` is the case of late news, or of a family's answer, by which the correction is filled
    in, ``paket`` the number of a package to correct by hand, ``balik`` the correction to take back
    by another.
    """
    cycle = cycles.find_cycle(session, month=month)
    if kabar:
        draft = correction_by_case(request, session, cycle=cycle, case_id=kabar, by=by)
        return show_closing(request, session, cycle, draft=draft)
    if balik:
        draft = correction_undone(request, session, cycle=cycle, entry_id=balik)
        return show_closing(request, session, cycle, draft=draft)
    draft = Correction(package=paket)
    if not paket or cycle.state != CycleState.CLOSED:
        return show_closing(request, session, cycle, draft=draft)
    try:
        package = package_to_correct(session, cycle, paket)
    except Invalid as wrong:
        return show_closing(request, session, cycle, wrong, draft=draft)
    draft = correction_of(session, package=package, draft=draft)
    return show_closing(request, session, cycle, draft=draft)


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
        return show_closing(request, session, cycle, refusal)
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
        return show_closing(request, session, cycle, refusal)
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
        return show_closing(request, session, cycle, refusal)
    page = _page_of_calls(request)
    to = f"/bulan/{month}/tutup{f'?halaman={page}' if page > 1 else ''}#telepon"
    return redirect(request, to, "closing.did.answered")


@router.post("/bulan/{month}/tutup/tutup")
def close(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("cycle:close")],
    month: str,
    alasan: Text = "",
) -> Response:
    """Start closing the month as a job, and lead to its progress; then it is frozen."""
    cycle = cycles.find_cycle(session, month=month)
    running = active_job(session, kind="closing", month=month)
    if running is None:
        refusal = refusal_of(
            session,
            lambda: reconcile.need_closable(session, cycle=cycle, by=by, reason=alasan),
        )
        if refusal is not None:
            return show_closing(request, session, cycle, refusal)
        wish = {"month": month, "reason": alasan.strip()}
        running = jobs.enqueue(session, kind="closing", payload=wish, by=by, now=now)
    return RedirectResponse(f"/pekerjaan/{running.id}?kembali=/bulan/{month}/tutup", 303)


def show_closing(
    request: Request,
    session: Session,
    cycle: Cycle,
    refusal: ServiceError | None = None,
    *,
    draft: Correction | None = None,
) -> HTMLResponse:
    """Show the page, with what was refused at the fields that it is about."""
    has_begun = cycle.state in BEGUN
    reader = person_of(request)
    role = reader.role if reader else Role.STAFF
    balance = reconcile.reconciliation(session, cycle=cycle, reader=role) if has_begun else None
    calls = sorted(reconcile.list_calls(session, cycle=cycle), key=lambda call: bool(call.answer))
    page = Page(_page_of_calls(request), len(calls), CALLS_PER_PAGE)
    return render(
        request,
        "closing/closing.html",
        status=status_of(refusal),
        **facts_of(cycle),
        has_begun=has_begun,
        closing=active_job(session, kind="closing", month=cycle.month),
        earlier=reconcile.earlier_open(session, cycle=cycle),
        balance=balance,
        hindrances=_hindrances(session, cycle, balance),
        open_stops=_by_route(balance.open_stops if balance else ()),
        calls=calls[page.span],
        page=page,
        answers=ANSWERS,
        ways=WAYS,
        amendments=told_corrections(request, session, cycle),
        goods=balance_as_corrected(session, cycle=cycle, items=balance.items) if balance else (),
        draft=draft or Correction(),
        names=names_of(request),
        errors=_errors(request, refusal, draft),
    )


def _page_of_calls(request: Request) -> int:
    number = request.query_params.get("halaman", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1


def _hindrances(
    session: Session, cycle: Cycle, balance: reconcile.Reconciliation | None
) -> list[tuple[Refused, str]]:
    """Return what keeps a month from closing, each with where it is put right."""
    if balance is None or cycle.state != CycleState.RECONCILING:
        return []
    return [
        (each, PUT_RIGHT_AT[each.code].format(month=cycle.month))
        for each in reconcile.what_keeps_open(session, cycle=cycle, state=balance)
    ]


def _by_route(labels: Iterable[str]) -> dict[str, list[str]]:
    """Return route code → stop numbers; those that wait for a route stand under nothing."""
    found: dict[str, list[str]] = {}
    for label in labels:
        code, _, number = label.rpartition("/")
        found.setdefault(code, []).append(number)
    return found


def _errors(
    request: Request, refusal: ServiceError | None, draft: Correction | None
) -> dict[str, str]:
    """Return what was refused, at its field where it has one."""
    if refusal is None or refusal.code not in (*AT_FIELD, "amend.counted", "amend.stock_short"):
        return texts_of(request, refusal)
    language, form = language_of(request), "sisa-" if draft and draft.rest_from else ""
    params = dict(refusal.params)
    if refusal.code == "amend.counted" and isinstance(params["items"], list):
        counted = datetime.fromisoformat(str(params["counted_at"]))
        params["items"] = ", ".join(names_of(request).item(str(code)) for code in params["items"])
        params["counted_at"] = Formats(language).moment(counted)
    if "where" in params:
        params["where"] = sentence(f"amend_where.{params['where']}", {}, language)
    if "item" in params:
        params["item"] = names_of(request).item(str(params["item"]))
    text = sentence(refusal.code, params, language)
    if draft is None or refusal.code == "amend.stock_short":
        return {CONTENT: text}
    return {f"{form}{AT_FIELD.get(refusal.code, 'hitungan')}": text}
