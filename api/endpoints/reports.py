"""Reports under /api/v1: the month's tables, and the files made of them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.dependencies import LookSession, Now, ReadSession, Store, requires
from api.endpoints.routes import FILES
from api.schemas.reports import (
    ColumnOut,
    DifferenceOut,
    RecountIn,
    ReportExportIn,
    ReportVersionOut,
    TableOut,
)
from api.services import month_closing, report_versions, reports
from api.services.area_report import find_area
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
    version: Annotated[int | None, Query(ge=1)] = None,
    area: str = "",
) -> list[TableOut]:
    """Show the month's tables; ``is_public`` is the variant that leaves the office.

    ``area`` is one kecamatan or kelurahan (``kelurahan Bukit Sari``); without it the whole city.

    A closed month is shown as it was reported: its last version, or the one asked for.
    """
    tables = reports.monthly_tables(
        session,
        cycle=find_cycle(session, month=month),
        now=now,
        language=language,
        is_public=is_public,
        version=version,
        area=find_area(area),
        reader=by.role,
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


@router.get("/cycles/{month}/report/versions")
def list_versions(session: ReadSession, by: Reader, month: str) -> list[ReportVersionOut]:
    """List the versions of a closed month's figures, the first first."""
    del by
    rows = report_versions.list_versions(session, cycle=find_cycle(session, month=month))
    return [ReportVersionOut.model_validate(row) for row in rows]


@router.get("/cycles/{month}/report/differences")
def list_differences(
    session: ReadSession,
    by: Reader,
    month: str,
    before: Annotated[int, Query(ge=1)],
    after: Annotated[int, Query(ge=1)],
) -> list[DifferenceOut]:
    """Show every figure that two versions of a month tell differently."""
    del by
    cycle = find_cycle(session, month=month)
    rows = report_versions.differences(
        report_versions.find_version(session, cycle=cycle, number=before),
        report_versions.find_version(session, cycle=cycle, number=after),
    )
    return [DifferenceOut.model_validate(row) for row in rows]


@router.post("/cycles/{month}/report/recount")
def recount(
    store: Store,
    by: Annotated[Account, requires("cycle:amend")],
    now: Now,
    month: str,
    wanted: RecountIn,
) -> ReportVersionOut:
    """Count a closed month anew, because something became known late."""
    version = month_closing.recount_anew(store, month=month, by=by, now=now, reason=wanted.reason)
    return ReportVersionOut.model_validate(version)


@router.post("/cycles/{month}/report/export", response_class=Response, responses=FILES)
def export(
    session: LookSession, by: Reader, now: Now, month: str, wanted: ReportExportIn
) -> Response:
    """Give the report as PDF, XLSX or JSON; the export and its purpose are noted."""
    made = reports.export_report(
        session,
        cycle=find_cycle(session, month=month),
        file_format=wanted.file_format,
        purpose=wanted.purpose,
        language=wanted.language,
        is_public=wanted.is_public,
        version=wanted.version,
        area=find_area(wanted.area),
        by=by,
        now=now,
    )
    heading = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, media_type=made.media_type, headers=heading)
