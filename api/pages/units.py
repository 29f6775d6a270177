"""One city, area or team with all its shares, looked into step by step down to the rows."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from api.dependencies import LookSession, Now, ReadSession, requires
from api.i18n import Formats, translator
from api.pages.monitoring import ways
from api.pages.refusals import status_of, texts_of
from api.pages.reports import opened_figures
from api.pages.road import language_for, purposes_of
from api.pages.shell import Page, language_of, person_of, render
from api.pages.unit_charts import MAPPED, WAY_OF_CURVES, parts_funnel, unit_curves, unit_map
from api.security import holds
from api.services import cycles, figure_rows, figure_rules, monitoring
from api.services.errors import Invalid, NotFound
from api.services.figure_rows import FigureRow
from api.services.monitoring import SMALLER, Level, MonthShare, UnitShare
from api.services.months import months_from
from api.services.own_units import need_own_unit, own_units
from api.services.report_tables import shortfall_reason
from api.services.report_tally import area_name
from api.services.semester_tables import is_added_up
from api.services.share_tables import titles_of_unit, unit_name
from api.services.unit_dashboard import UnitPart, home_unit, unit_month, unit_parts
from api.services.unit_growth import heights_of_unit
from data.reference.indicators import Indicator
from data.reference.regions import regions
from data.schema import Account

router = APIRouter(include_in_schema=False)

LINE_WIDTH, LINE_HEIGHT, EDGE = 120, 28, 3


@router.get("/monev/wilayah")
def unit_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("area:read")],
    tingkat: Level | None = None,
    wilayah: str = "",
    dari: str = "",
    sampai: str = "",
    angka: str = "served",
) -> HTMLResponse:
    """Show all shares of one unit beside the others, month by month, and what it is made of.

    ``angka`` is the share that map and funnel show. Without ``tingkat`` it is the area of who
    asks; looking at children one by one is written down.
    """
    return _unit(
        request, session, now, by, tingkat, wilayah, {"dari": dari, "sampai": sampai}, angka
    )


def _unit(
    request: Request,
    session: Session,
    now: datetime,
    by: Account,
    tingkat: Level | None,
    wilayah: str,
    span: dict[str, str],
    angka: str,
) -> HTMLResponse:
    level, unit = (tingkat, wilayah) if tingkat else home_unit(by=by)
    need_own_unit(session, level, unit)
    own = own_units(session)
    found: tuple[UnitShare, ...] = ()
    refusal = last = None
    parts: tuple[tuple[Indicator, ...], tuple[UnitPart, ...]] = ((), ())
    span_asked = {"first_month": span["dari"] or None, "last_month": span["sampai"] or None}
    ratio = monitoring.find_ratio(angka)
    drawn: dict[str, Any] = {"map": None, "funnel": None}
    try:
        last = unit_month(session, level=level, unit=unit, role=by.role, **span_asked)
        parts = unit_parts(session, level=level, unit=unit, also=angka, **span_asked)
        found = monitoring.unit_shares(session, level=level, unit=unit, **span_asked)
        if own is None:  # a map and a funnel are of units beside each other
            drawn |= _drawn(request, session, level, unit, ratio, span)
    except Invalid as error:
        refusal = error
    except NotFound:
        if own is None:
            raise
    language = language_of(request)
    heights = heights_of_unit(session, level=level, unit=unit, by=by, now=now) if found else []
    smaller = SMALLER.get(level)
    titles = titles_of_unit(
        last, [each.ratio for each in found], level=level, unit=unit, has_parts=bool(parts[1]),
        language=language_for(request),
    ) if last else ()  # fmt: skip
    return render(
        request,
        "monev/unit.html",
        status=status_of(refusal),
        pages=ways(request),
        level=level,
        unit=unit,
        title=unit_name(unit, level, language),
        found=found,
        names={each.ratio.code: _name(each.ratio, language) for each in found},
        courses={each.ratio.code: course_line(each.months) for each in found},
        above=[each for each in _above(level, unit) if own is None or own.holds(*each)],
        compares=own is None,
        own_units=own.listed if own else (),
        last=last,
        countable=opened_figures(request),
        part_shares=[_name(each, language) for each in parts[0]],
        parts=parts[1],
        figure_name=lambda each: _name(each, language),
        smaller=smaller,
        ratio=ratio,
        own_share=next(
            (
                each
                for each in found
                if each.ratio.code == ratio.code and each.placed.share is not None
            ),
            None,
        ),
        drawable=[
            (each.code, _name(each, language))
            for each in monitoring.ratios()
            if own is None and smaller in monitoring.levels_of(each)
        ],
        curves=unit_curves(request, heights),
        way_of_curves=translator(language)(WAY_OF_CURVES),
        span=span,
        within=urlencode(span | {"angka": angka}),
        fields={"tingkat": level, "wilayah": unit, "angka": angka, **span},
        file_titles=[{"title": each} for each in titles],
        purposes=purposes_of(request),
        errors=texts_of(request, refusal),
        **drawn,
    )


def _drawn(
    request: Request,
    session: Session,
    level: Level,
    unit: str,
    ratio: Indicator,
    span: dict[str, str],
) -> dict[str, Any]:
    """Return the map and the funnel of a share of a unit's parts, where it is known for them."""
    smaller = SMALLER.get(level)
    if smaller is None or smaller not in monitoring.levels_of(ratio):
        return {}
    read = partial(
        monitoring.shares, session, ratio=ratio, first_month=span["dari"] or None,
        last_month=span["sampai"] or None,
    )  # fmt: skip
    of_parts = read(level=smaller)
    of_wards = (
        of_parts if smaller == "kelurahan" or level not in MAPPED else read(level="kelurahan")
    )
    name = _name(ratio, language_of(request))
    within = span | {"angka": ratio.code}
    return {
        "map": unit_map(request, of_wards, level=level, unit=unit, name=name, within=within),
        "funnel": parts_funnel(of_parts, level=level, unit=unit),
        "funnel_share": of_parts.funnel.share,
        "funnel_months": len(of_parts.months),
    }


@router.get("/monev/baris")
def rows_page(
    request: Request,
    session: LookSession,
    now: Now,
    by: Annotated[Account, requires("area:read")],
    angka: str,
    bulan: str,
    tingkat: figure_rows.RowsLevel = "city",
    wilayah: str = "",
    sebab: str = "",
    halaman: int = 1,
) -> HTMLResponse:
    """Show the rows behind one figure of one unit in one month; the look is written down.

    ``sebab`` asks only for the children or packages that a cause stopped. At the level ``sponsor``
    the unit is a sponsor's code.
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
        fields={
            "angka": angka,
            "sampai": bulan,
            "tingkat": tingkat,
            "wilayah": wilayah,
            "sebab": sebab,
        },
        purposes=purposes_of(request),
        cause_name=lambda code: shortfall_reason(code, language),
        number=lambda value: row_number(value, indicator, Formats(language)),
        address_of=lambda row: _row_address(request, behind.month, row),
        has_causes=any(row.cause for row in behind.rows),
        is_shortfall=indicator.code == figure_rules.SHORTFALL,
        has_places=any(any(row.place) for row in behind.rows),
        has_actors=any(row.by for row in behind.rows),
        has_weights=any(row.weight is not None for row in behind.rows),
        has_negative=indicator.unit == "rupiah" and any(row.amount < 0 for row in behind.rows),
        ward=lambda code: area_name(code, "kelurahan"),
    )


ROW_PAGES: Mapping[str, tuple[str, str]] = {
    "child": ("child:read", "/monev/pertumbuhan/{code}"),
    "family": ("child:read", "/monev/pertumbuhan/{code}"),
    "sponsor": ("sponsor:read", "/orang-tua-asuh/{code}"),
    "pledge": ("sponsor:read", "/orang-tua-asuh/{sponsor}"),
    "route": ("route:read", "/rute/{code}"),
    "package": ("delivery:read", "/bulan/{month}/hasil/paket/{code}"),
}
"""The kind of a row → who may see more of it, and where."""


def _row_address(request: Request, month: str, row: FigureRow) -> str:
    """Return the page that tells more of a row; empty where none does to the reader."""
    permission, address = ROW_PAGES.get(row.kind, ("", ""))
    person = person_of(request)
    if not address or person is None or not holds(person, permission):
        return ""
    return address.format(month=month, code=row.code, sponsor=row.sponsor)


def row_number(value: float, indicator: Indicator, formats: Formats) -> str:
    """Write what a row brings to a figure, or what the figure is, in its unit."""
    if indicator.unit == "rupiah":
        return formats.rupiah(round(value))
    return formats.number(value, decimals=0 if float(value).is_integer() else 2)


@router.get("/monev/angka/{code}")
def figure_page(
    request: Request,
    session: ReadSession,
    by: Annotated[Account, requires("area:read")],
    code: str,
    tingkat: Level = "city",
    wilayah: str = "",
    dari: str = "",
    sampai: str = "",
) -> HTMLResponse:
    """Show one figure of one unit month by month, each leading to its rows."""
    del by
    need_own_unit(session, tingkat, wilayah)
    indicator, course = monitoring.figure_course(
        session, code=code, level=tingkat, unit=wilayah, first_month=dari or None,
        last_month=sampai or None,
    )  # fmt: skip
    language = language_of(request)
    values = [value for _, _, value in course]
    known = [value for value in values if value is not None]
    is_sum = len(values) > 1 and len(known) == len(values) and is_added_up(code)
    return render(
        request,
        "monev/figure.html",
        pages=ways(request),
        indicator=indicator,
        countable=opened_figures(request),
        is_of_growth=figure_rules.has_rows(indicator) and code not in opened_figures(request),
        course=course,
        total=sum(known) if is_sum else None,
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
