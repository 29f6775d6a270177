"""What a phone told too late to count, held against what the month says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import select

from api.services.amended_goods import package_state_now
from api.services.corrected_judgements import corrected_judgements
from api.services.delivery_state import COUNTS, effective_event
from data.queries.deliveries import events_by_package, lines_of_package
from data.reference.reasons import is_confidential
from data.schema import DeliveryEvent, Outcome, PackageState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from api.services.corrected_judgements import Judged
    from data.schema import Package, PackageLine

__all__ = [
    "AFTER_CLOSING",
    "AFTER_RETURN",
    "LATE",
    "LateNews",
    "held_against",
    "news_of",
    "news_of_case",
]

AFTER_CLOSING, AFTER_RETURN = "after_closing", "after_return"
LATE = "late_report"
"""Reason of a case: news that came too late to count and differs from what stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateNews:
    """What the phone says by now of a package, and what is recorded; items are units.

    ``outcome`` is None when the phone took back all that it had told.
    """

    event_uid: str
    outcome: Outcome | None
    accepted_items: int
    accepted_by_item: dict[str, int]
    recorded_items: int
    packed_items: int
    reason: str | None
    happened_at: datetime
    received_at: datetime
    by: str
    differs: bool
    is_confidential: bool = False
    """Whether a reason of the whole or of a line is for the approver alone."""


def news_of(session: Session, *, event: DeliveryEvent, package: Package) -> LateNews:
    """Hold what a phone told by ``event``, and before and after it, against what is recorded."""
    number = package.id or 0
    judged = corrected_judgements(session, assignment_ids=[package.assignment_id])
    return held_against(
        event,
        package,
        events=events_by_package(session, package_ids=[number]).get(number, []),
        lines=lines_of_package(session, package_id=number),
        corrected=judged.get(package.assignment_id),
        stands_as=package_state_now(session, package=package),
    )


def held_against(
    event: DeliveryEvent,
    package: Package,
    *,
    events: Sequence[DeliveryEvent],
    lines: Sequence[PackageLine],
    corrected: Judged | None,
    stands_as: PackageState,
) -> LateNews:
    """Hold what a phone told against what is recorded, all of it at hand.

    What counts of it is found as if it had come in time. At another stop than the package's own
    only goods that were handed over make a difference: they went twice, or not where the month
    says. ``corrected`` and ``stands_as`` are judgement and state after every correction.
    """
    last = effective_event(events, event.stop_id, flags=(*COUNTS, AFTER_CLOSING, AFTER_RETURN))
    told = {str(row["line_uid"]): int(str(row["accepted"])) for row in last.lines} if last else {}
    accepted = sum(told.values())
    recorded = corrected.accepted_items if corrected else sum(line.accepted for line in lines)
    if event.stop_id != package.stop_id:
        differs = accepted > 0
    elif corrected is not None:
        differs = accepted != recorded
    else:
        is_lost = last is not None and last.outcome == Outcome.LOST
        stands_lost = stands_as == PackageState.LOST
        differs = is_lost != stands_lost or _lines_differ(lines, told)
    shown = last or event
    return LateNews(
        event_uid=shown.event_uid,
        outcome=last.outcome if last else None,
        accepted_items=accepted,
        accepted_by_item={line.item_code: told.get(line.uid, 0) for line in lines},
        recorded_items=recorded,
        packed_items=sum(line.quantity for line in lines),
        reason=last.reason if last else None,
        happened_at=shown.happened_at,
        received_at=shown.received_at,
        by=shown.by,
        differs=differs,
        is_confidential=any(map(is_confidential, last.reasons)) if last else False,
    )


def news_of_case(session: Session, *, event_uid: str, package: Package) -> LateNews | None:
    """Return what the event of a case says beside what is recorded by now."""
    event = session.exec(select(DeliveryEvent).where(DeliveryEvent.event_uid == event_uid)).first()
    return news_of(session, event=event, package=package) if event else None


def _lines_differ(lines: Sequence[PackageLine], told: dict[str, int]) -> bool:
    return any(line.accepted != told.get(line.uid, 0) for line in lines)
