"""What two versions of a report tell differently, on paper: certified by the hashes of both."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from api.documents.models import Imprint
from api.documents.report_models import Cell, Column, ColumnKind, Report, Signatory
from api.i18n import N_, Formats, sentence, translator
from api.sentences.reports import TITLES
from api.services import looks
from api.services.clock import local_date
from api.services.dispatch import Export
from api.services.errors import Refused
from api.services.report_files import report_file
from api.services.report_tables import cause_name, shortfall_reason
from api.services.report_versions import differences, find_version
from api.services.route_book import ORGANISATION, PLACE
from api.services.semester import months_of, read_semester
from api.services.semester_tables import semester_tables
from api.services.share_tables import unit_name
from api.services.table_writer import TableWriter
from data.reference.indicators import indicators

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from api.documents.report_models import Table
    from api.services.report_versions import Difference
    from api.services.semester import Semester
    from data.schema import Account, Cycle, ReportVersion

__all__ = [
    "Changed",
    "Compared",
    "changed_figures",
    "changed_in_semester",
    "compared_month",
    "compared_semester",
    "comparison_tables",
    "export_differences",
    "export_semester_differences",
]

GROUP = 8
"""Letters of a hash that stand together on paper, where people compare them."""
REASONS = "delivery_not_in_full"


@dataclass(frozen=True, slots=True)
class Compared:
    """One of two versions: its number, who made it when and why, and its whole SHA-256."""

    number: int
    at: datetime
    by: str
    reason: str
    digest: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One cell that two versions tell differently; shares are in percent, as their name says."""

    place: str
    name: str
    before: Cell
    after: Cell

    @property
    def change(self) -> Cell:
        """By how much it changed; None where one of them is a word, a day or not known."""
        if isinstance(self.before, (int, float)) and isinstance(self.after, (int, float)):
            return self.after - self.before
        return None


def changed_figures(
    before: ReportVersion, after: ReportVersion, *, month: str, language: Language = "id"
) -> tuple[Changed, ...]:
    """Return every figure that two versions of a month tell differently; place empty: the city."""
    defined = indicators(month)
    percent = {each.code for each in defined if each.unit == "percent"}
    names = {each.code: each.name_en if language == "en" else each.name_id for each in defined}

    def shown(code: str, value: float | str | None) -> Cell:
        return value * 100 if code in percent and isinstance(value, (int, float)) else value

    return tuple(
        Changed(
            _unit(row, language),
            f"{name} (%)" if row.code in percent and "(%)" not in name else name,
            shown(row.code, row.before),
            shown(row.code, row.after),
        )
        for row in differences(before, after)
        if (name := _name(row.code, names, language))
    )


def _unit(row: Difference, language: str) -> str:
    """Return what a unit is called; teams say which sort they are of."""
    if row.level in ("city", "sponsor"):
        return row.area
    if row.level in ("kelurahan", "posyandu") or not row.area:
        return unit_name(row.area, row.level, language)
    return f"{sentence(f'level.{row.level}', {}, language)} {row.area}"


def changed_in_semester(
    before: Semester, after: Semester, *, language: Language = "id"
) -> tuple[Changed, ...]:
    """Return every cell that two versions of a half year tell differently, and where it stands.

    The source table is not compared: the versions themselves are named above.
    """
    old, new = (_cells(semester_tables(each, language=language)[1:]) for each in (before, after))
    return tuple(
        Changed(place, name, old.get((place, name)), new.get((place, name)))
        for place, name in old | new  # in the order of the tables, never of hashes
        if old.get((place, name)) != new.get((place, name))
    )


def _cells(tables: Iterable[Table]) -> dict[tuple[str, str], Cell]:
    """Return place (table, row) and heading → cell; the words that a row begins with name it.

    A row that begins with the same words as one before it has a number too.
    """
    found: dict[tuple[str, str], Cell] = {}
    seen: Counter[str] = Counter()
    for table in tables:
        heads = [column.name for column in table.columns]
        texts = [column.kind is ColumnKind.TEXT for column in table.columns]
        first = texts.index(False) if False in texts else len(texts) - 1
        for row in [*table.rows, *([table.total] if table.total else [])]:
            place = " · ".join([table.title, *(str(cell) for cell in row[:first])])
            seen[place] += 1
            place += f" ({seen[place]})" if seen[place] > 1 else ""
            found |= {
                (place, head): cell for head, cell in zip(heads[first:], row[first:], strict=True)
            }
    return found


def _name(code: str, names: Mapping[str, str], language: str) -> str:
    """Return what a figure of a difference is called; nothing for one that is no longer known.

    ``step:cause`` are those whom a cause stopped before a step.
    """
    step, _, cause = code.partition(":")
    if step not in names or not cause:
        return names.get(step, "")
    told = shortfall_reason(cause, language) if step == REASONS else cause_name(cause, language)
    return f"{names[step]} − {told}"


def comparison_tables(
    before: Compared, after: Compared, rows: Iterable[Changed], *, language: Language = "id"
) -> tuple[Table, ...]:
    """Return the two versions with their whole hashes, and every figure that differs."""
    say, formats = translator(language), Formats(language)
    writer = TableWriter(
        language=language, source=say(N_("Asuh, versi laporan yang disimpan")),
        as_of=local_date(after.at),
    )  # fmt: skip
    both = (before, after)
    heads = [say(N_("Versi %(nomor)s"), nomor=each.number) for each in both]
    facts = (
        (N_("Dicatat"), tuple(formats.moment(each.at) for each in both)),
        (N_("Oleh"), tuple(each.by for each in both)),
        (N_("Alasan"), tuple(each.reason or "–" for each in both)),
        (N_("Sidik SHA-256"), tuple(_grouped(each.digest) for each in both)),
    )
    return (
        writer.table(
            N_("Dua versi yang dibandingkan"),
            (Column(say(N_("Uraian"))), *(Column(head) for head in heads)),
            tuple((say(name), *values) for name, values in facts),
        ),
        writer.table(
            N_("Angka yang berbeda"),
            (
                Column(say(N_("Di mana"))),
                Column(say(N_("Angka"))),
                *(Column(head, ColumnKind.DECIMAL) for head in heads),
                Column(say(N_("Selisih")), ColumnKind.DECIMAL),
            ),
            tuple(
                (row.place or say(N_("Kota")), row.name, row.before, row.after, row.change)
                for row in rows
            ),
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
    """Return the differences of a month as a file; it stays in the office, the export is noted.

    Who prints it and when is not on it: the same two versions give the same bytes.

    Raises
    ------
    NotFound
        ``report.version``.
    Refused
        ``dispatch.purpose`` without a purpose.
    """
    old, new = (find_version(session, cycle=cycle, number=number) for number in (before, after))
    content, media_type, digests = _written(
        (compared_month(old), compared_month(new)),
        changed_figures(old, new, month=cycle.month, language=language),
        title=N_("Perbedaan dua versi laporan bulanan"),
        about=Formats(language).month(cycle.month),
        file_format=file_format,
        purpose=purpose,
        language=language,
    )
    looks.note(
        session, by=by, action="report:differences", subject="cycle", subject_id=cycle.month,
        now=now, after={"format": file_format, **digests}, purpose=purpose.strip(),
    )  # fmt: skip
    session.flush()
    name = f"perbedaan-{cycle.month}-v{old.number}-v{new.number}.{file_format}"
    return Export(name, media_type, content)


def export_semester_differences(
    session: Session,
    *,
    code: str,
    before: int,
    after: int,
    file_format: Literal["pdf", "xlsx"],
    by: Account,
    now: datetime,
    purpose: str,
    language: Language = "id",
) -> Export:
    """Return the differences of a half year's versions as a file, as :func:`export_differences`.

    Raises
    ------
    NotFound, Refused, Invalid
        ``report.version``, ``dispatch.purpose``, ``semester.unreadable``.
    """
    old, new = (
        read_semester(session, code=code, is_public=False, number=number)
        for number in (before, after)
    )
    content, media_type, digests = _written(
        (compared_semester(old, language), compared_semester(new, language)),
        changed_in_semester(old, new, language=language),
        title=N_("Perbedaan dua versi laporan semester"),
        about=f"{code}, {Formats(language).month(months_of(code)[0])} – "
        f"{Formats(language).month(months_of(code)[-1])}",
        file_format=file_format,
        purpose=purpose,
        language=language,
    )
    looks.note(
        session, by=by, action="semester:differences", subject="semester", subject_id=code,
        now=now, after={"format": file_format, **digests}, purpose=purpose.strip(),
    )  # fmt: skip
    session.flush()
    name = f"perbedaan-semester-{code}-v{before}-v{after}.{file_format}"
    return Export(name, media_type, content)


def compared_month(version: ReportVersion) -> Compared:
    """Return what is told of a version of a month."""
    return Compared(version.number, version.at, version.by, version.reason, version.digest)


def compared_semester(semester: Semester, language: Language) -> Compared:
    """Return what is told of a version of a half year.

    Raises
    ------
    Refused
        ``semester.empty`` without a version.
    """
    made = semester.version
    if made is None:
        raise Refused("semester.empty", found=semester.code)
    say = translator(language)
    what = (
        say(N_("Laporan %(bulan)s, versi %(nomor)s"),
            bulan=Formats(language).month(made.month), nomor=made.version)
        if made.month
        else say(N_("Uraian pilar %(nomor)s"), nomor=made.pillar)
    )  # fmt: skip
    return Compared(
        made.number, made.at, made.by, ": ".join(filter(None, (what, made.reason))), semester.digest
    )


def _written(
    both: tuple[Compared, Compared],
    rows: Iterable[Changed],
    *,
    title: str,
    about: str,
    file_format: str,
    purpose: str,
    language: Language,
) -> tuple[bytes, str, dict[str, str]]:
    """Return content, media type, and the hashes of both versions."""
    if not purpose.strip():
        raise Refused("dispatch.purpose")
    say, (old, new) = translator(language), both
    report = Report(
        imprint=Imprint(
            organisation=ORGANISATION,
            place=PLACE,
            printed_at=new.at,
            printed_by="",
            version=new.number,
            digest=hashlib.sha256(f"{old.digest} {new.digest}".encode()).hexdigest(),
        ),
        title=say(title),
        subtitle=f"{about} · "
        + say(N_("versi %(lama)s dan %(baru)s"), lama=old.number, baru=new.number),
        tables=comparison_tables(old, new, rows, language=language),
        signatories=(Signatory(say(TITLES["head"])),),
        signed_on=local_date(new.at),
    )
    content, media_type = report_file(report, file_format=file_format, language=language)
    return content, media_type, {"before": old.digest, "after": new.digest}


def _grouped(digest: str) -> str:
    return " ".join(digest[at : at + GROUP] for at in range(0, len(digest), GROUP))
