"""The list of children as a file that leaves the house: with a purpose, a password, and a trace."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from api.services.access import must_hold
from api.services.audit import record
from api.services.clock import local_date
from api.services.dispatch import XLSX, Export
from api.services.errors import Invalid, Refused
from data.queries.people import search_children
from data.reference.regions import regions
from data.schema import Sex

if TYPE_CHECKING:
    from sqlmodel import Session

    from data.queries.people import ChildLine
    from data.schema import Account, ChildState

__all__ = ["LEAST_PASSWORD", "export_children"]

LEAST_PASSWORD = 10
AT_ONCE = 500
COLUMNS = (
    *("Kode", "Nama", "JK", "Tanggal Lahir", "Nama Wali", "Kelurahan", "Posyandu"),
    *("RT", "RW", "Alamat", "Keadaan", "Diukur", "TB/U"),
)


def export_children(
    session: Session,
    *,
    by: Account,
    now: datetime,
    purpose: str,
    password: str,
    state: ChildState | None = None,
    kelurahan_code: str = "",
    organisation: str = "",
) -> Export:
    """Return the children as an encrypted workbook; who took how many, and why, is audited.

    Numbers of cards are not in it. The password is used and forgotten.

    Raises
    ------
    Forbidden
        ``access.role``.
    Refused
        ``export.purpose`` without a purpose, ``export.nothing`` without children.
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
    lines = _all_lines(session, state, kelurahan_code)
    if not lines:
        raise Refused("export.nothing")
    from api.documents.protected_workbooks import protected

    content = protected(_workbook(lines, now, organisation), password=password)
    record(
        session,
        by=by,
        action="child:export",
        subject="child",
        subject_id="",
        now=now,
        after={
            "num_children": len(lines),
            "state": state.value if state else None,
            "kelurahan": kelurahan_code or None,
        },
        purpose=purpose.strip(),
    )
    session.flush()
    return Export(f"anak-{local_date(now).isoformat()}.xlsx", XLSX, content)


def _all_lines(session: Session, state: ChildState | None, kelurahan_code: str) -> list[ChildLine]:
    lines: list[ChildLine] = []
    while True:
        found = search_children(
            session,
            state=state,
            kelurahan_code=kelurahan_code,
            after=lines[-1].child.code if lines else "",
            limit=AT_ONCE,
        )
        lines += found
        if len(found) < AT_ONCE:
            return lines


def _workbook(lines: list[ChildLine], now: datetime, organisation: str) -> bytes:
    from api.documents.workbooks import CELL, HEAD, workbook_bytes, write_cell

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Anak")
        head, cell = book.add_format(HEAD), book.add_format(CELL)
        day = book.add_format({**CELL, "num_format": "yyyy-mm-dd"})
        for column, name in enumerate(COLUMNS):
            write_cell(sheet, 0, column, name, head)
        for row, line in enumerate(lines, start=1):
            for column, value in enumerate(_cells(line)):
                write_cell(sheet, row, column, value, day if isinstance(value, date) else cell)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(lines), len(COLUMNS) - 1)

    return workbook_bytes(fill, title="Anak", organisation=organisation, made_at=now)


def _cells(line: ChildLine) -> tuple[str | date | float | None, ...]:
    child, home = line.child, line.household
    names = {place.code: place.name for place in regions().all_kelurahan}
    return (
        child.code,
        child.name,
        "P" if child.sex is Sex.FEMALE else "L",
        child.born_on,
        home.guardian_name,
        names.get(home.kelurahan_code or "", ""),
        home.posyandu,
        home.rt,
        home.rw,
        home.address,
        child.state.value,
        line.measured_on,
        line.haz,
    )
