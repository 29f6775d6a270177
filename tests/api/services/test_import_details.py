"""Rows of uploaded files: sealed, read by leave, dropped; numbers in file names masked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from api.services import results
from api.services.errors import Refused
from api.services.import_answers import keep_question
from api.services.import_details import (
    DETAILS_KEPT,
    PREVIEW_KEPT,
    drop_old_details,
    open_details,
    read_details,
)
from api.services.intake import discard_import
from data.schema import AuditEntry, ImportBatch, ImportState, Role
from data.sealing import KeyRing, SealBroken, new_key_ring
from tests.api.services.test_dispatch import dispatched_with_sheet, filled_sheet
from tests.factories import make_account
from tests.factories_goods import packages_of
from tests.intake_desk import Desk, child_row, children_file

NIK = "1971014502230012"
PERSONAL = ("Contoh", "Jl.", NIK, "2024-06-01")


def stored_text(session: Session) -> str:
    """Everything that the table of imports and the audit trail hold, as a thief would read it."""
    session.flush()
    session.exec(select(AuditEntry)).all()
    rows: list[Any] = []
    for table in ("importbatch", "auditentry"):
        rows += session.connection().execute(text(f"SELECT * FROM {table}")).all()
    return "\n".join(
        bytes(value).decode("latin-1") if isinstance(value, (bytes, memoryview)) else str(value)
        for row in rows
        for value in row
    )


def personal(session: Session) -> list[str]:
    found = stored_text(session)
    return [word for word in PERSONAL if word in found]


def test_no_step_of_an_import_leaves_names_in_the_clear(desk: Desk) -> None:
    content = children_file(child_row(1), child_row(2, **{"Tgl Lahir": "kapan-kapan"}))
    batch = desk.preview(content, file_name=f"data {NIK} Melati.xlsx")
    assert "Contoh" in str(open_details(desk.keys, batch).changes)
    assert personal(desk.session) == []
    batch = desk.apply(content)
    assert personal(desk.session) == []
    desk.apply(children_file(child_row(1, Alamat="Jl. Contoh Baru")))
    assert personal(desk.session) == []
    discard_import(desk.session, batch=desk.preview(content), by=desk.by, now=desk.now)
    assert personal(desk.session) == []


def test_a_result_sheet_keeps_who_took_a_package_sealed(
    session: Session, keys: KeyRing, now: datetime
) -> None:
    cycle, by, sheet = dispatched_with_sheet(session)
    code = packages_of(session, cycle)[0].code
    marks: dict[str, tuple[int, int, str | None]] = {code: (0, 1, "Tetangga Contoh bilang pindah")}
    asked = {"cycle": cycle, "by": by, "now": now, "keys": keys}
    filled = filled_sheet(sheet, marks)
    results.preview_results(
        session,
        file_name=f"hasil {NIK}.xlsx",
        content=filled,
        **asked,  # type: ignore[arg-type]
    )
    [batch] = session.exec(select(ImportBatch)).all()
    assert "Tetangga Contoh" in str(open_details(keys, batch))
    assert batch.file_name == "hasil 1971••••••••0012.xlsx"
    assert "Tetangga" not in stored_text(session)


def test_another_key_or_another_batch_does_not_open_the_rows(desk: Desk) -> None:
    batch, other = (desk.preview(children_file(child_row(number))) for number in (1, 2))
    with pytest.raises(SealBroken):
        open_details(new_key_ring(), batch)
    batch.details_sealed = other.details_sealed
    with pytest.raises(SealBroken):
        open_details(desk.keys, batch)


def test_who_looks_at_the_rows_is_audited(desk: Desk) -> None:
    batch = desk.preview(children_file(child_row(1)))
    approver = make_account(desk.session, Role.APPROVER)
    seen = read_details(desk.session, batch=batch, by=approver, now=desk.now, keys=desk.keys)
    assert len(seen.changes) == 1
    [entry] = [e for e in desk.all(AuditEntry) if e.action == "import:read"]
    assert (entry.by, entry.subject_id) == (approver.username, str(batch.id))


def test_a_discarded_preview_keeps_no_rows(desk: Desk) -> None:
    batch = desk.preview(children_file(child_row(1), child_row(2, Nama=None)))
    discard_import(desk.session, batch=batch, by=desk.by, now=desk.now)
    assert (batch.content, batch.details_sealed, batch.undo_sealed) == (None, None, None)
    assert batch.counts["total"] == 2


@pytest.mark.parametrize(("late", "is_dropped"), [(timedelta(0), 0), (timedelta(seconds=1), 1)])
def test_an_open_preview_goes_after_a_week(desk: Desk, late: timedelta, is_dropped: int) -> None:
    batch = desk.preview(children_file(child_row(1)))
    assert drop_old_details(desk.session, now=desk.now + PREVIEW_KEPT + late) == is_dropped
    assert (batch.state is ImportState.DISCARDED, batch.content is None) == (
        bool(is_dropped),
        bool(is_dropped),
    )


def test_an_applied_file_keeps_its_rows_two_months_and_is_then_not_taken_back(desk: Desk) -> None:
    batch = desk.apply(children_file(child_row(1), child_row(2, Nama=None)))
    assert drop_old_details(desk.session, now=desk.now + DETAILS_KEPT) == 0
    assert drop_old_details(desk.session, now=desk.now + DETAILS_KEPT + timedelta(1)) == 1
    assert open_details(desk.keys, batch).changes == []
    with pytest.raises(Refused, match=r"intake\.undo_gone"):
        desk.undo(batch)
    assert batch.state is ImportState.APPLIED
    assert drop_old_details(desk.session, now=desk.now + 2 * DETAILS_KEPT) == 0


def test_a_number_in_a_file_name_is_masked_wherever_the_name_goes(desk: Desk) -> None:
    name = f"anak {NIK[:6]} {NIK[6:]}.xlsx"
    shown = "anak 1971••••••••0012.xlsx"
    assert desk.preview(children_file(child_row(1)), file_name=name).file_name == shown
    with pytest.raises(Refused) as refusal:
        desk.preview(b"halo", file_name=name)
    assert refusal.value.params["name"] == shown
    question = Refused("intake.date_order", columns=[], examples=[], suggested=None, name=shown)
    kept = keep_question(
        desk.session, file_name=name, content=b"x", question=question, options={}, by=desk.by,
        now=desk.now, keys=desk.keys,
    )  # fmt: skip
    assert kept.file_name == shown
    assert NIK not in stored_text(desk.session)
