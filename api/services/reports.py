"""The monthly report: every figure counted from the rows, with its source and date."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Literal

    from sqlmodel import Session

    from api.documents.models import Language
    from api.documents.report_models import Report, Table
    from api.services.dispatch import Export
    from data.schema import Account, Cycle

__all__ = ["ReportFormat", "export_report", "monthly_report", "monthly_tables"]

ReportFormat = "Literal['pdf', 'xlsx', 'json']"


def monthly_tables(
    session: Session,
    *,
    cycle: Cycle,
    now: datetime,
    language: Language = "id",
    is_public: bool = False,
) -> tuple[Table, ...]:
    """Return the tables of a month per kecamatan and kelurahan.

    ``is_public`` is the variant that leaves the dinas: cells below five are suppressed.
    """
    raise NotImplementedError


def monthly_report(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    language: Language = "id",
    is_public: bool = False,
    organisation: str = "",
) -> Report:
    """Return the month's report, ready to be laid out."""
    raise NotImplementedError


def export_report(
    session: Session,
    *,
    cycle: Cycle,
    file_format: Literal["pdf", "xlsx", "json"],
    by: Account,
    now: datetime,
    purpose: str,
    language: Language = "id",
    is_public: bool = False,
    organisation: str = "",
) -> Export:
    """Return the report as a file; the export is audited."""
    raise NotImplementedError
