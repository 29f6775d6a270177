"""Reports under /api/v1: the month's tables, and the files made of them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response

from api.dependencies import Now, ReadSession, WriteSession, requires
from api.endpoints.routes import FILES
from api.schemas.reports import ColumnOut, ReportExportIn, TableOut
from api.services import reports
from api.services.cycles import find_cycle
from data.schema import Account

router = APIRouter(tags=["reports"])

Reader = Annotated[Account, requires("report:read")]


@router.get("/cycles/{month}/report")
def read_report(
    session: ReadSession,
    by: Reader,
    now: Now,
    month: str,
    *,
    language: Literal["id", "en"] = "id",
    is_public: bool = False,
) -> list[TableOut]:
    """Show the month's tables; ``is_public`` is the variant that leaves the office."""
    del by
    tables = reports.monthly_tables(
        session,
        cycle=find_cycle(session, month=month),
        now=now,
        language=language,
        is_public=is_public,
    )
    return [
        TableOut(
            title=table.title,
            columns=[
                ColumnOut(name=c.name, kind=c.kind.value, indicator=c.indicator)
                for c in table.columns
            ],
            rows=[list(row) for row in table.rows],  # type: ignore[arg-type]  # no Decimal in counts
            total=list(table.total) if table.total else None,  # type: ignore[arg-type]
            source=table.source,
            as_of=table.as_of,
            notes=list(table.notes),
            row_indicators=list(table.row_indicators),
        )
        for table in tables
    ]


@router.post("/cycles/{month}/report/export", response_class=Response, responses=FILES)
def export(
    session: WriteSession, by: Reader, now: Now, month: str, wanted: ReportExportIn
) -> Response:
    """Give the report as PDF, XLSX or JSON; the export and its purpose are noted."""
    made = reports.export_report(
        session,
        cycle=find_cycle(session, month=month),
        file_format=wanted.file_format,
        purpose=wanted.purpose,
        language=wanted.language,
        is_public=wanted.is_public,
        by=by,
        now=now,
    )
    heading = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, media_type=made.media_type, headers=heading)
