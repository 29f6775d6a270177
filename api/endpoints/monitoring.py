"""Monitoring and evaluation under /api/v1: shares of areas, and the sheets of the pages."""

from typing import Annotated, Literal

from fastapi import APIRouter

from api.dependencies import LookSession, Now, ReadSession, requires
from api.schemas.monitoring import (
    AreaShareOut,
    FigureRowOut,
    FigureRowsOut,
    IndicatorOut,
    MonthShareOut,
    SharesOut,
    UnitShareOut,
)
from api.schemas.reports import TableOut
from api.security import sees_homes
from api.services import cycles, figure_rows, monitoring, monitoring_sheets
from api.services.access import must_hold
from api.services.monitoring import Level
from api.services.months import checked_month
from api.services.own_units import need_own_unit
from data.reference.indicators import indicators
from data.schema import Account

router = APIRouter(tags=["reports"])

Reader = Annotated[Account, requires("report:read")]
AreaReader = Annotated[Account, requires("area:read")]


@router.get("/indicators")
def list_indicators(by: AreaReader, month: str | None = None) -> list[IndicatorOut]:
    """List what every figure means: as it holds now, or as it held in a month."""
    del by
    defined = indicators(checked_month(month) if month else None)
    return [IndicatorOut.model_validate(each) for each in defined]


@router.get("/monitoring/{ratio}")
def read_shares(
    session: ReadSession,
    by: Reader,
    ratio: str,
    level: Level = "kelurahan",
    first_month: str | None = None,
    last_month: str | None = None,
) -> SharesOut:
    """Show a ratio by area or team, with what may be said of each beside the others."""
    del by
    found = monitoring.shares(
        session,
        ratio=monitoring.find_ratio(ratio),
        level=level,
        first_month=first_month,
        last_month=last_month,
    )
    return SharesOut(
        ratio=ratio,
        level=level,
        share=found.funnel.share,
        areas=[AreaShareOut.model_validate(unit) for unit in found.funnel.units],
        months=[MonthShareOut.model_validate(month) for month in found.months],
    )


@router.get("/monitoring/units/{level}")
def read_unit(
    session: ReadSession,
    by: AreaReader,
    level: Level,
    unit: str = "",
    first_month: str | None = None,
    last_month: str | None = None,
) -> list[UnitShareOut]:
    """Show every ratio of one unit beside the others of its level, and month by month.

    To an account with a place, of units in it alone, beside those.
    """
    del by
    need_own_unit(session, level, unit)
    found = monitoring.unit_shares(
        session, level=level, unit=unit, first_month=first_month, last_month=last_month
    )
    return [
        UnitShareOut(
            ratio=each.ratio.code,
            share=AreaShareOut.model_validate(each.placed),
            overall=each.overall,
            months=[MonthShareOut.model_validate(month) for month in each.months],
        )
        for each in found
    ]


@router.get("/monitoring/rows/{figure}")
def read_rows(
    session: LookSession,
    by: AreaReader,
    now: Now,
    figure: str,
    month: str,
    level: figure_rows.RowsLevel = "city",
    unit: str = "",
    cause: str = "",
) -> FigureRowsOut:
    """Show the rows behind a figure of one unit in one month; the look is written down.

    ``cause`` asks only for those that it stopped; at the level ``sponsor`` a unit is its code.
    """
    behind = figure_rows.rows_behind(
        session, cycle=cycles.find_cycle(session, month=checked_month(month)), code=figure,
        level=level, unit=unit, by=by, now=now, cause=cause,
    )  # fmt: skip
    return FigureRowsOut(
        figure=figure,
        month=behind.month,
        version=behind.version,
        how=behind.how,
        told=behind.told,
        now=behind.now,
        rows=[FigureRowOut.model_validate(row) for row in behind.rows],
    )


@router.get("/monitoring/sheets/{sheet}")
def read_sheet(
    session: LookSession,
    by: Reader,
    now: Now,
    sheet: str,
    *,
    month: str | None = None,
    language: Literal["id", "en"] = "id",
    is_public: bool = False,
    figure: str = "served",
    level: figure_rows.RowsLevel = "kelurahan",
    unit: str = "",
    version: int | None = None,
    cause: str = "",
) -> list[TableOut]:
    """Show the tables of a sheet; ``is_public`` is the variant that leaves the office.

    For ``baris``, the rows behind a figure, ``cause`` is what stopped them, and ``level`` may be
    ``sponsor``; ``/monitoring/rows`` gives them with types.

    ``version`` is that of the month's report that the public sheet of targeting is taken from.
    """
    found = monitoring_sheets.find_sheet(sheet)
    must_hold(by, found.permission)
    wanted = monitoring_sheets.Wanted(
        now=now,
        last_month=checked_month(month) if month else None,
        language=language,
        is_public=is_public,
        shows_texts=sees_homes(by.role),
        figure=figure,
        level=level,
        unit=unit,
        version=version,
        cause=cause,
        by=by,
    )
    tables = found.tables(session, wanted)
    return [TableOut.model_validate(monitoring_sheets.table_json(table)) for table in tables]
