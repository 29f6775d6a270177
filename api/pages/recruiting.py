"""Where new sponsors help most, for whoever recruits them: a page and a file for a spreadsheet."""

import csv
import io
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.dependencies import ReadSession, requires
from api.i18n import N_, Formats, translator
from api.pages.goals import gain_words
from api.pages.months import facts_of
from api.pages.shell import Page, language_of, render
from api.services import cycles, match_questions
from api.services.match_questions import Recruitment
from data.queries import assignments as queries
from data.queries.to_do import active_job
from data.schema import Account

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, requires("assignment:read")]
COLUMNS = ("kelurahan", "nama", "tempat", "anak", "tingkat", "nilai", "rupiah")
"""Of the file; rupiah are empty where a place is a package, whatever it costs."""


@router.get("/bulan/{month}/rekrut")
def recruiting_page(
    request: Request, session: ReadSession, by: Reader, month: str, halaman: int = 1
) -> HTMLResponse:
    """Show how many new places in which kelurahan would cover whom, and what places are worth."""
    del by
    cycle, language = cycles.find_cycle(session, month=month), language_of(request)
    has_run = cycle.match_run_id is not None
    areas = match_questions.recruiting(session, cycle=cycle) if has_run else []
    worth = match_questions.worth_of_places(session, cycle=cycle) if has_run else []
    page = Page(halaman, len(worth))
    return render(
        request,
        "staff/recruiting.html",
        **facts_of(cycle),
        matching=active_job(session, kind="match", month=month),
        has_run=has_run,
        groups=[(group, _tiers(group[0], language)) for group in _alike(areas)],
        are_alike=match_questions.cover_mostly_the_same(areas),
        worth=[
            (one, gain_words(one.gain, language), gain_words(one.loss or {}, language))
            for one in worth[page.offset : page.offset + page.size]
        ],
        page=page,
        in_rupiah=any(place.rupiah is not None for area in areas for place in area.places)
        or any(one.rupiah is not None for one in worth),
        sponsors=queries.sponsor_names(session, cycle=cycle),
    )


def _alike(areas: list[Recruitment]) -> list[list[Recruitment]]:
    """Put areas together whose new places would cover the same children in the same order."""
    groups: dict[tuple[str, ...], list[Recruitment]] = {}
    for area in areas:
        groups.setdefault(tuple(place.child for place in area.places), []).append(area)
    return list(groups.values())


def _tiers(area: Recruitment, language: str) -> str:
    """Return how many children of each tier new places cover, as ``tier 1: 3 · tier 2: 1``."""
    fmt, word = Formats(language), translator(language)(N_("tingkat"))
    tiers = sorted({place.tier for place in area.places})
    counts = ((tier, sum(place.tier == tier for place in area.places)) for tier in tiers)
    return " · ".join(f"{word} {tier}: {fmt.number(count)}" for tier, count in counts)


@router.get("/bulan/{month}/rekrut.csv")
def recruiting_file(session: ReadSession, by: Reader, month: str) -> Response:
    """Give the list as a file: one row per new place, in the order in which they would be filled.

    It has codes only, so that it may leave the office.
    """
    del by
    cycle = cycles.find_cycle(session, month=month)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for area in match_questions.recruiting(session, cycle=cycle):
        for number, place in enumerate(area.places, start=1):
            rows.writerow(
                (
                    area.kelurahan_code, area.kelurahan_name, number,
                    place.child, place.tier, place.points, place.rupiah,
                )
            )  # fmt: skip
    name = f"rekrut-{cycle.month}.csv"
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
