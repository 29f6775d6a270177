"""The month's packages in Sigizi's columns for PMT monitoring, without NIK (ADR 0013)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from api.services.access import must_hold
from api.services.audit import record
from api.services.child_export import LEAST_PASSWORD
from api.services.dispatch import XLSX, Export
from api.services.errors import Invalid, Refused
from api.services.months import first_day, last_day
from api.services.report_growth import grown_children
from data.growth.categories import is_severely_wasted
from data.queries.pmt import packages_given
from data.schema import ChildState

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.queries.pmt import Given
    from data.schema import Account, Cycle, Measurement

__all__ = ["COLUMNS", "PmtRow", "export_pmt", "pmt_rows"]

COLUMNS = (
    "nik", "nama", "tanggal_pemberian_pertama", "siklus_ke", "jenis_pmt", "sumber_anggaran",
    "mitra", "mitra_lain", "pmt_sesuai_juknis", "alasan_pemberian", "minggu_ke",
    "tanggal_pemantauan", "hari_1", "hari_2", "hari_3", "hari_4", "hari_5", "hari_6", "hari_7",
    "bb", "tb", "cara_ukur", "pemantauan_kesehatan", "tindak_lanjut",
)  # fmt: skip
"""Sigizi's template, in its order."""
PARTNER = 3
WASTING, UNDERWEIGHT, NOT_GAINED = 1, 2, 3
GO_ON, DONE, REFER = 1, 2, 3
POSITIONS = {"l": "Terlentang", "h": "Berdiri"}


@dataclass(frozen=True, slots=True)
class PmtRow:
    """What is ours to say of a child's packages; None stays empty.

    ``reason`` is 1 wasting, 2 underweight, 3 weight not gained; ``follow_up`` 1 go on, 2 done,
    3 refer.
    """

    name: str
    first_on: date | None
    cycle: int
    reason: int | None
    measured_on: date | None
    weight_kg: float | None
    height_cm: float | None
    position: str
    follow_up: int

    def cells(self) -> tuple[Any, ...]:
        """Return a line of the template."""
        return (
            None, self.name, self.first_on, self.cycle, None, PARTNER, "Orang tua asuh", None, None,
            self.reason, None, self.measured_on, *[None] * 7, self.weight_kg, self.height_cm,
            self.position, None, self.follow_up,
        )  # fmt: skip


def pmt_rows(session: Session, *, cycle: Cycle) -> list[tuple[str, PmtRow]]:
    """Return a child's code and row for every child whose package of a month was accepted."""
    grown = grown_children(session, cycle=cycle)
    not_gained = {int(number) for number in grown.index[grown["gain"] == "T"]}
    return [
        (each.code, _row(each, each.child_id in not_gained))
        for each in packages_given(
            session, cycle=cycle, first=first_day(cycle.month), last=last_day(cycle.month)
        )
    ]


def _row(each: Given, has_not_gained: bool) -> PmtRow:
    one = each.measured
    return PmtRow(
        name=each.name,
        first_on=each.first_on,
        cycle=each.num_months,
        reason=_reason(one, has_not_gained),
        measured_on=one.measured_on if one else None,
        weight_kg=one.weight_g / 1000 if one and one.weight_g else None,
        height_cm=one.lenhei_mm / 10 if one and one.lenhei_mm else None,
        position=POSITIONS.get(one.position or "", "") if one else "",
        follow_up=_follow_up(each, one),
    )


def _reason(one: Measurement | None, has_not_gained: bool) -> int | None:
    if one is not None and one.whz is not None and one.whz < -2:
        return WASTING
    if one is not None and one.waz is not None and one.waz < -2:
        return UNDERWEIGHT
    return NOT_GAINED if has_not_gained else None


def _follow_up(each: Given, one: Measurement | None) -> int:
    if one is not None and is_severely_wasted(one.whz, has_oedema=one.has_oedema):
        return REFER
    return DONE if each.state in (ChildState.GRADUATED, ChildState.EXITED) else GO_ON


def export_pmt(
    session: Session, *, cycle: Cycle, by: Account, now: datetime, purpose: str, password: str
) -> Export:
    """Return the month in Sigizi's columns as an encrypted workbook; who took it is audited.

    Raises
    ------
    Forbidden
        ``access.role`` for who may not export children.
    Refused
        ``export.purpose`` without a purpose, ``export.nothing`` when nothing was accepted.
    Invalid
        ``export.password`` with fewer than ten characters.
    """
    must_hold(by, "child:export")
    if not purpose.strip():
        raise Refused("export.purpose")
    if len(password) < LEAST_PASSWORD:
        raise Invalid(
            "export.password", fields={"password": "export.password"}, least=LEAST_PASSWORD
        )
    rows = pmt_rows(session, cycle=cycle)
    if not rows:
        raise Refused("export.nothing")
    from api.documents.protected_workbooks import protected

    content = protected(_workbook([row for _, row in rows], now), password=password)
    record(
        session, by=by, action="pmt:export", subject="cycle", subject_id=cycle.month, now=now,
        after={"children": [code for code, _ in rows]}, purpose=purpose.strip(),
    )  # fmt: skip
    session.flush()
    return Export(f"pmt-{cycle.month}.xlsx", XLSX, content)


def _workbook(rows: list[PmtRow], now: datetime) -> bytes:
    from api.documents.workbooks import CELL, workbook_bytes, write_cell

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Sheet1")
        cell = book.add_format(CELL)
        day = book.add_format({**CELL, "num_format": "yyyy-mm-dd"})
        for column, name in enumerate(COLUMNS):
            write_cell(sheet, 0, column, name, cell)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row.cells()):
                if value is not None:
                    write_cell(
                        sheet, number, column, value, day if isinstance(value, date) else cell
                    )

    return workbook_bytes(fill, title="PMT", organisation="", made_at=now)
