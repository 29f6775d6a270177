"""Sponsors as the office sees them: the register, and one sponsor with what was promised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, select

from api.dependencies import Now, ReadSession, requires
from api.i18n import N_
from api.pages.field_words import FieldWords, area_names
from api.pages.shell import Entry, Page, language_of, render
from api.security import holds
from api.services import pledges, sponsors
from api.services.clock import local_date
from api.services.months import later_month, month_of
from api.services.promised_receipts import MONTHS_SHOWN, months_open
from data.queries import registers
from data.queries.sponsors import children_of_pledges
from data.schema import Account, Pledge, PledgeState

router = APIRouter()
NAVIGATION = [Entry(N_("Orang tua asuh"), "/orang-tua-asuh", "sponsor:read")]


@router.get("/orang-tua-asuh", include_in_schema=False)
def list_sponsors(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("sponsor:read")],
    cari: str = "",
    keadaan: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the register of sponsors with their pledges; months of late ones can be ticked off."""
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
    late = [each for _, found in rows for each in found if each.state is PledgeState.LATE]
    ticks = keadaan == PledgeState.LATE.value and holds(by, "pledge:edit")
    return render(
        request,
        "staff/sponsors.html",
        ticks=ticks,
        open_months={
            each.code: months_open(session, pledge=each, on=local_date(now))
            for each in late
            if ticks
        },
        rows=rows,
        page=page,
        words=cari,
        state=keadaan,
        states=list(known),
        kelurahan=area_names(),
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
    del by
    return sponsor_page(request, session, now, code)


def sponsor_page(
    request: Request,
    session: Session,
    now: datetime,
    code: str,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Render one sponsor; ``typed`` keeps what a refused form of a pledge held."""
    sponsor = sponsors.find_sponsor(session, code=code)
    today, language = local_date(now), language_of(request)
    month = month_of(today)
    rows = session.exec(
        select(Pledge).where(Pledge.sponsor_id == sponsor.id).order_by(col(Pledge.code))
    ).all()
    paired = children_of_pledges(session, [row.id or 0 for row in rows], num_months=MONTHS_SHOWN)
    return render(
        request,
        "staff/sponsor.html",
        status=status,
        errors=errors or {},
        typed=typed or {},
        sponsor=sponsor,
        month=month,
        months=[later_month(month, -back) for back in range(MONTHS_SHOWN)],
        today=today,
        pledges=[
            {
                "pledge": row,
                "children": paired.get(row.id or 0, {}),
                "month": pledges.pledge_month(session, pledge=row, month=month, on=today),
                "receipts": pledges.receipts(session, pledge=row),
                "reminder": pledges.reminder_text(
                    session, pledge=row, month=month, language=language
                ),
            }
            for row in rows
        ],
        end_reasons=[reason for reason in pledges.END_REASONS if reason != "merged"],
        receipt_uid=uuid4().hex[:24],
        words=FieldWords(language),
        kelurahan=area_names(),
    )
