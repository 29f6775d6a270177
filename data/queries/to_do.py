"""How much waits for whom: the queues of a role's first page."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.queries.supervision import count_findings
from data.schema import (
    ChangeRequest,
    ChangeState,
    Child,
    ChildState,
    Cycle,
    CycleState,
    DeliveryException,
    DonorMessage,
    DuplicatePair,
    ExceptionState,
    ImportBatch,
    ImportState,
    Job,
    JobState,
    PairDecision,
    PairKind,
    Pledge,
    PledgeState,
    Replacement,
    Role,
)

ENDED = (ExceptionState.CLOSED, ExceptionState.VERIFIED)


def to_do_counts(session: Session, *, role: Role, username: str = "") -> dict[str, int]:
    """Return queue → number of things in it, for a role; empty queues are left in with 0.

    ``findings`` are those of supervision that this very person has to act on.
    """
    counts = {
        "findings": count_findings(session, owner=username),
        "duplicates": _count(session, _undecided(PairKind.CHILD)),
        "double_sponsors": _count(session, _undecided(PairKind.SPONSOR)),
        "reviews": _count(session, select(Child).where(Child.state == ChildState.NEEDS_REVIEW)),
        "moves": _count(
            session, select(ChangeRequest).where(ChangeRequest.state == ChangeState.PENDING)
        ),
        "imports": _count(
            session, select(ImportBatch).where(ImportBatch.state == ImportState.PREVIEWED)
        ),
        "late_pledges": _count(session, select(Pledge).where(Pledge.state == PledgeState.LATE)),
        "exceptions": _count(session, _open_cases(role)),
    }
    if role is Role.STAFF:
        counts["messages"] = _count(
            session, select(DonorMessage).where(col(DonorMessage.answered_at).is_(None))
        )
    if role in (Role.STAFF, Role.APPROVER):
        counts["replacements"] = _count(
            session, select(Replacement).where(Replacement.state == "proposed")
        )
    if role is Role.APPROVER:
        counts["approvals"] = _count(
            session, select(Cycle).where(Cycle.state == CycleState.IN_APPROVAL)
        )
    return counts


def _open_cases(role: Role) -> object:
    """Return the cases that a role may see: confidential ones only an approver."""
    rows = select(DeliveryException).where(col(DeliveryException.state).not_in(ENDED))
    if role is Role.APPROVER:
        return rows
    return rows.where(col(DeliveryException.is_sensitive).is_(False))


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
