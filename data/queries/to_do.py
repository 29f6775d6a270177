"""How much waits for whom: the queues of a role's first page."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.queries.exceptions import count_open_exceptions
from data.queries.imports import count_waiting
from data.queries.supervision import count_findings, count_visits
from data.schema import (
    ChangeRequest,
    ChangeState,
    Child,
    ChildState,
    DonorMessage,
    DuplicatePair,
    Job,
    JobState,
    PairDecision,
    PairKind,
    Pledge,
    PledgeState,
    Replacement,
    Role,
)


def to_do_counts(session: Session, *, role: Role, username: str = "") -> dict[str, int]:
    """Return queue → number of things in it, for a role; empty queues are left in with 0.

    ``findings`` and ``visits`` of supervision are those that wait for this very person.
    """
    counts = {
        "findings": count_findings(session, role=role, username=username),
        "visits": count_visits(session, visitor=username),
        "duplicates": _count(session, _undecided(PairKind.CHILD)),
        "double_sponsors": _count(session, _undecided(PairKind.SPONSOR)),
        "reviews": _count(session, select(Child).where(Child.state == ChildState.NEEDS_REVIEW)),
        "moves": _count(
            session, select(ChangeRequest).where(ChangeRequest.state == ChangeState.PENDING)
        ),
        "imports": count_waiting(session),
        "late_pledges": _count(session, select(Pledge).where(Pledge.state == PledgeState.LATE)),
        "exceptions": count_open_exceptions(session, reader=role),
    }
    if role is Role.STAFF:
        counts["messages"] = _count(
            session, select(DonorMessage).where(col(DonorMessage.answered_at).is_(None))
        )
    if role in (Role.STAFF, Role.APPROVER):
        counts["replacements"] = _count(
            session, select(Replacement).where(Replacement.state == "proposed")
        )
    return counts


def _undecided(kind: PairKind) -> object:
    waits = (PairDecision.OPEN, PairDecision.ASKED)
    return select(DuplicatePair).where(
        DuplicatePair.kind == kind, col(DuplicatePair.decision).in_(waits)
    )


def active_job(session: Session, *, kind: str, month: str) -> Job | None:
    """Return the job of a kind that waits or runs for a month, or None."""
    found = session.exec(
        select(Job)
        .where(Job.kind == kind, col(Job.state).in_((JobState.QUEUED, JobState.RUNNING)))
        .order_by(col(Job.id).desc())
    )
    return next((job for job in found if job.payload.get("month") == month), None)


def _count(session: Session, rows: object) -> int:
    return session.exec(select(func.count()).select_from(rows.subquery())).one()  # type: ignore[attr-defined]
