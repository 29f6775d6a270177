"""Monitoring and evaluation under /api/v1: shares of areas, and the sheets of the pages."""

from typing import Annotated, Literal

from fastapi import APIRouter

from api.dependencies import Now, ReadSession, requires
from api.schemas.monitoring import AreaShareOut, IndicatorOut, MonthShareOut, SharesOut
from api.schemas.reports import TableOut
from api.security import may, sees_homes
from api.services import monitoring, monitoring_sheets
from api.services.errors import Forbidden
from api.services.monitoring import Level
from api.services.months import checked_month
from data.reference.indicators import indicators
from data.schema import Account

router = APIRouter(tags=["reports"])

Reader = Annotated[Account, requires("report:read")]


@router.get("/indicators")
def list_indicators(by: Reader, month: str | None = None) -> list[IndicatorOut]:
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
    """Show a ratio by area, with what may be said of each beside the others."""
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


@router.get("/monitoring/sheets/{sheet}")
def read_sheet(
    session: ReadSession,
    by: Reader,
    now: Now,
    sheet: str,
    *,
    month: str | None = None,
    language: Literal["id", "en"] = "id",
    is_public: bool = False,
) -> list[TableOut]:
    """Show the tables of a sheet; ``is_public`` is the variant that leaves the office."""
    found = monitoring_sheets.find_sheet(sheet)
    if not may(by.role, found.permission):
        raise Forbidden("access.role", permission=found.permission, role=by.role.value)
    tables = found.tables(
        session,
        monitoring_sheets.Wanted(
            now=now,
            last_month=checked_month(month) if month else None,
            language=language,
            is_public=is_public,
            shows_texts=sees_homes(by.role),
        ),
    )
    return [TableOut.model_validate(monitoring_sheets.table_json(table)) for table in tables]
