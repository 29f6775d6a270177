"""What families answered who were asked, and where a record stands against them, for the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from api.security import seen_text
from api.services.clock import local_date
from api.services.exception_facts import read_facts
from data.queries.exceptions import exceptions_with_places
from data.schema import VerificationCall

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from data.schema import Cycle, Role

__all__ = ["NOT_ASKED", "AnswerCount", "KeptRecord", "answer_counts", "kept_records"]

NOT_ASKED = "not_asked"
"""What stands for the answer of a family that nobody has asked yet."""


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many families gave an answer: of the random sample, and of routes asked after a *no*."""

    answer: str
    in_sample: int
    on_routes: int


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record that was left as it is against a family, or families left unasked, and why.

    ``subject`` is the package's or the route's code, ``reason`` that of the case.
    """

    subject: str
    reason: str
    because: str
    by: str
    on: date


def answer_counts(session: Session, *, cycle: Cycle) -> list[AnswerCount]:
    """Return how many families of a month gave each answer, those not yet asked last."""
    is_sample = col(VerificationCall.case_id).is_(None)
    rows = session.exec(
        select(VerificationCall.answer, is_sample, func.count())
        .where(VerificationCall.cycle_id == cycle.id)
        .group_by(col(VerificationCall.answer), is_sample)
    )
    found: dict[str, dict[bool, int]] = {}
    for answer, of_sample, count in rows:
        found.setdefault(answer or NOT_ASKED, {})[bool(of_sample)] = count
    return [
        AnswerCount(answer, counts.get(True, 0), counts.get(False, 0))
        for answer, counts in sorted(found.items(), key=lambda one: (one[0] == NOT_ASKED, one[0]))
    ]


def kept_records(session: Session, *, cycle: Cycle, reader: Role) -> list[KeptRecord]:
    """Return the cases of a month closed with words against what families say, oldest first.

    One whose record was corrected since is none; the words are as the reader may see them.
    """
    rows = exceptions_with_places(session, cycle_ids=[cycle.id or 0], reader=reader, is_kept=True)
    facts = read_facts(session, cases=[row.case for row in rows])
    return [
        KeptRecord(
            subject=(row.package.code if row.package else row.route_code) or "",
            reason=row.case.reason,
            because=seen_text(row.case.kept_because, reader),
            by=row.case.closed_by or "",
            on=local_date(row.case.closed_at),
        )
        for row in rows
        if row.case.closed_at is not None
        and (facts[row.case.id or 0].is_contradicted or facts[row.case.id or 0].num_unasked)
    ]
