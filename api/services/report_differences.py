"""What two versions of a month tell differently, on paper: certified by the hashes of both."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from api.documents.models import Imprint
from api.documents.report_models import Cell, Column, ColumnKind, Report, Signatory, Table
from api.i18n import N_, Formats, translator
from api.sentences.reports import TITLES
from api.services import audit
from api.services.clock import local_date
from api.services.dispatch import PDF, XLSX, Export
from api.services.errors import Refused
from api.services.report_tables import cause_name
from api.services.report_versions import differences, find_version
from api.services.route_book import ORGANISATION, PLACE
from data.reference.indicators import indicators

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from data.schema import Account, Cycle, ReportVersion

__all__ = ["difference_name", "difference_tables", "export_differences"]

GROUP = 8
"""Letters of a hash that stand together on paper, where people compare them."""


def difference_name(code: str, language: str) -> str:
    """Return what a figure of a difference is called; nothing for one that is no longer known.

    ``step:cause`` are those whom a cause stopped before a step.
    """
    names = {each.code: each.name_en if language == "en" else each.name_id for each in indicators()}
    step, _, cause = code.partition(":")
    if step not in names:
        return ""
    return f"{names[step]} − {cause_name(cause, language)}" if cause else names[step]


def difference_tables(
    before: ReportVersion, after: ReportVersion, *, language: Language = "id"
) -> tuple[Table, ...]:
    """Return the two versions with their whole hashes, and every figure that differs."""
    say = translator(language)
    source, as_of = say(N_("Asuh, versi laporan yang disimpan")), local_date(after.at)
    heads = [say(N_("Versi %(nomor)s"), nomor=each.number) for each in (before, after)]
    facts = (
        (N_("Dicatat"), tuple(Formats(language).moment(each.at) for each in (before, after))),
        (N_("Oleh"), (before.by, after.by)),
        (N_("Alasan"), (before.reason or "–", after.reason or "–")),
        (N_("Sidik SHA-256"), (_grouped(before.digest), _grouped(after.digest))),
    )
    return (
        Table(
            title=say(N_("Dua versi yang dibandingkan")),
            columns=(Column(say(N_("Uraian"))), *(Column(head) for head in heads)),
            rows=tuple((say(name), *values) for name, values in facts),
            source=source,
            as_of=as_of,
        ),
        Table(
            title=say(N_("Angka yang berbeda")),
            columns=(
                Column(say(N_("Wilayah"))),
                Column(say(N_("Angka"))),
                *(Column(head, ColumnKind.DECIMAL) for head in heads),
                Column(say(N_("Selisih")), ColumnKind.DECIMAL),
            ),
            rows=tuple(
                (
                    row.area or say(N_("Kota")),
                    name,
                    row.before,
                    row.after,
                    _change(row.before, row.after),
                )
                for row in differences(before, after)
                if (name := difference_name(row.code, language))
            ),
            source=source,
            as_of=as_of,
        ),
    )


def export_differences(
    session: Session,
    *,
    cycle: Cycle,
    before: int,
    after: int,
    file_format: Literal["pdf", "xlsx"],
    by: Account,
    now: datetime,
    purpose: str,
    language: Language = "id",
) -> Export:
    """Return the differences as a file; it stays in the office, and the export is noted.

    Who prints it and when is not on it: the same two versions give the same bytes.

    Raises
    ------
    NotFound
        ``report.version``.
    Refused
        ``dispatch.purpose`` without a purpose.
    """
    if not purpose.strip():
        raise Refused("dispatch.purpose")
    old, new = (find_version(session, cycle=cycle, number=number) for number in (before, after))
    say = translator(language)
    report = Report(
        imprint=Imprint(
            organisation=ORGANISATION,
            place=PLACE,
            printed_at=new.at,
            printed_by="Asuh",
            version=new.number,
            digest=hashlib.sha256(f"{old.digest} {new.digest}".encode()).hexdigest(),
        ),
        title=say(N_("Perbedaan dua versi laporan bulanan")),
        subtitle=f"{Formats(language).month(cycle.month)} · "
        + say(N_("versi %(lama)s dan %(baru)s"), lama=old.number, baru=new.number),
        tables=difference_tables(old, new, language=language),
        signatories=(Signatory(say(TITLES["head"])),),
        signed_on=local_date(new.at),
    )
    if file_format == "xlsx":
        from api.documents.report_workbook import report_workbook

        content, media_type = report_workbook(report, language=language), XLSX
    else:
        from api.documents.reports import report_pdf

        content, media_type = report_pdf(report, language=language), PDF
    audit.record(
        session, by=by, action="report:differences", subject="cycle", subject_id=cycle.month,
        now=now, after={"format": file_format, "before": old.digest, "after": new.digest},
        purpose=purpose.strip(),
    )  # fmt: skip
    session.flush()
    name = f"perbedaan-{cycle.month}-v{old.number}-v{new.number}.{file_format}"
    return Export(name, media_type, content)


def _change(before: float | str | None, after: float | str | None) -> Cell:
    """Return by how much a figure changed; nothing where one of them is a word or not known."""
    if isinstance(before, str) or isinstance(after, str) or before is None or after is None:
        return None
    return after - before


def _grouped(digest: str) -> str:
    return " ".join(digest[at : at + GROUP] for at in range(0, len(digest), GROUP))
