"""The monthly report: every figure counted from the rows, with its source and date."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Literal

from api.documents.report_models import Cell, Column, ColumnKind, Report, Signatory, Table
from api.i18n import Formats, sentence, translator
from api.sentences.reports import TITLES
from api.services import audit
from api.services.clock import local_date
from api.services.dispatch import PDF, XLSX, Export
from api.services.errors import Forbidden, Refused
from api.services.report_counts import AREA_COUNTS, Counts, count_month
from api.services.route_book import imprint_of
from data.reference.reasons import delivery_reasons
from data.reference.regions import regions
from data.schema import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from data.schema import Account, Cycle

__all__ = ["ReportFormat", "export_report", "monthly_report", "monthly_tables"]

ReportFormat = Literal["pdf", "xlsx", "json"]
SMALLEST_SHOWN = 5
"""Counts below this are suppressed in what leaves the office: few children can be recognised."""
READERS = (Role.STAFF, Role.APPROVER, Role.COORDINATOR, Role.AUDITOR)
RUPIAH = (
    "sponsors_pledged_rp",
    "sponsors_received_rp",
    "sponsors_shortfall_rp",
    "genting_value_rp",
)


def monthly_tables(
    session: Session,
    *,
    cycle: Cycle,
    now: datetime,
    language: Language = "id",
    is_public: bool = False,
) -> tuple[Table, ...]:
    """Return the tables of a month per kecamatan and kelurahan.

    ``is_public`` is the variant that leaves the dinas: cells below five are suppressed (with the
    next smallest where one alone could be computed from the total), and sponsors are not named.
    """
    counts = count_month(session, cycle=cycle)
    writer = _Writer(cycle, local_date(now), language, is_public)
    tables = [
        writer.by_area(group, figures, counts, level)
        for group, figures in AREA_COUNTS.items()
        for level in ("kecamatan", "kelurahan")
    ]
    tables += [
        writer.city("sponsors", counts),
        writer.reasons("unmatched", counts.unmatched_reasons),
        writer.reasons("failed", counts.failure_reasons),
        writer.city("genting", counts),
    ]
    if not is_public:
        tables.append(writer.sponsors(counts))
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
) -> Report:
    """Return the month's report, ready to be laid out."""
    if by.role not in READERS:
        raise Forbidden("report.role", role=by.role.value)
    say = translator(language)
    return Report(
        imprint=imprint_of((), by=by, now=now, organisation=organisation),
        title=say(TITLES["report"]),
        subtitle=_subtitle(cycle, language),
        tables=monthly_tables(
            session, cycle=cycle, now=now, language=language, is_public=is_public
        ),
        signatories=(Signatory(say(TITLES["head"])), Signatory(say(TITLES["tpps"]))),
        signed_on=local_date(now),
        paragraphs=(say(TITLES["suppressed"]),) if is_public else (),
    )


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
    """Return the report as a file; the export is audited.

    Raises
    ------
    Refused
        ``dispatch.purpose`` without a purpose.
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
    )
    stem = f"laporan-{cycle.month}{'-publik' if is_public else ''}"
    write, media_type = _WRITERS[file_format]
    content = write(report, language)
    audit.record(
        session,
        by=by,
        action="report:export",
        subject="cycle",
        subject_id=cycle.month,
        now=now,
        after={"format": file_format, "public": is_public},
        purpose=purpose.strip(),
    )
    session.flush()
    return Export(f"{stem}.{file_format}", media_type, content)


class _Writer:
    """Tables of one month in one language."""

    def __init__(self, cycle: Cycle, as_of: date, language: Language, is_public: bool) -> None:
        self.as_of, self.language, self.is_public = as_of, language, is_public
        self.say = translator(language)
        self.source = self.say(TITLES["source"], month=cycle.month)

    def by_area(self, group: str, figures: Sequence[str], counts: Counts, level: str) -> Table:
        """Return a table of one group of figures, a row per kecamatan or kelurahan."""
        sums: dict[str, Counter[str]] = {}
        for code, row in counts.areas.items():
            sums.setdefault(_area_name(code, level), Counter()).update(row)
        names = sorted(sums)
        columns = [self._shown([sums[name][figure] for name in names]) for figure in figures]
        totals = [sum(sums[name][figure] for name in names) for figure in figures]
        return Table(
            title=self.say(TITLES[f"{group}_{level}"]),
            columns=(
                Column(self.say(TITLES[level])),
                *(Column(self.say(TITLES[figure]), ColumnKind.COUNT) for figure in figures),
            ),
            rows=tuple(
                (name or self.say(TITLES["unknown_area"]), *(column[i] for column in columns))
                for i, name in enumerate(names)
            ),
            total=(self.say(TITLES["total"]), *self._hidden(totals)),
            source=self.source,
            as_of=self.as_of,
            notes=(self.say(TITLES["suppressed"]),) if self.is_public else (),
        )

    def city(self, group: str, counts: Counts) -> Table:
        """Return the figures of the whole city that begin with a group's name."""
        figures = dict(counts.city)
        if group == "genting":
            figures["genting_packages"] = sum(
                row["delivery_delivered"] + row["delivery_partial"] for row in counts.areas.values()
            )
        else:
            figures["sponsors_max_children"] = figures.pop("matching_max_children", 0)
        rows = []
        for name, value in sorted(figures.items()):
            if name.startswith(group):
                shown: Cell = value if name in RUPIAH else self._hidden([value])[0]
                rows.append((self.say(TITLES[name]), shown))
        return Table(
            title=self.say(TITLES[group]),
            columns=(
                Column(self.say(TITLES["figure"])),
                Column(self.say(TITLES["value"]), ColumnKind.COUNT),
            ),
            rows=tuple(rows),
            source=self.source,
            as_of=self.as_of,
        )

    def reasons(self, group: str, reasons: Mapping[str, int]) -> Table:
        """Return reasons with their counts; sensitive ones are one line."""
        named: Counter[str] = Counter()
        for code, count in reasons.items():
            named[self._reason(code)] += count
        names = sorted(named)
        return Table(
            title=self.say(TITLES[group]),
            columns=(
                Column(self.say(TITLES["reason"])),
                Column(self.say(TITLES["count"]), ColumnKind.COUNT),
            ),
            rows=tuple(zip(names, self._shown([named[name] for name in names]), strict=True)),
            source=self.source,
            as_of=self.as_of,
        )

    def sponsors(self, counts: Counts) -> Table:
        """Return a row per sponsor with children in the month; stays in the office."""
        return Table(
            title=self.say(TITLES["per_sponsor"]),
            columns=(
                Column(self.say(TITLES["sponsor"])),
                Column(self.say(TITLES["name"])),
                Column(self.say(TITLES["children"]), ColumnKind.COUNT),
                Column(self.say(TITLES["packages"]), ColumnKind.COUNT),
                Column(self.say(TITLES["received_rp"]), ColumnKind.RUPIAH),
            ),
            rows=tuple(counts.sponsors),
            source=self.source,
            as_of=self.as_of,
        )

    def _reason(self, code: str) -> str:
        reason = delivery_reasons().get(code)
        if reason is None:
            from api.i18n import all_sentences

            known = all_sentences().get(code)
            return self.say(known) if known and "%(" not in known else code
        if reason.is_sensitive:
            return self.say(TITLES["sensitive"])
        return reason.name_en if self.language == "en" else reason.name_id

    def _hidden(self, values: Sequence[int]) -> list[Cell]:
        if not self.is_public:
            return list(values)
        return [f"<{SMALLEST_SHOWN}" if 0 < value < SMALLEST_SHOWN else value for value in values]

    def _shown(self, values: Sequence[int]) -> list[Cell]:
        """Return a column; one suppressed cell takes the next smallest with it."""
        shown = self._hidden(values)
        hidden = [i for i, cell in enumerate(shown) if isinstance(cell, str)]
        if len(hidden) == 1:
            others = [i for i, value in enumerate(values) if value and i not in hidden]
            if others:
                shown[min(others, key=lambda i: values[i])] = "*"
        return shown


def _area_name(code: str, level: str) -> str:
    if not code:
        return ""
    ward = regions().kelurahan(code)
    if level == "kelurahan":
        return ward.name
    return regions().kecamatan(ward.kecamatan_code).name


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
                    {"name": column.name, "kind": column.kind.value} for column in table.columns
                ],
                "rows": table.rows,
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


def _subtitle(cycle: Cycle, language: Language) -> str:
    """Name the month and where it stands: a report of an open month is not the last word."""
    state = sentence(f"word.{cycle.state.value}", {}, language)
    return f"{Formats(language).month(cycle.month)} · {state}"
