"""Files that come in: what would change is shown, one confirmation applies it, undo takes it back.

Nothing is half-imported: applying is one transaction. The same file twice changes nothing. Rows
that cannot be used come back as a file with row, column and reason. Where a value was confirmed in
the field later than the file knows, the field's value stays and the difference is listed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from api.services.access import must_hold
from api.services.codes import hold_register
from api.services.errors import Refused
from api.services.import_batches import note_import
from api.services.import_details import (
    ImportDetails,
    drop_old_details,
    drop_rows,
    keep_details,
    keep_undo,
    open_content,
    sealed_content,
)
from api.services.import_routes import ask_routes_anew, hold_routes
from api.services.import_undo import PAIRS
from data.readers.identity import masked
from data.schema import (
    Account,
    ImportBatch,
    ImportState,
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
    note_import(session, batch, "discard", by, now, {})
    return batch


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
    note_import(session, batch, "preview", by, now, dict(batch.counts))
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

    hold_routes(session, batch)
    steps = store_plan(session, plan, batch=batch)
    ask_routes_anew(session, steps, by, now)
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
    note_import(session, batch, "apply", by, now, dict(batch.counts))
    return batch


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
