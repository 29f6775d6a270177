"""Results from paper: the filled-in sheet uploaded, or typed per stop and per package."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import Keys, LookSession, Now, ReadSession, WriteSession, requires
from api.pages import recording
from api.pages.correction_form import answer_words
from api.pages.correction_words import told_corrections
from api.pages.months import facts_of
from api.pages.names import names_of
from api.pages.recording import LineEntry, StopEntry, Text, Texts
from api.pages.refusals import refusal_of, status_of, texts_of
from api.pages.road import find_package
from api.pages.shell import Page, person_of, redirect, render
from api.pages.typed_fields import day_or_none
from api.services import cycles, fulfilment, results
from api.services.errors import Invalid, NotFound, Refused, ServiceError
from api.services.exception_queue import find_told
from api.services.family_answers import FamilyAnswer
from api.services.import_details import read_details
from api.services.package_states import IN_DEPOT
from api.services.route_heads import list_heads
from data.queries.deliveries import lines_of_package
from data.schema import (
    Account,
    Cycle,
    CycleState,
    DeliveryEvent,
    ImportBatch,
    Outcome,
    Package,
    PackageState,
    Route,
    RouteState,
    Stop,
)

router = APIRouter(include_in_schema=False)

Reader = Annotated[Account, requires("delivery:read")]
Importer = Annotated[Account, requires("delivery:import")]
AWAY = (RouteState.DISPATCHED, RouteState.FINISHED)
KIND = "results"


@router.get("/bulan/{month}/hasil")
def results_page(
    request: Request, session: ReadSession, by: Reader, month: str, halaman: int = 1
) -> HTMLResponse:
    """Show how far the results are, and the ways to enter them."""
    cycle = cycles.find_cycle(session, month=month)
    return _results_page(request, session, cycle, halaman)


@router.post("/bulan/{month}/hasil/berkas")
def upload(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Importer,
    month: str,
    berkas: UploadFile | None = None,
) -> Response:
    """Read a filled-in sheet and lead to what it would change."""
    cycle = cycles.find_cycle(session, month=month)
    if berkas is None or not berkas.filename:
        return _results_page(request, session, cycle, 1, Refused("import.no_file"))
    content, name = berkas.file.read(), berkas.filename
    seen: list[results.ResultsPreview] = []
    refusal = refusal_of(
        session,
        lambda: seen.append(
            results.preview_results(
                session, cycle=cycle, file_name=name, content=content, by=by, now=now, keys=keys
            )
        ),
    )
    if refusal is not None:
        return _results_page(request, session, cycle, 1, refusal)
    return RedirectResponse(f"/bulan/{month}/hasil/berkas/{seen[0].batch.id}", status_code=303)


@router.get("/bulan/{month}/hasil/berkas/{batch_id}")
def preview_page(
    request: Request,
    session: LookSession,
    now: Now,
    keys: Keys,
    by: Reader,
    month: str,
    batch_id: int,
    halaman: int = 1,
) -> HTMLResponse:
    """Show what a sheet would change, and the lines that cannot be taken."""
    cycle = cycles.find_cycle(session, month=month)
    batch = _batch(session, month, batch_id)
    details = read_details(session, batch=batch, by=by, now=now, keys=keys)
    page = Page(halaman, len(details.changes))
    return render(
        request,
        "coordinator/results_preview.html",
        **facts_of(cycle),
        batch=batch,
        page=page,
        changes=details.changes[page.offset : page.offset + page.size],
        instant=datetime.fromisoformat,
        issues=details.issues,
        names=names_of(request),
    )


@router.post("/bulan/{month}/hasil/berkas/{batch_id}/terapkan")
def apply(
    request: Request,
    session: WriteSession,
    now: Now,
    keys: Keys,
    by: Importer,
    month: str,
    batch_id: int,
) -> RedirectResponse:
    """Record what the preview showed."""
    answers = results.apply_results(
        session, batch=_batch(session, month, batch_id), by=by, now=now, keys=keys
    )
    states = [answer.state for answer in answers]
    return redirect(
        request, f"/bulan/{month}/hasil", "results.did.applied",
        stored=states.count(fulfilment.AckState.STORED),
        others=len(states) - states.count(fulfilment.AckState.STORED),
    )  # fmt: skip


@router.get("/bulan/{month}/hasil/paket/{code}")
def package_results(
    request: Request, session: ReadSession, by: Reader, month: str, code: str, kasus: int = 0
) -> HTMLResponse:
    """Show one package line by line, with everything that was reported of it.

    ``kasus`` is the case of a family's answer by which the correction is filled in.
    """
    cycle = cycles.find_cycle(session, month=month)
    package = find_package(session, code, cycle=cycle)
    lines = lines_of_package(session, package_id=package.id or 0)
    entries = recording.fresh_entries(lines)
    if not kasus:
        return _package_page(request, session, cycle, package, entries)
    told = find_told(session, cycle=cycle, case_id=kasus, by=by)
    if told is None or told.answer is None or told.package != package:
        raise NotFound("exception.unknown")
    words = answer_words(request, told.answer)
    return _package_page(
        request,
        session,
        cycle,
        package,
        recording.doubted_entries(entries, told.answer.answer),
        entry=recording.doubted_stop(told.answer.answer, words),
        why=words,
        answer=told.answer,
    )


@router.post("/bulan/{month}/hasil/paket/{code}")
def record_package(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Importer,
    month: str,
    code: str,
    uid: Text,
    baris: Texts,
    diterima: Texts,
    ditolak: Texts,
    alasan_baris: Texts,
    hasil: Text = recording.BY_LINES,
    alasan: Text = "",
    penjelasan: Text = "",
    penerima: Text = "",
    koreksi: Text = "",
    hari: Text = "",
) -> Response:
    """Record or correct one package: accepted + rejected = loaded, for every item."""
    cycle = cycles.find_cycle(session, month=month)
    package = find_package(session, code, cycle=cycle)
    lines = lines_of_package(session, package_id=package.id or 0)
    entries = recording.typed_entries(lines, baris, diterima, ditolak, alasan_baris)
    entry = StopEntry(uid, hasil, alasan, penjelasan, penerima)
    stop = session.get(Stop, package.stop_id) if package.stop_id else None

    def act() -> None:
        report = recording.package_report(
            session, package=package, stop=stop, entry=entry, entries=entries,
            day=day_or_none(hari, "hari"), now=now,
        )  # fmt: skip
        if _is_correction(package, cycle):
            fulfilment.amend_delivery(session, report=report, by=by, now=now, reason=koreksi)
        else:
            fulfilment.record_delivery(session, report=report, by=by, now=now)

    refusal = refusal_of(session, act)
    if refusal is not None:
        return _package_page(
            request, session, cycle, package, entries, entry=entry, why=koreksi, day=hari,
            refusal=refusal,
        )  # fmt: skip
    return redirect(
        request, f"/bulan/{month}/hasil/paket/{code}", "delivery.did.package", package=code
    )


def _is_correction(package: Package, cycle: Cycle) -> bool:
    """Whether a result is known already; once distribution ended every package has one."""
    return package.state != PackageState.LOADED or cycle.state == CycleState.RECONCILING


def _batch(session: Session, month: str, batch_id: int) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id) if 0 < batch_id < 2**31 else None
    if batch is None or batch.kind != KIND or batch.options.get("month") != month:
        raise NotFound("intake.not_found", batch=batch_id)
    return batch


def _results_page(
    request: Request,
    session: Session,
    cycle: Cycle,
    number: int,
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    away = [head for head in list_heads(session, cycle=cycle) if head.state in AWAY]
    page = Page(number, len(away))
    found = list(texts_of(request, refusal).values())
    return render(
        request,
        "coordinator/results.html",
        status=status_of(refusal),
        **facts_of(cycle),
        routes=away[page.offset : page.offset + page.size],
        page=page,
        errors={"berkas": found[0]} if found else {},
    )


def _package_page(
    request: Request,
    session: Session,
    cycle: Cycle,
    package: Package,
    entries: list[LineEntry],
    *,
    entry: StopEntry | None = None,
    why: str = "",
    day: str | None = None,
    answer: FamilyAnswer | None = None,
    refusal: ServiceError | None = None,
) -> HTMLResponse:
    events: list[DeliveryEvent] = fulfilment.events_of_package(session, package_id=package.id or 0)
    stop = session.get(Stop, package.stop_id) if package.stop_id else None
    found = texts_of(request, refusal)
    if isinstance(refusal, Invalid):
        found = recording.line_errors(found, entries)
    found = {{"reason": "alasan", "receiver": "penerima"}.get(k, k): v for k, v in found.items()}
    if refusal is not None and refusal.code == "delivery.amend_reason":
        found = {"koreksi": next(iter(found.values()))}
    route = session.get(Route, stop.route_id) if stop and stop.route_id else None
    planned = route.day.isoformat() if route else ""
    return render(
        request,
        "coordinator/package_results.html",
        status=status_of(refusal),
        **facts_of(cycle),
        package=package,
        entries=entries,
        entry=entry or StopEntry(recording.fresh_uid()),
        why=why,
        is_recorded=_is_correction(package, cycle),
        answer=answer,
        is_in_depot=package.state in IN_DEPOT,
        route=route,
        day=planned if day is None else day,
        events=events,
        corrections=told_corrections(request, session, cycle, package=package),
        confidential=_confidential(events, person_of(request)),
        outcomes=[Outcome.FAILED, Outcome.LOST],
        names=names_of(request),
        errors=found,
    )


def _confidential(events: list[DeliveryEvent], reader: Account | None) -> set[int | None]:
    """Return the ids of events whose reason the reader may not know."""
    return {
        each.id for each in events if reader is None or not fulfilment.may_read_why(each, reader)
    }
