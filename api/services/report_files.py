"""A report laid out as PDF or as a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services.dispatch import PDF, XLSX

if TYPE_CHECKING:
    from api.documents.models import Language
    from api.documents.report_models import Report

__all__ = ["report_file"]


def report_file(report: Report, *, file_format: str, language: Language) -> tuple[bytes, str]:
    """Return a report's content and media type: ``xlsx``, else PDF.

    The writers are slow to load: only who wants a file waits for them.
    """
    if file_format == "xlsx":
        from api.documents.report_workbook import report_workbook

        return report_workbook(report, language=language), XLSX
    from api.documents.reports import report_pdf

    return report_pdf(report, language=language), PDF
