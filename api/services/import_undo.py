"""Taking an applied file back, as long as nothing was built on it."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from api.services.access import must_hold
from api.services.child_states import resettle
from api.services.clock import local_date
from api.services.codes import hold_register
from api.services.errors import Refused
from api.services.import_batches import note_import
from api.services.import_details import DETAILS_KEPT, open_undo
from api.services.import_routes import ask_routes_anew, hold_routes
from data.schema import (
    Account,
    Child,
    DuplicatePair,
    ImportBatch,
    ImportState,
    PairDecision,
    PairKind,
)
from data.sealing import KeyRing

PAIRS = "duplicatepair"
"""What the steps of an undo call the pairs that a file brought about."""


def undo_import(
    session: Session,
    *,
    batch: ImportBatch,
    by: Account,
    now: datetime,
    keys: KeyRing,
    reason: str = "",
) -> ImportBatch:
    """Take an applied file back, as long as nothing was built on it.

    Raises
    ------
    Forbidden
        ``access.role``.
    Refused
        ``intake.state``; ``intake.undo_gone`` when it was applied too long ago;
        ``intake.built_upon`` with what uses or changed the rows since.
    """
    must_hold(by, "import:edit")
    hold_register(session)
    session.refresh(batch, with_for_update=True)
    if batch.state is not ImportState.APPLIED:
        raise Refused("intake.state", batch=batch.id, found=batch.state.value, verb="undo")
    from api.services.intakes.storing import take_back

    steps = open_undo(keys, batch)
    if steps is None:
        raise Refused("intake.undo_gone", file=batch.file_name, days=DETAILS_KEPT.days)
    hold_routes(session, batch)
    pairs = {int(str(step["id"])) for step in steps if step["table"] == PAIRS}
    steps = [step for step in steps if step["table"] != PAIRS]
    try:
        paired = _drop_open_pairs(session, batch, steps, pairs)
        take_back(session, batch=batch, steps=steps, now=now, by=by.username)
    except Refused as refusal:
        raise _by_later_file(session, batch, refusal, keys) from None
    ask_routes_anew(session, steps, by, now)
    _resettle(session, paired, now)
    batch.state, batch.undo_sealed = ImportState.UNDONE, None
    session.add(batch)
    session.flush()
    note_import(session, batch, "undo", by, now, {"reason": reason})
    return batch


def _by_later_file(
    session: Session, batch: ImportBatch, refusal: Refused, keys: KeyRing
) -> Refused:
    """Name the later file that changed or uses the row, when it was one: it has to go first."""
    wanted = (refusal.params.get("table"), refusal.params.get("row"))
    later = select(ImportBatch).where(
        col(ImportBatch.id) > batch.id, ImportBatch.state == ImportState.APPLIED
    )
    for other in session.exec(later.order_by(col(ImportBatch.id).desc())):
        steps = open_undo(keys, other) or []
        if any((step["table"], step["id"]) == wanted for step in steps):
            return Refused(
                "intake.built_upon_by_file", batch=batch.id, file=other.file_name, later=other.id
            )
    return refusal


def _drop_open_pairs(
    session: Session, batch: ImportBatch, steps: list[dict[str, Any]], pairs: set[int]
) -> set[int]:
    """Remove undecided pairs that the file brought about; return the children they compared.

    A pair of a row that goes, on which a person decided, is something built on the file; one of
    two records that stay keeps its decision.
    """
    added = {(str(step["table"]), int(str(step["id"]))) for step in steps if step.get("added")}
    others: set[int] = set()
    for pair in session.exec(select(DuplicatePair)).all():
        table = pair.kind.value
        goes = {(table, pair.first_id), (table, pair.second_id)} & added
        is_decided = pair.decision is not PairDecision.OPEN
        if not goes and (pair.id not in pairs or is_decided):
            continue
        if is_decided:
            raise Refused(
                "intake.built_upon", batch=batch.id, table="duplicatepair", row=pair.id, why="used"
            )
        if pair.kind is PairKind.CHILD:
            others |= {pair.first_id, pair.second_id}
        session.delete(pair)
    session.flush()
    return others


def _resettle(session: Session, child_ids: set[int], now: datetime) -> None:
    for child_id in sorted(child_ids):
        child = session.get(Child, child_id)
        if child is not None:
            resettle(session, child, on=local_date(now))
