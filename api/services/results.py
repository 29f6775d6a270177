"""Paper results: the filled-in sheet comes back, is shown, confirmed, and recorded as events."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.i18n import LANGUAGES
from api.services import audit
from api.services.clock import ZONE, local_date
from api.services.delivery_reports import Acknowledgement, AckState, DeliveryReport
from api.services.delivery_state import OUT
from api.services.delivery_times import earliest_moment
from api.services.errors import Forbidden, Invalid, Refused, ServiceError
from api.services.fulfilment import record_delivery
from api.services.import_details import ImportDetails, keep_details, open_details
from api.services.route_book import row_id
from data.readers.identity import masked
from data.reference.reasons import delivery_reasons
from data.reference.regions import regions
from data.schema import (
    CycleState,
    DeliveryEvent,
    ImportBatch,
    ImportState,
    Outcome,
    Package,
    Role,
    Route,
    Stop,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from data.readers.records import DeliveryResultRecord, ReadResult
    from data.schema import Account, Cycle
    from data.sealing import KeyRing

__all__ = ["ResultLine", "ResultsPreview", "apply_results", "preview_results"]

KIND = "results"
NOON = time(12)
NOT_FILLED = "result_not_filled"
PACKAGE = re.compile(r"P-\d{4}-\d{3,}")
ROUTE = re.compile(r"R-\d{4}-\d{2,}")


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One line that cannot be taken; ``code`` is its sentence, ``sheet`` the page it stands on."""

    row: int
    package_code: str
    item_code: str
    code: str
    params: dict[str, object]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ResultsPreview:
    """What a sheet would change; nothing is stored but the batch itself."""

    batch: ImportBatch
    num_new: int
    num_changed: int
    num_same: int
    rejected: tuple[ResultLine, ...]


def preview_results(
    session: Session,
    *,
    cycle: Cycle,
    file_name: str,
    content: bytes,
    by: Account,
    now: datetime,
    keys: KeyRing,
) -> ResultsPreview:
    """Read a filled-in workbook (XLSX, every route's sheet) or CSV and say what it would change.

    Sheets on which nothing is filled yet are counted as ``unfilled`` and wait for the next upload.

    Raises
    ------
    Refused
        ``results.kind`` when the file is no result sheet, ``delivery.cycle_state`` unless the
        month is being distributed.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("delivery.role", role=by.role.value)
    if cycle.state != CycleState.DISTRIBUTING:
        raise Refused("delivery.cycle_state", month=cycle.month, found=cycle.state.value)
    sheets = _read(file_name, content, now)
    judged = _Judged()
    judged.take(session, cycle, [read for read in sheets if _is_filled(read)], now)
    batch = ImportBatch(
        kind=KIND,
        file_name=masked(file_name)[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        state=ImportState.PREVIEWED,
        counts=_counts(sheets, judged),
        options={"month": cycle.month, "city_code": cycle.city_code},
        by=by.username,
        at=now,
    )
    issues = [
        {
            "row": line.row,
            "package": line.package_code,
            "code": line.code,
            "params": line.params,
            "sheet": line.sheet,
        }
        for line in judged.rejected
    ]
    changes = sorted(judged.changes, key=lambda each: "before" not in each)
    keep_details(keys, batch, ImportDetails(changes=changes, issues=issues))
    session.add(batch)
    session.flush()
    return ResultsPreview(
        batch=batch,
        num_new=judged.counts["new"],
        num_changed=judged.counts["changed"],
        num_same=judged.counts["same"],
        rejected=tuple(judged.rejected),
    )


@dataclass
class _Judged:
    """What the lines of the filled sheets come to: events to record, and lines that cannot be."""

    changes: list[dict[str, object]] = field(default_factory=list)
    rejected: list[ResultLine] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "same": 0})

    def take(
        self, session: Session, cycle: Cycle, filled: Sequence[ReadResult], now: datetime
    ) -> None:
        """Judge every line; a package that two sheets tell differently is refused."""
        packages = _packages_by_row(session, cycle)
        by_code = {package.code: package for package in packages.values()}
        attempts = _Attempts(session, cycle)
        seen: dict[str, str] = {}
        for read in filled:
            sheet = read.sheet or ""
            for unread, blank_route in _unreadable(read, sheet):
                package = by_code.get(unread.package_code)
                if blank_route is None or package is None:
                    self.rejected.append(unread)
                elif attempts.told(package, blank_route):  # the courier's phone did
                    self.counts["same"] += 1
                else:
                    self.rejected.append(attempts.asked(package, unread))
            for record in read.records:
                line: DeliveryResultRecord = record  # type: ignore[assignment]  # the kind was asked for
                try:
                    change, status = _change(session, line, packages, attempts, now)
                    _refuse_twice(seen, line, str(change["event_uid"]), sheet)
                except ServiceError as refusal:
                    code = line.package_code or ""
                    self.rejected.append(
                        ResultLine(line.row, code, "", refusal.code, refusal.params, sheet)
                    )
                    continue
                self.counts[status] += 1
                if status != "same":
                    self.changes.append(change)


class _Attempts:
    """What is on record of a month's packages, attempt by attempt."""

    def __init__(self, session: Session, cycle: Cycle) -> None:
        standing = (
            select(DeliveryEvent, Route.code)
            .join(Package, col(DeliveryEvent.package_id) == Package.id)
            .join(Stop, col(DeliveryEvent.stop_id) == Stop.id, isouter=True)
            .join(Route, col(Stop.route_id) == Route.id, isouter=True)
            .where(Package.cycle_id == cycle.id, col(DeliveryEvent.is_superseded).is_(False))
            .order_by(col(DeliveryEvent.id))
        )
        self._known: dict[int, list[tuple[DeliveryEvent, str | None]]] = defaultdict(list)
        for event, route in session.exec(standing):
            self._known[event.package_id].append((event, route))

    def told(self, package: Package, route: str) -> DeliveryEvent | None:
        """Return what stands of the attempt that a row is of.

        That is the attempt on the route that the row names; where nothing is on record there, the
        package's last one: a stop may have moved to another route since the sheet was printed.
        """
        known = self._known.get(package.id or 0, ())
        named = [event for event, code in known if code and code == route]
        last = [event for event, _ in known if event.stop_id == package.stop_id]
        standing = named or last
        return standing[-1] if standing else None

    def asked(self, package: Package, blank: ResultLine) -> ResultLine:
        """Return a blank row with what to do about it: an earlier attempt's result is none."""
        earlier = self._known.get(package.id or 0)
        if not earlier:
            return blank
        day = local_date(earlier[-1][0].happened_at).isoformat()
        params: dict[str, object] = {"row": blank.row, "package": package.code, "day": day}
        return replace(blank, code="results.attempt_blank", params=params)


def _unreadable(read: ReadResult, sheet: str) -> list[tuple[ResultLine, str | None]]:
    """Return the lines that the reader could not make out, with the reader's sentence.

    Beside one that was only left blank stands the route that it names (nothing where it names
    none), beside every other None.
    """
    from data.readers.messages import issue_sentence

    cells = {each.row: each.cells for each in read.rejected_rows}
    return [
        (
            ResultLine(
                issue.row,
                _among(PACKAGE, cells.get(issue.row, ())),
                "",
                "results.cell",
                {"sentence": {each: issue_sentence(issue, each) for each in LANGUAGES}},
                sheet,
            ),
            _among(ROUTE, cells.get(issue.row, ())) if issue.code == NOT_FILLED else None,
        )
        for issue in read.issues
        if issue.severity.value == "rejected"
    ]


def _among(code: re.Pattern[str], cells: Sequence[object]) -> str:
    """Return the one code of its kind that a row holds; nothing for none, or several."""
    found = {text for cell in cells if code.fullmatch(text := str(cell).strip().upper())}
    return found.pop() if len(found) == 1 else ""


def _counts(sheets: Sequence[ReadResult], judged: _Judged) -> dict[str, int]:
    """Count every line of every sheet somewhere."""
    waiting = [read.counts.total for read in sheets if not _is_filled(read)]
    return judged.counts | {
        "rejected": len(judged.rejected),
        "total": sum(read.counts.total for read in sheets if _is_filled(read)),
        "unfilled": sum(waiting),
        "unfilled_sheets": len(waiting),
    }


def apply_results(
    session: Session, *, batch: ImportBatch, by: Account, now: datetime, keys: KeyRing
) -> list[Acknowledgement]:
    """Record the sheet's lines as events; the same sheet twice changes nothing.

    Raises
    ------
    Refused
        ``results.batch`` when the batch has been applied or discarded already.
    """
    if by.role != Role.COORDINATOR:
        raise Forbidden("delivery.role", role=by.role.value)
    if batch.kind != KIND or batch.state != ImportState.PREVIEWED:
        raise Refused("results.batch")
    answers = []
    for change in open_details(keys, batch).changes:
        report = _report(change)
        try:
            with session.begin_nested():
                answers.append(record_delivery(session, report=report, by=by, now=now))
        except ServiceError as refusal:
            answers.append(
                Acknowledgement(
                    event_uid=report.event_uid,
                    state=AckState.REFUSED,
                    package_code=report.package_code,
                    code=refusal.code,
                    params=refusal.params,
                )
            )
    batch.state, batch.applied_at = ImportState.APPLIED, now
    session.add(batch)
    audit.record(
        session,
        by=by,
        action="results:apply",
        subject="import",
        subject_id=batch.id or 0,
        now=now,
        after={"events": len(answers)},
    )
    session.flush()
    return answers


def _read(file_name: str, content: bytes, now: datetime) -> tuple[ReadResult, ...]:
    """Read every sheet of results: the workbook that we give out has one for each route."""
    from data.readers.intake import read_every_sheet
    from data.readers.records import FileRefused, Kind

    try:
        sheets = read_every_sheet(
            content, file_name, regions=regions(), today=local_date(now), kind=Kind.RESULTS
        )
    except FileRefused as refused:
        raise Refused("results.kind", found=refused.code) from None
    if any(read.question is not None for read in sheets):
        raise Refused("results.kind", found="date_order")
    return sheets


def _is_filled(read: ReadResult) -> bool:
    """Whether anything was written on a sheet; a route that nobody has typed yet is no fault."""
    faults = [issue for issue in read.issues if issue.severity.value == "rejected"]
    return bool(read.records) or any(issue.code != NOT_FILLED for issue in faults)


def _refuse_twice(seen: dict[str, str], line: DeliveryResultRecord, uid: str, sheet: str) -> None:
    """Refuse a package that two sheets of one workbook tell differently."""
    if seen.setdefault(line.line_id, uid) != uid:
        raise Invalid("results.twice", row=line.row, sheet=sheet)


def _packages_by_row(session: Session, cycle: Cycle) -> dict[str, Package]:
    packages = session.exec(select(Package).where(Package.cycle_id == cycle.id))
    return {row_id(package.code, package.id or 0): package for package in packages}


def _change(
    session: Session,
    line: DeliveryResultRecord,
    packages: dict[str, Package],
    attempts: _Attempts,
    now: datetime,
) -> tuple[dict[str, object], str]:
    """Return the event that a line speaks for, and whether it is new, changed or the same."""
    package = packages.get(line.line_id.strip().upper())
    if package is None or (line.package_code and line.package_code != package.code):
        raise Invalid("results.line_unknown", row=line.row)
    if line.num_loaded != 1:
        raise Invalid("results.loaded", row=line.row, found=line.num_loaded, expected=1)
    outcome, reason, text = _outcome(line)
    day = _checked_day(session, package, line, now)
    content = f"{package.code}|{outcome}|{reason}|{text}|{line.received_by}|{day}"
    uid = f"sheet:{hashlib.sha256(content.encode()).hexdigest()[:40]}"
    change: dict[str, object] = {
        "event_uid": uid,
        "package_code": package.code,
        "outcome": outcome.value,
        "reason": reason,
        "reason_text": text,
        "receiver": line.received_by or "",
        "happened_at": datetime.combine(day, NOON, ZONE).isoformat(),
    }
    again = select(DeliveryEvent.id).where(
        DeliveryEvent.package_id == package.id, DeliveryEvent.event_uid == uid
    )
    if session.exec(again).first() is not None:
        return change, "same"
    if package.state not in OUT:
        raise Refused("results.not_out", package=package.code, found=package.state.value)
    last = attempts.told(package, (line.route or "").strip().upper())
    if last is None:
        return change, "new"
    if _says_the_same(last, outcome, reason):
        return change, "same"
    before = {"outcome": last.outcome.value, "by": last.by, "at": last.happened_at.isoformat()}
    return change | {"before": before}, "changed"


def _checked_day(
    session: Session, package: Package, line: DeliveryResultRecord, now: datetime
) -> date:
    """Return the day of the hand-over, today where none was written."""
    day = line.delivered_on or local_date(now)
    earliest = earliest_moment(session, package=package, stop_id=package.stop_id)
    if earliest is not None and day < local_date(earliest):
        raise Invalid(
            "results.before_leaving",
            row=line.row,
            day=day.isoformat(),
            package=package.code,
            left=local_date(earliest).isoformat(),
        )
    return day


def _outcome(line: DeliveryResultRecord) -> tuple[Outcome, str | None, str]:
    if line.num_accepted == 1:
        return Outcome.ACCEPTED, None, ""
    wanted = (line.reason or "").strip()
    for reason in delivery_reasons().values():
        if wanted.casefold() in (
            reason.code,
            reason.name_id.casefold(),
            reason.name_en.casefold(),
        ):
            refused = reason.applies_to == "line" or reason.code == "refused"
            note = (line.note or "").strip()
            return Outcome.REJECTED if refused else Outcome.FAILED, reason.code, note
    return Outcome.FAILED, "other", " ".join(filter(None, (wanted, line.note)))


def _says_the_same(event: DeliveryEvent, outcome: Outcome, reason: str | None) -> bool:
    takes_all = (Outcome.ACCEPTED, Outcome.LEFT_WITH_RECEIVER, Outcome.LEFT_AT_DROP_POINT)
    if outcome == Outcome.ACCEPTED:
        return event.outcome in takes_all
    return event.outcome == outcome and event.reason == reason


def _report(change: dict[str, object]) -> DeliveryReport:
    return DeliveryReport(
        event_uid=str(change["event_uid"]),
        package_code=str(change["package_code"]),
        outcome=Outcome(str(change["outcome"])),
        happened_at=datetime.fromisoformat(str(change["happened_at"])),
        channel="sheet",
        reason=str(change["reason"]) if change["reason"] else None,
        reason_text=str(change["reason_text"]),
        receiver=str(change["receiver"]),
    )
