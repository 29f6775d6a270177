"""How well each posyandu measures."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.dependencies import LookSession, Now, ReadSession, requires
from api.i18n import N_, translator
from api.pages.monitoring import sheet_page, ways
from api.pages.shell import Page, language_of, render
from api.security import holds
from api.services.clock import local_month
from api.services.measuring_quality import FIGURES, readings_behind
from api.services.months import checked_month
from data.schema import Account

router = APIRouter(include_in_schema=False)


@router.get("/monev/mutu-ukur")
def measuring_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("area:read")],
    bulan: str = "",
) -> HTMLResponse:
    """Show per posyandu whether heights and weights were read off or rounded, in six months."""
    intro = translator(language_of(request))(
        N_(
            "Tinggi yang dibulatkan ke setengah sentimeter memindahkan anak melewati garis -2 "
            "secara kebetulan. Ini petunjuk untuk melatih, bukan penilaian orang."
        )
    )
    opens = {figure.code for figure in FIGURES} if holds(by, "child:read") else frozenset()
    return sheet_page(
        request,
        session,
        now,
        "mutu-ukur",
        month=bulan,
        intro=intro,
        countable=opens,
        is_inside=True,
    )


@router.get("/monev/mutu-ukur/bacaan")
def readings_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("child:read")],
    bulan: str = "",
    kelurahan: str = "",
    posyandu: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the heights and weights of one posyandu, which are round; the look is written down."""
    month = checked_month(bulan) if bulan else local_month(now)
    found = readings_behind(
        session, kelurahan=kelurahan, posyandu=posyandu, last_month=month, by=by, now=now
    )
    page = Page(halaman, len(found))
    return render(
        request,
        "monev/readings.html",
        pages=ways(request),
        month=month,
        place=" · ".join(filter(None, (posyandu, kelurahan))),
        readings=found[page.offset : page.offset + page.size],
        page=page,
    )
