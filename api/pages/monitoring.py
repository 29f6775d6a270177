"""Shares of areas over closed months, as a funnel and as a table; nobody is ranked."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from api.dependencies import ReadSession, requires
from api.i18n import N_
from api.pages.funnel_chart import funnel_chart
from api.pages.refusals import status_of, texts_of
from api.pages.shell import Entry, render
from api.services import monitoring
from api.services.errors import Invalid
from api.services.monitoring import RATIOS, Level, Ratio, Shares
from data.schema import Account

router = APIRouter(include_in_schema=False)

NAVIGATION = [Entry(N_("Monev"), "/monev", "report:read")]


@router.get("/monev")
def monitoring_page(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("report:read")],
    angka: str = RATIOS[0].code,
    tingkat: Literal["kelurahan", "kecamatan"] = "kelurahan",
    dari: str = "",
    sampai: str = "",
) -> HTMLResponse:
    """Show a share by area over closed months; the last six unless asked otherwise."""
    del by
    ratio = monitoring.find_ratio(angka)
    found, refusal = _shares(session, ratio, tingkat, dari, sampai)
    return render(
        request,
        "closing/monitoring.html",
        status=status_of(refusal),
        ratios=RATIOS,
        ratio=ratio,
        level=tingkat,
        first_month=dari,
        last_month=sampai,
        found=found,
        chart=funnel_chart(found) if found else None,
        errors=texts_of(request, refusal),
    )


def _shares(
    session: Session, ratio: Ratio, level: Level, first_month: str, last_month: str
) -> tuple[Shares | None, Invalid | None]:
    try:
        found = monitoring.shares(
            session,
            ratio=ratio,
            level=level,
            first_month=first_month or None,
            last_month=last_month or None,
        )
    except Invalid as refusal:
        return None, refusal
    return found, None
