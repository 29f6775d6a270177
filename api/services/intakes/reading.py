"""One file that comes in, read and planned: the preview and the confirmation start from here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from api.services.clock import local_date
from api.services.errors import Refused
from api.services.intakes.plan import Plan
from data.sealing import KeyRing

if TYPE_CHECKING:
    from data.readers.records import ReadResult
    from data.readers.table import Workbook

KINDS = (
    "children",
    "krs",
    "sponsors",
    "places",
    "fleet",
    "stock",
    "consents",
    "last_month",
    "other_help",
)


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """What a file says, and what it would change."""

    book: "Workbook"
    result: "ReadResult"
    plan: Plan

    def rejected_rows(self, language: str = "id") -> bytes | None:
        """Return an XLSX of all rows kept out, or None when every row could be used."""
        from api.services.intakes.rejected import rejected_workbook

        return rejected_workbook(
            self.result, self.plan.rejections, book=self.book, language=language
        )


def read_and_plan(
    session: Session,
    *,
    file_name: str,
    content: "bytes | Workbook",
    by: str,
    now: datetime,
    keys: KeyRing,
    options: Mapping[str, Any],
) -> PlannedFile:
    """Read a file, parsed already or not, and plan what it changes; nothing is written.

    Raises
    ------
    Refused
        As :func:`api.services.intake.preview_import`.
    """
    book, result = _read(file_name, content, now, options)
    plan = Plan(
        session=session,
        keys=keys,
        now=now,
        by=by,
        options={**options, "file_name": file_name, "sha256": result.sha256},
    )
    with session.no_autoflush:
        _planners()[result.kind.value](plan, result.records)
    return PlannedFile(book, result, plan)


def _read(
    file_name: str, content: "bytes | Workbook", now: datetime, options: Mapping[str, Any]
) -> "tuple[Workbook, ReadResult]":
    from data.readers.intake import read_book
    from data.readers.records import FileRefused, Kind
    from data.readers.table import read_workbook
    from data.reference.krs import code_meanings
    from data.reference.regions import regions

    kind, meaning = options.get("kind"), options.get("krs_file_kind")
    try:
        book = (
            read_workbook(content, file_name)
            if isinstance(content, bytes)
            else replace(content, file_name=file_name)
        )
        result = read_book(
            book,
            regions=regions(),
            today=local_date(now),
            kind=Kind(kind) if kind else None,
            sheet=options.get("sheet"),
            date_order=options.get("date_order"),
            krs_codes=code_meanings(meaning) if meaning else None,
        )
    except FileRefused as refused:
        raise Refused(f"file.{refused.code}", **{"name": file_name, **refused.params}) from None
    if result.kind.value not in KINDS:
        raise Refused("intake.kind", found=result.kind.value, name=file_name)
    _refuse_question(result, file_name)
    return book, result


def _refuse_question(result: "ReadResult", file_name: str) -> None:
    question = result.question
    if question is None:
        return
    raise Refused(
        "intake.date_order",
        columns=list(question.columns),
        examples=[[text, dmy.isoformat(), mdy.isoformat()] for text, dmy, mdy in question.examples],
        suggested=question.suggested,
        name=file_name,
    )


def _planners() -> dict[str, Callable[[Plan, Sequence[Any]], None]]:
    from api.services.intakes.children import plan_children
    from api.services.intakes.consents import plan_consents
    from api.services.intakes.families import plan_families
    from api.services.intakes.last_month import plan_last_month
    from api.services.intakes.other_help import plan_other_help
    from api.services.intakes.places import plan_fleet, plan_places
    from api.services.intakes.sponsors import plan_sponsors
    from api.services.intakes.stock import plan_stock

    return {
        "children": plan_children,
        "krs": plan_families,
        "sponsors": plan_sponsors,
        "places": plan_places,
        "fleet": plan_fleet,
        "stock": plan_stock,
        "consents": plan_consents,
        "last_month": plan_last_month,
        "other_help": plan_other_help,
    }
