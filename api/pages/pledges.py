"""What happens to pledges: something came in, a pause, the end; who is late this month."""

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import Now, WriteSession, requires
from api.pages.refusals import CONTENT, texts_of
from api.pages.shell import redirect
from api.pages.sponsors import sponsor_page
from api.pages.typed_fields import day_of, day_or_none
from api.services import pledges, sponsors
from api.services.clock import local_date
from api.services.errors import Invalid, NotFound
from api.services.months import month_of
from api.services.pledge_goods import read_goods
from api.services.promised_receipts import record_as_promised
from data.schema import Account, Pledge

router = APIRouter()
PATH = "/orang-tua-asuh/{code}/{pledge_code}"


def _pledge_of(session: Session, code: str, pledge_code: str) -> Pledge:
    sponsor = sponsors.find_sponsor(session, code=code)
    pledge = pledges.find_pledge(session, code=pledge_code)
    if pledge.sponsor_id != sponsor.id:
        raise NotFound("pledge.not_found", pledge=pledge_code)
    return pledge


def _refused(
    request: Request,
    session: Session,
    now: datetime,
    code: str,
    pledge: Pledge,
    invalid: Invalid,
    typed: dict[str, str],
    names: dict[str, str],
) -> Response:
    """Show the sponsor with the refused form of one pledge as it was typed.

    ``names`` says what the form calls a use case's fields; each field of a page that has many
    pledges is called after its pledge too.
    """
    found = texts_of(request, invalid, names=names)
    errors = {f"{name}-{pledge.code}" if name in typed else CONTENT: found[name] for name in found}
    typed = {"pledge": pledge.code, **typed}
    return sponsor_page(request, session, now, code, status=422, errors=errors, typed=typed)


@router.post(PATH + "/terima", include_in_schema=False)
def receive(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("pledge:edit")],
    code: str,
    pledge_code: str,
    nomor: Annotated[str, Form()] = "",
    bulan: Annotated[str, Form()] = "",
    rupiah: Annotated[str, Form()] = "",
    barang: Annotated[str, Form()] = "",
    catatan: Annotated[str, Form()] = "",
    tercatat: Annotated[str, Form()] = "",
) -> Response:
    """Write down what came in; the same form sent twice counts once.

    ``tercatat`` is how many receipts stood on the page: one written since is shown first.
    """
    pledge = _pledge_of(session, code, pledge_code)
    digits = "".join(each for each in rupiah if each.isdigit())[:15]
    try:
        if not nomor.strip():
            raise Invalid("field.required", fields={"nomor": "field.required"})
        pledges.record_receipt(
            session,
            pledge=pledge,
            receipt_uid=nomor[:32],
            month=bulan,
            received_on=local_date(now),
            amount_rp=int(digits or 0),
            goods=_goods(barang),
            note=catatan[:300],
            num_seen=int(tercatat) if re.fullmatch(r"[0-9]{1,6}", tercatat) else None,
            by=by,
            now=now,
        )
    except Invalid as invalid:
        typed = {"rupiah": rupiah, "barang": barang, "catatan": catatan, "bulan": bulan}
        names = {"amount_rp": "rupiah", "note": "catatan", "month": "bulan"}
        return _refused(request, session, now, code, pledge, invalid, typed, names)
    return redirect(request, f"/orang-tua-asuh/{code}", "pledge.received")


def _goods(text: str) -> list[dict[str, object]]:
    try:
        return read_goods(text) if text.strip() else []
    except ValueError as unreadable:
        raise Invalid("field.goods", fields={"barang": "field.goods"}) from unreadable


@router.post("/terlambat/masuk", include_in_schema=False)
def receive_as_promised(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("pledge:edit")],
    janji: Annotated[list[str] | None, Form()] = None,
) -> RedirectResponse:
    """Write down that the months that were ticked, each ``code:month``, came in as promised."""
    url = "/orang-tua-asuh?keadaan=late"
    if not janji:
        return redirect(request, url, "pledge.none_ticked")
    came = [(code, month) for code, _, month in (each.partition(":") for each in janji)]
    found = record_as_promised(session, came=came, by=by, now=now)
    code = "pledge.did_come_in_but" if found.left else "pledge.did_come_in"
    left = [[each.pledge, each.month, {"code": each.reason}] for each in found.left]
    return redirect(request, url, code, count=found.count, left=left)


@router.post(PATH + "/berakhir", include_in_schema=False)
def end(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("pledge:edit")],
    code: str,
    pledge_code: str,
    alasan: Annotated[str, Form()] = "",
    tahan: Annotated[str, Form()] = "",
) -> Response:
    """End a pledge; children already on the way are still served, others get a proposal."""
    pledge = _pledge_of(session, code, pledge_code)
    try:
        pledges.end_pledge(
            session,
            pledge=pledge,
            reason=alasan,
            ended_on=local_date(now),
            hold_until=day_or_none(tahan, "tahan"),
            by=by,
            now=now,
        )
    except Invalid as invalid:
        typed = {"alasan": alasan, "tahan": tahan}
        names = {"reason": "alasan", "hold_until": "tahan"}
        return _refused(request, session, now, code, pledge, invalid, typed, names)
    return redirect(request, f"/orang-tua-asuh/{code}", "pledge.did_end", pledge=pledge.code)


@router.post(PATH + "/jeda", include_in_schema=False)
def suspend(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("pledge:edit")],
    code: str,
    pledge_code: str,
    dari: Annotated[str, Form()] = "",
    sampai: Annotated[str, Form()] = "",
) -> Response:
    """Suspend a pledge between two days."""
    pledge = _pledge_of(session, code, pledge_code)
    try:
        pledges.suspend_pledge(
            session,
            pledge=pledge,
            suspended_from=day_of(dari, "dari"),
            suspended_until=day_of(sampai, "sampai"),
            by=by,
            now=now,
        )
    except Invalid as invalid:
        typed = {"dari": dari, "sampai": sampai}
        names = {"suspended_from": "dari", "suspended_until": "sampai"}
        return _refused(request, session, now, code, pledge, invalid, typed, names)
    return redirect(request, f"/orang-tua-asuh/{code}", "pledge.did_suspend", pledge=pledge.code)


@router.post(PATH + "/lanjut", include_in_schema=False)
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
    return redirect(request, f"/orang-tua-asuh/{code}", "pledge.did_resume", pledge=pledge.code)


@router.post("/terlambat", include_in_schema=False)
def mark_late(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("pledge:edit")],
) -> RedirectResponse:
    """Mark the pledges of this month of which nothing came in by the cut-off day."""
    found = pledges.mark_late(session, month=month_of(local_date(now)), by=by, now=now)
    url = "/orang-tua-asuh?keadaan=late"
    return redirect(request, url, "pledge.did_mark_late", count=len(found))
