"""Shares of areas over closed months under /api/v1."""

from typing import Annotated

from fastapi import APIRouter

from api.dependencies import ReadSession, requires
from api.schemas.monitoring import AreaShareOut, MonthShareOut, SharesOut
from api.services import monitoring
from api.services.monitoring import Level
from data.schema import Account

router = APIRouter(tags=["reports"])


@router.get("/monitoring/{ratio}")
def read_shares(
    session: ReadSession,
    by: Annotated[Account, requires("report:read")],
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
