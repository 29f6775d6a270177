"""Sponsors and their pledges: the register, one sponsor, receipts, late ones, ends."""

from datetime import date
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session, select

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.i18n import N_
from api.pages.assignments import areas, kelurahan_names
from api.pages.shell import Entry, Page, language_of, redirect, render
from api.services import cycles, pledges, replacements, sponsors
from api.services.clock import local_date
from api.services.errors import Invalid, NotFound
from api.services.months import month_of
from data.queries import registers
from data.schema import Account, Pledge, PledgeState, Replacement

router = APIRouter()
NAVIGATION = [Entry(N_("Orang tua asuh"), "/orang-tua-asuh", "sponsor:read")]


@router.get("/orang-tua-asuh", include_in_schema=False)
def list_sponsors(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("sponsor:read")],
    cari: str = "",
    keadaan: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the register of sponsors with their pledges."""
    known = {each.value: each for each in PledgeState}
    _, total = registers.sponsors(session, words=cari, pledge_state=known.get(keadaan), limit=0)
    page = Page(halaman, total)
    rows, _ = registers.sponsors(
        session,
        words=cari,
        pledge_state=known.get(keadaan),
        offset=page.offset,
        limit=page.size,
    )
    return render(
        request,
        "staff/sponsors.html",
        rows=rows,
        page=page,
        words=cari,
        state=keadaan,
        states=list(known),
        kelurahan=kelurahan_names(),
    )


@router.get("/orang-tua-asuh/{code}", include_in_schema=False)
def show_sponsor(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("sponsor:read")],
    code: str,
) -> HTMLResponse:
    """Show one sponsor: pledges, what came in this month, reminders."""
    sponsor = sponsors.find_sponsor(session, code=code)
    today = local_date(now)
    month = month_of(today)
    rows = session.exec(
        select(Pledge).where(Pledge.sponsor_id == sponsor.id).order_by(Pledge.code)
    ).all()
    language = language_of(request)
    return render(
        request,
        "staff/sponsor.html",
        sponsor=sponsor,
        month=month,
        today=today,
        pledges=[
            {
                "pledge": row,
                "month": pledges.pledge_month(session, pledge=row, month=month, on=today),
                "reminder": pledges.reminder_text(
                    session, pledge=row, month=month, language=language
                ),
            }
            for row in rows
        ],
        end_reasons=pledges.END_REASONS,
        area_names=dict(areas()),
        receipt_uid=uuid4().hex,
        kelurahan=kelurahan_names(),
    )


def _pledge_of(session: Session, code: str, pledge_code: str) -> Pledge:
    sponsor = sponsors.find_sponsor(session, code=code)
    pledge = pledges.find_pledge(session, code=pledge_code)
    if pledge.sponsor_id != sponsor.id:
        raise NotFound("pledge.not_found", pledge=pledge_code)
    return pledge


@router.post("/orang-tua-asuh/{code}/{pledge_code}/terima", include_in_schema=False)
def receive(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("pledge:edit")],
    code: str,
    pledge_code: str,
    nomor: Annotated[str, Form()],
    bulan: Annotated[str, Form()],
    rupiah: Annotated[str, Form()] = "",
    catatan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Write down what came in; the same form sent twice counts once."""
    digits = "".join(each for each in rupiah if each.isdigit())
    if not digits and not catatan.strip():
        raise Invalid("field.required", fields={"rupiah": "field.required"})
    pledges.record_receipt(
        session,
        pledge=_pledge_of(session, code, pledge_code),
        receipt_uid=nomor,
        month=bulan,
        received_on=local_date(now),
        amount_rp=int(digits or 0),
        note=catatan,
        by=by,
        now=now,
    )
    return redirect(request, f"/orang-tua-asuh/{code}", "pledge.received")


@router.post("/orang-tua-asuh/{code}/{pledge_code}/akhiri", include_in_schema=False)
def end(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("pledge:edit")],
    code: str,
    pledge_code: str,
    alasan: Annotated[str, Form()],
    tahan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """End a pledge; children already on the way are still served, others get a proposal."""
    pledge = _pledge_of(session, code, pledge_code)
    pledges.end_pledge(
        session,
        pledge=pledge,
        reason=alasan,
        ended_on=local_date(now),
        hold_until=_day(tahan) if tahan.strip() else None,
        by=by,
        now=now,
    )
    return redirect(request, f"/orang-tua-asuh/{code}", "pledge.ended", pledge=pledge.code)


@router.post("/orang-tua-asuh/{code}/{pledge_code}/jeda", include_in_schema=False)
def suspend(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("pledge:edit")],
    code: str,
    pledge_code: str,
    dari: Annotated[str, Form()],
    sampai: Annotated[str, Form()],
) -> RedirectResponse:
    """Suspend a pledge between two days."""
    pledge = _pledge_of(session, code, pledge_code)
    pledges.suspend_pledge(
        session,
        pledge=pledge,
        suspended_from=_day(dari),
        suspended_until=_day(sampai),
        by=by,
        now=now,
    )
    return redirect(request, f"/orang-tua-asuh/{code}", "pledge.suspended", pledge=pledge.code)


@router.post("/orang-tua-asuh/{code}/{pledge_code}/lanjut", include_in_schema=False)
def resume(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("pledge:edit")],
    code: str,
    pledge_code: str,
) -> RedirectResponse:
    """Let a suspended or late pledge run again."""
    pledge = _pledge_of(session, code, pledge_code)
    pledges.resume_pledge(session, pledge=pledge, by=by, now=now)
    return redirect(request, f"/orang-tua-asuh/{code}", "pledge.resumed", pledge=pledge.code)


@router.post("/terlambat", include_in_schema=False)
def mark_late(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("pledge:edit")],
) -> RedirectResponse:
    """Mark the pledges of this month of which nothing came in by the cut-off day."""
    found = pledges.mark_late(session, month=month_of(local_date(now)), by=by, now=now)
    return redirect(request, "/orang-tua-asuh?keadaan=late", "pledge.late", count=len(found))


@router.get("/bulan/{month}/pengganti", include_in_schema=False)
def list_replacements(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("assignment:read")],
    month: str,
) -> HTMLResponse:
    """Show who would take over where a sponsor or child dropped out."""
    cycle = cycles.find_cycle(session, month=month)
    return render(
        request,
        "staff/replacements.html",
        cycle=cycle,
        rows=registers.replacements(session, cycle=cycle),
    )


@router.post("/bulan/{month}/pengganti/{replacement_id}", include_in_schema=False)
def decide_replacement(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("replacement:decide")],
    month: str,
    replacement_id: int,
    tindakan: Annotated[str, Form()],
    alasan: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Approve or reject a proposed replacement."""
    cycle = cycles.find_cycle(session, month=month)
    found = session.get(Replacement, replacement_id)
    if found is None or found.cycle_id != cycle.id:
        raise NotFound("replacement.not_found", replacement=replacement_id)
    replacements.decide_replacement(
        session, replacement=found, accept=tindakan == "terima", by=by, now=now, reason=alasan
    )
    return redirect(request, f"/bulan/{month}/pengganti", "replacement.decided")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("field.date", fields={"sampai": "field.date"}) from None
