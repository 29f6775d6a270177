"""The semester report to the governor, from closed months only: the same again byte for byte.

What leaves the office is made of what the public monthly reports show: a sum stands only where
every month of it stands there, so that nothing can be worked out from it that they do not say.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sqlmodel import col, select

from api.documents.models import Imprint
from api.documents.report_models import Column, ColumnKind, Report, Signatory, Table
from api.i18n import N_, Formats, translator
from api.sentences.reports import TITLES
from api.services import audit
from api.services.clock import local_date
from api.services.dispatch import PDF, XLSX, Export
from api.services.errors import Forbidden, Invalid, Refused
from api.services.months import later_month
from api.services.public_report import hidden_in_report
from api.services.report_tables import HIDDEN, MAY_BE_UNKNOWN
from api.services.report_versions import figures_of_months
from api.services.reports import READERS
from api.services.route_book import ORGANISATION, PLACE
from data.reference import read_table
from data.reference.indicators import indicators
from data.schema import Cycle, CycleState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from api.documents.report_models import Cell
    from api.services.report_privacy import FigureCell
    from data.schema import Account, ReportVersion

__all__ = ["Semester", "export_semester", "read_semester", "semester_of", "semester_report",
           "semester_tables", "semesters"]  # fmt: skip

NUM_MONTHS = 6
LAST = ("target_registered", "target_eligible", "matching_matched", "matching_unmatched")
"""Figures of a moment: those of the last closed month stand for the semester."""
ADDED = (
    "target_new",
    "target_graduated",
    "target_left",
    "delivery_planned",
    "delivery_delivered",
    "delivery_partial",
    "delivery_failed",
    "delivery_late",
    "nutrition_measured",
    "nutrition_gain_n",
    "nutrition_gain_t",
    "nutrition_two_t",
    "nutrition_severe",
)
"""Figures of what happened: the months are added up."""
ARRIVED = ("delivery_delivered", "delivery_partial")


@dataclass(frozen=True, slots=True)
class _Month:
    """What is reported of a closed month (level → area → figure), and what is hidden of it."""

    month: str
    version: ReportVersion
    levels: Mapping[str, Mapping[str, Mapping[str, float | None]]]
    hidden: frozenset[FigureCell]

    def value(self, level: str, area: str, code: str) -> Cell:
        """Return a figure; a sign where it is hidden, None where nobody could count it."""
        if code in MAY_BE_UNKNOWN and code not in self.levels["city"].get("", {}):
            return None
        if (level, area, code) in self.hidden:
            return HIDDEN
        return int(self.levels[level].get(area, {}).get(code) or 0)


@dataclass(frozen=True, slots=True)
class Semester:
    """Half a year (``2026-2``) with its closed months that have a report; may be empty."""

    code: str
    months: tuple[_Month, ...]
    is_public: bool = False

    @property
    def digest(self) -> str:
        """The SHA-256 of the versions that it is made of."""
        text = "\n".join(f"{each.month} {each.version.digest}" for each in self.months)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def missing(self) -> tuple[str, ...]:
        """The months of the half year without a closed report."""
        there = {each.month for each in self.months}
        return tuple(month for month in months_of(self.code) if month not in there)


def semester_of(month: str) -> str:
    """Return the half year of a month: ``2026-1`` or ``2026-2``."""
    return f"{month[:4]}-{1 if month[5:] <= '06' else 2}"


def months_of(code: str) -> tuple[str, ...]:
    """Return the six months of a half year.

    Raises
    ------
    Invalid
        ``semester.unreadable`` unless it is written ``2026-2``.
    """
    year, _, half = code.partition("-")
    if not (len(year) == 4 and year.isdecimal() and half in ("1", "2")):
        raise Invalid("semester.unreadable", fields={"semester": "semester.unreadable"}, found=code)
    first = f"{year}-{'01' if half == '1' else '07'}"
    return tuple(later_month(first, number) for number in range(NUM_MONTHS))


def semesters(session: Session) -> list[str]:
    """Return the half years that have a closed month, the newest first."""
    months = session.exec(select(Cycle.month).where(Cycle.state == CycleState.CLOSED)).all()
    return sorted({semester_of(month) for month in months}, reverse=True)


def read_semester(session: Session, *, code: str, is_public: bool) -> Semester:
    """Return the closed months of a half year as they were last reported."""
    cycles = session.exec(
        select(Cycle)
        .where(Cycle.state == CycleState.CLOSED, col(Cycle.month).in_(months_of(code)))
        .order_by(col(Cycle.month))
    ).all()
    return Semester(
        code,
        tuple(
            _Month(
                cycle.month,
                figures.version,
                figures.by_level(),
                hidden_in_report(figures) if is_public else frozenset(),
            )
            for cycle, figures in figures_of_months(session, cycles=cycles)
            if figures.version is not None
        ),
        is_public,
    )


def semester_tables(semester: Semester, *, language: Language = "id") -> tuple[Table, ...]:
    """Return the tables of a half year; none without a closed month."""
    if not semester.months:
        return ()
    writer = _Writer(semester, language)
    return (
        writer.sources(),
        writer.blocks(),
        writer.by_kecamatan(N_("Sasaran menurut kecamatan"), (*LAST, *ADDED[:3])),
        writer.by_kecamatan(N_("Penyaluran dan gizi menurut kecamatan"), ADDED[3:]),
        writer.by_month(N_("Perkembangan kota, bulan demi bulan"), (*LAST, *ADDED[:3])),
        writer.by_month(
            N_("Penyaluran dan gizi kota, bulan demi bulan"),
            ("delivery_planned", *ARRIVED, "delivery_late", *ADDED[8:]),
        ),
    )


def semester_report(
    semester: Semester, *, language: Language = "id", is_public: bool = True
) -> Report:
    """Return the report of a half year, ready to be laid out.

    Who prints it and when is not on it: the instant is that of the last version, so that the same
    versions give the same bytes.

    Raises
    ------
    Refused
        ``semester.empty`` without a closed month.
    """
    if not semester.months:
        raise Refused("semester.empty", found=semester.code)
    say, formats = translator(language), Formats(language)
    last = max(each.version.at for each in semester.months)
    missing = ", ".join(formats.month(month) for month in semester.missing)
    return Report(
        imprint=Imprint(
            organisation=ORGANISATION,
            place=PLACE,
            printed_at=last,
            printed_by="Asuh",
            version=max(each.version.number for each in semester.months),
            digest=semester.digest,
        ),
        title=say(N_("Laporan semester percepatan penurunan stunting")),
        subtitle=say(
            N_("Semester %(nomor)s tahun %(tahun)s, Kota Pangkalpinang (Perpres 72/2021 pasal 25)"),
            nomor=semester.code[5:],
            tahun=semester.code[:4],
        ),
        tables=semester_tables(semester, language=language),
        signatories=(Signatory(say(TITLES["head"])), Signatory(say(TITLES["tpps"]))),
        signed_on=local_date(last),
        paragraphs=(
            *((say(N_("Belum ditutup: %(bulan)s."), bulan=missing),) if missing else ()),
            *((say(TITLES["suppressed"]),) if is_public else ()),
        ),
    )


def export_semester(
    session: Session,
    *,
    code: str,
    file_format: str,
    by: Account,
    now: datetime,
    purpose: str,
    language: Language = "id",
    is_public: bool = True,
) -> Export:
    """Return the semester report as PDF or XLSX; the export is noted.

    Raises
    ------
    Forbidden, Refused, Invalid
        ``report.role``, ``dispatch.purpose``, ``semester.empty``, ``semester.unreadable``.
    """
    if by.role not in READERS:
        raise Forbidden("report.role", role=by.role.value)
    if not purpose.strip():
        raise Refused("dispatch.purpose")
    semester = read_semester(session, code=code, is_public=is_public)
    report = semester_report(semester, language=language, is_public=is_public)
    if file_format == "xlsx":
        from api.documents.report_workbook import report_workbook

        content, media_type = report_workbook(report, language=language), XLSX
    else:
        from api.documents.reports import report_pdf

        file_format, content, media_type = "pdf", report_pdf(report, language=language), PDF
    audit.record(
        session, by=by, action="semester:export", subject="semester", subject_id=code, now=now,
        after={"format": file_format, "public": is_public, "digest": semester.digest},
        purpose=purpose.strip(),
    )  # fmt: skip
    session.flush()
    public = "-publik" if is_public else ""
    return Export(f"laporan-semester-{code}{public}.{file_format}", media_type, content)


class _Writer:
    """The tables of a half year in one language."""

    def __init__(self, semester: Semester, language: Language) -> None:
        self.months, self.language = semester.months, language
        self.is_public = semester.is_public
        self.say, self.formats = translator(language), Formats(language)
        self.as_of = local_date(max(each.version.at for each in semester.months))
        self.source = self.say(N_("Asuh, laporan bulan yang ditutup"))
        self.names = {
            each.code: each.name_en if language == "en" else each.name_id for each in indicators()
        }

    def sources(self) -> Table:
        """Return which version of which month every figure comes from."""
        rows = tuple(
            (
                self.formats.month(each.month),
                each.version.number,
                local_date(each.version.at),
                each.version.digest[:12],
            )
            for each in self.months
        )
        heads = (N_("Bulan"), N_("Versi laporan"), N_("Dicatat"), N_("Sidik"))
        kinds = (ColumnKind.TEXT, ColumnKind.COUNT, ColumnKind.DATE, ColumnKind.TEXT)
        return self._table(
            N_("Sumber: laporan bulanan yang dipakai"),
            tuple(Column(self.say(head), kind) for head, kind in zip(heads, kinds, strict=True)),
            rows,
        )

    def blocks(self) -> Table:
        """Return blocks 1A and 1B of the TPPS report; what others fill in stays empty."""
        is_english = self.language == "en"
        rows = tuple(
            (
                f"{row['block']}.{row['number']}",
                row["name_en"] if is_english else row["name_id"],
                self._block_value(row),
                row["note_en"] if is_english else row["note_id"],
            )
            for row in read_table("tpps_blocks")
        )
        return self._table(
            N_("Blok 1A (spesifik) dan 1B (sensitif)"),
            (
                Column(self.say(N_("Nomor"))),
                Column(self.say(N_("Uraian"))),
                Column(self.say(N_("Nilai")), ColumnKind.COUNT),
                Column(self.say(N_("Catatan"))),
            ),
            rows,
            behind=tuple(
                self._behind_block(row["asuh_figure"]) for row in read_table("tpps_blocks")
            ),
        )

    def by_kecamatan(self, title: str, codes: tuple[str, ...]) -> Table:
        """Return a row per kecamatan and the city below."""
        areas = sorted({area for each in self.months for area in each.levels["kecamatan"]})
        return self._table(
            title,
            (
                Column(self.say(N_("Kecamatan"))),
                *(Column(self.names[code], ColumnKind.COUNT, code) for code in codes),
            ),
            tuple(
                (
                    area or self.say(N_("Wilayah belum diketahui")),
                    *(self._value("kecamatan", area, code) for code in codes),
                )
                for area in areas
            ),
            total=(self.say(N_("Jumlah")), *(self._value("city", "", code) for code in codes)),
            behind=(
                *(self._course("kecamatan", area) for area in areas),
                self._course("city", ""),
            ),
            notes=(
                self.say(
                    N_(
                        "Terdaftar, memenuhi syarat, dan pasangan: bulan terakhir. Yang lain: "
                        "jumlah semua bulan."
                    )
                ),
            ),
        )

    def by_month(self, title: str, codes: tuple[str, ...]) -> Table:
        """Return a row per month for the city."""
        return self._table(
            title,
            (
                Column(self.say(N_("Bulan"))),
                *(Column(self.names[code], ColumnKind.COUNT, code) for code in codes),
            ),
            tuple(
                (
                    self.formats.month(each.month),
                    *(each.value("city", "", code) for code in codes),
                )
                for each in self.months
            ),
            behind=tuple(
                f"/monev/baris?angka={{code}}&bulan={each.month}&tingkat=city"
                for each in self.months
            ),
        )

    def _course(self, level: str, area: str) -> str:
        """Return the page of a figure month by month, each month leading to its rows."""
        where = {"tingkat": level, "wilayah": area, "dari": self.months[0].month,
                 "sampai": self.months[-1].month}  # fmt: skip
        return f"/monev/angka/{{code}}?{urlencode(where)}"

    def _behind_block(self, figure: str) -> str:
        if figure == "delivery_arrived":
            span = {"dari": self.months[0].month, "sampai": self.months[-1].month}
            return f"/monev/wilayah?{urlencode(span)}#arrived"
        return self._course("city", "").format(code=figure) if figure else ""

    def _value(self, level: str, area: str, code: str) -> Cell:
        if code in LAST:
            return self.months[-1].value(level, area, code)
        return self._added(level, area, (code,))

    def _added(self, level: str, area: str, codes: tuple[str, ...]) -> Cell:
        """Return the sum of the months; nothing where one of them is hidden or not known."""
        values = [each.value(level, area, code) for each in self.months for code in codes]
        known = [value for value in values if isinstance(value, int)]
        if len(known) == len(values):
            return sum(known)
        return HIDDEN if HIDDEN in values else None

    def _block_value(self, row: Mapping[str, str]) -> Cell:
        figure = row["asuh_figure"]
        if not figure:
            return None
        if figure == "delivery_arrived":
            return self._added("city", "", ARRIVED)
        return self._value("city", "", figure)

    def _table(
        self,
        title: str,
        columns: tuple[Column, ...],
        rows: tuple[tuple[Cell, ...], ...],
        *,
        total: tuple[Cell, ...] | None = None,
        notes: tuple[str, ...] = (),
        behind: tuple[str, ...] = (),
    ) -> Table:
        return Table(
            title=self.say(title),
            columns=columns,
            rows=rows,
            source=self.source,
            as_of=self.as_of,
            notes=notes,
            total=total,
            behind=() if self.is_public else behind,
        )
