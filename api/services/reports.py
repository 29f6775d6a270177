"""The monthly report: every figure counted from the rows, with its source and date."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from api.documents.report_models import Report, Signatory, Table, as_printed
from api.i18n import Formats, sentence, translator
from api.sentences.reports import TITLES
from api.services import looks
from api.services.area_report import CITY, SIGNED_BY, area_tables
from api.services.clock import local_date
from api.services.dispatch import PDF, XLSX, Export
from api.services.errors import Forbidden, Refused
from api.services.figure_rules import SHORTFALL, reasons_opened
from api.services.own_units import need_own_unit, own_units
from api.services.public_report import hidden_in_report
from api.services.report_answers import answer_counts, kept_records
from api.services.report_columns import area_figures
from api.services.report_tables import Line, Writer
from api.services.report_versions import figures_of, list_versions
from api.services.route_book import imprint_of
from data.queries.cycles import is_approved, is_kept_elsewhere, state_word
from data.queries.reports import sponsor_names
from data.schema import CycleState, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from api.services.area_report import ReportArea
    from data.schema import Account, Cycle

__all__ = [
    "ReportFormat",
    "export_formats",
    "export_report",
    "monthly_report",
    "monthly_tables",
]

ReportFormat = Literal["pdf", "xlsx", "json"]
READERS = (Role.STAFF, Role.APPROVER, Role.COORDINATOR, Role.AUDITOR)


def monthly_tables(
    session: Session,
    *,
    cycle: Cycle,
    now: datetime,
    language: Language = "id",
    is_public: bool = False,
    version: int | None = None,
    area: ReportArea = CITY,
    reader: Role = Role.AUDITOR,
) -> tuple[Table, ...]:
    """Return the tables of a month per kecamatan and kelurahan, or of one of those.

    ``is_public`` is the variant that leaves the dinas: cells below five are suppressed (with as
    many others as it takes so that they cannot be worked out), and sponsors are not named.
    ``version`` is one of a closed month's; without it the last, or the present count of an open
    month. What families answered who were asked stands beside, as ``reader`` may see its words.

    Raises
    ------
    Forbidden
        ``access.place`` for an area outside the place of who asks, and there for the variant that
        leaves the dinas: what it hides hangs on the other areas.
    Refused
        ``report.kept_elsewhere`` for a month of which only the pairs came in from a file: its
        figures are not nought, they are not known.
    """
    need_own_unit(session, area.level, area.name)
    if is_public and own_units(session) is not None:
        raise Forbidden("access.place")
    if is_kept_elsewhere(cycle) and not list_versions(session, cycle=cycle):
        raise Refused("report.kept_elsewhere", month=cycle.month)
    figures = figures_of(session, cycle=cycle, number=version)
    counts = figures.counts
    writer = Writer(
        month=cycle.month,
        as_of=local_date(figures.version.at if figures.version else now),
        language=language,
        hidden=hidden_in_report(session, figures) if is_public else None,
    )
    if not area.is_city:
        return area_tables(session, cycle=cycle, area=area, figures=figures, writer=writer)
    levels = figures.by_level()
    whole = Line("city", "", levels["city"].get("", {}))
    tables = [] if counts.causes is None else [writer.reach(counts, counts.causes)]
    for group, columns in area_figures(counts).items():
        for level in ("kecamatan", "kelurahan"):
            lines = [Line(level, name, levels[level][name], name) for name in sorted(levels[level])]
            tables.append(writer.by_area(f"{group}_{level}", level, columns, lines, total=whole))
    tables += [writer.city(group, counts) for group in ("matching", "delivery", "sponsors")]
    if counts.causes is None:
        tables.append(writer.reasons("unmatched", "matching_unmatched", counts.unmatched_reasons))
    tables += [
        writer.reasons(
            "failed",
            SHORTFALL,
            counts.failure_reasons,
            opens=reasons_opened(counts.failure_reasons, reader),
        ),
        writer.city("genting", counts),
    ]
    if not is_public:
        tables += writer.answers(
            answer_counts(session, cycle=cycle), kept_records(session, cycle=cycle, reader=reader)
        )
        tables.append(writer.sponsors(counts, sponsor_names(session)))
    tables.append(writer.not_counted())
    return tuple(tables)


def monthly_report(
    session: Session,
    *,
    cycle: Cycle,
    by: Account,
    now: datetime,
    language: Language = "id",
    is_public: bool = False,
    organisation: str = "",
    version: int | None = None,
    area: ReportArea = CITY,
) -> Report:
    """Return the month's report, ready to be laid out; a closed month's by version.

    Who prints a closed month and when is not on it: the instant is that of its version, so that the
    same version gives readers of the same rights the same bytes.
    """
    if by.role not in READERS:
        raise Forbidden("report.role", role=by.role.value)
    say = translator(language)
    tables = monthly_tables(
        session,
        cycle=cycle,
        now=now,
        language=language,
        is_public=is_public,
        version=version,
        area=area,
        reader=by.role,
    )
    versions = list_versions(session, cycle=cycle)
    number = version or max(1, len(versions))
    imprint = imprint_of(
        (),
        by=by,
        now=now,
        organisation=organisation,
        is_approved=is_approved(cycle),
        said=(cycle.month, as_printed(tables)),
        version=number,
    )
    if versions and cycle.state == CycleState.CLOSED:
        imprint = replace(imprint, printed_at=versions[number - 1].at, printed_by="")
    return Report(
        imprint=imprint,
        title=say(TITLES["report"]),
        subtitle=_subtitle(
            session, cycle, language, number=version, area=area, is_public=is_public
        ),
        tables=tables,
        signatories=tuple(Signatory(say(TITLES[who])) for who in SIGNED_BY[area.level]),
        signed_on=local_date(imprint.printed_at),
        paragraphs=(say(TITLES["suppressed"]),) if is_public else (),
    )


def export_report(
    session: Session,
    *,
    cycle: Cycle,
    file_format: ReportFormat,
    by: Account,
    now: datetime,
    purpose: str,
    language: Language = "id",
    is_public: bool = False,
    organisation: str = "",
    version: int | None = None,
    area: ReportArea = CITY,
) -> Export:
    """Return the report as a file; the export is audited.

    Raises
    ------
    Forbidden, Refused
        As :func:`export_formats`.
    """
    made = export_formats(
        session,
        cycle=cycle,
        formats=(file_format,),
        by=by,
        now=now,
        purpose=purpose,
        language=language,
        is_public=is_public,
        organisation=organisation,
        version=version,
        area=area,
    )
    return made[file_format]


def export_formats(
    session: Session,
    *,
    cycle: Cycle,
    formats: Sequence[ReportFormat],
    by: Account,
    now: datetime,
    purpose: str,
    language: Language = "id",
    is_public: bool = False,
    organisation: str = "",
    version: int | None = None,
    area: ReportArea = CITY,
) -> dict[ReportFormat, Export]:
    """Return the report in several formats, counted once; each export is audited.

    Raises
    ------
    Forbidden
        ``report.role``; as :func:`monthly_tables`.
    Refused
        ``dispatch.purpose`` without a purpose; outside the office as
        :func:`api.services.public_report.hidden_in_report`.
    """
    if not purpose.strip():
        raise Refused("dispatch.purpose")
    report = monthly_report(
        session,
        cycle=cycle,
        by=by,
        now=now,
        language=language,
        is_public=is_public,
        organisation=organisation,
        version=version,
        area=area,
    )
    of_version = f"-v{version}" if version else ""
    of_area = "" if area.is_city else f"-{str(area).lower().replace(' ', '-')}"
    stem = f"laporan-{cycle.month}{of_area}{of_version}{'-publik' if is_public else ''}"
    made: dict[ReportFormat, Export] = {}
    for file_format in formats:
        write, media_type = _WRITERS[file_format]
        made[file_format] = Export(f"{stem}.{file_format}", media_type, write(report, language))
        looks.note(
            session,
            by=by,
            action="report:export",
            subject="cycle",
            subject_id=cycle.month,
            now=now,
            after={"format": file_format, "public": is_public, "version": version}
            | ({} if area.is_city else {"area": str(area)}),
            purpose=purpose.strip(),
        )
    session.flush()
    return made


def _pdf(report: Report, language: Language) -> bytes:
    from api.documents.reports import report_pdf

    return report_pdf(report, language=language)


def _xlsx(report: Report, language: Language) -> bytes:
    from api.documents.report_workbook import report_workbook

    return report_workbook(report, language=language)


def _json(report: Report, language: Language) -> bytes:
    content = {
        "title": report.title,
        "subtitle": report.subtitle,
        "language": language,
        "tables": [
            {
                "title": table.title,
                "columns": [
                    {
                        "name": column.name,
                        "kind": column.kind.value,
                        "indicator": column.indicator,
                    }
                    for column in table.columns
                ],
                "rows": table.rows,
                "row_indicators": table.row_indicators,
                "total": table.total,
                "source": table.source,
                "as_of": table.as_of.isoformat(),
                "notes": table.notes,
            }
            for table in report.tables
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode()


_WRITERS: dict[str, tuple[Callable[[Report, Language], bytes], str]] = {
    "pdf": (_pdf, PDF),
    "xlsx": (_xlsx, XLSX),
    "json": (_json, "application/json"),
}


def _subtitle(
    session: Session,
    cycle: Cycle,
    language: Language,
    *,
    number: int | None,
    area: ReportArea,
    is_public: bool,
) -> str:
    """Name area, month and where it stands: a report of an open month is not the last word.

    The digest of a version covers its hidden figures too: whoever knows the others could try one
    by one, so it stays in the office (a public print has that of what is on it in its foot).
    """
    say = translator(language)
    parts = [
        *([] if area.is_city else [f"{say(TITLES[area.level])} {area.name}"]),
        Formats(language).month(cycle.month),
        sentence(f"word.{state_word(cycle)}", {}, language),
    ]
    versions = list_versions(session, cycle=cycle)
    if versions and cycle.state == CycleState.CLOSED:
        version = versions[(number or len(versions)) - 1]
        name = TITLES["version_outside" if is_public else "version"]
        parts.append(say(name, number=version.number, digest=version.digest[:12]))
    return " · ".join(parts)
