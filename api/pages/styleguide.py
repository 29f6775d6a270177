"""The design language as a page, for those who build pages; served by demonstrations only."""

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.dependencies import requires
from api.i18n import sentence
from api.pages.shell import STATIC_FOLDER, Page, Step, language_of, render
from api.services.errors import NotFound
from data.schema import Account

router = APIRouter(include_in_schema=False)
TOKEN = re.compile(r"--asuh-([\w-]+): ([^;]+);")
EXAMPLE_DAY = date(2026, 12, 3)


@cache
def tokens() -> tuple[str, ...]:
    """Return the names of the colours, as the style sheet gives them first."""
    text = (STATIC_FOLDER / "asuh.css").read_text(encoding="utf-8")
    light = text[text.index(":root {") : text.index("}")]
    return tuple(name for name, value in TOKEN.findall(light) if value.startswith("#"))


@router.get("/styleguide")
def styleguide(request: Request, by: Annotated[Account, requires("self:read")]) -> HTMLResponse:
    """Show every token and building block of pages (demonstrations only)."""
    del by
    if not request.app.state.settings.demo:
        raise NotFound("http.not_found")
    return render(
        request,
        "styleguide.html",
        tokens=tokens(),
        steps=[
            Step("Masukkan data", "done"), Step("Kunci data", "current"), Step("Pasangkan", "todo"),
        ],
        page=Page(2, 120),
        day=EXAMPLE_DAY,
        moment=datetime(2026, 12, 3, 1, 15, tzinfo=UTC),
        errors={"contoh_salah": sentence("field.whole", {}, language_of(request))},
    )  # fmt: skip
