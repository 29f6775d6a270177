"""Results typed on pages, by coordinators from paper and by couriers at the door."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Annotated

from fastapi import Form
from sqlmodel import Session, select

from api.services import fulfilment
from api.services.clock import ZONE, local_date
from api.services.delivery_reports import DeliveryReport, LineResult
from api.services.delivery_state import UNDO_WITHIN
from api.services.family_answers import NOT_RECEIVED
from data.queries.deliveries import events_by_package, packages_of_stop
from data.schema import Account, DeliveryEvent, Outcome, Package, PackageLine, Stop
from data.schema.base import new_uid

Text = Annotated[str, Form(max_length=300)]
Texts = Annotated[list[str], Form(max_length=100)]
NOON = time(12)
BY_LINES, UNDECIDED = "lines", "undecided"


@dataclass(frozen=True)
class LineEntry:
    """One item of a package as it stands in the form: what was typed is kept as typed."""

    uid: str
    item_code: str
    loaded: int
    accepted: str
    rejected: str
    reason: str = ""


@dataclass(frozen=True)
class StopEntry:
    """What was typed for a whole stop."""

    uid: str
    outcome: str = ""
    reason: str = ""
    text: str = ""
    receiver: str = ""


def fresh_entries(lines: list[PackageLine]) -> list[LineEntry]:
    """Return a form's lines: what is known, else that everything was accepted."""
    known = any(line.accepted or line.rejected for line in lines)
    return [
        LineEntry(
            line.uid,
            line.item_code,
            line.quantity,
            accepted=str(line.accepted if known else line.quantity),
            rejected=str(line.rejected),
        )
        for line in lines
    ]


def typed_entries(
    lines: list[PackageLine],
    uids: list[str],
    accepted: list[str],
    rejected: list[str],
    reasons: list[str],
) -> list[LineEntry]:
    """Return the lines with what was typed for them; a line that was not sent stays blank."""
    columns = [[*column, *([""] * len(uids))] for column in (accepted, rejected, reasons)]
    typed = {uid: tuple(column[at] for column in columns) for at, uid in enumerate(uids)}
    nothing = ("", "", "")
    return [
        LineEntry(line.uid, line.item_code, line.quantity, *typed.get(line.uid, nothing))
        for line in lines
    ]


def doubted_entries(entries: list[LineEntry], answer: str) -> list[LineEntry]:
    """Fill the lines in as a family told: nothing, or a part that is left to type."""
    if answer == NOT_RECEIVED:
        return [replace(each, accepted="0", rejected=str(each.loaded)) for each in entries]
    return [replace(each, reason="goods_short_or_wrong") for each in entries]


def doubted_stop(answer: str, words: str) -> StopEntry:
    """Fill the outcome in as a family told; whether goods are lost or still there is left open."""
    is_nothing = answer == NOT_RECEIVED
    return StopEntry(
        fresh_uid(),
        outcome=UNDECIDED if is_nothing else BY_LINES,
        reason="other" if is_nothing else "",
        text=words,
    )


def results_of(entries: list[LineEntry]) -> tuple[LineResult, ...]:
    """Return the lines as a report wants them; what is no whole number fails its sum."""
    return tuple(
        LineResult(each.uid, _whole(each.accepted), _whole(each.rejected), each.reason or None)
        for each in entries
    )


def line_errors(errors: dict[str, str], entries: list[LineEntry]) -> dict[str, str]:
    """Name the fields of a refusal as this form does, so that each stands at its field."""
    uids = {each.uid for each in entries}
    return {f"diterima-{name}" if name in uids else name: text for name, text in errors.items()}


def record_stop(
    session: Session,
    *,
    stop: Stop,
    entry: StopEntry,
    by: Account,
    now: datetime,
    day: date | None = None,
) -> list[fulfilment.Acknowledgement]:
    """Record one outcome for every open package of a stop; sent twice it changes nothing.

    ``day`` is when it happened by the paper; today, unless given.
    """
    return fulfilment.full_result(
        session,
        stop=stop,
        event_uid=entry.uid,
        outcome=Outcome(entry.outcome),
        by=by,
        now=now,
        reason=entry.reason or None,
        reason_text=entry.text,
        receiver=entry.receiver,
        happened_at=_moment(day, now),
    )


def package_report(
    session: Session,
    *,
    package: Package,
    stop: Stop | None,
    entry: StopEntry,
    entries: list[LineEntry],
    day: date | None,
    now: datetime,
) -> DeliveryReport:
    """Return what was typed of one package; the same form again is the same event."""
    known = session.exec(
        select(DeliveryEvent).where(DeliveryEvent.event_uid == entry.uid)
    ).one_or_none()
    report = DeliveryReport(
        event_uid=entry.uid,
        package_code=package.code,
        outcome=Outcome.PARTLY_ACCEPTED,
        happened_at=known.reported_at if known else _moment(day, now),
        channel="page",
        lines=results_of(entries),
        reason_text=entry.text,
        receiver=entry.receiver,
        stop_uid=stop.uid if stop else None,
    )
    if entry.outcome in ("", BY_LINES):
        return report
    return replace(report, outcome=Outcome(entry.outcome), lines=(), reason=entry.reason or None)


def undoable(session: Session, *, stop: Stop, by: Account, now: datetime) -> list[DeliveryEvent]:
    """Return this person's events at a stop that still count and may be taken back."""
    packages = packages_of_stop(session, stop_id=stop.id or 0)
    found = events_by_package(session, package_ids=[package.id or 0 for package in packages])
    return [
        event
        for events in found.values()
        for event in events
        if event.stop_id == stop.id
        and event.by == by.username
        and event.outcome != Outcome.UNDO
        and not event.is_superseded
        and now - event.happened_at <= UNDO_WITHIN
    ]


def fresh_uid() -> str:
    """Return the id under which a form's event is known, made when the form is shown."""
    return new_uid()


def _moment(day: date | None, now: datetime) -> datetime:
    """Return noon of an earlier day; now for today, or for a day that has not come."""
    if day is None or day >= local_date(now):
        return now
    return datetime.combine(day, NOON, ZONE)


def _whole(text: str) -> int:
    """Return a whole number as typed, -1 for anything else."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 9 else -1
