"""What families answered who were asked, held against what the month says they received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.corrected_judgements import corrected_judgements
from api.services.exception_doubts import doubts, end_doubts, is_doubted, open_doubt
from data.queries.deliveries import lines_of_packages
from data.schema import Cycle, VerificationCall

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from data.schema import Account, Package, PackageLine

__all__ = [
    "DOUBTING",
    "NOT_RECEIVED",
    "PARTLY",
    "FamilyAnswer",
    "answers_of",
    "doubt_record",
    "settle_answers",
]

NOT_RECEIVED, PARTLY = "not_received", "received_partly"
DOUBTING = (NOT_RECEIVED, PARTLY)
"""Answers that doubt a record; the case that each opens has it as its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyAnswer:
    """A family's last answer about a package beside what is recorded; items are units.

    ``differs``: the record says that something came where the family says nothing, or everything
    (or nothing) where it says a part.
    """

    answer: str
    way: str | None
    note: str
    by: str
    at: datetime
    recorded_items: int
    packed_items: int
    differs: bool


def answers_of(
    session: Session,
    *,
    packages: Sequence[Package],
    lines: Mapping[int, Sequence[PackageLine]] | None = None,
) -> dict[int, FamilyAnswer]:
    """Return the answers about these packages by package, as far as their families have answered.

    ``lines`` are those of the packages where they were read before.
    """
    ids = [package.id or 0 for package in packages]
    calls = {
        call.package_id: call
        for call in session.exec(
            select(VerificationCall).where(
                col(VerificationCall.package_id).in_(ids),
                col(VerificationCall.answer).is_not(None),
            )
        )
    }
    if lines is None:
        lines = lines_of_packages(session, package_ids=list(calls))
    corrected = corrected_judgements(
        session, assignment_ids=[each.assignment_id for each in packages if each.id in calls]
    )
    found: dict[int, FamilyAnswer] = {}
    for package in packages:
        call, own = calls.get(package.id or 0), lines.get(package.id or 0, ())
        if call is None or call.answer is None or call.called_at is None:
            continue
        judged = corrected.get(package.assignment_id)
        recorded = judged.accepted_items if judged else sum(line.accepted for line in own)
        packed = sum(line.quantity for line in own)
        found[package.id or 0] = FamilyAnswer(
            answer=call.answer,
            way=call.way,
            note=call.note,
            by=call.called_by or "",
            at=call.called_at,
            recorded_items=recorded,
            packed_items=packed,
            differs=_differs(call.answer, recorded, packed),
        )
    return found


def settle_answers(session: Session, *, package: Package, by: Account, now: datetime) -> None:
    """End the cases of a family's answer that the record bears out by now.

    One on which somebody acted is left to them.
    """
    waiting = [
        each for reason in DOUBTING for each in doubts(session, package=package, reason=reason)
    ]
    if not waiting:
        return
    answer = answers_of(session, packages=[package]).get(package.id or 0)
    for reason in {case.reason for case in waiting}:
        if answer is None or answer.answer != reason or not answer.differs:
            end_doubts(session, package=package, reason=reason, by=by, now=now)


def doubt_record(session: Session, *, package: Package, by: Account, now: datetime) -> None:
    """Open the case of a family's answer that the record contradicts, unless one is open."""
    told = answers_of(session, packages=[package]).get(package.id or 0)
    if told is None or not told.differs:
        return
    if not is_doubted(session, package=package, reason=told.answer):
        open_doubt(
            session,
            cycle=session.get_one(Cycle, package.cycle_id),
            reason=told.answer,
            by=by,
            now=now,
            package=package,
            text="",
        )


def _differs(answer: str, recorded: int, packed: int) -> bool:
    if answer == NOT_RECEIVED:
        return recorded > 0
    return answer == PARTLY and not 0 < recorded < packed
