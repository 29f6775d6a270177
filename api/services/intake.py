"""Files that come in: what would change is shown, one confirmation applies it, undo takes it back.

Nothing is half-imported: applying is one transaction. The same file twice changes nothing. Rows
that cannot be used come back as a file with row, column and reason. Where a value was confirmed in
the field later than the file knows, the field's value stays and the difference is listed.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from api.services.access import must_hold
from api.services.audit import record
from api.services.clock import local_date
from api.services.codes import hold_register
from api.services.cycle_lock import hold_running_cycles
from api.services.errors import NotFound, Refused
from api.services.import_details import (
    DETAILS_KEPT,
    ImportDetails,
    drop_old_details,
    drop_rows,
    keep_details,
    keep_undo,
    open_content,
    open_undo,
    sealed_content,
)
from data.queries.imports import INTO_REGISTERS
from data.readers.identity import masked
from data.schema import (
    Account,
    Child,
    DropPoint,
    DuplicatePair,
    ImportBatch,
    ImportState,
    PairDecision,
    PairKind,
)
from data.sealing import KeyRing

if TYPE_CHECKING:
    from api.services.intakes.plan import Plan
    from api.services.intakes.reading import PlannedFile
    from data.readers.records import ReadResult
    from data.readers.table import Workbook

MOST_SHOWN = 20_000
"""So many changed rows are stored with the batch to be shown; the counts always have all."""

PAIRS = "duplicatepair"
"""What the steps of an undo call the pairs that a file brought about."""
CHANGED = "intake.changed_since_preview"
"""The register moved since a file was previewed."""


def preview_import(
    session: Session,
    *,
    file_name: str,
    content: bytes,
    by: Account,
    now: datetime,
    keys: KeyRing,
    kind: str | None = None,
    options: Mapping[str, object] | None = None,
) -> ImportBatch:
    """Read a file and store what it would change; nothing else is written.

    Parameters
    ----------
    kind
        One of :data:`api.services.intakes.reading.KINDS`; recognised by the headers when not given.
    options
        ``date_order`` (``dmy`` or ``mdy``) answers the question about dates; ``sheet`` names one;
        ``as_of`` (ISO date) says what day the file speaks of; ``take`` lists conflicts
        (``"row:field"``) in which the file wins; ``month`` of a ``last_month`` file;
        ``krs_file_kind`` says which table of code meanings a KRS file follows.

    Returns
    -------
    ImportBatch
        ``counts`` has ``total`` = ``new + changed + same + merged + rejected``, ``conflicts``,
        ``warnings`` and, when there are any, ``unlinked`` families beside it. ``changes`` has per
        row ``row, subject, label, action, fields``
        (``{name: {before, after}}``), ``conflicts`` and ``notes`` (codes), rows that stay the same
        left out; ``issues`` what is wrong with rows, its sentence in both languages. Both stand
        sealed in the batch: :func:`api.services.import_details.read_details` opens them.

    Raises
    ------
    Forbidden
        ``access.role``.
    Refused
        ``intake.date_order`` with the question; ``file.*`` when the file as a whole cannot be
        read; ``intake.kind`` for results, which have their own place.
    """
    must_hold(by, "import:edit")
    given = {**(options or {}), "kind": kind or (options or {}).get("kind")}
    read = _read(session, masked(file_name), content, by, now, keys, given)
    batch = _previewed(session, read, by, now, keys, given)
    batch.content = sealed_content(
        keys, batch.sha256, file=content, rejected=read.rejected_rows(by.language)
    )
    session.flush()
    return batch


def import_file(
    session: Session,
    *,
    file_name: str,
    content: "bytes | Workbook",
    by: Account,
    now: datetime,
    keys: KeyRing,
    kind: str | None = None,
    options: Mapping[str, object] | None = None,
) -> ImportBatch:
    """Preview a file and store it at once, where nobody looks at the preview; it is read once.

    What is stored, kept and noted is what :func:`preview_import` and :func:`apply_import` would
    leave behind. ``content`` may be parsed already.

    Raises
    ------
    Forbidden, Refused
        As :func:`preview_import`.
    """
    must_hold(by, "import:edit")
    hold_register(session)
    given = {**(options or {}), "kind": kind or (options or {}).get("kind")}
    read = _read(session, masked(file_name), content, by, now, keys, given)
    batch = _previewed(session, read, by, now, keys, given)
    return _applied(session, batch, read.plan, read.rejected_rows(by.language), by, now, keys)


def apply_import(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime, keys: KeyRing
) -> ImportBatch:
    """Store what the preview showed; new children are compared with all others.

    Raises
    ------
    Forbidden
        ``access.role``.
    Refused
        ``intake.state`` when it is not a preview; ``intake.changed_since_preview`` when the
        register moved in between, so that another change would be stored than was shown.
    """
    plan = check_unchanged(session, batch=batch, by=by, now=now, keys=keys)
    rejected = open_content(keys, batch)["rejected"]
    return _applied(session, batch, plan, rejected, by, now, keys)


def check_unchanged(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime, keys: KeyRing
) -> "Plan":
    """Return what a preview would store now, when that is still what it showed.

    Raises
    ------
    Forbidden, Refused
        As :func:`apply_import`.
    """
    must_hold(by, "import:edit")
    hold_register(session)
    session.refresh(batch, with_for_update=True)
    if batch.state is not ImportState.PREVIEWED or batch.content is None:
        raise Refused("intake.state", batch=batch.id, found=batch.state.value, verb="apply")
    file = open_content(keys, batch)["file"]
    read = _read(session, batch.file_name, file, by, now, keys, batch.options)
    if read.plan.digest() != batch.options.get("digest"):
        raise Refused(CHANGED, file=batch.file_name)
    return read.plan


def discard_import(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime
) -> ImportBatch:
    """Put a preview away; its file and its rows are dropped.

    Raises
    ------
    Forbidden, Refused
        ``access.role``; ``intake.state`` when it was applied.
    """
    must_hold(by, "import:edit")
    if batch.state is not ImportState.PREVIEWED:
        raise Refused("intake.state", batch=batch.id, found=batch.state.value, verb="discard")
    batch.state = ImportState.DISCARDED
    drop_rows(batch)
    session.add(batch)
    session.flush()
    _note(session, batch, "discard", by, now, {})
    return batch


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
    _hold_routes(session, batch)
    pairs = {int(str(step["id"])) for step in steps if step["table"] == PAIRS}
    steps = [step for step in steps if step["table"] != PAIRS]
    try:
        paired = _drop_open_pairs(session, batch, steps, pairs)
        take_back(session, batch=batch, steps=steps, now=now, by=by.username)
    except Refused as refusal:
        raise _by_later_file(session, batch, refusal, keys) from None
    _ask_routes_anew(session, steps, by, now)
    _resettle(session, paired, now)
    batch.state, batch.undo_sealed = ImportState.UNDONE, None
    session.add(batch)
    session.flush()
    _note(session, batch, "undo", by, now, {"reason": reason})
    return batch


def rejected_rows_file(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime, keys: KeyRing
) -> tuple[str, bytes] | None:
    """Return name and XLSX content of the rows that were kept out, each with its reason.

    The rows are as they were uploaded, citizen numbers too: who took them is audited.

    Raises
    ------
    Forbidden
        ``access.role``.
    """
    must_hold(by, "import:edit")
    if batch.content is None:
        return None
    rejected = open_content(keys, batch)["rejected"]
    if not rejected:
        return None
    _note(session, batch, "export_rejected", by, now, {"rejected": batch.counts.get("rejected", 0)})
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    return f"{stem}-ditolak.xlsx", rejected


def uploaded_file(batch: ImportBatch, *, keys: KeyRing) -> bytes | None:
    """Return the file of a batch as it was uploaded; None once it was applied or put away."""
    return (open_content(keys, batch)["file"] or None) if batch.content is not None else None


def seal_upload(keys: KeyRing, content: bytes) -> tuple[str, bytes]:
    """Return the hash of an uploaded file and its content sealed as a batch keeps it."""
    sha256 = hashlib.sha256(content).hexdigest()
    return sha256, sealed_content(keys, sha256, file=content)


def find_import(session: Session, *, batch_id: int) -> ImportBatch:
    """Return one import.

    Raises
    ------
    NotFound
        ``intake.not_found``, also of a filled-in result sheet: those have their own place.
    """
    wanted = select(ImportBatch).where(ImportBatch.id == batch_id, INTO_REGISTERS)
    batch = session.exec(wanted).first()
    if batch is None:
        raise NotFound("intake.not_found", batch=batch_id)
    return batch


def list_imports(
    session: Session, *, state: ImportState | None = None, limit: int = 50
) -> list[ImportBatch]:
    """Return imports, the newest first."""
    query = select(ImportBatch).where(INTO_REGISTERS).order_by(col(ImportBatch.id).desc())
    query = query.limit(limit)
    if state is not None:
        query = query.where(ImportBatch.state == state)
    return list(session.exec(query).all())


def _read(
    session: Session,
    file_name: str,
    content: "bytes | Workbook",
    by: Account,
    now: datetime,
    keys: KeyRing,
    options: Mapping[str, Any],
) -> "PlannedFile":
    from api.services.intakes.reading import read_and_plan

    return read_and_plan(
        session,
        file_name=file_name,
        content=content,
        by=by.username,
        now=now,
        keys=keys,
        options=options,
    )


def _previewed(
    session: Session,
    read: "PlannedFile",
    by: Account,
    now: datetime,
    keys: KeyRing,
    options: Mapping[str, object],
) -> ImportBatch:
    """Keep what a file would change, without the file itself."""
    drop_old_details(session, now=now)
    result, plan = read.result, read.plan
    batch = ImportBatch(
        kind=result.kind.value,
        file_name=result.file_name[-200:],
        sha256=result.sha256,
        state=ImportState.PREVIEWED,
        counts=_counts(result, plan),
        options={**options, "kind": result.kind.value, "digest": plan.digest()},
        by=by.username,
        at=now,
    )
    shown = [row.to_json() for row in plan.rows if row.is_shown]
    details = ImportDetails(changes=shown[:MOST_SHOWN], issues=_issues(result, plan))
    keep_details(keys, batch, details)
    session.add(batch)
    session.flush()
    _note(session, batch, "preview", by, now, dict(batch.counts))
    return batch


def _applied(
    session: Session,
    batch: ImportBatch,
    plan: "Plan",
    rejected: bytes | None,
    by: Account,
    now: datetime,
    keys: KeyRing,
) -> ImportBatch:
    """Store a plan with what takes it back; of the file only the rejected rows stay."""
    from api.services.intakes.storing import store_plan

    _hold_routes(session, batch)
    steps = store_plan(session, plan, batch=batch)
    _ask_routes_anew(session, steps, by, now)
    if batch.kind in {"children", "sponsors"} and plan.stages[0] + plan.stages[1]:
        from api.services.duplicates import find_duplicates

        pair_kind = PairKind.CHILD if batch.kind == "children" else PairKind.SPONSOR
        pairs = find_duplicates(session, by=by, now=now, kind=pair_kind)
        batch.counts = {**batch.counts, "duplicates": len(pairs)}
        found: list[dict[str, object]] = [{"table": PAIRS, "id": pair.id} for pair in pairs]
        steps = found + steps
    keep_undo(keys, batch, steps)
    batch.state, batch.applied_at = ImportState.APPLIED, now
    batch.content = sealed_content(keys, batch.sha256, rejected=rejected) if rejected else None
    session.add(batch)
    session.flush()
    _note(session, batch, "apply", by, now, dict(batch.counts))
    return batch


def _hold_routes(session: Session, batch: ImportBatch) -> None:
    """Hold the running months before rows that their routes stand on, as the forms do."""
    if batch.kind in {"places", "fleet"}:
        hold_running_cycles(session)


def _ask_routes_anew(
    session: Session, steps: list[dict[str, object]], by: Account, now: datetime
) -> None:
    """Ask for routes anew whose vehicle, depot or drop point a file, or its undo, changed."""
    from api.services.changed_fleet import CONFIRMED_WITH, ask_anew, fields_of_steps
    from api.services.drop_points import follow_point

    for table in CONFIRMED_WITH:
        if moved := fields_of_steps(steps, table):
            named = frozenset[str]().union(*moved.values())
            ask_anew(session, table=table, ids=moved, by=by, now=now, fields=named)
    for step in steps:
        fields = step.get("fields")
        if step["table"] == "droppoint" and isinstance(fields, dict) and fields:
            point = session.get_one(DropPoint, step["id"])
            follow_point(session, point, fields, by=by, now=now)


def _counts(result: "ReadResult", plan: "Plan") -> dict[str, int]:
    from api.services.intakes.plan import NOT_LINKED

    counts = result.counts
    found = plan.counts(total=counts.total, merged=counts.merged, rejected=counts.rejected)
    warnings = sum(issue.severity.value == "warning" for issue in result.issues)
    warnings += sum(len(row.warnings) for row in plan.rows)
    unlinked = sum(NOT_LINKED in row.notes for row in plan.rows)
    return {**found, "warnings": warnings, **({"unlinked": unlinked} if unlinked else {})}


def _issues(result: "ReadResult", plan: "Plan") -> list[dict[str, object]]:
    from api.i18n import sentence
    from data.readers.messages import issue_sentence

    found: list[dict[str, object]] = [
        {
            "row": issue.row,
            "column": issue.column,
            "value": issue.value,
            "code": issue.code,
            "severity": issue.severity.value,
            "suggestion": issue.suggestion,
            "text": {"id": issue_sentence(issue, "id"), "en": issue_sentence(issue, "en")},
        }
        for issue in result.issues
    ]
    found.extend(
        {
            "row": number,
            "column": one.column,
            "value": one.value,
            "code": one.code,
            "severity": "rejected",
            "suggestion": one.suggestion,
            "text": {
                language: sentence(one.code, one.params, language) for language in ("id", "en")
            },
        }
        for one in plan.rejections
        for number in one.rows
    )
    found.extend(
        {
            "row": row.row,
            "column": one.get("column"),
            "value": one.get("value", ""),
            "code": one["code"],
            "severity": "warning",
            "suggestion": None,
            "text": {
                language: sentence(one["code"], one["params"], language)
                for language in ("id", "en")
            },
        }
        for row in plan.rows
        for one in row.warnings
    )
    return found


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
    from api.services.child_states import resettle

    for child_id in sorted(child_ids):
        child = session.get(Child, child_id)
        if child is not None:
            resettle(session, child, on=local_date(now))


def _note(
    session: Session,
    batch: ImportBatch,
    verb: str,
    by: Account,
    now: datetime,
    after: dict[str, object],
) -> None:
    record(
        session,
        by=by,
        action=f"import:{verb}",
        subject="import",
        subject_id=batch.id or 0,
        now=now,
        after={"kind": batch.kind, "file": batch.file_name, "sha256": batch.sha256[:12], **after},
    )
