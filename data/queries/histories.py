"""One child along time: who supported it each month, what was packed, what arrived, who looked."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from data.schema import (
    Assignment,
    AssignmentState,
    AuditEntry,
    Cycle,
    Package,
    PackageState,
    Pledge,
    Sponsor,
)

GONE = (AssignmentState.REPLACED, AssignmentState.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class ChildMonth:
    """A month of a child: its sponsor and its package, as far as there are any and may be named."""

    month: str
    state: AssignmentState
    sponsor_code: str
    sponsor_name: str
    pledge_code: str
    package_code: str | None
    package_state: PackageState | None
    kit_code: str | None


@dataclass(frozen=True, kw_only=True)
class Look:
    """Somebody read or changed a child's record."""

    at: datetime
    by: str
    role: str
    action: str
    purpose: str


def months_of_child(
    session: Session, *, child_id: int, with_sponsors: bool = True
) -> list[ChildMonth]:
    """Return every month with a pair that stood, the latest first; without sponsors, unnamed."""
    rows = session.exec(
        select(Assignment, Cycle)
        .join(Cycle, col(Cycle.id) == Assignment.cycle_id)
        .where(Assignment.child_id == child_id, col(Assignment.state).not_in(GONE))
        .where(
            (col(Assignment.state) != AssignmentState.PROPOSED)
            | (col(Assignment.match_run_id) == Cycle.match_run_id)
        )
        .order_by(col(Cycle.month).desc(), col(Assignment.id).desc())
    ).all()
    sponsors = _sponsors(session, [pair.pledge_id for pair, _ in rows]) if with_sponsors else {}
    packages = {
        package.assignment_id: package
        for package in session.exec(
            select(Package).where(
                Package.child_id == child_id, Package.state != PackageState.CANCELLED
            )
        )
    }
    found = []
    for pair, cycle in rows:
        package = packages.get(pair.id or 0)
        sponsor_code, sponsor_name, pledge_code = sponsors.get(pair.pledge_id, ("", "", ""))
        found.append(
            ChildMonth(
                month=cycle.month,
                state=pair.state,
                sponsor_code=sponsor_code,
                sponsor_name=sponsor_name,
                pledge_code=pledge_code,
                package_code=package.code if package else None,
                package_state=package.state if package else None,
                kit_code=package.kit_code if package else None,
            )
        )
    return found


def _sponsors(session: Session, pledge_ids: list[int]) -> dict[int, tuple[str, str, str]]:
    """Return pledge → code and name of its sponsor, and its own code."""
    rows = session.exec(
        select(Pledge.id, Sponsor.code, Sponsor.name, Pledge.code)
        .join(Sponsor, col(Sponsor.id) == Pledge.sponsor_id)
        .where(col(Pledge.id).in_(pledge_ids))
    )
    return {number or 0: (code, name, pledge) for number, code, name, pledge in rows}


def looks_at(session: Session, *, subject: str, subject_id: str, limit: int) -> list[Look]:
    """Return who read or changed a record, the latest first."""
    rows = session.exec(
        select(AuditEntry)
        .where(AuditEntry.subject == subject, AuditEntry.subject_id == subject_id)
        .order_by(col(AuditEntry.id).desc())
        .limit(limit)
    )
    return [
        Look(at=row.at, by=row.by, role=row.role or "", action=row.action, purpose=row.purpose)
        for row in rows
    ]
