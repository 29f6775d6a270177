"""What happened at the doors, recorded as events that are safe to send twice and in any order."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, DeliveryEvent, Outcome, PackageState, Stop

__all__ = [
    "AckState",
    "Acknowledgement",
    "DeliveryReport",
    "LineResult",
    "add_photo",
    "amend_delivery",
    "events_of_package",
    "full_result",
    "record_batch",
    "record_delivery",
    "undo_delivery",
]


@dataclass(frozen=True, slots=True)
class LineResult:
    """How much of one line was accepted and rejected; ``reason`` when any was rejected."""

    line_uid: str
    accepted: int
    rejected: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One event as a phone, a page or a sheet reports it.

    Parameters
    ----------
    event_uid
        Made where it happened; the same again changes nothing.
    lines
        Empty for outcomes that say all: ``accepted``, ``left_with_receiver`` and
        ``left_at_drop_point`` accept every line, ``failed``, ``rejected`` and ``lost`` none.
    reason
        Code of ``data.reference.reasons``; needed whenever anything was not accepted.
    receiver
        Who took it, when it was not the guardian.
    channel
        ``phone``, ``page`` or ``sheet``.
    device_seq
        Orders the events of one device whatever order they arrive in.
    """

    event_uid: str
    package_code: str
    outcome: Outcome
    happened_at: datetime
    channel: str
    lines: tuple[LineResult, ...] = ()
    reason: str | None = None
    reason_text: str = ""
    receiver: str = ""
    stop_uid: str | None = None
    device_id: str | None = None
    device_seq: int | None = None
    undoes_uid: str | None = None


class AckState(StrEnum):
    """What became of a reported event."""

    STORED = "stored"
    REPEATED = "repeated"
    KEPT = "kept"
    """Stored without effect: something later is known already."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The answer to one event; with ``stored``, ``repeated`` or ``kept`` it is safe here."""

    event_uid: str
    state: AckState
    package_code: str
    package_state: PackageState | None = None
    code: str = ""
    params: dict[str, object] = field(default_factory=dict)


def record_delivery(
    session: Session, *, report: DeliveryReport, by: Account, now: datetime
) -> Acknowledgement:
    """Store one event and draw the package's and stop's state from all that is known.

    Raises
    ------
    Invalid
        ``delivery.lines``: a line where accepted + rejected is not what was loaded, or a rejected
        quantity without a reason.
    Refused
        ``delivery.other_content``: the id is known with other content.
    NotFound
        ``delivery.package``: no such package, or not on one of this courier's routes of the day.
    """
    raise NotImplementedError


def record_batch(
    session: Session, *, reports: Sequence[DeliveryReport], by: Account, now: datetime
) -> list[Acknowledgement]:
    """Store what an offline device brings, in order of its own counter, answering per event.

    A refused event does not keep the others out.
    """
    raise NotImplementedError


def undo_delivery(
    session: Session, *, event_uid: str, undo_uid: str, by: Account, now: datetime
) -> Acknowledgement:
    """Take back an event within ten minutes of when it happened."""
    raise NotImplementedError


def amend_delivery(
    session: Session, *, report: DeliveryReport, by: Account, now: datetime, reason: str
) -> Acknowledgement:
    """Correct what was recorded, with a reason, until the month is reconciled (coordinator)."""
    raise NotImplementedError


def full_result(
    session: Session,
    *,
    stop: Stop,
    event_uid: str,
    outcome: Outcome,
    by: Account,
    now: datetime,
    reason: str | None = None,
    reason_text: str = "",
    receiver: str = "",
) -> list[Acknowledgement]:
    """Record one outcome for every open package of a stop; event ids derive from ``event_uid``."""
    raise NotImplementedError


def add_photo(
    session: Session,
    *,
    photo_uid: str,
    event_uid: str,
    content: bytes,
    taken_at: datetime,
    by: Account,
    now: datetime,
) -> bool:
    """Keep a JPEG of an event without its place and device data; False when it was here already."""
    raise NotImplementedError


def events_of_package(session: Session, *, package_id: int) -> list[DeliveryEvent]:
    """Return everything that was ever reported of a package, as it happened."""
    raise NotImplementedError
