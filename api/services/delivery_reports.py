"""What a phone, a page or a sheet reports of a package, checked line by line."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING

from api.services.errors import Invalid
from data.reference.reasons import delivery_reasons
from data.schema import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.schema import PackageLine, PackageState

__all__ = [
    "AckState",
    "Acknowledgement",
    "DeliveryReport",
    "LineResult",
    "checked_lines",
    "digest_of",
    "settled_outcome",
]

TAKES_ALL = (Outcome.ACCEPTED, Outcome.LEFT_WITH_RECEIVER, Outcome.LEFT_AT_DROP_POINT)
TAKES_NONE = (Outcome.REJECTED, Outcome.FAILED, Outcome.LOST)
BY_LINES = (
    Outcome.ACCEPTED,
    Outcome.PARTLY_ACCEPTED,
    Outcome.REJECTED,
    Outcome.LEFT_WITH_RECEIVER,
    Outcome.LEFT_AT_DROP_POINT,
)


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


def digest_of(report: DeliveryReport) -> str:
    """Return the hash by which a repeat is told from another event under the same id."""
    content = asdict(report) | {"happened_at": report.happened_at.astimezone(UTC).isoformat()}
    content["lines"] = sorted(content["lines"], key=lambda line: str(line["line_uid"]))
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def checked_lines(report: DeliveryReport, lines: Sequence[PackageLine]) -> tuple[LineResult, ...]:
    """Return a result for every line of the package.

    Raises
    ------
    Invalid
        ``delivery.lines`` with ``fields`` naming each line that is wrong: one that is missing or
        not of this package, where accepted + rejected is not what was loaded, or where something
        was rejected without a reason; ``delivery.reason`` where the whole outcome needs a reason,
        ``delivery.receiver`` where somebody else took the package and has no name.
    """
    _check_reason(report)
    if report.outcome == Outcome.LEFT_WITH_RECEIVER and not report.receiver.strip():
        raise Invalid("delivery.receiver", fields={"receiver": "delivery.receiver"})
    if not report.lines:
        return _whole(report, lines)
    if report.outcome not in BY_LINES:
        raise Invalid(
            "delivery.lines_not_asked",
            fields={"lines": "delivery.lines_not_asked"},
            outcome=report.outcome.value,
        )
    faults: dict[str, str] = {}
    loaded = {line.uid: line.quantity for line in lines}
    given = {line.line_uid: line for line in report.lines}
    if len(given) != len(report.lines) or set(given) != set(loaded):
        for uid in set(given) ^ set(loaded):
            faults[uid] = "delivery.line_unknown" if uid in given else "delivery.line_missing"
    for uid, quantity in loaded.items():
        result = given.get(uid)
        if result is None:
            continue
        if min(result.accepted, result.rejected) < 0 or (
            result.accepted + result.rejected != quantity
        ):
            faults[uid] = "delivery.line_sum"
        elif result.rejected and _reason_fault(result.reason or report.reason, report.reason_text):
            faults[uid] = "delivery.line_reason"
    if faults or len(given) != len(report.lines):
        raise Invalid("delivery.lines", fields=faults, package=report.package_code)
    return tuple(given[line.uid] for line in lines)


def settled_outcome(report: DeliveryReport, lines: Sequence[LineResult]) -> Outcome:
    """Return the outcome that the lines speak for; a full hand-over keeps how it was made."""
    if report.outcome not in BY_LINES:
        return report.outcome
    accepted, rejected = (
        sum(line.accepted for line in lines),
        sum(line.rejected for line in lines),
    )
    if not rejected:
        return Outcome.ACCEPTED if report.outcome not in TAKES_ALL else report.outcome
    return Outcome.PARTLY_ACCEPTED if accepted else Outcome.REJECTED


def _whole(report: DeliveryReport, lines: Sequence[PackageLine]) -> tuple[LineResult, ...]:
    if report.outcome in TAKES_ALL:
        return tuple(LineResult(line.uid, line.quantity, 0) for line in lines)
    if report.outcome == Outcome.PARTLY_ACCEPTED:
        missing = {line.uid: "delivery.line_missing" for line in lines}
        raise Invalid("delivery.lines", fields=missing, package=report.package_code)
    if report.outcome == Outcome.REJECTED:
        return tuple(LineResult(line.uid, 0, line.quantity, report.reason) for line in lines)
    return tuple(LineResult(line.uid, 0, 0) for line in lines)


def _check_reason(report: DeliveryReport) -> None:
    by_lines = report.outcome == Outcome.REJECTED and bool(report.lines)
    if report.outcome in TAKES_NONE and not by_lines:
        fault = _reason_fault(report.reason, report.reason_text)
        if fault:
            raise Invalid("delivery.reason", fields={"reason": fault}, package=report.package_code)
    elif report.reason is not None and report.reason not in delivery_reasons():
        raise Invalid(
            "delivery.reason",
            fields={"reason": "delivery.reason_unknown"},
            package=report.package_code,
        )


def _reason_fault(reason: str | None, text: str) -> str:
    if not reason:
        return "delivery.reason_missing"
    if reason not in delivery_reasons():
        return "delivery.reason_unknown"
    if delivery_reasons()[reason].needs_text and not text.strip():
        return "delivery.reason_text"
    return ""
