"""The semester report to the governor, from closed months only: the same again byte for byte.

What leaves the office is made of what the public monthly reports show: a sum stands only where
every month of it stands there, so that nothing can be worked out from it that they do not say.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from api.documents.models import Imprint
from api.documents.report_models import Report, Signatory
from api.i18n import N_, Formats, translator
from api.sentences.reports import TITLES
from api.services import looks
from api.services.clock import local_date
from api.services.dispatch import Export
from api.services.errors import Forbidden, Refused
from api.services.report_files import report_file
from api.services.reports import READERS
from api.services.route_book import ORGANISATION, PLACE
from api.services.semester import read_semester
from api.services.semester_tables import semester_tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from api.documents.models import Language
    from api.services.semester import Semester
    from data.schema import Account

__all__ = ["export_semester", "semester_report"]


def semester_report(
    semester: Semester, *, language: Language = "id", is_public: bool = True
) -> Report:
    """Return the report of a half year, ready to be laid out.

    Who prints it and when is not on it: the instant is that of the last version, so that the same
    versions give the same bytes. The digest of what leaves the office is that of what is on it: one
    of the versions would cover figures that are hidden, and they could be tried one by one.

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
    tables = semester_tables(semester, language=language)
    digest = hashlib.sha256(repr(tables).encode()).hexdigest() if is_public else semester.digest
    return Report(
        imprint=Imprint(
            organisation=ORGANISATION,
            place=PLACE,
            printed_at=last,
            printed_by="",
            version=semester.version.number if semester.version else 0,
            digest=digest,
        ),
        title=say(N_("Laporan semester percepatan penurunan stunting")),
        subtitle=say(
            N_("Semester %(nomor)s tahun %(tahun)s, Kota Pangkalpinang (Perpres 72/2021 pasal 25)"),
            nomor=semester.code[5:],
            tahun=semester.code[:4],
        ),
        tables=tables,
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
    file_format: Literal["pdf", "xlsx"],
    by: Account,
    now: datetime,
    purpose: str,
    language: Language = "id",
    is_public: bool = True,
    number: int | None = None,
) -> Export:
    """Return the semester report, or a version of it, as PDF or XLSX; the export is noted.

    Raises
    ------
    Forbidden, Refused, Invalid
        ``report.role``, ``dispatch.purpose``, ``semester.empty``, ``semester.unreadable``.
    """
    if by.role not in READERS:
        raise Forbidden("report.role", role=by.role.value)
    if not purpose.strip():
        raise Refused("dispatch.purpose")
    semester = read_semester(session, code=code, is_public=is_public, number=number)
    report = semester_report(semester, language=language, is_public=is_public)
    content, media_type = report_file(report, file_format=file_format, language=language)
    looks.note(
        session, by=by, action="semester:export", subject="semester", subject_id=code, now=now,
        after={"format": file_format, "public": is_public, "digest": report.imprint.digest},
        purpose=purpose.strip(),
    )  # fmt: skip
    session.flush()
    public = "-publik" if is_public else ""
    return Export(f"laporan-semester-{code}{public}.{file_format}", media_type, content)
