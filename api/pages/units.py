"""One city, area or team with all its shares, looked into step by step down to the rows."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.pages.monitoring import ways
from api.pages.refusals import status_of, texts_of
from api.pages.road import purposes_of
from api.pages.shell import Page, language_of, render
from api.services import cycles, figure_rows, monitoring
from api.services.errors import Invalid
from api.services.figure_rows import countable_figures
from api.services.monitoring import SMALLER, Level, MonthShare, UnitShare
from api.services.months import months_from
from api.services.report_tables import cause_name
from api.services.report_tally import area_name
from api.services.share_tables import unit_name
from api.services.unit_dashboard import UnitPart, unit_month, unit_parts
from data.reference.indicators import Indicator
from data.reference.regions import regions
from data.schema import Account

router = APIRouter(include_in_schema=False)

LINE_WIDTH, LINE_HEIGHT, EDGE = 120, 28, 3


@router.get("/monev/wilayah")
def unit_page(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("report:read")],
    tingkat: Level = "city",
    wilayah: str = "",
    dari: str = "",
    sampai: str = "",
) -> HTMLResponse:
    """Show all shares of one unit beside the others, month by month, and what it is made of."""
    found: tuple[UnitShare, ...] = ()
    refusal = last = None
    parts: tuple[tuple[Indicator, ...], tuple[UnitPart, ...]] = ((), ())
    span_asked = {"first_month": dari or None, "last_month": sampai or None}
    try:
        last = unit_month(session, level=tingkat, unit=wilayah, role=by.role, **span_asked)
        parts = unit_parts(session, level=tingkat, unit=wilayah, **span_asked)
        found = monitoring.unit_shares(session, level=tingkat, unit=wilayah, **span_asked)
    except Invalid as error:
        refusal = error
    language = language_of(request)
    span = {"dari": dari, "sampai": sampai}
    return render(
        request,
        "monev/unit.html",
        status=status_of(refusal),
        pages=ways(request),
        level=tingkat,
        unit=wilayah,
        title=unit_name(wilayah, tingkat, language),
        found=found,
        names={each.ratio.code: _name(each.ratio, language) for each in found},
        courses={each.ratio.code: course_line(each.months) for each in found},
        above=_above(tingkat, wilayah),
        last=last,
        countable=countable_figures(),
        part_shares=[_name(each, language) for each in parts[0]],
        parts=parts[1],
        figure_name=lambda each: _name(each, language),
        smaller=SMALLER.get(tingkat),
        span=span,
        within=urlencode(span),
        fields={"tingkat": tingkat, "wilayah": wilayah, **span},
        purposes=purposes_of(request),
        errors=texts_of(request, refusal),
    )


@router.get("/monev/baris")
def rows_page(
    request: Request,
    session: WriteSession,
    now: Now,
    by: Annotated[Account, requires("report:read")],
    angka: str,
    bulan: str,
    tingkat: Level = "city",
    wilayah: str = "",
    sebab: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the rows behind one figure of one unit in one month; the look is written down.

    ``sebab`` asks only for the children whom a cause stopped.
    """
    behind = figure_rows.rows_behind(
        session, cycle=cycles.find_cycle(session, month=bulan), code=angka, level=tingkat,
        unit=wilayah, by=by, now=now, cause=sebab,
    )  # fmt: skip
    language = language_of(request)
    page = Page(halaman, len(behind.rows))
    is_english = language == "en"
    indicator = behind.indicator
    return render(
        request,
        "monev/rows.html",
        pages=ways(request),
        behind=behind,
        rows=behind.rows[page.offset : page.offset + page.size],
        page=page,
        name=_name(indicator, language),
        definition=indicator.definition if is_english else indicator.definition_id,
        level=tingkat,
        unit=wilayah,
        title=unit_name(wilayah, tingkat, language),
        cause=sebab,
        cause_name=lambda code: cause_name(code, language),
        has_causes=any(row.cause for row in behind.rows),
        ward=lambda code: area_name(code, "kelurahan"),
    )


@router.get("/monev/angka/{code}")
def figure_page(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("report:read")],
    code: str,
    tingkat: Level = "city",
    wilayah: str = "",
    dari: str = "",
    sampai: str = "",
) -> HTMLResponse:
    """Show one figure of one unit month by month, each leading to its rows."""
    del by
    indicator, course = monitoring.figure_course(
        session, code=code, level=tingkat, unit=wilayah, first_month=dari or None,
        last_month=sampai or None,
    )  # fmt: skip
    language = language_of(request)
    return render(
        request,
        "monev/figure.html",
        pages=ways(request),
        indicator=indicator,
        has_rows=figure_rows.has_rows(indicator),
        course=course,
        name=_name(indicator, language),
        definition=indicator.definition if language == "en" else indicator.definition_id,
        level=tingkat,
        unit=wilayah,
        title=unit_name(wilayah, tingkat, language),
    )


def course_line(months: tuple[MonthShare, ...]) -> str:
    """Return a share month by month as an SVG path; a month without cases leaves a gap."""
    if len(months) < 2:
        return ""
    span = max(1, months_from(months[0].month, months[-1].month))
    parts, is_drawing = [], False
    for each in months:
        if each.share is None:
            is_drawing = False
            continue
        x = EDGE + (LINE_WIDTH - 2 * EDGE) * months_from(months[0].month, each.month) / span
        y = EDGE + (LINE_HEIGHT - 2 * EDGE) * (1 - each.share)
        parts.append(f"{'L' if is_drawing else 'M'}{x:.1f} {y:.1f}")
        is_drawing = True
    return " ".join(parts)


def _name(indicator: Indicator, language: str) -> str:
    return indicator.name_en if language == "en" else indicator.name_id


def _above(level: Level, unit: str) -> list[tuple[Level, str]]:
    """Return the larger units that a unit lies in, the city first."""
    known = regions()
    ward = unit.rpartition(" · ")[2] if level == "posyandu" else unit
    path: list[tuple[Level, str]] = [("city", "")] if level != "city" else []
    if level in ("kelurahan", "posyandu"):
        own = next((each for each in known.all_kelurahan if each.name == ward), None)
        if own is not None:
            path.append(("kecamatan", known.kecamatan(own.kecamatan_code).name))
            if level == "posyandu":
                path.append(("kelurahan", ward))
    return path
