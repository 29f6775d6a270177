"""How well each posyandu measures."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.dependencies import Now, ReadSession, requires
from api.i18n import N_, translator
from api.pages.monitoring import sheet_page
from api.pages.shell import language_of
from data.schema import Account

router = APIRouter(include_in_schema=False)


@router.get("/monev/mutu-ukur")
def measuring_page(
    request: Request,
    session: ReadSession,
    now: Now,
    by: Annotated[Account, requires("report:read")],
    bulan: str = "",
) -> HTMLResponse:
    """Show per posyandu whether heights and weights were read off or rounded, in six months."""
    del by
    intro = translator(language_of(request))(
        N_(
            "Tinggi yang dibulatkan ke setengah sentimeter memindahkan anak melewati garis -2 "
            "secara kebetulan. Ini petunjuk untuk melatih, bukan penilaian orang."
        )
    )
    return sheet_page(request, session, now, "mutu-ukur", month=bulan, intro=intro)
